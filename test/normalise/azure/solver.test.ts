import { describe, expect, it } from 'vitest';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { parsePrefix } from '../../../src/normalise/azure/address.ts';
import { contains } from '../../../src/normalise/azure/interval-set.ts';
import { readNetwork } from '../../../src/normalise/azure/network.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { indexResources } from '../../../src/normalise/azure/resources.ts';
import { TCP } from '../../../src/normalise/azure/rule.ts';
import { reachesOf } from '../../../src/normalise/azure/security-group.ts';
import { CONTEXT, facts, factsOf, idOf, liveFacts, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, TARGET, vnet } from './build.ts';
import { child } from './estate.ts';

const NIC = 'Microsoft.Network/networkInterfaces';
const VNET = 'Microsoft.Network/virtualNetworks';
const LB = 'Microsoft.Network/loadBalancers';
const ASG = 'Microsoft.Network/applicationSecurityGroups';
const rdpOf = (all: readonly Fact[]): JsonObject => only(all, 'azure.ingressPath').data['rdpTcp'] as JsonObject;
const hopsOf = (all: readonly Fact[]): Json[] => Object.values(only(all, 'azure.ingressPath').data['hops'] as JsonObject);

/** A machine with a public address behind one group. */
function estate(rules: readonly JsonObject[], network: JsonObject = {}, subnet: { readonly table?: string } = {}): CloudResource[] {
  return [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g', ...subnet } }, network),
    nsg('g', rules),
    pip('p', 'Standard'),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
    machine('vm', 'n'),
  ];
}

describe('security admin rules that Azure says are deployed', () => {
  const admin = (access: Json, priority: Json, over: JsonObject = {}): JsonObject => ({
    id: `/subscriptions/s/providers/Microsoft.Network/networkManagers/m/securityAdminConfigurations/c/ruleCollections/k/rules/${String(access)}-${String(priority)}`,
    kind: 'Custom',
    access,
    priority,
    direction: 'Inbound',
    protocol: 'Tcp',
    sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
    destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
    sourcePortRanges: ['0-65535'],
    destinationPortRanges: ['3389'],
    ...over,
  });
  const deployed = (rules: readonly JsonObject[], more: JsonObject = {}) =>
    child(VNET, 'net', 'effectiveSecurityAdminRules', 'default', { value: rules, ...more });
  const open = [rule('open', 200)];
  const UNREAD_GROUPS = [{ type: 'microsoft.network/networkgroupmemberships', scope: '' }];
  const other = { id: '/subscriptions/s/providers/Microsoft.Network/networkManagers/other/securityAdminConfigurations/c/ruleCollections/k/rules/x' };
  it.each<[string, JsonObject[], JsonObject[], boolean | null]>([
    ['Deny is final', [admin('Deny', 1)], open, false],
    ['AlwaysAllow asks no group', [admin('AlwaysAllow', 1)], [], true],
    ['Allow asks the groups', [admin('Allow', 1)], [], false],
    ['Allow shields from a Deny after it', [admin('Allow', 1), admin('Deny', 2)], open, true],
    ['the first one counts, whatever their order in the answer', [admin('AlwaysAllow', 9), admin('Deny', 2)], open, false],
    ['another port', [admin('Deny', 1, { destinationPortRanges: ['443'] })], open, true],
    ['no port is every port', [admin('Deny', 1, { destinationPortRanges: [] })], open, false],
    ['another protocol', [admin('Deny', 1, { protocol: 'Udp' })], open, true],
    ['half of the Internet', [admin('Deny', 1, { sources: [{ addressPrefix: '0.0.0.0/1', addressPrefixType: 'IPPrefix' }] })], open, true],
    [
      'another network group',
      [admin('AlwaysAllow', 1, { sources: [{ addressPrefix: '/x/networkManagers/m/networkGroups/g', addressPrefixType: 'NetworkGroup' }] })],
      [],
      false,
    ],
    ['a part of the network', [admin('Deny', 1, { destinations: [{ addressPrefix: '10.1.3.0/24', addressPrefixType: 'IPPrefix' }] })], open, true],
    ['its own address', [admin('Deny', 1, { destinations: [{ addressPrefix: '10.1.2.4', addressPrefixType: 'IPPrefix' }] })], open, false],
    ['some source ports only', [admin('Deny', 1, { sourcePortRanges: ['1-1023'] })], open, null],
    ['an access that nobody knows', [admin('Sometimes', 1)], open, null],
    ['two managers that differ', [admin('AlwaysAllow', 1), admin('Deny', 2, other)], [], null],
    ['two managers that agree', [admin('Deny', 1), admin('Deny', 2, other)], open, false],
    ['two rules of one priority that differ', [admin('AlwaysAllow', 1), admin('Deny', 1)], [], null],
    ['outbound', [admin('Deny', 1, { direction: 'Outbound' })], open, true],
  ])('%s', (_name, rules, groups, internet) => expect(rdpOf(liveFacts([deployed(rules), ...estate(groups)]))['internet']).toBe(internet));

  it('says nothing for certain of an answer that goes on elsewhere', () => {
    const declared = resource('Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules', 'r', admin('Deny', 1));
    expect(rdpOf(liveFacts([deployed([], { skipToken: 'more' }), declared, ...estate(open)], UNREAD_GROUPS))['internet']).toBeNull();
    expect(rdpOf(liveFacts([deployed([]), declared, ...estate(open)]))['internet']).toBe(true);
  });

  it('names them on the way', () => {
    expect(hopsOf(liveFacts([deployed([admin('AlwaysAllow', 7)]), ...estate([])]))).toEqual([
      'public IP p (Standard)',
      'security admin rules: AlwaysAllow-7 (priority 7) (AlwaysAllow)',
      'subnet hosts: network security group g, no rule lets it in',
      'interface n: no network security group',
    ]);
    expect(hopsOf(liveFacts(estate(open), UNREAD_GROUPS))[1]).toBe('security admin rules that are not shown, taken for none');
    expect(hopsOf(liveFacts(estate(open)))[1]).toBe('no security admin rule');
    expect(hopsOf(facts(estate(open)))[1]).toBe('no security admin rule');
    expect(hopsOf(facts(estate(open)))[2]).toBe('subnet hosts: network security group g, rule open (priority 200)');
  });

  it('do not reach private endpoints', () => {
    const endpoint = (policies: string) => [
      vnet('net', '10.1.0.0/16', { AzureFirewallSubnet: { prefix: '10.1.0.0/26' } }, {}),
      resource(
        `${VNET}/subnets`,
        'pe',
        { addressPrefix: '10.1.4.0/24', networkSecurityGroup: idOf('Microsoft.Network/networkSecurityGroups', 'g'), privateEndpointNetworkPolicies: policies },
        {
          id: String(subnetId('net', 'pe')['id']),
        },
      ),
      nsg('g', [rule('deny', 100, { access: 'Deny', protocol: '*' })]),
      resource(NIC, 'pe-nic', {
        privateEndpoint: idOf('Microsoft.Network/privateEndpoints', 'pe'),
        ipConfigurations: [{ name: 'c', privateIPAddress: '10.1.4.4', subnet: subnetId('net', 'pe') }],
      }),
      resource('Microsoft.Network/azureFirewalls', 'fw', {
        ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
        natRuleCollections: [
          {
            name: 'in',
            priority: 100,
            rules: [
              {
                name: 'd',
                protocols: ['TCP'],
                sourceAddresses: ['*'],
                destinationAddresses: ['203.0.113.9'],
                destinationPorts: ['1'],
                translatedAddress: '10.1.4.4',
                translatedPort: '3389',
              },
            ],
          },
        ],
      }),
    ];
    expect(rdpOf(liveFacts([deployed([admin('Deny', 1, { sources: [] })]), ...endpoint('Disabled')]))['internet']).toBe(true);
    expect(rdpOf(liveFacts(endpoint('NetworkSecurityGroupEnabled')))['internet']).toBe(false);
    expect(rdpOf(liveFacts(endpoint('')))['internet']).toBeNull();
  });
});

describe('what the tag VirtualNetwork holds', () => {
  const GATEWAY = 'Microsoft.Network/virtualNetworkGateways';
  const gateway = (network: string, over: JsonObject) =>
    resource(GATEWAY, `gw-${network}`, { ipConfigurations: [{ name: 'c', subnet: subnetId(network, 'GatewaySubnet') }], ...over });
  const table = (...routes: readonly JsonObject[]) =>
    resource('Microsoft.Network/routeTables', 'rt', { routes: routes.map((one, index) => ({ name: `r${index}`, nextHopType: 'VirtualAppliance', ...one })) });
  const peering = (over: JsonObject = {}): JsonObject => ({
    virtualNetworkPeerings: [{ name: 'hub', peeringState: 'Connected', allowVirtualNetworkAccess: true, remoteVirtualNetwork: idOf(VNET, 'hub'), ...over }],
  });
  const hub = vnet('hub', '10.9.0.0/16', { GatewaySubnet: { prefix: '10.9.0.0/27' } });
  // What the routes of the network make of it: `shown`, `closed`, or the sentence that says what nobody sees.
  it.each<[string, readonly CloudResource[], JsonObject, string]>([
    ['a default route to an appliance', [table({ addressPrefix: '0.0.0.0/0' })], {}, 'shown'],
    ['a default route to nowhere', [table({ addressPrefix: '0.0.0.0/0', nextHopType: 'None' })], {}, 'closed'],
    ['a default route in two halves', [table({ addressPrefix: '0.0.0.0/1' }, { addressPrefix: '128.0.0.0/1' })], {}, 'shown'],
    ['a route to some public addresses', [table({ addressPrefix: '203.0.113.0/24' })], {}, 'closed'],
    ['a route to a tag without addresses', [table({ addressPrefix: 'AzureCloud' })], {}, 'a prefix of route table rt is not known'],
    ['a route of which the prefix is one expression', [table({ addressPrefix: UNRESOLVED })], {}, 'a prefix of route table rt is not known'],
    ['a gateway of ExpressRoute', [gateway('net', { gatewayType: 'ExpressRoute' })], {}, 'the routes that gateway gw-net learns are in no input'],
    ['a VPN with BGP', [gateway('net', { gatewayType: 'Vpn', enableBgp: true })], {}, 'the routes that gateway gw-net learns are in no input'],
    ['a VPN without', [gateway('net', { gatewayType: 'Vpn', enableBgp: false })], {}, 'closed'],
    ['a VPN of another network', [gateway('hub', { gatewayType: 'Vpn', enableBgp: true }), hub], {}, 'closed'],
    [
      'routes of the hub',
      [gateway('hub', { gatewayType: 'ExpressRoute' }), hub],
      peering({ useRemoteGateways: true }),
      'the routes that gateway gw-hub learns are in no input',
    ],
    ['a hub without a gateway', [hub], peering({ useRemoteGateways: true }), 'closed'],
    ['a hub that is not shown', [], peering({ useRemoteGateways: true }), 'the routes that the gateway of a peer learns are in no input'],
    ['a hub that is not connected', [], peering({ useRemoteGateways: true, peeringState: 'Disconnected' }), 'closed'],
    ['a hub whose routes are not used', [gateway('hub', { gatewayType: 'ExpressRoute' }), hub], peering(), 'closed'],
    [
      'routes of gateways that the subnet refuses',
      [gateway('net', { gatewayType: 'ExpressRoute' }), resource('Microsoft.Network/routeTables', 'rt', { disableBgpRoutePropagation: true, routes: [] })],
      {},
      'closed',
    ],
  ])('%s', (_name, more, network, expected) => {
    const routed = more.some(({ type }) => type.endsWith('/routetables'));
    const facts = liveFacts([...estate([], network, routed ? { table: 'rt' } : {}), ...more]);
    expect(rdpOf(facts)['internet']).toBe(expected === 'closed' ? false : null);
    const tags = factsOf(facts, 'azure.networkTagReach').map(({ data, because }) => [data['rdpByNetworkTag'], because]);
    expect(tags).toEqual(expected === 'closed' ? [] : [expected === 'shown' ? [true, undefined] : [null, [expected]]]);
  });

  it('a route server', () => {
    const own = estate([]).filter(({ type }) => type !== VNET.toLowerCase());
    const served = vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' }, RouteServerSubnet: { prefix: '10.1.9.0/27' } });
    expect(only(liveFacts([served, ...own]), 'azure.networkTagReach')).toMatchObject({
      data: { rdpByNetworkTag: null },
      because: ['the routes that the route server of net learns are in no input'],
    });
  });

  it('is what Azure says of the interface', () => {
    const says = (prefixes: readonly string[]) =>
      child(NIC, 'n', 'effectiveNetworkSecurityGroups', 'default', {
        value: [{ effectiveSecurityRules: [{ name: 'defaultSecurityRules/AllowVnetInBound', expandedSourceAddressPrefix: prefixes }] }],
      });
    const routes = table({ addressPrefix: '0.0.0.0/0' });
    const of = (prefixes: readonly string[]) => liveFacts([says(prefixes), routes, ...estate([], {}, { table: 'rt' })]);
    expect(rdpOf(of(['10.1.0.0/16', '168.63.129.16/32']))).toMatchObject({ internet: false, from: 'private' });
    expect(rdpOf(of(['10.1.0.0/16', '0.0.0.0/0']))['internet']).toBe(true);
    expect(hopsOf(of(['0.0.0.0/0']))).toContain('subnet hosts: network security group g, default rule AllowVnetInBound');
    expect(rdpOf(of([]))['internet']).toBeNull();
    const byTag = (facts: readonly Fact[]) => factsOf(facts, 'azure.networkTagReach').map(({ data, because }) => [data['rdpByNetworkTag'], because]);
    // The answer says nothing of IPv6, in which the machine has no address.
    expect(byTag(of(['10.1.0.0/16', '168.63.129.16/32']))).toEqual([[false, undefined]]);
    expect(byTag(of(['10.1.0.0/16', '0.0.0.0/0']))).toEqual([[true, undefined]]);
    // Nobody was asked at another interface: what routes show, and what they do not, counts again.
    const second = nic('second', { privateIPAddress: '10.1.2.9', subnet: subnetId('net', 'hosts') });
    expect(byTag(liveFacts([says(['10.1.0.0/16']), second, routes, ...estate([], {}, { table: 'rt' })]))).toEqual([[true, undefined]]);
    const learns = gateway('net', { gatewayType: 'ExpressRoute' });
    expect(byTag(liveFacts([says(['10.1.0.0/16']), second, learns, ...estate([])]))).toEqual([
      [null, ['the routes that gateway gw-net learns are in no input']],
    ]);
    expect(byTag(liveFacts([says(['10.1.0.0/16']), learns, ...estate([])]))).toEqual([[false, undefined]]);
    expect(byTag(liveFacts([says(['0.0.0.0/0']), second, learns, ...estate([])]))).toEqual([[true, undefined]]);
  });

  it('counts a peer of another subscription by what the peering says', () => {
    const open = [rule('peers', 100, { sourceAddressPrefix: 'VirtualNetwork' }), rule('deny', 200, { access: 'Deny' })];
    const of = (over: JsonObject) =>
      rdpOf(liveFacts(estate(open, peering({ remoteVirtualNetworkAddressSpace: { addressPrefixes: ['203.0.113.0/24'] }, ...over }))));
    // Public addresses that a connected network uses for itself are not the Internet.
    expect(of({})).toMatchObject({ from: 'private', addresses: 0 });
    expect(of({ allowVirtualNetworkAccess: UNRESOLVED })['from']).toBeNull();
    expect(of({ allowVirtualNetworkAccess: false })).toMatchObject({ from: 'private', addresses: 0 });
  });
});

describe('application security groups as sources', () => {
  const members = (complete: boolean) => {
    const resources = [
      ...estate([
        rule('admins', 100, { sourceAddressPrefix: '-', sourceApplicationSecurityGroups: [idOf(ASG, 'admins')] }),
        rule('deny', 200, { access: 'Deny', protocol: '*' }),
      ]),
      nic('jump', { privateIPAddress: '10.1.2.9', subnet: subnetId('net', 'hosts'), applicationSecurityGroups: [idOf(ASG, 'admins')] }),
      nic('none', { privateIPAddress: '10.1.2.10', subnet: subnetId('net', 'hosts') }),
    ];
    const network = readNetwork(indexResources({ resources, complete }));
    const [group] = [...network.groups.values()];
    if (group === undefined) throw new Error('no group');
    const spaces = network.spaces(resources[0]?.id ?? '');
    const reach = reachesOf(group, spaces, TCP, 3389, { ...parsePrefix('10.1.2.4'), groups: [], mode: 'each' });
    return (address: string) => {
      const [at = -1] = parsePrefix(address).v4;
      return [contains(reach.v4?.lower.set ?? [], at), contains(reach.v4?.upper.set ?? [], at)];
    };
  };
  it('are the addresses of their interfaces', () => {
    const live = members(true);
    expect(['10.1.2.9', '10.1.2.10', '203.0.113.7'].map(live)).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });
  it('may be more of the same network where a document does not show all', () => {
    const declared = members(false);
    expect(['10.1.2.9', '10.1.2.10', '203.0.113.7'].map(declared)).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
  });
});

describe('service tags', () => {
  const TAGS = {
    cloud: 'Public',
    prefixes: { storage: ['198.51.100.0/24'], azurecloud: ['20.0.0.0/7', '198.51.100.0/25'], sql: ['nonsense'], 'azuredevops.x': ['2001:db8::/32'] },
  };
  const of = (rules: readonly JsonObject[], tags: typeof TAGS | null, more: readonly CloudResource[] = []) =>
    normaliseCloud({ resources: [...estate(rules), ...more], complete: true }, TARGET, tags === null ? CONTEXT : { ...CONTEXT, serviceTags: tags }).facts;
  const from = (tag: string, over: JsonObject = {}) => rule('tag', 100, { sourceAddressPrefix: tag, ...over });
  it.each<[string, JsonObject[], JsonObject]>([
    ['a tag is its addresses', [from('Storage')], { from: 'restricted', addresses: 256, serviceTags: [] }],
    ['AzureCloud is broad, however many it has', [from('AzureCloud')], { from: 'broad', internet: false, cloudWide: true, addresses: 2 ** 25 + 128 }],
    ['AzureCloud beside everybody', [from('AzureCloud'), rule('all', 200)], { from: 'internet', internet: true }],
    [
      'what is denied is gone',
      [rule('deny', 90, { access: 'Deny', sourceAddressPrefix: 'AzureCloud' }), from('Storage')],
      { from: 'restricted', addresses: 128, cloudWide: false },
    ],
    ['a list with a tag in it', [from('-', { sourceAddressPrefix: '-', sourceAddressPrefixes: ['Storage', '203.0.113.7'] })], { addresses: 257 }],
    ['a tag that the list does not hold', [from('GatewayManager')], { from: 'restricted', addresses: 0, serviceTags: ['gatewaymanager'] }],
    ['a tag whose prefixes are none', [from('Sql')], { addresses: 0, serviceTags: ['sql'] }],
  ])('%s', (_name, rules, expected) => expect(rdpOf(of(rules, TAGS))).toMatchObject(expected));

  it('stand for themselves without a list, and the way says so', () => {
    const found = of([from('Storage')], null);
    expect(rdpOf(found)).toMatchObject({ from: 'restricted', addresses: 0, serviceTags: ['storage'] });
    expect(hopsOf(found)).toContain(
      'subnet hosts: network security group g, rule tag (priority 100), for the service tag storage, whose addresses are not known without --service-tags',
    );
  });

  it('come from a live snapshot, and a given list counts instead', () => {
    const own = resource('Microsoft.Network/serviceTags', 'Public', {
      cloud: 'Public',
      values: [{ name: 'Storage', addressPrefixes: ['203.0.113.0/28'] }, { name: 7 }],
    });
    expect(rdpOf(of([from('storage')], null, [own]))['addresses']).toBe(16);
    expect(rdpOf(of([from('storage')], TAGS, [own]))['addresses']).toBe(256);
  });
});

describe('ways in', () => {
  const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
  const balancer = (over: JsonObject, frontend: JsonObject = {}) =>
    resource(LB, 'lb', { sku: { name: 'Standard' }, frontendIPConfigurations: [{ name: 'front', publicIPAddress: pipId('p'), ...frontend }], ...over });
  const behind = (address: string, config: JsonObject = {}) => [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', [rule('open', 200)]),
    nic('n', { privateIPAddress: address, subnet: subnetId('net', 'hosts'), ...config }),
    machine('vm', 'n'),
  ];

  it('shows a load balancer hop by hop', () => {
    const nat = { name: 'rdp-0', frontendIPConfiguration: front, protocol: 'Tcp', frontendPort: 50001, backendPort: 3389 };
    const reference = { loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'rdp-0')] };
    expect(hopsOf(facts([balancer({ inboundNatRules: [nat] }), ...behind('10.1.2.4', reference)]))).toEqual([
      'load balancer lb, frontend front, rule rdp-0: port 50001 to 3389',
      'no security admin rule',
      'subnet hosts: network security group g, rule open (priority 200)',
      'interface n: no network security group',
    ]);
    const chained = facts([
      balancer({ inboundNatRules: [nat] }, { gatewayLoadBalancer: idOf(LB, 'gw', 'frontendIPConfigurations', 'f') }),
      ...behind('10.1.2.4', reference),
    ]);
    expect(rdpOf(chained)['internet']).toBeNull();
  });

  it('leads to an instance of a scale set by its model', () => {
    const set = resource('Microsoft.Compute/virtualMachineScaleSets', 'vmss', {
      virtualMachineProfile: {
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              name: 'nic',
              networkSecurityGroup: idOf('Microsoft.Network/networkSecurityGroups', 'g'),
              ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'hosts') }],
            },
          ],
        },
      },
    });
    const instance = idOf('Microsoft.Compute/virtualMachineScaleSets', 'vmss', 'virtualMachines', '3', 'networkInterfaces', 'nic', 'ipConfigurations', 'c');
    const rules = {
      inboundNatRules: [
        { name: 'pool.3', frontendIPConfiguration: front, protocol: 'Tcp', frontendPort: 50003, backendPort: 3389, backendIPConfiguration: instance },
      ],
    };
    const all = facts([balancer(rules), vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } }), nsg('g', [rule('open', 200)]), set]);
    expect(only(all, 'azure.ingressPath').data).toMatchObject({ machine: 'vmss', rdpTcp: { internet: true } });
  });

  it('compares IPv6 addresses as addresses', () => {
    const pool = {
      backendAddressPools: [{ name: 'pool', loadBalancerBackendAddresses: [{ ipAddress: 'FD00:1:0::4' }] }],
      loadBalancingRules: [
        {
          name: 'r',
          frontendIPConfiguration: front,
          protocol: 'Tcp',
          frontendPort: 3389,
          backendPort: 3389,
          backendAddressPool: idOf(LB, 'lb', 'backendAddressPools', 'pool'),
        },
      ],
    };
    const all = facts([
      balancer(pool),
      vnet('net', 'fd00:1::/48', { hosts: { prefix: 'fd00:1::/64', nsg: 'g' } }),
      nsg('g', [rule('v4', 100, { sourceAddressPrefix: '0.0.0.0/0' }), rule('v6', 200, { sourceAddressPrefix: '2000::/4' })]),
      nic('n', { privateIPAddress: 'fd00:1::4', privateIPAddressVersion: 'IPv6', subnet: subnetId('net', 'hosts') }),
    ]);
    expect(rdpOf(all)).toMatchObject({ internet: true, addresses: 0, openedBy: [{ rule: 'v6' }] });
    expect(hopsOf(all)).toContain('subnet hosts: network security group g, rule v6 (priority 200)');
  });
});

describe('the order of DNAT rules', () => {
  const dnat = (name: string, over: JsonObject = {}): JsonObject => ({
    ruleType: 'NatRule',
    name,
    ipProtocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['203.0.113.9'],
    destinationPorts: ['33890'],
    translatedAddress: '10.1.2.4',
    translatedPort: '3389',
    ...over,
  });
  /** What clients get through the rule `second`. */
  const second = (before: JsonObject, after: JsonObject, priorities: readonly [Json, Json, Json, Json] = [100, 100, 200, 100]) => {
    const [groupA, collectionA, groupB, collectionB] = priorities;
    const collection = (name: string, priority: Json, one: JsonObject): JsonObject => ({
      name,
      priority,
      ruleCollectionType: 'FirewallPolicyNatRuleCollection',
      rules: [one],
    });
    const all = facts([
      resource('Microsoft.Network/firewallPolicies', 'pol', {
        ruleCollectionGroups: [
          { name: 'b', priority: groupB, ruleCollections: [collection('cb', collectionB, dnat('second', after))] },
          { name: 'a', priority: groupA, ruleCollections: [collection('ca', collectionA, dnat('first', { translatedAddress: '10.1.2.5', ...before }))] },
        ],
      }),
      resource('Microsoft.Network/azureFirewalls', 'fw', {
        firewallPolicy: idOf('Microsoft.Network/firewallPolicies', 'pol'),
        ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
      }),
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' }, AzureFirewallSubnet: { prefix: '10.1.0.0/26' } }),
      nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts') }),
    ]);
    const rule = factsOf(all, 'azure.firewallDnat').find(({ data }) => data['rule'] === 'second');
    const path = factsOf(all, 'azure.ingressPath').find(({ data }) => String(data['through']).endsWith('/second'));
    const [clients, reached] = [rule?.data['clients'], path?.data['rdpTcp']] as readonly JsonObject[];
    expect(clients?.['from']).toEqual(reached?.['from']);
    return clients?.['from'];
  };
  it.each<[string, JsonObject, JsonObject, readonly [Json, Json, Json, Json] | undefined, string | null]>([
    ['one before takes all', {}, {}, undefined, 'nobody'],
    ['one after takes nothing', {}, {}, [300, 100, 200, 100], 'internet'],
    ['collections of one group', {}, {}, [100, 200, 100, 100], 'internet'],
    ['a priority that is unresolved', {}, {}, [UNRESOLVED, 100, 200, 100], null],
    ['another port', { destinationPorts: ['33891'] }, {}, undefined, 'internet'],
    ['one of two ports', { destinationPorts: ['33890'] }, { destinationPorts: ['33890-33891'] }, undefined, 'internet'],
    ['another address', { destinationAddresses: ['203.0.113.10'] }, {}, undefined, 'internet'],
    ['an address that is unresolved', { destinationAddresses: UNRESOLVED }, {}, undefined, null],
    ['another protocol', { ipProtocols: ['UDP'] }, {}, undefined, 'internet'],
    ['some clients', { sourceAddresses: ['0.0.0.0/1'] }, { sourceAddresses: ['8.0.0.0/8', '203.0.113.7'] }, undefined, 'restricted'],
    ['a private address of the firewall', { destinationPorts: ['1'] }, { destinationAddresses: ['10.1.0.4'] }, undefined, 'private'],
  ])('%s', (_name, before, after, priorities, from) => expect(second(before, after, priorities)).toBe(from));
});
