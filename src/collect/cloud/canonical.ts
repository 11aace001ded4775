import { isId, normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { BAG, COPY, type Key, keyOf, NAME, OPAQUE, SINGULAR, SKIP, TYPE } from './key.ts';

export type Body = Record<string, Json>;

/** How an input's own language is read while a body is made canonical. */
export interface Reader {
  readonly text: (value: string) => Json;
  /** The `name` of a list's element, which ids are made of. */
  readonly name: (value: string) => Json;
  /** Text in a map whose keys are data. */
  readonly data: (value: string) => Json;
  /** What stands for an object instead of what its members say; undefined to read them. Null: nothing ever does. */
  readonly object: ((value: JsonObject) => Json | undefined) | null;
  /** Runs a template's `copy` list of an object; null where `copy` is a member like any other. */
  readonly copy: ((loops: readonly Json[], out: Body, depth: number) => void) | null;
}

export const PLAIN_READER: Reader = { text: plainText, name: (value) => value, data: (value) => value, object: null, copy: null };

/** Ids get the form in which they are compared. */
export function plainText(value: string): string {
  return value.charCodeAt(0) === 0x2f && isId(value) ? normaliseId(value) : value;
}

/** Deeper values are not looked into: no resource of Azure nests like that. */
const MAX_DEPTH = 64;

/** A body without `properties` bags, and whether all of it is known: false when the bag itself is unresolved. */
export function canonicalBody(resource: JsonObject, reader: Reader, skipped: ReadonlySet<string>): { readonly body: Body; readonly whole: boolean } {
  const body: Body = {};
  const whole = fill(body, resource, reader, 1, false, skipped);
  return { body, whole };
}

/** An element of a list: like any value, and its name stays text, since ids are made of it. */
export function canonicalElement(value: Json, reader: Reader, depth: number): Json {
  return canonicalValue(value, reader, depth, true);
}

export function canonicalValue(value: Json, reader: Reader, depth: number, element = false): Json {
  if (typeof value === 'string') return reader.text(value);
  if (typeof value !== 'object' || value === null || value === UNRESOLVED) return value;
  if (depth > MAX_DEPTH) return UNRESOLVED;
  if (Array.isArray(value)) return canonicalList(value as readonly Json[], reader, depth);
  const stands = reader.object === null ? undefined : reader.object(value as JsonObject);
  if (stands !== undefined) return stands;
  const out: Body = {};
  // Of an element whose bag is unresolved nothing can be said.
  if (!fill(out, value as JsonObject, reader, depth + 1, element, NOTHING)) return hidden(out);
  return out;
}

const NOTHING: ReadonlySet<string> = new Set();

function canonicalList(list: readonly Json[], reader: Reader, depth: number): Json {
  const out: Json[] = [];
  for (const item of list) out.push(canonicalValue(item, reader, depth + 1, true));
  return out;
}

/** What may stand in the bag of a list's element and is judged. */
const JUDGED =
  'access addressPrefix applicationSecurityGroups backendAddressPool backendPort defaultOutboundAccess destinationAddressPrefix destinationPortRange direction ' +
  'enableFloatingIP frontendIPConfiguration ipConfigurations loadBalancerBackendAddresses loadBalancerBackendAddressPools loadBalancerInboundNatRules ' +
  'networkSecurityGroup nextHopType priority privateIPAddress protocol publicIPAddress publicIPAddressConfiguration publicIPPrefix remoteVirtualNetwork ' +
  'routeTable ruleCollections rules sourceAddressPrefix sourcePortRange subnet';
const HIDDEN: readonly string[] = JUDGED.split(' ');

function hidden(out: Body): Body {
  for (const name of HIDDEN) out[name] ??= UNRESOLVED;
  return out;
}

/** Copies members into `out`, those of `properties` bags after the object's own; false when a bag is unresolved. */
function fill(out: Body, source: JsonObject, reader: Reader, depth: number, element: boolean, skipped: ReadonlySet<string>): boolean {
  let bag = copyMembers(out, source, reader, depth, element, skipped);
  for (let level = 0; bag !== undefined && level < MAX_DEPTH; level++) {
    if (typeof bag === 'string') bag = reader.text(bag);
    if (bag === UNRESOLVED) return false;
    bag = isObject(bag) ? copyMembers(out, bag, reader, depth, element, NOTHING) : undefined;
  }
  return true;
}

/** Copies all members but the bag, which it returns. */
function copyMembers(out: Body, source: JsonObject, reader: Reader, depth: number, element: boolean, skipped: ReadonlySet<string>): Json | undefined {
  let bag: Json | undefined;
  for (const written in source) {
    if (!Object.hasOwn(source, written)) continue;
    const key = keyOf(written);
    const value = source[written] as Json;
    if (skipped.size > 0 && skipped.has(key.name)) continue;
    if (key.kind === BAG && value !== null && (typeof value === 'object' || typeof value === 'string')) bag ??= value;
    else if (key.kind === 0) put(out, key.name, canonicalValue(value, reader, depth));
    else special(out, key, value, reader, depth, element);
  }
  return bag;
}

function special(out: Body, key: Key, value: Json, reader: Reader, depth: number, element: boolean): void {
  switch (key.kind) {
    case SKIP:
      return;
    case OPAQUE:
      put(out, key.name, opaque(value, reader, depth));
      return;
    case COPY:
      if (Array.isArray(value) && reader.copy !== null) reader.copy(value as readonly Json[], out, depth);
      else put(out, key.name, canonicalValue(value, reader, depth));
      return;
    case NAME:
      put(out, key.name, element && typeof value === 'string' ? lastOf(reader.name(value)) : canonicalValue(value, reader, depth));
      return;
    case SINGULAR:
      put(out, Array.isArray(value) ? key.plural : key.name, canonicalValue(value, reader, depth));
      return;
    case TYPE:
      // The type of a child resource says nothing that its list does not; in its bag there may be another `type`.
      if (typeof value !== 'string' || !value.includes('/')) put(out, key.name, canonicalValue(value, reader, depth));
      return;
    default:
      put(out, key.name, canonicalValue(value, reader, depth));
  }
}

/** A child's own name: templates and exports write `parent/child`. */
function lastOf(name: Json): Json {
  return typeof name === 'string' && name.includes('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
}

/** What stands there wins, unless it says nothing. */
function put(out: Body, name: string, value: Json): void {
  const there = out[name];
  if (there === undefined || there === null || there === '' || !Object.hasOwn(out, name) || (Array.isArray(there) && there.length === 0)) out[name] = value;
}

/** Keys stay as they are; only texts are read. */
function opaque(value: Json, reader: Reader, depth: number): Json {
  if (typeof value === 'string') return reader.data(value);
  if (typeof value !== 'object' || value === null || value === UNRESOLVED || reader === PLAIN_READER) return value;
  if (depth > MAX_DEPTH) return UNRESOLVED;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => opaque(item, reader, depth + 1));
  const stands = reader.object === null ? undefined : reader.object(value as JsonObject);
  if (stands !== undefined) return stands;
  const out: Body = {};
  for (const [name, held] of Object.entries(value as JsonObject)) if (name !== '__proto__') out[name] = opaque(held, reader, depth + 1);
  return out;
}
