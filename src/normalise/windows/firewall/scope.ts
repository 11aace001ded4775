import { unwrap } from '../../../lib/raw.ts';
import type { Json } from '../../../model/json.ts';
import { NOT_PUBLIC_V4, parseAddress, PUBLIC_V6, V4_END, V6_END, type Piece } from './addresses.ts';
import { overlap, type Ranges, subtract, unite } from './ranges.ts';

/** A set of remote addresses. `words` are the small keyword sets that only Windows resolves: `localsubnet4`, `dns6`, … */
export interface Scope {
  readonly v4: Ranges<number>;
  readonly v6: Ranges<bigint>;
  readonly words: readonly string[];
}

/** What a rule's address list certainly holds, and what it can hold at most; the same object when all of it was read. */
export interface Bounds {
  readonly least: Scope;
  readonly most: Scope;
}

/** How far a set of addresses reaches, ordered. Private ranges are `listed`; `any` needs more of the Internet than one owner has. */
export const REACHES = ['nobody', 'listed', 'local-subnet', 'any'] as const;
export type Reach = (typeof REACHES)[number];

export const NOTHING: Scope = { v4: [], v6: [], words: [] };
export const EVERYTHING: Scope = { v4: [[0, V4_END]], v6: [[0n, V6_END]], words: [] };
export const UNREADABLE: Bounds = { least: NOTHING, most: EVERYTHING };
const ALL: Bounds = { least: EVERYTHING, most: EVERYTHING };

/** More public addresses than these are called `any`: a /8 of IPv4, a /20 of IPv6, the largest that one owner may list. */
const ANY_V4 = 2 ** 24;
const ANY_V6 = 1n << 108n;
/** No keyword set is thought to hold more: a local subnet, the name servers, the intranet of one site. */
const WORD_V4 = 2 ** 20;
const WORD_V6 = 1n << 68n;

const PRIVATE_V4 = unite(NOT_PUBLIC_V4);
const PUBLIC_V4 = subtract([[0, V4_END]], PRIVATE_V4);
const NOT_PUBLIC_V6 = subtract([[0n, V6_END]], [PUBLIC_V6]);

/** The same few lists stand in hundreds of rules of thousands of hosts, so parsed lists are kept by their text. */
const known = new Map<string, Bounds>();
const KNOWN_AT_MOST = 4096;

/** An address list as raw: a text, a list, a wrapper; the empty text and the empty list are any. Null could not be read. */
export function parseScope(raw: Json | undefined): Bounds {
  const plain = unwrap(raw);
  if (plain === undefined || plain === null) return UNREADABLE;
  const list = Array.isArray(plain) ? (plain as readonly Json[]).map((item) => unwrap(item)) : [plain];
  if (list.length === 0) return ALL;
  if (!list.every((item) => typeof item === 'string')) return parseTexts(list.map(String));
  const key = list.join(',');
  const before = known.get(key);
  if (before !== undefined) return before;
  const bounds = parseTexts(key.split(','));
  if (key.length < 2000) {
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(key, bounds);
  }
  return bounds;
}

function parseTexts(texts: readonly string[]): Bounds {
  const pieces = texts.map(parseAddress);
  if (pieces.some((piece) => piece?.is === 'any')) return ALL;
  const least = scopeOf(pieces.filter((piece) => piece !== undefined));
  return pieces.includes(undefined) ? { least, most: EVERYTHING } : { least, most: least };
}

function scopeOf(pieces: readonly Piece[]): Scope {
  const v4 = pieces.flatMap((piece) => (piece.is === 'v4' ? [piece.range] : []));
  const v6 = pieces.flatMap((piece) => (piece.is === 'v6' ? [piece.range] : []));
  const words = new Set<string>();
  for (const piece of pieces) {
    if (piece.is !== 'keyword') continue;
    const families = piece.families === 'both' ? (['v4', 'v6'] as const) : [piece.families];
    for (const family of families) {
      if (piece.name !== 'internet') words.add(`${piece.name}${family.slice(1)}`);
      else if (family === 'v4') v4.push(...PUBLIC_V4);
      else v6.push(PUBLIC_V6);
    }
  }
  return { v4: unite(v4), v6: unite(v6), words: [...words] };
}

export function isEmpty(scope: Scope): boolean {
  return scope.v4.length === 0 && scope.v6.length === 0 && scope.words.length === 0;
}

export function uniteScopes(scopes: readonly Scope[]): Scope {
  const only = scopes[0] ?? NOTHING;
  if (scopes.length < 2) return only;
  if (scopes.includes(EVERYTHING)) return EVERYTHING;
  return {
    v4: unite(scopes.flatMap((scope) => scope.v4)),
    v6: unite(scopes.flatMap((scope) => scope.v6)),
    words: [...new Set(scopes.flatMap((scope) => scope.words))],
  };
}

/** At most what is left: a keyword set is gone only when its whole family, or the same keyword, is taken. */
export function leftAtMost(from: Scope, taken: Scope): Scope {
  if (isEmpty(from) || isEmpty(taken)) return from;
  return {
    v4: subtract(from.v4, taken.v4),
    v6: subtract(from.v6, taken.v6),
    words: from.words.filter((word) => !taken.words.includes(word) && !isWhole(word, taken)),
  };
}

/** At least what is left: a keyword set may lie in any taken range, a small range in any taken keyword set. */
export function leftAtLeast(from: Scope, taken: Scope): Scope {
  if (isEmpty(from) || isEmpty(taken)) return from;
  const v4 = subtract(from.v4, taken.v4);
  const v6 = subtract(from.v6, taken.v6);
  const words4 = taken.words.some((word) => word.endsWith('4'));
  const words6 = taken.words.some((word) => word.endsWith('6'));
  return {
    v4: words4 && sizeV4(v4) <= WORD_V4 ? [] : v4,
    v6: words6 && sizeV6(v6) <= WORD_V6 ? [] : v6,
    words: from.words.filter((word) => !taken.words.includes(word) && (word.endsWith('4') ? taken.v4 : taken.v6).length === 0),
  };
}

function isWhole(word: string, scope: Scope): boolean {
  return word.endsWith('4') ? sizeV4(scope.v4) === V4_END : sizeV6(scope.v6) === V6_END;
}

function sizeV4(ranges: Ranges<number>): number {
  return ranges.reduce((total, [low, high]) => total + high - low, 0);
}

function sizeV6(ranges: Ranges<bigint>): bigint {
  return ranges.reduce((total, [low, high]) => total + high - low, 0n);
}

/** True when the two can have an address in common. */
export function mayMeet(a: Scope, b: Scope): boolean {
  if (overlap(a.v4, b.v4) || overlap(a.v6, b.v6)) return true;
  const meets = (one: Scope, other: Scope): boolean =>
    one.words.some((word) => other.words.includes(word) || (word.endsWith('4') ? other.v4.length > 0 : other.v6.length > 0));
  return meets(a, b) || meets(b, a);
}

export function reachOf(scope: Scope): Reach {
  if (scope === EVERYTHING) return 'any';
  if (scope.v4.length > 0 && sizeV4(subtract(scope.v4, PRIVATE_V4)) > ANY_V4) return 'any';
  if (scope.v6.length > 0 && sizeV6(subtract(scope.v6, NOT_PUBLIC_V6)) > ANY_V6) return 'any';
  if (scope.words.includes('localsubnet4') || scope.words.includes('localsubnet6')) return 'local-subnet';
  return isEmpty(scope) ? 'nobody' : 'listed';
}

export function wider(a: Reach, b: Reach): Reach {
  return REACHES.indexOf(a) >= REACHES.indexOf(b) ? a : b;
}

export function narrower(a: Reach, b: Reach): Reach {
  return REACHES.indexOf(a) >= REACHES.indexOf(b) ? b : a;
}
