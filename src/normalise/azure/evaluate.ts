import type { Cell } from './destination.ts';
import { type Bound, covers, type Intervals, intersect, overlaps, size, subtract, union } from './interval-set.ts';
import type { Rule } from './rule.ts';
import { addressesOf, type Space } from './space.ts';

/** Sources of one family; `tags` are service tags whose addresses are not known. */
export interface Sources<T extends Bound> {
  readonly set: Intervals<T>;
  readonly tags: readonly string[];
}

export interface Hit<T extends Bound> {
  readonly rule: Rule;
  /** The rule certainly matches; what it lets in is not what a default would. */
  readonly certain: boolean;
  readonly sources: Sources<T>;
}

/** Who gets in: certainly (`lower`) and possibly (`upper`), with every allow rule that is not wholly denied before it. */
export interface Reach<T extends Bound> {
  readonly lower: Sources<T>;
  readonly upper: Sources<T>;
  readonly hits: readonly Hit<T>[];
}

/** A rule and how far it matches the protocol, port and destination that are asked for. */
export interface Match {
  readonly rule: Rule;
  readonly sure: boolean;
}

interface State<T extends Bound> {
  /** Sources that no rule has certainly denied. */
  possible: Intervals<T>;
  /** Sources that no rule may have denied. */
  certain: Intervals<T>;
  lower: Intervals<T>;
  upper: Intervals<T>;
  lowerTags: string[];
  upperTags: string[];
  deniedTags: string[];
  tagsMayBeDenied: boolean;
  /** Sources of denials that hold for some source ports only: whoever picks another port passes. */
  partlyDenied: Intervals<T>;
  readonly hits: Hit<T>[];
}

/**
 * Walks the rules of a group, sorted by priority, for one protocol and port and one piece of the destination. The first
 * match decides; a rule that may or may not match decides nothing for certain. An allow rule takes nothing from what later
 * rules see, so that `hits` names every rule that has to change.
 */
export function walk<T extends Bound>(space: Space<T>, matches: readonly Match[], cell: Cell<T>): Reach<T> {
  const state: State<T> = {
    possible: space.all,
    certain: space.all,
    lower: [],
    upper: [],
    lowerTags: [],
    upperTags: [],
    deniedTags: [],
    tagsMayBeDenied: false,
    partlyDenied: [],
    hits: [],
  };
  const here = matches.map((match) => atCell(match, cell)).filter((match) => match !== null);
  const unordered = here.filter((match) => match.rule.priority === null);
  for (const match of unordered) {
    mayDeny(space, state, match);
    mayAllow(space, state, match);
  }
  const ordered = unordered.length === 0 ? here : here.filter((match) => match.rule.priority !== null);
  for (let start = 0; start < ordered.length;) {
    const priority = ordered[start]?.rule.priority;
    let end = start + 1;
    while (ordered[end]?.rule.priority === priority) end++;
    step(space, state, ordered, start, end);
    start = end;
  }
  for (const match of unordered) allow(space, state, match);
  for (const match of unordered) deny(space, state, match);
  const byDefault = intersect(state.certain, union(space.networkSure, space.loadBalancer));
  return {
    lower: { set: union(state.lower, byDefault), tags: state.lowerTags },
    upper: {
      set: union(state.upper, intersect(state.possible, union(space.networkMaybe, space.loadBalancer))),
      tags: state.upperTags,
    },
    hits: state.hits,
  };
}

/** Rules of one priority, of which Azure takes only one, have no order among themselves. */
function step<T extends Bound>(space: Space<T>, state: State<T>, matches: readonly Match[], start: number, end: number): void {
  if (end - start > 1) for (let at = start; at < end; at++) mayDeny(space, state, matches[at] as Match);
  for (let at = start; at < end; at++) allow(space, state, matches[at] as Match);
  for (let at = start; at < end; at++) deny(space, state, matches[at] as Match);
}

function atCell<T extends Bound>(match: Match, cell: Cell<T>): Match | null {
  const meets = cell.meets(match.rule.destination);
  if (meets === 'no') return null;
  return meets === 'yes' || !match.sure ? match : { rule: match.rule, sure: false };
}

function allow<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'deny') return;
  mayAllow(space, state, match);
  if (!match.sure || rule.access === null) return;
  let set = intersect(addressesOf(space, rule.source, false), state.certain);
  if (rule.everySourcePort !== true) set = subtract(set, state.partlyDenied);
  if (state.tagsMayBeDenied && size(intersect(set, space.publicPart)) < space.beyondTags) set = subtract(set, space.publicPart);
  state.lower = union(state.lower, set);
  if (rule.source.opaque.length > 0 && !state.tagsMayBeDenied && covers(state.certain, space.publicPart)) addTags(state.lowerTags, rule.source.opaque);
}

function mayAllow<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'deny') return;
  const set = intersect(addressesOf(space, rule.source, true), rule.priority === null ? space.all : state.possible);
  const tags = rule.source.opaque.filter((tag) => !isDenied(tag, state.deniedTags) && overlaps(state.possible, space.publicPart));
  if (set.length === 0 && tags.length === 0 && rule.source.groups.length === 0) return;
  state.upper = union(state.upper, set);
  addTags(state.upperTags, tags);
  if (!state.hits.some((hit) => hit.rule === rule))
    state.hits.push({
      rule,
      certain: match.sure && rule.access === 'allow' && !rule.source.unknown,
      sources: { set, tags },
    });
}

function deny<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'allow') return;
  const resolved = state.possible === state.certain && !rule.source.unknown && !rule.source.network;
  mayDeny(space, state, match);
  if (!match.sure || rule.access === null || rule.everySourcePort !== true) return;
  state.possible = resolved ? state.certain : subtract(state.possible, addressesOf(space, rule.source, false));
  addTags(state.deniedTags, rule.source.opaque);
}

function mayDeny<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'allow') return;
  const set = addressesOf(space, rule.source, true);
  if (rule.everySourcePort === false) {
    state.partlyDenied = union(state.partlyDenied, set);
    if (rule.source.opaque.length > 0) state.partlyDenied = union(state.partlyDenied, space.publicPart);
    return;
  }
  state.certain = subtract(state.certain, set);
  if (rule.source.opaque.length > 0) state.tagsMayBeDenied = true;
}

function addTags(tags: string[], more: readonly string[]): void {
  for (const tag of more) if (!tags.includes(tag)) tags.push(tag);
}

function isDenied(tag: string, denied: readonly string[]): boolean {
  return denied.some((other) => tag === other || tag.startsWith(`${other}.`));
}

/** What passes both filters: a packet needs the subnet's group and the interface's group. */
export function both<T extends Bound>(space: Space<T>, a: Reach<T>, b: Reach<T>): Reach<T> {
  return {
    lower: {
      set: intersect(a.lower.set, b.lower.set),
      tags: commonTags(space, a.lower, b.lower, true),
    },
    upper: {
      set: intersect(a.upper.set, b.upper.set),
      tags: commonTags(space, a.upper, b.upper, false),
    },
    hits: [...a.hits, ...b.hits],
  };
}

function commonTags<T extends Bound>(space: Space<T>, a: Sources<T>, b: Sources<T>, certain: boolean): string[] {
  const passes = (tag: string, other: Sources<T>): boolean =>
    other.tags.some((known) => tag === known || tag.startsWith(`${known}.`)) ||
    (certain ? covers(other.set, space.publicPart) : other.tags.length > 0 || overlaps(other.set, space.publicPart));
  return [...new Set([...a.tags.filter((tag) => passes(tag, b)), ...b.tags.filter((tag) => passes(tag, a))])];
}

/** For several pieces of a destination: open when one of them is (`some`), or only when the one in question is (`each`). */
export function merge<T extends Bound>(reaches: readonly Reach<T>[], mode: 'some' | 'each'): Reach<T> {
  const [first, ...rest] = reaches;
  if (first === undefined) return { lower: { set: [], tags: [] }, upper: { set: [], tags: [] }, hits: [] };
  let merged = first;
  for (const reach of rest) {
    merged = {
      lower:
        mode === 'some'
          ? {
              set: union(merged.lower.set, reach.lower.set),
              tags: [...new Set([...merged.lower.tags, ...reach.lower.tags])],
            }
          : {
              set: intersect(merged.lower.set, reach.lower.set),
              tags: merged.lower.tags.filter((tag) => reach.lower.tags.includes(tag)),
            },
      upper: {
        set: union(merged.upper.set, reach.upper.set),
        tags: [...new Set([...merged.upper.tags, ...reach.upper.tags])],
      },
      hits: mergeHits(merged.hits, reach.hits),
    };
  }
  return merged;
}

function mergeHits<T extends Bound>(a: readonly Hit<T>[], b: readonly Hit<T>[]): Hit<T>[] {
  const merged = [...a];
  for (const hit of b) {
    const at = merged.findIndex((other) => other.rule === hit.rule);
    const other = merged[at];
    if (other === undefined) merged.push(hit);
    else
      merged[at] = {
        rule: hit.rule,
        certain: other.certain || hit.certain,
        sources: {
          set: union(other.sources.set, hit.sources.set),
          tags: [...new Set([...other.sources.tags, ...hit.sources.tags])],
        },
      };
  }
  return merged;
}
