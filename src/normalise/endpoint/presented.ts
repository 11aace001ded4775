import { rawList, rawText } from '../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { certificateMembers, coversHost } from '../windows/certificates/binding-fact.ts';
import { isSelfSigned } from '../windows/certificates/chain.ts';
import { canonicalAddress, covers, presentedNames } from '../windows/certificates/names.ts';
import { derOf } from '../windows/certificates/thumbprint.ts';
import { inDate } from '../windows/certificates/time.ts';
import { type Certificate, parseCertificate, signedBy } from '../windows/certificates/x509.ts';

const MAX_CHAIN = 16;

export type SentChain = 'self-signed' | 'rooted' | 'linked' | 'leaf-alone' | 'unlinked' | 'bad-signature';

/** What the certificates of a handshake say. */
export interface Presented {
  readonly members: Readonly<Record<string, Json | undefined>>;
  readonly unknown: readonly Pointer[];
  /** Whether one of them could not be parsed. */
  readonly unreadable: boolean;
}

export type Service = 'https' | 'rdp';

/** Members of the fact that come from the certificates; `now` in milliseconds. */
export function presentedMembers(row: JsonObject, service: Service, host: string, now: number): Presented {
  const sent = rawList(member(row, 'Chain')).slice(0, MAX_CHAIN);
  const parsed = sent.map(certificateOf);
  const [leaf, ...others] = parsed;
  const base = { presented: sent.length > 0, sent: sent.length, stapled: sent.length === 0 ? undefined : (rawText(member(row, 'Stapled')) ?? '') !== '' };
  if (sent.length === 0) return { members: base, unknown: [], unreadable: false };
  if (leaf === undefined) return { members: base, unknown: [], unreadable: true };
  const chain = chainOf(
    leaf,
    others.filter((other) => other !== undefined),
  );
  // A certificate that cannot be parsed may be the issuer that is missed.
  const unreadable = others.includes(undefined);
  const unsure = unreadable && (chain.kind === 'unlinked' || chain.kind === 'linked' || chain.kind === 'leaf-alone');
  return {
    members: {
      ...base,
      ...certificateMembers(leaf, { now }),
      thumbprint: leaf.thumbprint,
      ...nameMembers(leaf, service, host),
      sentChain: unsure ? undefined : chain.kind,
      topIssuer: unsure ? undefined : (chain.links.at(-1) ?? leaf).issuer,
      issuersInDate: unsure && chain.links.every((link) => inDate(link, now)) ? undefined : chain.links.every((link) => inDate(link, now)),
      issuers: unsure ? undefined : chain.intermediates.map(summary),
    },
    unknown: unsure ? [] : chain.intermediates.flatMap(unknownOf),
    unreadable,
  };
}

function certificateOf(value: Json): Certificate | undefined {
  const der = derOf(value);
  return der === undefined ? undefined : parseCertificate(der);
}

interface Chain {
  readonly kind: SentChain | undefined;
  /** Issuers that belong to the leaf, the nearest first, a root at the end included. */
  readonly links: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

/** Walks up by names and signatures; the order on the wire does not count, nor do certificates that belong to no link. */
export function chainOf(leaf: Certificate, others: readonly Certificate[]): Chain {
  if (isSelfSigned(leaf) === true) return { kind: 'self-signed', links: [], intermediates: [] };
  const links: Certificate[] = [];
  let current = leaf;
  for (;;) {
    const left = others.filter((other) => other !== leaf && !links.includes(other));
    const answers = left.map((other) => signedBy(current, other));
    const at = answers.indexOf(true);
    const issuer = at < 0 ? undefined : left[at];
    if (issuer === undefined) return { kind: endOf(current, left, answers, others, links), links, intermediates: links };
    links.push(issuer);
    if (isSelfSigned(issuer) === true) return { kind: 'rooted', links, intermediates: links.slice(0, -1) };
    current = issuer;
  }
}

function endOf(
  current: Certificate,
  left: readonly Certificate[],
  answers: readonly (boolean | undefined)[],
  others: readonly Certificate[],
  links: readonly Certificate[],
): SentChain | undefined {
  if (answers.includes(undefined)) return undefined;
  if (left.some((other) => other.subjectKey === current.issuerKey)) return 'bad-signature';
  if (links.length > 0) return 'linked';
  return others.length === 0 ? 'leaf-alone' : 'unlinked';
}

function nameMembers(leaf: Certificate, service: Service, host: string): Record<string, Json> {
  // A listener that is known by an address only: clients have a name for it, which is not known here.
  if (service === 'rdp' && canonicalAddress(host) !== undefined) return { expectedNames: [], nameMatch: 'not-asked' };
  const match = service === 'rdp' ? coversHost(leaf, host) : covers(presentedNames(leaf), host);
  return { expectedNames: [host], nameMatch: match ? 'match' : 'mismatch' };
}

function summary(issuer: Certificate): JsonObject {
  const { subject, keyType, keyBits, signature } = issuer;
  return { label: `${subject} (${keyType ?? '?'} ${keyBits ?? '?'}, ${signature ?? '?'})`, subject, keyType, keyBits, signature };
}

function unknownOf(issuer: Certificate, index: number): Pointer[] {
  return (['keyType', 'keyBits', 'signature'] as const).filter((name) => issuer[name] === null).map((name) => `/issuers/${index}/${name}`);
}
