import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type PowerShellEnd, type PowerShellJob, type RunningPowerShell, startPowerShell } from '../../src/lib/powershell.ts';
import { pwsh, skipped } from '../collectors/support.ts';
import { isAlive, waitFor } from '../peers/ssh-support.ts';

describe.skipIf(skipped)('PowerShell', () => {
  let running: RunningPowerShell | null = null;
  afterEach(async () => {
    await running?.remove();
    expect(running === null || existsSync(running.folder)).toBe(false);
    running = null;
  });

  async function start(script: string, more: Partial<PowerShellJob> = {}): Promise<RunningPowerShell> {
    running = await startPowerShell({ program: pwsh, script: `param([string]$Job)\n${script}`, files: {}, timeoutMs: 60_000, ...more });
    return running;
  }
  const run = async (script: string, more: Partial<PowerShellJob> = {}): Promise<PowerShellEnd> => (await start(script, more)).ended;
  const read = (name: string): string => readFileSync(join(running?.folder ?? '', name), 'utf8');
  const pidIn = async (name: string): Promise<number> => {
    await waitFor(() => existsSync(join(running?.folder ?? '', name)) && read(name) !== '', 30_000);
    return Number(read(name));
  };
  /** A program that it starts and that never ends by itself. */
  const CHILD = `$child = [System.Diagnostics.Process]::Start('/bin/sleep', '300')
[System.IO.File]::WriteAllText("$Job/child", $child.Id)
`;

  it.each(["it's", '"quoted" $(1) `n', '$env:PATH; exit 3', 'Grüße – 漢字', 'line\nline\r\n', "'); [IO.File]::Delete('x') #"])(
    'hands over text as it is: %j',
    async (text) => {
      const script = '[System.IO.File]::WriteAllText("$Job/answer", (ConvertFrom-Json ([System.IO.File]::ReadAllText("$Job/arguments.json"))).text)';
      expect(await run(script, { files: { 'arguments.json': JSON.stringify({ text }) } })).toEqual({ how: 'done', said: '' });
      expect(read('answer')).toBe(text);
    },
  );

  it('keeps its folder to this user', async () => {
    const { folder } = await start('$null', { files: { 'a.json': '{}' } });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    await running?.ended;
  });

  it('hands over secrets, and nothing else of ours, by the environment alone', async () => {
    process.env['RDPOSTURE_REDACT_KEY'] = 'a key that is nobody else’s';
    try {
      await run('[System.IO.File]::WriteAllText("$Job/answer", "$env:RDPOSTURE_PASSWORD|$env:RDPOSTURE_REDACT_KEY|" + [Environment]::CommandLine)', {
        secrets: { RDPOSTURE_PASSWORD: 'geheim' },
      });
    } finally {
      delete process.env['RDPOSTURE_REDACT_KEY'];
    }
    const [password, key, line] = read('answer').split('|');
    expect([password, key]).toEqual(['geheim', '']);
    expect(line).not.toContain('geheim');
    for (const name of ['script.ps1']) expect(read(name)).not.toContain('geheim');
  });

  it('starts what it is told to, whatever the environment says', async () => {
    process.env['NODE_POWERSHELL'] = '/bin/false';
    try {
      expect(await run('$null')).toEqual({ how: 'done', said: '' });
    } finally {
      delete process.env['NODE_POWERSHELL'];
    }
  });

  it.each([
    ['says something on standard error', '[Console]::Error.WriteLine("a warning")', 'failed', 'a warning'],
    ['throws', 'throw "broken"', 'failed', /broken/],
    ['does not parse', "'", 'failed', /./],
    ['exits', 'exit 3', 'ended-itself', ''],
    ['ends the process', '[Environment]::Exit(0)', 'ended-itself', ''],
    ['ends the process with a word', '[Console]::Error.WriteLine("why"); [Environment]::Exit(4)', 'ended-itself', 'why'],
    ['writes without end', 'while ($true) { [Console]::Out.WriteLine("x" * 60000) }', 'ended-itself', ''],
  ])('says how it ended when the script %s', async (_, script, how, said) => {
    const end = await run(`[System.IO.File]::WriteAllText("$Job/answer", 'all the same')\n${script}`);
    expect(end.how).toBe(how);
    expect(end.said).toMatch(typeof said === 'string' ? new RegExp(`^${said}$`) : said);
    if (script !== "'") expect(read('answer')).toBe('all the same');
  });

  it('cannot start what is not there', async () => {
    expect((await run('$null', { program: '/nowhere/pwsh' })).how).toBe('not-started');
  });

  it('is ended with what it has started when its time is over', async () => {
    const { ended } = await start(`${CHILD}[System.Threading.Thread]::Sleep(300000)`, { timeoutMs: 10_000 });
    const child = await pidIn('child');
    expect((await ended).how).toBe('timeout');
    await waitFor(() => !isAlive(child));
  });

  it('is ended with what it has started when the script has done, too', async () => {
    const { ended } = await start(CHILD);
    const child = await pidIn('child');
    expect((await ended).how).toBe('done');
    await waitFor(() => !isAlive(child));
  });

  it('may end by itself when it is asked to, and is ended when it does not', async () => {
    const polite = await start(
      '[System.IO.File]::WriteAllText("$Job/ready", "1"); while (-not [System.IO.File]::Exists("$Job/stop")) { [System.Threading.Thread]::Sleep(20) }\n[System.IO.File]::WriteAllText("$Job/answer", "bye")',
    );
    await pidIn('ready');
    polite.stop();
    expect((await polite.ended).how).toBe('stopped');
    expect(read('answer')).toBe('bye');
    await polite.remove();
    const rude = await start(`${CHILD}[System.Threading.Thread]::Sleep(300000)`);
    const child = await pidIn('child');
    rude.stop();
    expect((await rude.ended).how).toBe('stopped');
    await waitFor(() => !isAlive(child));
  });

  it('is gone when its folder is', async () => {
    const one = await start(`${CHILD}[System.Threading.Thread]::Sleep(300000)`);
    const child = await pidIn('child');
    await one.remove();
    await waitFor(() => !isAlive(child));
  });
});
