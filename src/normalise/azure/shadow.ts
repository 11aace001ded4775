import { type Bound, covers, type Intervals, overlaps, subtract, union } from './interval-set.ts';
import type { Rule } from './rule.ts';
import type { Side } from './side.ts';
import { PUBLIC_V4, PUBLIC_V6 } from './space.ts';

interface Shadowed {
  readonly rule: Rule;
  /** The rules before it that take all that it could match; several when only together they do. */
  readonly by: readonly Rule[];
}

/** A rule stays unjudged when it would take more pieces or more rules than this. */
const MOST_PIECES = 64;

/**
 * Rules that no packet reaches, because rules of lower priority numbers take all that they match. What is unresolved never
 * shadows and is never called shadowed.
 */
export function shadowedRules(rules: readonly Rule[]): Shadowed[] {
  const found: Shadowed[] = [];
  for (const direction of ['inbound', 'outbound'] as const) {
    const ordered = rules.filter((rule) => rule.direction === direction && isResolved(rule)).toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
    const spans = spansOf(ordered);
    for (const [index, rule] of ordered.entries()) {
      const by = takenBy(rule, index, ordered, spans);
      if (by.length > 0) found.push({ rule, by });
    }
  }
  return found;
}

/** Lowest port, highest port and source address of each rule, flat: most pairs of rules have nothing in common. */
function spansOf(ordered: readonly Rule[]): Float64Array {
  const spans = new Float64Array(ordered.length * 4);
  for (const [index, rule] of ordered.entries()) {
    const { source } = rule;
    const plain =
      !source.any &&
      !source.internet &&
      !source.network &&
      !source.loadBalancer &&
      source.opaque.length === 0 &&
      source.groups.length === 0 &&
      source.v6.length === 0;
    spans[index * 4] = hasPorts(rule) ? (rule.ports[0] ?? 0) : 0;
    spans[index * 4 + 1] = hasPorts(rule) ? (rule.ports[rule.ports.length - 1] ?? 0) : 65536;
    spans[index * 4 + 2] = plain ? (source.v4[0] ?? 0) : 0;
    spans[index * 4 + 3] = plain ? (source.v4[source.v4.length - 1] ?? 0) : Number.MAX_SAFE_INTEGER;
  }
  return spans;
}

/** Only TCP and UDP have ports; a rule for other protocols takes them whatever its ports say. */
function hasPorts(rule: Rule): boolean {
  return ((rule.protocols ?? 0) & ~3) === 0;
}

function isResolved(rule: Rule): boolean {
  return (
    rule.priority !== null &&
    rule.access !== null &&
    rule.protocols !== null &&
    !rule.portsUnknown &&
    rule.everySourcePort !== null &&
    !rule.source.unknown &&
    !rule.destination.unknown &&
    (rule.ports.length > 0 || !hasPorts(rule))
  );
}

function takenBy(rule: Rule, index: number, ordered: readonly Rule[], spans: Float64Array): Rule[] {
  const [low = 0, high = 0, first = 0, last = 0] = [spans[index * 4], spans[index * 4 + 1], spans[index * 4 + 2], spans[index * 4 + 3]];
  const near: Rule[] = [];
  for (let at = 0; at < index; at++) {
    const base = at * 4;
    if ((spans[base + 1] as number) <= low || (spans[base] as number) >= high || (spans[base + 3] as number) <= first || (spans[base + 2] as number) >= last)
      continue;
    const before = ordered[at] as Rule;
    if (((before.protocols ?? 0) & (rule.protocols ?? 0)) === 0 || before.priority === rule.priority || before.everySourcePort !== true) continue;
    if (!sideMayMeet(before.source, rule.source) || !sideCovers(before.destination, rule.destination)) continue;
    if (coversPorts(before, rule) && sideCovers(before.source, rule.source)) return [before];
    near.push(before);
  }
  return near.length < 2 || near.length > MOST_PIECES ? [] : takenTogether(rule, near);
}

function coversPorts(before: Rule, rule: Rule): boolean {
  const protocols = rule.protocols ?? 0;
  if (((before.protocols ?? 0) & protocols) !== protocols) return false;
  return (protocols & 3) === 0 || covers(before.ports, rule.ports);
}

/** Judges every protocol and every stretch of ports by itself: there the sources of the earlier rules must add up. */
function takenTogether(rule: Rule, near: readonly Rule[]): Rule[] {
  const used = new Set<Rule>();
  for (let protocol = 1; protocol <= 16; protocol *= 2) {
    if (((rule.protocols ?? 0) & protocol) === 0) continue;
    const stretches: Intervals<number> = protocol <= 2 ? cutPorts(rule.ports, near) : [0, 1];
    if (stretches.length === 0) continue;
    if (stretches.length > MOST_PIECES * 2) return [];
    for (let at = 0; at < stretches.length; at += 2) {
      const stretch = [stretches[at] as number, stretches[at + 1] as number];
      const here = near.filter((before) => ((before.protocols ?? 0) & protocol) !== 0 && (protocol > 2 || covers(before.ports, stretch)));
      if (!sourcesAddUp(rule.source, here, used)) return [];
    }
  }
  return [...used];
}

function cutPorts(ports: Intervals<number>, near: readonly Rule[]): number[] {
  const cuts = [...new Set(near.flatMap((before) => [...before.ports]))].toSorted((a, b) => a - b);
  const stretches: number[] = [];
  for (let at = 0; at < ports.length; at += 2) {
    let start = ports[at] as number;
    const end = ports[at + 1] as number;
    for (const cut of cuts) {
      if (cut <= start || cut >= end) continue;
      stretches.push(start, cut);
      start = cut;
    }
    stretches.push(start, end);
  }
  return stretches;
}

function sourcesAddUp(source: Side, here: readonly Rule[], used: Set<Rule>): boolean {
  const whole = here.find((before) => sideCovers(before.source, source));
  if (whole !== undefined) {
    used.add(whole);
    return true;
  }
  // Tags and groups are names here: only one rule can take them, never a sum of prefixes.
  if (source.network || source.loadBalancer || source.opaque.length > 0 || source.groups.length > 0) return false;
  let [v4, v6] = [v4Of(source), v6Of(source)];
  for (const before of here) {
    if (!overlaps(v4, v4Of(before.source)) && !overlaps(v6, v6Of(before.source))) continue;
    v4 = subtract(v4, v4Of(before.source));
    v6 = subtract(v6, v6Of(before.source));
    used.add(before);
    if (v4.length === 0 && v6.length === 0) return true;
  }
  return false;
}

function v4Of(side: Side): Intervals<number> {
  return side.internet && !side.any ? union(side.v4, PUBLIC_V4) : side.v4;
}

function v6Of(side: Side): Intervals<bigint> {
  return side.internet && !side.any ? union(side.v6, PUBLIC_V6) : side.v6;
}

/** Quick, and may say yes too often. */
function sideMayMeet(a: Side, b: Side): boolean {
  if (
    a.any ||
    b.any ||
    a.network ||
    b.network ||
    a.internet ||
    b.internet ||
    a.opaque.length > 0 ||
    b.opaque.length > 0 ||
    a.groups.length > 0 ||
    b.groups.length > 0 ||
    a.loadBalancer ||
    b.loadBalancer
  )
    return true;
  return meet(a.v4, b.v4) || meet(a.v6, b.v6);
}

function meet<T extends Bound>(a: Intervals<T>, b: Intervals<T>): boolean {
  return a.length > 0 && b.length > 0 && overlaps(a, b);
}

function sideCovers(a: Side, b: Side): boolean {
  if (a.any) return true;
  if (b.any) return false;
  if (b.network && !a.network) return false;
  if (b.loadBalancer && !a.loadBalancer) return false;
  if (b.opaque.length > 0 && !a.internet && !b.opaque.every((tag) => a.opaque.includes(tag))) return false;
  if (b.groups.length > 0 && !a.network && !b.groups.every((group) => a.groups.includes(group))) return false;
  return covers(v4Of(a), v4Of(b)) && covers(v6Of(a), v6Of(b));
}
