import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { deploymentSnapshot, folderOf, hostSnapshot, put, template } from '../scan/support.ts';
import { type Ran, reportOf, run, scanned } from './support.ts';

const HOST = 'rdsh01.contoso.com';
const ESTATE = `version: 1\nname: contoso\nhosts: [{ name: ${HOST} }, { name: rdsh02.contoso.com }]\n`;

function estateFolder(more: Readonly<Record<string, string>> = {}): string {
  return folderOf({
    'estate.yaml': ESTATE,
    'snapshots/1.json': hostSnapshot(HOST, { nla: 0 }),
    'snapshots/2.json': hostSnapshot('rdsh02.contoso.com'),
    ...more,
  });
}

const save = (folder: string, name: string, only: string): Ran => scanned(folder, only, '--report', `json:${name}`);
const statuses = (report: ScanReport): string[] =>
  report.findings.filter((finding) => finding.outcome === 'fail').map((finding) => `${finding.policy} ${finding.target} ${finding.status}`);

test('--baseline: what it has does not gate, what is new does', () => {
  const folder = estateFolder();
  expect(save(folder, 'base.json', 'AUTH-001').code).toBe(1);
  expect(scanned(folder, 'AUTH-001', '--baseline', 'base.json').code).toBe(0);
  expect(statuses(reportOf(folder, 'AUTH-001', '--baseline', 'base.json'))).toEqual([`AUTH-001 windows-host:${HOST} baselined`]);
  put(join(folder, 'snapshots/2.json'), hostSnapshot('rdsh02.contoso.com', { nla: 0 }));
  expect(scanned(folder, 'AUTH-001', '--baseline', 'base.json').code).toBe(1);
});

test('--previous: what was open is stale when its snapshot is gone, and gates', () => {
  const folder = estateFolder();
  save(folder, 'last.json', 'AUTH-001');
  rmSync(join(folder, 'snapshots/1.json'));
  const report = reportOf(folder, 'AUTH-001', '--previous', 'last.json');
  expect(statuses(report)).toEqual([`AUTH-001 windows-host:${HOST} stale`]);
  expect(report.findings[0]?.lastJudged).toBe('2026-11-24T10:00:00.000Z');
  expect(report.gate.exitCode).toBe(1);
  expect(scanned(folder, 'AUTH-001').code).toBe(3);
  // A policy that is not asked now is not carried forward.
  expect(statuses(reportOf(folder, 'FW-001', '--previous', 'last.json'))).toEqual([]);
});

test('--previous: stale when the section is denied, through another stale report too', () => {
  const folder = folderOf({ 'a.snapshot.json': hostSnapshot(HOST, { off: ['Domain'] }) });
  save(folder, 'last.report.json', 'FW-001');
  const hidden = { status: { 'firewall.profiles': 'denied', registry: 'denied' } };
  put(join(folder, 'a.snapshot.json'), hostSnapshot(HOST, hidden));
  expect(statuses(reportOf(folder, 'FW-001', '--previous', 'last.report.json'))).toEqual([`FW-001 windows-host:${HOST} stale`]);
  scanned(folder, 'FW-001', '--previous', 'last.report.json', '--report', 'json:next.report.json');
  expect(statuses(reportOf(folder, 'FW-001', '--previous', 'next.report.json'))).toEqual([`FW-001 windows-host:${HOST} stale`]);
});

test('--previous: not when the finding, or what it was about, is gone', () => {
  const folder = folderOf({
    'a.snapshot.json': hostSnapshot(HOST, { nla: 0 }),
    'b.snapshot.json': deploymentSnapshot('rdcb01.contoso.com', [{ CollectionName: 'Finance', AuthenticateUsingNLA: false, SessionHosts: [] }]),
  });
  save(folder, 'last.report.json', 'AUTH-001,COL-001');
  put(join(folder, 'a.snapshot.json'), hostSnapshot(HOST));
  put(join(folder, 'b.snapshot.json'), deploymentSnapshot('rdcb01.contoso.com', []));
  expect(statuses(reportOf(folder, 'AUTH-001,COL-001', '--previous', 'last.report.json'))).toEqual([]);
});

test('--previous: stale when the file of its target is broken', () => {
  const folder = folderOf({ 'net.json': template({}), 'a.snapshot.json': hostSnapshot(HOST, { nla: 0 }), 'good.json': template({ from: '10.0.0.0/8' }) });
  save(folder, 'last.report.json', 'NET-004,AUTH-001');
  put(join(folder, 'net.json'), JSON.stringify(template({})).slice(0, -10));
  put(join(folder, 'a.snapshot.json'), '{');
  const report = reportOf(folder, 'NET-004,AUTH-001', '--previous', 'last.report.json');
  expect(statuses(report).toSorted()).toEqual([`AUTH-001 windows-host:${HOST} stale`, 'NET-004 arm-template:net.json stale']);
});

const waiver = (until: string, target = 'rdsh*'): string =>
  `version: 1\nwaivers:\n  - { id: w1, policy: AUTH-001, target: '${target}', reason: accepted until it is replaced, owner: ops, until: ${until} }\n`;

test('waivers beside the estate count; expired, unused and broken ones are said', () => {
  const folder = estateFolder({ 'waivers.yaml': waiver('2027-01-31') });
  const report = reportOf(folder, 'AUTH-001');
  expect(statuses(report)).toEqual([`AUTH-001 windows-host:${HOST} waived`]);
  expect(report.gate.exitCode).toBe(0);
  put(join(folder, 'waivers.yaml'), waiver('2026-11-23'));
  const expired = scanned(folder, 'AUTH-001');
  expect(expired.code).toBe(1);
  expect(expired.stderr).toContain("The waiver 'w1' of ops expired on 2026-11-23");
  // The last day counts.
  put(join(folder, 'waivers.yaml'), waiver('2026-11-24'));
  expect(scanned(folder, 'AUTH-001').code).toBe(0);
  put(join(folder, 'other.yaml'), waiver('2027-01-31', 'nobody'));
  const unused = scanned(folder, 'AUTH-001', '--waivers', 'other.yaml');
  expect([unused.code, unused.stderr.includes("'w1' matches no finding")]).toEqual([1, true]);
  put(join(folder, 'waivers.yaml'), 'version: 1\nwaivers: [{ id: w1 }]\n');
  const broken = scanned(folder, 'FW-001');
  expect([broken.code, broken.stderr.includes('waivers.yaml')]).toEqual([3, true]);
});

/** A checkout of the base branch, and what a pull request made of it. */
function pullRequest(base: Readonly<Record<string, string>>, change: Readonly<Record<string, string>>): string {
  const both = estateFolder({ ...base, ...change });
  for (const [name, content] of Object.entries({ 'estate.yaml': ESTATE, ...base })) put(join(both, 'trusted', name), content);
  return both;
}

const gated = (folder: string, ...more: readonly string[]): Ran =>
  run(['scan', '.', '--now', '2026-11-24T10:00:00Z', '--source-root', '.', '--trusted-config', 'trusted', ...more], { cwd: folder });

test('--trusted-config: a pull request’s own waivers do not count, and are said', () => {
  const ran = gated(pullRequest({}, { 'waivers.yaml': waiver('2027-01-31') }), '--only', 'AUTH-001');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("warning: What is scanned adds the waiver 'w1': not obeyed.");
});

test('--trusted-config: a waiver that it changes or takes away counts as the base has it', () => {
  const changed = gated(pullRequest({ 'waivers.yaml': waiver('2026-11-23') }, { 'waivers.yaml': waiver('2027-01-31') }), '--only', 'AUTH-001');
  expect([changed.code, changed.stderr.includes("changes the waiver 'w1': not obeyed")]).toEqual([1, true]);
  const gone = gated(pullRequest({ 'waivers.yaml': waiver('2027-01-31') }, { 'waivers.yaml': 'version: 1\nwaivers: []\n' }), '--only', 'AUTH-001');
  expect([gone.code, gone.stderr.includes("takes away the waiver 'w1': not obeyed")]).toEqual([0, true]);
  const same = gated(pullRequest({ 'waivers.yaml': waiver('2027-01-31') }, {}), '--only', 'AUTH-001');
  expect([same.code, same.stderr.includes('not obeyed')]).toEqual([0, false]);
});

test('--trusted-config: its packs, parameters and configuration do not count either', () => {
  const folder = pullRequest(
    {},
    {
      'estate.yaml': `${ESTATE}packs: [cis-windows-server-2022]\nparams: { CERT-001: { days: 1 } }\n`,
      'rdposture.yaml': 'fail-on: none\nskip: [AUTH-*]\nexit-zero: true\n',
    },
  );
  const ran = gated(folder, '--only', 'AUTH-001');
  expect(ran.code).toBe(1);
  for (const what of [
    "the pack 'cis-windows-server-2022'",
    "the parameters of 'CERT-001'",
    "the configuration 'fail-on'",
    "the configuration 'skip'",
    "the configuration 'exit-zero'",
  ])
    expect(ran.stderr).toContain(`What is scanned adds ${what}: not obeyed.`);
});

test('--trusted-config: the base’s configuration counts', () => {
  expect(gated(pullRequest({ 'rdposture.yaml': 'fail-on: critical\n' }, { 'rdposture.yaml': '' }), '--only', 'AUTH-001').code).toBe(0);
});

const POLICY = (id: string, assert: string): string =>
  `id: ${id}\nname: Own${id.replace('-', '')}\ntitle: Require something\nkind: windows.rdpListener\nseverity: 8\nassert: ${assert}\nmessage: "The listener '{listener}' is not as it should be."\nwhy: A test needs a reason that is long enough.\nlinks: [https://learn.microsoft.com/x]\n`;

test('--trusted-config: policies of its own are those of the base', () => {
  const strict = { 'own/a/policy.yaml': POLICY('OWN-001', 'false') };
  const folder = pullRequest(strict, { 'own/a/policy.yaml': POLICY('OWN-001', 'true'), 'own/b/policy.yaml': POLICY('OWN-002', 'false') });
  const ran = gated(folder, '--policy', 'own', '--only', 'OWN-001');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("What is scanned changes in 'own' 'OWN-001': not obeyed.");
  expect(ran.stderr).toContain("What is scanned adds in 'own' 'OWN-002': not obeyed.");
  expect(gated(folder, '--policy', 'own', '--only', 'OWN-002').code).toBe(2);
});

test('policies of one’s own that nothing selects are told of, and one that judges nothing there is refused', () => {
  const folder = estateFolder();
  put(join(folder, 'own/a/policy.yaml'), POLICY('OWN-001', 'false'));
  const scan = (...more: readonly string[]): Ran =>
    run(['scan', '.', '--now', '2026-11-24T10:00:00Z', '--report', 'json:-', '--policy', 'own', ...more], { cwd: folder });
  const told = /Policies of your own are in no pack that is judged: OWN-001\./;
  expect(scan().stderr).toMatch(told);
  expect(scan('--only', 'OWN-001').stderr).not.toMatch(told);
  put(join(folder, 'own/packs/mine.yaml'), 'id: mine\ntitle: Ours\npolicies: [OWN-001]\n');
  expect(scan('--pack', 'mine').stderr).not.toMatch(told);
  put(join(folder, 'own/a/policy.yaml'), POLICY('OWN-001', 'false').replace('rdpListener', 'rdpListner'));
  const refused = scan('--only', 'OWN-001');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("'OWN-001' judges 'windows.rdpListner'");
  expect(refused.stderr).toContain("Did you mean 'windows.rdpListener'?");
});

test('--trusted-config: a baseline that the base has is the base’s', () => {
  const folder = estateFolder();
  save(folder, 'base.json', 'AUTH-001');
  const empty = reportOf(folder, 'FW-001');
  put(join(folder, 'trusted/estate.yaml'), ESTATE);
  expect(gated(folder, '--only', 'AUTH-001', '--baseline', 'base.json').code).toBe(0);
  put(join(folder, 'trusted/base.json'), JSON.stringify(empty));
  expect(gated(folder, '--only', 'AUTH-001', '--baseline', 'base.json').code).toBe(1);
});
