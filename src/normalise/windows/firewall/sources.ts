import type { Endpoint } from './match.ts';
import type { ProfileState } from './profiles.ts';
import { weigh } from './reach.ts';
import type { FirewallRule, Profile } from './rules.ts';
import { EVERYTHING, leftAtMost, NOTHING, type Scope, uniteScopes } from './scope.ts';
import type { FirewallState } from './state.ts';
import { or } from './tri.ts';
import { leastOf, mostOf } from './views.ts';

/** The addresses that reach an endpoint on one profile, not just how far they lie. */
export interface Sources {
  /** Gets in for certain, without authentication. */
  readonly least: Scope;
  /** What cannot be ruled out; peers that IPsec has authenticated may be anywhere that their rules name. */
  readonly most: Scope;
  /** What each rule lets in of the former. */
  readonly rules: ReadonlyMap<FirewallRule, Scope>;
}

const NOBODY: Sources = { least: NOTHING, most: NOTHING, rules: new Map() };

export function sourcesOf(state: FirewallState, endpoint: Endpoint, profile: Profile): Sources {
  const settings = state.profiles.states[profile];
  if (settings.allowLocalRules !== null) return sourcesWith(state, endpoint, profile, settings);
  // Local rules count all or none, so only what both cases share is certain; telling that apart is not worth it here.
  const cases = [true, false].map((allowLocalRules) => sourcesWith(state, endpoint, profile, { ...settings, allowLocalRules }));
  const isOpen = cases.every(({ least }) => least === EVERYTHING);
  return { least: isOpen ? EVERYTHING : NOTHING, most: uniteScopes(cases.map(({ most }) => most)), rules: new Map() };
}

function sourcesWith(state: FirewallState, endpoint: Endpoint, profile: Profile, settings: ProfileState): Sources {
  const { unfiltered, shields, views } = weigh(state, endpoint, profile, settings);
  const off = or(unfiltered.stopped, unfiltered.off, unfiltered.excluded);
  const open = off === true ? [EVERYTHING] : [];
  const maybeOpen = off === false ? [] : [EVERYTHING];
  if (shields === true) return { ...NOBODY, least: uniteScopes(open), most: uniteScopes(maybeOpen) };
  if (state.rules === null) return { ...NOBODY, least: uniteScopes(open), most: EVERYTHING };
  const byDefault = settings.defaultInbound === 'block' ? [] : views.map((view) => leftAtMost(EVERYTHING, view.takenAtLeast));
  const most = views.flatMap((view) => view.allows.map((each) => mostOf(each, view.takenAtLeast)));
  const sure = shields === null ? [] : views;
  const rules = new Map<FirewallRule, Scope>();
  for (const view of sure) {
    for (const each of view.allows) {
      if (each.rule.authenticated !== false || each.rule.action === 'bypass') continue;
      rules.set(each.rule, uniteScopes([rules.get(each.rule) ?? NOTHING, leastOf(each, view.takenAtMost)]));
    }
  }
  return {
    least: uniteScopes([...open, ...sure.map((view) => view.clear)]),
    most: uniteScopes([...maybeOpen, ...byDefault, ...most]),
    rules,
  };
}

/** Of several endpoints together. */
export function mergeSources(all: readonly Sources[]): Sources {
  const rules = new Map<FirewallRule, Scope>();
  for (const each of all) for (const [rule, scope] of each.rules) rules.set(rule, uniteScopes([rules.get(rule) ?? NOTHING, scope]));
  return { least: uniteScopes(all.map(({ least }) => least)), most: uniteScopes(all.map(({ most }) => most)), rules };
}
