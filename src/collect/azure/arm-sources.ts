import { READER, types } from './source-words.ts';

/** A list of Azure Resource Manager over the whole subscription. */
interface SubscriptionList {
  readonly name: string;
  readonly path: string;
  readonly apiVersion: string;
  readonly types: readonly string[];
  readonly opens: string;
}

export const SUBSCRIPTION_LISTS: readonly SubscriptionList[] = [
  {
    name: 'policyExemptions',
    path: '/providers/Microsoft.Authorization/policyExemptions',
    apiVersion: '2022-07-01-preview',
    types: ['microsoft.authorization/policyexemptions'],
    opens: READER,
  },
  {
    name: 'roleAssignments',
    path: '/providers/Microsoft.Authorization/roleAssignments',
    apiVersion: '2022-04-01',
    types: ['microsoft.authorization/roleassignments'],
    opens: READER,
  },
  {
    name: 'defenderPlans',
    path: '/providers/Microsoft.Security/pricings',
    apiVersion: '2024-01-01',
    types: ['microsoft.security/pricings'],
    opens: READER,
  },
  {
    name: 'justInTimeAccess',
    path: '/providers/Microsoft.Security/jitNetworkAccessPolicies',
    apiVersion: '2020-01-01',
    types: ['microsoft.security/locations/jitnetworkaccesspolicies'],
    opens: READER,
  },
  {
    name: 'guestConfiguration',
    path: '/providers/Microsoft.GuestConfiguration/guestConfigurationAssignments',
    apiVersion: '2022-01-25',
    types: ['microsoft.guestconfiguration/guestconfigurationassignments'],
    opens: READER,
  },
  {
    name: 'maintenance',
    path: '/providers/Microsoft.Maintenance/configurationAssignments',
    apiVersion: '2023-04-01',
    types: ['microsoft.maintenance/configurationassignments'],
    opens: READER,
  },
];

/** Read of each resource of some types, below or beside its id. */
interface ResourceRead {
  readonly name: string;
  readonly of: readonly string[];
  /** Levels of lists, one below the other: `/ruleCollections` of each element that the level above it gave. */
  readonly levels: readonly { readonly path: string; readonly type: string }[];
  readonly apiVersion: string;
  readonly opens: string;
  /** `action`: asked by POST, one answer; it becomes one resource, whose `properties` the answer is. */
  readonly by: 'list' | 'action';
  /** What is found is found without it: where it is denied, that is a warning, and what it would show is unknown. */
  readonly optional?: boolean;
  /** No more of them are asked in one subscription. */
  readonly most?: number;
}

export const RESOURCE_READS: readonly ResourceRead[] = [
  {
    name: 'firewallRuleCollectionGroups',
    of: ['microsoft.network/firewallpolicies'],
    levels: [{ path: '/ruleCollectionGroups', type: 'Microsoft.Network/firewallPolicies/ruleCollectionGroups' }],
    apiVersion: '2024-05-01',
    opens: READER,
    by: 'list',
  },
  {
    name: 'securityAdminRules',
    of: ['microsoft.network/networkmanagers'],
    levels: [
      { path: '/securityAdminConfigurations', type: 'Microsoft.Network/networkManagers/securityAdminConfigurations' },
      { path: '/ruleCollections', type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections' },
      { path: '/rules', type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules' },
    ],
    apiVersion: '2024-05-01',
    opens: READER,
    by: 'list',
  },
  {
    name: 'sessionHosts',
    of: ['microsoft.desktopvirtualization/hostpools'],
    levels: [{ path: '/sessionHosts', type: 'Microsoft.DesktopVirtualization/hostPools/sessionHosts' }],
    apiVersion: '2024-04-03',
    opens: "the role 'Desktop Virtualization Reader' (or 'Reader') on the host pool",
    by: 'list',
  },
  {
    name: 'diagnosticSettings',
    of: [
      ...types('microsoft.desktopvirtualization', 'hostpools workspaces applicationgroups'),
      ...types('microsoft.network', 'bastionhosts applicationgateways azurefirewalls'),
      'microsoft.keyvault/vaults',
    ],
    levels: [{ path: '/providers/Microsoft.Insights/diagnosticSettings', type: 'Microsoft.Insights/diagnosticSettings' }],
    apiVersion: '2021-05-01-preview',
    opens: "the role 'Monitoring Reader' (or 'Reader') on the resource",
    by: 'list',
  },
  {
    name: 'effectiveSecurityGroups',
    of: ['microsoft.network/networkinterfaces'],
    levels: [{ path: '/effectiveNetworkSecurityGroups', type: 'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups' }],
    apiVersion: '2024-05-01',
    opens: "a role with the action 'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action', such as 'Network Contributor'",
    by: 'action',
    optional: true,
    most: 500,
  },
  {
    name: 'effectiveSecurityAdminRules',
    of: ['microsoft.network/virtualnetworks'],
    levels: [{ path: '/listNetworkManagerEffectiveSecurityAdminRules', type: 'Microsoft.Network/virtualNetworks/effectiveSecurityAdminRules' }],
    apiVersion: '2024-05-01',
    opens: "a role with the action 'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action', such as 'Network Contributor'",
    by: 'action',
    optional: true,
    most: 500,
  },
];

/** What exemptions of Azure Policy are of: assignments, and the definitions of initiatives; names and ids only. */
export const POLICY_ASSIGNMENTS = {
  name: 'policyAssignments',
  assignments: { type: 'Microsoft.Authorization/policyAssignments', apiVersion: '2022-06-01' },
  initiatives: { type: 'Microsoft.Authorization/policySetDefinitions', apiVersion: '2021-06-01' },
  opens: "the role 'Reader' where the policy is assigned and defined, often a management group",
} as const;

/** The data plane of each vault: names, dates, policies and the public part of certificates; never a key or a secret. */
export const VAULT_CERTIFICATES = {
  name: 'keyVaultCertificates',
  of: 'microsoft.keyvault/vaults',
  type: 'Microsoft.KeyVault/vaults/certificates',
  apiVersion: '7.4',
  opens: "the role 'Key Vault Reader' on the vault (or, where it has access policies, the certificate permissions get and list)",
  opensFirewall: "an entry for this machine's address in the vault's firewall, or a machine in a network that it lets in",
} as const;

/** Addresses of the service tags that rules name; without them a tag stands for itself. */
export const SERVICE_TAGS = {
  name: 'serviceTags',
  type: 'Microsoft.Network/serviceTags',
  apiVersion: '2024-05-01',
  opens: READER,
} as const;
