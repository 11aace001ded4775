import { domainToASCII } from 'node:url';
import type { Certificate } from './x509.ts';

/** What a certificate says it is for, in the terms of RFC 6125 §6: the common name counts only without any SAN. */
export interface PresentedNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

export function presentedNames(certificate: Pick<Certificate, 'dnsNames' | 'addresses' | 'commonName'>): PresentedNames {
  if (certificate.dnsNames !== null) return { dns: certificate.dnsNames, addresses: certificate.addresses };
  return { dns: certificate.commonName === null ? [] : [certificate.commonName], addresses: [] };
}

/** Whether a client that asks for `reference` (a DNS name or an address) accepts the certificate's names. */
export function covers(presented: PresentedNames, reference: string): boolean {
  const address = canonicalAddress(reference);
  if (address !== undefined) return presented.addresses.includes(address);
  const wanted = referenceName(reference);
  return wanted !== undefined && presented.dns.some((pattern) => nameMatches(pattern, wanted));
}

/** A reference name as it is compared: A-labels, lower case, no closing dot. Undefined for what is no name. */
export function referenceName(name: string): string | undefined {
  const trimmed = name.trim().replace(/\.$/, '');
  // Names in ASCII are taken as they are: domainToASCII reads `0x7f.1` as an address, as browsers do.
  const ascii = /^[\x21-\x7e]*$/.test(trimmed) ? trimmed.toLowerCase() : domainToASCII(trimmed);
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(ascii) && ascii.length <= 253 ? ascii : undefined;
}

/**
 * RFC 6125 §6.4: labels without case; a wildcard only as the whole left-most label, for exactly one label, and not above a
 * single label (`*.com`). A name in a certificate has to be in A-labels already. `wanted` comes from `referenceName`.
 */
export function nameMatches(pattern: string, wanted: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(pattern)) return false;
  const name = pattern.toLowerCase();
  if (name === wanted) return true;
  if (!name.startsWith('*.')) return false;
  const suffix = name.slice(1);
  if (suffix.includes('*') || !suffix.slice(1).includes('.')) return false;
  const label = wanted.slice(0, Math.max(0, wanted.length - suffix.length));
  return wanted.endsWith(suffix) && label !== '' && !label.includes('.');
}

/** Canonical text of an IPv4 or IPv6 address (with or without brackets); undefined for a name. */
export function canonicalAddress(text: string): string | undefined {
  const plain = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(plain)) return plain;
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(plain) || !plain.includes(':')) return undefined;
  const url = URL.parse(`http://[${plain}]/`);
  return url === null ? undefined : url.hostname.slice(1, -1);
}
