import { sameJson } from '../../lib/edit-plan.ts';
import { isImplied, UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Body } from './canonical.ts';
import type { Declared } from './declared.ts';
import { judgedMembers, mergedInto } from './kinds.ts';

const PEERING_TYPE = 'microsoft.network/virtualnetworks/virtualnetworkpeerings';

/** Children that open something by themselves: of several of one name each is judged by itself. */
const JUDGED_APART: ReadonlySet<string> = new Set(['inboundNatRules', 'ruleCollectionGroups']);

/** What a parent is with its children; `apart` are those that have to stand by themselves. */
interface Merged {
  readonly body: Body;
  readonly places: Readonly<Record<Pointer, Pointer>>;
  readonly conditions: Readonly<Record<Pointer, string>>;
  readonly apart: readonly Declared[];
}

export function withChildren(item: Declared, children: readonly Declared[]): Merged {
  const parent: Parent = { item, body: bodyOf(item), places: { ...item.places }, conditions: {}, indexes: new Map(), taken: new Set() };
  const apart = children.filter((child) => !takesIn(parent, child));
  return { body: parent.body, places: parent.places, conditions: parent.conditions, apart };
}

/** A parent while children are merged into it. */
interface Parent {
  readonly item: Declared;
  readonly body: Body;
  readonly places: Record<Pointer, Pointer>;
  readonly conditions: Record<Pointer, string>;
  readonly indexes: Map<string, Map<string, number>>;
  /** Places that a child has. */
  readonly taken: Set<Pointer>;
}

/** False for a child that has to stand by itself. */
function takesIn(parent: Parent, child: Declared): boolean {
  const collection = mergedInto(child.type) ?? '';
  const { list, index } = listIn(parent, collection);
  const name = child.name.toLowerCase();
  const known = index.get(name);
  const at = known ?? list.length;
  const place = `/${collection}/${at}`;
  const isSure = isImplied(child.condition ?? undefined, parent.item.condition ?? undefined);
  // What is stated both inline and as a child is deployed inline first: the child's word counts, where it is there.
  if (known === undefined || (isSure && !parent.taken.has(place))) {
    index.set(name, at);
    put(parent, child, list, at, isSure);
  } else if (JUDGED_APART.has(collection)) return false;
  else if (collection === 'securityRules') addRule(parent, child, list, at);
  else {
    list[at] = eitherOf(list[at] ?? null, bodyOf(child));
    if (parent.taken.has(place)) addCondition(parent, place, child);
  }
  return true;
}

function listIn({ body, indexes }: Parent, collection: string): { readonly list: Json[]; readonly index: Map<string, number> } {
  const stated = body[collection];
  const known = indexes.get(collection);
  if (known !== undefined && Array.isArray(stated)) return { list: stated, index: known };
  const list: Json[] = Array.isArray(stated) ? [...(stated as readonly Json[])] : [];
  const index = indexByName(list);
  body[collection] = list;
  indexes.set(collection, index);
  return { list, index };
}

function put(parent: Parent, child: Declared, list: Json[], at: number, isSure: boolean): void {
  const place = `/${mergedInto(child.type) ?? ''}/${at}`;
  parent.taken.add(place);
  list[at] = isSure ? bodyOf(child) : perhaps(bodyOf(child), child.type);
  parent.places[place] = child.pointer;
  for (const [pointer, base] of Object.entries(child.places ?? {})) parent.places[`${place}${pointer}`] = base;
  if (child.condition !== parent.item.condition) parent.conditions[place] = child.condition ?? '';
}

/** Of two rules of one name either is there: both stay, and neither is certain. */
function addRule(parent: Parent, child: Declared, list: Json[], at: number): void {
  const known = list[at] ?? null;
  const body = bodyOf(child);
  // What goes out is not judged rule by rule.
  if (sameJson(known, body) || (isBound(body, 'outbound') && isBound(known, 'outbound'))) return;
  list[at] = perhaps(known, child.type);
  put(parent, child, list, list.length, false);
}

/** Of alternatives one is there when the one is or the other: for certain only when both are, unless the one asks for no more than the other. */
function addCondition({ item, conditions }: Parent, place: Pointer, child: Declared): void {
  const known = conditions[place] ?? item.condition ?? '';
  const own = child.condition ?? '';
  const [a, b] = [known, own].map((condition) => (condition === '' ? undefined : condition));
  conditions[place] = isImplied(a, b) ? known : isImplied(b, a) ? own : `${known} and ${own}`;
}

/** Of two that may be meant: what they do not state alike is not known. */
function eitherOf(one: Json, other: Body): Json {
  if (!isObject(one) || one === UNRESOLVED) return UNRESOLVED;
  const either: Body = {};
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) either[name] = sameJson(one[name], other[name]) ? (one[name] ?? null) : UNRESOLVED;
  either['name'] = one['name'] ?? other['name'] ?? null;
  return either;
}

/** The name first; of an unresolved bag everything that is judged is unresolved, so that silence is no answer. */
export function bodyOf(item: Declared): Body {
  const body: Body = { name: item.name, ...item.body };
  if (!item.whole) for (const name of judgedMembers(item.type)) body[name] ??= UNRESOLVED;
  return body;
}

/**
 * An inbound rule that may not be there certainly neither opens nor closes: as one whose direction is not known, which may
 * hold for other packets. A peering that may not be there is one of which nobody knows whether it is connected. Beneath the
 * condition of its parent it is there whenever that is.
 */
function perhaps(element: Json, type: string): Json {
  if (!isObject(element)) return element;
  if (type === PEERING_TYPE) return { ...element, peeringState: UNRESOLVED };
  return isBound(element, 'inbound') ? { ...element, direction: UNRESOLVED } : element;
}

function isBound(rule: Json, word: 'inbound' | 'outbound'): boolean {
  const direction = member(rule, 'direction');
  return typeof direction === 'string' && direction.toLowerCase() === word;
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
