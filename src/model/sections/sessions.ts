import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, EVENT_LOG_READERS, SERVICE_MANAGER } from './rights.ts';

const CLASSES = 'https://learn.microsoft.com/windows/win32/termserv';
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'string', 'null'] } as const;
const flag = { type: ['integer', 'boolean', 'string', 'null'] } as const;
/** 0 the server's own value, 1 Group Policy, 2 default. */
const policySource = { ...integer, description: '0 server, 1 Group Policy, 2 default.' } as const;
const mapping = { ...flag, description: '0 redirected, 1 not.' } as const;

/** What each listener redirects from its clients: what counts, whoever set it. */
const CLIENT_SETTING_SECTION: SectionSpec = {
  name: 'Win32_TSClientSetting',
  of: 'windows-host',
  title: 'Listener redirection',
  shape: 'rows',
  source: `${CLASSES}/win32-tsclientsetting`,
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    DriveMapping: mapping,
    ClipboardMapping: mapping,
    COMPortMapping: mapping,
    LPTPortMapping: mapping,
    PNPRedirection: mapping,
    WindowsPrinterMapping: mapping,
    AudioCaptureRedir: { ...flag, description: '0 or 1; no page says which of them allows it, and no policy reads it.' },
    PolicySourceDriveMapping: policySource,
    PolicySourceClipboardMapping: policySource,
    PolicySourceCOMPortMapping: policySource,
    PolicySourceLPTPortMapping: policySource,
    PolicySourcePNPRedirection: policySource,
    PolicySourceWindowsPrinterMapping: policySource,
    PolicySourceAudioCaptureRedir: policySource,
  },
};

/** Whether sessions of each listener may be shadowed. */
const REMOTE_CONTROL_SECTION: SectionSpec = {
  name: 'Win32_TSRemoteControlSetting',
  of: 'windows-host',
  title: 'Listener shadowing',
  shape: 'rows',
  source: `${CLASSES}/win32-tsremotecontrolsetting`,
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    LevelOfControl: {
      ...integer,
      description: '0 disabled, 1 control with consent, 2 control without, 3 view with consent, 4 view without.',
    },
    RemoteControlPolicy: { ...integer, description: '0 what each account says counts, 1 the listener.' },
    PolicySourceLevelOfControl: policySource,
  },
};

/** `Get-CimInstance Win32_Service`, every service: what it starts, never as whom. */
const SERVICE_COMMANDS_SECTION: SectionSpec = {
  name: 'serviceCommands',
  of: 'windows-host',
  title: 'Command lines of every service',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/cimwin32prov/win32-service',
  right: SERVICE_MANAGER,
  columns: { Name: { type: 'string' }, PathName: text },
};

/** `Get-ScheduledTask`, one row an action that starts a program (`Actions[].Execute` and `.Arguments`). */
const TASK_COMMANDS_SECTION: SectionSpec = {
  name: 'taskCommands',
  of: 'windows-host',
  title: 'Command lines of scheduled tasks',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/scheduledtasks/get-scheduledtask',
  right: ADMINISTRATORS,
  columns: {
    TaskPath: { type: 'string' },
    TaskName: { type: 'string' },
    State: { ...integer, description: '1 Disabled, 2 Queued, 3 Ready, 4 Running.' },
    Execute: text,
    Arguments: text,
  },
};

/** Programs that connect to remote desktops. */
const CLIENT_PROGRAMS_SECTION: SectionSpec = {
  name: 'clientPrograms',
  of: 'windows-host',
  title: 'Installed remote desktop clients',
  shape: 'rows',
  source: 'https://learn.microsoft.com/previous-versions/remote-desktop-client/whats-new-windows',
  right: ADMINISTRATORS,
  columns: {
    Program: {
      type: 'string',
      description:
        'remote-desktop for the MSI package (DisplayName "Remote Desktop", publisher Microsoft, below the Uninstall keys), windows-app for package MicrosoftCorporationII.Windows365.',
    },
    Version: { ...text, description: 'DisplayVersion of the Uninstall key, or Version of `Get-AppxPackage -AllUsers`.' },
  },
};

/** Per-user values of the client, one row a loaded user hive (`HKEY_USERS\S-1-5-21-…`); null is an absent value. */
const CLIENT_USERS_SECTION: SectionSpec = {
  name: 'clientUsers',
  of: 'windows-host',
  title: 'Remote Desktop client settings of users',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/sysinfo/predefined-keys',
  right: ADMINISTRATORS,
  columns: {
    Sid: { type: 'string' },
    AuthenticationLevelOverride: {
      ...integer,
      description: 'Below Software\\Microsoft\\Terminal Server Client: 0 connects in any case, 1 never without authentication, 2 asks.',
    },
    ProxyName: { ...text, description: 'Below Software\\Policies\\Microsoft\\Windows NT\\Terminal Services, as the two below.' },
    UseProxy: integer,
    LogonMethod: { ...integer, description: '1 Basic, 2 NTLM, 3 smart card, 4 the credentials of the logon.' },
  },
};

/**
 * `Get-WinEvent`, System, provider Microsoft-Windows-DriverFrameworks-UserMode, ids 10110, 10111, 10120 and 10121, of the last
 * seven days: crashes of the processes that host display drivers.
 */
const DISPLAY_EVENTS_SECTION: SectionSpec = {
  name: 'events.displayDriver',
  of: 'windows-host',
  title: 'Crashes of user-mode drivers',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/microsoft.powershell.diagnostics/get-winevent',
  right: EVENT_LOG_READERS,
  columns: {
    Id: { type: 'integer' },
    TimeCreated: { type: 'string', description: 'ISO 8601, UTC.' },
    Data: { type: ['array', 'null'], items: { type: ['string', 'null'] }, description: 'Texts of EventData and UserData, never the message.' },
  },
};

export const SESSION_SECTIONS: readonly SectionSpec[] = [
  CLIENT_SETTING_SECTION,
  REMOTE_CONTROL_SECTION,
  SERVICE_COMMANDS_SECTION,
  TASK_COMMANDS_SECTION,
  CLIENT_PROGRAMS_SECTION,
  CLIENT_USERS_SECTION,
  DISPLAY_EVENTS_SECTION,
];
