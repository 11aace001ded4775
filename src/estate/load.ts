import { checkDocument } from '../lib/schema-check.ts';
import type { CloudSetting, Estate, EstateAzure, EstateDeployment, EstateGateway, Intent } from '../model/estate.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { connectOf } from './connect.ts';
import { declaredOf } from './declared.ts';
import { hostsOf } from './hosts.ts';
import type { RawEstate } from './raw.ts';
import { ESTATE_SCHEMA } from './schema.ts';

/**
 * Reads a parsed `estate.yaml`. Throws UserError that lists what is wrong and where: nothing of an estate that contradicts
 * itself can be judged.
 */
export function readEstate(value: Json, file: string, catalogue: readonly Area[]): Estate {
  const wrong = checkDocument(ESTATE_SCHEMA, value).map(({ pointer, message }) => `'${pointer === '' ? '/' : pointer}' ${message}`);
  if (wrong.length > 0) throw estateError(file, wrong);
  const raw = value as unknown as RawEstate;
  const errors: string[] = duplicates(
    'host',
    (raw.hosts ?? []).map((host) => host.name),
  );
  const estate: Estate = {
    name: raw.name,
    file,
    intent: intentOf(raw.intent ?? {}),
    snapshots: {
      folder: raw.snapshots?.folder ?? 'snapshots',
      maxAgeDays: raw.snapshots?.maxAge === undefined ? null : Number.parseInt(raw.snapshots.maxAge, 10),
    },
    groups: Object.keys(raw.groups ?? {}),
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
