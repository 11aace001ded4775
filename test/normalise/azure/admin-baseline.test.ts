import { describe, expect, it } from 'vitest';
import { type CloudInventory, type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, liveFacts, machine, nic, nsg, only, resource, subnetId, vnet } from './build.ts';
import { child } from './estate.ts';
import { adminRule, COLLECTION, collection, configuration, group, member } from './manager.ts';

const KIND = 'azure.adminBaseline';
const MANAGER = 'Microsoft.Network/networkManagers';
const internet = [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }];

/** A Windows machine in `net`, and a network without one. */
const estate = (over: JsonObject = {}): CloudResource[] => [
  vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
  vnet('empty', '10.2.0.0/16', { hosts: { prefix: '10.2.2.0/24' } }),
  nsg('g', []),
  nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts') }),
  machine('vm', 'n', over),
];

describe('the baseline of what is deployed', () => {
  const rule = (access: Json, priority: number, over: JsonObject = {}): JsonObject => ({
    id: `/subscriptions/s/providers/Microsoft.Network/networkManagers/M/securityAdminConfigurations/c/ruleCollections/k/rules/${priority}`,
    access,
    priority,
    direction: 'Inbound',
    protocol: 'Tcp',
    sources: internet,
    destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
    sourcePortRanges: ['0-65535'],
    destinationPortRanges: ['3389'],
    ...over,
  });
  const deployed = (rules: readonly JsonObject[], more: JsonObject = {}) =>
    ['net', 'empty'].map((name) => child('Microsoft.Network/virtualNetworks', name, 'effectiveSecurityAdminRules', 'default', { value: rules, ...more }));
  it.each<[string, readonly JsonObject[], boolean | null]>([
    ['a denial', [rule('Deny', 1)], true],
    ['a denial of every port and source', [rule('Deny', 1, { sources: [], destinationPortRanges: [], protocol: 'Any' })], true],
    ['a denial of another port', [rule('Deny', 1, { destinationPortRanges: ['22'] })], false],
    ['a denial of another protocol', [rule('Deny', 1, { protocol: 'Udp' })], false],
    ['a denial of half of the Internet', [rule('Deny', 1, { sources: [{ addressPrefix: '0.0.0.0/1', addressPrefixType: 'IPPrefix' }] })], false],
    ['a denial elsewhere', [rule('Deny', 1, { destinations: [{ addressPrefix: '10.1.3.0/24', addressPrefixType: 'IPPrefix' }] })], false],
    ['a denial where the machines are', [rule('Deny', 1, { destinations: [{ addressPrefix: '10.1.2.0/24', addressPrefixType: 'IPPrefix' }] })], true],
    ['what is left to the groups', [rule('Allow', 1), rule('Deny', 2)], false],
    ['what is delivered before', [rule('AlwaysAllow', 1), rule('Deny', 2)], false],
    ['an exception for one address', [rule('Allow', 1, { sources: [{ addressPrefix: '203.0.113.7', addressPrefixType: 'IPPrefix' }] }), rule('Deny', 2)], true],
    ['rules for what goes out', [rule('Deny', 1, { direction: 'Outbound' })], false],
    ['an access that nobody knows', [rule('Sometimes', 1)], null],
  ])('%s', (_, rules, denies) => {
    const fact = only(liveFacts([...estate(), ...deployed(rules)]), KIND);
    expect(fact.data).toMatchObject({ virtualNetwork: 'net', machines: ['vm'], managers: ['m'], by: 'deployed', deniesRdp: denies });
    expect(fact.unknown).toEqual(denies === null ? ['/deniesRdp'] : []);
  });

  const groups = { type: 'microsoft.network/networkgroupmemberships', scope: '' };
  const unread: CloudInventory['unread'] = [{ type: 'microsoft.network/virtualnetworks/effectivesecurityadminrules', scope: '' }, groups];
  const whole = [resource(MANAGER, 'm', {}), configuration(), collection([]), adminRule('r')];
  it.each<[string, readonly CloudResource[], CloudInventory['unread']]>([
    ['no network manager', [], []],
    ['no network manager, and nobody could read what is deployed', [], unread],
    ['a network manager that deployed nothing here', [...whole, ...deployed([])], []],
    ['a network manager without rules', [resource(MANAGER, 'm', {})], unread],
  ])('is nothing with %s', (_, more, missing) => expect(factsOf(liveFacts([...estate(), ...more], missing), KIND)).toEqual([]));

  it('is nothing without Windows machines', () => {
    const linux = estate({ osProfile: { linuxConfiguration: {} } });
    expect(factsOf(liveFacts([...linux, ...deployed([rule('Allow', 1)])]), KIND)).toEqual([]);
  });

  it('is unknown where there is a manager with rules, and what it deployed could not be read', () => {
    for (const fact of [
      only(liveFacts([...estate(), ...whole], unread), KIND),
      only(liveFacts([...estate(), ...whole, ...deployed([rule('Deny', 1)], { skipToken: 'more' })], [groups]), KIND),
    ]) {
      expect(fact).toMatchObject({ data: { by: 'deployed', deniesRdp: null }, unknown: ['/deniesRdp'] });
      expect(fact.because).toEqual(['the security admin rules of virtual network net could not be read']);
    }
  });
});

describe('the baseline of what a document declares', () => {
  const declared = (...more: readonly CloudResource[]) => [...estate(), resource(MANAGER, 'm', {}), configuration(), group('a'), member('a', 'net'), ...more];
  it.each<[string, readonly CloudResource[], boolean | null]>([
    ['a denial', [collection(['a']), adminRule('r', { sources: internet })], true],
    ['a denial of another port', [collection(['a']), adminRule('r', { destinationPortRanges: ['22'] })], false],
    ['a denial that comes too late', [collection(['a']), adminRule('r', { priority: 20 }), adminRule('s', { access: 'Allow' })], false],
    ['a denial that is an expression', [collection(['a']), adminRule('r', { access: UNRESOLVED })], null],
    ['a collection without its rules', [collection(['a'])], null],
  ])('%s', (_, more, denies) => expect(only(facts(declared(...more)), KIND).data).toMatchObject({ by: 'declared', managers: ['m'], deniesRdp: denies }));

  it.each<[string, readonly CloudResource[]]>([
    ['rules for a group that a policy fills', [group('b'), collection(['b']), adminRule('r')]],
    ['rules for another network', [group('b'), member('b', 'empty'), collection(['b']), adminRule('r')]],
    ['rules for no group', [collection([]), adminRule('r')]],
  ])('is nothing with %s', (_, more) => expect(factsOf(facts(declared(...more)), KIND)).toEqual([]));

  it('is unknown where the manager has other rules elsewhere', () => {
    const all = declared(collection(['a']), adminRule('r')).map((made) => (made.name === 'm' ? { ...made, context: true } : made));
    expect(only(facts(all), KIND)).toMatchObject({ unknown: ['/deniesRdp'], because: [expect.stringContaining('network manager m') as string] });
  });

  it('takes rules that a list of the collection holds', () => {
    const listed = { ...collection(['a']), body: { ...collection(['a']).body, rules: [adminRule('r').body] } };
    expect(listed.id.endsWith(COLLECTION.toLowerCase())).toBe(true);
    expect(only(facts(declared(listed)), KIND).data).toMatchObject({ deniesRdp: true });
  });
});
