import { isObject, type Json, type JsonObject, type JsonSchema } from '../model/json.ts';
import { jsonEquals, UNKNOWN } from './three-valued.ts';

/**
 * The JSON Schema (2020-12) subset that policies are written in, compiled to closures that answer in three values: a value
 * that could not be read is `UNKNOWN` and makes an answer uncertain only where it could change it (Kleene's logic). Ajv is
 * the judge of what the language means: a test holds this file against it.
 */
export type Truth = 0 | 1 | 2;
/** Certainly not, cannot be said, certainly. */
export const NO: Truth = 0;
export const MAYBE: Truth = 1;
export const YES: Truth = 2;

export type Predicate = (value: Json | undefined) => Truth;

export class SchemaError extends Error {}

type Params = Readonly<Record<string, Json>>;
type Compile = (argument: Json, schema: JsonObject, params: Params) => Predicate;

const always: Predicate = () => YES;
const never: Predicate = () => NO;

/** Compiles a schema; throws SchemaError for a keyword outside the subset or a malformed argument. */
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

function all(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts;
  if (first === undefined) return always;
  if (second === undefined) return first;
  if (parts.length === 2) {
    return (value) => {
      const a = first(value);
      if (a === NO) return NO;
      const b = second(value);
      return a < b ? a : b;
    };
  }
  return (value) => {
    let result: Truth = YES;
    for (const part of parts) {
      const truth = part(value);
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  };
}

function any(parts: readonly Predicate[]): Predicate {
  return (value) => {
    let result: Truth = NO;
    for (const part of parts) {
      const truth = part(value);
      if (truth === YES) return YES;
      if (truth > result) result = truth;
    }
    return result;
  };
}

const not = (truth: Truth): Truth => (truth === YES ? NO : truth === NO ? YES : MAYBE);

function truthOf(holds: boolean): Truth {
  return holds ? YES : NO;
}

/** Judges values of one JSON type; any other type satisfies the keyword, as JSON Schema says. */
function onNumbers(judge: (value: number) => boolean): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : typeof value === 'number' ? truthOf(judge(value)) : YES);
}
function onStrings(judge: (value: string) => boolean): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : typeof value === 'string' ? truthOf(judge(value)) : YES);
}
function onLists(judge: (value: readonly Json[]) => Truth): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : Array.isArray(value) ? judge(value as readonly Json[]) : YES);
}
function onObjects(judge: (value: JsonObject) => Truth): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : isObject(value) ? judge(value) : YES);
}

const TYPES: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

/** The argument itself, or the parameter that `{ $param: NAME }` names. */
function resolved(argument: Json, params: Params): Json {
  if (!isObject(argument) || !Object.hasOwn(argument, '$param')) return argument;
  const name = argument['$param'];
  if (typeof name !== 'string' || !Object.hasOwn(params, name)) throw new SchemaError(`The parameter '${String(name)}' is not declared in 'params'.`);
  return params[name] ?? null;
}

function numberOf(keyword: string, argument: Json, params: Params): number {
  const value = resolved(argument, params);
  if (typeof value !== 'number') throw new SchemaError(`'${keyword}' needs a number.`);
  return value;
}

function listOf(keyword: string, argument: Json): readonly Json[] {
  if (!Array.isArray(argument)) throw new SchemaError(`'${keyword}' needs a list.`);
  return argument as readonly Json[];
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

const same = (value: Json | undefined, wanted: Json): Truth => (value === undefined ? NO : jsonEquals(value, wanted));

function compileEnum(argument: Json, _schema: JsonObject, params: Params): Predicate {
  const wanted = listOf('enum', resolved(argument, params));
  if (wanted.every((item) => !isObject(item) && !Array.isArray(item))) {
    const plain = new Set<Json | undefined>(wanted);
    return (value) => (value === UNKNOWN ? MAYBE : truthOf(plain.has(value)));
  }
  return any(wanted.map((item) => (value) => same(value, item)));
}

function compileConst(argument: Json, _schema: JsonObject, params: Params): Predicate {
  const wanted = resolved(argument, params);
  if (isObject(wanted) || Array.isArray(wanted)) return (value) => same(value, wanted);
  return (value) => (value === wanted ? YES : value === UNKNOWN ? MAYBE : NO);
}

function compileType(argument: Json): Predicate {
  const names = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  const tests = names.map((name) => {
    const test = typeof name === 'string' && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
    if (test === undefined) throw new SchemaError(`'${String(name)}' is not a JSON type.`);
    return test;
  });
  return (value) => (value === UNKNOWN ? MAYBE : truthOf(tests.some((test) => test(value))));
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

/** A member whose value is unknown may be missing in truth, so it is only maybe there. */
function compileRequired(argument: Json): Predicate {
  const names = listOf('required', argument).map(String);
  return onObjects((value) => {
    let result: Truth = YES;
    for (const name of names) {
      if (!Object.hasOwn(value, name)) return NO;
      if (value[name] === UNKNOWN) result = MAYBE;
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

const codePoints = (text: string): number => {
  let count = 0;
  for (const _point of text) count++;
  return count;
};

const KEYWORDS: Readonly<Record<string, Compile>> = {
  type: compileType,
  const: compileConst,
  enum: compileEnum,
  minimum: (argument, _schema, params) => {
    const limit = numberOf('minimum', argument, params);
    return onNumbers((value) => value >= limit);
  },
  maximum: (argument, _schema, params) => {
    const limit = numberOf('maximum', argument, params);
    return onNumbers((value) => value <= limit);
  },
  exclusiveMinimum: (argument, _schema, params) => {
    const limit = numberOf('exclusiveMinimum', argument, params);
    return onNumbers((value) => value > limit);
  },
  exclusiveMaximum: (argument, _schema, params) => {
    const limit = numberOf('exclusiveMaximum', argument, params);
    return onNumbers((value) => value < limit);
  },
  minLength: (argument, _schema, params) => {
    const limit = numberOf('minLength', argument, params);
    return onStrings((value) => value.length >= limit && codePoints(value) >= limit);
  },
  maxLength: (argument, _schema, params) => {
    const limit = numberOf('maxLength', argument, params);
    return onStrings((value) => value.length <= limit || codePoints(value) <= limit);
  },
  pattern: (argument) => {
    if (typeof argument !== 'string') throw new SchemaError("'pattern' needs a regular expression.");
    const pattern = regex(argument);
    return onStrings((value) => pattern.test(value));
  },
  properties: compileProperties,
  required: compileRequired,
  additionalProperties: compileAdditional,
  items: compileItems,
  prefixItems: compilePrefixItems,
  contains: compileContains,
  // For values of settings; `policy lint` refuses it in policies, where an unknown element would have no meaning.
  uniqueItems: (argument) => {
    if (argument !== true) return always;
    return onLists((list) =>
      list.length < 2 ? YES : list.includes(UNKNOWN) ? MAYBE : truthOf(new Set(list.map((item) => JSON.stringify(item))).size === list.length),
    );
  },
  minItems: (argument, _schema, params) => {
    const limit = numberOf('minItems', argument, params);
    return onLists((list) => truthOf(list.length >= limit));
  },
  maxItems: (argument, _schema, params) => {
    const limit = numberOf('maxItems', argument, params);
    return onLists((list) => truthOf(list.length <= limit));
  },
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

function regex(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new SchemaError(`'${source}' is not a regular expression.`);
  }
}
