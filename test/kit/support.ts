import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Machine, root, type Run, run, windowsPowerShell } from '../collectors/support.ts';

export const kit = join(root, 'kit');
const modules = join(import.meta.dirname, 'modules');

export function read(...parts: readonly string[]): string {
  return readFileSync(join(kit, ...parts), 'utf8');
}

/** All files of the kit that end so, with their folder. */
export function kitFiles(...endings: readonly string[]): string[] {
  return readdirSync(kit, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .toSorted();
}

/** What the installers put side by side: the collectors, their request and the guard, with these files of the kit. */
export function installedFolder(...more: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-kit-'));
  cpSync(join(root, 'collectors'), folder, { recursive: true });
  for (const path of ['common/Invoke-GuardedCollector.ps1', ...more]) cpSync(join(kit, path), join(folder, path.split('/').at(-1) ?? ''));
  return folder;
}

export const removed = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A Windows machine to install on, as far as the kit sees one: folders, programs of System32 and cmdlets with a state. */
export interface Computer {
  readonly folder: string;
  readonly at: (...parts: readonly string[]) => string;
  /** Runs text, with the stand-ins before the engine's own commands. */
  readonly command: (text: string) => Run;
  readonly install: (script: string, parameters: readonly string[], environment?: Readonly<Record<string, string>>) => Run;
  /** What changed, one line a change, since the last call. */
  readonly changes: () => string[];
  readonly remove: () => void;
}

const PROGRAMS: Readonly<Record<string, string>> = {
  'icacls.exe': '#!/bin/sh\nprintf "icacls" >> "$KIT_LOG"; for word; do printf " %s" "$word" >> "$KIT_LOG"; done; echo >> "$KIT_LOG"; exit ${KIT_ICACLS:-0}\n',
  'OpenSSH/sshd.exe': '#!/bin/sh\n[ "$1 $2" = "-t -f" ] || exit 2\ngrep -q broken "$3" && exit 255\nexit 0\n',
};

/** `accounts`: names to SIDs, as the domain has them. */
export function computer(accounts: Readonly<Record<string, string>>): Computer {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-computer-'));
  const at = (...parts: readonly string[]): string => join(folder, ...parts);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const path = at('Windows/System32', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
  for (const name of ['ProgramData/ssh', 'Program Files']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('fixture.json'), JSON.stringify({ accounts }));
  const environment = {
    RDPOSTURE_FIXTURE: at('fixture.json'),
    PSModulePath: modules,
    SystemRoot: at('Windows'),
    ProgramData: at('ProgramData'),
    ProgramFiles: at('Program Files'),
    COMPUTERNAME: 'RDSH01',
    KIT_LOG: at('log'),
    KIT_ROLE: '3',
  };
  const start = (parameters: readonly string[], more: Readonly<Record<string, string>> = {}): Run =>
    run(windowsPowerShell, ['-NoProfile', '-NonInteractive', ...parameters], { folder, environment: { ...environment, ...more }, remove: () => {} });
  let seen = 0;
  return {
    folder,
    at,
    command: (text) => start(['-Command', `Import-Module KitStandIns; ${text}`]),
    install: (script, parameters, more) => start(['-File', join(kit, script), ...parameters], more),
    changes: () => {
      const lines = existsSync(at('log')) ? readFileSync(at('log'), 'utf8').split('\n').filter(Boolean) : [];
      const fresh = lines.slice(seen).map((line) => line.replaceAll(folder, ''));
      seen = lines.length;
      return fresh;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts a script as sshd starts a forced command, with its input held open, as `ssh` does. */
export async function converse(script: string, input: string, at: Machine, environment: Readonly<Record<string, string>>, holds = true): Promise<Run> {
  const options = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'RemoteSigned', '-InputFormat', 'None', '-OutputFormat', 'Text'];
  const child = spawn(windowsPowerShell, [...options, '-File', script], { cwd: at.folder, env: { ...process.env, ...at.environment, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // It may have ended before it read everything.
  child.stdin.on('error', () => {});
  child.stdin.write(input);
  if (!holds) child.stdin.end();
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stdout, stderr };
}
