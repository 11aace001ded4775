/** Sorted, disjoint, half-open ranges `[low, high)`: of IPv4 addresses and ports as numbers, of IPv6 addresses as bigints. */
export type Range<N extends number | bigint> = readonly [N, N];
export type Ranges<N extends number | bigint> = readonly Range<N>[];

/** The union of any ranges, sorted, touching ones merged: two halves of the Internet become the Internet. */
export function unite<N extends number | bigint>(ranges: Ranges<N>): Ranges<N> {
  if (ranges.length < 2) return ranges;
  const sorted = ranges.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const merged: [N, N][] = [];
  for (const [low, high] of sorted) {
    const last = merged.at(-1);
    if (last === undefined || low > last[1]) merged.push([low, high]);
    else if (high > last[1]) last[1] = high;
  }
  return merged;
}

/** What `from` holds and `taken` does not; both are united. */
export function subtract<N extends number | bigint>(from: Ranges<N>, taken: Ranges<N>): Ranges<N> {
  if (from.length === 0 || taken.length === 0) return from;
  const left: Range<N>[] = [];
  let next = firstAbove(taken, from[0]);
  for (const [start, high] of from) {
    let low = start;
    while (next < taken.length && (taken[next]?.[1] ?? high) <= low) next++;
    for (let index = next; index < taken.length && low < high; index++) {
      const cut = taken[index];
      if (cut === undefined || cut[0] >= high) break;
      if (cut[0] > low) left.push([low, cut[0]]);
      if (cut[1] > low) low = cut[1];
    }
    if (low < high) left.push([low, high]);
  }
  return left;
}

/** Index of the first range that does not end at or before this one begins: a long list is not walked for each of many. */
function firstAbove<N extends number | bigint>(ranges: Ranges<N>, range: Range<N> | undefined): number {
  let low = 0;
  let high = ranges.length;
  while (range !== undefined && low < high) {
    const middle = (low + high) >>> 1;
    const end = ranges[middle]?.[1];
    if (end !== undefined && end <= range[0]) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function overlap<N extends number | bigint>(a: Ranges<N>, b: Ranges<N>): boolean {
  let left = 0;
  let right = firstAbove(b, a[0]);
  while (left < a.length && right < b.length) {
    const one = a[left];
    const other = b[right];
    if (one === undefined || other === undefined) return false;
    if (one[0] < other[1] && other[0] < one[1]) return true;
    if (one[1] <= other[1]) left++;
    else right++;
  }
  return false;
}

export function contains<N extends number | bigint>(ranges: Ranges<N>, value: N): boolean {
  return ranges.some(([low, high]) => low <= value && value < high);
}
