import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue } from '../../../lib/snapshot-read.ts';
import { member } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { BINDING_KIND, bindingFact, type HostView, templateName, unreadFact } from './binding-fact.ts';
import { type Binding, bindingsOf, ROLES } from './bindings.ts';
import { listenerCandidate } from './candidate.ts';
import { canonicalAddress } from './names.ts';
import { readObject } from './sections.ts';
import { certificateOf, readStore } from './store.ts';
import type { Fact } from '../../../model/fact.ts';

export { normaliseDeploymentCertificates } from './deployment.ts';

const TERMINAL_SERVICES_POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';

/** One `windows.certificateBinding` for each place of a host that names a certificate, joined with the certificate itself. */
export const normaliseCertificates: SnapshotNormaliser = (input, context) => {
  if (context.wanted?.has(BINDING_KIND) === false) return { facts: [], problems: [] };
  const problems: Problem[] = [];
  const view = hostView(input, context, problems);
  const facts: Fact[] = [];
  let candidate: { readonly thumbprint: string | undefined } | undefined;
  for (const role of ROLES) {
    const bindings = bindingsOf(role, input.snapshot);
    if (bindings === undefined) facts.push(unreadFact(role, view));
    for (const binding of bindings ?? []) {
      if (role === 'listener') candidate ??= { thumbprint: listenerCandidate(view) };
      facts.push(bindingFact(binding, view, candidate?.thumbprint, ownCertificate(binding, input, problems)));
    }
  }
  return { facts, problems };
};

/** The web client publishes a certificate of its own, which is in no store. */
function ownCertificate(binding: Binding, input: SnapshotInput, problems: Problem[]): ReturnType<typeof certificateOf> {
  return binding.role === 'web-client' ? certificateOf(binding.row, binding.thumbprint, input.target.id, problems) : undefined;
}

function hostView(input: SnapshotInput, context: NormaliseContext, problems: Problem[]): HostView {
  const fqdn = input.gateway?.name ?? context.intent.gatewayFqdn;
  return {
    input,
    store: readStore(input.snapshot, input.target.id, problems),
    now: Date.parse(context.now),
    collectedAt: Date.parse(input.snapshot.collectedAt),
    hostName: hostNameOf(input),
    domainJoined: domainJoined(input),
    gatewayNames: fqdn === null ? [] : [fqdn],
    templatePolicy: templateName(readRegistryValue(input.snapshot, TERMINAL_SERVICES_POLICY, 'CertTemplateName')),
  };
}

/** The name in the domain where the computer says it, else what the estate or the snapshot calls it, unless that is an address. */
function hostNameOf(input: SnapshotInput): string | null {
  const computer = readObject(input.snapshot, 'computer');
  const row = computer.state === 'read' ? computer.row : {};
  const [host, domain] = [rawText(member(row, 'DNSHostName')) ?? '', rawText(member(row, 'Domain')) ?? ''];
  if (host !== '' && domain.includes('.') && domainJoined(input) === true) return host.includes('.') ? host : `${host}.${domain}`;
  const { name } = input.target;
  return canonicalAddress(name) === undefined ? name : null;
}

function domainJoined(input: SnapshotInput): boolean | undefined {
  const computer = readObject(input.snapshot, 'computer');
  const joined = computer.state === 'read' ? rawInteger(member(computer.row, 'PartOfDomain')) : undefined;
  return joined === undefined ? undefined : joined !== 0;
}
