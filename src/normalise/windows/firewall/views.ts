import { type Context, contextMatch } from './contexts.ts';
import type { Candidate } from './match.ts';
import type { FirewallRule } from './rules.ts';
import { EVERYTHING, isEmpty, leftAtLeast, leftAtMost, mayMeet, NOTHING, type Reach, reachOf, type Scope, uniteScopes, wider } from './scope.ts';
import type { Tri } from './tri.ts';

export interface Opening {
  readonly rule: FirewallRule;
  readonly reach: Reach;
}

export interface Shadow {
  readonly rule: FirewallRule;
  readonly by: readonly FirewallRule[];
  /** Nothing of what the rule lets in is left. */
  readonly fully: boolean;
}

/** One way a packet can come in, and what of the address space gets through. */
export interface View {
  readonly least: Reach;
  readonly most: Reach;
  /** Addresses that get in without authentication, for certain. */
  readonly clear: Scope;
  readonly byDefault: boolean;
  readonly allows: readonly WeighedRule[];
  readonly blocks: readonly WeighedRule[];
  readonly takenAtLeast: Scope;
  readonly takenAtMost: Scope;
}

interface WeighedRule {
  readonly rule: FirewallRule;
  readonly match: Tri;
}

export function viewOf(candidates: readonly Candidate[], context: Context, defaultInbound: 'allow' | 'block' | null): View {
  const weighed = candidates.map(({ rule, match }) => ({ rule, match: contextMatch(rule, context, match) })).filter((each) => each.match !== false);
  const allows = weighed.filter(({ rule }) => rule.action !== 'block');
  const blocks = weighed.filter(({ rule }) => rule.action === 'block' || rule.action === null);
  const takenAtLeast = uniteScopes(blocks.filter((each) => isCertain(each) && each.rule.authenticated === false).map(({ rule }) => rule.remote.least));
  const takenAtMost = uniteScopes(blocks.map(({ rule }) => rule.remote.most));
  const clearAllows = allows.filter(({ rule }) => rule.action !== 'bypass');
  const certain = clearAllows.filter((each) => isCertain(each) && each.rule.authenticated === false).map(({ rule }) => rule.remote.least);
  const possible = clearAllows.filter(({ rule }) => rule.authenticated !== true).map(({ rule }) => rule.remote.most);
  const clear = leftAtLeast(uniteScopes(defaultInbound === 'allow' ? [EVERYTHING] : certain), takenAtMost);
  const clearAtMost = leftAtMost(uniteScopes(defaultInbound === 'block' ? possible : [EVERYTHING]), takenAtLeast);
  const view = {
    allows,
    blocks,
    takenAtLeast,
    takenAtMost,
    clear,
    byDefault: defaultInbound === 'allow',
  };
  const authenticated = allows.filter(({ rule }) => rule.authenticated !== false || rule.action !== 'allow');
  const peers = authenticated.some((each) => !isEmpty(leastOf(each, takenAtMost)));
  const peersAtMost = authenticated.some((each) => !isEmpty(mostOf(each, takenAtLeast)));
  return {
    ...view,
    least: peers ? wider('listed', reachOf(clear)) : reachOf(clear),
    most: peersAtMost ? wider('listed', reachOf(clearAtMost)) : reachOf(clearAtMost),
  };
}

function isCertain({ rule, match }: WeighedRule): boolean {
  return match === true && rule.action !== null;
}

/** What an allow or bypass rule lets in for certain, blocks taken away. */
export function leastOf(each: WeighedRule, takenAtMost: Scope): Scope {
  if (!isCertain(each)) return NOTHING;
  return each.rule.action === 'bypass' ? each.rule.remote.least : leftAtLeast(each.rule.remote.least, takenAtMost);
}

export function mostOf(each: WeighedRule, takenAtLeast: Scope): Scope {
  return each.rule.action === 'allow' ? leftAtMost(each.rule.remote.most, takenAtLeast) : each.rule.remote.most;
}

/** Peers that IPsec has authenticated are a list, whatever their addresses. */
function reachOfRule(rule: FirewallRule, scope: Scope): Reach {
  const plain = reachOf(scope);
  return rule.action === 'bypass' || rule.authenticated === true ? (plain === 'nobody' ? 'nobody' : 'listed') : plain;
}

export function openings(views: readonly View[], shields: Tri): { openedBy: readonly Opening[]; mayOpen: readonly FirewallRule[] } {
  const least = new Map<FirewallRule, Reach>();
  const most = new Map<FirewallRule, Reach>();
  for (const view of views) {
    for (const each of view.allows) {
      const sure = each.rule.authenticated === null || shields === null ? 'nobody' : reachOfRule(each.rule, leastOf(each, view.takenAtMost));
      least.set(each.rule, wider(least.get(each.rule) ?? 'nobody', sure));
      most.set(each.rule, wider(most.get(each.rule) ?? 'nobody', reachOfRule(each.rule, mostOf(each, view.takenAtLeast))));
    }
  }
  const openedBy = [...least].filter(([, far]) => far !== 'nobody').map(([rule, far]) => ({ rule, reach: far }));
  return {
    openedBy,
    mayOpen: [...most].filter(([rule, far]) => far !== (least.get(rule) ?? 'nobody')).map(([rule]) => rule),
  };
}

/** Every allow rule is held against every block rule, so more pairs than these are not told apart. */
const PAIRS_AT_MOST = 250_000;

export function shadows(views: readonly View[]): { shadowed: readonly Shadow[]; mayBeShadowed: false | null } {
  const pairs = views.reduce((total, view) => total + view.allows.length * view.blocks.length, 0);
  if (pairs > PAIRS_AT_MOST) return { shadowed: [], mayBeShadowed: null };
  const found = new Map<FirewallRule, { by: Set<FirewallRule>; left: boolean }>();
  let unsure = false;
  for (const view of views) {
    for (const each of view.allows) {
      if (each.rule.action === 'bypass' || each.rule.action === null) continue;
      const over = view.blocks.filter(({ rule }) => mayMeet(each.rule.remote.most, rule.remote.most) && rule !== each.rule);
      const sure = over.filter(
        (block) =>
          each.rule.action === 'allow' &&
          isCertain(each) &&
          isCertain(block) &&
          block.rule.authenticated === false &&
          mayMeet(each.rule.remote.least, block.rule.remote.least),
      );
      unsure ||= over.length > sure.length;
      const entry = found.get(each.rule) ?? { by: new Set<FirewallRule>(), left: false };
      for (const block of sure) entry.by.add(block.rule);
      entry.left ||= !isEmpty(leftAtMost(each.rule.remote.most, view.takenAtLeast));
      found.set(each.rule, entry);
    }
  }
  const shadowed = [...found].filter(([, { by }]) => by.size > 0).map(([rule, { by, left }]) => ({ rule, by: [...by], fully: !left }));
  return { shadowed, mayBeShadowed: unsure ? null : false };
}
