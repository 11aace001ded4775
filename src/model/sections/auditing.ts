import type { SectionSpec } from '../snapshot.ts';
import { AUDIT_POLICY, SECURITY_LOG } from './rights.ts';

/** `auditpol /backup`: the column Setting Value is a number, while the text of `/get /r` is localised. */
export const AUDIT_POLICY_SECTION: SectionSpec = {
  name: 'auditPolicy',
  of: 'windows-host',
  title: 'Audit policy by subcategory',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows-server/administration/windows-commands/auditpol-backup',
  right: AUDIT_POLICY,
  columns: {
    SubcategoryGuid: { type: 'string', description: 'With braces, such as {0CCE9215-69AE-11D9-BED3-505054503030}.' },
    SettingValue: { type: ['integer', 'string', 'null'], description: '0 none, 1 success, 2 failure, 3 both.' },
  },
};

/** `Get-WinEvent -ListLog` of Security and the channels of Remote Desktop Services. A channel that the host does not have has no row. */
export const EVENT_LOGS_SECTION: SectionSpec = {
  name: 'eventLogs',
  of: 'windows-host',
  title: 'Event logs',
  shape: 'rows',
  source: 'https://learn.microsoft.com/dotnet/api/system.diagnostics.eventing.reader.eventlogconfiguration',
  right: SECURITY_LOG,
  columns: {
    LogName: { type: 'string' },
    IsEnabled: { type: ['boolean', 'integer', 'null'] },
    MaximumSizeInBytes: { type: ['integer', 'null'] },
    LogMode: { type: ['integer', 'string', 'null'], description: '0 Circular, 1 AutoBackup, 2 Retain.' },
  },
};

/**
 * Failed logons of the last seven days, counted by hour: numbers and times only, no names and no addresses. Event 4625 of
 * Security by its LogonType (3 is how a logon with Network Level Authentication is written, 10 one without), and 1006 of
 * TerminalServices-RemoteConnectionManager.
 */
export const FAILED_LOGONS_SECTION: SectionSpec = {
  name: 'events.failedLogons',
  of: 'windows-host',
  title: 'Failed logons by hour',
  shape: 'rows',
  source: 'https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4625',
  right: SECURITY_LOG,
  columns: {
    Channel: { type: 'string' },
    Id: { type: 'integer' },
    LogonType: { type: ['integer', 'null'], description: 'EventData/LogonType of 4625.' },
    Hour: { type: 'string', description: 'Begin of the hour, ISO 8601 UTC.' },
    Count: { type: 'integer' },
  },
};

export const AUDITING_SECTIONS: readonly SectionSpec[] = [AUDIT_POLICY_SECTION, EVENT_LOGS_SECTION, FAILED_LOGONS_SECTION];
