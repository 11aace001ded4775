import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json } from '../../model/json.ts';
import { UserError } from '../../model/problem.ts';
import type { Shard } from './shard.ts';

/** What a collection is: `--resume` goes on with the same one only. */
export interface Collection {
  readonly estate: string;
  readonly shard: Shard | null;
  readonly redact: boolean;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
}

/** What of a collection is done, kept beside its snapshots while something is left to do. */
export interface Checkpoint {
  readonly startedAt: string;
  /** Ids of targets whose snapshots are there. */
  readonly done: ReadonlySet<string>;
  readonly add: (target: string, file: string) => void;
  /** Nothing is left to do. */
  readonly remove: () => void;
}

/** Not `.json`: a scan never takes it for something to judge. One for each shard, since shards share the folder. */
export function checkpointName(shard: Shard | null): string {
  return shard === null ? '.collect.checkpoint' : `.collect-${shard.index}-of-${shard.count}.checkpoint`;
}

/** One JSON line for what the collection is, then one for each target that is done, so that a cut costs the last line only. */
export function openCheckpoint(folder: string, collection: Collection, resume: boolean): Checkpoint {
  const path = join(folder, checkpointName(collection.shard));
  const known = resume ? readCheckpoint(path, folder, collection) : null;
  const done = known?.done ?? new Set<string>();
  if (known === null) {
    mkdirSync(folder, { recursive: true });
    const { estate, redact, startedAt } = collection;
    writeFileSync(path, `${JSON.stringify({ version: 1, estate, redact, startedAt })}\n`, { mode: 0o600 });
  } else if (!known.endsWhole) appendFileSync(path, '\n');
  return {
    startedAt: known?.startedAt ?? collection.startedAt,
    done,
    add: (target, file) => appendFileSync(path, `${JSON.stringify({ target, file })}\n`),
    remove: () => rmSync(path, { force: true }),
  };
}

function readCheckpoint(path: string, folder: string, collection: Collection): { done: Set<string>; startedAt: string; endsWhole: boolean } | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  const [first, ...lines] = text.split('\n').map(parsed);
  if (!isObject(first) || first['version'] !== 1 || typeof first['startedAt'] !== 'string') return null;
  if (first['estate'] !== collection.estate)
    throw new UserError(
      'collect.resume',
      `What is to be resumed is a collection of another estate, '${String(first['estate'])}'.`,
      'Collect without --resume.',
    );
  if (first['redact'] !== collection.redact)
    throw new UserError(
      'collect.resume',
      `What is to be resumed was begun ${first['redact'] === true ? 'with' : 'without'} --redact.`,
      `Go on ${first['redact'] === true ? 'with' : 'without'} it, or collect without --resume.`,
    );
  const done = new Set<string>();
  for (const line of lines) {
    if (!isObject(line)) continue;
    const { target, file } = line;
    if (typeof target === 'string' && typeof file === 'string' && !/[/\\]/.test(file) && existsSync(join(folder, file))) done.add(target);
  }
  return { done, startedAt: first['startedAt'], endsWhole: text.endsWith('\n') };
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}
