import type { Json, JsonObject } from './json.ts';
import type { Pointer } from './pointer.ts';

export type ConnectOver = 'snapshot' | 'ssh' | 'winrm' | 'local' | 'wire';

/** How WS-Management is spoken. */
export interface WinrmOptions {
  /** TLS; port 5986 instead of 5985, when no port is given. */
  readonly ssl: boolean;
  /** Null: Kerberos, and where there is none what both sides agree on. */
  readonly authentication: 'kerberos' | 'negotiate' | 'basic' | null;
  /** An endpoint that lets this account run the collector and nothing else; null: the one of administrators. */
  readonly configurationName: string | null;
}

/** How a target is logged on to, where the estate says so; else the user's own configuration does. */
export interface Connect {
  readonly user: string | null;
  readonly port: number | null;
  /** As written: absolute, relative to the estate's folder, or below `~/`. */
  readonly keyFile: string | null;
  /** Its RDP listener is looked at on the wire as well. */
  readonly wire: boolean;
  /** How one gets in when the network does not; missing where the estate says nothing of it. */
  readonly console?: string;
  /** Missing where the estate says nothing of it. */
  readonly winrm?: WinrmOptions;
  /** Options of the OpenSSH client, as `Name=value`; missing where there are none. */
  readonly sshOptions?: readonly string[];
}

/** What is intended for the whole estate; normalise and policies may read it (`{ $intent: adminNetworks }`). */
export interface Intent {
  readonly gatewayFqdn: string | null;
  readonly adminNetworks: readonly string[];
  /** All of `intent:` as written, for `$intent`. */
  readonly all: JsonObject;
}

/** One declared value, after groups and hosts are merged. */
export interface Declared {
  /** Steps of the setting path: `['rdp', 'RDP-Tcp', 'userAuthentication']`. */
  readonly path: readonly string[];
  readonly value: Json;
  /** Where it stands in `estate.yaml`. */
  readonly pointer: Pointer;
}

/** How RD Web Access of a host is reached, as the estate says. */
export type RdWebReach = 'internal' | 'pre-authenticated' | 'direct';

export interface EstateHost {
  readonly name: string;
  readonly address: string;
  readonly rdpPort: number | null;
  readonly roles: readonly string[];
  readonly azureId: string | null;
  /** Missing where the estate says nothing of it. */
  readonly rdWeb?: RdWebReach;
  /** By name, whatever their order in the file: the first is what code scanning keeps the host with. */
  readonly groups: readonly string[];
  readonly over: ConnectOver;
  readonly connect?: Connect;
  /** Node of the host in `estate.yaml`: its entry under `hosts`, or its element of a group's `hosts` list. */
  readonly pointer: Pointer;
  /** Where a fix declares a setting: the host's own node, or null when only a group names it (it is then added to `hosts`). */
  readonly own: Pointer | null;
  readonly declared: readonly Declared[];
}

export interface EstateDeployment {
  readonly broker: string;
  readonly over: ConnectOver;
  readonly connect?: Connect;
  readonly pointer: Pointer;
  readonly declared: readonly Declared[];
}

export interface EstateGateway {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly over: ConnectOver;
  readonly hosts: readonly string[];
  readonly pointer: Pointer;
  readonly declared: readonly Declared[];
}

/** A cloud of Azure by its name, or by its own addresses. */
export type CloudSetting =
  | 'public'
  | 'usgov'
  | 'china'
  | { readonly resourceManager: string; readonly authority: string; readonly keyVaultSuffix: string | null; readonly audience: string | null };

export interface EstateAzure {
  readonly cloud: CloudSetting;
  /** Ids, lower-cased; number N stands at `/azure/subscriptions/N`. */
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
}

export interface Estate {
  readonly name: string;
  /** Path of `estate.yaml` as given to the loader's caller. */
  readonly file: string;
  readonly intent: Intent;
  readonly snapshots: { readonly folder: string; readonly maxAgeDays: number | null };
  /** Names of the groups of hosts, also of those without a host. */
  readonly groups: readonly string[];
  readonly hosts: readonly EstateHost[];
  readonly deployments: readonly EstateDeployment[];
  readonly gateways: readonly EstateGateway[];
  readonly templates: readonly { readonly file: string; readonly parameters: string | null; readonly pointer: Pointer }[];
  readonly pulumi: readonly { readonly path: string; readonly pointer: Pointer }[];
  readonly azure: EstateAzure | null;
  readonly packs: readonly string[];
  readonly params: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}
