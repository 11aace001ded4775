import { parentId, relativeId, sameResource } from '../../../lib/azure-id.ts';
import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll, isThere } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import type { Nic } from '../interface.ts';
import type { Network } from '../network.ts';
import { findResource, listOf, memberOf, ofType, referenceOf, resourceGroupOf, type Resources } from '../resources.ts';
import { allOf, anyOf, flagAt, isAbsent, known } from '../values.ts';
import { BASTION_TYPE, GATEWAY_TYPE } from './types.ts';

const VNET_TYPE = 'microsoft.network/virtualnetworks';

/** For each virtual network of the input that holds Windows machines: how administrators get in without a public address. */
export function reachFacts(target: Target, network: Network, nics: readonly Nic[]): Fact[] {
  const { resources } = network;
  const machines = machinesByNetwork(resources, nics);
  if (machines.size === 0) return [];
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
        bastion: known(reaches(resources, vnet, BASTION), '/bastion', unknown),
        gateway: known(reaches(resources, vnet, GATEWAY), '/gateway', unknown),
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

/** What leads into a network, and what a peering of that network has to say for it. */
interface Way {
  readonly type: string;
  /** Whether it serves peers at all. */
  readonly servesPeers: (resource: CloudResource) => boolean | null;
  /** Members that the network's own peering, and that of the network it stands in, need to have on. */
  readonly near: string | null;
  readonly far: string | null;
}

/** learn.microsoft.com/azure/bastion/vnet-peering; a Bastion for developers serves its own network alone (/azure/bastion/configuration-settings). */
const BASTION: Way = { type: BASTION_TYPE, servesPeers: ({ body }) => isOther(memberOf(body['sku'], 'name'), 'developer'), near: null, far: null };
/** learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit */
const GATEWAY: Way = {
  type: GATEWAY_TYPE,
  servesPeers: ({ body }) => isOther(memberOf(body['sku'], 'name'), 'basic'),
  near: 'useRemoteGateways',
  far: 'allowGatewayTransit',
};

function isOther(value: Json | undefined, word: string): boolean | null {
  return isUnresolved(value) ? null : typeof value !== 'string' || value.toLowerCase() !== word;
}

function reaches(resources: Resources, vnet: CloudResource, way: Way): boolean | null {
  const found = ofType(resources, way.type).flatMap((resource) =>
    networksOf(resource).map((id) => {
      const leads = id === null ? null : sameResource(id, vnet.id) ? true : allOf([way.servesPeers(resource), throughPeering(resources, id, vnet, way)]);
      return leads === true && !isThere(resource, vnet) ? null : leads;
    }),
  );
  // A peer that the input does not hold may have one.
  const hidden = listOf(vnet.body['virtualNetworkPeerings']).some((peering) => {
    const remote = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
    return typeof remote !== 'string' || findResource(resources, remote) === null || relativeId(remote) === '';
  });
  return anyOf([...found, hidden || !holdsAll(resources, way.type) ? null : false]);
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

/** Whether what stands in another network serves this one by the peering of the two. */
function throughPeering(resources: Resources, other: string, vnet: CloudResource, { near, far }: Way): boolean | null {
  const sides = [
    { peering: peeringOf(resources, vnet.id, other), from: vnet.id, needs: near },
    { peering: peeringOf(resources, other, vnet.id), from: other, needs: far },
  ];
  const { complete } = resources.inventory;
  if (sides.every(({ peering }) => peering === undefined)) return complete ? false : null;
  return allOf(
    sides.flatMap(({ peering, from, needs }) => {
      // A list holds all peerings of the networks in it. Of a template another may hold the other side, without which nothing is deployed.
      if (peering === undefined) return complete && findResource(resources, from) !== null ? false : needs === null ? [] : null;
      return [...isOpen(peering), ...(needs === null ? [] : [flagAt(memberOf(peering, needs), false, '', [])])];
    }),
  );
}

function peeringOf(resources: Resources, from: string, to: string): Json | undefined {
  return listOf(findResource(resources, from)?.body['virtualNetworkPeerings']).find((peering) => {
    const reference = referenceOf(memberOf(peering, 'remoteVirtualNetwork'));
    return typeof reference === 'string' && sameResource(reference, to);
  });
}

function isOpen(peering: Json): (boolean | null)[] {
  const state = memberOf(peering, 'peeringState');
  const connected = isAbsent(state) ? true : typeof state === 'string' ? state.toLowerCase() === 'connected' : null;
  return [connected, flagAt(memberOf(peering, 'allowVirtualNetworkAccess'), true, '', [])];
}
