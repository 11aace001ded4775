import { ANY_PURPOSE, REMOTE_DESKTOP_AUTHENTICATION, SERVER_AUTHENTICATION } from './algorithms.ts';
import { childrenOf, contents, DerError, type DerNode, expectTag, oidText, onlyChild, readNode, TAG, textOf } from './der.ts';

/** What the extensions of a certificate say (RFC 5280 §4.2). */
export interface Extensions {
  /** dNSName entries; null when there is no subject alternative name at all. */
  readonly dnsNames: readonly string[] | null;
  /** iPAddress entries, canonical text. */
  readonly addresses: readonly string[];
  /** Object identifiers; null when there is no extended key usage, which means all purposes. */
  readonly eku: readonly string[] | null;
  /** The bits; null when there is no key usage, which means all. */
  readonly keyUsage: { readonly digitalSignature: boolean; readonly keyEncipherment: boolean } | null;
  /** Addresses of revocation lists and OCSP responders. */
  readonly revocationUrls: readonly string[];
  /** Name (version 1) or object identifier (version 2) of the Microsoft certificate template. */
  readonly template: string | null;
}

const NONE: Extensions = { dnsNames: null, addresses: [], eku: null, keyUsage: null, revocationUrls: [], template: null };

export function readExtensions(der: Buffer, wrapper: DerNode | undefined): Extensions {
  if (wrapper === undefined) return NONE;
  const found = new Map<string, Pick<DerNode, 'start' | 'end'>>();
  for (const extension of childrenOf(der, onlyChild(der, wrapper, TAG.sequence))) {
    const parts = childrenOf(der, expectTag(extension, TAG.sequence));
    const oid = oidText(der, expectTag(parts[0], TAG.oid));
    if (found.has(oid)) throw new DerError('an extension that stands twice');
    found.set(oid, expectTag(parts.at(-1), TAG.octetString));
  }
  const names = found.get('2.5.29.17');
  const general = names === undefined ? [] : childrenOf(der, onlyChild(der, names, TAG.sequence));
  return {
    dnsNames: names === undefined ? null : general.filter((name) => name.tag === 0x82).map((name) => textOf(der, name)),
    addresses: general.filter((name) => name.tag === 0x87).flatMap((name) => addressText(contents(der, name)) ?? []),
    eku: purposes(der, found.get('2.5.29.37')),
    keyUsage: usage(der, found.get('2.5.29.15')),
    revocationUrls: [...addressesBelow(der, found.get('2.5.29.31'), 0), ...responders(der, found.get('1.3.6.1.5.5.7.1.1'))],
    template: template(der, found),
  };
}

type Octets = Pick<DerNode, 'start' | 'end'> | undefined;

function purposes(der: Buffer, octets: Octets): string[] | null {
  return octets === undefined ? null : childrenOf(der, onlyChild(der, octets, TAG.sequence)).map((node) => oidText(der, node));
}

function usage(der: Buffer, octets: Octets): Extensions['keyUsage'] {
  if (octets === undefined) return null;
  const bits = contents(der, onlyChild(der, octets, TAG.bitString));
  const first = bits[1] ?? 0;
  return { digitalSignature: (first & 0x80) !== 0, keyEncipherment: (first & 0x20) !== 0 };
}

/** Every uniformResourceIdentifier ([6]) below; distribution points nest them four levels deep. */
function addressesBelow(der: Buffer, octets: Octets, depth: number): string[] {
  if (octets === undefined || depth > 6) return [];
  return childrenOf(der, octets).flatMap((node) => {
    if (node.tag === 0x86) return [textOf(der, node)];
    return (node.tag & 0x20) === 0 ? [] : addressesBelow(der, node, depth + 1);
  });
}

/** OCSP responders; the other access method says where the issuer's certificate is, which revokes nothing. */
function responders(der: Buffer, octets: Octets): string[] {
  if (octets === undefined) return [];
  return childrenOf(der, onlyChild(der, octets, TAG.sequence)).flatMap((access) => {
    const [method, location] = childrenOf(der, expectTag(access, TAG.sequence));
    const ocsp = oidText(der, expectTag(method, TAG.oid)) === '1.3.6.1.5.5.7.48.1';
    return ocsp && location?.tag === 0x86 ? [textOf(der, location)] : [];
  });
}

function template(der: Buffer, found: ReadonlyMap<string, Pick<DerNode, 'start' | 'end'>>): string | null {
  const named = found.get('1.3.6.1.4.1.311.20.2');
  if (named !== undefined) return textOf(der, readNode(der, named.start, named.end)).slice(0, 256);
  const versioned = found.get('1.3.6.1.4.1.311.21.7');
  if (versioned === undefined) return null;
  return oidText(der, expectTag(childrenOf(der, onlyChild(der, versioned, TAG.sequence))[0], TAG.oid));
}

function addressText(octets: Buffer): string | undefined {
  if (octets.length === 4) return [...octets].join('.');
  if (octets.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

export type ServerAuth = 'yes' | 'any' | 'absent' | 'remote-desktop-only' | 'no';

/** Absent means all purposes; any purpose is one of its own. */
export function serverAuthOf(eku: readonly string[] | null): ServerAuth {
  if (eku === null) return 'absent';
  if (eku.includes(SERVER_AUTHENTICATION)) return 'yes';
  if (eku.includes(ANY_PURPOSE)) return 'any';
  return eku.includes(REMOTE_DESKTOP_AUTHENTICATION) ? 'remote-desktop-only' : 'no';
}

export type KeyUsageVerdict = 'absent' | 'ok' | 'key-exchange-only' | 'unfit';

/** What a TLS server may do with its key: sign (every suite since ECDHE), only RSA key exchange, or neither. */
export function keyUsageOf(usage: Extensions['keyUsage']): KeyUsageVerdict {
  if (usage === null) return 'absent';
  if (usage.digitalSignature) return 'ok';
  return usage.keyEncipherment ? 'key-exchange-only' : 'unfit';
}

/** `ldap-only` cannot be reached by clients outside of the domain; `none` names no place at all. */
export function revocationSourcesOf(urls: readonly string[]): 'http' | 'ldap-only' | 'none' {
  if (urls.some((url) => /^https?:\/\//i.test(url))) return 'http';
  return urls.length === 0 ? 'none' : 'ldap-only';
}
