import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../src/model/normalise.ts';
import { ENDPOINT_SECTIONS } from '../../../src/model/sections/endpoint.ts';
import { SECTIONS } from '../../../src/model/sections/index.ts';
import type { Section, SnapshotKind } from '../../../src/model/snapshot.ts';
import { normaliseEndpoint, normaliseListenerValues } from '../../../src/normalise/endpoint/normalise.ts';
import { unify } from '../../../src/normalise/unify.ts';
import type { MadeCertificate } from '../../support/x509.ts';
import { checkFact } from '../windows/certificates/support.ts';

export const NOW = '2026-07-01T00:00:00Z';
export const context = (now = NOW): NormaliseContext => ({ intent: { gatewayFqdn: null, adminNetworks: [], all: {} }, now, catalogue: [] });
export const ok = (data: Json): Section => ({ status: 'ok', data });
export const absent: Section = { status: 'absent' };

export function input(kind: SnapshotKind, name: string, sections: Readonly<Record<string, Section>>): SnapshotInput {
  const target = { id: `${kind}:${name.toLowerCase()}`, kind, name, group: 'g', status: 'complete' } as const;
  const { snapshot, problems } = unify({ schemaVersion: 1, target: { kind, name }, collectedAt: '2026-06-30T00:00:00Z', sections }, SECTIONS);
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join(' '));
  return { target, snapshot, host: null, deployment: null, gateway: null };
}

/** What was not asked for, as the collector says it; a section that is missing could not be read. */
export const NOT_ASKED: Readonly<Record<string, Section>> = Object.fromEntries(ENDPOINT_SECTIONS.map(({ name }) => [name, absent]));

export function factsOf(name: string, sections: Readonly<Record<string, Section>>, now = NOW): readonly Fact[] {
  return checked(normaliseEndpoint(input('endpoint', name, { ...NOT_ASKED, ...sections }), context(now)).facts);
}

export function valuesOf(name: string, sections: Readonly<Record<string, Section>>): readonly Fact[] {
  return checked(normaliseListenerValues(input('windows-host', name, sections), context()).facts);
}

/** Every fact has the members of its kind; a placeholder has none that count. */
export function checked(facts: readonly Fact[]): readonly Fact[] {
  for (const fact of facts) if (!fact.unknown.includes('')) checkFact(fact);
  return facts;
}

export function one(facts: readonly Fact[], kind: string): Fact {
  const found = facts.filter((fact) => fact.kind === kind);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} facts of ${kind}`);
  return found[0];
}

/** A row of the negotiation: a selected protocol, `F5` for a failure code, or a word for another answer or cause. */
export function negotiation(answers: Readonly<Record<number, number | string>>, flags = 0): Section {
  return ok(
    Object.entries(answers).map(([requested, answer]): JsonObject => {
      const base = {
        Address: '192.0.2.21',
        Port: 3389,
        Requested: Number(requested),
        Answer: null,
        Selected: null,
        FailureCode: null,
        Flags: null,
        Reply: null,
        Cause: null,
      };
      if (typeof answer === 'number') return { ...base, Answer: 'response', Selected: answer, Flags: flags };
      if (answer.startsWith('F')) return { ...base, Answer: 'failure', FailureCode: Number(answer.slice(1)) };
      return answer === 'no-negotiation' || answer === 'disconnect' ? { ...base, Answer: answer } : { ...base, Cause: answer };
    }),
  );
}

/** What a listener that goes on with standard RDP security says of it. */
export function standardSecurity(members: JsonObject = {}): Section {
  return ok({
    Address: '192.0.2.21',
    Port: 3389,
    Answer: 'response',
    Version: 524_292,
    Method: 2,
    Level: 3,
    Certificate: 'proprietary',
    KeyBits: 2048,
    Cause: null,
    ...members,
  });
}

/** Rows of versions: the selected one, `A70` for an alert, or a cause. */
export function versions(answers: readonly (number | string)[]): Section {
  return ok(
    answers.map((answer, index): JsonObject => {
      const base = { Requested: 769 + index, Selected: null, Suite: null, Alert: null, Cause: null };
      if (typeof answer === 'number') return { ...base, Selected: answer, Suite: 0xc02f };
      return answer.startsWith('A') ? { ...base, Alert: Number(answer.slice(1)) } : { ...base, Cause: answer };
    }),
  );
}

export function certificates(chain: readonly (MadeCertificate | string)[] | null, more: JsonObject = {}): Section {
  return ok({
    Address: '192.0.2.10',
    Port: 443,
    ServerName: 'rdgw.contoso.com',
    Version: 771,
    Chain: chain?.map((one) => (typeof one === 'string' ? one : one.der.toString('base64'))) ?? null,
    Stapled: null,
    Cause: null,
    ...more,
  });
}
