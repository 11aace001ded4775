import type { Snapshot } from '../../../model/snapshot.ts';
import { activeProfiles } from './interfaces.ts';
import { narrowed, ownedBy } from './match.ts';
import { reach } from './reach.ts';
import { type FirewallRule, type Profile, PROFILES } from './rules.ts';
import { type Reach, REACHES } from './scope.ts';
import { readFirewall } from './state.ts';
import { and, type Tri } from './tri.ts';

/** Who reaches a TCP port on a profile: for certain, and at most. */
export interface PortReach {
  readonly profile: Profile;
  readonly least: Reach;
  readonly most: Reach;
}

/**
 * Who reaches a TCP port that a service listens on, on each profile that an interface is on; on all of them where that cannot be
 * said. Whether a rule's program is the service's own is left open.
 */
export function portReach(snapshot: Snapshot, port: number, service: string): PortReach[] {
  const state = readFirewall(snapshot, [port]);
  const endpoint = { protocol: 'tcp' as const, port, owner: (rule: FirewallRule): Tri => and(rule.program === 'any' ? true : null, ownedBy(rule, service)) };
  const active = activeProfiles(state.interfaces);
  const near = narrowed(state, endpoint);
  return (active.length > 0 ? active : PROFILES).map((profile) => {
    const { least, most } = reach(near, endpoint, profile);
    return { profile, least, most };
  });
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
    return then === undefined || isNarrower(each.least, then.least) || isNarrower(each.most, then.most);
  });
  return fewer || !wasOpen ? 'may-cut' : 'keeps';
}

function isNarrower(a: Reach, b: Reach): boolean {
  return REACHES.indexOf(a) < REACHES.indexOf(b);
}
