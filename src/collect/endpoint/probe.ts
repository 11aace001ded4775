import type { Section } from '../../model/snapshot.ts';
import type { Cause } from './causes.ts';
import { probeDtls } from './dtls.ts';
import { type Limits, type Listener, listenerAt } from './exchange.ts';
import { probeGateway } from './gateway.ts';
import { negotiate, requestForTls, startTls, unanswered } from './rdp.ts';
import {
  ABSENT,
  certificatesSection,
  failedSection,
  gatewaySection,
  gatewayUdpSection,
  negotiationSection,
  standardSecuritySection,
  versionsSection,
} from './sections.ts';
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
  /** UDP port of the gateway at `https`; nothing is sent to it when it is left out. */
  readonly udpPort?: number;
}

export interface Probed {
  readonly sections: Readonly<Record<string, Section>>;
  /** Set when nothing at all was seen: why the first part that was asked for came to nothing. */
  readonly unseen: { readonly part: 'rdp' | 'https'; readonly cause: Cause } | null;
}

/** Asks one endpoint everything, without credentials, one connection after the other. */
export async function probe(plan: ProbePlan, limits: Limits): Promise<Probed> {
  const rdp = plan.rdp === null ? NO_LISTENER : await probeRdp(listenerAt(plan.rdp.host, plan.rdp.port), plan.name, limits);
  const https = plan.https === null ? NO_GATEWAY : await probeHttps(plan.https, plan, limits);
  const sections = {
    'endpoint.rdpNegotiation': rdp.first,
    'endpoint.rdpStandardSecurity': rdp.standard,
    'endpoint.rdpTls': rdp.versions,
    'endpoint.rdpCertificates': rdp.certificates,
    'endpoint.httpsTls': https.versions,
    'endpoint.httpsCertificates': https.certificates,
    'endpoint.gateway': https.first,
    'endpoint.gatewayUdp': https.udp,
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

interface ListenerPart extends Part {
  readonly standard: Section;
}
const NO_LISTENER: ListenerPart = { ...NOT_ASKED, standard: ABSENT };

interface GatewayPart extends Part {
  readonly udp: Section;
}
const NO_GATEWAY: GatewayPart = { ...NOT_ASKED, udp: ABSENT };

function failedPart(cause: Cause): Part {
  const failed = failedSection(cause);
  return { first: failed, versions: failed, certificates: failed, unseen: cause };
}

async function probeRdp(listener: Listener, name: string, limits: Limits): Promise<ListenerPart> {
  const { answers, standard: asked } = await negotiate(listener, limits);
  const first = negotiationSection(answers, listener);
  const cause = unanswered(answers);
  const standard = standardSecuritySection(asked, cause, listener);
  if (first.status !== 'ok') return { ...failedPart(cause ?? 'silent'), standard };
  const request = requestForTls(answers);
  // A listener that answered everything and took TLS nowhere has none; one that did not answer may have.
  if (request === null) return cause === null ? { ...NOT_ASKED, first, standard } : { ...failedPart(cause), first, standard, unseen: null };
  const seen = await probeTls(listener, name, limits, (connection) => startTls(connection, request));
  return { first, standard, versions: versionsSection(seen), certificates: certificatesSection(seen, name, listener), unseen: null };
}

async function probeHttps(place: Place, { name, udpPort }: ProbePlan, limits: Limits): Promise<GatewayPart> {
  const listener = listenerAt(place.host, place.port);
  const seen = await probeTls(listener, name, limits, null);
  const versions = versionsSection(seen);
  if (versions.status !== 'ok') {
    const cause = seen.cause ?? 'silent';
    return { ...failedPart(cause), udp: udpPort === undefined ? ABSENT : failedSection(cause) };
  }
  const certificates = certificatesSection(seen, name, listener);
  const speaks = seen.answers.some(({ flight }) => flight !== null && flight.selected !== null);
  const first = speaks ? gatewaySection(await probeGateway(listener, name, limits), listener) : failedSection(seen.cause ?? 'garbage');
  const udp = await udpOf(listener, name, udpPort, limits);
  return { first, versions, certificates, udp, unseen: speaks ? null : (seen.cause ?? null) };
}

/** The address that answered over TCP is asked, so that both transports are of one machine. */
async function udpOf({ address }: Listener, name: string, port: number | undefined, limits: Limits): Promise<Section> {
  if (port === undefined || address === null) return ABSENT;
  return gatewayUdpSection(await probeDtls(address, port, name, limits), address, port);
}
