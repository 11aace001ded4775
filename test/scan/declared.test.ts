import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { deploymentSnapshot, folderOf, hostSnapshot, NOW, scanFolder } from './support.ts';

const HOST = 'rdsh01.contoso.com';

function estate(...lines: readonly string[]): string {
  return ['version: 1', 'name: contoso', ...lines, ''].join('\n');
}

function codes(report: ScanReport, level?: string): string[] {
  return report.problems.filter((problem) => level === undefined || problem.level === level).map((problem) => problem.code);
}

const outcomes = (report: ScanReport, policy: string): string[] =>
  report.verdicts.filter((verdict) => verdict.policy === policy).map((verdict) => `${verdict.target} ${verdict.outcome}`);
const declared = (folder: string, ...only: string[]): ScanReport => scanFolder(folder, only, { declared: true });

const NLA_ON = 'settings: { rdp: { RDP-Tcp: { userAuthentication: required } } }';

test('a declared host setting decides in the declared view, and only there', () => {
  const folder = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${NLA_ON} }]`), 'snapshots/a.json': hostSnapshot(HOST, { nla: 0 }) });
  expect(outcomes(scanFolder(folder, ['AUTH-001']), 'AUTH-001')).toEqual([`windows-host:${HOST} fail`]);
  expect(outcomes(declared(folder, 'AUTH-001'), 'AUTH-001')).toEqual([`windows-host:${HOST} pass`]);
  expect(declared(folder, 'AUTH-001').scan.mode).toBe('declared');
});

test('a declaration that makes it worse fails in the declared view', () => {
  const folder = folderOf({
    'estate.yaml': estate(`hosts: [{ name: ${HOST}, settings: { rdp: { RDP-Tcp: { userAuthentication: not-required } } } }]`),
    'snapshots/a.json': hostSnapshot(HOST),
  });
  expect(outcomes(scanFolder(folder, ['AUTH-001']), 'AUTH-001')).toEqual([`windows-host:${HOST} pass`]);
  const report = declared(folder, 'AUTH-001');
  expect(outcomes(report, 'AUTH-001')).toEqual([`windows-host:${HOST} fail`]);
  expect(report.findings[0]?.locations[0]?.region.startLine).toBe(3);
});

test('a group declares for its hosts, a host that only the group names included, and a host’s own setting wins', () => {
  const folder = folderOf({
    'estate.yaml': estate(
      'groups:',
      `  session-hosts: { hosts: [${HOST}, RDSH02.contoso.com], ${NLA_ON} }`,
      'hosts:',
      `  - { name: ${HOST}, settings: { rdp: { RDP-Tcp: { userAuthentication: not-required } } } }`,
    ),
    'snapshots/a.json': hostSnapshot(HOST, { nla: 0 }),
    'snapshots/b.json': hostSnapshot('rdsh02.contoso.com', { nla: 0 }),
  });
  expect(outcomes(declared(folder, 'AUTH-001'), 'AUTH-001').toSorted()).toEqual([`windows-host:${HOST} fail`, 'windows-host:rdsh02.contoso.com pass']);
});

test('what Group Policy owns with another value is not laid over; a warning says so and the policy’s value counts', () => {
  const folder = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${NLA_ON} }]`), 'snapshots/a.json': hostSnapshot(HOST, { gpoNla: 0 }) });
  const report = declared(folder, 'AUTH-001');
  expect(outcomes(report, 'AUTH-001')).toEqual([`windows-host:${HOST} fail`]);
  expect(codes(report)).toContain('declared.owned-by-gpo');
  expect(report.gate.exitCode).toBe(1);
});

test('Group Policy with the declared value is nothing to say', () => {
  const folder = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${NLA_ON} }]`), 'snapshots/a.json': hostSnapshot(HOST, { gpoNla: 1 }) });
  const report = declared(folder, 'AUTH-001');
  expect(outcomes(report, 'AUTH-001')).toEqual([`windows-host:${HOST} pass`]);
  expect(codes(report)).not.toContain('declared.owned-by-gpo');
});

test('an object that is not there is an error, and so is one whose table was denied, which stays unknown', () => {
  const rule = 'settings: { firewall: { rules: { NoSuchRule: { enabled: false } } } }';
  const rules = (status: object): Parameters<typeof hostSnapshot>[1] => ({ more: { 'firewall.rules': [] }, ...status });
  const absent = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${rule} }]`), 'snapshots/a.json': hostSnapshot(HOST, rules({})) });
  expect(codes(declared(absent, 'AUTH-001'), 'error')).toEqual(['declared.not-found']);
  const denied = folderOf({
    'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${rule} }]`),
    'snapshots/a.json': hostSnapshot(HOST, rules({ status: { 'firewall.rules': 'denied' } })),
  });
  const report = declared(denied, 'FW-004');
  expect(codes(report, 'error')).toEqual(['declared.unreadable', 'section.denied']);
  expect(report.verdicts.every((verdict) => verdict.outcome === 'unknown')).toBe(true);
  expect(report.gate.exitCode).toBe(3);
});

test('what a collection declares is pushed to the hosts that its snapshot names, and a host’s own declaration wins', () => {
  const lines = ['deployments:', '  - { broker: rdcb01.contoso.com, settings: { collections: { Finance: { authenticateUsingNLA: true } } } }'];
  const files = {
    'snapshots/a.json': hostSnapshot(HOST, { nla: 0 }),
    'snapshots/b.json': hostSnapshot('rdsh02.contoso.com', { nla: 0 }),
    'snapshots/c.json': deploymentSnapshot('rdcb01.contoso.com', [
      { CollectionName: 'Finance', AuthenticateUsingNLA: false, SessionHosts: [HOST, 'rdsh02.contoso.com'] },
    ]),
  };
  const hosts = ['hosts:', `  - name: ${HOST}`, '  - name: rdsh02.contoso.com'];
  const folder = folderOf({ 'estate.yaml': estate(...hosts, ...lines), ...files });
  expect(outcomes(scanFolder(folder, ['AUTH-001', 'COL-001']), 'AUTH-001').map((line) => line.split(' ')[1])).toEqual(['fail', 'fail']);
  const report = declared(folder, 'AUTH-001', 'COL-001');
  expect(outcomes(report, 'COL-001')).toEqual(['rds-deployment:rdcb01.contoso.com pass']);
  expect(outcomes(report, 'AUTH-001').map((line) => line.split(' ')[1])).toEqual(['pass', 'pass']);
  const own = folderOf({ 'estate.yaml': estate(...hosts, '    settings: { rdp: { RDP-Tcp: { userAuthentication: not-required } } }', ...lines), ...files });
  expect(outcomes(declared(own, 'AUTH-001'), 'AUTH-001').toSorted()).toEqual([`windows-host:${HOST} pass`, 'windows-host:rdsh02.contoso.com fail']);
});

test('a collection pushes to a host that the estate knows by its short name', () => {
  const folder = folderOf({
    'estate.yaml': estate(
      'hosts: [{ name: rdsh09 }]',
      'deployments:',
      '  - { broker: rdcb01.contoso.com, settings: { collections: { Finance: { authenticateUsingNLA: true } } } }',
    ),
    'snapshots/a.json': hostSnapshot('rdsh09', { nla: 0 }),
    'snapshots/c.json': deploymentSnapshot('rdcb01.contoso.com', [
      { CollectionName: 'Finance', AuthenticateUsingNLA: false, SessionHosts: ['rdsh09.contoso.com'] },
    ]),
  });
  expect(outcomes(declared(folder, 'AUTH-001', 'COL-001'), 'AUTH-001')).toEqual(['windows-host:rdsh09 pass']);
});

test('declared and actual differ: EST-001 says so in the actual view', () => {
  const folder = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${NLA_ON} }]`), 'snapshots/a.json': hostSnapshot(HOST, { nla: 0 }) });
  const [finding] = scanFolder(folder, ['EST-001']).findings;
  expect(finding).toMatchObject({ policy: 'EST-001', outcome: 'fail' });
  expect(declared(folder, 'EST-001').findings.filter((other) => other.outcome === 'fail')).toEqual([]);
});

test('a host without a snapshot is an error, and what is declared of it makes nothing pass by accident', () => {
  const folder = folderOf({
    'estate.yaml': estate(`hosts: [{ name: ${HOST}, ${NLA_ON} }, { name: rdsh02.contoso.com }]`),
    'snapshots/b.json': hostSnapshot('rdsh02.contoso.com'),
  });
  for (const report of [scanFolder(folder, ['AUTH-001', 'EST-002']), declared(folder, 'AUTH-001', 'EST-002')]) {
    expect(codes(report, 'error')).toEqual(['snapshot.missing']);
    expect(report.targets.map((target) => `${target.name} ${target.status}`)).toEqual([`${HOST} failed`, 'rdsh02.contoso.com complete']);
    expect(report.findings.filter((finding) => finding.target === `windows-host:${HOST}`).map((finding) => finding.policy)).toContain('EST-002');
    expect(report.gate.exitCode).toBe(3);
  }
});

test.each([
  ['2026-10-20T10:00:00Z', 'snapshot.old'],
  ['2026-11-25T10:00:00Z', 'snapshot.from-the-future'],
  ['2026-10-26T10:00:00Z', null],
])('a snapshot of %s: %s, a warning, and judged', (collectedAt, code) => {
  const folder = folderOf({
    'estate.yaml': estate('snapshots: { maxAge: 30d }', `hosts: [{ name: ${HOST} }]`),
    'snapshots/a.json': hostSnapshot(HOST, { collectedAt }),
  });
  const report = scanFolder(folder, ['AUTH-001']);
  expect(codes(report)).toEqual(code === null ? ['section.not-collected'] : ['section.not-collected', code].toSorted());
  expect(outcomes(report, 'AUTH-001')).toEqual([`windows-host:${HOST} pass`]);
  expect(report.gate.exitCode).toBe(0);
});

test('snapshots are found by the target they name; the newest of two counts, with a warning', () => {
  const files = {
    'snapshots/zzz.json': hostSnapshot(HOST.toUpperCase(), { nla: 0, collectedAt: '2026-11-20T00:00:00Z' }),
    'snapshots/deep/aaa.json': hostSnapshot(HOST, { nla: 1 }),
    'snapshots/other.json': hostSnapshot('stranger.contoso.com', { nla: 0 }),
  };
  const report = scanFolder(folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST} }]`), ...files }), ['AUTH-001']);
  expect(outcomes(report, 'AUTH-001')).toEqual([`windows-host:${HOST} pass`]);
  expect(codes(report)).toContain('snapshot.twice');
  expect(report.problems.find((problem) => problem.code === 'snapshot.twice')?.message).toContain('2026-11-23');
  expect(report.scan.skipped).toBe(1);
  const swapped = scanFolder(
    folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST} }]`), ...files, 'snapshots/zzz.json': hostSnapshot(HOST, { nla: 0, collectedAt: NOW }) }),
    ['AUTH-001'],
  );
  expect(outcomes(swapped, 'AUTH-001')).toEqual([`windows-host:${HOST} fail`]);
});

test('the folder of snapshots is the estate’s own', () => {
  const folder = folderOf({
    'estate.yaml': estate('snapshots: { folder: ../collected }', `hosts: [{ name: ${HOST} }]`).replace('../collected', 'collected/here'),
    'collected/here/a.json': hostSnapshot(HOST),
  });
  expect(codes(scanFolder(folder, ['AUTH-001']), 'error')).toEqual([]);
});

test('a broken file among the snapshots is an error; one that is something else is skipped', () => {
  const folder = folderOf({
    'estate.yaml': estate(`hosts: [{ name: ${HOST} }]`),
    'snapshots/a.json': hostSnapshot(HOST),
    'snapshots/broken.json': '{',
    'snapshots/notes.json': '{"notes":1}',
  });
  const report = scanFolder(folder, ['AUTH-001']);
  expect(codes(report, 'error')).toEqual(['file.not-json']);
  expect(report.scan.skipped).toBe(1);
});

test('only what the estate names is scanned', () => {
  const folder = folderOf({
    'estate.yaml': estate(`hosts: [{ name: ${HOST} }]`),
    'snapshots/a.json': hostSnapshot(HOST),
    'loose.snapshot.json': hostSnapshot('loose.contoso.com'),
  });
  expect(scanFolder(folder, ['AUTH-001']).targets.map((target) => target.name)).toEqual([HOST]);
});

test('an estate by another name is known by its content', () => {
  const folder = folderOf({ 'contoso.yml': estate(`hosts: [{ name: ${HOST} }]`), 'snapshots/a.json': hostSnapshot(HOST) });
  const report = scanFolder(folder, ['AUTH-001'], { paths: [`${folder}/contoso.yml`] });
  expect([report.scan.estate, report.targets.length]).toEqual(['contoso', 1]);
});

test('two snapshots without an estate are two targets', () => {
  const folder = folderOf({ 'a.snapshot.json': hostSnapshot(HOST, { nla: 0 }), 'b.snapshot.json': hostSnapshot('rdsh02.contoso.com') });
  const report = scanFolder(folder, ['AUTH-001']);
  expect(report.scan).toMatchObject({ estate: 'files', mode: 'files' });
  expect(report.findings.map((finding) => finding.locations[0])).toEqual([
    { file: 'a.snapshot.json', region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 } },
  ]);
});

const BROKER = 'rdcb01.contoso.com';
const RDS = String.raw`CONTOSO\RDS Finance`;
const finance = deploymentSnapshot(BROKER, [
  {
    CollectionName: 'Finance',
    UserGroup: [RDS, String.raw`CONTOSO\Domain Users`],
    UserGroupSids: ['S-1-5-21-1000000000-1000000000-1000000000-1104', 'S-1-5-21-1000000000-1000000000-1000000000-513'],
  },
]);
const groups = (...names: readonly string[]): string =>
  estate(`deployments: [{ broker: ${BROKER}, settings: { collections: { Finance: { userGroups: ${JSON.stringify(names)} } } } }]`);

test('a collection that a broad group is taken out of has a proved edit', () => {
  const folder = folderOf({ 'estate.yaml': estate(`deployments: [{ broker: ${BROKER} }]`), 'snapshots/a.json': finance });
  const [finding] = scanFolder(folder, ['COL-005'], { withFixes: true }).findings;
  expect(finding?.fixes[0]?.edits?.[0]?.replacements[0]?.text).toContain(`userGroups: [${RDS}]`);
  expect(finding?.fixes[0]?.note).toBeUndefined();
});

test.each([
  ['the narrow group alone', [RDS], 'pass'],
  ['the same group in another case', [RDS.toLowerCase()], 'pass'],
  ['a broad group by its name', [RDS, String.raw`CONTOSO\Domain Users`], 'fail'],
  ['a broad group that was not there', [RDS, 'Everyone'], 'fail'],
  ['built-in users', [String.raw`BUILTIN\Users`], 'fail'],
  ['a group that nobody looked up', [RDS, String.raw`CONTOSO\Staff`], 'unknown'],
])('a declared list of groups, %s', (_name, names, outcome) => {
  const folder = folderOf({ 'estate.yaml': groups(...names), 'snapshots/a.json': finance });
  expect(outcomes(declared(folder, 'COL-005'), 'COL-005')).toEqual([`rds-deployment:${BROKER} ${outcome}`]);
});

test('a value that Group Policy writes where everybody does is blocked, with the object named', () => {
  const lsa = String.raw`\SYSTEM\CurrentControlSet\Control\Lsa`;
  const snapshot = hostSnapshot(HOST, {
    more: {
      RSOP_RegistryValue: [
        { Path: `MACHINE${lsa}\\LmCompatibilityLevel`, Type: 4, Data: '1', precedence: 1, GPOID: 'CN={00000000-0000-0000-0000-000000000000},CN=Policies' },
      ],
      registry: { [`HKLM${lsa}`]: { status: 'ok', values: { LmCompatibilityLevel: 1 } } },
    },
  });
  const name = "'{00000000-0000-0000-0000-000000000000}'";
  const folder = folderOf({ 'estate.yaml': estate(`hosts: [{ name: ${HOST} }]`), 'snapshots/a.json': snapshot });
  const [fix] = scanFolder(folder, ['AUTH-013'], { withFixes: true }).findings[0]?.fixes ?? [];
  expect(fix?.edits).toBeUndefined();
  expect(fix?.note).toContain(name);
  const wrong = estate(`hosts: [{ name: ${HOST}, settings: { authentication: { lmCompatibilityLevel: 5 } } }]`);
  const report = declared(folderOf({ 'estate.yaml': wrong, 'snapshots/a.json': snapshot }), 'AUTH-013');
  expect(outcomes(report, 'AUTH-013')).toEqual([`windows-host:${HOST} fail`]);
  expect(report.problems.find(({ code }) => code === 'declared.owned-by-gpo')?.hint).toContain(name);
});
