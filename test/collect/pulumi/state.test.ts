import { describe, expect, it } from 'vitest';
import { readPulumiState } from '../../../src/collect/pulumi/state.ts';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import { type Json, type JsonObject, member } from '../../../src/model/json.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network';
const urn = (type: string, name: string): string => `urn:pulumi:dev::contoso::azure-native:network:${type}::${name}`;

function state(type: string, name: string, inputs: JsonObject, more: JsonObject = {}): JsonObject {
  return { urn: urn(type, name), custom: true, type: `azure-native:network:${type}`, inputs, ...more };
}

function exported(...resources: Json[]): Json {
  return { version: 3, deployment: { manifest: {}, resources } };
}

function preview(...states: JsonObject[]): Json {
  return { steps: states.map((newState) => ({ op: 'create', urn: newState['urn'] as string, newState })), changeSummary: { create: states.length } };
}

function read(value: Json): readonly CloudResource[] {
  return readPulumiState(value, 'stack.json').inventory.resources;
}

function only(value: Json): CloudResource {
  const resources = read(value);
  if (resources.length !== 1 || resources[0] === undefined) throw new Error(`${resources.length} resources`);
  return resources[0];
}

describe('a stack export', () => {
  const nsg = state(
    'NetworkSecurityGroup',
    'nsg',
    { networkSecurityGroupName: 'nsg-a', securityRules: [{ name: 'rdp', access: 'Allow' }] },
    { id: `${GROUP}/networkSecurityGroups/nsg-A`, outputs: { location: 'westeurope', securityRules: [], provisioningState: 'Succeeded' } },
  );

  it('reads inputs, filled in from outputs', () => {
    expect(only(exported(nsg))).toMatchObject({
      id: `${GROUP.slice(1)}/networkSecurityGroups/nsg-a`.toLowerCase(),
      type: 'microsoft.network/networksecuritygroups',
      name: 'nsg-A',
      dialect: 'read-only',
      pointer: '/deployment/resources/0/inputs',
      displayId: urn('NetworkSecurityGroup', 'nsg'),
      body: { name: 'nsg-A', location: 'westeurope', securityRules: [{ name: 'rdp', access: 'Allow' }] },
    });
  });

  it('fills in what an object of the inputs leaves out', () => {
    const vm = state(
      'NetworkInterface',
      'nic',
      { dnsSettings: { internalDnsNameLabel: 'a' } },
      { outputs: { dnsSettings: { internalDnsNameLabel: 'b', dnsServers: ['10.0.0.4'] } } },
    );
    expect(readPulumiState(exported(vm), 'f').inventory.resources[0]?.body['dnsSettings']).toEqual({ internalDnsNameLabel: 'a', dnsServers: ['10.0.0.4'] });
  });

  it('reads the file of a backend alike', () => {
    const found = only({ version: 3, checkpoint: { stack: 'dev', latest: { resources: [nsg] } } });
    expect(found.pointer).toBe('/checkpoint/latest/resources/0/inputs');
  });

  it.each<[string, Json]>([
    ['a stack without resources', { version: 3, checkpoint: { stack: 'dev' } }],
    ['what is being deleted', exported({ ...nsg, delete: true })],
    ['a provider', exported({ urn: 'urn:pulumi:dev::contoso::pulumi:providers:azure-native::default', type: 'pulumi:providers:azure-native', inputs: {} })],
    ['the stack', exported({ urn: 'urn:pulumi:dev::contoso::pulumi:pulumi:Stack::contoso-dev', type: 'pulumi:pulumi:Stack' })],
    [
      'a resource of another provider',
      exported({ urn: 'urn:pulumi:dev::contoso::random:index/randomString:RandomString::r', type: 'random:index/randomString:RandomString', inputs: {} }),
    ],
  ])('skips %s', (_name, value) => expect(readPulumiState(value, 'f')).toMatchObject({ inventory: { resources: [] }, problems: [] }));

  it('keeps what is read only as context', () => {
    expect(only(exported({ ...nsg, external: true })).context).toBe(true);
  });

  it('warns of the classic provider', () => {
    const { problems } = readPulumiState(
      exported({
        urn: 'urn:pulumi:dev::p::azure:network/networkSecurityGroup:NetworkSecurityGroup::x',
        type: 'azure:network/networkSecurityGroup:NetworkSecurityGroup',
        inputs: {},
      }),
      'f',
    );
    expect(problems).toMatchObject([{ level: 'warning', code: 'pulumi.classic' }]);
  });

  it('says how many entries are none', () => {
    expect(readPulumiState(exported(null, { urn: 'x' }, nsg), 'f')).toMatchObject({
      inventory: { resources: [{ name: 'nsg-A' }] },
      problems: [{ code: 'pulumi.resource', message: expect.stringMatching(/^2 entries/) }],
    });
  });

  it('takes a name with colons apart at the first three marks only', () => {
    const odd = 'urn:pulumi:dev::contoso::contoso:index:Net$azure-native:network/v20230901:NetworkSecurityGroup::a::b';
    expect(only(exported({ urn: odd, inputs: {} }))).toMatchObject({ name: 'a::b', type: 'microsoft.network/networksecuritygroups' });
  });
});

describe('values that are not there', () => {
  const body = (inputs: JsonObject): JsonObject => only(exported(state('NetworkSecurityGroup', 'n', inputs))).body;
  const secret = (more: JsonObject): JsonObject => ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', ...more });
  it.each<[string, Json]>([
    ['an unknown text', UNKNOWN],
    ['an unknown list', '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2'],
    ['an unknown object', 'dd056dcd-154b-4c76-9bd3-c8f88648b5ff'],
    ['an unknown boolean', '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7'],
    ['an unknown number', '3eeb2bf0-c639-47a8-9e75-3b44932eb421'],
    ['an unknown asset', '030794c1-ac77-496b-92df-f27374a8bd58'],
    ['an unknown archive', 'e48ece36-62e2-4504-bad9-02848725956a'],
    ['a secret of a preview', '[secret]'],
    ['a secret', secret({ ciphertext: 'x' })],
    ['a secret in clear', secret({ plaintext: '"Enabled"' })],
    ['a secret on the wire', secret({ value: 'Enabled' })],
    ['a reference to a resource', { [SIGNATURE]: '5cf8f73096256a8f31e491e813e4eb8e', urn: 'x', id: 'y' }],
    ['an asset', { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17', text: 'x' }],
    ['an output that is secret', { [SIGNATURE]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', value: 'x', secret: true }],
  ])('%s is unresolved', (_name, value) => {
    const found = body({ access: value, list: [value], deep: { a: value }, tags: { a: value } });
    expect(found['access']).toBe(UNRESOLVED);
    expect((found['list'] as readonly Json[])[0]).toBe(UNRESOLVED);
    expect((found['deep'] as JsonObject)['a']).toBe(UNRESOLVED);
    expect((found['tags'] as JsonObject)['a']).toBe(UNRESOLVED);
    expect(JSON.stringify(found)).not.toContain('Enabled');
  });

  it('reads an output whose value is known', () => {
    expect(body({ access: { [SIGNATURE]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4', value: 'Allow' } })['access']).toBe('Allow');
  });

  it('does not fill an unknown input in from the outputs', () => {
    const resource = only(exported(state('NetworkSecurityGroup', 'n', { securityRules: UNKNOWN }, { outputs: { securityRules: [] } })));
    expect(resource.body['securityRules']).toBe(UNRESOLVED);
  });
});

describe('a preview', () => {
  it('names what has no id yet by its inputs', () => {
    expect(only(preview(state('NetworkSecurityGroup', 'nsg', { networkSecurityGroupName: 'nsg1a2b3c4d', resourceGroupName: UNKNOWN })))).toMatchObject({
      id: 'microsoft.network/networksecuritygroups/nsg1a2b3c4d',
      pointer: '/steps/0/newState/inputs',
      body: { name: 'nsg1a2b3c4d' },
    });
  });

  it.each(['delete', 'delete-replaced', 'discard', 'read-discard'])('leaves out what a step of %s takes away', (op) => {
    const gone = state('NetworkSecurityGroup', 'n', {});
    expect(read({ steps: [{ op, urn: gone['urn'] as string, oldState: gone }], changeSummary: {} })).toEqual([]);
  });

  it.each(['create', 'update', 'same', 'replace', 'create-replacement', 'read', 'import'])('reads a step of %s', (op) => {
    const made = state('NetworkSecurityGroup', 'n', {});
    expect(read({ steps: [{ op, urn: made['urn'] as string, newState: made }], changeSummary: {} })).toHaveLength(1);
  });

  it('fills in what does not change from before, and nothing of what changes', () => {
    const step = (op: string): Json => ({
      steps: [
        {
          op,
          urn: urn('NetworkInterface', 'n'),
          newState: state('NetworkInterface', 'n', {}),
          oldState: state('NetworkInterface', 'n', {}, { outputs: { networkSecurityGroup: { id: `${GROUP}/networkSecurityGroups/a` } } }),
        },
      ],
      changeSummary: {},
    });
    expect(only(step('same')).body['networkSecurityGroup']).toBeDefined();
    expect(only(step('update')).body['networkSecurityGroup']).toBeUndefined();
  });

  it('warns when what does not change is left out', () => {
    const { problems } = readPulumiState({ steps: [], changeSummary: { same: 4 } }, 'f');
    expect(problems).toMatchObject([{ level: 'warning', code: 'pulumi.unchanged-left-out', message: expect.stringContaining('4 resources') }]);
  });

  it('joins a rule to its group by what it depends on', () => {
    const group = state('NetworkSecurityGroup', 'nsg', { networkSecurityGroupName: 'nsg1' });
    const rule = state(
      'SecurityRule',
      'rdp',
      { networkSecurityGroupName: UNKNOWN, securityRuleName: 'rdp1', access: 'Allow' },
      { propertyDependencies: { networkSecurityGroupName: [urn('NetworkSecurityGroup', 'nsg')] } },
    );
    expect(only(preview(rule, group))).toMatchObject({
      body: { securityRules: [{ name: 'rdp1', access: 'Allow' }] },
      children: { '/securityRules/0': '/steps/0/newState/inputs' },
    });
  });

  it('keeps rules of unknown groups apart', () => {
    const rule = (name: string): JsonObject => state('SecurityRule', name, { networkSecurityGroupName: UNKNOWN });
    const [a, b] = read(preview(rule('a'), rule('b')));
    expect(a?.id.split('/').slice(0, -2)).not.toEqual(b?.id.split('/').slice(0, -2));
  });

  it.each<[string, readonly string[], Json]>([
    ['the one of its type', [urn('NetworkSecurityGroup', 'a'), urn('PublicIPAddress', 'p')], 'microsoft.network/networksecuritygroups/a'],
    ['none of two', [urn('NetworkSecurityGroup', 'a'), urn('NetworkSecurityGroup', 'b')], UNRESOLVED],
    ['none of another type', [urn('PublicIPAddress', 'p')], UNRESOLVED],
    ['none', [], UNRESOLVED],
  ])('takes an unknown reference for %s that the input depends on', (_name, dependencies, id) => {
    const nic = state('NetworkInterface', 'nic', { networkSecurityGroup: { id: UNKNOWN } }, { propertyDependencies: { networkSecurityGroup: dependencies } });
    const resources = read(preview(state('NetworkSecurityGroup', 'a', {}), state('NetworkSecurityGroup', 'b', {}), state('PublicIPAddress', 'p', {}), nic));
    expect(member(resources.at(-1)?.body['networkSecurityGroup'], 'id')).toBe(id);
  });

  it('ends a circle of dependencies', () => {
    const rule = (name: string, other: string): JsonObject =>
      state('SecurityRule', name, { networkSecurityGroupName: UNKNOWN }, { propertyDependencies: { networkSecurityGroupName: [urn('SecurityRule', other)] } });
    expect(read(preview(rule('a', 'b'), rule('b', 'a')))).toHaveLength(2);
  });
});

describe('tokens', () => {
  it.each([
    ['azure-native:network:NetworkSecurityGroup', 'microsoft.network/networksecuritygroups'],
    ['azure-native:network/v20230901:PublicIPAddress', 'microsoft.network/publicipaddresses'],
    ['azure-native_network_v20240101:network/v20240101:FirewallPolicy', 'microsoft.network/firewallpolicies'],
    ['azure-native:network:Subnet', 'microsoft.network/virtualnetworks/subnets'],
    ['azure-native:network:InboundNatRule', 'microsoft.network/loadbalancers/inboundnatrules'],
    ['azure-native:network:VirtualNetworkGateway', 'microsoft.network/virtualnetworkgateways'],
    ['azure-native:compute:VirtualMachineScaleSet', 'microsoft.compute/virtualmachinescalesets'],
    ['azure-native:desktopvirtualization:HostPool', 'microsoft.desktopvirtualization/hostpools'],
    ['azure-native:keyvault:Vault', 'microsoft.keyvault/vaults'],
    ['azure-native:monitor:DiagnosticSetting', 'microsoft.insights/diagnosticsettings'],
    ['azure-native:hybridcompute:MachineExtension', 'microsoft.hybridcompute/machines/extensions'],
  ])('%s is %s', (type, azure) => expect(only(exported({ urn: `urn:pulumi:dev::p::${type}::n`, type, inputs: {} })).type).toBe(azure));

  it('hangs diagnostic settings on what they are of', () => {
    const type = 'azure-native:insights:DiagnosticSetting';
    expect(only(exported({ urn: `urn:pulumi:dev::p::${type}::n`, type, inputs: { name: 'd', resourceUri: `${GROUP}/networkSecurityGroups/nsg` } })).id).toBe(
      `${GROUP.slice(1)}/networkSecurityGroups/nsg/providers/microsoft.insights/diagnosticsettings/d`.toLowerCase(),
    );
  });
});
