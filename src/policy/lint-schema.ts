import { compileSchema } from '../lib/schema.ts';
import { SchemaError } from '../lib/schema-error.ts';
import { NO } from '../lib/truth.ts';
import { asList, isObject, type Json, type JsonObject, type JsonSchema } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';

/** Keywords of the policy language; `uniqueItems` has no meaning where an element is unknown. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'const',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'pattern',
  'properties',
  'required',
  'items',
  'prefixItems',
  'contains',
  'minItems',
  'maxItems',
  'additionalProperties',
  'not',
  'allOf',
  'anyOf',
  'if',
  'then',
  'else',
]);
const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema']);
const MAY_BE_PARAM: ReadonlySet<string> = new Set(['const', 'enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);
/** The JSON types that a keyword judges; a value of any other type satisfies it. */
const JUDGES: Readonly<Record<string, readonly string[]>> = {
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  exclusiveMinimum: ['number', 'integer'],
  exclusiveMaximum: ['number', 'integer'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  items: ['array'],
  prefixItems: ['array'],
  contains: ['array'],
  minItems: ['array'],
  maxItems: ['array'],
};
const SAME_VALUE = ['not', 'if', 'then', 'else'] as const;
const SAME_VALUE_LISTS = ['allOf', 'anyOf'] as const;

/** What is wrong with one schema of a policy; `found` collects the parameters that it uses. */
export interface SchemaLint {
  readonly params: Readonly<Record<string, Json>>;
  readonly faults: string[];
  readonly found: Set<string>;
}

/** Checks a schema of a policy against the schema of what it judges. `where` begins each fault: `assert`. */
export function lintSchema(schema: JsonSchema, kind: JsonSchema, where: string, lint: SchemaLint): void {
  const before = lint.faults.length;
  walk(schema, kind, where, '', lint, 0);
  if (lint.faults.length > before) return;
  try {
    compileSchema(schema, lint.params);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    lint.faults.push(`${where}: ${error.message}`);
  }
}

function walk(schema: JsonSchema | undefined, kind: JsonSchema | undefined, where: string, at: Pointer, lint: SchemaLint, depth: number): void {
  if (!isObject(schema) || depth > 64) return;
  const place = `${where}${at === '' ? '' : ` at '${at}'`}`;
  for (const [keyword, argument] of Object.entries(schema)) {
    if (!KEYWORDS.has(keyword) && !ANNOTATIONS.has(keyword)) lint.faults.push(`${place}: the keyword '${keyword}' is not part of the policy language.`);
    const param = isObject(argument) && Object.hasOwn(argument, '$param') ? argument['$param'] : undefined;
    if (param === undefined || keyword === 'properties') continue;
    if (!MAY_BE_PARAM.has(keyword)) lint.faults.push(`${place}: a parameter cannot stand as '${keyword}'.`);
    else useParam(String(param), place, lint);
  }
  lintValues(schema, kind, place, lint);
  lintTypes(schema, kind, place, lint);
  for (const keyword of SAME_VALUE) walk(asSchema(schema[keyword]), kind, where, at, lint, depth + 1);
  for (const keyword of SAME_VALUE_LISTS) for (const part of asList(schema[keyword])) walk(asSchema(part), kind, where, at, lint, depth + 1);
  for (const [name, part] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
    walkMember(name, asSchema(part), kind, where, at, lint, depth);
  }
  for (const name of asList(schema['required'])) {
    if (memberOf(kind, String(name)) === undefined) lint.faults.push(unknownMember(where, `${at}/${escapeStep(String(name))}`));
  }
  for (const keyword of ['items', 'contains'] as const) {
    if (isObject(schema[keyword])) walk(schema[keyword], itemsOf(kind), where, `${at}/${keyword === 'items' ? '*' : '?'}`, lint, depth + 1);
  }
  for (const part of asList(schema['prefixItems'])) walk(asSchema(part), itemsOf(kind), where, `${at}/*`, lint, depth + 1);
}

function walkMember(
  name: string,
  part: JsonSchema | undefined,
  kind: JsonSchema | undefined,
  where: string,
  at: Pointer,
  lint: SchemaLint,
  depth: number,
): void {
  const pointer = `${at}/${escapeStep(name)}`;
  const member = memberOf(kind, name);
  if (member === undefined) lint.faults.push(unknownMember(where, pointer));
  else walk(part, member, where, pointer, lint, depth + 1);
}

function unknownMember(where: string, pointer: Pointer): string {
  return `${where}: facts of the kind have no '${pointer}'.`;
}

export function useParam(name: string, place: string, lint: SchemaLint): void {
  lint.found.add(name);
  if (!Object.hasOwn(lint.params, name)) lint.faults.push(`${place}: the parameter '${name}' is not declared.`);
}

/** A `const` or a value of an `enum` that the kind never has is a slip of the pen: it decides nothing, or everything. */
function lintValues(schema: JsonObject, kind: JsonSchema | undefined, place: string, lint: SchemaLint): void {
  if (!isObject(kind)) return;
  const holds = compileSchema(kind);
  const values = [...(Object.hasOwn(schema, 'const') ? [resolve(schema['const'], lint)] : []), ...asList(resolve(schema['enum'], lint))];
  for (const value of values) {
    if (value !== undefined && (typeof value !== 'object' || value === null) && holds(value) === NO)
      lint.faults.push(`${place}: the value ${JSON.stringify(value)} never occurs there.`);
  }
}

function resolve(argument: Json | undefined, lint: SchemaLint): Json | undefined {
  if (!isObject(argument) || !Object.hasOwn(argument, '$param')) return argument;
  const name = String(argument['$param']);
  return Object.hasOwn(lint.params, name) ? lint.params[name] : undefined;
}

/** `minimum` accepts every text and null: where the kind has those as well, a `type` must say that a number is meant. */
function lintTypes(schema: JsonObject, kind: JsonSchema | undefined, place: string, lint: SchemaLint): void {
  if (!isObject(kind) || ['type', 'const', 'enum'].some((keyword) => Object.hasOwn(schema, keyword))) return;
  const possible = typesOf(kind);
  for (const [keyword, judged] of Object.entries(JUDGES)) {
    const others = possible.filter((type) => !judged.includes(type));
    if (Object.hasOwn(schema, keyword) && others.length > 0) {
      lint.faults.push(`${place}: '${keyword}' lets every ${others.join(' and ')} pass, which occurs there: name the 'type' beside it.`);
      return;
    }
  }
}

/** The types that a value of a schema may have, as far as it says; none when it says nothing. */
function typesOf(schema: JsonObject): string[] {
  if (Object.hasOwn(schema, 'type')) return asList(schema['type']).map(String);
  const values = Object.hasOwn(schema, 'const') ? [schema['const'] ?? null] : Array.isArray(schema['enum']) ? (schema['enum'] as readonly Json[]) : null;
  if (values !== null) return [...new Set(values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)))];
  return [...new Set(asList(schema['anyOf']).flatMap((part) => (isObject(part) ? typesOf(part) : [])))];
}

function asSchema(value: Json | undefined): JsonSchema | undefined {
  return isObject(value) || typeof value === 'boolean' ? value : undefined;
}

/** The schema of a member, `true` where anything may stand; undefined when there is none. */
export function memberOf(kind: JsonSchema | undefined, name: string): JsonSchema | undefined {
  if (kind === true) return true;
  if (!isObject(kind)) return undefined;
  const properties = kind['properties'];
  if (isObject(properties) && Object.hasOwn(properties, name)) return asSchema(properties[name]);
  for (const part of asList(kind['anyOf'])) {
    const found = memberOf(asSchema(part), name);
    if (found !== undefined) return found;
  }
  if (isObject(kind['additionalProperties'])) return kind['additionalProperties'];
  // A schema that says nothing of members lets any stand.
  return isObject(properties) ||
    Object.hasOwn(kind, 'enum') ||
    Object.hasOwn(kind, 'anyOf') ||
    (Object.hasOwn(kind, 'type') && !typesOf(kind).includes('object'))
    ? undefined
    : true;
}

/** The schema of an element; undefined when the kind has no list there. */
export function itemsOf(kind: JsonSchema | undefined): JsonSchema | undefined {
  if (kind === true) return true;
  if (!isObject(kind)) return undefined;
  if (isObject(kind['items'])) return kind['items'];
  for (const part of asList(kind['anyOf'])) {
    const found = itemsOf(asSchema(part));
    if (found !== undefined) return found;
  }
  return typesOf(kind).length === 0 || typesOf(kind).includes('array') ? true : undefined;
}

/** Whether a kind has a list at a pointer. */
export function listAt(kind: JsonSchema, steps: readonly string[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = kind;
  for (const step of steps) here = memberOf(here, step);
  return here === undefined ? undefined : itemsOf(here);
}
