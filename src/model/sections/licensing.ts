import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, DEPLOYMENT_ADMINISTRATORS, REGISTRY_READ } from './rights.ts';

const CLASSES = 'https://learn.microsoft.com/windows/win32/termserv';
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const texts = { type: ['array', 'null'], items: { type: ['string', 'null'] } } as const;

/** What methods of Win32_TerminalServiceSetting say of the licensing of a session host. */
export const LICENSING_SECTION: SectionSpec = {
  name: 'licensing',
  of: 'windows-host',
  title: 'Licensing of the session host',
  shape: 'object',
  source: `${CLASSES}/win32-terminalservicesetting-methods`,
  right: ADMINISTRATORS,
  columns: {
    SpecifiedLicenseServers: { ...texts, description: 'GetSpecifiedLicenseServerList, SpecifiedLSList: what counts, whoever set it.' },
    PolicySourceConfiguredLicenseServers: { ...integer, description: '0 server, 1 Group Policy, 2 default; a property of the class.' },
    GraceDaysLeft: { ...integer, description: 'GetGracePeriodDays, DaysLeft; 0 is over.' },
  },
};

/** `GetTStoLSConnectivityStatus` for each specified license server. */
export const LICENSE_SERVERS_SECTION: SectionSpec = {
  name: 'licensing.servers',
  of: 'windows-host',
  title: 'License servers as the session host sees them',
  shape: 'rows',
  source: `${CLASSES}/gettstolsconnectivitystatus-win32-terminalservicesetting`,
  right: ADMINISTRATORS,
  columns: {
    ServerName: { type: 'string' },
    TStoLSConnectivityStatus: {
      ...integer,
      description:
        '0 unknown, 1 and 2 valid, 3 beta and release, 4 older than the host, 5 not in its group, 6 not connectable, 7 validity unknown, 8 access denied, 9 and 11 valid, 10 not supported.',
    },
  },
};

/** Owner and permissions of the registry keys of licensing. */
export const LICENSING_KEYS_SECTION: SectionSpec = {
  name: 'licensing.keys',
  of: 'windows-host',
  title: 'Permissions of the registry keys of licensing',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/microsoft.powershell.security/get-acl',
  right: REGISTRY_READ,
  columns: {
    Key: {
      type: 'string',
      description:
        'HKLM\\SOFTWARE\\Microsoft\\MSLicensing, its Store, its twin below WOW6432Node, and HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM\\GracePeriod.',
    },
    Exists: { type: ['boolean', 'integer', 'null'] },
    OwnerSid: text,
    AllowSids: { ...texts, description: 'SIDs of the allow entries.' },
    AllowRights: {
      type: ['array', 'null'],
      items: { type: ['integer', 'null'] },
      description: 'Access masks in the order of AllowSids: RegistryRights as a number.',
    },
  },
};

/** Key packs of a license server (namespace root\cimv2, not …\TerminalServices); absent where the role is not installed. */
export const KEY_PACKS_SECTION: SectionSpec = {
  name: 'Win32_TSLicenseKeyPack',
  of: 'windows-host',
  title: 'Client access licenses of the license server',
  shape: 'rows',
  source: `${CLASSES}/win32-tslicensekeypack`,
  right: ADMINISTRATORS,
  columns: {
    KeyPackId: integer,
    KeyPackType: { ...integer, description: '0 unknown, 1 retail, 2 volume, 3 concurrent, 4 temporary, 5 open, 6 built in.' },
    ProductType: { ...integer, description: '0 per device, 1 per user, 3 built in.' },
    ProductVersionID: { ...integer, description: '2 is 2008, 3 2008 R2, 4 2012, 5 2016, 6 2019, 7 2022.' },
    TotalLicenses: { ...integer, description: '-1, or 4294967295, where it has no number.' },
    IssuedLicenses: integer,
    AvailableLicenses: integer,
    ExpirationDate: { ...text, description: 'ISO 8601 UTC, or a CIM datetime.' },
  },
};

/** `Win32_TSLicenseServer` and its methods; absent where the role is not installed. */
export const LICENSE_SERVER_SECTION: SectionSpec = {
  name: 'Win32_TSLicenseServer',
  of: 'windows-host',
  title: 'Remote Desktop license server',
  shape: 'rows',
  source: `${CLASSES}/win32-tslicenseserver`,
  right: ADMINISTRATORS,
  columns: {
    ActivationStatus: { ...integer, description: 'GetActivationStatus: 0 activated, 1 not activated, 2 unknown.' },
    IsInTerminalServerLicenseServers: {
      type: ['boolean', 'integer', 'null'],
      description: 'IsLSinTSLSGroup for its domain: the computer is in Terminal Server License Servers.',
    },
  },
};

/** `Get-RDLicenseConfiguration`. */
export const DEPLOYMENT_LICENSING_SECTION: SectionSpec = {
  name: 'deployment.licensing',
  of: 'rds-deployment',
  title: 'Licensing of the deployment',
  shape: 'object',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdlicenseconfiguration',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    Mode: { type: ['integer', 'string', 'null'], description: 'LicensingMode: 2 PerDevice, 4 PerUser, 5 NotConfigured.' },
    LicenseServer: texts,
  },
};

export const LICENSING_SECTIONS: readonly SectionSpec[] = [
  LICENSING_SECTION,
  LICENSE_SERVERS_SECTION,
  LICENSING_KEYS_SECTION,
  KEY_PACKS_SECTION,
  LICENSE_SERVER_SECTION,
  DEPLOYMENT_LICENSING_SECTION,
];
