import { createHash } from 'node:crypto';
import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type Nic, nicOf, type NicInstances, readInterfaces } from './interface.ts';
import { type Network } from './network.ts';
import { publicAddressOf } from './public-ip.ts';
import { type Machine, readMachine } from './nic-machine.ts';
import { childName, findChild, findResource, listOf, memberOf, ofType, type Reference, referenceOf, type Resources } from './resources.ts';

export const SCALE_SET_TYPE = 'microsoft.compute/virtualmachinescalesets';
export const INSTANCE_NIC_TYPE = `${SCALE_SET_TYPE}/virtualmachines/networkinterfaces`;
const PROFILE = '/virtualMachineProfile';
const CONFIGURATIONS = `${PROFILE}/networkProfile/networkInterfaceConfigurations`;
/** Numbers of instances that a text names; the rest is counted. */
const SHOWN = 5;

/** Every interface of the input. */
export function allInterfaces(network: Network): Nic[] {
  return [...readInterfaces(network), ...scaleSetNics(network)];
}

/** Interfaces of instances by what the same ones of their set are made from. */
interface InstanceNic {
  readonly row: CloudResource;
  readonly setId: string;
  readonly number: string;
  readonly name: string;
}

/**
 * One interface for each of a scale set's model, which stands for all instances that are like it, and one for each other form
 * that instances have: those made from an older model, or changed by hand. A cause is told once, however many instances have it.
 */
function scaleSetNics(network: Network): Nic[] {
  const { resources } = network;
  const rows = Map.groupBy(ofType(resources, INSTANCE_NIC_TYPE).flatMap(instanceOf), ({ setId }) => setId);
  const nics: Nic[] = [];
  const seen = new Set<string>();
  for (const set of ofType(resources, SCALE_SET_TYPE)) {
    if (set.context) continue;
    seen.add(set.id);
    nics.push(...nicsOfSet(network, set, rows.get(set.id) ?? []));
  }
  // Whose set is not shown is of nobody that is known, and there all the same.
  for (const [setId, found] of rows) {
    if (seen.has(setId) || found[0] === undefined) continue;
    const machine: Machine = { id: setId, name: setId.slice(setId.lastIndexOf('/') + 1), vmId: null, os: 'not-stated', gateway: false };
    nics.push(...unlikeModel(network, null, machine, found));
  }
  return nics;
}

function instanceOf(row: CloudResource): InstanceNic[] {
  const found = /^(?<set>.*virtualmachinescalesets\/[^/]+)\/virtualmachines\/(?<number>[^/]+)\/networkinterfaces\/[^/]+$/.exec(row.id)?.groups;
  if (found === undefined || row.context) return [];
  return [{ row, setId: found['set'] ?? '', number: found['number'] ?? '', name: row.name }];
}

function nicsOfSet(network: Network, set: CloudResource, rows: readonly InstanceNic[]): Nic[] {
  const profile = set.body['virtualMachineProfile'];
  const machine = readMachine(set, profile ?? null);
  const models = listOf(memberOf(memberOf(profile, 'networkProfile'), 'networkInterfaceConfigurations'));
  const unlike = new Set(rows);
  const byName = Map.groupBy(rows, ({ name }) => name.toLowerCase());
  const made = models.map((node, index) => {
    const form = formOf(network.resources, node, undefined);
    const like = (byName.get(childName(node).toLowerCase()) ?? []).filter(({ row }) => formOf(network.resources, row.body, node) === form);
    for (const one of like) unlike.delete(one);
    return nicOf(network, set, `${CONFIGURATIONS}/${index}`, node, `${set.name}/${childName(node)}`, machine, false, instancesOf(like, false));
  });
  return [...made, ...unlikeModel(network, { set, models }, machine, [...unlike])];
}

function isCalled(node: Json, name: string): boolean {
  return childName(node).toLowerCase() === name.toLowerCase();
}

interface Known {
  readonly set: CloudResource;
  readonly models: readonly Json[];
}

/** One interface for each form. Its identity is the set's, the name's and the form's, so that it stays while instances come and go. */
function unlikeModel(network: Network, known: Known | null, machine: Machine, rows: readonly InstanceNic[]): Nic[] {
  const models = new Map((known?.models ?? []).map((node, index) => [childName(node).toLowerCase(), { node, index }]));
  const byForm = Map.groupBy(rows, ({ row, name }) =>
    JSON.stringify([name.toLowerCase(), formOf(network.resources, row.body, models.get(name.toLowerCase())?.node)]),
  );
  return [...byForm].flatMap(([form, found]) => {
    const [first] = found;
    if (first === undefined) return [];
    const index = models.get(first.name.toLowerCase())?.index;
    const pointer = known === null ? '' : index === undefined ? PROFILE : `${CONFIGURATIONS}/${index}`;
    const digest = createHash('sha256').update(form).digest('hex').slice(0, 8);
    return [
      nicOf(network, known?.set ?? first.row, pointer, first.row.body, `${machine.name}/${first.name}@${digest}`, machine, false, instancesOf(found, true)),
    ];
  });
}

function instancesOf(found: readonly InstanceNic[], unlike: boolean): NicInstances {
  const numbers = found.map(({ number }) => number).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const more = numbers.length - SHOWN;
  const listed = `${numbers.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const words = numbers.length === 0 ? '' : `${numbers.length === 1 ? 'instance' : 'instances'} ${listed}${unlike ? ', unlike the model' : ''}`;
  return { words, nics: found.map(({ row }) => row), unlikeModel: unlike };
}

/**
 * What of an interface decides who reaches it, as text. `model` is what an instance was made from: it says the SKU of a public
 * address where the address itself does not.
 */
function formOf(resources: Resources, node: Json, model: Json | undefined): string {
  const configs = listOf(memberOf(node, 'ipConfigurations')).map((config) => {
    const like = listOf(memberOf(model, 'ipConfigurations')).find((other) => isCalled(other, childName(config)));
    const version = memberOf(config, 'privateIPAddressVersion');
    return [
      childName(config).toLowerCase(),
      textOf(referenceOf(memberOf(config, 'subnet'))),
      typeof version === 'string' && version.toLowerCase() === 'ipv6',
      publicForm(resources, config, like),
      textsOf(config, 'loadBalancerBackendAddressPools'),
      textsOf(config, 'applicationSecurityGroups'),
      [...new Set([...textsOf(config, 'loadBalancerInboundNatPools'), ...natPools(resources, config)])].toSorted(),
    ] as const;
  });
  return JSON.stringify([textOf(referenceOf(memberOf(node, 'networkSecurityGroup'))), configs.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function publicForm(resources: Resources, config: Json, like: Json | undefined): string {
  // A live snapshot alone has instances, and nothing in it stands on a condition.
  const address = publicAddressOf(resources, config, {});
  if (address === null || address === 'unresolved') return address ?? 'none';
  if (address.open !== null || like === undefined) return String(address.open);
  const modelled = publicAddressOf(resources, like, {});
  return modelled === null || modelled === 'unresolved' ? 'null' : String(modelled.open);
}

function textOf(reference: Reference): string {
  return typeof reference === 'string' ? reference : `(${reference.is})`;
}

function textsOf(config: Json, name: string): string[] {
  return listOf(memberOf(config, name))
    .map((item) => textOf(referenceOf(item)))
    .toSorted();
}

/** NAT rules of an instance as the pools that they were made by: `pool.3` is the third of `pool`. Rules for a whole backend pool are known by that. */
function natPools(resources: Resources, config: Json): string[] {
  return textsOf(config, 'loadBalancerInboundNatRules').flatMap((id) => {
    const rule = findChild(resources, id, 'inboundNatRules');
    if (typeof referenceOf(memberOf(rule?.node, 'backendAddressPool')) === 'string') return [];
    const pool = /^(?<balancer>.*)\/inboundnatrules\/(?<name>.+)\.\d+$/.exec(id)?.groups;
    if (pool === undefined) return [id];
    const balancer = findResource(resources, pool['balancer'] ?? '');
    const isPool = listOf(balancer?.body['inboundNatPools']).some((node) => isCalled(node, pool['name'] ?? ''));
    return [isPool ? `${pool['balancer'] ?? ''}/inboundnatpools/${pool['name'] ?? ''}` : id];
  });
}
