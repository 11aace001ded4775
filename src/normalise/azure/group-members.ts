import { sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { type AddressSet, NO_ADDRESSES, parsePrefix } from './address.ts';
import { union } from './interval-set.ts';
import { listOf, memberOf, ofType, type Reference, referenceOf, type Resources } from './resources.ts';
import { type GroupMembers, PRIVATE_ADDRESSES } from './space.ts';

interface Member {
  readonly groups: readonly string[] | null;
  /** The address, when it is known. */
  readonly own: AddressSet | null;
  /** Where it may be; null when nobody knows. */
  readonly within: AddressSet | null;
}

/** Prefixes of the subnet that an interface names; null when nobody knows them. */
type SubnetOf = (reference: Reference, nic: CloudResource) => AddressSet | null;

/**
 * Addresses of members of application security groups: those of the interfaces that name the group. They are of one virtual
 * network, so never of the Internet. A document does not show all of them; a whole list of resources does. A network group of
 * a network manager holds virtual networks, and nobody says which.
 */
export function groupMembers(resources: Resources, subnetOf: SubnetOf): (own: AddressSet | null) => GroupMembers {
  let read: readonly Member[] | undefined;
  return (own) => {
    const anywhere = own ?? PRIVATE_ADDRESSES;
    return (groups, maybe) => {
      read ??= readMembers(resources, subnetOf);
      const outside = groups.some((group) => group.includes('/networkgroups/'));
      let set = !maybe
        ? NO_ADDRESSES
        : outside
          ? { v4: union(anywhere.v4, PRIVATE_ADDRESSES.v4), v6: union(anywhere.v6, PRIVATE_ADDRESSES.v6) }
          : resources.inventory.complete
            ? NO_ADDRESSES
            : anywhere;
      for (const member of read) {
        const is = member.groups === null ? null : member.groups.some((group) => groups.some((wanted) => sameResource(group, wanted)));
        if (is === false || (!maybe && (is === null || member.own === null))) continue;
        const more = member.own ?? member.within ?? anywhere;
        set = { v4: union(set.v4, more.v4), v6: union(set.v6, more.v6) };
      }
      return set;
    };
  };
}

function readMembers(resources: Resources, subnetOf: SubnetOf): Member[] {
  const nics: (readonly [CloudResource, Json])[] = ofType(resources, 'microsoft.network/networkinterfaces').map((nic) => [nic, nic.body]);
  for (const nic of ofType(resources, 'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces')) nics.push([nic, nic.body]);
  for (const set of ofType(resources, 'microsoft.compute/virtualmachinescalesets'))
    for (const nic of listOf(memberOf(memberOf(set.body['virtualMachineProfile'], 'networkProfile'), 'networkInterfaceConfigurations'))) nics.push([set, nic]);
  return nics.flatMap(([resource, nic]) =>
    listOf(memberOf(nic, 'ipConfigurations')).flatMap((config) => memberOfGroups(resources, config, (reference) => subnetOf(reference, resource))),
  );
}

function memberOfGroups(resources: Resources, config: Json, subnetOf: (reference: Reference) => AddressSet | null): Member[] {
  const stated = memberOf(config, 'applicationSecurityGroups');
  if (stated === undefined || stated === null) return [];
  const references = Array.isArray(stated) ? (stated as readonly Json[]).map(referenceOf) : [null];
  const groups = references.filter((reference) => typeof reference === 'string');
  const address = memberOf(config, 'privateIPAddress');
  const allocation = memberOf(config, 'privateIPAllocationMethod');
  const isKept = resources.inventory.complete || typeof allocation !== 'string' || allocation.toLowerCase() !== 'dynamic';
  const prefix = typeof address === 'string' && isKept ? parsePrefix(address) : null;
  return [
    {
      groups: groups.length === references.length ? groups : null,
      own: prefix?.kind === 'addresses' ? prefix : null,
      within: subnetOf(referenceOf(memberOf(config, 'subnet'))),
    },
  ];
}
