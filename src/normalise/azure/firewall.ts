import { normaliseId, parentId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, conditionAt, isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, addressSetOf } from './address.ts';
import { isThere } from './coverage.ts';
import { type DnatPlace, putInOrder } from './firewall-order.ts';
import { type Intervals, intervals } from './interval-set.ts';
import { findSubnet, type Network } from './network.ts';
import { NO_PORTS, parsePorts } from './port.ts';
import { childName, findResource, listOf, memberOf, ofType, referenceOf } from './resources.ts';
import { TCP, UDP } from './rule.ts';
import { buildSide, type Side } from './side.ts';

const FIREWALL_TYPE = 'microsoft.network/azurefirewalls';
const POLICY_TYPE = 'microsoft.network/firewallpolicies';
const GROUP_TYPE = `${POLICY_TYPE}/rulecollectiongroups`;

/** A firewall's place in the network: after translation packets come from one of its own addresses. */
interface FirewallPlace {
  readonly name: string;
  readonly networkId: string;
  /** Prefixes of `AzureFirewallSubnet`; null when the input does not show them. */
  readonly subnet: AddressSet | null;
  /** What decides whether it is there. */
  readonly conditional: string | undefined;
}

/** One DNAT rule, classic or of a policy. */
export interface DnatRule {
  readonly resource: CloudResource;
  readonly pointer: string;
  readonly name: string;
  readonly collection: string;
  /** The firewall or the policy. */
  readonly owner: string;
  readonly protocols: number | null;
  readonly destinationPorts: string;
  readonly translatedAddress: string | null;
  readonly translatedPorts: Intervals<number>;
  readonly portsUnknown: boolean;
  readonly clients: Side;
  /** The members that state the clients. */
  readonly form: 'addresses' | 'groups' | 'mixed';
  /** Firewalls that carry it; empty when the input shows none. */
  readonly firewalls: readonly FirewallPlace[];
  readonly place: DnatPlace;
  /** What decides whether it is there: as of its resource, or of the rule collection group that states it. */
  readonly conditional: string | undefined;
}

export function readDnatRules(network: Network): DnatRule[] {
  const { resources } = network;
  const rules: DnatRule[] = [];
  for (const firewall of ofType(resources, FIREWALL_TYPE)) {
    if (firewall.context) continue;
    const place = placeOfFirewall(network, firewall);
    for (const [index, collection] of listOf(firewall.body['natRuleCollections']).entries()) {
      for (const [at, node] of listOf(memberOf(collection, 'rules')).entries()) {
        const order = [priorityOf(collection), at];
        rules.push(
          ruleOf(
            network,
            firewall,
            node,
            `/natRuleCollections/${index}/rules/${at}`,
            childName(collection),
            firewall.name,
            [place],
            placeOf(firewall.id, node, order),
          ),
        );
      }
    }
  }
  for (const policy of ofType(resources, POLICY_TYPE)) {
    if (policy.context) continue;
    const firewalls = firewallsOf(network, policy.id);
    for (const [index, group] of listOf(policy.body['ruleCollectionGroups']).entries()) {
      pushGroup(rules, network, policy, group, `/ruleCollectionGroups/${index}`, policy.name, policy.id, firewalls);
    }
  }
  for (const group of ofType(resources, GROUP_TYPE)) {
    if (group.context) continue;
    const policyId = parentId(group.id);
    pushGroup(rules, network, group, group.body, '', policyId.slice(policyId.lastIndexOf('/') + 1), policyId, firewallsOf(network, policyId));
  }
  putInOrder(rules);
  return rules;
}

function pushGroup(
  rules: DnatRule[],
  network: Network,
  resource: CloudResource,
  group: Json,
  base: string,
  owner: string,
  ownerId: string,
  firewalls: readonly FirewallPlace[],
): void {
  for (const [index, collection] of listOf(memberOf(group, 'ruleCollections')).entries()) {
    const type = memberOf(collection, 'ruleCollectionType');
    if (typeof type === 'string' && type.toLowerCase() !== 'firewallpolicynatrulecollection') continue;
    for (const [at, node] of listOf(memberOf(collection, 'rules')).entries()) {
      const ruleType = memberOf(node, 'ruleType');
      if (typeof ruleType === 'string' && ruleType.toLowerCase() !== 'natrule') continue;
      const place = placeOf(ownerId, node, [priorityOf(group), priorityOf(collection), at]);
      rules.push(ruleOf(network, resource, node, `${base}/ruleCollections/${index}/rules/${at}`, childName(collection), owner, firewalls, place));
    }
  }
}

function ruleOf(
  network: Network,
  resource: CloudResource,
  node: Json,
  pointer: string,
  collection: string,
  owner: string,
  firewalls: readonly FirewallPlace[],
  place: DnatPlace,
): DnatRule {
  const port = memberOf(node, 'translatedPort');
  const parsed = typeof port === 'string' || typeof port === 'number' ? parsePorts(String(port)) : { ports: NO_PORTS, unknown: true };
  const address = memberOf(node, 'translatedAddress');
  const destinationPorts = listOf(memberOf(node, 'destinationPorts'));
  const conditional = conditionAt(resource, pointer);
  return {
    resource,
    pointer,
    name: childName(node) || 'unknown',
    collection,
    owner,
    protocols: protocolsOf(memberOf(node, 'protocols') ?? memberOf(node, 'ipProtocols')),
    destinationPorts: destinationPorts.map((value) => (isUnresolved(value) ? 'unknown' : String(value))).join(', '),
    translatedAddress: typeof address === 'string' && address !== '' ? address : null,
    translatedPorts: parsed.ports,
    portsUnknown: parsed.unknown,
    clients: clientsOf(network, node, { conditional }),
    form: formOf(node),
    firewalls: firewalls.map((firewall) => (isThere(firewall, { conditional }) ? firewall : { ...firewall, subnet: null })),
    place,
    conditional,
  };
}

function priorityOf(node: Json): number | null {
  const priority = memberOf(node, 'priority');
  return typeof priority === 'number' && Number.isFinite(priority) ? priority : null;
}

function placeOf(ownerId: string, node: Json, order: DnatPlace['order']): DnatPlace {
  const texts = (name: string): string[] | null => {
    const value = memberOf(node, name);
    const list = Array.isArray(value) ? (value as readonly Json[]) : null;
    const found = list?.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : [])) ?? [];
    return list !== null && found.length === list.length ? found : null;
  };
  const [addresses, ports] = [texts('destinationAddresses'), texts('destinationPorts')?.map(parsePorts)];
  const destination = addresses === null || addresses.length === 0 ? null : addressSetOf(addresses);
  const isKnown = ports !== undefined && ports.length > 0 && !ports.some(({ unknown }) => unknown);
  return { ownerId, destination, ports: isKnown ? intervals(ports.flatMap((port) => port.ports)) : null, order };
}

function protocolsOf(value: Json | undefined): number | null {
  if (!Array.isArray(value)) return null;
  let mask = 0;
  for (const item of value as readonly Json[]) {
    const word = typeof item === 'string' ? item.toLowerCase() : '';
    if (word === 'tcp') mask |= TCP;
    else if (word === 'udp') mask |= UDP;
    else if (word === 'any') mask |= TCP | UDP;
    else if (word !== 'icmp') return null;
  }
  return mask;
}

function formOf(node: Json): DnatRule['form'] {
  const addresses = listOf(memberOf(node, 'sourceAddresses')).length > 0 || isUnresolved(memberOf(node, 'sourceAddresses'));
  const groups = listOf(memberOf(node, 'sourceIpGroups')).length > 0;
  return addresses && !groups ? 'addresses' : groups && !addresses ? 'groups' : 'mixed';
}

/** `sourceAddresses` and the addresses of `sourceIpGroups`, which are ids; nobody knows those of a group that may not be deployed. */
function clientsOf({ resources, interner }: Network, node: Json, rule: Conditional): Side {
  const addresses = memberOf(node, 'sourceAddresses');
  const values: Json[] = addresses === undefined || addresses === null ? [] : Array.isArray(addresses) ? [...(addresses as readonly Json[])] : [null];
  const groups = memberOf(node, 'sourceIpGroups') ?? memberOf(node, 'sourceIPGroups');
  for (const item of listOf(groups)) {
    const reference = referenceOf(item);
    const group = typeof reference === 'string' ? findResource(resources, normaliseId(reference)) : null;
    const held = group !== null && isThere(group, rule) ? group.body['ipAddresses'] : undefined;
    if (Array.isArray(held)) values.push(...(held as readonly Json[]));
    else values.push(null);
  }
  if (isUnresolved(groups)) values.push(null);
  return buildSide(values, undefined, interner);
}

function firewallsOf(network: Network, policyId: string): FirewallPlace[] {
  return ofType(network.resources, FIREWALL_TYPE)
    .filter((firewall) => {
      const reference = referenceOf(firewall.body['firewallPolicy']);
      return typeof reference === 'string' && sameResource(reference, policyId);
    })
    .map((firewall) => placeOfFirewall(network, firewall));
}

function placeOfFirewall(network: Network, firewall: CloudResource): FirewallPlace {
  const { name, conditional } = firewall;
  for (const config of listOf(firewall.body['ipConfigurations'])) {
    const reference = referenceOf(memberOf(config, 'subnet'));
    const subnet = findSubnet(network, reference);
    if (subnet !== null) return { name, conditional, networkId: subnet.networkId, subnet: isThere(subnet, firewall) ? subnet.prefixes : null };
    if (typeof reference === 'string') return { name, conditional, networkId: parentId(reference), subnet: null };
  }
  return { name, conditional, networkId: '', subnet: null };
}
