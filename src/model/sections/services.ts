import type { SectionSpec } from '../snapshot.ts';
import { SERVICE_MANAGER } from './rights.ts';

/** `Get-Service`, at least those that the column Name names. */
export const SERVICES_SECTION: SectionSpec = {
  name: 'services',
  of: 'windows-host',
  title: 'Windows services',
  shape: 'rows',
  source: 'https://learn.microsoft.com/dotnet/api/system.serviceprocess.servicecontroller',
  right: SERVICE_MANAGER,
  columns: {
    Name: {
      type: 'string',
      description:
        'At least MpsSvc, BFE, RpcSs, Netlogon, W32Time, NlaSvc, Spooler, TermService, SessionEnv, UmRdpService, Tssdis, RDMS, TScPubRPC, TSGateway, W3SVC and TermServLicensing, where they exist.',
    },
    DisplayName: { type: ['string', 'null'], description: 'Localised; never compared.' },
    Status: {
      type: ['integer', 'string', 'null'],
      description: '1 Stopped, 2 StartPending, 3 StopPending, 4 Running, 5 ContinuePending, 6 PausePending, 7 Paused.',
    },
    StartType: {
      type: ['integer', 'string', 'null'],
      description: '0 Boot, 1 System, 2 Automatic, 3 Manual, 4 Disabled.',
    },
  },
};

export const SERVICES_SECTIONS: readonly SectionSpec[] = [SERVICES_SECTION];
