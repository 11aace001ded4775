import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { compileBicep } from '../../../src/collect/bicep/compile.ts';
import { compilerEnvironment, findCompiler } from '../../../src/collect/bicep/program.ts';
import { type Compiler, compilerOf } from '../../../src/collect/bicep/rpc.ts';
import type { Json } from '../../../src/model/json.ts';
import { folderOf, put } from '../../scan/support.ts';

let compiler: Compiler | null = null;
afterEach(() => compiler?.close());

/** A program that plays the compiler; `frame` writes an answer, `log` is the file of its starts. */
function playing(script: string, deadline = 30_000): { readonly compiler: Compiler; readonly starts: () => number } {
  const folder = folderOf();
  const program = join(folder, 'bicep');
  const log = join(folder, 'starts');
  put(log, '');
  put(
    program,
    `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(log)}, 'x');
const frame = (value) => { const body = JSON.stringify(value); process.stdout.write('Content-Length: ' + Buffer.byteLength(body) + '\\r\\n\\r\\n' + body); };
let held = Buffer.alloc(0);
process.stdin.on('data', (bytes) => {
  held = Buffer.concat([held, bytes]);
  for (;;) {
    const head = held.indexOf('\\r\\n\\r\\n');
    const length = Number(/Content-Length: (\\d+)/.exec(held.toString('latin1', 0, Math.max(head, 0)))?.[1]);
    if (head < 0 || held.length < head + 4 + length) return;
    const asked = JSON.parse(held.toString('utf8', head + 4, head + 4 + length));
    held = held.subarray(head + 4 + length);
    answer(asked);
  }
});
function answer(asked) { ${script} }
`,
  );
  chmodSync(program, 0o755);
  compiler = compilerOf({ program, environment: { PATH: process.env['PATH'] ?? '' }, deadline });
  return { compiler, starts: () => readFileSync(log, 'utf8').length };
}

test('one process answers one call after the other, also in pieces and with what was not asked for', async () => {
  const { compiler: asked, starts } = playing(`
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: { got: asked.params, text: '\u{1F600}' } }));
    process.stdout.write('Content-Length: 2\\r\\n\\r\\n{}Content-Length: 3\\r\\n\\r\\nabcContent-Length: ');
    setTimeout(() => process.stdout.write(body.length + '\\r\\n\\r\\n'), 5);
    setTimeout(() => process.stdout.write(body.subarray(0, body.length - 8)), 10);
    setTimeout(() => process.stdout.write(body.subarray(body.length - 8)), 15);`);
  const answers = await Promise.all([1, 2, 3].map((number) => asked.call('x', { number })));
  expect(answers).toEqual([1, 2, 3].map((number) => ({ result: { got: { number }, text: '\u{1F600}' } })));
  expect(starts()).toBe(1);
});

test('an error of the compiler is its own words', async () => {
  const { compiler: asked } = playing(`frame({ jsonrpc: '2.0', id: asked.id, error: { code: -32000, message: 'Compilation failed' } });`);
  expect(await asked.call('x', {})).toEqual({ refused: 'Compilation failed' });
});

test.each<[string, string, Json]>([
  ['no answer', '', { failed: 'late', said: '' }],
  ['an end', `process.stderr.write('out of memory', () => process.exit(3));`, { failed: 'ended', said: 'out of memory' }],
  ['what is no frame', `process.stdout.write('x'.repeat(10_000));`, { failed: 'too-large', said: '' }],
  ['an answer that says it is too large', `process.stdout.write('Content-Length: 9999999999\\r\\n\\r\\n');`, { failed: 'too-large', said: '' }],
])('%s ends the process, and the next call starts another', async (_name, script, wanted) => {
  const { compiler: asked, starts } = playing(
    `if (asked.method === 'bad') { ${script} } else frame({ id: asked.id, result: true });`,
    script === '' ? 5000 : 30_000,
  );
  expect(await asked.call('bad', {})).toEqual(wanted);
  expect(await asked.call('good', {})).toEqual({ result: true });
  expect(starts()).toBe(2);
});

test('a program that cannot be started', async () => {
  compiler = compilerOf({ program: join(folderOf(), 'nothing'), environment: {}, deadline: 30_000 });
  expect(await compiler.call('x', {})).toMatchObject({ failed: 'not-started' });
});

test.each<[string, string, string[]]>([
  ['neither a template nor an error', `frame({ id: asked.id, result: { success: false } });`, ['bicep.refused']],
  ['a template that is no JSON', `frame({ id: asked.id, result: { contents: '{' } });`, ['bicep.refused']],
  [
    'errors in files that it was not given, of strange shapes',
    `frame({ id: asked.id, result: { diagnostics: [null, { level: 'Error' }, { level: 'Error', source: '/etc/passwd', code: {}, message: 'x', range: { start: {}, end: 3 } }] } });`,
    ['bicep.error', 'bicep.error'],
  ],
  [
    'very many errors',
    `frame({ id: asked.id, result: { diagnostics: Array(100).fill({ level: 'Error', message: 'x' }) } });`,
    Array(21).fill('bicep.error') as string[],
  ],
])('a compiler that gives %s', async (_name, script, wanted) => {
  const folder = folderOf({ 'main.bicep': '' });
  const { compiler: asked } = playing(script);
  const result = await compileBicep({ path: join(folder, 'main.bicep'), parameters: null }, { sourceRoot: folder, restore: false, compiler: asked });
  expect(result.problems.map(({ code, file }) => [code, file])).toEqual(wanted.map((code) => [code, 'main.bicep']));
  expect(result.judged).toBeNull();
});

test('a snapshot without marks is not used', async () => {
  const folder = folderOf({ 'main.bicep': '', 'p.json': '{ "parameters": {} }' });
  const { compiler: asked } = playing(`
    const template = JSON.stringify({ resources: {} });
    frame({ id: asked.id, result: asked.method === 'bicep/compile' ? { contents: template } : { snapshot: JSON.stringify({ predictedResources: [{ id: 'x' }] }) } });`);
  const result = await compileBicep(
    { path: join(folder, 'main.bicep'), parameters: join(folder, 'p.json') },
    { sourceRoot: folder, restore: false, compiler: asked },
  );
  expect([result.judged, result.problems.map(({ code }) => code)]).toEqual([{ resources: {} }, ['bicep.not-evaluated']]);
});

test('the compiler is found on PATH, else in the Azure CLI; not in a folder that a repository could bring', () => {
  const folder = folderOf({ 'bin/bicep': '', 'home/.azure/bin/bicep': '' });
  chmodSync(join(folder, 'bin/bicep'), 0o755);
  const home = join(folder, 'home');
  expect(findCompiler({ PATH: `bin:${join(folder, 'bin')}`, HOME: home }, 'linux')).toBe(join(folder, 'bin/bicep'));
  expect(findCompiler({ PATH: 'bin:.', HOME: home }, 'linux')).toBe(join(home, '.azure/bin/bicep'));
  expect(findCompiler({ PATH: '', HOME: folder }, 'linux')).toBeNull();
});

test('the compiler sees nothing of the environment that a parameters file could read into a report', () => {
  const own = { PATH: '/bin', HOME: '/home/x', GITHUB_TOKEN: 'secret', AZURE_CLIENT_SECRET: 'secret', https_proxy: 'http://proxy' };
  expect(compilerEnvironment(own, false)).toMatchObject({ PATH: '/bin', HOME: '/home/x', HTTPS_PROXY: 'http://127.0.0.1:9' });
  expect(JSON.stringify(compilerEnvironment(own, false))).not.toContain('secret');
  expect(JSON.stringify(compilerEnvironment(own, true))).not.toContain('GITHUB_TOKEN');
  expect(compilerEnvironment(own, true)).toMatchObject({ https_proxy: 'http://proxy' });
});
