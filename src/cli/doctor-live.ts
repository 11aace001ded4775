import { findProgram } from '../collect/live/child.ts';
import type { Credential } from '../collect/live/job.ts';
import { collectLive } from '../collect/live/run.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Collector } from './collector.ts';
import type { Contacts } from './contacts.ts';
import { azureCheck } from './doctor-azure.ts';
import { isSkewed, skewNote, skewOf } from './doctor-clock.ts';
import { type Check, check } from './doctor-check.ts';
import { partsOf, readSections } from './doctor-sections.ts';
import { type AzurePlan, runAzure } from './live-azure.ts';
import { EXCHANGE_SECONDS } from './live-collection.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { versionOf } from './paths.ts';
import { probeEstate } from './probe.ts';
import type { Progress } from './progress.ts';

export interface LivePlan {
  readonly targets: readonly LiveTarget[];
  readonly probes: Contacts['probes'];
  /** Subscriptions that are read, after the hosts; null for none. */
  readonly azure: AzurePlan | null;
  readonly collector: Collector;
  /** For winrm; null: who runs this. */
  readonly credential: Credential | null;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
}

export interface LiveChecks {
  /** By target id. */
  readonly checks: ReadonlyMap<string, Check>;
  /** How many seconds each host that was reached is ahead. */
  readonly skews: readonly number[];
  readonly interrupted: boolean;
}

/** Collects every target and looks at every endpoint as `collect` does, and keeps what could be read instead of the snapshots. */
export async function tryLive(plan: LivePlan, progress: Progress): Promise<LiveChecks> {
  const checks = new Map<string, Check>();
  const put = (id: string, one: Check): void => void checks.set(id, { ...one, target: id });
  const skews: number[] = [];
  const asked = new Map<string, number>();
  const interrupted = await untilInterrupted(async (signal) => {
    progress.begin(plan.targets.length);
    const job = {
      ...plan.collector,
      timeoutSeconds: plan.timeoutSeconds,
      concurrency: plan.concurrency,
      signal,
      credential: plan.credential,
      ssh: findProgram('ssh', process.env['PATH'] ?? ''),
      onStart: (target: LiveTarget): void => {
        asked.set(target.id, Date.now());
        progress.started(target);
      },
      onSection: progress.section,
    };
    for await (const result of collectLive(plan.targets, job)) {
      const { target } = result;
      const seen =
        'problem' in result ? failedCheck('target', target.name, target.over, result.problem) : reachedCheck(target, result.snapshot, asked.get(target.id));
      put(target.id, seen.check);
      if (seen.skew !== null) skews.push(seen.skew);
      progress.ended(target, 'problem' in result ? result.problem : null);
    }
    progress.end();
    for await (const result of probeEstate(plan.probes.estate, probeOptions(plan, signal))) {
      const { id, name } = result.target;
      if ('problem' in result) put(id, failedCheck('endpoint', name, 'wire', result.problem).check);
      else put(id, endpointCheck(name, JSON.parse(JSON.stringify(result.snapshot)) as Json));
    }
    if (plan.azure !== null && !signal.aborted) await tryAzure(plan.azure, plan, signal, put, progress);
  });
  return { checks, skews, interrupted };
}

async function tryAzure(azure: AzurePlan, plan: LivePlan, signal: AbortSignal, put: (id: string, one: Check) => void, progress: Progress): Promise<void> {
  const run = {
    timeoutSeconds: plan.timeoutSeconds,
    concurrency: plan.concurrency,
    redact: null,
    signal,
    wants: () => true,
    onFound: (_ids: readonly string[], count: number): void => progress.begin(count),
    onStart: progress.started,
    onSource: progress.section,
  };
  for await (const result of runAzure(azure, run)) {
    const { target } = result;
    put(target.id, 'problem' in result ? failedCheck('target', target.name, null, result.problem).check : azureCheck(target.name, result.snapshot));
    progress.ended(target, 'problem' in result ? result.problem : null);
  }
  progress.end();
}

function probeOptions({ probes, concurrency, timeoutSeconds }: LivePlan, signal: AbortSignal): Parameters<typeof probeEstate>[1] {
  return { only: probes.only, concurrency, timeoutMs: Math.min(EXCHANGE_SECONDS, timeoutSeconds) * 1000, version: versionOf(), signal };
}

interface Seen {
  readonly check: Check;
  readonly skew: number | null;
}

/** A problem's sentence names the target, which stands beside it here. */
export function failedCheck(about: Check['about'], name: string, over: string | null, problem: Problem): Seen {
  const own = `'${name}' `;
  const said = problem.message.startsWith(own) ? problem.message.slice(own.length) : problem.message.replace(` ${own}`, ' ');
  return { check: check(about, name, 'failed', said, { over, todo: problem.hint ?? null }), skew: null };
}

const NO_SNAPSHOT = 'Look at what answers there; run the collector by hand to see more.';

function reachedCheck(target: LiveTarget, bytes: Buffer, asked: number | undefined): Seen {
  const answered = Date.now();
  const read = readSections(JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, '')) as Json);
  const { name, over } = target;
  if (typeof read === 'string')
    return { check: check('target', name, 'failed', `answered with no snapshot: ${read}`, { over, todo: NO_SNAPSHOT }), skew: null };
  const skew = asked === undefined ? null : skewOf(read.collectedAt, asked, answered);
  const parts = partsOf(read);
  const isOff = skew !== null && isSkewed(skew);
  return {
    check: {
      ...check('target', name, parts.status, parts.said, { ...parts, over }),
      ...(isOff && parts.status !== 'partial' ? { status: 'warning', todo: 'Set the clock there, and look at its time source.' } : {}),
      notes: [...(isOff ? [skewNote(skew)] : []), ...parts.notes],
    },
    skew,
  };
}

/** What was not asked for is absent; what came to nothing has its cause. */
function endpointCheck(name: string, snapshot: Json): Check {
  const read = readSections(snapshot);
  if (typeof read === 'string') return check('endpoint', name, 'failed', read, { over: 'wire' });
  const parts = partsOf(read);
  const isWhole = parts.status === 'ok';
  return check('endpoint', name, parts.status, isWhole ? 'seen' : 'seen in part', {
    ...parts,
    said: isWhole ? 'seen' : 'seen in part',
    over: 'wire',
    todo: isWhole ? null : 'Check what listens on the port, and what lies between here and there.',
  });
}
