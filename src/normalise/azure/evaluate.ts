import type { Cell } from './destination.ts';
import { type Bound, covers, type Intervals, intersect, intervals, overlaps, size, subtract, union } from './interval-set.ts';
import type { Rule } from './rule.ts';
import { addressesOf, type Space } from './space.ts';

/** Sources of one family; `tags` are service tags whose addresses are not known. */
export interface Sources<T extends Bound> {
  readonly set: Intervals<T>;
  readonly tags: readonly string[];
  /** What of `set` gets in without the known addresses of the tag AzureCloud; all of it when left out. */
  readonly plain?: Intervals<T>;
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
  /** Where it stands among the rules of its list. */
  readonly order: number;
  readonly sure: boolean;
}

interface State<T extends Bound> {
  /** Sources that no rule has certainly denied. */
  possible: Intervals<T>;
  /** Sources that no rule may have denied. */
  certain: Intervals<T>;
  /** What allow rules let in, in any order: made a set once, at the end. */
  readonly lower: T[];
  readonly upper: T[];
  /** The same without the known addresses of AzureCloud; null as long as there are none. */
  plainLower: T[] | null;
  plainUpper: T[] | null;
  lowerTags: string[];
  upperTags: string[];
  deniedTags: string[];
  tagsMayBeDenied: boolean;
  /** Sources of denials that hold for some source ports only: whoever picks another port passes. */
  partlyDenied: Intervals<T>;
  readonly hits: Hit<T>[];
}

/** Those of the matches that meet a piece of the destination. */
export function matchesAt<T extends Bound>(matches: readonly Match[], cell: Cell<T>): Match[] {
  const here: Match[] = [];
  for (const match of matches) {
    const meets = cell.meets(match.rule.destination);
    if (meets !== 'no') here.push(meets === 'yes' || !match.sure ? match : { ...match, sure: false });
  }
  return here;
}

/**
 * Walks rules that match, sorted by priority, for one protocol and port and one piece of the destination. The first
 * match decides; a rule that may or may not match decides nothing for certain. An allow rule takes nothing from what later
 * rules see, so that `hits` names every rule that has to change.
 */
export function walk<T extends Bound>(space: Space<T>, matches: readonly Match[]): Reach<T> {
  const state: State<T> = {
    possible: space.all,
    certain: space.all,
    lower: [],
    upper: [],
    plainLower: null,
    plainUpper: null,
    lowerTags: [],
    upperTags: [],
    deniedTags: [],
    tagsMayBeDenied: false,
    partlyDenied: [],
    hits: [],
  };
  const unordered = matches.filter((match) => match.rule.priority === null);
  for (const match of unordered) {
    mayDeny(space, state, match);
    mayAllow(space, state, match);
  }
  const ordered = unordered.length === 0 ? matches : matches.filter((match) => match.rule.priority !== null);
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
  const perhapsByDefault = intersect(state.possible, union(space.networkMaybe, space.loadBalancer));
  const plain = (found: T[] | null, more: Intervals<T>): Intervals<T> | null => (found === null ? null : union(intervals(found), more));
  return {
    lower: sources(union(intervals(state.lower), byDefault), state.lowerTags, plain(state.plainLower, byDefault)),
    upper: sources(union(intervals(state.upper), perhapsByDefault), state.upperTags, plain(state.plainUpper, perhapsByDefault)),
    hits: state.hits,
  };
}

function sources<T extends Bound>(set: Intervals<T>, tags: readonly string[], plain: Intervals<T> | null): Sources<T> {
  return plain === null ? { set, tags } : { set, tags, plain };
}

/** What is plain of several sources; null when all of each is. */
function plainOf<T extends Bound>(a: Sources<T>, b: Sources<T>, combine: (a: Intervals<T>, b: Intervals<T>) => Intervals<T>): Intervals<T> | null {
  return a.plain === undefined && b.plain === undefined ? null : combine(a.plain ?? a.set, b.plain ?? b.set);
}

/** Rules of one priority, of which Azure takes only one, have no order among themselves. */
function step<T extends Bound>(space: Space<T>, state: State<T>, matches: readonly Match[], start: number, end: number): void {
  if (end - start > 1) for (let at = start; at < end; at++) mayDeny(space, state, matches[at] as Match);
  for (let at = start; at < end; at++) allow(space, state, matches[at] as Match);
  for (let at = start; at < end; at++) deny(space, state, matches[at] as Match);
}

function allow<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'deny') return;
  mayAllow(space, state, match);
  if (!match.sure || rule.access === null) return;
  let set = intersect(addressesOf(space, rule.source, false), state.certain);
  if (rule.everySourcePort !== true) set = subtract(set, state.partlyDenied);
  if (state.tagsMayBeDenied && size(intersect(set, space.publicPart)) < space.beyondTags) set = subtract(set, space.publicPart);
  state.plainLower = withPlain(space, state.plainLower, state.lower, set, rule, false);
  pushAll(state.lower, set);
  if (rule.source.opaque.length > 0 && !state.tagsMayBeDenied && covers(state.certain, space.publicPart)) addTags(state.lowerTags, rule.source.opaque);
}

function pushAll<T>(list: T[], more: readonly T[]): void {
  for (const item of more) list.push(item);
}

/** What is plain after a rule; until one holds AzureCloud all of it is, and nothing is kept twice. */
function withPlain<T extends Bound>(
  space: Space<T>,
  plain: T[] | null,
  before: readonly T[],
  added: Intervals<T>,
  { source }: Rule,
  maybe: boolean,
): T[] | null {
  if (plain === null && source.plain === null) return null;
  const all = plain ?? [...before];
  pushAll(all, source.plain === null ? added : intersect(added, addressesOf(space, source.plain, maybe)));
  return all;
}

function mayAllow<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'deny') return;
  const set = intersect(addressesOf(space, rule.source, true), rule.priority === null ? space.all : state.possible);
  const tags = rule.source.opaque.filter((tag) => !isDenied(tag, state.deniedTags) && overlaps(state.possible, space.publicPart));
  if (set.length === 0 && tags.length === 0 && rule.source.groups.length === 0) return;
  state.plainUpper = withPlain(space, state.plainUpper, state.upper, set, rule, true);
  pushAll(state.upper, set);
  addTags(state.upperTags, tags);
  // Only rules without a priority are asked twice.
  if (rule.priority !== null || !state.hits.some((hit) => hit.rule === rule))
    state.hits.push({
      rule,
      certain: match.sure && rule.access === 'allow' && !rule.source.unknown,
      sources: sources(set, tags, rule.source.plain === null ? null : intersect(set, addressesOf(space, rule.source.plain, true))),
    });
}

function deny<T extends Bound>(space: Space<T>, state: State<T>, match: Match): void {
  const { rule } = match;
  if (rule.access === 'allow') return;
  const resolved = state.possible === state.certain && !rule.source.unknown && !rule.source.network && rule.source.groups.length === 0;
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
  const combine = (one: Sources<T>, other: Sources<T>, certain: boolean): Sources<T> =>
    sources(intersect(one.set, other.set), commonTags(space, one, other, certain), plainOf(one, other, intersect));
  return {
    lower: combine(a.lower, b.lower, true),
    upper: combine(a.upper, b.upper, false),
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
      lower: mode === 'some' ? joined(merged.lower, reach.lower) : common(merged.lower, reach.lower),
      upper: joined(merged.upper, reach.upper),
      hits: mergeHits(merged.hits, reach.hits),
    };
  }
  return merged;
}

function joined<T extends Bound>(a: Sources<T>, b: Sources<T>): Sources<T> {
  return sources(union(a.set, b.set), [...new Set([...a.tags, ...b.tags])], plainOf(a, b, union));
}

function common<T extends Bound>(a: Sources<T>, b: Sources<T>): Sources<T> {
  return sources(
    intersect(a.set, b.set),
    a.tags.filter((tag) => b.tags.includes(tag)),
    plainOf(a, b, intersect),
  );
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
        sources: joined(other.sources, hit.sources),
      };
  }
  return merged;
}
