/** How a resource of the provider `azure-native` is called in Azure. */
export interface NativeType {
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  /** Inputs that name the parents, outermost first, then the one that names the resource itself. */
  readonly names: readonly string[];
  /** The input that holds the id of what an extension resource extends. */
  readonly scope: string | null;
}

/** `azure-native:network:Subnet`, with a version in the module, and of a local package of one version. */
const TOKEN = /^azure-native(?:_[a-z0-9]+_v\d{8}\w*)?:([a-z0-9]+)(?:\/v\d{8}\w*)?:(\w+)$/i;

/** Modules by the namespace they are generated from; `monitor` is what later versions call `insights`. */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['network', 'Microsoft.Network'],
  ['compute', 'Microsoft.Compute'],
  ['desktopvirtualization', 'Microsoft.DesktopVirtualization'],
  ['keyvault', 'Microsoft.KeyVault'],
  ['insights', 'Microsoft.Insights'],
  ['monitor', 'Microsoft.Insights'],
  ['hybridcompute', 'Microsoft.HybridCompute'],
  ['hybridconnectivity', 'Microsoft.HybridConnectivity'],
  ['security', 'Microsoft.Security'],
  ['authorization', 'Microsoft.Authorization'],
]);

/** Inputs that hold what an extension resource extends, by its type. */
const SCOPES: ReadonlyMap<string, string> = new Map([
  ['diagnosticSettings', 'resourceUri'],
  ['dataCollectionRuleAssociations', 'resourceUri'],
  ['roleAssignments', 'scope'],
  ['pricings', 'scopeId'],
]);

/** What cannot be told from the token: types of children, parents, and inputs that are called otherwise than the resource. */
const TABLE: Readonly<Record<string, string>> = {
  'network:securityrule': 'networkSecurityGroups/securityRules networkSecurityGroupName securityRuleName',
  'network:subnet': 'virtualNetworks/subnets virtualNetworkName subnetName',
  'network:virtualnetworkpeering': 'virtualNetworks/virtualNetworkPeerings virtualNetworkName virtualNetworkPeeringName',
  'network:inboundnatrule': 'loadBalancers/inboundNatRules loadBalancerName inboundNatRuleName',
  'network:loadbalancerbackendaddresspool': 'loadBalancers/backendAddressPools loadBalancerName backendAddressPoolName',
  'network:firewallpolicyrulecollectiongroup': 'firewallPolicies/ruleCollectionGroups firewallPolicyName ruleCollectionGroupName',
  'network:firewallpolicyrulegroup': 'firewallPolicies/ruleGroups firewallPolicyName ruleGroupName',
  'network:route': 'routeTables/routes routeTableName routeName',
  'network:securityadminconfiguration': 'networkManagers/securityAdminConfigurations networkManagerName configurationName',
  'network:adminrulecollection': 'networkManagers/securityAdminConfigurations/ruleCollections networkManagerName configurationName ruleCollectionName',
  'network:adminrule': 'networkManagers/securityAdminConfigurations/ruleCollections/rules networkManagerName configurationName ruleCollectionName ruleName',
  'network:defaultadminrule':
    'networkManagers/securityAdminConfigurations/ruleCollections/rules networkManagerName configurationName ruleCollectionName ruleName',
  'network:flowlog': 'networkWatchers/flowLogs networkWatcherName flowLogName',
  'network:webapplicationfirewallpolicy': 'ApplicationGatewayWebApplicationFirewallPolicies policyName',
  'network:publicipaddress': 'publicIPAddresses publicIpAddressName',
  'network:publicipprefix': 'publicIPPrefixes publicIpPrefixName',
  'network:ipgroup': 'ipGroups ipGroupsName',
  'compute:virtualmachine': 'virtualMachines vmName',
  'compute:virtualmachinescaleset': 'virtualMachineScaleSets vmScaleSetName',
  'compute:virtualmachinescalesetvm': 'virtualMachineScaleSets/virtualMachines vmScaleSetName instanceId',
  'compute:virtualmachineextension': 'virtualMachines/extensions vmName vmExtensionName',
  'compute:virtualmachinescalesetextension': 'virtualMachineScaleSets/extensions vmScaleSetName vmssExtensionName',
  'compute:virtualmachineruncommandbyvirtualmachine': 'virtualMachines/runCommands vmName runCommandName',
  'compute:galleryimageversion': 'galleries/images/versions galleryName galleryImageName galleryImageVersionName',
  'desktopvirtualization:application': 'applicationGroups/applications applicationGroupName applicationName',
  'desktopvirtualization:msixpackage': 'hostPools/msixPackages hostPoolName msixPackageFullName',
  'desktopvirtualization:privateendpointconnectionbyhostpool': 'hostPools/privateEndpointConnections hostPoolName privateEndpointConnectionName',
  'desktopvirtualization:privateendpointconnectionbyworkspace': 'workspaces/privateEndpointConnections workspaceName privateEndpointConnectionName',
  'desktopvirtualization:scalingplanpooledschedule': 'scalingPlans/pooledSchedules scalingPlanName scalingPlanScheduleName',
  'keyvault:secret': 'vaults/secrets vaultName secretName',
  'keyvault:key': 'vaults/keys vaultName keyName',
  'insights:diagnosticsetting': 'diagnosticSettings name',
  'monitor:diagnosticsetting': 'diagnosticSettings name',
  'insights:datacollectionruleassociation': 'dataCollectionRuleAssociations associationName',
  'monitor:datacollectionruleassociation': 'dataCollectionRuleAssociations associationName',
  'authorization:roleassignment': 'roleAssignments roleAssignmentName',
  'security:jitnetworkaccesspolicy': 'locations/jitNetworkAccessPolicies ascLocation jitNetworkAccessPolicyName',
  'security:pricing': 'pricings pricingName',
  'hybridcompute:machineextension': 'machines/extensions machineName extensionName',
  'hybridcompute:licenseprofile': 'machines/licenseProfiles machineName licenseProfileName',
};

/**
 * Members of Azure's API that resources of `azure-native` have no input for (@pulumi/azure-native 3.28, `HostPool`). A test looks
 * up every input that a fix sets in the SDK.
 */
export const NO_INPUTS: ReadonlySet<string> = new Set(['managedPrivateUDP', 'directUDP', 'publicUDP', 'relayUDP']);

/** Undefined for resources of other providers, and of namespaces that are not looked at. */
export function nativeType(token: string): NativeType | undefined {
  const match = token.length > 300 ? null : TOKEN.exec(token);
  const module = match?.[1]?.toLowerCase();
  const name = match?.[2];
  const namespace = module === undefined ? undefined : NAMESPACES.get(module);
  if (module === undefined || name === undefined || namespace === undefined) return undefined;
  const key = `${module}:${name.toLowerCase()}`;
  const row = Object.hasOwn(TABLE, key) ? TABLE[key] : undefined;
  if (row === undefined) return { type: `${namespace}/${plural(lowerFirst(name))}`, names: [`${lowerFirst(name)}Name`], scope: null };
  const [types = '', ...names] = row.split(' ');
  return { type: `${namespace}/${types}`, names, scope: SCOPES.get(types) ?? null };
}

/** Inputs that say which resource it is rather than what it is like. */
export function steeringInputs(native: NativeType): ReadonlySet<string> {
  return new Set([...STEERING, ...native.names, ...(native.scope === null ? [] : [native.scope])]);
}

const STEERING: readonly string[] = ['id', 'name', 'resourceGroupName', 'azureApiVersion', 'etag', 'provisioningState'];

/** The classic provider, whose resources are shaped otherwise. */
export function isClassic(token: string): boolean {
  return token.startsWith('azure:');
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function plural(name: string): string {
  if (/[^aeiou]y$/i.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/i.test(name) ? `${name}es` : `${name}s`;
}
