import { expect, test } from 'vitest';
import { azureInventory } from '../../../src/collect/azure/inventory.ts';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import { SOURCES } from '../../../src/collect/azure/sources.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, only, TARGET } from './build.ts';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';
const idOf = (type: string, name: string): string => `${SUBSCRIPTION}/resourceGroups/RG-A/providers/Microsoft.Network/${type}/${name}`;
const of = (type: string, name: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: idOf(type, name),
  name,
  type: `Microsoft.Network/${type}`,
  location: 'westeurope',
  ...more,
  properties,
});

/** As Azure Resource Manager gives it, with property bags and ids in several spellings. */
function snapshotOf(...more: readonly JsonObject[]): AzureSnapshot {
  const rule = (name: string, priority: number, source: string): JsonObject => ({
    name,
    properties: {
      priority,
      access: 'Allow',
      direction: 'Inbound',
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: '3389',
      sourceAddressPrefix: source,
      destinationAddressPrefix: '*',
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
    },
  });
  const resources = [
    of('networkSecurityGroups', 'nsg-a', { securityRules: [rule('services', 200, 'Storage')] }),
    of('virtualNetworks', 'vnet-a', {
      addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
      subnets: [{ name: 'hosts', properties: { addressPrefix: '10.1.2.0/24', networkSecurityGroup: { id: idOf('NETWORKSECURITYGROUPS', 'NSG-A') } } }],
    }),
    of('publicIPAddresses', 'pip-a', { ipAddress: '192.0.2.10' }, { sku: { name: 'Standard' } }),
    of('networkInterfaces', 'nic-a', {
      ipConfigurations: [
        {
          name: 'c',
          properties: {
            privateIPAddress: '10.1.2.4',
            privateIPAllocationMethod: 'Dynamic',
            subnet: { id: `${idOf('virtualNetworks', 'vnet-a')}/subnets/hosts` },
            publicIPAddress: { id: idOf('publicIPAddresses', 'pip-a') },
          },
        },
      ],
    }),
    ...more,
  ];
  const at = '2026-01-01T00:00:00Z';
  return {
    schemaVersion: 1,
    target: { kind: 'azure', name: '00000000-0000-0000-0000-000000000001' },
    collectedAt: at,
    cloud: 'public',
    subscription: { displayName: 'contoso', state: 'Enabled', managementGroups: [] },
    identity: 'environment',
    sources: Object.fromEntries([...SOURCES.keys()].map((name) => [name, { status: 'ok' as const, at, count: 1 }])),
    resources,
  };
}

const pathOf = (...more: readonly JsonObject[]): JsonObject =>
  only(normaliseCloud(azureInventory(snapshotOf(...more), 'a.json'), TARGET, CONTEXT).facts, 'azure.ingressPath').data;

test('a tag stands for itself without the list of service tags, and is its addresses with it', () => {
  const tags = {
    id: `${SUBSCRIPTION}/providers/Microsoft.Network/serviceTags/Public`,
    name: 'Public',
    type: 'Microsoft.Network/serviceTags',
    properties: { cloud: 'Public', changeNumber: '7', values: [{ name: 'Storage', properties: { addressPrefixes: ['198.51.100.0/24'] } }] },
  };
  expect(pathOf()).toMatchObject({ rdpTcp: { addresses: 0, serviceTags: ['storage'] } });
  expect(pathOf(tags)).toMatchObject({ rdpTcp: { addresses: 256, serviceTags: [] } });
});

test('security admin rules that are deployed count', () => {
  const rules = {
    id: `${idOf('virtualNetworks', 'vnet-a')}/effectiveSecurityAdminRules/default`,
    name: 'default',
    type: 'Microsoft.Network/virtualNetworks/effectiveSecurityAdminRules',
    properties: {
      value: [
        {
          id: `${idOf('networkManagers', 'mgr')}/securityAdminConfigurations/c/ruleCollections/k/rules/rdp`,
          kind: 'Custom',
          ruleCollectionAppliesToGroups: [{ networkGroupId: 'g' }],
          properties: {
            access: 'AlwaysAllow',
            direction: 'Inbound',
            priority: 5,
            protocol: 'Any',
            sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
            destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
            sourcePortRanges: ['0-65535'],
            destinationPortRanges: ['3389'],
          },
        },
      ],
    },
  };
  expect(pathOf(rules)).toMatchObject({ rdpTcp: { internet: true }, hops: { adminRules: 'security admin rules: rdp (priority 5) (AlwaysAllow)' } });
});

test('what Azure says the tag VirtualNetwork holds counts', () => {
  const groups = (prefixes: readonly string[]): JsonObject => ({
    id: `${idOf('networkInterfaces', 'nic-a')}/effectiveNetworkSecurityGroups/default`,
    name: 'default',
    type: 'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups',
    properties: {
      value: [
        {
          networkSecurityGroup: { id: idOf('networkSecurityGroups', 'nsg-a') },
          association: { subnet: { id: `${idOf('virtualNetworks', 'vnet-a')}/subnets/hosts` } },
          effectiveSecurityRules: [
            { name: 'securityRules/services', sourceAddressPrefix: 'Storage', expandedSourceAddressPrefix: ['198.51.100.0/24'] },
            { name: 'defaultSecurityRules/AllowVnetInBound', sourceAddressPrefix: 'VirtualNetwork', expandedSourceAddressPrefix: [...prefixes] },
          ],
        },
      ],
    },
  });
  expect(pathOf(groups(['10.1.0.0/16', '168.63.129.16/32']))).toMatchObject({ rdpTcp: { internet: false } });
  expect(pathOf(groups(['10.1.0.0/16', '0.0.0.0/0']))).toMatchObject({ rdpTcp: { internet: true }, internetTcp: ['any'] });
});
