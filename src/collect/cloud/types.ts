/** Providers whose resources are kept; what a policy can judge is under one of them. */
const PROVIDERS: ReadonlySet<string> = new Set(['microsoft.network', 'microsoft.compute', 'microsoft.desktopvirtualization', 'microsoft.keyvault', 'microsoft.insights', 'microsoft.hybridcompute']);

export function isKept(type: string): boolean {
  return PROVIDERS.has(type.slice(0, type.indexOf('/')));
}

/** Child types that a parent also states inline, and the list of the parent that holds them. */
const COLLECTIONS: ReadonlyMap<string, string> = new Map([
  ['microsoft.network/networksecuritygroups/securityrules', 'securityRules'],
  ['microsoft.network/virtualnetworks/subnets', 'subnets'],
  ['microsoft.network/virtualnetworks/virtualnetworkpeerings', 'virtualNetworkPeerings'],
  ['microsoft.network/loadbalancers/inboundnatrules', 'inboundNatRules'],
  ['microsoft.network/loadbalancers/backendaddresspools', 'backendAddressPools'],
  ['microsoft.network/firewallpolicies/rulecollectiongroups', 'ruleCollectionGroups'],
  ['microsoft.network/routetables/routes', 'routes'],
]);

export function collectionOf(type: string): string | undefined {
  return COLLECTIONS.get(type);
}

/**
 * Rules of a group that is there for context only are merged into it all the same: only together do they say who gets in.
 * Other children are judged by themselves, which a context resource is not.
 */
export function joinsContext(type: string): boolean {
  return type === 'microsoft.network/networksecuritygroups/securityrules';
}

/** `/Microsoft.Network/virtualNetworks` to `microsoft.network/virtualnetworks`; undefined when it is no type of a resource. */
export function canonicalType(text: string): string | undefined {
  const type = text.trim().toLowerCase();
  const plain = type.startsWith('/') ? type.slice(1) : type;
  return plain.length < 300 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[a-z0-9._-]+)+$/.test(plain) ? plain : undefined;
}
