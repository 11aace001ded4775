import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { FailOn } from '../../src/gate/gate.ts';
import { folderOf, hostSnapshot, scanFolder, template } from '../scan/support.ts';
import { BIN, reportOf, run, scanned } from './support.ts';

const good = folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com') });
const bad = folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { nla: 0 }) });
const unread = folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { status: { 'firewall.profiles': 'denied' } }) });
const both = folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { nla: 0, status: { 'firewall.profiles': 'denied' } }) });
const unknown = folderOf({
  'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { more: { Win32_TSGeneralSetting: [{ TerminalName: 'RDP-Tcp' }], registry: {} } }),
});

test('0 when the gate passes, and warnings change nothing', () => {
  const ran = scanned(good, 'AUTH-001');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('warning: ');
  expect(ran.stdout).toContain('Gate passed');
});

test('1 when a finding fails the gate', () => {
  expect(scanned(bad, 'AUTH-001').code).toBe(1);
});

test('3 when something could not be read, and nothing is worse', () => {
  expect(scanned(unread, 'AUTH-001').code).toBe(3);
});

test('2 on a Node that is too old, before anything is read', () => {
  const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.17.1' } });";
  const ran = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(old)}`, BIN, 'scan', bad], { encoding: 'utf8' });
  expect(ran.status).toBe(2);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(/^rdposture: it needs Node [\d.]+ or newer, and this is 22\.17\.1\.\n {2}\S/);
});

test('1 wins over 3', () => {
  expect(scanned(both, 'AUTH-001').code).toBe(1);
});

test('2 wins over 1: an output that cannot be written', () => {
  const ran = scanned(bad, 'AUTH-001', '--report', 'json:a.snapshot.json/under-a-file.json');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('under-a-file.json');
});

test('--exit-zero turns 1 and 3 into 0 and says what the gate says, and leaves 2', () => {
  for (const [folder, code] of [
    [bad, 1],
    [unread, 3],
  ] as const) {
    const ran = scanned(folder, 'AUTH-001', '--exit-zero');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`the gate says ${code}`);
  }
  expect(scanned(bad, 'AUTH-999', '--exit-zero').code).toBe(2);
});

test.each<[string, FailOn, number]>([
  ['AUTH-001', 'critical', 3],
  ['AUTH-001', 'high', 1],
  ['AUTH-001', 'medium', 1],
  ['AUTH-001', 'low', 1],
  ['AUTH-001', 'none', 3],
  ['EST-002', 'high', 3],
  ['EST-002', 'medium', 1],
  ['EST-002', 'none', 3],
])('a finding of %s with --fail-on %s exits %i', (policy, failOn, code) => {
  expect(scanFolder(both, [policy], { gate: { failOn, failOnUnknown: false } }).gate.exitCode).toBe(code);
});

test.each([
  ['critical', 0],
  ['medium', 1],
  ['none', 0],
])('--fail-on %s', (band, code) => {
  expect(scanned(bad, 'AUTH-001', '--fail-on', band).code).toBe(code);
});

test('an unknown verdict changes nothing unless --fail-on-unknown', () => {
  const report = reportOf(unknown, 'AUTH-001');
  expect(report.verdicts.map((verdict) => verdict.outcome)).toEqual(['unknown']);
  expect(report.gate.exitCode).toBe(0);
  expect(scanned(unknown, 'AUTH-001', '--fail-on-unknown').code).toBe(1);
});

test('2 for zero targets, with the folder named', () => {
  const ran = run(['scan', 'empty'], { cwd: folderOf({ 'empty/notes.txt': 'nothing' }) });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("'empty'");
});

test('2 for zero policies', () => {
  const ran = scanned(good, 'AUTH-001', '--skip', 'AUTH-*');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('No policy is selected');
});

test.each([
  [['scna'], "'scan'"],
  [['scan', '--fail-no', 'high'], "'fail-on'"],
  [['scan', '--fail-on', 'hihg'], "'high'"],
  [['scan', '--report', 'jsn:-'], "'json'"],
  [['scan', '--report', 'sarrif:out.sarif'], "'sarif'"],
  [['scan', '--only', 'AUTH-0001'], "'AUTH-001'"],
  [['scan', '--skip', 'CERTT-001'], "'CERT-001'"],
  [['scan', '--pack', 'rds-esentials'], "'rds-essentials'"],
  [['fix', '--dryrun'], "'dry-run'"],
])('2 and a suggestion: %j', (args, suggestion) => {
  const ran = run(args, { cwd: bad });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(/did you mean/i);
  expect(ran.stderr).toContain(suggestion);
});

test.each([
  [['scan', '--fail-on']],
  [['scan', '--report', 'json:']],
  [['scan', '--report', 'json:-', '--report', 'sarif:-']],
  [['scan', '--now', 'yesterday']],
  [['scan', '--var', 'AUTH-001']],
  [['scan', '--var', 'AUTH-001.days=3']],
  [['scan', '--concurrency', '0']],
  [['scan', '--policy', 'no-such-folder']],
  [['scan', '--waivers', 'no-such-file.yaml']],
  [['scan', '--baseline', 'no-such-file.json']],
  [['scan', '--trusted-config', 'no-such-folder']],
  [['scan', '--quiet=yes']],
  [['render']],
  [['render', 'no-such-file.json']],
  [['fix', 'no-such-file.json']],
  [['policy', '--no-such-option']],
  [[]],
])('2 for a wrong argument, never a bug: %j', (args) => {
  const ran = run(args, { cwd: bad });
  expect(ran.code).toBe(2);
  expect(ran.stderr + ran.stdout).not.toContain('a bug:');
});

test('a recognised file with nothing in it to judge is 0, and said so', () => {
  const folder = folderOf({
    'network.parameters.json': {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
      contentVersion: '1.0.0.0',
      parameters: {},
    },
    'empty.json': { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', contentVersion: '1.0.0.0', resources: [] },
  });
  for (const file of ['network.parameters.json', 'empty.json']) {
    const ran = run(['scan', file], { cwd: folder });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`'${file}' was recognised`);
  }
});

test('a named file that is nothing we know is an error problem beside one that is judged', () => {
  const folder = folderOf({ 'good.json': template({ from: '10.0.0.0/8' }), 'strange.json': { hello: 'world' }, 'list.json': [] });
  const ran = run(['scan', 'good.json', 'strange.json', 'list.json', '--only', 'NET-004'], { cwd: folder });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain("'strange.json' is nothing that can be judged");
  expect(ran.stderr).toContain("'list.json' is nothing that can be judged");
  expect(ran.stderr).toContain('ARM template');
  expect(ran.stdout).toContain('1 target');
});

test('one met while walking a folder is skipped and counted', () => {
  const ran = scanned(folderOf({ 'good.json': template({ from: '10.0.0.0/8' }), 'strange.json': { hello: 'world' }, 'broken.json': '{' }), 'NET-004');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('2 files were skipped');
});

test('a broken snapshot or template is an error wherever it is met', () => {
  const whole = JSON.stringify(template({}));
  const ran = scanned(folderOf({ 'good.json': template({ from: '10.0.0.0/8' }), 'sub/half.json': whole.slice(0, -20), 'sub/a.snapshot.json': '{' }), 'NET-004');
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain("'sub/half.json' could not be read as JSON");
  expect(ran.stderr).toContain("'sub/a.snapshot.json' could not be read as JSON");
});

test('an estate below the scanned folder is said to be unused', () => {
  const ran = scanned(folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com'), 'sub/estate.yaml': 'version: 1\nname: sub\nhosts: []\n' }), 'AUTH-001');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("'sub/estate.yaml' is an estate");
});
