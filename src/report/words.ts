import { truncate } from '../lib/escape.ts';
import type { Finding, Fix, ValueChange } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import type { Risk } from '../model/policy.ts';

/** How people are told what the report says in codes. Plain text: each reporter escapes it for where it goes. */

export const RISKS: Readonly<Record<Risk, string>> = { safe: 'safe', review: 'review first', 'can-disconnect': 'can disconnect' };

export function needOf(need: string): string {
  if (need.startsWith('restart:')) return `restarts ${need.slice('restart:'.length)}`;
  const words = { 'new-sessions': 'takes effect in new sessions', reboot: 'needs a reboot', gpupdate: 'needs gpupdate' };
  return Object.hasOwn(words, need) ? (words[need as keyof typeof words] ?? need) : `needs ${need.replaceAll('-', ' ')}`;
}

export function placeOf(location: Location): string {
  return `${location.file}:${location.region.startLine}:${location.region.startColumn}`;
}

/** `9.1`, or nothing for a function finding. */
export function severityOf(finding: Finding): string {
  return finding.severity === null ? '' : finding.severity.toFixed(1);
}

/** A value on one line: text in single quotes, anything else as JSON. */
export function valueOf(value: Json, max = 120): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return truncate(text, max);
}

export function changeOf(change: ValueChange, arrow = '→'): string {
  const after = change.remove === true ? 'removed' : valueOf(change.after);
  return `${change.path}: ${valueOf(change.before)} ${arrow} ${after}`;
}

/** Files and first lines that a fix edits. */
export function editsOf(fix: Fix): string[] {
  return (fix.edits ?? []).map(({ file, replacements }) => `${file}:${replacements[0]?.region.startLine ?? 1}`);
}

/** `2026-11-24T06:00:00.000Z` → `2026-11-24 06:00 UTC`. */
export function timeOf(iso: string): string {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso) ?? [];
  return date === undefined || time === undefined ? iso : `${date} ${time} UTC`;
}

/** What a status adds to a finding's message, a full sentence, or nothing. */
export function statusOf(finding: Finding): string {
  if (finding.status === 'stale') {
    const since = finding.lastJudged === undefined ? '' : ` since ${timeOf(finding.lastJudged)}`;
    return `Stale: it could not be judged${since}.`;
  }
  if (finding.status === 'baselined') return 'It is in the baseline.';
  if (finding.status !== 'waived') return '';
  const waiver = finding.waiver;
  if (waiver?.kind === 'in-source') return `Ignored by a comment in ${waiver.id} until ${waiver.until}: ${waiver.reason}`;
  return waiver === undefined ? 'Waived.' : `Waived by ${waiver.owner} until ${waiver.until}: ${waiver.reason}`;
}

export function kindOf(kind: string): string {
  return kind.replaceAll('-', ' ');
}
