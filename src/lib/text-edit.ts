import type { Replacement } from '../model/finding.ts';
import type { Region } from '../model/location.ts';
import { linesOf, type Lines } from './lines.ts';

/** An edit by offsets into the text, before it becomes a `Replacement`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const BOM = 0xfeff;

/**
 * Applies replacements that refer to the unmodified text; a leading byte order mark is part of the text but of no column.
 * Throws `RangeError` when they overlap, are out of order or out of range.
 */
export function applyReplacements(text: string, replacements: readonly Replacement[]): string {
  const skip = text.charCodeAt(0) === BOM ? 1 : 0;
  const lines = linesOf(skip === 0 ? text : text.slice(1));
  return applyEdits(
    text,
    replacements.map((replacement) => ({ ...shift(offsetsIn(lines, replacement.region), skip), text: replacement.text })),
  );
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    if (edit.start < at) throw new RangeError('The replacements overlap or are out of order.');
    if (edit.end < edit.start || edit.end > text.length) throw new RangeError('A replacement is outside of the text.');
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/**
 * Sorts edits, merges those that touch (an insertion at the end of a deletion is one change), and drops those that
 * change nothing. Insertions at one place keep their order. Undefined when two overlap.
 */
export function arrangeEdits(text: string, edits: readonly TextEdit[]): TextEdit[] | undefined {
  const sorted = edits
    .map((edit, order) => ({ edit, order }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.order - b.order)
    .map(({ edit }) => edit);
  const arranged: TextEdit[] = [];
  for (const edit of sorted) {
    const last = arranged.at(-1);
    if (last !== undefined && edit.start < last.end) return undefined;
    if (last !== undefined && edit.start === last.end) arranged[arranged.length - 1] = { start: last.start, end: edit.end, text: last.text + edit.text };
    else arranged.push(edit);
  }
  return arranged.filter((edit) => text.slice(edit.start, edit.end) !== edit.text);
}

export function toReplacements(lines: Lines, edits: readonly TextEdit[]): Replacement[] {
  return edits.map((edit) => ({ region: lines.region(edit.start, edit.end), text: edit.text }));
}

function offsetsIn(lines: Lines, region: Region): { start: number; end: number } {
  const start = offsetOf(lines, region.startLine, region.startColumn);
  const end = offsetOf(lines, region.endLine, region.endColumn);
  if (end < start) throw new RangeError('A region ends before it starts.');
  return { start, end };
}

/** A column may point past the line break's first character only as "one past the last character" of the line. */
function offsetOf(lines: Lines, line: number, column: number): number {
  const start = lines.startOf(line);
  const end = lines.endOf(line);
  if (start === undefined || end === undefined || column < 1 || start + column - 1 > end) {
    throw new RangeError(`Line ${line}, column ${column} is outside of the text.`);
  }
  return start + column - 1;
}

function shift(offsets: { start: number; end: number }, by: number): { start: number; end: number } {
  return { start: offsets.start + by, end: offsets.end + by };
}
