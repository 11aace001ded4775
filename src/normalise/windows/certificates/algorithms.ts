/**
 * Algorithms by object identifier: friendly names are localised on Windows. Identifiers from RFC 3279, 4055, 5480, 5758 and
 * 8410.
 */
export type SignatureHash = 'md2' | 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'ed25519' | 'ed448';

export const RSA_PSS = '1.2.840.113549.1.1.10';

export const SIGNATURES: ReadonlyMap<string, SignatureHash> = new Map([
  ['1.2.840.113549.1.1.2', 'md2'],
  ['1.2.840.113549.1.1.4', 'md5'],
  ['1.2.840.113549.1.1.5', 'sha1'],
  ['1.3.14.3.2.29', 'sha1'],
  ['1.2.840.113549.1.1.14', 'sha224'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.1', 'sha1'],
  ['1.2.840.10045.4.3.1', 'sha224'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.10040.4.3', 'sha1'],
  ['2.16.840.1.101.3.4.3.2', 'sha256'],
  ['1.3.101.112', 'ed25519'],
  ['1.3.101.113', 'ed448'],
]);

/** Hash functions as RSASSA-PSS names them in its parameters. */
export const HASHES: ReadonlyMap<string, SignatureHash> = new Map([
  ['1.2.840.113549.2.5', 'md5'],
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

export type KeyType = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa';

export const KEY_TYPES: ReadonlyMap<string, KeyType> = new Map([
  ['1.2.840.113549.1.1.1', 'rsa'],
  [RSA_PSS, 'rsa-pss'],
  ['1.2.840.10045.2.1', 'ec'],
  ['1.3.101.112', 'ed25519'],
  ['1.3.101.113', 'ed448'],
  ['1.2.840.10040.4.1', 'dsa'],
]);

/** Bits of the named curves whose size is not the size of their point. */
export const CURVE_BITS: ReadonlyMap<string, number> = new Map([['1.3.132.0.35', 521]]);

export const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
export const ANY_PURPOSE = '2.5.29.37.0';
/** Remote Desktop Authentication: enough for the listener, not for the gateway or a web site. */
export const REMOTE_DESKTOP_AUTHENTICATION = '1.3.6.1.4.1.311.54.1.2';
