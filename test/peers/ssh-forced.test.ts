import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import { type Machine, machine, readSnapshot, skipped, windowsPowerShell } from '../collectors/support.ts';
import { computer, installedFolder, removed } from '../kit/support.ts';
import { collectFrom, outcomeOf, type SshServer, startSshServer, targetAt, whyNoSsh } from './ssh-support.ts';

/** A real OpenSSH server with the block that the kit's installer writes: collected as any host is, and good for nothing else. */
const missing = whyNoSsh() ?? (skipped ? 'the .NET SDK is not installed' : null);
const NAME = 'rdsh01.contoso.com';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA rdposture';

/** The lines that the installer puts under `Match User`, with the program and the script of this machine. */
function installedBlock(script: string): string {
  const at = computer({ 'RDSH01\\rdposture': 'S-1-5-21-7-8-9-1001' });
  writeFileSync(at.at('ProgramData/ssh/sshd_config'), 'Port 22\r\n');
  at.install('ssh/Install-RdsPostureSshAccount.ps1', ['-PublicKey', KEY]);
  const lines = readFileSync(at.at('ProgramData/ssh/sshd_config'), 'utf8').split('\r\n');
  at.remove();
  const block = lines.slice(lines.indexOf('Match User rdposture') + 1, lines.indexOf('Match All'));
  return block
    .filter((line) => !line.includes('AuthorizedKeysFile'))
    .map((line) => line.replace(/ForceCommand \S+ (.*) -File .*/, `ForceCommand powershell.exe $1 -File ${script}`))
    .join('\n');
}

describe.skipIf(missing !== null)(`an account with a forced command${missing === null ? '' : ` (${missing})`}`, () => {
  let server: SshServer;
  let host: Machine;
  let folder: string;
  beforeAll(async () => {
    host = machine(hostFixture(), HOST_FILES);
    folder = installedFolder('ssh/Invoke-ForcedCollector.ps1');
    const block = installedBlock(join(folder, 'Invoke-ForcedCollector.ps1'));
    expect(block).toContain('ForceCommand powershell.exe -NoLogo');
    server = await startSshServer(['127.0.0.1'], { modes: {}, powershell: windowsPowerShell, environment: host.environment, match: { '127.0.0.1': block } });
  });
  afterAll(async () => {
    await server?.stop();
    host?.remove();
    if (folder) removed(folder);
  });
  const collected = async (script: string): Promise<Awaited<ReturnType<typeof collectFrom>>[number] | undefined> =>
    (await collectFrom(server, [targetAt(server, '127.0.0.1', NAME)], { script, timeoutSeconds: 60 }))[0];

  it('is collected by what goes to every host, and runs none of it', async () => {
    const witness = join(host.folder, 'witness');
    const result = await collected(`[System.IO.File]::WriteAllText('${witness}', 'ran')`);
    expect(outcomeOf(result)).toBe(null);
    const { snapshot, problems } = readSnapshot(result !== undefined && 'snapshot' in result ? result.snapshot : '');
    expect(problems).toEqual([]);
    expect(snapshot.target).toEqual({ kind: 'windows-host', name: NAME });
    expect(snapshot.sections['registry']?.status).toBe('ok');
    expect(existsSync(witness)).toBe(false);
  });

  it.each([
    ['a command', ['127.0.0.1', 'id; touch witness']],
    ['a shell', ['127.0.0.1']],
    ['a terminal', ['-tt', '127.0.0.1', 'id']],
    ['a subsystem', ['-s', '127.0.0.1', 'sftp']],
  ])('gives nobody %s', (_, options) => {
    const { status, stdout, stderr } = spawnSync(server.program, ['-o', 'BatchMode=yes', '-p', String(server.port), ...options], {
      encoding: 'utf8',
      input: 'id\n',
      timeout: 180_000,
    });
    expect(status).not.toBe(0);
    expect(stdout).not.toMatch(/uid=/);
    expect(stderr).toMatch(/runs the collector of rdposture and nothing else|subsystem request failed|PTY allocation request failed/);
  });

  it('forwards nothing', () => {
    const { status, stderr } = spawnSync(server.program, ['-o', 'BatchMode=yes', '-W', '127.0.0.1:22', '-p', String(server.port), '127.0.0.1'], {
      encoding: 'utf8',
      timeout: 180_000,
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/administratively prohibited|forwarding failed/);
  });
});
