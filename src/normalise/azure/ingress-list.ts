import { type CloudResource, isUnresolved } from '../../model/cloud-resource.ts';
import type { Pointer } from '../../model/pointer.ts';
import { addressKey, type AddressSet, parsePrefix } from './address.ts';
import type { DnatRule } from './firewall.ts';
import type { Ingress } from './ingress.ts';
import type { Nic, NicAddress } from './interface.ts';
import { type BalancerRule, isChained } from './load-balancer.ts';
import { connected, type Network } from './network.ts';
import { ALL_PORTS, NO_PORTS, portTexts } from './port.ts';
import { publicAddressOf } from './public-ip.ts';
import { sideText } from './side.ts';
import { unseenBalancers } from './unseen-balancers.ts';

/** An ingress with what it is called and where it stands. */
export interface NamedIngress {
  readonly ingress: Ingress;
  readonly through: string;
  /** First hop, in words. */
  readonly hop: string;
  readonly resource: CloudResource;
  readonly pointer: Pointer;
  /** Tells it from others of its interface address. */
  readonly instance: readonly string[];
}

/** Every way from outside to the interfaces. */
export function ingressList(network: Network, nics: readonly Nic[], balancers: readonly BalancerRule[], dnat: readonly DnatRule[]): NamedIngress[] {
  return [
    ...publicAddresses(network, nics),
    ...throughBalancers(balancers),
    ...throughUnseenBalancers(network, nics),
    ...throughFirewalls(network, nics, dnat),
  ];
}

function publicAddresses(network: Network, nics: readonly Nic[]): NamedIngress[] {
  const found: NamedIngress[] = [];
  for (const address of nics.flatMap((nic) => nic.addresses)) {
    const publicAddress = publicAddressOf(network.resources, address.node, address.nic.resource);
    if (publicAddress === null) continue;
    const unresolved = publicAddress === 'unresolved';
    const name = unresolved ? 'unknown' : publicAddress.name;
    const open = unresolved ? null : publicAddress.open;
    found.push({
      ingress: {
        address,
        via: 'public-ip',
        ports: () => ALL_PORTS,
        open,
        floating: false,
        exists: unresolved || isChained(address.node) ? null : true,
        translated: null,
      },
      through: name,
      hop: `public IP ${name}${open === true ? ' (Basic)' : open === false ? ' (Standard)' : ''}${isChained(address.node) ? ', chained to a gateway load balancer' : ''}`,
      resource: address.nic.resource,
      pointer: address.pointer,
      instance: [address.nic.name, address.name, 'public-ip'],
    });
  }
  return found;
}

function throughBalancers(balancers: readonly BalancerRule[]): NamedIngress[] {
  const found: NamedIngress[] = [];
  for (const rule of balancers) {
    if (rule.isPublic === false) continue;
    const ports = rule.portsUnknown ? null : rule.ports;
    for (const address of rule.targets) {
      found.push({
        ingress: {
          address,
          via: 'load-balancer',
          ports: (protocol) => (rule.protocols !== null && (rule.protocols & protocol) === 0 ? NO_PORTS : ports),
          open: rule.open,
          floating: rule.floating !== false,
          exists: rule.isPublic === null || rule.protocols === null || rule.chained ? null : true,
          translated: null,
        },
        through: `${rule.balancer}/${rule.name}`,
        hop: `load balancer ${rule.balancer}${rule.frontend === '' ? '' : `, frontend ${rule.frontend}`}${rule.chained ? ', chained to a gateway load balancer' : ''}, rule ${rule.name}: port ${rule.frontendPort} to ${rule.portsUnknown ? 'unknown' : portTexts(rule.ports).join(', ')}`,
        resource: rule.resource,
        pointer: rule.pointer,
        instance: [rule.name, ...addressInstance(address)],
      });
    }
  }
  return found;
}

/** What a load balancer that the input does not hold, or that may not be deployed, lets through to an interface is not known: any port, or none. */
function throughUnseenBalancers(network: Network, nics: readonly Nic[]): NamedIngress[] {
  const found: NamedIngress[] = [];
  for (const address of nics.flatMap((nic) => nic.addresses)) {
    // Of an address that is one expression the public address is as unknown, and stands for every way.
    if (isUnresolved(address.node)) continue;
    for (const [name, how] of unseenBalancers(network.resources, address)) {
      const is = how === 'conditional' ? 'is deployed on a condition' : 'is not in the input';
      const unseen = name === '' ? `a load balancer of interface ${address.nic.name} is not resolved` : `load balancer ${name} ${is}`;
      found.push({
        ingress: { address, via: 'load-balancer', ports: () => null, open: null, floating: true, exists: null, translated: null, unseen },
        through: name === '' ? 'unknown' : name,
        hop: name === '' ? 'a load balancer that is not resolved' : `load balancer ${name}, which ${is}`,
        resource: address.nic.resource,
        pointer: address.pointer,
        instance: [address.nic.name, address.name, 'load-balancer', name],
      });
    }
  }
  return found;
}

function throughFirewalls(network: Network, nics: readonly Nic[], dnat: readonly DnatRule[]): NamedIngress[] {
  const byAddress = new Map<string, NicAddress[]>();
  for (const address of nics.flatMap((nic) => nic.addresses)) {
    for (const one of singles(address)) {
      if (one.privateAddress === null) continue;
      const key = addressKey(one.privateAddress);
      const list = byAddress.get(key);
      if (list === undefined) byAddress.set(key, [one]);
      else list.push(one);
    }
  }
  const found: NamedIngress[] = [];
  for (const rule of dnat) {
    if (rule.translatedAddress === null || parsePrefix(rule.translatedAddress).kind !== 'addresses') continue;
    for (const address of byAddress.get(addressKey(rule.translatedAddress)) ?? []) {
      const place = placeFor(network, rule, address);
      if (place === null) continue;
      found.push({
        ingress: {
          address,
          via: 'firewall',
          ports: (protocol) => (rule.protocols !== null && (rule.protocols & protocol) === 0 ? NO_PORTS : rule.portsUnknown ? null : rule.translatedPorts),
          open: true,
          floating: false,
          exists: rule.protocols === null || !place.certain ? null : true,
          translated: { rule, from: place.from },
        },
        through: `${rule.owner}/${rule.collection}/${rule.name}`,
        hop: `firewall ${rule.owner}, DNAT rule ${rule.collection}/${rule.name} for ${sideText(rule.clients) || 'nobody'}: port ${rule.destinationPorts} to ${rule.translatedAddress}:${portTexts(rule.translatedPorts).join(', ')}`,
        resource: rule.resource,
        pointer: rule.pointer,
        instance: [rule.collection, rule.name, ...addressInstance(address)],
      });
    }
  }
  return found;
}

/** An address, or each that it stands for: a firewall leads to one of them. */
function singles(address: NicAddress): NicAddress[] {
  return address.standsFor.length === 0 ? [address] : address.standsFor.map(({ privateAddress }) => ({ ...address, privateAddress }));
}

interface Place {
  readonly from: AddressSet | null;
  readonly certain: boolean;
}

/** Which of the rule's firewalls reaches the interface; equal private addresses in separate networks are not the same machine. */
function placeFor(network: Network, rule: DnatRule, address: NicAddress): Place | null {
  if (rule.firewalls.length === 0) return { from: null, certain: false };
  let perhaps: Place | null = null;
  for (const firewall of rule.firewalls) {
    const link = connected(network.resources, firewall.networkId, address.subnet?.networkId ?? '');
    if (link === true) return { from: firewall.subnet, certain: true };
    if (link === null) perhaps = { from: firewall.subnet, certain: false };
  }
  return perhaps;
}

function addressInstance(address: NicAddress): string[] {
  return [address.nic.name, address.name];
}
