import { readConfigFile } from '../config/load.ts';
import { isSet, optionsHelp, type ParsedOptions, parseOptions, textsOf } from '../config/options.ts';
import { decide } from '../gate/gate.ts';
import { forTerminal } from '../lib/escape.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { scan } from '../scan.ts';
import { outputsOf, showsFixes, showsVerdicts, uploadProblems, writeOutputs } from './outputs.ts';
import { userFolder } from './paths.ts';
import { requestOf } from './request.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const options = parseOptions(argv, SCAN_OPTIONS, process.env, readConfigFile(folder));
  if (isSet(options, 'help')) {
    process.stdout.write(`rdposture scan [PATH…]: collect and judge; default: the estate in this folder\n\n${optionsHelp(SCAN_OPTIONS)}`);
    return 0;
  }
  if (isSet(options, 'show-config')) return showConfig(options);
  const outputs = outputsOf(textsOf(options, 'report'));
  const request = requestOf(options, folder, { fixes: showsFixes(outputs), verdicts: showsVerdicts(outputs) });
  const judged = scan(request);
  const extra = uploadProblems(judged, outputs);
  const problems = [...judged.problems, ...extra];
  const report: ScanReport = extra.length === 0 ? judged : { ...judged, problems, gate: decide(judged.findings, problems, request.gate) };
  await writeOutputs(report, outputs, folder, { color: useColor(), verbose: isSet(options, 'verbose'), width: Math.min(Math.max(process.stdout.columns ?? 80, 60), 120) });
  if (!outputs.some((output) => output.format === 'console' && output.path === '-')) printProblems(report.problems, isSet(options, 'quiet'));
  return isSet(options, 'exit-zero') ? 0 : report.gate.exitCode;
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
    process.stderr.write(`${problem.level}: ${forTerminal(problem.message)}${problem.hint === undefined ? '' : ` ${forTerminal(problem.hint)}`}\n`);
  }
}

function showConfig(options: ParsedOptions): number {
  const width = Math.max(...Object.keys(options.values).map((name) => name.length));
  for (const [name, { value, from }] of Object.entries(options.values)) {
    if (name !== 'help' && name !== 'show-config') process.stdout.write(`${name.padEnd(width)}  ${forTerminal(JSON.stringify(value))}  (${from})\n`);
  }
  return 0;
}
