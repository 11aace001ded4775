import { extendedId, relativeId, sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';
import { listOf, ofType, referenceOf, type Resources } from './resources.ts';

const MEMBERSHIP_TYPE = 'microsoft.network/networkgroupmemberships';

/** Ids of the network groups that a virtual network is in; null where nobody knows all of them. */
export type NetworkGroupsOf = (networkId: string) => readonly string[] | null;

/**
 * Who is in a network group, by name or by a policy's condition, is known by the network alone, and only a live snapshot shows it:
 * of a network that may be read Resource Graph has all memberships
 * (https://learn.microsoft.com/azure/virtual-network-manager/how-to-view-applied-configurations).
 */
export function readNetworkGroups(resources: Resources): NetworkGroupsOf {
  const { unread } = resources.inventory;
  if (unread === undefined || unread.some(({ type }) => type === MEMBERSHIP_TYPE)) return () => null;
  const rows = ofType(resources, MEMBERSHIP_TYPE).map((row) => ({ owner: extendedId(row.id) ?? '', groups: groupsOf(row) }));
  // A row that is not understood may be of any network: then no network is known to be in no group.
  if (rows.some(({ owner, groups }) => groups.includes(null) || !OWNER.test(relativeId(owner)))) return () => null;
  const byOwner = Map.groupBy(rows, ({ owner }) => relativeId(owner));
  return (networkId) => {
    if (networkId === '') return null;
    const own = (byOwner.get(relativeId(networkId)) ?? []).filter(({ owner }) => sameResource(owner, networkId));
    return own.flatMap(({ groups }) => groups.filter((group) => group !== null));
  };
}

/** Routes are also given to groups of subnets; security admin rules are not. */
const OWNER = /^microsoft\.network\/virtualnetworks\/[^/]+(?:\/subnets\/[^/]+)?$/;

/** Resource Graph writes these names with a capital. */
function anyCase(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value)) return undefined;
  const own = Object.keys(value).find((key) => key.toLowerCase() === name);
  return own === undefined ? undefined : value[own];
}

/** Null for what cannot be read as a group. */
function groupsOf({ body }: CloudResource): (string | null)[] {
  const list = anyCase(body, 'groupmemberships');
  if (!Array.isArray(list)) return [null];
  return listOf(list as readonly Json[]).map((item) => {
    const group = referenceOf(anyCase(item, 'networkgroupid'));
    return typeof group === 'string' ? group : null;
  });
}

/** Whether what a rule collection is for may hold a network that is in some groups. */
export function mayApply(collection: readonly string[] | null, groups: readonly string[]): boolean {
  return collection === null || collection.some((wanted) => groups.some((group) => sameResource(group, wanted)));
}
