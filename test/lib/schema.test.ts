/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileSchema } from '../../src/lib/schema.ts';
import { SchemaError } from '../../src/lib/schema-error.ts';
import { MAYBE, NO, YES } from '../../src/lib/truth.ts';
import { jsonEquals, UNKNOWN, withUnknown } from '../../src/lib/three-valued.ts';
import { asList, isObject, type Json, type JsonObject, type JsonSchema } from '../../src/model/json.ts';
import { stepsOf } from '../../src/model/pointer.ts';
import type { Case, Policy } from '../../src/model/policy.ts';
import { paramsOf } from '../../src/policy/compile.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { objectOf, pointersIn, schemas, values } from './schema-arbitraries.ts';

/** The judge of what the language means: strict but for what would refuse useful schemas. */
function ajv(more: object = {}): Ajv2020 {
  return new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, ownProperties: true, ...more });
}

/** A schema with its parameters put in, as Ajv can read it. */
function withParams(schema: Json, params: Readonly<Record<string, Json>>): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map((item) => withParams(item, params));
  if (!isObject(schema)) return schema;
  if (typeof schema['$param'] === 'string') return params[schema['$param']] ?? null;
  // A parameter may be an empty list, which Ajv refuses as an enum: nothing is one of it.
  const { enum: choices, ...rest } = schema;
  if (isObject(choices) && asList(params[String(choices['$param'])]).length === 0) return { ...(withParams(rest, params) as JsonObject), not: {} };
  return Object.fromEntries(Object.entries(schema).map(([name, item]) => [name, withParams(item, params)]));
}

const library = readPolicyFolder('policies');
const CASE_JUDGE = ajv();

function schemasOf(policy: Policy): [string, JsonSchema][] {
  const own: [string, JsonSchema | undefined][] = [
    ['assert', policy.assert],
    ['when', policy.when],
  ];
  const grades = (policy.grades ?? []).map((grade, index): [string, JsonSchema] => [`grade ${index}`, grade.when]);
  const fixes = (policy.fix ?? []).map((fix, index): [string, JsonSchema | undefined] => [`fix ${index}`, fix.when]);
  return [...own, ...grades, ...fixes].filter((entry): entry is [string, JsonSchema] => entry[1] !== undefined);
}

describe('against Ajv', () => {
  it.each(library.policies.map((policy) => [policy.id, policy] as const))('every case of %s', (id, policy) => {
    const cases = parse(readFileSync(join(library.folders[id] ?? '', 'cases.yaml'), 'utf8')) as Case[];
    for (const entry of cases) {
      const params = paramsOf(policy, entry.params ?? {});
      for (const [where, schema] of schemasOf(policy)) {
        const holds = CASE_JUDGE.validate(withParams(schema as Json, params) as object | boolean, entry.data);
        expect(compileSchema(schema, params)(entry.data), `${where}: ${entry.name}`).toBe(holds ? YES : NO);
      }
    }
  });

  it('any schema of the subset and any value', () => {
    let held = 0;
    let runs = 0;
    const judge = ajv({ strictTuples: false });
    const property = fc.property(schemas, fc.array(values, { minLength: 3, maxLength: 6 }), (schema, list) => {
      const validate = judge.compile(schema as object | boolean);
      const predicate = compileSchema(schema);
      for (const value of list) {
        const holds = validate(value);
        runs++;
        if (holds) held++;
        if (predicate(value) !== (holds ? YES : NO)) throw new Error(`${JSON.stringify(value)} is ${predicate(value)}, Ajv says ${holds}`);
      }
      judge.removeSchema();
    });
    fc.assert(property, { seed: 20_260_101, numRuns: 1500 });
    // Both answers occur often enough to mean something.
    expect(held / runs).toBeGreaterThan(0.15);
    expect(held / runs).toBeLessThan(0.85);
  });
});

const REPLACEMENTS: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  2,
  1.5,
  '',
  'a',
  'b',
  'ab',
  [],
  ['a'],
  [1, 'b'],
  {},
  { a: 1 },
  { b: 'a' },
  objectOf([['__proto__', 'a']]),
];

/** Every value that a value with unknown places may be in truth, as far as a small world goes. */
function* completions(value: Json, pointers: readonly string[]): Generator<Json> {
  const [first, ...rest] = pointers;
  if (first === undefined) yield value;
  else for (const replacement of REPLACEMENTS) yield* completions(replaced(value, stepsOf(first), replacement), rest);
}

function replaced(value: Json, steps: readonly string[], by: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => (String(index) === step ? replaced(item, rest, by) : item));
  if (!isObject(value)) return value;
  return objectOf(Object.entries(value).map(([name, item]) => [name, name === step ? replaced(item, rest, by) : item]));
}

describe('three values', () => {
  it('a certain answer holds whatever is behind the unknown', () => {
    const count = { certain: 0, all: 0 };
    const cases = fc.tuple(schemas, values, fc.array(fc.nat(), { minLength: 1, maxLength: 2 }));
    const property = fc.property(cases, ([schema, value, picks]) => {
      const all = pointersIn(value);
      const chosen = picks.map((pick) => all[pick % all.length] ?? '');
      // Of two pointers in one another only the outer one says something.
      const pointers = chosen.filter(
        (pointer, index) => !chosen.some((other, at) => at !== index && (other === pointer ? at < index : pointer.startsWith(`${other}/`) || other === '')),
      );
      const predicate = compileSchema(schema);
      const answer = predicate(withUnknown(value, pointers));
      count.all++;
      if (answer === MAYBE) return;
      count.certain++;
      for (const completion of completions(value, pointers))
        if (predicate(completion) !== answer) throw new Error(`${answer}, but ${JSON.stringify(completion)} is ${predicate(completion)}`);
    });
    fc.assert(property, { seed: 20_260_102, numRuns: 1000 });
    // Never answering would be right as well, and useless.
    expect(count.certain / count.all).toBeGreaterThan(0.3);
  });

  it.each<[string, JsonSchema, Json, number]>([
    ['const', { const: 1 }, UNKNOWN, MAYBE],
    ['true', true, UNKNOWN, YES],
    ['false', false, UNKNOWN, NO],
    ['an unknown member that nothing asks for', { properties: { a: { const: 1 } } }, { a: 1, b: UNKNOWN }, YES],
    ['a certain fail beside something unknown', { properties: { a: { const: 1 }, b: { const: 1 } } }, { a: 2, b: UNKNOWN }, NO],
    ['required, but unknown', { required: ['a'] }, { a: UNKNOWN }, MAYBE],
    ['one element certainly there', { contains: { const: 1 } }, [UNKNOWN, 1], YES],
    ['one element certainly wrong', { items: { const: 1 } }, [UNKNOWN, 2], NO],
    ['anyOf with one certain', { anyOf: [{ const: 1 }, true] }, UNKNOWN, YES],
    ['not', { not: { const: 1 } }, UNKNOWN, MAYBE],
    ['not of a certain', { not: { contains: { const: 1 } } }, [UNKNOWN, 1], NO],
    ['if unknown, both ways alike', { if: { const: 1 }, then: false, else: false }, UNKNOWN, NO],
    ['if unknown, ways differ', { if: { const: 1 }, then: true, else: false }, UNKNOWN, MAYBE],
    ['the length of a list with unknown elements', { maxItems: 1 }, [UNKNOWN, UNKNOWN], NO],
    ['a const object with something unknown inside', { const: { a: 1, b: 2 } }, { a: UNKNOWN, b: 2 }, MAYBE],
    ['a const object that differs anyway', { const: { a: 1, b: 2 } }, { a: UNKNOWN, b: 3 }, NO],
  ])('%s', (_name, schema, value, truth) => {
    expect(compileSchema(schema)(value)).toBe(truth);
  });

  it('compares with unknown parts', () => {
    expect(jsonEquals([1, UNKNOWN], [1, 2])).toBe(1);
    expect(jsonEquals([1, UNKNOWN], [2, 2])).toBe(0);
    expect(jsonEquals({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(2);
    expect(jsonEquals({ a: 1 }, { a: 1, b: UNKNOWN })).toBe(0);
    expect(jsonEquals(null, [])).toBe(0);
  });

  it('marks what is unknown, and copies only what lies on the way', () => {
    const data = { a: { b: [1, 2] }, c: { d: 1 } };
    const marked = withUnknown(data, ['/a/b/1', '/x/y']);
    expect(marked).toEqual({ a: { b: [1, UNKNOWN] }, c: { d: 1 }, x: UNKNOWN });
    expect((marked as typeof data).c).toBe(data.c);
    expect(data.a.b).toEqual([1, 2]);
    expect(withUnknown(data, [''])).toBe(UNKNOWN);
  });
});

describe('what is no schema of the subset', () => {
  it.each<[string, Json]>([
    ['oneOf', { oneOf: [true] }],
    ['$ref', { $ref: '#' }],
    ['format', { format: 'date' }],
    ['propertyNames', { propertyNames: true }],
    ['minContains', { minContains: 1 }],
    ['a slip', { requird: ['a'] }],
    ['a type that is none', { type: 'strin' }],
    ['required that is no list', { required: 'a' }],
    ['an empty anyOf', { anyOf: [] }],
    ['a minimum that is no number', { minimum: '1' }],
    ['a broken pattern', { pattern: '(' }],
    ['properties that are none', { properties: [] }],
    ['a schema that is none', { not: 1 }],
    ['constructor', { constructor: 1 }],
  ])('%s', (_name, schema) => {
    expect(() => compileSchema(schema as JsonSchema)).toThrow(SchemaError);
  });

  it('takes parameters where a value stands, and nowhere else', () => {
    const schema = { properties: { days: { minimum: { $param: 'days' } } } };
    expect(compileSchema(schema, { days: 30 })({ days: 29 })).toBe(NO);
    expect(compileSchema(schema, { days: 30 })({ days: 30 })).toBe(YES);
    expect(() => compileSchema(schema, {})).toThrow(SchemaError);
    expect(() => compileSchema({ required: { $param: 'days' } }, { days: ['a'] })).toThrow(SchemaError);
    expect(() => compileSchema({ const: { $param: 'constructor' } }, {})).toThrow(SchemaError);
  });
});
