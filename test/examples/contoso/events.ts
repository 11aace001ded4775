import type { JsonObject } from '../../../src/model/json.ts';
import type { Section } from '../../../src/model/snapshot.ts';

const SESSIONS = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational';
const CONNECTIONS = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational';
const LOGS = [
  ['Security', 1024 ** 3],
  [SESSIONS, 32 * 1024 ** 2],
  [CONNECTIONS, 32 * 1024 ** 2],
  ['Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin', 32 * 1024 ** 2],
  ['Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational', 32 * 1024 ** 2],
] as const;
/** Logon, account lockout, other logon events and credential validation. */
const AUDITED = ['0CCE9215', '0CCE9217', '0CCE921C', '0CCE923F'];

/** Logs that are written, and the few failures of people who mistyped their password. */
export function eventSections(): Record<string, Section> {
  return {
    auditPolicy: { status: 'ok', data: AUDITED.map((id) => ({ SubcategoryGuid: `{${id}-69AE-11D9-BED3-505054503030}`, SettingValue: 3 })) },
    eventLogs: {
      status: 'ok',
      data: LOGS.map(([LogName, MaximumSizeInBytes]) => ({ LogName, IsEnabled: true, MaximumSizeInBytes, LogMode: 0 })),
    },
    'events.failedLogons': {
      status: 'ok',
      data: [
        { Channel: 'Security', Id: 4625, LogonType: 3, Hour: '2026-11-19T07:00:00Z', Count: 2 },
        { Channel: 'Security', Id: 4625, LogonType: 3, Hour: '2026-11-20T12:00:00Z', Count: 1 },
      ],
    },
    'events.displayDriver': { status: 'ok', data: [] },
    'events.remoteDesktop': { status: 'ok', data: workday() },
  };
}

function row(Channel: string, Id: number, TimeCreated: string, Session: number | null = null, Reason: number | null = null): JsonObject {
  return { Channel, Id, TimeCreated, Session, Reason };
}

/** One session of a Friday, newest first: connected, authenticated, logged on, and ended by its user. */
function workday(): JsonObject[] {
  return [
    row(SESSIONS, 24, '2026-11-20T16:31:05Z', 2),
    row(SESSIONS, 40, '2026-11-20T16:31:05Z', 2, 11),
    row(SESSIONS, 21, '2026-11-20T07:58:16Z', 2),
    row(CONNECTIONS, 1149, '2026-11-20T07:58:12Z'),
    row(CONNECTIONS, 261, '2026-11-20T07:58:11Z'),
  ];
}

/** The same, and two people on Sunday whom the host let in as far as their password and then turned away (reason 7). */
export function refusedConnections(): Section {
  const refused = (minute: string, session: number): JsonObject[] => [
    row(SESSIONS, 40, `2026-11-22T18:${minute}:09Z`, session, 7),
    row(CONNECTIONS, 1149, `2026-11-22T18:${minute}:06Z`),
    row(CONNECTIONS, 261, `2026-11-22T18:${minute}:05Z`),
  ];
  return { status: 'ok', data: [...refused('14', 4), ...refused('02', 3), ...workday()] };
}
