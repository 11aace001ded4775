import { isSet, optionsHelp, type OptionSpec, parseOptions, textsOf } from '../config/options.ts';
import { UserError } from '../model/problem.ts';
import { outputsOf, uploadProblems, writeOutputs } from './outputs.ts';
import { checkRendered } from './output-paths.ts';
import { userFolder } from './paths.ts';
import { reportOf } from './request.ts';
import { printProblems, useColor } from './scan-command.ts';
import { FORMATS } from './scan-options.ts';

export const RENDER_OPTIONS: readonly OptionSpec[] = [
  { name: 'report', type: 'list', value: 'FORMAT:PATH', help: `write an output; repeats; PATH - is standard output. Formats: ${FORMATS.join(', ')}` },
  { name: 'verbose', type: 'flag', help: 'show every finding on the console' },
];

/** Any output from a saved report; reads no other file. */
export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const options = parseOptions(argv, RENDER_OPTIONS, process.env, {});
  if (isSet(options, 'help')) {
    process.stdout.write(`rdposture render REPORT: any output from a saved report\n\n${optionsHelp(RENDER_OPTIONS)}`);
    return 0;
  }
  const [path, ...more] = options.positionals;
  if (path === undefined || more.length > 0) throw new UserError('cli.render', 'Name one report.', '`rdposture scan --report json:report.json` writes one.');
  const report = reportOf(path, folder);
  if (report === null) return 2;
  const outputs = outputsOf(textsOf(options, 'report'), folder);
  checkRendered(outputs, folder, path);
  const problems = uploadProblems(report, outputs);
  printProblems(problems, false);
  const written = await writeOutputs(report, outputs, folder, {
    color: useColor(),
    verbose: isSet(options, 'verbose'),
    width: Math.min(Math.max(process.stdout.columns ?? 80, 60), 120),
  });
  printProblems(written, false);
  return problems.some((problem) => problem.level === 'error') ? 3 : 0;
}
