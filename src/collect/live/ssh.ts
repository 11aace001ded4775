import { randomBytes } from 'node:crypto';
import { inputOf, REMOTE_COMMAND } from './bootstrap.ts';
import { type Cause, causeOfCollector, causeOfExit, causeOfSsh } from './causes.ts';
import { start } from './child.ts';
import { frameReader, LIMITS } from './frames.ts';
import type { Arrival, LiveJob } from './job.ts';
import { pooled } from './pool.ts';
import { diskSpool } from './spool.ts';
import { invalidTarget, type LiveTarget } from './targets.ts';

/** Exit code of `ssh` for errors of its own. */
const SSH_ERROR = 255;
const CONNECT_SECONDS = 15;
/** What a host gets beyond the deadline to end by itself. */
const HOST_GRACE_SECONDS = 5;
/** For the program to end after all has come. */
const END_MS = 5000;

/**
 * What holds whatever the user's configuration says. Keys, agent, known hosts, jump hosts and names are the user's; no question
 * is ever asked, no unknown host key is ever accepted, nothing is forwarded and nothing stays behind.
 */
const ALWAYS = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'ControlMaster=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ConnectionAttempts=1',
  'ServerAliveInterval=15',
  'ServerAliveCountMax=3',
  // Its errors are how causes are told apart.
  'LogLevel=INFO',
] as const;

export function sshArguments(target: LiveTarget, timeoutSeconds: number): string[] {
  const connect = Math.max(1, Math.min(CONNECT_SECONDS, Math.floor(timeoutSeconds)));
  // Of an option that is given twice, OpenSSH takes the first.
  const options = [...ALWAYS, `ConnectTimeout=${connect}`, ...(target.keyFile === null ? [] : ['IdentitiesOnly=yes']), ...(target.sshOptions ?? [])];
  return [
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(target.keyFile === null ? [] : ['-i', target.keyFile]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(target.port === null ? [] : ['-p', String(target.port)]),
    '--',
    target.address,
    REMOTE_COMMAND,
  ];
}

/** Collects over the system's OpenSSH client, one process a host. */
export async function* collectOverSsh(targets: readonly LiveTarget[], job: LiveJob): AsyncIterable<Arrival> {
  yield* pooled(targets, job.concurrency, (target) => collectOne(target, job));
}

async function collectOne(target: LiveTarget, job: LiveJob): Promise<Arrival> {
  const failed = (cause: Cause, detail = '', hint?: string): Arrival => ({ target, cause, detail, ...(hint === undefined ? {} : { hint }) });
  if (job.signal.aborted) return failed('interrupted');
  const invalid = invalidTarget(target);
  if (invalid !== null) return failed('invalid-target', invalid);
  if (job.ssh === null) return failed('not-supported', "there is no program 'ssh' on PATH", 'Install the OpenSSH client.');
  job.onStart?.(target);

  const nonce = randomBytes(16).toString('hex');
  let section = '';
  let stopped: { readonly cause: Cause; readonly detail: string } | null = null;
  const frames = frameReader(
    nonce,
    (name, status) => {
      section = name;
      job.onSection?.(target, name, status);
    },
    diskSpool(),
  );
  let finish: NodeJS.Timeout | undefined;
  const ssh = start(job.ssh, sshArguments(target, job.timeoutSeconds), (chunk) => {
    const state = frames.push(chunk);
    if (state === 'fault') ssh.kill();
    else if (state === 'done' && finish === undefined) {
      // The end of its input ends the watch on the host, and with it whatever still runs there.
      ssh.child.stdin?.end();
      finish = setTimeout(ssh.kill, END_MS);
    }
  });
  const stop = (cause: Cause, detail: string): void => {
    stopped ??= { cause, detail };
    ssh.kill();
  };
  ssh.child.stderr?.on('data', () => {
    if (ssh.stderrBytes() > LIMITS.babbleBytes) stop('babble', ssh.stderr());
  });
  const deadline = setTimeout(
    () => stop('timeout', `${job.timeoutSeconds} seconds${section === '' ? '' : `, at the section '${section}'`}`),
    job.timeoutSeconds * 1000,
  );
  const interrupt = (): void => stop('interrupted', '');
  job.signal.addEventListener('abort', interrupt, { once: true });
  ssh.child.stdin?.write(inputOf(job.requestOf(target, nonce), job.scriptOf(target.kind), job.timeoutSeconds + HOST_GRACE_SECONDS), 'latin1');

  const { code, error } = await ssh.ended;
  clearTimeout(deadline);
  clearTimeout(finish);
  job.signal.removeEventListener('abort', interrupt);
  const result = frames.end();
  // What is complete counts, however the connection ended.
  if (result.kind === 'packed') return { target, packed: result };
  frames.drop();
  if (stopped !== null) return failed((stopped as { cause: Cause }).cause, (stopped as { detail: string }).detail);
  if (error !== null) return failed('not-supported', `'ssh' could not be started: ${error.code ?? error.message}`, 'Check the OpenSSH client of this machine.');
  if (result.kind === 'failed') return failed(causeOfCollector(result.code), result.message);
  if (result.kind === 'fault' && result.fault.cause !== 'cut') return failed(result.fault.cause, result.fault.detail);
  const said = ssh.stderr();
  if (code === SSH_ERROR || code === null) {
    const { cause, line } = causeOfSsh(said);
    return failed(cause, line);
  }
  if (result.kind === 'fault') return failed('cut', said);
  const cause = causeOfExit(code, said);
  return failed(cause, cause === 'babble' ? result.babble || said : said || result.babble || `exit code ${code}`);
}
