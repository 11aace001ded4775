import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfigFile } from '../../src/config/load.ts';
import { UserError } from '../../src/model/problem.ts';
import { folderOf } from '../scan/support.ts';

const read = (content: string | Uint8Array): unknown => readConfigFile(folderOf({ 'rdposture.yaml': content }));

test('no file, and one that says nothing, is no configuration', () => {
  expect(readConfigFile(folderOf({}))).toEqual({});
  expect(read('')).toEqual({});
  expect(read('# nothing yet\n\n  # at all')).toEqual({});
});

test('data by option name', () => {
  expect(read('fail-on: low\nonly: [A, B]\nquiet: true\n')).toEqual({ 'fail-on': 'low', only: ['A', 'B'], quiet: true });
  expect(read('\ufefffail-on: low\r\n')).toEqual({ 'fail-on': 'low' });
});

test.each<[string, string | Uint8Array]>([
  ['a list', '- a\n'],
  ['a text', 'hello\n'],
  ['broken', 'a: [\n'],
  ['a key twice', 'a: 1\na: 2\n'],
  ['no text', Buffer.from([0xff, 0x00, 0x41])],
  [
    'an alias bomb',
    `a: &a [x, x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [${index === 0 ? '*a, *a' : `*b${index - 1}, *b${index - 1}`}]`).join('\n')}\n`,
  ],
  ['too deep', `a: ${'['.repeat(5000)}`],
  ['too large', `a: ${'x'.repeat(2_000_000)}`],
])('%s is the user’s error and names the file', (_what, content) => {
  expect(() => read(content)).toThrow(UserError);
  expect(() => read(content)).toThrow(/rdposture\.yaml/);
});

test('a folder or a link to itself by that name is the user’s error', () => {
  const folder = folderOf({});
  mkdirSync(join(folder, 'a', 'rdposture.yaml'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  symlinkSync('rdposture.yaml', join(folder, 'b', 'rdposture.yaml'));
  for (const name of ['a', 'b']) expect(() => readConfigFile(join(folder, name))).toThrow(UserError);
});
