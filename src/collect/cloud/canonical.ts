import { isId, normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { BAG, COPY, ID, type Key, NAME, OPAQUE, PLAIN, SINGULAR, SKIP, TYPE } from './key.ts';
import { overlap, type Plan, planOf, type Plans, repeatsIn } from './plan.ts';

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
  /** A text that begins with neither `/` nor `[` is what it says. */
  readonly quick: boolean;
  /** Shapes met so far. */
  readonly plans: Plans;
}

export function plainReader(): Reader {
  return { text: plainText, name: (value) => value, data: (value) => value, object: null, copy: null, quick: true, plans: [] };
}

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
  if (typeof value === 'string') return readText(value, reader);
  if (typeof value !== 'object' || value === null || value === UNRESOLVED) return value;
  if (depth > MAX_DEPTH) return UNRESOLVED;
  if (Array.isArray(value)) return canonicalList(value as readonly Json[], reader, depth);
  const stands = reader.object === null ? undefined : reader.object(value as JsonObject);
  if (stands !== undefined) return stands;
  const copy = reader.quick ? copied(value as JsonObject, reader, depth + 1, element) : undefined;
  if (copy !== undefined) return copy;
  const out: Body = {};
  // Of an element whose bag is unresolved nothing can be said.
  return fill(out, value as JsonObject, reader, depth + 1, element, NOTHING) ? out : hidden(out);
}

/**
 * The common case: an object whose names are canonical already, or a bag of such beside a few other members. Copying an
 * object as a whole costs a fifth of copying it member by member. Undefined for all others.
 */
function copied(source: JsonObject, reader: Reader, depth: number, element: boolean): JsonObject | undefined {
  const plan = planOf(reader.plans, Object.keys(source));
  if (plan.bag < 0) return plan.clean ? adapted(source, plan, reader, depth, element) : undefined;
  const bag = bagOf(source, plan);
  if (plan.repeats || !isObject(bag) || bag === UNRESOLVED || reader.object !== null) return undefined;
  const inner = planOf(reader.plans, Object.keys(bag));
  if (!inner.clean || inner.bag >= 0 || overlap(plan, inner)) return undefined;
  const found = adapted(bag, inner, reader, depth, false);
  if (found === undefined) return undefined;
  const out: Body = found === bag ? { ...bag } : found;
  copyMembers(out, source, plan, false, reader, depth, element, NOTHING);
  return out;
}

/** The object itself when there is nothing in it to change, else a copy; undefined when a name has to change. */
function adapted(source: JsonObject, plan: Plan, reader: Reader, depth: number, element: boolean): JsonObject | undefined {
  const { written, keys } = plan;
  let out: Body | undefined;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as Key;
    const before = source[written[at] as string] as Json;
    let after: Json | undefined;
    if (typeof before === 'string')
      after = key.kind === PLAIN || key.kind === SINGULAR ? readText(before, reader) : memberValue(before, key, plan, reader, depth, element, NO_MEMBERS);
    else if (typeof before !== 'object' || before === null) continue;
    else if (key.kind === SINGULAR && Array.isArray(before)) return undefined;
    else after = canonicalValue(before, reader, depth);
    if (after !== before && after !== undefined) (out ??= { ...source })[key.name] = after;
  }
  return out ?? source;
}

const NO_MEMBERS: Body = {};

function readText(value: string, reader: Reader): Json {
  if (reader.quick) {
    const first = value.charCodeAt(0);
    if (first !== 0x2f && first !== 0x5b) return value;
  }
  return reader.text(value);
}

const NOTHING: ReadonlySet<string> = new Set();

/** The list itself when there is nothing in it to change. */
function canonicalList(list: readonly Json[], reader: Reader, depth: number): Json {
  let out: Json[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const item = list[at] as Json;
    const value = typeof item === 'string' ? readText(item, reader) : canonicalValue(item, reader, depth + 1, true);
    if (out !== undefined) out.push(value);
    else if (value !== item) {
      out = list.slice(0, at);
      out.push(value);
    }
  }
  return out ?? list;
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
  const plan = planOf(reader.plans, Object.keys(source));
  copyMembers(out, source, plan, repeatsIn(plan, source), reader, depth, element, skipped);
  let outer = plan;
  let bag = bagOf(source, plan);
  for (let level = 0; bag !== undefined && level < MAX_DEPTH; level++) {
    if (typeof bag === 'string') bag = reader.text(bag);
    if (bag === UNRESOLVED) return false;
    if (!isObject(bag)) return true;
    const stands = reader.object === null ? undefined : reader.object(bag);
    if (stands === UNRESOLVED) return false;
    if (isObject(stands)) bag = stands;
    const inner = planOf(reader.plans, Object.keys(bag));
    copyMembers(out, bag, inner, level > 0 || overlap(outer, inner) || repeatsIn(inner, bag), reader, depth, element, NOTHING);
    outer = inner;
    bag = bagOf(bag, inner);
  }
  return true;
}

/** An object, or an expression that stands for one. */
function bagOf(source: JsonObject, plan: Plan): Json | undefined {
  const written = plan.bag < 0 ? undefined : plan.written[plan.bag];
  const bag = written === undefined ? undefined : source[written];
  return (typeof bag === 'object' && bag !== null) || typeof bag === 'string' ? bag : undefined;
}

/** Copies all members but the bag. `careful`: another value may stand there already. */
function copyMembers(
  out: Body,
  source: JsonObject,
  plan: Plan,
  careful: boolean,
  reader: Reader,
  depth: number,
  element: boolean,
  skipped: ReadonlySet<string>,
): void {
  const { written, keys } = plan;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as Key;
    const value = source[written[at] as string] as Json;
    if (skipped.size > 0 && skipped.has(key.name)) continue;
    if (careful) put(out, key, memberValue(value, key, plan, reader, depth, element, out));
    else if (key.kind === PLAIN) out[key.name] = typeof value === 'string' ? readText(value, reader) : canonicalValue(value, reader, depth);
    else {
      const found = memberValue(value, key, plan, reader, depth, element, out);
      if (found !== undefined) out[Array.isArray(found) ? key.plural : key.name] = found;
    }
  }
}

/** Undefined for what is left out. */
function memberValue(value: Json, key: Key, plan: Plan, reader: Reader, depth: number, element: boolean, out: Body): Json | undefined {
  switch (key.kind) {
    case SKIP:
      return undefined;
    case BAG:
      return (typeof value === 'object' && value !== null) || typeof value === 'string' ? undefined : value;
    case OPAQUE:
      return opaque(value, reader, depth);
    case COPY:
      if (!Array.isArray(value) || reader.copy === null) return canonicalValue(value, reader, depth);
      reader.copy(value as readonly Json[], out, depth);
      return undefined;
    case NAME:
      return element && typeof value === 'string' ? lastOf(reader.name(value)) : canonicalValue(value, reader, depth);
    case ID:
      // A child states its own id, which is compared by nobody.
      return plan.named && reader.quick && typeof value === 'string' && value.charCodeAt(0) === 0x2f ? value : canonicalValue(value, reader, depth);
    case TYPE:
      // The type of a child resource says nothing that its list does not; in its bag there may be another `type`.
      return typeof value === 'string' && value.includes('/') ? undefined : canonicalValue(value, reader, depth);
    default:
      return canonicalValue(value, reader, depth);
  }
}

/** A child's own name: templates and exports write `parent/child`. */
function lastOf(name: Json): Json {
  return typeof name === 'string' && name.includes('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
}

/** What stands there wins, unless it says nothing. */
function put(out: Body, key: Key, value: Json | undefined): void {
  if (value === undefined) return;
  const name = Array.isArray(value) ? key.plural : key.name;
  const there = Object.hasOwn(out, name) ? out[name] : undefined;
  if (there === undefined || there === null || there === '' || (Array.isArray(there) && there.length === 0)) out[name] = value;
}

/** Keys stay as they are; only texts are read. */
function opaque(value: Json, reader: Reader, depth: number): Json {
  if (typeof value === 'string') return reader.data(value);
  if (typeof value !== 'object' || value === null || value === UNRESOLVED) return value;
  if (depth > MAX_DEPTH) return UNRESOLVED;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => opaque(item, reader, depth + 1));
  const stands = reader.object === null ? undefined : reader.object(value as JsonObject);
  if (stands !== undefined) return stands;
  const out: Body = {};
  for (const [name, held] of Object.entries(value as JsonObject)) if (name !== '__proto__') out[name] = opaque(held, reader, depth + 1);
  return out;
}
