import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineHashes } from '../../src/lib/line-hash.ts';

/** The definition, word by word, with unbounded integers. */
function slowly(text: string): Map<number, string> {
  const kept: bigint[] = [];
  const starts: number[] = [];
  let atStart = true;
  let afterCr = false;
  const keep = (unit: number) => {
    if (atStart) starts.push(kept.length);
    atStart = unit === 10;
    kept.push(BigInt(unit));
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 32 || unit === 9 || (afterCr && unit === 10)) {
      afterCr = false;
      continue;
    }
    afterCr = unit === 13;
    keep(afterCr ? 10 : unit);
  }
  keep(65535);
  const seen = new Map<string, number>();
  return new Map(
    starts.map((start, index) => {
      let hash = 0n;
      for (let at = start; at < start + 100; at++) hash = hash * 37n + (kept[at] ?? 0n);
      const hex = BigInt.asUintN(64, hash).toString(16);
      seen.set(hex, (seen.get(hex) ?? 0) + 1);
      return [index + 1, `${hex}:${seen.get(hex)}`];
    }),
  );
}

const all = (count: number) => new Set(Array.from({ length: count }, (_, index) => index + 1));

it.each([
  ['nothing', ''],
  ['blank lines', '\n \n\t\n'],
  ['line breaks of all kinds', 'host: a\r\nport: 3389\rnla: on\n\r\n\r \n'],
  ['a byte order mark', '\ufeffhost: a\n'],
  ['equal lines', 'access: Allow\n'.repeat(12)],
  ['a long line', `${'x'.repeat(250)}\nlast`],
  ['characters beyond the BMP', '😀: é\n'.repeat(3)],
])('agrees with the definition for %s', (_name, text) => {
  const expected = slowly(text);
  expect(lineHashes(text, all(expected.size + 2))).toEqual(expected);
});

it('agrees with the definition for any text, for all lines and for each alone', () => {
  const piece = fc.constantFrom('a', 'b', ' ', '\t', '\n', '\r', '\r\n', 'same line\n', 'x'.repeat(97), '\ufeff', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(60), (pieces, line) => {
      const text = pieces.join('');
      const expected = slowly(text);
      expect(lineHashes(text, all(expected.size))).toEqual(expected);
      const one = expected.get(line);
      expect(lineHashes(text, new Set([line]))).toEqual(new Map(one === undefined ? [] : [[line, one]]));
    }),
    { numRuns: 300, seed: 11 },
  );
});

it('is unchanged for ever: changing it closes and reopens every alert', () => {
  expect(lineHashes('resources:\n  nsg:\n    type: azure-native:network:NetworkSecurityGroup\n', new Set([1, 2, 3]))).toMatchInlineSnapshot(`
    Map {
      1 => "c7adbebda16848e8:1",
      2 => "6d7295f00d3d3ce5:1",
      3 => "6e3a49e2c0f7c79:1",
    }
  `);
});
