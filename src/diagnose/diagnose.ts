import type { Finding, Verdict } from '../model/finding.ts';
import { type Cause, CAUSES } from './causes.ts';
import type { CodeEntry } from './code.ts';
import type { EventSummary } from './events.ts';
import { explainCode, type Explanation } from './explain.ts';
import type { DisconnectCode } from './parse.ts';

/** What was found out of one host. */
export interface HostEvidence {
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  /** Null where no event could be read, or there is none. */
  readonly events: EventSummary | null;
}

/** A cause that something on the host speaks for. */
export interface RankedCause {
  readonly cause: Cause;
  readonly findings: readonly Finding[];
  /** Sentences. */
  readonly events: readonly string[];
}

export interface Diagnosis {
  readonly explanation: Explanation;
  /** What the events say of the code itself, as a sentence; null where they could not be read. */
  readonly seen: string | null;
  /** The most likely first. */
  readonly ranked: readonly RankedCause[];
  /** Nothing on the host speaks for them, and what was judged speaks against them. */
  readonly against: readonly { readonly cause: Cause; readonly passed: readonly string[] }[];
  /** Could not be judged: nothing was collected for them, or no policy knows. */
  readonly open: readonly { readonly cause: Cause; readonly unknown: readonly string[] }[];
}

/**
 * Ranks what on a host fits a code, from evidence alone: a cause that no finding and no event speaks for is never named as
 * one. Events that show the ways of connections count most, then how many findings there are and how grave.
 */
export function diagnose(code: DisconnectCode, evidence: HostEvidence): Diagnosis {
  const explanation = explainCode(code);
  const telling = tellingPart(explanation);
  const fitting = telling === null ? [] : CAUSES.filter((cause) => fits(cause, telling.entry, telling.extended));
  const ranked: RankedCause[] = [];
  const against: Diagnosis['against'][number][] = [];
  const open: Diagnosis['open'][number][] = [];
  for (const cause of fitting) {
    const failing = evidence.findings.filter((finding) => finding.outcome === 'fail' && isOf(cause, finding.policy));
    const unknown = evidence.findings.filter((finding) => finding.outcome === 'unknown' && isOf(cause, finding.policy)).map((finding) => finding.policy);
    const passed = evidence.verdicts.filter((verdict) => verdict.outcome === 'pass' && isOf(cause, verdict.policy)).map((verdict) => verdict.policy);
    const said = evidence.events === null ? null : (cause.events?.(evidence.events) ?? null);
    // Events alone do not tell causes of one stage from each other: they add to a finding.
    if (failing.length > 0) ranked.push({ cause, findings: failing.toSorted(byGravity), events: said === null ? [] : [said] });
    else if (unknown.length > 0 || passed.length === 0) open.push({ cause, unknown: distinct(unknown) });
    else against.push({ cause, passed: distinct(passed) });
  }
  return { explanation, seen: seenOf(explanation, evidence.events), ranked: ranked.toSorted(byWeight), against, open };
}

function tellingPart(explanation: Explanation): { readonly entry: CodeEntry; readonly extended: boolean } | null {
  const documented = explanation.parts.filter((part) => part.entry !== null);
  const part = documented.find(({ role, code }) => role === 'extended' && code !== 0) ?? documented[0];
  return part?.entry === undefined || part.entry === null ? null : { entry: part.entry, extended: part.role === 'extended' };
}

function fits(cause: Cause, entry: CodeEntry, extended: boolean): boolean {
  if (!cause.stages.includes(entry.stage)) return false;
  if (cause.extended !== undefined) return extended && cause.extended.includes(entry.code);
  return !(extended && cause.notExtended?.includes(entry.code) === true);
}

function isOf(cause: Cause, policy: string): boolean {
  return cause.policies.some((known) => (known.endsWith('*') ? policy.startsWith(known.slice(0, -1)) : policy === known));
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)].toSorted();
}

const LEVELS = { error: 0, warning: 1, note: 2 } as const;

function byGravity(a: Finding, b: Finding): number {
  return LEVELS[a.level] - LEVELS[b.level] || (b.severity ?? 0) - (a.severity ?? 0);
}

function byWeight(a: RankedCause, b: RankedCause): number {
  return b.events.length - a.events.length || gravityOf(a) - gravityOf(b) || b.findings.length - a.findings.length;
}

function gravityOf({ findings }: RankedCause): number {
  return Math.min(...findings.map((finding) => LEVELS[finding.level]));
}

function seenOf(explanation: Explanation, events: EventSummary | null): string | null {
  if (events === null) return null;
  const extended = explanation.parts.find((part) => part.role === 'extended');
  const span = `between ${events.from} and ${events.to}`;
  if (extended === undefined)
    return `Event 40 tells extended codes only; ${span} there are ${events.reached} connections and ${events.authenticated} authentications.`;
  const found = events.reasons.get(extended.code);
  if (found !== undefined) return `Event 40 shows this code ${found.count === 1 ? 'once' : `${found.count} times`}, the last time at ${found.last}.`;
  const others = [...events.reasons.keys()].toSorted((a, b) => a - b).map((reason) => `0x${reason.toString(16)}`);
  return `Event 40 does not show this code ${span}${others.length === 0 ? '' : `; it shows ${others.slice(0, 8).join(', ')}`}.`;
}
