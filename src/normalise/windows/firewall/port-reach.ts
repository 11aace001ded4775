import { member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { activeProfiles } from './interfaces.ts';
import { narrowed, ownedBy } from './match.ts';
import { reach, weigh } from './reach.ts';
import { type FirewallRule, type Profile, PROFILES } from './rules.ts';
import { type Reach, REACHES } from './scope.ts';
import { readFirewall } from './state.ts';
import { and, type Tri } from './tri.ts';

const EVERY_PORT = [0, 65536] as const;

/** Who reaches a TCP port on a profile: for certain, and at most. */
export interface PortReach {
  readonly profile: Profile;
  readonly least: Reach;
  readonly most: Reach;
  /** Rules that let somebody in, or may, and block rules over them, each with what it is for. */
  readonly allows: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

/**
 * Who reaches a TCP port that a service listens on, on each profile that an interface is on; on all of them where that cannot be
 * said. Whether a rule's program is the service's own is left open. A port that is null could not be read.
 */
export function portReach(snapshot: Snapshot, port: number | null, service: string): PortReach[] {
  const state = readFirewall(snapshot, [port ?? EVERY_PORT]);
  const endpoint = { protocol: 'tcp' as const, port, owner: (rule: FirewallRule): Tri => and(rule.program === 'any' ? true : null, ownedBy(rule, service)) };
  const active = activeProfiles(state.interfaces);
  const near = narrowed(state, endpoint);
  return (active.length > 0 ? active : PROFILES).map((profile) => {
    const { least, most } = reach(near, endpoint, profile);
    const { views } = weigh(near, endpoint, profile, near.profiles.states[profile]);
    const keysOf = (kind: 'allows' | 'blocks'): ReadonlySet<string> => new Set(views.flatMap((view) => view[kind].map(({ rule }) => keyOf(rule))));
    return { profile, least, most, allows: keysOf('allows'), blocks: keysOf('blocks') };
  });
}

/** The same rule for other addresses is another one. */
function keyOf({ name, store, row }: FirewallRule): string {
  return JSON.stringify([name, store, member(row, 'RemoteAddress') ?? null]);
}

/**
 * What becomes of who comes in through a port: `cuts` when nobody does for certain, `may-cut` when fewer may, else `keeps`.
 * Where nobody could come in before by what is known, something is not known.
 */
export function connectionAfter(before: readonly PortReach[], after: readonly PortReach[]): 'cuts' | 'may-cut' | 'keeps' {
  const wasOpen = before.some(({ most }) => most !== 'nobody');
  if (wasOpen && after.every(({ most }) => most === 'nobody')) return 'cuts';
  const fewer = after.some((each) => {
    const then = before.find(({ profile }) => profile === each.profile);
    return then === undefined || isNarrower(each.least, then.least) || isNarrower(each.most, then.most) || losesSome(then, each);
  });
  return fewer || !wasOpen ? 'may-cut' : 'keeps';
}

/** Two lists reach equally far and hold other addresses: where not everybody gets in, the one who is in came by some rule. */
function losesSome(before: PortReach, after: PortReach): boolean {
  if (after.least === 'any') return false;
  return [...before.allows].some((rule) => !after.allows.has(rule)) || [...after.blocks].some((rule) => !before.blocks.has(rule));
}

function isNarrower(a: Reach, b: Reach): boolean {
  return REACHES.indexOf(a) < REACHES.indexOf(b);
}
