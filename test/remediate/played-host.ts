import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { scriptFor } from '../../src/remediate/script.ts';
import { DEPLOYMENT_SCRIPT, framesOf, HOST_SCRIPT, type Machine, readSnapshot, request, root, run, type Run, runFramed, windowsPowerShell } from '../collectors/support.ts';

export const ENGINE = readFileSync(join(root, 'remediation', 'Invoke-RdsPlan.ps1'), 'utf8');
const REGISTRY = (JSON.parse(readFileSync(join(root, 'collectors', 'request.json'), 'utf8')) as { registry: Json }).registry;

/** Reads the host that is played as `collect` does. */
export function collectFrom(at: Machine, kind: Snapshot['target']['kind'] = 'windows-host', sections: readonly string[] | null = null): Snapshot {
  const script = readFileSync(kind === 'windows-host' ? HOST_SCRIPT : DEPLOYMENT_SCRIPT, 'utf8');
  const asked = request(kind, { registry: kind === 'windows-host' ? REGISTRY : [], sections: sections as Json });
  return readSnapshot(framesOf(runFramed(script, asked, at)).bytes).snapshot;
}

/** The whole state of the host, as it lies on disk. */
export function stateBytes(at: Machine): string {
  return readFileSync(at.environment['RDPOSTURE_FIXTURE'] ?? '', 'utf8');
}

export function state(at: Machine): JsonObject {
  return JSON.parse(stateBytes(at)) as JsonObject;
}

/** Runs a plan's script by hand, as an administrator does. */
export function runScript(at: Machine, plan: HostPlan, ...parameters: readonly string[]): Run {
  const file = join(at.folder, 'plan.ps1');
  writeScript(file, plan);
  return runFile(at, file, ...parameters);
}

export function runFile(at: Machine, file: string, ...parameters: readonly string[]): Run {
  return run(windowsPowerShell, ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', file, ...parameters], at);
}

function writeScript(file: string, plan: HostPlan): void {
  writeFileSync(file, scriptFor(plan, ENGINE));
}
