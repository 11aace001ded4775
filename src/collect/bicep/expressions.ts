import { type Cursor, isMark, peek, skipBalanced, skipLines, take } from './cursor.ts';

/** Marks that go on with the value before them, on its line or on the next. */
const GOES_ON = new Set(['?', ':', '&&', '||', '??', '==', '!=', '=~', '!~', '<', '>', '<=', '>=', '*', '/', '%', '.', '.?', '::', '=>']);
const GOES_ON_HERE = new Set([...GOES_ON, '+', '-', '[', '(', '!']);

export function goesOn(cursor: Cursor): boolean {
  const next = peek(cursor);
  if (next.is === 'mark') return GOES_ON_HERE.has(next.text ?? '') && !isMark(next, '...');
  if (next.is !== 'line') return false;
  let ahead = 1;
  while (peek(cursor, ahead).is === 'line') ahead++;
  const token = peek(cursor, ahead);
  return token.is === 'mark' && GOES_ON.has(token.text ?? '');
}

/** An operator at the end of a line, or at the beginning of the next one, goes on. */
export function skipExpression(cursor: Cursor): void {
  for (;;) {
    const from = cursor.at;
    skipBalanced(cursor, (token) => token.is === 'line' || isMark(token, ','));
    if (peek(cursor).is !== 'line') return;
    const last = cursor.tokens[cursor.at - 1];
    const hangs = last !== undefined && cursor.at > from && last.is === 'mark' && (GOES_ON.has(last.text ?? '') || last.text === '+' || last.text === '-');
    if (!hangs && !goesOn(cursor)) return;
    skipLines(cursor);
  }
}

/** Up to the `:` of the loop; one that belongs to a `?` is part of the list. */
export function skipLoopList(cursor: Cursor): void {
  let questions = 0;
  for (;;) {
    skipBalanced(cursor, (token) => isMark(token, ':') || isMark(token, '?'));
    if (isMark(peek(cursor), '?')) questions++;
    else if (isMark(peek(cursor), ':') && questions > 0) questions--;
    else return;
    take(cursor);
  }
}
