import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { scriptFor } from '../../src/remediate/script.ts';
import { library } from './every-fix.ts';
import {
  DEPLOYMENT_SCRIPT,
  framesOf,
  HOST_SCRIPT,
  type Machine,
  readSnapshot,
  request,
  root,
  run,
  type Run,
  runFramed,
  windowsPowerShell,
} from '../collectors/support.ts';

export const ENGINE = readFileSync(join(root, 'remediation', 'Invoke-RdsPlan.ps1'), 'utf8');
const REGISTRY = (JSON.parse(readFileSync(join(root, 'collectors', 'request.json'), 'utf8')) as { registry: Json }).registry;

/** What settings are read from, and what tells which connection a change cuts. The rest of a host takes longer to read than all of it. */
const SETTINGS = [
  ...library.areas.flatMap(({ instances, settings }) => [instances?.rows, ...Object.values(settings).flatMap(({ read }) => read.map(({ rows }) => rows))]),
  'registry',
  'os',
  'listeners',
  'network.profiles',
  'RSOP_RegistryPolicySetting',
  'RSOP_RegistryValue',
  'RSOP_GPO',
].filter((name) => name !== undefined);

/** Reads the settings of the host that is played as `collect` does. */
export function collectFrom(at: Machine, kind: Snapshot['target']['kind'] = 'windows-host'): Snapshot {
  const script = readFileSync(kind === 'windows-host' ? HOST_SCRIPT : DEPLOYMENT_SCRIPT, 'utf8');
  const asked = request(kind, kind === 'windows-host' ? { registry: REGISTRY, sections: [...new Set(SETTINGS)] } : {});
  return readSnapshot(framesOf(runFramed(script, asked, at)).bytes).snapshot;
}

/** The whole state of the host, as it lies on disk. */
export function stateBytes(at: Machine): string {
  return readFileSync(at.environment['RDPOSTURE_FIXTURE'] ?? '', 'utf8');
}

export function state(at: Machine): JsonObject {
  return JSON.parse(stateBytes(at)) as JsonObject;
}

/** Where the host keeps what was done to it. */
export function changesFolder(at: Machine): string {
  return join(at.environment['ProgramFiles'] ?? '', 'rdposture', 'changes');
}

/** Runs a plan's script by hand, as an administrator does. */
export function runScript(at: Machine, plan: HostPlan, ...parameters: readonly string[]): Run {
  const file = join(at.folder, 'plan.ps1');
  writeScript(file, plan);
  return runFile(at, file, ...parameters);
}

export function writeScript(file: string, plan: HostPlan): void {
  writeFileSync(file, scriptFor(plan, ENGINE));
}

const OPTIONS = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];

export function runFile(at: Machine, file: string, ...parameters: readonly string[]): Run {
  return run(windowsPowerShell, [...OPTIONS, file, ...parameters], at);
}

/** The same where no file may grow beyond so many kilobytes. */
export function runFileWithin(at: Machine, kilobytes: number, file: string): Run {
  return run('/bin/bash', ['-c', `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`, windowsPowerShell, ...OPTIONS, file], {
    ...at,
    environment: { ...at.environment, DOTNET_EnableWriteXorExecute: '0' },
  });
}

/** What the scheduler does when the time of tasks has come: their exit codes. */
export function runRollbackTasks(at: Machine): (number | null)[] {
  const tasks = Object.values((state(at)['scheduledTasks'] ?? {}) as Record<string, { readonly xml: string }>);
  return tasks.map(({ xml }) => {
    const text = /<Arguments>([\s\S]*)<\/Arguments>/.exec(xml)?.[1] ?? '';
    const line = text.replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const [options = '', command = ''] = line.split(' -Command ');
    return run(windowsPowerShell, [...options.split(' '), '-Command', command.replace(/^"([\s\S]*)"$/, '$1')], at).code;
  });
}
