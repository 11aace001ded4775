import { withAdminRules } from './admin-reach.ts';
import { type AdminRules, type AdminRulesOf, isAllSeen, NO_ADMIN_RULES } from './admin-rule.ts';
import type { AddressSet } from './address.ts';
import { ALL_SEEN } from './admin-unseen.ts';
import type { Destination } from './destination.ts';
import { both, type Reach } from './evaluate.ts';
import { atLeast, type Exposure, exposureOf, measure, NOT_EXPOSED } from './exposure.ts';
import type { DnatRule } from './firewall.ts';
import { clientsOf } from './firewall-order.ts';
import { destinationOf, filtersOf, hasItsSubnet, isPrivateEndpoint, type NicAddress } from './interface.ts';
import { type Bound, contains, covers, type Intervals, intersect, overlaps, subtract } from './interval-set.ts';
import type { Filter, Network } from './network.ts';
import { ALL_PORTS, NO_PORTS } from './port.ts';
import type { OpenByDefault } from './public-ip.ts';
import type { Side } from './side.ts';
import { candidatePorts, pieces, type Reaches, reachesOf, type SecurityGroup } from './security-group.ts';
import { addressesOf, type Space, type Spaces } from './space.ts';

/** One way from outside to one address of an interface. */
export interface Ingress {
  readonly address: NicAddress;
  readonly via: 'public-ip' | 'load-balancer' | 'firewall' | 'private-link';
  /** Ports of the interface that it leads to, by protocol; null when they are unresolved. */
  readonly ports: (protocol: number) => Intervals<number> | null;
  /** What happens where no group filters. */
  readonly open: OpenByDefault;
  /** The destination stays the frontend's address, so that rules for a destination may match or not. */
  readonly floating: boolean;
  /** Whether the way is there at all: null when it may not be. */
  readonly exists: true | null;
  /**
   * Where packets come from behind what translates their sources, `from` null when the input does not show it; and of a firewall
   * who it lets in. Through a private link no address of the Internet comes.
   */
  readonly translated: { readonly rule: DnatRule | null; readonly from: AddressSet | null } | null;
  /** What of it the input does not hold, as a clause for people. */
  readonly unseen?: string;
}

/** An ingress with what filters it, ready to be asked about ports. */
export interface Path {
  readonly ingress: Ingress;
  readonly spaces: Spaces;
  readonly destination: Destination;
  readonly filters: readonly Filter[];
  readonly adminRules: AdminRules;
}

export function pathOf(network: Network, ingress: Ingress, adminRules: AdminRulesOf): Path {
  const { address } = ingress;
  const networkId = address.subnet?.networkId ?? '';
  const destination = destinationOf(address);
  return {
    ingress,
    spaces: network.spacesAt(networkId, address.nic.resource.id),
    destination: ingress.floating
      ? {
          ...destination,
          v4: destination.v4.length === 0 ? [] : [0, 2 ** 32],
          v6: destination.v6.length === 0 ? [] : [0n, 1n << 128n],
        }
      : destination,
    filters: filtersOf(address),
    adminRules: isPrivateEndpoint(address.nic) ? NO_ADMIN_RULES : adminRules(networkId),
  };
}

/** What the input does not show of what decides on a way. */
export function unseenOn({ ingress, spaces, adminRules }: Path): readonly string[] {
  const { tag, unseenRoutes } = spaces.view;
  const { address, unseen } = ingress;
  const subnet = address.subnet === null || hasItsSubnet(address) ? [] : [`subnet ${address.subnet.name} is deployed on a condition`];
  return [...(unseen === undefined ? [] : [unseen]), ...subnet, ...(tag === null ? unseenRoutes : []), ...adminRules.unseen.because];
}

/** What is known of one port of a way. */
export interface PortReach {
  readonly exposure: Exposure;
  /** Of each filter, in order; null where none is shown or none stands. */
  readonly filters: readonly (Reaches | null)[];
}

/** Who reaches a port of the interface on this way. */
export function reachAt(path: Path, protocol: number, port: number): PortReach {
  const { ingress, spaces } = path;
  const ports = ingress.ports(protocol);
  if (ports !== null && !contains(ports, port)) return { exposure: NOT_EXPOSED, filters: [] };
  const filters = filterReaches(path, protocol, port);
  const reaches = combined(path, filters, protocol, port);
  const exposure = ingress.translated === null ? exposureOf(spaces, reaches) : throughTranslation(path, ingress.translated, reaches, protocol);
  return { exposure: ports === null || ingress.exists === null ? { ...exposure, lower: NOT_EXPOSED.lower } : exposure, filters };
}

/** Who gets past every filter before the interface, private sources too. */
export function reachesAt(path: Path, protocol: number, port: number): Reaches {
  return combined(path, filterReaches(path, protocol, port), protocol, port);
}

function filterReaches({ filters, spaces, destination }: Path, protocol: number, port: number): (Reaches | null)[] {
  return filters.map((filter) => (typeof filter === 'string' ? null : reachesOf(filter, spaces, protocol, port, destination)));
}

function combined(path: Path, reaches: readonly (Reaches | null)[], protocol: number, port: number): Reaches {
  const { spaces, destination } = path;
  const closed = path.filters.every((filter) => filter === 'none') && path.ingress.translated === null ? path.ingress.open : true;
  const combine = <T extends Bound>(space: Space<T>, whole: Intervals<T>, pick: (reaches: Reaches) => Reach<T> | null): Reach<T> | null => {
    if (whole.length === 0) return null;
    let filtered: Reach<T> | null = null;
    for (const [index, filter] of path.filters.entries()) {
      const own = reaches[index];
      const next = filter === 'none' ? null : own === null || own === undefined ? unknownReach(space) : pick(own);
      if (next !== null) filtered = filtered === null ? next : both(space, filtered, next);
    }
    const reach = filtered ?? unfiltered(space, closed);
    return path.adminRules.rules.length === 0 && isAllSeen(path.adminRules) ? reach : withAdminRules(space, reach, path.adminRules, protocol, port, whole);
  };
  return {
    v4: combine(spaces.v4, destination.v4, (found) => found.v4),
    v6: combine(spaces.v6, destination.v6, (found) => found.v6),
  };
}

function unfiltered<T extends Bound>(space: Space<T>, open: OpenByDefault): Reach<T> {
  const inside = open === true ? space.all : subtract(space.all, space.publicPart);
  return {
    lower: { set: inside, tags: [] },
    upper: { set: open === false ? inside : space.all, tags: [] },
    hits: [],
  };
}

function unknownReach<T extends Bound>(space: Space<T>): Reach<T> {
  return { lower: { set: [], tags: [] }, upper: { set: space.all, tags: [] }, hits: [] };
}

/** Whoever comes through a private link, comes from some private network. */
const CONSUMERS: Exposure = { ...NOT_EXPOSED, lower: { ...NOT_EXPOSED.lower, width: 'private' }, upper: { ...NOT_EXPOSED.upper, width: 'private' } };

/** The groups see the address that stands for the client's; who may come is what a DNAT rule says. */
function throughTranslation(path: Path, { rule, from }: NonNullable<Ingress['translated']>, reaches: Reaches, protocol: number): Exposure {
  const { spaces } = path;
  const delivers = reaches.v4 === null ? (reaches.v6 === null ? false : passes(reaches.v6, spaces.v6, from?.v6)) : passes(reaches.v4, spaces.v4, from?.v4);
  if (delivers === false) return NOT_EXPOSED;
  const clients = rule === null ? CONSUMERS : dnatExposure(spaces, rule, protocol);
  return delivers === true ? clients : { ...clients, lower: NOT_EXPOSED.lower };
}

function passes<T extends Bound>(reach: Reach<T>, space: Space<T>, from: Intervals<T> | undefined): boolean | null {
  const sources = from === undefined || from.length === 0 ? space.networkMaybe : from;
  return covers(reach.lower.set, sources) ? true : overlaps(reach.upper.set, sources) ? null : false;
}

/** Who may use a DNAT rule on a protocol. */
export function dnatExposure(spaces: Spaces, rule: DnatRule, protocol: number): Exposure {
  const at = (maybe: boolean): Exposure['lower'] => measure(spaces, { set: clientsOf(spaces.v4, rule, protocol, maybe), tags: rule.clients.opaque });
  return { lower: at(false), upper: at(true), openedBy: [] };
}

export function clientExposure(spaces: Spaces, clients: Side): Exposure {
  const at = (maybe: boolean): Exposure['lower'] => {
    const set = addressesOf(spaces.v4, clients, maybe);
    const v4 = { set, tags: clients.opaque };
    return measure(spaces, clients.plain === null ? v4 : { ...v4, plain: addressesOf(spaces.v4, clients.plain, maybe) });
  };
  return { lower: at(false), upper: at(true), openedBy: [] };
}

/** Ports open to as much as the Internet: for certain, and perhaps. */
export interface OpenPorts {
  readonly certain: Intervals<number>;
  readonly possible: Intervals<number>;
}

/** More pieces than a group of Azure's size limit makes are not walked through: then anything is possible. */
const MOST_PIECES = 8192;

type OnOpen = (low: number, high: number, certain: boolean, reach: PortReach) => void;

/** `onOpen` sees each piece that is, or may be, open. */
export function openPorts(path: Path, protocol: number, onOpen?: OnOpen): OpenPorts {
  return isAllSeen(path.adminRules) || path.ingress.translated?.rule === null ? shownPorts(path, protocol, onOpen) : perhapsAllPorts(path, protocol, onOpen);
}

/** Where rules that nobody sees may deliver anything: what is open by those that are shown, and perhaps every other port. */
function perhapsAllPorts(path: Path, protocol: number, onOpen: OnOpen | undefined): OpenPorts {
  const { unseen } = path.adminRules;
  const open: Parameters<OnOpen>[] = [];
  const shown = shownPorts({ ...path, adminRules: { ...path.adminRules, unseen: ALL_SEEN } }, protocol, (low, high, certain, reach) =>
    open.push([low, high, certain && !unseen.mayDeny, reach]),
  );
  const all = path.ingress.ports(protocol) ?? ALL_PORTS;
  const rest = subtract(all, shown.possible);
  for (let at = 0; at < rest.length; at += 2) {
    const [low, high] = [rest[at] as number, rest[at + 1] as number];
    open.push([low, high, false, reachAt(path, protocol, low)]);
  }
  for (const piece of open.toSorted(([a], [b]) => a - b)) onOpen?.(...piece);
  return { certain: unseen.mayDeny ? NO_PORTS : shown.certain, possible: all };
}

function shownPorts(path: Path, protocol: number, onOpen: OnOpen | undefined): OpenPorts {
  if (path.ingress.translated?.rule === null) return { certain: NO_PORTS, possible: NO_PORTS };
  const cuts = pieces(
    path.filters.filter((filter): filter is SecurityGroup => typeof filter !== 'string'),
    candidates(path, protocol),
    protocol,
    path.adminRules.rules.map(({ rule }) => rule),
  );
  if (cuts.length > MOST_PIECES * 2) return { certain: NO_PORTS, possible: ALL_PORTS };
  const certain: number[] = [];
  const possible: number[] = [];
  for (let at = 0; at < cuts.length; at += 2) {
    const [low, high] = [cuts[at] as number, cuts[at + 1] as number];
    const reach = reachAt(path, protocol, low);
    const internet = atLeast(reach.exposure, 'internet');
    if (internet === false) continue;
    if (internet === true) addRange(certain, low, high);
    addRange(possible, low, high);
    onOpen?.(low, high, internet === true, reach);
  }
  return { certain, possible };
}

function addRange(ranges: number[], low: number, high: number): void {
  if (ranges[ranges.length - 1] === low) ranges[ranges.length - 1] = high;
  else ranges.push(low, high);
}

function candidates(path: Path, protocol: number): Intervals<number> {
  let ranges: Intervals<number> = path.ingress.ports(protocol) ?? ALL_PORTS;
  if (path.ingress.translated !== null || path.adminRules.rules.length > 0 || path.spaces.tagMayBeInternet) return ranges;
  if (path.filters.every((filter) => filter === 'none')) return path.ingress.open === false ? NO_PORTS : ranges;
  for (const filter of path.filters) {
    if (typeof filter !== 'string') ranges = intersect(ranges, candidatePorts(filter, path.spaces, protocol));
  }
  return ranges;
}
