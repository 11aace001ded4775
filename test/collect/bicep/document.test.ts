import { expect, test } from 'vitest';
import { openBicep } from '../../../src/collect/bicep/document.ts';
import type { DocumentChange } from '../../../src/lib/document.ts';
import { applyReplacements } from '../../../src/lib/text-edit.ts';
import type { Region } from '../../../src/model/location.ts';
import { SAMPLE } from './support.ts';

function edited(text: string, ...changes: readonly DocumentChange[]): string {
  const result = openBicep(text).edit(changes);
  return 'refused' in result ? `refused: ${result.refused}` : applyReplacements(text, result.replacements);
}

const shown = (text: string, region: Region | undefined): string =>
  region === undefined ? 'nowhere' : (text.split('\n')[region.startLine - 1] ?? '').slice(region.startColumn - 1, region.endColumn - 1);

test.each([
  ['/nsg/::child/properties/sourceAddressPrefix', "'Internet'"],
  ['/nsg/properties/securityRules/0/properties/priority', '100 + i'],
  ['/addresses/sku/name', "'Standard'"],
  ['/shared/1/port', "'3389'"],
  ['/output id', 'nsg.id'],
  ['/ports', '[3389]'],
  ['/nsg/properties/nothing', 'nowhere'],
])('%s', (pointer, wanted) => {
  const text = SAMPLE['main.bicep'] ?? '';
  expect(shown(text, openBicep(text).regionOf(pointer)?.value)).toBe(wanted);
});

test('a byte order mark counts for no column', () => {
  expect(openBicep("\ufeffvar x = 'a'").regionOf('/x')?.value).toEqual({ startLine: 1, startColumn: 9, endLine: 1, endColumn: 12 });
});

const BODY = "resource a 'x@y' = {\n    name: 'a' // b\n    properties: {\n        on: false // why\n    }\n    list: ['a', 'b']\n    empty: {}\n}\n";

test.each<[string, DocumentChange[], string]>([
  ['a literal, with its comment', [{ pointer: '/a/properties/on', set: true }], BODY.replace('on: false', 'on: true')],
  ['a text is escaped', [{ pointer: '/a/name', set: "it's ${x} \\ \n" }], BODY.replace("'a' //", "'it\\'s \\${x} \\\\ \\n' //")],
  [
    "a member is added in the file's own indentation",
    [{ pointer: '/a/properties/more', set: ['x'] }],
    BODY.replace('// why', "// why\n        more: [\n            'x'\n        ]"),
  ],
  ['a name that needs quotes', [{ pointer: '/a/properties/a-b', set: 1 }], BODY.replace('// why', "// why\n        'a-b': 1")],
  ['to an empty object', [{ pointer: '/a/empty/b', set: { c: 1 } }], BODY.replace('empty: {}', 'empty: {\n        b: {\n            c: 1\n        }\n    }')],
  ['to a list on one line', [{ pointer: '/a/list/-', set: 'c' }], BODY.replace("'b']", "'b', 'c']")],
  ['an element goes with its comma', [{ pointer: '/a/list/0', remove: true }], BODY.replace("'a', 'b'", "'b'")],
  ['the last element too', [{ pointer: '/a/list/1', remove: true }], BODY.replace("'a', 'b'", "'a'")],
  ['a member goes with its line', [{ pointer: '/a/list', remove: true }], BODY.replace("    list: ['a', 'b']\n", '')],
  ['a whole statement', [{ pointer: '/a', remove: true }], ''],
])('edits: %s', (_name, changes, wanted) => {
  expect(edited(BODY, ...changes)).toBe(wanted);
});

test.each<[string, string, DocumentChange, string]>([
  ['an expression', 'var x = { a: b }', { pointer: '/x/a', set: 1 }, 'The value is an expression: change what it is made from.'],
  ['below an expression', 'var x = { a: b }', { pointer: '/x/a/c', set: 1 }, "'/x/a' is neither an object nor a list."],
  ['a text with holes', "var x = { a: 'b${c}' }", { pointer: '/x/a', set: 'd' }, 'The value is an expression: change what it is made from.'],
  [
    'an element that a loop makes',
    'var x = { a: [for b in c: { d: 1 }, ] }',
    { pointer: '/x/a/0', remove: true },
    'The list is made by a loop: change what it is made from.',
  ],
  ['a statement that is not there', 'var x = 1', { pointer: '/y', set: 1 }, 'Statements are not added.'],
  [
    'a number that Bicep has no word for',
    'var x = 1',
    { pointer: '/x', set: 1.5 },
    'The text is written in a way in which the change would touch something else.',
  ],
  ['a parameter without a value', 'param x string', { pointer: '/x', set: 'a' }, "Nothing is stated at '/x'."],
])('refuses %s', (_name, text, change, why) => {
  expect(edited(text, change)).toBe(`refused: ${why}`);
});

test('in the body of a loop a literal is edited', () => {
  expect(edited('var x = [for b in c: { d: 1 }]', { pointer: '/x/0/d', set: 2 })).toBe('var x = [for b in c: { d: 2 }]');
});

test('comments that ask to ignore are read, and those that are not understood', () => {
  const text = `// rdposture-ignore NET-004 until 2027-01-31: the jump host
var a = 1 // rdposture-ignore NET-004, NET-005: known
/* rdposture-ignore FW-001: in a block */
// rdposture-ignore NET-004
// rdposture-ignore: no policy
// rdposture-ignore NET-004 until 2027-02-30: no such day
var b = 'rdposture-ignore NET-004: a text' // see rdposture-ignore
`;
  expect(openBicep(text).ignores).toEqual({
    ignores: [
      { policies: ['NET-004'], until: '2027-01-31', reason: 'the jump host', line: 1 },
      { policies: ['NET-004', 'NET-005'], until: null, reason: 'known', line: 2 },
      { policies: ['FW-001'], until: null, reason: 'in a block', line: 3 },
    ],
    malformed: [4, 5, 6],
  });
});
