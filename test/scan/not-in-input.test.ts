import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { folderOf, scanFolder } from './support.ts';

const idOf = (type: string, ...names: readonly string[]): string => `[resourceId('Microsoft.Network/${type}', '${names.join("', '")}')]`;

/** A machine with a public address, closed by the default rules, in a subnet with this route table. */
function template(routeTable: string): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { table: { type: 'string' } },
    resources: [
      { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2024-05-01', name: 'g', properties: { securityRules: [] } },
      { type: 'Microsoft.Network/publicIPAddresses', apiVersion: '2024-05-01', name: 'p', sku: { name: 'Standard' }, properties: {} },
      {
        type: 'Microsoft.Network/virtualNetworks',
        apiVersion: '2024-05-01',
        name: 'net',
        properties: {
          addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
          subnets: [
            {
              name: 'hosts',
              properties: {
                addressPrefix: '10.1.2.0/24',
                networkSecurityGroup: { id: idOf('networkSecurityGroups', 'g') },
                routeTable: { id: routeTable },
              },
            },
          ],
        },
      },
      {
        type: 'Microsoft.Network/networkInterfaces',
        apiVersion: '2024-05-01',
        name: 'n',
        properties: {
          ipConfigurations: [
            {
              name: 'c',
              properties: {
                subnet: { id: idOf('virtualNetworks/subnets', 'net', 'hosts') },
                publicIPAddress: { id: idOf('publicIPAddresses', 'p') },
                privateIPAddress: '10.1.2.4',
                privateIPAllocationMethod: 'Static',
              },
            },
          ],
        },
      },
    ],
  };
}

test.each([
  [idOf('routeTables', 'rt'), 'route table rt is not in the input'],
  ["[resourceId('other', 'Microsoft.Network/routeTables', 'rt')]", 'route table rt is not in the input'],
  ["[parameters('table')]", 'the route table of subnet hosts is not resolved'],
])('a route table that the template names and does not hold leaves open what hangs on it: %s', (table, reason) => {
  const { findings } = scanFolder(folderOf({ 'main.json': template(table) }), ['NET-001', 'NET-017']);
  expect(findings.toSorted((a, b) => a.policy.localeCompare(b.policy)).map(({ policy, outcome, message }) => [policy, outcome, message])).toEqual([
    ['NET-001', 'unknown', `'Keep RDP unreachable from the Internet' cannot be decided for 'p to n': 'rdpTcp.internet' could not be read; ${reason}.`],
    [
      'NET-017',
      'unknown',
      `'Deny RDP from the Internet where a default route widens the own network' cannot be decided for 'g': 'rdpByNetworkTag' could not be read; ${reason}.`,
    ],
  ]);
});
