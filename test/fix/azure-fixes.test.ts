import { expect, it } from 'vitest';
import { planFixes } from '../../src/fix/plan.ts';
import type { Fact } from '../../src/model/fact.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { shippedLibrary } from '../scan/support.ts';

/** What is offered for a fact of a policy's kind, and where it edits. */
function offered(id: string, data: JsonObject): readonly unknown[] {
  const policy = shippedLibrary().policies.find((candidate) => candidate.id === id);
  if (policy === undefined) throw new Error(`No policy ${id}.`);
  const fact: Fact = { kind: policy.kind, id: 'x', name: 'x', target: 'arm-template:x', data, unknown: [], origin: { at: 'setting' }, observedAt: null };
  const context = { catalogue: [], intent: {}, params: {}, targetId: (kind: string, name: string) => `${kind}:${name}`, current: () => null };
  return planFixes(policy.fix ?? [], fact, data, context).map(({ title }) => title);
}

const machine: JsonObject = { name: 'vm', resourceGroup: 'rg', orchestration: 'single', osProfile: true, vmAgent: true };

it.each<[string, string, JsonObject, readonly string[]]>([
  ['a machine that keeps its agent', 'VMH-007', {}, ['Let the platform assess and patch']],
  ['a machine without its agent', 'VMH-007', { vmAgent: false }, ['Let the platform assess and patch a machine that is made with its agent']],
  ['a machine of a specialized disk', 'VMH-007', { osProfile: false }, []],
  ['a flexible scale set', 'VMH-007', { orchestration: 'flexible' }, ['Let the platform assess and patch what the model of the scale set makes']],
  ['a machine that never had Azure Disk Encryption', 'VMH-002', { diskEncryptionExtension: false }, ['Turn on encryption at host']],
  ['a machine that Azure Disk Encryption decrypted', 'VMH-002', { diskEncryptionExtension: true }, []],
  ['a machine of generation 2', 'VMH-001', { securityType: 'Standard', image: { generation: 'V2' } }, ['Turn on secure boot and vTPM with Trusted Launch']],
  ['a machine of generation 1', 'VMH-001', { securityType: 'Standard', image: { generation: 'V1' } }, []],
])('%s: %s takes what it is offered', (_, id, over, titles) => expect(offered(id, { ...machine, ...over })).toEqual(titles));

it.each<[string, readonly string[]]>([
  ['Premium', ['Turn copy and paste and file copy off']],
  ['Standard', ['Turn copy and paste and file copy off']],
  ['Basic', []],
  ['Developer', []],
  ['not-stated', []],
])('a Bastion of the SKU %s', (sku, titles) =>
  expect(offered('BAS-003', { name: 'b', resourceGroup: 'rg', sku, copyPaste: true, fileCopy: false })).toEqual(titles),
);

it.each<[string, readonly string[], readonly string[]]>([
  ['WAF_v2', [], ['Take the policy AppGwSslPolicy20220101S']],
  ['WAF', [], ['Take the policy AppGwSslPolicy20170401S, the newest that this tier has']],
  ['WAF_v2', ['old'], []],
])('an Application Gateway of the tier %s with the profiles %j', (tier, profilePolicies, titles) =>
  expect(offered('AZCERT-007', { name: 'agw', resourceGroup: 'rg', tier, profilePolicies })).toEqual(titles),
);

const edits = (id: string): unknown => shippedLibrary().policies.find((policy) => policy.id === id)?.fix;

it('patching by the platform is set with the updates and the agent that it needs', () => {
  const below = (fix: { edit?: unknown; az?: unknown }): string => JSON.stringify([fix.edit, fix.az ?? null]);
  for (const fix of edits('VMH-007') as { title: string; edit?: unknown; az?: unknown }[]) {
    expect(below(fix)).toContain('osProfile/windowsConfiguration/enableAutomaticUpdates');
    if (fix.az !== undefined) expect(below(fix)).toContain('osProfile.windowsConfiguration.enableAutomaticUpdates=true');
    expect(below(fix).includes('provisionVMAgent')).toBe(/its agent|the agent/.test(fix.title));
  }
});
