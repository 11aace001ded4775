import { asList, isObject, type JsonSchema } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';

/**
 * Pointers that a schema reads, as far as that can be seen without a value: `items` and `contains` end at their list. Used to
 * make members unknown one by one and to check members against a kind's schema, never to decide a verdict.
 */
export function pointersRead(schema: JsonSchema | undefined): Pointer[] {
  const found = new Set<Pointer>();
  read(schema, '', found);
  return [...found].filter((pointer) => pointer !== '').toSorted();
}

const SAME_VALUE = ['not', 'if', 'then', 'else'] as const;
const SAME_VALUE_LISTS = ['allOf', 'anyOf'] as const;
const READS_VALUE = [
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
  'items',
  'prefixItems',
  'contains',
  'minItems',
  'maxItems',
];

function read(schema: JsonSchema | undefined, pointer: Pointer, found: Set<Pointer>): void {
  if (!isObject(schema)) return;
  if (READS_VALUE.some((keyword) => Object.hasOwn(schema, keyword))) found.add(pointer);
  for (const keyword of SAME_VALUE) read(schema[keyword] as JsonSchema | undefined, pointer, found);
  for (const keyword of SAME_VALUE_LISTS) {
    for (const part of asList(schema[keyword])) read(part as JsonSchema, pointer, found);
  }
  if (isObject(schema['properties'])) {
    for (const [name, part] of Object.entries(schema['properties'])) read(part as JsonSchema, `${pointer}/${escapeStep(name)}`, found);
  }
  for (const name of asList(schema['required'])) if (typeof name === 'string') found.add(`${pointer}/${escapeStep(name)}`);
}
