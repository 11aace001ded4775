import type { JsonObject } from '../../model/json.ts';
import type { Section } from '../../model/snapshot.ts';
import { sniOf } from './client-hello.ts';
import { type Cause, CAUSES } from './causes.ts';
import type { Listener } from './exchange.ts';
import type { GatewayAnswer } from './gateway.ts';
import type { DtlsAnswer } from './dtls.ts';
import type { Negotiation, StandardSecurity } from './rdp.ts';
import type { TlsSeen, VersionAnswer } from './tls.ts';

/** What the other side did, as opposed to what kept us from seeing it. */
const OBSERVED: ReadonlySet<Cause> = new Set(['closed', 'reset', 'garbage']);

/** A section of what was not asked for, or is not there. */
export const ABSENT: Section = { status: 'absent' };

/** A section that an exchange came to nothing for; the word before the colon is the cause. */
export function failedSection(cause: Cause): Section {
  return { status: 'error', error: `${cause}: ${CAUSES[cause]}` };
}

/** Where an answer came from. */
function place(listener: Listener): JsonObject {
  return { Address: listener.address, Port: listener.port };
}

export function negotiationSection(answers: readonly Negotiation[], listener: Listener): Section {
  const [first] = answers;
  if (answers.every(({ confirm }) => confirm === null)) return failedSection(first?.cause ?? 'silent');
  return {
    status: 'ok',
    data: answers.map(({ requested, confirm, reply, cause }) => ({
      ...place(listener),
      Requested: requested,
      Answer: confirm?.kind ?? null,
      Selected: confirm?.kind === 'response' ? confirm.selected : null,
      FailureCode: confirm?.kind === 'failure' ? confirm.code : null,
      Flags: confirm?.kind === 'response' ? confirm.flags : null,
      Reply: reply,
      Cause: cause,
    })),
  };
}

export function standardSecuritySection(asked: StandardSecurity | null, unanswered: Cause | null, listener: Listener): Section {
  // Whoever answered everything, and selected standard RDP security nowhere, has none; one that did not answer may have.
  if (asked === null) return unanswered === null ? ABSENT : failedSection(unanswered);
  const { answer, cause } = asked;
  if (cause !== null && !OBSERVED.has(cause)) return failedSection(cause);
  const security = answer?.kind === 'response' ? answer.security : null;
  return {
    status: 'ok',
    data: {
      ...place(listener),
      Answer: answer?.kind ?? null,
      Version: security?.version ?? null,
      Method: security?.method ?? null,
      Level: security?.level ?? null,
      Certificate: security?.certificate ?? null,
      KeyBits: security?.keyBits ?? null,
      Cause: cause,
    },
  };
}

export function versionsSection({ answers }: Pick<TlsSeen, 'answers'>): Section {
  const [unseen] = answers.filter(({ cause }) => cause !== null && !OBSERVED.has(cause));
  if (unseen?.cause !== undefined && unseen.cause !== null && answers.every(({ flight }) => flight === null)) return failedSection(unseen.cause);
  return { status: 'ok', data: answers.map(versionRow) };
}

function versionRow({ requested, flight, cause }: VersionAnswer): JsonObject {
  return { Requested: requested, Selected: flight?.selected ?? null, Suite: flight?.suite ?? null, Alert: flight?.alert ?? null, Cause: cause };
}

export function certificatesSection({ presented, cause }: Pick<TlsSeen, 'presented' | 'cause'>, serverName: string, listener: Listener): Section {
  if (presented === null && cause !== null && !OBSERVED.has(cause)) return failedSection(cause);
  return {
    status: 'ok',
    data: {
      ...place(listener),
      ServerName: sniOf(serverName),
      Version: presented?.version ?? null,
      Chain: presented === null ? null : presented.chain.map((der) => der.toString('base64')),
      Stapled: presented?.stapled?.toString('base64') ?? null,
      Cause: cause,
    },
  };
}

export function gatewaySection(answers: readonly GatewayAnswer[], listener: Listener): Section {
  const [real] = answers;
  if (real === undefined || (real.cause !== null && !OBSERVED.has(real.cause))) return failedSection(real?.cause ?? 'silent');
  return {
    status: 'ok',
    data: answers.map(({ path, control, status, schemes, server, cause }) => ({
      ...place(listener),
      Path: path,
      Control: control,
      Status: status,
      Schemes: status === null ? null : [...schemes],
      Server: server,
      Cause: cause,
    })),
  };
}

/** Silence says nothing of UDP, so that it is a row like an answer, and no failure to read. */
export function gatewayUdpSection({ answer, version, cause }: DtlsAnswer, address: string, port: number): Section {
  return { status: 'ok', data: { Address: address, Port: port, Answer: answer, Version: version, Cause: cause } };
}
