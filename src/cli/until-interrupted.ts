import { killAllNow } from '../collect/live/child.ts';

/** SIGINT, SIGTERM and SIGHUP end what runs and keep what has come; a second one does not wait. True when one came. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const controller = new AbortController();
  const others = process.listeners('SIGINT');
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      killAllNow();
      process.exit(130);
    }
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  process.removeAllListeners('SIGINT');
  for (const signal of signals) process.on(signal, interrupt);
  process.on('exit', killAllNow);
  try {
    await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    for (const other of others) process.on('SIGINT', other);
    killAllNow();
    process.off('exit', killAllNow);
  }
  return controller.signal.aborted;
}
