import type { JsonObject } from '../../../src/model/json.ts';
import type { Section } from '../../../src/model/snapshot.ts';

const DOMAIN_SID = 'S-1-5-21-1000000000-1000000000-1000000000';
const SESSION_HOSTS = ['RDSH01$', 'RDSH02$', 'RDSH03$', 'RDSH04$'];

/** Who the broker lets onto a session host: the user groups of its collection. */
const COLLECTION_GROUPS: Readonly<Record<string, readonly (readonly [name: string, id: number])[]>> = {
  rdsh01: [
    ['RDS Finance', 1104],
    ['Domain Users', 513],
  ],
  rdsh02: [
    ['RDS Finance', 1104],
    ['Domain Users', 513],
  ],
  rdsh03: [['RDS Helpdesk', 1105]],
  rdsh04: [['RDS Helpdesk', 1105]],
};

/** SID of an account or group of the domain. */
export function domainSid(id: number): string {
  return `${DOMAIN_SID}-${id}`;
}

/** Local groups and users, account policies and the permissions of the listener. */
export function accountSections(host: string): Record<string, Section> {
  return {
    localGroups: { status: 'ok', data: groups(host) },
    localUsers: { status: 'ok', data: users(host) },
    securityPolicy: { status: 'ok', data: accountPolicies() },
    Win32_TSAccount: { status: 'ok', data: listenerAccounts() },
  };
}

/** Each computer has its own authority for local accounts. */
function localSid(host: string, id: number): string {
  const part = 2_000_000_000 + ([...host].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0) % 1_000_000);
  return `S-1-5-21-${part}-${part}-${part}-${id}`;
}

interface Member {
  readonly sid: string;
  readonly name: string;
  /** PrincipalSource: 1 local, 2 of the directory, 0 built in. */
  readonly source: number;
}

function ofDomain(name: string, id: number): Member {
  return { sid: domainSid(id), name: `CONTOSO\\${name}`, source: 2 };
}

function ofHost(host: string, name: string, id: number): Member {
  return { sid: localSid(host, id), name: `${host.toUpperCase()}\\${name}`, source: 1 };
}

function groups(host: string): JsonObject[] {
  const builtIn = (name: string, sid: string): Member => ({ sid, name: `NT AUTHORITY\\${name}`, source: 0 });
  return [
    groupRow('S-1-5-32-544', 'Administrators', [ofHost(host, 'Administrator', 500), ofDomain('Domain Admins', 512)]),
    groupRow('S-1-5-32-545', 'Users', [builtIn('INTERACTIVE', 'S-1-5-4'), builtIn('Authenticated Users', 'S-1-5-11'), ofDomain('Domain Users', 513)]),
    groupRow('S-1-5-32-546', 'Guests', [ofHost(host, 'Guest', 501)]),
    groupRow(
      'S-1-5-32-555',
      'Remote Desktop Users',
      (COLLECTION_GROUPS[host] ?? []).map(([name, id]) => ofDomain(name, id)),
    ),
    groupRow('S-1-5-32-576', 'RDS Endpoint Servers', host === 'rdcb01' ? SESSION_HOSTS.map((name, index) => ofDomain(name, 1121 + index)) : []),
  ];
}

function groupRow(SID: string, Name: string, members: readonly Member[]): JsonObject {
  return {
    SID,
    Name,
    MemberSids: members.map(({ sid }) => sid),
    MemberNames: members.map(({ name }) => name),
    MemberSources: members.map(({ source }) => source),
  };
}

function users(host: string): JsonObject[] {
  const user = (Name: string, id: number, Enabled: boolean): JsonObject => ({
    Name,
    SID: localSid(host, id),
    Enabled,
    AccountExpires: null,
    PasswordRequired: Name !== 'Guest',
  });
  return [user('Administrator', 500, true), user('DefaultAccount', 503, false), user('Guest', 501, false), user('WDAGUtilityAccount', 504, false)];
}

/** The lockout is the domain's. */
function accountPolicies(): JsonObject[] {
  const row = (Name: string, Value: number, RsopSource: string): JsonObject => ({ Name, Value, RsopSource });
  return [
    row('LockoutBadCount', 5, 'gpo'),
    row('LockoutDuration', 15, 'gpo'),
    row('ResetLockoutCount', 15, 'gpo'),
    row('AllowAdministratorLockout', 1, 'gpo'),
    row('EnableAdminAccount', 1, 'local'),
    row('EnableGuestAccount', 0, 'local'),
  ];
}

const FULL = 0xf03bf;
/** Query, log on, message and connect. */
const USER = 0x1a1;

/** What Windows sets up. */
function listenerAccounts(): JsonObject[] {
  const row = (AccountName: string, SID: string, PermissionsAllowed: number): JsonObject => ({
    TerminalName: 'RDP-Tcp',
    AccountName,
    SID,
    PermissionsAllowed,
    PermissionsDenied: 0,
  });
  return [
    row(String.raw`BUILTIN\Administrators`, 'S-1-5-32-544', FULL),
    row(String.raw`BUILTIN\Remote Desktop Users`, 'S-1-5-32-555', USER),
    row(String.raw`NT AUTHORITY\LOCAL SERVICE`, 'S-1-5-19', 0x81),
    row(String.raw`NT AUTHORITY\NETWORK SERVICE`, 'S-1-5-20', 0x81),
    row(String.raw`NT AUTHORITY\SYSTEM`, 'S-1-5-18', FULL),
  ];
}
