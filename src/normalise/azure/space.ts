import { type AddressSet, NO_ADDRESSES, parseV4, parseV6, V4_ALL, V6_ALL } from './address.ts';
import { type Bound, type Intervals, intersect, intervals, size, subtract, union } from './interval-set.ts';
import type { Side } from './side.ts';

const v4 = (...texts: string[]): Intervals<number> => intervals(texts.flatMap((text) => parseV4(text) ?? []));
const v6 = (...texts: string[]): Intervals<bigint> => intervals(texts.flatMap((text) => parseV6(text) ?? []));

/** Health probes come from here; no client ever does (service-tags-overview, AzureLoadBalancer). */
const PLATFORM_V4 = v4('168.63.129.16');
const PLATFORM_V6 = v6('fe80::1234:5678:9abc');
/** Addresses of private networks, for whatever a virtual network may be connected to. */
const PRIVATE_V4 = v4('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10');
const PRIVATE_V6 = v6('fc00::/7');
export const PRIVATE_ADDRESSES: AddressSet = { v4: PRIVATE_V4, v6: PRIVATE_V6 };
const NOT_PUBLIC_V4 = union(union(PRIVATE_V4, PLATFORM_V4), v4('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'));
export const PUBLIC_V4 = subtract(V4_ALL, NOT_PUBLIC_V4);
export const PUBLIC_V6 = v6('2000::/3');

/** One address family as one virtual network sees it: what the tags mean there. */
export interface Space<T extends Bound> {
  readonly all: Intervals<T>;
  /** Routed on the Internet, without the virtual network's own prefixes. */
  readonly publicPart: Intervals<T>;
  /** The tag `VirtualNetwork`: what it certainly holds, and what it may hold. */
  readonly networkSure: Intervals<T>;
  readonly networkMaybe: Intervals<T>;
  readonly loadBalancer: Intervals<T>;
  readonly of: (side: Side) => Intervals<T>;
  /** Addresses of members of application security groups. */
  readonly membersOf: (groups: readonly string[], maybe: boolean) => Intervals<T>;
  /** No service tag but `Internet` holds this many addresses: a set of this size outlives the denial of any of them. */
  readonly beyondTags: number;
  readonly sure: Map<Side, Intervals<T>>;
  readonly maybe: Map<Side, Intervals<T>>;
}

export interface Spaces {
  readonly v4: Space<number>;
  readonly v6: Space<bigint>;
  readonly view: NetworkView;
  /** The tag `VirtualNetwork` may hold as much as the Internet: by a default route, or by routes that are one together. */
  readonly tagMayBeInternet: boolean;
  /** How much of the Internet a side may hold, as far as it was asked for. */
  readonly weights: Map<Side, number>;
}

export interface NetworkView {
  /** Prefixes of the virtual network and of the networks it is peered with; null when the input does not show it. */
  readonly own: AddressSet | null;
  /** What the tag `VirtualNetwork` may hold besides: prefixes of routes, and of peers that may be there. */
  readonly perhaps: AddressSet;
  /** A default route leads into the network, or may, so that the tag `VirtualNetwork` may hold every address. */
  readonly tagMayBeAny: boolean;
  /** What the input does not show of its routes, as sentences for people: each alone makes `tagMayBeAny`. */
  readonly unseenRoutes: readonly string[];
  /** `tagMayBeAny` as far as what is shown makes it. */
  readonly shownMakeTagAny: boolean;
  /** What the tag holds, where Azure itself says so; null where it does not. */
  readonly tag: AddressSet | null;
  /** Members of application security groups: addresses that they certainly (`false`) or perhaps hold. */
  readonly members: GroupMembers;
}

export type GroupMembers = (groups: readonly string[], maybe: boolean) => AddressSet;

/** Where nobody knows the members: some private address. */
const ANY_MEMBERS: GroupMembers = (_groups, maybe) => (maybe ? PRIVATE_ADDRESSES : NO_ADDRESSES);

export const UNKNOWN_NETWORK: NetworkView = {
  own: null,
  perhaps: NO_ADDRESSES,
  tagMayBeAny: false,
  unseenRoutes: [],
  shownMakeTagAny: false,
  tag: null,
  members: ANY_MEMBERS,
};

export function spacesOf(view: NetworkView): Spaces {
  const own = view.own ?? NO_ADDRESSES;
  const { tag, perhaps } = view;
  // Of a family that Azure's answer leaves out nothing is known.
  const tagV4 = tag === null || tag.v4.length === 0 ? null : tag.v4;
  const tagV6 = tag === null || tag.v6.length === 0 ? null : tag.v6;
  const families: Pick<Spaces, 'v4' | 'v6'> = {
    v4: {
      all: V4_ALL,
      publicPart: subtract(PUBLIC_V4, own.v4),
      networkSure: union(tagV4 ?? own.v4, PLATFORM_V4),
      networkMaybe: union(tagV4 ?? (view.tagMayBeAny ? V4_ALL : union(union(own.v4, perhaps.v4), PRIVATE_V4)), PLATFORM_V4),
      loadBalancer: PLATFORM_V4,
      of: (side) => side.v4,
      membersOf: (groups, maybe) => view.members(groups, maybe).v4,
      beyondTags: 2 ** 30,
      sure: new Map(),
      maybe: new Map(),
    },
    v6: {
      all: V6_ALL,
      publicPart: subtract(PUBLIC_V6, own.v6),
      networkSure: tagV6 ?? own.v6,
      networkMaybe: tagV6 ?? (view.tagMayBeAny ? V6_ALL : union(union(own.v6, perhaps.v6), PRIVATE_V6)),
      loadBalancer: PLATFORM_V6,
      of: (side) => side.v6,
      membersOf: (groups, maybe) => view.members(groups, maybe).v6,
      beyondTags: 2 ** 112,
      sure: new Map(),
      maybe: new Map(),
    },
  };
  return { view, weights: new Map(), ...families, tagMayBeInternet: mayBeInternet(families) };
}

function mayBeInternet({ v4, v6 }: Pick<Spaces, 'v4' | 'v6'>): boolean {
  return size(intersect(v4.networkMaybe, v4.publicPart)) >= INTERNET_V4 || sitesOf(intersect(v6.networkMaybe, v6.publicPart)) >= INTERNET_SITES;
}

/** The addresses that a side certainly holds (`maybe: false`) or may hold. Opaque tags are kept apart. */
export function addressesOf<T extends Bound>(space: Space<T>, side: Side, maybe: boolean): Intervals<T> {
  const base = space.of(side);
  if (side.any || (!side.internet && !side.network && !side.loadBalancer && !side.unknown && side.groups.length === 0)) return base;
  if (maybe && side.unknown) return space.all;
  const cache = maybe ? space.maybe : space.sure;
  let set = cache.get(side);
  if (set === undefined) {
    set = base;
    if (side.internet) set = union(set, space.publicPart);
    if (side.network) set = union(set, maybe ? space.networkMaybe : space.networkSure);
    if (side.loadBalancer) set = union(set, space.loadBalancer);
    if (side.groups.length > 0) set = union(set, space.membersOf(side.groups, maybe));
    cache.set(side, set);
  }
  return set;
}

/**
 * How wide a set of sources is. IPv4 by count: from 2^24 it is the Internet, up to 256 it is a restricted list. IPv6 by
 * networks of a /48, the usual assignment to one site: from 2^16 of them (a /32, the least that a provider gets) it is the
 * Internet, one is a restricted list.
 */
export type Width = 'nobody' | 'private' | 'restricted' | 'broad' | 'internet';
export const WIDTHS: readonly Width[] = ['nobody', 'private', 'restricted', 'broad', 'internet'];

export const INTERNET_V4 = 2 ** 24;
const RESTRICTED_V4 = 256;
const SITE_V6 = 2 ** 80;
const INTERNET_SITES = 2 ** 16;

/** What the width of a set is told by. `plain` is what of it is there without the tag AzureCloud. */
interface Counts {
  readonly plain: number;
  readonly plainSites: number;
  readonly addresses: number;
  readonly sites: number;
  readonly cloudWide: boolean;
  readonly others: boolean;
  readonly hasPrivate: boolean;
}

export function widthOf({ plain, plainSites, addresses, sites, cloudWide, others, hasPrivate }: Counts): Width {
  if (plain >= INTERNET_V4 || plainSites >= INTERNET_SITES) return 'internet';
  if (addresses > RESTRICTED_V4 || sites > 1 || cloudWide) return 'broad';
  if (addresses > 0 || sites > 0 || others) return 'restricted';
  return hasPrivate ? 'private' : 'nobody';
}

/** Networks of a /48, rounded up. */
export function sitesOf(set: Intervals<bigint>): number {
  const count = size(set);
  return count === 0 ? 0 : Math.ceil(count / SITE_V6);
}
