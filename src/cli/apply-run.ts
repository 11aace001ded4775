import { hostname, userInfo } from 'node:os';
import { performance } from 'node:perf_hooks';
import { batchesOf } from '../apply/batches.ts';
import { applyToHost, type HostOutcome, type HostWorld } from '../apply/host.ts';
import { isServing, poolsOf, workingMembers } from '../apply/pools.ts';
import { writeRecord } from '../apply/record.ts';
import { send } from '../apply/send.ts';
import { problemOf } from '../collect/live/causes.ts';
import { snapshotFileName, writeAtomically } from '../collect/live/files.ts';
import type { LiveJob } from '../collect/live/job.ts';
import { collectLive } from '../collect/live/run.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import type { Estate } from '../model/estate.ts';
import type { Json } from '../model/json.ts';
import type { HostPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Risk } from '../model/policy.ts';
import type { Area } from '../model/setting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { declaredWanted, planFor, type PlanOptions, unifiedSnapshot, type UsedConnection, type Wanted } from '../scan/host-plans.ts';
import type { Collector } from './collector.ts';

/** What applying needs to know. */
export interface ApplyContext {
  readonly estate: Estate;
  readonly areas: readonly Area[];
  /** Absolute path of the estate's snapshots folder. */
  readonly folder: string;
  readonly collector: Collector;
  /** Text of the script that runs plans. */
  readonly script: string;
  /** The OpenSSH client, and who logs on over WinRM. */
  readonly access: Pick<LiveJob, 'ssh' | 'credential'>;
  readonly version: string;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly allowed: Risk;
  readonly allowLogoff: boolean;
  readonly rollbackSeconds: number;
  readonly batch: number;
  readonly say: (text: string) => void;
}

export interface ReadHosts {
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly problems: readonly Problem[];
}

/** Reads the targets over new connections; their snapshots are written as `collect` writes them. */
export async function readTargets(targets: readonly LiveTarget[], context: ApplyContext, signal: AbortSignal): Promise<ReadHosts> {
  const snapshots = new Map<string, Snapshot>();
  const problems: Problem[] = [];
  const { collector, access, timeoutSeconds, concurrency } = context;
  const job: LiveJob = { ...collector, ...access, timeoutSeconds, concurrency, signal };
  for await (const result of collectLive(targets, job)) {
    const read = 'problem' in result ? result.problem : taken(result.target, result.snapshot, context.folder);
    if ('level' in read) problems.push(read);
    else snapshots.set(result.target.id, read);
  }
  return { snapshots, problems };
}

function taken(target: LiveTarget, bytes: Buffer, folder: string): Snapshot | Problem {
  const snapshot = unifiedSnapshot(JSON.parse(bytes.toString('utf8')) as Json);
  if (snapshot === null) return problemOf(target, 'babble', 'what came is no snapshot');
  writeAtomically(folder, snapshotFileName(target), bytes);
  return snapshot;
}

/** A target with what it needs to match. */
export interface PlannedTarget {
  readonly id: string;
  readonly target: LiveTarget;
  readonly plan: HostPlan;
  readonly wanted: readonly Wanted[];
  readonly connection: UsedConnection;
  readonly pools: readonly string[];
  /** It is a session host: it is drained before it starts again. */
  readonly drain: boolean;
}

/** Plans of the targets that were read: deployments first, since they push to hosts. */
export function planTargets(targets: readonly LiveTarget[], read: ReadHosts, context: ApplyContext, now: string): PlannedTarget[] {
  const pools = [...poolsOf(context.estate)];
  const ordered = [...targets].toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === 'rds-deployment' ? -1 : 1));
  return ordered.flatMap((target): PlannedTarget[] => {
    const snapshot = read.snapshots.get(target.id);
    if (snapshot === undefined) return [];
    const wanted = declaredWanted({ declared: declaredFor(target, context.estate) });
    const connection = connectionTo(target, context.estate);
    const plan = planFor(snapshot, wanted, { ...planOptions(context, now), connection });
    const roles = context.estate.hosts.find((host) => host.name.toLowerCase() === target.name.toLowerCase())?.roles ?? [];
    return [
      {
        id: target.id,
        target,
        plan,
        wanted,
        connection,
        pools: pools.flatMap(([pool, members]) => (members.has(target.id) ? [pool] : [])),
        drain: target.kind === 'windows-host' && roles.includes('session-host'),
      },
    ];
  });
}

function planOptions(context: ApplyContext, now: string): Omit<PlanOptions, 'connection'> {
  return { catalogue: context.areas, version: context.version, now, allowed: context.allowed };
}

/** What the estate declares for a target. */
export function declaredFor(target: Pick<LiveTarget, 'kind' | 'name'>, estate: Estate): Estate['hosts'][number]['declared'] {
  const name = target.name.toLowerCase();
  if (target.kind === 'rds-deployment') return estate.deployments.find(({ broker }) => broker.toLowerCase() === name)?.declared ?? [];
  return estate.hosts.find((host) => host.name.toLowerCase() === name)?.declared ?? [];
}

const SSH_PORT = 22;
const WINRM_PORT = 5985;
const WINRM_TLS_PORT = 5986;

function connectionTo(target: LiveTarget, estate: Estate): UsedConnection {
  const name = target.name.toLowerCase();
  const connect =
    estate.hosts.find((host) => host.name.toLowerCase() === name)?.connect ?? estate.deployments.find(({ broker }) => broker.toLowerCase() === name)?.connect;
  const console = connect?.console ?? (target.over === 'local' ? 'this machine' : null);
  if (target.over !== 'winrm') return { port: target.port ?? SSH_PORT, service: 'sshd', console };
  return { port: target.port ?? (connect?.winrm?.ssl === true ? WINRM_TLS_PORT : WINRM_PORT), service: 'winrm', console };
}

export interface AppliedTarget {
  readonly target: LiveTarget;
  readonly plan: HostPlan;
  /** `not-started`: an earlier one was not as wished. `last-of-pool`: no other that stands for it is known to be well. */
  readonly outcome: HostOutcome | 'not-started' | 'last-of-pool';
  readonly record: string | null;
}

/** Batch by batch, and no further once a host is not as wished. */
export async function applyAll(planned: readonly PlannedTarget[], read: ReadHosts, context: ApplyContext, signal: AbortSignal): Promise<AppliedTarget[]> {
  const members = poolsOf(context.estate);
  const serving = new Set([...read.snapshots].filter(([, snapshot]) => isServing(snapshot) === true).map(([id]) => id));
  const results: AppliedTarget[] = [];
  let stopped = false;
  const todo = planned.filter(({ plan }) => plan.steps.length > 0);
  const deployments = todo.filter(({ target }) => target.kind === 'rds-deployment');
  const hosts = todo.filter(({ target }) => target.kind === 'windows-host');
  const batches = [...deployments.map((one) => [one]), ...batchesOf(hosts, context.batch, workingMembers(members, serving))];
  for (const batch of batches) {
    if (stopped || signal.aborted) {
      results.push(...batch.map(({ target, plan }): AppliedTarget => ({ target, plan, outcome: 'not-started', record: null })));
      continue;
    }
    const applied = await Promise.all(
      batch.map(async (one): Promise<AppliedTarget> => {
        if (isDisruptive(one.plan, context) && isLast(one, members, serving))
          return { target: one.target, plan: one.plan, outcome: 'last-of-pool', record: null };
        return applyOne(one, context, signal);
      }),
    );
    for (const result of applied) {
      results.push(result);
      const isWell = typeof result.outcome !== 'string' && (result.outcome.outcome === 'changed' || result.outcome.outcome === 'compliant');
      if (!isWell) stopped = true;
      if (typeof result.outcome !== 'string' && result.outcome.outcome === 'attention') serving.delete(result.target.id);
    }
  }
  return results;
}

/** It may be away for a while, or for longer. */
function isDisruptive(plan: HostPlan, context: ApplyContext): boolean {
  const restarts = context.allowLogoff && plan.steps.some((step) => step.needs.some((need) => need === 'reboot' || need.startsWith('restart:')));
  return restarts || plan.steps.some((step) => step.connection !== 'keeps');
}

/** No other of a pool is known to do its work. A host that is its pool alone stands for nobody. */
function isLast(one: PlannedTarget, members: ReadonlyMap<string, ReadonlySet<string>>, serving: ReadonlySet<string>): boolean {
  return one.pools.some((pool) => {
    const others = [...(members.get(pool) ?? [])].filter((id) => id !== one.id);
    return others.length > 0 && !others.some((id) => serving.has(id));
  });
}

async function applyOne(one: PlannedTarget, context: ApplyContext, signal: AbortSignal): Promise<AppliedTarget> {
  const begun = new Date().toISOString();
  context.say(`${one.target.name}: ${one.plan.steps.length} ${one.plan.steps.length === 1 ? 'step' : 'steps'}`);
  const outcome = await applyToHost(one.target, one.plan, worldOf(one, context, signal), {
    rollbackSeconds: context.rollbackSeconds,
    allowLogoff: context.allowLogoff,
    drain: one.drain,
  });
  const isBegun = outcome.change !== null || outcome.outcome === 'rolled-back' || outcome.outcome === 'attention';
  const by = { user: userInfo().username, machine: hostname(), as: one.target.user };
  const record = isBegun ? writeRecord(context.folder, one.target, one.plan, outcome, by, { begun, ended: new Date().toISOString() }) : null;
  return { target: one.target, plan: one.plan, outcome, record };
}

function worldOf(one: PlannedTarget, context: ApplyContext, signal: AbortSignal): HostWorld {
  // What has begun goes on to its end: an interrupt ends the connections, and the host undoes what was not kept.
  const { script, access, collector, timeoutSeconds } = context;
  return {
    collect: async (target) => {
      const read = await readTargets([target], context, signal);
      return read.snapshots.get(target.id) ?? read.problems[0] ?? problemOf(target, 'cut');
    },
    send: (target, phase) => send(target, phase, { ...collector, ...access, script, timeoutSeconds, signal }),
    missing: (snapshot, plan) => {
      const settings = new Set(plan.steps.map((step) => step.setting));
      const again = planFor(snapshot, one.wanted, { ...planOptions(context, plan.madeAt), connection: one.connection });
      const left = [...again.steps.map((step) => step.setting), ...again.refused.map((refusal) => refusal.setting)];
      return [...new Set(left)].filter((setting) => settings.has(setting));
    },
    wait: (seconds) => pause(seconds, signal),
    isInterrupted: () => signal.aborted,
    elapsed: () => performance.now() / 1000,
    say: context.say,
  };
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    }
  });
}
