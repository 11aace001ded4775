import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, ORDINARY_USER } from './rights.ts';

const ACCOUNTS = 'https://learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts';
const text = { type: ['string', 'null'] } as const;
const flag = { type: ['boolean', 'integer', 'null'] } as const;

/**
 * Local groups with their members, at least Administrators (S-1-5-32-544), Users (-545), Guests (-546), Remote Desktop Users
 * (-555) and RDS Endpoint Servers (-576). Members come from the WinNT provider (`WinNT://./GROUP,group`), which domain
 * controllers have too and which does not stop at a SID that resolves to nothing, as `Get-LocalGroupMember` does.
 */
export const LOCAL_GROUPS_SECTION: SectionSpec = {
  name: 'localGroups',
  of: 'windows-host',
  title: 'Local groups and their direct members',
  shape: 'rows',
  source: `${ACCOUNTS}/get-localgroupmember`,
  right: ORDINARY_USER,
  columns: {
    SID: { type: 'string' },
    Name: { ...text, description: 'Localised; never compared.' },
    MemberSids: { type: ['array', 'null'], items: { type: ['string', 'null'] }, description: 'Direct members; null as a whole when they could not be read.' },
    MemberNames: {
      type: ['array', 'null'],
      items: { type: ['string', 'null'] },
      description: 'In the order of MemberSids; null for a SID that resolves to no name.',
    },
    MemberSources: {
      type: ['array', 'null'],
      items: { type: ['integer', 'null'] },
      description: 'PrincipalSource, in the order of MemberSids: 0 Unknown, 1 Local, 2 ActiveDirectory, 3 AzureAD, 4 MicrosoftAccount.',
    },
  },
};

/** `Get-LocalUser`; absent on a domain controller, which has no local users. */
export const LOCAL_USERS_SECTION: SectionSpec = {
  name: 'localUsers',
  of: 'windows-host',
  title: 'Local users',
  shape: 'rows',
  source: `${ACCOUNTS}/get-localuser`,
  right: ORDINARY_USER,
  columns: {
    Name: { type: 'string' },
    SID: { type: 'string', description: 'Ends in -500 for the built-in Administrator and in -501 for Guest, whatever they are called.' },
    Enabled: flag,
    AccountExpires: { ...text, description: 'ISO 8601 UTC; null is never.' },
    PasswordRequired: flag,
  },
};

/** `[System Access]` of `secedit /export /areas SECURITYPOLICY`, one row a line. What the export leaves out has no row. */
export const SECURITY_POLICY_SECTION: SectionSpec = {
  name: 'securityPolicy',
  of: 'windows-host',
  title: 'Account policies',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows-server/administration/windows-commands/secedit-export',
  right: ADMINISTRATORS,
  columns: {
    Name: {
      type: 'string',
      description: 'LockoutBadCount, LockoutDuration, ResetLockoutCount, AllowAdministratorLockout, EnableAdminAccount, EnableGuestAccount, …',
    },
    Value: { type: ['integer', 'string', 'null'], description: 'As the export writes it, without quotes.' },
    RsopSource: {
      ...text,
      description: '`gpo` where RSOP_SecuritySettingNumeric or RSOP_SecuritySettingBoolean has the name, else `local`; null when that could not be read.',
    },
  },
};

/** Who may do what on a listener. */
export const TS_ACCOUNT_SECTION: SectionSpec = {
  name: 'Win32_TSAccount',
  of: 'windows-host',
  title: 'Permissions on the Remote Desktop listeners',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/termserv/win32-tsaccount',
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    AccountName: text,
    SID: text,
    PermissionsAllowed: {
      type: ['integer', 'null'],
      description:
        'Bits: 1 query, 2 set, 4 log off, 0xF0008 virtual channels, 0x10 shadow, 0x20 log on, 0x40 reset, 0x80 message, 0x100 connect, 0x200 disconnect.',
    },
    PermissionsDenied: { type: ['integer', 'null'], description: 'The same bits.' },
  },
};

export const ACCOUNT_SECTIONS: readonly SectionSpec[] = [LOCAL_GROUPS_SECTION, LOCAL_USERS_SECTION, SECURITY_POLICY_SECTION, TS_ACCOUNT_SECTION];
