import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { pointerOf, stepsOf, type Pointer } from '../model/pointer.ts';

/**
 * One wanted change of a document. Pointers refer to the unmodified document. `set` of a missing member makes it, with
 * missing parents; `-`, or an index equal to the length, adds to a list; below a missing parent only `-` makes a list.
 */
export type DocumentChange = { readonly pointer: Pointer; readonly set: Json } | { readonly pointer: Pointer; readonly remove: true };

/** What is to be done to one value or one container; each of them once. */
export type Operation = { readonly at: readonly string[]; readonly replace: Json } | ContainerEdit;

export interface ContainerEdit {
  readonly at: readonly string[];
  /** Names or indices of children. */
  readonly remove: readonly string[];
  /** New children in order; `name` for members of an object. */
  readonly add: readonly Addition[];
}

export interface Addition {
  readonly name?: string;
  readonly value: Json;
}

export interface Plan {
  readonly operations: readonly Operation[];
  /** The document as it is to be; shares what does not change with the old one. */
  readonly value: Json;
}

/** A reason why a document is not edited, with the change that is to blame where it is one. */
export interface Refusal {
  readonly refused: string;
  readonly pointer?: Pointer;
}

/** Turns changes into the fewest operations: one insertion for members that share a missing parent, none for what is so already. */
export function planEdit(document: Json, changes: readonly DocumentChange[]): Plan | Refusal {
  try {
    const tree = newWish('');
    for (const change of changes) addWish(tree, change);
    const operations: Operation[] = [];
    return { value: realise(tree, document, [], operations), operations };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message, pointer: error.pointer };
    throw error;
  }
}

/** Order of members does not count. Both sides are at most as deep as a document may be. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item as Json, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}

class Refused extends Error {
  readonly pointer: Pointer;
  constructor(message: string, pointer: Pointer) {
    super(message);
    this.pointer = pointer;
  }
}

/** What is wished for at one place: a value, removal, or something below it. */
interface Wish {
  readonly by: Pointer;
  set?: { readonly value: Json };
  remove?: true;
  readonly below: Map<string, Wish>;
  /** New elements of a list, each asked for with `-`. */
  readonly appended: Wish[];
}

function newWish(by: Pointer): Wish {
  return { by, below: new Map(), appended: [] };
}

function hasBelow(wish: Wish): boolean {
  return wish.below.size > 0 || wish.appended.length > 0;
}

function addWish(tree: Wish, change: DocumentChange): void {
  let wish = tree;
  const clash = () => new Refused(`Two changes disagree at '${change.pointer}'.`, change.pointer);
  for (const step of stepsOf(change.pointer)) {
    if (wish.set !== undefined || wish.remove) throw clash();
    let next = step === '-' ? undefined : wish.below.get(step);
    if (next === undefined) {
      next = newWish(change.pointer);
      if (step === '-') wish.appended.push(next);
      else wish.below.set(step, next);
    }
    wish = next;
  }
  if (hasBelow(wish)) throw clash();
  if ('remove' in change) {
    if (wish.set !== undefined) throw clash();
    wish.remove = true;
  } else {
    if (wish.remove || (wish.set !== undefined && !sameJson(wish.set.value, change.set))) throw clash();
    wish.set = { value: change.set };
  }
}

/** Emits the operations that make a wish come true and returns the new value. */
function realise(wish: Wish, old: Json, at: readonly string[], operations: Operation[]): Json {
  if (wish.set !== undefined) return differ(old, wish.set.value, at, operations);
  if (wish.remove) throw new Refused('The whole document cannot be removed.', wish.by);
  if (!hasBelow(wish)) return old;
  if (old === null) {
    const value = build(wish);
    operations.push({ at, replace: value });
    return value;
  }
  if (Array.isArray(old)) return realiseList(wish, old as readonly Json[], at, operations);
  if (isObject(old)) return realiseObject(wish, old, at, operations);
  throw new Refused(`'${pointerOf(at)}' is neither an object nor a list.`, firstBelow(wish).by);
}

function firstBelow(wish: Wish): Wish {
  for (const below of wish.below.values()) return below;
  return wish.appended[0] ?? wish;
}

function realiseObject(wish: Wish, old: JsonObject, at: readonly string[], operations: Operation[]): Json {
  const wishes = new Map(wish.below);
  for (const appended of wish.appended) {
    if (wishes.has('-')) throw new Refused(`'${pointerOf(at)}' is not a list.`, appended.by);
    wishes.set('-', appended);
  }
  const members = new Map(Object.entries(old));
  const remove: string[] = [];
  const add: Addition[] = [];
  const inner: Operation[] = [];
  for (const [name, below] of wishes) {
    const present = members.get(name);
    if (below.remove) {
      if (present === undefined) throw new Refused(`There is no '${pointerOf([...at, name])}' to remove.`, below.by);
      remove.push(name);
      members.delete(name);
    } else if (present === undefined) {
      const value = build(below);
      add.push({ name, value });
      members.set(name, value);
    } else members.set(name, realise(below, present, [...at, name], inner));
  }
  const value = Object.fromEntries(members);
  emitContainer({ at, remove, add }, Object.keys(old).length, value, inner, operations);
  return value;
}

function realiseList(wish: Wish, old: readonly Json[], at: readonly string[], operations: Operation[]): Json {
  const kept: (Json | undefined)[] = [...old];
  const added = new Map<number, Json>();
  const remove: string[] = [];
  const inner: Operation[] = [];
  for (const [step, below] of wish.below) {
    if (!/^(?:0|[1-9]\d{0,9})$/.test(step)) throw new Refused(`'${pointerOf(at)}' is a list and has no '${step}'.`, below.by);
    const index = Number(step);
    const present = old[index];
    if (below.remove) {
      if (present === undefined) throw new Refused(`There is no '${pointerOf([...at, step])}' to remove.`, below.by);
      remove.push(step);
      kept[index] = undefined;
    } else if (present === undefined) added.set(index, build(below));
    else kept[index] = realise(below, present, [...at, step], inner);
  }
  const add: Addition[] = [];
  for (let index = old.length; add.length < added.size; index++) {
    const value = added.get(index);
    if (value === undefined) throw new Refused(`'${pointerOf(at)}' has no element ${index} yet.`, wish.by);
    add.push({ value });
  }
  for (const appended of wish.appended) add.push({ value: build(appended) });
  const value = [...kept.filter((item) => item !== undefined), ...add.map((addition) => addition.value)];
  emitContainer({ at, remove, add }, old.length, value, inner, operations);
  return value;
}

/** A container that loses all its children is written anew: an empty block collection has no text of its own. */
function emitContainer(edit: ContainerEdit, children: number, value: Json, inner: readonly Operation[], operations: Operation[]): void {
  if (edit.remove.length === children && edit.remove.length > 0) {
    operations.push({ at: edit.at, replace: value });
    return;
  }
  for (const operation of inner) operations.push(operation);
  if (edit.remove.length > 0 || edit.add.length > 0) operations.push(edit);
}

/** The value of something that is missing. */
function build(wish: Wish): Json {
  if (wish.set !== undefined) return wish.set.value;
  if (wish.remove) throw new Refused(`There is no '${wish.by}' to remove.`, wish.by);
  if (wish.below.size === 0) return wish.appended.map(build);
  const [stray] = wish.appended;
  if (stray !== undefined) throw new Refused(`'${stray.by}' would have to be a list and an object.`, stray.by);
  return Object.fromEntries([...wish.below].map(([name, below]) => [name, build(below)]));
}

/** Brings an old value to a new one with as little change as a person would make: comments inside of it survive. */
function differ(old: Json, wanted: Json, at: readonly string[], operations: Operation[]): Json {
  if (sameJson(old, wanted)) return old;
  if (Array.isArray(old) && Array.isArray(wanted)) {
    if (differLists(old as readonly Json[], wanted as readonly Json[], at, operations)) return wanted;
  } else if (isObject(old) && isObject(wanted)) {
    if (differObjects(old, wanted, at, operations)) return wanted;
  }
  operations.push({ at, replace: wanted });
  return wanted;
}

function differObjects(old: JsonObject, wanted: JsonObject, at: readonly string[], operations: Operation[]): boolean {
  const common = Object.keys(old).filter((name) => Object.hasOwn(wanted, name));
  if (common.length === 0) return false;
  for (const name of common) differ(old[name] ?? null, wanted[name] ?? null, [...at, name], operations);
  const remove = Object.keys(old).filter((name) => !Object.hasOwn(wanted, name));
  const add = Object.keys(wanted)
    .filter((name) => !Object.hasOwn(old, name))
    .map((name) => ({ name, value: wanted[name] ?? null }));
  if (remove.length > 0 || add.length > 0) operations.push({ at, remove, add });
  return true;
}

function differLists(old: readonly Json[], wanted: readonly Json[], at: readonly string[], operations: Operation[]): boolean {
  const remove: string[] = [];
  let kept = 0;
  for (const [index, item] of old.entries()) {
    if (kept < wanted.length && sameJson(item, wanted[kept])) kept++;
    else remove.push(String(index));
  }
  const inPlace = old.length === wanted.length ? old.filter((item, index) => sameJson(item, wanted[index])).length : 0;
  if (old.length === wanted.length && inPlace >= kept) {
    for (const [index, item] of old.entries()) differ(item, wanted[index] ?? null, [...at, String(index)], operations);
    return old.length > 0;
  }
  if (kept === 0) return false;
  operations.push({ at, remove, add: wanted.slice(kept).map((value) => ({ value })) });
  return true;
}
