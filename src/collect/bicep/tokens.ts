/**
 * The words of a Bicep file. Whatever is no word of the language is one mark, so that a broken file has tokens too:
 * azure-resource-manager/bicep/file, azure-resource-manager/bicep/data-types#strings.
 */
export interface Token {
  readonly is: 'name' | 'string' | 'number' | 'mark' | 'line' | 'end';
  /** Offsets in UTF-16 code units, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Of a string: its value, null when it has holes. Of everything else its text. */
  readonly text: string | null;
  /** What stands in the holes of a string. */
  readonly holes?: readonly (readonly Token[])[];
  readonly multiline?: true;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Without `//`, or without its frame. */
  readonly text: string;
}

export interface Tokens {
  /** The last is `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

/** Holes in strings in holes: deeper ones are nobody's file. */
const MAX_HOLES = 20;

interface Cursor {
  readonly text: string;
  readonly comments: Comment[];
  at: number;
}

export function tokensOf(text: string): Tokens {
  const cursor: Cursor = { text, comments: [], at: 0 };
  const tokens = readTokens(cursor, 0, false);
  return { tokens: [...tokens, { is: 'end', start: text.length, end: text.length, text: '' }], comments: cursor.comments };
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9]+/y;
const BLANK = /[ \t\v\f\u00a0\ufeff]+/y;
const LINE = /\r\n|\r|\n/y;
const MARK = /\.\.\.|&&|\|\||\?\?|[=!<>]=|=~|!~|=>|::|\.\?|[^]/y;
const DIRECTIVE = /#[^\r\n]*/y;

function matched(expression: RegExp, { text, at }: Cursor): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}

/** In a hole up to the brace that ends it. */
function readTokens(cursor: Cursor, holes: number, inHole: boolean): Token[] {
  const tokens: Token[] = [];
  let open = 0;
  while (cursor.at < cursor.text.length) {
    const start = cursor.at;
    const blank = matched(BLANK, cursor);
    if (blank !== undefined) {
      cursor.at += blank.length;
      continue;
    }
    if (skipComment(cursor)) continue;
    const string = readString(cursor, holes);
    if (string !== undefined) {
      tokens.push(string);
      continue;
    }
    const token = readWord(cursor);
    if (inHole && token.text === '}' && open === 0) return tokens;
    if (token.text === '{') open++;
    else if (token.text === '}') open--;
    tokens.push({ ...token, start });
  }
  return tokens;
}

function readWord(cursor: Cursor): Token {
  const start = cursor.at;
  for (const [is, expression] of [
    ['line', LINE],
    ['name', NAME],
    ['number', NUMBER],
    ['mark', MARK],
  ] as const) {
    const text = matched(expression, cursor);
    if (text === undefined) continue;
    cursor.at += text.length;
    return { is, start, end: cursor.at, text };
  }
  cursor.at++;
  return { is: 'mark', start, end: cursor.at, text: cursor.text.slice(start, cursor.at) };
}

function skipComment(cursor: Cursor): boolean {
  const { text, at: start } = cursor;
  if (text.startsWith('//', start)) {
    const line = /[^\r\n]*/y;
    const found = matched(line, cursor) ?? '';
    cursor.at += found.length;
    cursor.comments.push({ start, end: cursor.at, text: found.slice(2) });
    return true;
  }
  if (text.startsWith('/*', start)) {
    const closed = text.indexOf('*/', start + 2);
    cursor.at = closed < 0 ? text.length : closed + 2;
    cursor.comments.push({ start, end: cursor.at, text: text.slice(start + 2, closed < 0 ? text.length : closed) });
    return true;
  }
  // `#disable-next-line CODE` says something to the compiler's linter only.
  const directive = matched(DIRECTIVE, cursor);
  cursor.at += directive?.length ?? 0;
  return directive !== undefined;
}

const OPENING = /(\$*)('''|')/y;

function readString(cursor: Cursor, holes: number): Token | undefined {
  const opening = (OPENING.lastIndex = cursor.at) >= 0 ? OPENING.exec(cursor.text) : null;
  if (opening === null) return undefined;
  const [whole, dollars = '', quotes = ''] = opening;
  if (quotes === "'" && dollars !== '') return undefined;
  const start = cursor.at;
  cursor.at += whole.length;
  return quotes === "'" ? readLineString(cursor, start, holes) : readBlockString(cursor, start, dollars, holes);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", $: '$' };

function readLineString(cursor: Cursor, start: number, holes: number): Token {
  const { text } = cursor;
  const inner: Token[][] = [];
  let value = '';
  while (cursor.at < text.length) {
    const char = text[cursor.at] ?? '';
    if (char === "'") {
      cursor.at++;
      break;
    }
    // A string that is not closed ends with its line.
    if (char === '\n' || char === '\r') break;
    if (char === '\\') value += readEscape(cursor);
    else if (char === '$' && text[cursor.at + 1] === '{') readHole(cursor, 2, inner, holes);
    else {
      value += char;
      cursor.at++;
    }
  }
  return { is: 'string', start, end: cursor.at, text: inner.length === 0 ? value : null, ...(inner.length === 0 ? {} : { holes: inner }) };
}

function readEscape(cursor: Cursor): string {
  const unicode = /\\u\{([0-9a-fA-F]{1,6})\}/y;
  unicode.lastIndex = cursor.at;
  const code = unicode.exec(cursor.text);
  if (code !== null && Number.parseInt(code[1] ?? '', 16) <= 0x10ffff) {
    cursor.at += code[0].length;
    return String.fromCodePoint(Number.parseInt(code[1] ?? '', 16));
  }
  const next = cursor.text[cursor.at + 1] ?? '';
  cursor.at += ESCAPES[next] === undefined ? 1 : 2;
  return ESCAPES[next] ?? '\\';
}

/** Ends with the last three quotes of a run; the line break behind the opening quotes does not count. Dollars before it open its holes. */
function readBlockString(cursor: Cursor, start: number, dollars: string, holes: number): Token {
  const { text } = cursor;
  const inner: Token[][] = [];
  const first = matched(LINE, cursor);
  cursor.at += first?.length ?? 0;
  let value = '';
  while (cursor.at < text.length) {
    const quotes = /'*/y;
    const run = matched(quotes, cursor) ?? '';
    cursor.at += run.length;
    if (run.length >= 3) {
      value += run.slice(3);
      break;
    }
    value += run;
    if (run !== '') continue;
    if (dollars !== '' && text.startsWith(`${dollars}{`, cursor.at)) readHole(cursor, dollars.length + 1, inner, holes);
    else value += text[cursor.at++] ?? '';
  }
  return { is: 'string', start, end: cursor.at, text: inner.length === 0 ? value : null, multiline: true, ...(inner.length === 0 ? {} : { holes: inner }) };
}

function readHole(cursor: Cursor, opening: number, into: Token[][], holes: number): void {
  cursor.at += opening;
  if (holes >= MAX_HOLES) {
    into.push([]);
    return;
  }
  into.push(readTokens(cursor, holes + 1, true));
}
