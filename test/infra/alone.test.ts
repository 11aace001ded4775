import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/model/fact.ts';
import { KINDS_OF_ONE, stackFacts, stackPolicies, type StackResource } from '../../src/scan/stack.ts';
import { isRemediable, stackRemedy, withChanges } from '../../src/scan/stack-remedy.ts';
import { insecure } from './insecure.ts';
import { NOW } from '../scan/support.ts';
import { config, run } from './program.ts';
import { AZURE, library } from './scan.ts';

const policies = stackPolicies(library, { packs: [], only: AZURE, skip: [], vars: {} });

/** What the engine shows of a resource before it is made. */
const alone = ({ urn, inputs }: StackResource): StackResource => ({ urn, inputs, outputs: null });

const shown = (facts: readonly Fact[]): readonly unknown[] =>
  facts
    .filter(({ kind }) => KINDS_OF_ONE.has(kind))
    .map(({ kind, id, data, unknown }) => ({ kind, id, data, unknown }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

test.each([
  ['the reference', undefined],
  ['its insecure twin', insecure],
])('facts of one resource are the same whatever else is there, in %s', async (_what, override) => {
  const { resources } = await run(config({ access: 'both', avdUsersGroup: '00000000-0000-0000-0000-000000000000' }), override);
  const whole = shown(stackFacts(resources.map(alone), library, NOW));
  expect(shown(resources.flatMap((resource) => stackFacts([alone(resource)], library, NOW)))).toEqual(whole);
  expect(whole.length).toBeGreaterThan(4);
});

test('what is found of one resource is found of it among all others', async () => {
  const { resources } = await run(config({ access: 'both' }), insecure);
  const context = { policies, library, now: NOW, allowDisconnect: true };
  const remedied = new Set<string>();
  for (const resource of resources.map(alone)) {
    for (const policy of policies.filter(isRemediable)) {
      const changes = stackRemedy(resource, policy, context);
      if (changes === null || resource.inputs === null) continue;
      remedied.add(policy.id);
      for (const { path } of changes) expect(argumentsOf(resource.urn), `${policy.id}: ${path.join('.')}`).toContain(path[0]);
      // Made once, there is nothing left to make.
      expect(stackRemedy({ ...resource, inputs: withChanges(resource.inputs, changes) }, policy, context)).toBeNull();
    }
  }
  for (const id of ['AVD-001', 'AVD-003', 'AVD-005', 'AVD-008', 'AZCERT-006', 'BAS-002', 'BAS-003', 'BAS-004', 'VMH-001', 'VMH-007'])
    expect(remedied).toContain(id);
});

test('what stands in the bag of a resource is changed there', async () => {
  const { resources } = await run(config({ access: 'both' }), insecure);
  const vault = resources.filter(({ type }) => type === 'azure-native:keyvault:Vault').map(alone)[0] as StackResource;
  const networks = policies.find(({ id }) => id === 'AZCERT-006');
  if (networks === undefined) throw new Error('AZCERT-006 is gone.');
  expect(stackRemedy(vault, networks, { policies, library, now: NOW, allowDisconnect: true })?.[0]?.path).toEqual([
    'properties',
    'networkAcls',
    'defaultAction',
  ]);
});

test('a fix that can cut somebody off is made only when that is allowed', async () => {
  const { resources } = await run(config({ access: 'both' }), insecure);
  const bastion = resources.filter(({ type }) => type === 'azure-native:network:BastionHost').map(alone)[0] as StackResource;
  const tunnels = policies.find(({ id }) => id === 'BAS-004');
  if (tunnels === undefined) throw new Error('BAS-004 is gone.');
  expect(stackRemedy(bastion, tunnels, { policies, library, now: NOW, allowDisconnect: false })).toBeNull();
  expect(stackRemedy(bastion, tunnels, { policies, library, now: NOW, allowDisconnect: true })).toEqual([
    { path: ['enableTunneling'], value: false },
    { path: ['enableIpConnect'], value: false },
  ]);
});

test('a fix that would be a finding of another policy is not made', () => {
  const base = { title: 'x', kind: 'azure.bastionHost', severity: 5, message: "'{name}'.", why: 'x', links: ['https://learn.microsoft.com/'] };
  const off = {
    ...base,
    id: 'OWN-001',
    name: 'Off',
    assert: { properties: { shareableLink: { const: false } } },
    fix: [{ title: 'Off', edit: { at: 'enableShareableLink', value: false } }],
  };
  const on = { ...base, id: 'OWN-002', name: 'On', assert: { properties: { shareableLink: { const: true } } } };
  const [first, second] = stackPolicies({ ...library, policies: [off, on] }, { packs: [], only: ['OWN-*'], skip: [], vars: {} });
  if (first === undefined || second === undefined) throw new Error('They are selected.');
  const bastion = { urn: 'urn:pulumi:test::p::azure-native:network:BastionHost::bastion', inputs: { enableShareableLink: true }, outputs: null };
  const context = { library, now: NOW, allowDisconnect: true };
  expect(stackRemedy(bastion, first, { ...context, policies: [first] })).toEqual([{ path: ['enableShareableLink'], value: false }]);
  expect(stackRemedy(bastion, first, { ...context, policies: [first, second] })).toBeNull();
});

const sdk = dirname(createRequire(import.meta.url).resolve('@pulumi/azure-native'));

/** Names of the inputs of a resource's class. */
function argumentsOf(urn: string): string[] {
  const [, module = '', type = ''] = (urn.split('::')[2] ?? '').split(':');
  const text = readFileSync(join(sdk, module, `${type.slice(0, 1).toLowerCase()}${type.slice(1)}.d.ts`), 'utf8');
  return [...text.slice(text.indexOf(`export interface ${type}Args {`)).matchAll(/^ {4}(\w+)\??: pulumi\.Input/gm)].map(([, name]) => name ?? '');
}

test('every input that a remediation sets is one that the SDK has', () => {
  const modules = ['compute', 'desktopvirtualization', 'hybridcompute', 'keyvault', 'monitor', 'network', 'security'];
  const text = [join(sdk, 'types', 'input.d.ts'), ...modules.flatMap((module) => globSync(join(sdk, module, '*.d.ts')))]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const inputs = new Set([...text.matchAll(/^ {4,8}(\w+)\??: pulumi\.Input</gm)].map(([, name]) => name));
  for (const policy of policies.filter(isRemediable)) {
    const edits = (policy.compiled.policy.fix ?? []).flatMap(({ edit, forEach }) => (edit === undefined || forEach !== undefined ? [] : [edit].flat()));
    for (const { at } of edits.filter(({ at, remove }) => at !== '' && remove !== true))
      for (const step of at.split('/')) expect(inputs, `${policy.id} sets '${at}'`).toContain(step);
  }
});
