import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { folderOf, hostSnapshot, NOW } from '../scan/support.ts';
import { reportOf, run } from './support.ts';

const bad = (more: Readonly<Record<string, string>> = {}): string =>
  folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { nla: 0, off: ['Domain'] }), ...more });
const policies = (report: ScanReport): string[] => report.policies.map((policy) => policy.id);

test('flag before environment before file', () => {
  const folder = bad({ 'rdposture.yaml': 'fail-on: critical\nonly: AUTH-001\n' });
  expect(run(['scan', '.'], { cwd: folder }).code).toBe(0);
  expect(run(['scan', '.'], { cwd: folder, env: { RDPOSTURE_FAIL_ON: 'high' } }).code).toBe(1);
  expect(run(['scan', '.', '--fail-on', 'none'], { cwd: folder, env: { RDPOSTURE_FAIL_ON: 'high' } }).code).toBe(0);
});

test('--show-config says what counts and where it comes from', () => {
  const folder = bad({ 'rdposture.yaml': 'only: [AUTH-001]\n' });
  const ran = run(['scan', '.', '--fail-on', 'low', '--show-config'], { cwd: folder, env: { RDPOSTURE_QUIET: '1' } });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^fail-on +"low" +\(flag\)$/m);
  expect(ran.stdout).toMatch(/^quiet +true +\(environment\)$/m);
  expect(ran.stdout).toMatch(/^only +\["AUTH-001"\] +\(file\)$/m);
  expect(ran.stdout).toMatch(/^declared +false +\(default\)$/m);
});

test('an unknown key of rdposture.yaml is 2, for every command that reads it', () => {
  const folder = bad({ 'rdposture.yaml': 'fail-no: high\n' });
  for (const command of ['scan', 'fix']) {
    const ran = run([command, '.'], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("The key 'fail-no' of rdposture.yaml");
    expect(ran.stderr).toContain("'fail-on'");
  }
});

test('a key of scan alone is no error of fix', () => {
  expect(run(['fix', '.', '--dry-run'], { cwd: bad({ 'rdposture.yaml': 'fail-on: high\nonly: AUTH-001\n' }) }).code).toBe(0);
});

test('--only, --skip and --pack choose policies', () => {
  const folder = bad();
  expect(policies(reportOf(folder, 'AUTH-001,FW-001'))).toEqual(['AUTH-001', 'FW-001']);
  expect(policies(reportOf(folder, 'AUTH-*', '--skip', 'AUTH-002,AUTH-003'))).toContain('AUTH-001');
  expect(policies(reportOf(folder, 'AUTH-*', '--skip', 'AUTH-001'))).not.toContain('AUTH-001');
  const report = JSON.parse(run(['scan', '.', '--pack', 'rds-essentials', '--skip', 'FW-*', '--report', 'json:-'], { cwd: folder }).stdout) as ScanReport;
  expect(report.scan.packs).toEqual(['rds-essentials']);
  expect(policies(report).filter((id) => id.startsWith('FW-'))).toEqual([]);
  expect(policies(report)).toContain('AUTH-001');
});

test('--var sets a parameter, and a value that it does not allow is 2', () => {
  const folder = bad();
  const report = JSON.parse(run(['scan', '.', '--only', 'CERT-001', '--var', 'CERT-001.days=7', '--report', 'json:-'], { cwd: folder }).stdout) as ScanReport;
  expect(report.policies[0]?.params).toMatchObject({ days: 7 });
  const wrong = run(['scan', '.', '--only', 'CERT-001', '--var', 'CERT-001.days=soon'], { cwd: folder });
  expect([wrong.code, wrong.stderr.includes("'days'")]).toEqual([2, true]);
  const strange = run(['scan', '.', '--only', 'CERT-001', '--var', 'CERT-001.dayz=7'], { cwd: folder });
  expect([strange.code, strange.stderr.includes('days')]).toEqual([2, true]);
});

test('the estate’s parameters, and --var before them', () => {
  const folder = folderOf({
    'estate.yaml': 'version: 1\nname: contoso\nhosts: [{ name: rdsh01.contoso.com }]\nparams: { CERT-001: { days: 11 } }\n',
    'snapshots/a.json': hostSnapshot('rdsh01.contoso.com'),
  });
  expect(reportOf(folder, 'CERT-001').policies[0]?.params).toMatchObject({ days: 11 });
  expect(reportOf(folder, 'CERT-001', '--var', 'CERT-001.days=12').policies[0]?.params).toMatchObject({ days: 12 });
});

test('paths are relative to where the user stands, under npm too', () => {
  const folder = bad();
  const elsewhere = folderOf({});
  mkdirSync(join(folder, 'sub'));
  const env = { npm_lifecycle_event: 'rdposture', INIT_CWD: join(folder, 'sub') };
  const ran = run(['scan', '../a.snapshot.json', '--only', 'AUTH-001', '--now', NOW, '--report', 'json:../out/r.json'], { cwd: elsewhere, env });
  expect(ran.code).toBe(1);
  expect(run(['render', 'r.json'], { cwd: join(folder, 'out') }).stdout).toContain('AUTH-001');
  // Without npm the variable means nothing.
  expect(run(['scan', '../a.snapshot.json'], { cwd: elsewhere, env: { INIT_CWD: join(folder, 'sub') } }).code).toBe(2);
});

test('--source-root decides what files are called', () => {
  const folder = bad();
  mkdirSync(join(folder, 'elsewhere'));
  const named = (...more: readonly string[]): string | undefined => reportOf(folder, 'AUTH-001', ...more).findings[0]?.locations[0]?.file;
  expect(named()).toBe('a.snapshot.json');
  expect(named('--source-root', '..')).toBe(`${folder.split('/').at(-1) ?? ''}/a.snapshot.json`);
  const outside = reportOf(folder, 'AUTH-001', '--source-root', 'elsewhere');
  expect(outside.files.map((file) => file.inSourceRoot)).toEqual([false]);
});

test('what is outside the source root is said to be missing in an upload projection', () => {
  const folder = bad({ 'inside/b.snapshot.json': JSON.stringify(hostSnapshot('rdsh02.contoso.com')) });
  const ran = run(['scan', 'a.snapshot.json', 'inside', '--now', NOW, '--only', 'AUTH-001', '--source-root', 'inside', '--report', 'sarif:-'], { cwd: folder });
  expect(ran.stderr).toContain('lies outside the source root');
  expect(ran.code).toBe(1);
});
