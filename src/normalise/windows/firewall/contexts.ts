import { parseV4, parseV6 } from './addresses.ts';
import type { Candidate } from './match.ts';
import { holdsPort } from './ports.ts';
import { contains } from './ranges.ts';
import { isActive } from './interfaces.ts';
import type { FirewallRule, Profile } from './rules.ts';
import { type Bounds, EVERYTHING, type Scope } from './scope.ts';
import type { FirewallState } from './state.ts';
import { and, type Tri } from './tri.ts';

/**
 * Everything about a packet but its remote address: where it comes in, for which address, from which port. A rule without
 * such conditions matches in every context, so most hosts have one. Null is not known.
 */
export interface Context {
  /** Lower-cased. */
  readonly alias: string | null;
  readonly address: string | null;
  readonly sourcePort: number | null;
}

const ANYWHERE: Context = { alias: null, address: null, sourcePort: null };
/** More ways in than these are not told apart: what depends on them is unknown. */
const CONTEXTS_AT_MOST = 256;

/** All ways in that the rules tell apart on this profile. The attacker chooses among them, so one open way is open. */
export function contextsFor(state: FirewallState, profile: Profile, candidates: readonly Candidate[]): readonly Context[] {
  const rules = candidates.map((candidate) => candidate.rule);
  if (!rules.some(isNarrow)) return [ANYWHERE];
  const places = rules.some((rule) => rule.aliases !== null || !isEverywhere(rule.local)) ? placesOn(state, profile, rules) : [ANYWHERE];
  const ports = rules.some((rule) => !rule.remotePorts.any) ? sourcePorts(rules) : [null];
  if (places.length * ports.length > CONTEXTS_AT_MOST) return [ANYWHERE];
  return places.flatMap((place) => ports.map((sourcePort) => ({ ...place, sourcePort })));
}

function isNarrow(rule: FirewallRule): boolean {
  return rule.aliases !== null || !isEverywhere(rule.local) || !rule.remotePorts.any;
}

function isEverywhere(bounds: Bounds): boolean {
  return bounds.least === EVERYTHING;
}

function placesOn(state: FirewallState, profile: Profile, rules: readonly FirewallRule[]): Context[] {
  const { connected, aliases } = state.interfaces;
  if (connected === null) return [ANYWHERE];
  if (isActive(state.interfaces, profile) === false) {
    // No interface is on it now; any of them may be, a new one too.
    const named = rules.flatMap((rule) => rule.aliases ?? []);
    return [...new Set([...aliases, ...named, ''])].map((alias) => ({ ...ANYWHERE, alias }));
  }
  const places = connected
    .filter((each) => each.profile === profile)
    .flatMap((each) => {
      const alias = each.alias.toLowerCase();
      const addresses = each.addresses === null || each.addresses.length === 0 ? [null] : each.addresses;
      return addresses.map((address) => ({ ...ANYWHERE, alias, address }));
    });
  return connected.some((each) => each.profile === null) ? [...places, ANYWHERE] : places;
}

/** One port of every stretch that the rules tell apart. */
function sourcePorts(rules: readonly FirewallRule[]): number[] {
  const edges = new Set<number>([1]);
  for (const rule of rules) {
    for (const [low, high] of rule.remotePorts.ranges) {
      edges.add(low);
      if (high < 65536) edges.add(high);
    }
  }
  return [...edges].filter((port) => port > 0);
}

/** The match of a rule, narrowed to one way in. An interface's type is not collected. */
export function contextMatch(rule: FirewallRule, context: Context, match: Tri): Tri {
  const alias = rule.aliases === null ? true : context.alias === null ? null : rule.aliases.includes(context.alias) || (rule.aliasesRead ? false : null);
  const port = rule.remotePorts.any ? true : context.sourcePort === null ? null : holdsPort(rule.remotePorts, context.sourcePort);
  return and(match, alias, rule.everyInterfaceType ? true : null, addressMatch(rule.local, context.address), port);
}

function addressMatch(bounds: Bounds, address: string | null): Tri {
  if (isEverywhere(bounds)) return true;
  if (address === null) return null;
  if (holdsAddress(bounds.least, address)) return true;
  return bounds.most === bounds.least && bounds.least.words.length === 0 ? false : null;
}

function holdsAddress(scope: Scope, address: string): boolean {
  const v4 = parseV4(address);
  const v6 = parseV6(address);
  return v4 !== undefined ? contains(scope.v4, v4) : v6 !== undefined && contains(scope.v6, v6);
}
