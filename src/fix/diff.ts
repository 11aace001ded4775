import type { Replacement } from '../model/finding.ts';

const CONTEXT = 3;

/** The unified diff of replacements in a text: what `--dry-run` shows. Lines keep their own breaks out of it. */
export function unifiedDiff(file: string, before: string, after: string, replacements: readonly Replacement[]): string {
  const old = before.split(/\r?\n/);
  const now = after.split(/\r?\n/);
  const hunks: string[] = [];
  let shift = 0;
  for (const group of groupsOf(replacements, old.length)) {
    const grown = growth(group.replacements);
    const from = Math.max(1, group.start - CONTEXT);
    const to = Math.min(old.length, group.end + CONTEXT);
    const oldLines = old.slice(from - 1, to);
    const newLines = now.slice(from - 1 + shift, to + shift + grown);
    hunks.push(hunk(from, oldLines, from + shift, newLines));
    shift += grown;
  }
  return hunks.length === 0 ? '' : `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`;
}

function groupsOf(replacements: readonly Replacement[], last: number): { start: number; end: number; replacements: Replacement[] }[] {
  const groups: { start: number; end: number; replacements: Replacement[] }[] = [];
  for (const replacement of replacements) {
    const { startLine, endLine } = replacement.region;
    const open = groups.at(-1);
    if (open !== undefined && startLine <= open.end + 2 * CONTEXT + 1) {
      open.end = Math.max(open.end, Math.min(endLine, last));
      open.replacements.push(replacement);
    } else groups.push({ start: startLine, end: Math.min(endLine, last), replacements: [replacement] });
  }
  return groups;
}

/** How many lines replacements add. */
function growth(replacements: readonly Replacement[]): number {
  return replacements.reduce((sum, { region, text }) => sum + (text.split('\n').length - 1) - (region.endLine - region.startLine), 0);
}

function hunk(oldStart: number, oldLines: readonly string[], newStart: number, newLines: readonly string[]): string {
  let head = 0;
  while (head < oldLines.length && head < newLines.length && oldLines[head] === newLines[head]) head++;
  let tail = 0;
  while (tail < oldLines.length - head && tail < newLines.length - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail++;
  const lines = [
    ...oldLines.slice(0, head).map((line) => ` ${line}`),
    ...oldLines.slice(head, oldLines.length - tail).map((line) => `-${line}`),
    ...newLines.slice(head, newLines.length - tail).map((line) => `+${line}`),
    ...oldLines.slice(oldLines.length - tail).map((line) => ` ${line}`),
  ];
  return `@@ -${oldStart},${oldLines.length} +${newStart},${newLines.length} @@\n${lines.map((line) => `${line}\n`).join('')}`;
}
