import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { flowText, stringText } from '../../src/lib/yaml-write.ts';
import type { Json } from '../../src/model/json.ts';
import { json, scalar, text } from './random-document.ts';

it.each([
  ['RDP-Tcp', 'RDP-Tcp'],
  ['10.20.0.0/24', '10.20.0.0/24'],
  ['192.0.2.21', '192.0.2.21'],
  ['rdgw.contoso.com', 'rdgw.contoso.com'],
  ['Remote Desktop (TCP-In)', 'Remote Desktop (TCP-In)'],
  ['on', '"on"'],
  ['No', '"No"'],
  ['12', '"12"'],
  ['2026-01-01', '"2026-01-01"'],
  ['12:30', '"12:30"'],
  ['-x', '"-x"'],
  ['*x', '"*x"'],
  ['%x', '"%x"'],
  ['a: b', '"a: b"'],
  ['a #b', '"a #b"'],
  ['', '""'],
  ['\u202e\u0085', '"\\u202e\\u0085"'],
])('writes %j as %s', (plain, expected) => {
  expect(stringText(plain, { inFlow: false })).toBe(expected);
});

it('writes what readers of YAML 1.1 and 1.2 take for the same value', () => {
  fc.assert(
    fc.property(json(scalar, text), (value: Json) => {
      const written = `a: ${flowText(value, { inFlow: false })}\n`;
      for (const version of ['1.1', '1.2'] as const)
        expect(parse(written, { version, merge: true, schema: version === '1.1' ? 'yaml-1.1' : 'core' }), written).toEqual({ a: value });
    }),
    { numRuns: 500, seed: 9 },
  );
});

it('writes any text so that it comes back, as a value and as a name', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: 'grapheme-ascii' })), (plain) => {
      const written = stringText(plain, { inFlow: false });
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(`${written}: ${written}\n`, { version }) as Json).toEqual({ [plain]: plain });
        expect(parse(`[${stringText(plain, { inFlow: true })}]`, { version }) as Json).toEqual([plain]);
      }
    }),
    { numRuns: 500, seed: 9 },
  );
});
