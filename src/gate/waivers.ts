import { globMatches } from '../lib/glob.ts';
import { checkDocument } from '../lib/schema-check.ts';
import type { Finding, WaiverRef } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';

/** One accepted risk of `waivers.yaml`. */
export interface Waiver {
  readonly id: string;
  readonly policies: readonly string[];
  /** Globs of target names (`rdsh*.corp.contoso.com`); none means every target. */
  readonly targets: readonly string[];
  /** Globs of a finding's name, to narrow it to one rule or collection; none means every one. */
  readonly names: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`: valid to the end of that day, UTC. */
  readonly until: string;
  readonly ticket: string | null;
  readonly approver: string | null;
}

const oneOrMany = (pattern: string, description: string): JsonObject => {
  const item: JsonObject = { type: 'string', minLength: 1, pattern, description };
  return { anyOf: [item, { type: 'array', minItems: 1, items: item }], description };
};

/** The schema of `waivers.yaml`. */
export const WAIVERS_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'rdposture waivers',
  type: 'object',
  required: ['version', 'waivers'],
  additionalProperties: false,
  properties: {
    version: { const: 1 },
    maxDays: { type: 'integer', minimum: 1, description: 'how far ahead a waiver may end, in days' },
    waivers: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'policy', 'reason', 'owner', 'until'],
        additionalProperties: false,
        properties: {
          id: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'a short name without spaces' },
          policy: oneOrMany('^[A-Z]{1,8}-([0-9]{3}|\\*)$', 'a policy id such as FW-004, or FW-*'),
          target: oneOrMany('.', 'a glob of target names'),
          name: oneOrMany('.', 'a glob of the names of what is judged'),
          reason: { type: 'string', minLength: 10, description: 'a reason of at least ten characters' },
          owner: { type: 'string', minLength: 2 },
          until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as 2027-01-31' },
          ticket: { type: 'string', minLength: 1 },
          approver: { type: 'string', minLength: 1 },
        },
      },
    },
  },
};

export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  /** Where waiver I stands, as a JSON Pointer. */
  readonly problems: readonly Problem[];
}

/** The longest a waiver may last when the file does not say: a year and a day. */
export const DEFAULT_MAX_DAYS = 366;

const DAY = 86_400_000;

/** Reads parsed waivers. A malformed file, a date that is none or too far away is an error problem; nothing of it counts then. */
export function readWaivers(value: Json, file: string, now: string): WaiverFile {
  const problems: Problem[] = checkDocument(WAIVERS_SCHEMA, value).map(({ pointer, message }) => wrong(file, `'${pointer}' ${message}.`));
  if (problems.length > 0) return { waivers: [], problems };
  const document = value as unknown as { maxDays?: number; waivers: readonly RawWaiver[] };
  const limit = document.maxDays ?? DEFAULT_MAX_DAYS;
  const waivers: Waiver[] = [];
  const seen = new Set<string>();
  for (const raw of document.waivers) {
    const end = endOf(raw.until);
    if (seen.has(raw.id)) problems.push(wrong(file, `The waiver id '${raw.id}' is used twice.`));
    else if (Number.isNaN(end)) problems.push(wrong(file, `The waiver '${raw.id}' ends on '${raw.until}', which is no date.`));
    else if (end - Date.parse(now) > (limit + 1) * DAY) {
      problems.push(wrong(file, `The waiver '${raw.id}' ends on ${raw.until}, more than ${limit} days from now: it does not count.`));
    } else waivers.push(waiverOf(raw));
    seen.add(raw.id);
  }
  return { waivers, problems };
}

interface RawWaiver {
  readonly id: string;
  readonly policy: string | readonly string[];
  readonly target?: string | readonly string[];
  readonly name?: string | readonly string[];
  readonly reason: string;
  readonly owner: string;
  readonly until: string;
  readonly ticket?: string;
  readonly approver?: string;
}

function waiverOf(raw: RawWaiver): Waiver {
  return {
    id: raw.id,
    policies: [raw.policy].flat(),
    targets: [raw.target ?? []].flat(),
    names: [raw.name ?? []].flat(),
    reason: raw.reason,
    owner: raw.owner,
    until: raw.until,
    ticket: raw.ticket ?? null,
    approver: raw.approver ?? null,
  };
}

function wrong(file: string, message: string): Problem {
  return {
    level: 'error',
    code: 'waiver.malformed',
    message: `Waivers '${file}': ${message}`,
    hint: 'Mend the file; until then its waiver does not count.',
    file,
  };
}

/** The first moment after a date in UTC, or NaN for a date that is none (2026-02-30). */
function endOf(date: string): number {
  const start = Date.parse(`${date}T00:00:00Z`);
  return new Date(Number.isNaN(start) ? 0 : start).toISOString().slice(0, 10) === date ? start + DAY : Number.NaN;
}

/** Whole days from the day of `now` to the waiver's last day, UTC: 0 on that day itself, negative once it has expired. */
export function daysLeft(waiver: Pick<Waiver, 'until'>, now: string): number {
  return (endOf(waiver.until) - DAY - Date.parse(`${new Date(Date.parse(now)).toISOString().slice(0, 10)}T00:00:00Z`)) / DAY;
}

export function isExpired(waiver: Waiver, now: string): boolean {
  return Date.parse(now) >= endOf(waiver.until);
}

/** What there is to waive. */
export interface Waivable {
  /** Names of targets by id. */
  readonly targets: ReadonlyMap<string, string>;
  /** Ids of all policies, and of those that were judged. */
  readonly known: ReadonlySet<string>;
  readonly judged: ReadonlySet<string>;
}

/** Marks waived findings; says which waivers have expired, and which match nothing of what was judged. */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  { targets, known, judged }: Waivable,
  now: string,
  file: string,
): { findings: Finding[]; problems: Problem[] } {
  const used = new Set<string>();
  const expired = new Set<string>();
  const marked = findings.map((finding) => {
    const matching = waivers.filter((waiver) => matchesFinding(waiver, finding, targets.get(finding.target) ?? finding.target));
    for (const waiver of matching) used.add(waiver.id);
    // What is unknown may be what was waived: it keeps its waiver, and is not waived itself.
    if (finding.outcome !== 'fail') return finding;
    for (const waiver of matching) if (isExpired(waiver, now)) expired.add(waiver.id);
    const valid = matching.find((waiver) => !isExpired(waiver, now));
    return valid === undefined ? finding : { ...finding, status: 'waived' as const, waiver: refOf(valid) };
  });
  const problems: Problem[] = [];
  for (const waiver of waivers) {
    if (expired.has(waiver.id)) {
      problems.push({
        level: 'warning',
        code: 'waiver.expired',
        message: `The waiver '${waiver.id}' of ${waiver.owner} expired on ${waiver.until}: its findings are back.`,
        hint: 'Fix them, or have the risk accepted again.',
        file,
      });
    } else if (![...known].some((id) => isFor(waiver, id))) {
      problems.push({
        level: 'warning',
        code: 'waiver.unknown-policy',
        message: `The waiver '${waiver.id}' is for '${waiver.policies.join("', '")}', and there is no such policy.`,
        hint: '`rdposture policy list` shows what there is.',
        file,
      });
    } else if (!used.has(waiver.id) && [...judged].some((id) => isFor(waiver, id))) {
      problems.push({
        level: 'warning',
        code: 'waiver.unused',
        message: `The waiver '${waiver.id}' matches no finding.`,
        hint: 'Take it away when its finding is fixed.',
        file,
      });
    }
  }
  return { findings: marked, problems };
}

function matchesFinding(waiver: Waiver, finding: Finding, targetName: string): boolean {
  return (
    isFor(waiver, finding.policy) && isAbout(waiver, targetName) && (waiver.names.length === 0 || waiver.names.some((glob) => globMatches(glob, finding.name)))
  );
}

function isFor({ policies }: Waiver, id: string): boolean {
  return policies.some((pattern) => pattern === id || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1))));
}

function isAbout({ targets }: Waiver, name: string): boolean {
  return targets.length === 0 || targets.some((glob) => globMatches(glob, name));
}

function refOf(waiver: Waiver): WaiverRef {
  return {
    id: waiver.id,
    reason: waiver.reason,
    owner: waiver.owner,
    until: waiver.until,
    ...(waiver.ticket === null ? {} : { ticket: waiver.ticket }),
    ...(waiver.approver === null ? {} : { approver: waiver.approver }),
  };
}
