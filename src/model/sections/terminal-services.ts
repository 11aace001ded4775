import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, REGISTRY_READ } from './rights.ts';

const CLASSES = 'https://learn.microsoft.com/windows/win32/termserv';
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'string', 'null'] } as const;
const flag = { type: ['integer', 'boolean', 'string', 'null'] } as const;
/** 0 the server's own value, 1 Group Policy, 2 default. */
const policySource = { ...integer, description: '0 server, 1 Group Policy, 2 default.' } as const;

/** Security of each listener: what counts, whoever set it. */
export const GENERAL_SECTION: SectionSpec = {
  name: 'Win32_TSGeneralSetting',
  of: 'windows-host',
  title: 'Listener security',
  shape: 'rows',
  source: `${CLASSES}/win32-tsgeneralsetting`,
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    TerminalProtocol: text,
    Transport: text,
    UserAuthenticationRequired: flag,
    SecurityLayer: { ...integer, description: '0 RDP, 1 Negotiate, 2 TLS; the class page says 1 to 3, real hosts and the method use 0 to 2.' },
    MinEncryptionLevel: { ...integer, description: '1 low, 2 client compatible, 3 high, 4 FIPS.' },
    PolicySourceUserAuthenticationRequired: policySource,
    PolicySourceSecurityLayer: policySource,
    PolicySourceMinEncryptionLevel: policySource,
    SSLCertificateSHA1Hash: text,
    SSLCertificateSHA1HashType: { ...integer, description: '0 invalid, 1 self-signed default, 2 by Group Policy, 3 set by hand.' },
    CertificateName: text,
    Certificates: text,
    Comment: text,
    WindowsAuthentication: flag,
  },
};

/** Session limits of each listener, milliseconds; 0 is never. */
export const SESSION_SECTION: SectionSpec = {
  name: 'Win32_TSSessionSetting',
  of: 'windows-host',
  title: 'Listener session limits',
  shape: 'rows',
  source: `${CLASSES}/win32-tssessionsetting`,
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    IdleSessionLimit: { ...integer, description: 'Milliseconds; 0 never.' },
    DisconnectedSessionLimit: { ...integer, description: 'Milliseconds; 0 never.' },
    ActiveSessionLimit: { ...integer, description: 'Milliseconds; 0 never.' },
    BrokenConnectionAction: { ...integer, description: '0 disconnect, 1 terminate.' },
    BrokenConnectionPolicy: integer,
    ReconnectionPolicy: integer,
    TimeLimitPolicy: { ...integer, description: '0 the limits of each account count, 1 those of the listener.' },
    PolicySourceIdleSessionLimit: policySource,
    PolicySourceDisconnectedSessionLimit: policySource,
    PolicySourceActiveSessionLimit: policySource,
    PolicySourceBrokenConnectionAction: policySource,
    PolicySourceReconnectionPolicy: policySource,
  },
};

/** Password prompt of each listener. */
export const LOGON_SECTION: SectionSpec = {
  name: 'Win32_TSLogonSetting',
  of: 'windows-host',
  title: 'Listener logon',
  shape: 'rows',
  source: `${CLASSES}/win32-tslogonsetting`,
  right: ADMINISTRATORS,
  columns: {
    TerminalName: { type: 'string' },
    PromptForPassword: flag,
    ClientLogonInfoPolicy: integer,
    PolicySourcePromptForPassword: policySource,
    UserName: text,
    Domain: text,
  },
};

/** The host as a whole. */
export const SERVICE_SECTION: SectionSpec = {
  name: 'Win32_TerminalServiceSetting',
  of: 'windows-host',
  title: 'Remote Desktop Services of the host',
  shape: 'rows',
  source: `${CLASSES}/win32-terminalservicesetting`,
  right: ADMINISTRATORS,
  columns: {
    ServerName: text,
    TerminalServerMode: integer,
    AllowTSConnections: flag,
    PolicySourceAllowTSConnections: policySource,
    Logons: { ...integer, description: '0 logons enabled, 1 disabled.' },
    SessionBrokerDrainMode: { ...integer, description: '0 allow all, 1 no new logons until restart, 2 no new logons.' },
    SingleSession: flag,
    PolicySourceSingleSession: policySource,
    UseTempFolders: flag,
    DeleteTempFolders: flag,
    PolicySourceUseTempFolders: policySource,
    PolicySourceDeleteTempFolders: policySource,
    LicensingType: integer,
    LicensingName: text,
    PolicySourceLicensingType: policySource,
    UseRDEasyPrintDriver: flag,
    PolicySourceUseRDEasyPrintDriver: policySource,
    ActiveDesktop: flag,
    UserPermission: flag,
    TimeZoneRedirection: flag,
    PolicySourceTimeZoneRedirection: policySource,
    Help: text,
  },
};

/** Registry values that the settings catalogue names, by key. */
export const REGISTRY_SECTION: SectionSpec = {
  name: 'registry',
  of: 'windows-host',
  title: 'Registry values',
  shape: 'registry',
  source: 'https://learn.microsoft.com/windows/win32/sysinfo/registry',
  right: REGISTRY_READ,
  columns: {},
};

/** User rights as `secedit /export` writes them: SIDs, with `*` in front. */
export const USER_RIGHTS_SECTION: SectionSpec = {
  name: 'userRights',
  of: 'windows-host',
  title: 'User rights',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows-server/administration/windows-commands/secedit-export',
  right: ADMINISTRATORS,
  columns: { Right: { type: 'string' }, Sids: { type: ['array', 'string', 'null'] }, RsopSource: text },
};

export const TERMINAL_SERVICES_SECTIONS: readonly SectionSpec[] = [
  GENERAL_SECTION,
  SESSION_SECTION,
  LOGON_SECTION,
  SERVICE_SECTION,
  REGISTRY_SECTION,
  USER_RIGHTS_SECTION,
];
