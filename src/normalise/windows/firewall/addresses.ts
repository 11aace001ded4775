import type { Range } from './ranges.ts';

/** One element of an address list of a firewall rule, parsed. `keyword` is resolved by Windows when it loads the rule. */
export type Piece =
  | { readonly is: 'any' }
  | { readonly is: 'v4'; readonly range: Range<number> }
  | { readonly is: 'v6'; readonly range: Range<bigint> }
  | { readonly is: 'keyword'; readonly name: Keyword; readonly families: Families };

export type Families = 'v4' | 'v6' | 'both';
export type Keyword = (typeof KEYWORDS)[number];

/**
 * https://learn.microsoft.com/powershell/module/netsecurity/set-netfirewallrule; a trailing 4 or 6 limits one to a family.
 * `RmtIntranet` and `Ply2Renders` are what rules in the registry call IntranetRemoteAccess and PlayToDevice ([MS-GPFAS] 2.2.2).
 */
const KEYWORDS = [
  'localsubnet',
  'internet',
  'intranet',
  'intranetremoteaccess',
  'rmtintranet',
  'dns',
  'dhcp',
  'wins',
  'defaultgateway',
  'playtodevice',
  'ply2renders',
  'captiveportal',
] as const;

export const V4_END = 2 ** 32;
export const V6_END = 1n << 128n;

/** `Any`, `*`, an address, `a/bits`, `a/mask`, `a-b`, a keyword. Undefined for what it cannot read. */
export function parseAddress(text: string): Piece | undefined {
  const word = text.trim().toLowerCase();
  if (word === '' || word === 'any' || word === '*') return { is: 'any' };
  if (word.length > 100) return undefined;
  const keyword = parseKeyword(word);
  if (keyword !== undefined) return keyword;
  const dash = word.indexOf('-');
  if (dash > 0) return parseRange(word.slice(0, dash).trim(), word.slice(dash + 1).trim());
  const slash = word.indexOf('/');
  return slash > 0 ? parseSubnet(word.slice(0, slash), word.slice(slash + 1)) : parseRange(word, word);
}

function parseKeyword(word: string): Piece | undefined {
  const last = word.at(-1);
  const plain = last === '4' || last === '6' ? word.slice(0, -1) : word;
  const name = KEYWORDS.find((each) => each === plain);
  if (name === undefined) return undefined;
  return { is: 'keyword', name, families: last === '4' ? 'v4' : last === '6' ? 'v6' : 'both' };
}

function parseRange(from: string, to: string): Piece | undefined {
  const low4 = parseV4(from);
  const high4 = parseV4(to);
  if (low4 !== undefined && high4 !== undefined) return low4 <= high4 ? { is: 'v4', range: [low4, high4 + 1] } : undefined;
  const low6 = parseV6(from);
  const high6 = parseV6(to);
  if (low6 === undefined || high6 === undefined || low6 > high6) return undefined;
  return { is: 'v6', range: [low6, high6 + 1n] };
}

/** Bits below the prefix are ignored, as Windows does: `fe80::1/48` is the subnet. */
function parseSubnet(address: string, suffix: string): Piece | undefined {
  const v4 = parseV4(address);
  if (v4 !== undefined) {
    const bits = parseBits(suffix, 32) ?? parseMask(suffix);
    if (bits === undefined) return undefined;
    const size = 2 ** (32 - bits);
    const low = Math.floor(v4 / size) * size;
    return { is: 'v4', range: [low, low + size] };
  }
  const v6 = parseV6(address);
  const bits = parseBits(suffix, 128);
  if (v6 === undefined || bits === undefined) return undefined;
  const host = BigInt(128 - bits);
  const low = (v6 >> host) << host;
  return { is: 'v6', range: [low, low + (1n << host)] };
}

function parseBits(text: string, most: number): number | undefined {
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  return bits >= 0 && bits <= most ? bits : undefined;
}

/** `255.255.255.0` is 24; undefined for a mask with holes. */
function parseMask(text: string): number | undefined {
  const mask = parseV4(text);
  if (mask === undefined) return undefined;
  const hosts = V4_END - mask;
  const bits = 32 - Math.log2(hosts);
  return Number.isInteger(bits) ? bits : undefined;
}

export function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** With `::`, an embedded IPv4 tail and a zone (`%5`), which does not count. */
export function parseV6(text: string): bigint | undefined {
  const address = text.split('%', 1)[0] ?? '';
  if (!address.includes(':') || address.length > 45) return undefined;
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return all.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) result.push(Math.floor(v4 / 65536), v4 % 65536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) result.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return result;
}

/** Loopback and link-local addresses: they say nothing about a network. */
export function isLocalOnly(text: string): boolean {
  const v4 = parseV4(text);
  if (v4 !== undefined) return Math.floor(v4 / 2 ** 24) === 127 || Math.floor(v4 / 2 ** 16) === 0xa9fe || v4 === 0;
  const v6 = parseV6(text);
  return v6 !== undefined && (v6 <= 1n || v6 >> 118n === 0x3fan);
}

/** Private, shared and link-local ranges that no Internet address has (RFC 1918, 6598, 3927, 1122, 5771). */
export const NOT_PUBLIC_V4: readonly Range<number>[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
].map((subnet) => {
  const piece = parseAddress(subnet);
  return piece?.is === 'v4' ? piece.range : [0, 0];
});

/** 2000::/3, the global unicast space of IPv6. */
export const PUBLIC_V6: Range<bigint> = [0x2n << 124n, 0x4n << 124n];

/** Global unicast, neither private nor Teredo (which only edge traversal lets in). */
export function isGlobal(text: string): boolean {
  const v4 = parseV4(text);
  if (v4 !== undefined) return !NOT_PUBLIC_V4.some(([low, high]) => low <= v4 && v4 < high);
  const v6 = parseV6(text);
  return v6 !== undefined && PUBLIC_V6[0] <= v6 && v6 < PUBLIC_V6[1] && v6 >> 96n !== 0x20010000n;
}
