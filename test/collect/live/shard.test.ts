import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inShard, shardIndexOf, shardOf } from '../../../src/collect/live/shard.ts';

const ids = Array.from({ length: 2000 }, (_, index) => `windows-host:rdsh${index}.contoso.com`);

describe('shards', () => {
  it('take every target once', () => {
    for (const id of ids.slice(0, 200)) expect([1, 2, 3, 4, 5].filter((index) => inShard(id, { index, count: 5 }))).toHaveLength(1);
  });

  it('share evenly', () => {
    const counts = [1, 2, 3, 4].map((index) => ids.filter((id) => shardIndexOf(id, 4) === index).length);
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
  });

  it('move only to the new one when there is one more', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (id, count) => {
        const [before, after] = [shardIndexOf(id, count), shardIndexOf(id, count + 1)];
        expect(after === before || after === count + 1).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('stay what they are from release to release', () => {
    expect(ids.slice(0, 12).map((id) => shardIndexOf(id, 5))).toMatchInlineSnapshot(`
      [
        4,
        4,
        5,
        2,
        2,
        5,
        1,
        2,
        1,
        2,
        2,
        5,
      ]
    `);
  });

  it.each(['', '0/3', '4/3', '1', '1/0', 'a/b', '1/2/3', '1/99999', '-1/2', '1/2 '])('refuse %j', (text) => {
    expect(() => shardOf(text)).toThrow(/no share such as 2\/5/);
  });

  it('are read', () => {
    expect(shardOf('2/5')).toEqual({ index: 2, count: 5 });
  });
});
