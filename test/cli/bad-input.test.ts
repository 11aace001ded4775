import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/model/problem.ts';
import { folderOf, hostSnapshot, scanFolder, template } from '../scan/support.ts';
import { isClean, type Ran, run } from './support.ts';

const snapshot = hostSnapshot('rdsh01.contoso.com', { nla: 0 });
const text = JSON.stringify(snapshot);
const anchors = Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}*a${index}]`).join('\n');

const files: Readonly<Record<string, string | Uint8Array>> = {
  'truncated.json': text.slice(0, -25),
  'empty.json': '',
  'blank.json': ' \n\t\n',
  'empty-list.json': '[]',
  'number.json': '42',
  'depth-list.json': '['.repeat(200_000),
  'depth-closed.json': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'depth-object.json': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'depth.yaml': `a: ${'['.repeat(50_000)}`,
  'alias-bomb.yaml': `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${anchors}\n`,
  'alias-loop.yaml': 'a: &a [*a]\n',
  'two-documents.yaml': 'a: 1\n---\nb: 2\n',
  'tag.yaml': '!!js/function "x"',
  'binary.json': Buffer.from([0x7b, 0x00, 0x01, 0x02, 0x7d]),
  'latin1.json': Buffer.from('{"name":"M\xfcller"}', 'latin1'),
  'half-surrogate.json': '{"a":"\\ud800"}',
  'hello.json': '{"hello":"world"}',
  'plain.txt': 'just a text\n',
  'page.html': '<!doctype html><title>Sign in</title>',
  'wrong-snapshot.json': '{"schemaVersion":1,"target":{"kind":"toaster","name":"x"},"sections":{}}',
  'no-time.json': '{"schemaVersion":1,"target":{"kind":"windows-host","name":"x"},"collectedAt":"soon","sections":{}}',
  'newer.json': '{"schemaVersion":99,"target":{"kind":"windows-host","name":"x"},"sections":{}}',
  'name-with-escape.json': '{"schemaVersion":1,"target":{"kind":"windows-host","name":"x\\u001b[31m"},"collectedAt":"2026-11-24T00:00:00Z","sections":{}}',
};

const folder = folderOf(files);

test.each(Object.keys(files))('%s alone is the user’s error, and names the file', (name) => {
  try {
    scanFolder(folder, ['AUTH-001'], { paths: [join(folder, name)] });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect([error.message, ...error.details].join(' ')).toContain(`'${name}'`);
    return;
  }
  throw new Error('It was judged.');
});

test.each(['truncated.json', 'empty-list.json', 'depth-list.json', 'alias-bomb.yaml', 'binary.json', 'hello.json', 'name-with-escape.json'])(
  '%s: exit 2 with the file named, and no stack trace',
  (name) => {
    const ran = run(['scan', name, '--only', 'AUTH-001'], { cwd: folder });
    expect(isClean(ran)).toBeNull();
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain(`'${name}'`);
  },
);

test('all of them beside one that is judged: exit 3, each named', () => {
  const good = join(folderOf({ 'good.json': template({ from: '10.0.0.0/8' }) }), 'good.json');
  const ran = run(['scan', good, ...Object.keys(files), '--only', 'NET-004', '--report', 'json:-'], { cwd: folder });
  expect(isClean(ran)).toBeNull();
  expect(ran.code).toBe(3);
  for (const name of Object.keys(files)) expect(ran.stderr).toContain(`'${name}'`);
});

test.each([
  ['a file that does not exist', 'missing.json', 'it does not exist'],
  ['a link to itself', 'loop.json', 'a link that leads to itself'],
  ['a link to nothing', 'dangling.json', 'it does not exist'],
  ['a path below a file', 'hello.json/x.json', "'hello.json/x.json'"],
  ['a name that is too long', `${'x'.repeat(300)}.json`, 'its name is too long'],
])('%s: exit 2 with it named', (_what, name, why) => {
  const here = folderOf({ 'hello.json': '{}' });
  symlinkSync('loop.json', join(here, 'loop.json'));
  symlinkSync('nowhere', join(here, 'dangling.json'));
  const ran = run(['scan', name], { cwd: here });
  expect(isClean(ran)).toBeNull();
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(name.slice(0, 50));
  expect(ran.stderr).toContain(why);
});

test('a folder with a link to itself and to its parent ends', () => {
  const here = folderOf({ 'in/a.snapshot.json': snapshot });
  symlinkSync('.', join(here, 'in', 'self'));
  symlinkSync('..', join(here, 'in', 'up'));
  symlinkSync('a.snapshot.json', join(here, 'in', 'twin.snapshot.json'));
  const ran = run(['scan', 'in', '--only', 'AUTH-001', '--report', 'json:-'], { cwd: here });
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.stdout)).toMatchObject({ targets: [{ name: 'rdsh01.contoso.com' }], problems: [{ code: 'section.not-collected' }] });
});

function judged(name: string, content: string | Uint8Array): Ran {
  return run(['scan', name, '--only', 'AUTH-001'], { cwd: folderOf({ [name]: content }) });
}

test.each([
  ['a byte order mark', `\ufeff${text}`],
  [
    '__proto__ and constructor keys',
    text.replace('"sections":{', '"__proto__":{"polluted":true},"constructor":{"prototype":{}},"sections":{"__proto__":{"status":"ok","data":[]},'),
  ],
  ['line separators and escapes in the data', text.replaceAll('RDP-Tcp', 'RDP-Tcp\\u001b[2J\\u0007\\u202e\\u2028\\u0085\\u0000')],
  ['an escape sequence in a registry path', text.replace('"HKLM', '"\\u001b]0;owned\\u0007":{"status":"denied"},"HKLM')],
])('%s: judged, and nothing of it reaches the terminal', (_what, content) => {
  const ran = judged('a.snapshot.json', content);
  expect(isClean(ran)).toBeNull();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('AUTH-001');
});

test.each([
  ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
  ['UTF-16, big-endian', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()])],
  ['duplicate keys', text.replace('"schemaVersion":1', '"schemaVersion":1,"schemaVersion":1')],
])('%s: judged, or an error', (_what, content) => {
  const ran = judged('a.snapshot.json', content);
  expect(isClean(ran)).toBeNull();
  expect([1, 2, 3]).toContain(ran.code);
});

test('names of files are escaped too', () => {
  const name = 'a\u001b[31mb\n::error::c.json';
  const ran = run(['scan', name, 'good.json', '--only', 'NET-004'], { cwd: folderOf({ [name]: '{', 'good.json': template({ from: '10.0.0.0/8' }) }) });
  expect(isClean(ran)).toBeNull();
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('\\u001b[31m');
  expect(ran.stderr.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([]);
});
