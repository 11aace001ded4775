import { expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseAuditing } from '../../../../src/normalise/windows/auditing/normalise.ts';
import { contextOf, inputOf, rows, snapshotOf } from '../../settings/support.ts';

const failed = (Hour: string, Count: number, LogonType: number | null = 3, Id = 4625): Record<string, string | number | null> => ({
  Channel: 'Security',
  Id,
  LogonType,
  Hour,
  Count,
});

const LOGON = '{0CCE9215-69AE-11D9-BED3-505054503030}';
const LOCKOUT = '{0CCE9217-69AE-11D9-BED3-505054503030}';
/** 1 success, 2 failure, 3 both. */
const audit = (logon: number, lockout: number): Section =>
  rows({ SubcategoryGuid: LOGON, SettingValue: logon }, { SubcategoryGuid: LOCKOUT, SettingValue: lockout });

const factOf = (sections: Readonly<Record<string, Section>>): Fact | undefined => normaliseAuditing(inputOf(snapshotOf(sections)), contextOf()).facts[0];

it.each([
  ['none', rows(), { worstHour: 0, total: 0, incompleteConnections: 0 }],
  [
    'two types in one hour',
    rows(failed('2026-01-30T10:00:00Z', 60), failed('2026-01-30T10:00:00Z', 50, 10), failed('2026-01-30T11:00:00Z', 5)),
    { worstHour: 110, total: 115, worstHourSeen: 110, totalSeen: 115 },
  ],
  ['at the console', rows(failed('2026-01-30T10:00:00Z', 60, 2)), { worstHour: 0, total: 0 }],
  ['the listener warns', rows(failed('2026-01-30T10:00:00Z', 2, null, 1006)), { incompleteConnections: 2, total: 0 }],
] as const)('%s', (_, section, data) => {
  expect(factOf({ auditPolicy: audit(3, 2), 'events.failedLogons': section })?.data).toMatchObject(data);
});

const some = rows(failed('2026-01-30T10:00:00Z', 3));

it.each<readonly [string, Record<string, Section>, number, number]>([
  ['failures of Logon are not audited', { auditPolicy: audit(1, 3), 'events.failedLogons': some }, 3, 3],
  ['failures on locked accounts are not audited', { auditPolicy: audit(3, 1), 'events.failedLogons': some }, 3, 3],
  ['nothing is audited', { auditPolicy: audit(0, 0), 'events.failedLogons': rows() }, 0, 0],
  ['the audit policy was not read', { auditPolicy: { status: 'denied' }, 'events.failedLogons': some }, 3, 3],
  ['there are more events than are read', { auditPolicy: audit(3, 3), 'events.failedLogons': rows(failed('x', 19_990, 2), failed('y', 10)) }, 10, 10],
  ['the type of one is not known', { auditPolicy: audit(3, 3), 'events.failedLogons': rows(failed('x', 4), failed('y', 10, null)) }, 4, 4],
])('knows only what it saw where %s', (_, sections, worstHourSeen, totalSeen) => {
  const fact = factOf(sections);
  expect(fact?.data).toMatchObject({ worstHour: null, total: null, worstHourSeen, totalSeen });
  expect(fact?.unknown).toEqual(['/worstHour', '/total']);
});

it('is unknown when nobody looked', () => {
  expect(factOf({})?.unknown).toEqual(['/worstHour', '/total', '/worstHourSeen', '/totalSeen', '/incompleteConnections']);
});
