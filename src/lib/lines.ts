import type { Region } from '../model/location.ts';

/**
 * Offsets to lines and back. A line ends with LF, CR LF or a lone CR, as editors and GitHub's line hash have it.
 * Lines are found when they are first asked for: most documents never are.
 */
export interface Lines {
  readonly count: number;
  /** 1-based line and column of an offset. */
  position(offset: number): { line: number; column: number };
  region(start: number, end: number): Region;
  /** Offset of the first character of a 1-based line; undefined when there is no such line. */
  startOf(line: number): number | undefined;
  /** Offset just past the last character of a 1-based line, before its line break. */
  endOf(line: number): number | undefined;
}

export function linesOf(text: string): Lines {
  let cached: { starts: Uint32Array; count: number } | undefined;
  const index = () => (cached ??= lineStarts(text));

  function position(offset: number): { line: number; column: number } {
    const { starts, count } = index();
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  function startOf(line: number): number | undefined {
    const { starts, count } = index();
    return line >= 1 && line <= count ? starts[line - 1] : undefined;
  }

  return {
    get count() {
      return index().count;
    },
    position,
    region(start, end) {
      const from = position(start);
      const to = end === start ? from : position(end);
      return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
    },
    startOf,
    endOf(line) {
      const start = startOf(line);
      if (start === undefined) return undefined;
      const next = startOf(line + 1);
      return next === undefined ? text.length : next - breakBefore(text, next);
    },
  };
}

/** Length of the line break that ends just before `offset`: 0, 1 or 2. */
export function breakBefore(text: string, offset: number): number {
  const last = text.charCodeAt(offset - 1);
  if (last === LF) return text.charCodeAt(offset - 2) === CR ? 2 : 1;
  return last === CR ? 1 : 0;
}

/** The end of the line that `offset` is on, before its line break. */
export function lineEnd(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end++;
  return end;
}

/** The start of the line that `offset` is on. */
export function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text.charCodeAt(start - 1) !== LF && text.charCodeAt(start - 1) !== CR) start--;
  return start;
}

/** The line break that a document uses: its first one; LF when it has none. */
export function lineBreakOf(text: string, lines: Lines): string {
  const second = lines.startOf(2);
  return second !== undefined && breakBefore(text, second) === 2 ? '\r\n' : '\n';
}

const LF = 10;
const CR = 13;

function lineStarts(text: string): { starts: Uint32Array; count: number } {
  let starts = new Uint32Array(1024);
  let count = 1;
  // indexOf is several times faster than a loop over characters; lone CRs are rare enough to pay for a second search.
  let lf = text.indexOf('\n');
  let cr = text.indexOf('\r');
  while (lf !== -1 || cr !== -1) {
    let next: number;
    if (cr === -1 || (lf !== -1 && lf < cr)) {
      next = lf + 1;
      lf = text.indexOf('\n', next);
    } else {
      next = cr + 1;
      if (lf === next) {
        next++;
        lf = text.indexOf('\n', next);
      }
      cr = text.indexOf('\r', next);
    }
    if (count === starts.length) {
      const larger = new Uint32Array(starts.length * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = next;
  }
  return { starts, count };
}
