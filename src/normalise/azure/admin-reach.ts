import { type AdminRule, type AdminRules, isAllSeen } from './admin-rule.ts';
import type { UnseenAdminRules } from './admin-unseen.ts';
import { ANY_DESTINATION, cellsOf } from './destination.ts';
import type { Reach, Sources } from './evaluate.ts';
import { type Bound, contains, type Intervals, intersect, overlaps, subtract, union } from './interval-set.ts';
import type { Rule } from './rule.ts';
import type { Side } from './side.ts';
import { addressesOf, type Space } from './space.ts';

/** A rule that is about a protocol, a port and a destination; `sure` when it certainly is. */
interface Match {
  readonly rule: AdminRule;
  readonly sure: boolean;
}

function matchesOf<T extends Bound>(space: Space<T>, rules: readonly AdminRule[], protocol: number, port: number, whole: Intervals<T>): Match[] {
  return rules.flatMap((admin): Match[] => {
    const { rule } = admin;
    if (rule.protocols !== null && (rule.protocols & protocol) === 0) return [];
    const everyPort = rule.ports.length === 0 && !rule.portsUnknown;
    if (!everyPort && !contains(rule.ports, port) && !rule.portsUnknown) return [];
    const everywhere = hasNoText(rule.destination);
    const cells = everywhere ? [] : cellsOf(space, whole, ANY_DESTINATION.groups, [rule.destination]).map((cell) => cell.meets(rule.destination));
    if (!everywhere && cells.every((meets) => meets === 'no')) return [];
    const there = everywhere || cells.every((meets) => meets === 'yes');
    const sure = rule.protocols !== null && rule.direction !== null && rule.everySourcePort === true && (everyPort || contains(rule.ports, port));
    return [{ rule: admin, sure: sure && there }];
  });
}

/** A rule without sources is for all of them, and the same for destinations. */
function hasNoText(side: Side): boolean {
  return side.values.length === 0 && side.groups.length === 0;
}

/** The sources of a rule: at least, and at most. A tag without known addresses may be any public one. */
function sourcesOf<T extends Bound>(space: Space<T>, { source }: Rule, maybe: boolean): Intervals<T> {
  if (hasNoText(source)) return space.all;
  const set = addressesOf(space, source, maybe);
  return maybe && source.opaque.length > 0 ? union(set, space.publicPart) : set;
}

function plainSources<T extends Bound>(space: Space<T>, rule: Rule, maybe: boolean): Intervals<T> {
  return rule.source.plain === null ? sourcesOf(space, rule, maybe) : addressesOf(space, rule.source.plain, maybe);
}

/** What passes a network's admin rules and, where they leave it to them, its groups. */
export function withAdminRules<T extends Bound>(
  space: Space<T>,
  reach: Reach<T>,
  admin: AdminRules,
  protocol: number,
  port: number,
  whole: Intervals<T>,
): Reach<T> {
  const matches = matchesOf(space, admin.rules, protocol, port, whole);
  const shown = matches.length === 0 ? reach : admin.by === 'deployed' ? passed(space, reach, matches) : perhapsPassed(space, reach, matches);
  return isAllSeen(admin) ? shown : orAnything(space, shown, admin.unseen);
}

/** What nobody sees may deliver anything and, where there certainly is a manager, drop anything. */
function orAnything<T extends Bound>(space: Space<T>, { lower, upper, hits }: Reach<T>, { mayDeny }: UnseenAdminRules): Reach<T> {
  return { lower: mayDeny ? { set: [], tags: [] } : lower, upper: { set: space.all, tags: upper.tags }, hits };
}

/** Each of them may be deployed or not. */
function perhapsPassed<T extends Bound>(space: Space<T>, reach: Reach<T>, matches: readonly Match[]): Reach<T> {
  let { lower, upper } = reach;
  for (const { rule } of matches) {
    const set = sourcesOf(space, rule.rule, true);
    const { opaque } = rule.rule.source;
    if (rule.does === 'deliver' || rule.does === 'unknown') {
      // The tag's own name says more than every public address that it may be.
      const known = addressesOf(space, rule.rule.source, true);
      upper = more(upper, hasNoText(rule.rule.source) ? space.all : known, plainSources(space, rule.rule, true), opaque);
    }
    if (rule.does === 'drop' || rule.does === 'unknown') lower = less(lower, set, overlaps(set, space.publicPart) ? [] : lower.tags);
  }
  return { lower, upper, hits: reach.hits };
}

function more<T extends Bound>(sources: Sources<T>, set: Intervals<T>, plain: Intervals<T>, tags: readonly string[]): Sources<T> {
  const all = { set: union(sources.set, set), tags: [...new Set([...sources.tags, ...tags])] };
  return plain === set && sources.plain === undefined ? all : { ...all, plain: union(sources.plain ?? sources.set, intersect(plain, set)) };
}

function less<T extends Bound>(sources: Sources<T>, set: Intervals<T>, tags: readonly string[]): Sources<T> {
  const rest = { set: subtract(sources.set, set), tags };
  return sources.plain === undefined ? rest : { ...rest, plain: subtract(sources.plain, set) };
}

/** Sources by what becomes of them; each at least (`sure`) and at most (`maybe`). */
interface Fates<T extends Bound> {
  readonly delivered: { sure: Intervals<T>; maybe: Intervals<T>; plainSure: Intervals<T>; plainMaybe: Intervals<T> };
  readonly asked: { sure: Intervals<T>; maybe: Intervals<T> };
  /** Sources that no rule has certainly decided about, and those that no rule may have. */
  possible: Intervals<T>;
  certain: Intervals<T>;
}

/** The first rule that is about a packet decides. Rules of several managers have an order that no answer shows. */
function passed<T extends Bound>(space: Space<T>, reach: Reach<T>, matches: readonly Match[]): Reach<T> {
  const fates: Fates<T> = {
    delivered: { sure: [], maybe: [], plainSure: [], plainMaybe: [] },
    asked: { sure: [], maybe: [] },
    possible: space.all,
    certain: space.all,
  };
  const several = new Set(matches.map(({ rule }) => rule.manager)).size > 1;
  const inOrder = !several && matches.every(({ rule }) => rule.rule.priority !== null);
  for (let start = 0; start < matches.length;) {
    let end = start + 1;
    while (end < matches.length && (!inOrder || matches[end]?.rule.rule.priority === matches[start]?.rule.rule.priority)) end++;
    decide(space, fates, matches.slice(start, end));
    start = end;
  }
  const { delivered, asked } = fates;
  const sure = union(asked.sure, fates.certain);
  const maybe = union(asked.maybe, fates.possible);
  const through = (sources: Sources<T>, set: Intervals<T>, tags: readonly string[]): Sources<T> => less(sources, subtract(space.all, set), tags);
  const lower = through(reach.lower, sure, covered(space, sure) ? reach.lower.tags : []);
  const upper = through(reach.upper, maybe, overlaps(maybe, space.publicPart) ? reach.upper.tags : []);
  return {
    lower: more(lower, delivered.sure, delivered.plainSure, []),
    upper: more(upper, delivered.maybe, delivered.plainMaybe, []),
    hits: reach.hits,
  };
}

function covered<T extends Bound>(space: Space<T>, set: Intervals<T>): boolean {
  return subtract(space.publicPart, set).length === 0;
}

/** Rules of one rank: where they differ, nobody knows which comes first. */
function decide<T extends Bound>(space: Space<T>, fates: Fates<T>, rank: readonly Match[]): void {
  const { possible, certain, delivered, asked } = fates;
  for (const { rule, sure } of rank) {
    const others = rank.filter((other) => other.rule !== rule && other.rule.does !== rule.does);
    const contested = others.reduce<Intervals<T>>((set, other) => union(set, sourcesOf(space, other.rule.rule, true)), []);
    const maybe = intersect(possible, sourcesOf(space, rule.rule, true));
    const certainly = sure && rule.does !== 'unknown' ? subtract(intersect(certain, sourcesOf(space, rule.rule, false)), contested) : [];
    if (rule.does === 'deliver' || rule.does === 'unknown') {
      const [plainMaybe, plainSure] = [intersect(maybe, plainSources(space, rule.rule, true)), intersect(certainly, plainSources(space, rule.rule, false))];
      delivered.plainMaybe = union(delivered.plainMaybe, plainMaybe);
      delivered.plainSure = union(delivered.plainSure, plainSure);
      delivered.maybe = union(delivered.maybe, maybe);
      delivered.sure = union(delivered.sure, certainly);
    }
    if (rule.does === 'ask' || rule.does === 'unknown') {
      asked.maybe = union(asked.maybe, maybe);
      asked.sure = union(asked.sure, rule.does === 'ask' ? certainly : []);
    }
  }
  for (const { rule, sure } of rank) {
    fates.certain = subtract(fates.certain, sourcesOf(space, rule.rule, true));
    if (sure) fates.possible = subtract(fates.possible, sourcesOf(space, rule.rule, false));
  }
}

/** Rules that may decide about some public source of a port, for people: `Drop of 'mgr'`. */
export function adminHops<T extends Bound>(
  space: Space<T>,
  admin: AdminRules,
  protocol: number,
  port: number,
  whole: Intervals<T>,
  from: Intervals<T>,
): readonly AdminRule[] {
  return matchesOf(space, admin.rules, protocol, port, whole)
    .filter(({ rule }) => overlaps(sourcesOf(space, rule.rule, true), from))
    .map(({ rule }) => rule);
}
