import { type Intervals, intervals } from './interval-set.ts';

/** Both address families; they are separate spaces: an IPv4 prefix never matches an IPv6 packet. */
export interface AddressSet {
  readonly v4: Intervals<number>;
  readonly v6: Intervals<bigint>;
}

export const V4_ALL: Intervals<number> = [0, 2 ** 32];
export const V6_ALL: Intervals<bigint> = [0n, 1n << 128n];
export const NO_V4: Intervals<number> = [];
export const NO_V6: Intervals<bigint> = [];
export const NO_ADDRESSES: AddressSet = { v4: NO_V4, v6: NO_V6 };

/** One element of an address list. `unknown` stands for text that no reading fits for certain. */
export interface Prefix extends AddressSet {
  readonly kind: 'any' | 'addresses' | 'tag' | 'unknown';
  /** Service tag, lower case. */
  readonly tag: string;
  /** What is wrong with the text, or `''`. */
  readonly note: string;
}

/** Classic spellings of the three tags that the portal once wrote. */
const CLASSIC_TAGS: Readonly<Record<string, string>> = {
  internet: 'internet',
  virtual_network: 'virtualnetwork',
  azure_loadbalancer: 'azureloadbalancer',
};

const ANY: Prefix = { kind: 'any', v4: V4_ALL, v6: V6_ALL, tag: '', note: '' };

/** One prefix, address, range, tag or `*`. */
export function parsePrefix(text: string): Prefix {
  const plain = text.trim();
  if (plain === '*') return ANY;
  const colon = plain.includes(':');
  const set = colon ? parseV6(plain) : parseV4(plain);
  if (set !== null) {
    // Azure reads a bare 0.0.0.0 as one address, but whoever writes it means everything: no certain reading.
    if (!colon && plain === '0.0.0.0')
      return {
        kind: 'unknown',
        ...NO_ADDRESSES,
        tag: '',
        note: "'0.0.0.0' without a length is one address",
      };
    return colon
      ? { kind: 'addresses', v4: NO_V4, v6: set as Intervals<bigint>, tag: '', note: '' }
      : { kind: 'addresses', v4: set as Intervals<number>, v6: NO_V6, tag: '', note: '' };
  }
  const word = plain.toLowerCase();
  if (word === 'any' || word === '0/0' || word === '/0' || word === '<nw>/0')
    return { ...ANY, note: `'${plain}' is not a value that Azure takes; read as '*'` };
  if (/^[a-z][a-z0-9_]*(\.[a-z0-9-]+)*$/.test(word)) return { kind: 'tag', ...NO_ADDRESSES, tag: CLASSIC_TAGS[word] ?? word, note: '' };
  return {
    kind: 'unknown',
    ...NO_ADDRESSES,
    tag: '',
    note: `'${plain.slice(0, 64)}' is neither a prefix nor a service tag`,
  };
}

/** `a.b.c.d`, `a.b.c.d/n` (host bits are masked) or `a.b.c.d-e.f.g.h`; null for anything else. */
export function parseV4(text: string): Intervals<number> | null {
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const [first, last] = [v4Address(text.slice(0, dash).trim()), v4Address(text.slice(dash + 1).trim())];
    return first === null || last === null || last < first ? null : [first, last + 1];
  }
  const slash = text.indexOf('/');
  const address = v4Address(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return [address, address + 1];
  const length = prefixLength(text.slice(slash + 1), 32);
  if (length === null) return null;
  const count = 2 ** (32 - length);
  const start = Math.floor(address / count) * count;
  return [start, start + count];
}

function v4Address(text: string): number | null {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || dots === 3) return null;
      address = address * 256 + octet;
      octet = digits = 0;
      dots++;
    } else if (code >= 48 && code <= 57) {
      octet = octet * 10 + code - 48;
      if (++digits > 3 || octet > 255) return null;
    } else return null;
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : null;
}

function prefixLength(text: string, longest: number): number | null {
  if (!/^\d{1,3}$/.test(text)) return null;
  const length = Number(text);
  return length > longest ? null : length;
}

/** The same for IPv6. */
export function parseV6(text: string): Intervals<bigint> | null {
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const [first, last] = [v6Address(text.slice(0, dash).trim()), v6Address(text.slice(dash + 1).trim())];
    return first === null || last === null || last < first ? null : [first, last + 1n];
  }
  const slash = text.indexOf('/');
  const address = v6Address(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return [address, address + 1n];
  const length = prefixLength(text.slice(slash + 1), 128);
  if (length === null) return null;
  const count = 1n << BigInt(128 - length);
  const start = (address / count) * count;
  return [start, start + count];
}

function v6Address(text: string): bigint | null {
  if (text.length > 45) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const left = v6Groups(halves[0] ?? '');
  const right = halves.length === 2 ? v6Groups(halves[1] ?? '') : [];
  if (left === null || right === null) return null;
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  let address = 0n;
  for (const group of [...left, ...Array<number>(missing).fill(0), ...right]) address = (address << 16n) | BigInt(group);
  return address;
}

function v6Groups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const embedded = index === parts.length - 1 ? v4Address(part) : null;
      if (embedded === null) return null;
      groups.push(Math.floor(embedded / 65536), embedded % 65536);
    }
  }
  return groups;
}

/** The same text for the same address, however it is written. */
export function addressKey(text: string): string {
  const prefix = parsePrefix(text);
  return prefix.kind === 'addresses' ? [...prefix.v4, ...prefix.v6].join('-') : text;
}

/** The set of a list of prefixes that are certainly addresses; null when one of them is not. */
export function addressSetOf(texts: readonly string[]): AddressSet | null {
  const v4: number[] = [];
  const v6: bigint[] = [];
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix.kind !== 'addresses') return null;
    v4.push(...prefix.v4);
    v6.push(...prefix.v6);
  }
  return { v4: intervals(v4), v6: intervals(v6) };
}
