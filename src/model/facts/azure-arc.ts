import type { JsonObject } from '../json.ts';
import { choice, closed, flag, RESOURCE_GROUP, text, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const AGENT = 'https://learn.microsoft.com/azure/azure-arc/servers/agent-overview';
const CONFIGURATION = 'https://learn.microsoft.com/azure/azure-arc/servers/security-overview';
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description });

export const AZURE_ARC_MACHINE: FactKind = {
  kind: 'azure.arcMachine',
  title: 'A machine outside of Azure that Azure Arc knows',
  schema: closed({
    name: text('Name of the machine.'),
    resourceGroup: RESOURCE_GROUP,
    operatingSystem: choice(['windows', 'linux'], 'Operating system, as the agent or the template says.'),
    status: text(`Connected, Disconnected, Expired or Error (${AGENT}).`),
    sinceHours: count('Hours from the last change of its status to the time it was read.'),
    agentVersion: text('Version of the Connected Machine agent.'),
    agentMinor: count('Its second number: 50 of 1.50.'),
    automaticUpgrade: flag('The agent upgrades itself.'),
    osSku: text('Edition of Windows as the agent reports it.'),
    supportEnds: text('Last day of support, YYYY-MM-DD (https://learn.microsoft.com/lifecycle/products/).'),
    phase: choice(['supported', 'extended', 'ended'], 'At the scan’s time: in support, in the time of extended security updates, or after.'),
    extendedUpdates: flag(
      'A license for extended security updates is assigned (https://learn.microsoft.com/azure/azure-arc/servers/prepare-extended-security-updates).',
    ),
    incomingPorts: texts(`Ports to which the agent leads connections from Azure (${CONFIGURATION}).`),
    rdpIncoming: flag('3389 is one of them.'),
    extensionsLimited: flag('Extensions are off, or only those of a list may be installed, or the agent only monitors.'),
    baselineAssigned: flag(
      'Machine Configuration compares it with the Azure Windows baseline (https://learn.microsoft.com/azure/governance/policy/samples/guest-configuration-baseline-windows).',
    ),
    baselineFailing: texts('Assignments of the baseline whose comparison says NonCompliant; unknown where none does, and one is pending or says nothing.'),
    monitorAgent: flag('The extension AzureMonitorWindowsAgent is there.'),
    endpointProtection: flag('The extension MDE.Windows is there.'),
    maintenance: flag('A maintenance configuration is assigned to it.'),
  }),
};
