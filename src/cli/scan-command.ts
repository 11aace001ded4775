import { fstatSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { lastChanges } from '../apply/record.ts';
import { isSet, optionsHelp, type ParsedOptions, textOf, textsOf } from '../config/options.ts';
import { decide } from '../gate/gate.ts';
import { forTerminal } from '../lib/escape.ts';
import { placedMessage, type Problem } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import type { TargetChange } from '../model/target.ts';
import { scanInThreads, type ScanRequest } from '../scan.ts';
import { estateFileOf, loadEstate } from '../scan/plan.ts';
import { INTERRUPTED, interruptible } from './interrupt.ts';
import type { Contact } from './live-scan.ts';
import { outputsOf, showsFixes, showsLineHashes, showsVerdicts, uploadProblems, writeOutputs } from './outputs.ts';
import { checkInputs, type Output } from './output-paths.ts';
import { userFolder } from './paths.ts';
import { optionsFor, requestOf } from './request.ts';
import { runPulumi } from './run-pulumi.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const { options, problems: unheard } = optionsFor(argv, SCAN_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(`rdposture scan [PATH…]: collect and judge; default: the estate in this folder\n\n${optionsHelp(SCAN_OPTIONS)}`);
    return 0;
  }
  if (isSet(options, 'show-config')) return showConfig(options);
  const outputs = outputsOf(textsOf(options, 'report'), folder);
  const request = requestOf(options, folder, {
    fixes: showsFixes(outputs) && !isSet(options, 'no-fixes'),
    verdicts: showsVerdicts(outputs),
    lineHashes: showsLineHashes(outputs),
  });
  checkInputs(outputs, folder, request, options);
  const previewed = await runPulumi(request, options);
  if (previewed.interrupted) return INTERRUPTED;
  const live = await contact(request, options);
  if (live.interrupted) return INTERRUPTED;
  const judged = await scanInThreads(
    {
      ...request,
      previews: previewed.previews,
      changes: changesOf(request),
      // What was just collected is not from the future.
      ...(live.contacted === null ? {} : { contacted: live.contacted, now: textOf(options, 'now') === null ? new Date().toISOString() : request.now }),
      problems: [...unheard, ...(request.problems ?? []), ...previewed.problems, ...live.problems],
    },
    { threads: threadsOf(options), busy: interruptible },
  );
  const extra = uploadProblems(judged, outputs);
  const problems = [...judged.problems, ...extra];
  const report: ScanReport = extra.length === 0 ? judged : { ...judged, problems, gate: decide(judged.findings, problems, request.gate) };
  const written = await writeOutputs(report, outputs, folder, {
    color: useColor(),
    verbose: isSet(options, 'verbose'),
    width: Math.min(Math.max(process.stdout.columns ?? 80, 60), 120),
  });
  const quiet = isSet(options, 'quiet');
  printProblems(seenOnStandardError(outputs) ? written : [...report.problems, ...written], quiet);
  const skipped = report.scan.skipped ?? 0;
  if (!quiet && skipped > 0)
    process.stderr.write(
      `note: ${skipped} ${skipped === 1 ? 'file was' : 'files were'} skipped: nothing in ${skipped === 1 ? 'it' : 'them'} is judged here.\n`,
    );
  const code = report.gate.exitCode;
  if (!isSet(options, 'exit-zero')) return code;
  if (code !== 0)
    process.stderr.write(`note: the gate says ${code}: ${forTerminal(report.gate.reasons.join(' '))} Exit code 0, since --exit-zero was given.\n`);
  return 0;
}

/** Whoever contacts nobody does not load what it takes: with --offline or --declared, or without an estate. */
async function contact(request: ScanRequest, options: ParsedOptions): Promise<Contact> {
  const estateFile = isSet(options, 'offline') || request.declared ? null : estateOf(request);
  if (estateFile === null) return { contacted: null, problems: [], interrupted: false };
  const { contactTargets } = await import('./live-scan.ts');
  return contactTargets(estateFile, request, options);
}

function estateOf({ paths, sourceRoot }: ScanRequest): string | null {
  return paths.map((path) => estateFileOf(path, sourceRoot)).find((path) => path !== null) ?? null;
}

/** What `apply` last did to the targets of the scanned estate. */
function changesOf(request: ScanRequest): ReadonlyMap<string, TargetChange> {
  const estateFile = estateOf(request);
  if (estateFile === null) return new Map();
  const { estate } = loadEstate(estateFile, request.sourceRoot, request.library.areas);
  return lastChanges(resolve(dirname(estateFile), estate.snapshots.folder));
}

/** More than four threads wait for the disk and for each other. */
function threadsOf(options: ParsedOptions): number {
  const { value } = options.values['concurrency'] ?? { value: null };
  return Math.max(1, Math.min(availableParallelism(), typeof value === 'number' ? value : 4, 4));
}

/** The console output shows the problems too: they are not said twice in one place. */
function seenOnStandardError(outputs: readonly Output[]): boolean {
  if (!outputs.some((output) => output.format === 'console' && output.path === '-')) return false;
  const [out, error] = [fstatSync(1), fstatSync(2)];
  return out.dev === error.dev && out.ino === error.ino;
}

export function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env as Readonly<Record<'NO_COLOR' | 'FORCE_COLOR' | 'TERM', string | undefined>>;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY && TERM !== 'dumb' && process.env['CI'] === undefined;
}

export function printProblems(problems: readonly Problem[], quiet: boolean): void {
  for (const problem of problems) {
    if (quiet && problem.level !== 'error') continue;
    process.stderr.write(`${problem.level}: ${forTerminal(placedMessage(problem))}${problem.hint === undefined ? '' : ` ${forTerminal(problem.hint)}`}\n`);
  }
}

function showConfig(options: ParsedOptions): number {
  const width = Math.max(...Object.keys(options.values).map((name) => name.length));
  for (const [name, { value, from }] of Object.entries(options.values)) {
    if (name !== 'help' && name !== 'show-config') process.stdout.write(`${name.padEnd(width)}  ${forTerminal(JSON.stringify(value))}  (${from})\n`);
  }
  return 0;
}
