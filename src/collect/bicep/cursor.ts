import type { Token } from './tokens.ts';

/** Where a reader of tokens is. */
export interface Cursor {
  readonly tokens: readonly Token[];
  readonly text: string;
  at: number;
}

export function peek({ tokens, at }: Cursor, ahead = 0): Token {
  return tokens[Math.min(at + ahead, tokens.length - 1)] as Token;
}

export function take(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.is !== 'end') cursor.at++;
  return token;
}

export function isMark(token: Token, text: string): boolean {
  return token.is === 'mark' && token.text === text;
}

export function isWord(token: Token, text: string): boolean {
  return token.is === 'name' && token.text === text;
}

export function skipLines(cursor: Cursor): void {
  while (peek(cursor).is === 'line') cursor.at++;
}

/** To the end of the line, over brackets. */
export function skipStatement(cursor: Cursor): void {
  skipBalanced(cursor, (token) => token.is === 'line');
}

/** Goes on to a token that ends what is read, or to a bracket that closes what is around it. */
export function skipBalanced(cursor: Cursor, ends: (token: Token) => boolean): void {
  const open: string[] = [];
  for (let token = peek(cursor); token.is !== 'end'; token = peek(cursor)) {
    if (open.length === 0 && ends(token)) return;
    if (token.is === 'mark') {
      const { text } = token;
      if (text === '(' || text === '[' || text === '{') open.push(text);
      else if (text === ')' || text === ']' || text === '}') {
        if (open.length === 0) return;
        open.pop();
      }
    }
    cursor.at++;
  }
}

/** Where the last token that was read ends. */
export function endOf({ tokens, at }: Cursor): number {
  for (let index = at - 1; index >= 0; index--) if (tokens[index]?.is !== 'line') return tokens[index]?.end ?? 0;
  return 0;
}

export function skipSeparators(cursor: Cursor): void {
  while (peek(cursor).is === 'line' || isMark(peek(cursor), ',')) cursor.at++;
}
