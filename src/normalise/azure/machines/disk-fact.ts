import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact } from '../fact.ts';
import { operatingSystemOf } from '../operating-system.ts';
import { findResource, listOf, memberOf, ofType, referenceOf, resourceGroupOf, type Resources } from '../resources.ts';
import { isAbsent, known, wordAt } from '../values.ts';
import { MACHINE_TYPE } from './machine-fact.ts';
import { modelsOf } from './scale-set.ts';

const DISK_TYPE = 'microsoft.compute/disks';
const ACCESS = ['Enabled', 'Disabled'];
const POLICIES = ['AllowAll', 'AllowPrivate', 'DenyAll'];

/** Managed disks, and disks of machines that are files in a storage account. */
export function diskFacts(target: Target, resources: Resources): Fact[] {
  const users = usersOf(resources);
  return [
    ...ofType(resources, DISK_TYPE).flatMap((disk) => (disk.context ? [] : [managedFact(target, resources, disk, users.get(disk))])),
    ...ofType(resources, MACHINE_TYPE).flatMap((machine) => (machine.context ? [] : unmanagedFacts(target, machine))),
    ...modelsOf(resources).flatMap(({ resource, model, below }) => unmanagedModelFacts(target, resource, model, below)),
  ];
}

/** Machines of the input by the disks that they name. */
function usersOf(resources: Resources): Map<CloudResource, CloudResource> {
  const users = new Map<CloudResource, CloudResource>();
  for (const machine of ofType(resources, MACHINE_TYPE)) {
    for (const { node } of disksOf(machine)) {
      const reference = referenceOf(memberOf(node, 'managedDisk'));
      const disk = typeof reference === 'string' ? findResource(resources, reference) : null;
      if (disk !== null) users.set(disk, machine);
    }
  }
  return users;
}

function disksOf(machine: CloudResource): { readonly node: Json; readonly pointer: Pointer }[] {
  const profile = machine.body['storageProfile'];
  const osDisk = memberOf(profile, 'osDisk');
  return [
    ...(osDisk === undefined ? [] : [{ node: osDisk, pointer: '/storageProfile/osDisk' }]),
    ...listOf(memberOf(profile, 'dataDisks')).map((node, index) => ({ node, pointer: `/storageProfile/dataDisks/${index}` })),
  ];
}

function managedFact(target: Target, resources: Resources, disk: CloudResource, user: CloudResource | undefined): Fact {
  const unknown: Pointer[] = [];
  const named = referenceOf(disk.body['managedBy']);
  const machine = user ?? (typeof named === 'string' ? findResource(resources, named) : null);
  const machineName = machine?.name ?? (typeof named === 'string' ? nameIn(named) : null);
  const osType = disk.body['osType'];
  const system = typeof osType === 'string' && osType !== '' ? osType.toLowerCase() : machine === null ? 'not-stated' : operatingSystemOf(machine.body);
  const data: JsonObject = {
    name: disk.name,
    resourceGroup: resourceGroupOf(disk),
    machine: machineName,
    operatingSystem: known(system === 'windows' || system === 'linux' ? system : null, '/operatingSystem', unknown),
    managed: true,
    publicNetworkAccess: wordAt(disk.body['publicNetworkAccess'], ACCESS, 'Enabled', '/publicNetworkAccess', unknown),
    networkAccessPolicy: wordAt(disk.body['networkAccessPolicy'], POLICIES, 'AllowAll', '/networkAccessPolicy', unknown),
  };
  const members = ['/publicNetworkAccess', '/networkAccessPolicy'].map((at) => ({ at, resource: disk, pointer: at }));
  return makeFact(target, { kind: 'azure.disk', name: disk.name, resource: disk, data, unknown, members });
}

/** The last segment of an id; of an instance of a scale set, which has a number, the set's name as well. */
function nameIn(id: string): string {
  const instance = /\/virtualmachinescalesets\/(?<set>[^/]+)\/virtualmachines\/(?<number>[^/]+)$/i.exec(id)?.groups;
  return instance === undefined ? id.slice(id.lastIndexOf('/') + 1) : `${instance['set'] ?? ''}/${instance['number'] ?? ''}`;
}

/** A scale set whose instances have files in storage accounts names these accounts' containers. */
function unmanagedModelFacts(target: Target, set: CloudResource, model: CloudResource, below: Pointer): Fact[] {
  const disk = memberOf(model.body['storageProfile'], 'osDisk');
  if (listOf(memberOf(disk, 'vhdContainers')).length === 0 || !isAbsent(memberOf(disk, 'managedDisk'))) return [];
  return [unmanagedFact(target, set, model, 'osDisk', `${below}/storageProfile/osDisk`)];
}

function unmanagedFacts(target: Target, machine: CloudResource): Fact[] {
  return disksOf(machine).flatMap(({ node, pointer }) => {
    const file = memberOf(node, 'vhd');
    if (isAbsent(file) || !isAbsent(memberOf(node, 'managedDisk'))) return [];
    const name = memberOf(node, 'name');
    return unmanagedFact(target, machine, machine, typeof name === 'string' ? name : (pointer.split('/').pop() ?? ''), pointer);
  });
}

function unmanagedFact(target: Target, machine: CloudResource, model: CloudResource, name: string, pointer: Pointer): Fact {
  const unknown: Pointer[] = [];
  const system = operatingSystemOf(model.body);
  const data: JsonObject = {
    name,
    resourceGroup: resourceGroupOf(machine),
    machine: machine.name,
    operatingSystem: known(system === 'not-stated' ? null : system, '/operatingSystem', unknown),
    managed: false,
    publicNetworkAccess: 'not-managed',
    networkAccessPolicy: 'not-managed',
  };
  return makeFact(target, { kind: 'azure.disk', name: `${machine.name} ${name}`, resource: machine, pointer, instance: [pointer], data, unknown });
}
