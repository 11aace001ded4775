import { unwrap } from '../../../lib/raw.ts';
import type { Json } from '../../../model/json.ts';
import { contains, type Ranges, unite } from './ranges.ts';
import type { Tri } from './tri.ts';

export type Protocol = 'tcp' | 'udp';

/** The ports of a rule. `words` are keywords that stand for ports of their own; `complete` is false when part was not read. */
export interface PortSet {
  readonly any: boolean;
  readonly ranges: Ranges<number>;
  readonly words: readonly string[];
  readonly complete: boolean;
}

const ALL_PORTS: PortSet = { any: true, ranges: [[0, 65536]], words: [], complete: true };
export const UNREAD_PORTS: PortSet = { any: false, ranges: [], words: [], complete: false };

/** https://learn.microsoft.com/powershell/module/netsecurity/set-netfirewallrule; ports of IP-HTTPS and Teredo are never those of a listener. */
const WORDS = new Set(['rpc', 'rpcepmap', 'rpc-epmap', 'iphttps', 'iphttpsin', 'iphttpsout', 'teredo', 'ply2disc', 'playtodiscovery', 'mdns']);
const EPMAP: Ranges<number> = [[135, 136]];

/** Names that the cmdlets show, and numbers of protocols that have no ports or carry no Remote Desktop. */
const OTHER_PROTOCOLS = /^(icmp(v[46])?|igmp|ipv6(route|frag|nonxt|opts)?|gre|vrrp|pgm|l2tp|hopopt|\d{1,3})$/i;

const known = new Map<string, PortSet>();
const KNOWN_AT_MOST = 4096;

/** Ports as raw: `Any`, `3389`, `3380-3400`, keywords, lists, wrappers; the empty text is any. Null could not be read. */
export function parsePorts(raw: Json | undefined): PortSet {
  const plain = unwrap(raw);
  if (plain === undefined || plain === null) return UNREAD_PORTS;
  const key = Array.isArray(plain) ? (plain as readonly Json[]).map((item) => textOf(unwrap(item))).join(',') : textOf(plain);
  const before = known.get(key);
  if (before !== undefined) return before;
  const ports = parse(key.split(','));
  if (key.length < 2000) {
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(key, ports);
  }
  return ports;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

function parse(texts: readonly string[]): PortSet {
  const ranges: [number, number][] = [];
  const words: string[] = [];
  let complete = true;
  for (const text of texts) {
    const word = text.trim().toLowerCase();
    if (word === '' || word === 'any' || word === '*') return ALL_PORTS;
    const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(word);
    const low = Number(match?.[1] ?? Number.NaN);
    const high = Number(match?.[2] ?? low);
    if (match !== null && low <= high && high < 65536) ranges.push([low, high + 1]);
    else if (WORDS.has(word)) words.push(word);
    else complete = false;
  }
  const epmap = words.some((word) => word.startsWith('rpc') && word !== 'rpc') ? EPMAP : [];
  const united = unite([...ranges, ...epmap]);
  // Nothing listens on port 0.
  return united.some(([low, high]) => low <= 1 && high === 65536) ? ALL_PORTS : { any: false, ranges: united, words, complete };
}

/** Does a rule's port set hold this port? `null` stands for a port that could not be read. */
export function holdsPort(ports: PortSet, port: number | null): Tri {
  if (ports.any) return true;
  if (port !== null && contains(ports.ranges, port)) return true;
  if (!ports.complete) return null;
  return port === null && ports.ranges.length > 0 ? null : false;
}

/** The protocol of a rule: a name or a number as text; 256 is any. `other` never carries Remote Desktop. */
export function parseProtocol(raw: Json | undefined): Protocol | 'any' | 'other' | null {
  const plain = unwrap(raw);
  if (typeof plain !== 'string' && typeof plain !== 'number') return null;
  switch (String(plain).trim().toLowerCase()) {
    case 'tcp':
    case '6':
      return 'tcp';
    case 'udp':
    case '17':
      return 'udp';
    case 'any':
    case '*':
    case '256':
      return 'any';
    default:
      return OTHER_PROTOCOLS.test(String(plain).trim()) ? 'other' : null;
  }
}
