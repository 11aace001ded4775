import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { jsonLocator, type JsonSpan } from '../../src/lib/json-locate.ts';
import type { Json } from '../../src/model/json.ts';
import { pointerOf } from '../../src/model/pointer.ts';
import { diceOf, json, pointersOf, renderJson, rolls, scalar, text } from './random-document.ts';

/** Another parser's idea of where everything stands: JSON is YAML. */
function oracle(source: string): Map<string, JsonSpan> {
  const found = new Map<string, JsonSpan>();
  const visit = (node: unknown, steps: readonly (string | number)[], key?: { start: number; end: number }) => {
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    const [start = 0, end = 0] = node.range ?? [];
    found.set(pointerOf(steps), key === undefined ? { start, end } : { start, end, key });
    if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, [...steps, index]);
    if (isMap(node)) {
      for (const { key: name, value } of node.items) {
        if (isScalar(name)) visit(value, [...steps, String(name.value)], { start: name.range?.[0] ?? 0, end: name.range?.[1] ?? 0 });
      }
    }
  };
  visit(parseDocument(source, { schema: 'json', logLevel: 'silent' }).contents, []);
  return found;
}

it('agrees with a position-aware parser on every value and name, asked for in any order and in parts', () => {
  fc.assert(
    fc.property(json(scalar, text), rolls, fc.infiniteStream(fc.nat(3)), (value: Json, dice, shuffle) => {
      // YAML folds line breaks inside of blanks differently from nothing at all, but its ranges are exact.
      const source = renderJson(value, diceOf(dice)).replaceAll('\t', ' ');
      const expected = oracle(source);
      const pointers = pointersOf(value).map(({ steps }) => pointerOf(steps));
      expect([...expected.keys()].toSorted()).toEqual(pointers.toSorted());
      expect(jsonLocator(source).spans(pointers)).toEqual(new Map(pointers.map((pointer) => [pointer, expected.get(pointer)])));
      const locator = jsonLocator(source);
      for (const pointer of pointers) if (shuffle.next().value !== 0) locator.container(pointer);
      for (const pointer of pointers.toReversed()) expect(locator.spans([pointer]).get(pointer)).toEqual(expected.get(pointer));
    }),
    { numRuns: 300, seed: 3 },
  );
});

it('finds the last of two equal names, also when a name is escaped or the first is a container', () => {
  const source = '{"a":{"b":1},"\\u0061":{"b":22},"a/b~c":[true]}';
  const spans = jsonLocator(source).spans(['/a/b', '/a', '/a~1b~0c/0']);
  expect(source.slice(spans.get('/a/b')?.start, spans.get('/a/b')?.end)).toBe('22');
  expect(source.slice(spans.get('/a')?.key?.start, spans.get('/a')?.key?.end)).toBe('"\\u0061"');
  expect(source.slice(spans.get('/a~1b~0c/0')?.start)).toMatch(/^true/);
});

it('leaves out what is not there', () => {
  const locator = jsonLocator('{"a":[1],"b":"x"}');
  expect([...locator.spans(['/c', '/a/1', '/a/00', '/a/-1', '/b/0', '/a/0/x', '/__proto__', '/constructor']).keys()]).toEqual([]);
  expect(jsonLocator('"x"').spans(['', '/0'])).toEqual(new Map([['', { start: 0, end: 3 }]]));
});

it('is not fooled by brackets, quotes and backslashes in strings', () => {
  const source = '{"skip":["}]\\\\",{"x":"\\\\\\"{["}],"want":"}"}';
  const span = jsonLocator(source).spans(['/want']).get('/want');
  expect(source.slice(span?.start, span?.end)).toBe('"}"');
});
