import type { Problem } from '../../model/problem.ts';
import { problemOf } from './causes.ts';
import { unpack } from './frames.ts';
import type { Arrival, LiveJob } from './job.ts';
import { merged } from './pool.ts';
import { readReceived } from './receive.ts';
import type { Redactor } from './redact.ts';
import type { LiveTarget } from './targets.ts';
import { TRANSPORTS } from './transport.ts';

/** A snapshot as it is to be written, in UTF-8, or why there is none. */
export type Collected = { readonly target: LiveTarget; readonly snapshot: Buffer } | { readonly target: LiveTarget; readonly problem: Problem };

/**
 * Collects all targets and yields each as it comes. One that fails is a problem; the others go on. Snapshots are unpacked one at
 * a time, when they are taken: what waits is packed, and in a file when it is large.
 */
export async function* collectLive(targets: readonly LiveTarget[], job: LiveJob, redactor: Redactor | null = null): AsyncGenerator<Collected> {
  const ways = [...new Set(targets.map((target) => target.over))];
  const sources = ways.map((over) =>
    TRANSPORTS[over](
      targets.filter((target) => target.over === over),
      job,
    ),
  );
  for await (const arrival of merged(sources)) yield await collectedOf(arrival, redactor);
}

export async function collectedOf(arrival: Arrival, redactor: Redactor | null = null): Promise<Collected> {
  const { target } = arrival;
  if (!('packed' in arrival)) return { target, problem: problemOf(target, arrival.cause, arrival.detail, arrival.hint) };
  const bytes = await unpack(arrival.packed);
  if (!Buffer.isBuffer(bytes)) return { target, problem: problemOf(target, bytes.cause, bytes.detail) };
  const received = readReceived(bytes, target);
  if ('cause' in received) return { target, problem: problemOf(target, received.cause, received.detail) };
  return { target, snapshot: redactor === null ? bytes : Buffer.from(`${JSON.stringify(redactor(received.snapshot))}\n`, 'utf8') };
}
