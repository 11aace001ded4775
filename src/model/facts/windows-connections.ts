import { defineKind, HOST_MEMBER } from './define.ts';

/** Whether Remote Desktop is on where it should be. */
export type RemoteDesktopState = {
  readonly host: string;
  readonly enabled: boolean | null;
  readonly intended: 'on' | 'off' | 'not-stated' | null;
};

export const REMOTE_DESKTOP_STATE = defineKind('windows.remoteDesktopState', 'Remote Desktop as it is and as it is meant', {
  host: HOST_MEMBER,
  enabled: { type: 'boolean', description: 'Remote Desktop accepts connections: Group Policy, else Win32_TerminalServiceSetting.' },
  intended: {
    enum: ['on', 'off', 'not-stated'],
    description:
      "on for a session host; off for a host that the list withoutRemoteDesktop of the estate's intent names, by its name, full or short, a group or a role; which wins.",
  },
});

/** One service that a role of the host needs. */
export type RoleService = {
  readonly host: string;
  readonly role: string;
  readonly service: string;
  readonly running: boolean | null;
  readonly startType: string | null;
  readonly normal: 'automatic' | 'manual';
};

export const ROLE_SERVICE = defineKind('windows.roleService', 'Service that a role needs', {
  host: HOST_MEMBER,
  role: { type: 'string', description: 'Feature name such as RDS-RD-Server, or Windows for what every host needs.' },
  service: { type: 'string', description: 'Service name.' },
  running: { type: 'boolean' },
  startType: { enum: ['automatic', 'manual', 'disabled', 'boot', 'system'] },
  normal: { enum: ['automatic', 'manual'], description: 'The start type that Windows gives it.' },
});

/** What listens on the port of a Remote Desktop listener. */
export type ListenerPort = {
  readonly host: string;
  readonly listener: string;
  readonly port: number | null;
  readonly enabled: boolean | null;
  readonly listening: boolean | null;
  readonly owner: 'TermService' | 'other' | 'nobody' | null;
  readonly process: string | null;
};

export const LISTENER_PORT = defineKind('windows.listenerPort', 'Port of a Remote Desktop listener', {
  host: HOST_MEMBER,
  listener: { type: 'string', description: 'RDP-Tcp, or the name of a listener that was added.' },
  port: { type: 'integer' },
  enabled: { type: 'boolean', description: 'Remote Desktop accepts connections.' },
  listening: { type: 'boolean', description: 'Something listens on the TCP port.' },
  owner: { enum: ['TermService', 'other', 'nobody'], description: 'other: at least one address of the port belongs to another process than the service.' },
  process: { type: 'string', description: 'Name or number of the other process; empty where there is none.' },
});

/** How far the clock of a host is off. */
export type TimeOffset = {
  readonly host: string;
  readonly domainMember: boolean | null;
  readonly comparedWith: string | null;
  readonly offset: number | null;
};

export const TIME_OFFSET = defineKind('windows.timeOffset', 'Clock of a host', {
  host: HOST_MEMBER,
  domainMember: { type: 'boolean', description: 'Win32_ComputerSystem.PartOfDomain.' },
  comparedWith: { type: 'string', description: 'The domain controller or time server.' },
  offset: { type: 'number', description: 'Seconds that the other clock is ahead of this one; negative when it is behind.' },
});

export const CONNECTION_KINDS = [REMOTE_DESKTOP_STATE, ROLE_SERVICE, LISTENER_PORT, TIME_OFFSET];
