import { hash } from 'node:crypto';
import { UserError } from '../../model/problem.ts';

/** One of several machines that share the work: the first is 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MAX_SHARDS = 10_000;

/** `2/5`. */
export function shardOf(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || count < 1 || index > count || count > MAX_SHARDS)
    throw new UserError('collect.shard', `--shard: '${text}' is no share such as 2/5.`, `I runs from 1 to N, and N is at most ${MAX_SHARDS}.`);
  return { index, count };
}

/**
 * Which shard a target belongs to, by highest random weight of its id: other targets that come or go never move it, and with
 * one shard more only those move that the new one takes.
 * https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function shardIndexOf(id: string, count: number): number {
  let best = 1;
  let most = '';
  for (let index = 1; index <= count; index++) {
    const weight = hash('sha256', `${index}\0${id}`);
    if (weight > most) [best, most] = [index, weight];
  }
  return best;
}

export function inShard(id: string, shard: Shard | null): boolean {
  return shard === null || shard.count === 1 || shardIndexOf(id, shard.count) === shard.index;
}
