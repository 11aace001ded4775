import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { FAILED_LOGONS, type FailedLogons } from '../../../model/facts/windows-failed-logons.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact } from '../drivers/parts.ts';

const LOGON_FAILED = 4625;
const INCOMPLETE = 1006;
/** Network, which is how Network Level Authentication is written, and remote interactive. */
const REMOTE_TYPES = [3, 10];

/** Signs that somebody guesses passwords. */
export const normaliseAuditing: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host' || context.wanted?.has(FAILED_LOGONS.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'events.failedLogons');
  if (table.state === 'absent') return { facts: [], problems: [] };
  const counts = table.state === 'read' ? countsOf(table.rows) : { worstHour: null, total: null, incompleteConnections: null };
  const data: FailedLogons = { host: input.target.name, ...counts };
  return { facts: [hostFact(input, FAILED_LOGONS.kind, [], `failed logons of ${input.target.name}`, data)], problems: [] };
};

function countsOf(rows: readonly JsonObject[]): Omit<FailedLogons, 'host'> {
  const byHour = new Map<string, number>();
  let total = 0;
  let incompleteConnections = 0;
  for (const row of rows) {
    const id = rawInteger(member(row, 'Id'));
    const count = rawInteger(member(row, 'Count')) ?? 1;
    const type = rawInteger(member(row, 'LogonType'));
    if (id === INCOMPLETE) incompleteConnections += count;
    if (id !== LOGON_FAILED || type === undefined || !REMOTE_TYPES.includes(type)) continue;
    const hour = rawText(member(row, 'Hour')) ?? '';
    byHour.set(hour, (byHour.get(hour) ?? 0) + count);
    total += count;
  }
  return { worstHour: [...byHour.values()].reduce((worst, count) => Math.max(worst, count), 0), total, incompleteConnections };
}
