import { Buffer, isAscii } from 'node:buffer';

/** Bytes that are not text. The message is for people and names the byte. */
export class TextError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TextError';
    this.offset = offset;
  }
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface DecodedText {
  /** Without the byte order mark. */
  readonly text: string;
  readonly bom: boolean;
  readonly encoding: Encoding;
}

/** UTF-8, or UTF-16 when a byte order mark says so. Throws `TextError` for anything else. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'utf-16be');
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  // JSON and YAML cannot hold a NUL, so one means a binary file or UTF-16 that does not say so.
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw new TextError(`${nulReason(bytes)} (byte ${nul} is NUL).`, nul);
  return { text: decode(bytes, bom ? 3 : 0, 'utf-8', () => invalidUtf8(bytes)), bom, encoding: 'utf-8' };
}

function nulReason(bytes: Uint8Array): string {
  const utf16 = bytes.length >= 4 && (bytes[0] === 0) !== (bytes[1] === 0) && (bytes[2] === 0) !== (bytes[3] === 0);
  return utf16 ? 'The file looks like UTF-16 without a byte order mark; save it as UTF-8' : 'The file is binary, not text';
}

function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): DecodedText {
  if (bytes.length % 2 === 1) throw new TextError(`The UTF-16 text ends inside a character (byte ${bytes.length - 1}).`, bytes.length - 1);
  const text = decode(bytes, 2, encoding, () => unpairedSurrogate(bytes, encoding));
  const nul = text.indexOf('\0');
  if (nul !== -1) throw new TextError(`The file is binary, not text (byte ${2 + 2 * nul} is NUL).`, 2 + 2 * nul);
  return { text, bom: true, encoding };
}

function decode(bytes: Uint8Array, skip: number, encoding: Encoding, faultAt: () => number): string {
  try {
    // Nearly all that machines write, and no decoder is as quick.
    if (encoding === 'utf-8' && isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', skip);
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(skip === 0 ? bytes : bytes.subarray(skip));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_STRING_TOO_LONG') throw new TextError('The file is too large to be read as one text.', 0);
    if (code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    const offset = faultAt();
    const shown = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
    throw new TextError(`The file is not valid ${encoding.toUpperCase()} text (byte ${offset} is 0x${shown}).`, offset);
  }
}

/** Offset of the first byte that cannot stand where it stands (RFC 3629 §4). Only run when decoding has failed. */
function invalidUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Length of the well-formed sequence at an offset, 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    // The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
    const low = index > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = index > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return 0;
  }
  return length;
}

function unpairedSurrogate(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unit = (at: number) => (at + 1 < bytes.length ? view.getUint16(at, encoding === 'utf-16le') : 0);
  for (let at = 2; at < bytes.length; at += 2) {
    const kind = unit(at) & 0xfc00;
    if (kind === 0xd800 && (unit(at + 2) & 0xfc00) === 0xdc00) at += 2;
    else if (kind === 0xd800 || kind === 0xdc00) return at;
  }
  return bytes.length;
}
