import { join } from 'node:path';
import type { AzureTarget } from '../collect/azure/collect.ts';
import { problemOf } from '../collect/live/causes.ts';
import { openCheckpoint } from '../collect/live/checkpoint.ts';
import { findProgram } from '../collect/find-program.ts';
import { snapshotFileName, writeAtomically } from '../collect/live/files.ts';
import type { Credential } from '../collect/live/job.ts';
import type { Redactor } from '../collect/live/redact.ts';
import { collectLive } from '../collect/live/run.ts';
import { inShard, type Shard } from '../collect/live/shard.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { reasonOf } from '../collect/files.ts';
import type { Estate } from '../model/estate.ts';
import type { JsonObject } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { Collector } from './collector.ts';
import { type AzurePlan, runAzure } from './live-azure.ts';
import { versionOf } from './paths.ts';
import { probeEstate, type ProbeOptions } from './probe.ts';
import type { Progress } from './progress.ts';
import { untilInterrupted } from './until-interrupted.ts';

export interface CollectionPlan {
  readonly estate: string;
  readonly targets: readonly LiveTarget[];
  /** Absolute path of the estate's snapshots folder. */
  readonly folder: string;
  readonly collector: Collector;
  /** For winrm; null: who runs this. */
  readonly credential: Credential | null;
  /** Whose endpoints are looked at on the wire once the hosts are collected, and the lower-cased names to keep to. */
  readonly probes: { readonly estate: Pick<Estate, 'gateways' | 'hosts'>; readonly only: ReadonlySet<string> };
  /** Subscriptions that are read, after the hosts; null for none. */
  readonly azure: AzurePlan | null;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly shard: Shard | null;
  readonly redact: Redactor | null;
  readonly resume: boolean;
  /** ISO 8601 UTC. */
  readonly now: string;
}

export type CollectedTarget = LiveTarget | AzureTarget;

export interface CollectionResult {
  readonly collected: readonly { readonly target: CollectedTarget; readonly file: string }[];
  /** What was there already, of a collection that is resumed. */
  readonly before: readonly CollectedTarget[];
  readonly resumedFrom: string | null;
  /** By target id. */
  readonly failed: ReadonlyMap<string, Problem>;
  /** What could not be seen on the wire, and fails nothing. */
  readonly warnings: readonly Problem[];
  /** Endpoints that were seen. */
  readonly probed: number;
  /** Ids of all subscriptions that the estate's management groups hold or that it names; undefined when nobody looked. */
  readonly subscriptions?: ReadonlySet<string>;
  readonly interrupted: boolean;
}

/** Collects, and writes each snapshot as it comes. What is written stays, whatever happens to the others. */
export async function runCollection(plan: CollectionPlan, progress: Progress): Promise<CollectionResult> {
  const ssh = findProgram('ssh', process.env['PATH'] ?? '');
  if (ssh === null && plan.targets.some((target) => target.over === 'ssh'))
    throw new UserError(
      'collect.no-ssh',
      "There is no program 'ssh' on PATH, and the estate has targets that connect over it.",
      'Install the OpenSSH client, or judge the last snapshots with --offline.',
    );
  // What cannot be asked is said before anything is contacted.
  for (const kind of new Set(plan.targets.map((target) => target.kind))) plan.collector.scriptOf(kind);
  const checkpoint = openFolder(plan);
  const before: CollectedTarget[] = plan.targets.filter((target) => checkpoint.done.has(target.id));
  const todo = plan.targets.filter((target) => !checkpoint.done.has(target.id));
  const collected: { target: CollectedTarget; file: string }[] = [];
  const failed = new Map<string, Problem>();
  const warnings: Problem[] = [];
  let probed = 0;
  let subscriptions: ReadonlySet<string> | undefined;
  const interrupted = await untilInterrupted(async (signal) => {
    progress.begin(todo.length);
    const job = {
      ...plan.collector,
      timeoutSeconds: plan.timeoutSeconds,
      concurrency: plan.concurrency,
      signal,
      ssh,
      credential: plan.credential,
      onStart: progress.started,
      onSection: progress.section,
    };
    for await (const result of collectLive(todo, job, plan.redact)) {
      const problem = 'problem' in result ? result.problem : write(result.target, result.snapshot, plan.folder, checkpoint.add);
      if (problem === null) collected.push({ target: result.target, file: snapshotFileName(result.target) });
      else failed.set(result.target.id, problem);
      progress.ended(result.target, problem);
    }
    progress.end();
    for await (const result of probeEstate(plan.probes.estate, probeOptions(plan, signal))) {
      const problem = 'problem' in result ? result.problem : writeEndpoint(result.target, result.snapshot, plan);
      if (problem === null) probed++;
      else if (problem.level === 'error') failed.set(result.target.id, problem);
      else warnings.push(problem);
    }
    if (plan.azure === null || signal.aborted) return;
    const { timeoutSeconds, concurrency, redact } = plan;
    const wants = (target: AzureTarget): boolean => {
      const isDone = checkpoint.done.has(target.id);
      if (isDone) before.push(target);
      return !isDone && inShard(target.id, plan.shard);
    };
    const onFound = (ids: readonly string[], count: number): void => {
      subscriptions = new Set(ids);
      progress.begin(count);
    };
    const run = { timeoutSeconds, concurrency, redact, signal, wants, onFound, onStart: progress.started, onSource: progress.section };
    for await (const result of runAzure(plan.azure, run)) {
      const problem = 'problem' in result ? result.problem : write(result.target, result.snapshot, plan.folder, checkpoint.add);
      if (problem === null) collected.push({ target: result.target, file: snapshotFileName(result.target) });
      else failed.set(result.target.id, problem);
      progress.ended(result.target, problem);
    }
    progress.end();
  });
  if (failed.size === 0 && !interrupted) checkpoint.remove();
  return {
    collected,
    before,
    resumedFrom: before.length === 0 ? null : checkpoint.startedAt,
    failed,
    warnings,
    probed,
    interrupted,
    ...(subscriptions === undefined ? {} : { subscriptions }),
  };
}

function openFolder(plan: CollectionPlan): ReturnType<typeof openCheckpoint> {
  try {
    return openCheckpoint(plan.folder, { estate: plan.estate, shard: plan.shard, redact: plan.redact !== null, startedAt: plan.now }, plan.resume);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('collect.folder', `The snapshots folder '${plan.folder}' cannot be written: ${reasonOf(error)}.`, 'Check the folder and its rights.');
  }
}

function write(target: CollectedTarget, snapshot: Buffer, folder: string, done: (target: string, file: string) => void): Problem | null {
  const file = snapshotFileName(target);
  try {
    writeAtomically(folder, file, snapshot);
    done(target.id, file);
    return null;
  } catch (error) {
    return problemOf(target, 'not-written', `'${join(folder, file)}': ${reasonOf(error)}`);
  }
}

/** A listener answers in seconds or not at all. */
export const EXCHANGE_SECONDS = 10;

function probeOptions({ probes, concurrency, timeoutSeconds }: CollectionPlan, signal: AbortSignal): ProbeOptions {
  return { only: probes.only, concurrency, timeoutMs: Math.min(EXCHANGE_SECONDS, timeoutSeconds) * 1000, version: versionOf(), signal };
}

function writeEndpoint(
  target: { readonly id: string; readonly kind: 'endpoint'; readonly name: string },
  snapshot: Snapshot,
  plan: CollectionPlan,
): Problem | null {
  const file = snapshotFileName(target);
  try {
    const text = JSON.stringify(snapshot);
    const shown = plan.redact === null ? text : JSON.stringify(plan.redact(JSON.parse(text) as JsonObject));
    writeAtomically(plan.folder, file, Buffer.from(`${shown}\n`, 'utf8'));
    return null;
  } catch (error) {
    return problemOf(target, 'not-written', `'${join(plan.folder, file)}': ${reasonOf(error)}`);
  }
}
