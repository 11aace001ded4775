import type { Replacement } from '../model/finding.ts';

const CONTEXT = 3;

/** Marks a last line that no line break ends; a text cannot hold it. */
const UNENDED = '\0';

/** Lines that change: those of the old text from `at` (0-based) on, and what stands for them. */
interface LineChange {
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The unified diff of replacements in a text: what `--dry-run` shows. Carriage returns are left out of it. */
export function unifiedDiff(file: string, before: string, after: string, replacements: readonly Replacement[]): string {
  const old = linesOf(before);
  const changes = lineChanges(old, linesOf(after), replacements);
  let shift = 0;
  const hunks: string[] = [];
  for (let first = 0; first < changes.length;) {
    let next = first + 1;
    while (next < changes.length && startOf(changes, next) - endOf(changes, next - 1) <= 2 * CONTEXT) next++;
    const group = changes.slice(first, next);
    hunks.push(hunk(old, group, shift));
    shift += group.reduce((sum, change) => sum + change.added.length - change.removed.length, 0);
    first = next;
  }
  return hunks.length === 0 ? '' : `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`;
}

const startOf = (changes: readonly LineChange[], index: number): number => changes[index]?.at ?? 0;
const endOf = (changes: readonly LineChange[], index: number): number => startOf(changes, index) + (changes[index]?.removed.length ?? 0);

/** Without the empty one behind a last line break, which is no line. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, last + UNENDED];
}

function lineChanges(old: readonly string[], now: readonly string[], replacements: readonly Replacement[]): LineChange[] {
  const changes: LineChange[] = [];
  let shift = 0;
  for (const { start, end, grown } of touchedLines(replacements)) {
    const removed = old.slice(start - 1, end);
    const added = now.slice(start - 1 + shift, end + shift + grown);
    shift += grown;
    let head = 0;
    while (head < removed.length && head < added.length && removed[head] === added[head]) head++;
    let tail = 0;
    while (tail < removed.length - head && tail < added.length - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
    if (head + tail < Math.max(removed.length, added.length))
      changes.push({ at: start - 1 + head, removed: removed.slice(head, removed.length - tail), added: added.slice(head, added.length - tail) });
  }
  return changes;
}

/** Ranges of old lines (1-based, inclusive) that replacements touch, and how many lines each gains. */
function touchedLines(replacements: readonly Replacement[]): { start: number; end: number; grown: number }[] {
  const ranges: { start: number; end: number; grown: number }[] = [];
  for (const { region, text } of replacements) {
    const grown = text.split('\n').length - 1 - (region.endLine - region.startLine);
    const last = ranges.at(-1);
    if (last !== undefined && region.startLine <= last.end) {
      last.end = Math.max(last.end, region.endLine);
      last.grown += grown;
    } else ranges.push({ start: region.startLine, end: region.endLine, grown });
  }
  return ranges;
}

function hunk(old: readonly string[], changes: readonly LineChange[], shift: number): string {
  const start = Math.max(0, startOf(changes, 0) - CONTEXT);
  const end = Math.min(old.length, endOf(changes, changes.length - 1) + CONTEXT);
  const lines: string[] = [];
  let at = start;
  let grown = 0;
  for (const change of changes) {
    for (; at < change.at; at++) lines.push(shown(' ', old[at] ?? ''));
    for (const line of change.removed) lines.push(shown('-', line));
    for (const line of change.added) lines.push(shown('+', line));
    at += change.removed.length;
    grown += change.added.length - change.removed.length;
  }
  for (; at < end; at++) lines.push(shown(' ', old[at] ?? ''));
  const length = end - start;
  // A side without lines is counted from the line before it.
  const from = (first: number, count: number): string => `${count === 0 ? first : first + 1},${count}`;
  return `@@ -${from(start, length)} +${from(start + shift, length + grown)} @@\n${lines.join('')}`;
}

function shown(sign: string, line: string): string {
  return line.endsWith(UNENDED) ? `${sign}${line.slice(0, -1)}\n\\ No newline at end of file\n` : `${sign}${line}\n`;
}
