import { defineKind, HOST_MEMBER } from './define.ts';

/** What ties a host to its Azure machine where the estate does not say `azureId`. */
export const MACHINE_ID = defineKind('windows.machineId', 'Identity of the machine that a host runs on', {
  host: HOST_MEMBER,
  uuid: {
    type: 'string',
    description:
      'Win32_ComputerSystemProduct.UUID, lower case: the vmId of an Azure machine (https://learn.microsoft.com/azure/virtual-machines/metadata-linux).',
  },
});
