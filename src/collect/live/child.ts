import { type ChildProcess, spawn } from 'node:child_process';

export { findProgram } from '../find-program.ts';

/** Bytes kept of the beginning and of the end of a program's standard error. */
const KEPT = 4096;
/** A program that was asked to end is ended after this time. */
const GRACE_MS = 2000;
/** What a program that has ended left behind may be silent for so long. */
const [TURN_MS, QUIET_TURNS] = [250, 6];

/** A program that runs, and how it is ended. */
export interface Running {
  readonly child: ChildProcess;
  /** What it said on standard error: its beginning and its end. */
  readonly stderr: () => string;
  readonly stderrBytes: () => number;
  /** Ends it and what it started. */
  readonly kill: () => void;
  /** Its exit code, null after a signal. Comes also when something that it left behind holds its pipes. */
  readonly ended: Promise<{ readonly code: number | null; readonly error: NodeJS.ErrnoException | null }>;
}

const alive = new Set<Running>();

/**
 * Starts a program without a shell, in a process group of its own: Ctrl-C at the terminal is ours to pass on. `environment` adds
 * variables to those that it inherits.
 */
export function start(
  program: string,
  args: readonly string[],
  onOutput: (chunk: Buffer) => void,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(program, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { ...childEnvironment(), ...environment },
  });
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  let total = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    total += chunk.length;
    const first = chunk.subarray(0, Math.max(0, KEPT - headBytes));
    if (first.length > 0) head.push(Buffer.from(first));
    headBytes += first.length;
    if (first.length < chunk.length) tail = Buffer.concat([tail, chunk.subarray(first.length)]).subarray(-KEPT);
  });
  let received = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    received += chunk.length;
    onOutput(chunk);
  });
  // The other side may close any of them at any time; its exit tells why.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});

  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => {
    if (timer !== undefined) return;
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  };
  const ended = new Promise<{ code: number | null; error: NodeJS.ErrnoException | null }>((done) => {
    child.once('error', (error) => done({ code: null, error }));
    child.once('close', (code) => done({ code, error: null }));
    child.once('exit', (code) => {
      // Its own children (a jump host's ssh) may hold the pipes. The time counts in turns of the event loop, in each of which
      // what has come is read: a thread that was busy loses nothing.
      let [seen, quiet] = [-1, 0];
      const watch = setInterval(() => {
        quiet = seen === received + total ? quiet + 1 : 0;
        seen = received + total;
        if (quiet < QUIET_TURNS) return;
        clearInterval(watch);
        signalGroup(child, 'SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        done({ code, error: null });
      }, TURN_MS);
      child.once('close', () => clearInterval(watch));
    });
  });
  const running: Running = {
    child,
    stderr: () => Buffer.concat([...head, tail]).toString('utf8'),
    stderrBytes: () => total,
    kill,
    ended: ended.finally(() => {
      clearTimeout(timer);
      alive.delete(running);
    }),
  };
  alive.add(running);
  return running;
}

/** For an exit that cannot wait. */
export function killAllNow(): void {
  for (const { child } of alive) signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Nothing of ours: a key for stand-ins, a token. */
function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith('RDPOSTURE_')));
}
