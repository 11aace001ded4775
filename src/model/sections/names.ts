import type { SectionSpec } from '../snapshot.ts';
import { DIRECTORY_READ, ORDINARY_USER, WMI_NAMESPACE } from './rights.ts';

const flag = { type: ['boolean', 'null'] } as const;
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const texts = { type: ['array', 'string', 'null'], items: { type: ['string', 'null'] } } as const;

/** The hosts file (`DataBasePath` of Tcpip\Parameters), without comments: one row an entry. */
export const HOSTS_FILE_SECTION: SectionSpec = {
  name: 'names.hostsFile',
  of: 'windows-host',
  title: 'Entries of the hosts file',
  shape: 'rows',
  source: 'https://learn.microsoft.com/troubleshoot/windows-server/networking/host-name-resolution',
  right: ORDINARY_USER,
  columns: { Address: { type: 'string' }, Names: texts },
};

/** `Get-DnsClientServerAddress` of the interfaces that are up. */
export const DNS_SERVERS_SECTION: SectionSpec = {
  name: 'names.servers',
  of: 'windows-host',
  title: 'DNS servers of the interfaces',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/dnsclient/get-dnsclientserveraddress',
  right: WMI_NAMESPACE,
  columns: {
    InterfaceAlias: text,
    InterfaceIndex: integer,
    AddressFamily: { type: ['integer', 'string', 'null'], description: '2 IPv4, 23 IPv6.' },
    ServerAddresses: texts,
  },
};

/** `Get-DnsClient` of the interfaces that are up. */
export const DNS_CLIENTS_SECTION: SectionSpec = {
  name: 'names.clients',
  of: 'windows-host',
  title: 'Registration of the interfaces in DNS',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/dnsclient/get-dnsclient',
  right: WMI_NAMESPACE,
  columns: { InterfaceAlias: text, InterfaceIndex: integer, RegisterThisConnectionsAddress: flag, ConnectionSpecificSuffix: text },
};

/** What DNS answers for the host's own name: `Resolve-DnsName -Type A_AAAA -DnsOnly -NoHostsFile`, and PTR of each answer. */
export const DNS_OWN_NAME_SECTION: SectionSpec = {
  name: 'names.own',
  of: 'windows-host',
  title: "DNS answers for the host's own name",
  shape: 'object',
  source: 'https://learn.microsoft.com/powershell/module/dnsclient/resolve-dnsname',
  right: ORDINARY_USER,
  columns: {
    Name: { ...text, description: 'The full name that was asked for.' },
    Status: { ...integer, description: '0 answered, 9003 the name does not exist, 9501 it has no address; null when no server answered.' },
    Addresses: texts,
    PtrNames: { ...texts, description: 'Names of the PTR records of these addresses, without repetition.' },
    PtrStatus: { ...integer, description: '0 answered for every address, 9003 or 9501 when one has no record; null when no server answered.' },
  },
};

/** What `Get-DnsClientCache` remembers as failed: names alone, each once, no more than 500 a list. */
export const DNS_FAILURES_SECTION: SectionSpec = {
  name: 'names.failures',
  of: 'windows-host',
  title: 'Failed look-ups in the cache of the DNS client',
  shape: 'object',
  source: 'https://learn.microsoft.com/powershell/module/dnsclient/get-dnsclientcache',
  right: WMI_NAMESPACE,
  columns: {
    NotExist: { ...texts, description: 'Entries with the status NotExist (9003), lower case.' },
    NoA: { ...texts, description: 'Entries with the status NoRecords for A: the name exists and has no IPv4 address.' },
    NoAaaa: { ...texts, description: 'Entries with the status NoRecords for AAAA, as every name without an IPv6 address has.' },
    Complete: { ...flag, description: 'False: there were more names than are listed.' },
  },
};

/** Who holds the host's TERMSRV names in its domain; absent on a host that is no member of one. Members are null where the directory did not show them. */
export const SERVICE_PRINCIPALS_SECTION: SectionSpec = {
  name: 'directory.termsrv',
  of: 'windows-host',
  title: 'Service principal names of Remote Desktop in the directory',
  shape: 'object',
  source: 'https://learn.microsoft.com/windows/win32/adschema/a-serviceprincipalname',
  right: DIRECTORY_READ,
  columns: {
    Wanted: { ...texts, description: 'TERMSRV/ with the full name of the host, and with its NetBIOS name.' },
    Registered: { ...texts, description: "Those that the host's own computer account holds." },
    Others: { ...texts, description: 'sAMAccountName of other accounts that hold one of them.' },
  },
};

/** The same for the names of a deployment, as its broker sees them. */
export const DEPLOYMENT_NAMES_SECTION: SectionSpec = {
  name: 'deployment.names',
  of: 'rds-deployment',
  title: 'DNS answers for the names of the deployment',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/dnsclient/resolve-dnsname',
  right: ORDINARY_USER,
  columns: {
    Name: { type: 'string' },
    Kind: { type: 'string', description: 'server (Get-RDServer), client-access-name, gateway (GatewayExternalFqdn).' },
    Status: { ...integer, description: '0 answered, 9003 the name does not exist, 9501 it has no address; null when no server answered.' },
    Addresses: texts,
  },
};

export const NAME_SECTIONS: readonly SectionSpec[] = [
  HOSTS_FILE_SECTION,
  DNS_SERVERS_SECTION,
  DNS_CLIENTS_SECTION,
  DNS_OWN_NAME_SECTION,
  DNS_FAILURES_SECTION,
  SERVICE_PRINCIPALS_SECTION,
  DEPLOYMENT_NAMES_SECTION,
];
