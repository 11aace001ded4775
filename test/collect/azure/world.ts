import type { JsonObject } from '../../../src/model/json.ts';
import { A, type World } from './lab.ts';

/** The id of a resource of the lab. */
export function idOf(subscription: string, type: string, name: string): string {
  const [namespace = '', ...types] = type.split('/');
  const names = name.split('/');
  return `/subscriptions/${subscription}/resourceGroups/rg-rds/providers/${[namespace, ...types.flatMap((word, at) => [word, names[at] ?? ''])].join('/')}`;
}

export function resource(subscription: string, type: string, name: string, properties: JsonObject = {}, beside: JsonObject = {}): JsonObject {
  return { id: idOf(subscription, type, name), name, type, location: 'westeurope', ...beside, properties };
}

export function rule(name: string, source: string, port: string, priority = 100): JsonObject {
  return {
    name,
    properties: {
      access: 'Allow',
      direction: 'Inbound',
      protocol: 'Tcp',
      priority,
      sourceAddressPrefix: source,
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: port,
    },
  };
}

const N = 'Microsoft.Network';

/** A subscription with one machine that the Internet reaches, a desktop, a vault and a firewall. */
export function estateOf(subscription = A): JsonObject[] {
  const id = (type: string, name: string): string => idOf(subscription, type, name);
  return [
    resource(subscription, `${N}/networkSecurityGroups`, 'nsg-open', { securityRules: [rule('allow-rdp', '*', '3389')] }),
    resource(subscription, `${N}/virtualNetworks`, 'vnet-rds', {
      addressSpace: { addressPrefixes: ['10.20.0.0/16'] },
      subnets: [
        {
          id: `${id(`${N}/virtualNetworks`, 'vnet-rds')}/subnets/hosts`,
          name: 'hosts',
          properties: { addressPrefix: '10.20.1.0/24', networkSecurityGroup: { id: id(`${N}/networkSecurityGroups`, 'nsg-open') } },
        },
      ],
    }),
    resource(subscription, `${N}/publicIPAddresses`, 'pip-a', { ipAddress: '192.0.2.10' }, { sku: { name: 'Standard' } }),
    resource(subscription, `${N}/networkInterfaces`, 'nic-a', {
      virtualMachine: { id: id('Microsoft.Compute/virtualMachines', 'rdsh01') },
      ipConfigurations: [
        {
          name: 'ipconfig1',
          properties: {
            privateIPAddress: '10.20.1.4',
            subnet: { id: `${id(`${N}/virtualNetworks`, 'vnet-rds')}/subnets/hosts` },
            publicIPAddress: { id: id(`${N}/publicIPAddresses`, 'pip-a') },
          },
        },
      ],
    }),
    resource(subscription, 'Microsoft.Compute/virtualMachines', 'rdsh01', {
      networkProfile: { networkInterfaces: [{ id: id(`${N}/networkInterfaces`, 'nic-a') }] },
      osProfile: { computerName: 'rdsh01', adminUsername: 'azureadmin', adminPassword: 'never-1-in-an-answer', customData: 'bmV2ZXItMi1pbi1hbi1hbnN3ZXI=' },
      storageProfile: { osDisk: { osType: 'Windows' } },
      extended: { instanceView: { powerState: { code: 'PowerState/running' } } },
    }),
    resource(subscription, 'Microsoft.Compute/virtualMachines/extensions', 'rdsh01/script', {
      publisher: 'Microsoft.Compute',
      type: 'CustomScriptExtension',
      settings: { commandToExecute: 'powershell -File join.ps1 -Password never-3-in-plain', timestamp: 7, mode: 'fast' },
      protectedSettings: { commandToExecute: 'never-4-protected' },
    }),
    resource(subscription, 'Microsoft.DesktopVirtualization/hostPools', 'hp-a', {
      hostPoolType: 'Pooled',
      customRdpProperty: 'drivestoredirect:s:*',
      publicNetworkAccess: 'Enabled',
      registrationInfo: { expirationTime: '2027-01-01T00:00:00Z', token: 'never-5-registration' },
      vmTemplate: JSON.stringify({ securityType: 'TrustedLaunch', secureBoot: true, domain: 'never-6.contoso.com', vmSize: { id: 'Standard_D2s_v3' } }),
    }),
    resource(subscription, 'Microsoft.DesktopVirtualization/applicationGroups', 'dag-a', {
      applicationGroupType: 'Desktop',
      hostPoolArmPath: id('Microsoft.DesktopVirtualization/hostPools', 'hp-a'),
    }),
    resource(subscription, `${N}/firewallPolicies`, 'fwp-a', { threatIntelMode: 'Alert' }),
    resource(subscription, 'Microsoft.KeyVault/vaults', 'kv-a', { enableRbacAuthorization: true, vaultUri: 'https://somewhere-else.contoso.com/' }),
    resource(subscription, 'Microsoft.KeyVault/vaults', 'kv-b', { enableRbacAuthorization: true }),
  ];
}

export const HOST_POOL = idOf(A, 'Microsoft.DesktopVirtualization/hostPools', 'hp-a');
export const POLICY = idOf(A, `${N}/firewallPolicies`, 'fwp-a');
export const VAULT = idOf(A, 'Microsoft.KeyVault/vaults', 'kv-a');
export const NIC = idOf(A, `${N}/networkInterfaces`, 'nic-a');

/** Everything of it that Azure Resource Manager gives. */
export function worldOf(): World {
  const lists = {
    [`${HOST_POOL}/sessionHosts`]: [
      {
        id: `${HOST_POOL}/sessionHosts/rdsh01`,
        name: 'hp-a/rdsh01',
        type: 'Microsoft.DesktopVirtualization/hostPools/sessionHosts',
        properties: { status: 'Available' },
      },
    ],
    [`${POLICY}/ruleCollectionGroups`]: [
      {
        id: `${POLICY}/ruleCollectionGroups/default`,
        name: 'default',
        type: 'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
        properties: { priority: 100, ruleCollections: [] },
      },
    ],
    [`${HOST_POOL}/providers/Microsoft.Insights/diagnosticSettings`]: [
      {
        id: `${HOST_POOL}/providers/Microsoft.Insights/diagnosticSettings/all`,
        name: 'all',
        type: 'Microsoft.Insights/diagnosticSettings',
        properties: { logs: [] },
      },
    ],
    [`/subscriptions/${A}/providers/Microsoft.Authorization/roleAssignments`]: [
      {
        id: `/subscriptions/${A}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000d1`,
        type: 'Microsoft.Authorization/roleAssignments',
        name: '00000000-0000-0000-0000-0000000000d1',
        properties: { scope: idOf(A, 'Microsoft.DesktopVirtualization/applicationGroups', 'dag-a'), principalId: '00000000-0000-0000-0000-0000000000f1' },
      },
      {
        id: `/subscriptions/${A}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000d2`,
        type: 'Microsoft.Authorization/roleAssignments',
        name: '00000000-0000-0000-0000-0000000000d2',
        properties: { scope: `/subscriptions/${A}/resourceGroups/rg-other`, principalId: '00000000-0000-0000-0000-0000000000f2' },
      },
    ],
  };
  return {
    resources: { [A]: estateOf(A) },
    groups: { 'mg-rds': [A] },
    vaults: { 'kv-a': ['gateway', 'web'], 'kv-b': [] },
    lists: Object.fromEntries(Object.entries(lists).map(([path, list]) => [path.toLowerCase(), list])),
  };
}
