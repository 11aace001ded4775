import { checkDocument } from '../lib/schema-check.ts';
import { validateDeclared } from '../lib/settings.ts';
import type {
  CloudSetting,
  Connect,
  ConnectOver,
  Declared,
  Estate,
  EstateAzure,
  EstateDeployment,
  EstateGateway,
  EstateHost,
  Intent,
  WinrmOptions,
} from '../model/estate.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import { UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { ESTATE_SCHEMA } from './schema.ts';

/** As written, after the schema has been checked. */
interface RawConnect {
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
interface RawHost {
  readonly name: string;
  readonly address?: string;
  readonly rdpPort?: number;
  readonly roles?: readonly string[];
  readonly azureId?: string;
  readonly connect?: RawConnect;
  readonly settings?: JsonObject | null;
}
interface RawGroup {
  readonly hosts: readonly string[];
  readonly roles?: readonly string[];
  readonly connect?: RawConnect;
  readonly settings?: JsonObject | null;
}
interface RawEstate {
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

/**
 * Reads a parsed `estate.yaml`. Throws UserError that lists what is wrong and where: nothing of an estate that contradicts
 * itself can be judged.
 */
export function readEstate(value: Json, file: string, catalogue: readonly Area[]): Estate {
  const wrong = checkDocument(ESTATE_SCHEMA, value).map(({ pointer, message }) => `'${pointer === '' ? '/' : pointer}' ${message}`);
  if (wrong.length > 0) throw estateError(file, wrong);
  const raw = value as unknown as RawEstate;
  const errors: string[] = [];
  const estate: Estate = {
    name: raw.name,
    file,
    intent: intentOf(raw.intent ?? {}),
    snapshots: {
      folder: raw.snapshots?.folder ?? 'snapshots',
      maxAgeDays: raw.snapshots?.maxAge === undefined ? null : Number.parseInt(raw.snapshots.maxAge, 10),
    },
    hosts: hostsOf(raw, catalogue, errors),
    deployments: (raw.deployments ?? []).map((deployment, index): EstateDeployment => {
      const pointer = `/deployments/${index}`;
      return {
        broker: deployment.broker,
        over: deployment.connect?.over ?? 'snapshot',
        ...connectOf(deployment.connect),
        pointer,
        declared: declaredOf(deployment.settings, `${pointer}/settings`, 'rds-deployment', catalogue, errors),
      };
    }),
    gateways: (raw.gateways ?? []).map((gateway, index): EstateGateway => {
      const pointer = `/gateways/${index}`;
      return {
        name: gateway.name,
        address: gateway.address ?? gateway.name,
        port: gateway.port ?? 443,
        over: gateway.connect?.over ?? 'snapshot',
        hosts: gateway.hosts ?? [],
        pointer,
        declared: declaredOf(gateway.settings, `${pointer}/settings`, 'endpoint', catalogue, errors),
      };
    }),
    templates: (raw.templates ?? []).map((template, index) => ({
      file: template.file,
      parameters: template.parameters ?? null,
      pointer: `/templates/${index}`,
    })),
    pulumi: (raw.pulumi ?? []).map((path, index) => ({ path, pointer: `/pulumi/${index}` })),
    azure: azureOf(raw.azure),
    packs: raw.packs ?? [],
    params: raw.params ?? {},
  };
  errors.push(
    ...duplicates(
      'deployment',
      estate.deployments.map((deployment) => deployment.broker),
    ),
    ...duplicates(
      'gateway',
      estate.gateways.map((gateway) => gateway.name),
    ),
    ...duplicates('subscription', estate.azure?.subscriptions ?? []),
    ...duplicates('management group', estate.azure?.managementGroups ?? []),
  );
  if (errors.length > 0) throw estateError(file, errors);
  return estate;
}

function azureOf(raw: RawEstate['azure']): EstateAzure | null {
  if (raw === undefined) return null;
  return {
    cloud: cloudSettingOf(raw.cloud ?? 'public'),
    subscriptions: (raw.subscriptions ?? []).map((id) => id.toLowerCase()),
    managementGroups: raw.managementGroups ?? [],
  };
}

function cloudSettingOf(raw: NonNullable<NonNullable<RawEstate['azure']>['cloud']>): CloudSetting {
  return typeof raw === 'string' ? raw : { ...raw, keyVaultSuffix: raw.keyVaultSuffix ?? null, audience: raw.audience ?? null };
}

function connectOf(raw: RawConnect | undefined): { connect?: Connect } {
  if (raw === undefined) return {};
  const { ssl, authentication, configurationName } = raw;
  const isSilent = ssl === undefined && authentication === undefined && configurationName === undefined;
  const winrm = isSilent ? {} : { winrm: { ssl: ssl === true, authentication: authentication ?? null, configurationName: configurationName ?? null } };
  const sshOptions = (raw.options ?? []).length === 0 ? {} : { sshOptions: raw.options ?? [] };
  return {
    connect: {
      user: raw.user ?? null,
      port: raw.port ?? null,
      keyFile: raw.keyFile ?? null,
      wire: raw.wire === true,
      ...(raw.console === undefined ? {} : { console: raw.console }),
      ...winrm,
      ...sshOptions,
    },
  };
}

const MAX_SHOWN = 20;

function estateError(file: string, errors: readonly string[]): UserError {
  const shown = errors.slice(0, MAX_SHOWN).map((error) => (error.endsWith('.') || error.endsWith('?') ? error : `${error}.`));
  const more = errors.length > MAX_SHOWN ? [`… and ${errors.length - MAX_SHOWN} more.`] : [];
  return new UserError('estate.malformed', `The estate '${file}' cannot be used.`, 'Mend it and scan again.', [...shown, ...more]);
}

function intentOf(raw: JsonObject): Intent {
  const fqdn = raw['gatewayFqdn'];
  const networks = raw['adminNetworks'];
  return { gatewayFqdn: typeof fqdn === 'string' ? fqdn : null, adminNetworks: Array.isArray(networks) ? networks.map(String) : [], all: raw };
}

function duplicates(what: string, names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names
    .filter((name) => {
      const known = seen.has(name.toLowerCase());
      seen.add(name.toLowerCase());
      return known;
    })
    .map((name) => `The ${what} '${name}' is listed twice.`);
}

function hostsOf(raw: RawEstate, catalogue: readonly Area[], errors: string[]): EstateHost[] {
  const groups = Object.entries(raw.groups ?? {});
  const own = raw.hosts ?? [];
  errors.push(
    ...duplicates(
      'host',
      own.map((host) => host.name),
    ),
  );
  const groupsOf = new Map<string, (readonly [string, RawGroup])[]>();
  for (const entry of groups) {
    for (const key of new Set(entry[1].hosts.map((name) => name.toLowerCase()))) groupsOf.set(key, [...(groupsOf.get(key) ?? []), entry]);
  }
  const declaredByGroup = new Map(
    groups.map(([id, group]) => [id, declaredOf(group.settings, `/groups/${escapeStep(id)}/settings`, 'windows-host', catalogue, errors)]),
  );
  const build = (host: RawHost, pointer: Pointer, ownPointer: Pointer | null): EstateHost => {
    const mine = groupsOf.get(host.name.toLowerCase()) ?? [];
    const inherited = mergeGroups(
      host.name,
      mine.map(([id]) => [id, declaredByGroup.get(id) ?? []]),
      errors,
    );
    const connect = host.connect ?? mine.find(([, group]) => group.connect !== undefined)?.[1].connect;
    const declared = ownPointer === null ? [] : declaredOf(host.settings, `${ownPointer}/settings`, 'windows-host', catalogue, errors);
    return {
      name: host.name,
      address: host.address ?? host.name,
      rdpPort: host.rdpPort ?? null,
      roles: [...new Set([...(host.roles ?? []), ...mine.flatMap(([, group]) => group.roles ?? [])])],
      azureId: host.azureId ?? null,
      groups: mine.map(([id]) => id),
      over: connect?.over ?? 'snapshot',
      ...connectOf(connect),
      pointer,
      own: ownPointer,
      declared: [...declared, ...inherited.filter((entry) => !declared.some((mineToo) => samePath(mineToo, entry)))],
    };
  };
  const hosts = own.map((host, index) => build(host, `/hosts/${index}`, `/hosts/${index}`));
  const known = new Set(hosts.map((host) => host.name.toLowerCase()));
  for (const [id, group] of groups) {
    for (const [index, name] of group.hosts.entries()) {
      if (known.has(name.toLowerCase())) continue;
      known.add(name.toLowerCase());
      hosts.push(build({ name }, `/groups/${escapeStep(id)}/hosts/${index}`, null));
    }
  }
  return hosts;
}

const samePath = (a: Declared, b: Declared): boolean => a.path.length === b.path.length && a.path.every((step, index) => step === b.path[index]);

function mergeGroups(host: string, groups: readonly (readonly [string, readonly Declared[]])[], errors: string[]): Declared[] {
  const merged: { entry: Declared; group: string }[] = [];
  for (const [group, declared] of groups) {
    for (const entry of declared) {
      const other = merged.find((known) => samePath(known.entry, entry));
      if (other === undefined) merged.push({ entry, group });
      else if (JSON.stringify(other.entry.value) !== JSON.stringify(entry.value)) {
        errors.push(`The groups '${other.group}' and '${group}' disagree on '${entry.path.join('/')}' of '${host}'.`);
      }
    }
  }
  return merged.map(({ entry }) => entry);
}

const MAX_DEPTH = 8;

/** Walks a settings tree down to what the catalogue knows as settings. */
function declaredOf(tree: JsonObject | null | undefined, pointer: Pointer, target: Area['target'], catalogue: readonly Area[], errors: string[]): Declared[] {
  const found: Declared[] = [];
  const walk = (value: Json, path: readonly string[], at: Pointer): void => {
    if (value === null) return;
    const result = validateDeclared(path, value, catalogue, target);
    if (result.ok) {
      found.push({ path, value, pointer: at });
    } else if (result.isPrefix && isObject(value) && path.length < MAX_DEPTH) {
      for (const [name, member] of Object.entries(value)) walk(member, [...path, name], `${at}/${escapeStep(name)}`);
    } else errors.push(`'${at}': ${result.error}`);
  };
  for (const [name, member] of Object.entries(tree ?? {})) walk(member, [name], `${pointer}/${escapeStep(name)}`);
  return found;
}
