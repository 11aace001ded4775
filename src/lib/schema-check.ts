import { isObject, type Json, type JsonObject, type JsonSchema } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import { compileSchema } from './schema.ts';
import { NO } from './truth.ts';

/** What is wrong with a document, and where. */
export interface SchemaProblem {
  readonly pointer: Pointer;
  /** Reads on after "'/hosts/0/name' ": `is missing`, `must be one of …`. */
  readonly message: string;
}

/**
 * Checks a document of ours (estate, policy, waivers, configuration, snapshot) against its schema and says what is wrong in
 * words. Same subset as `compileSchema`; at most 20 problems.
 */
export function checkDocument(schema: JsonSchema, value: Json): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  check(schema, value, '', problems, 0);
  return problems.slice(0, 20);
}

function check(schema: JsonSchema | undefined, value: Json, pointer: Pointer, problems: SchemaProblem[], depth: number): void {
  if (schema === undefined || schema === true || problems.length > 20 || depth > 64) return;
  if (schema === false) {
    problems.push({ pointer, message: 'is not known here' });
    return;
  }
  if (compileCached(schema)(value) !== NO) return;
  const before = problems.length;
  checkType(schema, value, pointer, problems);
  if (problems.length > before) return;
  if (isObject(value)) checkMembers(schema, value, pointer, problems, depth);
  if (Array.isArray(value)) checkItems(schema, value as readonly Json[], pointer, problems, depth);
  for (const part of (schema['allOf'] ?? []) as readonly JsonSchema[]) check(part, value, pointer, problems, depth + 1);
  if (problems.length === before) checkChoice(schema, value, pointer, problems, depth);
}

const compiled = new WeakMap<JsonObject, ReturnType<typeof compileSchema>>();
function compileCached(schema: JsonObject): ReturnType<typeof compileSchema> {
  let predicate = compiled.get(schema);
  if (predicate === undefined) {
    predicate = compileSchema(schema);
    compiled.set(schema, predicate);
  }
  return predicate;
}

function only(schema: JsonObject, ...keywords: readonly string[]): JsonObject {
  return Object.fromEntries(keywords.filter((keyword) => Object.hasOwn(schema, keyword)).map((keyword) => [keyword, schema[keyword] ?? null]));
}

function fails(schema: JsonObject, value: Json): boolean {
  return compileSchema(schema)(value) === NO;
}

function checkType(schema: JsonObject, value: Json, pointer: Pointer, problems: SchemaProblem[]): void {
  if (fails(only(schema, 'type'), value)) {
    problems.push({ pointer, message: `must be ${typeWords(schema['type'] ?? null)}, not ${nameOf(value)}` });
  } else if (fails(only(schema, 'const', 'enum'), value)) {
    const allowed = Object.hasOwn(schema, 'const') ? [schema['const'] ?? null] : ((schema['enum'] ?? []) as readonly Json[]);
    problems.push({
      pointer,
      message: `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.map((item) => `'${String(item)}'`).join(', ')}, not ${shown(value)}`,
    });
  } else if (fails(only(schema, 'pattern', 'minLength', 'maxLength'), value)) {
    problems.push({ pointer, message: `is ${shown(value)}, which is not ${words(schema, 'a text of the right form')}` });
  } else if (fails(only(schema, 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'), value)) {
    problems.push({ pointer, message: `is ${shown(value)}, which is out of range` });
  } else if (fails(only(schema, 'minItems', 'maxItems'), value)) {
    problems.push({ pointer, message: 'has too few or too many elements' });
  }
}

function checkMembers(schema: JsonObject, value: JsonObject, pointer: Pointer, problems: SchemaProblem[], depth: number): void {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const name of (schema['required'] ?? []) as readonly string[]) {
    if (!Object.hasOwn(value, name)) problems.push({ pointer: `${pointer}/${escapeStep(name)}`, message: 'is missing' });
  }
  for (const [name, member] of Object.entries(value)) {
    const at = `${pointer}/${escapeStep(name)}`;
    if (Object.hasOwn(properties, name)) {
      check(properties[name] as JsonSchema, member, at, problems, depth + 1);
    } else if (schema['additionalProperties'] === false) {
      const near = nearest(name, Object.keys(properties));
      problems.push({ pointer: at, message: near === undefined ? 'is not known here' : `is not known here; did you mean '${near}'?` });
    } else if (isObject(schema['additionalProperties'])) {
      check(schema['additionalProperties'], member, at, problems, depth + 1);
    }
  }
}

function checkItems(schema: JsonObject, value: readonly Json[], pointer: Pointer, problems: SchemaProblem[], depth: number): void {
  const prefix = (schema['prefixItems'] ?? []) as readonly JsonSchema[];
  for (const [index, item] of value.entries())
    check(prefix[index] ?? (schema['items'] as JsonSchema | undefined), item, `${pointer}/${index}`, problems, depth + 1);
}

/** For `anyOf`, `not`, `if`: the alternative of the value's own type speaks, else a general sentence. */
function checkChoice(schema: JsonObject, value: Json, pointer: Pointer, problems: SchemaProblem[], depth: number): void {
  const before = problems.length;
  const alternatives = (schema['anyOf'] ?? []) as readonly JsonSchema[];
  const sameType = alternatives.filter((part) => isObject(part) && Object.hasOwn(part, 'type') && !fails(only(part, 'type'), value));
  if (sameType.length === 1) check(sameType[0], value, pointer, problems, depth + 1);
  if (problems.length === before) problems.push({ pointer, message: `is ${shown(value)}, which is not ${words(schema, 'allowed here')}` });
}

function words(schema: JsonObject, otherwise: string): string {
  return typeof schema['description'] === 'string' ? schema['description'] : otherwise;
}

function typeWords(type: Json): string {
  const names = (Array.isArray(type) ? (type as readonly Json[]) : [type]).map(String);
  return names.map((name) => TYPE_WORDS[name] ?? name).join(' or ');
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of names to values',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

function nameOf(value: Json): string {
  if (value === null) return 'nothing';
  return TYPE_WORDS[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}

function shown(value: Json): string {
  return typeof value === 'object' && value !== null ? nameOf(value) : `'${String(value).slice(0, 80)}'`;
}

/** The candidate within two edits of a name, for "did you mean". Undefined for names that are too long to compare. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  let best: string | undefined;
  let distance = 3;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > 2) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < distance) {
      distance = edits;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
