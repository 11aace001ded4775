import type { CloudInventory, CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { NormaliseContext } from '../../../src/model/normalise.ts';
import type { Target } from '../../../src/model/target.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';

export const GROUP = 'subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg-a/providers';
export const TARGET: Target = {
  id: 'arm-template:main.json',
  kind: 'arm-template',
  name: 'main.json',
  group: 'files',
  status: 'complete',
};
export const CONTEXT: NormaliseContext = {
  intent: { gatewayFqdn: null, adminNetworks: [], all: {} },
  now: '2026-01-01T00:00:00Z',
  catalogue: [],
};

let count = 0;

export function resource(type: string, name: string, body: JsonObject, more: Partial<CloudResource> = {}): CloudResource {
  const id = `${GROUP}/${type.toLowerCase()}/${name.toLowerCase()}`;
  return {
    id,
    type: type.toLowerCase(),
    name,
    apiVersion: null,
    body,
    file: 'main.json',
    dialect: 'arm',
    pointer: `/resources/${count++}`,
    children: {},
    displayId: `/${id}`,
    context: false,
    ...more,
  };
}

export const idOf = (type: string, ...names: string[]): JsonObject => ({
  id: `${GROUP}/${type.toLowerCase()}/${names.join('/').toLowerCase()}`,
});

export function nsg(name: string, rules: readonly Json[], more: Partial<CloudResource> = {}): CloudResource {
  return resource('Microsoft.Network/networkSecurityGroups', name, { securityRules: rules }, more);
}

/** An inbound allow rule for RDP from everyone; `over` changes it. */
export function rule(name: string, priority: Json, over: JsonObject = {}): JsonObject {
  const base: Record<string, Json> = {
    name,
    priority,
    access: 'Allow',
    direction: 'Inbound',
    protocol: 'Tcp',
    sourcePortRange: '*',
    destinationPortRange: '3389',
    sourceAddressPrefix: '*',
    destinationAddressPrefix: '*',
  };
  for (const [key, value] of Object.entries(over)) {
    if (value === '-') delete base[key];
    else base[key] = value;
  }
  return base;
}

export function vnet(
  name: string,
  prefix: string,
  subnets: Readonly<Record<string, { prefix: string; nsg?: string; table?: string }>>,
  over: JsonObject = {},
): CloudResource {
  return resource('Microsoft.Network/virtualNetworks', name, {
    addressSpace: { addressPrefixes: [prefix] },
    subnets: Object.entries(subnets).map(([subnet, { prefix: own, nsg: group, table }]) => ({
      name: subnet,
      addressPrefix: own,
      ...(group === undefined ? {} : { networkSecurityGroup: idOf('Microsoft.Network/networkSecurityGroups', group) }),
      ...(table === undefined ? {} : { routeTable: idOf('Microsoft.Network/routeTables', table) }),
    })),
    ...over,
  });
}

export const subnetId = (network: string, subnet: string): JsonObject => idOf('Microsoft.Network/virtualNetworks', network, 'subnets', subnet);

export function nic(name: string, config: JsonObject, group?: string): CloudResource {
  return resource('Microsoft.Network/networkInterfaces', name, {
    ipConfigurations: [{ name: 'primary', ...config }],
    ...(group === undefined ? {} : { networkSecurityGroup: idOf('Microsoft.Network/networkSecurityGroups', group) }),
  });
}

export function pip(name: string, sku?: string): CloudResource {
  return resource('Microsoft.Network/publicIPAddresses', name, sku === undefined ? {} : { sku: { name: sku } });
}

export const pipId = (name: string): JsonObject => idOf('Microsoft.Network/publicIPAddresses', name);

export function machine(name: string, interfaceName: string, over: JsonObject = {}): CloudResource {
  return resource('Microsoft.Compute/virtualMachines', name, {
    networkProfile: {
      networkInterfaces: [idOf('Microsoft.Network/networkInterfaces', interfaceName)],
    },
    osProfile: { windowsConfiguration: {} },
    ...over,
  });
}

export function facts(resources: readonly CloudResource[], complete = false): readonly Fact[] {
  const inventory: CloudInventory = { resources, complete };
  return normaliseCloud(inventory, TARGET, CONTEXT).facts;
}

/** A live snapshot that was read at the start of 2026, and did not show `unread`. */
export function liveFacts(resources: readonly CloudResource[], unread: CloudInventory['unread'] = []): readonly Fact[] {
  return normaliseCloud({ resources, complete: true, unread }, { ...TARGET, collectedAt: '2026-01-01T00:00:00Z' }, CONTEXT).facts;
}

export function factsOf(all: readonly Fact[], kind: string): readonly Fact[] {
  return all.filter((fact) => fact.kind === kind);
}

export function only(all: readonly Fact[], kind: string): Fact {
  const found = factsOf(all, kind);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} facts of ${kind}`);
  return found[0];
}
