import { parentId, relativeId } from '../../lib/azure-id.ts';
import type { CloudInventory, CloudResource } from '../../model/cloud-resource.ts';
import type { Dialect } from '../../model/location.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { Body } from './canonical.ts';
import type { CloudReading, Declared } from './declared.ts';
import { mergedInto } from './kinds.ts';
import { bodyOf, withChildren } from './merge.ts';
import { settled } from './settle.ts';

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
  const { body, places, conditions, apart } = withChildren(item, children);
  return [resourceOf(item, body, places, conditions, file, dialect), ...apart.map((child) => resourceOf(child, bodyOf(child), {}, {}, file, dialect))];
}

function resourceOf(
  item: Declared,
  body: Body,
  children: Readonly<Record<Pointer, Pointer>>,
  conditions: Readonly<Record<Pointer, string>>,
  file: string,
  dialect: Dialect,
): CloudResource {
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
    ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
  };
}
