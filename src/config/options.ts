import { parseArgs } from 'node:util';
import type { Json } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import { nearest } from '../lib/schema-check.ts';

/** One option of a command: as a flag, as `RDPOSTURE_NAME` in the environment, as a key of `rdposture.yaml`. */
export interface OptionSpec {
  readonly name: string;
  readonly type: 'text' | 'list' | 'flag' | 'number';
  /** Shown in the help: `FORMAT:PATH`. */
  readonly value?: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly default?: Json;
  /** False for what only makes sense as a flag of one call. */
  readonly configurable?: boolean;
}

export interface OptionValue {
  readonly value: Json;
  readonly from: 'flag' | 'environment' | 'file' | 'default';
}

export interface ParsedOptions {
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly string[];
}

const HELP: OptionSpec = { name: 'help', type: 'flag', help: 'show this help', configurable: false };

/** flag > environment > file > default. Throws UserError for a name or a value that is not allowed. */
export function parseOptions(
  argv: readonly string[],
  specs: readonly OptionSpec[],
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, Json>>,
): ParsedOptions {
  const all = [...specs, HELP];
  const { values: flags, positionals } = parseFlags(argv, all);
  for (const name of Object.keys(file)) {
    if (!all.some((spec) => spec.name === name && spec.configurable !== false))
      throw unknownName(
        `The key '${name}' of rdposture.yaml`,
        name,
        all.filter(({ configurable }) => configurable !== false),
      );
  }
  const values: Record<string, OptionValue> = {};
  for (const spec of all) values[spec.name] = valueOf(spec, flags[spec.name], environment, file);
  return { values, positionals };
}

function parseFlags(argv: readonly string[], specs: readonly OptionSpec[]): { values: Record<string, unknown>; positionals: string[] } {
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.type === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: spec.type === 'list',
        ...(spec.name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = /'--([\w-]+)/.exec(message)?.[1];
    if (name !== undefined && message.startsWith('Unknown')) throw unknownName(`The option '--${name}'`, name, specs);
    // Node explains the shell over several lines.
    const [first = message] = message.split(/\n|\. /);
    throw new UserError('cli.option', `${first.replace(/\.$/, '')}.`, '`--help` lists the options.');
  }
}

function unknownName(what: string, name: string, specs: readonly OptionSpec[]): UserError {
  const near = nearest(
    name,
    specs.map((spec) => spec.name),
  );
  return new UserError('cli.unknown-option', `${what} is not known here.`, near === undefined ? '`--help` lists the options.' : `Did you mean '${near}'?`);
}

function valueOf(
  spec: OptionSpec,
  flag: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, Json>>,
): OptionValue {
  if (flag !== undefined) return { value: checked(spec, flag as Json, `--${spec.name}`), from: 'flag' };
  const variable = `RDPOSTURE_${spec.name.toUpperCase().replaceAll('-', '_')}`;
  const set = spec.configurable === false ? undefined : environment[variable];
  if (set !== undefined && set !== '') return { value: checked(spec, fromText(spec, set), variable), from: 'environment' };
  const key = Object.hasOwn(file, spec.name) ? file[spec.name] : undefined;
  if (key !== undefined && key !== null)
    return { value: checked(spec, spec.type === 'list' && !Array.isArray(key) ? [key] : key, `'${spec.name}' in rdposture.yaml`), from: 'file' };
  return { value: spec.default ?? (spec.type === 'list' ? [] : spec.type === 'flag' ? false : null), from: 'default' };
}

const FLAG_WORDS: Readonly<Record<string, boolean>> = { '1': true, true: true, yes: true, on: true, '0': false, false: false, no: false, off: false };

function fromText(spec: OptionSpec, text: string): Json {
  if (spec.type === 'flag') return FLAG_WORDS[text.toLowerCase()] ?? text;
  return spec.type === 'list' ? text.split(',') : text;
}

function checked(spec: OptionSpec, value: Json, where: string): Json {
  const fail = (why: string): UserError => new UserError('cli.option-value', `${where}: ${why}${why.endsWith('?') ? '' : '.'}`, `It is: ${spec.help}.`);
  if (spec.type === 'flag') {
    if (typeof value !== 'boolean') throw fail('it is true or false');
    return value;
  }
  if (spec.type === 'number') {
    const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isInteger(number) || number < 1) throw fail(`'${typeof value === 'string' ? value : JSON.stringify(value)}' is not a whole number above 0`);
    return number;
  }
  const items: Json[] = spec.type === 'list' ? (Array.isArray(value) ? [...(value as readonly Json[])] : [value]) : [value];
  for (const item of items) {
    if (typeof item !== 'string' || item === '') throw fail('it is a text that is not empty');
    if (spec.choices !== undefined && !spec.choices.includes(item)) {
      const near = nearest(item, spec.choices);
      throw fail(`'${item}' is none of ${spec.choices.join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`);
    }
  }
  return spec.type === 'list' ? items : (items[0] ?? null);
}

/** Typed access, after `parseOptions` has checked. */
export function textOf(options: ParsedOptions, name: string): string | null {
  const value = options.values[name]?.value;
  return typeof value === 'string' ? value : null;
}
export function textsOf(options: ParsedOptions, name: string): string[] {
  const value = options.values[name]?.value;
  return Array.isArray(value) ? (value as readonly Json[]).map(String) : [];
}
export function isSet(options: ParsedOptions, name: string): boolean {
  return options.values[name]?.value === true;
}

/** The help of a command, from its option table. */
export function optionsHelp(specs: readonly OptionSpec[]): string {
  const rows = [...specs, HELP].map(
    (spec) =>
      [
        `--${spec.name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
        spec.help +
          (spec.choices === undefined ? '' : `: ${spec.choices.join(', ')}`) +
          (spec.default === undefined ? '' : ` (default ${typeof spec.default === 'string' ? spec.default : JSON.stringify(spec.default)})`),
      ] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}\n`).join('');
}
