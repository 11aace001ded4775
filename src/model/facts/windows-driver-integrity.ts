import { defineKind, HOST_MEMBER } from './define.ts';

/** What keeps foreign code out of the kernel and the spooler. */
export type DriverIntegrity = {
  readonly host: string;
  readonly testSigning: boolean | null;
  readonly integrityChecks: boolean | null;
  readonly kernelModePrinterDrivers: boolean | null;
  readonly memoryIntegrity: boolean | null;
  readonly remotePlugAndPlay: boolean | null;
  readonly isolatedPrintDrivers: boolean | null;
};

export const DRIVER_INTEGRITY = defineKind('windows.driverIntegrity', 'Integrity of drivers', {
  host: HOST_MEMBER,
  testSigning: { type: 'boolean', description: 'The system was started with TESTSIGNING.' },
  integrityChecks: {
    type: 'boolean',
    description: 'False when it was started without integrity checks.',
  },
  kernelModePrinterDrivers: {
    type: 'boolean',
    description: 'Kernel-mode printer drivers may be installed (KMPrintersAreBlocked is 0).',
  },
  memoryIntegrity: {
    type: 'boolean',
    description: 'Memory integrity (HVCI) runs: Win32_DeviceGuard.SecurityServicesRunning holds 2.',
  },
  remotePlugAndPlay: {
    type: 'boolean',
    description: 'Other computers may use the Plug and Play interface (AllowRemoteRPC is 1).',
  },
  isolatedPrintDrivers: {
    type: 'boolean',
    description: 'Print drivers run outside of the spooler (PrintDriverIsolationExecutionPolicy is not 0).',
  },
});
