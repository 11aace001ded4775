import type { Reader } from './exchange.ts';
import { isDisconnect, tpktReader } from './x224.ts';

/** What a server says to an MCS Connect Initial ([MS-RDPBCGR] 2.2.1.4). */
export type ConnectResponse =
  | { readonly kind: 'response'; readonly security: ServerSecurity }
  /** MCS or GCC answered with a result other than success. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'disconnect' };

/** TS_UD_SC_SEC1 and TS_UD_SC_CORE, as numbers of the protocol. */
export interface ServerSecurity {
  /** Version of RDP; null when the server leaves its core data out. */
  readonly version: number | null;
  readonly method: number;
  readonly level: number;
  /** Null when no certificate is sent, as without encryption, or when it is of no known kind. */
  readonly certificate: 'proprietary' | 'x509' | null;
  /** Length of the modulus of a proprietary certificate. */
  readonly keyBits: number | null;
}

/** A chain of X.509 certificates for this use stays well below it. */
const MAX_RESPONSE = 16 * 1024;
const GCC_OID = Buffer.from('000500147c0001', 'hex');
const SERVER_KEY = Buffer.from('McDn', 'latin1');

export function connectResponseReader(): Reader<ConnectResponse> {
  return tpktReader(MAX_RESPONSE, parseConnectResponse);
}

/** Undefined for what no server says here. `bytes` is a whole TPKT. */
export function parseConnectResponse(bytes: Buffer): ConnectResponse | undefined {
  if (isDisconnect(bytes)) return { kind: 'disconnect' };
  if (bytes[4] !== 2 || bytes[5] !== 0xf0 || bytes[6] !== 0x80) return undefined;
  const response = berValue(bytes, 7, [0x7f, 0x66])?.value;
  if (response === undefined) return undefined;
  const result = berValue(response, 0, [0x0a]);
  if (result?.value.length !== 1) return undefined;
  if (result.value[0] !== 0) return { kind: 'refused' };
  const connectId = berValue(response, result.end, [0x02]);
  const parameters = connectId && berValue(response, connectId.end, [0x30]);
  const userData = parameters && berValue(response, parameters.end, [0x04]);
  return userData === undefined ? undefined : conferenceResponse(userData.value);
}

/** The value at a place, when it has the tag and is whole. Lengths of more than two octets do not fit into a TPKT. */
function berValue(bytes: Buffer, at: number, tag: readonly number[]): { readonly value: Buffer; readonly end: number } | undefined {
  if (tag.some((octet, index) => bytes[at + index] !== octet)) return undefined;
  const start = at + tag.length;
  const first = bytes[start];
  if (first === undefined) return undefined;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if ((first >= 0x80 && octets === 0) || octets > 2 || start + 1 + octets > bytes.length) return undefined;
  const length = octets === 0 ? first : bytes.readUIntBE(start + 1, octets);
  const begin = start + 1 + octets;
  return begin + length > bytes.length ? undefined : { value: bytes.subarray(begin, begin + length), end: begin + length };
}

/** Length of PER, in one or two octets; fragments have no place here. */
function perLength(bytes: Buffer, at: number): { readonly length: number; readonly end: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first >= 0xc0) return undefined;
  if (first < 0x80) return { length: first, end: at + 1 };
  const second = bytes[at + 1];
  return second === undefined ? undefined : { length: ((first & 0x3f) << 8) | second, end: at + 2 };
}

/** T.124 ConnectData with a ConferenceCreateResponse. The length of the inner PDU is not looked at: servers send a constant there. */
function conferenceResponse(bytes: Buffer): ConnectResponse | undefined {
  if (!bytes.subarray(0, GCC_OID.length).equals(GCC_OID)) return undefined;
  const inner = perLength(bytes, GCC_OID.length);
  if (inner === undefined || bytes[inner.end] !== 0x14) return undefined;
  // One octet of choice, two of the node, the tag with its length, the result, the number of sets, their kind, the key.
  const tagLength = bytes[inner.end + 3];
  if (tagLength === undefined || tagLength < 1 || tagLength > 4) return undefined;
  const at = inner.end + 4 + tagLength;
  if (bytes[at] === undefined) return undefined;
  if (bytes[at] !== 0) return { kind: 'refused' };
  if (bytes[at + 1] !== 1 || bytes[at + 2] !== 0xc0 || bytes[at + 3] !== 0 || !bytes.subarray(at + 4, at + 8).equals(SERVER_KEY)) return undefined;
  const data = perLength(bytes, at + 8);
  if (data === undefined || data.end + data.length > bytes.length) return undefined;
  const security = serverData(bytes.subarray(data.end, data.end + data.length));
  return security === undefined ? undefined : { kind: 'response', security };
}

const CORE = 0x0c01;
const SECURITY = 0x0c02;

/** Blocks of two octets of type and two of length, both little-endian, which count themselves. */
function serverData(bytes: Buffer): ServerSecurity | undefined {
  const blocks = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const [type, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (length < 4 || at + length > bytes.length || blocks.has(type)) return undefined;
    blocks.set(type, bytes.subarray(at + 4, at + length));
    at += length;
  }
  const [core, security] = [blocks.get(CORE), blocks.get(SECURITY)];
  if (security === undefined || security.length < 8 || (core !== undefined && core.length < 4)) return undefined;
  const certificate = certificateOf(security);
  if (certificate === undefined) return undefined;
  return { version: core?.readUInt32LE(0) ?? null, method: security.readUInt32LE(0), level: security.readUInt32LE(4), ...certificate };
}

type Certificate = Pick<ServerSecurity, 'certificate' | 'keyBits'>;
const NO_CERTIFICATE: Certificate = { certificate: null, keyBits: null };

/** What follows method and level: two lengths, a random number and a certificate, all of which are left out without encryption. */
function certificateOf(security: Buffer): Certificate | undefined {
  if (security.length < 16) return security.length === 8 ? NO_CERTIFICATE : undefined;
  const [random, length] = [security.readUInt32LE(8), security.readUInt32LE(12)];
  if (random + length > security.length - 16) return undefined;
  const bytes = security.subarray(16 + random, 16 + random + length);
  if (bytes.length < 4) return bytes.length === 0 ? NO_CERTIFICATE : undefined;
  // The uppermost bit says that the certificate is a temporary one.
  const kind = bytes.readUInt32LE(0) & 0x7fff_ffff;
  if (kind === 1) return { certificate: 'proprietary', keyBits: proprietaryKeyBits(bytes) };
  return kind === 2 ? { certificate: 'x509', keyBits: null } : NO_CERTIFICATE;
}

const RSA_KEY_BLOB = 6;
/** `RSA1`, read little-endian. */
const RSA_MAGIC = 0x3141_5352;

/**
 * Counted in the modulus itself ([MS-RDPBCGR] 2.2.1.4.3.1.1.1), not taken from what the server says of it; null where no key of
 * RSA is there as a whole.
 */
function proprietaryKeyBits(bytes: Buffer): number | null {
  if (bytes.length < 36 || bytes.readUInt16LE(12) !== RSA_KEY_BLOB || bytes.readUInt32LE(16) !== RSA_MAGIC) return null;
  const keyLength = bytes.readUInt32LE(20);
  if (keyLength > bytes.length - 36) return null;
  const modulus = bytes.subarray(36, 36 + keyLength);
  const top = modulus.findLastIndex((octet) => octet !== 0);
  return top === -1 ? null : top * 8 + (32 - Math.clz32(modulus[top] ?? 0));
}
