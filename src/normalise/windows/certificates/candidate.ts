import { member } from '../../../model/json.ts';
import { coversHost, type HostView } from './binding-fact.ts';
import { chainStatusOf, chainVerdictOf, isSelfSigned } from './chain.ts';
import { keyAccessOf, readableBy } from './key-access.ts';
import type { StoreEntry } from './store.ts';
import { NO_CERTIFICATE } from './thumbprint.ts';
import { inDate } from './time.ts';
import { keyUsageOf, serverAuthOf } from './x509-extensions.ts';

/**
 * The certificate of the personal store that the listener could use as it is: issued by a trusted authority, in date, for this
 * host's name and for servers, with a strong key that the service can read. The one that lasts longest; `none` when no
 * certificate is certainly all of that, undefined when the store could not be read.
 */
export function listenerCandidate(view: HostView): string | undefined {
  if (!view.store.read) return undefined;
  const host = view.hostName;
  if (host === null) return NO_CERTIFICATE;
  const fit = view.store.personal.filter((entry) => fits(entry, host, view));
  const [best] = fit.toSorted((a, b) => (b.certificate?.notAfter ?? 0) - (a.certificate?.notAfter ?? 0) || (a.thumbprint < b.thumbprint ? -1 : 1));
  return best?.thumbprint ?? NO_CERTIFICATE;
}

const STRONG: ReadonlySet<string | null> = new Set(['sha224', 'sha256', 'sha384', 'sha512', 'ed25519', 'ed448']);

function fits({ certificate, row }: StoreEntry, host: string, view: HostView): boolean {
  if (certificate === undefined || !inDate(certificate, view.now) || !coversHost(certificate, host)) return false;
  const { keyType, keyBits, signature, eku, keyUsage } = certificate;
  // Schannel serves RDP with RSA keys and the NIST curves.
  const strong = (keyType === 'rsa' && (keyBits ?? 0) >= 2048) || (keyType === 'ec' && (keyBits ?? 0) >= 256);
  if (!strong || !STRONG.has(signature) || serverAuthOf(eku) === 'no' || !['absent', 'ok'].includes(keyUsageOf(keyUsage))) return false;
  const access = keyAccessOf(member(row, 'PrivateKeyAccess'));
  if (member(row, 'HasPrivateKey') !== true || access === undefined || !readableBy('TermService', access)) return false;
  const verdict = chainVerdictOf(chainStatusOf(member(row, 'ChainStatus')), inDate(certificate, view.collectedAt), true);
  return verdict === 'trusted' && isSelfSigned(certificate) === false;
}
