import { UserError } from '../model/problem.ts';

/** `--now` as ISO 8601 UTC; the clock when nothing is given. A day alone is its first moment. Refuses 2026-02-30. */
export function timeOf(given: string | null): string {
  if (given === null) return new Date().toISOString();
  const match = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(given);
  const time = match === null ? Number.NaN : Date.parse(given);
  const day = match === null ? Number.NaN : Date.parse(`${match[1] ?? ''}T00:00:00Z`);
  if (Number.isNaN(time) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== match?.[1]) {
    throw new UserError('cli.time', `--now: '${given}' is not a time.`, 'Write it as 2026-01-31T10:00:00Z.');
  }
  return new Date(time).toISOString();
}
