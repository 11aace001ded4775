import { type JsonObject, member } from '../../model/json.ts';
import { typeOf } from './snapshot.ts';
import { types } from './source-words.ts';

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
  /** Members beside `id`, `name` and `type`. */
  readonly columns?: string;
  /** Resources without which there is nothing in it. */
  readonly heldBy?: (resource: JsonObject) => boolean;
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
  // Instances of flexible scale sets are ordinary machines, in the table `resources`
  // (https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources#computeresources).
  {
    name: 'scaleSetInstances',
    table: 'computeresources',
    namespace: 'Microsoft.Compute',
    types: types('microsoft.compute/virtualmachinescalesets/virtualmachines', 'networkinterfaces networkinterfaces/ipconfigurations/publicipaddresses'),
    columns: 'location, sku, properties',
    heldBy: isUniformSet,
  },
  // Beside each virtual network; written by Azure Policy where a group has a condition.
  {
    name: 'networkGroupMemberships',
    table: 'networkresources',
    namespace: 'Microsoft.Network',
    types: ['microsoft.network/networkgroupmemberships'],
    columns: 'properties',
  },
];

function isUniformSet(resource: JsonObject): boolean {
  const mode = member(member(resource, 'properties'), 'orchestrationMode');
  return typeOf(resource) === 'microsoft.compute/virtualmachinescalesets' && !(typeof mode === 'string' && mode.toLowerCase() === 'flexible');
}

/** Members of a row that are kept. `properties` comes whole: taking lists apart there drops elements beyond the 128th. */
const PROJECTED = 'id, name, type, location, kind, sku, identity, managedBy, tags, zones, properties';

export function resourcesQuery(): string {
  const wanted = NAMESPACES.flatMap(({ types: of }) => of);
  return `resources | where type in~ (${wanted.map((type) => `'${type}'`).join(', ')}) | project ${PROJECTED} | order by id asc`;
}

export function tableQuery({ table, types: wanted, columns = 'location, tags, properties' }: GraphTable): string {
  return `${table} | where type in~ (${wanted.map((type) => `'${type}'`).join(', ')}) | project id, name, type, ${columns} | order by id asc`;
}

/** The subscriptions below a management group, with their names. */
export const SUBSCRIPTIONS_QUERY =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name, type, subscriptionId, properties | order by id asc";
