import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { deploymentSnapshot, folderOf, hostSnapshot, NOW, put, template } from '../scan/support.ts';
import { cleanEnvironment, isClean, type Ran, reportOf, run, scanned } from './support.ts';

const ESTATE = `# Contoso
version: 1
name: contoso
intent: { adminNetworks: [10.20.0.0/24] }
groups:
  session-hosts: { hosts: [rdsh01.contoso.com, rdsh02.contoso.com] }
hosts:
  - name: rdsh01.contoso.com   # the first
deployments:
  - broker: rdcb01.contoso.com
`;

const SNAPSHOTS = {
  'snapshots/1.json': hostSnapshot('rdsh01.contoso.com', { nla: 0, off: ['Domain'] }),
  'snapshots/2.json': hostSnapshot('rdsh02.contoso.com', { nla: 0, off: ['Domain', 'Public'] }),
  'snapshots/3.json': deploymentSnapshot('rdcb01.contoso.com', [{ CollectionName: 'Finance', AuthenticateUsingNLA: false, SessionHosts: [] }]),
};
const ALL = 'AUTH-001,FW-001,COL-001';

const estate = (text = ESTATE): string => folderOf({ 'estate.yaml': text, ...SNAPSHOTS });
const fix = (folder: string, ...args: readonly string[]): Ran => run(['fix', ...args, '--now', NOW], { cwd: folder });
const text = (folder: string, name = 'estate.yaml'): string => readFileSync(join(folder, name), 'utf8');
const open = (folder: string, only = ALL): string[] =>
  reportOf(folder, only, '--declared')
    .findings.filter((finding) => finding.outcome === 'fail')
    .map((finding) => `${finding.policy} ${finding.name}`);

test('--dry-run shows the difference and changes nothing', () => {
  const folder = estate();
  const ran = fix(folder, '.', '--only', ALL, '--dry-run');
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('--- a/estate.yaml\n+++ b/estate.yaml\n@@ ');
  expect(ran.stdout).toContain('+          userAuthentication: required');
  expect(ran.stdout).toContain('3 findings would be fixed in 1 file. 3 more need --review or --allow-disconnect.');
  expect(text(folder)).toBe(ESTATE);
});

test('the difference is what patch makes of the file, and what fix writes', () => {
  const folder = estate();
  const { stdout } = fix(folder, '.', '--only', ALL, '--allow-disconnect', '--dry-run');
  const patched = folderOf({ 'estate.yaml': ESTATE });
  const applied = spawnSync('git', ['apply', '-'], { cwd: patched, input: stdout.slice(0, stdout.lastIndexOf('\n', stdout.length - 2) + 1), encoding: 'utf8' });
  expect([applied.status, applied.stderr]).toEqual([0, '']);
  expect(fix(folder, '.', '--only', ALL, '--allow-disconnect').stdout).toContain('6 findings fixed in 1 file.');
  expect(text(patched)).toBe(text(folder));
});

test('safe fixes alone; the rest only with --allow-disconnect; several findings share one settings', () => {
  const folder = estate();
  expect(fix(folder, '.', '--only', ALL).stdout).toContain('3 findings fixed in 1 file. 3 more need --review or --allow-disconnect.');
  expect(open(folder).toSorted()).toEqual(
    ['FW-001 Domain', 'FW-001 Domain', 'FW-001 Public'].map((name) => expect.stringContaining(name.slice(0, 6)) as string),
  );
  expect(fix(folder, '.', '--only', ALL, '--review').stdout).toContain('0 findings fixed in 0 files. 3 more need --allow-disconnect.');
  expect(fix(folder, '.', '--only', ALL, '--allow-disconnect').stdout).toContain('3 findings fixed in 1 file.');
  expect(open(folder)).toEqual([]);
  const edited = text(folder);
  expect(edited.match(/settings:/g)?.length).toBe(3);
  expect(edited.match(/name: rdsh02/g)?.length).toBe(1);
  for (const line of ESTATE.split('\n').slice(0, 8)) expect(edited).toContain(line);
  // Nothing is left to do.
  expect(fix(folder, '.', '--only', ALL, '--allow-disconnect').stdout).toContain('0 findings fixed in 0 files.');
  expect(text(folder)).toBe(edited);
});

test('a template with comments is judged and edited in its place, and keeps them', () => {
  const commented = JSON.stringify(template({ from: '*' }), null, 2)
    .replace('{', '// Contoso, \u00ff\n{ /* "resources": [] */')
    .replaceAll('"properties": {', '"properties": { // as it was')
    .replaceAll(/("priority": \d+)(,?)/g, '$1 /* first */$2 // of all');
  const folder = folderOf({ 'net.json': commented });
  const report = (): ScanReport => reportOf(folder, 'NET-004');
  const [before] = report().findings;
  expect(before?.locations[0]?.region?.startLine).toBeGreaterThan(2);
  expect(fix(folder, '.', '--only', 'NET-004', '--allow-disconnect').stdout).toMatch(/^\d findings? fixed in 1 file/m);
  expect(report().findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  const edited = text(folder, 'net.json');
  // Those of the rule went with it.
  expect(edited).toMatch(/^\/\/ Contoso, ÿ\n\{ \/\* "resources": \[\] \*\/\n[^]*"properties": \{ \/\/ as it was\n/);
});

test('an estate in flow style is YAML', () => {
  const folder = folderOf({ 'estate.yaml': '{ version: 1, name: contoso, hosts: [{ name: rdsh01.contoso.com }] } # flow\n', ...SNAPSHOTS });
  expect(scanned(folder, 'AUTH-001').code).toBe(1);
});

test('a finding that is right when declared says apply, and is scripted', () => {
  const folder = estate();
  fix(folder, '.', '--only', ALL, '--allow-disconnect');
  const report = reportOf(folder, 'AUTH-001');
  expect(report.findings.length).toBe(2);
  for (const finding of report.findings) expect(finding.fixes[0]).toMatchObject({ note: expect.stringContaining('apply it') as string });
  expect(fix(folder, '.', '--only', 'AUTH-001', '--script', 'out').stdout).toContain('rdsh01.contoso.com.ps1: 1 step');
});

test.each([
  ['CRLF', ESTATE.replaceAll('\n', '\r\n'), '\r\n'],
  ['a byte order mark', `\ufeff${ESTATE}`, '\n'],
  ['both, and no line break at the end', `\ufeff${ESTATE.replaceAll('\n', '\r\n')}`.trimEnd(), '\r\n'],
])('%s is kept', (_what, content, lineBreak) => {
  const folder = estate(content);
  expect(fix(folder, '.', '--only', ALL).code).toBe(0);
  const edited = text(folder);
  expect(edited.startsWith('\ufeff')).toBe(content.startsWith('\ufeff'));
  expect(edited.replaceAll(lineBreak, '').includes('\n')).toBe(false);
  expect(edited).toContain(`rdsh01.contoso.com   # the first${lineBreak}`);
  expect(open(folder).filter((finding) => !finding.startsWith('FW'))).toEqual([]);
});

test('UTF-16 is kept', () => {
  const folder = folderOf({ 'estate.yaml': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(ESTATE, 'utf16le')]), ...SNAPSHOTS });
  expect(fix(folder, '.', '--only', ALL).code).toBe(0);
  const bytes = readFileSync(join(folder, 'estate.yaml'));
  expect([bytes[0], bytes[1]]).toEqual([0xff, 0xfe]);
  expect(bytes.subarray(2).toString('utf16le')).toContain('userAuthentication: required');
});

test('the mode of a file is kept, and a link stays a link', () => {
  const folder = folderOf({ 'real/e.yaml': ESTATE, ...SNAPSHOTS });
  chmodSync(join(folder, 'real/e.yaml'), 0o640);
  symlinkSync('real/e.yaml', join(folder, 'estate.yaml'));
  expect(fix(folder, '.', '--only', ALL).code).toBe(0);
  expect(statSync(join(folder, 'real/e.yaml')).mode & 0o777).toBe(0o640);
  expect(text(folder, 'real/e.yaml')).toContain('userAuthentication: required');
  expect(readdirSync(join(folder, 'real'))).toEqual(['e.yaml']);
});

test('a saved report is fixed from, and refused when a file is not what it was made from', () => {
  const folder = estate();
  scanned(folder, ALL, '--report', 'json:r.json');
  expect(fix(folder, 'r.json', '--dry-run').stdout).toContain('3 findings would be fixed');
  expect(fix(folder, 'r.json', '--dry-run', '--only', 'COL-001')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 finding would be fixed') as string,
  });
  expect(fix(folder, 'r.json', '--dry-run', '--only', 'DRV-001').code).toBe(2);
  put(join(folder, 'estate.yaml'), `${ESTATE}# later\n`);
  const ran = fix(folder, 'r.json');
  expect([ran.code, ran.stderr.includes("'estate.yaml' is not what the report was made from")]).toEqual([2, true]);
  expect(text(folder)).toBe(`${ESTATE}# later\n`);
});

test('what has a .json name and is no report is scanned', () => {
  const folder = folderOf({ 'net.json': template({}), 'broken.json': '{' });
  expect(fix(folder, 'net.json', '--only', 'NET-004', '--allow-disconnect').stdout).toContain('1 finding fixed in 1 file.');
  expect(reportOf(folder, 'NET-004').findings).toEqual([]);
  const broken = fix(folder, 'broken.json');
  expect([broken.code, broken.stderr.includes("'broken.json'")]).toEqual([2, true]);
});

const own = (id: string, kind: string, assert: string, set: string): string =>
  `id: ${id}\nname: Own${id.replace('-', '')}\ntitle: Require something\nkind: ${kind}\nseverity: 8\nassert: ${assert}\nmessage: "The listener '{listener}' is not as it should be."\nwhy: A test needs a reason that is long enough.\nlinks: [https://learn.microsoft.com/x]\n${set === '' ? '' : `fix:\n  - title: Set it\n    set: { setting: [rdp, '{listener}', ${set}] }\n`.replace(`${set}]`, `${set.split('=')[0] ?? ''}], value: ${set.split('=')[1] ?? ''}`)}`;

function limits(policies: Readonly<Record<string, string>>): string {
  const more = {
    Win32_TSSessionSetting: [
      {
        TerminalName: 'RDP-Tcp',
        TimeLimitPolicy: 1,
        IdleSessionLimit: 0,
        PolicySourceIdleSessionLimit: 0,
        DisconnectedSessionLimit: 0,
        PolicySourceDisconnectedSessionLimit: 0,
      },
    ],
  };
  return folderOf({
    'estate.yaml': ESTATE,
    ...SNAPSHOTS,
    'snapshots/1.json': hostSnapshot('rdsh01.contoso.com', { nla: 0, more }),
    ...Object.fromEntries(Object.entries(policies).map(([name, content]) => [`own/${name}/policy.yaml`, content])),
  });
}

const LISTENER = 'windows.rdpListener';
const AT_MOST = '{ properties: { idleLimit: { type: integer, maximum: 900000 } } }';

test('two fixes that disagree on one value are a conflict that names both; the others are made', () => {
  const folder = limits({ a: own('OWN-001', LISTENER, AT_MOST, 'idleLimit=600000'), b: own('OWN-002', LISTENER, AT_MOST, 'idleLimit=900000') });
  const ran = fix(folder, '.', '--policy', 'own', '--only', 'OWN-001,OWN-002,AUTH-001', '--review');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(
    "warning: The fixes of OWN-001 and OWN-002 disagree on '/hosts/0/settings/rdp/RDP-Tcp/idleLimit' of 'estate.yaml': neither is made.",
  );
  expect(ran.stdout).toContain('2 findings fixed in 1 file.');
  expect(text(folder)).not.toContain('idleLimit');
  const script = fix(folder, '.', '--policy', 'own', '--only', 'OWN-001,OWN-002', '--script', 'out');
  expect(script.stderr).toContain(
    "The fix of OWN-001 wants 'rdp/RDP-Tcp/idleLimit' to be 600000, and the fix of OWN-002 wants 'rdp/RDP-Tcp/idleLimit' to be 900000: neither is done.",
  );
});

test('nothing is written when the fixes only prove out alone', () => {
  const folder = limits({
    a: own('OWN-001', LISTENER, '{ properties: { idleLimit: { const: 600000 } } }', 'idleLimit=600000'),
    b: own('OWN-002', LISTENER, '{ properties: { disconnectedLimit: { const: 600000 } } }', 'disconnectedLimit=600000'),
    c: own('OWN-003', LISTENER, '{ not: { properties: { idleLimit: { const: 600000 }, disconnectedLimit: { const: 600000 } } } }', ''),
  });
  const args = ['.', '--policy', 'own', '--review'];
  const ran = fix(folder, ...args, '--only', 'OWN-001,OWN-002,OWN-003');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('Together the edits would uncover OWN-003');
  expect(text(folder)).toBe(ESTATE);
  expect(fix(folder, ...args, '--only', 'OWN-001,OWN-003').stdout).toContain('1 finding fixed');
});

test('a fix that would uncover something is not offered, and says so', () => {
  const folder = limits({
    a: own('OWN-001', LISTENER, '{ properties: { idleLimit: { const: 600000 } } }', 'idleLimit=600000'),
    b: own('OWN-002', LISTENER, '{ properties: { idleLimit: { not: { const: 600000 } } } }', ''),
  });
  const report = JSON.parse(
    run(['scan', '.', '--policy', 'own', '--only', 'OWN-001,OWN-002', '--now', NOW, '--report', 'json:-'], { cwd: folder }).stdout,
  ) as ScanReport;
  const [finding] = report.findings.filter((candidate) => candidate.policy === 'OWN-001' && candidate.target.includes('rdsh01'));
  expect(finding?.fixes[0]).toMatchObject({ note: expect.stringContaining('It would uncover: OWN-002') as string });
  expect(finding?.fixes[0]?.edits).toBeUndefined();
});

const HOSTILE = "x'; Remove-Item C:\\ -Recurse # \u2019\u0008$(calc)`\u202e";

test('--script writes PowerShell in ASCII, whatever names hold', () => {
  const rule = (name: string): Record<string, unknown> => ({
    InstanceID: name,
    DisplayName: name,
    Enabled: 1,
    Direction: 1,
    Action: 2,
    Profile: 0,
    PolicyStoreSourceType: 1,
    Protocol: 'TCP',
    LocalPort: ['3389'],
    RemoteAddress: ['Any'],
    Program: 'Any',
    Service: 'Any',
    InterfaceType: 0,
    EdgeTraversalPolicy: 0,
  });
  const snapshot = hostSnapshot('a b/c', { nla: 0, off: ['Domain'], more: { 'firewall.rules': [rule(HOSTILE)] as never } });
  const twin = hostSnapshot('a b_c', { nla: 0 });
  const folder = folderOf({
    'a.snapshot.json': snapshot,
    'b.snapshot.json': twin,
    'c.snapshot.json': hostSnapshot('x'.repeat(255), { nla: 0 }),
    'd.snapshot.json': hostSnapshot('../../up', { nla: 0 }),
  });
  const ran = fix(folder, '.', '--only', 'AUTH-001,FW-001,FW-004', '--script', 'out');
  expect(isClean(ran)).toBeNull();
  expect(ran.code).toBe(0);
  const written = readdirSync(join(folder, 'out'));
  const scripts = written.filter((name) => name.endsWith('.ps1'));
  expect(scripts.length).toBe(4);
  expect(written.filter((name) => name.endsWith('.plan.json')).length).toBe(4);
  for (const name of scripts) {
    expect(name).toMatch(/^[A-Za-z0-9._-]{1,120}\.ps1$/);
    const bytes = readFileSync(join(folder, 'out', name));
    expect(bytes.every((byte) => byte === 0x0d || byte === 0x0a || (byte >= 0x20 && byte < 0x7f))).toBe(true);
    expect(bytes.toString('ascii')).toContain('ShouldProcess');
    // Outside of comments and of the data in base64 nothing of a name is left.
    const code = bytes.toString('ascii').replaceAll(/^\s*#.*$/gm, '');
    expect(code).not.toMatch(/Remove-Item|calc/);
  }
  expect(readdirSync(folder).toSorted()).toEqual(['a.snapshot.json', 'b.snapshot.json', 'c.snapshot.json', 'd.snapshot.json', 'out']);
});

test('azure.sh passes every name as one argument, and none as an option or a file', () => {
  const names = ["x'; touch pwned #", '$(touch pwned)', '`touch pwned`', 'two words\nand a line', '--no-such', '@file'];
  const list = names.map((name, index) => {
    const [group] = (template({ name }) as unknown as { resources: [Record<string, Json>] }).resources;
    return {
      ...group,
      name: `nsg-${index}`,
      id: `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg-${index}`,
    };
  });
  const folder = folderOf({ 'list.json': list });
  const ran = fix(folder, '.', '--only', 'NET-004', '--script', 'out');
  expect(isClean(ran)).toBeNull();
  put(join(folder, 'bin/az'), '#!/bin/sh\nfor argument in "$@"; do printf "%s\\0" "$argument"; done\nprintf "\\0\\n"\n');
  chmodSync(join(folder, 'bin/az'), 0o755);
  const made = spawnSync('sh', ['out/azure.sh'], {
    cwd: folder,
    env: { ...cleanEnvironment(), PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  expect([made.status, made.stderr]).toEqual([0, '']);
  const given = made.stdout
    .split('\0\0\n')
    .filter((call) => call !== '')
    .map((call) => call.split('\0').at(-1) ?? '');
  expect(given.toSorted()).toEqual(names.slice(0, 4).toSorted());
  expect(readdirSync(folder)).not.toContain('pwned');
});

test('a folder for scripts that cannot be made is 2', () => {
  const folder = estate();
  const ran = fix(folder, '.', '--only', 'AUTH-001', '--script', 'estate.yaml/out');
  expect([ran.code, ran.stderr.includes('could not be written')]).toEqual([2, true]);
});
