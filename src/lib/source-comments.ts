import { createHash } from 'node:crypto';
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
  /** The first lines of what it lies in, outermost first, and a hash of what it covers, of a line of what it is in; all without comments. */
  readonly anchor: readonly string[];
}

/**
 * What a comment stands at: on a line with something else, that line; else the next line that holds more than comments. It
 * covers whatever begins on that line, to its end; where nothing begins, the line alone. Null at the end of a file.
 */
export function coverage(source: Commented): (comment: TextSpan) => Covered | null {
  const { lines } = source;
  const code = codeByLine(source);
  const codeOf = (line: number): string => code[line - 1] ?? '';
  const parts = source.parts.map(({ start, end }) => ({ first: lines.position(start).line, last: lines.position(Math.max(start, end - 1)).line }));
  return ({ start, end }) => {
    const from = governedLine(lines.position(start).line, lines.position(Math.max(start, end - 1)).line, code);
    if (from === null) return null;
    const to = parts.reduce((latest, { first, last }) => (first === from ? Math.max(latest, last) : latest), from);
    const outer = new Set(parts.flatMap(({ first, last }) => (first < from && last >= from ? [first] : [])));
    const accepted = from === to ? (innermost(parts, from) ?? { first: from, last: to }) : { first: from, last: to };
    const text = code.slice(accepted.first - 1, accepted.last).filter((line) => line !== '');
    const covered = createHash('sha256').update(text.join('\n'));
    return { from, to, anchor: [...[...outer].toSorted((a, b) => a - b).map((line) => nameOf(line, codeOf)), covered.digest('hex').slice(0, 32)] };
  };
}

interface Part {
  readonly first: number;
  readonly last: number;
}

/** What one line is accepted as a part of: the element whose name it is. */
function innermost(parts: readonly Part[], line: number): Part | undefined {
  const around = parts.filter(({ first, last }) => first < line && last >= line);
  return around.toSorted((a, b) => b.first - a.first || a.last - b.last)[0];
}

function governedLine(first: number, last: number, code: readonly string[]): number | null {
  if (code[first - 1] !== '') return first;
  for (let line = last; line <= code.length; line++) if (code[line - 1] !== '') return line;
  return null;
}

/** A line that only opens something is told by the one after it. */
function nameOf(line: number, codeOf: (line: number) => string): string {
  const own = codeOf(line);
  return /\w/.test(own) ? own : `${own} ${codeOf(line + 1)}`;
}

/** Each line without what of it is comment, and without blanks around it. */
function codeByLine({ text, lines, comments }: Commented): string[] {
  const sorted = comments.toSorted((a, b) => a.start - b.start);
  const code: string[] = [];
  let next = 0;
  for (let line = 1; line <= lines.count; line++) {
    const end = lines.endOf(line) ?? 0;
    let at = lines.startOf(line) ?? 0;
    let own = '';
    for (let comment = sorted[next]; comment !== undefined && comment.start < end; comment = sorted[next]) {
      own += text.slice(at, Math.max(at, comment.start));
      at = Math.max(at, Math.min(comment.end, end));
      // One that goes on is a comment on the next line too.
      if (comment.end > end) break;
      next++;
    }
    code.push((own + text.slice(at, end)).trim());
  }
  return code;
}
