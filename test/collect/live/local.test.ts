import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collectLive, type Collected } from '../../../src/collect/live/run.ts';
import { isOwnAddress, ownPowerShell } from '../../../src/collect/live/local.ts';
import type { LiveTarget } from '../../../src/collect/live/targets.ts';
import { type Machine, pwsh, readSnapshot, skipped, windowsPowerShell } from '../../collectors/support.ts';
import { run } from '../../cli/support.ts';
import { isAlive, waitFor } from '../../peers/ssh-support.ts';
import { type Asked, childrenLeft, foldersLeft, jobOf, type Machines, machines, messageOf, numbersIn, outcomes, target, withPath } from './session-support.ts';

describe.skipIf(skipped)('collecting this machine', () => {
  let all: Machines;
  let folder: string;
  beforeAll(() => {
    all = machines();
  });
  afterAll(() => all?.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rdposture-local-'));
  });
  afterEach(async () => {
    await waitFor(() => childrenLeft().length === 0 && pids().every((pid) => !isAlive(pid)), 20_000);
    expect(foldersLeft()).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });

  const pids = (): number[] => numbersIn(join(folder, 'pids'));
  /** A program on PATH that plays PowerShell on a machine. */
  function install(name: string, program: string, { environment }: Machine): void {
    const variables = Object.entries(environment).map(([key, value]) => `export ${key.replaceAll(/\W/g, '_')}='${value}'\n`);
    writeFileSync(join(folder, name), `#!/bin/sh\n${variables.join('')}echo $$ >> ${join(folder, 'pids')}\nexec ${program} "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const collect = (targets: readonly LiveTarget[], asked: Asked = {}): Promise<Collected[]> =>
    withPath(`${folder}:/usr/bin:/bin`, async () => {
      const results: Collected[] = [];
      for await (const result of collectLive(targets, jobOf(asked))) results.push(result);
      return results;
    });
  const here = (more: Partial<LiveTarget> = {}): LiveTarget => target(more.address ?? hostname(), { over: 'local', ...more });
  const begun = (body: string): string => `param([string]$Request)
$nonce = [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value
[Console]::Out.WriteLine("rdposture-begin $nonce")
${body}
`;

  it.each(['windows-host', 'rds-deployment'] as const)('collects it: %s', async (kind) => {
    install('powershell.exe', windowsPowerShell, kind === 'windows-host' ? all.host : all.broker);
    const seen: string[] = [];
    const [result] = await collect([here({ kind })], { onSection: (_, section, status) => seen.push(`${section} ${status}`) });
    expect(messageOf(result)).toBe('');
    const { snapshot, problems } = readSnapshot(result !== undefined && 'snapshot' in result ? result.snapshot : '');
    expect(snapshot.target).toEqual({ kind, name: hostname() });
    expect(problems).toEqual([]);
    expect(seen).toContain(kind === 'windows-host' ? 'registry ok' : 'collections ok');
  });

  it('knows the machine by its name, whatever the case and the domain, and by its address', async () => {
    install('powershell.exe', windowsPowerShell, all.host);
    const script = begun('[Console]::Out.WriteLine("rdposture-fail $nonce quota")');
    const own = hostname().split('.')[0] ?? '';
    const targets = [here({ name: own.toUpperCase() }), here({ name: 'any', address: '127.0.0.1' }), here({ name: 'other', address: 'localhost' })];
    expect(outcomes(await collect(targets, { script }))).toEqual({ [own.toUpperCase()]: 'quota', any: 'quota', other: 'quota' });
  });

  it.each(['rdsh99.contoso.com', `x${hostname()}`, '192.0.2.7'])('does not take this machine for %s', async (address) => {
    install('powershell.exe', windowsPowerShell, all.host);
    const [result] = await collect([here({ address })]);
    expect(outcomes(result === undefined ? [] : [result])).toEqual({ [address]: 'invalid-target' });
    expect(messageOf(result)).toContain(hostname());
  });

  it('says that this machine is not Windows', async () => {
    install('pwsh', pwsh, all.host);
    const [result] = await collect([here()]);
    expect(messageOf(result)).toMatch(/this machine is not Windows/);
  });

  it('says that there is no PowerShell', async () => {
    const [result] = await collect([here()]);
    expect(result !== undefined && 'problem' in result ? result.problem.code : '').toBe('collect.no-powershell');
  });

  it.each([
    ['throws', begun("throw 'it broke'"), 'cut', /it broke/],
    ['fails', begun('[Console]::Out.WriteLine("rdposture-fail $nonce authorisation ZGVuaWVk"); exit 1'), 'authorisation', /denied/],
    ['does not parse', "param([string]$Request)\n'", 'collector-error', /./],
    [
      'is not let run',
      "throw (New-Object System.Management.Automation.PSSecurityException 'PSSecurityException: not signed')",
      'execution-policy',
      /not signed/,
    ],
    ['says something else', "[Console]::Out.WriteLine('C:\\Users>')", 'babble', /C:\\Users/],
    ['does not stop', "while ($true) { [Console]::Out.WriteLine('x' * 60000) }", 'babble', /./],
    ['ends the process', '[System.Environment]::Exit(0)', 'collector-error', /./],
    ['ends the process in the midst', begun('exit 3'), 'cut', /./],
  ])('says so when the collector %s', async (_, script, cause, says) => {
    install('powershell.exe', windowsPowerShell, all.host);
    const [result] = await collect([here({ name: 'this', address: 'localhost' })], { script });
    expect(outcomes(result === undefined ? [] : [result])).toEqual({ this: cause });
    expect(messageOf(result)).toMatch(says);
  });

  it('says so when nothing may run at all', async () => {
    writeFileSync(
      join(folder, 'powershell.exe'),
      '#!/bin/sh\nread -r line\necho "    + FullyQualifiedErrorId : MethodInvocationNotSupportedInConstrainedLanguage" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const [result] = await collect([here()]);
    expect(outcomes(result === undefined ? [] : [result])).toEqual({ [hostname()]: 'execution-policy' });
  });

  it('ends it when the time is over, and says where it was', async () => {
    install('powershell.exe', windowsPowerShell, all.host);
    const script = begun(`[Console]::Out.WriteLine("rdposture-section $nonce os ok")
$sleep = [System.Diagnostics.Process]::Start('/bin/sleep', '300')
[System.IO.File]::AppendAllText('${join(folder, 'pids')}', "$($sleep.Id)\`n")
[System.Threading.Thread]::Sleep(300000)`);
    const [result] = await collect([here()], { script, timeoutSeconds: 10 });
    expect(messageOf(result)).toMatch(/in time: 10 seconds, at the section 'os'/);
    // PowerShell, and what it had started.
    expect(pids()).toHaveLength(2);
  });

  it('ends it when it is interrupted', async () => {
    install('powershell.exe', windowsPowerShell, all.host);
    const controller = new AbortController();
    const script = begun('[Console]::Out.WriteLine("rdposture-section $nonce os ok"); [System.Threading.Thread]::Sleep(300000)');
    const [result] = await collect([here()], { script, signal: controller.signal, onSection: () => controller.abort() });
    expect(outcomes(result === undefined ? [] : [result])).toEqual({ [hostname()]: 'interrupted' });
  });

  it('is a snapshot of the estate, by the command line', () => {
    install('powershell.exe', windowsPowerShell, all.host);
    const estate = join(folder, 'estate.yaml');
    writeFileSync(
      estate,
      `version: 1\nname: contoso\nhosts:\n  - { name: this.contoso.com, address: localhost, connect: { over: local } }\n  - { name: rdsh99.contoso.com, connect: { over: local } }\n`,
    );
    const ran = run(['collect'], { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` } });
    expect(ran.stderr).toMatch(/'rdsh99\.contoso\.com' cannot be connected to .+ and this machine is '/);
    expect(ran.stderr).toMatch(/^1 target of 'contoso' collected into 'snapshots', 1 failed/m);
    const { snapshot } = readSnapshot(readFileSync(join(folder, 'snapshots/this.contoso.com.windows-host.snapshot.json')));
    expect(snapshot.sections['registry']?.status).toBe('ok');
  });

  it('refuses what is said of other ways', async () => {
    const [result] = await collect([here({ winrm: { ssl: true, authentication: null, configurationName: null } })]);
    expect(messageOf(result)).toMatch(/are of `winrm`/);
  });
});

describe('this machine', () => {
  it.each([
    ['localhost', true],
    ['LOCALHOST', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['127.contoso.com', false],
    ['192.0.2.1', false],
    ['localhost.contoso.com', false],
  ])('%s', (address, isHere) => {
    expect(isOwnAddress(address)).toBe(isHere);
  });

  it('has no PowerShell in folders that are not absolute', () => {
    expect(ownPowerShell('.:bin')).toBe(null);
  });
});
