import { describe, expect, it } from 'vitest';
import { type CloudInventory, type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { facts, idOf, liveFacts, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { child } from './estate.ts';
import { adminRule, below, collection, configuration, group, groupId, member } from './manager.ts';

const MANAGER = 'Microsoft.Network/networkManagers';
const open = [rule('open', 200)];
const closed: JsonObject[] = [];

/** A machine with a public address in the network `net`. */
function estate(rules: readonly JsonObject[]): CloudResource[] {
  return [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', rules),
    pip('p', 'Standard'),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
    machine('vm', 'n'),
  ];
}

const pathOf = (all: readonly Fact[]): Fact => only(all, 'azure.ingressPath');
const internetOf = (all: readonly Fact[]): unknown => (pathOf(all).data['rdpTcp'] as JsonObject)['internet'];
const manager = (body: JsonObject = {}, more: Partial<CloudResource> = {}) => resource(MANAGER, 'm', body, more);
const web = adminRule('web', { destinationPortRanges: ['443'] });
const whole = [manager(), configuration(), web];
const policy = (networkGroupId: unknown) =>
  resource('Microsoft.Authorization/policyDefinitions', 'fill', {
    mode: 'Microsoft.Network.Data',
    policyRule: { if: {}, then: { effect: 'addToNetworkGroup', details: { networkGroupId } } },
  } as JsonObject);
const connection = (networkManagerId: string) => resource('Microsoft.Network/networkManagerConnections', 'c', { networkManagerId });

describe('a network manager of which a document does not hold all', () => {
  it.each<[string, readonly CloudResource[]]>([
    ['its rules', [manager()]],
    ['its rules, with other accesses beside', [manager({ networkManagerScopeAccesses: ['Connectivity', 'securityAdmin'] })]],
    ['its accesses', [manager({ networkManagerScopeAccesses: UNRESOLVED })]],
    ['an access', [manager({ networkManagerScopeAccesses: ['Connectivity', UNRESOLVED] })]],
    ['itself', [manager({}, { context: true }), configuration(), collection([]), web]],
    ['a configuration', [manager(), configuration({ context: true }), collection([]), web]],
    ['collections', [manager(), configuration()]],
    ['collections, which are one expression', [manager({ securityAdminConfigurations: [{ name: 'c', ruleCollections: UNRESOLVED }] })]],
    ['rules', [manager(), configuration(), collection([])]],
    ['rules for a group that a policy fills', [manager(), configuration(), collection(['a']), group('a')]],
    ['rules for a group of this network', [manager(), configuration(), collection(['a']), group('a'), member('a', 'net')]],
    ['the collection of a rule', [web]],
    ['the configuration of a collection', [collection([]), web]],
    ['the manager of a group', [group('a')]],
    ['the manager of a member', [member('a', 'net')]],
    ['the members of a group', [member('a', 'other'), group('b')]],
    ['the name of a member', [below('networkGroups/a/staticMembers/x', { resourceId: UNRESOLVED })]],
    ['the manager of a group that a policy fills', [policy(groupId('a'))]],
    ['the name of the group that a policy fills', [policy(UNRESOLVED)]],
    ['the manager of a connection', [connection(`/${String(idOf(MANAGER, 'm')['id'])}`)]],
  ])('leaves everything open: %s', (_, more) => {
    for (const rules of [open, closed]) {
      const path = pathOf(facts([...estate(rules), ...more]));
      expect(path.data).toMatchObject({ rdpTcp: { internet: null }, internetTcp: [], perhapsTcp: ['any'], perhapsUdp: ['any'] });
      expect(path.unknown).toContain('/rdpTcp/internet');
      expect(path.because?.join()).toMatch(/^the security admin rules of network manager (?:m|unknown) are not all in the input$/);
      expect(path.data['hops']).toMatchObject({ adminRules: expect.stringContaining('not shown') as string });
    }
  });

  it.each<[string, readonly CloudResource[]]>([
    ['is not spoken of', []],
    ['is shown with its rules', [...whole, collection([])]],
    ['is shown with its rules for a group', [...whole, collection(['a']), group('a')]],
    ['is shown with its rules as members', [manager({ securityAdminConfigurations: [{ ruleCollections: [{ rules: [web.body] }] }] })]],
    ['is for connectivity alone', [manager({ networkManagerScopeAccesses: ['Connectivity', 'Routing'] })]],
    ['is for another network', [member('a', 'other')]],
    ['has rules for another network', [manager(), configuration(), collection(['a']), group('a'), member('a', 'other')]],
    ['is connected and shown', [...whole, collection([]), connection(`/${String(idOf(MANAGER, 'm')['id'])}`)]],
    ['has a policy and is shown', [...whole, collection([]), policy(groupId('a'))]],
    [
      'is no manager, but a policy of another effect',
      [resource('Microsoft.Authorization/policyDefinitions', 'd', { policyRule: { then: { effect: 'deny' } } })],
    ],
  ])('leaves nothing open that %s', (_, more) => {
    expect(internetOf(facts([...estate(open), ...more]))).toBe(true);
    expect(internetOf(facts([...estate(closed), ...more]))).toBe(false);
  });

  it('leaves neighbours open, where they were closed', () => {
    const lateral = (more: readonly CloudResource[]) =>
      only(facts([...estate([rule('d', 100, { access: 'Deny' })]), ...more]), 'azure.lateralRdp').data['lateral'];
    expect([lateral([]), lateral([manager()])]).toEqual([false, null]);
  });

  it('is nothing to a private endpoint', () => {
    const endpoint = estate(closed).map((made) =>
      made.name === 'n' ? { ...made, body: { ...made.body, privateEndpoint: idOf('Microsoft.Network/privateEndpoints', 'pe') } } : made,
    );
    const settled = endpoint.map((made) =>
      made.name === 'net'
        ? {
            ...made,
            body: { ...made.body, subnets: (made.body['subnets'] as JsonObject[]).map((one) => ({ ...one, privateEndpointNetworkPolicies: 'Enabled' })) },
          }
        : made,
    );
    expect(internetOf(facts([...settled, manager()]))).toBe(false);
  });
});

describe('a live snapshot', () => {
  const EFFECTIVE = 'microsoft.network/virtualnetworks/effectivesecurityadminrules';
  // Who is in a network group tells which networks have no rules; here nobody knows.
  const GROUPS = { type: 'microsoft.network/networkgroupmemberships', scope: '' };
  const unread = (type: string, scope = ''): CloudInventory['unread'] => [{ type, scope }, GROUPS];
  const networkId = String(idOf('Microsoft.Network/virtualNetworks', 'net')['id']);
  const answer = (more: JsonObject = {}) => child('Microsoft.Network/virtualNetworks', 'net', 'effectiveSecurityAdminRules', 'default', { value: [], ...more });
  const why = 'the security admin rules of virtual network net could not be read';

  it.each<[string, CloudInventory['unread'], readonly CloudResource[], unknown, readonly string[] | undefined]>([
    ['in which they were read', [], [], false, undefined],
    ['in which they were denied', unread(EFFECTIVE), [], null, [why]],
    ['in which they were denied for this network', unread(EFFECTIVE, networkId), [], null, [why]],
    ['in which they were denied for another', unread(EFFECTIVE, `${networkId}2`), [], false, undefined],
    ['in which they were denied for others', unread(EFFECTIVE), [answer()], false, undefined],
    ['with an answer that goes on elsewhere', [GROUPS], [answer({ skipToken: 'more' })], null, [why]],
    ['with a manager without rules', [], [manager()], false, undefined],
  ])('%s', (_, missing, more, internet, because) => {
    const path = pathOf(liveFacts([...estate(closed), ...more], missing));
    expect((path.data['rdpTcp'] as JsonObject)['internet']).toBe(internet);
    if (internet === null) expect(path.because).toEqual(because);
    // What is open stays so: nothing says that there is a manager.
    const failing = pathOf(liveFacts([...estate(open), ...more], missing));
    expect(failing.data).toMatchObject({ rdpTcp: { internet: true }, internetTcp: ['3389'], perhapsTcp: internet === null ? ['0-3388', '3390-65535'] : [] });
  });

  it('in which the rules of a manager were denied leaves everything open', () => {
    const denied = manager({ securityAdminConfigurations: UNRESOLVED });
    const missing = unread('microsoft.network/networkmanagers/securityadminconfigurations', denied.id);
    for (const rules of [open, closed]) {
      const path = pathOf(liveFacts([...estate(rules), denied], missing));
      expect((path.data['rdpTcp'] as JsonObject)['internet']).toBeNull();
      expect(path.because).toEqual(['the security admin rules of network manager m are not all in the input']);
    }
  });

  it('says of each range of ports what it passes', () => {
    const path = pathOf(liveFacts(estate(open), unread(EFFECTIVE)));
    expect((path.data['openings'] as JsonObject[]).map(({ protocol, from, to, certain }) => [protocol, from, to, certain])).toEqual([
      ['tcp', 0, 3388, false],
      ['tcp', 3389, 3389, true],
      ['tcp', 3390, 65535, false],
      ['udp', 0, 65535, false],
    ]);
  });
});
