/** Waits, unless the signal ends it before; false when it did. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve(true);
    }, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}

/**
 * What work comes to, or null once the time is over or the signal ends it. Some clients do not end a request that hangs,
 * whatever they are told; it is left alone then.
 */
export async function within<Value>(work: Promise<Value>, milliseconds: number, signal: AbortSignal): Promise<Value | null> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([work, sleep(Math.max(0, milliseconds), either).then(() => null)]);
  } finally {
    over.abort();
    // Nobody waits for it any more.
    work.catch(() => undefined);
  }
}
