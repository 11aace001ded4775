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
