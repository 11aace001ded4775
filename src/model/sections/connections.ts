import type { SectionSpec } from '../snapshot.ts';
import { ORDINARY_USER, SERVICE_MANAGER, WMI_NAMESPACE } from './rights.ts';

const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;

/** `Get-NetTCPConnection -State Listen`. */
export const TCP_LISTENERS_SECTION: SectionSpec = {
  name: 'network.tcpListeners',
  of: 'windows-host',
  title: 'TCP ports that something listens on',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/nettcpip/get-nettcpconnection',
  right: WMI_NAMESPACE,
  columns: {
    LocalAddress: { type: 'string', description: ':: and 0.0.0.0 are every address.' },
    LocalPort: { type: 'integer' },
    OwningProcess: integer,
    ProcessName: { ...text, description: '`Get-Process` of OwningProcess; null when it could not be read.' },
  },
};

/** `Win32_Service` of the services in section `services`: what runs in which process. */
export const SERVICE_PROCESSES_SECTION: SectionSpec = {
  name: 'Win32_Service',
  of: 'windows-host',
  title: 'Processes of the services',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/cimwin32prov/win32-service',
  right: SERVICE_MANAGER,
  columns: { Name: { type: 'string' }, ProcessId: { ...integer, description: '0 when it does not run.' }, State: text, StartMode: text },
};

/** The clock beside that of the domain controller, or of the time source of a host without domain. */
export const TIME_SECTION: SectionSpec = {
  name: 'time',
  of: 'windows-host',
  title: 'Clock of the host',
  shape: 'object',
  source: 'https://learn.microsoft.com/windows-server/networking/windows-time-service/windows-time-service-tools-and-settings',
  right: ORDINARY_USER,
  columns: {
    Source: { ...text, description: '`w32tm /query /source`, the first word: a name, or a text that says that the clock is local.' },
    ComparedWith: { ...text, description: 'Name of the domain controller or time server that the clock was compared with.' },
    OffsetSeconds: {
      type: ['number', 'null'],
      description: '`w32tm /stripchart /computer:NAME /samples:1 /dataonly`: how far that clock is ahead of this one.',
    },
  },
};

export const CONNECTION_SECTIONS: readonly SectionSpec[] = [TCP_LISTENERS_SECTION, SERVICE_PROCESSES_SECTION, TIME_SECTION];
