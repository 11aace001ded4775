import { relativeId } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, conditionAt, isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, addressSetOf, NO_ADDRESSES, parsePrefix } from './address.ts';
import { isThere } from './coverage.ts';
import { union } from './interval-set.ts';
import { findResource, listOf, memberOf, ofType, type Reference, referenceOf, type Resources } from './resources.ts';
import type { TagAddresses } from './service-tags.ts';
import type { GroupMembers, NetworkView } from './space.ts';

/** As much of a subnet as routes are told by. */
interface RoutedSubnet {
  readonly name: string;
  readonly node: Json;
  /** What decides whether it is there. */
  readonly conditional: string | undefined;
}

/**
 * What the tag `VirtualNetwork` holds: the own address space, peers that are let in, what is connected through gateways, and
 * the prefixes of user-defined routes; default routes too, which makes it every address.
 *
 * https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
export function viewOf(
  resources: Resources,
  vnet: CloudResource,
  subnets: readonly RoutedSubnet[],
  tags: TagAddresses,
  members: (own: AddressSet | null) => GroupMembers,
): NetworkView {
  const own = spaceOf(vnet);
  const routes = subnets.map((subnet) => routesOf(resources, subnet, tags));
  const peers = listOf(vnet.body['virtualNetworkPeerings']).map((peering, at) =>
    peerOf(resources, vnet, peering, conditionAt(vnet, `/virtualNetworkPeerings/${at}`)),
  );
  const learns = !subnets.some((subnet) => isThere(subnet, vnet)) || subnets.some((subnet) => !ignoresGateways(resources, subnet));
  const learned = learns ? [...learnsByItself(resources, vnet, subnets), ...peers.flatMap(({ learnsThrough }) => learnsThrough ?? [])] : [];
  const shownMakeTagAny = routes.some(({ any }) => any);
  const unseenRoutes = [...new Set([...routes.flatMap(({ unseen }) => unseen), ...learned.map((name) => `the routes that ${name} learns are in no input`)])];
  const perhaps = addAll(NO_ADDRESSES, ...routes.map(({ prefixes }) => prefixes), ...peers.map((peer) => peer.perhaps));
  return {
    own: own === null ? null : addAll(own, ...peers.map((peer) => peer.sure)),
    perhaps,
    tagMayBeAny: shownMakeTagAny || unseenRoutes.length > 0,
    unseenRoutes,
    shownMakeTagAny,
    tag: null,
    members: members(own),
  };
}

function spaceOf(vnet: CloudResource): AddressSet | null {
  return prefixesIn(vnet.body['addressSpace']);
}

function prefixesIn(space: Json | undefined): AddressSet | null {
  const texts = textsOf(undefined, memberOf(space, 'addressPrefixes'));
  return texts === null || texts.length === 0 ? null : addressSetOf(texts);
}

function addAll(first: AddressSet, ...rest: readonly AddressSet[]): AddressSet {
  return rest.reduce((all, { v4, v6 }) => ({ v4: union(all.v4, v4), v6: union(all.v6, v6) }), first);
}

interface Peer {
  readonly sure: AddressSet;
  readonly perhaps: AddressSet;
  /** What the gateway is called whose learned routes come over; null when none do. */
  readonly learnsThrough: string | null;
}

/** A peering counts once it is connected and lets the peer in; one whose network another subscription holds tells its prefixes. */
function peerOf(resources: Resources, vnet: CloudResource, peering: Json, conditional: string | undefined): Peer {
  const reference = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
  const found = typeof reference === 'string' ? findResource(resources, reference) : null;
  // Where the peer is not deployed although the peering is, nobody sees the one that was there before.
  const given = [vnet.conditional, conditional].filter((one) => one !== undefined).join(' and ');
  const remote = found !== null && isThere(found, { conditional: given }) ? found : null;
  const state = memberOf(peering, 'peeringState');
  const isOff = typeof state === 'string' && state !== '' && state.toLowerCase() !== 'connected';
  const access = memberOf(peering, 'allowVirtualNetworkAccess');
  if (isOff || access === false) return { sure: NO_ADDRESSES, perhaps: NO_ADDRESSES, learnsThrough: null };
  const space =
    (found === null ? null : spaceOf(found)) ??
    prefixesIn(memberOf(peering, 'remoteVirtualNetworkAddressSpace')) ??
    prefixesIn(memberOf(peering, 'remoteAddressSpace')) ??
    NO_ADDRESSES;
  const isSure = !isUnresolved(state) && !isUnresolved(access) && isThere({ conditional }, vnet) && (found === null || remote !== null);
  const uses = memberOf(peering, 'useRemoteGateways');
  const isUsed = uses === true || (isUnresolved(uses) && found !== null);
  const gateway = remote === null ? 'the gateway of a peer' : learningGateway(resources, remote);
  return { sure: isSure ? space : NO_ADDRESSES, perhaps: isSure ? NO_ADDRESSES : space, learnsThrough: isUsed ? gateway : null };
}

/** Next hops that lead into the network, or may. */
function leadsIn(hop: Json | undefined): boolean {
  return typeof hop !== 'string' || !['internet', 'none'].includes(hop.toLowerCase());
}

interface Routes {
  readonly prefixes: AddressSet;
  /** One of them is a default route. */
  readonly any: boolean;
  /** Why there may be others, as sentences. */
  readonly unseen: readonly string[];
}

/** The prefixes of a subnet's own routes. */
function routesOf(resources: Resources, subnet: RoutedSubnet, tags: TagAddresses): Routes {
  const { table, unseen: missing } = tableOf(resources, subnet);
  const unseen = missing === null ? [] : [missing];
  let prefixes = NO_ADDRESSES;
  let any = false;
  for (const route of listOf(table?.body['routes'])) {
    if (!leadsIn(memberOf(route, 'nextHopType'))) continue;
    const text = memberOf(route, 'addressPrefix');
    const prefix = typeof text === 'string' ? parsePrefix(text) : null;
    const set = prefix?.kind === 'tag' ? tags(prefix.tag) : prefix?.kind === 'addresses' ? prefix : null;
    if (text === '0.0.0.0/0' || text === '::/0') any = true;
    else if (set === null) unseen.push(`a prefix of route table ${table?.name ?? ''} is not known`);
    else prefixes = addAll(prefixes, set);
  }
  return { prefixes, any, unseen };
}

/** A subnet's route table, as much as is shown of it, and why that is not all of it. */
function tableOf(resources: Resources, subnet: RoutedSubnet): { readonly table: CloudResource | null; readonly unseen: string | null } {
  const reference = referenceOf(memberOf(subnet.node, 'routeTable'));
  if (typeof reference !== 'string') {
    const unseen = reference.is === 'none' ? null : `the route table of subnet ${subnet.name === '' ? 'unknown' : subnet.name} is not resolved`;
    return { table: null, unseen };
  }
  const table = findResource(resources, reference);
  const name = `route table ${table?.name ?? reference.slice(reference.lastIndexOf('/') + 1)}`;
  if (table === null) return { table, unseen: resources.ambiguous.has(reference) ? `${name} is there in several forms` : `${name} is not in the input` };
  if (table.context) return { table, unseen: `${name} is not in the input` };
  // Where it is not deployed, one of the name that was there before, with routes that nobody sees, stays.
  return { table, unseen: isThere(table, subnet) ? null : `${name} is deployed on a condition` };
}

function ignoresGateways(resources: Resources, subnet: RoutedSubnet): boolean {
  const { table, unseen } = tableOf(resources, subnet);
  return unseen === null && table?.body['disableBgpRoutePropagation'] === true;
}

/** Null when a route table that is not shown may hold one. */
export function hasDefaultRoute(resources: Resources, subnet: RoutedSubnet): boolean | null {
  const { table, unseen } = tableOf(resources, subnet);
  const shown = listOf(table?.body['routes']).flatMap((route, at): Conditional[] => {
    const prefix = memberOf(route, 'addressPrefix');
    const isDefault = (prefix === '0.0.0.0/0' || prefix === '::/0') && leadsIn(memberOf(route, 'nextHopType'));
    return table !== null && isDefault ? [{ conditional: conditionAt(table, `/routes/${at}`) }] : [];
  });
  if (shown.some((route) => isThere(route, subnet))) return true;
  return shown.length === 0 && unseen === null ? false : null;
}

/** What learns routes in the network itself: its gateway, and a route server, which speaks BGP with appliances. */
function learnsByItself(resources: Resources, vnet: CloudResource, subnets: readonly RoutedSubnet[]): string[] {
  const gateway = learningGateway(resources, vnet);
  const hasServer = subnets.some(({ name }) => name.toLowerCase() === 'routeserversubnet');
  return [...(hasServer ? [`the route server of ${vnet.name}`] : []), ...(gateway === null ? [] : [gateway])];
}

/** A gateway in the network that learns routes by BGP, or may: of ExpressRoute always, of a VPN when it is switched on. */
function learningGateway(resources: Resources, vnet: CloudResource): string | null {
  const found = ofType(resources, 'microsoft.network/virtualnetworkgateways').find((gateway) => {
    const { gatewayType, enableBgp } = gateway.body;
    const isVpn = typeof gatewayType === 'string' && gatewayType.toLowerCase() === 'vpn';
    if (isVpn && enableBgp !== true && !isUnresolved(enableBgp)) return false;
    return listOf(gateway.body['ipConfigurations']).some((config) => isIn(referenceOf(memberOf(config, 'subnet')), vnet));
  });
  return found === undefined ? null : `gateway ${found.name}`;
}

function isIn(subnet: Reference, vnet: CloudResource): boolean {
  return typeof subnet === 'string' && relativeId(subnet).startsWith(`${relativeId(vnet.id)}/subnets/`);
}

/** Texts of a singular and a plural member; null when one of them is not text. */
export function textsOf(single: Json | undefined, plural: Json | undefined): string[] | null {
  const values = [
    ...(single === undefined || single === null || single === '' ? [] : [single]),
    ...(plural === undefined || plural === null ? [] : Array.isArray(plural) ? (plural as readonly Json[]) : [plural]),
  ];
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length ? texts : null;
}
