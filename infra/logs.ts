import * as monitor from '@pulumi/azure-native/monitor';
import * as network from '@pulumi/azure-native/network';
import * as operationalinsights from '@pulumi/azure-native/operationalinsights';
import type * as storage from '@pulumi/azure-native/storage';
import * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import { closedAccount } from './storage';

/** Where logs go, and who is told. */
export interface Logs {
  readonly workspace: operationalinsights.Workspace;
  readonly people: monitor.ActionGroup;
  /** What Windows machines send. */
  readonly windowsRule: monitor.DataCollectionRule;
}

export function logs(base: Foundation): Logs {
  const { settings, subscriptionId, group } = base;
  const workspace = new operationalinsights.Workspace('logs', {
    ...common(base),
    sku: { name: 'PerGB2018' },
    retentionInDays: settings.logDays,
    features: { disableLocalAuth: true },
  });
  const people = new monitor.ActionGroup('people', {
    resourceGroupName: group.name,
    location: 'Global',
    enabled: true,
    groupShortName: 'rds-posture',
    emailReceivers: [{ name: 'people', emailAddress: settings.alertEmail, useCommonAlertSchema: true }],
  });
  // Whoever opens the network is seen, by what means ever.
  new monitor.ActivityLogAlert('network-changes', {
    resourceGroupName: group.name,
    location: 'Global',
    scopes: [pulumi.interpolate`/subscriptions/${subscriptionId}`],
    enabled: true,
    description: 'A rule of a network security group or a public address was written',
    condition: {
      allOf: [
        { field: 'category', equals: 'Administrative' },
        {
          anyOf: [
            'Microsoft.Network/networkSecurityGroups/write',
            'Microsoft.Network/networkSecurityGroups/securityRules/write',
            'Microsoft.Network/publicIPAddresses/write',
          ].map((operation) => ({ field: 'operationName', equals: operation })),
        },
      ],
    },
    actions: { actionGroups: [{ actionGroupId: people.id }] },
  });
  return { workspace, people, windowsRule: windowsRule(base, workspace) };
}

/** Who logged on and who failed, and what Remote Desktop itself says. */
function windowsRule(base: Foundation, workspace: operationalinsights.Workspace): monitor.DataCollectionRule {
  const log = (name: string): string => `Microsoft-Windows-TerminalServices-${name}!*`;
  return new monitor.DataCollectionRule('windows', {
    ...common(base),
    kind: 'Windows',
    dataSources: {
      windowsEventLogs: [
        {
          name: 'remote-desktop',
          streams: ['Microsoft-Event'],
          xPathQueries: [
            'Security!*[System[(EventID=4624 or EventID=4625 or EventID=4740 or EventID=4778 or EventID=4779)]]',
            log('Gateway/Operational'),
            log('LocalSessionManager/Operational'),
            log('RemoteConnectionManager/Operational'),
          ],
        },
      ],
    },
    destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }] },
    dataFlows: [{ streams: ['Microsoft-Event'], destinations: ['workspace'] }],
  });
}

/** Sends the audit logs of a resource to the workspace. */
export function auditLogs(name: string, resourceUri: pulumi.Input<string>, { workspace }: Pick<Logs, 'workspace'>, ...categories: readonly string[]): void {
  const wanted = categories.length === 0 ? [{ categoryGroup: 'allLogs', enabled: true }] : categories.map((category) => ({ category, enabled: true }));
  new monitor.DiagnosticSetting(name, { name, resourceUri, workspaceId: workspace.id, logs: wanted });
}

/** Flow logs of the whole network; those of single groups can no longer be made (learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview). */
export function flowLogs(base: Foundation, virtualNetworkId: pulumi.Input<string>, { workspace }: Pick<Logs, 'workspace'>): storage.StorageAccount {
  const { settings } = base;
  const account = closedAccount(base, 'flows', []);
  new network.FlowLog('network', {
    // Azure makes the watcher of a region with its first virtual network, in a resource group of this name.
    resourceGroupName: 'NetworkWatcherRG',
    networkWatcherName: `NetworkWatcher_${settings.location}`,
    location: settings.location,
    targetResourceId: virtualNetworkId,
    storageId: account.id,
    enabled: true,
    format: { type: 'JSON', version: 2 },
    retentionPolicy: { enabled: true, days: settings.logDays },
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: workspace.id, trafficAnalyticsInterval: 60 },
    },
  });
  return account;
}
