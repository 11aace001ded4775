/** An expression of a template, `[concat('nsg-', parameters('env'))]`, as a tree. */
export type Node =
  | { readonly is: 'literal'; readonly value: string | number }
  /** The name is lower-cased: functions, parameters and variables are found without case. */
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly is: 'member'; readonly of: Node; readonly name: string }
  | { readonly is: 'index'; readonly of: Node; readonly index: Node };

/** The longest expression that Azure takes (azure-resource-manager/templates/best-practices). */
const MAX_LENGTH = 24_576;
const MAX_DEPTH = 48;

/** What a text of a template is: an expression, or the literal that it stands for. */
export function expressionIn(text: string): { readonly expression: string } | { readonly literal: string } {
  if (text.charCodeAt(0) !== 0x5b || text.charCodeAt(text.length - 1) !== 0x5d) return { literal: text };
  // `[[` begins a text that only looks like an expression.
  return text.charCodeAt(1) === 0x5b ? { literal: text.slice(1) } : { expression: text.slice(1, -1) };
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Null when it is malformed. */
export function parseExpression(text: string): Node | null {
  if (text.length > MAX_LENGTH) return null;
  const cursor: Cursor = { text, at: 0 };
  const node = parseNode(cursor, 0);
  skipSpace(cursor);
  return node !== null && cursor.at === text.length ? node : null;
}

function parseNode(cursor: Cursor, depth: number): Node | null {
  if (depth > MAX_DEPTH) return null;
  skipSpace(cursor);
  const char = cursor.text[cursor.at] ?? '';
  if (char === "'") return parseString(cursor);
  if (char === '-' || isDigit(char)) return parseNumber(cursor);
  const name = parseName(cursor, true);
  if (name === null || !take(cursor, '(')) return null;
  const args = parseArguments(cursor, depth + 1);
  return args === null ? null : parseAccess(cursor, { is: 'call', name: name.toLowerCase(), args }, depth);
}

function parseArguments(cursor: Cursor, depth: number): Node[] | null {
  const args: Node[] = [];
  if (take(cursor, ')')) return args;
  for (;;) {
    const node = parseNode(cursor, depth);
    if (node === null) return null;
    args.push(node);
    if (take(cursor, ')')) return args;
    if (!take(cursor, ',')) return null;
  }
}

/** `.name`, `[index]`, and their forms that allow for null, `.?name` and `[?index]`. */
function parseAccess(cursor: Cursor, of: Node, depth: number): Node | null {
  let node = of;
  for (let length = 0; length <= MAX_DEPTH; length++) {
    if (take(cursor, '.')) {
      take(cursor, '?');
      const name = parseName(cursor, false);
      if (name === null) return null;
      node = { is: 'member', of: node, name };
    } else if (take(cursor, '[')) {
      take(cursor, '?');
      const index = parseNode(cursor, depth + 1);
      if (index === null || !take(cursor, ']')) return null;
      node = { is: 'index', of: node, index };
    } else return node;
  }
  return null;
}

/** Quotes inside are doubled. */
function parseString(cursor: Cursor): Node | null {
  let value = '';
  let from = cursor.at + 1;
  for (;;) {
    const end = cursor.text.indexOf("'", from);
    if (end < 0) return null;
    value += cursor.text.slice(from, end);
    cursor.at = end + 1;
    if (cursor.text[cursor.at] !== "'") return { is: 'literal', value };
    value += "'";
    from = cursor.at + 1;
  }
}

function parseNumber(cursor: Cursor): Node | null {
  let end = cursor.at + 1;
  while (isDigit(cursor.text[end] ?? '')) end++;
  const value = Number(cursor.text.slice(cursor.at, end));
  cursor.at = end;
  return Number.isSafeInteger(value) ? { is: 'literal', value } : null;
}

function parseName(cursor: Cursor, dotted: boolean): string | null {
  skipSpace(cursor);
  let end = cursor.at;
  while (isNameChar(cursor.text.charCodeAt(end), dotted)) end++;
  const name = cursor.text.slice(cursor.at, end);
  cursor.at = end;
  return name === '' ? null : name;
}

function take(cursor: Cursor, char: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (' \t\r\n'.includes(cursor.text[cursor.at] ?? 'x')) cursor.at++;
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isNameChar(code: number, dotted: boolean): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || (dotted && code === 0x2e);
}
