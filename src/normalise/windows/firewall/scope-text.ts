import { V4_END, V6_END } from './addresses.ts';
import type { Range } from './ranges.ts';
import { EVERYTHING, type Scope } from './scope.ts';

/** A scope as an address list of a firewall rule writes it; `parseScope` reads it back. */
export function scopeTexts(scope: Scope): string[] {
  if (scope === EVERYTHING || isEverything(scope)) return ['Any'];
  return [...scope.v4.map(v4Text), ...scope.v6.map(v6Text), ...scope.words];
}

function isEverything({ v4, v6 }: Scope): boolean {
  const isWhole = <N extends number | bigint>(ranges: readonly Range<N>[], end: N): boolean => ranges.length === 1 && ranges[0]?.[1] === end;
  return isWhole(v4, V4_END) && Number(v4[0]?.[0]) === 0 && isWhole(v6, V6_END) && v6[0]?.[0] === 0n;
}

function v4Text([low, high]: Range<number>): string {
  const bits = Math.log2(high - low);
  if (bits === 0) return v4Address(low);
  if (Number.isInteger(bits) && low % 2 ** bits === 0) return `${v4Address(low)}/${32 - bits}`;
  return `${v4Address(low)}-${v4Address(high - 1)}`;
}

function v4Address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function v6Text([low, high]: Range<bigint>): string {
  const size = high - low;
  const bits = size.toString(2).length - 1;
  if (size === 1n) return v6Address(low);
  if (size === 1n << BigInt(bits) && low % size === 0n) return `${v6Address(low)}/${128 - bits}`;
  return `${v6Address(low)}-${v6Address(high - 1n)}`;
}

/** The longest run of zeros, of two or more groups, is written as `::` (RFC 5952). */
function v6Address(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let start = -1;
  let longest = 1;
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === '0') length++;
    if (length > longest) [start, longest] = [from, length];
  }
  return start < 0 ? groups.join(':') : `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`;
}
