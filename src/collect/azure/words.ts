import type { Problem } from '../../model/problem.ts';
import type { Failure, FailureKind } from './failure.ts';
import { READER } from './source-words.ts';

/** What to do about a failure. */
const HINTS: Readonly<Record<FailureKind, string>> = {
  'no-credential':
    'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH), run where a workload or managed identity is, or log on with `az login`; --offline judges the last snapshots.',
  credential: 'Mend the identity: its secret, its certificate, its tenant, or who it is trusted by; then collect again.',
  authority: 'Check the tenant, `azure.cloud` in the estate, and what stands between here and Microsoft Entra ID.',
  denied: `Give the identity ${READER}.`,
  firewall: 'Let this machine in, or collect from a network that is let in.',
  absent: 'Check its id in the estate, and that the identity has a role there: what an identity may not see does not exist for it.',
  network: 'Check the name server, routes, proxy (HTTPS_PROXY) and firewalls between here and there.',
  certificate: 'Where a proxy opens TLS, name its certificate authority in NODE_EXTRA_CA_CERTS.',
  timeout: 'Raise --timeout, or collect again when the service is less busy.',
  throttled: 'Collect again later, fewer at once, or raise --timeout.',
  malformed: 'Something in between may have answered instead of Azure: check the proxy, then collect again.',
  'too-large': 'Name fewer subscriptions, or report it with the number of resources.',
  refused: 'Check `azure.cloud` in the estate; the cloud may not have this interface.',
  server: 'Collect again later; the service has trouble.',
  stopped: 'Start it again, with --resume to go on.',
};

/** Why nothing of a subscription or a management group could be read. */
export function targetProblem(target: { readonly id: string; readonly name: string }, what: 'subscription' | 'management group', failure: Failure): Problem {
  return {
    level: 'error',
    code: failure.kind === 'stopped' ? 'collect.interrupted' : `azure.${failure.kind}`,
    message: `Nothing of the ${what} '${target.name}' could be read: ${lowered(failure.message)}`,
    hint: failure.kind === 'denied' && what === 'management group' ? "Give the identity the role 'Reader' on the management group." : HINTS[failure.kind],
    target: target.id,
  };
}

/** Reads on after a colon, unless it begins with a name. */
function lowered(message: string): string {
  const sentence = message.endsWith('.') || message.endsWith('…') ? message : `${message}.`;
  return /^[A-Z][a-z]+ (?!Entra|Graph|Resource)/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

export function hintOf(kind: FailureKind): string {
  return Object.hasOwn(HINTS, kind) ? HINTS[kind] : 'Collect it again.';
}
