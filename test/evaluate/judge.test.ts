import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, policiesByKind } from '../../src/evaluate/evaluate.ts';
import { gradeOf, judge, subjectOf } from '../../src/evaluate/judge.ts';
import type { Fact } from '../../src/model/fact.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Policy } from '../../src/model/policy.ts';
import { compilePolicy } from '../../src/policy/compile.ts';

function policy(more: Partial<Policy>): ReturnType<typeof compilePolicy> {
  return compilePolicy({
    id: 'TEST-001',
    name: 'Test',
    title: 'Require a test',
    kind: 'test.kind',
    severity: 8,
    assert: true,
    message: "It is '{a}'.",
    why: '',
    links: [],
    ...more,
  });
}

const is = (name: string, value: string | boolean | number): JsonObject => ({ required: [name], properties: { [name]: { const: value } } });
const outcome = (more: Partial<Policy>, data: JsonObject, unknown: readonly string[] = []): string => judge(policy(more), subjectOf({ data, unknown }));

test.each<[string, Partial<Policy>, JsonObject, string[], string]>([
  ['holds', { assert: is('a', 1) }, { a: 1 }, [], 'pass'],
  ['does not hold', { assert: is('a', 1) }, { a: 2 }, [], 'fail'],
  ['rests on what is unknown', { assert: is('a', 1) }, { a: null }, ['/a'], 'unknown'],
  ['a certain fail beside something unknown', { assert: { allOf: [is('a', 1), is('b', 1)] } }, { a: 2, b: null }, ['/b'], 'fail'],
  ['a certain pass beside something unknown', { assert: { anyOf: [is('a', 1), is('b', 1)] } }, { a: 1, b: null }, ['/b'], 'pass'],
  ['an unknown that nothing reads', { assert: is('a', 1) }, { a: 1, b: null }, ['/b'], 'pass'],
  ['a fact that is unknown as a whole', { assert: is('a', 1) }, { a: null }, [''], 'unknown'],
  ['a denial', { assert: { not: is('a', 1) } }, { a: null }, ['/a'], 'unknown'],
  ['a member that is not there', { assert: is('a', 1) }, {}, [], 'fail'],
  ['null is a value, not unknown', { assert: is('a', 1) }, { a: null }, [], 'fail'],
  ['does not apply', { when: is('p', 'x'), assert: is('a', 1) }, { p: 'y', a: 2 }, [], 'not-applicable'],
  ['applies for certain', { when: is('p', 'x'), assert: is('a', 1) }, { p: 'x', a: 2 }, [], 'fail'],
  ['may or may not apply, and would fail', { when: is('p', 'x'), assert: is('a', 1) }, { p: null, a: 2 }, ['/p'], 'unknown'],
  ['may or may not apply, and would pass', { when: is('p', 'x'), assert: is('a', 1) }, { p: null, a: 1 }, ['/p'], 'unknown'],
  ['certainly does not apply, whatever is unknown', { when: is('p', 'x'), assert: is('a', 1) }, { p: 'y', a: null }, ['/a'], 'not-applicable'],
  ['one element decides', { assert: { properties: { l: { contains: { const: 1 } } } } }, { l: [1, null] }, ['/l/1'], 'pass'],
  ['no known element decides', { assert: { properties: { l: { contains: { const: 1 } } } } }, { l: [2, null] }, ['/l/1'], 'unknown'],
  ['an element that fails for certain', { assert: { properties: { l: { items: { const: 1 } } } } }, { l: [2, null] }, ['/l/1'], 'fail'],
])('%s', (_what, more, data, unknown, expected) => {
  expect(outcome(more, data, unknown)).toBe(expected);
});

test('an answer with something unknown is the answer for every value it may have', () => {
  const values = [1, 2, 'x', true, null] as const;
  const leaf = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(1, 2, 'x', true)).map(([name, value]): JsonObject => is(name, value));
  const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.tuple(tie('schema'), tie('schema')).map(([left, right]): JsonObject => ({ allOf: [left, right] })),
      fc.tuple(tie('schema'), tie('schema')).map(([left, right]): JsonObject => ({ anyOf: [left, right] })),
      tie('schema').map((inner): JsonObject => ({ not: inner })),
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      fc.tuple(tie('schema'), tie('schema'), tie('schema')).map(([condition, then, otherwise]): JsonObject => ({ if: condition, then, else: otherwise })),
    ),
  }));
  let certain = 0;
  fc.assert(
    fc.property(
      schema,
      schema,
      fc.constantFrom(...values),
      fc.constantFrom(...values),
      fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      (when, assert, a, b, hidden) => {
        const made = policy({ when, assert });
        const data: JsonObject = { a, b, c: 1 };
        const verdict = judge(made, subjectOf({ data, unknown: hidden.map((name) => `/${name}`) }));
        if (verdict === 'unknown') return true;
        certain++;
        const worlds = hidden.reduce<JsonObject[]>((all, name) => all.flatMap((world) => values.map((value) => ({ ...world, [name]: value }))), [data]);
        return worlds.every((world) => judge(made, subjectOf({ data: world, unknown: [] })) === verdict);
      },
    ),
    { seed: 5, numRuns: 500 },
  );
  expect(certain).toBeGreaterThan(100);
});

test('the first grade that certainly matches decides how bad it is', () => {
  const made = policy({
    assert: false,
    grades: [
      { when: is('a', 1), severity: 3 },
      { when: is('b', 1), severity: 5 },
    ],
  });
  const grade = (data: JsonObject, unknown: readonly string[] = []): number | null => gradeOf(made, subjectOf({ data, unknown })).severity;
  expect([grade({ a: 1, b: 1 }), grade({ a: 2, b: 1 }), grade({ a: null, b: 1 }, ['/a']), grade({ a: null, b: 2 }, ['/a'])]).toEqual([3, 5, 5, 8]);
});

test('facts are judged by kind and counted, with one verdict for each that applies', () => {
  const fact = (id: string, data: JsonObject, kind = 'test.kind'): Fact => ({
    kind,
    id,
    name: id,
    target: 't',
    data,
    unknown: [],
    origin: { at: 'setting' },
    observedAt: null,
  });
  const policies = policiesByKind([policy({ when: is('p', 'x'), assert: is('a', 1) })]);
  const facts = [fact('1', { p: 'x', a: 1 }), fact('2', { p: 'x', a: 2 }), fact('3', { p: 'y', a: 2 }), fact('4', { p: 'x', a: 2 }, 'other.kind')];
  const result = evaluate(facts, policies, true);
  expect(result.verdicts.map(({ id, outcome: verdict }) => `${id} ${verdict}`)).toEqual(['1 pass', '2 fail']);
  expect(result.judged.map((judged) => judged.fact.id)).toEqual(['2']);
  expect(result.counts).toEqual({ 'TEST-001': { pass: 1, fail: 1, unknown: 0, notApplicable: 1 } });
  expect(evaluate(facts, policies, false).verdicts).toEqual([]);
});
