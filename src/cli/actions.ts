import { readConfigFile } from '../config/load.ts';
import { isSet, optionsHelp, type OptionSpec, type ParsedOptions, parseOptions } from '../config/options.ts';
import { UserError } from '../model/problem.ts';
import { userFolder } from './paths.ts';

/** One of what a command can do. */
export interface Action {
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  readonly run: (options: ParsedOptions, folder: string) => number;
}

/** Runs the action that the first argument names. */
export function runAction(command: string, actions: Readonly<Record<string, Action>>, argv: readonly string[]): number {
  const [name = '', ...rest] = argv;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    if (name === '--help' || name === '-h') return help(Object.values(actions));
    throw new UserError(
      'cli.unknown-action',
      name === '' ? 'Say what to do.' : `'${command} ${name}' is not a command.`,
      `Use ${command} ${Object.keys(actions).join(', ')}; \`rdposture ${command} --help\` shows their options.`,
    );
  }
  const folder = userFolder();
  // The keys of other commands in rdposture.yaml are no error here.
  const config = Object.fromEntries(
    Object.entries(readConfigFile(folder)).filter(([key]) => action.options.some((option) => option.name === key && option.configurable !== false)),
  );
  const options = parseOptions(rest, action.options, process.env, config);
  return isSet(options, 'help') ? help([action]) : action.run(options, folder);
}

function help(actions: readonly Action[]): number {
  process.stdout.write(actions.map((action) => `rdposture ${action.usage}: ${action.summary}\n\n${optionsHelp(action.options)}`).join('\n'));
  return 0;
}

export function noArguments(options: ParsedOptions): void {
  const [first] = options.positionals;
  if (first !== undefined) throw new UserError('cli.argument', `'${first}' is not expected here.`, 'Options begin with --; `--help` lists them.');
}
