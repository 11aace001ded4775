import { holdsPort, type Protocol } from './ports.ts';
import type { ProfileState } from './profiles.ts';
import { overlap, type Range } from './ranges.ts';
import { type FirewallRule, type Profile, PROFILE_BITS } from './rules.ts';
import { and, not, or, type Tri } from './tri.ts';

/** Something that listens: a port, and which rules mean the process behind it. */
export interface Endpoint {
  readonly protocol: Protocol;
  /** Null when it could not be read. */
  readonly port: number | null;
  readonly owner: (rule: FirewallRule) => Tri;
  /** A keyword that stands for this port (`rpc`). */
  readonly word?: string;
  /** Windows picks the port, mostly from these; `port` is the first of them. */
  readonly among?: Range<number>;
}

/** A rule that covers the endpoint, whether or not it counts. */
export interface Candidate {
  readonly rule: FirewallRule;
  readonly match: Tri;
  readonly onProfile: Tri;
  /** A local allow rule that would count, were local rules not ignored. */
  readonly ignored: boolean;
}

/** Remote Desktop is accepted by svchost.exe on behalf of TermService; `System` is another process. */
export function ownedByTermService(rule: FirewallRule): Tri {
  const program = rule.program === null ? null : rule.program === 'any' || rule.program === 'svchost';
  return and(program, ownedBy(rule, 'termservice'));
}

export function ownedBy(rule: FirewallRule, service: string): Tri {
  return rule.service === null ? null : rule.service === 'any' || rule.service === '*' || rule.service === service;
}

export function covers(rule: FirewallRule, endpoint: Endpoint): Tri {
  const protocol = rule.protocol === null ? null : rule.protocol === 'any' || rule.protocol === endpoint.protocol;
  if (protocol === false) return false;
  const word = endpoint.word !== undefined && rule.localPorts.words.includes(endpoint.word);
  const port = endpoint.among === undefined ? holdsPort(rule.localPorts, endpoint.port) : holdsOneOf(rule, endpoint.among);
  return and(protocol, or(word, port), endpoint.owner(rule), not(rule.forApps));
}

/** A rule for part of the ports may hold the one that was picked. A block rule for all of them may miss one from elsewhere. */
function holdsOneOf({ localPorts, action }: FirewallRule, among: Range<number>): Tri {
  if (localPorts.any) return true;
  const isWhole = localPorts.ranges.some(([low, high]) => low <= among[0] && among[1] <= high);
  if (isWhole && action !== 'block' && action !== null) return true;
  return overlap(localPorts.ranges, [among]) || !localPorts.complete ? null : false;
}

/** The state with the rules alone that cover the endpoint: worth it where one endpoint is judged for every profile. */
export function narrowed<S extends { readonly rules: readonly FirewallRule[] | null }>(state: S, endpoint: Endpoint): S {
  return state.rules === null ? state : { ...state, rules: state.rules.filter((rule) => covers(rule, endpoint) !== false) };
}

export function candidatesFor(rules: readonly FirewallRule[], endpoint: Endpoint, profile: Profile, settings: ProfileState): Candidate[] {
  const candidates: Candidate[] = [];
  for (const rule of rules) {
    const covered = covers(rule, endpoint);
    if (covered === false) continue;
    const onProfile = rule.profiles === null ? null : (rule.profiles & PROFILE_BITS[profile]) !== 0;
    const counts = and(covered, rule.enabled, rule.loaded, onProfile);
    const merged = isMerged(rule, settings.allowLocalRules);
    candidates.push({
      rule,
      match: and(counts, merged),
      onProfile,
      ignored: counts === true && merged === false && (rule.action === 'allow' || rule.action === 'allow-or-bypass'),
    });
  }
  return candidates;
}

/** Do rules of this rule's store count on the profile? */
function isMerged(rule: FirewallRule, allowLocalRules: Tri): Tri {
  if (rule.source === 'gpo') return true;
  if (rule.mergedAway) return rule.source === null ? null : false;
  if (allowLocalRules === true) return true;
  // Only rules of the host's own store are ignored for certain; one of an MDM or the dynamic store is none.
  return rule.source === 'local' ? allowLocalRules : null;
}
