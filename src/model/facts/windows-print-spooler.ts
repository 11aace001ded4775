import { defineKind, HOST_MEMBER } from './define.ts';

/** Whether the spooler answers other computers. */
export type PrintSpooler = {
  readonly host: string;
  readonly reachable: boolean | null;
  readonly running: boolean | null;
  readonly startType: string | null;
  readonly domainController: boolean | null;
  readonly printServer: boolean;
};

export const PRINT_SPOOLER = defineKind('windows.printSpooler', 'Reach of the print spooler', {
  host: HOST_MEMBER,
  reachable: {
    type: 'boolean',
    description: 'The service may run and accepts client connections (RegisterSpoolerRemoteRpcEndPoint is not 2).',
  },
  running: { type: 'boolean', description: 'The service runs now.' },
  startType: {
    enum: ['automatic', 'manual', 'disabled', 'boot', 'system'],
    description: 'Start type of the service.',
  },
  domainController: {
    type: 'boolean',
    description: 'The host is a domain controller (product type 2).',
  },
  printServer: { type: 'boolean', description: 'The estate gives the host the role print-server.' },
});
