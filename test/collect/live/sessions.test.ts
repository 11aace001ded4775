import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Collected } from '../../../src/collect/live/run.ts';
import type { LiveTarget } from '../../../src/collect/live/targets.ts';
import { readSnapshot, root, skipped } from '../../collectors/support.ts';
import { isAlive, waitFor } from '../../peers/ssh-support.ts';
import {
  type Asked,
  childrenLeft,
  collectOverSsh,
  foldersLeft,
  jobOf,
  type Machines,
  machines,
  messageOf,
  outcomes,
  type StandIn,
  standInSsh,
  target,
  withPath,
} from './session-support.ts';

/** The fan-out in the real PowerShell engine; a program `ssh` starts the other ends here. */
describe.skipIf(skipped)('collecting over sessions', () => {
  let all: Machines;
  let ssh: StandIn;
  beforeAll(() => {
    all = machines();
  });
  afterAll(() => all?.remove());
  beforeEach(() => {
    ssh = standInSsh(all);
  });
  afterEach(async () => {
    // Whatever came of it: nothing runs on, nothing lies about.
    await waitFor(() => childrenLeft().length === 0 && ssh.pids().every((pid) => !isAlive(pid)), 20_000);
    expect(foldersLeft()).toEqual([]);
    ssh.remove();
  });

  const collect = (targets: readonly LiveTarget[], asked: Asked = {}, more: Parameters<typeof collectOverSsh>[2] = {}): Promise<Collected[]> =>
    withPath(`${ssh.folder}:/usr/bin:/bin`, () => collectOverSsh(targets, jobOf(asked), more));
  const begun = (body: string): string => `param([string]$Request)
"rdposture-begin " + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value
${body}
`;

  it('collects hosts and deployments, each by its own collector, and shows how far it is', async () => {
    const seen: string[] = [];
    const results = await collect([target('rdsh01.contoso.com'), target('broker1.contoso.com', { kind: 'rds-deployment' })], {
      onStart: ({ name }) => seen.push(`${name} starts`),
      onSection: ({ name }, section, status) => seen.push(`${name} ${section} ${status}`),
    });
    expect(outcomes(results)).toEqual({ 'broker1.contoso.com': null, 'rdsh01.contoso.com': null });
    for (const result of results) {
      const { snapshot, problems } = readSnapshot('snapshot' in result ? result.snapshot : '');
      expect(snapshot.target).toEqual({ kind: result.target.kind, name: result.target.name });
      expect(problems).toEqual([]);
      expect(Object.values(snapshot.sections).some(({ status }) => status === 'ok')).toBe(true);
    }
    expect(seen).toContain('rdsh01.contoso.com starts');
    expect(seen).toContain('rdsh01.contoso.com registry ok');
    expect(seen).toContain('broker1.contoso.com collections ok');
  });

  it('lets one host be dead, silent or babbling, and the others go on', async () => {
    const names = ['dead1', 'garbage1', 'hang1', 'rdsh01', 'rdsh02', 'dead2', 'rdsh03'];
    const results = await collect(
      names.map((name) => target(`${name}.contoso.com`)),
      { timeoutSeconds: 120, concurrency: 8 },
      { connectSeconds: 40 },
    );
    expect(outcomes(results)).toEqual({
      'dead1.contoso.com': 'session',
      'dead2.contoso.com': 'session',
      'garbage1.contoso.com': 'session',
      'hang1.contoso.com': 'session',
      'rdsh01.contoso.com': null,
      'rdsh02.contoso.com': null,
      'rdsh03.contoso.com': null,
    });
  });

  it('says so when a session is cut in the midst of an answer', async () => {
    const results = await collect([target('cut1.contoso.com'), target('rdsh01.contoso.com')], {
      script: begun(`if ($Request -match 'cut1') {
  [System.IO.File]::WriteAllText('${ssh.folder}/cut', '')
  [System.Threading.Thread]::Sleep(300000)
}
'rdposture-fail ' + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value + ' authorisation ZGVuaWVk'`),
    });
    expect(outcomes(results)).toEqual({ 'cut1.contoso.com': 'cut', 'rdsh01.contoso.com': 'authorisation' });
    expect(messageOf(results.find(({ target: { name } }) => name === 'rdsh01.contoso.com'))).toContain('denied');
  });

  it('lets one host send without end, and the others go on', async () => {
    const script = begun(`if ($Request -match 'rdsh01') { while ($true) { 'x' * 60000 } }
'rdposture-fail ' + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value + ' quota'`);
    const results = await collect([target('rdsh01.contoso.com'), target('rdsh02.contoso.com')], { script });
    expect(outcomes(results)).toEqual({ 'rdsh01.contoso.com': 'babble', 'rdsh02.contoso.com': 'quota' });
  });

  it('hands names on as data', async () => {
    const name = `rdsh01'; [IO.File]::WriteAllText('${ssh.folder}/pwned','') #"$(touch ${ssh.folder}/pwned)\``;
    const results = await collect([
      target('rdsh01.contoso.com', { name }),
      target(`-oProxyCommand=touch ${ssh.folder}/pwned`, { name: 'option' }),
      target('rdsh01.contoso.com', { name: 'user', user: '-oProxyCommand=x' }),
    ]);
    expect(outcomes(results)).toEqual({ [name]: null, option: 'invalid-target', user: 'invalid-target' });
    expect(readdirSync(ssh.folder)).not.toContain('pwned');
    expect(ssh.calls()).toHaveLength(1);
  });

  it.each([
    ['throws', begun("throw 'it broke'"), 'cut', /it broke/],
    ['throws before it has begun', "throw 'it broke'", 'collector-error', /it broke/],
    ['does not parse', "param([string]$Request)\n'", 'collector-error', /./],
    ['says something else', "'C:\\Users> ' * 20", 'babble', /C:\\Users/],
    ['does not stop', "while ($true) { 'x' * 60000 }", 'babble', /./],
    ['complains without end', "while ($true) { Write-Error 'x' -ErrorAction Continue }", 'babble', /./],
    ['says nothing', '$null', 'babble', /./],
    ['ends its process', '[System.Environment]::Exit(3)', 'cut', /./],
  ])('says so when the collector %s', async (_, script, cause, says) => {
    const [result] = await collect([target('rdsh01.contoso.com')], { script });
    expect(outcomes(result === undefined ? [] : [result])).toEqual({ 'rdsh01.contoso.com': cause });
    expect(messageOf(result)).toMatch(says);
  });

  it('ends what runs on a host when its time is over, and says where it was', async () => {
    const script = `param([string]$Request)
$nonce = [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value
"rdposture-begin $nonce"
"rdposture-section $nonce os ok"
[System.Threading.Thread]::Sleep(300000)`;
    const [result] = await collect([target('rdsh01.contoso.com')], { script, timeoutSeconds: 12 });
    expect(messageOf(result)).toMatch(/did not answer in time: 12 seconds, at the section 'os'/);
    expect(ssh.pids()).toHaveLength(1);
    await waitFor(() => ssh.pids().every((pid) => !isAlive(pid)), 20_000);
  });

  it('ends what hangs there by itself, though its connection stays', async () => {
    const one = target('rdsh01.contoso.com');
    const other = target('rdsh02.contoso.com');
    const script = begun(`[System.Threading.Thread]::Sleep($(if ($Request -match 'rdsh01') { 300000 } else { 20000 }))`);
    let first = 0;
    // The second one is begun later, and keeps the process.
    const results = await collect([one, other], {
      script,
      timeoutSeconds: 8,
      concurrency: 1,
      onStart: ({ name }) => {
        if (name === other.name) first = ssh.pids()[0] ?? 0;
      },
    });
    expect(outcomes(results)).toEqual({ 'rdsh01.contoso.com': 'timeout', 'rdsh02.contoso.com': 'timeout' });
    expect(first).toBeGreaterThan(0);
    await waitFor(() => !isAlive(first), 20_000);
  });

  it('ends when it is interrupted, and keeps what has come', async () => {
    const controller = new AbortController();
    const script = begun(`if ($Request -match 'rdsh01') { 'rdposture-fail ' + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value + ' quota' }
else { [System.Threading.Thread]::Sleep(300000) }`);
    const targets = ['rdsh01', 'rdsh02', 'rdsh03', 'rdsh04', 'rdsh05'].map((name) => target(`${name}.contoso.com`));
    let started = 0;
    const results = await collect(targets, {
      script,
      concurrency: 3,
      signal: controller.signal,
      onStart: () => {
        if (++started === 4) controller.abort();
      },
    });
    expect(outcomes(results)).toEqual({
      'rdsh01.contoso.com': 'quota',
      'rdsh02.contoso.com': 'interrupted',
      'rdsh03.contoso.com': 'interrupted',
      'rdsh04.contoso.com': 'interrupted',
      'rdsh05.contoso.com': 'interrupted',
    });
  });

  it('asks an endpoint of just enough administration for its one command', async () => {
    // As the kit installs it: the command, its guard and the collectors, of which nothing is sent.
    const module = join(ssh.folder, 'modules/RdsPosture');
    for (const part of ['collectors', 'kit/common', 'kit/jea/RdsPosture']) cpSync(join(root, part), module, { recursive: true });
    const winrm = { ssl: false, authentication: null, configurationName: 'RdsPosture' };
    process.env['PSModulePath'] = join(ssh.folder, 'modules');
    try {
      const targets = [target('rdsh01.contoso.com', { winrm }), target('broker1.contoso.com', { winrm, kind: 'rds-deployment' })];
      const results = await collect(targets, { script: "throw 'this is not what runs'" });
      expect(outcomes(results)).toEqual({ 'rdsh01.contoso.com': null, 'broker1.contoso.com': null });
      for (const result of results) expect(readSnapshot('snapshot' in result ? result.snapshot : '').problems).toEqual([]);
    } finally {
      delete process.env['PSModulePath'];
    }
    const [without] = await collect([target('rdsh01.contoso.com', { winrm })]);
    expect(without !== undefined && 'problem' in without ? without.problem : null).toMatchObject({
      code: 'collect.authorisation',
      hint: expect.stringContaining('Get-RdsSnapshot'),
    });
  });

  it('gives a credential to PowerShell alone', async () => {
    const files: string[] = [];
    const results = await collect([target('rdsh01.contoso.com')], {
      credential: { user: 'CONTOSO\\reader', password: 'geheim-1' },
      onStart: () => {
        for (const folder of foldersLeft())
          for (const name of readdirSync(join(tmpdir(), folder))) files.push(`${name} ${readFileSync(join(tmpdir(), folder, name), 'utf8')}`);
      },
    });
    expect(outcomes(results)).toEqual({ 'rdsh01.contoso.com': null });
    expect(files.some((text) => text.startsWith('0.target.json'))).toBe(true);
    expect(files.join('\n')).not.toContain('geheim');
    expect(ssh.calls().join('')).not.toContain('geheim');
  });

  it('does not try a refused password on many hosts', async () => {
    const targets = Array.from({ length: 8 }, (_, index) => target(`dead${index}.contoso.com`));
    const results = await collect(targets, { credential: { user: 'CONTOSO\\reader', password: 'wrong' }, concurrency: 8 }, { refusals: [0] });
    const tried = results.filter((result) => !messageOf(result).includes('it was not tried'));
    expect(results).toHaveLength(8);
    expect(tried.length).toBeGreaterThanOrEqual(2);
    expect(tried.length).toBeLessThanOrEqual(3);
    expect(ssh.calls()).toHaveLength(tried.length);
  });

  it.each([
    ['reader', null, /names the user 'reader', and there is no password/],
    ['reader', { user: 'admin', password: 'x' }, /the password is of 'admin'/],
    [null, { user: null, password: 'x' }, /there is a password, and no user/],
  ])('never tries one password on another account (%s)', async (user, credential, says) => {
    const [result] = await collect([target('rdsh01.contoso.com', { user })], credential === null ? {} : { credential });
    expect(messageOf(result)).toMatch(says);
    expect(ssh.calls()).toEqual([]);
  });
});
