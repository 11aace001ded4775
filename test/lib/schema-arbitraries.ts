/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema. */
import * as fc from 'fast-check';
import type { Json, JsonObject, JsonSchema } from '../../src/model/json.ts';

/** Names of a small world, so that schemas and values meet; some are names that objects inherit (of those, one that Ajv can compare). */
const NAMES = ['a', 'b', 'c', 'hasOwnProperty'] as const;
/** Ajv passes over a member of this name in `properties`, so only values have it. */
const VALUE_NAMES = [...NAMES, '__proto__'] as const;
const SCALARS: readonly Json[] = [null, true, false, 0, 1, -1, 2, 1.5, '', 'a', 'b', 'ab', '💻', 'x1'];

const name = fc.constantFrom(...NAMES);
const scalar = fc.constantFrom(...SCALARS);

/** An object that really has a member called `__proto__`. */
export function objectOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  const object: Record<string, Json> = {};
  for (const [key, value] of entries) Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  return object;
}

export const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...VALUE_NAMES), tie('value')), { maxLength: 3, selector: ([key]) => key }).map(objectOf),
  ),
})).value;

const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
const limit = fc.constantFrom(-1, 0, 1, 1.5, 2);
const count = fc.constantFrom(0, 1, 2, 3);
const few = fc.uniqueArray(fc.oneof(scalar, values), { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) });

/** Keywords beside one another; Ajv passes over `contains` beside `prefixItems` for an empty list, so those two are kept apart. */
function together(parts: readonly JsonObject[]): JsonSchema {
  const schema = Object.assign({}, ...parts) as Record<string, Json>;
  if (Object.hasOwn(schema, 'prefixItems')) delete schema['contains'];
  return schema;
}

/** Schemas of the subset, in the form that Ajv's strict mode takes. */
export const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => {
  const schema = tie('schema');
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const keyword: fc.Arbitrary<JsonObject> = fc.oneof(
    fc.oneof(fc.constantFrom(...TYPES), fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 })).map((type): JsonObject => ({ type })),
    fc.oneof(scalar, values).map((value): JsonObject => ({ const: value })),
    few.map((list_): JsonObject => ({ enum: list_ })),
    fc.tuple(fc.constantFrom('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'), limit).map(([key, value]): JsonObject => ({ [key]: value })),
    fc.tuple(fc.constantFrom('minLength', 'maxLength', 'minItems', 'maxItems'), count).map(([key, value]): JsonObject => ({ [key]: value })),
    fc.constantFrom('^a', 'b$', '^.$', '[0-9]').map((pattern): JsonObject => ({ pattern })),
    fc
      .uniqueArray(fc.tuple(name, schema), { minLength: 1, maxLength: 2, selector: ([key]) => key })
      .map((entries): JsonObject => ({ properties: objectOf(entries) })),
    fc.uniqueArray(name, { minLength: 1, maxLength: 2 }).map((required): JsonObject => ({ required })),
    fc.tuple(fc.constantFrom('items', 'not'), schema).map(([key, part]): JsonObject => ({ [key]: part })),
    // Ajv lets an empty list pass `contains: false`, so there it is never a plain false.
    schema.map((part): JsonObject => ({ contains: part === false ? { type: 'integer' } : part })),
    fc.tuple(list, schema).map(([prefixItems, items]): JsonObject => ({ prefixItems, items })),
    fc.tuple(name, schema, schema).map(([key, part, rest]): JsonObject => ({ properties: objectOf([[key, part]]), additionalProperties: rest })),
    fc.tuple(fc.constantFrom('allOf', 'anyOf'), list).map(([key, parts]): JsonObject => ({ [key]: parts })),
    fc
      .tuple(schema, schema, fc.option(schema, { nil: undefined }))
      .map(([condition, then, otherwise]): JsonObject => ({ if: condition, then, ...(otherwise === undefined ? {} : { else: otherwise }) })),
  );
  return {
    schema: fc.oneof({ maxDepth: 3, depthSize: 'small', withCrossShrink: true }, fc.boolean(), fc.array(keyword, { minLength: 1, maxLength: 2 }).map(together)),
  };
}).schema;

/** Pointers to every value inside of a value. */
export function pointersIn(value: Json, at = ''): string[] {
  const inside = Array.isArray(value)
    ? (value as readonly Json[]).map((item, index) => [String(index), item] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  return [at, ...inside.flatMap(([key, item]) => pointersIn(item, `${at}/${key}`))];
}
