import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isProblem, nameOf, readTextFile, walkFolder } from '../collect/files.ts';
import type { Estate } from '../model/estate.ts';
import { type Json, member } from '../model/json.ts';
import { type Check, check, counted } from './doctor-check.ts';
import { partsOf, readSections } from './doctor-sections.ts';

const DAY = 86_400_000;

/** A target that is judged from a snapshot which somebody else puts there. */
export interface SnapshotTarget {
  /** `windows-host:NAME`, the name lower-cased. */
  readonly id: string;
  readonly name: string;
}

interface Found {
  readonly file: string;
  readonly value: Json;
  readonly collectedAt: string;
}

export interface SnapshotChecks {
  /** In the order of the targets. */
  readonly checks: readonly Check[];
  /** Files that are meant to be snapshots and cannot be read. */
  readonly broken: readonly Check[];
}

/** Whether each target has a snapshot that can be read and is young enough. Found by the target that they name; the newest counts. */
export function snapshotChecks(estate: Estate, estateFile: string, targets: readonly SnapshotTarget[], sourceRoot: string, now: string): SnapshotChecks {
  if (targets.length === 0) return { checks: [], broken: [] };
  const wanted = new Set(targets.map(({ id }) => id));
  const found = new Map<string, Found>();
  const broken: Check[] = [];
  const folder = resolve(dirname(estateFile), estate.snapshots.folder);
  for (const path of existsSync(folder) ? walkFolder(folder, { withIgnored: true }).files : []) {
    const read = readOne(path, sourceRoot);
    if (read === null) continue;
    if ('about' in read) broken.push(read);
    else if (wanted.has(read.id) && (found.get(read.id)?.collectedAt ?? '') < read.found.collectedAt) found.set(read.id, read.found);
  }
  return { checks: targets.map((target) => checkOf(target, found.get(target.id), estate, now)), broken };
}

/** Null for a file that is something else. */
function readOne(path: string, sourceRoot: string): { readonly id: string; readonly found: Found } | Check | null {
  const file = readTextFile(path, sourceRoot, true);
  const name = nameOf(path, sourceRoot);
  const isOurs = /\.snapshot\.json$/i.test(path);
  const failed = (said: string): Check | null =>
    isOurs ? check('snapshot', name, 'failed', said, { todo: 'Collect it again, or take the file away.' }) : null;
  if (isProblem(file)) return failed(file.message);
  let value: Json;
  try {
    value = JSON.parse(file.text) as Json;
  } catch {
    return failed('is not JSON');
  }
  const [kind, target, collectedAt] = [member(member(value, 'target'), 'kind'), member(member(value, 'target'), 'name'), member(value, 'collectedAt')];
  if (typeof kind !== 'string' || typeof target !== 'string') return failed('is no snapshot');
  return { id: `${kind}:${target.toLowerCase()}`, found: { file: name, value, collectedAt: typeof collectedAt === 'string' ? collectedAt : '' } };
}

function checkOf({ id, name }: SnapshotTarget, found: Found | undefined, estate: Estate, now: string): Check {
  const more = { over: 'snapshot', target: id };
  if (found === undefined) {
    const todo = `Run the collector there and put its snapshot into '${estate.snapshots.folder}', or give the target another \`connect\`.`;
    return check('snapshot', name, 'failed', 'has no snapshot', { ...more, todo });
  }
  const read = readSections(found.value);
  if (typeof read === 'string') return check('snapshot', name, 'failed', `'${found.file}' is no snapshot: ${read}`, { ...more, todo: 'Collect it again.' });
  const parts = partsOf(read);
  const age = Date.parse(now) - Date.parse(read.collectedAt);
  const limit = estate.snapshots.maxAgeDays;
  const days = Math.floor(age / DAY);
  const aged = `${parts.said}, ${age < 0 ? 'from the future' : days === 0 ? 'of today' : `${counted(days, 'day')} old`}`;
  const result = check('snapshot', name, parts.status, aged, { ...more, ...parts, said: aged });
  if (age >= 0 && (limit === null || age <= limit * DAY)) return result;
  return {
    ...result,
    status: parts.status === 'partial' ? 'partial' : 'warning',
    said: age < 0 ? aged : `${aged}; the estate allows ${limit ?? 0}`,
    todo: age < 0 ? 'Check the clocks here and there.' : 'Collect it again.',
  };
}
