import { BROKER_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

const TEXTS = { type: 'array', items: { type: 'string' } } as const;

/** The host's own name in DNS, held against the addresses that it has. */
export type NameRegistration = {
  readonly host: string;
  readonly name: string | null;
  readonly registered: readonly string[] | null;
  readonly own: readonly string[] | null;
  readonly reachesHost: boolean | null;
  readonly stale: readonly string[] | null;
  readonly unusable: readonly string[] | null;
  readonly reverse: string | null;
};

export const NAME_REGISTRATION = defineKind('windows.nameRegistration', "A host's own name in DNS", {
  host: HOST_MEMBER,
  name: { type: 'string', description: 'The full name that was asked for.' },
  registered: { ...TEXTS, description: 'Addresses that DNS gives for it.' },
  own: { ...TEXTS, description: 'Addresses of the interfaces, without loopback and link-local ones.' },
  reachesHost: { type: 'boolean', description: 'DNS gives an address, and one of them is the host.' },
  stale: { ...TEXTS, description: 'Registered addresses that no interface has.' },
  unusable: { ...TEXTS, description: 'Registered loopback and link-local addresses (169.254.0.0/16, fe80::/10), which reach nobody.' },
  reverse: { enum: ['same', 'other', 'missing'], description: 'Whether the addresses lead back to the name.' },
});

/** DNS servers that the interfaces of a host ask. */
export type DnsServers = {
  readonly host: string;
  readonly domainMember: boolean | null;
  readonly servers: readonly string[] | null;
  readonly publicServers: readonly string[] | null;
};

export const DNS_SERVERS = defineKind('windows.dnsServers', 'DNS servers of a host', {
  host: HOST_MEMBER,
  domainMember: { type: 'boolean', description: 'The host is a member of a domain.' },
  servers: { ...TEXTS, description: 'Addresses of the servers of all interfaces.' },
  publicServers: { ...TEXTS, description: 'Those with an address of the Internet, which no domain controller has.' },
});

const ENTRIES = {
  type: 'array',
  items: { type: 'object', required: ['name', 'address'], additionalProperties: false, properties: { name: { type: 'string' }, address: { type: 'string' } } },
} as const;

/** The hosts file as it is; joined with the names of the estate. */
export type HostsFile = {
  readonly host: string;
  readonly entries: readonly { readonly name: string; readonly address: string }[] | null;
};

export const HOSTS_FILE = defineKind('windows.hostsFile', 'Entries of a hosts file', {
  host: HOST_MEMBER,
  entries: { ...ENTRIES, description: 'One for each name; loopback addresses of localhost are left out.' },
});

/** Entries of a hosts file that stand for names of the estate. */
export type NameOverrides = {
  readonly host: string;
  readonly overrides: readonly { readonly name: string; readonly address: string }[] | null;
};

export const NAME_OVERRIDES = defineKind('windows.nameOverrides', 'Names of Remote Desktop that a hosts file overrides', {
  host: HOST_MEMBER,
  overrides: { ...ENTRIES, description: 'Entries for hosts, brokers, gateways and client access names of the estate.' },
});

/** What the DNS client of a host remembers as failed; joined with the names of the estate. */
export type DnsFailures = {
  readonly host: string;
  readonly names: readonly string[] | null;
  readonly complete: boolean | null;
};

export const DNS_FAILURES = defineKind('windows.dnsFailures', 'Failed look-ups that a host remembers', {
  host: HOST_MEMBER,
  names: { ...TEXTS, description: 'Names that do not exist, or have neither an IPv4 nor an IPv6 address, by the cache of the DNS client.' },
  complete: { type: 'boolean', description: 'No name was left out.' },
});

/** Failed look-ups of names of the estate. */
export type FailedNames = {
  readonly host: string;
  readonly failed: readonly string[] | null;
};

export const FAILED_NAMES = defineKind('windows.failedNames', 'Names of Remote Desktop that a host remembers not to exist', {
  host: HOST_MEMBER,
  failed: { ...TEXTS, description: 'Full names of hosts, brokers, gateways and client access names of the estate.' },
});

/** The names by which Kerberos finds Remote Desktop of a host. */
export type ServicePrincipals = {
  readonly host: string;
  readonly domainMember: boolean | null;
  readonly rdpEnabled: boolean | null;
  readonly missing: readonly string[] | null;
  readonly others: readonly string[] | null;
};

export const SERVICE_PRINCIPALS = defineKind('windows.servicePrincipals', 'Service principal names of Remote Desktop', {
  host: HOST_MEMBER,
  domainMember: { type: 'boolean', description: 'The host is a member of a domain.' },
  rdpEnabled: { type: 'boolean', description: 'Remote Desktop is on (fDenyTSConnections is 0, policy first).' },
  missing: { ...TEXTS, description: 'Of TERMSRV/FULLNAME and TERMSRV/NAME those that the computer account does not hold.' },
  others: { ...TEXTS, description: 'Other accounts of the domain that hold one of them.' },
});

/** Places that name a server by its address. */
export type AddressLiterals = {
  readonly host: string;
  readonly literals: readonly { readonly place: string; readonly value: string }[] | null;
};

export const ADDRESS_LITERALS = defineKind('windows.addressLiterals', 'Settings that name a server by its address', {
  host: HOST_MEMBER,
  literals: {
    type: 'array',
    description: 'Places and addresses; of license servers those that count, whoever set them.',
    items: {
      type: 'object',
      required: ['place', 'value'],
      additionalProperties: false,
      properties: { place: { enum: ['connection-broker', 'license-server', 'gateway-resource'] }, value: { type: 'string' } },
    },
  },
});

/** One name of a deployment, as its broker sees it. */
export type DeploymentName = {
  readonly host: string;
  readonly name: string;
  readonly of: string | null;
  readonly addresses: readonly string[] | null;
  readonly resolves: boolean | null;
  readonly missingBrokers: readonly string[] | null;
};

export const DEPLOYMENT_NAME = defineKind('rds.deploymentName', 'Name of a deployment in DNS', {
  host: BROKER_MEMBER,
  name: { type: 'string' },
  of: { enum: ['server', 'client-access-name', 'gateway'], description: 'What it is the name of.' },
  addresses: { ...TEXTS, description: 'Addresses that DNS gives the broker for it.' },
  resolves: { type: 'boolean', description: 'There is one.' },
  missingBrokers: { ...TEXTS, description: 'Of the client access name: brokers none of whose addresses are among its own; empty for other names.' },
});

export const NAME_KINDS = [
  NAME_REGISTRATION,
  DNS_SERVERS,
  HOSTS_FILE,
  NAME_OVERRIDES,
  DNS_FAILURES,
  FAILED_NAMES,
  SERVICE_PRINCIPALS,
  ADDRESS_LITERALS,
  DEPLOYMENT_NAME,
];
