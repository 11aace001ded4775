import type { Right } from '../snapshot.ts';

/** Said instead of a source. */
export const NOT_VERIFIED = '(not verified)';

const KIT = 'or collect through the endpoint that docs/least-privilege.md sets up';

/** Seen on the wire, without credentials. */
export const NO_RIGHT: Right = {
  needs: 'no right, only a way to the port',
  grant: 'Let this machine reach the port.',
  source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/b2975bdc-6d56-49ee-9c57-f2ff3a0b6817',
};

export const ADMINISTRATORS: Right = {
  needs: 'membership of the local group Administrators',
  grant: `Add the account to Administrators there, ${KIT}.`,
  source: null,
};

/** Keys that ordinary users may read unless somebody has closed them. */
export const REGISTRY_READ: Right = {
  needs: 'read access to the registry keys, which Users have unless it was taken away',
  grant: 'Give the account read access to the keys, or add it to Administrators there.',
  source: null,
};

/** Files and commands that are open to ordinary users. */
export const ORDINARY_USER: Right = {
  needs: 'no more than an ordinary user may do',
  grant: 'Look at what closes it to users there (permissions of files, application control), or add the account to Administrators.',
  source: null,
};

/** The default lets Authenticated Users read every namespace that does not say otherwise. */
export const WMI_NAMESPACE: Right = {
  needs: "'Enable Account' on the WMI namespace, which Authenticated Users have by default",
  grant: "Give the account 'Enable Account' and 'Remote Enable' on the namespace (wmimgmt.msc, WMI Control, Security), or add it to Administrators there.",
  source: 'https://learn.microsoft.com/windows/win32/wmisdk/access-to-wmi-namespaces',
};

/** Users who are authenticated over the network, but not logged on interactively, may only connect to the service manager. */
export const SERVICE_MANAGER: Right = {
  needs: 'a local logon, or membership of Administrators: who logs on over the network may not list services else',
  grant: `Add the account to Administrators there, ${KIT}.`,
  source: 'https://learn.microsoft.com/windows/win32/services/service-security-and-access-rights',
};

/** A logon over the network ends at the host: nothing goes on to a domain controller in the account's name. */
export const DIRECTORY_READ: Right = {
  needs: 'a logon that goes on to the directory: by hand, by the scheduled task, or through the endpoint of the least-privilege kit',
  grant: 'Collect in one of these ways; over plain WinRM or SSH the directory stays unread, and what it would show is unknown.',
  source: 'https://learn.microsoft.com/powershell/scripting/security/remoting/ps-remoting-second-hop',
};

export const EVENT_LOG_READERS: Right = {
  needs: 'membership of Event Log Readers',
  grant: 'Add the account to the group Event Log Readers there (S-1-5-32-573).',
  source: 'https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-groups#event-log-readers',
};

export const SECURITY_LOG: Right = {
  needs: "membership of Event Log Readers, or the user right 'Manage auditing and security log'",
  grant: 'Add the account to the group Event Log Readers there (S-1-5-32-573); the user right lets it clear the log as well.',
  source: 'https://learn.microsoft.com/windows/win32/eventlog/event-logging-security',
};

/** The page is of `auditpol /get`; that `/backup`, which the collector runs, needs no more is not written down. */
export const AUDIT_POLICY: Right = {
  needs: "the user right 'Manage auditing and security log', or access by the security descriptor of the audit policy",
  grant: `Give the account that user right there (SeSecurityPrivilege), ${KIT}.`,
  source: 'https://learn.microsoft.com/windows-server/administration/windows-commands/auditpol-get',
};

export const IIS_CONFIGURATION: Right = {
  needs: 'read access to %windir%\\System32\\inetsrv\\config, which Administrators have',
  grant: 'Give the account read access to that folder, or add it to Administrators there.',
  source: 'https://support.microsoft.com/kb/2023852',
};

export const DEPLOYMENT_ADMINISTRATORS: Right = {
  needs: 'membership of the local group Administrators on the connection broker',
  grant: 'Add the account to Administrators of the connection broker, and collect on the active broker itself.',
  source: 'https://learn.microsoft.com/powershell/module/rdmgmt/get-rdsessioncollection',
};
