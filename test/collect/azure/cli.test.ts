import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import type { ScanReport } from '../../../src/model/report.ts';
import { BIN } from '../../cli/support.ts';
import { A, B, type Fault, type Lab, openLab, refuse, runProgram, type World } from './lab.ts';
import { estateOf, HOST_POOL, worldOf } from './world.ts';

const root = mkdtempSync(join(tmpdir(), 'rdposture-azure-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let number = 0;
const NOW = '2099-01-01T00:00:00.000Z';

/** A folder with an estate whose `azure:` block is given. */
function estate(azure: string, ...more: readonly (readonly [string, string])[]): string {
  const folder = join(root, String(++number));
  mkdirSync(folder);
  writeFileSync(join(folder, 'estate.yaml'), `version: 1\nname: contoso\nazure:\n${azure}`);
  for (const [name, text] of more) writeFileSync(join(folder, name), text);
  return folder;
}

const LISTED = `  subscriptions:\n    - ${A}\n`;

async function withLab<Result>(world: World, fault: Fault | undefined, work: (lab: Lab) => Promise<Result>): Promise<Result> {
  const lab = await openLab(world, fault);
  try {
    return await work(lab);
  } finally {
    await lab.close();
  }
}

interface Scanned {
  readonly code: number | null;
  readonly report: ScanReport;
  readonly said: string;
}

async function scan(lab: Lab, folder: string, ...more: readonly string[]): Promise<Scanned> {
  const ran = await runProgram([BIN, 'scan', '.', '--now', NOW, '--only', 'NET-001,NET-004,AVD-001,EST-002', '--report', 'json:-', ...more], {
    env: lab.environment(),
    cwd: folder,
  });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return { code: ran.code, report: JSON.parse(ran.stdout) as ScanReport, said: ran.stdout + ran.stderr };
}

const filesOf = (folder: string): string[] => readdirSync(join(folder, 'snapshots')).toSorted();
const snapshotIn = (folder: string): AzureSnapshot => JSON.parse(readFileSync(join(folder, 'snapshots', `${A}.azure.snapshot.json`), 'utf8')) as AzureSnapshot;
const failing = ({ report }: Scanned): string[] => report.findings.filter(({ outcome }) => outcome === 'fail').map(({ policy, name }) => `${policy} ${name}`);

test('a scan reads the subscriptions of the estate, finds what is wrong at their lines, and offline says the same again', async () => {
  const folder = estate(LISTED);
  await withLab(worldOf(), undefined, async (lab) => {
    const live = await scan(lab, folder);
    expect(live.code).toBe(1);
    expect(live.report.targets).toMatchObject([
      { id: `azure:${A}`, kind: 'azure', group: A, status: 'complete', location: { file: 'estate.yaml', region: { startLine: 5 } } },
    ]);
    expect(failing(live).map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['NET-001', 'NET-004', 'AVD-001']));
    for (const finding of live.report.findings) expect(finding.locations[0]).toMatchObject({ file: 'estate.yaml', region: { startLine: 5 } });
    expect(live.report.scan).toMatchObject({ mode: 'live', contacted: true, complete: true });
    expect(filesOf(folder)).toEqual([`${A}.azure.snapshot.json`]);
    // One resource a line: a comparison of two snapshots shows what changed.
    const lines = readFileSync(join(folder, 'snapshots', `${A}.azure.snapshot.json`), 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('{"id"'))).toHaveLength(snapshotIn(folder).resources.length);
    const asked = lab.seen.length;
    const offline = await scan(lab, folder, '--offline');
    expect(lab.seen).toHaveLength(asked);
    expect(offline.report.findings).toEqual(live.report.findings);
    expect(offline.report.verdicts).toEqual(live.report.verdicts);
    expect(offline.code).toBe(1);
    expect(live.said + offline.said + readFileSync(join(folder, 'snapshots', `${A}.azure.snapshot.json`), 'utf8')).not.toMatch(
      /never-\d|Lab~Secret|Bearer|secret https/,
    );
  });
});

test('a snapshot is one by its content, wherever it lies, and findings stand at their resources then', async () => {
  const folder = estate(LISTED);
  await withLab(worldOf(), undefined, async (lab) => {
    await scan(lab, folder);
    const loose = join(root, 'loose');
    mkdirSync(loose);
    writeFileSync(join(loose, 'anything.json'), readFileSync(join(folder, 'snapshots', `${A}.azure.snapshot.json`)));
    const found = await scan(lab, loose);
    expect(found.report.targets).toMatchObject([{ id: `azure:${A}`, status: 'complete' }]);
    const rdp = found.report.findings.find(({ policy }) => policy === 'AVD-001');
    const line = readFileSync(join(loose, 'anything.json'), 'utf8').split('\n')[(rdp?.locations[0]?.region.startLine ?? 0) - 1];
    expect(line).toContain(`"id":"${HOST_POOL}"`);
  });
});

test('what was denied is unknown, is said once with the role that would open it, and stays so offline', async () => {
  const folder = estate(LISTED);
  const fault: Fault = (seen, response) => {
    if (seen.path === `/subscriptions/${A}/providers/microsoft.network/networksecuritygroups`) return refuse(response, 403, 'AuthorizationFailed');
    return seen.host.startsWith('kv-') ? refuse(response, 403, 'Forbidden', {}, 'ForbiddenByRbac') : undefined;
  };
  await withLab(worldOf(), fault, async (lab) => {
    for (const scanned of [await scan(lab, folder, '--fail-on', 'none'), await scan(lab, folder, '--fail-on', 'none', '--offline')]) {
      expect(scanned.code).toBe(3);
      expect(scanned.report.targets).toMatchObject([{ status: 'partial' }]);
      const denied = scanned.report.problems.filter(({ code }) => code === 'azure.source-denied');
      expect(denied.map(({ level, message, hint }) => `${level} ${message} ${hint ?? ''}`).toSorted()).toEqual([
        expect.stringMatching(/^error 'Microsoft\.Network' of the subscription .*'Reader' on the subscription/) as string,
        expect.stringMatching(/^error 'keyVaultCertificates' of 'kv-a', 'kv-b' of the subscription .*ForbiddenByRbac.*'Key Vault Reader'/) as string,
      ]);
      // The machine that is seen is judged; that there is no other one is not known.
      const outcomes = scanned.report.findings.filter(({ policy }) => policy === 'NET-001').map(({ outcome, factId }) => [outcome, factId.endsWith('/*')]);
      expect(outcomes).toContainEqual(['unknown', true]);
      expect(failing(scanned)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^EST-002 .*Microsoft\.Network/) as string,
          expect.stringMatching(/^EST-002 .*keyVaultCertificates/) as string,
        ]),
      );
    }
  });
});

test('a subscription that is denied is a failed target, and its last snapshot is not its state now', async () => {
  const folder = estate(`  subscriptions: [${A}, ${B}]\n`);
  let isClosed = false;
  const fault: Fault = (seen, response) => (isClosed && seen.path === `/subscriptions/${B}` ? refuse(response, 403, 'AuthorizationFailed') : undefined);
  await withLab({ ...worldOf(), resources: { [A]: estateOf(A), [B]: estateOf(B) } }, fault, async (lab) => {
    const open = await scan(lab, folder);
    expect(open.report.targets.map(({ status }) => status)).toEqual(['complete', 'complete']);
    isClosed = true;
    const closed = await scan(lab, folder);
    expect(closed.report.targets.map(({ status }) => status)).toEqual(['complete', 'failed']);
    expect(closed.report.problems).toContainEqual(expect.objectContaining({ code: 'azure.denied', target: `azure:${B}` }));
    expect(failing(closed)).toContainEqual(expect.stringMatching(new RegExp(`^EST-002 ${B}: snapshot`)));
    expect(closed.report.findings.filter(({ target, policy }) => target === `azure:${B}` && policy !== 'EST-002')).toEqual([]);
  });
});

test('subscriptions below a management group stand at its line, and one that left it is judged no more', async () => {
  const folder = estate('  managementGroups:\n    - mg-rds\n');
  const groups = { 'mg-rds': [A, B] };
  await withLab({ ...worldOf(), resources: { [A]: estateOf(A), [B]: [] }, groups }, undefined, async (lab) => {
    const both = await scan(lab, folder);
    expect(both.report.targets).toMatchObject([
      { id: `azure:${A}`, managementGroups: ['mg-rds'], location: { region: { startLine: 5 } } },
      { id: `azure:${B}`, managementGroups: ['mg-rds'] },
    ]);
    groups['mg-rds'] = [A];
    expect((await scan(lab, folder)).report.targets.map(({ id }) => id)).toEqual([`azure:${A}`]);
  });
});

test('an estate whose subscriptions nobody has read says so offline', async () => {
  const folder = estate(`${LISTED}  managementGroups: [mg-rds]\n`);
  await withLab(worldOf(), undefined, async (lab) => {
    const { report, code } = await scan(lab, folder, '--offline');
    expect(report.targets.map(({ id, status }) => [id, status])).toEqual([
      [`azure:${A}`, 'failed'],
      ['azure:mg-rds', 'failed'],
    ]);
    expect(report.problems.filter((problem) => problem.code === 'snapshot.missing')).toHaveLength(2);
    expect(code).toBe(3);
    expect(lab.seen).toEqual([]);
  });
});

const CUSTOM = 'resourceManager: https://management.lab.contoso.com\nauthority: https://login.lab.contoso.com\nkeyVaultSuffix: vault.lab.contoso.com\n';
const ELSEWHERE = `  cloud:\n    ${CUSTOM.trim().replaceAll('\n', '\n    ')}\n${LISTED}`;

test('credentials go to places that the estate names only when somebody trusted says so', async () => {
  const folder = estate(ELSEWHERE);
  await withLab(worldOf(), undefined, async (lab) => {
    const refused = await scan(lab, folder);
    expect(refused.report.problems).toContainEqual(expect.objectContaining({ code: 'azure.untrusted-cloud' }));
    expect(refused.report.targets).toMatchObject([{ status: 'failed' }]);
    expect(lab.seen).toEqual([]);

    writeFileSync(join(root, 'cloud.yaml'), CUSTOM);
    const told = await scan(lab, folder, '--azure-cloud', join(root, 'cloud.yaml'));
    expect(told.report.targets).toMatchObject([{ status: 'complete' }]);
    expect(lab.seen.every(({ host }) => host.endsWith('lab.contoso.com'))).toBe(true);
    expect(snapshotIn(folder).cloud).toBe('custom');
  });
});

test('a pull request that adds a subscription or moves the cloud is not obeyed', async () => {
  const trusted = estate(LISTED);
  const folder = estate(`${ELSEWHERE}    - ${B}\n`);
  await withLab({ ...worldOf(), resources: { [A]: estateOf(A), [B]: estateOf(B) } }, undefined, async (lab) => {
    const { report } = await scan(lab, folder, '--trusted-config', trusted, '--source-root', folder);
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'trusted.not-contacted', message: expect.stringContaining(B) as string }));
    expect(lab.seen.length).toBeGreaterThan(0);
    expect(lab.seen.some(({ host, path, body }) => host.includes('lab.contoso.com') || path.includes(B) || body.includes(B))).toBe(false);
    expect(report.targets.map(({ id, status }) => [id, status])).toEqual([
      [`azure:${A}`, 'complete'],
      [`azure:${B}`, 'failed'],
    ]);
  });
});

test('collect writes snapshots, all of them or those that are named, with stand-ins when asked', async () => {
  const folder = estate(`  subscriptions: [${A}, ${B}]\n`);
  await withLab({ ...worldOf(), resources: { [A]: estateOf(A), [B]: estateOf(B) } }, undefined, async (lab) => {
    const env = { ...lab.environment(), RDPOSTURE_REDACT_KEY: '0123456789abcdef0123456789abcdef' };
    const one = await runProgram([BIN, 'collect', A, '--redact'], { env, cwd: folder });
    expect([one.code, one.stderr]).toEqual([0, expect.stringContaining('1 target of') as string]);
    expect(filesOf(folder)).toEqual([`${A}.azure.snapshot.json`]);
    const text = readFileSync(join(folder, 'snapshots', `${A}.azure.snapshot.json`), 'utf8');
    expect(text).not.toContain('192.0.2.10');
    expect(text).not.toContain('azureadmin');
    const all = await runProgram([BIN, 'collect'], { env, cwd: folder });
    expect([all.code, filesOf(folder)]).toEqual([0, [`${A}.azure.snapshot.json`, `${B}.azure.snapshot.json`]]);
    const none = await runProgram([BIN, 'collect', 'nobody'], { env, cwd: folder });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("no target 'nobody'") as string]);
  });
});

test('a collection that is resumed asks only for what it does not have', async () => {
  const folder = estate(`  subscriptions: [${A}, ${B}]\n`);
  let isClosed = true;
  const fault: Fault = (seen, response) => (isClosed && seen.path === `/subscriptions/${B}` ? refuse(response, 403, 'AuthorizationFailed') : undefined);
  await withLab({ ...worldOf(), resources: { [A]: estateOf(A), [B]: estateOf(B) } }, fault, async (lab) => {
    const first = await runProgram([BIN, 'collect'], { env: lab.environment(), cwd: folder });
    expect([first.code, filesOf(folder)]).toEqual([3, [expect.stringContaining('.collect.checkpoint') as string, `${A}.azure.snapshot.json`]]);
    isClosed = false;
    const before = lab.seen.length;
    const second = await runProgram([BIN, 'collect', '--resume'], { env: lab.environment(), cwd: folder });
    expect([second.code, filesOf(folder)]).toEqual([0, [`${A}.azure.snapshot.json`, `${B}.azure.snapshot.json`]]);
    expect(second.stderr).toContain('1 were there since');
    expect(lab.seen.slice(before).some(({ path, body }) => path.includes(A) || body.includes(A))).toBe(false);
  });
});

test('a snapshot of a later version, and one that is broken, are errors that say so', async () => {
  const folder = join(root, 'broken');
  mkdirSync(folder);
  const snapshot = { schemaVersion: 1, target: { kind: 'azure', name: A }, collectedAt: 'yesterday', resources: [] };
  writeFileSync(join(folder, 'later.json'), JSON.stringify({ ...snapshot, schemaVersion: 2 }));
  writeFileSync(join(folder, 'broken.json'), JSON.stringify(snapshot));
  await withLab(worldOf(), undefined, async (lab) => {
    const ran = await runProgram([BIN, 'scan', '.'], { env: lab.environment(), cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/newer rdposture/);
    expect(ran.stderr).toMatch(/'broken\.json' cannot be used/);
  });
});

test('an interrupt ends a scan that hangs', async () => {
  const folder = estate(LISTED);
  await withLab(
    worldOf(),
    (seen) => (seen.host.startsWith('login.') ? 'done' : undefined),
    async (lab) => {
      let pid = 0;
      const running = runProgram([BIN, 'scan', '.'], { env: lab.environment(), cwd: folder, onStart: (given) => void (pid = given) });
      while (lab.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      process.kill(pid, 'SIGINT');
      expect((await running).code).toBe(130);
    },
  );
});
