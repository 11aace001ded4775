import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comment, literal, textLiteral } from '../../src/remediate/literal.ts';
import { readPowerShell } from './read-powershell.ts';

const HOSTILE = [
  '',
  'RDP-Tcp',
  "RDP '; Remove-Item C:\\ -Recurse #",
  '\u2019; calc; \u2018',
  '$(calc)',
  '$env:TEMP',
  '`$x`n',
  'a\nb\r\nc',
  'a"b',
  'Zoll\u00fcberg\u00e4nge',
  'foo\u200d',
  'foo\u0000bar',
  '\ud800 alone',
  '\ud83d\ude00',
  '\\u0041 \\x41 \\n \\\\',
  '[regex]::Unescape(',
  '\u201c$(calc)\u201d',
  "''",
  '# comment',
  '{0} -f 1',
  'x'.repeat(10_000),
  `\u2028${"'".repeat(10_000)}`,
];

describe('literals', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 40), text]))('%j comes back as it was, in ASCII', (_shown, text) => {
    const made = textLiteral(text);
    expect(made).toMatch(/^[\u0020-\u007e]*$/);
    const read = readPowerShell(made);
    expect(read.literals.map(({ value }) => value)).toEqual([text]);
    expect(['\u00a7', '([regex]::Unescape(\u00a7))']).toContain(read.code);
  });

  it('holds for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }), (codes) => {
        const text = String.fromCharCode(...codes);
        const made = textLiteral(text);
        return /^[\u0020-\u007e]*$/.test(made) && readPowerShell(made).literals[0]?.value === text;
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it.each([
    [null, '$null'],
    [true, '$true'],
    [false, '$false'],
    [5, '5'],
    [-1, '-1'],
    [1.5, "'1.5'"],
    [['a', "b'c"], "@('a', 'b''c')"],
    [[], '@()'],
    [{ a: 1, 'b c': [true] }, "@{ 'a' = 1; 'b c' = @($true) }"],
  ])('%j is %s', (value, expected) => {
    expect(literal(value)).toBe(expected);
  });

  it.each(HOSTILE.map((text) => [text.slice(0, 40), text]))('a comment of %j stays one line of ASCII', (_shown, text) => {
    expect(comment(text)).toMatch(/^# [\u0020-\u007e]*$/);
    expect(comment(text).length).toBeLessThanOrEqual(302);
  });
});
