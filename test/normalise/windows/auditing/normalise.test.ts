import { expect, it } from 'vitest';
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

it.each([
  ['none', rows(), { worstHour: 0, total: 0, incompleteConnections: 0 }],
  [
    'two types in one hour',
    rows(failed('2026-01-30T10:00:00Z', 60), failed('2026-01-30T10:00:00Z', 50, 10), failed('2026-01-30T11:00:00Z', 5)),
    { worstHour: 110, total: 115 },
  ],
  ['at the console', rows(failed('2026-01-30T10:00:00Z', 60, 2)), { worstHour: 0, total: 0 }],
  ['the listener warns', rows(failed('2026-01-30T10:00:00Z', 2, null, 1006)), { incompleteConnections: 2, total: 0 }],
] as const)('%s', (_, section, data) => {
  const sections: Record<string, Section> = { 'events.failedLogons': section };
  expect(normaliseAuditing(inputOf(snapshotOf(sections)), contextOf()).facts[0]?.data).toMatchObject(data);
});

it('is unknown when nobody looked', () => {
  expect(normaliseAuditing(inputOf(snapshotOf({})), contextOf()).facts[0]?.unknown).toEqual(['/worstHour', '/total', '/incompleteConnections']);
});
