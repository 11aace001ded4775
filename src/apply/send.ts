import type { Cause } from '../collect/live/causes.ts';
import { unpack } from '../collect/live/frames.ts';
import type { LiveJob } from '../collect/live/job.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { TRANSPORTS } from '../collect/live/transport.ts';
import { isObject, type Json } from '../model/json.ts';
import type { HostPlan } from '../model/plan.ts';
import { marked, planData, unmarked } from '../remediate/script.ts';

/** What the script on the host is asked to do. */
export type Phase =
  /** Runs the steps, with a rollback that waits on the host. */
  | { readonly phase: 'apply'; readonly plan: HostPlan; readonly seconds: number }
  /** The host answered over a new connection: no rollback. */
  | { readonly phase: 'keep'; readonly change: string }
  /** As it was. Null: the change that waits. */
  | { readonly phase: 'undo'; readonly change: string | null }
  | { readonly phase: 'drain' }
  | { readonly phase: 'restart'; readonly services: readonly string[]; readonly reboot: boolean };

export const OUTCOMES = ['done', 'armed', 'nothing', 'undone', 'failed', 'refused', 'changed', 'pending', 'busy', 'undo-failed'] as const;

/** What the script says of itself. */
export interface PhaseResult {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly message: string;
  /** Name of the change on the host; null where none was begun. */
  readonly change: string | null;
  readonly steps: readonly { readonly step: string; readonly outcome: string }[];
  /** What was saved on the host before the first step, as JSON; null where nothing was. */
  readonly before: string | null;
}

/** Why nobody knows what became of it. */
export interface NoAnswer {
  readonly cause: Cause;
  readonly detail: string;
  readonly hint?: string;
}

export type SendJob = Pick<LiveJob, 'timeoutSeconds' | 'signal' | 'ssh' | 'credential' | 'remotingOf'> & {
  readonly script: string;
  readonly onStep?: (target: LiveTarget, step: string) => void;
};

/** Runs one phase on a host, over the connection that collection uses. */
export async function send(target: LiveTarget, phase: Phase, job: SendJob): Promise<PhaseResult | NoAnswer> {
  const live: LiveJob = {
    ...job,
    concurrency: 1,
    scriptOf: () => job.script,
    requestOf: (_target, nonce) => JSON.stringify(requestOf(phase, nonce)),
    onSection: (to, name, status) => {
      if (status === 'begin') job.onStep?.(to, name);
    },
  };
  for await (const arrival of TRANSPORTS[target.over]([target], live)) {
    if (!('packed' in arrival)) return arrival;
    const bytes = await unpack(arrival.packed);
    return Buffer.isBuffer(bytes) ? resultOf(bytes) : bytes;
  }
  return { cause: 'cut', detail: '' };
}

/** Every member is always there: the script reads in strict mode. */
function requestOf(phase: Phase, nonce: string): Json {
  const given = { nonce, phase: phase.phase, plan: null as Json, change: null as Json, seconds: 0 };
  switch (phase.phase) {
    case 'apply':
      return { ...given, plan: planData(phase.plan), seconds: phase.seconds };
    case 'keep':
    case 'undo':
      return { ...given, change: phase.change === null ? null : marked(phase.change) };
    case 'restart':
      return { ...given, plan: marked({ mode: 'restart', services: phase.services, reboot: phase.reboot }) };
    default:
      return given;
  }
}

const NO_RESULT: NoAnswer = { cause: 'babble', detail: 'what came is no result' };

function resultOf(bytes: Buffer): PhaseResult | NoAnswer {
  let value: Json;
  try {
    value = unmarked(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json);
  } catch {
    return NO_RESULT;
  }
  if (!isObject(value)) return NO_RESULT;
  // A forced command runs the collector, whatever it is sent.
  if (isObject(value['sections'])) return { cause: 'authorisation', detail: 'this account may only collect' };
  const { outcome, message, change, before } = value;
  const known = OUTCOMES.find((candidate) => candidate === outcome);
  if (known === undefined || typeof message !== 'string') return NO_RESULT;
  const steps = Array.isArray(value['steps']) ? (value['steps'] as readonly Json[]) : [];
  return {
    outcome: known,
    message: message.slice(0, 2000),
    change: typeof change === 'string' && /^[0-9]{14}-[0-9a-f]{8}$/.test(change) ? change : null,
    steps: steps.flatMap((step) => (isObject(step) ? [{ step: String(step['step']).slice(0, 80), outcome: String(step['outcome']).slice(0, 40) }] : [])),
    before: typeof before === 'string' ? before : null,
  };
}
