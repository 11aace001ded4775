import type { ConnectOver, RdWebReach, WinrmOptions } from '../model/estate.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** As written, after the schema has been checked. */
export interface RawConnect {
  readonly over: ConnectOver;
  readonly user?: string;
  readonly port?: number;
  readonly keyFile?: string;
  readonly console?: string;
  readonly wire?: boolean;
  readonly ssl?: boolean;
  readonly authentication?: WinrmOptions['authentication'];
  readonly configurationName?: string;
  readonly options?: readonly string[];
}
export interface RawHost {
  readonly name: string;
  readonly address?: string;
  readonly rdpPort?: number;
  readonly roles?: readonly string[];
  readonly azureId?: string;
  readonly rdWeb?: RdWebReach;
  readonly connect?: RawConnect;
  readonly settings?: JsonObject | null;
}
export interface RawGroup {
  readonly hosts: readonly string[];
  readonly roles?: readonly string[];
  readonly connect?: RawConnect;
  readonly settings?: JsonObject | null;
}
export interface RawEstate {
  readonly name: string;
  readonly intent?: JsonObject;
  readonly snapshots?: { readonly folder?: string; readonly maxAge?: string };
  readonly groups?: Readonly<Record<string, RawGroup>>;
  readonly hosts?: readonly RawHost[];
  readonly deployments?: readonly { readonly broker: string; readonly connect?: RawConnect; readonly settings?: JsonObject | null }[];
  readonly gateways?: readonly {
    readonly name: string;
    readonly address?: string;
    readonly port?: number;
    readonly connect?: { readonly over: ConnectOver };
    readonly hosts?: readonly string[];
    readonly settings?: JsonObject | null;
  }[];
  readonly azure?: {
    readonly cloud?:
      | 'public'
      | 'usgov'
      | 'china'
      | { readonly resourceManager: string; readonly authority: string; readonly keyVaultSuffix?: string; readonly audience?: string };
    readonly subscriptions?: readonly string[];
    readonly managementGroups?: readonly string[];
  };
  readonly templates?: readonly { readonly file: string; readonly parameters?: string }[];
  readonly pulumi?: readonly string[];
  readonly packs?: readonly string[];
  readonly params?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}
