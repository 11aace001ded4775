import { rawInteger, rawList, rawText, unwrap } from '../../../lib/raw.ts';
import { isObject, type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Store } from './store.ts';
import { thumbprintOf } from './thumbprint.ts';
import { type Certificate, signedBy } from './x509.ts';

/** Bits of System.Security.Cryptography.X509Certificates.X509ChainStatusFlags. */
const FLAGS: ReadonlyMap<number, string> = new Map([
  [0x1, 'NotTimeValid'],
  [0x2, 'NotTimeNested'],
  [0x4, 'Revoked'],
  [0x8, 'NotSignatureValid'],
  [0x10, 'NotValidForUsage'],
  [0x20, 'UntrustedRoot'],
  [0x40, 'RevocationStatusUnknown'],
  [0x80, 'Cyclic'],
  [0x100, 'InvalidExtension'],
  [0x200, 'InvalidPolicyConstraints'],
  [0x400, 'InvalidBasicConstraints'],
  [0x800, 'InvalidNameConstraints'],
  [0x1000, 'HasNotSupportedNameConstraint'],
  [0x2000, 'HasNotDefinedNameConstraint'],
  [0x4000, 'HasNotPermittedNameConstraint'],
  [0x8000, 'HasExcludedNameConstraint'],
  [0x10000, 'PartialChain'],
  [0x20000, 'CtlNotTimeValid'],
  [0x40000, 'CtlNotSignatureValid'],
  [0x80000, 'CtlNotValidForUsage'],
  [0x100000, 'HasWeakSignature'],
  [0x1000000, 'OfflineRevocation'],
  [0x2000000, 'NoIssuanceChainPolicy'],
  [0x4000000, 'ExplicitDistrust'],
  [0x8000000, 'HasNotSupportedCriticalExtension'],
]);
const BY_NAME: ReadonlyMap<string, string> = new Map([...FLAGS.values()].map((name) => [name.toLowerCase(), name]));

export interface ChainStatus {
  readonly flags: ReadonlySet<string>;
  /** True when the status holds something that is not known here. */
  readonly odd: boolean;
}

/** The status of a built chain; undefined when no chain was built. Integers, names, lists of names, `{ Status: … }`. */
export function chainStatusOf(value: Json | undefined): ChainStatus | undefined {
  const plain = unwrap(value);
  if (plain === undefined || plain === null) return undefined;
  const flags = new Set<string>();
  let odd = false;
  for (const element of rawList(plain).slice(0, 100)) {
    const status = isObject(element) ? member(element, 'Status') : element;
    odd = addFlags(status, flags) || odd;
  }
  return { flags, odd };
}

/** Adds what one element says; true when some of it is not known. */
function addFlags(status: Json | undefined, flags: Set<string>): boolean {
  const number = rawInteger(status);
  if (number !== undefined) {
    let rest = number;
    for (const [bit, name] of FLAGS) {
      if ((number & bit) === 0) continue;
      flags.add(name);
      rest -= bit;
    }
    return rest !== 0;
  }
  let odd = false;
  for (const name of (rawText(status) ?? '?').split(',')) {
    const known = BY_NAME.get(name.trim().toLowerCase());
    if (known !== undefined) flags.add(known);
    else odd ||= name.trim().toLowerCase() !== 'noerror';
  }
  return odd;
}

export type ChainVerdict = 'trusted' | 'untrusted' | 'partial' | 'revoked' | 'expired-issuer' | 'invalid';

/** Flags that say something else than these: a warning (revocation), the leaf's own dates, or what CERT-005 judges. */
const NO_FAULT: ReadonlySet<string> = new Set([
  'NotTimeValid',
  'NotTimeNested',
  'RevocationStatusUnknown',
  'OfflineRevocation',
  'HasWeakSignature',
  'UntrustedRoot',
  'PartialChain',
  'Revoked',
]);

/**
 * What the host's own chain building says. Its clock is not ours: `NotTimeValid` counts only when the certificate itself was
 * in date at that moment (`collectedAt`), and issuers whose dates are known are judged at the scan's time.
 */
export function chainVerdictOf(status: ChainStatus | undefined, leafWasInDate: boolean, issuersInDate: boolean): ChainVerdict | undefined {
  if (status === undefined) return undefined;
  const { flags, odd } = status;
  if (flags.has('Revoked')) return 'revoked';
  if ([...flags].some((flag) => !NO_FAULT.has(flag))) return 'invalid';
  if (flags.has('UntrustedRoot')) return 'untrusted';
  if (flags.has('PartialChain')) return 'partial';
  if (!issuersInDate || (flags.has('NotTimeValid') && leafWasInDate)) return 'expired-issuer';
  return odd ? undefined : 'trusted';
}

/** False when revocation could not be checked; undefined when nobody tried. */
export function revocationChecked(status: ChainStatus | undefined, mode: string | undefined): boolean | undefined {
  if (status === undefined) return undefined;
  if (status.flags.has('RevocationStatusUnknown') || status.flags.has('OfflineRevocation')) return false;
  return mode === 'NoCheck' || status.odd ? undefined : true;
}

export interface Issuers {
  /** Intermediates in order; `undefined` for one whose bytes are not there, and for what lies beyond it. */
  readonly intermediates: readonly (Certificate | undefined)[];
  readonly root: Certificate | undefined;
  /** Whether every intermediate stands in the intermediate store, so that the host can send it. */
  readonly installed: boolean | undefined;
}

const MAX_DEPTH = 10;

/** The issuers above a certificate: by the thumbprints of the chain that the host built, else by names and signatures. */
export function issuersOf(certificate: Certificate, selfSigned: boolean | undefined, row: JsonObject, store: Store): Issuers {
  if (selfSigned === true) return { intermediates: [], root: certificate, installed: true };
  const listed = rawList(member(row, 'ChainElements')).slice(0, MAX_DEPTH).map(thumbprintOf);
  if (listed.length > 1 && listed[0] === certificate.thumbprint) return listedIssuers(listed.slice(1), store);
  return foundIssuers(certificate, store);
}

function listedIssuers(thumbprints: readonly (string | undefined)[], store: Store): Issuers {
  const found = thumbprints.map((thumbprint) => (thumbprint === undefined ? undefined : store.any(thumbprint)?.certificate));
  const last = found.at(-1);
  // A chain that ends early has no root: its last element is an intermediate, and more is missing above it.
  const complete = last === undefined || isSelfSigned(last) !== false;
  const intermediates = complete ? found.slice(0, -1) : [...found, undefined];
  const named = complete ? thumbprints.slice(0, -1) : thumbprints;
  const installed = named.every((thumbprint) => thumbprint !== undefined && store.inIntermediates(thumbprint));
  return { intermediates, root: complete ? last : undefined, installed: store.read ? installed && complete : undefined };
}

function foundIssuers(certificate: Certificate, store: Store): Issuers {
  const intermediates: (Certificate | undefined)[] = [];
  let current = certificate;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const issuer = store.issuerOf(current);
    if (issuer === null || issuer === undefined) break;
    if (isSelfSigned(issuer) === true)
      return { intermediates, root: issuer, installed: intermediates.every((one) => one !== undefined && store.inIntermediates(one.thumbprint)) };
    intermediates.push(issuer);
    current = issuer;
  }
  return { intermediates: [...intermediates, undefined], root: undefined, installed: undefined };
}

const SELF_SIGNED = new WeakMap<Certificate, { readonly answer: boolean | undefined }>();

/** Signed with its own key: `Subject == Issuer` alone is only a hint. Undefined when the signature cannot be computed. */
export function isSelfSigned(certificate: Certificate): boolean | undefined {
  const known = SELF_SIGNED.get(certificate) ?? { answer: signedBy(certificate, certificate) };
  SELF_SIGNED.set(certificate, known);
  return known.answer;
}
