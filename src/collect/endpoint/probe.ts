import type { Section } from '../../model/snapshot.ts';
import type { Cause } from './causes.ts';
import { type Limits, type Listener, listenerAt } from './exchange.ts';
import { probeGateway } from './gateway.ts';
import { negotiate, requestForTls, startTls } from './rdp.ts';
import { ABSENT, certificatesSection, failedSection, gatewaySection, negotiationSection, versionsSection } from './sections.ts';
import { probeTls } from './tls.ts';

export interface Place {
  /** Name or address, as the estate gives it. Nothing else is ever contacted. */
  readonly host: string;
  readonly port: number;
}

/** What is asked of one endpoint: an RDP listener, a gateway, or both under one name. */
export interface ProbePlan {
  /** The name that clients use: asked for by SNI, and in the head of HTTP requests. */
  readonly name: string;
  readonly rdp: Place | null;
  readonly https: Place | null;
}

export interface Probed {
  readonly sections: Readonly<Record<string, Section>>;
  /** Set when nothing at all was seen: why the first part that was asked for came to nothing. */
  readonly unseen: { readonly part: 'rdp' | 'https'; readonly cause: Cause } | null;
}

/** Asks one endpoint everything, without credentials, one connection after the other. */
export async function probe(plan: ProbePlan, limits: Limits): Promise<Probed> {
  const rdp = plan.rdp === null ? NOT_ASKED : await probeRdp(listenerAt(plan.rdp.host, plan.rdp.port), plan.name, limits);
  const https = plan.https === null ? NOT_ASKED : await probeHttps(listenerAt(plan.https.host, plan.https.port), plan.name, limits);
  const sections = {
    'endpoint.rdpNegotiation': rdp.first,
    'endpoint.rdpTls': rdp.versions,
    'endpoint.rdpCertificates': rdp.certificates,
    'endpoint.httpsTls': https.versions,
    'endpoint.httpsCertificates': https.certificates,
    'endpoint.gateway': https.first,
  };
  const cause = rdp.unseen ?? https.unseen;
  const seen = Object.values(sections).some(({ status }) => status === 'ok');
  return { sections, unseen: seen || cause === null ? null : { part: rdp.unseen === null ? 'https' : 'rdp', cause } };
}

interface Part {
  /** Negotiation of a listener, answers of a gateway. */
  readonly first: Section;
  readonly versions: Section;
  readonly certificates: Section;
  /** Why nothing of it was seen. */
  readonly unseen: Cause | null;
}

const NOT_ASKED: Part = { first: ABSENT, versions: ABSENT, certificates: ABSENT, unseen: null };

function failedPart(cause: Cause): Part {
  const failed = failedSection(cause);
  return { first: failed, versions: failed, certificates: failed, unseen: cause };
}

async function probeRdp(listener: Listener, name: string, limits: Limits): Promise<Part> {
  const answers = await negotiate(listener, limits);
  const first = negotiationSection(answers, listener);
  const cause = answers.find((answer) => answer.cause !== null)?.cause ?? null;
  if (first.status !== 'ok') return failedPart(cause ?? 'silent');
  const request = requestForTls(answers);
  // A listener that answered everything and took TLS nowhere has none; one that did not answer may have.
  if (request === null) return cause === null ? { ...NOT_ASKED, first } : { ...failedPart(cause), first, unseen: null };
  const seen = await probeTls(listener, name, limits, (connection) => startTls(connection, request));
  return { first, versions: versionsSection(seen), certificates: certificatesSection(seen, name, listener), unseen: null };
}

async function probeHttps(listener: Listener, name: string, limits: Limits): Promise<Part> {
  const seen = await probeTls(listener, name, limits, async () => undefined);
  const versions = versionsSection(seen);
  if (versions.status !== 'ok') return failedPart(seen.cause ?? 'silent');
  const certificates = certificatesSection(seen, name, listener);
  const speaks = seen.answers.some(({ flight }) => flight !== null && flight.selected !== null);
  const first = speaks ? gatewaySection(await probeGateway(listener, name, limits), listener) : failedSection(seen.cause ?? 'garbage');
  return { first, versions, certificates, unseen: speaks ? null : (seen.cause ?? null) };
}
