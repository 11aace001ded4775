import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { parseSnapshot, unify } from '../normalise/unify.ts';
import type { JudgeContext } from './context.ts';
import { entryOf } from './judge-target.ts';
import { targetId } from './keys.ts';

export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  readonly target: Target;
  readonly problems: readonly Problem[];
  /** The estate names its target. */
  readonly known: boolean;
}

/** A parsed snapshot file as a unified snapshot and its target. */
export function snapshotOf(value: Json, file: string, groupOfFile: string, context: JudgeContext): LoadedSnapshot | Problem {
  const parsed = parseSnapshot(value);
  if ('error' in parsed)
    return { level: 'error', code: 'snapshot.malformed', message: `The snapshot '${file}' cannot be used: ${parsed.error}`, hint: 'Collect it again.', file };
  const { kind, name } = parsed.snapshot.target;
  const entry = entryOf(kind, name, context);
  const known = entry.host !== null || entry.deployment !== null || entry.gateway !== null;
  const group =
    entry.host?.groups[0] ?? (entry.host !== null ? 'hosts' : entry.deployment !== null ? 'deployments' : entry.gateway !== null ? 'gateways' : groupOfFile);
  const target: Target = { id: targetId(kind, name), kind, name, group, status: 'complete', collectedAt: parsed.snapshot.collectedAt };
  const unified = unify(parsed.snapshot, SECTIONS);
  return { snapshot: unified.snapshot, target, problems: unified.problems.map((problem) => ({ ...problem, target: target.id, file })), known };
}
