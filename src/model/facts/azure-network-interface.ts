import { choice, closed, flag, list, RESOURCE_GROUP, text, textOrNone } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const SERVICE_SUBNET = flag(
  'The subnet belongs to a service of Azure: GatewaySubnet, AzureFirewallSubnet, AzureFirewallManagementSubnet, RouteServerSubnet or AzureBastionSubnet.',
);
const GROUP = text('Name of its network security group, none, or not-in-input when it has one that the input does not show.');

export const AZURE_NETWORK_INTERFACE: FactKind = {
  kind: 'azure.networkInterface',
  title: 'A network interface, or the model of one in a scale set',
  schema: closed({
    name: text('Name of the interface; for a scale set, its name and the configuration’s.'),
    resourceGroup: RESOURCE_GROUP,
    machine: textOrNone('Name of the virtual machine or scale set; null when the input attaches none.'),
    attached: flag('A virtual machine or scale set of the input uses it.'),
    operatingSystem: choice(['windows', 'linux', 'not-stated'], 'Operating system of the machine, from its disk, profile or image.'),
    gateway: flag('The machine has the tag role with the value rd-gateway or rd-web.'),
    hasPublicAddress: flag('Whether one of its ipConfigurations has a public address.'),
    publicAddresses: list(
      closed({
        label: text('Name of the public address.'),
        ipConfiguration: text('Name of the ipConfiguration that has it.'),
      }),
      'Its public addresses.',
    ),
    subnets: text('Names of its subnets, joined with commas; unknown for those that the input does not show.'),
    serviceSubnet: SERVICE_SUBNET,
    networkSecurityGroup: GROUP,
    filtered: flag(
      'Whether a group at the interface or at the subnet filters each of its addresses (https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works).',
    ),
  }),
};

export const AZURE_SUBNET: FactKind = {
  kind: 'azure.subnet',
  title: 'A subnet of a virtual network',
  schema: closed({
    name: text('Name of the subnet.'),
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    serviceSubnet: SERVICE_SUBNET,
    networkSecurityGroup: GROUP,
    defaultOutboundAccess: flag(
      'Whether machines reach the Internet without an explicit way out (https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access).',
    ),
  }),
};
