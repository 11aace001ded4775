import * as storage from '@pulumi/azure-native/storage';
import type * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';

/** An account that the subnets named reach, and services of Azure that are trusted; nobody else does. */
export function closedAccount(base: Foundation, name: string, subnets: readonly pulumi.Input<string>[]): storage.StorageAccount {
  return new storage.StorageAccount(name, {
    ...common(base),
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: 'TLS1_2',
    networkRuleSet: {
      defaultAction: 'Deny',
      bypass: 'AzureServices',
      virtualNetworkRules: subnets.map((virtualNetworkResourceId) => ({ virtualNetworkResourceId, action: 'Allow' as const })),
    },
  });
}
