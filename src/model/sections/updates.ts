import type { SectionSpec } from '../snapshot.ts';
import { REGISTRY_READ } from './rights.ts';

const flag = { type: ['boolean', 'null'] } as const;
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;

/** What waits for a restart: whether two registry keys exist, and how many renames are pending. */
export const PENDING_RESTART_SECTION: SectionSpec = {
  name: 'updates.pending',
  of: 'windows-host',
  title: 'Restarts that updates wait for',
  shape: 'object',
  source: 'https://learn.microsoft.com/dotnet/api/microsoft.win32.registrykey.opensubkey',
  right: REGISTRY_READ,
  columns: {
    ComponentServicing: {
      ...flag,
      description: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending exists.',
    },
    WindowsUpdate: { ...flag, description: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired exists.' },
    FileRenames: {
      ...integer,
      description: 'Texts in PendingFileRenameOperations of HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager; 0 without it.',
    },
  },
};

/** The service's library and what replaces it in circulating tools. */
export const TERM_SERVICE_SECTION: SectionSpec = {
  name: 'termService.library',
  of: 'windows-host',
  title: 'Library of the Remote Desktop service',
  shape: 'object',
  source: 'https://learn.microsoft.com/powershell/module/microsoft.powershell.security/get-authenticodesignature',
  right: REGISTRY_READ,
  columns: {
    ServiceDll: {
      ...text,
      description: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\TermService\\Parameters, not expanded: %SystemRoot%\\System32\\termsrv.dll.',
    },
    SystemRoot: { ...text, description: '%SystemRoot% of the host.' },
    SignatureStatus: {
      type: ['integer', 'string', 'null'],
      description:
        'Get-AuthenticodeSignature of %SystemRoot%\\System32\\termsrv.dll: 0 Valid, 1 UnknownError, 2 NotSigned, 3 HashMismatch, 4 NotTrusted, 5 NotSupportedFileFormat, 6 Incompatible.',
    },
    SignerThumbprint: text,
    WrapperFolder: { ...flag, description: 'The folder "RDP Wrapper" exists in %ProgramFiles%.' },
  },
};

export const UPDATE_SECTIONS: readonly SectionSpec[] = [PENDING_RESTART_SECTION, TERM_SERVICE_SECTION];
