import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collected } from '../../src/collect/live/run.ts';
import type { LiveTarget } from '../../src/collect/live/targets.ts';
import {
  answers,
  type Asked,
  childrenLeft,
  collectOverSsh,
  foldersLeft,
  jobOf,
  type Machines,
  machines,
  messageOf,
  numbersIn,
  outcomes,
  withPath,
} from '../collect/live/session-support.ts';
import { pwsh, readSnapshot, root, skipped } from '../collectors/support.ts';
import { isAlive, type SshServer, startSshServer, startTcp, targetAt, waitFor, whyNoSsh } from './ssh-support.ts';

/** The fan-out of WinRM over SSH sessions, which real OpenSSH carries. */
const missing = whyNoSsh() ?? (skipped ? 'the .NET SDK is not installed' : null);

const NAMES: Readonly<Record<string, string>> = {
  '127.0.0.1': 'rdsh01',
  '127.0.0.2': 'rdsh02',
  '127.0.0.3': 'broker',
  '127.0.0.4': 'refusing',
  '127.0.0.5': 'changed',
  '127.0.0.6': 'unknown',
  '127.0.0.7': 'garbage',
  '127.0.0.8': 'cut',
  '127.0.0.9': 'hang',
};
const SILENT = '127.0.0.10';
const DEAD = '127.0.0.11';

describe.skipIf(missing !== null)(`sessions over a real OpenSSH server${missing === null ? '' : ` (${missing})`}`, () => {
  let all: Machines;
  let server: SshServer;
  let silent: Server;
  let folder: string;
  beforeAll(async () => {
    all = machines();
    folder = mkdtempSync(join(tmpdir(), 'rdposture-subsystem-'));
    const subsystem = join(folder, 'subsystem');
    const cases = Object.entries(NAMES).map(([address, name]) => `  ${address}) answer ${name};;\n`);
    writeFileSync(subsystem, `#!/bin/sh\n${answers(folder, all)}set -- $SSH_CONNECTION\ncase "$3" in\n${cases.join('')}esac\n`);
    chmodSync(subsystem, 0o755);
    server = await startSshServer(Object.keys(NAMES), {
      modes: {},
      subsystem,
      match: { '127.0.0.4': 'AuthorizedKeysFile none' },
      changed: ['127.0.0.5'],
      unknown: ['127.0.0.6'],
    });
    silent = await startTcp(SILENT, server.port, null);
  });
  afterAll(async () => {
    silent?.close();
    await server?.stop();
    for (const pid of numbersIn(join(folder, 'pids'))) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    all?.remove();
  });

  const at = (address: string, more: Partial<LiveTarget> = {}): LiveTarget => ({
    ...targetAt(server, address, `${NAMES[address] ?? address}.contoso.com`),
    over: 'winrm',
    ...more,
  });
  const collect = (targets: readonly LiveTarget[], asked: Asked = {}): Promise<Collected[]> =>
    withPath(`${server.bin}:/usr/bin:/bin`, () => collectOverSsh(targets, jobOf(asked), { connectSeconds: 40 }));
  const nothingLeft = async (): Promise<void> => {
    await waitFor(() => childrenLeft().length === 0 && numbersIn(join(folder, 'pids')).every((pid) => !isAlive(pid)), 20_000);
    expect(foldersLeft()).toEqual([]);
  };

  it('collects what is good, and says of each of the others what it is', async () => {
    const hostile = `rdsh02'; [IO.File]::WriteAllText('${folder}/pwned', '') #"$(touch ${folder}/pwned)`;
    const targets = [
      ...['127.0.0.4', '127.0.0.5', '127.0.0.6', '127.0.0.7', '127.0.0.9', SILENT, DEAD, '127.0.0.1'].map((address) => at(address)),
      at('127.0.0.2', { name: hostile }),
      at('127.0.0.3', { kind: 'rds-deployment' }),
    ];
    const results = await collect(targets, { timeoutSeconds: 120, concurrency: 10 });
    expect(outcomes(results)).toEqual({
      'rdsh01.contoso.com': null,
      [hostile]: null,
      'broker.contoso.com': null,
      'refusing.contoso.com': 'session',
      'changed.contoso.com': 'session',
      'unknown.contoso.com': 'session',
      'garbage.contoso.com': 'session',
      'hang.contoso.com': 'session',
      [`${SILENT}.contoso.com`]: 'session',
      [`${DEAD}.contoso.com`]: 'session',
    });
    for (const result of results) {
      if (!('snapshot' in result)) continue;
      const { snapshot, problems } = readSnapshot(result.snapshot);
      expect(snapshot.target).toEqual({ kind: result.target.kind, name: result.target.name });
      expect(problems).toEqual([]);
    }
    expect(readdirSync(folder)).not.toContain('pwned');
    await nothingLeft();
  });

  it('says so when the connection is cut in the midst of an answer', async () => {
    const script = `param([string]$Request)
"rdposture-begin " + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value
[System.IO.File]::WriteAllText('${folder}/cut', '')
[System.Threading.Thread]::Sleep(300000)`;
    const [result] = await collect([at('127.0.0.8')], { script });
    expect(messageOf(result)).toMatch(/was cut off before its snapshot was complete/);
    await nothingLeft();
  });

  it('ends what runs on hosts when the time is over', async () => {
    const script = `param([string]$Request)
"rdposture-begin " + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value
[System.Threading.Thread]::Sleep(300000)`;
    const results = await collect([at('127.0.0.1'), at('127.0.0.2')], { script, timeoutSeconds: 10 });
    expect(outcomes(results)).toEqual({ 'rdsh01.contoso.com': 'timeout', 'rdsh02.contoso.com': 'timeout' });
    await nothingLeft();
  });

  it('leaves nothing behind here when it is killed itself', async () => {
    const before = numbersIn(join(folder, 'pids')).length;
    const code = `import { readFileSync } from 'node:fs';
import { collectOverSessions } from ${JSON.stringify(join(root, 'src/collect/live/sessions.ts'))};
const script = readFileSync(${JSON.stringify(join(root, 'remoting/Invoke-RdsCollection.ps1'))}, 'utf8');
const job = { requestOf: () => '{}', scriptOf: () => 'param($Request) [System.Threading.Thread]::Sleep(300000)', timeoutSeconds: 8, concurrency: 2, signal: new AbortController().signal, ssh: null };
for await (const _ of collectOverSessions(${JSON.stringify([at('127.0.0.1'), at('127.0.0.2')])}, job, { over: 'ssh', program: ${JSON.stringify(pwsh)}, script }));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, PATH: `${server.bin}:/usr/bin:/bin` },
      stdio: 'ignore',
    });
    await waitFor(() => numbersIn(join(folder, 'pids')).length === before + 2, 60_000);
    const controllers = childrenOf(child.pid ?? 0);
    expect(controllers).toHaveLength(1);
    child.kill('SIGKILL');
    await waitFor(() => controllers.every((pid) => !isAlive(pid)), 20_000);
    // Nobody was left to take its folder away; no secret is in there.
    for (const name of readdirSync(tmpdir()))
      if (name.startsWith('rdposture-powershell-') && readFileOf(join(tmpdir(), name, 'job.json')).includes(`"parent":${child.pid},`))
        rmSync(join(tmpdir(), name), { recursive: true });
    // What hangs on the hosts is ended there, by the time that it was given.
    await waitFor(() => numbersIn(join(folder, 'pids')).every((pid) => !isAlive(pid)), 40_000);
  });
});

function readFileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
