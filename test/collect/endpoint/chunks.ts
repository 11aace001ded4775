import type { Reader, Step } from '../../../src/collect/endpoint/exchange.ts';

/** Feeds bytes in pieces of the given sizes, the rest at once; what the reader says at the end, or at its first word. */
export function feed<Value>(reader: Reader<Value>, bytes: Buffer, sizes: readonly number[] = []): Step<Value> {
  let at = 0;
  let step: Step<Value> = { state: 'more' };
  for (const size of [...sizes, bytes.length]) {
    if (at >= bytes.length) break;
    step = reader.push(bytes.subarray(at, at + Math.max(1, size)));
    at += Math.max(1, size);
    if (step.state !== 'more') return step;
  }
  return step;
}
