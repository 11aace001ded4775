import { isObject, type Json, type JsonObject, type JsonSchema } from '../model/json.ts';
import { ASSERTIONS, type Compile, listOf, type Params } from './schema-assertions.ts';
import { SchemaError } from './schema-error.ts';
import { all, always, any, MAYBE, never, NO, not, onLists, onObjects, type Predicate, type Truth, YES } from './truth.ts';

/**
 * The JSON Schema (2020-12) subset that policies are written in, compiled to closures that answer in three values: a value
 * that could not be read is `UNKNOWN` and makes an answer uncertain only where it could change it (Kleene's logic). Ajv is
 * the judge of what the language means: a test holds this file against it. Throws SchemaError for a keyword outside the subset
 * or a malformed argument.
 */
export function compileSchema(schema: JsonSchema | undefined, params: Params = {}): Predicate {
  if (schema === undefined || schema === true) return always;
  if (schema === false) return never;
  if (!isObject(schema)) throw new SchemaError('A schema is an object, true or false.');
  const parts: Predicate[] = [];
  for (const [keyword, argument] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    const compile = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (compile === undefined) throw new SchemaError(`The keyword '${keyword}' is not part of the policy language.`);
    parts.push(compile(argument, schema, params));
  }
  return all(parts);
}

function schemasOf(keyword: string, argument: Json, params: Params): Predicate[] {
  const list = listOf(keyword, argument);
  if (list.length === 0) throw new SchemaError(`'${keyword}' needs at least one schema.`);
  return list.map((schema) => compileSchema(schema as JsonSchema, params));
}

function entriesOf(keyword: string, argument: Json): [string, Json][] {
  if (!isObject(argument)) throw new SchemaError(`'${keyword}' needs an object.`);
  return Object.entries(argument);
}

function compileProperties(argument: Json, _schema: JsonObject, params: Params): Predicate {
  const members = entriesOf('properties', argument).map(([name, schema]) => ({ name, holds: compileSchema(schema as JsonSchema, params) }));
  return onObjects((value) => {
    let result: Truth = YES;
    for (const { name, holds } of members) {
      if (!Object.hasOwn(value, name)) continue;
      const truth = holds(value[name]);
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  });
}

function compileItems(argument: Json, schema: JsonObject, params: Params): Predicate {
  const holds = compileSchema(argument as JsonSchema, params);
  const from = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'] as readonly Json[]).length : 0;
  return onLists((list) => {
    let result: Truth = YES;
    for (let index = from; index < list.length; index++) {
      const truth = holds(list[index]);
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  });
}

function compilePrefixItems(argument: Json, _schema: JsonObject, params: Params): Predicate {
  const parts = schemasOf('prefixItems', argument, params);
  return onLists((list) => {
    let result: Truth = YES;
    for (let index = 0; index < list.length && index < parts.length; index++) {
      const truth = parts[index]?.(list[index]) ?? YES;
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  });
}

function compileContains(argument: Json, _schema: JsonObject, params: Params): Predicate {
  const holds = compileSchema(argument as JsonSchema, params);
  return onLists((list) => {
    let result: Truth = NO;
    for (const item of list) {
      const truth = holds(item);
      if (truth === YES) return YES;
      if (truth > result) result = truth;
    }
    return result;
  });
}

function compileAdditional(argument: Json, schema: JsonObject, params: Params): Predicate {
  const holds = compileSchema(argument as JsonSchema, params);
  const known = new Set(isObject(schema['properties']) ? Object.keys(schema['properties']) : []);
  return onObjects((value) => {
    let result: Truth = YES;
    for (const [name, member] of Object.entries(value)) {
      if (known.has(name)) continue;
      const truth = holds(member);
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  });
}

/** (not if or then) and (if or else) and (then or else): certain even where the condition is not. */
function compileIf(argument: Json, schema: JsonObject, params: Params): Predicate {
  const condition = compileSchema(argument as JsonSchema, params);
  const then = compileSchema(schema['then'] as JsonSchema | undefined, params);
  const otherwise = compileSchema(schema['else'] as JsonSchema | undefined, params);
  return (value) => {
    const truth = condition(value);
    if (truth === YES) return then(value);
    if (truth === NO) return otherwise(value);
    const a = then(value);
    const b = otherwise(value);
    return a === b ? a : MAYBE;
  };
}

const KEYWORDS: Readonly<Record<string, Compile>> = {
  ...ASSERTIONS,
  properties: compileProperties,
  additionalProperties: compileAdditional,
  items: compileItems,
  prefixItems: compilePrefixItems,
  contains: compileContains,
  not: (argument, _schema, params) => {
    const holds = compileSchema(argument as JsonSchema, params);
    return (value) => not(holds(value));
  },
  allOf: (argument, _schema, params) => all(schemasOf('allOf', argument, params)),
  anyOf: (argument, _schema, params) => any(schemasOf('anyOf', argument, params)),
  if: compileIf,
  then: () => always,
  else: () => always,
};

/** Say something to people, nothing to the judge. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema', '$id', 'deprecated']);
