import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cloudOf } from '../../../src/collect/azure/cloud.ts';
import { cleaned } from '../../../src/collect/azure/failure.ts';
import { azureInventory } from '../../../src/collect/azure/inventory.ts';
import { NOT_COLLECTED, SECRET_TEXT, withoutSecrets } from '../../../src/collect/azure/secrets.ts';
import { type AzureSnapshot, azureSnapshotText, isAzureSnapshot, parseAzureSnapshot, type SourceStatus } from '../../../src/collect/azure/snapshot.ts';
import { SOURCES } from '../../../src/collect/azure/sources.ts';
import { recognise } from '../../../src/collect/recognise.ts';
import { readEstate } from '../../../src/estate/load.ts';
import { isUnresolved } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { UserError } from '../../../src/model/problem.ts';
import { searchSecrets } from '../../../src/normalise/azure/machines/secrets.ts';
import { A, B } from './lab.ts';
import { estateOf, POLICY, resource } from './world.ts';

const find = (value: Json, isCommand: boolean): string[] => searchSecrets(value, isCommand).found.map(({ place }) => place);
const kept = (type: string, properties: JsonObject, beside: JsonObject = {}): JsonObject => withoutSecrets(resource(A, type, 'x', properties, beside), find);
const part = (value: JsonObject, name: string): JsonObject => (value[name] ?? {}) as JsonObject;

const EXTENSION = 'Microsoft.Compute/virtualMachines/extensions';

test.each<[string, JsonObject]>([
  ['a command line', { commandToExecute: 'powershell -File a.ps1 -Password hunter2hunter2' }],
  ['a connection', { script: { connection: 'Server=a;Password=hunter2hunter2;' } }],
  ['a signed address', { fileUris: ['https://contoso.blob.core.windows.net/a?sv=1&sig=AAAABBBBCCCCDDDDEEEEFFFF'] }],
  ['a member of that name', { domainJoinPassword: 'hunter2hunter2' }],
  ['net user', { commandToExecute: 'net user helper hunter2hunter2 /add' }],
  ['a token', { value: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x' }],
])('settings that hold a secret in plain sight say so afterwards, and no longer hold it: %s', (_name, settings) => {
  const before = find(settings, false);
  expect(before).not.toEqual([]);
  const after = part(part(kept(EXTENSION, { settings }), 'properties'), 'settings');
  expect(JSON.stringify(after)).not.toMatch(/hunter2|AAAABBBB|eyJ/);
  expect(find(after, false)).toEqual(before);
});

test.each<[string, JsonObject]>([
  ['switches and words', { AntimalwareEnabled: true, mode: 'fast', count: 3, none: '' }],
  ['a harmless command', { commandToExecute: 'powershell -File a.ps1 -Verbose' }],
])('settings without a secret do not look as if they had one: %s', (_name, settings) => {
  expect(find(part(part(kept(EXTENSION, { settings }), 'properties'), 'settings'), false)).toEqual([]);
});

test('commands of a machine keep whether they hold a secret, and nothing else', () => {
  const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  const machine = (customData: string): JsonObject =>
    part(part(kept('Microsoft.Compute/virtualMachines', { osProfile: { customData } }), 'properties'), 'osProfile');
  expect(machine(encoded('net user helper hunter2hunter2 /add'))['customData']).toBe(SECRET_TEXT);
  expect(machine(encoded('echo all is well with this one'))['customData']).toBe(NOT_COLLECTED);
  expect(machine('')['customData']).toBe('');
});

test('what may be known stays: names, references and switches that only sound like secrets', () => {
  const properties = {
    ssoClientSecretKeyVaultPath: 'https://kv-a.vault.azure.net/secrets/sso',
    ssoSecretType: 'SharedKeyInKeyVault',
    osProfile: { linuxConfiguration: { disablePasswordAuthentication: true }, adminUsername: 'azureadmin' },
  };
  expect(part(kept('Microsoft.DesktopVirtualization/hostPools', properties), 'properties')).toEqual(properties);
});

test.each<[string, string, JsonObject]>([
  [
    'an answer to the setup',
    'Microsoft.Compute/virtualMachines',
    { osProfile: { windowsConfiguration: { additionalUnattendContent: [{ settingName: 'AutoLogon', content: 'never-x' }] } } },
  ],
  [
    'extensions of a scale set',
    'Microsoft.Compute/virtualMachineScaleSets',
    { virtualMachineProfile: { extensionProfile: { extensions: [{ properties: { settings: { run: 'say never-x aloud' } } }] } } },
  ],
  [
    'an uploaded certificate',
    'Microsoft.Network/applicationGateways',
    { sslCertificates: [{ name: 'a', properties: { data: 'never-x', password: 'never-x' } }] },
  ],
  ['a template that is no JSON', 'Microsoft.DesktopVirtualization/hostPools', { vmTemplate: '{ never-x' }],
  ['members of a webhook', 'Microsoft.Insights/activityLogAlerts', { actions: { actionGroups: [{ webhookProperties: { key: 'never-x' } }] } }],
  ['a shared secret anywhere', 'Microsoft.Network/virtualNetworkGateways', { deep: [{ radiusServerSecret: 'never-x' }] }],
])('gone when it is collected: %s', (_name, type, properties) => {
  const text = JSON.stringify(kept(type, properties));
  expect(text).not.toContain('never-x');
  expect(text).toContain(NOT_COLLECTED);
});

test('tags keep what they say, but for secrets', () => {
  const tags = part(kept('Microsoft.Compute/virtualMachines', {}, { tags: { role: 'rd-gateway', note: 'Password=hunter2hunter2' } }), 'tags');
  expect(tags).toEqual({ role: 'rd-gateway', note: SECRET_TEXT });
});

test('what is said about a failure is short and holds no token', () => {
  expect(cleaned(`Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x\n ${'a'.repeat(1000)}`)).toMatch(/^Bearer \*\*\* a{280,290}…$/);
});

test.each<[string, Parameters<typeof cloudOf>[0], string]>([
  [
    'http',
    { resourceManager: 'http://management.contoso.com', authority: 'https://login.contoso.com', keyVaultSuffix: null, audience: null },
    'resourceManager',
  ],
  [
    'a user in the address',
    { resourceManager: 'https://management.contoso.com', authority: 'https://a:b@login.contoso.com', keyVaultSuffix: null, audience: null },
    'authority',
  ],
  [
    'a path',
    { resourceManager: 'https://management.contoso.com/x', authority: 'https://login.contoso.com', keyVaultSuffix: null, audience: null },
    'resourceManager',
  ],
  [
    'a suffix that is an address',
    { resourceManager: 'https://management.contoso.com', authority: 'https://login.contoso.com', keyVaultSuffix: 'https://x', audience: null },
    'keyVaultSuffix',
  ],
])('a cloud of its own is https and nothing but hosts: not %s', (_name, setting, member) => {
  expect(cloudOf(setting)).toMatchObject({ code: 'azure.cloud', message: expect.stringContaining(`'${member}'`) as string });
});

const ok: SourceStatus = { status: 'ok', at: '2026-11-01T00:00:00Z', count: 0 };

function snapshotWith(changes: Readonly<Record<string, SourceStatus | null>> = {}): AzureSnapshot {
  const sources = Object.fromEntries(
    [...SOURCES.keys()].flatMap((name): [string, SourceStatus][] => (changes[name] === null ? [] : [[name, changes[name] ?? ok]])),
  );
  return {
    schemaVersion: 1,
    target: { kind: 'azure', name: A },
    collectedAt: '2026-11-01T00:00:00Z',
    cloud: 'public',
    subscription: { displayName: 'contoso', state: 'Enabled', managementGroups: [] },
    identity: 'environment',
    sources,
    resources: estateOf(A),
  };
}

const denied = (scope: string): SourceStatus => ({ ...ok, status: 'denied', unread: [{ scope, reason: 'denied', code: null, message: '' }] });

test('a snapshot that was read whole hides nothing', () => {
  const inventory = azureInventory(snapshotWith(), 'a.json');
  expect(inventory).toMatchObject({ complete: true, unread: [] });
  expect(inventory.resources).toHaveLength(estateOf(A).length);
  expect(inventory.resources.map(({ displayId }) => displayId)).toContain(POLICY);
});

test.each<[string, AzureSnapshot, boolean, JsonObject]>([
  ['a namespace', snapshotWith({ 'Microsoft.Network': denied('') }), false, { type: 'microsoft.network/networksecuritygroups', scope: '' }],
  ['a source that nobody asked for', snapshotWith({ sessionHosts: null }), true, { type: 'microsoft.desktopvirtualization/hostpools/sessionhosts', scope: '' }],
  [
    'one resource',
    snapshotWith({ firewallRuleCollectionGroups: denied(POLICY) }),
    true,
    { type: 'microsoft.network/firewallpolicies/rulecollectiongroups', scope: POLICY.slice(1).toLowerCase() },
  ],
])('what could not be read is unread: %s', (_name, snapshot, complete, unread) => {
  const inventory = azureInventory(snapshot, 'a.json');
  expect(inventory.complete).toBe(complete);
  expect(inventory.unread).toContainEqual(unread);
});

test('a firewall whose rules are hidden has rules that nobody knows, not none', () => {
  const policy = azureInventory(snapshotWith({ firewallRuleCollectionGroups: denied(POLICY) }), 'a.json').resources.find(
    ({ displayId }) => displayId === POLICY,
  );
  expect(isUnresolved(policy?.body['ruleCollectionGroups'])).toBe(true);
});

test('a snapshot is recognised by its content, and read as it was written', () => {
  const snapshot = snapshotWith();
  const value = JSON.parse([...azureSnapshotText(snapshot)].join('')) as JsonObject;
  expect(value).toEqual(JSON.parse(JSON.stringify(snapshot)));
  expect(recognise(value)).toEqual({ kind: 'azure-snapshot' });
  expect(isAzureSnapshot(value)).toBe(true);
  expect(parseAzureSnapshot(value)).toEqual(value);
});

test('the page names every source', () => {
  const page = readFileSync(new URL('../../../docs/azure.md', import.meta.url), 'utf8');
  expect([...SOURCES.keys()].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

const estate = (azure: Json): ReturnType<typeof readEstate> => readEstate({ version: 1, name: 'contoso', azure }, 'estate.yaml', []);

test('subscriptions are ids, each once, and the cloud is the public one', () => {
  expect(estate({ subscriptions: [A, B.toUpperCase()] }).azure).toEqual({ cloud: 'public', subscriptions: [A, B], managementGroups: [] });
  expect(() => estate({ subscriptions: [A, A.toUpperCase()] })).toThrow(UserError);
  expect(() => estate({ subscriptions: ['production'] })).toThrow(UserError);
  expect(() => estate({ managementGroups: ['../x'] })).toThrow(UserError);
});
