import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planEdit } from '../../src/lib/edit-plan.ts';
import { diffJson } from '../../src/lib/json-diff.ts';
import type { Json } from '../../src/model/json.ts';

test.each<[string, Json, Json, Json]>([
  ['nothing', { a: 1 }, { a: 1 }, []],
  ['a value deep in it', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, [{ pointer: '/a/0/b', set: 2 }]],
  [
    'members',
    { a: 1, 'b/c': 2 },
    { 'b/c': 3, d: 4 },
    [
      { pointer: '/a', remove: true },
      { pointer: '/b~1c', set: 3 },
      { pointer: '/d', set: 4 },
    ],
  ],
  ['an element that is taken out', { a: [1, 2, 3] }, { a: [1, 3] }, [{ pointer: '/a/1', remove: true }]],
  [
    'elements at the end',
    { a: [1] },
    { a: [1, 2, 3] },
    [
      { pointer: '/a/-', set: 2 },
      { pointer: '/a/-', set: 3 },
    ],
  ],
  ['an element in between', { a: [1, 3] }, { a: [1, 2, 3] }, [{ pointer: '/a', set: [1, 2, 3] }]],
  ['another kind', { a: {} }, { a: [] }, [{ pointer: '/a', set: [] }]],
])('%s', (_what, before, after, changes) => expect(diffJson(before, after)).toEqual(changes));

test('the whole is no change of a part', () => expect([diffJson([1], {}), diffJson([1, 2], [2, 1, 3])]).toEqual([null, null]));

test('the changes make the one of the other', () => {
  const value = fc.dictionary(fc.constantFrom('a', 'b', 'c/d', '~'), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }) as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(value, value, (before, after) => {
      const changes = diffJson(before, after);
      if (changes === null) return;
      const plan = planEdit(before, changes);
      expect('refused' in plan ? plan : plan.value).toEqual(after);
    }),
    { seed: 20261130, numRuns: 500 },
  );
});
