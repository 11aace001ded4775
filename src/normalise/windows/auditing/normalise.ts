import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { FAILED_LOGONS, type FailedLogons } from '../../../model/facts/windows-failed-logons.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { settingOf } from '../accounts/setting.ts';
import { hostFact } from '../drivers/parts.ts';

const LOGON_FAILED = 4625;
const INCOMPLETE = 1006;
/** Network, which is how Network Level Authentication is written, and remote interactive. */
const REMOTE_TYPES = [3, 10];

/** A collector reads that many events, the newest first: where it found as many there may be more. */
const MAX_EVENTS = 20_000;

/** Signs that somebody guesses passwords. */
export const normaliseAuditing: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host' || context.wanted?.has(FAILED_LOGONS.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'events.failedLogons');
  if (table.state === 'absent') return { facts: [], problems: [] };
  const counts = table.state === 'read' ? countsOf(table.rows, isAudited(input, context)) : NOT_READ;
  const data: FailedLogons = { host: input.target.name, ...counts };
  return { facts: [hostFact(input, FAILED_LOGONS.kind, [], `failed logons of ${input.target.name}`, data)], problems: [] };
};

type Counts = Omit<FailedLogons, 'host'>;

const NOT_READ: Counts = { worstHour: null, total: null, worstHourSeen: null, totalSeen: null, incompleteConnections: null };

/** Event 4625 is written by Audit Logon, and by Audit Account Lockout for an account that is locked: each only where it audits failures. */
function isAudited(input: SnapshotInput, context: NormaliseContext): boolean {
  return ['logon', 'accountLockout'].every((name) => {
    const audited = settingOf(input, context, 'windows.auditPolicy', name);
    return audited === 'failure' || audited === 'success-and-failure';
  });
}

function countsOf(rows: readonly JsonObject[], audited: boolean): Counts {
  const byHour = new Map<string, number>();
  let isWhole = audited;
  let events = 0;
  let totalSeen = 0;
  let incompleteConnections = 0;
  for (const row of rows) {
    const id = rawInteger(member(row, 'Id'));
    const count = rawInteger(member(row, 'Count')) ?? 1;
    const type = rawInteger(member(row, 'LogonType'));
    if (id === INCOMPLETE) incompleteConnections += count;
    if (id !== LOGON_FAILED) continue;
    events += count;
    if (type === undefined) isWhole = false;
    if (type === undefined || !REMOTE_TYPES.includes(type)) continue;
    const hour = rawText(member(row, 'Hour')) ?? '';
    byHour.set(hour, (byHour.get(hour) ?? 0) + count);
    totalSeen += count;
  }
  isWhole &&= events < MAX_EVENTS;
  const worstHourSeen = [...byHour.values()].reduce((worst, count) => Math.max(worst, count), 0);
  return { worstHour: isWhole ? worstHourSeen : null, total: isWhole ? totalSeen : null, worstHourSeen, totalSeen, incompleteConnections };
}
