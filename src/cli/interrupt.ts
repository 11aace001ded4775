import { Script } from 'node:vm';

/** The exit code of what SIGINT ended. */
export const INTERRUPTED = 130;

const WORK = Symbol.for('rdposture.work');

/**
 * Runs work that may keep the thread busy for long, so that an interrupt ends it all the same: a signal handler would wait
 * until the thread is free.
 */
export function interruptible<Result>(work: () => Result): Result {
  const holder = globalThis as { [WORK]?: () => unknown };
  holder[WORK] = work;
  return new Script("globalThis[Symbol.for('rdposture.work')]()").runInThisContext({ breakOnSigint: true }) as Result;
}

export function isInterrupt(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
