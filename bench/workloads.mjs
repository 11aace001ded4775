// Workloads, made from numbers and the same in every run: W1 host snapshots of about 159 kB, W2 an ARM template of network
// security groups with their networks, addresses and interfaces.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hostSnapshot } from './host.mjs';
import { random } from './random.mjs';

export const nameOfHost = (index) => `host${String(index).padStart(5, '0')}.snapshot.json`;

/** Writes COUNT snapshots as files; answers their bytes. */
export function writeSnapshots(folder, count) {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const text = JSON.stringify(hostSnapshot(index));
    bytes += text.length;
    writeFileSync(join(folder, nameOfHost(index)), text);
  }
  return bytes;
}

function securityRule(group, index, next) {
  const open = index === 199 && group % 5 === 0;
  return {
    name: `rule-${index}`,
    properties: {
      description: 'A generated rule.',
      protocol: ['Tcp', 'Udp', '*'][Math.floor(next() * 3)],
      sourcePortRange: '*',
      destinationPortRange: open ? '3389' : `${1000 + Math.floor(next() * 2000)}-${3000 + Math.floor(next() * 3000)}`,
      sourceAddressPrefix: open ? '*' : `${1 + Math.floor(next() * 200)}.${Math.floor(next() * 250)}.${Math.floor(next() * 250)}.0/24`,
      destinationAddressPrefix: next() < 0.5 ? '*' : `10.${group % 250}.0.0/16`,
      access: open || next() < 0.5 ? 'Allow' : 'Deny',
      priority: 100 + index,
      direction: next() < 0.8 ? 'Inbound' : 'Outbound',
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
      sourcePortRanges: [],
      destinationPortRanges: [],
      provisioningState: 'Succeeded',
    },
  };
}

/** Writes an ARM template of GROUPS network security groups with RULES rules, a NIC, a subnet and a public IP each. */
export function writeTemplate(file, groups, rules) {
  const handle = openSync(file, 'w');
  let bytes = writeSync(
    handle,
    '{\n  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n  "contentVersion": "1.0.0.0",\n  "resources": [\n',
  );
  for (let group = 0; group < groups; group++) {
    const next = random(group + 7);
    const id = (type, name) => `[resourceId('Microsoft.Network/${type}', '${name}')]`;
    const resources = [
      {
        type: 'Microsoft.Network/networkSecurityGroups',
        apiVersion: '2024-05-01',
        name: `nsg-${group}`,
        location: 'westeurope',
        properties: { securityRules: Array.from({ length: rules }, (_, index) => securityRule(group, index, next)) },
      },
      {
        type: 'Microsoft.Network/virtualNetworks',
        apiVersion: '2024-05-01',
        name: `vnet-${group}`,
        location: 'westeurope',
        properties: {
          addressSpace: { addressPrefixes: [`10.${group % 250}.0.0/16`] },
          subnets: [
            {
              name: 'hosts',
              properties: { addressPrefix: `10.${group % 250}.1.0/24`, networkSecurityGroup: { id: id('networkSecurityGroups', `nsg-${group}`) } },
            },
          ],
        },
      },
      {
        type: 'Microsoft.Network/publicIPAddresses',
        apiVersion: '2024-05-01',
        name: `pip-${group}`,
        location: 'westeurope',
        sku: { name: 'Standard' },
        properties: { publicIPAllocationMethod: 'Static' },
      },
      {
        type: 'Microsoft.Network/networkInterfaces',
        apiVersion: '2024-05-01',
        name: `nic-${group}`,
        location: 'westeurope',
        properties: {
          ipConfigurations: [
            {
              name: 'ipconfig1',
              properties: {
                subnet: { id: `[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-${group}', 'hosts')]` },
                privateIPAddress: `10.${group % 250}.1.4`,
                ...(group % 2 === 0 ? { publicIPAddress: { id: id('publicIPAddresses', `pip-${group}`) } } : {}),
              },
            },
          ],
        },
      },
    ];
    for (const [index, resource] of resources.entries()) {
      const last = group === groups - 1 && index === resources.length - 1;
      bytes += writeSync(handle, `${JSON.stringify(resource, null, 2).replaceAll(/^/gm, '    ')}${last ? '' : ','}\n`);
    }
  }
  bytes += writeSync(handle, '  ]\n}\n');
  closeSync(handle);
  return bytes;
}

/** A list of resources as Azure's APIs give them: machines with their networks, ten resources each. */
export function writeEstate(file, resources) {
  const group = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers';
  const list = [];
  for (let number = 0; list.length < resources; number++) {
    const next = random(number + 11);
    const id = (type, name) => `${group}/${type}/${name}-${number}`;
    const add = (type, name, properties, more = {}) =>
      list.push({ id: id(type, name), name: `${name}-${number}`, type, location: 'westeurope', ...more, properties });
    const rules = Array.from({ length: 20 }, (_, index) => securityRule(number, index, next));
    add('Microsoft.Network/networkSecurityGroups', 'nsg', { securityRules: rules });
    const subnet = {
      id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/hosts`,
      name: 'hosts',
      properties: { addressPrefix: `10.${number % 250}.1.0/24`, networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', 'nsg') } },
    };
    add('Microsoft.Network/virtualNetworks', 'vnet', { addressSpace: { addressPrefixes: [`10.${number % 250}.0.0/16`] }, subnets: [subnet] });
    add('Microsoft.Network/publicIPAddresses', 'pip', { publicIPAllocationMethod: 'Static' }, { sku: { name: 'Standard' } });
    const configuration = {
      privateIPAddress: `10.${number % 250}.1.4`,
      subnet: { id: subnet.id },
      ...(number % 3 === 0 ? { publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'pip') } } : {}),
    };
    add('Microsoft.Network/networkInterfaces', 'nic', { ipConfigurations: [{ name: 'a', properties: configuration }] });
    add('Microsoft.Compute/virtualMachines', 'vm', {
      storageProfile: {
        imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter-g2', version: 'latest' },
        osDisk: { osType: 'Windows', managedDisk: { id: id('Microsoft.Compute/disks', 'disk') } },
      },
      osProfile: { computerName: `vm-${number}`, adminUsername: 'operator', windowsConfiguration: { provisionVMAgent: true } },
      networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', 'nic') }] },
      securityProfile: { securityType: number % 2 === 0 ? 'TrustedLaunch' : 'Standard' },
    });
    add('Microsoft.Compute/disks', 'disk', { networkAccessPolicy: 'DenyAll', publicNetworkAccess: 'Disabled' });
    add('Microsoft.DesktopVirtualization/hostPools', 'pool', {
      hostPoolType: 'Pooled',
      loadBalancerType: 'BreadthFirst',
      maxSessionLimit: 10,
      customRdpProperty: 'drivestoredirect:s:;redirectclipboard:i:0',
      publicNetworkAccess: 'Disabled',
    });
    add('Microsoft.DesktopVirtualization/workspaces', 'workspace', { publicNetworkAccess: 'Disabled' });
    add('Microsoft.KeyVault/vaults', 'kv', {
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      enablePurgeProtection: true,
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny' },
    });
    add('Microsoft.Network/bastionHosts', 'bastion', { enableShareableLink: false, ipConfigurations: [] }, { sku: { name: 'Standard' } });
  }
  writeFileSync(file, JSON.stringify(list.slice(0, resources)));
}
