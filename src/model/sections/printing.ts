import type { SectionSpec } from '../snapshot.ts';
import { WMI_NAMESPACE } from './rights.ts';

/** `Get-PrinterDriver`, projected. `IsSigned` is added by the collector from the driver file's signature. */
const PRINTER_DRIVERS_SECTION: SectionSpec = {
  name: 'printerDrivers',
  of: 'windows-host',
  title: 'Installed printer drivers',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/printmanagement/get-printerdriver',
  right: WMI_NAMESPACE,
  columns: {
    Name: { type: 'string' },
    MajorVersion: { type: ['integer', 'null'], description: 'Driver model: 3 or 4.' },
    Manufacturer: { type: ['string', 'null'] },
    PrinterEnvironment: {
      type: ['string', 'null'],
      description: '`Windows x64`, `Windows NT x86`, `Windows ARM64`.',
    },
    IsPackageAware: { type: ['boolean', 'null'] },
    InfPath: { type: ['string', 'null'] },
    IsSigned: {
      type: ['boolean', 'null'],
      description: 'The driver file carries a valid signature.',
    },
  },
};

export const PRINTING_SECTIONS: readonly SectionSpec[] = [PRINTER_DRIVERS_SECTION];
