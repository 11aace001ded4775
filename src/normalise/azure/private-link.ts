import { parentId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { addressKey, type AddressSet, NO_ADDRESSES, parsePrefix } from './address.ts';
import { isThere } from './coverage.ts';
import type { NamedIngress } from './ingress-list.ts';
import type { Nic, NicAddress } from './interface.ts';
import { contains, union } from './interval-set.ts';
import type { BalancerRule } from './load-balancer.ts';
import { connected, findSubnet, type Network } from './network.ts';
import { ALL_PORTS, NO_PORTS, portTexts } from './port.ts';
import { findResource, listOf, memberOf, ofType, type Reference, referenceOf } from './resources.ts';
import { TCP } from './rule.ts';
import { RDP_PORT } from './group-fact.ts';

const SERVICE_TYPE = 'microsoft.network/privatelinkservices';

/**
 * A Private Link service with the ways through it. Consumers in other networks, subscriptions or tenants come by private
 * endpoints to a frontend of a load balancer; packets then come from an address of the service's own in the provider's network.
 *
 * https://learn.microsoft.com/azure/private-link/private-link-service-overview
 */
export interface PrivateLink {
  readonly service: CloudResource;
  readonly ways: readonly NamedIngress[];
  /** Why it may lead to machines that `ways` do not show, as clauses for people. */
  readonly unseen: readonly string[];
}

export function readPrivateLinks(network: Network, nics: readonly Nic[], balancers: readonly BalancerRule[]): PrivateLink[] {
  return ofType(network.resources, SERVICE_TYPE).flatMap((service) => (service.context ? [] : [linkOf(network, nics, balancers, service)]));
}

function linkOf(network: Network, nics: readonly Nic[], balancers: readonly BalancerRule[], service: CloudResource): PrivateLink {
  const unseen = new Set<string>();
  const ways: NamedIngress[] = [];
  const from = sourcesOf(network, service);
  for (const [index, frontend] of listOf(service.body['loadBalancerFrontendIpConfigurations']).entries())
    ways.push(
      ...throughFrontend(network, balancers, { service, from, pointer: `/loadBalancerFrontendIpConfigurations/${index}` }, referenceOf(frontend), unseen),
    );
  const direct = service.body['destinationIPAddress'];
  if (direct !== undefined && direct !== null && direct !== '') ways.push(...toAddress(network, nics, service, from, direct, unseen));
  return { service, ways, unseen: [...unseen] };
}

/** Addresses of the service, from which packets come; null when the input does not show them. */
function sourcesOf(network: Network, service: CloudResource): AddressSet | null {
  let all = NO_ADDRESSES;
  for (const config of listOf(service.body['ipConfigurations'])) {
    const address = memberOf(config, 'privateIPAddress');
    const method = memberOf(config, 'privateIPAllocationMethod');
    const isStated = typeof address === 'string' && (network.resources.inventory.complete || (typeof method === 'string' && method.toLowerCase() === 'static'));
    const prefix = isStated ? parsePrefix(address) : null;
    const subnet = findSubnet(network, referenceOf(memberOf(config, 'subnet')));
    const set = prefix?.kind === 'addresses' ? prefix : subnet !== null && isThere(subnet, service) ? subnet.prefixes : null;
    if (set === null) return null;
    all = { v4: union(all.v4, set.v4), v6: union(all.v6, set.v6) };
  }
  return all.v4.length === 0 ? null : all;
}

interface Entry {
  readonly service: CloudResource;
  readonly from: AddressSet | null;
  readonly pointer: Pointer;
}

function throughFrontend(network: Network, balancers: readonly BalancerRule[], entry: Entry, frontend: Reference, unseen: Set<string>): NamedIngress[] {
  if (typeof frontend !== 'string') {
    if (frontend.is === 'unresolved') unseen.add(`a frontend of Private Link service ${entry.service.name} is not resolved`);
    return [];
  }
  const balancerId = parentId(frontend);
  const balancer = findResource(network.resources, balancerId);
  if (balancer === null || balancer.context) unseen.add(`load balancer ${balancerId.split('/').pop() ?? ''} is not in the input`);
  else if (!isThere(balancer, entry.service)) unseen.add(`load balancer ${balancer.name} is deployed on a condition`);
  const found: NamedIngress[] = [];
  for (const rule of balancers) {
    // A rule whose frontend is not known may be at this one.
    if (rule.frontendId === null && isOf(rule, balancerId) && mayLeadToRdp(rule))
      unseen.add(`the frontend of rule ${rule.name} of load balancer ${rule.balancer} is not resolved`);
    if (rule.frontendId === null || !sameResource(rule.frontendId, frontend)) continue;
    if (rule.targetsUnknown && mayLeadToRdp(rule))
      unseen.add(`the machines behind rule ${rule.name} of load balancer ${rule.balancer} are not all in the input`);
    // It takes IPv4 alone.
    for (const address of rule.targets) if (address.family === 'v4') found.push(wayBy(entry, rule, address));
  }
  return found;
}

/** A NAT rule may be a resource below its load balancer. */
function isOf({ resource }: BalancerRule, balancerId: string): boolean {
  return sameResource(resource.id, balancerId) || sameResource(parentId(resource.id), balancerId);
}

function mayLeadToRdp({ protocols, ports, portsUnknown }: BalancerRule): boolean {
  return (protocols === null || (protocols & TCP) !== 0) && (portsUnknown || contains(ports, RDP_PORT));
}

function wayBy({ service, from, pointer }: Entry, rule: BalancerRule, address: NicAddress): NamedIngress {
  const ports = rule.portsUnknown ? null : rule.ports;
  return {
    ingress: {
      address,
      via: 'private-link',
      ports: (protocol) => (rule.protocols !== null && (rule.protocols & protocol) === 0 ? NO_PORTS : ports),
      open: true,
      floating: rule.floating !== false,
      exists: rule.protocols === null || rule.chained ? null : true,
      translated: { rule: null, from },
    },
    through: `${service.name}, ${rule.balancer}/${rule.name}`,
    hop: `Private Link service ${service.name}, load balancer ${rule.balancer}${rule.frontend === '' ? '' : `, frontend ${rule.frontend}`}, rule ${rule.name}: port ${rule.frontendPort} to ${rule.portsUnknown ? 'unknown' : portTexts(rule.ports).join(', ')}`,
    resource: service,
    pointer,
    instance: [rule.balancer, rule.shape, rule.name, address.nic.name, address.name],
  };
}

/** Without a load balancer a service leads straight to a private address, on every port. */
function toAddress(network: Network, nics: readonly Nic[], service: CloudResource, from: AddressSet | null, direct: Json, unseen: Set<string>): NamedIngress[] {
  if (typeof direct !== 'string' || isUnresolved(direct)) {
    unseen.add(`the destination of Private Link service ${service.name} is not resolved`);
    return [];
  }
  const subnets = listOf(service.body['ipConfigurations']).map((config) => findSubnet(network, referenceOf(memberOf(config, 'subnet'))));
  const found: NamedIngress[] = [];
  for (const address of nics.flatMap((nic) => nic.addresses)) {
    if (address.privateAddress === null || addressKey(address.privateAddress) !== addressKey(direct)) continue;
    const links = subnets.map((subnet) => connected(network.resources, subnet?.networkId ?? '', address.subnet?.networkId ?? ''));
    if (links.length > 0 && links.every((link) => link === false)) continue;
    found.push({
      ingress: {
        address,
        via: 'private-link',
        ports: () => ALL_PORTS,
        open: true,
        floating: false,
        exists: links.includes(true) ? true : null,
        translated: { rule: null, from },
      },
      through: `${service.name}, ${direct}`,
      hop: `Private Link service ${service.name}, straight to ${direct}`,
      resource: service,
      pointer: '/destinationIPAddress',
      instance: ['direct', address.nic.name, address.name],
    });
  }
  if (!found.some(({ ingress }) => isThere(ingress.address.nic.resource, service))) unseen.add(`what has the address ${direct} is not in the input`);
  return found;
}
