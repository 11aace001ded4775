import { constants, createHash, type KeyObject, sign } from 'node:crypto';
import { bits, boolean, der, integer, octets, oid, sequence, time, utf8 } from './der-writer.ts';
import { publicOf, rsaKey } from './keys.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512' | 'sha1' | 'md5';

export interface CertificateOptions {
  /** Common name of the subject; an empty text makes an empty subject. */
  readonly commonName?: string;
  /** More subject parts, `[object identifier, text]`. */
  readonly subject?: readonly (readonly [string, string])[];
  /** Who signs; self-signed when left out. */
  readonly issuer?: MadeCertificate;
  /** Private key of the subject; a fixed RSA key of 2048 bits that follows from the common name when left out. */
  readonly key?: KeyObject;
  readonly hash?: HashName;
  /** RSASSA-PSS instead of PKCS #1 v1.5. */
  readonly pss?: boolean;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly serial?: number;
  /** Subject alternative names; the extension is left out when none of the three is given. */
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly emails?: readonly string[];
  /** Object identifiers; left out when not given. */
  readonly eku?: readonly string[];
  /** `digitalSignature` 0x80, `keyEncipherment` 0x20, `keyCertSign` 0x04; left out when not given. */
  readonly keyUsage?: number;
  readonly ca?: boolean;
  readonly crl?: readonly string[];
  readonly ocsp?: readonly string[];
  readonly template?: string;
  /** More extensions, `[object identifier, DER of the value]`. */
  readonly extensions?: readonly (readonly [string, Buffer])[];
}

export interface MadeCertificate {
  readonly der: Buffer;
  /** SHA-1 of the DER, upper-case hex. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  /** DER of the subject, which what it signs names as the issuer. */
  readonly subject: Buffer;
}

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_EKU = '2.5.29.37.0';
export const RDP_AUTH = '1.3.6.1.4.1.311.54.1.2';

/** A real, signed X.509 certificate. With RSA keys the same options give the same bytes in every run. */
export function makeCertificate(options: CertificateOptions = {}): MadeCertificate {
  const commonName = options.commonName ?? 'rdgw.contoso.com';
  const key = options.key ?? rsaKey(commonName);
  const subject = nameOf(commonName, options.subject ?? []);
  const signer = options.issuer?.key ?? key;
  const algorithm = algorithmOf(signer, options.hash ?? 'sha256', options.pss === true);
  const extensions = extensionsOf(options);
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(options.serial ?? 1),
    algorithm,
    options.issuer?.subject ?? subject,
    sequence(time(options.notBefore ?? '2026-01-01T00:00:00Z'), time(options.notAfter ?? '2027-01-01T00:00:00Z')),
    subject,
    publicOf(key).export({ format: 'der', type: 'spki' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  const bytes = sequence(tbs, algorithm, bits(signatureOf(tbs, signer, options.hash ?? 'sha256', options.pss === true)));
  return { der: bytes, thumbprint: createHash('sha1').update(bytes).digest('hex').toUpperCase(), key, subject };
}

function nameOf(commonName: string, more: readonly (readonly [string, string])[]): Buffer {
  const parts = [...more, ...(commonName === '' ? [] : [['2.5.4.3', commonName] as const])];
  return sequence(...parts.map(([type, text]) => der(0x31, sequence(oid(type), utf8(text)))));
}

const RSA: Readonly<Record<HashName, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const ECDSA: Readonly<Record<HashName, string>> = {
  md5: '',
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
const HASH: Readonly<Record<HashName, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

function algorithmOf(key: KeyObject, hash: HashName, pss: boolean): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sequence(oid('1.3.101.112'));
  if (key.asymmetricKeyType === 'ec') return sequence(oid(ECDSA[hash]));
  if (!pss) return sequence(oid(RSA[hash]), der(0x05));
  const identifier = sequence(oid(HASH[hash]), der(0x05));
  const mask = sequence(oid('1.2.840.113549.1.1.8'), identifier);
  return sequence(oid('1.2.840.113549.1.1.10'), sequence(der(0xa0, identifier), der(0xa1, mask), der(0xa2, integer(32))));
}

function signatureOf(tbs: Buffer, key: KeyObject, hash: HashName, pss: boolean): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, tbs, key);
  return sign(hash, tbs, pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : key);
}

function extensionsOf(options: CertificateOptions): Buffer[] {
  const found: (readonly [string, Buffer])[] = [];
  const names = alternativeNames(options);
  if (names.length > 0) found.push(['2.5.29.17', sequence(...names)]);
  if (options.eku !== undefined) found.push(['2.5.29.37', sequence(...options.eku.map(oid))]);
  if (options.keyUsage !== undefined)
    found.push(['2.5.29.15', bits(Buffer.from([options.keyUsage]), options.keyUsage === 0 ? 0 : Math.log2(options.keyUsage & -options.keyUsage))]);
  if (options.ca !== undefined) found.push(['2.5.29.19', options.ca ? sequence(boolean(true)) : sequence()]);
  if (options.crl !== undefined) found.push(['2.5.29.31', sequence(...options.crl.map((url) => sequence(der(0xa0, der(0xa0, address(url))))))]);
  if (options.ocsp !== undefined) found.push(['1.3.6.1.5.5.7.1.1', sequence(...options.ocsp.map((url) => sequence(oid('1.3.6.1.5.5.7.48.1'), address(url))))]);
  if (options.template !== undefined) found.push(['1.3.6.1.4.1.311.20.2', der(0x1e, Buffer.from(options.template, 'utf16le').swap16())]);
  return [...found, ...(options.extensions ?? [])].map(([type, value]) => sequence(oid(type), octets(value)));
}

const address = (url: string): Buffer => der(0x86, Buffer.from(url, 'latin1'));

function alternativeNames(options: CertificateOptions): Buffer[] {
  return [
    ...(options.dnsNames ?? []).map((name) => der(0x82, Buffer.from(name, 'utf8'))),
    ...(options.addresses ?? []).map((text) => der(0x87, addressBytes(text))),
    ...(options.emails ?? []).map((text) => der(0x81, Buffer.from(text, 'latin1'))),
  ];
}

/** IPv4, or IPv6 with all eight groups written out. */
function addressBytes(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  return Buffer.from(
    text
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}
