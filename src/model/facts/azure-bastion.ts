import { closed, flag, RESOURCE_GROUP, text, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

export const AZURE_BASTION_HOST: FactKind = {
  kind: 'azure.bastionHost',
  title: 'A Bastion, and what it lets its users do (https://learn.microsoft.com/azure/bastion/configuration-settings)',
  schema: closed({
    name: text('Name of the Bastion.'),
    resourceGroup: RESOURCE_GROUP,
    sku: text('Developer, Basic, Standard, Premium, or not-stated.'),
    shareableLink: flag('Whoever has a link reaches the logon of a machine; absent is off.'),
    copyPaste: flag('Text is copied between the browser and the machine; absent is on.'),
    fileCopy: flag('Files are copied with the native client; absent is off.'),
    tunneling: flag('The native client may tunnel to any port; absent is off.'),
    ipConnect: flag('Machines are reached by their address, outside of Azure too; absent is off.'),
  }),
};

export const AZURE_BASTION_REACH: FactKind = {
  kind: 'azure.bastionReach',
  title: 'A virtual network with Windows machines, and how administrators get in without a public address',
  schema: closed({
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    machines: texts('Names of its Windows machines.'),
    bastion: flag('A Bastion stands in it or in a peered network (https://learn.microsoft.com/azure/bastion/vnet-peering).'),
    gateway: flag('A VPN or ExpressRoute gateway stands in it or in a peered network.'),
  }),
};

export const AZURE_BASTION_SUBNET: FactKind = {
  kind: 'azure.bastionSubnet',
  title: 'The subnet of a Bastion, and what its network security group lets in',
  schema: closed({
    virtualNetwork: text('Name of the virtual network.'),
    resourceGroup: RESOURCE_GROUP,
    networkSecurityGroup: text('Name of the group, none, or not-in-input.'),
    beyond: flag('As much as the Internet reaches TCP ports other than 443 (https://learn.microsoft.com/azure/bastion/bastion-nsg).'),
    ports: texts('Those that it certainly reaches.'),
    controlPlane: flag('The tag GatewayManager reaches TCP 443.'),
  }),
};
