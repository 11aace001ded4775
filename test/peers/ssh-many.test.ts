import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { type Ran, run, start } from '../cli/support.ts';
import { folderOf, hostSnapshot } from '../scan/support.ts';
import { isAlive, waitFor, writeStandIn } from './ssh-support.ts';

/** An estate of so many hosts, and a program `ssh` that is first on PATH and answers for them. */
function estateOf(count: number, modes: Readonly<Record<string, string>> = {}, snapshots: Readonly<Record<string, Json>> = {}): string {
  const folder = folderOf({
    'estate.yaml': [
      'version: 1',
      'name: contoso',
      'groups:',
      '  hosts:',
      '    connect: { over: ssh }',
      `    hosts: [${Array.from({ length: count }, (_, index) => nameOf(index)).join(', ')}]`,
      '',
    ].join('\n'),
    'home/.keep': '',
    'bin/modes.json': modes,
    'bin/pids': '',
    ...Object.fromEntries(Object.entries(snapshots).map(([name, snapshot]) => [`snapshots/${name}`, snapshot])),
  });
  writeStandIn(join(folder, 'bin'));
  const program = join(folder, 'bin/ssh');
  writeFileSync(
    program,
    `#!/bin/sh
echo $$ >> ${join(folder, 'bin/pids')}
while [ "$1" != -- ]; do shift; done
export STAND_IN_HOST="$2"
case "$2" in
  dead*) echo "ssh: connect to host $2 port 22: Connection refused" >&2; exit 255;;
esac
exec ${join(folder, 'bin/powershell.exe')}
`,
  );
  chmodSync(program, 0o755);
  return folder;
}

const nameOf = (index: number): string => `rdsh${String(index).padStart(3, '0')}.contoso.com`;
const environment = (folder: string): Record<string, string> => ({
  PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
  HOME: join(folder, 'home'),
  XDG_CONFIG_HOME: join(folder, 'home'),
});
const collect = (folder: string, ...more: readonly string[]): Ran => run(['collect', ...more], { cwd: folder, env: environment(folder) });
const snapshotsOf = (folder: string): string[] =>
  existsSync(join(folder, 'snapshots')) ? readdirSync(join(folder, 'snapshots')).filter((name) => name.endsWith('.json')) : [];
const pidsOf = (folder: string): number[] => readFileSync(join(folder, 'bin/pids'), 'utf8').split('\n').filter(Boolean).map(Number);

describe('collecting many hosts', () => {
  it('collects 50, all of them, and says so', () => {
    const folder = estateOf(50);
    const ran = collect(folder, '--concurrency', '8');
    expect(ran.stderr).toBe("50 targets of 'contoso' collected into 'snapshots'.\n");
    expect(ran.code).toBe(0);
    expect(snapshotsOf(folder)).toHaveLength(50);
    expect(readdirSync(join(folder, 'snapshots')).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(pidsOf(folder).filter(isAlive)).toEqual([]);
  });

  it('goes on with --resume, with what failed alone', () => {
    const folder = estateOf(6, { [nameOf(2)]: 'broken', [nameOf(4)]: 'half' });
    const first = collect(folder);
    expect(first.code).toBe(3);
    expect(first.stderr.match(/^error: /gm)).toHaveLength(2);
    expect(first.stderr).toContain('--resume');
    writeFileSync(join(folder, 'bin/modes.json'), '{}');
    writeFileSync(join(folder, 'bin/pids'), '');
    const second = collect(folder, '--resume');
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/^2 targets of 'contoso' collected into 'snapshots', 4 were there since 20/);
    expect(new Set(pidsOf(folder)).size).toBe(2);
    expect(snapshotsOf(folder)).toHaveLength(6);
  });

  it('keeps what was collected when it is interrupted, and leaves no process behind', async () => {
    const folder = estateOf(20, Object.fromEntries(Array.from({ length: 15 }, (_, index) => [nameOf(index + 5), 'hang'])));
    const child = start(['collect', '--concurrency', '6'], { cwd: folder, env: environment(folder) });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await waitFor(() => snapshotsOf(folder).length === 5, 30_000);
    await waitFor(() => pidsOf(folder).filter(isAlive).length >= 6, 30_000);
    const code = await new Promise((done) => {
      child.once('exit', done);
      child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/^interrupted: 5 targets of 'contoso' collected into 'snapshots', 15 are left; --resume goes on\.$/m);
    expect(stderr).not.toContain('error:');
    await waitFor(() => pidsOf(folder).every((pid) => !isAlive(pid)));
    expect(snapshotsOf(folder)).toHaveLength(5);
    writeFileSync(join(folder, 'bin/modes.json'), '{}');
    expect(collect(folder, '--resume').code).toBe(0);
    expect(snapshotsOf(folder)).toHaveLength(20);
  });

  it('leaves nothing behind when it is killed itself', async () => {
    const folder = estateOf(4, { default: 'hang' });
    const child = start(['collect'], { cwd: folder, env: environment(folder) });
    await waitFor(() => pidsOf(folder).filter(isAlive).length >= 4, 30_000);
    child.kill('SIGKILL');
    await waitFor(() => pidsOf(folder).every((pid) => !isAlive(pid)));
  });

  it('shares the work, every target once', () => {
    const folder = estateOf(12);
    const counts = [1, 2, 3].map((index) => {
      const before = snapshotsOf(folder).length;
      expect(collect(folder, '--shard', `${index}/3`).code).toBe(0);
      return snapshotsOf(folder).length - before;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(Math.max(...counts)).toBeLessThan(12);
  });

  it('collects what is named', () => {
    const folder = estateOf(12);
    expect(collect(folder, 'rdsh00[1', nameOf(3)).code).toBe(2);
    expect(collect(folder, nameOf(3), 'rdsh01*').code).toBe(0);
    expect(snapshotsOf(folder).map((name) => name.slice(0, 7))).toEqual(['rdsh003', 'rdsh010', 'rdsh011']);
  });

  it.each([
    [['nobody'], /no target 'nobody'/],
    [['--shard', '3/2'], /3\/2/],
    [['--shard', '1/2', '--redact'], /RDPOSTURE_REDACT_KEY/],
  ])('refuses %j', (args, says) => {
    const ran = collect(estateOf(2), ...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(says);
  });

  it('keeps its memory however much hosts send', async () => {
    const folder = estateOf(6, { default: 'big' });
    const child = start(['collect', '--concurrency', '6', '--timeout', '120'], { cwd: folder, env: environment(folder) });
    const ended = new Promise((done) => child.once('exit', done));
    let peak = 0;
    const watch = setInterval(() => {
      const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
    }, 50);
    expect(await ended).toBe(0);
    clearInterval(watch);
    for (const name of snapshotsOf(folder)) expect(readFileSync(join(folder, 'snapshots', name)).length).toBeGreaterThan(49 * 1024 * 1024);
    // Six times 50 MB came, packed little smaller: one at a time is in memory, some times over, until the collector of garbage comes
    // by. All of them at once would take 2 GB and more.
    expect(peak).toBeGreaterThan(50);
    expect(peak).toBeLessThan(1200);
  });
});

describe('scanning live hosts', () => {
  const old = { 'old.json': hostSnapshot(nameOf(1), { collectedAt: '2026-11-01T00:00:00Z' }) };
  const scan = (folder: string, ...more: readonly string[]): ScanReport => {
    const ran = run(['scan', '--only', 'AUTH-001', '--report', 'json:-', ...more], { cwd: folder, env: environment(folder) });
    if (ran.stdout === '') throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as ScanReport;
  };

  it('collects, judges, and does not take an old snapshot for a host that was not reached', () => {
    const folder = estateOf(3, { [nameOf(1)]: 'broken' }, old);
    const report = scan(folder);
    expect(report.scan).toMatchObject({ contacted: true, mode: 'live', complete: false });
    expect(report.targets.map(({ name, status }) => [name, status])).toMatchObject([
      [nameOf(0), expect.not.stringMatching('failed')],
      [nameOf(1), 'failed'],
      [nameOf(2), expect.not.stringMatching('failed')],
    ]);
    expect(report.problems.find(({ target, code }) => target === `windows-host:${nameOf(1)}` && code === 'collect.collector-error')?.level).toBe('error');
    expect(report.problems.some(({ code }) => code === 'snapshot.missing' || code === 'snapshot.from-the-future')).toBe(false);
    expect(report.gate.exitCode).toBe(3);
  });

  it.each(['--offline', '--declared'])('contacts nothing with %s', (flag) => {
    const folder = estateOf(3, {}, old);
    const report = scan(folder, flag);
    expect(report.scan.contacted).toBe(false);
    expect(pidsOf(folder)).toEqual([]);
    expect(report.targets.find(({ name }) => name === nameOf(1))?.status).not.toBe('failed');
  });
});
