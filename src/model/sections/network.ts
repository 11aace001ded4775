import type { SectionSpec } from '../snapshot.ts';
import { WMI_NAMESPACE } from './rights.ts';

const enumeration = { type: ['integer', 'string', 'null'] } as const;

/** `Get-NetConnectionProfile`: one row for each interface that is connected to a known network. */
export const NETWORK_PROFILES_SECTION: SectionSpec = {
  name: 'network.profiles',
  of: 'windows-host',
  title: 'Network profiles of the interfaces',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/netconnection/get-netconnectionprofile',
  right: WMI_NAMESPACE,
  columns: {
    Name: { type: ['string', 'null'], description: 'Name of the network.' },
    InterfaceAlias: { type: ['string', 'null'] },
    InterfaceIndex: { type: ['integer', 'null'] },
    NetworkCategory: {
      ...enumeration,
      description: '0 Public, 1 Private, 2 DomainAuthenticated: not the bits of a firewall profile.',
    },
    DomainAuthenticationKind: {
      ...enumeration,
      description: '0 None, 1 Ldap, 2 Tls; newer builds only.',
    },
    IPv4Connectivity: {
      ...enumeration,
      description: '0 Disconnected, 1 NoTraffic, 2 Subnet, 3 LocalNetwork, 4 Internet.',
    },
    IPv6Connectivity: {
      ...enumeration,
      description: '0 Disconnected, 1 NoTraffic, 2 Subnet, 3 LocalNetwork, 4 Internet.',
    },
  },
};

/** `Get-NetIPAddress`. */
export const NETWORK_ADDRESSES_SECTION: SectionSpec = {
  name: 'network.addresses',
  of: 'windows-host',
  title: 'Addresses of the interfaces',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/nettcpip/get-netipaddress',
  right: WMI_NAMESPACE,
  columns: {
    InterfaceAlias: { type: ['string', 'null'] },
    InterfaceIndex: { type: ['integer', 'null'] },
    IPAddress: { type: 'string' },
    PrefixLength: { type: ['integer', 'null'], description: 'Bits of the subnet.' },
    AddressFamily: { ...enumeration, description: '2 IPv4, 23 IPv6.' },
    AddressState: {
      ...enumeration,
      description: '0 Invalid, 1 Tentative, 2 Duplicate, 3 Deprecated, 4 Preferred.',
    },
    PrefixOrigin: {
      ...enumeration,
      description: '1 Manual, 2 WellKnown, 3 Dhcp, 4 RouterAdvertisement.',
    },
    SkipAsSource: { type: ['boolean', 'null'] },
  },
};

export const NETWORK_SECTIONS: readonly SectionSpec[] = [NETWORK_PROFILES_SECTION, NETWORK_ADDRESSES_SECTION];
