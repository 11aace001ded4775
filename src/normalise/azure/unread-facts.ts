import type { CloudInventory } from '../../model/cloud-resource.ts';
import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import type { Target } from '../../model/target.ts';

const INGRESS = ['azure.ingressPath', 'azure.gatewayExposure', 'azure.exposedListener', 'azure.gatewayUdp'];

/**
 * Kinds of facts that resources of a type become, or that one which nobody saw would decide. A kind that has one fact for the
 * whole input, and says itself what it does not know, is not among them.
 */
export const UNREAD_KINDS: Readonly<Record<string, readonly string[]>> = {
  'microsoft.network/networksecuritygroups': ['azure.networkSecurityGroup'],
  'microsoft.network/networkinterfaces': ['azure.networkInterface', 'azure.lateralRdp', ...INGRESS],
  'microsoft.network/virtualnetworks': [
    'azure.subnet',
    'azure.outboundAccess',
    'azure.bastionSubnet',
    'azure.bastionReach',
    'azure.flowLogCoverage',
    'azure.networkTagReach',
    'azure.adminBaseline',
  ],
  'microsoft.network/publicipaddresses': ['azure.networkSku'],
  'microsoft.network/loadbalancers': ['azure.loadBalancerRule', 'azure.networkSku', ...INGRESS],
  'microsoft.network/azurefirewalls': ['azure.firewallDnat', 'azure.diagnosticCoverage', ...INGRESS],
  'microsoft.network/firewallpolicies/rulecollectiongroups': ['azure.firewallDnat'],
  'microsoft.network/privatelinkservices': ['azure.privateLinkService'],
  'microsoft.network/bastionhosts': ['azure.bastionHost', 'azure.diagnosticCoverage'],
  'microsoft.network/applicationgateways': ['azure.applicationGateway', 'azure.diagnosticCoverage'],
  'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules': ['azure.securityAdminRule'],
  'microsoft.compute/virtualmachines': ['azure.virtualMachine', 'azure.machineText'],
  'microsoft.compute/virtualmachines/extensions': ['azure.machineText'],
  'microsoft.compute/virtualmachinescalesets': ['azure.virtualMachine', 'azure.machineText', 'azure.networkInterface', 'azure.lateralRdp', ...INGRESS],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces': ['azure.networkInterface', 'azure.lateralRdp', ...INGRESS],
  'microsoft.compute/disks': ['azure.disk'],
  'microsoft.desktopvirtualization/hostpools': [
    'azure.hostPool',
    'azure.desktopAccess',
    'azure.privateEndpointConnection',
    'azure.sessionHost',
    'azure.diagnosticCoverage',
  ],
  'microsoft.desktopvirtualization/hostpools/sessionhosts': ['azure.sessionHost', 'azure.hostPoolRedirection'],
  'microsoft.desktopvirtualization/workspaces': ['azure.workspace', 'azure.desktopAccess', 'azure.privateEndpointConnection', 'azure.diagnosticCoverage'],
  'microsoft.desktopvirtualization/applicationgroups': ['azure.applicationGroup', 'azure.diagnosticCoverage'],
  'microsoft.keyvault/vaults': ['azure.keyVault', 'azure.diagnosticCoverage'],
  'microsoft.keyvault/vaults/certificates': ['azure.certificate', 'azure.certificateUse'],
  'microsoft.hybridcompute/machines': ['azure.arcMachine', 'azure.machineText'],
  'microsoft.hybridcompute/machines/extensions': ['azure.machineText'],
};

/** One fact that is unknown as a whole for each kind of which the input may hold more than it shows: silence is never a pass. */
export function unreadFacts(target: Target, inventory: CloudInventory): Fact[] {
  const kinds = new Set((inventory.unread ?? []).flatMap(({ type }) => (Object.hasOwn(UNREAD_KINDS, type) ? (UNREAD_KINDS[type] ?? []) : [])));
  return [...kinds].toSorted().map((kind) => ({
    kind,
    id: factId(target.id, kind, UNREAD),
    name: `what could not be read of ${target.name}`,
    target: target.id,
    data: { name: UNREAD },
    unknown: [''],
    origin: { at: 'setting' },
    observedAt: target.collectedAt ?? null,
  }));
}
