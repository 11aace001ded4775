import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PowerShellEnd, type RunningPowerShell, startPowerShell } from '../../lib/powershell.ts';
import { type AnswerReader, answerReader } from './answers.ts';
import { type Cause, STOPPED } from './causes.ts';
import { LIMITS } from './frames.ts';
import type { Arrival, LiveJob } from './job.ts';
import { causeOfSession, REFUSALS } from './session-causes.ts';
import { invalidTarget, type LiveTarget } from './targets.ts';

/** How sessions are opened: `ssh` is how tests drive what is the same for both. */
export interface Sessions {
  readonly over: 'wsman' | 'ssh';
  /** Absolute path of the PowerShell that opens them. */
  readonly program: string;
  /** Text of the script that does it. */
  readonly script: string;
  /** For a session to open; default CONNECT_SECONDS. */
  readonly connectSeconds?: number;
  /** Error codes that say that the credential was refused; default those of Windows. */
  readonly refusals?: readonly number[];
}

const POLL_MS = 100;
/** A busy host takes its time to start a session's process. */
const CONNECT_SECONDS = 30;
/** What the script gets beyond its own deadline for a host, and to start. */
const HOST_GRACE_SECONDS = 15;
const START_SECONDS = 60;
/** Base64 in lines, each with its prefix. */
const MAX_TEXT = 2 * LIMITS.snapshotBytes;

interface Host {
  readonly target: LiveTarget;
  readonly nonce: string;
  /** Null until it is contacted. */
  reader: AnswerReader | null;
  /** `performance.now()` after which it is given up. */
  deadline: number;
}

/** Collects targets over PowerShell remoting: one process for all, which opens the sessions. */
export async function* collectOverSessions(targets: readonly LiveTarget[], job: LiveJob, sessions: Sessions): AsyncGenerator<Arrival> {
  const hosts: Host[] = [];
  for (const target of targets) {
    const refusal = refusalOf(target, job);
    if (refusal !== null) yield refusal;
    else hosts.push({ target, nonce: randomBytes(16).toString('hex'), reader: null, deadline: Infinity });
  }
  if (hosts.length === 0) return;
  const kinds = [...new Set(hosts.map(({ target }) => target.kind))];
  // Two at once is the least that the script does. Each host has a deadline of its own.
  const rounds = Math.ceil(hosts.length / Math.max(1, Math.min(job.concurrency, 2)));
  const run = await startPowerShell({
    program: sessions.program,
    script: sessions.script,
    files: {
      'job.json': JSON.stringify(planOf(hosts.length, kinds, job, sessions)),
      ...Object.fromEntries(kinds.map((kind) => [`${kind}.ps1`, job.scriptOf(kind).replace(/^\ufeff/, '')])),
    },
    secrets: secretsOf(job),
    timeoutMs: (START_SECONDS + rounds * (job.timeoutSeconds + HOST_GRACE_SECONDS)) * 1000,
  });
  job.signal.addEventListener('abort', run.stop, { once: true });
  if (job.signal.aborted) run.stop();
  try {
    yield* arrivals(hosts, job, run);
  } finally {
    job.signal.removeEventListener('abort', run.stop);
    for (const [index, { reader }] of hosts.entries()) (reader ?? answerReader(run.folder, index, '', () => {})).remove(true);
    await run.remove();
  }
}

/** Why a target is not contacted at all; null when it is. */
function refusalOf(target: LiveTarget, job: LiveJob): Arrival | null {
  if (job.signal.aborted) return { target, cause: 'interrupted', detail: '' };
  const invalid = invalidTarget(target);
  if (invalid !== null) return { target, cause: 'invalid-target', detail: invalid };
  const credential = job.credential ?? null;
  const { user } = target;
  const hint = "Set RDPOSTURE_USER and RDPOSTURE_PASSWORD to one account's, or leave out 'user': then it is who runs this.";
  if (credential === null && user !== null)
    return { target, cause: 'authentication', detail: `the estate names the user '${user}', and there is no password`, hint };
  if (credential !== null && credential.user === null && user === null)
    return { target, cause: 'authentication', detail: 'there is a password, and no user', hint };
  // One account's password must not be tried on another.
  if (credential !== null && credential.user !== null && user !== null && credential.user.toLowerCase() !== user.toLowerCase())
    return { target, cause: 'authentication', detail: `the estate names the user '${user}', and the password is of '${credential.user}'`, hint };
  return null;
}

function planOf(
  count: number,
  kinds: readonly string[],
  job: LiveJob,
  { over, refusals = REFUSALS, connectSeconds = CONNECT_SECONDS }: Sessions,
): Readonly<Record<string, unknown>> {
  return {
    count,
    kinds,
    over,
    concurrency: job.concurrency,
    timeoutSeconds: job.timeoutSeconds,
    connectSeconds: Math.max(1, Math.min(connectSeconds, Math.floor(job.timeoutSeconds))),
    parent: process.pid,
    maxText: MAX_TEXT,
    maxBabble: LIMITS.babbleBytes,
    refusals,
  };
}

function secretsOf({ credential }: LiveJob): Readonly<Record<string, string>> {
  if (credential === null || credential === undefined) return {};
  return { RDPOSTURE_PASSWORD: credential.password, ...(credential.user === null ? {} : { RDPOSTURE_USER: credential.user }) };
}

async function* arrivals(hosts: readonly Host[], job: LiveJob, run: RunningPowerShell): AsyncGenerator<Arrival> {
  const open = new Set(hosts.keys());
  let fed = 0;
  let end: PowerShellEnd | null = null;
  const ended = run.ended.then((how) => {
    end = how;
  });
  while (open.size > 0) {
    // Requests are large: only those of the next hosts lie there.
    for (; fed < hosts.length && fed < hosts.length - open.size + 2 * job.concurrency; fed++) feed(run.folder, fed, hosts[fed] as Host, job);
    const last = end;
    for (const index of open) {
      if (index >= fed && last === null) break;
      const host = hosts[index] as Host;
      const arrival = lookAt(host, index, run.folder, job) ?? (last === null ? null : leftOf(host, last, job));
      if (arrival === null) continue;
      open.delete(index);
      host.reader?.remove('packed' in arrival);
      yield arrival;
    }
    if (open.size > 0) await Promise.race([new Promise((done) => setTimeout(done, POLL_MS)), ...(last === null ? [ended] : [])]);
  }
}

function feed(folder: string, index: number, { target, nonce }: Host, job: LiveJob): void {
  const { address, user, port, keyFile, kind, winrm } = target;
  const { ssl = false, authentication = null, configurationName = null } = winrm ?? {};
  const text = JSON.stringify({ address, user, port, ssl, authentication, configurationName, keyFile, kind, request: job.requestOf(target, nonce) });
  const fresh = join(folder, `${index}.target.json.tmp`);
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, join(folder, `${index}.target.json`));
}

/** What came of a host since; null: nothing that ends it. */
function lookAt(host: Host, index: number, folder: string, job: LiveJob): Arrival | null {
  const { target } = host;
  if (host.reader === null) {
    const isStarted = existsSync(join(folder, `${index}.started`));
    if (!isStarted && !existsSync(join(folder, `${index}.result.json`))) return null;
    host.reader = answerReader(folder, index, host.nonce, (name, status) => job.onSection?.(target, name, status));
    host.deadline = performance.now() + (job.timeoutSeconds + HOST_GRACE_SECONDS) * 1000;
    if (isStarted) job.onStart?.(target);
  }
  const state = host.reader.poll();
  if (state === 'fault' || (state === 'more' && performance.now() > host.deadline)) {
    const frames = host.reader.end();
    if (frames.kind === 'fault' && frames.fault.cause !== 'cut') return { target, cause: frames.fault.cause, detail: frames.fault.detail };
    return timedOut(host, job);
  }
  if (state === 'more') return null;
  // What is complete counts, however the session ended.
  if (state.frames.kind === 'packed') return { target, packed: state.frames };
  if (state.ended.outcome === 'timeout' && state.frames.kind !== 'failed') return timedOut(host, job);
  return { target, ...causeOfSession(state.ended, state.frames) };
}

function timedOut({ target, reader }: Host, { timeoutSeconds }: LiveJob): Arrival {
  const section = reader?.section() ?? '';
  return { target, cause: 'timeout', detail: `${timeoutSeconds} seconds${section === '' ? '' : `, at the section '${section}'`}` };
}

/** The script has ended, and left this host. */
function leftOf(host: Host, { how, said }: PowerShellEnd, job: LiveJob): Arrival {
  const { target, reader } = host;
  const frames = reader?.end();
  if (frames?.kind === 'packed') return { target, packed: frames };
  if (job.signal.aborted) return { target, cause: 'interrupted', detail: '' };
  if (how === 'timeout') return timedOut(host, job);
  return { target, ...causeOfEnd(how, said) };
}

/** Why PowerShell on this machine did not do what it was to do. */
export function causeOfEnd(how: PowerShellEnd['how'], said: string): { readonly cause: Cause; readonly detail: string; readonly hint?: string } {
  if (how === 'stopped') return { cause: 'interrupted', detail: '' };
  if (how === 'not-started')
    return { cause: 'not-supported', detail: 'PowerShell could not be started on this machine', hint: 'Check the PowerShell of this machine.' };
  const detail = `PowerShell on this machine ended${said === '' ? '' : `: ${said}`}`;
  return STOPPED.test(said) ? { cause: 'execution-policy', detail } : { cause: 'collector-error', detail };
}
