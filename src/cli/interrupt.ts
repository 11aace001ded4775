import { Script } from 'node:vm';

/** The exit code of what SIGINT ended. */
export const INTERRUPTED = 130;

const WORK = Symbol.for('rdposture.work');

/**
 * Runs work that may keep the thread busy for long, so that an interrupt ends it all the same: a signal handler would wait
 * until the thread is free. What came before is handled first, since the handlers are taken away meanwhile. Never nested.
 */
export async function interruptible<Result>(work: () => Result): Promise<Result> {
  await new Promise((done) => setImmediate(done));
  const holder = globalThis as { [WORK]?: () => unknown };
  holder[WORK] = work;
  return new Script("globalThis[Symbol.for('rdposture.work')]()").runInThisContext({ breakOnSigint: true }) as Result;
}

export function isInterrupt(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
