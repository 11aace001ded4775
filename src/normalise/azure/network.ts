import { parentId, relativeId, sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, addressSetOf, NO_ADDRESSES } from './address.ts';
import { union } from './interval-set.ts';
import { childName, findResource, listOf, memberOf, ofType, type Reference, referenceOf, type Resources } from './resources.ts';
import { readRule, type Rule } from './rule.ts';
import { type Interner, newInterner } from './side.ts';
import { readSecurityGroup, type SecurityGroup, securityGroup } from './security-group.ts';
import { type NetworkView, type Spaces, spacesOf, UNKNOWN_NETWORK } from './space.ts';

/** What stands at a filter: no group, a group, or something the input does not show. */
export type Filter = SecurityGroup | 'none' | 'unknown';

export interface Subnet {
  readonly resource: CloudResource;
  readonly pointer: string;
  readonly node: Json;
  readonly id: string;
  readonly name: string;
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
  readonly unknownSpaces: Spaces;
}

const NSG_TYPE = 'microsoft.network/networksecuritygroups';
const RULE_TYPE = `${NSG_TYPE}/securityrules`;
const VNET_TYPE = 'microsoft.network/virtualnetworks';

export function readNetwork(resources: Resources): Network {
  const interner = newInterner();
  const groups = readGroups(resources, interner);
  const subnets = readSubnets(resources, groups);
  const subnetsByTail = groupBy(subnets, (subnet) => relativeId(subnet.id));
  const byNetwork = groupBy(subnets, (subnet) => subnet.networkId);
  const unknownSpaces = spacesOf(UNKNOWN_NETWORK);
  const cache = new Map<string, Spaces>();
  const spaces = (networkId: string): Spaces => {
    let known = cache.get(networkId);
    if (known === undefined) {
      const vnet = networkId === '' ? null : findResource(resources, networkId);
      known = vnet === null ? unknownSpaces : spacesOf(viewOf(resources, vnet, byNetwork.get(vnet.id) ?? []));
      cache.set(networkId, known);
    }
    return known;
  };
  return { resources, interner, groups, subnets, subnetsByTail, spaces, unknownSpaces };
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
export function filterOf(resources: Resources, groups: ReadonlyMap<CloudResource, SecurityGroup>, from: CloudResource, value: Json | undefined): Filter {
  const reference = referenceOf(value);
  if (typeof reference !== 'string') return reference.is === 'none' ? 'none' : 'unknown';
  const resource = findResource(resources, reference);
  const group = resource === null ? undefined : groups.get(resource);
  if (group === undefined) return 'unknown';
  // Where the group is not deployed, one of the name that was there before, with rules that nobody sees, stays.
  return isThereWith(group.resource, from) ? group : { ...group, partial: true };
}

/** Whether a resource is there whenever another is: no condition of its own beyond the other's. */
function isThereWith(resource: CloudResource, other: CloudResource): boolean {
  if (resource.conditional === undefined || resource.conditional === other.conditional) return true;
  const known = new Set(other.conditional?.split(' and '));
  return resource.conditional.split(' and ').every((condition) => known.has(condition));
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
    subnets.push(subnetOf(resources, groups, resource, '', resource.body, resource.id, parent));
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
  const filter =
    resource.context && memberOf(node, 'networkSecurityGroup') === undefined
      ? 'unknown'
      : filterOf(resources, groups, resource, memberOf(node, 'networkSecurityGroup'));
  return {
    resource,
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

/** Texts of a singular and a plural member; null when one of them is not text. */
function textsOf(single: Json | undefined, plural: Json | undefined): string[] | null {
  const values = [
    ...(single === undefined || single === null || single === '' ? [] : [single]),
    ...(plural === undefined || plural === null ? [] : Array.isArray(plural) ? (plural as readonly Json[]) : [plural]),
  ];
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length ? texts : null;
}

/** The subnet that a reference names; null when the input does not hold it, or several fit. */
export function findSubnet(network: Network, reference: Reference): Subnet | null {
  if (typeof reference !== 'string') return null;
  const fitting = (network.subnetsByTail.get(relativeId(reference)) ?? []).filter((subnet) => sameResource(subnet.id, reference));
  return fitting.find((subnet) => subnet.id === reference) ?? (fitting.length === 1 ? (fitting[0] ?? null) : null);
}

function spaceOf(vnet: CloudResource): AddressSet | null {
  const prefixes = memberOf(vnet.body['addressSpace'], 'addressPrefixes');
  const texts = textsOf(undefined, prefixes);
  return texts === null || texts.length === 0 ? null : addressSetOf(texts);
}

/** What the tag `VirtualNetwork` holds: own address space and peers that are let in (service-tags-overview). */
function viewOf(resources: Resources, vnet: CloudResource, subnets: readonly Subnet[]): NetworkView {
  const own = spaceOf(vnet);
  const tagMayBeAny = subnets.some((subnet) => hasDefaultRoute(resources, subnet));
  if (own === null) return { own: null, tagMayBeAny };
  let all = own;
  for (const peering of listOf(vnet.body['virtualNetworkPeerings'])) {
    const reference = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
    const remote = typeof reference === 'string' ? findResource(resources, reference) : null;
    const state = memberOf(peering, 'peeringState');
    const connected = state === undefined || state === null || (typeof state === 'string' && state.toLowerCase() === 'connected');
    if (remote === null || !connected || memberOf(peering, 'allowVirtualNetworkAccess') === false) continue;
    all = addAll(all, spaceOf(remote) ?? NO_ADDRESSES);
  }
  return { own: all, tagMayBeAny };
}

function addAll(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: union(a.v4, b.v4), v6: union(a.v6, b.v6) };
}

export function hasDefaultRoute(resources: Resources, subnet: Subnet): boolean {
  const reference = referenceOf(memberOf(subnet.node, 'routeTable'));
  const table = typeof reference === 'string' ? findResource(resources, reference) : null;
  return listOf(table?.body['routes']).some((route) => {
    const prefix = memberOf(route, 'addressPrefix');
    const hop = memberOf(route, 'nextHopType');
    return (prefix === '0.0.0.0/0' || prefix === '::/0') && (typeof hop !== 'string' || (hop.toLowerCase() !== 'internet' && hop.toLowerCase() !== 'none'));
  });
}

/** Whether a network is the other or is peered with it; null when the input does not say. */
export function connected(resources: Resources, a: string, b: string): boolean | null {
  if (a === '' || b === '') return null;
  if (sameResource(a, b)) return true;
  const peered = [findResource(resources, a), findResource(resources, b)].some((vnet, index) =>
    listOf(vnet?.body['virtualNetworkPeerings']).some((peering) => {
      const reference = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
      return typeof reference === 'string' && sameResource(reference, index === 0 ? b : a);
    }),
  );
  return peered ? true : resources.inventory.complete ? false : null;
}
