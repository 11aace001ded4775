import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotFileName, writeAtomically } from '../collect/live/files.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { isObject, type Json } from '../model/json.ts';
import type { HostPlan } from '../model/plan.ts';
import type { TargetChange } from '../model/target.ts';
import type { HostOutcome } from './host.ts';

/** Who ran it: on this machine, and as whom on the host. */
export interface Actor {
  readonly user: string;
  readonly machine: string;
  readonly as: string | null;
}

/** Where records lie: below the estate's snapshots. */
export function recordFolder(snapshots: string): string {
  return join(snapshots, 'changes');
}

/** Everything that was done to a host, as one file; its name. Written for hosts whose steps were begun. */
export function writeRecord(
  snapshots: string,
  target: LiveTarget,
  plan: HostPlan,
  outcome: HostOutcome,
  by: Actor,
  times: { readonly begun: string; readonly ended: string },
): string {
  const name = `${snapshotFileName(target).replace(/\.snapshot\.json$/, '')}.${times.begun.replaceAll(/[^0-9TZ]/g, '')}.change.json`;
  const record: Json = {
    schemaVersion: 1,
    record: 'rdposture-change',
    target: { id: target.id, kind: target.kind, name: target.name },
    by: { ...by },
    begun: times.begun,
    ended: times.ended,
    outcome: outcome.outcome,
    message: outcome.message,
    change: outcome.change,
    restarted: outcome.restarted,
    pending: outcome.pending,
    steps: plan.steps.map((step) => ({
      setting: step.setting,
      title: step.title,
      before: step.now.value,
      source: step.now.source,
      after: outcome.outcome === 'changed' ? step.then.value : step.now.value,
      policies: step.policies,
    })),
    // What the host saved: enough to restore it by hand.
    saved: outcome.before,
  };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  writeAtomically(recordFolder(snapshots), name, Buffer.from(text, 'utf8'));
  return name;
}

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_RECORDS = 20_000;

/** The newest record of each target, by its id. A record that cannot be read is passed over: it decides nothing. */
export function lastChanges(snapshots: string): Map<string, TargetChange> {
  const newest = new Map<string, TargetChange>();
  let names: string[];
  try {
    names = readdirSync(recordFolder(snapshots)).filter((name) => name.endsWith('.change.json'));
  } catch {
    return newest;
  }
  for (const name of names.slice(-MAX_RECORDS)) {
    const read = changeOf(join(recordFolder(snapshots), name));
    const known = read === null ? undefined : newest.get(read.target);
    if (read !== null && (known === undefined || known.at < read.change.at)) newest.set(read.target, read.change);
  }
  return newest;
}

function changeOf(path: string): { readonly target: string; readonly change: TargetChange } | null {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_BYTES) return null;
    const value = JSON.parse(bytes.toString('utf8')) as Json;
    if (!isObject(value) || value['record'] !== 'rdposture-change' || !isObject(value['target']) || !isObject(value['by'])) return null;
    const { ended, outcome } = value;
    const { id } = value['target'];
    const { user } = value['by'];
    const steps = Array.isArray(value['steps']) ? (value['steps'] as readonly Json[]) : [];
    if (typeof ended !== 'string' || typeof outcome !== 'string' || typeof id !== 'string' || typeof user !== 'string') return null;
    const settings = steps.flatMap((step) => (isObject(step) && typeof step['setting'] === 'string' ? [step['setting'].slice(0, 300)] : []));
    return { target: id, change: { at: ended.slice(0, 40), by: user.slice(0, 200), outcome: outcome.slice(0, 40), settings, record: hash('sha256', bytes) } };
  } catch {
    return null;
  }
}
