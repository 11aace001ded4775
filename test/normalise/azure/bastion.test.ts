import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, liveFacts, machine, nic, nsg, only, resource, rule, subnetId, vnet } from './build.ts';

const BASTION = 'Microsoft.Network/bastionHosts';
const bastion = (body: JsonObject) => resource(BASTION, 'bas', body);

describe('Bastion hosts', () => {
  it('copy and paste unless they are told not to, and do nothing else', () =>
    expect(only(facts([bastion({})]), 'azure.bastionHost').data).toMatchObject({
      copyPaste: true,
      fileCopy: false,
      shareableLink: false,
      tunneling: false,
      ipConnect: false,
    }));

  it('keep what an expression says unknown', () =>
    expect(only(facts([bastion({ disableCopyPaste: UNRESOLVED, enableTunneling: UNRESOLVED })]), 'azure.bastionHost').unknown).toEqual([
      '/copyPaste',
      '/tunneling',
    ]));
});

describe('ways in to Windows machines', () => {
  const peered = (remote: string): JsonObject => ({
    virtualNetworkPeerings: [{ name: 'p', remoteVirtualNetwork: idOf('Microsoft.Network/virtualNetworks', remote) }],
  });
  const machines = [nic('n', { subnet: subnetId('net', 'hosts') }), machine('vm', 'n')];
  const network = (over: JsonObject = {}) => vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24' } }, over);
  const hub = vnet('hub', '10.2.0.0/16', { AzureBastionSubnet: { prefix: '10.2.0.0/26' } });
  const inHub = bastion({ ipConfigurations: [{ name: 'c', subnet: subnetId('hub', 'AzureBastionSubnet') }] });
  const reach = (all: readonly Fact[]): JsonObject => factsOf(all, 'azure.bastionReach').find((fact) => fact.name === 'net')?.data ?? {};

  it('lead through a peered hub', () => {
    expect(reach(facts([...machines, network(peered('hub')), hub, inHub]))).toMatchObject({ machines: ['vm'], bastion: true });
    expect(reach(liveFacts([...machines, network(), hub, inHub]))).toMatchObject({ bastion: false, gateway: false });
  });

  it('lead through a Bastion for developers, or a gateway', () => {
    expect(reach(facts([...machines, network(), bastion({ virtualNetwork: idOf('Microsoft.Network/virtualNetworks', 'net') })]))).toMatchObject({
      bastion: true,
    });
    const gateway = resource('Microsoft.Network/virtualNetworkGateways', 'vpn', {
      ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'GatewaySubnet') }],
    });
    expect(reach(facts([...machines, network(), gateway]))).toMatchObject({ gateway: true });
  });

  describe('from a peer', () => {
    const GATEWAYS = 'Microsoft.Network/virtualNetworkGateways';
    const side = (remote: string, over: JsonObject = {}): JsonObject => ({
      virtualNetworkPeerings: [{ name: 'p', remoteVirtualNetwork: idOf('Microsoft.Network/virtualNetworks', remote), ...over }],
    });
    const hubWith = (over: JsonObject = {}) => vnet('hub', '10.2.0.0/16', { AzureBastionSubnet: { prefix: '10.2.0.0/26' } }, over);
    const vpn = (over: JsonObject = {}) => resource(GATEWAYS, 'vpn', { ipConfigurations: [{ name: 'c', subnet: subnetId('hub', 'GatewaySubnet') }], ...over });

    it.each<[string, JsonObject, JsonObject, JsonObject, Json]>([
      ['both sides let it', { useRemoteGateways: true }, { allowGatewayTransit: true }, {}, true],
      ['this side uses none', { useRemoteGateways: false }, { allowGatewayTransit: true }, {}, false],
      ['this side does not say', {}, { allowGatewayTransit: true }, {}, false],
      ['the other side lends none', { useRemoteGateways: true }, { allowGatewayTransit: false }, {}, false],
      ['one side is an expression', { useRemoteGateways: true }, { allowGatewayTransit: UNRESOLVED }, {}, null],
      ['the peering is not connected', { useRemoteGateways: true, peeringState: 'Initiated' }, { allowGatewayTransit: true }, {}, false],
      ['its SKU lends to nobody', { useRemoteGateways: true }, { allowGatewayTransit: true }, { sku: { name: 'Basic' } }, false],
    ])('comes a gateway where %s', (_, near, far, over, expected) =>
      expect(reach(liveFacts([...machines, network(side('hub', near)), hubWith(side('net', far)), vpn(over)]))).toMatchObject({ gateway: expected }),
    );

    it('comes perhaps a gateway where another template may hold its side', () =>
      expect(reach(facts([...machines, network(side('hub', { useRemoteGateways: true })), hubWith(), vpn()]))).toMatchObject({ gateway: null }));

    it.each<[string, Json, Json]>([
      ['Basic', 'Basic', true],
      ['Developer', 'Developer', false],
      ['an expression', UNRESOLVED, null],
    ])('comes a Bastion whose SKU is %s', (_, name, expected) => {
      const all = [...machines, network(side('hub')), hubWith(side('net'))];
      const own = { ipConfigurations: [{ name: 'c', subnet: subnetId('hub', 'AzureBastionSubnet') }] };
      expect(reach(liveFacts([...all, bastion({ ...own, sku: { name } })]))).toMatchObject({ bastion: expected });
      expect(reach(liveFacts([...all, bastion({ virtualNetwork: idOf('Microsoft.Network/virtualNetworks', 'net'), sku: { name } })]))).toMatchObject({
        bastion: true,
      });
    });

    it.each<[string, JsonObject, Json]>([
      ['connected', { peeringState: 'Connected' }, true],
      ['closed', { allowVirtualNetworkAccess: false }, false],
      ['cut', { peeringState: 'Disconnected' }, false],
      ['there on a condition', { peeringState: UNRESOLVED }, null],
    ])('comes a Bastion where the peering is %s', (_, over, expected) =>
      expect(reach(liveFacts([...machines, network(side('hub', over)), hubWith(side('net')), inHub]))).toMatchObject({ bastion: expected }),
    );

    it('comes none through a peering of one side', () =>
      expect(reach(liveFacts([...machines, network(side('hub')), hubWith(), inHub]))).toMatchObject({ bastion: false }));
  });

  it('may not be there where they stand under a condition that the network does not share', () => {
    const own = bastion({ ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureBastionSubnet') }] });
    expect(reach(facts([...machines, network(), { ...own, conditional: 'a' }]))).toMatchObject({ bastion: null });
    expect(reach(facts([...machines, { ...network(), conditional: 'a and b' }, { ...own, conditional: 'a' }]))).toMatchObject({ bastion: true });
  });

  it('may be in another template, or in a peer that the input does not hold', () => {
    expect(reach(facts([...machines, network()]))).toMatchObject({ bastion: null, gateway: null });
    expect(reach(liveFacts([...machines, network(peered('elsewhere'))]))).toMatchObject({ bastion: null });
    expect(reach(liveFacts([...machines, network()], [{ type: 'microsoft.network/bastionhosts', scope: '' }]))).toMatchObject({
      bastion: null,
      gateway: false,
    });
  });

  it('are asked for where there are Windows machines', () =>
    expect(
      factsOf(
        facts([nic('n', { subnet: subnetId('net', 'hosts') }), machine('vm', 'n', { osProfile: { linuxConfiguration: {} } }), network()]),
        'azure.bastionReach',
      ),
    ).toEqual([]));
});

describe('the subnet of a Bastion', () => {
  const subnet = (rules: readonly Json[] | null): JsonObject => {
    const net = vnet('hub', '10.2.0.0/16', { AzureBastionSubnet: { prefix: '10.2.0.0/26', ...(rules === null ? {} : { nsg: 'g' }) } });
    return only(facts([net, ...(rules === null ? [] : [nsg('g', rules)])]), 'azure.bastionSubnet').data;
  };
  const https = rule('https', 120, { sourceAddressPrefix: 'Internet', destinationPortRange: '443' });
  const control = rule('control', 130, { sourceAddressPrefix: 'GatewayManager', destinationPortRange: '443' });

  it.each<[string, readonly Json[] | null, JsonObject]>([
    ['the documented rules', [https, control], { beyond: false, ports: [], controlPlane: true }],
    ['no group', null, { networkSecurityGroup: 'none', beyond: false, controlPlane: true }],
    ['3389 as well', [https, control, rule('rdp', 140)], { beyond: true, ports: ['3389'] }],
    ['every port', [rule('all', 100, { destinationPortRange: '*', protocol: '*' })], { beyond: true, ports: ['0-442', '444-65535'], controlPlane: true }],
    [
      '3389 that a rule before it denies',
      [https, control, rule('no', 110, { access: 'Deny', destinationPortRange: '3389' }), rule('rdp', 140)],
      { beyond: false },
    ],
    [
      'an office alone, without the control plane',
      [rule('office', 120, { sourceAddressPrefix: '203.0.113.0/24', destinationPortRange: '443' })],
      { beyond: false, controlPlane: false },
    ],
    ['a port that is an expression', [https, control, rule('x', 140, { destinationPortRange: UNRESOLVED })], { beyond: null, controlPlane: true }],
  ])('with %s', (_, rules, expected) => expect(subnet(rules)).toMatchObject(expected));

  it('is not known where its group is in another template', () => {
    const net = vnet('hub', '10.2.0.0/16', { AzureBastionSubnet: { prefix: '10.2.0.0/26', nsg: 'elsewhere' } });
    expect(only(facts([net]), 'azure.bastionSubnet').unknown).toEqual(['/beyond', '/controlPlane']);
  });
});
