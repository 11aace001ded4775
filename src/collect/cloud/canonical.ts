import { isId, normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { BAG, COPY, keyOf, NAME, OPAQUE, SINGULAR, SKIP, TYPE } from './key.ts';

export type Body = Record<string, Json>;

/** What an input's own language makes of values on their way to canonical form. */
export interface Reader {
  /** A text: itself, the value it stands for (canonical already), or UNRESOLVED. */
  readonly text: (value: string) => Json;
  /** The name of a list's element: stays text, since other resources refer to it. */
  readonly name: (value: string) => Json;
  /** What stands for an object of the language (a secret, a function); undefined for a plain one. */
  readonly object: ((value: JsonObject) => Json | undefined) | null;
  /** A loop in an object: adds the lists that it makes. */
  readonly copy: ((loops: readonly Json[], out: Body, depth: number) => void) | null;
}

/** Nothing but what the API returns. */
export const PLAIN_READER: Reader = { text: plainText, name: (value) => value, object: null, copy: null };

/** Ids have one form wherever they stand. */
export function plainText(value: string): Json {
  return value.charCodeAt(0) === 0x2f && isId(value) ? normaliseId(value) : value;
}

/** Deeper values are unresolved: no resource is, and a hostile document must not exhaust the stack. */
const MAX_DEPTH = 96;

export function canonicalValue(value: Json, reader: Reader, depth: number): Json {
  if (typeof value === 'string') return reader.text(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? canonicalList(value as readonly Json[], reader, depth) : canonicalObject(value as JsonObject, reader, depth, false);
}

function canonicalList(list: readonly Json[], reader: Reader, depth: number): Json {
  if (depth > MAX_DEPTH) return UNRESOLVED;
  const out: Json[] = [];
  for (const value of list) out.push(isObject(value) ? canonicalObject(value, reader, depth + 1, true) : canonicalValue(value, reader, depth + 1));
  return out;
}

function canonicalObject(value: JsonObject, reader: Reader, depth: number, element: boolean): Json {
  if (value === UNRESOLVED || depth > MAX_DEPTH) return UNRESOLVED;
  const special = reader.object === null ? undefined : reader.object(value);
  if (special !== undefined) return special;
  const out: Body = {};
  return fill(out, value, reader, depth, element) ? out : UNRESOLVED;
}

/** Adds canonical members; false when the bag is unresolved, and with it everything. Members of the bag win. */
function fill(out: Body, source: JsonObject, reader: Reader, depth: number, element: boolean): boolean {
  let bag: Json | undefined;
  let type: string | undefined;
  // Own members only: JSON and YAML make plain objects, and nothing adds to Object.prototype. Keys are read by `for…in`,
  // which makes no list of them.
  for (const written in source) {
    const value = source[written] as Json;
    const key = keyOf(written);
    const { kind } = key;
    if (kind === BAG) bag = value;
    else if (kind === SKIP) continue;
    else if (kind === TYPE && typeof value === 'string') type = value;
    else if (typeof value === 'string') out[key.name] = kind === NAME && element ? reader.name(value) : reader.text(value);
    else if (typeof value !== 'object' || value === null) out[key.name] = value;
    else if (kind === OPAQUE) out[key.name] = dataValue(value, reader, depth + 1);
    else if (Array.isArray(value)) {
      if (kind === COPY && reader.copy !== null) reader.copy(value as readonly Json[], out, depth);
      else if (kind === SINGULAR) addPlural(out, key.plural, canonicalList(value as readonly Json[], reader, depth + 1));
      else out[key.name] = canonicalList(value as readonly Json[], reader, depth + 1);
    } else out[key.name] = canonicalObject(value as JsonObject, reader, depth + 1, false);
  }
  // Beside a bag stands the resource's own type, which the reader of the resource has read.
  if (type !== undefined && (bag === undefined || bag === null || !type.includes('/'))) out['type'] = reader.text(type);
  return bag === undefined || bag === null ? true : fillBag(out, bag, reader, depth);
}

function fillBag(out: Body, bag: Json, reader: Reader, depth: number): boolean {
  if (isObject(bag)) {
    if (bag === UNRESOLVED || depth > MAX_DEPTH) return false;
    const special = reader.object === null ? undefined : reader.object(bag);
    return special === undefined ? fill(out, bag, reader, depth + 1, false) : addMembers(out, special);
  }
  if (typeof bag === 'string') return addMembers(out, reader.text(bag));
  out['properties'] = canonicalValue(bag, reader, depth + 1);
  return true;
}

function addMembers(out: Body, value: Json): boolean {
  if (value === UNRESOLVED) return false;
  if (!isObject(value)) out['properties'] = value;
  else for (const [name, held] of Object.entries(value)) out[name] = held;
  return true;
}

function addPlural(out: Body, name: string, list: Json): void {
  const there = out[name];
  out[name] = Array.isArray(there) && Array.isArray(list) ? [...(there as readonly Json[]), ...(list as readonly Json[])] : list;
}

/** A value whose keys are data: names stay as they are. */
export function dataValue(value: Json, reader: Reader, depth: number): Json {
  if (typeof value === 'string') return reader.text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value === UNRESOLVED || depth > MAX_DEPTH) return UNRESOLVED;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => dataValue(item, reader, depth + 1));
  const special = reader.object === null ? undefined : reader.object(value as JsonObject);
  if (special !== undefined) return special;
  const out: Body = {};
  for (const [name, held] of Object.entries(value as JsonObject)) if (name !== '__proto__') out[name] = dataValue(held, reader, depth + 1);
  return out;
}

/** A resource's body, and whether all of it is known. `drop` names what belongs to the resource rather than to its body. */
export function canonicalBody(source: JsonObject, reader: Reader, drop: ReadonlySet<string>): { readonly body: Body; readonly whole: boolean } {
  const kept: Body = {};
  for (const written in source) {
    const { name, kind } = keyOf(written);
    if (kind === SKIP || (kind !== BAG && drop.has(name))) continue;
    kept[written] = source[written] as Json;
  }
  const body: Body = {};
  const whole = fill(body, kept, reader, 1, false);
  return { body, whole };
}
