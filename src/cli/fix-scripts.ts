import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forTerminal } from '../lib/escape.ts';
import type { Finding, Fix } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { stepsOf } from '../model/pointer.ts';
import type { ScanReport } from '../model/report.ts';
import { stepsFor } from '../remediate/powershell.ts';
import { scriptFor } from '../remediate/script.ts';
import type { ScanRequest } from '../scan.ts';
import { makeFolder, unwritable } from './outputs.ts';

/** What a finding is fixed with: its proved way, else the first that has commands. */
function fixOf(finding: Finding): Fix | undefined {
  if (finding.status !== 'open') return undefined;
  return (
    finding.fixes.find((candidate) => candidate.edits !== undefined) ??
    finding.fixes.find((candidate) => candidate.changes.length > 0 || candidate.az !== undefined)
  );
}

/** One file a host; a name that is not one for a file gets a hash, so that two hosts never share one. */
function scriptName(host: string): string {
  const plain = host.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
  return plain === host ? `${plain}.ps1` : `${plain}-${createHash('sha256').update(host).digest('hex').slice(0, 8)}.ps1`;
}

function writeScript(file: string, text: string, what: string, mode: number): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text, { mode });
  } catch (error) {
    throw unwritable(file, error);
  }
  process.stdout.write(`${forTerminal(file)}: ${what}\n`);
}

/** Writes a PowerShell script for each host and one of Azure CLI commands. */
export function writeScripts(report: ScanReport, request: ScanRequest, directory: string): number {
  const names = new Map(report.targets.map((target) => [target.id, target.name]));
  const { changes, az } = scriptedChanges(report.findings, names);
  let written = 0;
  for (const [target, list] of [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const name = names.get(target) ?? target;
    const steps = stepsFor(
      list.map((change) => ({ target, path: change.path, value: change.value })),
      request.library.areas,
      (id) => names.get(id) ?? id,
    );
    if (steps.length === 0) continue;
    writeScript(join(directory, scriptName(name)), scriptFor(name, steps, request.version), `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`, 0o644);
    written++;
  }
  if (az.size > 0) {
    const text = `#!/bin/sh\n# Written by rdposture ${request.version}. Read it before you run it.\nset -eu\n${[...az].toSorted().join('\n')}\n`;
    writeScript(join(directory, 'azure.sh'), text, `${az.size} ${az.size === 1 ? 'command' : 'commands'}`, 0o755);
    written++;
  }
  if (written === 0) process.stdout.write('There is nothing to script.\n');
  return 0;
}

interface ScriptedChange {
  readonly path: string[];
  readonly value: Json;
  readonly policy: string;
}

/** The changes of each target's settings, and Azure CLI commands. Two fixes that disagree on one setting are both left out of it. */
function scriptedChanges(findings: readonly Finding[], names: ReadonlyMap<string, string>): { changes: Map<string, ScriptedChange[]>; az: Set<string> } {
  const changes = new Map<string, Map<string, ScriptedChange | null>>();
  const az = new Set<string>();
  for (const finding of findings) {
    const fix = fixOf(finding);
    for (const command of fix?.az ?? []) az.add(command);
    for (const change of fix?.changes ?? []) {
      if (!names.has(change.on)) continue;
      const byPath = changes.get(change.on) ?? new Map<string, ScriptedChange | null>();
      changes.set(change.on, byPath);
      const known = byPath.get(change.path);
      if (known === undefined) byPath.set(change.path, { path: stepsOf(`/${change.path}`), value: change.after, policy: finding.policy });
      else if (known !== null && JSON.stringify(known.value) !== JSON.stringify(change.after)) {
        byPath.set(change.path, null);
        const name = names.get(change.on) ?? change.on;
        process.stderr.write(
          `warning: ${forTerminal(`The fixes of ${known.policy} and ${finding.policy} disagree on '${change.path}' of '${name}': neither is scripted.`)}\n`,
        );
      }
    }
  }
  return { changes: new Map([...changes].map(([target, byPath]) => [target, [...byPath.values()].filter((change) => change !== null)])), az };
}
