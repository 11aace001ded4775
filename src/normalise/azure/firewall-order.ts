import type { AddressSet } from './address.ts';
import { isThere } from './coverage.ts';
import { type Bound, covers, type Intervals, intersect, overlaps, subtract, union } from './interval-set.ts';
import type { Side } from './side.ts';
import { addressesOf, PUBLIC_V4, type Space } from './space.ts';

/** Of a DNAT rule: what it is about, and where it stands among the others of its firewall or policy. */
export interface DnatPlace {
  /** Id of the firewall or the policy. */
  readonly ownerId: string;
  /** Addresses of the firewall that clients connect to; null when they are unresolved. */
  readonly destination: AddressSet | null;
  /** Ports that clients connect to; null when they are unresolved. */
  readonly ports: Intervals<number> | null;
  /** Priorities from the outermost list inwards, then the place in the innermost; null where one is unresolved. */
  readonly order: readonly (number | null)[];
}

/** A DNAT rule, as far as its order decides. */
export interface OrderedRule {
  /** Bits of TCP and UDP; null when unresolved. */
  readonly protocols: number | null;
  readonly clients: Side;
  readonly place: DnatPlace;
  /** What decides whether it is there. */
  readonly conditional?: string | undefined;
}

/** A rule that is asked before another. */
interface Earlier {
  readonly rule: OrderedRule;
  /** It certainly is, and certainly about the packets in question. */
  readonly sure: boolean;
}

/** What part of a rule's packets earlier rules take, piece by piece of its addresses and ports. */
type Pieces = readonly (readonly Earlier[])[];

const MOST_PIECES = 256;
const pieces = new WeakMap<OrderedRule, Pieces>();

/**
 * Sets for each rule what comes before it. Rule collection groups are asked by priority, then collections, then rules, and the
 * first match translates. DNAT rules of a parent policy are not inherited, so each firewall or policy stands alone.
 *
 * https://learn.microsoft.com/azure/firewall/rule-processing
 * https://learn.microsoft.com/azure/firewall-manager/policy-overview#hierarchical-policies
 */
export function putInOrder(rules: readonly OrderedRule[]): void {
  for (const own of Map.groupBy(rules, ({ place }) => place.ownerId).values()) {
    for (const rule of own) pieces.set(rule, piecesOf(rule, own));
  }
}

function piecesOf(rule: OrderedRule, all: readonly OrderedRule[]): Pieces {
  const before = all.flatMap((other): Earlier[] => {
    const order = other === rule ? false : isBefore(other.place.order, rule.place.order);
    return order === false || !meets(other, rule) ? [] : [{ rule: other, sure: order === true && isThere(other, rule) }];
  });
  if (before.length === 0) return [[]];
  const { destination, ports } = rule.place;
  if (destination === null || ports === null) return [before.map((earlier) => ({ ...earlier, sure: false }))];
  let cells: { readonly v4: Intervals<number>; readonly ports: Intervals<number> }[] = [{ v4: destination.v4, ports }];
  for (const { rule: other } of before) {
    const [v4, theirs] = [other.place.destination?.v4, other.place.ports];
    if (v4 === undefined || theirs === null) continue;
    const cut = cells
      .flatMap((cell) => [
        { v4: intersect(cell.v4, v4), ports: cell.ports },
        { v4: subtract(cell.v4, v4), ports: cell.ports },
      ])
      .flatMap((cell) => [
        { v4: cell.v4, ports: intersect(cell.ports, theirs) },
        { v4: cell.v4, ports: subtract(cell.ports, theirs) },
      ])
      .filter((cell) => cell.v4.length > 0 && cell.ports.length > 0);
    if (cut.length > MOST_PIECES) return [before.map((earlier) => ({ ...earlier, sure: false }))];
    cells = cut;
  }
  return cells.map((cell) =>
    before.flatMap((earlier): Earlier[] => {
      const { destination: theirs, ports: their } = earlier.rule.place;
      if ((theirs !== null && !overlaps(theirs.v4, cell.v4)) || (their !== null && !overlaps(their, cell.ports))) return [];
      const whole = theirs !== null && their !== null && covers(theirs.v4, cell.v4) && covers(their, cell.ports);
      return [{ rule: earlier.rule, sure: earlier.sure && whole }];
    }),
  );
}

/** Null: nobody knows. Rules whose places are equal have no known order. */
function isBefore(a: readonly (number | null)[], b: readonly (number | null)[]): boolean | null {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at] ?? null, b[at] ?? null];
    if (left === null || right === null) return null;
    if (left !== right) return left < right;
  }
  return null;
}

function meets(a: OrderedRule, b: OrderedRule): boolean {
  const [one, other] = [a.place, b.place];
  if (one.ports !== null && other.ports !== null && !overlaps(one.ports, other.ports)) return false;
  if (one.destination === null || other.destination === null) return true;
  return overlaps(one.destination.v4, other.destination.v4);
}

/** Who a rule lets in on a protocol: its clients, without those whom an earlier rule has sent elsewhere. */
export function clientsOf<T extends Bound>(space: Space<T>, rule: OrderedRule, protocol: number, maybe: boolean): Intervals<T> {
  const own = addressesOf(space, rule.clients, maybe);
  const left = (pieces.get(rule) ?? [[]]).map((earlier) => earlier.reduce((set, before) => without(space, set, before, protocol, maybe), own));
  const all = left.reduce<Intervals<T>>((sum, set) => union(sum, set), []);
  // Whoever connects to a private address of the firewall is inside.
  const { destination } = rule.place;
  const inside = destination !== null && destination.v4.length > 0 && !overlaps(destination.v4, PUBLIC_V4);
  return inside ? subtract(all, space.publicPart) : all;
}

function without<T extends Bound>(space: Space<T>, set: Intervals<T>, { rule, sure }: Earlier, protocol: number, maybe: boolean): Intervals<T> {
  if (rule.protocols !== null && (rule.protocols & protocol) === 0) return set;
  if (!maybe) return subtract(set, addressesOf(space, rule.clients, true));
  return sure && rule.protocols !== null ? subtract(set, addressesOf(space, rule.clients, false)) : set;
}
