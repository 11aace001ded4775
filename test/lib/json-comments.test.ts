import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutComments } from '../../src/lib/json-comments.ts';

test.each<[string, string, string | null]>([
  ['no comment', '{"a": "// no", "b": "\\"/* no */"}', null],
  ['to the end of the line', '{ // a "b"\r\n"a": 1 }', '{         \r\n"a": 1 }'],
  ['in the middle, over lines', '{"a": /* x\ny */ 1}', '{"a":     \n     1}'],
  ['at the end without a line break', '{} // x', '{}     '],
  ['one that does not end', '{} /* x', null],
  ['a slash alone', '{"a": 1 / 2}', null],
  ['a text that does not end', '{"a // b', null],
  ['directly after a text', '{"a":"b"/**/}', '{"a":"b"    }'],
])('%s', (_name, text, expected) => {
  expect(withoutComments(text)).toBe(expected);
});

test('every value stays, and every place', () => {
  const comment = fc.constantFrom('', ' /* " */ ', '// "x\n', '/**/');
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(comment, { minLength: 1, maxLength: 5 }), (value, comments) => {
      let count = 0;
      const text = JSON.stringify(value, null, 1).replaceAll(/\n/g, () => `\n${comments[count++ % comments.length]}`);
      const plain = withoutComments(`${comments[0] ?? ''}${text}`) ?? `${comments[0] ?? ''}${text}`;
      expect(JSON.parse(plain)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(plain.length).toBe((comments[0] ?? '').length + text.length);
    }),
    { seed: 20261130, numRuns: 300 },
  );
});
