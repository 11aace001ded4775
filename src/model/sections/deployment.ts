import type { SectionSpec } from '../snapshot.ts';
import { DEPLOYMENT_ADMINISTRATORS } from './rights.ts';

const REMOTE_DESKTOP = 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdsessioncollectionconfiguration';

const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const flag = { type: ['boolean', 'null'] } as const;
const texts = { type: ['array', 'null'], items: { type: ['string', 'null'] } } as const;
/** The module declares these as Int32 though they are switches. */
const numericFlag = { type: ['integer', 'boolean', 'null'] } as const;
/** An enum of the module: the integer that ConvertTo-Json writes, or the name that Windows PowerShell shows. */
const enumeration = { type: ['integer', 'string', 'null'] } as const;

/**
 * One row a collection: `Get-RDSessionCollection` and the seven parameter sets of `Get-RDSessionCollectionConfiguration`
 * side by side, from the active broker. A column that its call could not read is left out or null.
 */
const COLLECTIONS_SECTION: SectionSpec = {
  name: 'collections',
  of: 'rds-deployment',
  title: 'Session collections with their configuration',
  shape: 'rows',
  source: REMOTE_DESKTOP,
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    CollectionName: { type: 'string', description: 'Display name; the cmdlets take it.' },
    CollectionAlias: {
      ...text,
      description: 'Key of the collection; two display names may share a prefix, two aliases never do.',
    },
    CollectionDescription: text,
    CollectionType: {
      ...enumeration,
      description: 'RDSessionCollectionType: 0 Unknown, 1 PooledUnmanaged, 2 PersonalUnmanaged.',
    },
    ResourceType: text,
    Size: integer,
    AutoAssignPersonalDesktop: flag,
    GrantAdministrativePrivilege: {
      ...flag,
      description: 'Personal desktops only: the assigned user becomes a local administrator.',
    },
    SessionHosts: { ...texts, description: 'Names of the session hosts (`Get-RDSessionHost`).' },
    AuthenticateUsingNLA: flag,
    SecurityLayer: { ...enumeration, description: 'RDSecurityLayer: 0 RDP, 1 Negotiate, 2 SSL.' },
    EncryptionLevel: {
      ...enumeration,
      description: 'RDEncryptionLevel: 0 None, 1 Low, 2 ClientCompatible, 3 High, 4 FipsCompliant.',
    },
    UserGroup: { ...texts, description: 'Groups that may connect, `DOMAIN\\Group`.' },
    UserGroupSids: {
      ...texts,
      description: 'SIDs of `UserGroup`, in its order; null for a name that does not resolve.',
    },
    DisconnectedSessionLimitMin: { ...integer, description: 'Minutes; 0 is never.' },
    ActiveSessionLimitMin: { ...integer, description: 'Minutes; 0 is never.' },
    IdleSessionLimitMin: { ...integer, description: 'Minutes; 0 is never.' },
    BrokenConnectionAction: {
      ...enumeration,
      description: 'RDBrokenConnectionAction: 0 None, 1 Disconnect, 2 LogOff.',
    },
    AutomaticReconnectionEnabled: flag,
    TemporaryFoldersDeletedOnExit: flag,
    TemporaryFoldersPerSession: flag,
    ClientDeviceRedirectionOptions: {
      ...enumeration,
      description:
        'Flags: 1 AudioVideoPlayBack, 2 AudioRecording, 4 COMPort, 8 PlugAndPlayDevice, 16 SmartCard, 32 Clipboard, 64 LPTPort, 128 Drive, 256 TimeZone.',
    },
    MaxRedirectedMonitors: integer,
    ClientPrinterRedirected: numericFlag,
    RDEasyPrintDriverEnabled: numericFlag,
    ClientPrinterAsDefault: numericFlag,
    CustomRdpProperty: { ...text, description: 'Lines of `name:type:value`.' },
    EnableUserProfileDisk: flag,
    DiskPath: text,
    MaxUserProfileDiskSizeGB: integer,
    IncludeFolderPath: texts,
    ExcludeFolderPath: texts,
    IncludeFilePath: texts,
    ExcludeFilePath: texts,
  },
};

/** `Get-RDSessionHost` of every collection. */
const COLLECTION_HOSTS_SECTION: SectionSpec = {
  name: 'collection.sessionHosts',
  of: 'rds-deployment',
  title: 'Session hosts of the collections and whether they take new connections',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdsessionhost',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    CollectionName: { type: 'string' },
    SessionHost: { type: 'string' },
    NewConnectionAllowed: {
      ...enumeration,
      description: 'RDServerNewConnectionAllowed: 0 Yes, 1 NotUntilReboot, 2 No.',
    },
  },
};

/** `Get-RDSessionCollectionConfiguration -LoadBalancing` of every collection. */
const LOAD_BALANCING_SECTION: SectionSpec = {
  name: 'collection.loadBalancing',
  of: 'rds-deployment',
  title: 'Session limit and weight of every session host',
  shape: 'rows',
  source: REMOTE_DESKTOP,
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    CollectionName: { type: 'string' },
    SessionHost: { type: 'string' },
    SessionLimit: integer,
    RelativeWeight: integer,
  },
};

export const DEPLOYMENT_SECTIONS: readonly SectionSpec[] = [COLLECTIONS_SECTION, COLLECTION_HOSTS_SECTION, LOAD_BALANCING_SECTION];
