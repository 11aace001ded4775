/**
 * What is read of a subscription, and with what right: one table for whoever reads, judges or documents it. Types are
 * lower-cased. Everything becomes a resource in the shape in which Azure Resource Manager gives it: `id`, `name`, `type`,
 * `properties`, and what stands beside these.
 *
 * Tables and types: https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
 * Roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */

/** A namespace, read from the Resource Graph table `resources`. */
interface Namespace {
  /** Its source's name. */
  readonly name: string;
  readonly types: readonly string[];
  /**
   * A list of Azure Resource Manager over the whole subscription. Resource Graph leaves out what an identity may not read
   * and says nothing; this list is denied then.
   */
  readonly probe: { readonly path: string; readonly apiVersion: string };
}

/** The role that opens everything which Azure Resource Manager gives for reading. */
export const READER = "the role 'Reader' on the subscription";

const types = (namespace: string, names: string): string[] => names.split(' ').map((name) => `${namespace}/${name}`);

export const NAMESPACES: readonly Namespace[] = [
  {
    name: 'Microsoft.Network',
    types: types(
      'microsoft.network',
      'networksecuritygroups networkinterfaces virtualnetworks publicipaddresses publicipprefixes applicationsecuritygroups loadbalancers natgateways ' +
        'routetables ipgroups azurefirewalls firewallpolicies bastionhosts applicationgateways applicationgatewaywebapplicationfirewallpolicies ' +
        'privateendpoints privatelinkservices virtualnetworkgateways networkmanagers networkwatchers networkwatchers/flowlogs',
    ),
    probe: { path: '/providers/Microsoft.Network/networkSecurityGroups', apiVersion: '2024-05-01' },
  },
  {
    name: 'Microsoft.Compute',
    types: types('microsoft.compute', 'virtualmachines virtualmachines/extensions virtualmachinescalesets disks'),
    probe: { path: '/providers/Microsoft.Compute/virtualMachines', apiVersion: '2024-07-01' },
  },
  {
    name: 'Microsoft.DesktopVirtualization',
    types: types('microsoft.desktopvirtualization', 'hostpools workspaces applicationgroups scalingplans'),
    probe: { path: '/providers/Microsoft.DesktopVirtualization/hostPools', apiVersion: '2024-04-03' },
  },
  {
    name: 'Microsoft.KeyVault',
    types: types('microsoft.keyvault', 'vaults'),
    probe: { path: '/providers/Microsoft.KeyVault/vaults', apiVersion: '2023-07-01' },
  },
  {
    name: 'Microsoft.HybridCompute',
    types: types('microsoft.hybridcompute', 'machines machines/extensions'),
    probe: { path: '/providers/Microsoft.HybridCompute/machines', apiVersion: '2024-07-10' },
  },
  {
    name: 'Microsoft.Insights',
    types: types('microsoft.insights', 'activitylogalerts'),
    probe: { path: '/providers/Microsoft.Insights/activityLogAlerts', apiVersion: '2020-10-01' },
  },
];

/** Another table of Resource Graph. Whether it shows everything is known by its namespace. */
interface GraphTable {
  readonly name: string;
  readonly table: string;
  readonly namespace: string;
  readonly types: readonly string[];
}

export const GRAPH_TABLES: readonly GraphTable[] = [
  {
    name: 'patchAssessments',
    table: 'patchassessmentresources',
    namespace: 'Microsoft.Compute',
    types: ['microsoft.compute/virtualmachines/patchassessmentresults', 'microsoft.hybridcompute/machines/patchassessmentresults'],
  },
  {
    name: 'dataCollectionRuleAssociations',
    table: 'insightsresources',
    namespace: 'Microsoft.Insights',
    types: ['microsoft.insights/datacollectionruleassociations'],
  },
];

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
  /** Nothing that is judged needs it: where it is denied, that is a warning. */
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

export interface SourceEntry {
  /** What it yields. */
  readonly types: readonly string[];
  /** Types of the resources that it is read of, one by one; none: of the whole subscription. */
  readonly of: readonly string[];
  readonly opens: string;
  readonly optional: boolean;
}

const entry = (yields: readonly string[], opens: string, of: readonly string[] = [], optional = false): SourceEntry => ({ types: yields, of, opens, optional });

const ofReads = (optional: boolean): [string, SourceEntry][] =>
  RESOURCE_READS.filter((source) => (source.optional === true) === optional).map((source) => [
    source.name,
    entry(
      source.levels.map(({ type }) => type.toLowerCase()),
      source.opens,
      source.of,
      optional,
    ),
  ]);

/** Every source by its name in a snapshot. */
export const SOURCES: ReadonlyMap<string, SourceEntry> = new Map([
  ...NAMESPACES.map((source): [string, SourceEntry] => [source.name, entry(source.types, READER)]),
  ...GRAPH_TABLES.map((source): [string, SourceEntry] => [source.name, entry(source.types, READER, [], true)]),
  ...SUBSCRIPTION_LISTS.map((source): [string, SourceEntry] => [source.name, entry(source.types, source.opens)]),
  ...ofReads(false),
  [VAULT_CERTIFICATES.name, entry([VAULT_CERTIFICATES.type.toLowerCase()], VAULT_CERTIFICATES.opens, [VAULT_CERTIFICATES.of])],
  [POLICY_ASSIGNMENTS.name, entry([POLICY_ASSIGNMENTS.assignments.type.toLowerCase()], POLICY_ASSIGNMENTS.opens, [], true)],
  [SERVICE_TAGS.name, entry([SERVICE_TAGS.type.toLowerCase()], SERVICE_TAGS.opens, [], true)],
  ...ofReads(true),
]);

/** Members of a row that are kept. `properties` comes whole: taking lists apart there drops elements beyond the 128th. */
const PROJECTED = 'id, name, type, location, kind, sku, identity, managedBy, tags, zones, properties';

export function resourcesQuery(): string {
  const wanted = NAMESPACES.flatMap(({ types: of }) => of);
  return `resources | where type in~ (${wanted.map((type) => `'${type}'`).join(', ')}) | project ${PROJECTED} | order by id asc`;
}

export function tableQuery({ table, types: wanted }: GraphTable): string {
  return `${table} | where type in~ (${wanted.map((type) => `'${type}'`).join(', ')}) | project id, name, type, location, tags, properties | order by id asc`;
}

/** The subscriptions below a management group, with their names. */
export const SUBSCRIPTIONS_QUERY =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name, type, subscriptionId, properties | order by id asc";
