import { parentId, relativeId } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import type { Nic } from '../interface.ts';
import { connected, type Network } from '../network.ts';
import { findResource, listOf, memberOf, ofType, referenceOf, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, known } from '../values.ts';
import { BASTION_TYPE, GATEWAY_TYPE } from './types.ts';

const VNET_TYPE = 'microsoft.network/virtualnetworks';

/** For each virtual network of the input that holds Windows machines: how administrators get in without a public address. */
export function reachFacts(target: Target, network: Network, nics: readonly Nic[]): Fact[] {
  const { resources } = network;
  const machines = machinesByNetwork(resources, nics);
  if (machines.size === 0) return [];
  const bastions = ofType(resources, BASTION_TYPE).map((bastion) => networksOf(bastion));
  const gateways = ofType(resources, GATEWAY_TYPE).map((gateway) => networksOf(gateway));
  return [...machines].flatMap(([vnet, names]) => {
    if (vnet.context) return [];
    const unknown: Pointer[] = [];
    return makeFact(target, {
      kind: 'azure.bastionReach',
      name: vnet.name,
      resource: vnet,
      data: {
        virtualNetwork: vnet.name,
        resourceGroup: resourceGroupOf(vnet),
        machines: [...names].toSorted(),
        bastion: known(reaches(resources, vnet, bastions, BASTION_TYPE), '/bastion', unknown),
        gateway: known(reaches(resources, vnet, gateways, GATEWAY_TYPE), '/gateway', unknown),
      },
      unknown,
    });
  });
}

function machinesByNetwork(resources: Resources, nics: readonly Nic[]): Map<CloudResource, Set<string>> {
  const found = new Map<CloudResource, Set<string>>();
  for (const { machine, addresses } of nics) {
    if (machine === null || machine.os !== 'windows') continue;
    for (const { subnet, subnetReference } of addresses) {
      const id = subnet?.networkId ?? (typeof subnetReference === 'string' ? parentId(subnetReference) : '');
      const vnet = id === '' ? null : findResource(resources, id);
      if (vnet?.type !== VNET_TYPE) continue;
      const names = found.get(vnet);
      if (names === undefined) found.set(vnet, new Set([machine.name]));
      else names.add(machine.name);
    }
  }
  return found;
}

/** The networks that it stands in; null for one that cannot be known. */
function networksOf({ body }: CloudResource): readonly (string | null)[] {
  const own = referenceOf(body['virtualNetwork']);
  const bySubnet = listOf(body['ipConfigurations']).map((config) => {
    const subnet = referenceOf(memberOf(config, 'subnet'));
    return typeof subnet === 'string' ? parentId(subnet) : null;
  });
  return typeof own === 'string' ? [own, ...bySubnet] : bySubnet;
}

function reaches(resources: Resources, vnet: CloudResource, hosts: readonly (readonly (string | null)[])[], type: string): boolean | null {
  const found = hosts.flat().map((id) => (id === null ? null : connected(resources, id, vnet.id)));
  // A peer that the input does not hold may have one.
  const hidden = listOf(vnet.body['virtualNetworkPeerings']).some((peering) => {
    const remote = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
    return typeof remote !== 'string' || findResource(resources, remote) === null || relativeId(remote) === '';
  });
  return anyOf([...found, hidden || !holdsAll(resources, type) ? null : false]);
}
