/**
 * How the API spells member names whose spelling cannot be told from other spellings: Azure compares them without case,
 * exports of Azure PowerShell write `PublicIpAddress` and `OSProfile`, and people write what they like.
 */
const SPELLINGS =
  'access addressPrefix addressPrefixes addressSpace applicationSecurityGroups backendAddressPool backendAddressPools backendIPConfiguration ' +
  'backendIPConfigurations backendPort customRdpProperty defaultOutboundAccess defaultSecurityRules destinationAddressPrefix ' +
  'destinationAddressPrefixes destinationAddresses destinationApplicationSecurityGroups destinationPortRange destinationPortRanges ' +
  'destinationPorts direction dnsSettings enableFloatingIP enableIPForwarding firewallPolicy frontendIPConfiguration frontendIPConfigurations ' +
  'frontendPort frontendPortRangeEnd frontendPortRangeStart hostPoolType id imageReference inboundNatPools inboundNatRules ipAddress ' +
  'ipAddresses ipConfigurations ipProtocols linuxConfiguration loadBalancerBackendAddresses loadBalancerBackendAddressPools ' +
  'loadBalancerInboundNatPools loadBalancerInboundNatRules loadBalancingRules location name natGateway natRuleCollections ' +
  'networkInterfaceConfigurations networkInterfaceIPConfiguration networkInterfaces networkProfile networkSecurityGroup nextHopType ' +
  'osDisk osProfile osType peeringState priority privateIPAddress privateIPAddressVersion privateIPAllocationMethod properties protocol ' +
  'protocols publicIPAddress publicIPAddressConfiguration publicIPAddressVersion publicIPAllocationMethod publicIPPrefix ' +
  'publicNetworkAccess publisher remoteVirtualNetwork routeTable routes ruleCollectionGroups ruleCollectionType ruleCollections rules ' +
  'ruleType securityRules sku sourceAddresses sourceAddressPrefix sourceAddressPrefixes sourceApplicationSecurityGroups sourceIpGroups ' +
  'sourcePortRange sourcePortRanges storageProfile subnet subnets tags translatedAddress translatedPort virtualMachine ' +
  'virtualMachineProfile virtualNetworkPeerings windowsConfiguration allowVirtualNetworkAccess securityAdminConfigurations';

const KNOWN: ReadonlyMap<string, string> = new Map(SPELLINGS.split(' ').map((name) => [name.toLowerCase(), name]));

/** Members whose own members are data, not names of Azure's: neither renamed nor flattened. */
export const DATA_MAPS: ReadonlySet<string> = new Set(['tags', 'settings', 'protectedSettings', 'userAssignedIdentities', 'metadata']);

/** Exports of Azure PowerShell hold lists under the name of the single member. */
export const PLURALS: ReadonlyMap<string, string> = new Map(
  ['sourceAddressPrefix', 'destinationAddressPrefix', 'addressPrefix'].map((name) => [name, `${name}es`] as const).concat(
    ['sourcePortRange', 'destinationPortRange'].map((name) => [name, `${name}s`] as const),
  ),
);

/** Canonical names, each worked out once for a document. `''` is a name to leave out. */
export type Names = Map<string, string>;

export function canonicalName(names: Names, name: string): string {
  let known = names.get(name);
  if (known === undefined) names.set(name, (known = spell(name)));
  return known;
}

/** A known name in Azure's spelling; any other with its leading capitals in lower case: `OSDiskSize` is `osDiskSize`. */
function spell(name: string): string {
  if (name === '__proto__') return '';
  const known = KNOWN.get(name.toLowerCase());
  if (known !== undefined) return known;
  let end = 0;
  while (end < name.length && isCapital(name.charCodeAt(end))) end++;
  if (end === 0) return name;
  // Of several capitals the last begins the next word, unless the name ends there or a digit follows.
  const next = name.charCodeAt(end);
  const inner = end > 1 && next >= 97 && next <= 122 ? end - 1 : end;
  return name.slice(0, inner).toLowerCase() + name.slice(inner);
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}
