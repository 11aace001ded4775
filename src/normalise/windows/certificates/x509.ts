import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { CURVE_BITS, HASHES, KEY_TYPES, type KeyType, RSA_PSS, SIGNATURES, type SignatureHash } from './algorithms.ts';
import { childrenOf, contents, DerError, type DerNode, expectTag, oidText, onlyChild, readNode, TAG, textOf, timeOf } from './der.ts';
import { type Extensions, readExtensions } from './x509-extensions.ts';

/** What is judged about a certificate (RFC 5280), read from its DER. */
export interface Certificate extends Extensions {
  readonly der: Buffer;
  /** SHA-1 of the DER in upper-case hex: what Windows calls the thumbprint. */
  readonly thumbprint: string;
  /** Most specific part first, as Windows shows it. */
  readonly subject: string;
  readonly issuer: string;
  /** The names' DER in hex, for comparing. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  readonly commonName: string | null;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Null for an algorithm that is not known here. */
  readonly keyType: KeyType | null;
  readonly keyBits: number | null;
  /** SHA-256 of the public key: two certificates with one key share it. */
  readonly keyId: string;
  /** Hash of the signature; null for an algorithm that is not known here. */
  readonly signature: SignatureHash | null;
}

/** A certificate with hundreds of names is some 30 kB. */
const MAX_BYTES = 128 * 1024;

/** Undefined for bytes that are no certificate; never throws. */
export function parseCertificate(der: Buffer): Certificate | undefined {
  if (der.length > MAX_BYTES) return undefined;
  try {
    return parse(der);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function parse(der: Buffer): Certificate {
  const outer = expectTag(onlyChild(der, { start: 0, end: der.length }), TAG.sequence);
  const [tbs, algorithm] = childrenOf(der, outer);
  const fields = childrenOf(der, expectTag(tbs, TAG.sequence));
  // Version is an explicit [0] and may be missing (version 1).
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const issuer = expectTag(fields[first + 2], TAG.sequence);
  const [notBefore, notAfter] = childrenOf(der, expectTag(fields[first + 3], TAG.sequence));
  const subject = expectTag(fields[first + 4], TAG.sequence);
  const spki = expectTag(fields[first + 5], TAG.sequence);
  if (notBefore === undefined || notAfter === undefined) throw new DerError('a validity without two times');
  const subjectParts = nameParts(der, subject);
  return {
    der,
    thumbprint: createHash('sha1').update(der).digest('hex').toUpperCase(),
    subject: nameText(subjectParts),
    issuer: nameText(nameParts(der, issuer)),
    subjectKey: contents(der, subject).toString('hex'),
    issuerKey: contents(der, issuer).toString('hex'),
    commonName: subjectParts.findLast((part) => part.type === 'CN')?.text ?? null,
    notBefore: timeOf(der, notBefore),
    notAfter: timeOf(der, notAfter),
    ...keyOf(der, spki),
    keyId: createHash('sha256').update(der.subarray(spki.from, spki.end)).digest('hex'),
    signature: signatureOf(der, expectTag(algorithm, TAG.sequence)),
    ...readExtensions(
      der,
      fields.slice(first + 6).find((field) => field.tag === 0xa3),
    ),
  };
}

interface NamePart {
  readonly type: string;
  readonly text: string;
}

const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'S'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
]);

function nameParts(der: Buffer, name: DerNode): NamePart[] {
  return childrenOf(der, name).flatMap((rdn) =>
    childrenOf(der, expectTag(rdn, TAG.set)).map((pair) => {
      const [type, value] = childrenOf(der, expectTag(pair, TAG.sequence));
      if (value === undefined) throw new DerError('a name part without a value');
      const oid = oidText(der, expectTag(type, TAG.oid));
      return { type: ATTRIBUTES.get(oid) ?? `OID.${oid}`, text: textOf(der, value).slice(0, 256) };
    }),
  );
}

function nameText(parts: readonly NamePart[]): string {
  return parts
    .toReversed()
    .slice(0, 20)
    .map(({ type, text }) => `${type}=${/[,+"\\<>;=]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text}`)
    .join(', ');
}

function keyOf(der: Buffer, spki: DerNode): { keyType: KeyType | null; keyBits: number | null } {
  const [algorithm, key] = childrenOf(der, spki);
  const [oid, parameters] = childrenOf(der, expectTag(algorithm, TAG.sequence));
  const bits = expectTag(key, TAG.bitString);
  const keyType = KEY_TYPES.get(oidText(der, expectTag(oid, TAG.oid))) ?? null;
  // The first octet of a BIT STRING counts its unused bits.
  const inside = { start: bits.start + 1, end: bits.end };
  if (inside.start > inside.end) throw new DerError('an empty public key');
  return { keyType, keyBits: keyBits(der, keyType, inside, parameters) };
}

function keyBits(der: Buffer, type: KeyType | null, key: Pick<DerNode, 'start' | 'end'>, parameters: DerNode | undefined): number | null {
  if (type === 'ed25519') return 256;
  if (type === 'ed448') return 448;
  if (type === 'rsa' || type === 'rsa-pss') return integerBits(der, expectTag(childrenOf(der, onlyChild(der, key, TAG.sequence))[0], TAG.integer));
  if (type === 'dsa') return parameters?.tag === TAG.sequence ? integerBits(der, expectTag(childrenOf(der, parameters)[0], TAG.integer)) : null;
  if (type !== 'ec') return null;
  const named = parameters?.tag === TAG.oid ? CURVE_BITS.get(oidText(der, parameters)) : undefined;
  return named ?? pointBits(contents(der, key));
}

/** Bits of one coordinate of an elliptic-curve point: `04 X Y`, or compressed `02 X`, `03 X`. */
function pointBits(point: Buffer): number | null {
  if (point.length < 2) return null;
  return point[0] === 4 ? ((point.length - 1) / 2) * 8 : (point.length - 1) * 8;
}

function integerBits(der: Buffer, node: DerNode): number {
  const octets = contents(der, node);
  const first = octets.findIndex((octet) => octet !== 0);
  if (first < 0) return 0;
  return (octets.length - first - 1) * 8 + (32 - Math.clz32(octets[first] ?? 0));
}

function signatureOf(der: Buffer, algorithm: DerNode): SignatureHash | null {
  const [oid, parameters] = childrenOf(der, algorithm);
  const name = oidText(der, expectTag(oid, TAG.oid));
  if (name !== RSA_PSS) return SIGNATURES.get(name) ?? null;
  // RFC 4055 §3.1: the hash is an explicit [0], SHA-1 where it is left out.
  const hash = parameters?.tag === TAG.sequence ? childrenOf(der, parameters).find((part) => part.tag === 0xa0) : undefined;
  if (hash === undefined) return 'sha1';
  const identifier = readNode(der, hash.start, hash.end);
  return HASHES.get(oidText(der, expectTag(childrenOf(der, expectTag(identifier, TAG.sequence))[0], TAG.oid))) ?? null;
}

/** Answers by certificate and issuer: roots and issuers are the same on host after host. */
const signatures = new WeakMap<Certificate, WeakMap<Certificate, boolean | null>>();
const publicKeys = new WeakMap<Certificate, KeyObject>();

/**
 * Whether `issuer` signed `certificate`; undefined when this cannot be computed (a key that OpenSSL does not take).
 * `checkIssued` is not asked: it looks at names and key usage, not at the signature.
 */
export function signedBy(certificate: Certificate, issuer: Certificate): boolean | undefined {
  if (certificate.issuerKey !== issuer.subjectKey) return false;
  const known = signatures.get(certificate) ?? new WeakMap<Certificate, boolean | null>();
  signatures.set(certificate, known);
  let answer = known.get(issuer);
  if (answer === undefined) {
    answer = verified(certificate, issuer);
    known.set(issuer, answer);
  }
  return answer ?? undefined;
}

function verified(certificate: Certificate, issuer: Certificate): boolean | null {
  try {
    const key = publicKeys.get(issuer) ?? new X509Certificate(issuer.der).publicKey;
    publicKeys.set(issuer, key);
    return new X509Certificate(certificate.der).verify(key);
  } catch {
    return null;
  }
}
