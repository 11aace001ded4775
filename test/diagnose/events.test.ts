import { expect, it, test } from 'vitest';
import { summarise } from '../../src/diagnose/events.ts';
import type { JsonObject } from '../../src/model/json.ts';

const SESSIONS = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational';
const CONNECTIONS = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational';

/** An event some seconds after ten o'clock. */
function event(seconds: number, id: number, more: JsonObject = {}): JsonObject {
  const Channel = [261, 1149].includes(id) ? CONNECTIONS : SESSIONS;
  return { Channel, Id: id, TimeCreated: new Date(Date.UTC(2026, 10, 24, 10, 0, seconds)).toISOString(), Session: null, Reason: null, ...more };
}

it.each([
  ['a connection that became a session', [event(0, 261), event(2, 1149), event(5, 21, { Session: 3 })], [0, 0, 0]],
  ['nobody got past authentication', [event(0, 261), event(70, 261), event(71, 1149), event(80, 21)], [1, 0, 0]],
  ['an authentication that comes too late', [event(0, 261), event(61, 1149), event(62, 21)], [1, 0, 0]],
  ['no session followed', [event(0, 261), event(1, 1149)], [0, 1, 0]],
  ['a session that was taken up again', [event(0, 261), event(1, 1149), event(3, 25, { Session: 2 })], [0, 0, 0]],
  ['one session for two authentications', [event(0, 1149), event(1, 1149), event(3, 21)], [0, 1, 0]],
  ['a session that ended at once', [event(0, 21, { Session: 3 }), event(9, 24, { Session: 3 })], [0, 0, 1]],
  ['the end of another session', [event(0, 21, { Session: 3 }), event(9, 24, { Session: 4 })], [0, 0, 0]],
  ['a session that ended later', [event(0, 21, { Session: 3 }), event(31, 40, { Session: 3, Reason: 5 })], [0, 0, 0]],
  ['the same in any order', [event(5, 21, { Session: 3 }), event(0, 261), event(2, 1149)], [0, 0, 0]],
])('counts: %s', (_what, rows, [stoppedBefore, withoutSession, endedAtOnce]) => {
  expect(summarise(rows)).toMatchObject({ stoppedBefore, withoutSession, endedAtOnce });
});

test('reasons of event 40, and when each was there last', () => {
  const summary = summarise([event(9, 40, { Reason: 7 }), event(1, 40, { Reason: 7 }), event(4, 40, { Reason: 5 }), event(2, 40), event(3, 24, { Reason: 9 })]);
  expect([...(summary?.reasons ?? [])]).toEqual([
    [7, { count: 2, last: '2026-11-24T10:00:09Z' }],
    [5, { count: 1, last: '2026-11-24T10:00:04Z' }],
  ]);
});

test('what is no event is passed over, and nothing is no summary', () => {
  expect(summarise([])).toBeNull();
  expect(summarise([{ Channel: SESSIONS, Id: '21', TimeCreated: 'yesterday' }, {}])).toBeNull();
});

test('a flood of events takes no longer than its length', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => event(index % 50, index % 2 === 0 ? 261 : 1149));
  expect(summarise(rows)).toMatchObject({ reached: 10_000, authenticated: 10_000 });
});
