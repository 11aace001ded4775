import { parentId, relativeId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, conditionAt } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, addressSetOf } from './address.ts';
import { isThere } from './coverage.ts';
import { type Effective, readEffective } from './effective.ts';
import { groupMembers } from './group-members.ts';
import { textsOf, viewOf } from './network-view.ts';
import { childName, findResource, listOf, memberOf, ofType, type Reference, referenceOf, type Resources } from './resources.ts';
import { readRule, type Rule } from './rule.ts';
import { type Interner, newInterner } from './side.ts';
import { readSecurityGroup, type SecurityGroup, securityGroup } from './security-group.ts';
import type { TagAddresses } from './service-tags.ts';
import { type Spaces, spacesOf, UNKNOWN_NETWORK } from './space.ts';

/** What stands at a filter: no group, a group, or something the input does not show. */
export type Filter = SecurityGroup | 'none' | 'unknown';

export interface Subnet {
  readonly resource: CloudResource;
  readonly pointer: string;
  readonly node: Json;
  readonly id: string;
  readonly name: string;
  /** What decides whether it is there: as of its resource, or of the child that states it. */
  readonly conditional: string | undefined;
  /** Null when a prefix is unresolved or none is stated. */
  readonly prefixes: AddressSet | null;
  readonly filter: Filter;
  /** Of the virtual network; `''` when it is not known. */
  readonly networkId: string;
}

/** One input's network, looked up once and kept. */
export interface Network {
  readonly resources: Resources;
  readonly interner: Interner;
  /** Every group of the input, and rules whose group the input does not hold, by resource. */
  readonly groups: ReadonlyMap<CloudResource, SecurityGroup>;
  readonly subnets: readonly Subnet[];
  readonly subnetsByTail: ReadonlyMap<string, readonly Subnet[]>;
  readonly spaces: (networkId: string) => Spaces;
  /** As an interface sees it: Azure says of one what the tag `VirtualNetwork` holds there. */
  readonly spacesAt: (networkId: string, nicId: string) => Spaces;
  readonly unknownSpaces: Spaces;
  readonly effective: Effective;
}

const NSG_TYPE = 'microsoft.network/networksecuritygroups';
const RULE_TYPE = `${NSG_TYPE}/securityrules`;
const VNET_TYPE = 'microsoft.network/virtualnetworks';

export function readNetwork(resources: Resources, tags?: TagAddresses): Network {
  const interner = newInterner(tags);
  const groups = readGroups(resources, interner);
  const subnets = readSubnets(resources, groups);
  const subnetsByTail = groupBy(subnets, (subnet) => relativeId(subnet.id));
  const byNetwork = groupBy(subnets, (subnet) => subnet.networkId);
  const members = groupMembers(resources, (reference, nic) => {
    const subnet = findIn(subnetsByTail, reference);
    return subnet !== null && isThere(subnet, nic) ? subnet.prefixes : null;
  });
  const unknownSpaces = spacesOf({ ...UNKNOWN_NETWORK, members: members(null) });
  const effective = readEffective(resources);
  const cache = new Map<string, Spaces>();
  const spaces = (networkId: string): Spaces => {
    let known = cache.get(networkId);
    if (known === undefined) {
      const vnet = networkId === '' ? null : findResource(resources, networkId);
      known = vnet === null ? unknownSpaces : spacesOf(viewOf(resources, vnet, byNetwork.get(vnet.id) ?? [], interner.tags, members));
      cache.set(networkId, known);
    }
    return known;
  };
  const atNic = new Map<string, Spaces>();
  const spacesAt = (networkId: string, nicId: string): Spaces => {
    const tag = effective.tagAt(nicId);
    if (tag === null) return spaces(networkId);
    let known = atNic.get(nicId);
    if (known === undefined) atNic.set(nicId, (known = spacesOf({ ...spaces(networkId).view, tag })));
    return known;
  };
  return { resources, interner, groups, subnets, subnetsByTail, spaces, spacesAt, unknownSpaces, effective };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(key(item));
    if (list === undefined) groups.set(key(item), [item]);
    else list.push(item);
  }
  return groups;
}

function readGroups(resources: Resources, interner: Interner): Map<CloudResource, SecurityGroup> {
  const groups = new Map<CloudResource, SecurityGroup>();
  for (const resource of ofType(resources, NSG_TYPE)) groups.set(resource, readSecurityGroup(resource, interner));
  for (const [first, rules] of orphans(resources, interner)) groups.set(first, securityGroup(first, rules, true));
  return groups;
}

/** Rules whose group the input does not hold, together by group; the first of them stands for it. */
function orphans(resources: Resources, interner: Interner): [CloudResource, Rule[]][] {
  const byGroup = new Map<string, [CloudResource, Rule[]]>();
  for (const resource of ofType(resources, RULE_TYPE)) {
    if (resource.context) continue;
    const parent = parentId(resource.id);
    const rule = readRule({ name: resource.name, ...resource.body }, '', interner);
    const known = byGroup.get(parent);
    if (known === undefined) byGroup.set(parent, [resource, [rule]]);
    else known[1].push(rule);
  }
  return [...byGroup.values()];
}

/** What filters at a subnet or an interface, from its `networkSecurityGroup`. */
export function filterOf(resources: Resources, groups: ReadonlyMap<CloudResource, SecurityGroup>, from: Conditional, value: Json | undefined): Filter {
  const reference = referenceOf(value);
  if (typeof reference !== 'string') return reference.is === 'none' ? 'none' : 'unknown';
  const resource = findResource(resources, reference);
  const group = resource === null ? undefined : groups.get(resource);
  if (group === undefined) return 'unknown';
  // Where the group is not deployed, one of the name that was there before, with rules that nobody sees, stays.
  return isThere(group.resource, from) ? group : perhaps(group);
}

/** What stands there when something else may, which nobody sees. */
export function perhaps(filter: Filter): Filter {
  return typeof filter === 'string' ? 'unknown' : { ...filter, partial: true };
}

function readSubnets(resources: Resources, groups: ReadonlyMap<CloudResource, SecurityGroup>): Subnet[] {
  const subnets: Subnet[] = [];
  for (const vnet of ofType(resources, VNET_TYPE)) {
    for (const [index, node] of listOf(vnet.body['subnets']).entries()) {
      subnets.push(subnetOf(resources, groups, vnet, `/subnets/${index}`, node, `${vnet.id}/subnets/${childName(node).toLowerCase()}`, vnet.id));
    }
  }
  for (const resource of ofType(resources, `${VNET_TYPE}/subnets`)) {
    const parent = parentId(resource.id);
    subnets.push(subnetOf(resources, groups, resource, '', resource.body, resource.id, findResource(resources, parent)?.id ?? parent));
  }
  return subnets;
}

function subnetOf(
  resources: Resources,
  groups: ReadonlyMap<CloudResource, SecurityGroup>,
  resource: CloudResource,
  pointer: string,
  node: Json,
  id: string,
  networkId: string,
): Subnet {
  const conditional = conditionAt(resource, pointer);
  const filter =
    resource.context && memberOf(node, 'networkSecurityGroup') === undefined
      ? 'unknown'
      : filterOf(resources, groups, { conditional }, memberOf(node, 'networkSecurityGroup'));
  return {
    resource,
    conditional,
    pointer,
    node,
    id,
    name: pointer === '' ? (resource.name.split('/').pop() ?? resource.name) : childName(node),
    prefixes: prefixesOf(node),
    filter,
    networkId,
  };
}

function prefixesOf(node: Json): AddressSet | null {
  const texts = textsOf(memberOf(node, 'addressPrefix'), memberOf(node, 'addressPrefixes'));
  return texts === null || texts.length === 0 ? null : addressSetOf(texts);
}

/** The subnet that a reference names; null when the input does not hold it, or several fit. */
export function findSubnet(network: Network, reference: Reference): Subnet | null {
  return findIn(network.subnetsByTail, reference);
}

function findIn(subnetsByTail: Network['subnetsByTail'], reference: Reference): Subnet | null {
  if (typeof reference !== 'string') return null;
  const fitting = (subnetsByTail.get(relativeId(reference)) ?? []).filter((subnet) => sameResource(subnet.id, reference));
  return fitting.find((subnet) => subnet.id === reference) ?? (fitting.length === 1 ? (fitting[0] ?? null) : null);
}

/** Whether a network is the other or is peered with it; null when the input does not say. */
export function connected(resources: Resources, a: string, b: string): boolean | null {
  if (a === '' || b === '') return null;
  if (sameResource(a, b)) return true;
  const peered = [findResource(resources, a), findResource(resources, b)].some((vnet, index) =>
    listOf(vnet?.body['virtualNetworkPeerings']).some((peering, at) => {
      const reference = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
      const isPeer = typeof reference === 'string' && sameResource(reference, index === 0 ? b : a);
      return isPeer && vnet !== null && isThere({ conditional: conditionAt(vnet, `/virtualNetworkPeerings/${at}`) }, vnet);
    }),
  );
  return peered ? true : resources.inventory.complete ? false : null;
}
