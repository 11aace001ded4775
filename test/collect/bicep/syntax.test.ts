import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBicep } from '../../../src/collect/bicep/syntax.ts';
import type { Declaration, Node, Span } from '../../../src/collect/bicep/tree.ts';
import { valueOfTree } from '../../../src/collect/bicep/value.ts';
import type { Json } from '../../../src/model/json.ts';
import { SAMPLE } from './support.ts';

const value = (text: string): Json => valueOfTree(parseBicep(text), text);

test.each<[string, string, Json]>([
  ['literals', "var x = { a: 'b', c: -3, d: true, e: null }", { a: 'b', c: -3, d: true, e: null }],
  ['escapes', "var x = 'it\\'s \\\\ \\n \\u{1F600} \\${no}'", "it's \\ \n \u{1F600} ${no}"],
  ['holes', "var x = 'a${b}c${'d${e}'}'", "['a${b}c${'d${e}'}']"],
  ['a text that begins like an expression', "var x = '[1]'", '[[1]'],
  ['many lines, the last quotes count', "var x = '''\n a ''b'' ${c}''''", " a ''b'' ${c}'"],
  ['many lines with holes', "var x = $'''a${b}'''", "[$'''a${b}''']"],
  ['two dollars: one is text', "var x = $$'''a${b}'''", 'a${b}'],
  ['a list of lines and commas', "var x = [\n 'a', 'b'\n\n // c\n 'd'\n]", ['a', 'b', 'd']],
  ['a loop has one element', 'var x = [for (p, i) in ports: { name: p, at: 1 }]', [{ name: '[p]', at: 1 }]],
  ['a loop over a choice', 'var x = [for p in (a ? [1] : [2]): p]', ['[p]']],
  ['a choice on lines', 'var x = a\n  ? { b: 1 }\n  : { b: 2 }\nvar y = 1', '[a\n  ? { b: 1 }\n  : { b: 2 }]'],
  ['operators at the end and at the beginning of lines', 'var x = a &&\n  b\n  || c\nvar y = 1', '[a &&\n  b\n  || c]'],
  ['a call over lines', 'var x = union({ a: 1 },\n  { b: 2 })\nvar y = 1', '[union({ a: 1 },\n  { b: 2 })]'],
  ['members and calls of a name', 'var x = a.b[0].c()', '[a.b[0].c()]'],
  ['a spread', 'var x = { ...base, a: 1 }', { '...0': '[base]', a: 1 }],
  ['a spread in a list', 'var x = [...base, 1]', ['[...base]', 1]],
  ['names in quotes and with holes', "var x = { 'a-b': 1, '${c}': 2 }", { 'a-b': 1, "'${c}'": 2 }],
  ['comments anywhere', 'var x = { // a\n /* b } */ a: 1 /* c */\n #disable-next-line d\n b: 2 }', { a: 1, b: 2 }],
  ['not closed', "var x = { a: [ 'b", { a: ['b'] }],
  ['a lambda', 'var x = map(a, b => { c: b })', '[map(a, b => { c: b })]'],
  ['a lambda by itself is no literal', 'var x = (a) => a', '[(a) => a]'],
  ['a not', 'var x = !a', '[!a]'],
])('%s', (_name, text, wanted) => {
  expect((value(text) as { readonly x: Json }).x).toEqual(wanted);
});

test('statements: words, names, targets, types, conditions', () => {
  const text = `targetScope = 'subscription'
import { a, b as c } from './shared.bicep'
import * as d from 'all.bicep'
extension microsoftGraphV1
extension 'br:contoso.azurecr.io/x:1' as y
@secure()
@minLength(3)
param password string
param settings {
  a: string
  b: 'x' | 'y'
} = {
  a: 'b'
}
type t = { x: int? }
func f(x string) string => '\${x}'
resource old 'Microsoft.KeyVault/vaults@2023-07-01' existing = if (a &&
  b) {
  name: 'kv'
  scope: resourceGroup('x')
}
module m 'br/public:a/b:1.0' = [for i in range(0, 2): if (i > 0) {
  name: 'm\${i}'
}]
assert ok = true
`;
  const shown = parseBicep(text).declarations.map(({ word, name, target, existing, condition, loop, start, end }) => [
    word,
    name,
    target?.value ?? null,
    existing,
    condition === null ? null : text.slice(condition.start, condition.end),
    loop === null ? null : text.slice(loop.list.start, loop.list.end),
    `${text.slice(start, end).split('\n')[0]?.slice(0, 12)} … ${text.slice(end - 3, end)}`,
  ]);
  expect(shown).toEqual([
    ['targetScope', '', null, false, null, null, "targetScope  … on'"],
    ['import', '', './shared.bicep', false, null, null, "import { a,  … ep'"],
    ['import', '', 'all.bicep', false, null, null, "import * as  … ep'"],
    ['extension', 'microsoftGraphV1', null, false, null, null, 'extension mi … hV1'],
    ['extension', '', 'br:contoso.azurecr.io/x:1', false, null, null, "extension 'b … s y"],
    ['param', 'password', null, false, null, null, '@secure() … ing'],
    ['param', 'settings', null, false, null, null, "param settin … '\n}"],
    ['type', 't', null, false, null, null, 'type t = { x … ? }'],
    ['func', 'f', null, false, null, null, "func f(x str … x}'"],
    ['resource', 'old', 'Microsoft.KeyVault/vaults@2023-07-01', true, '(a &&\n  b)', null, 'resource old … )\n}'],
    ['module', 'm', 'br/public:a/b:1.0', false, '(i > 0)', 'range(0, 2)', "module m 'br … \n}]"],
    ['assert', 'ok', null, false, null, null, 'assert ok =  … rue'],
  ]);
});

test('files that are loaded, in holes too', () => {
  const { loads } = parseBicep("var a = loadTextContent('a.txt', 'utf-8')\nvar b = '${loadJsonContent(\n 'b.json').c}'\nvar c = loadFileAsBase64('${x}.bin')");
  expect(loads.map((load) => [load.function, load.path])).toEqual([
    ['loadTextContent', 'a.txt'],
    ['loadJsonContent', 'b.json'],
    ['loadFileAsBase64', null],
  ]);
});

test('ten thousand brackets and holes neither fail nor take the stack', () => {
  for (const text of ['var x = ' + '['.repeat(10_000), 'var x = ' + '{a:'.repeat(10_000), 'var x = ' + "'${".repeat(10_000), 'var x = ' + '('.repeat(10_000)])
    expect(parseBicep(text).declarations).toHaveLength(1);
});

/** Every span of a tree. */
function spansOf(declarations: readonly Declaration[]): Span[] {
  const inNode = (node: Node): Span[] => {
    if (node.is === 'object') return [node, ...node.members.flatMap((member) => [member, member.key, ...inNode(member.value)]), ...spansOf(node.nested)];
    if (node.is === 'list') return [node, ...node.items.flatMap((item) => inNode(item.value))];
    return node.is === 'loop' ? [node, node.list, ...inNode(node.body)] : [node];
  };
  return declarations.flatMap((declaration) => [declaration, declaration.key, ...(declaration.value === null ? [] : inNode(declaration.value))]);
}

const PIECES = [
  "'",
  "'''",
  '${',
  '}',
  '{',
  '[',
  ']',
  '(',
  ')',
  ':',
  '=',
  '\n',
  '\r\n',
  ' ',
  ',',
  '...',
  '//',
  '/*',
  '*/',
  '#',
  '@',
  '?',
  '.',
  'for',
  'in',
  'if',
  'resource',
  'module',
  'var',
  'x',
  '1',
  '$',
  '\\',
  '\u{1F600}',
];

test('whatever the text, spans lie in it and in each other, and it does not fail', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const tree = parseBicep(text);
      for (const { start, end } of spansOf(tree.declarations)) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
      let last = 0;
      for (const { start, end } of tree.declarations) {
        expect(start).toBeGreaterThanOrEqual(last);
        last = end;
      }
      valueOfTree(tree, text);
    }),
    { seed: 20261130, numRuns: 3000 },
  );
});

test('a file that is cut off anywhere keeps the statements before the cut', () => {
  const text = SAMPLE['main.bicep'] ?? '';
  const whole = parseBicep(text).declarations;
  for (let end = 0; end < text.length; end += 7) {
    const names = parseBicep(text.slice(0, end)).declarations.map(({ name }) => name);
    const before = whole.filter((declaration) => declaration.end < end).map(({ name }) => name);
    expect(names.slice(0, before.length)).toEqual(before);
  }
});
