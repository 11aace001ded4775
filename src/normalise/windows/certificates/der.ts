/**
 * A reader of DER (X.690), bounded for hostile bytes: definite lengths only, one-byte tags only, every length inside its
 * parent, a limited number of elements. It throws `DerError` for anything else; `x509.ts` turns that into "not readable".
 */
export class DerError extends Error {}

/** One element: `from` is its first byte, `start` to `end` its contents. */
export interface DerNode {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const MAX_CHILDREN = 4096;

export function readNode(bytes: Buffer, at: number, limit: number): DerNode {
  const tag = byteAt(bytes, at, limit);
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of more than one byte');
  const first = byteAt(bytes, at + 1, limit);
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new DerError('an indefinite or oversized length');
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + byteAt(bytes, start + index, limit);
    start += count;
  }
  if (start + length > limit) throw new DerError('a length that runs past the end');
  return { tag, from: at, start, end: start + length };
}

function byteAt(bytes: Buffer, at: number, limit: number): number {
  const byte = at < limit ? bytes[at] : undefined;
  if (byte === undefined) throw new DerError('the bytes end too soon');
  return byte;
}

/** The elements inside a constructed one (or inside the octets of a primitive one that wraps DER). */
export function childrenOf(bytes: Buffer, node: Pick<DerNode, 'start' | 'end'>): DerNode[] {
  const children: DerNode[] = [];
  for (let at = node.start; at < node.end;) {
    const child = readNode(bytes, at, node.end);
    children.push(child);
    if (children.length > MAX_CHILDREN) throw new DerError('too many elements');
    at = child.end;
  }
  return children;
}

/** The single element that an extension's octets hold. */
export function onlyChild(bytes: Buffer, node: Pick<DerNode, 'start' | 'end'>, tag?: number): DerNode {
  const child = readNode(bytes, node.start, node.end);
  if (child.end !== node.end || (tag !== undefined && child.tag !== tag)) throw new DerError('an element of another kind');
  return child;
}

export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined || node.tag !== tag) throw new DerError('an element is missing or of another kind');
  return node;
}

export function contents(bytes: Buffer, node: Pick<DerNode, 'start' | 'end'>): Buffer {
  return bytes.subarray(node.start, node.end);
}

/** Dotted text of an object identifier. */
export function oidText(bytes: Buffer, node: DerNode): string {
  expectTag(node, TAG.oid);
  if (node.end - node.start > 64) throw new DerError('an object identifier that is too long');
  const arcs: number[] = [];
  let arc = 0;
  let open = false;
  for (const byte of contents(bytes, node)) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an object identifier with an oversized arc');
    open = byte >= 0x80;
    if (open) continue;
    arcs.push(...(arcs.length === 0 ? firstArcs(arc) : [arc]));
    arc = 0;
  }
  if (open || arcs.length === 0) throw new DerError('a broken object identifier');
  return arcs.join('.');
}

function firstArcs(value: number): [number, number] {
  const root = Math.min(2, Math.floor(value / 40));
  return [root, value - root * 40];
}

/** Text of the string types that names use; anything else is read as Latin-1. */
export function textOf(bytes: Buffer, node: DerNode): string {
  const octets = contents(bytes, node);
  if (node.tag === 0x0c) return octets.toString('utf8');
  if (node.tag !== 0x1e) return octets.toString('latin1');
  if (octets.length % 2 !== 0) throw new DerError('a two-byte string of an odd length');
  return Buffer.from(octets).swap16().toString('utf16le');
}

/** Milliseconds since 1970 of UTCTime or GeneralizedTime in the one form that RFC 5280 §4.1.2.5 allows (seconds, `Z`). */
export function timeOf(bytes: Buffer, node: DerNode): number {
  if (node.tag !== TAG.utcTime && node.tag !== TAG.generalizedTime) throw new DerError('a time of another kind');
  const text = contents(bytes, node).toString('latin1');
  const parts = (node.tag === TAG.utcTime ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/).exec(text);
  if (parts === null) throw new DerError('a time that is not UTC to the second');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  // RFC 5280: two-digit years from 50 on are of the twentieth century.
  const fullYear = node.tag === TAG.generalizedTime ? year : year >= 50 ? 1900 + year : 2000 + year;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) throw new DerError('a time that does not exist');
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime();
}
