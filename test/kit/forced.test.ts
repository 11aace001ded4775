import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputOf, REMOTE_COMMAND } from '../../src/collect/live/bootstrap.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import { framesOf, type Machine, machine, NONCE, readSnapshot, request, type Run, skipped } from '../collectors/support.ts';
import { converse, installedFolder, removed } from './support.ts';

/** The command and the input are those that go to every host over SSH. */
describe.skipIf(skipped)('the forced command', () => {
  let at: Machine;
  let folder: string;
  beforeAll(() => {
    at = machine(hostFixture(), HOST_FILES);
    folder = installedFolder('ssh/Invoke-ForcedCollector.ps1');
  });
  afterAll(() => {
    at?.remove();
    if (folder) removed(folder);
  });
  const asked = (input: string, command = REMOTE_COMMAND, holds = true): Promise<Run> =>
    converse(join(folder, 'Invoke-ForcedCollector.ps1'), input, at, { SSH_ORIGINAL_COMMAND: command }, holds);
  const sent = (content: JsonObject, script = 'the collector of the client'): string => inputOf(JSON.stringify(content), script, 60);

  it('runs the installed collector for a client that sends another one', async () => {
    const witness = join(at.folder, 'witness');
    const hostile = `[System.IO.File]::WriteAllText('${witness}', 'ran'); [Console]::Out.WriteLine('ran')\n${'# filler\n'.repeat(20_000)}`;
    const registry = [{ key: 'HKLM\\SAM', name: null }];
    const answer = await asked(sent(request('windows-host', { sections: ['os', 'registry'], registry }), hostile));
    const { snapshot, problems } = readSnapshot(framesOf(answer).bytes);
    expect(problems).toEqual([]);
    expect(snapshot.target).toEqual({ kind: 'windows-host', name: 'rdsh01.contoso.com' });
    expect(snapshot.sections['os']?.status).toBe('ok');
    const keys = Object.keys(snapshot.sections['registry']?.data as JsonObject);
    expect(keys.length).toBeGreaterThan(30);
    expect(keys).not.toContain('HKLM\\SAM');
    expect(existsSync(witness)).toBe(false);
    expect(answer.stdout).not.toContain('ran');
  });

  it.each([
    ['a shell', ''],
    ['a command', 'whoami'],
    ['a command of PowerShell', 'powershell.exe -NoProfile -Command whoami'],
    ['a file transfer', 'C:\\Windows\\System32\\OpenSSH\\sftp-server.exe'],
    ['a collection with more after it', `${REMOTE_COMMAND} & whoami`],
    ['a collection after more', `whoami & ${REMOTE_COMMAND}`],
    ['a collection with a line after it', `${REMOTE_COMMAND}\nwhoami`],
  ])('refuses %s in words, and reads nothing', async (_, command) => {
    const answer = await asked(sent(request('windows-host', { sections: ['os'] })), command);
    expect(answer).toMatchObject({ code: 10, stdout: '', stderr: expect.stringContaining('runs the collector of rdposture and nothing else') });
  });

  it.each([
    ['input that was cut off', sent(request('windows-host')).replace(/\.\d+\n$/, ''), 9],
    ['no input', '', 9],
  ])('runs nothing of %s', async (_, input, code) => {
    expect(await asked(input, REMOTE_COMMAND, false)).toMatchObject({ code, stdout: '' });
  });

  it.each([
    ['no base64', '%%%\nAAAA\n.60\n', 11],
    ['too long', `${'A'.repeat(4_300_000)}\n.60\n`, 11],
    ['without a nonce', sent({ ...request('windows-host'), nonce: 'x' }), 11],
  ])('refuses input that is %s', async (_, input, code) => {
    expect(await asked(input)).toMatchObject({ code, stdout: '' });
  });

  it('answers a request of another shape in frames', async () => {
    const { code, stdout } = await asked(sent(request('windows-host', { sections: ['$(whoami)'] })));
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^rdposture-begin ${NONCE}\\nrdposture-fail ${NONCE} request `));
  });

  it('takes what a nested "kind" says for nothing', async () => {
    const { stdout } = await asked(sent({ x: { kind: 'rds-deployment' }, ...request('windows-host', { sections: ['os'] }) }));
    expect(Buffer.from(/rdposture-fail \w+ request (\S+)/.exec(stdout)?.[1] ?? '', 'base64').toString()).toMatch(/not for this collector/);
  });

  it('ends itself when the connection does', async () => {
    // Input that ends right after the last line: the process ends by the watch, before or after its frames, and never hangs.
    const answer = await asked(sent(request('windows-host')), REMOTE_COMMAND, false);
    expect(answer.stdout).not.toContain('rdposture-end');
  });
});
