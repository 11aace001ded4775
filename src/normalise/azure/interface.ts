import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, NO_V4, NO_V6, parsePrefix, V4_ALL, V6_ALL } from './address.ts';
import { isThere } from './coverage.ts';
import type { Destination } from './destination.ts';
import { type Machine, machineOf, machinesByInterface } from './nic-machine.ts';
import { type Filter, filterOf, findSubnet, type Network, perhaps, type Subnet } from './network.ts';
import { childName, listOf, memberOf, ofType, type Reference, referenceOf } from './resources.ts';

/** A network interface, or the model of one in a scale set. */
export interface Nic {
  readonly resource: CloudResource;
  /** Where it stands in the resource: `''` for an interface of its own. */
  readonly pointer: string;
  readonly node: Json;
  readonly name: string;
  readonly machine: Machine | null;
  /** A machine of the input has interfaces that are unresolved, and this may be one of them. */
  readonly perhapsAttached: boolean;
  readonly filter: Filter;
  readonly addresses: readonly NicAddress[];
  /** Interfaces of a scale set's instances that it stands for; `''` and none for one that stands for itself. */
  readonly instances: NicInstances;
}

export interface NicInstances {
  /** For people, bounded. */
  readonly words: string;
  readonly nics: readonly CloudResource[];
  /** Their common form is not that of the model. */
  readonly unlikeModel: boolean;
}

const NO_INSTANCES: NicInstances = { words: '', nics: [], unlikeModel: false };

/** One `ipConfiguration`. */
export interface NicAddress {
  readonly nic: Nic;
  readonly node: Json;
  readonly pointer: string;
  readonly name: string;
  /** Canonical id of the ipConfiguration; templates refer to it by this. */
  readonly id: string;
  readonly family: 'v4' | 'v6';
  /** The private address; null when it is dynamic or unresolved. */
  readonly privateAddress: string | null;
  readonly subnet: Subnet | null;
  readonly subnetReference: Reference;
  /** Application security groups; null when unresolved. */
  readonly groups: readonly string[] | null;
  /** Those of instances that it stands for. */
  readonly standsFor: readonly InstanceAddress[];
}

interface InstanceAddress {
  readonly id: string;
  readonly privateAddress: string | null;
}

const NIC_TYPE = 'microsoft.network/networkinterfaces';

/** Interfaces that are resources of their own; those of scale sets are in `scale-set-nics.ts`. */
export function readInterfaces(network: Network): Nic[] {
  const { machines, unresolved } = machinesByInterface(network);
  const nics: Nic[] = [];
  for (const resource of ofType(network.resources, NIC_TYPE)) {
    if (!resource.context) nics.push(nicOf(network, resource, '', resource.body, resource.name, machineOf(network, resource, machines), unresolved));
  }
  return nics;
}

function machineIsUnresolved(node: Json): boolean {
  const reference = referenceOf(memberOf(node, 'virtualMachine'));
  return typeof reference !== 'string' && reference.is === 'unresolved';
}

/** What an interface is called where people read it. */
export function shownName({ name, instances }: Nic): string {
  return instances.words === '' ? name : `${name} (${instances.words})`;
}

export function nicOf(
  network: Network,
  resource: CloudResource,
  pointer: string,
  node: Json,
  name: string,
  machine: Machine | null,
  unresolved: boolean,
  instances: NicInstances = NO_INSTANCES,
): Nic {
  const addresses: NicAddress[] = [];
  const nic: Nic = {
    resource,
    pointer,
    node,
    name,
    machine,
    perhapsAttached: machine === null && (unresolved || machineIsUnresolved(node)),
    filter: filterOf(network.resources, network.groups, resource, memberOf(node, 'networkSecurityGroup')),
    addresses,
    instances,
  };
  for (const [index, config] of listOf(memberOf(node, 'ipConfigurations')).entries()) {
    addresses.push(addressOf(network, nic, config, `${pointer}/ipConfigurations/${index}`, childName(config) || String(index)));
  }
  return nic;
}

function addressOf(network: Network, nic: Nic, node: Json, pointer: string, name: string): NicAddress {
  const version = memberOf(node, 'privateIPAddressVersion');
  const allocation = memberOf(node, 'privateIPAllocationMethod');
  const address = memberOf(node, 'privateIPAddress');
  const subnetReference = referenceOf(memberOf(node, 'subnet'));
  // A dynamic address that a deployment will choose is not stated; what a live interface reports is.
  const stated =
    typeof address === 'string' &&
    address !== '' &&
    !(typeof allocation === 'string' && allocation.toLowerCase() === 'dynamic' && !network.resources.inventory.complete)
      ? address
      : null;
  const modelId = `${nic.resource.id}${nic.pointer === '' ? '' : `/networkinterfaces/${childName(nic.node).toLowerCase()}`}/ipconfigurations/${name.toLowerCase()}`;
  const standsFor = instanceAddresses(nic.instances, name);
  return {
    nic,
    node,
    pointer,
    name,
    standsFor,
    id: nic.instances.unlikeModel ? (standsFor[0]?.id ?? modelId) : modelId,
    family: typeof version === 'string' && version.toLowerCase() === 'ipv6' ? 'v6' : 'v4',
    // Of several instances that are judged as one, the address may be any in the subnet.
    privateAddress: standsFor.length > 1 ? null : stated,
    subnet: findSubnet(network, subnetReference),
    subnetReference,
    groups: groupsOf(memberOf(node, 'applicationSecurityGroups')),
  };
}

function instanceAddresses({ nics }: NicInstances, name: string): InstanceAddress[] {
  return nics.flatMap((nic) =>
    listOf(nic.body['ipConfigurations']).flatMap((config): InstanceAddress[] => {
      if (childName(config).toLowerCase() !== name.toLowerCase()) return [];
      const address = memberOf(config, 'privateIPAddress');
      return [{ id: `${nic.id}/ipconfigurations/${name.toLowerCase()}`, privateAddress: typeof address === 'string' && address !== '' ? address : null }];
    }),
  );
}

function groupsOf(value: Json | undefined): readonly string[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return null;
  const references = (value as readonly Json[]).map(referenceOf);
  const ids = references.filter((reference) => typeof reference === 'string');
  return ids.length === references.length ? ids : null;
}

/** Where packets to it go: its address, else somewhere in its subnet, else anywhere. */
export function destinationOf(address: NicAddress): Destination {
  const addresses = addressSet(address);
  return { ...addresses, groups: address.groups, mode: 'each' };
}

function addressSet(address: NicAddress): AddressSet {
  const own = address.privateAddress === null ? null : parsePrefix(address.privateAddress);
  const set = own?.kind === 'addresses' ? own : hasItsSubnet(address) ? (address.subnet?.prefixes ?? null) : null;
  const v4 = address.family === 'v4';
  const found: AddressSet = {
    v4: v4 ? (set?.v4 ?? NO_V4) : NO_V4,
    v6: v4 ? NO_V6 : (set?.v6 ?? NO_V6),
  };
  if (found.v4.length > 0 || found.v6.length > 0) return found;
  return { v4: v4 ? V4_ALL : NO_V4, v6: v4 ? NO_V6 : V6_ALL };
}

/** What filters packets to it, in order: its subnet's group, then its own. */
export function filtersOf(address: NicAddress): readonly [Filter, Filter] {
  if (!isPrivateEndpoint(address.nic)) return [subnetFilter(address), address.nic.filter];
  // Groups see nothing of a private endpoint until its subnet says so (private-endpoint-overview, limitations).
  const policies = hasItsSubnet(address) ? memberOf(address.subnet?.node, 'privateEndpointNetworkPolicies') : undefined;
  const word = typeof policies === 'string' ? policies.toLowerCase() : null;
  if (word === 'enabled' || word === 'networksecuritygroupenabled') return [subnetFilter(address), 'none'];
  return [word === 'disabled' || word === 'routetableenabled' ? 'none' : 'unknown', 'none'];
}

/** The interface of a private endpoint, behind which stands a service. */
export function isPrivateEndpoint(nic: Nic): boolean {
  return typeof referenceOf(memberOf(nic.node, 'privateEndpoint')) === 'string';
}

/** Whether its subnet is as the input states it: where that is not deployed, one of the name that was there before stays. */
export function hasItsSubnet({ subnet, nic }: NicAddress): boolean {
  return subnet !== null && isThere(subnet, nic.resource);
}

/** The filter of its subnet. */
export function subnetFilter(address: NicAddress): Filter {
  if (address.subnet !== null) return hasItsSubnet(address) ? address.subnet.filter : perhaps(address.subnet.filter);
  return typeof address.subnetReference !== 'string' && address.subnetReference.is === 'none' ? 'none' : 'unknown';
}
