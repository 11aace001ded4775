import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { isSymbol, symbol, symbolOf, textOf } from '../cloud/symbol.ts';
import { identityOf, identityOfId, type Identity } from '../cloud/declared.ts';
import { type Access, piecesOf } from './interpolate.ts';
import { type NativeType, nativeType } from './token.ts';

/** What a program declares under the names that its texts use. */
export interface Program {
  readonly resources: JsonObject;
  readonly variables: JsonObject;
  /** What has been found for a variable or a resource; `undefined` while it is looked for, which ends a cycle. */
  readonly values: Map<string, Json | undefined>;
  readonly identities: Map<string, Identity | undefined>;
  /** What variables may still be copied: they may share parts many times over. */
  nodes: number;
}

const MAX_NODES = 1_000_000;

export function programOf(value: Json): Program {
  const section = (name: string): JsonObject => {
    const held = member(value, name);
    return isObject(held) ? held : {};
  };
  return { resources: section('resources'), variables: section('variables'), values: new Map(), identities: new Map(), nodes: MAX_NODES };
}

/** Variables name variables: deeper chains are nobody's program. */
const MAX_DEPTH = 40;
/** A text that grows beyond this is unresolved. */
const MAX_TEXT = 262_144;

/**
 * The value of a text: what it says when that is certain, else a symbol. Configuration is never certain, since a stack's own
 * file may override it.
 */
export function valueOfText(text: string, program: Program, depth = 0): Json {
  if (!text.includes('${')) return text;
  const values = piecesOf(text).map((piece) => (typeof piece === 'string' ? piece : valueOfAccess(piece, program, depth + 1)));
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  let joined = '';
  for (const value of values) {
    const part = textOf(value);
    if (part === undefined || joined.length + part.length > MAX_TEXT) return symbol(text);
    joined += part;
  }
  return values.some((value) => isSymbol(value)) ? symbolOf(joined) : joined;
}

function valueOfAccess(access: Access, program: Program, depth: number): Json {
  if (depth > MAX_DEPTH || access.name === '') return symbol(access.text);
  if (Object.hasOwn(program.variables, access.name)) return stepsInto(variableValue(access.name, program, depth), access);
  if (Object.hasOwn(program.resources, access.name)) return resourceValue(access, program, depth);
  return symbol(access.text);
}

function stepsInto(value: Json, access: Access): Json {
  let current: Json | undefined = value;
  for (const step of access.steps) {
    if (Array.isArray(current) && typeof step === 'number') current = (current as readonly Json[])[step];
    else if (isObject(current) && !isSymbol(current)) current = member(current, String(step));
    else return symbol(access.text);
  }
  return current ?? symbol(access.text);
}

function variableValue(name: string, program: Program, depth: number): Json {
  const key = `variable ${name}`;
  if (program.values.has(key)) return program.values.get(key) ?? symbol(name);
  program.values.set(key, undefined);
  const value = deepValue(program.variables[name] ?? null, program, depth + 1);
  program.values.set(key, value);
  return value;
}

/** A value with its texts read; functions are not called. */
function deepValue(value: Json, program: Program, depth: number): Json {
  if (typeof value === 'string') return valueOfText(value, program, depth);
  if (typeof value !== 'object' || value === null || isSymbol(value)) return value;
  if (depth > MAX_DEPTH || isFunction(value)) return symbol('fn::');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => deepValue(item, program, depth + 1));
  const out: Record<string, Json> = {};
  for (const [name, held] of Object.entries(value as JsonObject)) if (name !== '__proto__') out[name] = deepValue(held, program, depth + 1);
  return out;
}

export function isFunction(value: Json): boolean {
  return isObject(value) && Object.keys(value).some((name) => name.slice(0, 4).toLowerCase() === 'fn::');
}

/** `${nsg.id}` is the id of a resource of the program, `${nsg.name}` its name; other outputs are known after a deployment. */
function resourceValue(access: Access, program: Program, depth: number): Json {
  const identity = identityIn(access.name, program, depth);
  if (identity === undefined) return symbol(access.text);
  const [first, second, third] = access.steps;
  if (access.steps.length === 1 && first === 'id') return symbolOf(scoped(identity.id));
  if (access.steps.length === 1 && first === 'name') return nameValue(access.name, identity, program);
  // The one element of a list that the program states: `${network.subnets[0].id}`.
  if (access.steps.length === 3 && typeof first === 'string' && second === 0 && third === 'id') return elementId(access, first, identity, program, depth);
  return symbol(access.text);
}

/** Where the resource will be is not known; `leave` makes a relative id of it. */
function scoped(id: string): string {
  return id.startsWith('subscriptions/') ? `/${id}` : `{resourcegroup}/providers/${id}`;
}

/** A name that is made by the provider is known by the resource it belongs to. */
function nameValue(name: string, identity: Identity, program: Program): Json {
  return hasOwnName(name, program) && !identity.name.includes('{') ? identity.name : symbolOf(identity.name);
}

function elementId(access: Access, list: string, identity: Identity, program: Program, depth: number): Json {
  const elements = member(propertiesOf(access.name, program), list);
  const [element] = Array.isArray(elements) ? (elements as readonly Json[]) : [];
  const name = member(element, 'name');
  const text = typeof name === 'string' && Array.isArray(elements) && elements.length === 1 ? textOf(valueOfText(name, program, depth + 1)) : undefined;
  return text === undefined ? symbol(access.text) : symbolOf(scoped(`${identity.id}/${list.toLowerCase()}/${text.toLowerCase()}`));
}

export function propertiesOf(name: string, program: Program): JsonObject {
  const resource = Object.hasOwn(program.resources, name) ? program.resources[name] : undefined;
  const properties = member(resource, 'properties');
  return isObject(properties) ? properties : {};
}

export function classOf(name: string, program: Program): NativeType | undefined {
  const type = member(Object.hasOwn(program.resources, name) ? program.resources[name] : undefined, 'type');
  return typeof type === 'string' ? nativeType(type) : undefined;
}

function hasOwnName(name: string, program: Program): boolean {
  const own = classOf(name, program)?.names.at(-1);
  const properties = propertiesOf(name, program);
  return typeof member(properties, own ?? 'name') === 'string' || typeof member(properties, 'name') === 'string';
}

/** A resource's identity: by its names where the program states them, by its logical name where the provider makes one. */
export function identityIn(name: string, program: Program, depth = 0): Identity | undefined {
  if (program.identities.has(name)) return program.identities.get(name);
  program.identities.set(name, undefined);
  const identity = identityByGet(name, program) ?? identityByNames(name, program, depth);
  program.identities.set(name, identity);
  return identity;
}

/** `get: { id: … }` reads a resource that is there already. */
function identityByGet(name: string, program: Program): Identity | undefined {
  const id = member(member(Object.hasOwn(program.resources, name) ? program.resources[name] : undefined, 'get'), 'id');
  return typeof id === 'string' && !id.includes('${') ? (identityOfId(id) ?? undefined) : undefined;
}

function identityByNames(name: string, program: Program, depth: number): Identity | undefined {
  const native = classOf(name, program);
  if (native === undefined || depth > MAX_DEPTH) return undefined;
  const properties = propertiesOf(name, program);
  const last = native.names.length - 1;
  const names = native.names.map((input, index) => {
    const written = member(properties, input) ?? (index === last ? member(properties, 'name') : undefined);
    const text = typeof written === 'string' ? textOf(valueOfText(written, program, depth + 1)) : undefined;
    return text ?? (index === last ? name : '{unknown}');
  });
  return identityOf(native.type, names, scopeOf(native, properties, program, depth));
}

function scopeOf(native: NativeType, properties: JsonObject, program: Program, depth: number): string | null {
  if (native.scope === null) return null;
  const written = member(properties, native.scope);
  const text = typeof written === 'string' ? textOf(valueOfText(written, program, depth + 1)) : undefined;
  return text === undefined
    ? '{unknown}'
    : text
        .toLowerCase()
        .replace(/^\{resourcegroup\}\/providers\//, '')
        .replace(/^\//, '');
}
