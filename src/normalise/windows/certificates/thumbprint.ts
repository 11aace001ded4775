import { rawList, unwrap } from '../../../lib/raw.ts';
import type { Json } from '../../../model/json.ts';

/** Stands for "no certificate is set", which is something else than a thumbprint that could not be read. */
export const NO_CERTIFICATE = 'none';

/**
 * A SHA-1 thumbprint as 40 upper-case hex digits, whatever its form: text with spaces, colons or the invisible U+200E that
 * copying from the certificate dialog adds in front, a list of 20 bytes, or base64 of them. `none` for nothing and for all
 * zeros; undefined for anything else.
 */
export function thumbprintOf(value: Json | undefined): string | undefined {
  const plain = unwrap(value);
  if (plain === undefined) return undefined;
  if (plain === null || plain === '') return NO_CERTIFICATE;
  if (Array.isArray(plain)) return ofBytes(rawList(plain));
  return typeof plain === 'string' ? ofText(plain) : undefined;
}

function ofBytes(list: readonly Json[]): string | undefined {
  const bytes = bytesOf(list);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) return NO_CERTIFICATE;
  return bytes.length === 20 ? named(bytes.toString('hex')) : undefined;
}

function ofText(text: string): string | undefined {
  if (text.length > 200) return undefined;
  // 20 bytes in base64 are 27 characters and one `=`.
  if (/^[A-Za-z0-9+/]{27}=$/.test(text)) return named(Buffer.from(text, 'base64').toString('hex'));
  const digits = text.replaceAll(/[^0-9a-fA-F]/g, '');
  if (digits === '' && text.trim() === '') return NO_CERTIFICATE;
  return digits.length === 40 ? named(digits) : undefined;
}

function named(digits: string): string {
  return /^0{40}$/.test(digits) ? NO_CERTIFICATE : digits.toUpperCase();
}

/** Bytes of a certificate: base64 text or a list of numbers. Undefined for anything else, and above 128 kB. */
export function derOf(value: Json | undefined): Buffer | undefined {
  const plain = unwrap(value);
  if (Array.isArray(plain)) return plain.length > 128 * 1024 ? undefined : bytesOf(plain as readonly Json[]);
  if (typeof plain !== 'string' || plain.length > 256 * 1024) return undefined;
  const text = plain.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function bytesOf(list: readonly Json[]): Buffer | undefined {
  return list.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255)
    ? Buffer.from(list as readonly number[])
    : undefined;
}
