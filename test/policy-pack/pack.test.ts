import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { failures, library, scanDocument } from '../infra/scan.ts';
import { type Diagnostic, LEVEL, type Pack, type Registered, secret, startPack, UNKNOWN } from './engine.ts';

const urnOf = (type: string, name: string): string => `urn:pulumi:test::posture::${type}::${name}`;

/** What the API will say of what nobody stated. */
const UNKNOWNS: JsonObject = { id: UNKNOWN, provisioningState: UNKNOWN, publicNetworkAccess: UNKNOWN, securityProfile: UNKNOWN, sku: { tier: UNKNOWN } };

/** A resource that is about to be made: its outputs are what is known of its inputs, and marks for the rest. */
function resource(type: string, name: string, inputs: JsonObject, propertyDependencies: Readonly<Record<string, readonly string[]>> = {}): Registered {
  const full = `azure-native:${type}`;
  return {
    urn: urnOf(full, name),
    type: full,
    inputs,
    outputs: { ...UNKNOWNS, ...inputs },
    propertyDependencies,
  };
}

const rule = (name: string, priority: number, source: Json, more: JsonObject = {}): JsonObject => ({
  name,
  priority,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  sourceAddressPrefix: source,
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '3389',
  ...more,
});

const group = (name: string, ...securityRules: readonly JsonObject[]): Registered =>
  resource('network:NetworkSecurityGroup', name, { resourceGroupName: 'rds', location: 'westeurope', securityRules });

const pool = (inputs: JsonObject): Registered =>
  resource('desktopvirtualization:HostPool', 'pool', { resourceGroupName: 'rds', hostPoolType: 'Pooled', ...inputs });

/** An open machine whose parts know each other by what they depend on only. */
const OPEN: readonly Registered[] = [
  group('nsg', rule('AllowRdp', 100, '*')),
  resource('network:PublicIPAddress', 'ip', { resourceGroupName: 'rds', publicIPAllocationMethod: 'Static', sku: { name: 'Standard' } }),
  resource('network:VirtualNetwork', 'vnet', { resourceGroupName: 'rds', addressSpace: { addressPrefixes: ['10.0.0.0/16'] } }),
  resource(
    'network:Subnet',
    'hosts',
    { resourceGroupName: 'rds', virtualNetworkName: UNKNOWN, addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: UNKNOWN } },
    {
      virtualNetworkName: [urnOf('azure-native:network:VirtualNetwork', 'vnet')],
      networkSecurityGroup: [urnOf('azure-native:network:NetworkSecurityGroup', 'nsg')],
    },
  ),
  resource(
    'network:NetworkInterface',
    'nic',
    { resourceGroupName: 'rds', ipConfigurations: [{ name: 'a', subnet: { id: UNKNOWN }, publicIPAddress: { id: UNKNOWN } }] },
    { ipConfigurations: [urnOf('azure-native:network:Subnet', 'hosts'), urnOf('azure-native:network:PublicIPAddress', 'ip')] },
  ),
  resource(
    'compute:VirtualMachine',
    'rdsh01',
    { resourceGroupName: 'rds', osProfile: { adminUsername: 'ops-7f3k', windowsConfiguration: {} }, networkProfile: { networkInterfaces: [{ id: UNKNOWN }] } },
    { networkProfile: [urnOf('azure-native:network:NetworkInterface', 'nic')] },
  ),
  resource('desktopvirtualization:HostPool', 'open', { resourceGroupName: 'rds', hostPoolType: 'Pooled', customRdpProperty: '' }),
];

const own = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => diagnostics.filter(({ policyname }) => policyname !== 'undecided');
const named = (diagnostics: readonly Diagnostic[]): string[] => [...new Set(own(diagnostics).map(({ policyname, urn }) => `${policyname} ${urn}`))].toSorted();

/** What the scanner finds in the preview's document, of the policies that a pack offers. */
async function expectedOf(resources: readonly Registered[], pack: Pack): Promise<string[]> {
  const steps = resources.map(({ urn, type, inputs, propertyDependencies }) => ({
    op: 'create',
    urn,
    newState: { urn, type, custom: true, inputs, propertyDependencies: propertyDependencies as unknown as Json },
  }));
  const offered = new Set((await pack.info()).map(({ name }) => name));
  const found = failures(scanDocument({ config: {}, steps, changeSummary: { create: steps.length } }));
  return found.filter((line) => offered.has(line.slice(0, line.indexOf(' '))));
}

describe('the default pack', () => {
  let pack: Pack;
  beforeAll(async () => {
    pack = await startPack();
  });
  afterAll(() => pack.stop());

  test('offers the policies about Azure of the scanner, mandatory from high on', async () => {
    const info = await pack.info();
    const essentials = library.packs.find(({ id }) => id === 'rds-essentials')?.policies ?? [];
    const wanted = library.policies.filter(({ id, kind }) => kind.startsWith('azure.') && essentials.includes(id));
    expect(info.map(({ name }) => name)).toEqual([...wanted.map(({ id }) => id), 'undecided']);
    for (const { id, severity = 0, title, links } of wanted) {
      const offered = info.find(({ name }) => name === id);
      expect(offered, id).toMatchObject({ displayname: title, url: links[0], enforcementlevel: severity >= 7 ? LEVEL.mandatory : LEVEL.advisory });
    }
  });

  test('agrees with the scanner on a preview in which no id is known', async () => {
    const expected = await expectedOf(OPEN, pack);
    expect(named(await pack.run(OPEN))).toEqual(expected);
    expect(expected).toContain(`NET-001 ${urnOf('azure-native:network:NetworkInterface', 'nic')}`);
  });

  test('says what is wrong in a sentence, and where to read more', async () => {
    const found = own(await pack.run([group('nsg', rule('AllowRdp', 100, '*'))])).find(({ policyname }) => policyname === 'NET-004');
    expect(found?.message).toMatch(/^'nsg' lets TCP 3389 in from 'internet' through 'AllowRdp'.*See https:/);
  });

  test('what is not known yet is no violation, and is said once', async () => {
    const found = await pack.run([group('nsg', rule('AllowSomebody', 100, UNKNOWN)), pool({ customRdpProperty: UNKNOWN })]);
    expect(found.map(({ policyname }) => policyname)).not.toContain('NET-004');
    expect(own(found).map(({ policyname }) => policyname)).not.toContain('AVD-001');
    const notes = found.filter(({ policyname }) => policyname === 'undecided');
    expect(notes).toHaveLength(1);
    expect(notes[0]?.enforcementlevel).toBe(LEVEL.advisory);
    expect(notes[0]?.message).toContain('NET-004');
    expect(notes[0]?.message).toContain('AVD-001');
  });

  test('a rule that is certainly open is open, whatever another one is', async () => {
    const found = await pack.run([group('nsg', rule('AllowRdp', 100, '*'), rule('AllowSomebody', 110, UNKNOWN))]);
    expect(own(found).map(({ policyname }) => policyname)).toContain('NET-004');
  });

  test('what was open in a preview is forgotten once it is known', async () => {
    await pack.run([pool({ customRdpProperty: UNKNOWN })]);
    const found = await pack.run([pool({ customRdpProperty: 'drivestoredirect:s:;' })]);
    expect(found.find(({ policyname }) => policyname === 'undecided')?.message ?? '').not.toContain('AVD-001');
  });

  test('a secret is neither judged nor printed', async () => {
    const found = await pack.run([
      pool({ customRdpProperty: secret('drivestoredirect:s:*;secret-marker:s:1;'), registrationInfo: { token: secret('secret-marker-token') } }),
      group('nsg', rule('secret', 100, secret('*'))),
    ]);
    expect(JSON.stringify(found)).not.toContain('secret-marker');
    expect(own(found).map(({ policyname }) => policyname)).not.toContain('AVD-001');
    expect(own(found).map(({ policyname }) => policyname)).not.toContain('NET-004');
  });

  test('control characters of a program do not reach the terminal', async () => {
    const found = await pack.run([group('nsg', rule('\u001b[2Jclean', 100, '*'))]);
    expect(own(found).length).toBeGreaterThan(0);
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    expect(found.map(({ message }) => message).join('')).not.toMatch(/\u001b/);
  });
});

describe('configuration', () => {
  let pack: Pack;
  beforeAll(async () => {
    pack = await startPack({ RDPOSTURE_ONLY: 'AVD-*,NET-*,BAS-*,VMH-*', RDPOSTURE_SKIP: 'AVD-002', RDPOSTURE_FAIL_ON: 'medium' });
  });
  afterAll(() => pack.stop());

  test('picks policies and says from which band on they stop', async () => {
    const info = await pack.info();
    expect(info.map(({ name }) => name)).not.toContain('AVD-002');
    expect(info.find(({ name }) => name === 'AVD-001')?.enforcementlevel).toBe(LEVEL.mandatory);
    expect(info.find(({ name }) => name === 'AVD-004')?.enforcementlevel).toBe(LEVEL.advisory);
    expect(info.find(({ name }) => name === 'AVD-014')?.configschema).toBeDefined();
  });

  test('what is not stated has its default, though what the API will say of it is not known yet', async () => {
    const expected = await expectedOf(OPEN, pack);
    expect(named(await pack.run(OPEN))).toEqual(expected);
    expect(expected).toContain(`VMH-001 ${urnOf('azure-native:compute:VirtualMachine', 'rdsh01')}`);
  });

  test('the level and the parameters of one policy', async () => {
    const limited = pool({ maxSessionLimit: 50 });
    expect(own(await pack.analyze(limited)).map(({ policyname }) => policyname)).not.toContain('AVD-014');
    await pack.configure({ 'AVD-014': { level: LEVEL.mandatory, properties: { sessions: 10 } }, 'AVD-001': { level: LEVEL.disabled } });
    const found = own(await pack.analyze(limited));
    expect(found.map(({ policyname }) => policyname)).not.toContain('AVD-001');
    expect(found.find(({ policyname }) => policyname === 'AVD-014')).toMatchObject({ enforcementlevel: LEVEL.mandatory });
    await pack.configure({});
  });

  test('remediation changes what the policy names, proves it, and leaves secrets and unknowns as they are', async () => {
    const inputs = {
      hostPoolType: 'Pooled',
      customRdpProperty: 'drivestoredirect:s:*;audiomode:i:0;',
      friendlyName: UNKNOWN,
      registrationInfo: { token: secret('not-a-real-token') },
      agentUpdate: { maintenanceWindows: [{ hour: 2 }, { hour: UNKNOWN }] },
    };
    const made = resource('desktopvirtualization:HostPool', 'pool', inputs);
    expect(await pack.remediate(made)).toEqual([]);
    await pack.configure({ 'AVD-001': { level: LEVEL.remediate }, 'AVD-003': { level: LEVEL.remediate } });
    const remediations = await pack.remediate(made);
    expect(remediations.map(({ policyname, diagnostic }) => [policyname, diagnostic])).toEqual([
      ['AVD-001', ''],
      ['AVD-003', ''],
    ]);
    expect(remediations.at(-1)?.properties).toEqual({
      ...inputs,
      customRdpProperty: 'audiomode:i:0;drivestoredirect:s:;usbdevicestoredirect:s:;devicestoredirect:s:;',
    });
    expect(await pack.remediate(pool({ customRdpProperty: UNKNOWN }))).toEqual([]);
    expect(await pack.remediate(pool({ customRdpProperty: secret('drivestoredirect:s:*;') }))).toEqual([]);
    await pack.configure({});
  });

  test('what can cut somebody off is not changed unasked, and is then a violation', async () => {
    const bastion = resource('network:BastionHost', 'bastion', { sku: { name: 'Standard' }, enableTunneling: true, enableShareableLink: true });
    await pack.configure({ 'BAS-002': { level: LEVEL.remediate }, 'BAS-004': { level: LEVEL.remediate } });
    expect((await pack.remediate(bastion)).map(({ policyname }) => policyname)).toEqual(['BAS-002']);
    expect(own(await pack.analyze(bastion)).find(({ policyname }) => policyname === 'BAS-004')?.enforcementlevel).toBe(LEVEL.mandatory);
    await pack.configure({});
  });
});

describe('grades', () => {
  let pack: Pack;
  beforeAll(async () => {
    pack = await startPack({ RDPOSTURE_ONLY: 'AVD-011' });
  });
  afterAll(() => pack.stop());

  test('a finding that its policy grades down stops nothing', async () => {
    const levelOf = async (registrationInfo: JsonObject): Promise<number | undefined> =>
      own(await pack.analyze(pool({ registrationInfo }))).find(({ policyname }) => policyname === 'AVD-011')?.enforcementlevel;
    // A token in the clear is as grave as the policy; one that only lasts too long is not.
    expect(await levelOf({ expirationTime: '2099-01-01T00:00:00Z', token: 'example-token' })).toBe(LEVEL.mandatory);
    expect(await levelOf({ expirationTime: '2099-01-01T00:00:00Z' })).toBe(LEVEL.advisory);
  });
});

test.each([
  [{ RDPOSTURE_ONLY: 'NOT-001' }, "no policy 'NOT-001'"],
  [{ RDPOSTURE_PACK: 'nothing' }, "no pack 'nothing'"],
  [{ RDPOSTURE_FAIL_ON: 'sometimes' }, "RDPOSTURE_FAIL_ON is 'sometimes'"],
  [{ RDPOSTURE_NOW: 'tomorrow' }, "RDPOSTURE_NOW is 'tomorrow'"],
  [{ RDPOSTURE_ONLY: 'FW-*' }, 'No policy about Azure is selected'],
])('%j is refused in words', async (environment, says) => {
  await expect(startPack(environment)).rejects.toThrow(says);
});

test('the published scanner brings no SDK of Pulumi, and the pack is in the package', () => {
  const { dependencies, files } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
    files: string[];
  };
  expect(Object.keys(dependencies).filter((name) => name.startsWith('@pulumi/'))).toEqual([]);
  expect(files).toContain('policy-pack');
});
