import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { NO_V4 } from '../address.ts';
import { isThere } from '../coverage.ts';
import type { AdminRulesOf } from '../admin-rule.ts';
import type { Reach } from '../evaluate.ts';
import { makeFact } from '../fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import { type Path, pathOf, reachesAt, unseenOn } from '../ingress.ts';
import { type Nic, type NicAddress, shownName } from '../interface.ts';
import { intersect, type Intervals, size, subtract, union } from '../interval-set.ts';
import { connected, type Network } from '../network.ts';
import { ALL_PORTS } from '../port.ts';
import { resourceGroupOf } from '../resources.ts';
import { TCP } from '../rule.ts';
import type { Spaces } from '../space.ts';
import { anyOf, known } from '../values.ts';

/** A jump host or two and the odd management subnet; a /26, the least that a Bastion has, is not counted at all. */
const FEW = 64;

/** For each interface of a Windows machine: whether the neighbours in its network and behind it reach RDP. */
export function lateralFacts(target: Target, network: Network, nics: readonly Nic[], adminRules: AdminRulesOf): Fact[] {
  return nics.flatMap((nic) => (nic.machine?.os === 'windows' ? [lateralFact(target, network, nic, adminRules)] : []));
}

function lateralFact(target: Target, network: Network, nic: Nic, adminRules: AdminRulesOf): Fact {
  const unknown: Pointer[] = [];
  const ways = nic.addresses.filter(({ family }) => family === 'v4').map((address) => ({ address, path: wayTo(network, address, adminRules) }));
  const open = ways.map(({ address, path }) => neighbours(network, address, path));
  const lateral = open.length === 0 ? null : anyOf(open.map(({ atLeast, atMost }) => (atLeast > FEW ? true : atMost <= FEW ? false : null)));
  return makeFact(target, {
    kind: 'azure.lateralRdp',
    name: nic.name,
    resource: nic.resource,
    pointer: nic.pointer,
    ...(nic.pointer === '' ? {} : { instance: [nic.name] }),
    data: {
      networkInterface: shownName(nic),
      resourceGroup: resourceGroupOf(nic.resource),
      machine: nic.machine?.name ?? nic.name,
      subnets: [...new Set(nic.addresses.map(({ subnet }) => subnet?.name ?? 'unknown'))].join(', '),
      lateral: known(lateral, '/lateral', unknown),
      sources: Math.max(0, ...open.map(({ atLeast }) => atLeast)),
    },
    unknown,
    because: [...new Set(ways.flatMap(({ path }) => unseenOn(path)))],
  });
}

/** From within: whoever reaches the address is let in where no group filters. */
function wayTo(network: Network, address: NicAddress, adminRules: AdminRulesOf): Path {
  const ingress = { address, via: 'public-ip', ports: () => ALL_PORTS, open: true, floating: false, exists: true, translated: null } as const;
  return pathOf(network, ingress, adminRules);
}

/** How many private addresses get in, for certain and at most. Those of Bastions do not count. */
function neighbours(network: Network, address: NicAddress, path: Path): { readonly atLeast: number; readonly atMost: number } {
  const { v4 } = path.spaces;
  const inside = subtract(subtract(v4.networkMaybe, v4.publicPart), bastionsOf(network, address));
  const reachIn = (tag: Intervals<number>): Reach<number> | null => reachesAt({ ...path, spaces: withTag(path.spaces, tag) }, TCP, RDP_PORT).v4;
  // A rule that denies the tag takes just what the default rule would let in, whatever the tag holds: so both ends are looked at.
  const [least, most] = [reachIn(v4.networkSure), reachIn(v4.networkMaybe)];
  if (least === null || most === null) return { atLeast: 0, atMost: 0 };
  const count = (set: Intervals<number>): number => size(intersect(set, inside));
  return { atLeast: count(intersect(least.lower.set, most.lower.set)), atMost: count(union(least.upper.set, most.upper.set)) };
}

/** The same, where the tag of the network holds a known set. Members of application security groups are chosen one by one: no count. */
function withTag(spaces: Spaces, tag: Intervals<number>): Spaces {
  const v4 = { ...spaces.v4, networkSure: tag, networkMaybe: tag, membersOf: () => NO_V4, sure: new Map(), maybe: new Map() };
  return { ...spaces, weights: new Map(), v4 };
}

const bastions = new WeakMap<Network, Map<string, Intervals<number>>>();

/** Bastions of the address' own network, and those of peered hubs; not one that may not be there. */
function bastionsOf(network: Network, address: NicAddress): Intervals<number> {
  let known = bastions.get(network);
  if (known === undefined) bastions.set(network, (known = new Map()));
  const own = address.subnet?.networkId ?? '';
  const { resource } = address.nic;
  const key = `${own} ${resource.conditional ?? ''}`;
  let set = known.get(key);
  if (set === undefined) {
    set = network.subnets
      .filter((subnet) => subnet.name.toLowerCase() === 'azurebastionsubnet' && isThere(subnet, resource))
      .filter(({ networkId }) => connected(network.resources, own, networkId) === true)
      .reduce<Intervals<number>>((all, { prefixes }) => union(all, prefixes?.v4 ?? []), []);
    known.set(key, set);
  }
  return set;
}
