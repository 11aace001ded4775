import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { openDocument } from '../../src/lib/document.ts';
import { applyReplacements } from '../../src/lib/text-edit.ts';
import type { Json } from '../../src/model/json.ts';
import { applied, changeOf, diceOf, json, renderJson, renderYaml, rolls, scalar, text } from './random-document.ts';

const RUNS = Number(process.env['FUZZ'] ?? 400);
const value = json(scalar, text);
const pick = fc.record({ kind: fc.nat(3), at: fc.nat(1000), name: text, value: json(scalar, text, 2) });

it('changes exactly what is wanted in any JSON text', () => {
  fc.assert(
    fc.property(value, rolls, pick, (before, dice, picked) => {
      const source = renderJson(before, diceOf(dice));
      const document = openDocument(source, 'json');
      expect(document.value).toEqual(before);
      const change = changeOf(before, picked);
      const wanted = applied(before, change);
      const edited = document.edit([change]);
      if (wanted === undefined) return;
      if ('refused' in edited) throw new Error(`${edited.refused}\n${JSON.stringify(change)}\n${source}`);
      expect(edited.value).toEqual(wanted);
      expect(JSON.parse(applyReplacements(source, edited.replacements))).toEqual(wanted);
    }),
    { numRuns: RUNS, seed: Number(process.env['SEED'] ?? 7) },
  );
});

it('changes exactly what is wanted in any YAML text and keeps its comments', () => {
  let refused = 0;
  fc.assert(
    fc.property(value, rolls, pick, (before, dice, picked) => {
      const source = renderYaml(before, diceOf(dice));
      const document = openDocument(source, 'yaml');
      expect(document.value).toEqual(before);
      const change = changeOf(before, picked);
      const wanted = applied(before, change);
      const edited = document.edit([change]);
      if (wanted === undefined) return;
      if ('refused' in edited) {
        refused++;
        if (process.env['FUZZ']) console.log(edited.refused, JSON.stringify(change), '\n' + source);
        return;
      }
      const after = applyReplacements(source, edited.replacements);
      expect(parse(after, { uniqueKeys: true }) as Json, after).toEqual(wanted);
      expect(/(?<!\r)\n/.test(after) && after.includes('\r\n')).toBe(false);
      // What is replaced or removed takes the comments on its own lines along; nothing else may go.
      const own = document.regionOf(change.pointer);
      const lines = source.split(/\r?\n/);
      const gone = own === undefined ? '' : lines.slice((own.key ?? own.value).startLine - 1, own.value.endLine).join('\n');
      for (const comment of source.match(/#c\d+c/g) ?? []) if (!gone.includes(comment)) expect(after, `${JSON.stringify(change)}\n${source}`).toContain(comment);
    }),
    { numRuns: RUNS, seed: Number(process.env['SEED'] ?? 7) },
  );
  if (process.env['FUZZ']) console.log('refused', refused);
  expect(refused).toBeLessThan(RUNS * 0.05);
});
