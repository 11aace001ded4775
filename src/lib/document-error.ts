import { linesOf } from './lines.ts';

/** A document that cannot be read, in plain words, with the place. 1-based line and column in UTF-16 code units. */
export class DocumentError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column: number) {
    super(message);
    this.name = 'DocumentError';
    this.line = line;
    this.column = column;
  }
}

/** Containers may be nested this deep and no deeper, so that nothing that walks a document can exhaust the stack. */
export const MAX_DEPTH = 200;
export const TOO_DEEP = `Lists and objects are nested more than ${MAX_DEPTH} deep.`;

export function documentErrorAt(text: string, offset: number, message: string): DocumentError {
  const { line, column } = linesOf(text).position(Math.min(offset, text.length));
  return new DocumentError(message, line, column);
}
