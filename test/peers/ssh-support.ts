import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collected, collectLive } from '../../src/collect/live/run.ts';
import type { LiveTarget } from '../../src/collect/live/targets.ts';

const SSHD = '/usr/sbin/sshd';
const KEYGEN = '/usr/bin/ssh-keygen';
/** As many addresses as one server takes. */
const MAX_LISTEN = 16;

/** Why a test with a real OpenSSH server cannot run here; null when it can. CI requires its peers: there it fails instead. */
export function whyNoSsh(): string | null {
  const missing = !existsSync(SSHD) ? `${SSHD} is not installed` : spawnSync('ssh', ['-V']).error === undefined ? null : 'there is no ssh on PATH';
  if (missing !== null && process.env['RDPOSTURE_PEERS'] === 'required') throw new Error(`A peer is required: ${missing}.`);
  return missing;
}

export interface SshServer {
  readonly folder: string;
  readonly port: number;
  /** A folder that is to stand first on PATH: its `ssh` is the system's with the configuration of these tests. */
  readonly bin: string;
  readonly program: string;
  /** Process ids of everything that was started on the server. */
  readonly pids: () => number[];
  readonly stop: () => Promise<void>;
}

export interface SshServerOptions {
  /** Server address to how the stand-in behaves there. */
  readonly modes: Readonly<Record<string, string>>;
  /** More lines for `sshd_config`, by address. */
  readonly match?: Readonly<Record<string, string>>;
  /** Addresses that known_hosts has another key for, and none. */
  readonly changed?: readonly string[];
  readonly unknown?: readonly string[];
  /** The program that is `powershell.exe` there; default the stand-in. */
  readonly powershell?: string;
  /** The environment of that program. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A program for the subsystem `powershell`. */
  readonly subsystem?: string;
  /** More lines for the client's configuration. */
  readonly client?: string;
}

/** One OpenSSH server on as many loopback addresses, stopped by its process id. */
export async function startSshServer(addresses: readonly string[], options: SshServerOptions): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-ssh-'));
  const at = (name: string): string => join(folder, name);
  for (const name of ['bin', 'server']) mkdirSync(at(name));
  for (const name of ['host', 'other', 'user']) keygen(at(name));
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  writeFileSync(at('server/modes.json'), JSON.stringify(options.modes));
  writeFileSync(at('server/pids'), '');
  writeStandIn(at('server'), options.powershell, options.environment);
  const port = await freePort();
  writeFileSync(at('authorized_keys'), readFileSync(at('user.pub')));
  const configuration = (part: number): string =>
    [
      ...addresses.slice(part * MAX_LISTEN, (part + 1) * MAX_LISTEN).map((address) => `ListenAddress ${address}`),
      `Port ${port}`,
      `HostKey ${at('host')}`,
      `PidFile ${at(`sshd-${part}.pid`)}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'MaxStartups 100:30:200',
      ...(options.subsystem === undefined ? [] : [`Subsystem powershell ${options.subsystem}`]),
      'LogLevel ERROR',
      `SetEnv PATH=${at('server')}:/usr/bin:/bin`,
      ...Object.entries(options.match ?? {}).map(([address, line]) => `Match LocalAddress ${address}\n  ${line}`),
      '',
    ].join('\n');
  for (const address of addresses) {
    if (options.unknown?.includes(address) === true) continue;
    const key = readFileSync(at(options.changed?.includes(address) === true ? 'other.pub' : 'host.pub'), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
    appendFileSync(at('known_hosts'), `[${address}]:${port} ${key}\n`);
  }
  writeFileSync(
    at('ssh_config'),
    `${options.client ?? ''}\nHost *\n  IdentityFile ${at('user')}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${at('known_hosts')}\n  GlobalKnownHostsFile /dev/null\n`,
  );
  const program = at('bin/ssh');
  writeFileSync(program, `#!/bin/sh\nexec /usr/bin/ssh -F ${at('ssh_config')} "$@"\n`, { mode: 0o755 });
  const servers = Array.from({ length: Math.ceil(addresses.length / MAX_LISTEN) }, (_, part) => {
    writeFileSync(at(`sshd-${part}`), configuration(part));
    return spawn(SSHD, ['-D', '-e', '-f', at(`sshd-${part}`)], { stdio: ['ignore', 'ignore', 'pipe'] });
  });
  let said = '';
  for (const server of servers) server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor(() => {
    if (servers.some((server) => server.exitCode !== null)) throw new Error(`sshd ended: ${said}`);
    return servers.every((_, part) => existsSync(at(`sshd-${part}.pid`)));
  });
  return {
    folder,
    port,
    bin: at('bin'),
    program,
    pids: () => readFileSync(at('server/pids'), 'utf8').split('\n').filter(Boolean).map(Number),
    stop: async () => {
      await Promise.all(servers.map(stopped));
      for (const pid of readFileSync(at('server/pids'), 'utf8').split('\n').filter(Boolean).map(Number)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Puts the stand-in into a folder as `powershell.exe`. */
export function writeStandIn(folder: string, program?: string, environment: Readonly<Record<string, string>> = {}): void {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name.replaceAll(/\W/g, '_')}='${value}'\n`);
  const path = join(folder, 'powershell.exe');
  if (program === undefined) {
    writeFileSync(join(folder, 'stand-in.mjs'), readFileSync(fileURLToPath(new URL('powershell-stand-in.mjs', import.meta.url))));
    writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${join(folder, 'stand-in.mjs')}\n`);
  } else writeFileSync(path, `#!/bin/sh\n${variables.join('')}echo $$ >> ${join(folder, 'pids')}\nexec ${program} "$@"\n`);
  chmodSync(path, 0o755);
}

export function targetAt(server: SshServer, address: string, name = `${address}.contoso.com`): LiveTarget {
  return { id: `windows-host:${name.toLowerCase()}`, kind: 'windows-host', name, address, over: 'ssh', user: null, port: server.port, keyFile: null };
}

export interface CollectOptions {
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly script?: string;
  readonly requestOf?: (target: LiveTarget, nonce: string) => string;
}

export async function collectFrom(server: SshServer, targets: readonly LiveTarget[], options: CollectOptions = {}): Promise<Collected[]> {
  const results: Collected[] = [];
  const job = {
    requestOf: options.requestOf ?? (({ kind, name }: LiveTarget, nonce: string) => JSON.stringify({ nonce, kind, name })),
    scriptOf: () => options.script ?? 'the collector',
    timeoutSeconds: options.timeoutSeconds ?? 40,
    concurrency: options.concurrency ?? 8,
    signal: options.signal ?? new AbortController().signal,
    ssh: server.program,
  };
  for await (const result of collectLive(targets, job)) results.push(result);
  return results;
}

/** The code of the problem; null where there is a snapshot. */
export function outcomeOf(result: Collected | undefined): string | null | undefined {
  return result === undefined ? undefined : 'problem' in result ? result.problem.code : null;
}

/** A TCP server that says something that is not SSH, or (null) nothing at all. */
export async function startTcp(address: string, port: number, says: string | null, closes = false): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (closes) socket.end(says ?? '');
    else if (says !== null) socket.write(says);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, address, done);
  });
  return server;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that ended and nobody asked about is no process.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export async function waitFor(isTrue: () => boolean, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !isTrue();) {
    if (Date.now() > end) throw new Error('It did not come in time.');
    await new Promise((done) => setTimeout(done, 25));
  }
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

function keygen(path: string): void {
  const made = spawnSync(KEYGEN, ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  if (made.status !== 0) throw new Error(`ssh-keygen: ${String(made.stderr)}`);
}
