import type { Region } from './location.ts';

/** A comment in a source that asks to ignore findings of what it stands at. */
export interface SourceIgnore {
  readonly file: string;
  /** Of the comment. */
  readonly region: Region;
  readonly policies: readonly string[];
  /** The last day, `2027-01-31`; null when it names none. */
  readonly until: string | null;
  readonly reason: string;
  /** Lines that it covers, 1-based, both included. */
  readonly from: number;
  readonly to: number;
  /** The lines that lead to what it covers, and a hash of what it covers, without comments: whether it still stands at the same thing. */
  readonly anchor: readonly string[];
}

/** A resource that a source declares. What it comes to depends on the stack or the parameters, and may be nothing. */
export interface SourceDeclaration {
  readonly file: string;
  /** Lines, 1-based, both included. */
  readonly first: number;
  readonly last: number;
  /** Something that it came to was judged. */
  readonly judged: boolean;
}

/** What the comments of files say. */
export interface IgnoreComments {
  readonly ignores: readonly SourceIgnore[];
  /** Comments that begin as one and cannot be read. */
  readonly malformed: readonly { readonly file: string; readonly region: Region }[];
}
