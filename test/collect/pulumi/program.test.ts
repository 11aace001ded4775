import { describe, expect, it } from 'vitest';
import { readPulumiProgram } from '../../../src/collect/pulumi/program.ts';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const nsg = (properties: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  type: 'azure-native:network:NetworkSecurityGroup',
  properties: { resourceGroupName: '${rg.name}', ...properties },
  ...more,
});

function read(resources: Json, more: JsonObject = {}) {
  return readPulumiProgram({ name: 'contoso', runtime: 'yaml', resources, ...more }, 'Pulumi.yaml');
}

const CONFIG = {
  config: { env: { type: 'string', default: 'prod' }, open: { type: 'boolean', default: false } },
  variables: {
    literal: 'fixed',
    port: 3389,
    list: ['a', { name: 'b' }],
    twice: '${literal}-${literal}',
    mixed: '${literal}-${env}',
    loopA: '${loopB}',
    loopB: '${loopA}',
    fn: { 'fn::toJSON': { a: 1 } },
  },
};

describe('texts', () => {
  it.each<[Json, Json]>([
    ['plain', 'plain'],
    ['${literal}', 'fixed'],
    ['a-${literal}-b', 'a-fixed-b'],
    ['${port}', 3389],
    ['p${port}', 'p3389'],
    ['${twice}', 'fixed-fixed'],
    ['${list[0]}', 'a'],
    ['${list[1].name}', 'b'],
    ['${list[1]["name"]}', 'b'],
    ['${list}', ['a', { name: 'b' }]],
    ['$${literal}', '${literal}'],
    ['cost: $5 ${literal', 'cost: $5 ${literal'],
    ['${env}', UNRESOLVED],
    ['${open}', UNRESOLVED],
    ['${mixed}', UNRESOLVED],
    ['a-${env}', UNRESOLVED],
    ['${loopA}', UNRESOLVED],
    ['${fn}', UNRESOLVED],
    ['${list[7]}', UNRESOLVED],
    ['${nobody}', UNRESOLVED],
    ['${other.location}', UNRESOLVED],
    ['${other}', UNRESOLVED],
    ['${}', UNRESOLVED],
    ['${constructor}', UNRESOLVED],
    ['${contoso:setting}', UNRESOLVED],
    [{ 'fn::secret': 'x' }, UNRESOLVED],
    [{ 'Fn::Join': ['', ['a']] }, UNRESOLVED],
    [
      ['${literal}', '${env}'],
      ['fixed', UNRESOLVED],
    ],
    ['${other.id}', 'microsoft.network/networksecuritygroups/other'],
    ['${named.id}', 'microsoft.network/networksecuritygroups/nsg-fixed'],
    ['${named.name}', 'nsg-fixed'],
    ['${other.name}', UNRESOLVED],
    ['${storage.id}', UNRESOLVED],
    ['${net.subnets[0].id}', 'microsoft.network/virtualnetworks/net/subnets/hosts'],
    ['${two.subnets[0].id}', UNRESOLVED],
    [
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/RG/providers/Microsoft.Network/routeTables/RT',
      'subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.network/routetables/rt',
    ],
  ])('%j', (value, expected) => {
    const subnets = (...names: string[]): JsonObject => ({
      type: 'azure-native:network:VirtualNetwork',
      properties: { subnets: names.map((name) => ({ name })) },
    });
    const { inventory, problems } = read(
      {
        it: nsg({ value }),
        other: nsg(),
        named: nsg({ networkSecurityGroupName: 'nsg-${literal}' }),
        storage: { type: 'azure-native:storage:StorageAccount' },
        net: subnets('hosts'),
        two: subnets('a', 'b'),
      },
      CONFIG,
    );
    expect(problems).toEqual([]);
    expect(inventory.resources.find((resource) => resource.displayId === 'it')?.body['value']).toEqual(expected);
  });
});

describe('resources', () => {
  it('has what ARM calls it', () => {
    const { inventory } = read({ gateway: nsg({ securityRules: [{ name: 'rdp', access: 'Allow' }], azureApiVersion: '2024-05-01', tags: { Role: 'x' } }) });
    expect(inventory.complete).toBe(false);
    expect(inventory.resources).toMatchObject([
      {
        id: 'microsoft.network/networksecuritygroups/gateway',
        type: 'microsoft.network/networksecuritygroups',
        name: 'gateway',
        apiVersion: '2024-05-01',
        dialect: 'pulumi-yaml',
        pointer: '/resources/gateway',
        displayId: 'gateway',
        context: false,
        body: { securityRules: [{ name: 'rdp', access: 'Allow' }], tags: { Role: 'x' } },
      },
    ]);
    expect(Object.keys(inventory.resources[0]?.body ?? {})).not.toContain('resourceGroupName');
  });

  it.each([
    ['azure-native:network:NetworkSecurityGroup', 'microsoft.network/networksecuritygroups'],
    ['azure-native:network/v20230901:NetworkSecurityGroup', 'microsoft.network/networksecuritygroups'],
    ['azure-native_network_v20240101:network/v20240101:PublicIPAddress', 'microsoft.network/publicipaddresses'],
    ['azure-native:network:FirewallPolicy', 'microsoft.network/firewallpolicies'],
    ['azure-native:network:BastionHost', 'microsoft.network/bastionhosts'],
    ['azure-native:network:NatGateway', 'microsoft.network/natgateways'],
    ['azure-native:network:AzureFirewall', 'microsoft.network/azurefirewalls'],
    ['azure-native:network:ApplicationSecurityGroup', 'microsoft.network/applicationsecuritygroups'],
    ['azure-native:network:LoadBalancer', 'microsoft.network/loadbalancers'],
    ['azure-native:network:RouteTable', 'microsoft.network/routetables'],
    ['azure-native:network:IpGroup', 'microsoft.network/ipgroups'],
    ['azure-native:compute:VirtualMachine', 'microsoft.compute/virtualmachines'],
    ['azure-native:compute:VirtualMachineScaleSet', 'microsoft.compute/virtualmachinescalesets'],
    ['azure-native:compute:VirtualMachineExtension', 'microsoft.compute/virtualmachines/extensions'],
    ['azure-native:desktopvirtualization:HostPool', 'microsoft.desktopvirtualization/hostpools'],
    ['azure-native:desktopvirtualization:Workspace', 'microsoft.desktopvirtualization/workspaces'],
    ['azure-native:keyvault:Vault', 'microsoft.keyvault/vaults'],
    ['azure-native:monitor:DiagnosticSetting', 'microsoft.insights/diagnosticsettings'],
    ['azure-native:hybridcompute:Machine', 'microsoft.hybridcompute/machines'],
    ['azure-native:hybridcompute:MachineExtension', 'microsoft.hybridcompute/machines/extensions'],
    ['azure-native:network:ApplicationGateway', 'microsoft.network/applicationgateways'],
    ['azure-native:network:WebApplicationFirewallPolicy', 'microsoft.network/applicationgatewaywebapplicationfirewallpolicies'],
    ['azure-native:network:FlowLog', 'microsoft.network/networkwatchers/flowlogs'],
    ['azure-native:insights:ActivityLogAlert', 'microsoft.insights/activitylogalerts'],
    ['azure-native:monitor:DataCollectionRuleAssociation', 'microsoft.insights/datacollectionruleassociations'],
    ['azure-native:authorization:RoleAssignment', 'microsoft.authorization/roleassignments'],
    ['azure-native:security:JitNetworkAccessPolicy', 'microsoft.security/locations/jitnetworkaccesspolicies'],
    ['azure-native:security:Pricing', 'microsoft.security/pricings'],
    ['azure-native:compute:Disk', 'microsoft.compute/disks'],
    ['azure-native:compute:VirtualMachineRunCommandByVirtualMachine', 'microsoft.compute/virtualmachines/runcommands'],
    ['azure-native:desktopvirtualization:ApplicationGroup', 'microsoft.desktopvirtualization/applicationgroups'],
    ['azure-native:desktopvirtualization:PrivateEndpointConnectionByHostPool', 'microsoft.desktopvirtualization/hostpools/privateendpointconnections'],
  ])('%s', (type, expected) => expect(read({ x: { type } }).inventory.resources.map((resource) => resource.type)).toEqual([expected]));

  it('keeps the type that an extension states, and knows what is extended', () => {
    const { inventory } = read({
      vm: { type: 'azure-native:compute:VirtualMachine', properties: { vmName: 'vm-a' } },
      agent: {
        type: 'azure-native:compute:VirtualMachineExtension',
        properties: { vmName: '${vm.name}', vmExtensionName: 'ama', publisher: 'p', type: 'AzureMonitorWindowsAgent' },
      },
      rules: { type: 'azure-native:monitor:DataCollectionRuleAssociation', properties: { resourceUri: '${vm.id}', associationName: 'a' } },
    });
    expect(inventory.resources.map(({ id }) => id)).toEqual([
      'microsoft.compute/virtualmachines/vm-a',
      'microsoft.compute/virtualmachines/vm-a/extensions/ama',
      'microsoft.compute/virtualmachines/vm-a/providers/microsoft.insights/datacollectionruleassociations/a',
    ]);
    expect(inventory.resources[1]?.body).toMatchObject({ publisher: 'p', type: 'AzureMonitorWindowsAgent' });
  });

  it('puts children into their parents, whichever way they name them', () => {
    const rule = (networkSecurityGroupName: Json): JsonObject => ({
      type: 'azure-native:network:SecurityRule',
      properties: { networkSecurityGroupName, securityRuleName: 'rdp', access: 'Allow', priority: 100 },
    });
    const { inventory } = read(
      {
        a: nsg({ networkSecurityGroupName: 'nsg-a' }),
        b: nsg(),
        one: rule('nsg-a'),
        two: rule('${a.name}'),
        three: rule('${b.name}'),
        lost: rule('${env}'),
        net: { type: 'azure-native:network:VirtualNetwork', properties: { virtualNetworkName: 'net-1' } },
        hosts: {
          type: 'azure-native:network:Subnet',
          properties: { virtualNetworkName: '${net.name}', addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: '${b.id}' } },
        },
        lb: { type: 'azure-native:network:LoadBalancer' },
        nat: { type: 'azure-native:network:InboundNatRule', properties: { loadBalancerName: '${lb.name}', inboundNatRuleName: 'rdp', backendPort: 3389 } },
      },
      CONFIG,
    );
    const by = new Map(inventory.resources.map((resource) => [resource.displayId, resource]));
    expect(by.get('a')?.body['securityRules']).toMatchObject([{ name: 'rdp', access: 'Allow', priority: 100 }]);
    expect(by.get('b')?.children).toEqual({ '/securityRules/0': '/resources/three' });
    expect(by.get('net')?.body['subnets']).toMatchObject([
      { name: 'hosts', addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: 'microsoft.network/networksecuritygroups/b' } },
    ]);
    expect(by.get('lb')?.body['inboundNatRules']).toMatchObject([{ name: 'rdp', backendPort: 3389 }]);
    expect(by.get('lost')).toMatchObject({ type: 'microsoft.network/networksecuritygroups/securityrules', name: 'rdp' });
  });

  it('flattens the bag of a vault', () => {
    const { inventory } = read({
      kv: {
        type: 'azure-native:keyvault:Vault',
        properties: { vaultName: 'kv-a', properties: { enableRbacAuthorization: true, networkAcls: { defaultAction: 'Deny' } } },
      },
    });
    expect(inventory.resources[0]).toMatchObject({ name: 'kv-a', body: { enableRbacAuthorization: true, networkAcls: { defaultAction: 'Deny' } } });
    expect(inventory.resources[0]?.body).not.toHaveProperty('properties');
  });

  it('what `get` reads is context', () => {
    const id = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/Old';
    const { inventory } = read({ old: { type: 'azure-native:network:VirtualNetwork', get: { id } }, x: nsg({ value: '${old.id}' }) });
    expect(inventory.resources[0]).toMatchObject({ context: true, id: id.slice(1).toLowerCase(), name: 'Old' });
    expect(inventory.resources[1]?.body['value']).toBe(id.slice(1).toLowerCase());
  });

  it('all properties by one function are unresolved', () => {
    const { inventory } = read({ x: { type: 'azure-native:network:NetworkSecurityGroup', properties: { 'fn::invoke': { function: 'a:b:c' } } } });
    expect(inventory.resources[0]?.body['securityRules']).toBe(UNRESOLVED);
  });

  it('counts what it does not look at', () => {
    expect(
      read({ a: { type: 'random:RandomString' }, b: { type: 'azure-native:storage:StorageAccount' }, c: { type: 'pulumi:providers:azure-native' } }).inventory,
    ).toMatchObject({ resources: [], others: 2 });
  });
});

describe('programs that are not made for reading', () => {
  it.each<[string, Json]>([
    ['null', null],
    ['a list', []],
    ['resources that are a list', { resources: [1] }],
    ['a resource that is a number', { resources: { a: 3, b: null, c: 'x', d: { type: 3 } } }],
    ['properties that are a list', { resources: { a: { type: 'azure-native:network:Subnet', properties: [1] } } }],
    ['variables that are a text', { variables: 'x', resources: { a: nsg({ v: '${x}' }) } }],
    [
      'names that name themselves',
      { resources: { a: nsg({ networkSecurityGroupName: '${a.name}-${b.id}' }), b: nsg({ networkSecurityGroupName: '${a.name}' }) } },
    ],
    ['a name that is a list', { resources: { a: nsg({ networkSecurityGroupName: ['x'] }) } }],
  ])('%s', (_name, value) => expect(() => readPulumiProgram(value, 'f')).not.toThrow());

  it('one broken resource does not hide the next', () => {
    const { inventory, problems } = read({ a: 3, b: nsg() });
    expect(inventory.resources).toHaveLength(1);
    expect(problems).toMatchObject([{ level: 'warning', file: 'Pulumi.yaml' }]);
  });

  it('names of the language are plain names', () => {
    const value = JSON.parse(
      '{"variables":{"__proto__":{"x":"y"}},"resources":{"__proto__":{"type":"azure-native:network:NetworkSecurityGroup"},"a":{"type":"azure-native:network:NetworkSecurityGroup","properties":{"v":"${__proto__.x}","__proto__":{"securityRules":[]}}}}}',
    ) as Json;
    const { inventory } = readPulumiProgram(value, 'f');
    const found = inventory.resources.find((resource) => resource.displayId === 'a');
    expect(Object.hasOwn(found?.body ?? {}, 'securityRules')).toBe(false);
    expect(Object.getPrototypeOf(found?.body)).toBe(Object.prototype);
  });

  it('variables that share their parts cost what they may', () => {
    const variables: Record<string, Json> = { v0: ['x'] };
    for (let level = 1; level < 40; level++) variables[`v${level}`] = [`\${v${level - 1}}`, `\${v${level - 1}}`];
    const { inventory } = read({ a: nsg({ v: '${v39}' }) }, { variables });
    expect(inventory.resources).toHaveLength(1);
  });
});
