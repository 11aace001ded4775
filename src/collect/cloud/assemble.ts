import { isFullId, parentId, relativeId } from '../../lib/azure-id.ts';
import { type CloudInventory, type CloudResource, UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { Dialect } from '../../model/location.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { Body } from './canonical.ts';
import type { CloudReading, Declared } from './declared.ts';
import { judgedMembers, mergedInto } from './kinds.ts';

/** The inventory of a document, and what was wrong with the document. */
export interface CloudDocument {
  readonly inventory: CloudInventory;
  readonly problems: readonly Problem[];
}

/** A parent on its way to becoming a resource. */
interface Draft {
  readonly declared: Declared;
  readonly id: string;
  readonly places: Record<Pointer, Pointer>;
  readonly children: Map<string, Declared[]>;
}

/** Children go into their parents' lists, everything else becomes a resource. */
export function assemble(reading: CloudReading, file: string, dialect: Dialect, complete: boolean): CloudDocument {
  const problems = [...reading.problems];
  const drafts: Draft[] = [];
  const byId = new Map<string, Draft[]>();
  const byTail = new Map<string, Draft[]>();
  const counts = new Map<string, number>();
  const add = (declared: Declared): void => {
    const same = counts.get(declared.id) ?? 0;
    if (same > 0 && (declared.context || isFullId(declared.id))) {
      if (!declared.context) problems.push(duplicate(declared, file));
      return;
    }
    if (!declared.context) counts.set(declared.id, same + 1);
    // Two of one name in a template stand for alternatives, or for two resource groups.
    const id = same === 0 ? declared.id : `${declared.id}#${same + 1}`;
    const draft: Draft = { declared, id, places: { ...declared.places }, children: new Map() };
    drafts.push(draft);
    push(byId, declared.id, draft);
    push(byTail, relativeId(declared.id), draft);
  };
  for (const declared of reading.declared) if (mergedInto(declared.type) === undefined) add(declared);
  for (const declared of reading.declared) {
    const list = mergedInto(declared.type);
    if (list === undefined) continue;
    const parent = declared.context ? undefined : parentOf(declared, byId, byTail);
    if (parent === undefined) add(declared);
    else push(parent.children, list, declared);
  }
  const made = drafts.filter((draft) => !draft.declared.context || !counts.has(draft.declared.id));
  const resources = made.map((draft) => resourceOf(draft, file, dialect));
  return { inventory: { resources, complete, ...(reading.others === 0 ? {} : { others: reading.others }) }, problems };
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function duplicate(declared: Declared, file: string): Problem {
  return {
    level: 'warning',
    code: 'resource.duplicate',
    message: `'${declared.displayId}' is listed more than once; the first counts.`,
    hint: 'Export the list again.',
    file,
  };
}

/** The parent that the input holds. One that it only refers to is never judged, so its children stay on their own. */
function parentOf(declared: Declared, byId: ReadonlyMap<string, Draft[]>, byTail: ReadonlyMap<string, Draft[]>): Draft | undefined {
  const id = parentId(declared.id);
  const exact = candidates(byId.get(id));
  const sameCondition = exact.find((draft) => draft.declared.condition === declared.condition);
  if (exact.length > 0) return sameCondition ?? exact[0];
  const near = candidates(byTail.get(relativeId(id))).filter((draft) => isFullId(draft.declared.id) !== isFullId(id));
  return near.length === 1 ? near[0] : undefined;
}

/** More of one name are nobody's template. */
const MAX_CANDIDATES = 16;

function candidates(drafts: readonly Draft[] | undefined): Draft[] {
  return (drafts ?? []).slice(0, MAX_CANDIDATES).filter((draft) => !draft.declared.context);
}

function resourceOf(draft: Draft, file: string, dialect: Dialect): CloudResource {
  const { declared, places } = draft;
  const { body } = declared;
  if (declared.scope !== null) body['scope'] = declared.scope;
  if (!declared.whole) for (const name of judgedMembers(declared.type)) body[name] = UNRESOLVED;
  for (const [list, children] of draft.children) merge(body, list, children, declared, places);
  return {
    id: draft.id,
    type: declared.type,
    name: declared.name,
    apiVersion: declared.apiVersion,
    body,
    file,
    dialect,
    pointer: declared.pointer,
    children: places,
    displayId: declared.displayId,
    context: declared.context,
    ...(declared.condition === null ? {} : { conditional: true }),
  };
}

/** A child resource is deployed after its parent, so it stands for an element of the same name that the parent states. */
function merge(body: Body, list: string, children: readonly Declared[], parent: Declared, places: Record<Pointer, Pointer>): void {
  const elements = elementsOf(body[list]);
  const indexes = new Map<string, number>();
  for (const [index, element] of elements.entries()) {
    const name = nameOf(element);
    if (name !== null) indexes.set(name, index);
  }
  for (const child of children) {
    const name = child.name.toLowerCase();
    const known = indexes.get(name);
    const certain = child.whole && (child.condition === null || child.condition === parent.condition);
    const element: Json = certain ? { name: child.name, ...child.body } : UNRESOLVED;
    const index = known ?? elements.length;
    elements[index] = element;
    indexes.set(name, index);
    places[`/${list}/${index}`] = child.pointer;
  }
  body[list] = elements;
}

/** A list that is unresolved as a whole is one unresolved element beside those that are known. */
function elementsOf(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return [...(value as readonly Json[])];
  return value === undefined || value === null || value === '' ? [] : [UNRESOLVED];
}

function nameOf(element: Json): string | null {
  const name = isObject(element) ? (member(element, 'name') ?? null) : null;
  if (typeof name === 'string') return name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const id = member(element, 'id');
  return typeof id === 'string' ? id.slice(id.lastIndexOf('/') + 1) : null;
}
