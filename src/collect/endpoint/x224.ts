import type { Reader } from './exchange.ts';

/** Bits of `requestedProtocols` and values of `selectedProtocol` ([MS-RDPBCGR] 2.2.1.1.1). Zero is standard RDP security. */
export const PROTOCOL = { rdp: 0, tls: 1, hybrid: 2, rdstls: 4, hybridEx: 8, aad: 16 } as const;

/** What a server says to one connection request ([MS-RDPBCGR] 2.2.1.2). */
export type Confirm =
  | { readonly kind: 'response'; readonly selected: number; readonly flags: number }
  | { readonly kind: 'failure'; readonly code: number; readonly flags: number }
  /** A confirm without negotiation data: an old server, or one that says the rest later. It proves no protocol. */
  | { readonly kind: 'no-negotiation' }
  /** An orderly refusal: an X.224 disconnect, or an MCS Disconnect Provider Ultimatum. */
  | { readonly kind: 'disconnect' };

export interface Confirmed {
  readonly confirm: Confirm;
  /** The answer as it came. */
  readonly bytes: Buffer;
}

/** TPKT and X.224 connection request with an RDP_NEG_REQ. No cookie: it would name a user. */
export function connectionRequest(protocols: number): Buffer {
  const bytes = Buffer.alloc(19);
  bytes[0] = 3;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[4] = 14;
  bytes[5] = 0xe0;
  bytes[11] = 1;
  bytes.writeUInt16LE(8, 13);
  bytes.writeUInt32LE(protocols, 15);
  return bytes;
}

/** A confirm has 11 or 19 octets; servers that add something stay well below this. */
const MAX_CONFIRM = 512;
const HEADER = 4;

/** Reads one TPKT with what may answer a connection request. */
export function confirmReader(): Reader<Confirmed> {
  return tpktReader(MAX_CONFIRM, (bytes) => {
    const confirm = parseConfirm(bytes);
    return confirm === undefined ? undefined : { confirm, bytes };
  });
}

/** Reads one TPKT of at most so many octets; `parse` gets a copy of it, and says undefined for what is of another protocol. */
export function tpktReader<Value>(most: number, parse: (bytes: Buffer) => Value | undefined): Reader<Value> {
  const bytes = Buffer.alloc(most);
  let length = 0;
  return {
    push: (chunk) => {
      const kept = chunk.subarray(0, most - length);
      kept.copy(bytes, length);
      length += kept.length;
      if ((length > 0 && bytes[0] !== 3) || (length > 1 && bytes[1] !== 0)) return { state: 'bad', cause: 'garbage' };
      if (length < HEADER) return { state: 'more' };
      const whole = bytes.readUInt16BE(2);
      if (whole > most) return { state: 'bad', cause: 'too-large' };
      if (whole < 7) return { state: 'bad', cause: 'garbage' };
      if (length < whole) return { state: 'more' };
      const value = parse(Buffer.from(bytes.subarray(0, whole)));
      return value === undefined ? { state: 'bad', cause: 'garbage' } : { state: 'done', value };
    },
  };
}

/** Undefined for what no server says here. */
export function parseConfirm(bytes: Buffer): Confirm | undefined {
  if (isDisconnect(bytes)) return { kind: 'disconnect' };
  const type = (bytes[5] ?? 0) & 0xf0;
  if (type !== 0xd0 || bytes.length < 11) return undefined;
  if (bytes.length < 19) return { kind: 'no-negotiation' };
  const flags = bytes[12] ?? 0;
  if (bytes.readUInt16LE(13) !== 8) return undefined;
  const value = bytes.readUInt32LE(15);
  if (bytes[11] === 2) return { kind: 'response', selected: value, flags };
  return bytes[11] === 3 ? { kind: 'failure', code: value, flags } : undefined;
}

/** An X.224 disconnect, or an MCS Disconnect Provider Ultimatum in a data unit: choice 8 of DomainMCSPDU in the upper six bits. */
export function isDisconnect(bytes: Buffer): boolean {
  const type = (bytes[5] ?? 0) & 0xf0;
  return type === 0x80 || (type === 0xf0 && bytes.length >= 8 && ((bytes[7] ?? 0) & 0xfc) === 0x20);
}
