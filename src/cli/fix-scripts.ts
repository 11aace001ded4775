import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forTerminal } from '../lib/escape.ts';
import type { Finding } from '../model/finding.ts';
import type { HostPlan } from '../model/plan.ts';
import { UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { scriptFor } from '../remediate/script.ts';
import { plansOfReport } from '../scan/host-plans.ts';
import type { ScanRequest } from '../scan.ts';
import { makeFolder, unwritable } from './outputs.ts';
import { PACKAGE_ROOT } from './paths.ts';

/** The script that runs plans on a host. */
export function planScript(): string {
  const path = join(PACKAGE_ROOT, 'remediation', 'Invoke-RdsPlan.ps1');
  if (!existsSync(path)) throw new UserError('fix.no-script', "The script 'Invoke-RdsPlan.ps1' is not installed.", 'Install rdposture again.');
  return readFileSync(path, 'utf8');
}

/** A name for a target's files; one that is none gets a hash, so that two never share one. A broker is a host too. */
export function fileNameOf({ id, name }: HostPlan['host']): string {
  const host = id.startsWith('rds-deployment:') ? `${name}.deployment` : name;
  const plain = host.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
  return plain === host ? plain : `${plain}-${createHash('sha256').update(host).digest('hex').slice(0, 8)}`;
}

function writeFile(file: string, text: string, mode: number): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text, { mode });
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** A plan as JSON, for people and programs. */
export function planText(plan: HostPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** Writes a PowerShell script and its plan for each host, and one script of Azure CLI commands. */
export function writeScripts(report: ScanReport, request: ScanRequest, directory: string): number {
  const { plans, missing } = plansOfReport(report, request, { catalogue: request.library.areas, version: request.version, now: request.now });
  for (const name of missing) warn(`The snapshot of '${name}' is not there any more: nothing is scripted for it.`);
  const engine = plans.some((plan) => plan.steps.length > 0) ? planScript() : '';
  let written = 0;
  for (const plan of plans) {
    for (const refusal of plan.refused) warn(`${refusal.message} ${refusal.hint}`);
    if (plan.steps.length === 0) continue;
    const file = join(directory, `${fileNameOf(plan.host)}.ps1`);
    writeFile(file, scriptFor(plan, engine), 0o644);
    writeFile(join(directory, `${fileNameOf(plan.host)}.plan.json`), planText(plan), 0o644);
    process.stdout.write(`${forTerminal(file)}: ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}\n`);
    written++;
  }
  const az = azureCommands(report.findings);
  if (az.length > 0) {
    const file = join(directory, 'azure.sh');
    writeFile(file, `#!/bin/sh\n# Written by rdposture ${request.version}. Read it before you run it.\nset -eu\n${az.join('\n')}\n`, 0o755);
    process.stdout.write(`${forTerminal(file)}: ${az.length} ${az.length === 1 ? 'command' : 'commands'}\n`);
    written++;
  }
  if (written === 0) process.stdout.write('There is nothing to script.\n');
  return 0;
}

function warn(text: string): void {
  process.stderr.write(`warning: ${forTerminal(text)}\n`);
}

function azureCommands(findings: readonly Finding[]): string[] {
  const commands = findings.flatMap((finding) => {
    if (finding.status !== 'open') return [];
    return (finding.fixes.find((fix) => fix.edits !== undefined) ?? finding.fixes.find((fix) => fix.changes.length > 0 || fix.az !== undefined))?.az ?? [];
  });
  return [...new Set(commands)].toSorted();
}
