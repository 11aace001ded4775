import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, REGISTRY_READ, WMI_NAMESPACE } from './rights.ts';

const CIMV2 = 'https://learn.microsoft.com/windows/win32/cimwin32prov';

/** The operating system: `CurrentVersion` of the registry and `Win32_OperatingSystem`. */
export const OS_SECTION: SectionSpec = {
  name: 'os',
  of: 'windows-host',
  title: 'Operating system',
  shape: 'object',
  source: `${CIMV2}/win32-operatingsystem`,
  right: WMI_NAMESPACE,
  columns: {
    build: {
      type: 'integer',
      description: 'CurrentBuildNumber: 17763 is 2019, 20348 is 2022, 26100 is 2025.',
    },
    ubr: {
      type: ['integer', 'null'],
      description: 'Update revision, the last part of the version.',
    },
    productType: {
      type: ['integer', 'string', 'null'],
      description: '1 workstation, 2 domain controller, 3 server.',
    },
    caption: { type: ['string', 'null'], description: 'Localised; for people.' },
    installationType: { type: ['string', 'null'], description: 'Server, Server Core, Client.' },
    lastBootUpTime: { type: ['string', 'null'], description: 'ISO 8601 UTC.' },
  },
};

/** `Win32_ComputerSystem`. */
export const COMPUTER_SECTION: SectionSpec = {
  name: 'computer',
  of: 'windows-host',
  title: 'Computer and domain membership',
  shape: 'object',
  source: `${CIMV2}/win32-computersystem`,
  right: WMI_NAMESPACE,
  columns: {
    PartOfDomain: { type: ['boolean', 'integer', 'null'] },
    Domain: { type: ['string', 'null'] },
    DomainRole: {
      type: ['integer', 'null'],
      description: '0 and 2 standalone, 1 member workstation, 3 member server, 4 backup and 5 primary domain controller.',
    },
    Name: { type: ['string', 'null'] },
    DNSHostName: { type: ['string', 'null'] },
    UUID: {
      type: ['string', 'null'],
      description: 'Win32_ComputerSystemProduct.UUID: the vmId of an Azure VM.',
    },
  },
};

/** Installed roles and features: `Get-WindowsFeature` where Installed, or `Win32_ServerFeature`. */
export const ROLES_SECTION: SectionSpec = {
  name: 'roles',
  of: 'windows-host',
  title: 'Installed roles and features',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/servermanager/get-windowsfeature',
  right: ADMINISTRATORS,
  columns: {
    Name: {
      type: 'string',
      description: 'RDS-RD-Server, RDS-Connection-Broker, RDS-Web-Access, RDS-Gateway, RDS-Licensing, RDS-Virtualization, …',
    },
  },
};

/** The WinStation keys of the registry: one row a listener. */
export const LISTENERS_SECTION: SectionSpec = {
  name: 'listeners',
  of: 'windows-host',
  title: 'Remote Desktop listeners',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/change-listening-port',
  right: REGISTRY_READ,
  columns: {
    Name: { type: 'string', description: 'RDP-Tcp, or the name of a listener that was added.' },
    PortNumber: {
      type: ['integer', 'null'],
      description: 'TCP and UDP port; 3389 unless changed.',
    },
    fEnableWinStation: {
      type: ['integer', 'boolean', 'null'],
      description: '0: the listener is off.',
    },
    InitialProgram: { type: ['string', 'null'] },
    fInheritInitialProgram: { type: ['integer', 'null'] },
    LanAdapter: { type: ['integer', 'null'], description: '0: every adapter.' },
    fLogonDisabled: { type: ['integer', 'null'] },
    MaxInstanceCount: { type: ['integer', 'null'], description: '4294967295: no limit.' },
  },
};

export const SYSTEM_SECTIONS: readonly SectionSpec[] = [OS_SECTION, COMPUTER_SECTION, ROLES_SECTION, LISTENERS_SECTION];
