/**
 * Sets of numbers as half-open intervals in one flat list, `[start, end, start, end, …]`, ascending, neither overlapping nor
 * touching. Plain lists rather than typed arrays: most sets hold one interval, and a typed array costs more to make than to
 * use. IPv4 addresses and ports are numbers, IPv6 addresses bigints.
 */
export type Bound = number | bigint;
export type Intervals<T extends Bound> = readonly T[];

/** A set from intervals in any order. */
export function intervals<T extends Bound>(pairs: Intervals<T>): Intervals<T> {
  if (pairs.length <= 2) return pairs;
  const order: number[] = [];
  for (let at = 0; at < pairs.length; at += 2) order.push(at);
  order.sort((a, b) => compare(pairs[a], pairs[b]));
  const set: T[] = [];
  for (const at of order) append(set, pairs[at] as T, pairs[at + 1] as T);
  return set;
}

function compare(a: Bound | undefined, b: Bound | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

function append<T extends Bound>(set: T[], start: T, end: T): void {
  const last = set.length - 1;
  const lastEnd = set[last];
  if (lastEnd === undefined || lastEnd < start) set.push(start, end);
  else if (lastEnd < end) set[last] = end;
}

export function union<T extends Bound>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0 || a === b) return b;
  if (b.length === 0) return a;
  const set: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (right === undefined || (left !== undefined && left <= right)) {
      append(set, left as T, a[i + 1] as T);
      i += 2;
    } else {
      append(set, right, b[j + 1] as T);
      j += 2;
    }
  }
  return set;
}

export function intersect<T extends Bound>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a === b) return a;
  if (a.length === 2) return clip(b, a[0] as T, a[1] as T);
  if (b.length === 2) return clip(a, b[0] as T, b[1] as T);
  const set: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const [aStart, aEnd, bStart, bEnd] = [a[i] as T, a[i + 1] as T, b[j] as T, b[j + 1] as T];
    const start = aStart > bStart ? aStart : bStart;
    const end = aEnd < bEnd ? aEnd : bEnd;
    if (start < end) set.push(start, end);
    if (aEnd < bEnd) i += 2;
    else j += 2;
  }
  return set;
}

/** The first pair that ends behind a bound; the length of the list when none does. */
function firstBehind<T extends Bound>(set: Intervals<T>, bound: T): number {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle * 2 + 1] as T) > bound) high = middle;
    else low = middle + 1;
  }
  return low * 2;
}

/** What of a set lies in one interval; the set itself when all of it does. */
function clip<T extends Bound>(set: Intervals<T>, start: T, end: T): Intervals<T> {
  if (set.length === 0 || ((set[0] as T) >= start && (set[set.length - 1] as T) <= end)) return set;
  const clipped: T[] = [];
  for (let at = firstBehind(set, start); at < set.length && (set[at] as T) < end; at += 2) {
    const [from, to] = [set[at] as T, set[at + 1] as T];
    clipped.push(from > start ? from : start, to < end ? to : end);
  }
  return clipped;
}

/** A set without one interval; the set itself when nothing of it lies there. */
function cut<T extends Bound>(set: Intervals<T>, start: T, end: T): Intervals<T> {
  const first = firstBehind(set, start);
  if (first === set.length || (set[first] as T) >= end) return set;
  let last = first;
  while (last < set.length && (set[last] as T) < end) last += 2;
  const rest = set.slice(0, first);
  if ((set[first] as T) < start) rest.push(set[first] as T, start);
  if ((set[last - 1] as T) > end) rest.push(end, set[last - 1] as T);
  for (let at = last; at < set.length; at++) rest.push(set[at] as T);
  return rest;
}

/** What is in `a` and not in `b`. */
export function subtract<T extends Bound>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0 || b.length === 0) return a;
  if (a === b) return [];
  if (b.length === 2) return cut(a, b[0] as T, b[1] as T);
  const set: T[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let start = a[i] as T;
    const end = a[i + 1] as T;
    while (j < b.length && (b[j + 1] as T) <= start) j += 2;
    let k = j;
    while (k < b.length && (b[k] as T) < end) {
      if ((b[k] as T) > start) set.push(start, b[k] as T);
      start = b[k + 1] as T;
      k += 2;
    }
    if (start < end) set.push(start, end);
  }
  return set;
}

export function covers<T extends Bound>(a: Intervals<T>, b: Intervals<T>): boolean {
  if (a === b) return true;
  let i = 0;
  for (let j = 0; j < b.length; j += 2) {
    while (i < a.length && (a[i + 1] as T) < (b[j + 1] as T)) i += 2;
    if (i >= a.length || (a[i] as T) > (b[j] as T)) return false;
  }
  return true;
}

export function overlaps<T extends Bound>(a: Intervals<T>, b: Intervals<T>): boolean {
  if (b.length === 2) {
    const at = firstBehind(a, b[0] as T);
    return at < a.length && (a[at] as T) < (b[1] as T);
  }
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if ((a[i] as T) < (b[j + 1] as T) && (b[j] as T) < (a[i + 1] as T)) return true;
    if ((a[i + 1] as T) < (b[j + 1] as T)) i += 2;
    else j += 2;
  }
  return false;
}

export function contains(set: Intervals<number>, value: number): boolean {
  for (let at = 0; at < set.length; at += 2) {
    if (value < (set[at] as number)) return false;
    if (value < (set[at + 1] as number)) return true;
  }
  return false;
}

/** How many members, as a number; exact below 2^53, which IPv4 and ports never reach. */
export function size(set: Intervals<Bound>): number {
  let total = 0;
  for (let at = 0; at < set.length; at += 2) total += Number((set[at + 1] as bigint) - (set[at] as bigint));
  return total;
}
