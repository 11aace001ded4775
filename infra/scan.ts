import * as app from '@pulumi/azure-native/app';
import * as authorization from '@pulumi/azure-native/authorization';
import * as keyvault from '@pulumi/azure-native/keyvault';
import * as managedidentity from '@pulumi/azure-native/managedidentity';
import * as monitor from '@pulumi/azure-native/monitor';
import * as storage from '@pulumi/azure-native/storage';
import * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import { auditLogs, type Logs } from './logs';
import type { VirtualNetwork } from './network';
import type { ScanSettings } from './settings';
import { closedAccount } from './storage';

/** Ids of built-in roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const ROLES = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  pull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
} as const;

/** The secret that holds the private key with which the scan logs on to hosts; whoever runs the estate puts it there. */
const KEY_SECRET = 'scan-ssh-key';

export interface Scan {
  readonly job: app.Job;
  readonly share: pulumi.Output<string>;
  readonly vault: keyvault.Vault;
}

/** The scan of this estate as a job: it reads the subscription, judges, keeps reports, and says what is new. */
export function scheduledScan(base: Foundation, scan: ScanSettings, where: VirtualNetwork, logs: Logs): Scan {
  const { subscriptionId } = base;
  const identity = new managedidentity.UserAssignedIdentity('scan', common(base));
  const vault = closedVault(base, where, logs);
  assign(base, 'scan-reader', pulumi.interpolate`/subscriptions/${subscriptionId}`, ROLES.reader, identity);
  const canRead = assign(base, 'scan-secrets', vault.id, ROLES.secretsUser, identity);
  const canPull = scan.registryId === null ? [] : [assign(base, 'scan-pull', scan.registryId, ROLES.pull, identity)];

  const account = closedAccount(base, 'scan', [where.jobs, where.hosts, ...(where.gateways === null ? [] : [where.gateways])]);
  const share = new storage.FileShare('scan', {
    resourceGroupName: base.group.name,
    accountName: account.name,
    shareName: 'rdposture',
    shareQuota: 100,
    enabledProtocols: 'SMB',
  });
  const environment = jobEnvironment(base, where, logs);
  const mount = new app.ManagedEnvironmentsStorage('scan', {
    resourceGroupName: base.group.name,
    environmentName: environment.name,
    storageName: 'data',
    properties: { azureFile: { accountName: account.name, accountKey: accountKey(base, account), shareName: share.name, accessMode: 'ReadWrite' } },
  });
  const job = new app.Job(
    'scan',
    {
      ...common(base),
      environmentId: environment.id,
      workloadProfileName: 'Consumption',
      identity: { type: 'UserAssigned', userAssignedIdentities: [identity.id] },
      configuration: {
        triggerType: 'Schedule',
        replicaTimeout: 3600,
        replicaRetryLimit: 0,
        scheduleTriggerConfig: { cronExpression: scan.schedule, parallelism: 1, replicaCompletionCount: 1 },
        ...registry(scan, identity),
        ...(scan.hosts === 'ssh' ? { secrets: [{ name: KEY_SECRET, keyVaultUrl: keyUrl(vault), identity: identity.id }] } : {}),
      },
      template: {
        containers: [
          {
            name: 'scan',
            image: scan.image,
            resources: { cpu: 1, memory: '2Gi' },
            env: [
              // Which of the identities is meant.
              { name: 'AZURE_CLIENT_ID', value: identity.clientId },
              { name: 'SCAN_SUBSCRIPTION', value: subscriptionId },
            ],
            volumeMounts: [{ volumeName: 'data', mountPath: '/data' }, ...(scan.hosts === 'ssh' ? [{ volumeName: 'key', mountPath: '/key' }] : [])],
          },
        ],
        volumes: [
          { name: 'data', storageType: 'AzureFile', storageName: 'data' },
          ...(scan.hosts === 'ssh' ? [{ name: 'key', storageType: 'Secret', secrets: [{ secretRef: KEY_SECRET, path: 'id' }] }] : []),
        ],
      },
    },
    { dependsOn: [mount, canRead, ...canPull] },
  );
  alerts(base, job, logs);
  return { job, share: pulumi.interpolate`\\\\${account.name}.file.core.windows.net\\${share.name}`, vault };
}

function assign(
  { subscriptionId }: Foundation,
  name: string,
  scope: pulumi.Input<string>,
  role: string,
  { principalId }: managedidentity.UserAssignedIdentity,
): authorization.RoleAssignment {
  return new authorization.RoleAssignment(name, {
    scope,
    principalId,
    principalType: 'ServicePrincipal',
    roleDefinitionId: pulumi.interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  });
}

function closedVault(base: Foundation, { jobs }: VirtualNetwork, logs: Logs): keyvault.Vault {
  const vault = new keyvault.Vault('scan', {
    ...common(base),
    properties: {
      tenantId: base.tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      enablePurgeProtection: true,
      softDeleteRetentionInDays: 90,
      publicNetworkAccess: 'Enabled',
      networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', virtualNetworkRules: [{ id: jobs }] },
    },
  });
  auditLogs('vault', vault.id, logs, 'AuditEvent');
  return vault;
}

/** In the virtual network, without a public address. Its logs go to the workspace as a diagnostic setting, which needs no key. */
function jobEnvironment(base: Foundation, { jobs }: VirtualNetwork, logs: Logs): app.ManagedEnvironment {
  const environment = new app.ManagedEnvironment('jobs', {
    ...common(base),
    appLogsConfiguration: { destination: 'azure-monitor' },
    publicNetworkAccess: 'Disabled',
    vnetConfiguration: { infrastructureSubnetId: jobs, internal: true },
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
    zoneRedundant: false,
  });
  auditLogs('jobs', environment.id, logs, 'ContainerAppConsoleLogs', 'ContainerAppSystemLogs');
  return environment;
}

/** Azure Files is mounted with the account's key: Container Apps know no other way over SMB. */
function accountKey({ group }: Foundation, account: storage.StorageAccount): pulumi.Output<string> {
  const keys = storage.listStorageAccountKeysOutput({ resourceGroupName: group.name, accountName: account.name });
  return pulumi.secret(keys.apply(({ keys }) => keys[0]?.value ?? ''));
}

function keyUrl(vault: keyvault.Vault): pulumi.Output<string> {
  return vault.properties.apply(({ vaultUri }) => `${(vaultUri ?? '').replace(/\/$/, '')}/secrets/${KEY_SECRET}`);
}

function registry({ image, registryId }: ScanSettings, identity: managedidentity.UserAssignedIdentity) {
  return registryId === null ? {} : { registries: [{ server: image.slice(0, image.indexOf('/')), identity: identity.id }] };
}

/** What the job prints (infra/scan/run.mjs), and what people are told of it. */
const ALERTS = [
  { name: 'new-findings', severity: 1, outcome: 'new-findings', description: 'The scan found something of high severity that was not there before' },
  { name: 'scan-incomplete', severity: 2, outcome: 'incomplete', description: 'The scan could not read everything: what it did not see is unknown' },
  { name: 'scan-failed', severity: 2, outcome: 'failed', description: 'The scan could not run' },
] as const;

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerappconsolelogs */
function alerts(base: Foundation, job: app.Job, { workspace, people }: Logs): void {
  const rule = (name: string, severity: number, description: string, query: pulumi.Input<string>, operator: string, windowSize: string): void => {
    new monitor.ScheduledQueryRule(name, {
      ...common(base),
      description,
      severity,
      enabled: true,
      scopes: [workspace.id],
      evaluationFrequency: 'PT1H',
      windowSize,
      criteria: {
        allOf: [
          {
            query,
            timeAggregation: 'Count',
            operator,
            threshold: operator === 'LessThan' ? 1 : 0,
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
          },
        ],
      },
      autoMitigate: false,
      // The table is there once the first job has run.
      skipQueryValidation: true,
      actions: { actionGroups: [people.id] },
    });
  };
  const lines = pulumi.interpolate`ContainerAppConsoleLogs | where JobName == '${job.name}' and Log startswith 'rdposture-scan: '`;
  for (const { name, severity, outcome, description } of ALERTS)
    rule(name, severity, description, pulumi.interpolate`${lines} and Log startswith 'rdposture-scan: ${outcome}'`, 'GreaterThan', 'PT1H');
  rule('scan-silent', 2, 'The scan has said nothing for two days', lines, 'LessThan', 'P2D');
}
