import type { Lines } from './lines.ts';

/** Offsets in UTF-16 code units, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A source with its comments, and what in it can be spoken of: statements, members, elements. */
export interface Commented {
  readonly text: string;
  readonly lines: Lines;
  readonly comments: readonly TextSpan[];
  readonly parts: readonly TextSpan[];
}

export interface Covered {
  /** Lines, 1-based, both included. */
  readonly from: number;
  readonly to: number;
  /** The first lines of what it lies in, outermost first, and its own; without comments. */
  readonly anchor: readonly string[];
}

/**
 * What a comment stands at: on a line with something else, that line; else the next line that holds more than comments. It
 * covers whatever begins on that line, to its end; where nothing begins, the line alone. Null at the end of a file.
 */
export function coveredBy(comment: TextSpan, source: Commented): Covered | null {
  const { lines, parts } = source;
  const from = governedLine(comment, source);
  if (from === null) return null;
  let to = from;
  const outer = new Set<number>();
  for (const part of parts) {
    const line = lines.position(part.start).line;
    if (line > from) continue;
    const last = lines.position(Math.max(part.start, part.end - 1)).line;
    if (line === from) to = Math.max(to, last);
    else if (last >= from) outer.add(line);
  }
  return { from, to, anchor: [...[...outer].toSorted((a, b) => a - b), from].map((line) => codeOf(line, source).trim()) };
}

function governedLine({ start, end }: TextSpan, source: Commented): number | null {
  const first = source.lines.position(start).line;
  const last = source.lines.position(Math.max(start, end - 1)).line;
  if (codeOf(first, source).trim() !== '') return first;
  for (let line = last; line <= source.lines.count; line++) if (codeOf(line, source).trim() !== '') return line;
  return null;
}

/** A line without what of it is comment. */
function codeOf(line: number, { text, lines, comments }: Commented): string {
  const start = lines.startOf(line) ?? 0;
  const end = lines.endOf(line) ?? start;
  let code = '';
  let at = start;
  for (const comment of comments) {
    if (comment.end <= at || comment.start >= end) continue;
    code += text.slice(at, Math.max(at, comment.start));
    at = Math.min(comment.end, end);
  }
  return code + text.slice(at, end);
}
