import type { Finding } from '../model/finding.ts';
import type { Band } from '../model/policy.ts';
import type { ScanReport } from '../model/report.ts';
import type { Target } from '../model/target.ts';

export const BANDS: readonly Band[] = ['critical', 'high', 'medium', 'low'];

/** Order by code units: the same on every machine and in every locale. */
export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Rank for sorting; a function finding has no number and stands at the floor of its band. */
export function weightOf(finding: Finding): number {
  return finding.severity ?? { critical: 9, high: 7, medium: 4, low: 0.1 }[finding.band];
}

export function byPolicy(left: Finding, right: Finding): number {
  return compare(left.policy, right.policy) || compare(left.factId, right.factId) || compare(left.fingerprint, right.fingerprint);
}

export function worstFirst(left: Finding, right: Finding): number {
  return weightOf(right) - weightOf(left) || byPolicy(left, right);
}

/** Counts against the gate: failed and neither waived nor in the baseline. */
export function isOpenFailure(finding: Finding): boolean {
  return finding.status === 'open' && finding.outcome === 'fail';
}

/** Shown as something to act on: failed now, or failed when it was last judged. */
export function isActive(finding: Finding): boolean {
  return finding.status === 'stale' || isOpenFailure(finding);
}

export function targetsById(report: ScanReport): ReadonlyMap<string, Target> {
  return new Map(report.targets.map((target) => [target.id, target]));
}

/** The items of each key, in the order they come. */
export function groupBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Joins small pieces, so that a writer gets few and bounded ones. */
export function* inChunks(pieces: Iterable<string>, size = 0x10000): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= size) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
