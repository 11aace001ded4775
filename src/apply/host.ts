import type { Cause } from '../collect/live/causes.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import type { HostPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { NoAnswer, Phase, PhaseResult } from './send.ts';

/** What became of a host. */
export type Outcome =
  /** It has what it is meant to have; nothing was to be done. */
  | 'compliant'
  /** Changed, seen over a new connection, and kept. */
  | 'changed'
  /** As before: nothing was begun. */
  | 'unchanged'
  /** As before: what was begun was undone, by the host or from here. */
  | 'rolled-back'
  /** Nobody reaches it, or not all could be undone: somebody must look at it. */
  | 'attention';

export interface HostOutcome {
  readonly outcome: Outcome;
  /** Why, where it is not as wished; a sentence. */
  readonly message: string;
  /** Name of the change on the host. */
  readonly change: string | null;
  /** Restarts that the change needs and that were made. */
  readonly restarted: readonly string[];
  /** Restarts that it still needs. */
  readonly pending: readonly string[];
  /** What the host saved before the first step, as JSON. */
  readonly before: string | null;
}

/** What the sequence needs of the world. */
export interface HostWorld {
  /** Reads the host over a new connection. */
  readonly collect: (target: LiveTarget) => Promise<Snapshot | Problem>;
  readonly send: (target: LiveTarget, phase: Phase) => Promise<PhaseResult | NoAnswer>;
  /** Settings of the plan that the snapshot does not show as planned. */
  readonly missing: (snapshot: Snapshot, plan: HostPlan) => readonly string[];
  readonly wait: (seconds: number) => Promise<void>;
  /** Somebody ended the program: nothing is contacted any more. */
  readonly isInterrupted: () => boolean;
  /** Seconds, from any beginning, that no clock sets. */
  readonly elapsed: () => number;
  readonly say: (text: string) => void;
}

export interface HostOptions {
  /** After so many seconds the host undoes what was not kept. */
  readonly rollbackSeconds: number;
  /** Services and the host may be restarted, which ends sessions. */
  readonly allowLogoff: boolean;
  /** The host is drained before it starts again. */
  readonly drain: boolean;
}

const INTERRUPTED = 'Interrupted: the host undoes by itself what was not kept, once its time is over.';

/** Why a script was never started: what can also end a connection that stood (a route, a jump host) is not among them. */
const NEVER_STARTED: ReadonlySet<Cause> = new Set<Cause>([
  'name',
  'refused',
  'host-key',
  'protocol',
  'certificate',
  'authentication',
  'authorisation',
  'quota',
  'no-powershell',
  'execution-policy',
  'invalid-target',
  'not-supported',
]);

const RETRY_SECONDS = 10;
/** For the rollback itself, once its time has come; it waits for a hanging process for a minute. */
const MARGIN_SECONDS = 120;
/** For a host to come back after it was started again. */
const REBOOT_SECONDS = 900;

type Partial = Pick<HostOutcome, 'outcome' | 'message'> & { readonly change?: string | null };

/**
 * Makes one host match: the steps run with a rollback that waits on the host, a new connection must succeed and show the new
 * values, and only then the change is kept. Whatever fails, the host is as it was before, or it is said that it is not.
 */
export async function applyToHost(target: LiveTarget, plan: HostPlan, world: HostWorld, options: HostOptions): Promise<HostOutcome> {
  const needs = [...new Set(plan.steps.flatMap((step) => step.needs))].filter((need) => need === 'reboot' || need.startsWith('restart:'));
  const none = { change: null, restarted: [], pending: [], before: null };
  if (plan.steps.length === 0) return { ...none, outcome: 'compliant', message: '' };
  const started = world.elapsed();
  const answer = await world.send(target, { phase: 'apply', plan, seconds: options.rollbackSeconds });
  if ('cause' in answer && NEVER_STARTED.has(answer.cause))
    return { ...none, outcome: 'unchanged', message: `It could not be begun (${answer.cause}${answer.detail === '' ? '' : `: ${answer.detail}`}).` };
  if ('cause' in answer) return { ...none, ...(await afterCut(target, plan, answer, started, world, options)) };
  const base = { ...none, change: answer.change, before: answer.before };
  if (answer.outcome === 'nothing') return { ...base, outcome: 'compliant', message: '' };
  if (answer.outcome === 'undo-failed') return { ...base, outcome: 'attention', message: answer.message };
  if (answer.outcome === 'failed') return { ...base, outcome: answer.change === null ? 'unchanged' : 'rolled-back', message: answer.message };
  if (answer.outcome !== 'armed') return { ...base, outcome: 'unchanged', message: answer.message };
  const kept = await keepOrUndo(target, plan, answer.change, started, world, options);
  if (kept.outcome !== 'changed') return { ...base, ...kept };
  if (needs.length === 0) return { ...base, ...kept };
  if (!options.allowLogoff) return { ...base, ...kept, pending: needs };
  const restart = await restartHost(target, plan, needs, world, options);
  return { ...base, ...restart };
}

/** A new connection decides. */
async function keepOrUndo(
  target: LiveTarget,
  plan: HostPlan,
  change: string | null,
  started: number,
  world: HostWorld,
  options: HostOptions,
): Promise<Partial & { readonly change?: string | null }> {
  const limit = started + options.rollbackSeconds;
  for (;;) {
    const seen = await world.collect(target);
    if (!isProblem(seen)) {
      const missing = world.missing(seen, plan);
      if (missing.length > 0)
        return undo(target, change, `After the change ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not as planned.`, started, world, options);
      const answer = await world.send(target, { phase: 'keep', change: change ?? '' });
      if (!('cause' in answer)) {
        if (answer.outcome === 'done' || answer.outcome === 'nothing') return { outcome: 'changed', message: '' };
        if (answer.outcome === 'undone') return { outcome: 'rolled-back', message: 'The host undid it before it could be kept.' };
        if (answer.outcome !== 'busy') return { outcome: 'attention', message: answer.message };
      }
    } else world.say(`${target.name}: no answer over a new connection yet (${seen.message})`);
    if (world.isInterrupted()) return { outcome: 'attention', message: INTERRUPTED };
    if (world.elapsed() >= limit) break;
    await world.wait(RETRY_SECONDS);
  }
  return afterRollback(target, plan, 'Nobody could connect to it after the change.', started, world, options);
}

async function undo(target: LiveTarget, change: string | null, why: string, started: number, world: HostWorld, options: HostOptions): Promise<Partial> {
  // The host's own rollback is still there: by then it has undone it.
  const limit = started + options.rollbackSeconds + MARGIN_SECONDS;
  for (;;) {
    const answer = await world.send(target, { phase: 'undo', change });
    if (!('cause' in answer)) {
      if (answer.outcome === 'undone' || answer.outcome === 'nothing') return { outcome: 'rolled-back', message: why };
      if (answer.outcome === 'undo-failed') return { outcome: 'attention', message: `${why} ${answer.message}` };
    }
    if (world.isInterrupted()) return { outcome: 'attention', message: INTERRUPTED };
    if (world.elapsed() >= limit) return { outcome: 'attention', message: `${why} It could not be undone from here.` };
    await world.wait(RETRY_SECONDS);
  }
}

/** The connection ended before the script answered: what it began is undone. */
async function afterCut(
  target: LiveTarget,
  plan: HostPlan,
  cut: NoAnswer,
  started: number,
  world: HostWorld,
  options: HostOptions,
): Promise<Partial & { readonly change: null }> {
  const limit = started + options.rollbackSeconds + MARGIN_SECONDS;
  const why = `The connection ended while the steps ran (${cut.cause}${cut.detail === '' ? '' : `: ${cut.detail}`}).`;
  for (;;) {
    const answer = await world.send(target, { phase: 'undo', change: null });
    if (!('cause' in answer)) {
      if (answer.outcome === 'undone') return { outcome: 'rolled-back', message: why, change: null };
      if (answer.outcome === 'undo-failed') return { outcome: 'attention', message: `${why} ${answer.message}`, change: null };
      // Nothing waits to be undone: nothing was begun, or the host has undone it.
      if (answer.outcome === 'refused') {
        const seen = await world.collect(target);
        if (isProblem(seen)) return { outcome: 'attention', message: `${why} ${seen.message}`, change: null };
        const isAsBefore = plan.steps.length === 0 || world.missing(seen, plan).length > 0;
        return {
          outcome: isAsBefore ? 'rolled-back' : 'attention',
          message: isAsBefore ? why : `${why} The values are there, and nothing on the host undoes them.`,
          change: null,
        };
      }
    }
    if (world.isInterrupted()) return { outcome: 'attention', message: INTERRUPTED, change: null };
    if (world.elapsed() >= limit) return { outcome: 'attention', message: `${why} It has not answered since.`, change: null };
    await world.wait(RETRY_SECONDS);
  }
}

/** The time of the rollback is over. */
async function afterRollback(target: LiveTarget, plan: HostPlan, why: string, started: number, world: HostWorld, options: HostOptions): Promise<Partial> {
  const limit = started + options.rollbackSeconds + MARGIN_SECONDS;
  for (;;) {
    const answer = await world.send(target, { phase: 'undo', change: null });
    if (!('cause' in answer)) {
      if (answer.outcome === 'undone') return { outcome: 'rolled-back', message: why };
      if (answer.outcome === 'undo-failed') return { outcome: 'attention', message: `${why} ${answer.message}` };
      if (answer.outcome === 'refused') {
        const seen = await world.collect(target);
        if (!isProblem(seen) && world.missing(seen, plan).length > 0) return { outcome: 'rolled-back', message: `${why} The host undid it by itself.` };
      }
    }
    if (world.isInterrupted()) return { outcome: 'attention', message: INTERRUPTED };
    if (world.elapsed() >= limit) return { outcome: 'attention', message: `${why} It has not answered since its rollback was due.` };
    await world.wait(RETRY_SECONDS);
  }
}

/** Restarts services, or the host once it takes no new sessions, and sees that it is back. */
async function restartHost(
  target: LiveTarget,
  plan: HostPlan,
  needs: readonly string[],
  world: HostWorld,
  options: HostOptions,
): Promise<Partial & Pick<HostOutcome, 'restarted' | 'pending'>> {
  const reboot = needs.includes('reboot');
  const services = reboot ? [] : needs.flatMap((need) => (need.startsWith('restart:') ? [need.slice('restart:'.length)] : []));
  if (options.drain) {
    const drained = await world.send(target, { phase: 'drain' });
    if ('cause' in drained || drained.outcome !== 'done')
      return { outcome: 'changed', message: 'It could not be drained, so it was not restarted.', restarted: [], pending: needs };
  }
  const answer = await world.send(target, { phase: 'restart', services, reboot });
  if ('cause' in answer ? !reboot : answer.outcome !== 'done') {
    const said = 'cause' in answer ? answer.detail : answer.message;
    return { outcome: 'attention', message: `The restart failed: ${said}`, restarted: [], pending: needs };
  }
  const limit = world.elapsed() + (reboot ? REBOOT_SECONDS : options.rollbackSeconds);
  for (;;) {
    if (reboot) await world.wait(RETRY_SECONDS);
    const seen = await world.collect(target);
    if (!isProblem(seen)) {
      const missing = world.missing(seen, plan);
      if (missing.length === 0) return { outcome: 'changed', message: '', restarted: needs, pending: [] };
      return {
        outcome: 'attention',
        message: `After the restart ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not as planned.`,
        restarted: needs,
        pending: [],
      };
    }
    if (world.elapsed() >= limit)
      return { outcome: 'attention', message: `It has not come back after the restart: ${seen.message}`, restarted: needs, pending: [] };
    if (!reboot) await world.wait(RETRY_SECONDS);
  }
}

function isProblem(value: Snapshot | Problem): value is Problem {
  return 'level' in value;
}

function listed(settings: readonly string[]): string {
  return settings.map((setting) => `'${setting}'`).join(', ');
}
