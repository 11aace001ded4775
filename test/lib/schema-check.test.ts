import { describe, expect, it } from 'vitest';
import { checkDocument, nearest } from '../../src/lib/schema-check.ts';
import type { Json, JsonSchema } from '../../src/model/json.ts';

const SCHEMA: JsonSchema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: '^[a-z]+$', description: 'a name of small letters' },
    level: { enum: ['low', 'high'] },
    days: { type: 'integer', minimum: 1 },
    tags: { type: 'array', maxItems: 2, items: { type: 'string' } },
    where: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] },
    ports: { type: 'object', additionalProperties: { type: 'integer' } },
    version: { const: 1 },
  },
};
const said = (value: Json): string[] => checkDocument(SCHEMA, value).map(({ pointer, message }) => `${pointer} ${message}`);

describe('what is wrong with a document', () => {
  it.each<[Json, string[]]>([
    [{ name: 'a', level: 'low', days: 3, tags: ['x'], where: ['y'], ports: { a: 1 }, version: 1 }, []],
    [{}, ['/name is missing']],
    [{ nam: 'a' }, ['/name is missing', "/nam is not known here; did you mean 'name'?"]],
    [{ name: 'A' }, ["/name is 'A', which is not a name of small letters"]],
    [{ name: 1 }, ['/name must be a text, not a number']],
    [{ name: null }, ['/name must be a text, not nothing']],
    [{ name: 'a', level: 'mid' }, ["/level must be one of 'low', 'high', not 'mid'"]],
    [{ name: 'a', version: 2 }, ["/version must be '1', not '2'"]],
    [{ name: 'a', days: 0 }, ["/days is '0', which is out of range"]],
    [{ name: 'a', days: 1.5 }, ['/days must be a whole number, not a number']],
    [{ name: 'a', tags: ['a', 'b', 'c'] }, ['/tags has too few or too many elements']],
    [{ name: 'a', tags: ['a', 2] }, ['/tags/1 must be a text, not a number']],
    [{ name: 'a', where: [] }, ['/where has too few or too many elements']],
    [{ name: 'a', where: {} }, ['/where is a map of names to values, which is not allowed here']],
    [{ name: 'a', ports: { 'x/y': 'z' } }, ['/ports/x~1y must be a whole number, not a text']],
    [[], [' must be a map of names to values, not a list']],
    [{ name: 'a', toString: 1 }, ['/toString is not known here']],
    [JSON.parse('{"name":"a","__proto__":1}') as Json, ['/__proto__ is not known here']],
  ])('%j', (value, expected) => {
    expect(said(value)).toEqual(expected);
  });

  it('says at most twenty things, of a document of any size and depth', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]));
    expect(said(many)).toHaveLength(20);
    let deep: Json = 1;
    for (let depth = 0; depth < 200; depth++) deep = [deep];
    expect(checkDocument({ type: 'object', properties: { a: { type: 'array' } } }, { a: { deep } })).toHaveLength(1);
  });

  it('shows no more than a piece of a hostile text', () => {
    const [message = ''] = said({ name: 'A'.repeat(10_000) });
    expect(message.length).toBeLessThan(200);
  });
});

describe('nearest', () => {
  it.each<[string, string[], string | undefined]>([
    ['nam', ['name', 'game'], 'name'],
    ['Name', ['name'], 'name'],
    ['FW-04', ['FW-004', 'FW-005'], 'FW-004'],
    ['xyz', ['name'], undefined],
    ['', ['name'], undefined],
    ['x'.repeat(65), ['x'.repeat(64)], undefined],
    ['ab', ['ba', 'abc'], 'abc'],
  ])('%s of %j: %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
