import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectorOf } from '../../../src/cli/collector.ts';
import type { Credential, LiveJob } from '../../../src/collect/live/job.ts';
import { type Collected, collectedOf } from '../../../src/collect/live/run.ts';
import { collectOverSessions, type Sessions } from '../../../src/collect/live/sessions.ts';
import type { LiveTarget } from '../../../src/collect/live/targets.ts';
import { deploymentFixture } from '../../collectors/deployment-fixture.ts';
import { HOST_FILES, hostFixture } from '../../collectors/host-fixture.ts';
import { type Machine, machine, pwsh, root, windowsPowerShell } from '../../collectors/support.ts';
import { shippedLibrary } from '../../scan/support.ts';

/** The machines that the hosts of a test are: a host, and a broker. */
export interface Machines {
  readonly host: Machine;
  readonly broker: Machine;
  readonly remove: () => void;
}

export function machines(): Machines {
  const host = machine(hostFixture(), HOST_FILES);
  const broker = machine(deploymentFixture());
  return {
    host,
    broker,
    remove: () => {
      host.remove();
      broker.remove();
    },
  };
}

const exportsOf = ({ environment }: Machine): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name.replaceAll(/\W/g, '_')}='${value}'\n`)
    .join('');

/**
 * A shell function `answer NAME`: what a session's other end is for a host of that name. It puts its process id into `pids`.
 * `broker*` is the deployment's machine; `garbage*`, `cut*`, `hang*` and `dead*` are what they say; others are good.
 */
export function answers(folder: string, { host, broker }: Machines): string {
  return `answer() {
  echo $$ >> ${join(folder, 'pids')}
  case "$1" in
    dead*) echo "ssh: connect to host $1 port 22: Connection refused" >&2; exit 255;;
    hang*) exec cat > /dev/null;;
    garbage*) echo 'Microsoft Windows [Version 10.0]'; printf '\\033]0;title\\007C:\\\\>'; exit 0;;
    broker*) ${exportsOf(broker).replaceAll('\n', '; ')} ;;
    *) ${exportsOf(host).replaceAll('\n', '; ')} ;;
  esac
  case "$1" in
    cut*) { while kill -0 $$ 2> /dev/null; do sleep 0.05; [ -e ${join(folder, 'cut')} ] && kill -9 $$ && exit; done; } & ;;
  esac
  exec ${windowsPowerShell} -sshs -NoLogo
}
`;
}

/** A folder with a program `ssh` that answers for all hosts, to stand first on PATH. */
export interface StandIn {
  readonly folder: string;
  readonly pids: () => number[];
  /** Command lines that it was started by. */
  readonly calls: () => string[];
  readonly remove: () => void;
}

export function standInSsh(all: Machines): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-sessions-'));
  const program = join(folder, 'ssh');
  writeFileSync(
    program,
    `#!/bin/sh
echo "$*" >> ${join(folder, 'calls')}
while [ "$1" != -s ]; do shift; done
${answers(folder, all)}answer "$2"
`,
  );
  chmodSync(program, 0o755);
  return {
    folder,
    pids: () => numbersIn(join(folder, 'pids')),
    calls: () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function numbersIn(path: string): number[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

export function target(address: string, more: Partial<LiveTarget> = {}): LiveTarget {
  const name = more.name ?? address;
  const kind = more.kind ?? 'windows-host';
  return { id: `${kind}:${name.toLowerCase()}`, kind, name, address, over: 'winrm', user: null, port: null, keyFile: null, ...more };
}

export interface Asked {
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Instead of the collectors. */
  readonly script?: string;
  readonly credential?: Credential;
  readonly onStart?: (target: LiveTarget) => void;
  readonly onSection?: LiveJob['onSection'];
}

export function jobOf(asked: Asked = {}): LiveJob {
  const { script, onStart, onSection } = asked;
  const collector = collectorOf(shippedLibrary().areas);
  return {
    ...collector,
    scriptOf: script === undefined ? collector.scriptOf : () => script,
    timeoutSeconds: asked.timeoutSeconds ?? 120,
    concurrency: asked.concurrency ?? 4,
    signal: asked.signal ?? new AbortController().signal,
    ssh: null,
    credential: asked.credential ?? null,
    ...(onStart === undefined ? {} : { onStart }),
    ...(onSection === undefined ? {} : { onSection }),
  };
}

/** Collects over SSH sessions, by the script that does it over WS-Management on Windows. */
export async function collectOverSsh(targets: readonly LiveTarget[], job: LiveJob, more: Partial<Sessions> = {}): Promise<Collected[]> {
  const results: Collected[] = [];
  const script = readFileSync(join(root, 'remoting', 'Invoke-RdsCollection.ps1'), 'utf8');
  for await (const arrival of collectOverSessions(targets, job, { over: 'ssh', program: pwsh, script, ...more })) results.push(await collectedOf(arrival));
  return results;
}

/** Name to the code of its problem; null where there is a snapshot. */
export function outcomes(results: readonly Collected[]): Record<string, string | null> {
  return Object.fromEntries(
    results.map((result): [string, string | null] => [result.target.name, 'problem' in result ? result.problem.code.replace('collect.', '') : null]),
  );
}

export const messageOf = (result: Collected | undefined): string => (result !== undefined && 'problem' in result ? result.problem.message : '');

/** Folders of scripts that have not been taken away, of this process. */
export function foldersLeft(): string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('rdposture-powershell-') && existsSync(join(tmpdir(), name, 'job.json')) && isOurs(join(tmpdir(), name, 'job.json')),
  );
}

function isOurs(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(`"parent":${process.pid}`);
  } catch {
    return false;
  }
}

/** Programs that this process has started and that run still. */
export function childrenLeft(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(parent) === process.pid && state !== 'Z' && /powershell|pwsh/.test(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
      } catch {
        return false;
      }
    });
}

/** PATH with a folder first, until the test has ended. */
export async function withPath<Result>(folders: string, work: () => Promise<Result>): Promise<Result> {
  const before = process.env['PATH'];
  process.env['PATH'] = folders;
  try {
    return await work();
  } finally {
    process.env['PATH'] = before;
  }
}
