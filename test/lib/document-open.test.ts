import { describe, expect, it } from 'vitest';
import { DocumentError, openDocument } from '../../src/lib/document.ts';

function fault(text: string, format: 'json' | 'yaml'): unknown {
  try {
    openDocument(text, format);
  } catch (error) {
    return error;
  }
  return undefined;
}

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON', () => {
  it.each([
    ['', 1, 1, /empty/],
    ['{"a":1', 1, 7, /ends too early: '}'/],
    ['{"a":1,}', 1, 8, /followed by a ','/],
    ['{\n  "a": [1 2]\n}', 2, 11, /',' or '\]' is missing; '2'/],
    ['{\r\n  "a" 1}', 2, 7, /':' is missing/],
    ["{'a':1}", 1, 2, /double quotes/],
    ['[tru]', 1, 2, /'tru' is not a JSON value/],
    ['[01]', 1, 2, /'01' is not a JSON value/],
    ['// x\n{}', 1, 1, /no comments/],
    ['{"a":"x\ny"}', 1, 6, /not closed on its line/],
    ['["\u0001"]', 1, 3, /U\+0001/],
    ['["\\x"]', 1, 3, /escape/],
    ['{} {}', 1, 4, /goes on after its end/],
    ['[1}', 1, 3, /'\]' is missing/],
    ['["', 1, 2, /not closed/],
    ['NaN', 1, 1, /not a JSON value/],
  ])('says what is wrong with %j', (text, line, column, message) => {
    const error = fault(text, 'json');
    expect(error).toBeInstanceOf(DocumentError);
    expect(error).toMatchObject({ line, column, message: expect.stringMatching(message) });
  });

  it('takes what JSON.parse takes: the last of equal names, __proto__ as a name, a mark in front', () => {
    expect(openDocument('\ufeff{"a":1,"a":2,"__proto__":{"x":1}}', 'json').value).toEqual(JSON.parse('{"a":2,"__proto__":{"x":1}}'));
    expect(openDocument('\ufeff{"a":1}', 'json').regionOf('/a')?.value).toEqual({ startLine: 1, startColumn: 6, endLine: 1, endColumn: 7 });
  });

  it('bounds the depth', () => {
    expect(fault(deep(200), 'json')).toBeUndefined();
    expect(fault(deep(201), 'json')).toMatchObject({ line: 1, column: 201, message: expect.stringContaining('200 deep') });
    expect(fault(deep(1_000_000), 'json')).toBeInstanceOf(DocumentError);
    expect(fault('['.repeat(1_000_000), 'json')).toBeInstanceOf(DocumentError);
    expect(fault(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`, 'json')).toMatchObject({ column: 1001 });
  });
});

describe('YAML', () => {
  it.each([
    ['a: yes\nb: on\nc: 0x1F\nd: 2026-01-01\ne: ~\nf: 012', { a: 'yes', b: 'on', c: 31, d: '2026-01-01', e: null, f: 12 }],
    ['%YAML 1.1\n---\na: yes\nb: 2026-01-01', { a: 'yes', b: '2026-01-01' }],
    ['3389: a\ntrue: b\n0x10: c', { 3389: 'a', true: 'b', '0x10': 'c' }],
    ['base: &b { x: 1, y: 2 }\na: { <<: *b, y: 3 }\nl: { <<: [{ z: 1 }, *b] }', { base: { x: 1, y: 2 }, a: { x: 1, y: 3 }, l: { x: 1, y: 2, z: 1 } }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: !!str 5\nb: !!int 5\nc: ! 5', { a: '5', b: 5, c: '5' }],
    ['"<<": 1', { '<<': 1 }],
    ['', null],
    ['# nothing', null],
    ['---\na: 1\n...\n', { a: 1 }],
  ])('reads %j', (text, value) => {
    expect(openDocument(text, 'yaml').value).toEqual(value);
  });

  it('takes __proto__ for a plain name', () => {
    const { value } = openDocument('__proto__: { a: 1 }', 'yaml');
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect('a' in (value as object)).toBe(false);
  });

  it.each([
    ['a: 1\n---\nb: 2', 2, 1, /more than one YAML document/],
    ['a: 1\na: 2', 2, 1, /'a' is here twice/],
    ['a: !!binary aGk=', 1, 13, /tag .*binary' is not supported/],
    ['a: !Ref x', 1, 9, /'!Ref' is not supported/],
    ['a: !!set { x }', 1, 10, /set' is not supported/],
    ['a: !!int x', 1, 10, /does not fit its tag/],
    ['? [a]\n: b', 1, 3, /plain text/],
    ['- &a x\n- *a : y', 2, 3, /plain text/],
    [': a', 1, 1, /name is missing/],
    ['a: .inf', 1, 4, /JSON does not have/],
    ['a: *nobody', 1, 4, /no anchor/],
    ['&a [*a]', 1, 5, /inside of what it names/],
    ['a: b: c', 1, 4, /must be quoted/],
    ['a:\n\tb: 1', 2, 1, /tab/],
    ['a: "\u0001"', 1, 5, /U\+0001/],
    ['a: { <<: 1 }', 1, 10, /mappings only/],
    ['a: "x', 1, 6, /Missing closing/],
  ])('refuses %j', (text, line, column, message) => {
    const error = fault(text, 'yaml');
    expect(error).toBeInstanceOf(DocumentError);
    expect(error).toMatchObject({ line, column, message: expect.stringMatching(message) });
  });

  it.each([
    ['flow lists', deep(201)],
    ['a million open lists', '['.repeat(1_000_000)],
    ['flow mappings', '{a: '.repeat(1_000_000)],
    ['compact lists', '- '.repeat(1_000_000)],
    ['explicit keys', '? '.repeat(1_000_000)],
    ['block mappings', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
    ['block lists', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}-\n`).join('')],
    ['a chain of aliases', `- &a0 [x]\n${Array.from({ length: 1000 }, (_, index) => `- &a${index + 1} [*a${index}]\n`).join('')}`],
  ])('bounds the depth of %s', (_name, text) => {
    expect(fault(text, 'yaml')).toMatchObject({ name: 'DocumentError', message: expect.stringContaining('200 deep') });
  });

  it('bounds what aliases and merge keys add', () => {
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x]\n${Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array.from({ length: 8 }, () => `*a${index}`).join(', ')}]\n`).join('')}`;
    const merges = `- &a0 { x: 1 }\n${Array.from({ length: 2000 }, (_, index) => `- &a${index + 1} { <<: *a${index}, k${index}: 1 }\n`).join('')}`;
    expect(fault(bomb, 'yaml')).toMatchObject({ name: 'DocumentError', message: expect.stringContaining('Aliases') });
    expect(fault(merges, 'yaml')).toBeInstanceOf(DocumentError);
  });

  it('finds tokens: no comment, no line break, nothing of the next member', () => {
    const text = 'a:   # c\n  b: "x"   # d\n  l:\n    - 1\n    - 2 # e\n\n  # f\nn:\nt: |\n  one\n  two\n\nz: *x\n'.replace('1\n', '&x 1\n');
    const document = openDocument(text, 'yaml');
    const lines = text.split('\n');
    const shown = (pointer: string) => {
      const region = document.regionOf(pointer)?.value;
      if (region === undefined) return undefined;
      const rows = lines.slice(region.startLine - 1, region.endLine);
      rows[rows.length - 1] = (rows.at(-1) ?? '').slice(0, region.endColumn - 1);
      rows[0] = (rows[0] ?? '').slice(region.startColumn - 1);
      return rows.join('\n');
    };
    expect(
      Object.fromEntries(['/a', '/a/b', '/a/l', '/a/l/0', '/a/l/1', '/n', '/t', '/z', '/missing', '/a/l/2'].map((pointer) => [pointer, shown(pointer)])),
    ).toEqual({
      '/a': 'b: "x"   # d\n  l:\n    - &x 1\n    - 2',
      '/a/b': '"x"',
      '/a/l': '- &x 1\n    - 2',
      '/a/l/0': '1',
      '/a/l/1': '2',
      '/n': '',
      '/t': '|\n  one\n  two',
      '/z': '*x',
    });
    expect(document.regionOf('/a/l')?.key).toEqual({ startLine: 3, startColumn: 3, endLine: 3, endColumn: 4 });
    expect(document.regionOf('/n')?.value).toEqual({ startLine: 8, startColumn: 3, endLine: 8, endColumn: 3 });
  });
});
