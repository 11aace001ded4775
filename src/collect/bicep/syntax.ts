import { type Cursor, endOf, isMark, isWord, peek, skipBalanced, skipLines, skipSeparators, skipStatement, take } from './cursor.ts';
import { goesOn, skipExpression, skipLoopList } from './expressions.ts';
import { loadsOf } from './loads.ts';
import { type Token, tokensOf } from './tokens.ts';
import type { Declaration, Item, ListNode, LoopNode, Member, Node, ObjectNode, Span, TextNode, Tree } from './tree.ts';

/** Objects in objects: deeper ones are nobody's file. What lies deeper is an expression. */
const MAX_DEPTH = 200;

/**
 * The statements of a Bicep file or a parameters file with the place of every value, comments and all. It never fails: what it
 * cannot read is an expression up to the end of its value. Whether a file is right is for the compiler to say.
 */
export function parseBicep(text: string): Tree {
  const { tokens, comments } = tokensOf(text);
  const cursor: Cursor = { tokens, text, at: 0 };
  const declarations: Declaration[] = [];
  for (;;) {
    skipLines(cursor);
    if (peek(cursor).is === 'end') return { declarations, comments, loads: loadsOf(tokens) };
    const before = cursor.at;
    const declaration = parseDeclaration(cursor, 0);
    if (declaration !== null) declarations.push(declaration);
    skipStatement(cursor);
    if (cursor.at === before) cursor.at++;
  }
}

function skipDecorators(cursor: Cursor): void {
  while (isMark(peek(cursor), '@')) {
    skipStatement(cursor);
    skipLines(cursor);
  }
}

const WITH_NAME = new Set(['param', 'var', 'resource', 'module', 'output', 'type', 'func', 'metadata', 'assert', 'extension', 'extensionConfig']);
const WITH_TARGET = new Set(['resource', 'module', 'extension', 'provider', 'import', 'using', 'extends']);

function parseDeclaration(cursor: Cursor, depth: number): Declaration | null {
  const { start } = peek(cursor);
  skipDecorators(cursor);
  const word = peek(cursor);
  if (word.is !== 'name') return null;
  take(cursor);
  const named = WITH_NAME.has(word.text ?? '') && peek(cursor).is === 'name' ? take(cursor) : undefined;
  const target = WITH_TARGET.has(word.text ?? '') ? parseTarget(cursor, word) : null;
  const existing = isWord(peek(cursor), 'existing');
  const head = { word: word.text ?? '', key: spanOf(named ?? word), target, existing, start };
  // What stands before `=` is a type.
  skipBalanced(cursor, (token) => token.is === 'line' || isMark(token, '='));
  const found = isMark(peek(cursor), '=') ? parseBody(cursor, head.word, depth) : { value: null, loop: null, condition: null };
  return { ...head, ...found, name: named?.text ?? '', end: endOf(cursor) };
}

/** The first text of the head; `import * as x from 'path'` and `import {…} from 'path'` have words before it. */
function parseTarget(cursor: Cursor, { text }: Token): TextNode | null {
  const far = text === 'import' || text === 'provider';
  let ahead = 0;
  if (far)
    for (let open = 0; ; ahead++) {
      const token = peek(cursor, ahead);
      if (isMark(token, '{')) open++;
      else if (isMark(token, '}')) open--;
      if (token.is === 'string' || token.is === 'end' || (token.is === 'line' && open <= 0)) break;
    }
  const token = peek(cursor, ahead);
  if (token.is !== 'string') return null;
  cursor.at += ahead + 1;
  return token.text === null ? null : textNode(token, token.text);
}

function parseBody(cursor: Cursor, word: string, depth: number): Pick<Declaration, 'value' | 'loop' | 'condition'> {
  take(cursor);
  skipLines(cursor);
  const whole = parseValue(cursor, depth);
  const loop = whole.is === 'loop' && (word === 'resource' || word === 'module') ? whole : null;
  const inner = loop === null ? whole : loop.body;
  const condition = conditions.get(inner) ?? null;
  return { value: inner, loop, condition };
}

/** The condition that stands before a body. */
const conditions = new WeakMap<Node, Span>();

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function textNode({ start, end, multiline }: Token, value: string): TextNode {
  return { is: 'text', start, end, value, multiline: multiline === true };
}

function parseValue(cursor: Cursor, depth: number): Node {
  const first = cursor.at;
  const { start } = peek(cursor);
  const node = depth >= MAX_DEPTH ? undefined : parsePlain(cursor, depth);
  if (node !== undefined && !goesOn(cursor)) return node;
  cursor.at = node === undefined ? first : cursor.at;
  skipExpression(cursor);
  return { is: 'expression', start, end: Math.max(endOf(cursor), start) };
}

function parsePlain(cursor: Cursor, depth: number): Node | undefined {
  const token = peek(cursor);
  switch (token.is) {
    case 'string':
      take(cursor);
      return token.text === null ? { is: 'expression', ...spanOf(token) } : textNode(token, token.text);
    case 'number':
      take(cursor);
      return numberNode(token, token.start, 1);
    case 'name':
      return parseName(cursor, depth);
    case 'mark':
      if (token.text === '{') return parseObject(cursor, depth);
      if (token.text === '[') return parseList(cursor, depth);
      if (token.text === '-' && peek(cursor, 1).is === 'number') {
        take(cursor);
        return numberNode(take(cursor), token.start, -1);
      }
      return undefined;
    default:
      return undefined;
  }
}

function numberNode({ text, end }: Token, start: number, sign: 1 | -1): Node {
  const value = sign * Number(text);
  return Number.isSafeInteger(value) ? { is: 'plain', start, end, value } : { is: 'expression', start, end };
}

function parseName(cursor: Cursor, depth: number): Node {
  const token = take(cursor);
  if (token.text === 'if' && isMark(peek(cursor), '(')) return parseCondition(cursor, token, depth);
  const plain: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
  const value = Object.hasOwn(plain, token.text ?? '') ? plain[token.text ?? ''] : undefined;
  if (value !== undefined) return { is: 'plain', ...spanOf(token), value };
  const path = [token.text ?? ''];
  while (isMark(peek(cursor), '.') && peek(cursor, 1).is === 'name') {
    take(cursor);
    path.push(take(cursor).text ?? '');
  }
  return { is: 'name', start: token.start, end: endOf(cursor), path };
}

/** `if (…) { … }`: the body, with its condition remembered. */
function parseCondition(cursor: Cursor, word: Token, depth: number): Node {
  const { start } = take(cursor);
  skipBalanced(cursor, (token) => isMark(token, ')'));
  const end = take(cursor).end;
  skipLines(cursor);
  const body = parsePlain(cursor, depth + 1) ?? { is: 'expression', start: word.start, end };
  conditions.set(body, { start, end });
  return body;
}

function parseObject(cursor: Cursor, depth: number): ObjectNode {
  const { start } = take(cursor);
  const members: Member[] = [];
  const nested: Declaration[] = [];
  for (;;) {
    skipSeparators(cursor);
    const token = peek(cursor);
    if (token.is === 'end' || isMark(token, '}')) break;
    const before = cursor.at;
    if (startsNested(cursor)) {
      const declaration = parseDeclaration(cursor, depth + 1);
      if (declaration !== null) nested.push(declaration);
    } else {
      const member = parseMember(cursor, depth);
      if (member !== undefined) members.push(member);
    }
    skipBalanced(cursor, (next) => next.is === 'line' || isMark(next, ','));
    // A bracket that closes nothing.
    if (cursor.at === before) cursor.at++;
  }
  take(cursor);
  return { is: 'object', start, end: endOf(cursor), members, nested };
}

/** `resource name 'type'`, with its decorators; `resource: …` is a member. */
function startsNested(cursor: Cursor): boolean {
  if (isMark(peek(cursor), '@')) return true;
  return isWord(peek(cursor), 'resource') && peek(cursor, 1).is === 'name';
}

function parseMember(cursor: Cursor, depth: number): Member | undefined {
  const key = take(cursor);
  if (isMark(key, '...')) {
    const value = parseValue(cursor, depth + 1);
    return { name: null, key: spanOf(key), start: key.start, end: value.end, value };
  }
  if ((key.is !== 'name' && key.is !== 'string') || !isMark(peek(cursor), ':')) return undefined;
  take(cursor);
  skipLines(cursor);
  const value = parseValue(cursor, depth + 1);
  return { name: key.text ?? cursor.text.slice(key.start, key.end), key: spanOf(key), start: key.start, end: value.end, value };
}

function parseList(cursor: Cursor, depth: number): ListNode | LoopNode {
  const { start } = take(cursor);
  skipLines(cursor);
  if (isWord(peek(cursor), 'for')) return parseLoop(cursor, start, depth);
  const items: Item[] = [];
  for (;;) {
    skipSeparators(cursor);
    const token = peek(cursor);
    if (token.is === 'end' || isMark(token, ']')) break;
    const before = cursor.at;
    const spread = isMark(token, '...');
    if (spread) take(cursor);
    items.push({ spread, value: parseValue(cursor, depth + 1) });
    skipBalanced(cursor, (next) => next.is === 'line' || isMark(next, ','));
    if (cursor.at === before) cursor.at++;
  }
  take(cursor);
  return { is: 'list', start, end: endOf(cursor), items };
}

function parseLoop(cursor: Cursor, start: number, depth: number): LoopNode {
  take(cursor);
  const names: string[] = [];
  while (peek(cursor).is !== 'end' && peek(cursor).is !== 'line' && !isWord(peek(cursor), 'in')) {
    const token = take(cursor);
    if (token.is === 'name' && token.text !== null) names.push(token.text);
  }
  take(cursor);
  const from = peek(cursor).start;
  skipLoopList(cursor);
  const list = { start: from, end: endOf(cursor) };
  if (isMark(peek(cursor), ':')) take(cursor);
  skipLines(cursor);
  const body = parseValue(cursor, depth + 1);
  skipBalanced(cursor, (token) => isMark(token, ']'));
  take(cursor);
  return { is: 'loop', start, end: endOf(cursor), names, list, body };
}
