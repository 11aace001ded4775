import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A builder that died leaves its lock behind. */
const LOCK_AGE_MS = 300_000;

/** One builder at a time: tests of several files start at once. */
export function withLock(lock, build) {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (ageOf(lock) > LOCK_AGE_MS) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
  try {
    build();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
