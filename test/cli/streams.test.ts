import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { folderOf, hostSnapshot, NOW, put } from '../scan/support.ts';
import { BIN, cleanEnvironment, run, scanned, start } from './support.ts';

const bad = (): string => folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { nla: 0 }) });
const hosts = (count: number): string =>
  folderOf(Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}.snapshot.json`, hostSnapshot(`rdsh${index}.contoso.com`, { nla: 0 })])));

test('results go to standard output, problems to standard error', () => {
  const ran = scanned(bad(), 'AUTH-001', '--report', 'json:-');
  expect((JSON.parse(ran.stdout) as ScanReport).findings.length).toBe(1);
  expect(ran.stderr).toMatch(/^warning: .*\n$/);
  expect(scanned(bad(), 'AUTH-001').stderr).toMatch(/^warning: .*\n$/);
  expect(scanned(bad(), 'AUTH-001', '--quiet').stderr).toBe('');
});

test('problems are not said twice when both go to one place', () => {
  const text = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" scan . --only AUTH-001 2>&1`], {
    cwd: bad(),
    env: cleanEnvironment(),
    encoding: 'utf8',
  }).stdout;
  expect(text.match(/what they would show is/g)?.length).toBe(1);
});

test('no colour and no progress when nobody watches; colour when it is asked for', () => {
  expect(scanned(bad(), 'AUTH-001').stdout).not.toContain('\u001b');
  expect(run(['scan', '.', '--only', 'AUTH-001'], { cwd: bad(), env: { FORCE_COLOR: '1' } }).stdout).toContain('\u001b[');
  expect(run(['scan', '.', '--only', 'AUTH-001'], { cwd: bad(), env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain('\u001b');
});

test('a reader that goes away is no error of ours, and the gate keeps its answer', () => {
  const result = spawnSync('bash', ['-c', `"${process.execPath}" "${BIN}" scan . --only AUTH-001 --report json:- | head -c 10; echo " \${PIPESTATUS[0]}"`], {
    cwd: hosts(150),
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  expect(result.stdout).toMatch(/^\{.{9} 1\n$/s);
  expect(result.stderr).not.toMatch(/EPIPE|node:|a bug/);
});

/** Exit code and signal of a scan that is interrupted after a while. */
async function interrupted(folder: string, after: number): Promise<{ ended: readonly [number | null, string | null]; stderr: string }> {
  const child = start(['scan', '.', '--now', NOW, '--report', 'json:out.json', '--report', 'html:out.html'], { cwd: folder });
  let stderr = '';
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const exit = new Promise<[number | null, string | null]>((done) => child.on('exit', (...status) => done(status)));
  await new Promise((done) => setTimeout(done, after));
  child.kill('SIGINT');
  return { ended: await exit, stderr };
}

test('an interrupt ends it with 130 before it is done, and leaves no half output', async () => {
  const folder = hosts(1200);
  for (const after of [400, 800, 1600, 3200, 6400]) {
    const { ended, stderr } = await interrupted(folder, after);
    // Before our first line has run, it is Node that ends.
    if (ended[1] === 'SIGINT') continue;
    expect([ended, stderr]).toEqual([[130, null], '']);
    break;
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('out.'))).toEqual([]);
});

test('outputs are written as a whole, into folders that are made', () => {
  const folder = bad();
  const ran = scanned(folder, 'AUTH-001', '--report', 'json:out/deep/r.json', '--report', 'sarif:out/r.sarif', '--report', 'csv:-');
  expect(ran.code).toBe(1);
  expect(readdirSync(join(folder, 'out'), { recursive: true }).map(String).toSorted()).toEqual(['deep', 'deep/r.json', 'r.sarif']);
  expect(ran.stdout).toContain('AUTH-001');
});

test('a path that cannot be written is 2, and what was there stays', () => {
  const folder = bad();
  put(join(folder, 'kept.json'), 'kept');
  mkdirSync(join(folder, 'taken'));
  for (const path of ['taken', 'kept.json/x', '/proc/nowhere/r.json']) {
    const ran = scanned(folder, 'AUTH-001', '--report', `json:${path}`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/could not be written: the system says E[A-Z]+\./);
  }
  expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe('kept');
  expect(readdirSync(folder).toSorted()).toEqual(['a.snapshot.json', 'kept.json', 'taken']);
});

test('a device is written to, never replaced', () => {
  const before = statSync('/dev/null');
  expect(scanned(bad(), 'AUTH-001', '--report', 'json:/dev/null').code).toBe(1);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(before.isCharacterDevice());
});

test('render makes any output from a saved report alone', () => {
  const folder = bad();
  scanned(folder, 'AUTH-001', '--report', 'json:r.json', '--report', 'sarif:direct.sarif', '--report', 'html:direct.html');
  const saved = folderOf({ 'r.json': readFileSync(join(folder, 'r.json')) });
  const ran = run(['render', 'r.json', '--report', 'sarif:out.sarif', '--report', 'html:out.html', '--report', 'markdown:-'], { cwd: saved });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('AUTH-001');
  for (const [direct, rendered] of [
    ['direct.sarif', 'out.sarif'],
    ['direct.html', 'out.html'],
  ] as const)
    expect(readFileSync(join(saved, rendered), 'utf8')).toBe(readFileSync(join(folder, direct), 'utf8'));
});

test.each([
  ['{"schemaVersion":1}', 'report'],
  ['{', 'could not be read'],
  ['[]', 'not a JSON object'],
  ['{"schemaVersion":99,"tool":{"name":"rdposture"}}', 'newer rdposture'],
])('render refuses %s with 2', (content, words) => {
  const ran = run(['render', 'r.json'], { cwd: folderOf({ 'r.json': content }) });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toContain("'r.json'");
  expect(ran.stderr).toContain(words);
});

test('the npm script passes arguments, streams and the exit code through', () => {
  const script = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
  const through = (args: readonly string[], cwd: string): [number | null, string, string] => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, env: cleanEnvironment(), encoding: 'utf8' });
    return [status, stdout, stderr];
  };
  const folder = bad();
  expect(existsSync(BIN)).toBe(true);
  expect(through(['--version'], folder)).toEqual([0, run(['--version']).stdout, '']);
  expect(through(['--version'], folder)[1]).toMatch(/^\d+\.\d+\.\d+\n$/);
  const direct = scanned(folder, 'AUTH-001');
  expect(through(['scan', '.', '--now', NOW, '--only', 'AUTH-001'], folder)).toEqual([1, direct.stdout, direct.stderr]);
});

test('help and version', () => {
  expect(run(['-V']).stdout).toBe(run(['--version']).stdout);
  const help = run(['--help']);
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toContain('Exit codes: 0 gate passed, 1 gate failed, 2 you must act, 3 incomplete, 70 bug, 130 interrupted.');
  for (const command of ['scan', 'fix', 'render']) {
    const ran = run([command, '--help']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain(`rdposture ${command}`);
  }
});
