import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ScanReport } from '../../src/model/report.ts';
import { NOW } from '../scan/support.ts';

export const BIN = fileURLToPath(new URL('../../dist/rdposture.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment without what a CI service, npm or a developer's shell puts in. */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:CI$|GITHUB_|BUILD_|TF_BUILD|npm_|INIT_CWD|RDPOSTURE_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])), ...more };
}

/** Runs the built command line as a user does. */
export function run(args: readonly string[], options: RunOptions = {}): Ran {
  const result = spawnSync(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 180_000,
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** The same without waiting in between, for tests that stop it or stop listening. */
export function start(args: readonly string[], options: RunOptions = {}): ReturnType<typeof spawn> {
  return spawn(process.execPath, [BIN, ...args], { cwd: options.cwd, env: cleanEnvironment(options.env), stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Scans at a fixed time by a few policies. */
export function scanned(folder: string, only: string, ...more: readonly string[]): Ran {
  return run(['scan', '.', '--now', NOW, '--only', only, ...more], { cwd: folder });
}

/** The JSON report of a scan, whatever its exit code. */
export function reportOf(folder: string, only: string, ...more: readonly string[]): ScanReport {
  const ran = scanned(folder, only, '--report', 'json:-', ...more);
  if (ran.stdout === '') throw new Error(`No report: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as ScanReport;
}

/** What a fault of ours would look like; a hostile input never makes one. */
export function isClean(ran: Ran): string | null {
  if (ran.code === 70 || ran.code === null) return `exit code ${ran.code}: ${ran.stderr.slice(0, 300)}`;
  if (/\n\s+at .+:\d+:\d+|a bug:|node:internal/.test(ran.stderr + ran.stdout)) return `a stack trace: ${ran.stderr.slice(0, 300)}`;
  // eslint-disable-next-line no-control-regex
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(ran.stderr + ran.stdout);
  return control === null ? null : `the control character ${control[0].codePointAt(0)?.toString(16) ?? ''}`;
}
