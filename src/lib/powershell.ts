import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PowerShell } from 'node-powershell';

/** A script that PowerShell is to run. */
export interface PowerShellJob {
  /** Absolute path of `powershell.exe` or `pwsh`. */
  readonly program: string;
  /** Its text. It gets `-Job FOLDER`; what it reads and what it answers are files there. */
  readonly script: string;
  /** What it reads, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** What must not be in a file: a credential. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** For all of it; then it and what it started are ended. */
  readonly timeoutMs: number;
}

/** How it ended. What it said on standard error or instead of an answer is no failure by itself. */
export interface PowerShellEnd {
  /** `failed`: it threw, or said something on standard error. */
  readonly how: 'done' | 'failed' | 'ended-itself' | 'timeout' | 'stopped' | 'not-started';
  readonly said: string;
}

export interface RunningPowerShell {
  /** Only this user can read it. */
  readonly folder: string;
  /** Never rejects. */
  readonly ended: Promise<PowerShellEnd>;
  /** Asks it to end by the file `stop`, and ends it and what it started when it does not. */
  readonly stop: () => void;
  /** Ends it and what it started, now. */
  readonly kill: () => void;
  /** Ends it, if it runs still, and takes its folder away. */
  readonly remove: () => Promise<void>;
}

/** The one line that is sent, always the same: values come in files. Run from its text, the script needs no execution policy. */
const COMMAND =
  "$ErrorActionPreference='Stop';& ([scriptblock]::Create([IO.File]::ReadAllText([IO.Path]::Combine($env:RDPOSTURE_JOB,'script.ps1')))) -Job $env:RDPOSTURE_JOB";
const STOP = 'stop';
/** What was asked to end is ended after this time. */
const GRACE_MS = 3000;
/** Output is kept in memory by node-powershell, and read again and again: answers are files. */
const MAX_OUTPUT = 4 * 1024 * 1024;
const MAX_SAID = 4096;
/** What node-powershell has written before and after the command's own output. */
const DELIMITER = /^[0-9A-Za-z]{16}\r?$/gm;

/**
 * Starts PowerShell through node-powershell, the only place that knows it. What it lacks is made up for here: it builds commands
 * from text (one constant line instead), gives answers as text of the console (files instead), takes anything on standard error for a failure
 * (told, not thrown), goes on after its own deadline and ends the program but not its children (a process group and a deadline of our own).
 */
export async function startPowerShell(job: PowerShellJob): Promise<RunningPowerShell> {
  // It is CommonJS: all that it exports is the default.
  const {
    default: { PowerShell },
  } = await import('node-powershell');
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-powershell-'));
  for (const [name, text] of Object.entries({ ...job.files, 'script.ps1': job.script })) writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx' });
  const shell = open(PowerShell, job, folder);
  const pid = shell['process'].pid;
  let over: 'timeout' | 'stopped' | null = null;
  let grace: NodeJS.Timeout | undefined;
  let isGone = false;
  const kill = (): void => {
    // Another program may have its number by then; on Windows no group keeps it.
    if (!isGone && !(process.platform === 'win32' && shell['isExited'])) killTree(pid);
  };
  const onExit = (): void => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', onExit);
  const deadline = setTimeout(() => {
    over ??= 'timeout';
    kill();
  }, job.timeoutMs);
  let size = 0;
  let said = '';
  shell.streams.stdout.on('data', (chunk: string) => count(chunk));
  shell.streams.stderr.on('data', (chunk: string) => {
    said = (said + chunk).slice(0, MAX_SAID);
    count(chunk);
  });
  const count = (chunk: string): void => {
    size += chunk.length;
    if (size > MAX_OUTPUT) kill();
  };
  // It may close any of them at any time; how it ends tells why.
  for (const stream of Object.values(shell.streams)) stream.on('error', () => {});

  const invoked = async (): Promise<PowerShellEnd['how']> => {
    try {
      await shell.invoke(COMMAND);
      return shell['isExited'] ? 'ended-itself' : 'done';
    } catch (error) {
      if (pid === undefined) return 'not-started';
      return shell['isExited'] || !(error instanceof Error && error.name === 'InvocationError') ? 'ended-itself' : 'failed';
    }
  };
  const ended = invoked().then(async (how): Promise<PowerShellEnd> => {
    clearTimeout(deadline);
    clearTimeout(grace);
    kill();
    isGone = true;
    // It rejects when it was killed, which it was.
    await shell.dispose('SIGKILL').catch(() => {});
    return { how: over ?? how, said: said.replaceAll(DELIMITER, '').trim() };
  });
  return {
    folder,
    ended,
    stop: () => {
      if (over !== null || isGone) return;
      over = 'stopped';
      writeFileSync(join(folder, STOP), '');
      grace = setTimeout(kill, GRACE_MS);
    },
    kill: () => {
      over ??= 'stopped';
      kill();
    },
    remove: async () => {
      kill();
      await ended;
      process.off('exit', onExit);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function open(Base: typeof PowerShell, { program, secrets }: PowerShellJob, folder: string): PowerShell {
  class Own extends Base {
    /** Else `NODE_POWERSHELL` of the environment names another program. */
    protected override setExecutable(): string {
      return program;
    }
  }
  // It starts programs in our own process group, where their children could not be found again.
  Object.defineProperty(Own.prototype, 'spawnOptions', {
    set(this: object, value: object) {
      Object.defineProperty(this, 'spawnOptions', { value: { ...value, detached: process.platform !== 'win32', windowsHide: true } });
    },
  });
  return new Own({
    executableOptions: { '-NoProfile': true, '-NonInteractive': true, '-ExecutionPolicy': 'Bypass' },
    spawnOptions: { env: { ...environment(program), ...secrets, RDPOSTURE_JOB: folder } },
  });
}

/** Nothing of ours; and no folders of another PowerShell's modules, which Windows PowerShell fails to load. */
function environment(program: string): NodeJS.ProcessEnv {
  const isWindowsPowerShell = /[\\/]powershell\.exe$/i.test(program) && process.platform === 'win32';
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => {
      const upper = name.toUpperCase();
      return !upper.startsWith('RDPOSTURE_') && !(isWindowsPowerShell && upper === 'PSMODULEPATH');
    }),
  );
}

/** The program and all that it started. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      const system = process.env['SystemRoot'] ?? 'C:\\Windows';
      spawnSync(join(system, 'System32', 'taskkill.exe'), ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    } else process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
