import { parentId, relativeId } from '../../lib/azure-id.ts';
import { type CloudInventory, type CloudResource, UNRESOLVED } from '../../model/cloud-resource.ts';
import { type Json, member } from '../../model/json.ts';
import type { Dialect } from '../../model/location.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { Body } from './canonical.ts';
import type { CloudReading, Declared } from './declared.ts';
import { judgedMembers, mergedInto } from './kinds.ts';
import { settled } from './settle.ts';

const PEERING_TYPE = 'microsoft.network/virtualnetworks/virtualnetworkpeerings';

/** What a reader makes of one file. */
export interface CloudDocument {
  readonly inventory: CloudInventory;
  readonly problems: readonly Problem[];
}

/** Merges children into their parents, and drops context that the input itself states. */
export function assemble(reading: CloudReading, file: string, dialect: Dialect, complete: boolean): CloudDocument {
  const repeated = repeatedIds(reading.declared);
  const declared = withoutRepeatedContext(reading.symbolic || repeated.size > 0 ? settled(reading.declared, repeated) : reading.declared);
  const parents = parentsOf(declared);
  const children = new Map<Declared, Declared[]>();
  const own: Declared[] = [];
  for (const item of declared) {
    const parent = parentIn(parents, item);
    if (parent === undefined || !canMerge(item, parent)) own.push(item);
    else if (item.context && !parent.context) continue;
    else {
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [item]);
      else list.push(item);
    }
  }
  const resources = distinct(own.flatMap((item) => merged(item, children.get(item) ?? NO_CHILDREN, file, dialect)));
  return { inventory: { resources, complete, others: reading.others }, problems: reading.problems };
}

const NO_CHILDREN: readonly Declared[] = [];

function repeatedIds(all: readonly Declared[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { id, type, context } of all) {
    if (context || mergedInto(type) !== undefined) continue;
    if (seen.has(id)) repeated.add(id);
    seen.add(id);
  }
  return repeated;
}

/** Resources that share an id are told apart, so that each has findings of its own. */
function distinct(resources: readonly CloudResource[]): readonly CloudResource[] {
  const counts = new Map<string, number>();
  return resources.map((resource) => {
    const count = (counts.get(resource.id) ?? 0) + 1;
    counts.set(resource.id, count);
    return count === 1 ? resource : { ...resource, id: `${resource.id}#${count}` };
  });
}

/** A reference to what the input also declares says nothing of its own. */
function withoutRepeatedContext(all: readonly Declared[]): readonly Declared[] {
  if (!all.some((item) => item.context)) return all;
  const seen = new Set<string>();
  for (const item of all) if (!item.context) seen.add(item.id);
  return all.filter((item) => {
    if (!item.context) return true;
    if (seen.has(item.id)) return false;
    seen.add(item.id);
    return true;
  });
}

interface Parents {
  readonly byId: ReadonlyMap<string, Declared>;
  /** By type and names; null where several fit. */
  readonly byTail: ReadonlyMap<string, Declared | null>;
}

function parentsOf(all: readonly Declared[]): Parents {
  const byId = new Map<string, Declared>();
  const byTail = new Map<string, Declared | null>();
  for (const item of all) {
    if (mergedInto(item.type) !== undefined) continue;
    const known = byId.get(item.id);
    if (known === undefined || known.context) byId.set(item.id, item);
    const tail = relativeId(item.id);
    byTail.set(tail, byTail.has(tail) ? null : item);
  }
  return { byId, byTail };
}

/** By id; by type and names when one of the two does not know its subscription or resource group. */
function parentIn(parents: Parents, child: Declared): Declared | undefined {
  if (mergedInto(child.type) === undefined) return undefined;
  const id = parentId(child.id);
  const exact = parents.byId.get(id);
  if (exact !== undefined) return exact;
  const other = parents.byTail.get(relativeId(id)) ?? undefined;
  return other !== undefined && (relativeId(id) === id || relativeId(other.id) === other.id) ? other : undefined;
}

/**
 * Rules of a group that is there for context only are merged into it all the same: only together do they say who gets in.
 * Other children of context are judged by themselves. A list that is one expression takes no more elements.
 */
function canMerge(child: Declared, parent: Declared): boolean {
  if (parent.context && child.type !== 'microsoft.network/networksecuritygroups/securityrules') return false;
  const list = parent.body[mergedInto(child.type) ?? ''];
  return parent.whole && (list === undefined || list === null || list === '' || Array.isArray(list));
}

function merged(item: Declared, children: readonly Declared[], file: string, dialect: Dialect): CloudResource[] {
  const body: Body = bodyOf(item);
  const places: Record<Pointer, Pointer> = { ...item.places };
  const indexes = new Map<string, Map<string, number>>();
  const apart: CloudResource[] = [];
  const taken = new Set<Pointer>();
  for (const child of children) {
    const collection = mergedInto(child.type) ?? '';
    let index = indexes.get(collection);
    const stated = body[collection];
    const list: Json[] = index !== undefined && Array.isArray(stated) ? stated : Array.isArray(stated) ? [...(stated as readonly Json[])] : [];
    body[collection] = list;
    if (index === undefined) indexes.set(collection, (index = indexByName(list)));
    // What is stated both inline and as a child is deployed inline first: the child's word counts.
    const at = index.get(child.name.toLowerCase()) ?? list.length;
    const place = `/${collection}/${at}`;
    if (taken.has(place)) {
      // Two of one name, each under its own condition.
      apart.push(resourceOf(child, bodyOf(child), {}, file, dialect));
      continue;
    }
    taken.add(place);
    index.set(child.name.toLowerCase(), at);
    list[at] = childBody(child, item);
    places[place] = child.pointer;
    for (const [pointer, base] of Object.entries(child.places ?? {})) places[`${place}${pointer}`] = base;
  }
  return [resourceOf(item, body, places, file, dialect), ...apart];
}

function resourceOf(item: Declared, body: Body, children: Readonly<Record<Pointer, Pointer>>, file: string, dialect: Dialect): CloudResource {
  const { id, type, name, apiVersion, pointer, displayId, context } = item;
  return {
    id,
    type,
    name,
    apiVersion,
    body,
    file,
    dialect,
    pointer,
    children,
    displayId,
    context,
    ...(item.condition === null ? {} : { conditional: item.condition }),
  };
}

/** The name first; of an unresolved bag everything that is judged is unresolved, so that silence is no answer. */
function bodyOf(item: Declared): Body {
  const body: Body = { name: item.name, ...item.body };
  if (!item.whole) for (const name of judgedMembers(item.type)) body[name] ??= UNRESOLVED;
  return body;
}

/**
 * An inbound rule that may not be there certainly neither opens nor closes: as one whose direction is not known, which may
 * hold for other packets. A peering that may not be there is one of which nobody knows whether it is connected. Beneath the
 * condition of its parent it is there whenever that is.
 */
function childBody(child: Declared, parent: Declared): Body {
  const body = bodyOf(child);
  if (child.condition === null || child.condition === parent.condition) return body;
  const direction = body['direction'];
  if (typeof direction === 'string' && direction.toLowerCase() === 'inbound') body['direction'] = UNRESOLVED;
  if (child.type === PEERING_TYPE) body['peeringState'] = UNRESOLVED;
  return body;
}

function indexByName(list: readonly Json[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const [at, item] of list.entries()) {
    // A parent may list its children by their ids only.
    const name = member(item, 'name') ?? member(item, 'id');
    const lower = typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1).toLowerCase() : undefined;
    if (lower !== undefined && !index.has(lower)) index.set(lower, at);
  }
  return index;
}
