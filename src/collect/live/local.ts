import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { type PowerShellEnd, startPowerShell } from '../../lib/powershell.ts';
import { type AnswerReader, answerReader } from './answers.ts';
import { causeOfExit } from './causes.ts';
import { findProgram } from './child.ts';
import type { Arrival, LiveJob, Transport } from './job.ts';
import { pooled } from './pool.ts';
import { causeOfSession } from './session-causes.ts';
import { causeOfEnd } from './sessions.ts';
import { invalidTarget, type LiveTarget } from './targets.ts';

const SCRIPT = 'Invoke-RdsLocal.ps1';

const POLL_MS = 100;
/** A host and its deployment. */
const AT_ONCE = 2;

/** Collects this machine, by its own PowerShell. */
export const collectLocally: Transport = async function* collectLocally(targets, job) {
  const program = ownPowerShell(process.env['PATH'] ?? '');
  yield* pooled(targets, Math.min(AT_ONCE, job.concurrency), (target) => collectOne(target, job, program));
};

/** Windows PowerShell, which the collectors are written for; else PowerShell 7. */
export function ownPowerShell(path: string, platform: NodeJS.Platform = process.platform): string | null {
  return findProgram(platform === 'win32' ? 'powershell' : 'powershell.exe', path, platform) ?? findProgram('pwsh', path, platform);
}

async function collectOne(target: LiveTarget, job: LiveJob, program: string | null): Promise<Arrival> {
  if (job.signal.aborted) return { target, cause: 'interrupted', detail: '' };
  const invalid = invalidTarget(target);
  if (invalid !== null) return { target, cause: 'invalid-target', detail: invalid };
  const script = job.remotingOf?.(SCRIPT);
  if (program === null || script === undefined)
    return { target, cause: 'no-powershell', detail: 'there is none on the PATH of this machine', hint: 'Put powershell.exe on PATH.' };
  job.onStart?.(target);
  const nonce = randomBytes(16).toString('hex');
  const plan = { names: [target.name, target.address], isHere: isOwnAddress(target.address), timeoutSeconds: job.timeoutSeconds, parent: process.pid };
  const run = await startPowerShell({
    program,
    script,
    files: {
      'job.json': JSON.stringify(plan),
      'collector.ps1': job.scriptOf(target.kind).replace(/^\ufeff/, ''),
      'request.json': job.requestOf(target, nonce),
    },
    timeoutMs: job.timeoutSeconds * 1000,
  });
  job.signal.addEventListener('abort', run.kill, { once: true });
  if (job.signal.aborted) run.kill();
  const reader = answerReader(run.folder, 0, nonce, (name, status) => job.onSection?.(target, name, status));
  try {
    return await arrivalOf(target, job, reader, run.ended);
  } finally {
    job.signal.removeEventListener('abort', run.kill);
    await run.remove();
  }
}

async function arrivalOf(target: LiveTarget, job: LiveJob, reader: AnswerReader, ended: Promise<PowerShellEnd>): Promise<Arrival> {
  let end: PowerShellEnd | null = null;
  const whenEnded = ended.then((how) => {
    end = how;
  });
  for (;;) {
    const last = end as PowerShellEnd | null;
    const state = reader.poll();
    if (typeof state === 'object') {
      if (state.frames.kind === 'packed') return { target, packed: state.frames };
      reader.remove(false);
      return elsewhere(target, state.ended.outcome, state.ended.message) ?? { target, ...withoutHint(causeOfSession(state.ended, state.frames)) };
    }
    if (state === 'fault' || last !== null) return leftOf(target, job, reader, last);
    await Promise.race([new Promise((done) => setTimeout(done, POLL_MS)), whenEnded]);
  }
}

/** The collector may end the process itself, after its last frame or in the midst of it. */
function leftOf(target: LiveTarget, job: LiveJob, reader: AnswerReader, end: PowerShellEnd | null): Arrival {
  const frames = reader.end();
  if (frames.kind === 'packed') return { target, packed: frames };
  const section = reader.section();
  reader.remove(false);
  if (job.signal.aborted) return { target, cause: 'interrupted', detail: '' };
  if (frames.kind === 'failed') return { target, ...causeOfSession({ outcome: 'ended', code: 0, id: '', message: '' }, frames) };
  if (frames.kind === 'fault' && frames.fault.cause !== 'cut') return { target, cause: frames.fault.cause, detail: frames.fault.detail };
  if (end?.how === 'timeout')
    return { target, cause: 'timeout', detail: `${job.timeoutSeconds} seconds${section === '' ? '' : `, at the section '${section}'`}` };
  if (end === null || end.how === 'stopped' || end.how === 'not-started') return { target, ...causeOfEnd(end?.how ?? 'stopped', '') };
  if (frames.kind === 'fault') return { target, cause: 'cut', detail: end.said };
  return { target, cause: causeOfExit(1, end.said), detail: end.said };
}

/** What is said of sessions is not what is to be done here. */
function withoutHint({ cause, detail }: ReturnType<typeof causeOfSession>): Pick<ReturnType<typeof causeOfSession>, 'cause' | 'detail'> {
  return { cause, detail };
}

function elsewhere(target: LiveTarget, outcome: string, own: string): Arrival | null {
  if (outcome === 'elsewhere')
    return {
      target,
      cause: 'invalid-target',
      detail: `it connects by \`local\`, and this machine is '${own}'`,
      hint: 'Collect it on the machine itself, connect over ssh or winrm, or, if this machine has that name too, give it `address: localhost`.',
    };
  if (outcome === 'not-windows')
    return {
      target,
      cause: 'not-supported',
      detail: 'it connects by `local`, and this machine is not Windows',
      hint: 'Collect it on the machine itself, or use `connect: { over: ssh }`.',
    };
  return null;
}

/** An address of this machine says by itself that the target is here. */
export function isOwnAddress(address: string): boolean {
  const lower = address.toLowerCase();
  if (lower === 'localhost' || lower === '::1' || /^127(?:\.\d{1,3}){3}$/.test(lower)) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address.toLowerCase() === lower) === true);
}
