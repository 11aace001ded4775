import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { SchemaError } from './schema-error.ts';
import { jsonEquals, UNKNOWN } from './three-valued.ts';
import { always, any, MAYBE, NO, onLists, onNumbers, onObjects, onStrings, type Predicate, type Truth, truthOf, YES } from './truth.ts';

export type Params = Readonly<Record<string, Json>>;
export type Compile = (argument: Json, schema: JsonObject, params: Params) => Predicate;

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

export function listOf(keyword: string, argument: Json): readonly Json[] {
  if (!Array.isArray(argument)) throw new SchemaError(`'${keyword}' needs a list.`);
  return argument as readonly Json[];
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

const codePoints = (text: string): number => {
  let count = 0;
  for (const _point of text) count++;
  return count;
};

function regex(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new SchemaError(`'${source}' is not a regular expression.`);
  }
}

/** Keywords that say something of a value itself, and hold no schema: what JSON Schema calls assertions. */
export const ASSERTIONS: Readonly<Record<string, Compile>> = {
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
  required: compileRequired,
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
};
