/** Namespaces whose resources are looked at; others are counted only. */
const NAMESPACES: ReadonlySet<string> = new Set([
  'microsoft.network',
  'microsoft.compute',
  'microsoft.desktopvirtualization',
  'microsoft.keyvault',
  'microsoft.insights',
  'microsoft.hybridcompute',
  'microsoft.hybridconnectivity',
  'microsoft.guestconfiguration',
  'microsoft.maintenance',
  'microsoft.security',
  'microsoft.authorization',
]);

export function isLookedAt(type: string): boolean {
  const at = type.indexOf('/');
  return at > 0 && NAMESPACES.has(type.slice(0, at).toLowerCase());
}

/** Child types that Azure also takes as a list inside of their parent, and that list: there they are one. */
const MERGED: ReadonlyMap<string, string> = new Map([
  ['microsoft.network/networksecuritygroups/securityrules', 'securityRules'],
  ['microsoft.network/networksecuritygroups/defaultsecurityrules', 'defaultSecurityRules'],
  ['microsoft.network/virtualnetworks/subnets', 'subnets'],
  ['microsoft.network/virtualnetworks/virtualnetworkpeerings', 'virtualNetworkPeerings'],
  ['microsoft.network/loadbalancers/inboundnatrules', 'inboundNatRules'],
  ['microsoft.network/loadbalancers/backendaddresspools', 'backendAddressPools'],
  ['microsoft.network/loadbalancers/frontendipconfigurations', 'frontendIPConfigurations'],
  ['microsoft.network/loadbalancers/loadbalancingrules', 'loadBalancingRules'],
  ['microsoft.network/firewallpolicies/rulecollectiongroups', 'ruleCollectionGroups'],
  ['microsoft.network/routetables/routes', 'routes'],
]);

/** The list of its parent that a resource of a type (lower-cased) belongs into. */
export function mergedInto(type: string): string | undefined {
  return MERGED.get(type);
}

/** Members that are judged, by type: what cannot be known when the whole property bag of a resource is one expression. */
const JUDGED: Readonly<Record<string, string>> = {
  'microsoft.network/networksecuritygroups': 'securityRules',
  'microsoft.network/networksecuritygroups/securityrules':
    'access direction protocol priority sourceAddressPrefix destinationAddressPrefix sourcePortRange destinationPortRange',
  'microsoft.network/virtualnetworks': 'addressSpace subnets virtualNetworkPeerings',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings':
    'remoteVirtualNetwork peeringState allowVirtualNetworkAccess useRemoteGateways allowGatewayTransit',
  'microsoft.network/virtualnetworks/subnets': 'addressPrefix networkSecurityGroup routeTable defaultOutboundAccess',
  'microsoft.network/networkinterfaces': 'ipConfigurations networkSecurityGroup virtualMachine',
  'microsoft.network/publicipaddresses': 'ipAddress ipConfiguration publicIPAllocationMethod publicIPAddressVersion',
  'microsoft.network/loadbalancers': 'frontendIPConfigurations backendAddressPools loadBalancingRules inboundNatRules inboundNatPools',
  'microsoft.network/loadbalancers/inboundnatrules': 'frontendIPConfiguration protocol frontendPort backendPort backendAddressPool enableFloatingIP',
  'microsoft.network/azurefirewalls': 'natRuleCollections networkRuleCollections ipConfigurations firewallPolicy threatIntelMode sku',
  'microsoft.network/firewallpolicies': 'threatIntelMode basePolicy sku',
  'microsoft.network/firewallpolicies/rulecollectiongroups': 'ruleCollections priority',
  'microsoft.network/privatelinkservices': 'loadBalancerFrontendIpConfigurations ipConfigurations visibility autoApproval destinationIPAddress',
  'microsoft.network/routetables': 'routes disableBgpRoutePropagation',
  'microsoft.network/virtualnetworkgateways': 'ipConfigurations gatewayType enableBgp sku',
  'microsoft.network/bastionhosts': 'ipConfigurations virtualNetwork sku enableShareableLink disableCopyPaste enableFileCopy enableTunneling enableIpConnect',
  'microsoft.network/applicationgateways':
    'frontendIPConfigurations httpListeners requestRoutingRules urlPathMaps redirectConfigurations backendHttpSettingsCollection sslPolicy sslProfiles ' +
    'firewallPolicy webApplicationFirewallConfiguration sslCertificates sku',
  'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules':
    'access direction protocol priority sources destinations destinationPortRanges sourcePortRanges',
  'microsoft.network/applicationgatewaywebapplicationfirewallpolicies': 'policySettings',
  'microsoft.network/networkwatchers/flowlogs': 'targetResourceId enabled retentionPolicy',
  'microsoft.compute/virtualmachines': 'networkProfile storageProfile osProfile securityProfile userData',
  'microsoft.compute/virtualmachines/extensions': 'publisher type settings',
  'microsoft.compute/virtualmachines/runcommands': 'source parameters',
  'microsoft.compute/virtualmachinescalesets': 'virtualMachineProfile orchestrationMode',
  'microsoft.compute/disks': 'publicNetworkAccess networkAccessPolicy encryption osType',
  'microsoft.desktopvirtualization/hostpools':
    'hostPoolType customRdpProperty publicNetworkAccess agentUpdate registrationInfo validationEnvironment maxSessionLimit loadBalancerType vmTemplate ' +
    'ssoadfsAuthority ssoClientId ssoClientSecretKeyVaultPath ssoSecretType managedPrivateUDP directUDP publicUDP relayUDP',
  'microsoft.desktopvirtualization/hostpools/privateendpointconnections': 'privateEndpoint privateLinkServiceConnectionState',
  'microsoft.desktopvirtualization/hostpools/sessionhosts': 'status lastHeartBeat updateState sessionHostHealthCheckResults resourceId',
  'microsoft.desktopvirtualization/workspaces/privateendpointconnections': 'privateEndpoint privateLinkServiceConnectionState',
  'microsoft.desktopvirtualization/workspaces': 'publicNetworkAccess',
  'microsoft.desktopvirtualization/applicationgroups': 'applicationGroupType hostPoolArmPath',
  'microsoft.keyvault/vaults': 'enableRbacAuthorization enableSoftDelete enablePurgeProtection softDeleteRetentionInDays publicNetworkAccess networkAcls',
  'microsoft.keyvault/vaults/certificates': 'attributes policy cer',
  'microsoft.keyvault/vaults/secrets': 'attributes contentType',
  'microsoft.insights/diagnosticsettings': 'logs metrics workspaceId storageAccountId eventHubAuthorizationRuleId marketplacePartnerId',
  'microsoft.insights/datacollectionruleassociations': 'dataCollectionRuleId',
  'microsoft.insights/activitylogalerts': 'enabled scopes condition actions',
  'microsoft.security/locations/jitnetworkaccesspolicies': 'virtualMachines',
  'microsoft.security/pricings': 'pricingTier subPlan enforce',
  'microsoft.authorization/roleassignments': 'roleDefinitionId principalId principalType',
  'microsoft.hybridcompute/machines': 'status lastStatusChange agentVersion agentUpgrade agentConfiguration osSku osType licenseProfile',
  'microsoft.hybridcompute/machines/extensions': 'publisher type settings',
  'microsoft.guestconfiguration/guestconfigurationassignments': 'complianceStatus guestConfiguration',
};

export function judgedMembers(type: string): readonly string[] {
  return Object.hasOwn(JUDGED, type) ? (JUDGED[type] ?? '').split(' ') : [];
}
