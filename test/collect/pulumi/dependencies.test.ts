import { expect, test } from 'vitest';
import { readPulumiState } from '../../../src/collect/pulumi/state.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const urnOf = (type: string, name: string): string => `urn:pulumi:test::p::azure-native:${type}::${name}`;

function step(type: string, name: string, inputs: JsonObject, propertyDependencies: Readonly<Record<string, readonly string[]>> = {}): Json {
  const urn = urnOf(type, name);
  const newState = { urn, type: `azure-native:${type}`, custom: true, inputs, propertyDependencies: propertyDependencies as unknown as Json };
  return { op: 'create', urn, newState };
}

const read = (...steps: readonly Json[]) => readPulumiState({ config: {}, steps, changeSummary: { create: steps.length } }, 'preview.json').inventory.resources;

const bastion = step('network:BastionHost', 'bastion', { sku: { name: 'Standard' } });
const setting = (dependencies: Readonly<Record<string, readonly string[]>>): Json =>
  step('monitor:DiagnosticSetting', 'audit', { name: 'audit', resourceUri: UNKNOWN, workspaceId: UNKNOWN, logs: [] }, dependencies);

const WORKSPACE = urnOf('operationalinsights:Workspace', 'logs');
const BASTION = urnOf('network:BastionHost', 'bastion');

test('what an extension resource extends is what its input depends on, before there is an id', () => {
  const found = read(bastion, setting({ resourceUri: [BASTION], workspaceId: [WORKSPACE] })).find(
    ({ type }) => type === 'microsoft.insights/diagnosticsettings',
  );
  expect(found?.id).toBe('microsoft.network/bastionhosts/bastion/providers/microsoft.insights/diagnosticsettings/audit');
  expect(found?.body['workspaceId']).toBe('microsoft.operationalinsights/workspace/logs');
});

test.each([
  ['nothing', {}],
  ['several', { resourceUri: [BASTION, urnOf('keyvault:Vault', 'vault')], workspaceId: [WORKSPACE, BASTION] }],
  [
    'something of another provider',
    {
      resourceUri: ['urn:pulumi:test::p::random:index/randomString:RandomString::r'],
      workspaceId: ['urn:pulumi:test::p::random:index/randomString:RandomString::r'],
    },
  ],
  ['no URN', { resourceUri: ['bastion'], workspaceId: ['logs'] }],
])('it is not known where the input depends on %s', (_what, dependencies) => {
  const found = read(bastion, setting(dependencies as Readonly<Record<string, readonly string[]>>)).find(
    ({ type }) => type === 'microsoft.insights/diagnosticsettings',
  );
  expect(found?.id).toBe('microsoft.insights/diagnosticsettings/audit');
  expect(typeof found?.body['workspaceId']).toBe('object');
});

test('an id that is stated counts, whatever it depends on', () => {
  const id = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rds/providers/Microsoft.KeyVault/vaults/vault';
  const stated = step(
    'monitor:DiagnosticSetting',
    'audit',
    { name: 'audit', resourceUri: id, workspaceId: '/x/y', logs: [] },
    { resourceUri: [BASTION], workspaceId: [WORKSPACE] },
  );
  const found = read(bastion, stated).find(({ type }) => type === 'microsoft.insights/diagnosticsettings');
  expect(found?.id).toContain('vaults/vault/providers/microsoft.insights');
  expect(found?.body['workspaceId']).toBe('/x/y');
});
