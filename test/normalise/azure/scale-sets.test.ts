import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, facts, factsOf, liveFacts, only, resource, TARGET } from './build.ts';
import { child, extending } from './estate.ts';

const SET = 'Microsoft.Compute/virtualMachineScaleSets';
const set = (profile: JsonObject, more: JsonObject = {}): ReturnType<typeof resource> =>
  resource(SET, 'set', { virtualMachineProfile: { osProfile: { windowsConfiguration: {} }, ...profile }, ...more });
const fact = (all: readonly Fact[]): Fact => only(all, 'azure.virtualMachine');
const listed = (extensions: Json): JsonObject => ({ extensionProfile: { extensions } });
const ANTIMALWARE = { name: 'mde', publisher: 'Microsoft.Azure.AzureDefenderForServers', type: 'MDE.Windows' };

describe('models of scale sets', () => {
  it('are judged as machines, with the identity of the set', () => {
    const all = facts([
      set(
        {
          securityProfile: { securityType: 'TrustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }, encryptionAtHost: true },
          osProfile: { adminUsername: 'AzureUser', windowsConfiguration: { patchSettings: { patchMode: 'AutomaticByPlatform' } } },
          storageProfile: { imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter', version: 'latest' } },
        },
        { orchestrationMode: 'flexible', identity: { type: 'UserAssigned' } },
      ),
    ]);
    expect(fact(all).data).toMatchObject({
      name: 'set',
      resourceGroup: 'rg-a',
      orchestration: 'flexible',
      operatingSystem: 'windows',
      securityType: 'TrustedLaunch',
      secureBoot: true,
      vTpm: true,
      encryptionAtHost: true,
      patchMode: 'AutomaticByPlatform',
      localAdministrator: 'azureuser',
      identity: 'UserAssigned',
      image: { release: 'Windows Server 2022', phase: 'supported', ageDays: 0 },
      jit: { listed: false },
    });
  });

  it('are found where they stand in the text', () => {
    const { origin } = fact(facts([set({})]));
    if (origin.at !== 'document') throw new Error('no document');
    expect(origin.place.at).toBe('');
    expect(origin.members?.['/secureBoot']?.at).toBe('/virtualMachineProfile/securityProfile/uefiSettings/secureBootEnabled');
    expect(origin.members?.['/identity']?.at).toBe('/identity');
  });

  it.each<[string, JsonObject, Json]>([
    ['that says nothing', {}, 'uniform'],
    ['that says so', { orchestrationMode: 'Uniform' }, 'uniform'],
    ['whose mode is an expression', { orchestrationMode: UNRESOLVED }, null],
    ['whose mode is no mode', { orchestrationMode: 'Other' }, null],
  ])('of one %s', (_, more, mode) => {
    const found = fact(facts([set({}, more)]));
    expect([found.data['orchestration'], found.unknown.includes('/orchestration')]).toEqual([mode, mode === null]);
  });

  it('are none where a flexible set has none, and where another template has the set', () => {
    const flexible = resource(SET, 'set', { orchestrationMode: 'Flexible', tags: { a: 'b' } });
    expect(factsOf(facts([flexible]), 'azure.virtualMachine')).toEqual([]);
    expect(factsOf(facts([{ ...set({}), context: true }]), 'azure.virtualMachine')).toEqual([]);
  });

  it('are unknown where the whole profile is an expression', () => {
    const found = fact(facts([resource(SET, 'set', { virtualMachineProfile: UNRESOLVED })]));
    expect(found.unknown).toEqual(expect.arrayContaining(['/operatingSystem', '/securityType', '/secureBoot', '/encryptionAtHost', '/localAdministrator']));
  });
});

describe('extensions of scale sets', () => {
  const monitor = { name: 'ama', publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent' };
  const has = (all: readonly Fact[]): Json | undefined => fact(all).data['monitorAgent'];

  it('are those of the model and resources of their own', () => {
    expect(has(facts([set(listed([monitor]))]))).toBe(true);
    expect(has(facts([set({}), child(SET, 'set', 'extensions', 'ama', monitor)]))).toBe(true);
  });

  it('are absent for certain where the set was read, and nowhere else', () => {
    expect(has(liveFacts([set({})]))).toBe(false);
    const denied = [{ type: 'microsoft.network/networkinterfaces', scope: '' }];
    expect(has(normaliseCloud({ resources: [set({})], complete: false, unread: denied }, TARGET, CONTEXT).facts)).toBe(false);
    expect(has(facts([set({})]))).toBeNull();
    expect(has(facts([set(listed(UNRESOLVED))]))).toBeNull();
  });

  it('are followed by a data collection rule of the set', () => {
    const model = set({});
    const rules = extending(model, 'Microsoft.Insights/dataCollectionRuleAssociations', 'a', { dataCollectionRuleId: '/x/y' });
    expect(fact(facts([model, rules])).data['collectionRule']).toBe(true);
    expect(fact(liveFacts([model])).data['collectionRule']).toBe(false);
  });

  it.each([
    ['flexible', true],
    ['uniform', false],
  ])('of Defender come with the plan of the subscription in a set that is %s: %s', (orchestrationMode, covered) => {
    const id = 'subscriptions/00000000-0000-0000-0000-000000000000/providers/microsoft.security/pricings/virtualmachines';
    const plan = resource(
      'Microsoft.Security/pricings',
      'VirtualMachines',
      { pricingTier: 'Standard', resourcesCoverageStatus: 'FullyCovered' },
      { id, displayId: `/${id}` },
    );
    expect(fact(liveFacts([set({}, { orchestrationMode }), plan])).data['endpointProtection']).toBe(covered);
    expect(fact(liveFacts([set(listed([ANTIMALWARE]), { orchestrationMode })])).data['endpointProtection']).toBe(true);
  });
});

describe('what readers of a scale set see', () => {
  const texts = (all: readonly Fact[]): Json[] =>
    factsOf(all, 'azure.machineText').map(({ name, data }) => [name, data['part'] ?? null, data['holdsSecret'] ?? null]);

  it('is its custom data, its user data, its tags and the settings of its extensions', () => {
    const script = { name: 'cse', publisher: 'Microsoft.Compute', type: 'CustomScriptExtension', settings: { commandToExecute: 'net user x hunter2222 /add' } };
    const all = facts([
      set(
        { ...listed([ANTIMALWARE, script]), osProfile: { customData: 'd2hvYW1p', windowsConfiguration: {} }, userData: UNRESOLVED },
        { tags: { owner: 'ops' } },
      ),
      child(SET, 'set', 'extensions', 'own', { settings: { password: 'hunter2222' } }),
    ]);
    expect(texts(all)).toEqual([
      ['set customData', 'customData', false],
      ['set userData', 'userData', null],
      ['set extension', 'extension', true],
      ['set tags', 'tags', false],
      ['set/own', 'extension', true],
    ]);
  });

  it('has a place and an id for each', () => {
    const found = factsOf(
      facts([
        set(
          listed([
            { name: 'a', settings: { a: 1 } },
            { name: 'b', settings: { a: 1 } },
          ]),
        ),
      ]),
      'azure.machineText',
    );
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    expect(found.map(({ origin }) => (origin.at === 'document' ? origin.place.at : null))).toEqual([
      '/virtualMachineProfile/extensionProfile/extensions/0',
      '/virtualMachineProfile/extensionProfile/extensions/1',
    ]);
  });
});

describe('disks of scale sets', () => {
  it('that are files are told from managed ones', () => {
    const files = { storageProfile: { osDisk: { vhdContainers: ['https://contoso.blob.core.windows.net/vhds'] } } };
    expect(only(facts([set(files)]), 'azure.disk').data).toMatchObject({ name: 'osDisk', machine: 'set', managed: false, operatingSystem: 'windows' });
    expect(factsOf(facts([set({ storageProfile: { osDisk: { managedDisk: {} } } })]), 'azure.disk')).toEqual([]);
  });

  it('name the set and the number of the instance', () => {
    const disk = resource('Microsoft.Compute/disks', 'd', {
      osType: 'Windows',
      managedBy: `/subscriptions/s/resourceGroups/r/providers/${SET}/set/virtualMachines/7`,
    });
    expect(only(facts([disk]), 'azure.disk').data['machine']).toBe('set/7');
  });
});
