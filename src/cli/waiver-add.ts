import { renameSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { nameOf } from '../collect/files.ts';
import { type ParsedOptions, textOf, textsOf } from '../config/options.ts';
import { isExpired, readWaivers, type Waiver } from '../gate/waivers.ts';
import { openDocument } from '../lib/document.ts';
import { forTerminal } from '../lib/escape.ts';
import { nearest } from '../lib/schema-check.ts';
import { applyReplacements } from '../lib/text-edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import { timeOf } from './time.ts';
import { open, type Opened, pathOf, policyIds, unknownPolicies } from './waiver-file.ts';

/** Writes one more waiver into the file, with the smallest edit of its text, or makes the file. */
export function add(options: ParsedOptions, folder: string): number {
  const now = timeOf(textOf(options, 'now'));
  const path = pathOf(options, folder);
  const before = open(options, folder);
  const name = nameOf(path, folder);
  const old = before === null ? null : readWaivers(before.document.value, name, now);
  if (old !== null && old.problems.length > 0)
    throw new UserError('waiver.malformed', old.problems[0]?.message ?? '', 'Mend the file before anything is added to it.');
  const known = policyIds(options, folder);
  const entry = entryOf(options, idsIn(before));
  const [missing] = unknownPolicies(options.positionals, known);
  if (missing !== undefined) {
    const near = nearest(missing, known);
    throw new UserError(
      'policy.unknown-id',
      `There is no policy '${missing}'.`,
      near === undefined ? '`rdposture policy list` shows what there is.' : `Did you mean '${near}'?`,
    );
  }
  addEntry(before, path, name, entry, now);
  process.stdout.write(`${forTerminal(name)}: the waiver '${forTerminal(String(entry['id']))}' counts until ${forTerminal(String(entry['until']))}.\n`);
  return 0;
}

/** Writes one entry into the file, or makes the file. Throws UserError where it would not count. */
export function addEntry(before: Opened | null, path: string, name: string, entry: JsonObject, now: string): void {
  const old = before === null ? null : readWaivers(before.document.value, name, now);
  checkEntry(entry, old?.waivers ?? [], name, now);
  const text = before === null ? stringify({ version: 1, waivers: [entry] }, { lineWidth: 0 }) : withEntry(before, entry);
  checkText(text, name, now, (old?.waivers.length ?? 0) + 1);
  write(path, before?.file.bom === true ? `\ufeff${text}` : text);
}

function idsIn(file: Opened | null): string[] {
  const value = file?.document.value;
  const waivers = isObject(value) ? value['waivers'] : undefined;
  return Array.isArray(waivers) ? (waivers as readonly Json[]).map((waiver) => (isObject(waiver) ? String(waiver['id']) : '')) : [];
}

function entryOf(options: ParsedOptions, taken: readonly string[]): JsonObject {
  if (options.positionals.length === 0)
    throw new UserError(
      'cli.waiver',
      'Name the policies whose risk is accepted.',
      'For example `rdposture waiver add FW-004 --target rdsh01* --reason … --owner … --until 2027-01-31`.',
    );
  const needed = ['reason', 'owner', 'until'].filter((name) => textOf(options, name) === null);
  if (needed.length > 0)
    throw new UserError('cli.waiver', `A waiver needs ${needed.map((name) => `--${name}`).join(', ')}.`, '`rdposture waiver add --help` lists the options.');
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
  if (known.some((other) => other.id === waiver.id))
    throw new UserError('waiver.duplicate', `The waiver id '${waiver.id}' is taken.`, 'Give it another with --id.');
  const same = known.find((other) => !isExpired(other, now) && scopeOf(other) === scopeOf(waiver));
  if (same !== undefined)
    throw new UserError('waiver.duplicate', `The waiver '${same.id}' accepts the same until ${same.until}.`, "To lengthen it, change its 'until'.");
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
  if (read.waivers.length !== count)
    throw new UserError('waiver.refused', `'${name}' could not be edited without changing something else.`, 'Add the waiver by hand.');
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
