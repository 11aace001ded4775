import { defineKind, HOST_MEMBER } from './define.ts';

/** One installed printer driver. */
export type PrinterDriver = {
  readonly host: string;
  readonly driver: string;
  readonly environment: string;
  readonly model: number | null;
  readonly manufacturer: string | null;
  readonly microsoft: boolean | null;
  readonly signed: boolean | null;
  readonly sessionHost: boolean | null;
};

export const PRINTER_DRIVER = defineKind('windows.printerDriver', 'Installed printer driver', {
  host: HOST_MEMBER,
  driver: { type: 'string', description: 'Name of the driver.' },
  environment: { type: 'string', description: '`Windows x64`, …; empty when the source has none.' },
  model: {
    type: 'integer',
    description: 'Driver model: 3 runs vendor code in the spooler, 4 does not.',
  },
  manufacturer: { type: 'string', description: 'As the driver names it.' },
  microsoft: { type: 'boolean', description: 'The manufacturer is Microsoft.' },
  signed: { type: 'boolean', description: 'The driver file carries a valid signature.' },
  sessionHost: {
    type: 'boolean',
    description: 'The host is an RD Session Host (Win32_TerminalServiceSetting.TerminalServerMode 1).',
  },
});
