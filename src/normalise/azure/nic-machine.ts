import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import type { Network } from './network.ts';
import { type OperatingSystem, operatingSystemOf } from './operating-system.ts';
import { findResource, listOf, memberOf, ofType, referenceOf } from './resources.ts';

/** The virtual machine or scale set that an interface belongs to. */
export interface Machine {
  /** Canonical id. */
  readonly id: string;
  readonly name: string;
  /** The machine's own number, which its firmware shows to the guest; null when the input does not say. */
  readonly vmId: string | null;
  readonly os: OperatingSystem;
  readonly gateway: boolean;
}

const VM_TYPE = 'microsoft.compute/virtualmachines';

export function machinesByInterface(network: Network): { machines: Map<CloudResource, Machine>; unresolved: boolean } {
  const machines = new Map<CloudResource, Machine>();
  let unresolved = false;
  for (const resource of ofType(network.resources, VM_TYPE)) {
    for (const entry of listOf(memberOf(resource.body['networkProfile'], 'networkInterfaces'))) {
      const reference = referenceOf(entry);
      if (typeof reference !== 'string') unresolved = true;
      const nic = typeof reference === 'string' ? findResource(network.resources, reference) : null;
      if (nic !== null) machines.set(nic, eitherMachine(machines.get(nic), readMachine(resource, resource.body)));
    }
  }
  return { machines, unresolved };
}

const MOST_JUDGED: readonly OperatingSystem[] = ['windows', 'not-stated', 'linux'];

/** An interface has one machine. Of several, each under its own condition, the one counts of which more is judged. */
function eitherMachine(known: Machine | undefined, other: Machine): Machine {
  if (known === undefined) return other;
  const isOther = MOST_JUDGED.indexOf(other.os) < MOST_JUDGED.indexOf(known.os);
  return { ...(isOther ? other : known), gateway: known.gateway || other.gateway };
}

export function machineOf(network: Network, nic: CloudResource, machines: ReadonlyMap<CloudResource, Machine>): Machine | null {
  const known = machines.get(nic);
  if (known !== undefined) return known;
  const reference = referenceOf(nic.body['virtualMachine']);
  if (typeof reference !== 'string') return null;
  const resource = findResource(network.resources, reference);
  if (resource !== null) return readMachine(resource, resource.body);
  return {
    id: reference,
    name: reference.slice(reference.lastIndexOf('/') + 1),
    vmId: null,
    os: 'not-stated',
    gateway: false,
  };
}

export function readMachine(resource: CloudResource, profile: Json): Machine {
  return {
    id: resource.id,
    name: resource.name,
    vmId: typeof resource.body['vmId'] === 'string' ? resource.body['vmId'] : null,
    os: operatingSystemOf(profile),
    gateway: isGateway(resource.body['tags']),
  };
}

/** A tag `role` that names the gateway or web access role. */
function isGateway(tags: Json | undefined): boolean {
  const role = memberOf(tags, 'role');
  return typeof role === 'string' && ['rd-gateway', 'rdgateway', 'rd-web', 'rdweb'].includes(role.toLowerCase());
}
