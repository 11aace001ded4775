import type { JsonObject } from '../model/json.ts';

const text = { type: 'string', minLength: 1 } as const;
const texts = { type: 'array', items: text } as const;
const schemaLike = { type: ['object', 'boolean'], description: 'a JSON Schema' } as const;
const level = { enum: ['error', 'warning', 'note'] } as const;
const severity = { type: 'number', exclusiveMinimum: 0, maximum: 10 } as const;
const risk = { enum: ['safe', 'review', 'can-disconnect'] } as const;
const oneOrMany = (item: JsonObject): JsonObject => ({ anyOf: [item, { type: 'array', minItems: 1, items: item }] });

const setChange: JsonObject = {
  type: 'object',
  required: ['setting'],
  additionalProperties: false,
  properties: {
    setting: { type: 'array', minItems: 1, items: text, description: "a setting path of the catalogue, such as [rdp, '{listener}', userAuthentication]" },
    value: {},
    with: { type: 'array', minItems: 1 },
    without: { type: 'array', minItems: 1 },
    whenEmpty: { type: 'object' },
  },
};

const editChange: JsonObject = {
  type: 'object',
  required: ['at'],
  additionalProperties: false,
  properties: {
    at: { type: 'string', description: "a member of the resource (or of the forEach element), '' for the element itself" },
    value: {},
    remove: { const: true },
    rdp: { type: 'object', additionalProperties: { type: 'string', pattern: '^[isb]:' } },
  },
};

/** The published schema of `policy.yaml`; `policies/policy.schema.json` is written from it. */
export const POLICY_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'rdposture policy',
  type: 'object',
  required: ['id', 'name', 'title', 'kind', 'assert', 'message', 'why', 'links'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[A-Z]{1,8}-[0-9]{3}$', description: 'an id such as FW-004' },
    name: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]{2,79}$', description: 'a PascalCase name' },
    title: { type: 'string', minLength: 8, maxLength: 120 },
    kind: { type: 'string', pattern: '^[a-z]+\\.[A-Za-z]+$', description: 'a fact kind such as windows.rdpListener' },
    severity,
    level,
    verified: { type: 'boolean' },
    grades: {
      type: 'array',
      items: { type: 'object', required: ['when'], additionalProperties: false, properties: { when: schemaLike, severity, level } },
    },
    params: { type: 'object', additionalProperties: { type: 'object', required: ['default'] } },
    when: schemaLike,
    assert: schemaLike,
    message: { type: 'string', minLength: 20 },
    why: { type: 'string', minLength: 20 },
    fix: {
      type: 'array',
      items: {
        type: 'object',
        required: ['title'],
        additionalProperties: false,
        properties: {
          title: text,
          on: text,
          when: schemaLike,
          forEach: { type: 'string', pattern: '^/', description: 'a JSON Pointer to a list' },
          only: schemaLike,
          set: oneOrMany(setChange),
          edit: oneOrMany(editChange),
          az: {
            type: 'array',
            items: {
              type: 'array',
              items: { anyOf: [text, { type: 'object', required: ['$intent'], additionalProperties: false, properties: { $intent: text } }] },
            },
          },
          risk,
        },
      },
    },
    run: text,
    controls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['framework', 'id'],
        additionalProperties: false,
        properties: { framework: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]*$' }, id: text },
      },
    },
    links: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^https://', description: 'an https address' } },
    tags: { type: 'array', items: { type: 'string', pattern: '^[a-z0-9][a-z0-9/-]*$' } },
    aliases: texts,
  },
};

/** The schema of one entry of `cases.yaml`. */
export const CASE_SCHEMA: JsonObject = {
  type: 'object',
  required: ['name', 'data', 'expect'],
  additionalProperties: false,
  properties: {
    name: text,
    data: {},
    unknown: { type: 'array', items: { type: 'string', pattern: '^(/.*)?$' } },
    params: { type: 'object' },
    expect: { enum: ['pass', 'fail', 'unknown', 'not-applicable'] },
    severity,
    level,
  },
};

/** The schema of `packs/*.yaml`. */
export const PACK_SCHEMA: JsonObject = {
  type: 'object',
  required: ['id', 'title', 'policies'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]*$' },
    title: text,
    description: text,
    policies: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[A-Z]{1,8}-([0-9]{3}|\\*)$', description: 'an id such as FW-004, or FW-*' } },
    overrides: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: false, properties: { severity, level, params: { type: 'object' } } },
    },
  },
};
