import { defineKind, HOST_MEMBER } from './define.ts';

/** How often logons failed in the days that a collector looked at. */
export type FailedLogons = {
  readonly host: string;
  readonly worstHour: number | null;
  readonly total: number | null;
  readonly worstHourSeen: number | null;
  readonly totalSeen: number | null;
  readonly incompleteConnections: number | null;
};

export const FAILED_LOGONS = defineKind('windows.failedLogons', 'Failed logons of the last days', {
  host: HOST_MEMBER,
  worstHour: {
    type: 'integer',
    description:
      'Most events 4625 of logon types 3 and 10 in one hour. Unknown where Audit Logon or Audit Account Lockout does not audit failures, or the collector found more events than it reads.',
  },
  total: { type: 'integer', description: 'All of them; unknown in the same cases.' },
  worstHourSeen: { type: 'integer', description: 'Most of them in one hour among those that were found: at least as many there were.' },
  totalSeen: { type: 'integer', description: 'All that were found.' },
  incompleteConnections: { type: 'integer', description: 'Events 1006 of TerminalServices-RemoteConnectionManager: many connections that were not completed.' },
});
