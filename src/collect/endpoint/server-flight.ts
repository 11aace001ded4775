import type { Reader, Step } from './exchange.ts';

/** What a server says to a ClientHello before anything is encrypted. */
export interface ServerFlight {
  /** Version that the server chose; null when it sent an alert instead. */
  readonly selected: number | null;
  readonly suite: number | null;
  /** Description of a fatal alert (RFC 8446 §6.2): 70 protocol_version, 40 handshake_failure, 80 internal_error. */
  readonly alert: number | null;
  /** Certificates as sent, DER; empty where they are encrypted (TLS 1.3). */
  readonly chain: readonly Buffer[];
  /** A stapled OCSP response (RFC 6066), DER; null when none came. */
  readonly stapled: Buffer | null;
}

/** Largest plain record with what TLS 1.2 allows on top. */
const MAX_RECORD = 16_384 + 2_048;
/** A chain of ten certificates with hundreds of names is less. */
const MAX_FLIGHT = 256 * 1024;
export const MAX_CHAIN = 16;

const HANDSHAKE = 22;
const ALERT = 21;
const TLS13 = 0x0304;

interface Found {
  selected: number | null;
  suite: number | null;
  chain: Buffer[];
  stapled: Buffer | null;
}

/** Reads records up to the end of the server's first flight: its hello in TLS 1.3, ServerHelloDone before. */
export function flightReader(): Reader<ServerFlight> {
  const records = growing();
  const messages = growing();
  const found: Found = { selected: null, suite: null, chain: [], stapled: null };
  return {
    push: (chunk) => {
      if (records.total() + chunk.length > MAX_FLIGHT) return { state: 'bad', cause: 'too-large' };
      records.append(chunk);
      for (;;) {
        const header = records.peek(5);
        if (header === undefined) return wrongStart(records.peek(1)) ? GARBAGE : MORE;
        const length = header.readUInt16BE(3);
        if ((header[0] !== HANDSHAKE && header[0] !== ALERT) || header[1] !== 3 || length === 0) return GARBAGE;
        if (length > MAX_RECORD) return GARBAGE;
        const record = records.peek(5 + length);
        if (record === undefined) return MORE;
        const payload = Buffer.from(record.subarray(5));
        records.skip(5 + length);
        if (header[0] === ALERT) {
          const step = alertStep(payload, found);
          if (step !== null) return step;
          continue;
        }
        messages.append(payload);
        const step = messageSteps(messages, found);
        if (step !== null) return step;
      }
    },
  };
}

const GARBAGE: Step<ServerFlight> = { state: 'bad', cause: 'garbage' };
const MORE: Step<ServerFlight> = { state: 'more' };

function wrongStart(first: Buffer | undefined): boolean {
  return first !== undefined && first[0] !== HANDSHAKE && first[0] !== ALERT;
}

/** A warning (unrecognized_name) lets the handshake go on. */
function alertStep(payload: Buffer, found: Found): Step<ServerFlight> | null {
  if (payload.length !== 2) return GARBAGE;
  if (payload[0] === 1 && payload[1] !== 0) return null;
  return { state: 'done', value: { ...found, alert: payload[1] ?? 0 } };
}

function messageSteps(messages: Growing, found: Found): Step<ServerFlight> | null {
  for (;;) {
    const header = messages.peek(4);
    if (header === undefined) return null;
    const length = header.readUIntBE(1, 3);
    if (length > MAX_FLIGHT) return { state: 'bad', cause: 'too-large' };
    const message = messages.peek(4 + length);
    if (message === undefined) return null;
    const body = Buffer.from(message.subarray(4));
    messages.skip(4 + length);
    const ended = takeMessage(header[0] ?? 0, body, found);
    if (ended === 'garbage') return GARBAGE;
    if (ended) return { state: 'done', value: { ...found, alert: null } };
  }
}

/** True when the flight is over. */
function takeMessage(type: number, body: Buffer, found: Found): boolean | 'garbage' {
  if (type !== 2 && found.selected === null) return 'garbage';
  if (type === 2) {
    const hello = serverHello(body);
    if (hello === undefined || found.selected !== null) return 'garbage';
    [found.selected, found.suite] = [hello.version, hello.suite];
    return hello.version >= TLS13;
  }
  if (type === 11) {
    const chain = certificateList(body);
    if (chain === undefined) return 'garbage';
    found.chain = chain;
  } else if (type === 22) found.stapled = stapledResponse(body);
  return type === 14;
}

/** RFC 5246 §7.4.1.3 and RFC 8446 §4.1.3; a HelloRetryRequest is one as well, and says the same about the version. */
export function serverHello(body: Buffer): { readonly version: number; readonly suite: number } | undefined {
  if (body.length < 38) return undefined;
  const afterSession = 35 + (body[34] ?? 0);
  if (body.length < afterSession + 3) return undefined;
  const suite = body.readUInt16BE(afterSession);
  let version = body.readUInt16BE(0);
  let at = afterSession + 3;
  if (body.length === at) return { version, suite };
  if (body.length < at + 2 || body.length !== at + 2 + body.readUInt16BE(at)) return undefined;
  for (at += 2; at + 4 <= body.length; at += 4 + body.readUInt16BE(at + 2)) {
    const length = body.readUInt16BE(at + 2);
    if (at + 4 + length > body.length) return undefined;
    if (body.readUInt16BE(at) === 43 && length === 2) version = body.readUInt16BE(at + 4);
  }
  return at === body.length ? { version, suite } : undefined;
}

/** RFC 5246 §7.4.2: three octets of length before the list and before each certificate. */
export function certificateList(body: Buffer): Buffer[] | undefined {
  if (body.length < 3 || body.readUIntBE(0, 3) !== body.length - 3) return undefined;
  const chain: Buffer[] = [];
  let at = 3;
  while (at < body.length) {
    if (at + 3 > body.length) return undefined;
    const end = at + 3 + body.readUIntBE(at, 3);
    if (end > body.length || chain.length >= MAX_CHAIN) return undefined;
    chain.push(Buffer.from(body.subarray(at + 3, end)));
    at = end;
  }
  return chain;
}

function stapledResponse(body: Buffer): Buffer | null {
  return body.length > 4 && body[0] === 1 && body.readUIntBE(1, 3) === body.length - 4 ? Buffer.from(body.subarray(4)) : null;
}

/** Octets that come in pieces and are taken from the front: appending costs what it adds. */
interface Growing {
  readonly append: (chunk: Buffer) => void;
  /** The first octets, or undefined when there are fewer. */
  readonly peek: (length: number) => Buffer | undefined;
  readonly skip: (length: number) => void;
  /** All that was ever appended. */
  readonly total: () => number;
}

function growing(): Growing {
  let bytes: Buffer = Buffer.alloc(4096);
  let [start, end] = [0, 0];
  return {
    append: (chunk) => {
      if (end + chunk.length > bytes.length) {
        const larger = Buffer.alloc(Math.max(bytes.length * 2, end + chunk.length));
        bytes.copy(larger, 0, 0, end);
        bytes = larger;
      }
      chunk.copy(bytes, end);
      end += chunk.length;
    },
    peek: (length) => (end - start < length ? undefined : bytes.subarray(start, start + length)),
    skip: (length) => {
      start += length;
    },
    total: () => end,
  };
}
