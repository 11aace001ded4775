import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { isProblem, nameOf, readTextFile, type TextFile } from '../collect/files.ts';
import { readConfigFile } from '../config/load.ts';
import { isSet, optionsHelp, type OptionSpec, type ParsedOptions, parseOptions, textOf, textsOf } from '../config/options.ts';
import { daysLeft, isExpired, readWaivers, type Waiver, type WaiverFile } from '../gate/waivers.ts';
import { DocumentError, openDocument, type TextDocument } from '../lib/document.ts';
import { forTerminal } from '../lib/escape.ts';
import { nearest } from '../lib/schema-check.ts';
import { applyReplacements } from '../lib/text-edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import { libraryOf } from './library.ts';
import { userFolder } from './paths.ts';
import { labelled, paragraph } from './text-page.ts';
import { timeOf } from './time.ts';

const FILE: OptionSpec = { name: 'waivers', type: 'text', value: 'FILE', help: 'the file of accepted risks', default: 'waivers.yaml' };
const NOW: OptionSpec = { name: 'now', type: 'text', value: 'TIME', help: 'the time to judge by, ISO 8601 (default: the clock)' };
const OWN: OptionSpec = { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' };
const once = (name: string, value: string, help: string): OptionSpec => ({ name, type: 'text', value, help, configurable: false });
const several = (name: string, value: string, help: string): OptionSpec => ({ name, type: 'list', value, help, configurable: false });

interface Action {
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  readonly run: (options: ParsedOptions, folder: string) => number;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { usage: 'waiver list', summary: 'accepted risks, and how long they still count', options: [FILE, NOW, { name: 'json', type: 'flag', help: 'as JSON', configurable: false }], run: list },
  add: {
    usage: 'waiver add ID…',
    summary: 'accept the risk of policies (FW-004, FW-*) until a day, and write it to the file',
    options: [
      several('target', 'GLOB', 'only for targets of such a name (default: all); repeats'),
      several('name', 'GLOB', 'only for what is judged under such a name, such as one rule; repeats'),
      once('reason', 'TEXT', 'why it is accepted, at least ten characters; needed'),
      once('owner', 'NAME', 'who accepts it; needed'),
      once('until', 'DATE', 'its last day, such as 2027-01-31; needed'),
      once('ticket', 'TEXT', 'where it was decided'),
      once('approver', 'NAME', 'who approved it'),
      once('id', 'ID', 'a short name of its own (default: made from the policy and the day)'),
      FILE,
      NOW,
      OWN,
    ],
    run: add,
  },
  lint: { usage: 'waiver lint', summary: 'check the file; 1 when there is a fault', options: [FILE, NOW, OWN], run: lint },
};

export function run(argv: readonly string[]): number {
  const [name = '', ...rest] = argv;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    if (name === '--help' || name === '-h') return help(Object.values(ACTIONS));
    throw new UserError('cli.unknown-action', name === '' ? 'Say what to do.' : `'waiver ${name}' is not a command.`, `Use waiver ${Object.keys(ACTIONS).join(', ')}; \`rdposture waiver --help\` shows their options.`);
  }
  const folder = userFolder();
  // The keys of other commands in rdposture.yaml are no error here.
  const config = Object.fromEntries(Object.entries(readConfigFile(folder)).filter(([key]) => action.options.some((option) => option.name === key && option.configurable !== false)));
  const options = parseOptions(rest, action.options, process.env, config);
  return isSet(options, 'help') ? help([action]) : action.run(options, folder);
}

function help(actions: readonly Action[]): number {
  process.stdout.write(actions.map((action) => `rdposture ${action.usage}: ${action.summary}\n\n${optionsHelp(action.options)}`).join('\n'));
  return 0;
}

interface Opened {
  readonly path: string;
  readonly file: TextFile;
  readonly document: TextDocument;
}

/** The waiver file, parsed; null when there is none. What is no YAML is the user's error. */
function open(options: ParsedOptions, folder: string): Opened | null {
  const path = pathOf(options, folder);
  if (!existsSync(path)) return null;
  const file = readTextFile(path, folder);
  if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
  try {
    return { path, file, document: openDocument(file.text, 'yaml') };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new UserError('waiver.not-yaml', `'${file.name}' could not be read as YAML: ${error.message}`, 'Mend the file.');
  }
}

function pathOf(options: ParsedOptions, folder: string): string {
  return resolve(folder, textOf(options, 'waivers') ?? 'waivers.yaml');
}

function opened(options: ParsedOptions, folder: string): Opened {
  const found = open(options, folder);
  if (found === null) throw new UserError('waiver.missing', `The waiver file '${pathOf(options, folder)}' does not exist.`, '`rdposture waiver add` makes it; --waivers names another.');
  return found;
}

function noArguments(options: ParsedOptions): void {
  const [first] = options.positionals;
  if (first !== undefined) throw new UserError('cli.argument', `'${first}' is not expected here.`, 'Options begin with --; `--help` lists them.');
}

function list(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const now = timeOf(textOf(options, 'now'));
  const { file, document } = opened(options, folder);
  const read = readWaivers(document.value, file.name, now);
  for (const problem of read.problems) process.stderr.write(`error: ${forTerminal(problem.message)}\n`);
  if (isSet(options, 'json')) process.stdout.write(`${JSON.stringify(read.waivers.map((waiver) => ({ ...waiver, daysLeft: daysLeft(waiver, now), state: isExpired(waiver, now) ? 'expired' : 'valid' })), null, 2)}\n`);
  else process.stdout.write(listText(read, now));
  // What does not count is a fault of the file: the user must act.
  return read.problems.length === 0 ? 0 : 2;
}

function listText(read: WaiverFile, now: string): string {
  const expired = read.waivers.filter((waiver) => isExpired(waiver, now)).length;
  const rows = read.waivers.map((waiver) => paragraph(`${waiver.id}: ${stateOf(waiver, now)}`) + labelled(detailsOf(waiver)));
  return `${rows.join('')}${read.waivers.length - expired} valid, ${expired} expired.\n`;
}

function stateOf(waiver: Waiver, now: string): string {
  const left = daysLeft(waiver, now);
  if (isExpired(waiver, now)) return `expired on ${waiver.until}, ${-left} ${left === -1 ? 'day' : 'days'} ago`;
  return left === 0 ? `valid, ends today (${waiver.until}, UTC)` : `valid until ${waiver.until}, ${left} ${left === 1 ? 'day' : 'days'} left`;
}

function detailsOf(waiver: Waiver): (readonly [string, string])[] {
  const optional = (label: string, text: string | null): (readonly [string, string])[] => (text === null ? [] : [[label, text]]);
  return [
    ['policies', waiver.policies.join(', ')],
    ['targets', waiver.targets.length === 0 ? 'all' : waiver.targets.join(', ')],
    ...(waiver.names.length === 0 ? [] : [['names', waiver.names.join(', ')] as const]),
    ['reason', waiver.reason],
    ['owner', waiver.owner],
    ...optional('ticket', waiver.ticket),
    ...optional('approver', waiver.approver),
  ];
}

function lint(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const now = timeOf(textOf(options, 'now'));
  const { file, document } = opened(options, folder);
  const read = readWaivers(document.value, file.name, now);
  const known = policyIds(options, folder);
  const faults = [...read.problems.map((problem) => problem.message), ...read.waivers.flatMap((waiver) => unknownPolicies(waiver.policies, known).map((id) => `Waivers '${file.name}': The waiver '${waiver.id}' is for '${id}', which there is not.`))];
  const warnings = read.waivers.filter((waiver) => isExpired(waiver, now)).map((waiver) => `Waivers '${file.name}': The waiver '${waiver.id}' of ${waiver.owner} expired on ${waiver.until}.`);
  for (const fault of faults) process.stdout.write(`error: ${forTerminal(fault)}\n`);
  for (const warning of warnings) process.stdout.write(`warning: ${forTerminal(warning)}\n`);
  process.stdout.write(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}.\n`);
  return faults.length === 0 ? 0 : 1;
}

function policyIds(options: ParsedOptions, folder: string): string[] {
  return libraryOf(options, folder).policies.map((policy) => policy.id);
}

function unknownPolicies(patterns: readonly string[], known: readonly string[]): string[] {
  return patterns.filter((pattern) => !known.some((id) => id === pattern || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1)))));
}

function add(options: ParsedOptions, folder: string): number {
  const now = timeOf(textOf(options, 'now'));
  const path = pathOf(options, folder);
  const before = open(options, folder);
  const name = nameOf(path, folder);
  const old = before === null ? null : readWaivers(before.document.value, name, now);
  if (old !== null && old.problems.length > 0) throw new UserError('waiver.malformed', old.problems[0]?.message ?? '', 'Mend the file before anything is added to it.');
  const known = policyIds(options, folder);
  const entry = entryOf(options, idsIn(before));
  const [missing] = unknownPolicies(options.positionals, known);
  if (missing !== undefined) {
    const near = nearest(missing, known);
    throw new UserError('policy.unknown-id', `There is no policy '${missing}'.`, near === undefined ? '`rdposture policy list` shows what there is.' : `Did you mean '${near}'?`);
  }
  checkEntry(entry, old?.waivers ?? [], name, now);
  const text = before === null ? stringify({ version: 1, waivers: [entry] }, { lineWidth: 0 }) : withEntry(before, entry);
  checkText(text, name, now, (old?.waivers.length ?? 0) + 1);
  write(path, before?.file.bom === true ? `\ufeff${text}` : text);
  process.stdout.write(`${forTerminal(name)}: the waiver '${forTerminal(String(entry['id']))}' counts until ${forTerminal(String(entry['until']))}.\n`);
  return 0;
}

function idsIn(file: Opened | null): string[] {
  const value = file?.document.value;
  const waivers = isObject(value) ? value['waivers'] : undefined;
  return Array.isArray(waivers) ? (waivers as readonly Json[]).map((waiver) => (isObject(waiver) ? String(waiver['id']) : '')) : [];
}

function entryOf(options: ParsedOptions, taken: readonly string[]): JsonObject {
  if (options.positionals.length === 0) throw new UserError('cli.waiver', 'Name the policies whose risk is accepted.', 'For example `rdposture waiver add FW-004 --target rdsh01* --reason … --owner … --until 2027-01-31`.');
  const needed = ['reason', 'owner', 'until'].filter((name) => textOf(options, name) === null);
  if (needed.length > 0) throw new UserError('cli.waiver', `A waiver needs ${needed.map((name) => `--${name}`).join(', ')}.`, '`rdposture waiver add --help` lists the options.');
  const optional = (name: string): JsonObject => (textOf(options, name) === null ? {} : { [name]: textOf(options, name) });
  return {
    id: textOf(options, 'id') ?? freeId(options.positionals[0] ?? '', textOf(options, 'until') ?? '', taken),
    policy: oneOrMany(options.positionals),
    ...(textsOf(options, 'target').length === 0 ? {} : { target: oneOrMany(textsOf(options, 'target')) }),
    ...(textsOf(options, 'name').length === 0 ? {} : { name: oneOrMany(textsOf(options, 'name')) }),
    ...optional('reason'),
    ...optional('owner'),
    ...optional('until'),
    ...optional('ticket'),
    ...optional('approver'),
  };
}

function oneOrMany(items: readonly string[]): Json {
  return items.length === 1 ? (items[0] ?? '') : [...items];
}

function freeId(policy: string, until: string, taken: readonly string[]): string {
  const stem = `${policy.toLowerCase().replaceAll('*', 'all')}-${until}`.slice(0, 56);
  for (let number = 1; ; number++) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** The entry alone has to be sound, and must say something that no valid waiver says already. */
function checkEntry(entry: JsonObject, known: readonly Waiver[], name: string, now: string): void {
  const { waivers, problems } = readWaivers({ version: 1, waivers: [entry] }, name, now);
  const [waiver] = waivers;
  if (waiver === undefined) throw new UserError('waiver.malformed', (problems[0]?.message ?? '').replace("'/waivers/0/", "'"), 'Nothing was written.');
  if (isExpired(waiver, now)) throw new UserError('waiver.expired', `A waiver until ${waiver.until} has expired already.`, 'Nothing was written.');
  if (known.some((other) => other.id === waiver.id)) throw new UserError('waiver.duplicate', `The waiver id '${waiver.id}' is taken.`, 'Give it another with --id.');
  const same = known.find((other) => !isExpired(other, now) && scopeOf(other) === scopeOf(waiver));
  if (same !== undefined) throw new UserError('waiver.duplicate', `The waiver '${same.id}' accepts the same until ${same.until}.`, "To lengthen it, change its 'until'.");
}

function scopeOf(waiver: Waiver): string {
  return JSON.stringify([waiver.policies, waiver.targets, waiver.names].map((items) => items.map((item) => item.toLowerCase()).toSorted()));
}

function withEntry({ file, document }: Opened, entry: JsonObject): string {
  const result = document.edit([{ pointer: '/waivers/-', set: entry }]);
  if ('refused' in result) throw new UserError('waiver.refused', `'${file.name}' cannot be edited: ${result.refused}`, 'Add the waiver by hand.');
  return applyReplacements(document.text, result.replacements);
}

/** What is about to be written is read once more: `maxDays` of the file counts, and nothing else may have changed. */
function checkText(text: string, name: string, now: string, count: number): void {
  const read = readWaivers(openDocument(text, 'yaml').value, name, now);
  const [problem] = read.problems;
  if (problem !== undefined) throw new UserError('waiver.malformed', problem.message, 'Nothing was written.');
  if (read.waivers.length !== count) throw new UserError('waiver.refused', `'${name}' could not be edited without changing something else.`, 'Add the waiver by hand.');
}

/** The file appears whole or not at all. */
function write(path: string, text: string): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UserError('output.unwritable', `'${path}' could not be written: the system says ${String(error.code)}.`, 'Check the path and its rights.');
  }
}
