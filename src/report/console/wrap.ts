import { withoutCommands } from '../../lib/escape.ts';

/** Columns a terminal gives a text: wide East Asian letters and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

const NARROW = /^[\p{Mn}\p{Me}\p{Cf}]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

function columnsOf(character: string): number {
  return NARROW.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/**
 * Lines of at most `width` columns, broken at spaces; the first has room for `first` columns less. A word that is too
 * long for a line is cut, so that the text keeps its indentation.
 */
export function wrap(text: string, width: number, first = 0): string[] {
  const lines: string[] = [];
  let line = '';
  let room = Math.max(1, width - first);
  let used = 0;
  const flush = (): void => {
    lines.push(withoutCommands(line));
    line = '';
    used = 0;
    room = Math.max(1, width);
  };
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const size = widthOf(word);
    if (used > 0 && used + 1 + size > room) flush();
    if (used === 0 && lines.length === 0 && size > room && size <= width && first > 0) flush();
    if (used > 0) {
      line += ' ';
      used++;
    }
    if (size <= room) {
      line += word;
      used += size;
      continue;
    }
    for (const [index, piece] of cut(word, room, Math.max(1, width)).entries()) {
      if (index > 0) flush();
      line += piece;
      used += widthOf(piece);
    }
  }
  if (line !== '' || lines.length === 0) flush();
  return lines;
}

function cut(word: string, room: number, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const size = columnsOf(character);
    if (used + size > (pieces.length === 0 ? room : width) && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += size;
  }
  pieces.push(piece);
  return pieces;
}
