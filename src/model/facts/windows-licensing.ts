import { BROKER_MEMBER, COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

const MODE = {
  enum: ['per-device', 'per-user', 'not-configured', 'administration', 'personal'],
  description: 'administration are the two sessions that need no license.',
} as const;
const SERVERS = { type: 'array', items: { type: 'string' } } as const;

/** Why a license server is of no use to a session host. */
export type ServerFault = 'beta-mismatch' | 'older-than-host' | 'not-in-group' | 'not-connectable';

/** Whether a session host can get licenses for those who connect. */
export type SessionHostLicensing = {
  readonly host: string;
  readonly sessionHost: boolean | null;
  readonly domainMember: boolean | null;
  readonly mode: string | null;
  readonly servers: readonly string[] | null;
  readonly graceDaysLeft: number | null;
  readonly usable: boolean | null;
  /** An element that is null could not be judged. */
  readonly faulty: readonly ({ readonly server: string; readonly why: ServerFault } | null)[] | null;
};

export const SESSION_HOST_LICENSING = defineKind('windows.sessionHostLicensing', 'Licensing of a session host', {
  host: HOST_MEMBER,
  sessionHost: { type: 'boolean', description: 'The role is installed, or the application server mode is on.' },
  domainMember: { type: 'boolean', description: 'Win32_ComputerSystem.PartOfDomain.' },
  mode: MODE,
  servers: { ...SERVERS, description: 'GetSpecifiedLicenseServerList: what counts, whoever set it.' },
  graceDaysLeft: { type: 'integer', description: 'GetGracePeriodDays; 0 is over. It begins with 120.' },
  usable: { type: 'boolean', description: 'At least one of the servers is valid for this host (GetTStoLSConnectivityStatus 1, 2, 9 or 11).' },
  faulty: {
    type: 'array',
    description: 'Servers that are certainly of no use.',
    items: {
      type: 'object',
      required: ['server', 'why'],
      additionalProperties: false,
      properties: { server: { type: 'string' }, why: { enum: ['beta-mismatch', 'older-than-host', 'not-in-group', 'not-connectable'] } },
    },
  },
});

/** A registry key of licensing, and who may change it. */
export type LicenseKeyAccess = {
  readonly host: string;
  readonly key: string;
  readonly part: 'grace-period' | 'license-store';
  readonly owner: string | null;
  readonly openTo: readonly string[] | null;
};

export const LICENSE_KEY_ACCESS = defineKind('windows.licenseKeyAccess', 'Permissions of a registry key of licensing', {
  host: HOST_MEMBER,
  key: { type: 'string' },
  part: { enum: ['grace-period', 'license-store'], description: "The session host's grace period, or the client's store of licenses." },
  owner: { type: 'string', description: 'SID of the owner.' },
  openTo: {
    type: 'array',
    items: { type: 'string' },
    description: 'Groups that hold everybody and have full control, or may take it (write the permissions or the owner).',
  },
});

/** Packs of client access licenses of one type and version. Built-in and temporary packs have no fact. */
export type LicenseKeyPack = {
  readonly host: string;
  readonly pack: string;
  readonly licenses: 'per-device' | 'per-user' | null;
  readonly version: number | null;
  readonly total: number | null;
  readonly available: number | null;
  readonly newer: number | null;
  readonly expired: number | null;
  readonly state: 'enough' | 'few' | 'none' | null;
};

export const LICENSE_KEY_PACK = defineKind('windows.licenseKeyPack', 'Client access licenses of a license server', {
  host: HOST_MEMBER,
  pack: { type: 'string', description: 'KeyPackId of each pack.' },
  licenses: { enum: ['per-device', 'per-user'], description: 'ProductType.' },
  version: { type: 'integer', description: 'ProductVersionID: 2 is 2008, 3 2008 R2, 4 2012, 5 2016, 6 2019, 7 2022.' },
  total: { type: 'integer', description: 'Of all packs that have not expired.' },
  available: { type: 'integer', description: 'Of all packs that have not expired. May be less than 0: per-user licenses are not enforced.' },
  newer: { type: 'integer', description: 'What newer versions have left, which the server gives out when these are gone; 0 where a policy forbids it.' },
  expired: { type: 'integer', description: 'How many of the packs have expired.' },
  state: { enum: ['enough', 'few', 'none'], description: 'few: with those of newer versions, less than a tenth of the total is left.' },
});

/** A Remote Desktop license server. */
export type LicenseServer = {
  readonly host: string;
  readonly intended: boolean | null;
  readonly running: boolean | null;
  readonly activated: boolean | null;
  readonly domainMember: boolean | null;
  readonly inServersGroup: boolean | null;
  readonly knownHostsOnly: boolean | null;
  readonly knownHosts: number | null;
  readonly patched: boolean | null;
};

export const LICENSE_SERVER = defineKind('windows.licenseServer', 'Remote Desktop license server', {
  host: HOST_MEMBER,
  intended: { type: 'boolean', description: 'False when the estate gives the host roles and licensing is none of them.' },
  running: { type: 'boolean', description: 'Service TermServLicensing runs.' },
  activated: { type: 'boolean', description: 'GetActivationStatus is 0.' },
  domainMember: { type: 'boolean', description: 'Win32_ComputerSystem.PartOfDomain.' },
  inServersGroup: { type: 'boolean', description: 'The computer is in Terminal Server License Servers of its domain.' },
  knownHostsOnly: { type: 'boolean', description: 'Policy License server security group (fSecureLicensing).' },
  knownHosts: { type: 'integer', description: 'Members of RDS Endpoint Servers (S-1-5-32-576).' },
  patched: { type: 'boolean', description: 'The build has the mend of CVE-2024-38077, as the data of known updates says.' },
});

/** Events of a session host that say what is wrong with its licensing. */
export type LicensingEvents = { readonly host: string; readonly events: readonly { readonly id: number; readonly count: number }[] | null };

export const LICENSING_EVENTS = defineKind('windows.licensingEvents', 'Events about licensing of the last days', {
  host: HOST_MEMBER,
  events: {
    type: 'array',
    description: '1068: the licensing mode is not configured; 1069: that, and the grace period is over.',
    items: {
      type: 'object',
      required: ['id', 'count'],
      additionalProperties: false,
      properties: { id: { type: 'integer' }, count: { type: 'integer' } },
    },
  },
});

/** What the deployment says of licensing: what the join with its session hosts needs. */
export type LicenseConfiguration = { readonly host: string; readonly mode: string | null; readonly servers: readonly string[] | null };

export const LICENSE_CONFIGURATION = defineKind('rds.licenseConfiguration', 'Licensing of a deployment', {
  host: HOST_MEMBER,
  mode: MODE,
  servers: SERVERS,
});

/** The deployment's licensing beside that of one of its session hosts. */
export type HostLicensing = {
  readonly host: string;
  readonly broker: string;
  readonly collection: string;
  readonly expectedMode: string | null;
  readonly mode: string | null;
  readonly expectedServers: readonly string[] | null;
  readonly servers: readonly string[] | null;
  readonly agrees: boolean | null;
};

export const HOST_LICENSING = defineKind('rds.hostLicensing', 'Licensing of the deployment beside that of a session host', {
  host: { type: 'string', description: 'The session host.' },
  broker: BROKER_MEMBER,
  collection: COLLECTION_MEMBER,
  expectedMode: MODE,
  mode: MODE,
  expectedServers: SERVERS,
  servers: SERVERS,
  agrees: { type: 'boolean', description: 'The same mode, and the same servers in any order; a short name stands for the full one.' },
});

export const LICENSING_KINDS = [
  SESSION_HOST_LICENSING,
  LICENSE_KEY_ACCESS,
  LICENSE_KEY_PACK,
  LICENSE_SERVER,
  LICENSING_EVENTS,
  LICENSE_CONFIGURATION,
  HOST_LICENSING,
];
