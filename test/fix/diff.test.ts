import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/fix/diff.ts';
import { applyReplacements } from '../../src/lib/text-edit.ts';
import type { Replacement } from '../../src/model/finding.ts';
import { folderOf, put } from '../scan/support.ts';

const TEXT = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join('');

function replacement(startLine: number, startColumn: number, endLine: number, endColumn: number, text: string): Replacement {
  return { region: { startLine, startColumn, endLine, endColumn }, text };
}

function diffOf(text: string, ...replacements: readonly Replacement[]): string {
  return unifiedDiff('f', text, applyReplacements(text, replacements), replacements);
}

test('no change is no diff', () => {
  expect(diffOf(TEXT)).toBe('');
  expect(diffOf(TEXT, replacement(1, 1, 1, 5, 'line'))).toBe('');
});

test('one changed word, three lines around it', () => {
  expect(diffOf(TEXT, replacement(10, 1, 10, 5, 'LINE'))).toBe(
    '--- a/f\n+++ b/f\n@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+LINE 10\n line 11\n line 12\n line 13\n',
  );
});

test('near changes share a hunk and lines between them stay as they are; far ones do not', () => {
  const diff = diffOf(TEXT, replacement(2, 1, 2, 1, 'new\n'), replacement(6, 1, 6, 5, 'LINE'), replacement(19, 1, 20, 1, ''));
  expect(diff.match(/^@@.*$/gm)).toEqual(['@@ -1,9 +1,10 @@', '@@ -16,5 +17,4 @@']);
  expect(diff).toContain('\n+new\n line 2\n line 3\n line 4\n line 5\n-line 6\n+LINE 6\n');
  expect(diff).toContain('\n-line 19\n line 20\n');
});

test('a text that does not end with a line break says so', () => {
  expect(diffOf('a', replacement(1, 2, 1, 2, '\nb'))).toBe(
    '--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n',
  );
});

test('a side without lines is counted from the line before it', () => {
  expect(diffOf('', replacement(1, 1, 1, 1, 'a\n'))).toBe('--- a/f\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n');
  expect(diffOf('a\n', replacement(1, 1, 2, 1, ''))).toBe('--- a/f\n+++ b/f\n@@ -1,1 +0,0 @@\n-a\n');
});

test('patch makes the one text of the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 30 });
  const folder = folderOf({});
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.constantFrom('x', 'x\n', 'x\ny\n', '', '\nz')), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (parts, edits, ended) => {
        const text = `${parts.join('\n')}${ended ? '\n' : ''}`;
        const count = text.split('\n').length;
        const starts = [...new Set(edits.map(([at]) => (at % count) + 1))].toSorted((a, b) => a - b);
        const replacements = starts.flatMap((start, index): Replacement[] => {
          const [, span, inserted] = edits[index] ?? [0, 0, 'x'];
          const limit = Math.min(starts[index + 1] ?? count, count);
          const end = Math.min(start + span, limit);
          return [replacement(start, 1, end, 1, inserted)];
        });
        const after = applyReplacements(text, replacements);
        const diff = unifiedDiff('f', text, after, replacements);
        if (diff === '') return after === text;
        put(join(folder, 'f'), text);
        const applied = spawnSync('git', ['apply', '--unidiff-zero', '-'], {
          cwd: folder,
          input: diff,
          encoding: 'utf8',
          env: { ...process.env, GIT_CEILING_DIRECTORIES: folder },
        });
        if (applied.status !== 0) throw new Error(`${applied.stderr}\n${JSON.stringify(text)}\n${diff}`);
        return readFileSync(join(folder, 'f'), 'utf8') === after;
      },
    ),
    { seed: 11, numRuns: 120 },
  );
});
