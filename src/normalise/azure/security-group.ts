import type { CloudResource } from '../../model/cloud-resource.ts';
import { cellsOf, type Destination } from './destination.ts';
import { type Match, matchesAt, merge, type Reach, walk } from './evaluate.ts';
import { type Bound, contains, type Intervals, intersect, size } from './interval-set.ts';
import { listOf } from './resources.ts';
import { readRule, type Rule } from './rule.ts';
import type { Interner } from './side.ts';
import { addressesOf, INTERNET_V4, type Space, type Spaces } from './space.ts';

/** A network security group, its rules read once. */
export interface SecurityGroup {
  readonly resource: CloudResource;
  /** Every rule, in the order of the document. */
  readonly rules: readonly Rule[];
  /** Rules that may be inbound, by priority; those without a known one last. */
  readonly inbound: readonly Rule[];
  /** The input shows some of its rules only, so nothing is certain. */
  readonly partial: boolean;
  /** What walks through its rules found, by the network's space and the rules that matched. */
  readonly walks: Walks;
}

/** Many ports, and the subnet's addresses as much as one interface's, meet the same rules: then the answer is the same. */
type Walks = WeakMap<Space<Bound>, Map<string, Reach<Bound>>>;

export function readSecurityGroup(resource: CloudResource, interner: Interner): SecurityGroup {
  const raw = resource.body['securityRules'];
  const rules = listOf(raw).map((rule, index) => readRule(rule, rulePointer(index), interner));
  const partial = resource.context || (raw !== undefined && raw !== null && !Array.isArray(raw));
  return securityGroup(resource, rules, partial);
}

const POINTERS: string[] = [];

/** Shared between groups: one text for each index. */
function rulePointer(index: number): string {
  return (POINTERS[index] ??= `/securityRules/${index}`);
}

export function securityGroup(resource: CloudResource, rules: readonly Rule[], partial: boolean): SecurityGroup {
  const last = Number.MAX_SAFE_INTEGER;
  const inbound = rules.filter((rule) => rule.direction !== 'outbound').toSorted((a, b) => (a.priority ?? last) - (b.priority ?? last));
  return { resource, rules, inbound, partial, walks: new WeakMap() };
}

export interface Reaches {
  readonly v4: Reach<number> | null;
  readonly v6: Reach<bigint> | null;
}

/** Who gets in to a destination on a protocol and port; null for a family that the destination does not have. */
export function reachesOf(group: SecurityGroup, spaces: Spaces, protocol: number, port: number, destination: Destination): Reaches {
  const matches = matchesOf(group, protocol, port);
  return {
    v4: reachOf(group, spaces.v4, matches, destination.v4, destination),
    v6: reachOf(group, spaces.v6, matches, destination.v6, destination),
  };
}

function reachOf<T extends Bound>(
  group: SecurityGroup,
  space: Space<T>,
  matches: readonly Match[],
  whole: Intervals<T>,
  destination: Destination,
): Reach<T> | null {
  if (whole.length === 0) return null;
  const sides = matches.map((match) => match.rule.destination);
  const reach = merge(
    cellsOf(space, whole, destination.groups, sides).map((cell) => walked(group, space, matchesAt(matches, cell))),
    destination.mode,
  );
  return group.partial
    ? {
        lower: { set: [], tags: [] },
        upper: { set: space.all, tags: reach.upper.tags },
        hits: reach.hits,
      }
    : reach;
}

function walked<T extends Bound>(group: SecurityGroup, space: Space<T>, matches: readonly Match[]): Reach<T> {
  const walks = group.walks as WeakMap<Space<T>, Map<string, Reach<T>>>;
  let found = walks.get(space);
  if (found === undefined) walks.set(space, (found = new Map()));
  let key = '';
  for (const { order, sure } of matches) key += sure ? `${order},` : `${order}?`;
  let reach = found.get(key);
  if (reach === undefined) found.set(key, (reach = walk(space, matches)));
  return reach;
}

/** Inbound rules that match, or may match, a protocol and port. */
function matchesOf(group: SecurityGroup, protocol: number, port: number): Match[] {
  const matches: Match[] = [];
  for (const [order, rule] of group.inbound.entries()) {
    if (rule.protocols !== null && (rule.protocols & protocol) === 0) continue;
    const hit = contains(rule.ports, port);
    if (!hit && !rule.portsUnknown) continue;
    matches.push({ rule, order, sure: hit && rule.protocols !== null && rule.direction !== null });
  }
  return matches;
}

/**
 * Port ranges in which the group may let in as much as the Internet. Within each no rule begins or ends. Found by summing
 * up what the allow rules hold, so that a port which only small lists open costs nothing more.
 */
export function candidatePorts(group: SecurityGroup, spaces: Spaces, protocol: number): Intervals<number> {
  if (group.partial) return [0, 65536];
  const weights = new Map<number, number>();
  const change = (at: number, weight: number): void => void weights.set(at, (weights.get(at) ?? 0) + weight);
  for (const rule of group.inbound) {
    if (rule.access === 'deny' || (rule.protocols !== null && (rule.protocols & protocol) === 0)) continue;
    const weight = weightOf(spaces, rule);
    if (weight === 0) continue;
    const ports = rule.portsUnknown ? [0, 65536] : rule.ports;
    for (let at = 0; at < ports.length; at += 2) {
      change(ports[at] as number, weight);
      change(ports[at + 1] as number, -weight);
    }
  }
  const ranges: number[] = [];
  let total = 0;
  const marks = [...weights.keys()].toSorted((a, b) => a - b);
  for (const [index, mark] of marks.entries()) {
    total += weights.get(mark) ?? 0;
    const next = marks[index + 1];
    if (total >= 1 && next !== undefined) {
      if (ranges[ranges.length - 1] === mark) ranges[ranges.length - 1] = next;
      else ranges.push(mark, next);
    }
  }
  return ranges;
}

/** In units of the least that counts as the Internet; a whole number of 1/2^24ths, so that sums stay exact. */
function weightOf(spaces: Spaces, rule: Rule): number {
  const known = spaces.weights.get(rule.source);
  if (known !== undefined) return known;
  const { source } = rule;
  const v4 = Math.min(size(intersect(addressesOf(spaces.v4, source, true), spaces.v4.publicPart)) / INTERNET_V4, 1);
  const v6 =
    source.v6.length === 0 && !source.internet && !source.unknown && !source.network
      ? 0
      : size(intersect(addressesOf(spaces.v6, source, true), spaces.v6.publicPart)) > 0
        ? 1
        : 0;
  const weight = Math.max(v4, v6);
  spaces.weights.set(source, weight);
  return weight;
}

/** The ranges cut at every port where an inbound rule begins or ends: within a piece every port is judged alike. */
export function pieces(groups: readonly SecurityGroup[], ranges: Intervals<number>, protocol: number, others: readonly Rule[] = []): Intervals<number> {
  const cuts = new Set<number>();
  for (const rules of [...groups.map(({ inbound }) => inbound), others]) {
    for (const rule of rules) {
      if (rule.protocols !== null && (rule.protocols & protocol) === 0) continue;
      for (const port of rule.ports) cuts.add(port);
    }
  }
  const ordered = [...cuts].toSorted((a, b) => a - b);
  const cut: number[] = [];
  let next = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    let start = ranges[at] as number;
    const end = ranges[at + 1] as number;
    while (next < ordered.length && (ordered[next] as number) <= start) next++;
    while (next < ordered.length && (ordered[next] as number) < end) {
      cut.push(start, ordered[next] as number);
      start = ordered[next] as number;
      next++;
    }
    cut.push(start, end);
  }
  return cut;
}
