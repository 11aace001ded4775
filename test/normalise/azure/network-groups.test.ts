import { describe, expect, it } from 'vitest';
import type { CloudResource, UnreadPart } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { child } from './estate.ts';
import { GROUP, idOf, liveFacts, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';

const MANAGER = 'Microsoft.Network/networkManagers';
const COLLECTION = `${MANAGER}/securityAdminConfigurations/ruleCollections`;
const groupId = (name: string): string => String(idOf(MANAGER, 'm', 'networkGroups', name)['id']);
const MEMBERSHIPS: UnreadPart = { type: 'microsoft.network/networkgroupmemberships', scope: '' };

const EFFECTIVE: UnreadPart = { type: 'microsoft.network/virtualnetworks/effectivesecurityadminrules', scope: '' };

const ESTATE = [
  vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
  nsg('g', [rule('open', 200)]),
  pip('p', 'Standard'),
  nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
  machine('vm', 'n'),
  resource(MANAGER, 'm', {}),
];

/** A rule that denies RDP to networks in a group. */
function denying(group: Json): CloudResource[] {
  const collection = {
    ...resource(COLLECTION, 'k', { appliesToGroups: group }),
    id: `${GROUP}/microsoft.network/networkmanagers/m/securityadminconfigurations/c/rulecollections/k`,
  };
  const denied = {
    ...resource(`${COLLECTION}/rules`, 'r', {
      access: 'Deny',
      direction: 'Inbound',
      priority: 1,
      protocol: 'Tcp',
      sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
      destinations: [],
      sourcePortRanges: ['0-65535'],
      destinationPortRanges: ['3389'],
    }),
    id: `${collection.id}/rules/r`,
  };
  return [collection, denied];
}

/** As Resource Graph gives it. */
function membership(owner: string, body: JsonObject): CloudResource {
  const id = `${owner}/providers/microsoft.network/networkgroupmemberships/default`;
  return { ...resource('Microsoft.Network/networkGroupMemberships', 'default', body), id, displayId: `/${id}` };
}
const NET = String(idOf('Microsoft.Network/virtualNetworks', 'net')['id']);
const inGroup = (...names: string[]): CloudResource => membership(NET, { GroupMemberships: names.map((name) => ({ NetworkGroupId: `/${groupId(name)}` })) });
const forGroup = (name: string): Json => [{ networkGroupId: groupId(name), groupConnectivity: 'None' }];

const internet = (more: readonly CloudResource[], unread: readonly UnreadPart[] = []): Json | undefined =>
  (only(liveFacts([...ESTATE, ...more], unread), 'azure.ingressPath').data['rdpTcp'] as JsonObject)['internet'];
const hop = (more: readonly CloudResource[]): Json | undefined =>
  (only(liveFacts([...ESTATE, ...more]), 'azure.ingressPath').data['hops'] as JsonObject)['adminRules'];

describe('security admin rules of which nobody shows where they are deployed', () => {
  it('may be for a network that is in their group, and are for no other', () => {
    expect(internet([...denying(forGroup('g')), inGroup('x', 'g')])).toBeNull();
    expect(internet([...denying(forGroup('g')), inGroup('x')])).toBe(true);
    expect(internet([...denying(forGroup('g'))])).toBe(true);
  });

  it('leave everything open where a group of the network is of a manager that is not shown', () => {
    const elsewhere = membership(NET, { GroupMemberships: [{ NetworkGroupId: `/${groupId('g').replace('/m/', '/hub/')}` }] });
    const path = only(liveFacts([...ESTATE, elsewhere], [EFFECTIVE]), 'azure.ingressPath');
    expect((path.data['rdpTcp'] as JsonObject)['internet']).toBeNull();
    expect(path.because).toContain('the security admin rules of network manager hub are not all in the input');
  });

  it('are none for a network in no group, though what is deployed could not be read', () => {
    const closed = ESTATE.map((made) => (made.name === 'g' ? nsg('g', []) : made));
    const path = only(liveFacts(closed, [EFFECTIVE]), 'azure.ingressPath');
    expect(path).toMatchObject({ data: { rdpTcp: { internet: false } }, unknown: [] });
  });

  it('are on the way in words', () => {
    expect(hop([...denying(forGroup('g')), inGroup('g')])).toBe('security admin rules, where they are deployed: r (priority 1) (Deny)');
    expect(hop([...denying(forGroup('g')), inGroup('x')])).toBe('security admin rules that are not shown, taken for none');
    expect(hop(denying(forGroup('g')))).toBe('no security admin rule');
  });

  it('may be for any network where memberships were not read', () => expect(internet(denying(forGroup('g')), [MEMBERSHIPS])).toBeNull());

  it.each<[string, CloudResource]>([
    ['has no list', membership(NET, {})],
    ['has something that is no group in its list', membership(NET, { GroupMemberships: [{ NetworkGroupId: 7 }] })],
    ['belongs to no network', membership(`${GROUP}/microsoft.compute/virtualmachines/vm`, { GroupMemberships: [] })],
  ])('may be for any network where a row %s', (_, row) => expect(internet([...denying(forGroup('g')), row])).toBeNull());

  it('may be for any network where their collection does not say whose they are', () => {
    expect(internet([...denying('all'), inGroup('x')])).toBeNull();
    const [, alone] = denying(forGroup('g'));
    expect(internet([...(alone === undefined ? [] : [alone]), inGroup('x')])).toBeNull();
  });

  it('are not given to subnets', () => {
    const subnet = membership(`${NET}/subnets/hosts`, { groupMemberships: [{ networkGroupId: groupId('g') }] });
    expect(internet([...denying(forGroup('g')), subnet])).toBe(true);
  });

  it('yield to what Azure says is deployed', () => {
    const deployed = child('Microsoft.Network/virtualNetworks', 'net', 'effectiveSecurityAdminRules', 'default', { value: [] });
    expect(internet([...denying(forGroup('g')), inGroup('g'), deployed])).toBe(true);
  });
});
