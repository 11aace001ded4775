import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, GROUP, idOf, liveFacts, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { child, extending, extension } from './estate.ts';

const VM = 'Microsoft.Compute/virtualMachines';
const windows = (body: JsonObject = {}): ReturnType<typeof resource> => resource(VM, 'vm', { osProfile: { windowsConfiguration: {} }, ...body });
const vmFact = (all: readonly Fact[]): Fact => only(all, 'azure.virtualMachine');
const data = (body: JsonObject): JsonObject => vmFact(facts([windows(body)])).data;

describe('operating systems of machines', () => {
  it.each<[string, JsonObject, Json]>([
    ['its disk', { storageProfile: { osDisk: { osType: 'Windows' } } }, 'windows'],
    ['its profile', { osProfile: { linuxConfiguration: {} } }, 'linux'],
    ['a publisher of Windows', { storageProfile: { imageReference: { publisher: 'MicrosoftWindowsDesktop' } } }, 'windows'],
    [
      'a publisher of Linux, without a profile that says so',
      { osProfile: { adminPassword: 'x' }, storageProfile: { imageReference: { publisher: 'Canonical' } } },
      'linux',
    ],
    ['nothing', {}, null],
    ['an image of one’s own', { storageProfile: { imageReference: { id: '/x' } } }, null],
  ])('are known by %s', (_, body, expected) => {
    const fact = vmFact(facts([resource(VM, 'vm', body)]));
    expect([fact.data['operatingSystem'], fact.unknown.includes('/operatingSystem')]).toEqual([expected, expected === null]);
  });
});

describe('security, patches and identity of machines', () => {
  it('have the defaults of the API where nothing is stated', () =>
    expect(data({})).toMatchObject({
      securityType: 'Standard',
      secureBoot: false,
      vTpm: false,
      encryptionAtHost: false,
      patchMode: 'AutomaticByOS',
      assessmentMode: 'ImageDefault',
      vmAgent: true,
      identity: 'None',
      systemIdentity: false,
    }));

  it('are read without case', () =>
    expect(
      data({
        securityProfile: { securityType: 'trustedlaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: 'True' }, encryptionAtHost: true },
        identity: { type: 'systemassigned, UserAssigned' },
      }),
    ).toMatchObject({ securityType: 'TrustedLaunch', secureBoot: true, vTpm: true, encryptionAtHost: true, systemIdentity: true }));

  it.each<[string, JsonObject, Json]>([
    ['automatic updates are off', { enableAutomaticUpdates: false }, 'Manual'],
    ['a mode is stated', { enableAutomaticUpdates: false, patchSettings: { patchMode: 'AutomaticByPlatform' } }, 'AutomaticByPlatform'],
    ['it depends on an expression', { enableAutomaticUpdates: UNRESOLVED }, null],
    ['the mode is an expression', { patchSettings: { patchMode: UNRESOLVED } }, null],
  ])('patch mode where %s', (_, windowsConfiguration, expected) => expect(data({ osProfile: { windowsConfiguration } })['patchMode']).toBe(expected));

  it('are unknown where the whole profile is an expression', () => {
    const fact = vmFact(facts([windows({ securityProfile: UNRESOLVED, identity: UNRESOLVED })]));
    expect(fact.unknown).toEqual(expect.arrayContaining(['/securityType', '/secureBoot', '/vTpm', '/encryptionAtHost', '/identity', '/systemIdentity']));
  });
});

describe('extensions of machines', () => {
  const agent = { publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent' };
  const monitor = (all: readonly Fact[]): Json | undefined => vmFact(all).data['monitorAgent'];

  it('are there when the input shows them, and may be in another template when it does not', () => {
    expect(monitor(facts([windows(), extension('vm', 'ama', agent)]))).toBe(true);
    expect(monitor(facts([windows()]))).toBeNull();
    expect(monitor(facts([windows(), extension('other', 'ama', agent)]))).toBeNull();
  });

  it('are absent for certain only where extensions were read', () => {
    expect(monitor(liveFacts([windows()]))).toBe(false);
    expect(monitor(liveFacts([windows()], [{ type: 'microsoft.compute/virtualmachines/extensions', scope: '' }]))).toBeNull();
    expect(monitor(facts([windows()], true))).toBeNull();
    expect(monitor(facts([windows(), extension('other', 'ama', agent)], true))).toBe(false);
  });

  it('count in the answer for the machine itself', () => expect(monitor(facts([windows({ resources: [{ name: 'ama', ...agent }] })], true))).toBe(true));

  it.each<[string, JsonObject, Partial<ReturnType<typeof resource>>]>([
    ['its publisher is an expression', { ...agent, publisher: UNRESOLVED }, {}],
    ['it stands under a condition', agent, { conditional: "parameters('monitor')" }],
  ])('are unknown where %s', (_, body, more) => expect(monitor(facts([windows(), { ...extension('vm', 'ama', body), ...more }]))).toBeNull());

  it('are not there once they have failed', () =>
    expect(monitor(liveFacts([windows(), extension('vm', 'ama', { ...agent, provisioningState: 'Failed' })]))).toBe(false));

  it.each<[string, JsonObject, Json]>([
    ['encrypts', { EncryptionOperation: 'EnableEncryption', VolumeType: 'All' }, true],
    ['encrypts what it formats', { EncryptionOperation: 'EnableEncryptionFormatAll' }, true],
    ['decrypts', { EncryptionOperation: 'DisableEncryption', VolumeType: 'All' }, false],
    ['does what an expression says', { EncryptionOperation: UNRESOLVED }, null],
    ['does not say what it does', {}, null],
  ])('of Azure Disk Encryption that %s', (_, settings, encrypted) => {
    const ade = extension('vm', 'ade', { publisher: 'Microsoft.Azure.Security', type: 'AzureDiskEncryption', settings });
    const fact = vmFact(facts([windows(), ade]));
    expect([fact.data['diskEncryption'], fact.unknown.includes('/diskEncryption')]).toEqual([encrypted, encrypted === null]);
    expect(fact.data['diskEncryptionExtension']).toBe(true);
    expect(vmFact(facts([windows(), { ...ade, conditional: 'x' }])).data['diskEncryption']).toBeNull();
  });

  it('of the retired agent are seen, never guessed', () => {
    const old = { publisher: 'Microsoft.EnterpriseCloud.Monitoring', type: 'MicrosoftMonitoringAgent' };
    expect(vmFact(facts([windows(), extension('vm', 'mma', old)])).data['oldMonitorAgent']).toBe(true);
    expect(vmFact(facts([windows()])).data['oldMonitorAgent']).toBe(false);
  });

  it('are followed by a data collection rule', () => {
    const vm = windows();
    const rules = extending(vm, 'Microsoft.Insights/dataCollectionRuleAssociations', 'a', {
      dataCollectionRuleId: `${GROUP}/microsoft.insights/datacollectionrules/r`,
    });
    expect(vmFact(facts([vm, rules])).data['collectionRule']).toBe(true);
    expect(vmFact(liveFacts([vm])).data['collectionRule']).toBe(false);
    expect(vmFact(liveFacts([vm, { ...rules, conditional: 'a' }])).data['collectionRule']).toBeNull();
    expect(
      vmFact(
        liveFacts([
          { ...vm, conditional: 'a and b' },
          { ...rules, conditional: 'a' },
        ]),
      ).data['collectionRule'],
    ).toBe(true);
  });
});

it('machines of a specialized disk have no profile', () => {
  const disk = { storageProfile: { osDisk: { osType: 'Windows' } } };
  expect(vmFact(facts([resource(VM, 'vm', disk)])).data['osProfile']).toBe(false);
  expect(data(disk)['osProfile']).toBe(true);
});

describe('images of machines', () => {
  const image = (sku: Json, offer: Json = 'WindowsServer') => ({ storageProfile: { imageReference: { publisher: 'MicrosoftWindowsServer', offer, sku } } });

  it.each<[Json, string]>([
    ['2019-Datacenter', 'V1'],
    ['2019-datacenter-gensecond', 'V2'],
    ['2022-datacenter-g2', 'V2'],
    ['2022-datacenter-azure-edition', 'V2'],
    ['2025-datacenter', 'not-known'],
    [UNRESOLVED, 'not-known'],
  ])('%j are of the generation %s', (sku, generation) => expect(data(image(sku))['image']).toMatchObject({ generation }));

  it('are of the generation that the machine reports', () =>
    expect(data({ ...image('2022-datacenter-g2'), extended: { instanceView: { hyperVGeneration: 'V1' } } })['image']).toMatchObject({ generation: 'V1' }));
});

describe('protection of machines', () => {
  const SUBSCRIPTION = 'subscriptions/00000000-0000-0000-0000-000000000000';
  const plan = (tier: Json, body: JsonObject = {}, more: Partial<ReturnType<typeof resource>> = {}) => {
    const id = `${SUBSCRIPTION}/providers/microsoft.security/pricings/virtualmachines`;
    return resource('Microsoft.Security/pricings', 'VirtualMachines', { pricingTier: tier, ...body }, { id, displayId: `/${id}`, ...more });
  };
  const own = (tier: Json, more: Partial<ReturnType<typeof resource>> = {}) => ({
    ...extending(windows(), 'Microsoft.Security/pricings', 'VirtualMachines', { pricingTier: tier }),
    ...more,
  });
  const ALL = { resourcesCoverageStatus: 'FullyCovered' };
  const covered = (all: readonly Fact[]): Json | undefined => vmFact(all).data['endpointProtection'];

  it('comes with the plan of the subscription, or with an extension', () => {
    expect(covered(facts([windows(), plan('Standard', { enforce: 'True' })]))).toBe(true);
    expect(covered(liveFacts([windows(), plan('Standard', ALL)]))).toBe(true);
    expect(covered(facts([windows(), extension('vm', 'mde', { publisher: 'Microsoft.Azure.AzureDefenderForServers', type: 'MDE.Windows' })]))).toBe(true);
  });

  it('is absent only when neither can be elsewhere', () => {
    expect(covered(liveFacts([windows(), plan('Free')]))).toBe(false);
    expect(covered(facts([windows(), plan('Free')]))).toBeNull();
    expect(covered(liveFacts([windows(), plan(UNRESOLVED)]))).toBeNull();
    expect(covered(liveFacts([windows()], [{ type: 'microsoft.security/pricings', scope: '' }]))).toBeNull();
  });

  it.each<[string, JsonObject, Json]>([
    ['all', ALL, true],
    ['some', { resourcesCoverageStatus: 'PartiallyCovered' }, null],
    ['none', { resourcesCoverageStatus: 'NotCovered' }, false],
    ['nobody knows how many', {}, null],
  ])('comes with a plan that reaches %s of the machines', (_, body, expected) =>
    expect(covered(liveFacts([windows(), plan('Standard', body)]))).toBe(expected),
  );

  it('is not said by a template that writes what Azure alone can say', () => expect(covered(facts([windows(), plan('Standard', ALL)]))).toBeNull());

  it.each<[string, readonly ReturnType<typeof resource>[], Json]>([
    ['is off where its subscription lets it', [plan('Standard', { enforce: 'False', ...ALL }), own('Free')], false],
    ['is off where its subscription does not say', [plan('Standard'), own('Free')], false],
    ['is on where its subscription has none', [plan('Free'), own('Standard')], true],
    ['is off and its subscription enforces its own', [plan('Standard', { enforce: 'True' }), own('Free')], true],
    ['is on and its subscription enforces that it is off', [plan('Free', { enforce: 'True' }), own('Standard')], false],
    ['is off and nobody knows whether its subscription enforces its own', [plan('Standard', { enforce: UNRESOLVED }), own('Free')], null],
    ['is off where a condition says so', [plan('Standard'), own('Free', { conditional: 'x' })], null],
    ['is on where a condition says so, and otherwise its subscription’s', [plan('Standard'), own('Standard', { conditional: 'x' })], true],
    ['is off, with a plan of its subscription under a condition', [plan('Standard', {}, { conditional: 'x' }), own('Free')], false],
    ['is off, with an enforced plan of its subscription under a condition', [plan('Standard', { enforce: 'True' }, { conditional: 'x' }), own('Free')], null],
  ])('is that of its own plan, which %s', (_, plans, expected) => expect(covered(liveFacts([windows(), ...plans]))).toBe(expected));
});

describe('just-in-time access', () => {
  const policy = (ports: Json, more: Partial<ReturnType<typeof resource>> = {}, name = 'default') =>
    resource('Microsoft.Security/locations/jitNetworkAccessPolicies', name, { virtualMachines: [{ ...idOf(VM, 'vm'), ports }] }, more);
  const port = (over: JsonObject = {}): JsonObject => ({
    number: 3389,
    protocol: 'TCP',
    allowedSourceAddressPrefix: '203.0.113.7',
    maxRequestAccessDuration: 'PT3H',
    ...over,
  });
  const jit = (...policies: readonly ReturnType<typeof resource>[]): Json | undefined => vmFact(liveFacts([windows(), ...policies])).data['jit'];
  const NOTHING = { listed: null, hours: null, anySource: null };

  it('is that of the policies that list the machine', () => {
    expect(jit(policy([port()]))).toEqual({ listed: true, hours: 3, anySource: false });
    expect(jit(policy([port({ number: 22 })]))).toEqual({ listed: false, hours: 0, anySource: false });
  });

  it('may not be there where its policy stands under a condition', () => {
    expect(jit(policy([port()], { conditional: 'x' }))).toEqual(NOTHING);
    expect(vmFact(liveFacts([windows(), policy([port()], { conditional: 'x' })])).unknown).toContain('/jit');
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['the same', {}, { listed: true, hours: 3, anySource: false }],
    ['longer', { maxRequestAccessDuration: 'PT8H' }, { listed: true, hours: null, anySource: false }],
    ['wider', { allowedSourceAddressPrefix: '*' }, { listed: true, hours: 3, anySource: null }],
  ])('beside a policy under a condition that is %s', (_, over, expected) =>
    expect(jit(policy([port()]), policy([port(over)], { conditional: 'x' }, 'other'))).toEqual(expected),
  );

  it('may be of a port that is an expression', () => expect(jit(policy([port({ number: UNRESOLVED })]))).toEqual(NOTHING));
});

describe('session hosts', () => {
  const pool = (customRdpProperty: string) => resource('Microsoft.DesktopVirtualization/hostPools', 'hp', { hostPoolType: 'Pooled', customRdpProperty });
  const joins = (settings: JsonObject) => extension('vm', 'dsc', { publisher: 'Microsoft.Powershell', type: 'DSC', settings });

  it('are known by the extension that registers them, in both of its forms', () => {
    const newer = joins({ configurationFunction: 'Configuration.ps1\\AddSessionHost', properties: { hostPoolName: 'HP', aadJoin: true } });
    expect(vmFact(facts([windows(), pool(''), newer])).data).toMatchObject({ sessionHost: true, hostPool: 'hp', hostPoolType: 'Pooled', entraJoined: true });
    const older = joins({ configuration: { function: 'AddSessionHost' }, configurationArguments: { HostPoolName: 'hp' } });
    expect(vmFact(facts([windows(), older])).data).toMatchObject({ sessionHost: true, hostPool: 'hp', hostPoolType: 'not-stated', entraJoined: false });
  });

  it('are of a kind, and joined, as far as expressions and conditions let it be known', () => {
    const joining = (aadJoin: Json) => joins({ configurationFunction: 'Configuration.ps1\\AddSessionHost', properties: { hostPoolName: 'hp', aadJoin } });
    const domain = extension('vm', 'join', { publisher: 'Microsoft.Compute', type: 'JsonADDomainExtension' });
    expect(vmFact(facts([windows(), pool(''), joining(UNRESOLVED)]))).toMatchObject({
      data: { entraJoined: null },
      unknown: expect.arrayContaining(['/entraJoined']) as string[],
    });
    expect(vmFact(facts([windows(), pool(''), joining(true), domain])).data['entraJoined']).toBe(false);
    expect(vmFact(facts([windows(), pool(''), joining(true), { ...domain, conditional: 'x' }])).data['entraJoined']).toBeNull();
    const other = (hostPoolType: Json, customRdpProperty: Json = '') =>
      resource('Microsoft.DesktopVirtualization/hostPools', 'hp', { hostPoolType, customRdpProperty });
    expect(vmFact(facts([windows(), other('pooled'), joining(false)])).data['hostPoolType']).toBe('Pooled');
    expect(vmFact(facts([windows(), other(UNRESOLVED), joining(false)])).unknown).toContain('/hostPoolType');
    expect(vmFact(facts([windows(), other('Pooled', UNRESOLVED), joining(false)])).data['entraJoined']).toBeNull();
  });

  it('are known by the list of their pool and by the portal’s tag', () => {
    const host = child('Microsoft.DesktopVirtualization/hostPools', 'hp', 'sessionHosts', 'vm.contoso.com', { resourceId: String(idOf(VM, 'vm')['id']) });
    expect(vmFact(liveFacts([windows(), pool('enablerdsaadauth:i:1'), host])).data).toMatchObject({ sessionHost: true, hostPool: 'hp', entraJoined: true });
    const tags = { 'cm-resource-parent': String(idOf('Microsoft.DesktopVirtualization/hostPools', 'hp')['id']) };
    expect(vmFact(facts([windows({ tags }), pool('')])).data).toMatchObject({ sessionHost: true, hostPool: 'hp' });
  });

  it('of a domain do not join Entra, whatever their pool signs in with', () => {
    const domain = extension('vm', 'join', { publisher: 'Microsoft.Compute', type: 'JsonADDomainExtension', settings: { name: 'corp.contoso.com' } });
    const registered = joins({ configurationFunction: 'Configuration.ps1\\AddSessionHost', properties: { hostPoolName: 'hp' } });
    expect(vmFact(facts([windows(), pool('enablerdsaadauth:i:1'), registered, domain])).data['entraJoined']).toBe(false);
  });

  it('are none where another DSC configuration runs', () =>
    expect(vmFact(facts([windows(), joins({ configurationFunction: 'web.ps1\\Install', properties: { hostPoolName: 'hp' } })])).data['sessionHost']).toBe(
      false,
    ));
});

describe('images', () => {
  const image = (imageReference: JsonObject): JsonObject => data({ storageProfile: { imageReference } })['image'] as JsonObject;
  const server = (sku: string, version = 'latest'): JsonObject => ({ publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku, version });
  const client = (sku: string): JsonObject => ({ publisher: 'microsoftwindowsdesktop', offer: 'office-365', sku, version: 'latest' });

  it.each<[JsonObject, string, string]>([
    [server('2022-datacenter-azure-edition'), 'Windows Server 2022', 'supported'],
    [server('2012-R2-Datacenter'), 'Windows Server 2012 R2', 'extended'],
    [server('2008-R2-SP1'), 'Windows Server 2008 R2', 'ended'],
    [server('smalldisk-2019-datacenter'), 'Windows Server 2019', 'supported'],
    [client('win10-22h2-avd-m365-g2'), 'Windows 10 22H2', 'extended'],
    [client('21h2-evd'), 'Windows 10 21H2', 'ended'],
    [client('20h2-evd-o365pp'), 'Windows 10 before 21H1', 'ended'],
    [client('win11-24h2-avd'), 'Windows 11 24H2', 'supported'],
  ])('%j is %s, %s', (reference, release, phase) => expect(image(reference)).toMatchObject({ release, phase }));

  it.each([[client('win10-21h2-ltsc')], [server('datacenter-core-20h2')], [{ publisher: 'contoso', sku: '2019' }]])('%j is not known', (reference) =>
    expect(image(reference)).toMatchObject({ release: 'not-known', phase: null }),
  );

  it.each<[string, Json]>([
    ['latest', 0],
    ['20348.2762.251001', 92],
    ['2016.127.20251231', 1],
    ['1.0.0', null],
  ])('version %s is %s days old', (version, days) => expect(image(server('2022-datacenter', version))['ageDays']).toBe(days));

  it('of one’s own are as old as their gallery says', () => {
    const version = resource('Microsoft.Compute/galleries/images/versions', '1.0.0', { publishingProfile: { publishedDate: '2025-12-02T00:00:00Z' } });
    const vm = windows({ storageProfile: { imageReference: { id: version.id } } });
    expect(vmFact(facts([vm, version])).data['image']).toMatchObject({ ageDays: 30 });
    expect(vmFact(facts([vm])).unknown).toContain('/image/ageDays');
  });

  it('are what the machine reports where they are one’s own', () => {
    const extended = { instanceView: { osName: 'Windows Server 2012 R2 Datacenter' } };
    expect(vmFact(liveFacts([windows({ extended, storageProfile: { imageReference: { id: '/x' } } })])).data['image']).toMatchObject({
      release: 'Windows Server 2012 R2',
    });
  });
});

describe('just-in-time access', () => {
  const open = (more: readonly ReturnType<typeof resource>[] = []): readonly ReturnType<typeof resource>[] => [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', [rule('rdp', 100, { sourceAddressPrefix: '203.0.113.7' })]),
    pip('p', 'Standard'),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
    machine('vm', 'n'),
    ...more,
  ];
  const policy = (ports: Json) =>
    resource('Microsoft.Security/locations/jitNetworkAccessPolicies', 'default', { virtualMachines: [{ id: String(idOf(VM, 'vm')['id']), ports }] });

  it('is for machines that somebody reaches over public addresses', () => {
    expect(vmFact(facts(open())).data['publicRdp']).toBe(true);
    expect(vmFact(facts([windows()])).data['publicRdp']).toBe(false);
  });

  it.each<[string, Json, JsonObject]>([
    [
      'three hours from one address',
      [{ number: 3389, maxRequestAccessDuration: 'PT3H', allowedSourceAddressPrefix: '203.0.113.7' }],
      { listed: true, hours: 3, anySource: false },
    ],
    [
      'ninety minutes from anywhere',
      [{ number: 3389, maxRequestAccessDuration: 'PT90M', allowedSourceAddressPrefix: '*' }],
      { listed: true, hours: 1.5, anySource: true },
    ],
    ['a day from whatever is asked for', [{ number: 3389, maxRequestAccessDuration: 'P1D' }], { listed: true, hours: 24, anySource: true }],
    ['another port', [{ number: 22, maxRequestAccessDuration: 'PT3H' }], { listed: false, hours: 0, anySource: false }],
  ])('%s', (_, ports, jit) => expect(vmFact(liveFacts(open([policy(ports)]))).data['jit']).toEqual(jit));

  it('is not known where policies were not read', () => {
    expect(vmFact(facts(open())).unknown).toContain('/jit');
    expect(vmFact(liveFacts(open())).data['jit']).toMatchObject({ listed: false });
  });
});

describe('what readers of a machine see', () => {
  const text = (all: readonly Fact[]): readonly Fact[] => factsOf(all, 'azure.machineText');
  const settings = (value: Json): Fact => only(facts([extension('vm', 'e', { publisher: 'a', type: 'b', settings: value })]), 'azure.machineText');

  it.each<[string, Json]>([
    ['a password option', { commandToExecute: 'powershell -File join.ps1 -Password Sommer2024 -User svc' }],
    ['an assigned password', { commandToExecute: 'cmd /c set DB_PASSWORD=Sommer2024 && setup' }],
    ['a password of net user', { commandToExecute: 'net user svc Sommer2024! /add' }],
    ['a secure string in the clear', { script: "ConvertTo-SecureString 'Sommer2024' -AsPlainText -Force" }],
    ['a signed address of a storage account', { fileUris: ['https://contoso.blob.core.windows.net/s/a.ps1?sv=1&sig=AAAAAAAAAAAAAAAAAAAAAAAAAA%3D'] }],
    ['a member that is named as a credential', { properties: { registrationInfoToken: 'abc' } }],
    ['a member that is named as a credential', { storage_account_key: 'abc' }],
  ])('%s', (looksLike, value) => {
    const fact = settings(value);
    expect(fact.data['holdsSecret']).toBe(true);
    expect(JSON.stringify(fact.data['secrets'])).toContain(looksLike);
  });

  it('is told without the secret itself', () => {
    const fact = settings({ commandToExecute: 'x -Password Sommer2024', adminPassword: 'Winter2025' });
    expect(JSON.stringify(fact)).not.toMatch(/Sommer2024|Winter2025/);
    expect(fact.data['places']).toBe('commandToExecute (a password option), adminPassword (a member that is named as a credential)');
  });

  it.each<[Json]>([
    [{ commandToExecute: 'powershell -File a.ps1 -PasswordSecretUri https://kv.vault.azure.net/secrets/x' }],
    [{ commandToExecute: 'a.ps1 -Password $env:PW' }],
    [{ commandToExecute: 'a.ps1 -Password (Get-Secret x)' }],
    [{ Properties: { Credential: { UserName: 'svc', Password: 'PrivateSettingsRef:Password' } } }],
    [{ clientSecret: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x)' }],
    [{ password: '' }],
    [{ hasPassword: 'true', noPassword: 'no' }],
    [{ keyVaultSecret: 'domain-join' }],
    [{ secretUrl: 'https://kv.vault.azure.net/secrets/x/0' }],
    [{ userName: 'svc', passwordExpiryDays: 30 }],
  ])('%j gives nothing away', (value) => expect(settings(value).data['holdsSecret']).toBe(false));

  it.each<[string, Json]>([
    ['all of it', UNRESOLVED],
    ['a command', { commandToExecute: UNRESOLVED }],
    ['a credential', { properties: { registrationInfoToken: UNRESOLVED } }],
  ])('is unknown where %s is an expression', (_, value) => expect(settings(value)).toMatchObject({ data: { holdsSecret: null }, unknown: ['/holdsSecret'] }));

  it('is not unknown for other expressions, nor for what is protected', () => {
    expect(settings({ timestamp: UNRESOLVED }).data['holdsSecret']).toBe(false);
    expect(text(facts([extension('vm', 'e', { publisher: 'a', type: 'b', protectedSettings: { password: 'Sommer2024' } })]))).toEqual([]);
  });

  it('is decoded where it is Base64', () => {
    const customData = Buffer.from('#ps1\nnet user svc Sommer2024! /add').toString('base64');
    const found = text(facts([windows({ osProfile: { customData }, tags: { owner: 'ops', dbPassword: 'Sommer2024' } })]));
    expect(found.map((fact) => [fact.data['part'], fact.data['holdsSecret']])).toEqual([
      ['customData', true],
      ['tags', true],
    ]);
  });

  it('holds scripts that are run, and their parameters', () => {
    const command = child(VM, 'vm', 'runCommands', 'r', { source: { script: 'Get-Date' }, parameters: [{ name: 'password', value: 'Sommer2024' }] });
    expect(only(facts([command]), 'azure.machineText').data).toMatchObject({ part: 'run-command', machine: 'vm', holdsSecret: true });
  });

  it('takes time in proportion to foreign text', () => {
    for (const piece of ['-password', '-', 'a', 'eyJ', ' password ', 'net user ', 'pwd=', '?sig='])
      expect(settings({ commandToExecute: piece.repeat(20_000) }).data).toBeDefined();
  });
});

describe('disks', () => {
  const disk = (body: JsonObject) => resource('Microsoft.Compute/disks', 'd', body);

  it('can be exported from everywhere where nothing is stated', () =>
    expect(only(facts([disk({ osType: 'Windows' })]), 'azure.disk').data).toMatchObject({
      managed: true,
      operatingSystem: 'windows',
      publicNetworkAccess: 'Enabled',
      networkAccessPolicy: 'AllowAll',
    }));

  it('of data have the system of the machine that uses them', () => {
    const vm = windows({ storageProfile: { dataDisks: [{ managedDisk: idOf('Microsoft.Compute/disks', 'd') }] } });
    expect(only(facts([vm, disk({})]), 'azure.disk').data).toMatchObject({ machine: 'vm', operatingSystem: 'windows' });
    expect(only(facts([disk({})]), 'azure.disk').unknown).toEqual(['/operatingSystem']);
  });

  it('that are files are no managed disks', () => {
    const vm = windows({ storageProfile: { osDisk: { name: 'os', vhd: { uri: 'https://contoso.blob.core.windows.net/vhds/os.vhd' } } } });
    expect(only(facts([vm]), 'azure.disk').data).toMatchObject({ name: 'os', managed: false, operatingSystem: 'windows' });
  });

  it('keep what an expression says unknown', () =>
    expect(only(facts([disk({ osType: 'Windows', networkAccessPolicy: UNRESOLVED })]), 'azure.disk').unknown).toEqual(['/networkAccessPolicy']));
});
