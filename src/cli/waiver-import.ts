import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AzureSnapshot, isAzureSnapshot, parseAzureSnapshot } from '../collect/azure/snapshot.ts';
import { isProblem, nameOf, readTextFile, walkFolder } from '../collect/files.ts';
import { type ParsedOptions, textOf } from '../config/options.ts';
import { isExpired, readWaivers } from '../gate/waivers.ts';
import { forTerminal } from '../lib/escape.ts';
import { isObject, type Json } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import { exemptionsOf } from './exemptions.ts';
import { timeOf } from './time.ts';
import { addEntry } from './waiver-add.ts';
import { open, pathOf, policyIds } from './waiver-file.ts';

/** Writes the exemptions of snapshots as waivers, each by itself; those that are there already, or cannot be one, are said. */
export function importAzure(options: ParsedOptions, folder: string): number {
  const now = timeOf(textOf(options, 'now'));
  const until = textOf(options, 'until');
  if (until !== null && !/^\d{4}-\d{2}-\d{2}$/.test(until)) throw new UserError('cli.waiver', `--until: '${until}' is no date.`, 'Write it as 2027-01-31.');
  const snapshots = snapshotsOf(options.positionals, folder);
  const path = pathOf(options, folder);
  const name = nameOf(path, folder);
  const wanted = { until, owner: textOf(options, 'owner'), known: policyIds(options, folder) };
  let written = 0;
  for (const exempted of snapshots.flatMap((snapshot) => exemptionsOf(snapshot, wanted))) {
    const shown = forTerminal(exempted.name);
    if ('left' in exempted) {
      process.stdout.write(`left out '${shown}': ${forTerminal(exempted.left)}.\n`);
      continue;
    }
    const { entry } = exempted;
    const before = open(options, folder);
    const known = before === null ? null : readWaivers(before.document.value, name, now);
    const [fault] = known?.problems ?? [];
    if (fault !== undefined) throw new UserError('waiver.malformed', fault.message, 'Mend the file before anything is added to it.');
    if (known?.waivers.some(({ id }) => id === entry['id']) === true) {
      process.stdout.write(`left out '${shown}': it is there as '${forTerminal(String(entry['id']))}'.\n`);
      continue;
    }
    const [waiver] = readWaivers({ version: 1, waivers: [entry] }, name, now).waivers;
    if (waiver === undefined || isExpired(waiver, now)) {
      const why = waiver === undefined ? 'it ends later than waivers may; --until DATE gives an earlier end' : 'it has expired';
      process.stdout.write(`left out '${shown}': ${why}.\n`);
      continue;
    }
    addEntry(before, path, name, entry, now);
    written++;
    process.stdout.write(`${forTerminal(name)}: '${shown}' counts as '${forTerminal(String(entry['id']))}' until ${forTerminal(String(entry['until']))}.\n`);
  }
  process.stdout.write(`${written} ${written === 1 ? 'waiver' : 'waivers'} written.\n`);
  return 0;
}

function snapshotsOf(given: readonly string[], folder: string): AzureSnapshot[] {
  if (given.length === 0)
    throw new UserError(
      'cli.waiver',
      'Name snapshots of subscriptions, or folders of them.',
      'For example `rdposture waiver import-azure snapshots`; `rdposture collect` writes them.',
    );
  const found = given.flatMap((name) => {
    const path = resolve(folder, name);
    if (!existsSync(path)) throw new UserError('waiver.snapshot', `'${name}' does not exist.`, 'Name a snapshot of a subscription.');
    const isFolder = statSync(path).isDirectory();
    const paths = isFolder ? walkFolder(path, { withIgnored: true }).files.filter((file) => file.endsWith('.azure.snapshot.json')) : [path];
    return paths.map((file) => snapshotAt(file, nameOf(file, folder)));
  });
  if (found.length === 0) throw new UserError('waiver.snapshot', 'There is no snapshot of a subscription there.', '`rdposture collect` writes them.');
  return found;
}

function snapshotAt(path: string, name: string): AzureSnapshot {
  const file = readTextFile(path, path);
  if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
  let value: Json = null;
  try {
    value = JSON.parse(file.text) as Json;
  } catch {
    // Said below.
  }
  const parsed = isObject(value) && isAzureSnapshot(value) ? parseAzureSnapshot(value) : { error: 'It is no snapshot of a subscription.' };
  if ('error' in parsed)
    throw new UserError('waiver.snapshot', `'${name}' cannot be used: ${parsed.error}`, '`rdposture collect` writes snapshots of subscriptions.');
  return parsed;
}
