import { choice, closed, flag, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

export const AZURE_LATERAL_RDP: FactKind = {
  kind: 'azure.lateralRdp',
  title: 'An interface of a Windows machine, and whether its neighbours reach RDP',
  schema: closed({
    networkInterface: text('Name of the interface.'),
    resourceGroup: RESOURCE_GROUP,
    machine: text('Name of the machine.'),
    subnets: text('Names of its subnets, joined with commas.'),
    lateral: flag(
      'More than 64 private IPv4 addresses reach TCP 3389, those of Bastions not counted. By the default rule AllowVnetInBound the whole network does (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview).',
    ),
    sources: { type: 'integer', minimum: 0, description: 'Private IPv4 addresses that certainly do.' },
  }),
};

export const AZURE_NETWORK_TAG_REACH: FactKind = {
  kind: 'azure.networkTagReach',
  title: 'A network security group of a network into which a default route leads',
  schema: closed({
    name: text('Name of the group.'),
    resourceGroup: RESOURCE_GROUP,
    attachedTo: texts('Subnets and interfaces of the input that use it.'),
    rdpByNetworkTag: flag(
      'TCP 3389 is open to the tag VirtualNetwork, and as such perhaps to every address (https://learn.microsoft.com/azure/virtual-network/service-tags-overview).',
    ),
  }),
};

export const AZURE_SECURITY_ADMIN_RULE: FactKind = {
  kind: 'azure.securityAdminRule',
  title: 'An inbound security admin rule of a network manager',
  schema: closed({
    label: text('Name of the rule.'),
    manager: text('Name of the network manager, lower case.'),
    resourceGroup: RESOURCE_GROUP,
    access: textOrNone('Allow, AlwaysAllow, Deny, or not-stated (https://learn.microsoft.com/azure/virtual-network-manager/concept-security-admins).'),
    sources: text('Its sources as written.'),
    opensRdp: flag('It delivers TCP 3389 from as much as the Internet without asking a network security group.'),
  }),
};

export const AZURE_ADMIN_BASELINE: FactKind = {
  kind: 'azure.adminBaseline',
  title: 'A virtual network with Windows machines that a network manager rules over, and whether its rules deny RDP',
  schema: closed({
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    machines: texts('Names of its Windows machines.'),
    managers: texts('Names of the network managers, lower case.'),
    by: choice(['deployed', 'declared'], 'What Azure says is deployed to the network, or what a document declares for network groups that name it.'),
    deniesRdp: flag(
      'Security admin rules drop TCP 3389 from the Internet before any network security group is asked (https://learn.microsoft.com/azure/virtual-network-manager/concept-security-admins).',
    ),
  }),
};

export const AZURE_NETWORK_SKU: FactKind = {
  kind: 'azure.networkSku',
  title: 'The SKU of a public address or load balancer',
  schema: closed({
    name: text('Name of the public address or load balancer.'),
    resourceGroup: RESOURCE_GROUP,
    part: choice(['public-address', 'load-balancer'], 'Which of the two it is.'),
    sku: text('Basic, the default, Standard, StandardV2 or Gateway (https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses).'),
  }),
};

export const AZURE_OUTBOUND_ACCESS: FactKind = {
  kind: 'azure.outboundAccess',
  title: 'A subnet with Windows machines, and how they reach the Internet',
  schema: closed({
    subnet: text('Name of the subnet.'),
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    machines: texts('Names of its Windows machines.'),
    defaultOutboundAccess: flag(
      'Machines without a way out of their own get an address of Azure; absent is on (https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access).',
    ),
    ownWayOut: flag('The subnet has a NAT gateway, or a default route to an appliance.'),
  }),
};
