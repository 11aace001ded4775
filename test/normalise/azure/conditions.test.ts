import { describe, expect, it } from 'vitest';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { child } from './estate.ts';
import { adminRule, collection, configuration, group, member } from './manager.ts';

/**
 * What a verdict is found by may not be deployed although what is judged is: then another of its name that was there before
 * stays, and nobody sees it. Beneath one condition everything is as certain as without.
 */

const LB = 'Microsoft.Network/loadBalancers';
const FW = 'Microsoft.Network/azureFirewalls';
const POLICY = 'Microsoft.Network/firewallPolicies';
const MANAGER = 'Microsoft.Network/networkManagers';
const VNET = 'Microsoft.Network/virtualNetworks';

const named = (all: readonly CloudResource[], names: readonly string[], conditional = 'x'): CloudResource[] =>
  all.map((one) => (names.includes(one.name) ? { ...one, conditional } : one));
const internet = (fact: Fact | undefined): Json | undefined => (fact?.data['rdpTcp'] as JsonObject | undefined)?.['internet'];
const path = (all: readonly Fact[], through: string): Fact | undefined => factsOf(all, 'azure.ingressPath').find(({ data }) => data['through'] === through);
const deny = (source: string, over: JsonObject = {}): JsonObject => rule('deny', 100, { access: 'Deny', sourceAddressPrefix: source, ...over });

/** A machine whose subnet has a group, with a public address. */
const host = (rules: readonly JsonObject[] | null, config: JsonObject = {}): CloudResource[] => [
  vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', ...(rules === null ? {} : { nsg: 'g' }) }, AzureFirewallSubnet: { prefix: '10.1.3.0/26' } }),
  ...(rules === null ? [] : [nsg('g', rules)]),
  pip('p', 'Standard'),
  nic('n', { subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p'), ...config }),
  machine('vm', 'n'),
];

describe('a network that may not be there', () => {
  const all = ['net', 'g', 'p', 'n', 'vm'];
  it.each<[string, readonly string[], Json]>([
    ['is not known', ['net'], null],
    ['is not known where its machine stands on another condition', ['net', 'g'], null],
    ['is there with its machine', all, false],
    ['is there for a machine that may not be', ['n', 'vm'], false],
  ])('%s', (_name, names, expected) => {
    const made = facts(named(host([]), names));
    expect(internet(path(made, 'p'))).toBe(expected);
    expect(only(made, 'azure.networkInterface').data['filtered']).toBe(expected === null ? null : true);
    if (expected === null) expect(path(made, 'p')?.because).toEqual(['subnet hosts is deployed on a condition']);
  });

  it('does not say where its machine is', () => {
    const [network, ...others] = host(null);
    const own = nsg('own', [rule('deny', 100, { access: 'Deny', destinationAddressPrefix: '10.1.2.0/24' }), rule('open', 200)]);
    const card = nic('n', { subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }, 'own');
    const made = [network, own, ...others.map((one) => (one.name === 'n' ? card : one))].filter((one) => one !== undefined);
    expect(internet(path(facts(made), 'p'))).toBe(false);
    expect(internet(path(facts(named(made, ['net'])), 'p'))).toBeNull();
  });
});

describe('a public address that may not be there', () => {
  it.each<[string, readonly string[], Json]>([
    ['has a SKU that nobody sees', ['p'], null],
    ['is there with its interface', ['p', 'n'], false],
  ])('%s', (_name, names, expected) => expect(internet(path(facts(named(host(null), names)), 'p'))).toBe(expected));
});

describe('a load balancer that may not be there', () => {
  const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
  const balancer = (frontend: JsonObject, rules: readonly JsonObject[] = [], more: Partial<CloudResource> = {}): CloudResource =>
    resource(
      LB,
      'lb',
      {
        sku: { name: 'Standard' },
        frontendIPConfigurations: [{ name: 'front', ...frontend }],
        backendAddressPools: [{ name: 'pool' }],
        inboundNatRules: rules,
      },
      more,
    );
  const nat = { name: 'web', protocol: 'Tcp', frontendPort: 443, backendPort: 443, frontendIPConfiguration: front };
  const inPool = { publicIPAddress: null, loadBalancerBackendAddressPools: [idOf(LB, 'lb', 'backendAddressPools', 'pool')] };
  const byRule = { publicIPAddress: null, loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'web')] };
  it.each<[string, JsonObject, Partial<CloudResource>, readonly string[], Json | undefined]>([
    ['leads to a pool by rules that nobody sees', inPool, { conditional: 'x' }, [], null],
    ['leads to a pool by its own rules', inPool, {}, [], undefined],
    ['leads to a pool by its own rules where it is there', inPool, { conditional: 'x' }, ['n'], undefined],
    ['has a NAT rule that nobody sees', byRule, { conditional: 'x' }, [], null],
    ['has a NAT rule that may not be there', byRule, { conditions: { '/inboundNatRules/0': 'x' } }, [], null],
    ['has a NAT rule that is there all the same', byRule, { conditional: 'x', conditions: { '/inboundNatRules/0': '' } }, [], undefined],
  ])('%s', (_name, config, more, names, expected) => {
    const made = facts(named([...host([rule('open', 100)], config), balancer({ publicIPAddress: pipId('q') }, [nat], more)], names));
    const unseen = path(made, 'lb');
    expect(internet(unseen)).toBe(expected);
    if (expected === null) expect(unseen?.because).toEqual(['load balancer lb is deployed on a condition']);
  });

  it.each<[string, Partial<CloudResource>, Json]>([
    ['is', {}, false],
    ['may not be', { conditional: 'x', conditions: { '/inboundNatRules/0': '' } }, null],
    ['is there with its rule', { conditional: 'x' }, false],
  ])('has a frontend within the network, where it %s', (_name, more, isPublic) => {
    const rdp = { ...nat, backendPort: 3389 };
    const made = facts([...host(null, byRule), balancer({ subnet: subnetId('net', 'hosts') }, [rdp], more)]);
    expect(only(made, 'azure.loadBalancerRule').data['public']).toBe(isPublic);
  });

  it('has a SKU that nobody sees', () => {
    const rdp = { ...nat, backendPort: 3389 };
    const of = (more: Partial<CloudResource>) => facts([...host(null, byRule), balancer({ publicIPAddress: pipId('q') }, [rdp], more)]);
    expect(internet(path(of({}), 'lb/web'))).toBe(false);
    expect(internet(path(of({ conditional: 'x', conditions: { '/inboundNatRules/0': '' } }), 'lb/web'))).toBeNull();
  });
});

describe('what a firewall sends in', () => {
  const dnat = (name: string, translatedAddress: string, over: JsonObject = {}): JsonObject => ({
    name,
    ruleType: 'NatRule',
    ipProtocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['20.1.2.3'],
    destinationPorts: ['3389'],
    translatedAddress,
    translatedPort: '3389',
    ...over,
  });
  const ruleGroup = (priority: number, node: JsonObject): JsonObject => ({
    name: String(priority),
    priority,
    ruleCollections: [{ name: 'c', priority: 100, ruleCollectionType: 'FirewallPolicyNatRuleCollection', rules: [node] }],
  });
  const firewall = resource(FW, 'fw', {
    ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
    firewallPolicy: idOf(POLICY, 'fp'),
  });
  const policy = (groups: readonly JsonObject[], more: Partial<CloudResource> = {}): CloudResource =>
    resource(POLICY, 'fp', { ruleCollectionGroups: groups }, more);
  const inside = (rules: readonly JsonObject[]): CloudResource[] => host(rules, { privateIPAddress: '10.1.2.4', publicIPAddress: null });
  const clients = (all: readonly Fact[]): Json | undefined =>
    (factsOf(all, 'azure.firewallDnat').at(-1)?.data['clients'] as JsonObject | undefined)?.['internet'];

  it.each<[string, Partial<CloudResource>, Json]>([
    ['is taken by an earlier rule', {}, false],
    ['is taken perhaps by one that may not be there', { conditions: { '/ruleCollectionGroups/0': 'x' } }, null],
    ['is taken by one of its own condition', { conditions: { '/ruleCollectionGroups/0': 'x', '/ruleCollectionGroups/1': 'x and y' } }, false],
  ])('%s', (_name, more, expected) => {
    const made = facts([...inside([]), firewall, policy([ruleGroup(100, dnat('a', '10.1.2.99')), ruleGroup(200, dnat('b', '10.1.2.4'))], more)]);
    expect(internet(path(made, 'fp/c/b'))).toBe(expected);
    expect(clients(made)).toBe(expected);
  });

  const denial = [deny('10.1.3.0/26')];
  it.each<[string, readonly string[], Json]>([
    ['comes from its subnet', [], false],
    ['comes from a subnet that nobody sees, where its network may not be there', ['net'], null],
    ['comes from a firewall that nobody sees', ['fw'], null],
    ['comes from its subnet, where its rules are there with it', ['fw', 'fp'], false],
  ])('%s', (_name, names, expected) => {
    const made = facts(named([...inside(denial), firewall, policy([ruleGroup(100, dnat('a', '10.1.2.4'))])], names));
    expect(internet(path(made, 'fp/c/a'))).toBe(expected);
  });

  it('is for an IP group that may not be there', () => {
    const ipGroup = resource('Microsoft.Network/ipGroups', 'ips', { ipAddresses: ['203.0.113.7'] });
    const node = dnat('a', '10.1.2.4', { sourceAddresses: [], sourceIpGroups: [idOf('Microsoft.Network/ipGroups', 'ips')] });
    const of = (names: readonly string[]) => facts(named([...inside([]), firewall, policy([ruleGroup(100, node)]), ipGroup], names));
    expect([[], ['ips'], ['ips', 'fp']].map((names) => clients(of(names)))).toEqual([false, null, false]);
  });
});

describe('a Private Link service', () => {
  const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
  const pool = idOf(LB, 'lb', 'backendAddressPools', 'pool');
  const lb = resource(LB, 'lb', {
    frontendIPConfigurations: [{ name: 'front', subnet: subnetId('net', 'hosts') }],
    backendAddressPools: [{ name: 'pool' }],
    loadBalancingRules: [{ name: 'r', protocol: 'Tcp', frontendPort: 1, backendPort: 3389, frontendIPConfiguration: front, backendAddressPool: pool }],
  });
  const service = (over: JsonObject) =>
    resource('Microsoft.Network/privateLinkServices', 'pls', { ipConfigurations: [{ name: 'nat', subnet: subnetId('net', 'hosts') }], ...over });
  const byFront = service({ loadBalancerFrontendIpConfigurations: [front] });
  const direct = service({ destinationIPAddress: '10.1.2.4' });
  const config = { privateIPAddress: '10.1.2.4', publicIPAddress: null, loadBalancerBackendAddressPools: [pool] };
  it.each<[string, CloudResource, readonly string[], Json]>([
    ['is denied', byFront, [], false],
    ['has a load balancer that may not be there', byFront, ['lb'], null],
    ['comes from a subnet that may not be there', byFront, ['net'], null],
    ['is there with its load balancer', byFront, ['lb', 'pls', 'n'], false],
    ['leads straight to a machine', direct, [], false],
    ['leads straight to one that may not be there', direct, ['n'], null],
  ])('%s', (_name, pls, names, expected) => {
    const made = facts(named([...host([deny('10.1.2.0/24')], config), lb, pls], names));
    expect(only(made, 'azure.privateLinkService').data['reachesRdp']).toBe(expected);
  });
});

describe('what hangs on a network', () => {
  const routes = (more: Partial<CloudResource>): CloudResource =>
    resource('Microsoft.Network/routeTables', 't', { routes: [{ name: 'd', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' }] }, more);
  it.each<[string, Partial<CloudResource>, Json]>([
    ['is there', {}, true],
    ['may not be there', { conditions: { '/routes/0': 'x' } }, null],
    ['is of a table that may not be there', { conditional: 'x' }, null],
  ])('a default route that %s', (_name, more, expected) => {
    const [, ...others] = host([]);
    const made = facts([vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g', table: 't' } }), ...others, routes(more)]);
    expect(only(made, 'azure.outboundAccess').data['ownWayOut']).toBe(expected);
  });

  const peered = (more: Partial<CloudResource>): CloudResource[] =>
    [
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } }, { virtualNetworkPeerings: [{ name: 'p', remoteVirtualNetwork: idOf(VNET, 'hub') }] }),
      vnet('hub', '10.2.0.0/16', { AzureBastionSubnet: { prefix: '10.2.0.0/26' } }),
    ].map((one) => (one.name === 'net' ? { ...one, ...more } : one));
  it.each<[string, Partial<CloudResource>, readonly string[], boolean]>([
    ['is there', {}, [], true],
    ['may not be there', { conditions: { '/virtualNetworkPeerings/0': 'x' } }, [], false],
    ['leads to a network that may not be there', {}, ['hub'], false],
  ])('a peering that %s makes its addresses inside for certain', (_name, more, names, isSure) => {
    const own = [rule('deny', 100, { access: 'Deny', sourceAddressPrefix: 'VirtualNetwork' }), rule('hub', 200, { sourceAddressPrefix: '20.0.0.0/8' })];
    const [, ...others] = host(own);
    const [net, hub] = peered(more);
    const networks = [
      vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }, { virtualNetworkPeerings: net?.body['virtualNetworkPeerings'] ?? [] }),
      vnet('hub', '20.0.0.0/8', {}),
    ].map((one, at) => ({ ...one, ...(at === 0 ? { conditions: net?.conditions ?? {} } : { id: hub?.id ?? '' }) }));
    expect(internet(path(facts(named([...networks, ...others], names)), 'p'))).toBe(isSure ? false : null);
  });
});

describe('a group', () => {
  const elsewhere = nsg('g', [rule('open', 100, { destinationAddressPrefix: '10.9.0.0/24' })]);
  it.each<[string, readonly string[], Json]>([
    ['is judged where it is attached', [], false],
    ['is judged anywhere, where it may be attached to nothing', ['net'], true],
    ['is judged where it is attached whenever it is there', ['net', 'g'], false],
  ])('%s', (_name, names, expected) => {
    const made = facts(named([...host([]).filter(({ name }) => name !== 'g'), elsewhere], names));
    expect(internet(only(made, 'azure.networkSecurityGroup'))).toBe(expected);
  });
});

describe('machines of one interface', () => {
  const linux = { ...machine('lx', 'n', { osProfile: { linuxConfiguration: {} } }), conditional: 'y' };
  it.each([
    ['first', [linux], []],
    ['last', [], [linux]],
  ])('the one counts of which more is judged: %s', (_name, before, after) => {
    const made = facts([...before, ...named(host([]), ['vm']), ...after]);
    expect(only(made, 'azure.networkInterface').data).toMatchObject({ operatingSystem: 'windows', machine: 'vm' });
    expect(factsOf(made, 'azure.lateralRdp')).toHaveLength(1);
  });
});

describe('a Bastion of the network that may not be there', () => {
  it.each<[string, Partial<CloudResource>, Json]>([
    ['is no neighbour', {}, false],
    ['leaves its addresses to others', { conditions: { '/subnets/1': 'x' } }, true],
  ])('%s', (_name, more, expected) => {
    const [, ...others] = host([rule('allow', 100, { sourceAddressPrefix: '10.1.9.0/24' }), deny('*', { priority: 200 })]);
    const network = vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' }, AzureBastionSubnet: { prefix: '10.1.9.0/24' } });
    expect(only(facts([{ ...network, ...more }, ...others]), 'azure.lateralRdp').data['lateral']).toBe(expected);
  });
});

describe('a network manager', () => {
  const denial = adminRule('r');
  const whole = [resource(MANAGER, 'm', {}), configuration(), collection(['a']), group('a'), member('a', 'net'), denial];
  it.each<[string, readonly string[], Json]>([
    ['has a rule', [], true],
    ['has a rule that may not be there', ['r'], null],
    ['is there with its rules', ['m', 'c', 'k', 'a', 'net', 'r'], true],
  ])('%s', (_name, names, expected) => {
    const made = [...host([]), ...whole.map((one) => (names.includes(one.name) ? { ...one, conditional: 'x' } : one))];
    expect(only(facts(made), 'azure.adminBaseline').data['deniesRdp']).toBe(expected);
  });

  const quiet = adminRule('r', { destinationPortRanges: ['443'] });
  it.each<[string, readonly string[], Json]>([
    ['whole', [], false],
    ['without itself', ['m'], null],
    ['without its configuration', ['c'], null],
    ['without its collection', ['k'], null],
    ['without its rules', ['r'], null],
    ['without all of it', ['m', 'c', 'k', 'a', 'net', 'r'], false],
  ])('may be there %s', (_name, names, expected) => {
    const made = [...host([]), ...whole.map((one) => ({ ...(one === denial ? quiet : one), ...(names.includes(one.name) ? { conditional: 'x' } : {}) }))];
    expect(internet(path(facts(made), 'p'))).toBe(expected);
  });

  it('may be there without the member that its group has', () => {
    const of = (conditional: string | undefined) => {
      const other = { ...member('a', 'other'), ...(conditional === undefined ? {} : { conditional }) };
      return internet(path(facts([...host([]), group('a'), other]), 'p'));
    };
    expect([of(undefined), of('x')]).toEqual([false, null]);
  });
});

describe('a subnet that stands by itself', () => {
  it('belongs to its network, whatever its id does not say', () => {
    const table = resource('Microsoft.Network/routeTables', 't', { routes: [{ name: 'd', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' }] });
    const own = child(VNET, 'net', 'subnets', 'routed', { addressPrefix: '10.1.7.0/24', routeTable: idOf('Microsoft.Network/routeTables', 't') });
    const made = facts([...host([]), table, { ...own, id: own.id.slice(own.id.indexOf('microsoft.network/')) }]);
    expect(factsOf(made, 'azure.networkTagReach')).toHaveLength(1);
  });
});
