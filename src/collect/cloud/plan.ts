import type { JsonObject } from '../../model/json.ts';
import { BAG, ID, type Key, keyOf, NAME, PLAIN, SINGULAR } from './key.ts';

/**
 * How objects with the same member names in the same order become canonical. An input holds thousands of rules of one
 * shape, so what its names mean is worked out once for the shape.
 */
export interface Plan {
  /** As written. */
  readonly written: readonly string[];
  readonly keys: readonly Key[];
  /** Some canonical name stands twice, so that values have to be looked at before one is taken. */
  readonly repeats: boolean;
  /** Places of singular names beside their plural: of the same name when they hold a list. */
  readonly singles: readonly number[];
  /** Where a `properties` bag stands; -1 for none. */
  readonly bag: number;
  /** All names are canonical and none is left out: a copy of the object needs its values looked at, no more. */
  readonly clean: boolean;
  /** It has a name: its id is its own, not a reference. */
  readonly named: boolean;
  /** Plans of bags that were met inside, and whether a name stands in both. */
  readonly bags: Map<Plan, boolean>;
}

/** Plans by the number of names. */
export type Plans = Plan[][];

/** A document with more shapes of one size than this has no common ones. */
const MAX_SHAPES = 24;

export function planOf(plans: Plans, written: readonly string[]): Plan {
  const { length } = written;
  const known = (plans[length] ??= []);
  for (const plan of known) {
    let at = 0;
    while (at < length && plan.written[at] === written[at]) at++;
    if (at === length) return plan;
  }
  const plan = newPlan(written);
  if (known.length < MAX_SHAPES) known.push(plan);
  return plan;
}

function newPlan(written: readonly string[]): Plan {
  const keys = written.map((name) => keyOf(name));
  const names = new Set(keys.map((key) => key.name));
  const singles = keys.flatMap((key, at) => (key.kind === SINGULAR && names.has(key.plural) ? [at] : []));
  const repeats = names.size < keys.length;
  const clean = !repeats && keys.every((key, at) => key.name === written[at] && COPIED.has(key.kind));
  return { written, keys, repeats, singles, bag: keys.findIndex((key) => key.kind === BAG), clean, named: names.has('name'), bags: new Map() };
}

const COPIED: ReadonlySet<number> = new Set([PLAIN, NAME, ID, SINGULAR]);

/** Whether a name stands both beside the bag and in it. */
export function overlap(outer: Plan, inner: Plan): boolean {
  let known = outer.bags.get(inner);
  if (known === undefined) {
    const names = new Set(outer.keys.map((key) => key.plural));
    known = inner.keys.some((key) => names.has(key.plural));
    if (outer.bags.size < MAX_SHAPES) outer.bags.set(inner, known);
  }
  return known;
}

/** Whether an object of the plan states some name twice. */
export function repeatsIn(plan: Plan, source: JsonObject): boolean {
  if (plan.repeats) return true;
  for (const at of plan.singles) if (Array.isArray(source[plan.written[at] ?? ''])) return true;
  return false;
}
