import { contextsFor } from './contexts.ts';
import { isActive } from './interfaces.ts';
import { type Candidate, candidatesFor, type Endpoint } from './match.ts';
import { type ProfileState, shieldsUp } from './profiles.ts';
import type { FirewallRule, Profile } from './rules.ts';
import { isEmpty, narrower, type Reach, wider } from './scope.ts';
import type { FirewallState } from './state.ts';
import { or, type Tri } from './tri.ts';
import { type Opening, openings, type Shadow, shadows, type View, viewOf } from './views.ts';

/** Why an endpoint is open, or why it is not. */
export type Via =
  | 'services-stopped'
  | 'firewall-off'
  | 'interface-excluded'
  | 'default-allow'
  | 'rules'
  | 'authenticated-rules'
  | 'shields-up'
  | 'blocked'
  | 'local-rules-ignored'
  | 'wrong-profile'
  | 'rule-disabled'
  | 'rule-not-loaded'
  | 'no-rule';

/** Who reaches one endpoint on one profile. `least` is certain, `most` is what cannot be ruled out. */
export interface Reachability {
  readonly least: Reach;
  readonly most: Reach;
  /** Null when it depends on what could not be read. */
  readonly via: Via | null;
  /** Rules that let it in for certain (or would, were the firewall filtering), with the reach of what they let in. */
  readonly openedBy: readonly Opening[];
  /** Rules that let it in, or let in more, if what could not be read is the worst. */
  readonly mayOpen: readonly FirewallRule[];
  readonly shadowed: readonly Shadow[];
  /** Null when a block rule that could not be read may lie over an allow rule. */
  readonly mayBeShadowed: false | null;
  /** Local allow rules that do not count because only rules of Group Policy do; null when that cannot be said. */
  readonly ignored: readonly FirewallRule[] | null;
}

/** Block beats allow for the traffic it matches, authenticated bypass beats block ([MS-FASP] 2.2.34); order is irrelevant. */
export function reach(state: FirewallState, endpoint: Endpoint, profile: Profile): Reachability {
  const settings = state.profiles.states[profile];
  if (settings.allowLocalRules !== null) return reachWith(state, endpoint, profile, settings);
  // Local allow and block rules come and go together, so the two cases are judged one by one.
  return either(
    reachWith(state, endpoint, profile, { ...settings, allowLocalRules: true }),
    reachWith(state, endpoint, profile, { ...settings, allowLocalRules: false }),
  );
}

/** What holds in both cases. */
function either(a: Reachability, b: Reachability): Reachability {
  const others = new Map(b.openedBy.map((opening) => [opening.rule, opening.reach]));
  const openedBy = a.openedBy.flatMap((opening) => {
    const other = others.get(opening.rule);
    return other === undefined ? [] : [{ rule: opening.rule, reach: narrower(opening.reach, other) }];
  });
  const sure = new Set(openedBy.map(({ rule }) => rule));
  const maybe = [...a.openedBy, ...b.openedBy].map(({ rule }) => rule).filter((rule) => !sure.has(rule));
  const shadowsOfB = new Map(b.shadowed.map((shadow) => [shadow.rule, shadow.by.length]));
  const shadowed = a.shadowed.filter((shadow) => shadowsOfB.get(shadow.rule) === shadow.by.length);
  const sameShadows = shadowed.length === a.shadowed.length && a.shadowed.length === b.shadowed.length;
  return {
    least: narrower(a.least, b.least),
    most: wider(a.most, b.most),
    via: a.via === b.via ? a.via : null,
    openedBy,
    mayOpen: [...new Set([...maybe, ...a.mayOpen, ...b.mayOpen])],
    shadowed,
    mayBeShadowed: sameShadows && a.mayBeShadowed === false && b.mayBeShadowed === false ? false : null,
    ignored: a.ignored?.length === b.ignored?.length ? a.ignored : null,
  };
}

/** What decides about one endpoint on one profile, before it is put into words. */
export interface Weighed {
  readonly unfiltered: { readonly stopped: Tri; readonly off: Tri; readonly excluded: Tri };
  readonly shields: Tri;
  readonly candidates: readonly Candidate[];
  readonly views: readonly View[];
}

export function weigh(state: FirewallState, endpoint: Endpoint, profile: Profile, settings: ProfileState): Weighed {
  const shields = shieldsUp(settings);
  const candidates = state.rules === null ? [] : candidatesFor(state.rules, endpoint, profile, settings);
  const live = shields === true ? [] : candidates.filter((candidate) => candidate.match !== false);
  return {
    unfiltered: { stopped: state.stopped, off: settings.enabled === null ? null : !settings.enabled, excluded: isExcluded(state, profile) },
    shields,
    candidates,
    views: contextsFor(state, profile, live).map((context) => viewOf(live, context, settings.defaultInbound)),
  };
}

function reachWith(state: FirewallState, endpoint: Endpoint, profile: Profile, settings: ProfileState): Reachability {
  const { unfiltered, shields, candidates, views } = weigh(state, endpoint, profile, settings);
  const byRules = rulesOnly(state, views, shields);
  const off = or(unfiltered.stopped, unfiltered.off, unfiltered.excluded);
  const ignored = candidates.filter((candidate) => candidate.ignored).map((candidate) => candidate.rule);
  return {
    least: off === true ? 'any' : byRules.least,
    most: off === false ? byRules.most : 'any',
    via: viaOf(unfiltered, shields, byRules, candidates, state.rules === null),
    ...openings(views, shields),
    ...shadows(views),
    ignored: shields === true ? [] : ignored,
  };
}

interface ByRules {
  readonly least: Reach;
  readonly most: Reach;
  readonly byDefault: boolean;
  readonly clear: boolean;
}

function rulesOnly(state: FirewallState, views: readonly View[], shields: Tri): ByRules {
  const none = { byDefault: false, clear: false };
  if (shields === true) return { least: 'nobody', most: 'nobody', ...none };
  if (state.rules === null) return { least: 'nobody', most: 'any', ...none };
  const least = views.map((view) => view.least).reduce(wider, 'nobody');
  const most = views.map((view) => view.most).reduce(wider, 'nobody');
  return {
    least: shields === null ? 'nobody' : least,
    most,
    byDefault: views.some((view) => view.byDefault),
    clear: views.some((view) => !isEmpty(view.clear)),
  };
}

/**
 * An excluded interface is open on the profile it is on. A profile that no interface is on is judged as if any interface
 * came onto it, as happens when a domain controller cannot be reached.
 */
function isExcluded(state: FirewallState, profile: Profile): Tri {
  const { excluded } = state.profiles.states[profile];
  if (excluded === null) return null;
  if (excluded.length === 0) return false;
  const { connected } = state.interfaces;
  if (connected === null) return null;
  if (isActive(state.interfaces, profile) === false) return true;
  const there = connected.filter((each) => excluded.includes(each.alias.toLowerCase()));
  return there.some((each) => each.profile === profile) ? true : there.some((each) => each.profile === null) ? null : false;
}

function viaOf(
  unfiltered: { readonly stopped: Tri; readonly off: Tri; readonly excluded: Tri },
  shields: Tri,
  byRules: ByRules,
  candidates: readonly Candidate[],
  unread: boolean,
): Via | null {
  if (unfiltered.stopped === true) return 'services-stopped';
  if (unfiltered.off === true) return 'firewall-off';
  if (unfiltered.excluded === true) return 'interface-excluded';
  if (Object.values(unfiltered).includes(null)) return null;
  if (shields !== false) return shields === true ? 'shields-up' : null;
  if (unread) return null;
  if (byRules.byDefault && byRules.least !== 'nobody') return 'default-allow';
  if (byRules.least !== 'nobody') return byRules.clear ? 'rules' : 'authenticated-rules';
  return byRules.most === 'nobody' ? closedBy(candidates) : null;
}

/** Which step shuts it: the nearest miss first. */
function closedBy(candidates: readonly Candidate[]): Via {
  const allows = candidates.filter(({ rule }) => rule.action !== null && rule.action !== 'block');
  if (allows.some(({ match }) => match === true)) return 'blocked';
  if (allows.some(({ ignored }) => ignored)) return 'local-rules-ignored';
  if (allows.some(({ rule, onProfile }) => rule.enabled === true && rule.loaded === true && onProfile === false)) return 'wrong-profile';
  if (allows.some(({ rule }) => rule.enabled === false)) return 'rule-disabled';
  return allows.some(({ rule }) => rule.loaded === false) ? 'rule-not-loaded' : 'no-rule';
}
