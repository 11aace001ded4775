import { describe, expect, test } from 'vitest';
import { isTypescript, openTypescript } from '../../../src/collect/typescript/document.ts';
import { parseTypescript } from '../../../src/collect/typescript/parse.ts';
import type { DocumentChange } from '../../../src/lib/document.ts';
import { applyReplacements } from '../../../src/lib/text-edit.ts';
import type { Json } from '../../../src/model/json.ts';
import { valueAt } from '../../../src/model/pointer.ts';

const open = (text: string) => {
  const document = openTypescript(text, 'index.ts');
  if (document === null) throw new Error('no TypeScript');
  return document;
};
const argumentsOf = (text: string): Json | undefined => valueAt(open(`new a.B('x', ${text});\n`).value, '/calls/0/properties');

describe('what stands in an object', () => {
  test.each<[string, string, Json]>([
    ['literals', `{ a: 'x', "b-c": "y", 3: 1_000, d: -2.5, e: true, f: null, g: \`z\` }`, { a: 'x', 'b-c': 'y', '3': 1000, d: -2.5, e: true, f: null, g: 'z' }],
    ['objects and lists in it', `{ a: [{ b: 1 }, [2]] }`, { a: [{ b: 1 }, [2]] }],
    [
      'expressions by their text',
      `{ a: x, b: f(1), c: 'p' + 'q', d: \`n-\${x}\`, e }`,
      { a: '${x}', b: '${f(1)}', c: "${'p' + 'q'}", d: '${`n-${x}`}', e: '${e}' },
    ],
    ['a text that looks like an expression', `{ a: '\${x}' }`, { a: '$${x}' }],
    [
      'spreads, methods and computed names',
      `{ ...x, m() { return 1; }, [k]: 1, get g() { return 1; } }`,
      { '...0': '${...x}', '...1': '${m() { return 1; }}', '...2': '${[k]: 1}', '...3': '${get g() { return 1; }}' },
    ],
    ['a list behind a spread', `{ a: [1, ...x, 2] }`, { a: { '0': 1, '...1': '${...x}', '...2': 2 } }],
    ['a list with a hole', `{ a: [1, , 2] }`, { a: '${[1, , 2]}' }],
    ['casts', `{ a: [1] as number[], b: { c: 1 } satisfies X, d: 'x' as 'x' }`, { a: [1], b: { c: 1 }, d: "${'x' as 'x'}" }],
    ['a call in it, by its number', `{ a: new c.D('y', { e: 1 }).id }`, { a: '${#1.id}' }],
    ['commas in types and regular expressions', `{ a: new Map<string, number>(), b: /[,}]/.test(x), c: 1 }`, { a: '${#1}', b: '${/[,}]/.test(x)}', c: 1 }],
    ['a name that sets no member', `{ __proto__: 1, a: 2 }`, { '...0': '${__proto__: 1}', a: 2 }],
    ['no object', `args`, '${args}'],
  ])('%s', (_what, text, value) => expect(argumentsOf(text)).toEqual(value));
});

test('calls with their class, import and name', () => {
  const text = `import * as azure from '@pulumi/azure-native';
import { NetworkSecurityGroup as Nsg } from '@pulumi/azure-native/network';
import compute = require('@pulumi/azure-native/compute');
const vault = require('@pulumi/azure-native/keyvault');
function make(name: string) { return new Nsg(\`\${name}-nsg\`, {}); }
class Net extends pulumi.ComponentResource { constructor(n: string) { super('a', n); new azure.network.Subnet(n, { a: 1 }, { parent: this }); } }
new compute.VirtualMachine("vm", { a: new vault.Vault('kv', {}).id });
new X(...all);
`;
  expect(parseTypescript(text)?.calls.map(({ path, imported, name }) => [path.join('.'), imported, name])).toEqual([
    ['Nsg', { from: '@pulumi/azure-native/network', name: 'NetworkSecurityGroup' }, { is: 'pattern', parts: ['', '-nsg'] }],
    ['azure.network.Subnet', { from: '@pulumi/azure-native', name: null }, { is: 'any' }],
    ['compute.VirtualMachine', { from: '@pulumi/azure-native/compute', name: null }, { is: 'text', value: 'vm' }],
    ['vault.Vault', { from: '@pulumi/azure-native/keyvault', name: null }, { is: 'text', value: 'kv' }],
    ['X', null, { is: 'any' }],
  ]);
});

test.each([
  ['no program', 'name: x\nruntime: yaml\n  - {'],
  ['nested without end', `x = ${'['.repeat(200_000)}`],
  ['too long', `// ${'x'.repeat(3 * 1024 * 1024)}`],
])('%s is no TypeScript', (_what, text) => expect(openTypescript(text, 'index.ts')).toBeNull());

const CASTS: readonly [string, (depth: number) => string][] = [
  ['in parentheses', (depth) => `x = ${'<T>('.repeat(depth)}1${')'.repeat(depth)};`],
  ['in objects', (depth) => `x = ${'<T>{ a: '.repeat(depth)}1${' }'.repeat(depth)};`],
  ['in calls', (depth) => `x = ${'<T>f('.repeat(depth)}1${')'.repeat(depth)};`],
  ['in methods', (depth) => `x = ${'<T>{ m() { return '.repeat(depth)}1${' } }'.repeat(depth)};`],
  ['in templates', (depth) => `x = ${'`${<T>('.repeat(depth)}1${')}`'.repeat(depth)};`],
];
test.each(CASTS)('casts %s are read, and not when they are nested without end', (_what, text) => {
  expect(openTypescript(text(6), 'index.ts')).not.toBeNull();
  // Each level doubles what the parser does: at this depth it would not come to an end.
  expect(openTypescript(text(400), 'index.ts')).toBeNull();
});

test('what only looks like casts is read, however much of it there is', () => {
  const text = `const f = <T>(x: T) => { const g = <U>(y: U) => [<T>x, a < b, new Map<string, Map<string, number>>([[1 < 2, c]])]; };\n`;
  expect(openTypescript(text.repeat(500), 'index.ts')?.tree.calls).toHaveLength(500);
});

test('files of TypeScript by their names', () => {
  expect(['a.ts', 'a.mts', 'a.cts', 'a.tsx', 'a.d.ts', 'a.d.mts', 'a.js', 'ts'].map(isTypescript)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(openTypescript('const x = <a>{new b.C("d", {})}</a>;', 'index.tsx')?.tree.calls).toHaveLength(1);
});

test('columns count UTF-16 units and no byte order mark', () => {
  const document = open(`\ufeffnew a.B('😀', { c: 'é', d: 1 });`);
  expect(document.regionOf('/calls/0/properties/d')).toEqual({
    value: { startLine: 1, startColumn: 28, endLine: 1, endColumn: 29 },
    key: { startLine: 1, startColumn: 25, endLine: 1, endColumn: 26 },
  });
});

const base = '/calls/0/properties';
const set = (pointer: string, value: Json): DocumentChange => ({ pointer: base + pointer, set: value });
const remove = (pointer: string): DocumentChange => ({ pointer: base + pointer, remove: true });

function edited(text: string, ...changes: DocumentChange[]): string {
  const result = open(text).edit(changes);
  return 'refused' in result ? result.refused : applyReplacements(text, result.replacements);
}

const BLOCK = `new a.B('x', {
  // first
  access: 'Allow', // who
  ports: [22, 3389],
  rules: [
    { name: "one", on: true },
    { name: "two", on: false }, /* last */
  ],
  tags: {}
});
`;

describe('edits', () => {
  test.each<[string, string, DocumentChange[], string]>([
    ['a text keeps its quotes', BLOCK, [set('/access', "it's")], BLOCK.replace("'Allow'", `'it\\'s'`)],
    ['the other quotes', BLOCK, [set('/rules/0/name', "it's")], BLOCK.replace('"one"', `"it's"`)],
    ['a number and a truth', BLOCK, [set('/ports/1', 443), set('/rules/1/on', true)], BLOCK.replace('3389', '443').replace('false', 'true')],
    ['text for a number', BLOCK, [set('/ports/0', 'a\nb')], BLOCK.replace('22', `"a\\nb"`)],
    ['a list of literals on its line', BLOCK, [set('/ports', ['22', '23'])], BLOCK.replace('[22, 3389]', `["22", "23"]`)],
    ['a missing member, where no comma follows the last', BLOCK, [set('/more', true)], BLOCK.replace('tags: {}\n', 'tags: {},\n  more: true\n')],
    ['a missing member of a line', BLOCK, [set('/rules/0/more', 'x')], BLOCK.replace('on: true }', `on: true, more: "x" }`)],
    ['a member of an empty object', BLOCK, [set('/tags/a-b', 1)], BLOCK.replace('tags: {}', `tags: { "a-b": 1 }`)],
    ['an element at the end', BLOCK, [set('/rules/-', { name: 'three' })], BLOCK.replace(' /* last */', `\n    {\n      name: "three"\n    }, /* last */`)],
    ['a nested object that is missing', BLOCK, [set('/a/b', [1])], BLOCK.replace('tags: {}\n', 'tags: {},\n  a: {\n    b: [1]\n  }\n')],
    ['an element with its line', BLOCK, [remove('/rules/0')], BLOCK.replace('    { name: "one", on: true },\n', '')],
    ['an element of a line', BLOCK, [remove('/ports/0')], BLOCK.replace('22, ', '')],
    ['the last element of a line', BLOCK, [remove('/ports/1')], BLOCK.replace(', 3389', '')],
    ['a member with its comment behind it', BLOCK, [remove('/access')], BLOCK.replace("  access: 'Allow', // who\n", '')],
    ['what is so already', BLOCK, [set('/access', 'Allow')], BLOCK],
    [
      'line breaks of Windows',
      BLOCK.replaceAll('\n', '\r\n'),
      [set('/more', { b: 1 })],
      BLOCK.replace('tags: {}\n', 'tags: {},\n  more: {\n    b: 1\n  }\n').replaceAll('\n', '\r\n'),
    ],
    ['both members of one name', `new a.B('x', { b: 1, b: 2 });`, [remove('/b')], `new a.B('x', {});`],
    ['the member of a name that counts', `new a.B('x', { b: 1, b: 2 });`, [set('/b', 3)], `new a.B('x', { b: 1, b: 3 });`],
    ['commas where the file has them', `new a.B('x', {\n  b: 1,\n});`, [set('/c', { d: 1 })], `new a.B('x', {\n  b: 1,\n  c: {\n    d: 1,\n  },\n});`],
    ['beside a spread', `new a.B('x', { ...c });`, [set('/b', 1)], `new a.B('x', { ...c, b: 1 });`],
    [
      'a call in a call',
      `new a.B(\`x-\${y}\`, { b: new c.D('z', { e: 1 }).id });`,
      [{ pointer: '/calls/1/properties/e', set: 2 }],
      `new a.B(\`x-\${y}\`, { b: new c.D('z', { e: 2 }).id });`,
    ],
  ])('%s', (_what, text, changes, wanted) => expect(edited(text, ...changes)).toBe(wanted));

  const EXPRESSION = 'The value is an expression: change what it is made from.';
  test.each<[string, string, DocumentChange, string]>([
    ['an expression', `new a.B('x', { b: c });`, set('/b', 1), EXPRESSION],
    ['a text of two', `new a.B('x', { b: 'c' + 'd' });`, set('/b', 1), EXPRESSION],
    ['a literal that is cast', `new a.B('x', { b: 'c' as C });`, set('/b', 'd'), EXPRESSION],
    ['an object with expressions in it', `new a.B('x', { b: { c, d: 1 } });`, set('/b', 1), 'There are expressions in the value: change it by hand.'],
    ['below an expression', `new a.B('x', { b: c });`, set('/b/d', 1), "'/calls/0/properties/b' is neither an object nor a list."],
    ['a variable', `new a.B('x', b);`, set('/c', 1), "'/calls/0/properties' is neither an object nor a list."],
    ['a list with a spread', `new a.B('x', { b: [...c] });`, { pointer: `${base}/b/9`, set: 1 }, 'A spread is in the list: change it by hand.'],
    ['a call without an object', `new a.B('x');`, set('/c', 1), 'Only what is given to a resource is edited.'],
    ['a name', `new a.B('x', {});`, { pointer: '/calls/0/(name)', set: 'y' }, 'Only what is given to a resource is edited.'],
  ])('%s is not edited', (_what, text, change, refused) => expect(edited(text, change)).toBe(refused));
});
