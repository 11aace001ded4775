import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { buildSync } from 'esbuild';
import { normaliseId } from '../../src/lib/azure-id.ts';
import { nativeType } from '../../src/collect/pulumi/token.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Registered } from '../policy-pack/engine.ts';

const infra = fileURLToPath(new URL('../../infra', import.meta.url));
/** Inside of the repository, so that packages are found. */
const out = fileURLToPath(new URL('../../out', import.meta.url));
export const PROJECT = 'rdposture-reference';
const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';

/** Changes the inputs of a resource before it is registered, as a transformation of the stack does. */
export type Override = (type: string, name: string, inputs: Record<string, Json>) => Record<string, Json> | undefined;

export interface Run {
  readonly resources: readonly Registered[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Who asks, as the provider says it. */
export const CLIENT = {
  clientId: '00000000-0000-0000-0000-000000000000',
  objectId: '00000000-0000-0000-0000-000000000000',
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  tenantId: '00000000-0000-0000-0000-000000000000',
};
const KEYS = { keys: [{ keyName: 'key1', permissions: 'FULL', value: 'not-a-real-key' }] };

/** What a deployment needs to say, with nothing decided beyond that. */
export const CONFIG: Readonly<Record<string, string>> = {
  'azure-native:location': 'westeurope',
  [`${PROJECT}:adminUsername`]: 'ops-7f3k',
  [`${PROJECT}:adminPassword`]: 'not-a-real-password-1',
  [`${PROJECT}:alertEmail`]: 'rds@contoso.com',
  [`${PROJECT}:scanImage`]: 'contoso.azurecr.io/rdposture:0.1.0',
};

export function config(values: Readonly<Record<string, string>>): Record<string, string> {
  return { ...CONFIG, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name.includes(':') ? name : `${PROJECT}:${name}`, value])) };
}

interface Program {
  readonly readSettings: () => Readonly<Record<string, unknown>>;
  readonly deploy: (settings: unknown) => Readonly<Record<string, pulumi.Input<unknown>>>;
}

/**
 * The modules of `infra/` as CommonJS, which is what they are to Pulumi: the SDK then loads only the resources that are used,
 * as it does there. Imported as ES modules all of its thousands would be.
 */
function load(): Program {
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(out, 'infra-'));
  try {
    const outfile = join(folder, 'program.cjs');
    buildSync({
      stdin: { contents: "export { deploy } from './deploy'; export { readSettings } from './settings';", resolveDir: infra, loader: 'ts' },
      bundle: true,
      packages: 'external',
      format: 'cjs',
      platform: 'node',
      outfile,
      logLevel: 'error',
    });
    return createRequire(import.meta.url)(outfile) as Program;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let loaded: Program | undefined;

/** The checked configuration, as the program reads it. */
export function settingsOf(values: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const { readSettings } = (loaded ??= load());
  pulumi.runtime.setAllConfig(values, [`${PROJECT}:adminPassword`]);
  return readSettings();
}

/** Runs the program under Pulumi's mocks, as an update that has made everything, and gathers what it registers. */
export async function run(values: Readonly<Record<string, string>>, override?: Override): Promise<Run> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const held = plain(inputs) as JsonObject;
        const id = idOf(type, name, held);
        const state: Record<string, Json> = { ...held, ...madeBy(type, name, held) };
        if (custom === true) resources.push({ urn: `urn:pulumi:test::${PROJECT}::${type}::${name}`, type, inputs: held, outputs: { ...state, id } });
        return { id, state };
      },
      call: ({ token, inputs }) =>
        token === 'azure-native:authorization:getClientConfig' ? CLIENT : token === 'azure-native:storage:listStorageAccountKeys' ? KEYS : inputs,
    },
    PROJECT,
    'test',
    false,
  );
  const { deploy } = (loaded ??= load());
  const settings = settingsOf(values);
  const outputs: Record<string, unknown> = {};
  await pulumi.runtime.runInPulumiStack(async () => {
    if (override !== undefined)
      pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        const changed = override(type, name, props as Record<string, Json>);
        return changed === undefined ? undefined : { props: changed, opts };
      });
    const made = deploy(settings);
    for (const [name, value] of Object.entries(made)) outputs[name] = await valueOf(value);
    return made;
  });
  await pulumi.runtime.disconnect();
  return { resources, outputs };
}

/** What Azure adds to some resources. */
function madeBy(type: string, name: string, inputs: JsonObject): JsonObject {
  const own = nativeType(type)?.names.at(-1);
  const stated = own === undefined ? undefined : inputs[own];
  const given = type === 'azure-native:resources:ResourceGroup' ? inputs['resourceGroupName'] : stated;
  const common = { name: typeof given === 'string' ? given : name };
  if (type === 'azure-native:network:PublicIPAddress') return { ...common, ipAddress: '192.0.2.10' };
  if (type === 'azure-native:keyvault:Vault')
    return { ...common, properties: { ...(inputs['properties'] as JsonObject), vaultUri: `https://${name}.vault.azure.net/` } };
  if (type === 'azure-native:managedidentity:UserAssignedIdentity') return { ...common, clientId: CLIENT.clientId, principalId: CLIENT.objectId };
  return common;
}

/** The id that Azure would give, of types that the scanner knows. */
function idOf(type: string, name: string, inputs: JsonObject): string {
  const native = nativeType(type);
  const group = typeof inputs['resourceGroupName'] === 'string' ? inputs['resourceGroupName'] : 'rds';
  if (type === 'azure-native:resources:ResourceGroup')
    return `${SUBSCRIPTION}/resourceGroups/${typeof inputs['resourceGroupName'] === 'string' ? inputs['resourceGroupName'] : name}`;
  if (native === undefined) return `${SUBSCRIPTION}/resourceGroups/${group}/providers/${type.split(':').slice(1).join('/')}/${name}`;
  const [namespace = '', ...types] = native.type.split('/');
  const names = native.names.map((input, index) => (typeof inputs[input] === 'string' ? inputs[input] : index === native.names.length - 1 ? name : 'parent'));
  const path = [namespace, ...types.flatMap((part, index) => [part, names[index] ?? name])].join('/');
  const scope = native.scope === null ? undefined : inputs[native.scope];
  const extended = typeof scope === 'string' ? `/${normaliseId(scope)}` : `${SUBSCRIPTION}/resourceGroups/${group}`;
  return `${extended}/providers/${path}`;
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Values that are secrets wherever they stand. */
const SECRETS: ReadonlySet<string> = new Set([
  CONFIG[`${PROJECT}:adminPassword`] ?? '',
  KEYS.keys[0]?.value ?? '',
  'not-a-real-token',
  'not-a-real-domain-password',
]);

/**
 * Inputs as JSON. The mocks make all of an input a secret when something in it is one, where the engine marks that value alone:
 * what is marked here is what the engine would mark.
 */
function plain(value: unknown): Json {
  if (value === null || value === undefined || typeof value === 'function') return null;
  if (typeof value === 'string' && SECRETS.has(value)) return { [SIGNATURE]: SECRET, value };
  if (typeof value !== 'object') return value as Json;
  if (Array.isArray(value)) return value.map(plain);
  const object = value as Readonly<Record<string, unknown>>;
  if (object[SIGNATURE] === SECRET) return plain(object['value']);
  return Object.fromEntries(Object.entries(object).flatMap(([name, held]) => (held === undefined ? [] : [[name, plain(held)]])));
}

function valueOf(value: pulumi.Input<unknown>): Promise<unknown> {
  return new Promise((resolve) => void (pulumi.output(value) as pulumi.Output<unknown>).apply((known) => resolve(known)));
}

/** As `pulumi stack export` writes them. */
export function stackExport(resources: readonly Registered[]): JsonObject {
  return {
    version: 3,
    deployment: {
      manifest: { time: '2026-11-24T10:00:00Z', magic: '', version: '' },
      resources: resources.map(({ urn, type, inputs, outputs }) => ({ urn, type, custom: true, id: outputs['id'] ?? '', inputs, outputs })),
    },
  };
}
