import { defineKind, HOST_MEMBER } from './define.ts';

/** Whether a session host itself lets people log on, whatever the broker thinks: what the join with collections needs. */
export type SessionHostState = {
  readonly host: string;
  readonly acceptsLogons: boolean | null;
};

export const SESSION_HOST_STATE = defineKind('windows.sessionHostState', 'Whether a host takes new sessions', {
  host: HOST_MEMBER,
  acceptsLogons: {
    type: 'boolean',
    description: 'Win32_TerminalServiceSetting: SessionBrokerDrainMode is 0 and Logons is not 1 (`change logon`); a blank Logons is enabled.',
  },
});
