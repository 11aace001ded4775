/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches } from '../../src/lib/glob.ts';
import { fill, inWords, lookUp, placeholdersOf } from '../../src/lib/placeholder.ts';
import { pointersRead } from '../../src/lib/schema-pointers.ts';
import type { Json, JsonSchema } from '../../src/model/json.ts';

describe('pointers that a schema reads', () => {
  it.each<[JsonSchema | undefined, string[]]>([
    [undefined, []],
    [true, []],
    [{ const: 1 }, []],
    [{ properties: { a: {} } }, []],
    [{ properties: { a: { const: 1 } } }, ['/a']],
    [{ required: ['a', 'b/c'] }, ['/a', '/b~1c']],
    [{ properties: { a: { properties: { b: { minimum: 1 } } } } }, ['/a/b']],
    [{ properties: { a: { items: { properties: { b: { const: 1 } } } } } }, ['/a']],
    [{ not: { properties: { a: { type: 'string' } } } }, ['/a']],
    [{ anyOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { enum: [1] } } }] }, ['/a', '/b']],
    [{ if: { properties: { a: { const: 1 } } }, then: { required: ['c'] }, else: { properties: { b: { pattern: 'x' } } } }, ['/a', '/b', '/c']],
    [{ required: { $param: 'x' }, anyOf: {}, properties: [] }, []],
    [{ allOf: [{ properties: { a: { maxItems: 1 } } }], properties: { a: { contains: {} } } }, ['/a']],
  ])('%j', (schema, pointers) => {
    expect(pointersRead(schema)).toEqual(pointers);
  });
});

describe('globs', () => {
  it.each<[string, string, boolean]>([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['rdsh*', 'RDSH01.contoso.com', true],
    ['rdsh0?', 'rdsh01', true],
    ['rdsh0?', 'rdsh0', false],
    ['*.contoso.com', 'a.contoso.com.evil', false],
    ['a*b*c', 'aXXbYYc', true],
    ['a*b*c', 'acb', false],
    ['*a*', 'bab', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%s on %s: %s', (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches);
  });

  it('agrees with a regular expression of the same meaning', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '?', '.'), { maxLength: 8 }).map((list) => list.join(''));
    const property = fc.property(
      letters,
      fc.array(fc.constantFrom('a', 'b', '.', '*'), { maxLength: 8 }).map((list) => list.join('')),
      (pattern, text) => {
        const source = [...pattern].map((letter) => (letter === '*' ? '.*' : letter === '?' ? '.' : letter.replaceAll('.', '\\.'))).join('');
        expect(globMatches(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      },
    );
    fc.assert(property, { seed: 11, numRuns: 1000 });
  });

  it('is soon done with a pattern that would backtrack', () => {
    expect(globMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(5000))).toBe(false);
  });
});

const SCOPES = [
  { rule: 'r1', profile: { name: 'Public' } },
  { rule: 'outer', host: 'h', list: [1, 2], none: null, params: { days: 30 } },
];

describe('placeholders', () => {
  it.each<[string, string[]]>([
    ['', []],
    ["'{host}' and '{sources.x}'", ['host', 'sources.x']],
    ['{0} {a b} {} {{a}}', ['a']],
    ['{$x}-{a-b}', ['$x', 'a-b']],
    ['{__proto__}', ['__proto__']],
  ])('in %j', (template, names) => {
    expect(placeholdersOf(template)).toEqual(names);
  });

  it.each<[Json, Json | undefined]>([
    ['{rule}', 'r1'],
    ['{host}', 'h'],
    ['{list}', [1, 2]],
    ['{params.days}', 30],
    ['{profile.name}', 'Public'],
    ['{none}', null],
    ['{missing}', undefined],
    ['{constructor}', undefined],
    ['{profile.constructor}', undefined],
    ['a {rule} b {params.days}', 'a r1 b 30'],
    ['a {missing}', undefined],
    ['a {list}', undefined],
    ['a {none}', undefined],
    [7, 7],
    [['{rule}'], ['{rule}']],
  ])('%j becomes %j', (template, value) => {
    expect(fill(template, SCOPES)).toEqual(value);
  });

  it('puts a value in once: what it holds is not looked up again', () => {
    expect(fill('{a} {b}', [{ a: '{b}', b: '$&' }])).toBe('{b} $&');
  });

  it('looks no further than the first scope that has the name', () => {
    expect(lookUp('rule.deep', SCOPES)).toBeUndefined();
    expect(lookUp('host', SCOPES)).toBe('h');
  });

  it.each<[Json | undefined, string]>([
    [undefined, 'unknown'],
    [null, 'unknown'],
    [[], 'none'],
    [['a', 'a', 'b'], 'a, b'],
    [[1, 2, 3, 4, 5, 6, 7], '1, 2, 3, 4, 5 and 2 more'],
    [[{ rule: 'r' }, { name: 'n' }, { label: 'l' }, { x: 1 }], 'r, n, l, {"x":1}'],
    [['1'.repeat(90), '2'.repeat(90), '3'.repeat(90)], `${'1'.repeat(90)}, ${'2'.repeat(90)} and 1 more`],
    [['1'.repeat(98), '2'.repeat(100)], `${'1'.repeat(98)}, ${'2'.repeat(100)}`],
    [['1'.repeat(99), '2'.repeat(100)], `${'1'.repeat(99)} and 1 more`],
    [['1'.repeat(300), 'b', 'c'], `${'1'.repeat(188)}… and 2 more`],
    [false, 'false'],
  ])('%j in words is %s', (value, words) => {
    expect(inWords(value)).toBe(words);
  });

  it('cuts a long value, and never a letter in two', () => {
    expect(inWords('x'.repeat(500))).toHaveLength(200);
    expect(inWords(`${'x'.repeat(198)}💻💻`).endsWith('\ud83d…')).toBe(false);
  });
});
