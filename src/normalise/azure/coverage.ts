import { extendedId, parentId, relativeId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, isImplied } from '../../model/cloud-resource.ts';
import { ofType, type Resources } from './resources.ts';

/**
 * Types of which a list of resources is no proof: each has to be asked for at the resource that it belongs to, and neither
 * Resource Graph nor `az resource list` holds them.
 */
const ASKED_ONE_BY_ONE: ReadonlySet<string> = new Set(['microsoft.insights/diagnosticsettings', 'microsoft.keyvault/vaults/certificates']);

/** What a live snapshot reads. A type that nobody reads is never known to be absent. */
const READ_LIVE: ReadonlySet<string> = new Set([
  ...ASKED_ONE_BY_ONE,
  'microsoft.compute/virtualmachines/extensions',
  'microsoft.hybridcompute/machines/extensions',
  'microsoft.desktopvirtualization/hostpools',
  'microsoft.desktopvirtualization/hostpools/sessionhosts',
  'microsoft.authorization/roleassignments',
  'microsoft.security/pricings',
  'microsoft.security/locations/jitnetworkaccesspolicies',
  'microsoft.guestconfiguration/guestconfigurationassignments',
  'microsoft.maintenance/configurationassignments',
  'microsoft.insights/datacollectionruleassociations',
  'microsoft.insights/activitylogalerts',
  'microsoft.network/networkwatchers/flowlogs',
  'microsoft.network/bastionhosts',
  'microsoft.network/virtualnetworkgateways',
]);

/**
 * Whether what the input does not hold of a type is not there. A template or a program never says so: another one may declare
 * it. A live snapshot says what it could not read. Of a list of resources nobody knows what was asked, so that a type is taken
 * for whole where the list holds one of it.
 */
export function holdsAll(resources: Resources, type: string, owner?: CloudResource): boolean {
  const { unread, complete } = resources.inventory;
  if (unread !== undefined) {
    const id = owner === undefined ? null : plainId(owner);
    return READ_LIVE.has(type) && !unread.some((part) => part.type === type && (part.scope === '' || id === null || part.scope === id));
  }
  if (!complete) return false;
  if (ASKED_ONE_BY_ONE.has(type)) return owner !== undefined && belongingTo(resources, type, owner).length > 0;
  return ofType(resources, type).length > 0;
}

const indexes = new WeakMap<Resources, Map<string, ReadonlyMap<string, readonly CloudResource[]>>>();

/** Resources of a type that are children of a resource, or extend it. */
export function belongingTo(resources: Resources, type: string, owner: CloudResource): readonly CloudResource[] {
  const id = plainId(owner);
  return (byOwner(resources, type).get(relativeId(id)) ?? []).filter((resource) => sameResource(ownerIdOf(resource), id));
}

function byOwner(resources: Resources, type: string): ReadonlyMap<string, readonly CloudResource[]> {
  let types = indexes.get(resources);
  if (types === undefined) indexes.set(resources, (types = new Map()));
  let index = types.get(type);
  if (index === undefined) {
    const made = new Map<string, CloudResource[]>();
    for (const resource of ofType(resources, type)) {
      const key = relativeId(ownerIdOf(resource));
      const list = made.get(key);
      if (list === undefined) made.set(key, [resource]);
      else list.push(resource);
    }
    types.set(type, (index = made));
  }
  return index;
}

/** Canonical id of what a child belongs to or an extension resource extends. */
export function ownerIdOf(resource: CloudResource): string {
  return ownerIdOfChild(plainId(resource));
}

/** The same of a canonical id. */
export function ownerIdOfChild(id: string): string {
  return extendedId(id) ?? parentId(id);
}

/** Without what tells alternatives of one name from each other (`#2`). */
export function plainId({ id }: CloudResource): string {
  const mark = id.lastIndexOf('#');
  return mark < 0 ? id : id.slice(0, mark);
}

/** Whether a resource, or a part of one, is certainly there whenever another is. */
export function isThere(one: Conditional, other: Conditional): boolean {
  return isImplied(one.conditional, other.conditional);
}
