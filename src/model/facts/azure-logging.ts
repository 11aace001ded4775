import { closed, flag, RESOURCE_GROUP, text, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

export const AZURE_DIAGNOSTIC_COVERAGE: FactKind = {
  kind: 'azure.diagnosticCoverage',
  title: 'Whether a resource on the way to desktops sends its logs somewhere',
  schema: closed({
    name: text('Name of the resource.'),
    resourceGroup: RESOURCE_GROUP,
    what: text('What it is, in words: host pool, workspace, application group, Bastion, Application Gateway, Azure Firewall, key vault.'),
    id: text('Its id, as the input spells it.'),
    logged: flag(
      'A diagnostic setting with a destination sends all that tells who connected (https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings).',
    ),
    missing: texts('Categories of logs that none sends.'),
  }),
};

export const AZURE_FLOW_LOG_COVERAGE: FactKind = {
  kind: 'azure.flowLogCoverage',
  title: 'A virtual network with Windows machines, and whether flows to them are logged',
  schema: closed({
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    machines: texts('Names of its Windows machines.'),
    logged: flag(
      'A flow log of the network, the subnet, the interface or a group before it is on for each (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview).',
    ),
    days: { type: 'integer', minimum: 0, description: 'Shortest time that they are kept, in days; 0 is for ever, or nothing is logged.' },
  }),
};

export const AZURE_NETWORK_ALERTS: FactKind = {
  kind: 'azure.networkAlerts',
  title: 'Whether somebody is told when the network of a subscription is opened',
  schema: closed({
    subscription: text('Id of the subscription, or not-stated.'),
    ruleChanges: flag(
      'An alert on changes of network security groups or their rules is on (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule).',
    ),
    addressChanges: flag('An alert on changes of public addresses is on, and tells an action group.'),
  }),
};
