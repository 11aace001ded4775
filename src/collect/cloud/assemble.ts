import { type CloudInventory, type CloudResource, UNRESOLVED } from '../../model/cloud-resource.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { below, isPartial, lastSegment, parentId, tailOf } from './ids.ts';
import { collectionOf, isKept, joinsContext } from './types.ts';

/** What a reader makes of one file. */
export interface CloudRead {
  readonly inventory: CloudInventory;
  readonly problems: readonly Problem[];
}

/** A resource before its children are merged into it; `body` is canonical. */
export type Draft = Omit<CloudResource, 'children'>;

/** Merges children into their parents, and drops context that the input itself states. */
export function assemble(drafts: readonly Draft[], complete: boolean): CloudInventory {
  const kept = withoutRepeatedContext(drafts.filter((draft) => isKept(draft.type)));
  const parents = new Parents(kept);
  const merges = new Map<Draft, Draft[]>();
  const resources: Draft[] = [];
  for (const draft of kept) {
    const parent = parents.of(draft);
    if (parent === undefined) resources.push(draft);
    else if (draft.context && !parent.context) continue;
    else if (!canMerge(draft, parent)) resources.push(draft);
    else {
      const children = merges.get(parent);
      if (children === undefined) merges.set(parent, [draft]);
      else children.push(draft);
    }
  }
  return { resources: resources.flatMap((draft) => merged(draft, merges.get(draft))), complete };
}

/** A reference to what the input also declares says nothing of its own. */
function withoutRepeatedContext(drafts: readonly Draft[]): readonly Draft[] {
  if (!drafts.some((draft) => draft.context)) return drafts;
  const declared = new Set<string>();
  for (const draft of drafts) if (!draft.context) declared.add(draft.id);
  return drafts.filter((draft) => !draft.context || (!declared.has(draft.id) && declared.add(draft.id) !== undefined));
}

/** Finds a child's parent by id, or by type and names when one of the two does not know its subscription. */
class Parents {
  readonly #byId = new Map<string, Draft>();
  readonly #byTail = new Map<string, Draft | null>();

  constructor(drafts: readonly Draft[]) {
    for (const draft of drafts) {
      const known = this.#byId.get(draft.id);
      if (known === undefined || known.context) this.#byId.set(draft.id, draft);
      const tail = tailOf(draft.id);
      this.#byTail.set(tail, this.#byTail.has(tail) ? null : draft);
    }
  }

  of(child: Draft): Draft | undefined {
    if (collectionOf(child.type) === undefined) return undefined;
    const id = parentId(child.id);
    if (id === undefined) return undefined;
    const exact = this.#byId.get(id);
    if (exact !== undefined) return exact;
    const other = this.#byTail.get(tailOf(id));
    return other !== undefined && other !== null && isPartial(other.id) !== isPartial(id) ? other : undefined;
  }
}

function canMerge(child: Draft, parent: Draft): boolean {
  if (child.file !== parent.file || (parent.context && !joinsContext(child.type))) return false;
  const collection = collectionOf(child.type) ?? '';
  const list = parent.body[collection];
  return list === undefined || list === null || list === '' || Array.isArray(list);
}

function merged(draft: Draft, children: readonly Draft[] | undefined): CloudResource[] {
  if (children === undefined) return [{ ...draft, children: {} }];
  const lists = new Map<string, Json[]>();
  const indexes = new Map<string, Map<string, number>>();
  const places: Record<Pointer, Pointer> = {};
  const apart: CloudResource[] = [];
  for (const child of children) {
    const collection = collectionOf(child.type) ?? '';
    let list = lists.get(collection);
    let index = indexes.get(collection);
    if (list === undefined || index === undefined) {
      const stated = draft.body[collection];
      lists.set(collection, (list = Array.isArray(stated) ? [...(stated as readonly Json[])] : []));
      indexes.set(collection, (index = indexByName(list)));
    }
    // What a template states both inline and as a child is deployed inline first: the child's word counts.
    const name = child.name.toLowerCase();
    const at = index.get(name) ?? list.length;
    const place = below(below('', collection), at);
    if (Object.hasOwn(places, place)) {
      apart.push({ ...child, children: {} });
      continue;
    }
    index.set(name, at);
    list[at] = childBody(child, draft);
    places[place] = child.pointer;
  }
  return [{ ...draft, body: { ...draft.body, ...Object.fromEntries(lists) }, children: places }, ...apart];
}

function indexByName(list: readonly Json[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const [at, item] of list.entries()) {
    const name = member(item, 'name');
    if (typeof name === 'string' && !index.has(lastSegment(name).toLowerCase())) index.set(lastSegment(name).toLowerCase(), at);
  }
  return index;
}

/** A rule that may not be there can open and never closes: a deny rule under an unresolved condition is not counted on. */
function childBody(child: Draft, parent: Draft): JsonObject {
  const access = child.body['access'];
  if (child.conditional !== true || parent.conditional === true || typeof access !== 'string' || access.toLowerCase() !== 'deny') return child.body;
  return { ...child.body, access: UNRESOLVED };
}
