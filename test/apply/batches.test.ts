import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/apply/batches.ts';
import { workingMembers } from '../../src/apply/pools.ts';

const host = (id: string, ...pools: string[]): { id: string; pools: string[] } => ({ id, pools });
const pool = (...ids: string[]): ReadonlySet<string> => new Set(ids);

describe('batches of a rolling change', () => {
  it('take so many hosts at once, in their order', () => {
    const batches = batchesOf([host('a'), host('b'), host('c')], 2, new Map());
    expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
  });

  it('leave one of a pool alone, however large a batch may be', () => {
    const hosts = [host('a', 'farm'), host('b', 'farm'), host('c')];
    const batches = batchesOf(hosts, 10, new Map([['farm', pool('a', 'b')]]));
    expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([['a', 'c'], ['b']]);
  });

  it('may take all that are to be changed where another of the pool is not', () => {
    const hosts = [host('a', 'farm'), host('b', 'farm')];
    expect(batchesOf(hosts, 10, new Map([['farm', pool('a', 'b', 'c')]]))).toHaveLength(1);
  });

  it('count only who works: two at once are the whole of a pool whose third is down', () => {
    const members = workingMembers(new Map([['farm', pool('a', 'b', 'c')]]), pool('a', 'b'));
    const batches = batchesOf([host('a', 'farm'), host('b', 'farm')], 2, members);
    expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([['a'], ['b']]);
  });

  it('take a host that is its pool alone', () => {
    expect(batchesOf([host('a', 'gateway')], 1, new Map([['gateway', pool('a')]]))).toHaveLength(1);
  });

  it('hold every host once, and never a whole pool, for any pools', () => {
    const worlds = fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      hosts: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 10 }),
      pools: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(worlds, ({ size, hosts, pools }) => {
        const members = new Map(pools.map((ids, index) => [`p${index}`, new Set(ids.map(String))]));
        const list = hosts.map((id) => host(String(id), ...[...members].flatMap(([name, ids]) => (ids.has(String(id)) ? [name] : []))));
        const batches = batchesOf(list, size, members);
        expect(
          batches
            .flat()
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(hosts.map(String).toSorted());
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(size);
          for (const [name, ids] of members) {
            const taken = batch.filter(({ pools: own }) => own.includes(name)).length;
            if (ids.size > 1) expect(taken).toBeLessThan(ids.size);
          }
        }
      }),
      { seed: 20261130, numRuns: 400 },
    );
  });
});
