import { isIP, isIPv4, isIPv6 } from 'node:net';

/** Makes a number of at least 32 bits out of a label and a text; the same for the same key. */
export type Keyed = (label: string, text: string) => string;

/** Ranges whose addresses say nothing of anybody, or are themselves the meaning: left as they are. */
const KEPT = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '168.63.129.16/32', '224.0.0.0/3', '::/96', 'ff00::/8'];
/** An address never leaves or enters one of these: private stays private, public stays public. */
const CLASSES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '2000::/3',
  '2001:db8::/32',
  '2001::/23',
  '2002::/16',
  'fc00::/7',
  'fe80::/64',
  '64:ff9b::/96',
  '::ffff:0:0/96',
];

const V4 = '\\d{1,3}(?:\\.\\d{1,3}){3}';
const V6 = '[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,39}(?:\\.\\d{1,3}){0,3}';
const ADDRESS = `(?:${V6}|${V4})`;
const IN_TEXT = new RegExp(`(?<![\\w.:])(${ADDRESS})(?:(/)(${V4}|\\d{1,3})|(-)(${ADDRESS}))?(?![\\w.])`, 'g');

/**
 * Replaces addresses in a text by others, one to one, so that two addresses share as long a prefix as before: subnets, ranges and
 * what lies in them stay what they are to each other. `known` are networks that the reader knows anyway (the estate names
 * them): an address stays inside or outside of them.
 * Prefix-preserving, after Xu, Fan, Ammar and Moon, https://doi.org/10.1109/ICNP.2002.1181415
 */
export function addressRedactor(keyed: Keyed, known: readonly string[]): (text: string) => string {
  const kept = prefixesOf([...KEPT]);
  const fixed = [...prefixesOf([...CLASSES, ...known]), ...kept];
  const flips = new Map<string, boolean>();
  const flip = (prefix: string): boolean => {
    let value = flips.get(prefix);
    if (value === undefined) {
      // At a node above a range that is to be kept apart nothing may turn.
      value =
        !fixed.some((range) => range.length > prefix.length && range.startsWith(prefix)) && Number.parseInt(keyed('bit', prefix).slice(0, 2), 16) % 2 === 1;
      if (flips.size > 200_000) flips.clear();
      flips.set(prefix, value);
    }
    return value;
  };
  /** The first `length` bits; what follows stays. */
  const permuted = (bits: string, length: number): string => {
    if (kept.some((range) => bits.startsWith(range))) return bits;
    const family = bits.slice(0, 1);
    let result = family;
    for (let at = 1; at <= length; at++) result += flip(bits.slice(0, at)) ? (bits[at] === '1' ? '0' : '1') : (bits[at] ?? '');
    return result + bits.slice(length + 1);
  };
  const replace = (
    whole: string,
    address: string,
    slash: string | undefined,
    mask: string | undefined,
    dash: string | undefined,
    last: string | undefined,
  ): string => {
    const bits = bitsOf(address);
    if (bits === null) return whole;
    if (slash !== undefined && mask !== undefined) {
      const length = prefixLength(mask, bits.length - 1);
      return length === null ? whole : `${textOf(permuted(bits, length))}/${mask}`;
    }
    const end = dash === undefined || last === undefined ? null : bitsOf(last);
    if (end === null || end[0] !== bits[0]) return textOf(permuted(bits, bits.length - 1)) + (dash ?? '') + (last ?? '');
    let shared = 1;
    while (shared < bits.length && bits[shared] === end[shared]) shared++;
    return `${textOf(permuted(bits, shared - 1))}-${textOf(permuted(end, shared - 1))}`;
  };
  return (text) => (/[.:]/.test(text) ? text.replaceAll(IN_TEXT, replace) : text);
}

function prefixesOf(networks: readonly string[]): string[] {
  return networks.flatMap((network) => {
    const [address = '', length] = network.split('/');
    const bits = bitsOf(address);
    if (bits === null) return [];
    return [bits.slice(0, 1 + (length === undefined ? bits.length - 1 : Math.min(Number(length), bits.length - 1)))];
  });
}

/** `4` or `6` and the bits; null for what is no address. */
function bitsOf(address: string): string | null {
  if (isIPv4(address))
    return `4${address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')}`;
  if (!isIPv6(address)) return null;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined): string => ((Number(high) << 8) | Number(low)).toString(16);
  const plain = dotted === null ? address : `${dotted[1] ?? ''}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const all = tail === undefined ? front : [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back];
  return `6${all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')}`;
}

function textOf(bits: string): string {
  const size = bits.startsWith('4') ? 8 : 16;
  const parts: number[] = [];
  for (let at = 1; at < bits.length; at += size) parts.push(Number.parseInt(bits.slice(at, at + size), 2));
  if (size === 8) return parts.join('.');
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function prefixLength(mask: string, size: number): number | null {
  if (isIP(mask) === 4) {
    const match = /^4(1*)0*$/.exec(bitsOf(mask) ?? '');
    return match === null ? null : (match[1] ?? '').length;
  }
  const length = Number(mask);
  return length <= size ? length : null;
}
