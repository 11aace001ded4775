import { describe, expect, it } from 'vitest';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { child } from './estate.ts';

/** A Windows machine in `net/hosts`, whose group has these rules; null for no group. */
function host(rules: readonly Json[] | null, table?: string, over: JsonObject = {}): CloudResource[] {
  return [
    vnet(
      'net',
      '10.1.0.0/16',
      {
        hosts: { prefix: '10.1.2.0/24', ...(rules === null ? {} : { nsg: 'g' }), ...(table === undefined ? {} : { table }) },
        AzureBastionSubnet: { prefix: '10.1.9.0/26' },
      },
      over,
    ),
    ...(rules === null ? [] : [nsg('g', rules)]),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts') }),
    machine('vm', 'n'),
  ];
}

const deny = (name: string, priority: number, source: string): JsonObject => rule(name, priority, { access: 'Deny', sourceAddressPrefix: source });
const allow = (name: string, priority: number, source: string): JsonObject => rule(name, priority, { sourceAddressPrefix: source });

describe('neighbours that reach RDP', () => {
  const lateral = (rules: readonly Json[] | null): JsonObject => only(facts(host(rules)), 'azure.lateralRdp').data;

  it.each<[string, readonly Json[] | null, Json]>([
    ['by the default rule', [], true],
    ['without a group', null, true],
    ['from a subnet of /24', [allow('a', 100, '10.1.5.0/24'), deny('d', 200, 'VirtualNetwork')], true],
    ['a denial that comes too late', [allow('a', 100, 'VirtualNetwork'), deny('d', 200, 'VirtualNetwork')], true],
    ['a denial of SSH alone', [rule('d', 100, { access: 'Deny', sourceAddressPrefix: '*', destinationPortRange: '22' })], true],
    ['from a Bastion and a jump host', [allow('b', 100, '10.1.9.0/26'), allow('j', 110, '10.1.5.7'), deny('d', 200, 'VirtualNetwork')], false],
    ['from nobody', [deny('d', 100, '*')], false],
    ['a source that is an expression', [rule('x', 100, { sourceAddressPrefix: UNRESOLVED }), deny('d', 200, '*')], null],
    ['a denial whose source is an expression', [rule('x', 100, { access: 'Deny', sourceAddressPrefix: UNRESOLVED })], null],
  ])('%s', (_, rules, expected) => expect(lateral(rules)['lateral']).toBe(expected));

  it('are counted', () => expect(lateral([allow('j', 110, '10.1.5.0/30'), deny('d', 200, '*')])).toMatchObject({ machine: 'vm', sources: 4, lateral: false }));

  it('are asked for at machines with Windows alone', () =>
    expect(
      factsOf(
        facts([...host([]), nic('m', { subnet: subnetId('net', 'hosts') }), machine('lx', 'm', { osProfile: { linuxConfiguration: {} } })]),
        'azure.lateralRdp',
      ),
    ).toHaveLength(1));
});

describe('the tag of the own network', () => {
  const table = (hop: string) =>
    resource('Microsoft.Network/routeTables', 't', { routes: [{ name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: hop }] });
  const reach = (rules: readonly Json[], hop: string) =>
    factsOf(facts([...host(rules, 't'), table(hop)]), 'azure.networkTagReach').map((fact) => fact.data['rdpByNetworkTag']);

  it.each<[string, readonly Json[], string, readonly Json[]]>([
    ['opens RDP by the default rule', [], 'VirtualAppliance', [true]],
    ['opens nothing once the Internet is denied', [deny('d', 100, 'Internet')], 'VirtualAppliance', [false]],
    ['opens nothing once everything is denied', [deny('d', 100, '*')], 'VirtualAppliance', [false]],
    ['is not at fault where a rule opens it anyhow', [allow('a', 100, '*')], 'VirtualAppliance', [false]],
    ['is what it is where the route leads to the Internet', [], 'Internet', []],
  ])('%s', (_, rules, hop, expected) => expect(reach(rules, hop)).toEqual(expected));
});

describe('a route table that the input does not show', () => {
  const TABLE = 'Microsoft.Network/routeTables';
  const held = (routes: readonly JsonObject[], more: Partial<CloudResource> = {}) => resource(TABLE, 't', { routes }, more);
  const routed = (routeTable: Json, rules: readonly Json[], more: readonly CloudResource[] = []): readonly CloudResource[] => [
    ...host(rules, undefined, { subnets: [{ name: 'hosts', addressPrefix: '10.1.2.0/24', networkSecurityGroup: NSG_ID, routeTable }] }),
    pip('p', 'Standard'),
    nic('front', { privateIPAddress: '10.1.2.5', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
    ...more,
  ];
  const NSG_ID = idOf('Microsoft.Network/networkSecurityGroups', 'g');
  const named = idOf(TABLE, 't');
  const byDefault: readonly Json[] = [];
  const isMissing = 'route table t is not in the input';
  it.each<[string, Json, readonly Json[], readonly CloudResource[], Json, Json, readonly string[] | undefined]>([
    ['is named', named, byDefault, [], null, null, [isMissing]],
    ['exists already', named, byDefault, [held([], { context: true })], null, null, [isMissing]],
    ['is an expression', UNRESOLVED, byDefault, [], null, null, ['the route table of subnet hosts is not resolved']],
    ['is deployed on a condition', named, byDefault, [held([], { conditional: 'x' })], null, null, ['route table t is deployed on a condition']],
    ['decides nothing once the Internet is denied', named, [deny('d', 100, 'Internet')], [], false, false, undefined],
    ['decides nothing once everything is denied', named, [deny('d', 100, '*')], [], false, false, undefined],
    ['decides nothing where a rule opens it anyhow', named, [allow('a', 100, '*')], [], true, false, undefined],
    ['decides through a rule for the tag', named, [allow('a', 100, 'VirtualNetwork'), deny('d', 200, '*')], [], null, null, [isMissing]],
  ])('%s', (_, reference, rules, more, internet, byTag, because) => {
    const all = facts(routed(reference, rules, more));
    const path = only(all, 'azure.ingressPath');
    expect((path.data['rdpTcp'] as JsonObject)['internet']).toBe(internet);
    if (internet === null) expect(path.because).toEqual(because);
    const tag = only(all, 'azure.networkTagReach');
    expect([tag.data['rdpByNetworkTag'], tag.unknown, tag.because]).toEqual([byTag, byTag === null ? ['/rdpByNetworkTag'] : [], because]);
  });

  it('is no doubt where it is shown', () => {
    const all = facts(routed(named, [], [held([])]));
    expect((only(all, 'azure.ingressPath').data['rdpTcp'] as JsonObject)['internet']).toBe(false);
    expect(factsOf(all, 'azure.networkTagReach')).toEqual([]);
  });

  it('is no doubt where what is shown is one already', () => {
    const route = { name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' };
    const all = facts(routed(named, [], [held([route], { conditional: 'x' })]));
    expect(only(all, 'azure.networkTagReach').data['rdpByNetworkTag']).toBe(true);
  });

  it('leaves open whether the subnet has a way out', () => {
    const outbound = (more: readonly CloudResource[]) => only(facts(routed(named, [], more)), 'azure.outboundAccess');
    expect(outbound([])).toMatchObject({ data: { ownWayOut: null }, unknown: ['/ownWayOut'] });
    expect(outbound([held([])])).toMatchObject({ data: { ownWayOut: false }, unknown: [] });
  });

  it('counts in each network of a group', () => {
    const second = vnet('second', '10.2.0.0/16', { hosts: { prefix: '10.2.2.0/24', nsg: 'g', table: 't' } });
    expect(only(facts([...host([]), second]), 'azure.networkTagReach').data).toMatchObject({ rdpByNetworkTag: null });
    const route = { name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' };
    expect(only(facts([...host([]), second, held([route])]), 'azure.networkTagReach').data).toMatchObject({ rdpByNetworkTag: true });
  });
});

describe('security admin rules', () => {
  const admin = (body: JsonObject) =>
    only(
      facts(
        [
          child('Microsoft.Network/networkManagers', 'm/securityAdminConfigurations/c/ruleCollections/k', 'rules', 'r', {
            access: 'AlwaysAllow',
            direction: 'Inbound',
            protocol: 'Tcp',
            sources: [{ addressPrefixType: 'IPPrefix', addressPrefix: '*' }],
            destinationPortRanges: ['3389'],
            ...body,
          }),
        ].map((made) => ({ ...made, type: 'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules' })),
      ),
      'azure.securityAdminRule',
    ).data;

  it.each<[string, JsonObject, Json]>([
    ['always', {}, true],
    ['left to the groups', { access: 'Allow' }, false],
    ['a denial', { access: 'Deny' }, false],
    ['every port', { destinationPortRanges: [] }, true],
    ['another port', { destinationPortRanges: ['443'] }, false],
    ['another protocol', { protocol: 'Udp' }, false],
    ['from one address', { sources: [{ addressPrefixType: 'IPPrefix', addressPrefix: '203.0.113.7' }] }, false],
    ['from the Internet', { sources: [{ addressPrefixType: 'ServiceTag', addressPrefix: 'Internet' }] }, true],
    ['a source that is an expression', { sources: UNRESOLVED }, null],
    ['an access that is an expression', { access: UNRESOLVED }, null],
  ])('%s', (_, body, expected) => expect(admin(body)['opensRdp']).toBe(expected));

  it('are named with their manager', () => expect(admin({})).toMatchObject({ label: 'r', manager: 'm', access: 'AlwaysAllow' }));
});

describe('SKUs', () => {
  const sku = (body: JsonObject): Json | undefined => only(facts([resource('Microsoft.Network/publicIPAddresses', 'p', body)]), 'azure.networkSku').data['sku'];

  it.each<[JsonObject, Json]>([
    [{}, 'Basic'],
    [{ sku: { name: 'standard' } }, 'Standard'],
    [{ sku: { name: 'StandardV2', tier: 'Regional' } }, 'StandardV2'],
    [{ sku: UNRESOLVED }, null],
  ])('%j is %s', (body, expected) => expect(sku(body)).toBe(expected));
});

describe('default outbound access', () => {
  const outbound = (subnet: JsonObject, more: readonly CloudResource[] = [], apiVersion: string | null = '2024-05-01'): JsonObject => {
    const [net, ...rest] = host([]);
    const made = {
      ...(net as CloudResource),
      apiVersion,
      body: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] }, subnets: [{ name: 'hosts', addressPrefix: '10.1.2.0/24', ...subnet }] },
    };
    return only(facts([made, ...rest, ...more]), 'azure.outboundAccess').data;
  };

  it('is there unless it is switched off', () => {
    expect(outbound({})).toMatchObject({ subnet: 'hosts', machines: ['vm'], defaultOutboundAccess: true, ownWayOut: false });
    expect(outbound({ defaultOutboundAccess: false })).toMatchObject({ defaultOutboundAccess: false });
    expect(outbound({ defaultOutboundAccess: UNRESOLVED })).toMatchObject({ defaultOutboundAccess: null });
  });

  it('may be off where a newer version of the API says nothing', () => expect(outbound({}, [], '2026-05-01')).toMatchObject({ defaultOutboundAccess: null }));

  it('stands beside other ways out', () => expect(outbound({ natGateway: idOf('Microsoft.Network/natGateways', 'nat') })).toMatchObject({ ownWayOut: true }));
});
