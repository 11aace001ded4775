import * as fc from 'fast-check';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, idOf, machine, nic, nsg, pip, pipId, resource, rule, subnetId, TARGET, vnet } from './build.ts';
import { child } from './estate.ts';

/**
 * Sends packets through a whole network, one by one, and knows nothing of sets: whatever stands in the way is asked in turn. One
 * packet stands for all sources of a stretch of addresses that no text of the network cuts.
 */

export const HOST = '10.1.2.4';
const NEIGHBOUR = '10.1.2.5';
const FIREWALL = '10.1.0.4';
const FRONTENDS = ['203.0.113.9', '203.0.113.10'];
const PLATFORM = '168.63.129.16';
/** Of the Private Link service. */
export const LINK = '10.1.4.4';
const NOT_PUBLIC = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '0.0.0.0/8', PLATFORM];
export const SPACE = '10.1.0.0/16';
/** Invented, but for the name that makes every tenant's addresses of it. */
export const TAGS: Readonly<Record<string, readonly string[]>> = {
  storage: ['198.51.100.0/24', '20.1.0.0/16'],
  azurecloud: ['20.0.0.0/7', '198.51.100.0/25'],
};
const ASG = 'Microsoft.Network/applicationSecurityGroups';

export const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function stretch(text: string): readonly [number, number] {
  const [address = '', length = '32'] = text.split('/');
  const count = 2 ** (32 - Number(length));
  const start = Math.floor(numberOf(address) / count) * count;
  return [start, start + count];
}

export const isIn = (source: number, text: string): boolean => {
  const [start, end] = stretch(text);
  return source >= start && source < end;
};
export const isPublic = (source: number): boolean => !NOT_PUBLIC.some((text) => isIn(source, text));

export interface World {
  /** What the tag VirtualNetwork holds. */
  readonly tag: readonly string[];
  /** Addresses of the group of machines. */
  readonly members: readonly string[];
  /** Without: AzureCloud opens nothing, to tell what gets in besides. */
  readonly withCloud: boolean;
}

function isFrom(source: number, text: string, world: World, allows: boolean): boolean {
  const word = text.toLowerCase();
  if (word === '*') return true;
  if (word === 'internet') return isPublic(source) && !isIn(source, SPACE);
  if (word === 'virtualnetwork') return source === numberOf(PLATFORM) || world.tag.some((prefix) => isIn(source, prefix));
  if (word === 'azurecloud' && allows && !world.withCloud) return false;
  const prefixes = TAGS[word];
  return prefixes === undefined ? isIn(source, text) : prefixes.some((prefix) => isIn(source, prefix));
}

const textsOf = (node: JsonObject, single: string, plural: string): string[] =>
  [node[single], ...((node[plural] ?? []) as readonly Json[])].filter((text) => typeof text === 'string');

const isPort = (port: number, text: string): boolean => {
  const [low = '', high = low] = text.split('-');
  return text === '*' || (Number(low) <= port && port <= Number(high));
};

const byPriority = (rules: readonly JsonObject[]): JsonObject[] => rules.toSorted((a, b) => Number(a['priority']) - Number(b['priority']));

/** A group's answer to one packet. */
function lets(rules: readonly JsonObject[] | null, source: number, target: string, world: World): boolean {
  if (rules === null) return true;
  for (const one of byPriority(rules)) {
    if (!['*', 'tcp'].includes(String(one['protocol']).toLowerCase())) continue;
    if (!isPort(3389, String(one['destinationPortRange']))) continue;
    const there = String(one['destinationAddressPrefix']);
    if (there !== '*' && there !== 'VirtualNetwork' && !isIn(numberOf(target), there)) continue;
    const allows = one['access'] === 'Allow';
    const from =
      textsOf(one, 'sourceAddressPrefix', 'sourceAddressPrefixes').some((text) => isFrom(source, text, world, allows)) ||
      (one['sourceApplicationSecurityGroups'] !== undefined && world.members.some((member) => source === numberOf(member)));
    if (from) return allows;
  }
  return isFrom(source, 'VirtualNetwork', world, true);
}

/** What the security admin rules do with one packet. */
function ruled(rules: readonly JsonObject[], source: number, world: World): string {
  for (const one of byPriority(rules)) {
    if (!(one['destinationPortRanges'] as readonly string[]).some((text) => isPort(3389, text))) continue;
    const access = String(one['access']);
    const sources = (one['sources'] as readonly JsonObject[]).map((item) => String(item['addressPrefix']));
    if (sources.some((text) => isFrom(source, text, world, access === 'AlwaysAllow'))) return access;
  }
  return 'Allow';
}

export interface Topology {
  readonly sku: 'Basic' | 'Standard';
  readonly subnetRules: readonly JsonObject[] | null;
  readonly nicRules: readonly JsonObject[] | null;
  readonly adminRules: readonly JsonObject[];
  readonly dnat: readonly JsonObject[];
  /** What Azure says the tag holds at the interface. */
  readonly tag: readonly string[];
}

export function isDelivered({ sku, subnetRules, nicRules, adminRules }: Topology, source: number, target: string, direct: boolean, world: World): boolean {
  const answer = ruled(adminRules, source, world);
  if (answer !== 'Allow') return answer === 'AlwaysAllow';
  // Without any group a Standard address is closed to the Internet; the second machine has no group of its own.
  if (direct && subnetRules === null && nicRules === null && sku === 'Standard' && isPublic(source)) return false;
  return lets(subnetRules, source, target, world) && (target !== HOST || lets(nicRules, source, target, world));
}

/** The rule of the firewall that takes a client's packet to one of its addresses and ports. */
function translation(dnat: readonly JsonObject[], source: number, address: string, port: number): JsonObject | undefined {
  return byPriority(dnat).find(
    (one) =>
      (one['sourceAddresses'] as readonly string[]).some((text) => text === '*' || isIn(source, text)) &&
      (one['destinationAddresses'] as readonly string[]).includes(address) &&
      (one['destinationPorts'] as readonly string[]).some((text) => isPort(port, text)),
  );
}

function comesThrough(topology: Topology, source: number, through: string, world: World): boolean {
  if (through.startsWith('pls,')) return false;
  if (!through.startsWith('fw/')) return isDelivered(topology, source, HOST, true, world);
  const own = topology.dnat.find((one) => through.endsWith(`/${String(one['name'])}`));
  const taken = FRONTENDS.some((address) => [33890, 33891].some((port) => translation(topology.dnat, source, address, port) === own));
  return taken && isDelivered(topology, numberOf(FIREWALL), String(own?.['translatedAddress']), false, world);
}

const SOURCES = [
  '*',
  'Internet',
  'VirtualNetwork',
  'Storage',
  'AzureCloud',
  '203.0.113.0/24',
  '198.51.100.0/24',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '20.0.0.0/8',
  '10.1.0.0/26',
  '10.1.0.0/16',
  '0.0.0.0/0',
  '8.0.0.0/7',
];
const source = fc.constantFrom(...SOURCES);
const CUTS = [...SOURCES.filter((text) => /^\d/.test(text)), ...Object.values(TAGS).flat(), ...NOT_PUBLIC, '10.1.2.9', SPACE, '198.18.0.0/15'];

/** The first address of each stretch that nothing cuts, and how many it stands for. */
const STRETCHES = (() => {
  const edges = [...new Set([0, 2 ** 32, ...CUTS.flatMap(stretch)])].toSorted((a, b) => a - b);
  return edges.slice(0, -1).map((start, index) => ({ start, count: (edges[index + 1] ?? start) - start }));
})();

export const groupRules: fc.Arbitrary<JsonObject[] | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 6,
    arbitrary: fc
      .array(
        fc.record({
          access: fc.constantFrom('Allow', 'Allow', 'Deny'),
          protocol: fc.constantFrom('*', 'Tcp', 'Tcp', 'Udp'),
          destinationPortRange: fc.constantFrom('*', '3389', '3000-4000', '443'),
          destinationAddressPrefix: fc.constantFrom('*', '*', 'VirtualNetwork', '10.1.2.0/24', HOST, '10.1.2.6'),
          sources: fc.oneof(fc.array(source, { minLength: 1, maxLength: 3 }), fc.constant([] as string[])),
        }),
        { maxLength: 5 },
      )
      .map((rules) =>
        rules.map(({ sources, ...one }, index) =>
          rule(`r${index}`, 100 + index, {
            ...one,
            sourceAddressPrefix: '-',
            ...(sources.length === 0 ? { sourceApplicationSecurityGroups: [idOf(ASG, 'admins')] } : { sourceAddressPrefixes: sources }),
          }),
        ),
      ),
  },
);

const adminRules: fc.Arbitrary<JsonObject[]> = fc
  .array(
    fc.record({
      access: fc.constantFrom('Deny', 'AlwaysAllow', 'Allow'),
      sources: fc.array(source, { minLength: 1, maxLength: 2 }),
      destinationPortRanges: fc.constantFrom(['3389'], ['0-65535'], ['443']),
    }),
    { maxLength: 3 },
  )
  .map((rules) =>
    rules.map((one, index): JsonObject => ({
      id: `/subscriptions/s/providers/Microsoft.Network/networkManagers/m/securityAdminConfigurations/c/ruleCollections/k/rules/a${index}`,
      kind: 'Custom',
      direction: 'Inbound',
      priority: 10 + index,
      protocol: 'Tcp',
      access: one.access,
      sources: one.sources.map((text) => ({ addressPrefix: text, addressPrefixType: /^[\d*]/.test(text) ? 'IPPrefix' : 'ServiceTag' })),
      destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
      sourcePortRanges: ['0-65535'],
      destinationPortRanges: one.destinationPortRanges,
    })),
  );

export const dnat: fc.Arbitrary<JsonObject[]> = fc
  .array(
    fc.record({
      sourceAddresses: fc.constantFrom(['*'], ['203.0.113.0/24'], ['0.0.0.0/1'], ['198.51.100.0/24', '8.0.0.0/7']),
      destinationAddresses: fc.constantFrom([FRONTENDS[0] ?? ''], [FRONTENDS[1] ?? ''], FRONTENDS),
      destinationPorts: fc.constantFrom(['33890'], ['33891'], ['33890-33891'], ['33890', '33891']),
      translatedAddress: fc.constantFrom(HOST, HOST, NEIGHBOUR),
    }),
    { maxLength: 4 },
  )
  .chain((rules) =>
    fc
      .shuffledSubarray(
        rules.map((_, index) => 100 + index),
        { minLength: rules.length },
      )
      .map((priorities) =>
        rules.map((one, index): JsonObject => ({ ...one, name: `d${index}`, protocols: ['TCP'], translatedPort: '3389', priority: priorities[index] ?? 0 })),
      ),
  );

export const topologies: fc.Arbitrary<Topology> = fc.record({
  sku: fc.constantFrom('Basic' as const, 'Standard' as const, 'Standard' as const),
  subnetRules: groupRules,
  nicRules: groupRules,
  adminRules,
  dnat,
  tag: fc.constantFrom([SPACE], [SPACE, '198.18.0.0/15'], [SPACE, '0.0.0.0/0']),
});

export const NIC = 'Microsoft.Network/networkInterfaces';
export const VNET = 'Microsoft.Network/virtualNetworks';
export const LB = 'Microsoft.Network/loadBalancers';

export function resourcesOf({ sku, subnetRules, nicRules, adminRules: rules, dnat: translations, tag }: Topology): CloudResource[] {
  return [
    vnet('net', SPACE, {
      hosts: { prefix: '10.1.2.0/24', ...(subnetRules === null ? {} : { nsg: 'subnet' }) },
      AzureFirewallSubnet: { prefix: `${FIREWALL}/32` },
    }),
    ...(subnetRules === null ? [] : [nsg('subnet', subnetRules)]),
    ...(nicRules === null ? [] : [nsg('nic', nicRules)]),
    pip('pip', sku),
    nic(
      'host',
      {
        privateIPAddress: HOST,
        subnet: subnetId('net', 'hosts'),
        publicIPAddress: pipId('pip'),
        loadBalancerInboundNatRules: [idOf(LB, 'lb', 'inboundNatRules', 'rdp')],
        loadBalancerBackendAddressPools: [idOf(LB, 'inner', 'backendAddressPools', 'pool')],
      },
      nicRules === null ? undefined : 'nic',
    ),
    nic('neighbour', { privateIPAddress: NEIGHBOUR, subnet: subnetId('net', 'hosts') }),
    nic('admin', { privateIPAddress: '10.1.2.9', subnet: subnetId('net', 'hosts'), applicationSecurityGroups: [idOf(ASG, 'admins')] }),
    machine('host', 'host'),
    resource(LB, 'lb', {
      sku: { name: sku },
      frontendIPConfigurations: [{ name: 'front', publicIPAddress: pipId('lb') }],
      inboundNatRules: [
        { name: 'rdp', protocol: 'Tcp', frontendPort: 50001, backendPort: 3389, frontendIPConfiguration: idOf(LB, 'lb', 'frontendIPConfigurations', 'front') },
      ],
    }),
    resource(LB, 'inner', {
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', privateIPAddress: '10.1.2.100', subnet: subnetId('net', 'hosts') }],
      backendAddressPools: [{ name: 'pool' }],
      loadBalancingRules: [
        {
          name: 'rdp',
          protocol: 'Tcp',
          frontendPort: 33389,
          backendPort: 3389,
          frontendIPConfiguration: idOf(LB, 'inner', 'frontendIPConfigurations', 'front'),
          backendAddressPool: idOf(LB, 'inner', 'backendAddressPools', 'pool'),
        },
      ],
    }),
    resource('Microsoft.Network/privateLinkServices', 'pls', {
      loadBalancerFrontendIpConfigurations: [idOf(LB, 'inner', 'frontendIPConfigurations', 'front')],
      ipConfigurations: [{ name: 'nat', privateIPAddress: LINK, privateIPAllocationMethod: 'Static' }],
      visibility: { subscriptions: ['*'] },
    }),
    resource('Microsoft.Network/azureFirewalls', 'fw', {
      ipConfigurations: [{ name: 'c', subnet: subnetId('net', 'AzureFirewallSubnet') }],
      natRuleCollections: translations.map(({ priority = null, ...one }): JsonObject => ({ name: `c${String(priority)}`, priority, rules: [one] })),
    }),
    child(VNET, 'net', 'effectiveSecurityAdminRules', 'default', { value: rules }),
    ...['host', 'neighbour'].map((name) =>
      child(NIC, name, 'effectiveNetworkSecurityGroups', 'default', {
        value: [{ effectiveSecurityRules: [{ name: 'defaultSecurityRules/AllowVnetInBound', expandedSourceAddressPrefix: [...tag] }] }],
      }),
    ),
  ];
}

export function factsOfTopology(topology: Topology): readonly Fact[] {
  const inventory = { resources: resourcesOf(topology), complete: true, unread: [] };
  const { facts } = normaliseCloud(inventory, TARGET, { ...CONTEXT, serviceTags: { cloud: 'Public', prefixes: TAGS } });
  return facts;
}

export function sizeOf(topology: Topology, through: string, withCloud: boolean): number {
  const world: World = { tag: topology.tag, members: ['10.1.2.9'], withCloud };
  let size = 0;
  for (const { start, count } of STRETCHES) if (isPublic(start) && comesThrough(topology, start, through, world)) size += count;
  return size;
}

/** Private addresses that reach the machine from within, without members of groups, who are chosen one by one. */
export function neighboursOf(topology: Topology): number {
  const world: World = { tag: topology.tag, members: [], withCloud: true };
  let size = 0;
  for (const { start, count } of STRETCHES)
    if ((isIn(start, SPACE) || start === numberOf(PLATFORM)) && isDelivered(topology, start, HOST, false, world)) size += count;
  return size;
}
