import type { HostWorld } from '../../src/apply/host.ts';
import type { NoAnswer, Phase, PhaseResult } from '../../src/apply/send.ts';
import type { LiveTarget } from '../../src/collect/live/targets.ts';
import type { HostPlan, PlanStep } from '../../src/model/plan.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

/** A host as `apply` meets it, with a clock of its own: what the script on it does is tested for real elsewhere. */
export interface Faults {
  /** The connection ends before the steps run, or while they run. */
  readonly cut?: 'before' | 'during' | 'after';
  /** What the client says of it; default `cut`. */
  readonly cutBy?: NoAnswer['cause'];
  /** The host lets nobody in before the steps. */
  readonly neverStarted?: boolean;
  /** Nobody reaches the host from when the steps ran until it undoes them. */
  readonly locksOut?: boolean;
  /** The host is gone for good once the steps ran. */
  readonly dies?: boolean;
  /** The host starts again while the steps run, which undoes them. */
  readonly reboots?: boolean;
  /** What the script answers instead of running the steps. */
  readonly answers?: PhaseResult['outcome'];
  /** The values are not there though the steps ran. */
  readonly ineffective?: boolean;
  /** The host's clock jumps ahead, so that it undoes the change at once. */
  readonly clockJumps?: boolean;
  /** The task that undoes is not there any more. */
  readonly noRollback?: boolean;
  /** So many new connections fail, though the host is well. */
  readonly misses?: number;
  /** Nobody can undo it from here. */
  readonly undoFails?: boolean;
  /** Somebody ends the program then, seconds from the beginning. */
  readonly interruptedAt?: number;
  /** The restart does not come back. */
  readonly staysDown?: boolean;
}

export const TARGET: LiveTarget = {
  id: 'windows-host:rdsh01.contoso.com',
  kind: 'windows-host',
  name: 'rdsh01.contoso.com',
  address: '127.0.0.1',
  over: 'ssh',
  user: null,
  port: null,
  keyFile: null,
};

const step = (needs: readonly string[]): PlanStep => ({
  id: '1',
  setting: 'rdp/RDP-Tcp/userAuthentication',
  title: 'NLA',
  now: { value: 'not-required', source: 'local' },
  then: { value: 'required', remove: false },
  risk: 'safe',
  needs,
  undo: 'set "not-required" again',
  connection: 'keeps',
  policies: [],
  operations: [],
});

export function planWith(needs: readonly string[] = []): HostPlan {
  return {
    schemaVersion: 1,
    tool: { name: 'rdposture', version: '0' },
    madeAt: '2026-11-20T08:00:00.000Z',
    host: { id: TARGET.id, name: TARGET.name },
    observedAt: null,
    steps: [step(needs)],
    refused: [],
  };
}

const CHANGE = '20261120080000-00000000';
const CUT: NoAnswer = { cause: 'cut', detail: 'Connection reset by peer' };

export interface Simulated extends HostWorld {
  /** The value on the host. */
  readonly value: () => string;
  readonly state: () => 'none' | 'armed' | 'kept' | 'undone';
  readonly said: readonly string[];
  readonly phases: readonly string[];
}

export function simulatedHost(faults: Faults): Simulated {
  let now = 0;
  let value = 'not-required';
  let state: ReturnType<Simulated['state']> = 'none';
  let due: number | null = null;
  let isDown = false;
  let misses = faults.misses ?? 0;
  const said: string[] = [];
  const phases: string[] = [];

  const rollback = (): void => {
    if (state === 'armed') {
      value = 'not-required';
      state = 'undone';
    }
    due = null;
  };
  const tick = (): void => {
    if (due !== null && now >= due && faults.noRollback !== true && faults.dies !== true) rollback();
  };
  const reachable = (): boolean => {
    tick();
    if (isDown || (faults.dies === true && state === 'armed')) return false;
    if (faults.locksOut === true && state === 'armed') return false;
    if (misses > 0 && state === 'armed') {
      misses--;
      return false;
    }
    return true;
  };
  const result = (outcome: PhaseResult['outcome'], message = ''): PhaseResult => ({
    outcome,
    message,
    change: state === 'none' ? null : CHANGE,
    steps: [],
    before: null,
  });

  const apply = (seconds: number): PhaseResult | NoAnswer => {
    if (faults.answers !== undefined) {
      if (faults.answers === 'failed') state = 'undone';
      return { ...result(faults.answers, 'said the host'), change: faults.answers === 'failed' ? CHANGE : null };
    }
    if (faults.neverStarted === true) return { cause: 'authentication', detail: 'Permission denied (publickey).' };
    if (faults.cut === 'before') return CUT;
    state = 'armed';
    due = now + seconds;
    if (faults.ineffective !== true) value = 'required';
    if (faults.reboots === true) {
      rollback();
      return CUT;
    }
    if (faults.clockJumps === true) rollback();
    return faults.cut === undefined ? result('armed') : { ...CUT, cause: faults.cutBy ?? CUT.cause };
  };

  const send = (phase: Phase): PhaseResult | NoAnswer => {
    phases.push(phase.phase);
    if (phase.phase !== 'apply' && !reachable()) return { cause: 'refused', detail: 'Connection refused' };
    switch (phase.phase) {
      case 'apply':
        return apply(phase.seconds);
      case 'keep':
        if (state === 'undone') return result('undone');
        state = 'kept';
        due = null;
        return result('done');
      case 'undo':
        if (faults.undoFails === true) return result('undo-failed', 'A value could not be written.');
        if (state === 'none' || (phase.change === null && state !== 'armed')) return result('refused', 'There is nothing to undo.');
        if (state === 'undone') return result('nothing');
        value = 'not-required';
        state = 'undone';
        return result('undone');
      case 'drain':
        return result('done');
      default:
        if (faults.staysDown === true) isDown = true;
        return result('done');
    }
  };

  return {
    collect: () => {
      if (!reachable()) {
        const problem: Problem = { level: 'error', code: 'collect.refused', message: 'it refused the connection.' };
        return Promise.resolve(problem);
      }
      const snapshot: Snapshot = {
        schemaVersion: 1,
        target: { kind: 'windows-host', name: TARGET.name },
        collectedAt: '2026-11-20T08:00:00Z',
        sections: { value: { status: 'ok', data: value } },
      };
      return Promise.resolve(snapshot);
    },
    send: (_target, phase) => Promise.resolve(send(phase)),
    missing: (snapshot) => (snapshot.sections['value']?.data === 'required' ? [] : ['rdp/RDP-Tcp/userAuthentication']),
    wait: (seconds) => {
      now += seconds;
      tick();
      return Promise.resolve();
    },
    isInterrupted: () => faults.interruptedAt !== undefined && now >= faults.interruptedAt,
    elapsed: () => now,
    say: (text) => said.push(text),
    value: () => value,
    state: () => state,
    said,
    phases,
  };
}
