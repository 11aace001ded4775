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
}

export function indexResources(inventory: CloudInventory): Resources {
  const byType = new Map<string, CloudResource[]>();
  const byId = new Map<string, CloudResource>();
  const byTail = new Map<string, CloudResource[]>();
  for (const resource of inventory.resources) {
    addTo(byType, resource.type, resource);
    const known = byId.get(resource.id);
    if (known === undefined || known.context) byId.set(resource.id, resource);
    addTo(byTail, tailOf(resource.id), resource);
  }
  return { inventory, byType, byId, byTail };
}

function addTo(map: Map<string, CloudResource[]>, key: string, resource: CloudResource): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [resource]);
  else list.push(resource);
}

export function ofType(resources: Resources, type: string): readonly CloudResource[] {
  return resources.byType.get(type) ?? [];
}

/** Canonical form of an id: lower case, no leading `/`. */
export function canonicalId(id: string): string {
  const lower = id.trim().toLowerCase();
  return lower.startsWith('/') ? lower.slice(1) : lower;
}

const PROVIDERS = 'providers/';

/** Type and names, without subscription and resource group. */
export function tailOf(id: string): string {
  const at = id.lastIndexOf(`/${PROVIDERS}`);
  return at >= 0 ? id.slice(at + PROVIDERS.length + 1) : id.startsWith(PROVIDERS) ? id.slice(PROVIDERS.length) : id;
}

/** The id that a `{ id: … }` or a plain id names: `none` when there is nothing, `unresolved` when it cannot be known. */
export type Reference = string | { readonly is: 'none' | 'unresolved' };
const NO_REFERENCE: Reference = { is: 'none' };
const UNRESOLVED_REFERENCE: Reference = { is: 'unresolved' };

export function referenceOf(value: Json | undefined): Reference {
  if (value === undefined || value === null || value === '') return NO_REFERENCE;
  if (isUnresolved(value)) return UNRESOLVED_REFERENCE;
  if (typeof value === 'string') return canonicalId(value);
  if (!isObject(value)) return UNRESOLVED_REFERENCE;
  const id = memberOf(value, 'id');
  if (typeof id === 'string' && id !== '') return canonicalId(id);
  return id === undefined || id === null || id === '' ? (Object.keys(value).length === 0 ? NO_REFERENCE : UNRESOLVED_REFERENCE) : UNRESOLVED_REFERENCE;
}

/** Two ids name the same resource: equal, or equal in type and names when one of them does not know its subscription. */
export function sameId(a: string, b: string): boolean {
  return a === b || (isPartial(a) !== isPartial(b) && tailOf(a) === tailOf(b));
}

function isPartial(id: string): boolean {
  return !id.startsWith('subscriptions/');
}

/** The resource that an id names, when the input holds it and only one fits. */
export function findResource(resources: Resources, id: string): CloudResource | null {
  const exact = resources.byId.get(id);
  if (exact !== undefined) return exact;
  const fitting = (resources.byTail.get(tailOf(id)) ?? []).filter((resource) => sameId(resource.id, id));
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
  const parts = id.split('/');
  const name = parts.pop();
  parts.pop();
  const parent = name === undefined || parts.length < 3 ? null : findResource(resources, parts.join('/'));
  if (parent !== null && name !== undefined) {
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

function childIndex(list: Json | undefined, name: string): number {
  return listOf(list).findIndex((item) => childName(item).toLowerCase() === name);
}

/** A child's own name: the last segment, since templates write `parent/child`. */
export function childName(item: Json | undefined): string {
  const name = memberOf(item, 'name');
  if (typeof name === 'string') return name.slice(name.lastIndexOf('/') + 1);
  const id = memberOf(item, 'id');
  return typeof id === 'string' ? id.slice(id.lastIndexOf('/') + 1) : '';
}

/** The resource group of a full id, in its own spelling where the display id has it; null when the input does not say. */
export function resourceGroupOf(resource: CloudResource): string | null {
  for (const id of [resource.displayId, resource.id]) {
    const parts = id.split('/');
    const at = parts.findIndex((part) => part.toLowerCase() === 'resourcegroups');
    const name = at >= 0 ? parts[at + 1] : undefined;
    if (name !== undefined && name !== '') return name;
  }
  return null;
}
