import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/collect/bicep/config.ts';
import { type Gathered, gather } from '../../../src/collect/bicep/gather.ts';
import { makeMirror } from '../../../src/collect/bicep/mirror.ts';
import { folderOf } from '../../scan/support.ts';

const gathered = (folder: string, path = 'main.bicep', restore = false): Gathered => gather(join(folder, path), folder, { sourceRoot: folder, restore });
const problemsOf = ({ problems }: Gathered): (string | number | undefined)[][] =>
  problems.map(({ code, file, region }) => [code, file, region?.startLine, region?.startColumn]);

test.each<[string, Record<string, string>, (string | number | undefined)[][]]>([
  ['a module of a registry', { 'main.bicep': "\nmodule a 'br/public:avm/res/a:1.0' = {}" }, [['bicep.registry', 'main.bicep', 2, 10]]],
  ['one in a module', { 'main.bicep': "module a 'a.bicep' = {}", 'a.bicep': "module b 'ts:x/y/z:1' = {}" }, [['bicep.registry', 'a.bicep', 1, 10]]],
  ['an extension', { 'main.bicep': "extension 'br:contoso.azurecr.io/x:1'" }, [['bicep.registry', 'main.bicep', 1, 11]]],
  [
    'an extension by its name in the configuration',
    { 'main.bicep': 'extension graph', 'bicepconfig.json': '{ // c\n "extensions": { "graph": "br:mcr.microsoft.com/g:1", }, }' },
    [['bicep.registry', 'main.bicep', 1, 11]],
  ],
  [
    'an extension that the configuration alone adds',
    { 'sub/main.bicep': '', 'bicepconfig.json': '{ "implicitExtensions": ["x"], "extensions": { "x": "br:contoso.azurecr.io/x:1" } }' },
    [['bicep.registry', 'sub/main.bicep', undefined, undefined]],
  ],
  [
    'az as something else',
    { 'main.bicep': '', 'bicepconfig.json': '{ "extensions": { "az": "br:x.io/az:1" } }' },
    [['bicep.registry', 'main.bicep', undefined, undefined]],
  ],
  [
    'what the nearest configuration does not say',
    { 'sub/main.bicep': 'extension x', 'sub/bicepconfig.json': '{}', 'bicepconfig.json': '{ "extensions": { "x": "br:x.io/x:1" } }' },
    [],
  ],
  ['a built-in extension', { 'main.bicep': 'extension k', 'bicepconfig.json': '{ "extensions": { "k": "builtin:" } }' }, []],
  ['the parameters of a module of a registry', { 'main.bicepparam': "using 'br:x.io/a:1'" }, [['bicep.registry', 'main.bicepparam', 1, 7]]],
  ['a module outside', { 'main.bicep': "module a '../a.bicep' = {}" }, [['bicep.outside', 'main.bicep', 1, 10]]],
  ['an absolute path', { 'main.bicep': "module a '/etc/a.bicep' = {}" }, [['bicep.outside', 'main.bicep', 1, 10]]],
  ['a file outside that is loaded', { 'main.bicep': "var a = loadTextContent('../../etc/passwd')" }, [['bicep.outside', 'main.bicep', 1, 9]]],
  ['a broken configuration', { 'main.bicep': '', 'bicepconfig.json': '{ "a": }' }, [['bicep.config', 'bicepconfig.json', undefined, undefined]]],
  ['a file that is no text', { 'main.bicep': "module a 'a.bicep' = {}", 'a.bicep': 'a\0b' }, [['file.not-text', 'a.bicep', undefined, undefined]]],
  ['a module that is not there is for the compiler', { 'main.bicep': "module a 'a.bicep' = {}" }, []],
  ['a ring', { 'main.bicep': "module a 'a.bicep' = {}", 'a.bicep': "module b 'main.bicep' = {}" }, []],
])('%s', (_name, files, wanted) => {
  const [main = ''] = Object.keys(files);
  expect(problemsOf(gathered(folderOf(files), main))).toEqual(wanted);
});

test('with --restore what comes from a registry is no problem', () => {
  expect(problemsOf(gathered(folderOf({ 'main.bicep': "module a 'br/public:a:1' = {}" }), 'main.bicep', true))).toEqual([]);
});

test('a link that leads out of the source root', () => {
  const outside = folderOf({ 'secret.txt': 'secret', 'a.bicep': '' });
  const folder = folderOf({ 'main.bicep': "module a 'a.bicep' = {}\nvar b = loadTextContent('b.txt')" });
  symlinkSync(join(outside, 'a.bicep'), join(folder, 'a.bicep'));
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'b.txt'));
  expect(problemsOf(gathered(folder))).toEqual([
    ['bicep.outside', 'main.bicep', 2, 9],
    ['bicep.outside', 'main.bicep', 1, 10],
  ]);
});

test('a link as a configuration that leads out of the source root is not read', () => {
  const outside = folderOf({ 'c.json': '{ "extensions": { "az": "br:x.io/a:1" } }' });
  const folder = folderOf({ 'main.bicep': '' });
  symlinkSync(join(outside, 'c.json'), join(folder, 'bicepconfig.json'));
  expect(problemsOf(gathered(folder))).toEqual([]);
});

test('too large, too many, too deep', () => {
  const large = folderOf({ 'main.bicep': "module a 'a.bicep' = {}", 'a.bicep': `// ${'x'.repeat(4 * 1024 * 1024)}` });
  expect(problemsOf(gathered(large))).toEqual([['bicep.too-large', 'a.bicep', undefined, undefined]]);
  const names = Array.from({ length: 600 }, (_, index) => `m${index}`);
  const many = folderOf({
    'main.bicep': names.map((name) => `module ${name} '${name}.bicep' = {}`).join('\n'),
    ...Object.fromEntries(names.map((name) => [`${name}.bicep`, ''])),
  });
  expect(gathered(many).problems.map(({ code }) => code)).toContain('bicep.too-many');
  const deep = folderOf(
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index === 0 ? 'main' : `m${index}`}.bicep`, `module a 'm${index + 1}.bicep' = {}`])),
  );
  expect(problemsOf(gathered(deep))).toEqual([['bicep.too-deep', 'm13.bicep', undefined, undefined]]);
});

test('the copy holds what was found, in UTF-8, with symbolic names, and nothing else', () => {
  const folder = folderOf({
    'infra/main.bicep': "module a '../shared/a b.bicep' = {}\nvar b = loadTextContent('b.bin')",
    'shared/a b.bicep': Buffer.from('\ufeffvar x = 1', 'utf16le'),
    'infra/b.bin': Uint8Array.of(1, 0, 255),
    'infra/bicepconfig.json': '{ "analyzers": { "core": { "verbose": true } }, "moduleAliases": {} }',
    'secret.txt': 'secret',
  });
  const mirror = makeMirror(gathered(folder, 'infra/main.bicep'));
  try {
    const read = (path: string): string => readFileSync(mirror.pathOf(join(folder, path)), 'utf8');
    expect(read('shared/a b.bicep')).toBe('var x = 1');
    expect(JSON.parse(read('infra/bicepconfig.json'))).toEqual({
      analyzers: { core: { verbose: true, enabled: false } },
      moduleAliases: {},
      experimentalFeaturesEnabled: { symbolicNameCodegen: true },
    });
    expect(JSON.parse(read('bicepconfig.json'))).toMatchObject({ experimentalFeaturesEnabled: { symbolicNameCodegen: true } });
    expect(() => read('secret.txt')).toThrow('ENOENT');
    expect(mirror.originalOf(mirror.pathOf(join(folder, 'infra/main.bicep')))).toBe(join(folder, 'infra/main.bicep'));
  } finally {
    mirror.remove();
  }
});

test('a configuration keeps what looks like a comment or a comma in its texts', () => {
  expect(parseConfig('{ "a": "//x, }", /* b */ "c": [1, 2,], // d\n }')).toEqual({ a: '//x, }', c: [1, 2] });
  expect(parseConfig('[]')).toBeNull();
});

test('a pipe is not waited for', () => {
  const folder = folderOf({ 'main.bicep': "module a 'a.bicep' = {}\nvar b = loadTextContent('a.bicep')" });
  const program = 'mkfifo';
  expect(spawnSync(program, [join(folder, 'a.bicep')]).status).toBe(0);
  expect(problemsOf(gathered(folder)).map(([code, file]) => [code, file])).toEqual([
    ['file.unreadable', 'a.bicep'],
    ['file.unreadable', 'a.bicep'],
  ]);
});

test('a folder that is named like a module is no crash', () => {
  const folder = folderOf({ 'main.bicep': "module a 'a.bicep' = {}", 'a.bicep/x.txt': '' });
  expect(problemsOf(gathered(folder))).toEqual([['file.folder', 'a.bicep', undefined, undefined]]);
});
