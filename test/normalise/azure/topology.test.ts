import { describe, expect, it } from 'vitest';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { adminRule, collection, configuration } from './manager.ts';

const rdp = (name: string, over: JsonObject = {}) => rule(name, 200, over);
const exposure = (resources: Parameters<typeof facts>[0]) => only(facts(resources), 'azure.ingressPath').data['rdpTcp'] as JsonObject;

/** One machine with a public address; groups at the subnet and the interface as asked for. */
function estate(sku: string | undefined, subnetGroup: JsonObject[] | null, nicGroup: JsonObject[] | null) {
  return [
    vnet('net', '10.1.0.0/16', {
      hosts: { prefix: '10.1.2.0/24', ...(subnetGroup === null ? {} : { nsg: 'nsg-subnet' }) },
    }),
    ...(subnetGroup === null ? [] : [nsg('nsg-subnet', subnetGroup)]),
    ...(nicGroup === null ? [] : [nsg('nsg-nic', nicGroup)]),
    pip('pip-a', sku),
    nic(
      'nic-a',
      {
        privateIPAddress: '10.1.2.4',
        subnet: subnetId('net', 'hosts'),
        publicIPAddress: pipId('pip-a'),
      },
      nicGroup === null ? undefined : 'nsg-nic',
    ),
    machine('vm-a', 'nic-a'),
  ];
}

describe('subnet and interface', () => {
  const open = [rdp('open')];
  const none: JsonObject[] = [];
  it.each([
    ['both open', 'Standard', open, open, 'internet'],
    ['only the subnet opens', 'Standard', open, none, 'private'],
    ['only the interface opens', 'Standard', none, open, 'private'],
    ['no group at the interface', 'Standard', open, null, 'internet'],
    ['no group at the subnet', 'Standard', null, open, 'internet'],
    ['no group, Standard is closed', 'Standard', null, null, 'private'],
    ['no group, StandardV2 is closed', 'StandardV2', null, null, 'private'],
    ['no group, Basic is open', 'Basic', null, null, 'internet'],
    ['no group, no SKU is Basic', undefined, null, null, 'internet'],
    ['different ports at the two', 'Standard', [rdp('web', { destinationPortRange: '443' })], open, 'private'],
    [
      'different halves of the Internet',
      'Standard',
      [rdp('low', { sourceAddressPrefix: '0.0.0.0/1' })],
      [rdp('high', { sourceAddressPrefix: '128.0.0.0/1' })],
      'private',
    ],
  ])('%s', (_name, sku, subnetGroup, nicGroup, from) => {
    const found = exposure(estate(sku, subnetGroup, nicGroup));
    expect(found).toMatchObject({ internet: from === 'internet', from });
  });

  it('names every rule that has to change, with its place', () => {
    const path = only(facts(estate('Standard', open, [rdp('also'), rule('later', 300, { destinationPortRange: '*' })])), 'azure.ingressPath');
    expect((path.data['rdpTcp'] as JsonObject)['openedBy']).toMatchObject([{ rule: 'open' }, { rule: 'also' }, { rule: 'later' }]);
    const members = path.origin.at === 'document' ? (path.origin.members ?? {}) : {};
    expect(members['/rdpTcp/openedBy/2']?.at).toBe('/securityRules/1');
    expect(members['/rdpTcp/internet']?.at).toBe('/securityRules/0');
  });

  it.each([
    ['the public address as destination never matches', { destinationAddressPrefix: '203.0.113.9' }, false],
    ['the private address matches', { destinationAddressPrefix: '10.1.2.4' }, true],
    ['a neighbour does not', { destinationAddressPrefix: '10.1.2.5' }, false],
    ['the tag of the network does', { destinationAddressPrefix: 'VirtualNetwork' }, true],
    ['another protocol', { protocol: 'Udp' }, false],
    ['every protocol', { protocol: '*' }, true],
    [
      'plural members',
      {
        sourceAddressPrefix: '-',
        sourceAddressPrefixes: ['10.0.0.0/8', 'Internet'],
        destinationPortRange: '-',
        destinationPortRanges: ['22', '3000-4000'],
      },
      true,
    ],
    [
      'a group of other interfaces',
      {
        destinationAddressPrefix: '-',
        destinationApplicationSecurityGroups: [idOf('Microsoft.Network/applicationSecurityGroups', 'others')],
      },
      false,
    ],
    ['outbound', { direction: 'Outbound' }, false],
  ])('%s', (_name, over, internet) => expect(exposure(estate('Standard', [rdp('r', over as JsonObject)], null))['internet']).toBe(internet));

  it.each([
    ['a dynamic address somewhere in the subnet', '10.1.2.9', null],
    ['all of the subnet', '10.1.2.0/24', true],
    ['none of it', '10.1.3.0/24', false],
  ])('%s', (_name, destination, internet) => {
    const resources = [
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
      nsg('g', [rdp('r', { destinationAddressPrefix: destination })]),
      pip('p', 'Standard'),
      nic('n', {
        privateIPAllocationMethod: 'Dynamic',
        subnet: subnetId('net', 'hosts'),
        publicIPAddress: pipId('p'),
      }),
    ];
    expect(exposure(resources)['internet']).toBe(internet);
  });

  it('does not know what another document holds', () => {
    const resources = [
      pip('p', 'Standard'),
      nic('n', {
        privateIPAddress: '10.1.2.4',
        subnet: subnetId('elsewhere', 'hosts'),
        publicIPAddress: pipId('p'),
      }),
    ];
    const path = only(facts(resources), 'azure.ingressPath');
    expect(path.unknown).toContain('/rdpTcp/internet');
    expect(only(facts(resources), 'azure.networkInterface').unknown).toEqual(['/filtered']);
  });

  it('takes a default route into the network as a doubt, and a denial of the Internet as its end', () => {
    const table = resource('Microsoft.Network/routeTables', 'rt', {
      routes: [
        {
          addressPrefix: '0.0.0.0/0',
          nextHopType: 'VirtualAppliance',
          nextHopIpAddress: '10.1.0.4',
        },
      ],
    });
    const build = (rules: JsonObject[]) => [
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g', table: 'rt' } }),
      table,
      nsg('g', rules),
      pip('p', 'Standard'),
      nic('n', {
        privateIPAddress: '10.1.2.4',
        subnet: subnetId('net', 'hosts'),
        publicIPAddress: pipId('p'),
      }),
    ];
    expect(exposure(build([]))['internet']).toBeNull();
    expect(
      exposure(
        build([
          rdp('deny', {
            access: 'Deny',
            sourceAddressPrefix: 'Internet',
            destinationPortRange: '*',
            protocol: '*',
          }),
        ]),
      )['internet'],
    ).toBe(false);
  });
});

describe('a load balancer that the input does not hold', () => {
  const LB = 'Microsoft.Network/loadBalancers';
  const pool = idOf(LB, 'lb', 'backendAddressPools', 'pool');
  const nat = idOf(LB, 'lb', 'inboundNatRules', 'rdp');
  const behind = (config: JsonObject, rules: JsonObject[] = [rdp('open')]) => [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', rules),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), ...config }),
    machine('vm', 'n'),
  ];
  const held = (more: Partial<CloudResource> = {}) => resource(LB, 'lb', { backendAddressPools: [{ name: 'pool' }], loadBalancingRules: [] }, more);
  const unresolved = 'a load balancer of interface n is not resolved';
  const missing = 'load balancer lb is not in the input';
  it.each<[string, JsonObject, readonly CloudResource[], string]>([
    ['a pool that is an expression', { loadBalancerBackendAddressPools: [{ id: UNRESOLVED }] }, [], unresolved],
    ['pools that are one expression', { loadBalancerBackendAddressPools: UNRESOLVED }, [], unresolved],
    ['a pool that is an expression beside one that is held', { loadBalancerBackendAddressPools: [pool, UNRESOLVED] }, [held()], unresolved],
    ['NAT rules that are one expression', { loadBalancerInboundNatRules: UNRESOLVED }, [], unresolved],
    ['a pool elsewhere', { loadBalancerBackendAddressPools: [pool] }, [], missing],
    ['a NAT rule elsewhere', { loadBalancerInboundNatRules: [nat] }, [], missing],
    ['a pool of one that exists', { loadBalancerBackendAddressPools: [pool] }, [held({ context: true })], missing],
  ])('leaves open what comes through it: %s', (_, config, more, because) => {
    const path = only(facts([...behind(config), ...more]), 'azure.ingressPath');
    expect(path.data).toMatchObject({
      via: 'load-balancer',
      rdpTcp: { internet: null },
      management: { internet: false },
      perhapsTcp: ['3389'],
      internetTcp: [],
    });
    expect(path.unknown).toContain('/rdpTcp/internet');
    expect(path.because).toEqual([because]);
  });

  it('leaves nothing open where the groups let nobody in', () =>
    expect(only(facts(behind({ loadBalancerBackendAddressPools: UNRESOLVED }, [])), 'azure.ingressPath').data).toMatchObject({
      rdpTcp: { from: null, internet: false },
      management: { internet: false },
      perhapsTcp: [],
    }));

  it.each<[string, JsonObject, readonly CloudResource[]]>([
    ['no pool', {}, []],
    ['a pool of one that is held', { loadBalancerBackendAddressPools: [pool] }, [held()]],
  ])('is no way where there is none: %s', (_, config, more) => expect(factsOf(facts([...behind(config), ...more]), 'azure.ingressPath')).toEqual([]));

  it('counts once beside a public address of which nothing is known', () => {
    const all = facts([resource('Microsoft.Network/networkInterfaces', 'n', { ipConfigurations: UNRESOLVED })]);
    expect(factsOf(all, 'azure.ingressPath').map(({ data }) => data['via'])).toEqual(['public-ip']);
  });

  it('counts a NAT rule that stands alone as that rule', () => {
    const alone = resource(`${LB}/inboundNatRules`, 'rdp', { protocol: 'Tcp', backendPort: 3389 }, { id: String(nat['id']) });
    const path = only(facts([...behind({ loadBalancerInboundNatRules: [nat] }), alone]), 'azure.ingressPath');
    expect(path.data).toMatchObject({ through: 'lb/rdp', rdpTcp: { internet: null } });
  });
});

describe('load balancers', () => {
  const balancer = (over: JsonObject, frontend: JsonObject = { publicIPAddress: pipId('p') }) =>
    resource('Microsoft.Network/loadBalancers', 'lb', {
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', ...frontend }],
      backendAddressPools: [{ name: 'pool' }],
      ...over,
    });
  const front = idOf('Microsoft.Network/loadBalancers', 'lb', 'frontendIPConfigurations', 'FRONT');
  const pool = idOf('Microsoft.Network/loadBalancers', 'lb', 'backendAddressPools', 'pool');
  const nat: JsonObject = {
    name: 'rdp-0',
    frontendIPConfiguration: front,
    protocol: 'Tcp',
    frontendPort: 50001,
    backendPort: 3389,
  };
  const behind = (config: JsonObject, rules: JsonObject[] = [rdp('open')]) => [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', rules),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), ...config }),
    machine('vm', 'n'),
  ];
  const ref = idOf('Microsoft.Network/loadBalancers', 'lb', 'inboundNatRules', 'rdp-0');

  it('sees a NAT rule that an interface names, whatever its frontend port', () => {
    const all = facts([balancer({ inboundNatRules: [nat] }), pip('p', 'Standard'), ...behind({ loadBalancerInboundNatRules: [ref] })]);
    expect(only(all, 'azure.loadBalancerRule').data).toMatchObject({
      public: true,
      frontendPort: '50001',
      publishesRdp: true,
      referenced: true,
      leadsTo: ['vm'],
      rdpTcp: { internet: true },
    });
    expect(only(all, 'azure.ingressPath').data).toMatchObject({
      via: 'load-balancer',
      internetTcp: ['3389'],
      internetUdp: [],
      rdpTcp: { internet: true },
    });
  });

  it('leaves it to the groups behind it', () => {
    const all = facts([balancer({ inboundNatRules: [nat] }), ...behind({ loadBalancerInboundNatRules: [ref] }, [])]);
    expect(only(all, 'azure.loadBalancerRule').data).toMatchObject({
      publishesRdp: true,
      rdpTcp: { from: 'private', internet: false },
    });
  });

  it.each<[string, JsonObject, JsonObject, boolean | null]>([
    [
      'the address of an interface in the rule',
      {
        inboundNatRules: [
          {
            ...nat,
            backendIPConfiguration: idOf('Microsoft.Network/networkInterfaces', 'n', 'ipConfigurations', 'primary'),
          },
        ],
      },
      {},
      true,
    ],
    [
      'a range and a pool',
      {
        inboundNatRules: [
          {
            name: 'v2',
            frontendIPConfiguration: front,
            protocol: 'Tcp',
            frontendPortRangeStart: 500,
            frontendPortRangeEnd: 600,
            backendPort: 3389,
            backendAddressPool: pool,
          },
        ],
      },
      { loadBalancerBackendAddressPools: [pool] },
      true,
    ],
    [
      'a load-balancing rule',
      {
        loadBalancingRules: [
          {
            name: 'r',
            frontendIPConfiguration: front,
            protocol: 'Tcp',
            frontendPort: 3389,
            backendPort: 3389,
            backendAddressPool: pool,
          },
        ],
      },
      { loadBalancerBackendAddressPools: [pool] },
      true,
    ],
    [
      'HA ports',
      {
        loadBalancingRules: [
          {
            name: 'r',
            frontendIPConfiguration: front,
            protocol: 'All',
            frontendPort: 0,
            backendPort: 0,
            backendAddressPools: [pool],
          },
        ],
      },
      { loadBalancerBackendAddressPools: [pool] },
      true,
    ],
    [
      'floating IP, and a rule for every destination',
      {
        loadBalancingRules: [
          {
            name: 'r',
            frontendIPConfiguration: front,
            protocol: 'Tcp',
            frontendPort: 3389,
            backendPort: 3389,
            enableFloatingIP: true,
            backendAddressPool: pool,
          },
        ],
      },
      { loadBalancerBackendAddressPools: [pool] },
      true,
    ],
    ['another backend port', { inboundNatRules: [{ ...nat, backendPort: 443 }] }, { loadBalancerInboundNatRules: [ref] }, false],
    ['UDP only', { inboundNatRules: [{ ...nat, protocol: 'Udp' }] }, { loadBalancerInboundNatRules: [ref] }, false],
    ['an unresolved backend port', { inboundNatRules: [{ ...nat, backendPort: UNRESOLVED }] }, { loadBalancerInboundNatRules: [ref] }, null],
    [
      'an address of a pool',
      {
        backendAddressPools: [{ name: 'pool', loadBalancerBackendAddresses: [{ ipAddress: '10.1.2.4' }] }],
        loadBalancingRules: [
          {
            name: 'r',
            frontendIPConfiguration: front,
            protocol: 'Tcp',
            frontendPort: 1,
            backendPort: 3389,
            backendAddressPool: pool,
          },
        ],
      },
      {},
      true,
    ],
  ])('%s', (_name, over, config, internet) => {
    const path = only(facts([balancer(over), ...behind(config)]), 'azure.ingressPath');
    expect((path.data['rdpTcp'] as JsonObject)['internet']).toBe(internet);
  });

  it('cannot say which destination floating IP keeps', () => {
    const over = {
      loadBalancingRules: [
        {
          name: 'r',
          frontendIPConfiguration: front,
          protocol: 'Tcp',
          frontendPort: 3389,
          backendPort: 3389,
          enableFloatingIP: true,
          backendAddressPool: pool,
        },
      ],
    };
    const path = only(
      facts([balancer(over), ...behind({ loadBalancerBackendAddressPools: [pool] }, [rdp('r', { destinationAddressPrefix: '203.0.113.9' })])]),
      'azure.ingressPath',
    );
    expect((path.data['rdpTcp'] as JsonObject)['internet']).toBeNull();
  });

  it('has no way from outside through an internal frontend', () => {
    const all = facts([balancer({ inboundNatRules: [nat] }, { subnet: subnetId('net', 'hosts') }), ...behind({ loadBalancerInboundNatRules: [ref] })]);
    expect(factsOf(all, 'azure.ingressPath')).toEqual([]);
    expect(only(all, 'azure.loadBalancerRule').data).toMatchObject({
      public: false,
      publishesRdp: false,
    });
  });

  it('does not know machines of another template', () => {
    const fact = only(facts([balancer({ inboundNatRules: [nat] })]), 'azure.loadBalancerRule');
    expect(fact.data).toMatchObject({ publishesRdp: true, rdpTcp: { internet: null } });
    expect(fact.unknown).toContain('/rdpTcp/from');
  });

  it('follows NAT pools and public addresses of scale sets', () => {
    const set = resource('Microsoft.Compute/virtualMachineScaleSets', 'vmss', {
      virtualMachineProfile: {
        osProfile: { windowsConfiguration: {} },
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              name: 'nic',
              networkSecurityGroup: idOf('Microsoft.Network/networkSecurityGroups', 'g'),
              ipConfigurations: [
                {
                  name: 'c',
                  subnet: subnetId('net', 'hosts'),
                  publicIPAddressConfiguration: { name: 'own', sku: { name: 'Standard' } },
                  loadBalancerInboundNatPools: [idOf('Microsoft.Network/loadBalancers', 'lb', 'inboundNatPools', 'pool-rdp')],
                },
              ],
            },
          ],
        },
      },
    });
    const all = facts([
      balancer({
        inboundNatPools: [
          {
            name: 'pool-rdp',
            frontendIPConfiguration: front,
            protocol: 'Tcp',
            frontendPortRangeStart: 50000,
            frontendPortRangeEnd: 50119,
            backendPort: 3389,
          },
        ],
      }),
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } }),
      nsg('g', [rdp('open')]),
      set,
    ]);
    expect(factsOf(all, 'azure.ingressPath').map((path) => [path.data['via'], path.data['internetTcp']])).toEqual([
      ['public-ip', ['3389']],
      ['load-balancer', ['3389']],
    ]);
    expect(only(all, 'azure.networkInterface').data).toMatchObject({
      machine: 'vmss',
      operatingSystem: 'windows',
      hasPublicAddress: true,
      filtered: true,
    });
  });
});

describe('firewall DNAT', () => {
  const dnat = (over: JsonObject = {}): JsonObject => ({
    name: 'rdp',
    protocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['203.0.113.9'],
    destinationPorts: ['33890'],
    translatedAddress: '10.1.2.4',
    translatedPort: '3389',
    ...over,
  });
  const firewall = (rules: JsonObject[]) =>
    resource('Microsoft.Network/azureFirewalls', 'fw', {
      ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet'), publicIPAddress: pipId('p') }],
      natRuleCollections: [{ name: 'in', priority: 100, action: { type: 'Dnat' }, rules }],
    });
  const network = (rules: JsonObject[]) => [
    vnet('net', '10.1.0.0/16', {
      hosts: { prefix: '10.1.2.0/24', nsg: 'g' },
      AzureFirewallSubnet: { prefix: '10.1.0.0/26' },
    }),
    nsg('g', rules),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts') }),
    machine('vm', 'n'),
  ];

  it('is open though no group names the Internet: the machine sees the firewall', () => {
    const all = facts([firewall([dnat()]), ...network([])]);
    expect(only(all, 'azure.ingressPath').data).toMatchObject({
      via: 'firewall',
      rdpTcp: { internet: true, from: 'internet' },
      internetTcp: ['3389'],
    });
    expect(only(all, 'azure.firewallDnat').data).toMatchObject({
      forwardsRdp: true,
      destinationPorts: '33890',
      clients: { internet: true },
    });
  });

  it.each<[string, JsonObject, JsonObject[], string]>([
    ['a denial of the network stops the firewall too', {}, [rdp('deny', { access: 'Deny', sourceAddressPrefix: 'VirtualNetwork' })], 'nobody'],
    ['a denial of its subnet', {}, [rdp('deny', { access: 'Deny', sourceAddressPrefix: '10.1.0.0/26' })], 'nobody'],
    ['a denial of the Internet does not', {}, [rdp('deny', { access: 'Deny', sourceAddressPrefix: 'Internet' })], 'internet'],
    ['one client', { sourceAddresses: ['203.0.113.7'] }, [], 'restricted'],
    ['a range of clients', { sourceAddresses: ['203.0.113.0-203.0.114.255'] }, [], 'broad'],
    ['another port', { translatedPort: '443' }, [], 'nobody'],
  ])('%s', (_name, over, rules, from) => expect(exposure([firewall([dnat(over)]), ...network(rules)])['from']).toBe(from));

  it('reads policies, their IP groups and the firewall that carries them', () => {
    const policy = resource('Microsoft.Network/firewallPolicies', 'pol', {
      ruleCollectionGroups: [
        {
          name: 'g',
          ruleCollections: [
            {
              name: 'in',
              ruleCollectionType: 'FirewallPolicyNatRuleCollection',
              rules: [
                {
                  ruleType: 'NatRule',
                  name: 'rdp',
                  ipProtocols: ['TCP'],
                  sourceAddresses: [],
                  sourceIpGroups: [idOf('Microsoft.Network/ipGroups', 'office')['id'] ?? null],
                  destinationPorts: ['3389'],
                  translatedAddress: '10.1.2.4',
                  translatedPort: '3389',
                },
              ],
            },
          ],
        },
      ],
    });
    const carrier = resource('Microsoft.Network/azureFirewalls', 'fw', {
      firewallPolicy: idOf('Microsoft.Network/firewallPolicies', 'pol'),
      ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
    });
    const office = resource('Microsoft.Network/ipGroups', 'office', {
      ipAddresses: ['203.0.113.0/29'],
    });
    const known = facts([policy, carrier, office, ...network([])]);
    expect(only(known, 'azure.firewallDnat').data).toMatchObject({
      owner: 'pol',
      form: 'groups',
      clients: { from: 'restricted', addresses: 8 },
    });
    expect(only(known, 'azure.ingressPath').data).toMatchObject({ rdpTcp: { from: 'restricted' } });
    expect(only(facts([policy, carrier, ...network([])]), 'azure.firewallDnat').unknown).toContain('/clients/from');
  });
});

describe('network manager', () => {
  const admin = (access: string) => [resource('Microsoft.Network/networkManagers', 'm', {}), configuration(), collection([]), adminRule('r', { access })];
  it('makes what it may deny or deliver uncertain, since no document shows what is committed', () => {
    expect(exposure([...admin('Deny'), ...estate('Standard', [rdp('open')], null)])['internet']).toBeNull();
    expect(exposure([...admin('AlwaysAllow'), ...estate('Standard', [], null)])['internet']).toBeNull();
    expect(exposure([...admin('Allow'), ...estate('Standard', [], null)])['internet']).toBe(false);
  });
});

describe('alternatives of one name', () => {
  it('are each judged, and what refers to them does not know which', () => {
    const first = nsg('nsg-nic', [rdp('open')], { conditional: "parameters('on')" });
    const second = nsg('nsg-nic', [], { conditional: "not(parameters('on'))" });
    const [network, , address, card, vm] = estate('Standard', null, []);
    const all = facts([network, address, card, vm, first, { ...second, id: `${second.id}#2` }].filter((one) => one !== undefined));
    expect(factsOf(all, 'azure.networkSecurityGroup').map((fact) => (fact.data['rdpTcp'] as JsonObject)['internet'])).toEqual([true, false]);
    expect((only(all, 'azure.ingressPath').data['rdpTcp'] as JsonObject)['internet']).toBeNull();
  });
});

describe('a group that may not be there', () => {
  const of = (rules: JsonObject[], groupIf: string | undefined, cardIf: string | undefined) =>
    estate('Standard', null, rules).map((one) => {
      const on = one.name === 'nsg-nic' ? groupIf : one.name === 'nic-a' ? cardIf : undefined;
      return on === undefined ? one : { ...one, conditional: on };
    });
  it.each<[string, JsonObject[], string | undefined, string | undefined, boolean | null]>([
    ['opens for certain', [rdp('open')], undefined, undefined, true],
    ['opens perhaps', [rdp('open')], 'a', undefined, null],
    ['closes perhaps', [], 'a', undefined, null],
    ['closes perhaps, under another condition', [], 'a', 'b', null],
    ['closes perhaps, under a condition more', [], 'a and b', 'b', null],
    ['closes whatever it filters', [], 'a', 'a', false],
    ['opens whatever it filters', [rdp('open')], 'a and b', 'b and c and a', true],
    ['is there whether its interface is or not', [], undefined, 'b', false],
  ])('%s', (_name, rules, groupIf, cardIf, internet) => {
    const all = facts(of(rules, groupIf, cardIf));
    expect((only(all, 'azure.ingressPath').data['rdpTcp'] as JsonObject)['internet']).toBe(internet);
    // What is declared is judged as if it were there.
    expect(only(all, 'azure.networkSecurityGroup').data).toMatchObject({ attached: 'attached', rdpTcp: { internet: rules.length > 0 } });
    expect(only(all, 'azure.networkInterface').data['filtered']).toBe(true);
  });
});

describe('a rule that may not be there', () => {
  const perhaps = (over: JsonObject) => rdp('perhaps', { ...over, direction: UNRESOLVED });
  it.each<[string, JsonObject[], boolean | null]>([
    ['opens perhaps', [perhaps({})], null],
    ['takes nothing from one that opens', [perhaps({}), rule('open', 300)], true],
    ['closes perhaps', [perhaps({ access: 'Deny' }), rule('open', 300)], null],
    ['opens nothing when it would close', [perhaps({ access: 'Deny' })], false],
  ])('%s', (_name, rules, internet) => expect(exposure(estate('Standard', null, rules))['internet']).toBe(internet));
});

describe('what is one expression', () => {
  const NIC = 'Microsoft.Network/networkInterfaces';
  it('is never taken for nothing', () => {
    const all = facts([
      resource(NIC, 'n', { ipConfigurations: UNRESOLVED }),
      resource('Microsoft.Compute/virtualMachines', 'vm', { networkProfile: UNRESOLVED }),
      resource('Microsoft.Network/loadBalancers', 'lb', { inboundNatRules: UNRESOLVED }),
      resource('Microsoft.Network/azureFirewalls', 'fw', { natRuleCollections: UNRESOLVED }),
    ]);
    expect(only(all, 'azure.networkInterface').unknown).toEqual(['/hasPublicAddress', '/filtered', '/attached']);
    expect(only(all, 'azure.ingressPath').unknown).toContain('/rdpTcp/internet');
    expect(only(all, 'azure.loadBalancerRule').unknown).toContain('/publishesRdp');
    expect(only(all, 'azure.firewallDnat').unknown).toContain('/forwardsRdp');
  });
});
