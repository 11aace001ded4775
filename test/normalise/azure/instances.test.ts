import { describe, expect, it } from 'vitest';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { factsOf, idOf, liveFacts, nsg, only, resource, rule, subnetId, vnet } from './build.ts';

const SET = 'Microsoft.Compute/virtualMachineScaleSets';
const LB = 'Microsoft.Network/loadBalancers';
const NSG = 'Microsoft.Network/networkSecurityGroups';
const HOSTS = { subnet: subnetId('net', 'hosts') };
const POOL = { loadBalancerInboundNatPools: [idOf(LB, 'lb', 'inboundNatPools', 'rdp')] };

function set(config: JsonObject = {}, nic: JsonObject = {}): CloudResource {
  return resource(SET, 'set', {
    orchestrationMode: 'Uniform',
    virtualMachineProfile: {
      osProfile: { windowsConfiguration: {} },
      networkProfile: { networkInterfaceConfigurations: [{ name: 'nic', ...nic, ipConfigurations: [{ name: 'c', ...HOSTS, ...config }] }] },
    },
  });
}

function row(number: number, config: JsonObject = {}, nic: JsonObject = {}, name = 'nic'): CloudResource {
  const id = String(idOf(SET, 'set', 'virtualMachines', String(number), 'networkInterfaces', name)['id']);
  const made = resource(`${SET}/virtualMachines/networkInterfaces`, name, {
    ...nic,
    ipConfigurations: [{ name: 'c', privateIPAddress: `10.1.2.${4 + number}`, ...HOSTS, ...config }],
  });
  return { ...made, id, displayId: `/${id}` };
}

const publicId = (number: number): string => `${row(number).id}/ipconfigurations/c/publicipaddresses/own`;
function address(number: number, sku?: string): CloudResource {
  const id = publicId(number);
  const made = resource(`${SET}/virtualMachines/networkInterfaces/ipConfigurations/publicIPAddresses`, 'own', sku === undefined ? {} : { sku: { name: sku } });
  return { ...made, id, displayId: `/${id}` };
}
const withAddress = (number: number): JsonObject => ({ publicIPAddress: { id: publicId(number) } });

const NET = vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } });
const OPEN = nsg('g', [rule('open', 200)]);
const GROUP = { networkSecurityGroup: idOf(NSG, 'g') };
const CLOSED = { networkSecurityGroup: idOf(NSG, 'closed') };
const names = (all: readonly Fact[]): Json[] => factsOf(all, 'azure.networkInterface').map(({ data }) => data['name'] ?? null);
const ways = (all: readonly Fact[]): Json[] =>
  factsOf(all, 'azure.ingressPath').map(({ data }) => [data['networkInterface'] ?? null, data['via'] ?? null, (data['internetTcp'] as Json[]).join()]);

describe('instances of scale sets', () => {
  it('that are like the model are told with it, a few by their numbers', () => {
    expect(names(liveFacts([NET, set(), ...Array.from({ length: 500 }, (_, at) => row(at))]))).toEqual(['set/nic (instances 0, 1, 2, 3, 4 and 495 more)']);
    expect(names(liveFacts([NET, set(), row(10), row(9)]))).toEqual(['set/nic (instances 9, 10)']);
    expect(names(liveFacts([NET, set()]))).toEqual(['set/nic']);
  });

  it('that are unlike it are told once for each form, by a name that stays', () => {
    const old = [row(1, {}, GROUP), row(2, {}, GROUP), row(3, {}, CLOSED)];
    const all = liveFacts([NET, OPEN, nsg('closed', []), set(), row(0), ...old]);
    expect(names(all)).toEqual([
      'set/nic (instance 0)',
      expect.stringMatching(/^set\/nic@[0-9a-f]{8} \(instances 1, 2, unlike the model\)$/) as string,
      expect.stringMatching(/^set\/nic@[0-9a-f]{8} \(instance 3, unlike the model\)$/) as string,
    ]);
    const [, first] = factsOf(all, 'azure.networkInterface');
    const later = liveFacts([NET, OPEN, set(), row(7, {}, GROUP)]);
    expect(factsOf(later, 'azure.networkInterface').map(({ id }) => id)).toContain(first?.id);
    expect(first?.data).toMatchObject({ machine: 'set', attached: true, operatingSystem: 'windows', networkSecurityGroup: 'g' });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['another subnet', { subnet: subnetId('net', 'other') }, {}],
    ['another pool', { loadBalancerBackendAddressPools: [idOf(LB, 'lb', 'backendAddressPools', 'p')] }, {}],
    ['another application security group', { applicationSecurityGroups: [idOf('Microsoft.Network/applicationSecurityGroups', 'a')] }, {}],
    ['a NAT rule of its own', { loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'own')] }, {}],
    ['a public address', withAddress(1), {}],
    ['another group', {}, GROUP],
  ])('are unlike it by %s', (_, config, nic) => expect(names(liveFacts([NET, OPEN, set(), row(1, config, nic)]))).toHaveLength(2));

  it('are like it whatever their own addresses and the rules of its NAT pools are called', () => {
    const own = { loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'rdp.1')], ...withAddress(1) };
    const model = set({ ...POOL, publicIPAddressConfiguration: { name: 'own', sku: { name: 'Standard' } } });
    expect(names(liveFacts([NET, balancer(1), model, row(1, own), address(1)]))).toEqual(['set/nic (instance 1)']);
    expect(names(liveFacts([NET, balancer(1), model, row(1, own), address(1, 'Basic')]))).toHaveLength(2);
  });

  it('of a set that nobody shows are there all the same', () =>
    expect(names(liveFacts([NET, row(0), row(1)]))).toEqual([expect.stringMatching(/^set\/nic@[0-9a-f]{8} \(instances 0, 1, unlike the model\)$/) as string]));
});

function balancer(...numbers: number[]): CloudResource {
  const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
  const same = { frontendIPConfiguration: front, protocol: 'Tcp', backendPort: 3389 };
  return resource(LB, 'lb', {
    sku: { name: 'Standard' },
    frontendIPConfigurations: [{ name: 'front', publicIPAddress: idOf('Microsoft.Network/publicIPAddresses', 'p') }],
    inboundNatPools: [{ name: 'rdp', ...same, frontendPortRangeStart: 50000, frontendPortRangeEnd: 50119 }],
    inboundNatRules: numbers.map((number) => ({
      name: `rdp.${number}`,
      ...same,
      frontendPort: 50000 + number,
      backendIPConfiguration: { id: `${row(number).id}/ipconfigurations/c` },
    })),
  });
}

describe('ways to instances', () => {
  it('through a NAT pool are one for the model, however many rules Azure made', () => {
    const all = liveFacts([NET, OPEN, balancer(0, 1, 2), set(POOL, GROUP), row(0, POOL, GROUP), row(1, POOL, GROUP), row(2, POOL, GROUP)]);
    expect(ways(all)).toEqual([['set/nic (instances 0, 1, 2)', 'load-balancer', '3389']]);
    expect(only(all, 'azure.loadBalancerRule').data).toMatchObject({ rule: 'rdp', publishesRdp: true, rdpTcp: { internet: true } });
  });

  it('lead to those that are unlike the model where only these are open', () => {
    const all = liveFacts([NET, OPEN, nsg('closed', []), balancer(0, 1), set(POOL, CLOSED), row(0, POOL, CLOSED), row(1, POOL, GROUP)]);
    expect(ways(all)).toEqual([
      ['set/nic (instance 0)', 'load-balancer', ''],
      [expect.stringMatching(/instance 1, unlike the model/) as string, 'load-balancer', '3389'],
    ]);
  });

  it('of a NAT rule that looks like a pool’s and is not are judged as they are', () => {
    const lb = balancer(0);
    const other = { ...lb, body: { ...lb.body, inboundNatPools: [] } };
    expect(only(liveFacts([NET, OPEN, other, set({}, GROUP), row(0, {}, GROUP)]), 'azure.loadBalancerRule').data).toMatchObject({ rule: 'rdp.0' });
  });

  it('are public addresses that an instance has and the model does not', () => {
    const all = liveFacts([NET, OPEN, set({}, GROUP), row(0, {}, GROUP), row(1, withAddress(1), GROUP), address(1, 'Standard')]);
    expect(ways(all)).toEqual([[expect.stringMatching(/instance 1, unlike the model/) as string, 'public-ip', '3389']]);
    expect(only(all, 'azure.ingressPath').data).toMatchObject({ machine: 'set', machineId: set().id });
  });

  it('by an address of an unknown SKU without any group are not known', () => {
    const all = liveFacts([NET, set(), row(1, withAddress(1)), address(1)]);
    expect(only(all, 'azure.ingressPath').data).toMatchObject({ internetTcp: [], rdpTcp: { internet: null } });
    const basic = liveFacts([NET, set(), row(1, withAddress(1)), address(1, 'Basic')]);
    expect(only(basic, 'azure.ingressPath').data).toMatchObject({ rdpTcp: { internet: true } });
  });

  it('of a firewall lead to the one instance that has the address', () => {
    const firewall = resource('Microsoft.Network/azureFirewalls', 'fw', {
      ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
      natRuleCollections: [
        {
          name: 'k',
          priority: 100,
          action: { type: 'Dnat' },
          rules: [
            {
              name: 'rdp',
              protocols: ['TCP'],
              sourceAddresses: ['*'],
              destinationAddresses: ['192.0.2.1'],
              destinationPorts: ['33890'],
              translatedAddress: '10.1.2.5',
              translatedPort: '3389',
            },
          ],
        },
      ],
    });
    const net = vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' }, AzureFirewallSubnet: { prefix: '10.1.9.0/26' } });
    expect(ways(liveFacts([net, OPEN, firewall, set({}, GROUP), row(0, {}, GROUP), row(1, {}, GROUP)]))).toEqual([
      ['set/nic (instances 0, 1)', 'firewall', '3389'],
    ]);
    expect(ways(liveFacts([net, OPEN, firewall, set({}, GROUP), row(0, {}, GROUP)]))).toEqual([]);
  });

  it('by an address in a backend pool lead to the instance that has it', () => {
    const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
    const lb = resource(LB, 'lb', {
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', publicIPAddress: idOf('Microsoft.Network/publicIPAddresses', 'p') }],
      backendAddressPools: [{ name: 'p', loadBalancerBackendAddresses: [{ ipAddress: '10.1.2.5' }] }],
      loadBalancingRules: [
        {
          name: 'r',
          frontendIPConfiguration: front,
          protocol: 'Tcp',
          frontendPort: 1,
          backendPort: 3389,
          backendAddressPool: idOf(LB, 'lb', 'backendAddressPools', 'p'),
        },
      ],
    });
    expect(ways(liveFacts([NET, OPEN, lb, set({}, GROUP), row(1, {}, GROUP)]))).toEqual([['set/nic (instance 1)', 'load-balancer', '3389']]);
    expect(ways(liveFacts([NET, OPEN, lb, set({}, GROUP), row(2, {}, GROUP)]))).toEqual([]);
  });

  it('of a backend pool lead to the instance that the pool lists, not to the model', () => {
    const front = idOf(LB, 'lb', 'frontendIPConfigurations', 'front');
    const lb = resource(LB, 'lb', {
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', publicIPAddress: idOf('Microsoft.Network/publicIPAddresses', 'p') }],
      backendAddressPools: [{ name: 'p', backendIPConfigurations: [{ id: `${row(1).id}/ipconfigurations/c` }] }],
      loadBalancingRules: [
        {
          name: 'r',
          frontendIPConfiguration: front,
          protocol: 'Tcp',
          frontendPort: 1,
          backendPort: 3389,
          backendAddressPool: idOf(LB, 'lb', 'backendAddressPools', 'p'),
        },
      ],
    });
    const all = liveFacts([NET, OPEN, nsg('closed', []), lb, set({}, CLOSED), row(0, {}, CLOSED), row(1, {}, GROUP)]);
    expect(ways(all)).toEqual([[expect.stringMatching(/instance 1, unlike the model/) as string, 'load-balancer', '3389']]);
  });

  it('make every fact of a subscription one of its own', () => {
    const all = liveFacts([NET, OPEN, balancer(0, 1), set(POOL, GROUP), row(0, POOL, GROUP), row(1, POOL), row(2, withAddress(2), GROUP), address(2)]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });
});
