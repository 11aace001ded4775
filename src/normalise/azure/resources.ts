import { normaliseId, parentId, relativeId, sameResource } from '../../lib/azure-id.ts';
import { type CloudInventory, type CloudResource, isUnresolved, UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';

/** Finds the resources of one input by id. */
export interface Resources {
  readonly inventory: CloudInventory;
  readonly byType: ReadonlyMap<string, readonly CloudResource[]>;
  readonly byId: ReadonlyMap<string, CloudResource>;
  /** By type and names only, for inputs that do not know a subscription or a resource group. */
  readonly byTail: ReadonlyMap<string, readonly CloudResource[]>;
  /** Ids that several resources of the input have. */
  readonly ambiguous: ReadonlySet<string>;
}

export function indexResources(inventory: CloudInventory): Resources {
  const byType = new Map<string, CloudResource[]>();
  const byId = new Map<string, CloudResource>();
  const byTail = new Map<string, CloudResource[]>();
  const ambiguous = new Set<string>();
  for (const resource of inventory.resources) {
    addTo(byType, resource.type, resource);
    // Alternatives of one name are told apart by `#2`, `#3`, …: a reference may mean any of them.
    const mark = resource.id.lastIndexOf('#');
    const id = mark < 0 ? resource.id : resource.id.slice(0, mark);
    if (mark >= 0) ambiguous.add(id);
    const known = byId.get(id);
    if (known === undefined || known.context) byId.set(id, resource);
    addTo(byTail, relativeId(id), resource);
  }
  for (const id of ambiguous) byId.delete(id);
  return { inventory, byType, byId, byTail, ambiguous };
}

function addTo(map: Map<string, CloudResource[]>, key: string, resource: CloudResource): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [resource]);
  else list.push(resource);
}

export function ofType(resources: Resources, type: string): readonly CloudResource[] {
  return resources.byType.get(type) ?? [];
}

/** The id that a `{ id: … }` or a plain id names: `none` when there is nothing, `unresolved` when it cannot be known. */
export type Reference = string | { readonly is: 'none' | 'unresolved' };
const NO_REFERENCE: Reference = { is: 'none' };
const UNRESOLVED_REFERENCE: Reference = { is: 'unresolved' };

export function referenceOf(value: Json | undefined): Reference {
  if (value === undefined || value === null || value === '') return NO_REFERENCE;
  if (isUnresolved(value)) return UNRESOLVED_REFERENCE;
  if (typeof value === 'string') return normaliseId(value);
  if (!isObject(value)) return UNRESOLVED_REFERENCE;
  const id = memberOf(value, 'id');
  if (typeof id === 'string' && id !== '') return normaliseId(id);
  return id === undefined || id === null || id === '' ? (Object.keys(value).length === 0 ? NO_REFERENCE : UNRESOLVED_REFERENCE) : UNRESOLVED_REFERENCE;
}

/** The resource that an id names, when the input holds it and only one fits. */
export function findResource(resources: Resources, id: string): CloudResource | null {
  const exact = resources.byId.get(id);
  if (exact !== undefined) return exact;
  if (resources.ambiguous.has(id)) return null;
  const fitting = (resources.byTail.get(relativeId(id)) ?? []).filter((resource) => sameResource(resource.id, id));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

export interface Child {
  readonly resource: CloudResource;
  readonly pointer: Pointer;
  readonly node: Json;
}

/** The element of a parent's list that an id such as `…/virtualnetworks/v/subnets/s` names, or a resource of its own. */
export function findChild(resources: Resources, id: string, collection: string): Child | null {
  const own = resources.byId.get(id);
  if (own !== undefined) return { resource: own, pointer: '', node: own.body };
  const name = id.slice(id.lastIndexOf('/') + 1);
  const parent = findResource(resources, parentId(id));
  if (parent !== null) {
    const index = childIndex(parent.body[collection], name);
    if (index >= 0)
      return {
        resource: parent,
        pointer: `/${collection}/${index}`,
        node: listOf(parent.body[collection])[index] ?? null,
      };
  }
  const alone = findResource(resources, id);
  return alone === null ? null : { resource: alone, pointer: '', node: alone.body };
}

/** A list that is one expression holds one element that is unresolved: it may hold anything. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return isUnresolved(value) ? UNRESOLVED_LIST : [];
}

const UNRESOLVED_LIST: readonly Json[] = [UNRESOLVED];

/** A member; of something unresolved every member is. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isUnresolved(value) ? UNRESOLVED : member(value, name);
}

const indexes = new WeakMap<readonly Json[], ReadonlyMap<string, number>>();

/** Kept for each list: a load balancer may have hundreds of rules and frontends. */
function childIndex(value: Json | undefined, name: string): number {
  const list = listOf(value);
  let index = indexes.get(list);
  if (index === undefined) indexes.set(list, (index = new Map(list.map((item, at) => [childName(item).toLowerCase(), at]))));
  return name === '' ? -1 : (index.get(name) ?? -1);
}

/** A child's own name: the last segment, since templates write `parent/child`. */
export function childName(item: Json | undefined): string {
  const name = memberOf(item, 'name');
  if (typeof name === 'string') return name.slice(name.lastIndexOf('/') + 1);
  const id = memberOf(item, 'id');
  return typeof id === 'string' ? id.slice(id.lastIndexOf('/') + 1) : '';
}

const resourceGroups = new WeakMap<CloudResource, string | null>();

/** The resource group of a full id, in its own spelling where the display id has it; null when the input does not say. */
export function resourceGroupOf(resource: CloudResource): string | null {
  let group = resourceGroups.get(resource);
  if (group === undefined) resourceGroups.set(resource, (group = readResourceGroup(resource)));
  return group;
}

function readResourceGroup(resource: CloudResource): string | null {
  for (const id of [resource.displayId, resource.id]) {
    const parts = id.split('/');
    const at = parts.findIndex((part) => part.toLowerCase() === 'resourcegroups');
    const name = at >= 0 ? parts[at + 1] : undefined;
    if (name !== undefined && name !== '') return name;
  }
  return null;
}
