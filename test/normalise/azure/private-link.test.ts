import { describe, expect, it } from 'vitest';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, liveFacts, machine, nic, nsg, only, resource, rule, subnetId, vnet } from './build.ts';

const LB = 'Microsoft.Network/loadBalancers';
const KIND = 'azure.privateLinkService';
const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
const pool = idOf(LB, 'lb', 'backendAddressPools', 'pool');
const balancing = (over: JsonObject = {}): JsonObject => ({
  name: 'rdp',
  protocol: 'Tcp',
  frontendPort: 33389,
  backendPort: 3389,
  frontendIPConfiguration: front,
  backendAddressPool: pool,
  ...over,
});
const balancer = (rules: readonly JsonObject[], over: JsonObject = {}, more: Partial<CloudResource> = {}) =>
  resource(
    LB,
    'lb',
    {
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', subnet: subnetId('net', 'hosts') }],
      backendAddressPools: [{ name: 'pool' }],
      loadBalancingRules: rules,
      ...over,
    },
    more,
  );
const service = (over: JsonObject = {}) =>
  resource('Microsoft.Network/privateLinkServices', 'pls', {
    loadBalancerFrontendIpConfigurations: [front],
    ipConfigurations: [{ name: 'nat', subnet: subnetId('net', 'links'), privateIPAllocationMethod: 'Dynamic' }],
    ...over,
  });
const estate = (rules: readonly JsonObject[] | null = [], config: JsonObject = {}): CloudResource[] => [
  vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', ...(rules === null ? {} : { nsg: 'g' }) }, links: { prefix: '10.1.4.0/24' } }),
  ...(rules === null ? [] : [nsg('g', rules)]),
  nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), loadBalancerBackendAddressPools: [pool], ...config }),
  machine('vm', 'n', { tags: { role: 'rd-gateway' } }),
];
const deny = (source: string, over: JsonObject = {}): JsonObject => rule('deny', 100, { access: 'Deny', protocol: '*', sourceAddressPrefix: source, ...over });
const fixed = { ipConfigurations: [{ name: 'nat', subnet: subnetId('net', 'links'), privateIPAddress: '10.1.4.9', privateIPAllocationMethod: 'Static' }] };

describe('a Private Link service', () => {
  it('leads its consumers to RDP, which is no way from the Internet', () => {
    const all = facts([...estate(), balancer([balancing()]), service()]);
    const hops = {
      entry: 'Private Link service pls, load balancer lb, frontend front, rule rdp: port 33389 to 3389',
      adminRules: 'no security admin rule',
      subnet: 'subnet hosts: network security group g, default rule AllowVnetInBound',
      interface: 'interface n: no network security group',
    };
    const fact = only(all, KIND);
    expect(fact.data).toMatchObject({ service: 'pls', reachesRdp: true, leadsTo: ['vm'], through: ['pls, lb/rdp'], hops });
    expect(fact.origin).toMatchObject({ members: { '/reachesRdp': { at: '/loadBalancerFrontendIpConfigurations/0' } } });
    expect(only(all, 'azure.ingressPath').data).toMatchObject({
      via: 'private-link',
      through: 'pls, lb/rdp',
      machine: 'vm',
      hops,
      rdpTcp: { from: 'private', internet: false, addresses: 0 },
      management: { internet: false },
      internetTcp: [],
      perhapsTcp: [],
    });
    expect(factsOf(all, 'azure.gatewayExposure')).toEqual([]);
  });

  it.each<[string, readonly JsonObject[] | null, JsonObject, JsonObject, Json]>([
    ['no group', null, {}, {}, true],
    ['a denial of the Internet alone', [deny('Internet')], {}, {}, true],
    ['a denial of the network', [deny('VirtualNetwork')], {}, {}, false],
    ['a denial of its subnet', [deny('10.1.4.0/24')], {}, {}, false],
    ['a denial of some of its subnet', [deny('10.1.4.0/25')], {}, {}, null],
    ['a denial of its address', [deny('10.1.4.9')], {}, fixed, false],
    ['a denial of another of its subnet', [deny('10.1.4.10')], {}, fixed, true],
    ['a rule that is an expression', [deny('*', { sourceAddressPrefix: UNRESOLVED })], {}, {}, null],
    ['another port', [], { backendPort: 443 }, {}, false],
    ['another protocol', [], { protocol: 'Udp' }, {}, false],
    ['all ports', [], { protocol: 'All', frontendPort: 0, backendPort: 0 }, {}, true],
    ['a port that is an expression', [], { backendPort: UNRESOLVED }, {}, null],
    ['another frontend', [], { frontendIPConfiguration: idOf(LB, 'lb', 'frontendIPConfigurations', 'other') }, {}, false],
    ['no frontend', [], {}, { loadBalancerFrontendIpConfigurations: [] }, false],
    ['a frontend that is an expression', [], {}, { loadBalancerFrontendIpConfigurations: [UNRESOLVED] }, null],
    ['a subnet that is not shown', [deny('10.1.4.0/24')], {}, { ipConfigurations: [{ name: 'nat', subnet: subnetId('other', 'links') }] }, null],
  ])('behind which is %s', (_, rules, over, own, reaches) =>
    expect(only(facts([...estate(rules), balancer([balancing(over)]), service(own)]), KIND).data['reachesRdp']).toBe(reaches),
  );

  it('leads through NAT rules too', () => {
    const nat = { name: 'nat', protocol: 'Tcp', frontendPort: 1, backendPort: 3389, frontendIPConfiguration: front };
    const named = { loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'nat')] };
    expect(only(facts([...estate([], named), balancer([], { inboundNatRules: [nat] }), service()]), KIND).data).toMatchObject({
      reachesRdp: true,
      through: ['pls, lb/nat'],
    });
  });

  it.each<[string, readonly CloudResource[], string]>([
    ['a load balancer that the input does not hold', [], 'load balancer lb is not in the input'],
    ['one that exists', [balancer([], {}, { context: true })], 'load balancer lb is not in the input'],
    [
      'a pool that is an expression',
      [balancer([balancing({ name: 'r', backendAddressPool: UNRESOLVED })])],
      'the machines behind rule r of load balancer lb are not all in the input',
    ],
  ])('leaves open what is behind %s', (_, more, because) => {
    const fact = only(facts([...estate([], { loadBalancerBackendAddressPools: [] }), ...more, service()]), KIND);
    expect(fact).toMatchObject({ data: { reachesRdp: null }, unknown: ['/reachesRdp'], because: [because] });
  });

  it('leaves open what a rule leads to whose frontend is not resolved, unless it is for another port', () => {
    const over = { frontendIPConfiguration: UNRESOLVED };
    const fact = only(facts([...estate(), balancer([balancing(over)]), service()]), KIND);
    expect(fact).toMatchObject({
      data: { reachesRdp: null },
      unknown: expect.arrayContaining(['/reachesRdp']) as string[],
      because: ['the frontend of rule rdp of load balancer lb is not resolved'],
    });
    expect(only(facts([...estate(), balancer([], { loadBalancingRules: UNRESOLVED }), service()]), KIND).data['reachesRdp']).toBeNull();
    expect(only(facts([...estate(), balancer([balancing({ ...over, backendPort: 443 })]), service()]), KIND).data['reachesRdp']).toBe(false);
    const other = { ...balancer([balancing(over)]), name: 'other', id: `${balancer([]).id}2` };
    expect(only(facts([...estate(), balancer([balancing({ backendPort: 443 })]), other, service()]), KIND).data['reachesRdp']).toBe(false);
  });

  it('leaves nothing open behind a rule for another port', () => {
    const web = balancing({ backendPort: 443, backendAddressPool: UNRESOLVED });
    expect(only(facts([...estate(), balancer([web]), service()]), KIND).data['reachesRdp']).toBe(false);
  });

  it.each<[Json, Json, Json, Json]>([
    [{ subscriptions: ['*'] }, { subscriptions: ['*'] }, 'anyone', 'anyone'],
    [{ subscriptions: ['*'] }, { subscriptions: ['a'] }, 'anyone', 'listed'],
    [{ subscriptions: ['a', 'b'] }, {}, 'listed', 'nobody'],
    [{ subscriptions: [] }, { subscriptions: [] }, 'own-roles', 'nobody'],
    [{ subscriptions: [UNRESOLVED] }, UNRESOLVED, null, null],
    [{ subscriptions: [UNRESOLVED, '*'] }, null, 'anyone', 'nobody'],
  ])('with %j and %j is for %s, approved for %s', (visibility, autoApproval, visibleTo, approvedFor) =>
    expect(only(facts([...estate(), balancer([]), service({ visibility, autoApproval })]), KIND).data).toMatchObject({ visibleTo, approvedFor }),
  );

  it('that leads straight to an address is a way to all of its ports', () => {
    const direct = (address: Json, more: readonly CloudResource[] = []) =>
      only(facts([...estate(), ...more, service({ loadBalancerFrontendIpConfigurations: [], destinationIPAddress: address })]), KIND);
    expect(direct('10.1.2.4').data).toMatchObject({ reachesRdp: true, through: ['pls, 10.1.2.4'] });
    expect(direct('10.1.2.77')).toMatchObject({ data: { reachesRdp: null }, because: ['what has the address 10.1.2.77 is not in the input'] });
    expect(direct(UNRESOLVED)).toMatchObject({ data: { reachesRdp: null }, because: ['the destination of Private Link service pls is not resolved'] });
  });

  it('that leads straight to an address of a network elsewhere is no way to that of this one', () => {
    const elsewhere = [vnet('far', '10.1.0.0/16', { links: { prefix: '10.1.4.0/24' } })];
    const own = {
      destinationIPAddress: '10.1.2.4',
      loadBalancerFrontendIpConfigurations: [],
      ipConfigurations: [{ name: 'c', subnet: subnetId('far', 'links') }],
    };
    expect(only(liveFacts([...estate(), ...elsewhere, service(own)]), KIND).data).toMatchObject({ reachesRdp: null, leadsTo: [] });
  });

  it('is judged whether or not its frontend has a public address', () => {
    const shown = balancer([balancing()], { frontendIPConfigurations: [{ name: 'front', publicIPAddress: idOf('Microsoft.Network/publicIPAddresses', 'p') }] });
    const all = facts([...estate(), shown, service()]);
    expect(only(all, KIND).data['reachesRdp']).toBe(true);
    expect(factsOf(all, 'azure.ingressPath').map(({ data }) => data['via'])).toEqual(['load-balancer', 'private-link']);
  });
});
