import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Pointer, stepsOf } from '../model/pointer.ts';

/** Stands, by identity, for a value that could not be read. */
export const UNKNOWN: JsonObject = Object.freeze({ $unknown: true });

/** Equal for certain (2), different for certain (0), or not to be said (1) because something unknown is inside. */
export function jsonEquals(a: Json, b: Json): 0 | 1 | 2 {
  if (a === b) return 2;
  if (a === UNKNOWN || b === UNKNOWN) return 1;
  if (Array.isArray(a) && Array.isArray(b)) {
    const left = a as readonly Json[];
    const right = b as readonly Json[];
    return left.length === right.length ? least(left, (item, index) => jsonEquals(item, right[index] ?? null)) : 0;
  }
  if (!isObject(a) || !isObject(b)) return 0;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length || !names.every((name) => Object.hasOwn(b, name))) return 0;
  return least(names, (name) => jsonEquals(a[name] ?? null, b[name] ?? null));
}

function least<Item>(items: readonly Item[], judge: (item: Item, index: number) => 0 | 1 | 2): 0 | 1 | 2 {
  let result: 0 | 1 | 2 = 2;
  for (const [index, item] of items.entries()) {
    const truth = judge(item, index);
    if (truth === 0) return 0;
    if (truth < result) result = truth;
  }
  return result;
}

/** `data` with UNKNOWN at each pointer; only what lies on the way is copied. A pointer to nothing adds the member. */
export function withUnknown(data: Json, pointers: readonly Pointer[]): Json {
  let result = data;
  for (const pointer of pointers) result = put(result, stepsOf(pointer), 0);
  return result;
}

function put(value: Json, steps: readonly string[], depth: number): Json {
  const step = steps[depth];
  if (step === undefined || value === UNKNOWN) return UNKNOWN;
  if (Array.isArray(value)) {
    const list = [...(value as readonly Json[])];
    const index = Number(step);
    if (Number.isInteger(index) && index >= 0 && index < list.length) list[index] = put(list[index] ?? null, steps, depth + 1);
    return list;
  }
  if (!isObject(value)) return UNKNOWN;
  const copy: Record<string, Json> = { ...value };
  copy[step] =
    depth + 1 < steps.length && !Object.hasOwn(value, step) ? UNKNOWN : put(Object.hasOwn(value, step) ? (value[step] ?? null) : null, steps, depth + 1);
  return copy;
}
