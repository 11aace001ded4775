import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/lib/lines.ts';
import { applyReplacements, arrangeEdits } from '../../src/lib/text-edit.ts';

const region = (startLine: number, startColumn: number, endLine: number, endColumn: number) => ({ startLine, startColumn, endLine, endColumn });

describe('lines', () => {
  it.each([
    ['', [1]],
    ['a', [1]],
    ['a\nb', [1, 2]],
    ['a\r\nb\n', [1, 2, 3]],
    ['a\rb\r\rc', [1, 2, 3, 4]],
    ['\n\r\n\r', [1, 2, 3, 4]],
  ])('counts LF, CR LF and CR in %j', (text, numbers) => {
    expect(linesOf(text).count).toBe(numbers.length);
  });

  it('knows where each line begins and ends', () => {
    const text = 'ab\r\nc\rd\n';
    const lines = linesOf(text);
    expect([1, 2, 3, 4, 5].map((line) => [lines.startOf(line), lines.endOf(line)])).toEqual([
      [0, 2],
      [4, 5],
      [6, 7],
      [8, 8],
      [undefined, undefined],
    ]);
    expect(lines.position(5)).toEqual({ line: 2, column: 2 });
    expect(lines.region(1, 6)).toEqual(region(1, 2, 3, 1));
  });

  it('goes beyond its first guess at the number of lines', () => {
    expect(linesOf('x\n'.repeat(5000)).position(8000)).toEqual({ line: 4001, column: 1 });
  });
});

describe('applyReplacements', () => {
  it('applies ascending replacements, CR LF and insertions included', () => {
    const text = 'one\r\ntwo\r\nthree';
    expect(
      applyReplacements(text, [
        { region: region(1, 1, 1, 4), text: '1' },
        { region: region(1, 4, 1, 4), text: '!' },
        { region: region(2, 4, 3, 1), text: ' ' },
      ]),
    ).toBe('1!\r\ntwo three');
  });

  it('does not count a byte order mark', () => {
    expect(applyReplacements('\ufeffab', [{ region: region(1, 1, 1, 2), text: 'x' }])).toBe('\ufeffxb');
  });

  it('counts UTF-16 code units', () => {
    expect(applyReplacements('😀b', [{ region: region(1, 3, 1, 4), text: 'x' }])).toBe('😀x');
  });

  it.each([
    ['overlap', [region(1, 1, 1, 3), region(1, 2, 1, 4)]],
    ['wrong order', [region(1, 3, 1, 4), region(1, 1, 1, 2)]],
    ['a column past the end of the line', [region(1, 1, 1, 6)]],
    ['a line that is not there', [region(3, 1, 3, 1)]],
    ['an end before the start', [region(1, 3, 1, 1)]],
    ['column 0', [region(1, 0, 1, 1)]],
  ])('refuses %s', (_name, regions) => {
    expect(() =>
      applyReplacements(
        'abcd\nx',
        regions.map((found) => ({ region: found, text: '' })),
      ),
    ).toThrow(RangeError);
  });
});

it('arranges edits: sorted, touching ones merged, idle ones dropped, overlap refused', () => {
  const text = 'abcdef';
  expect(
    arrangeEdits(text, [
      { start: 4, end: 4, text: '1' },
      { start: 1, end: 2, text: '' },
      { start: 4, end: 4, text: '2' },
      { start: 2, end: 2, text: 'x' },
      { start: 5, end: 6, text: 'f' },
    ]),
  ).toEqual([
    { start: 1, end: 2, text: 'x' },
    { start: 4, end: 4, text: '12' },
  ]);
  expect(
    arrangeEdits(text, [
      { start: 0, end: 3, text: '' },
      { start: 2, end: 4, text: '' },
    ]),
  ).toBeUndefined();
});
