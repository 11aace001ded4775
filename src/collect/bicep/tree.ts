import type { Comment } from './tokens.ts';

/** Offsets in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value as a Bicep file writes it. What is no literal is an expression, of which only its place is known. */
export type Node = ObjectNode | ListNode | LoopNode | TextNode | PlainNode | NameNode | ExpressionNode;

export interface ObjectNode extends Span {
  readonly is: 'object';
  readonly members: readonly Member[];
  /** Resources declared in a resource. */
  readonly nested: readonly Declaration[];
}

export interface Member extends Span {
  /** Null of a spread; of a name with holes its text in the file, which no plain name equals. */
  readonly name: string | null;
  readonly key: Span;
  readonly value: Node;
}

export interface ListNode extends Span {
  readonly is: 'list';
  readonly items: readonly Item[];
}

export interface Item {
  readonly spread: boolean;
  readonly value: Node;
}

/** `[for x in list: body]`. */
export interface LoopNode extends Span {
  readonly is: 'loop';
  /** Names that stand for something else in the body. */
  readonly names: readonly string[];
  readonly list: Span;
  readonly body: Node;
}

export interface TextNode extends Span {
  readonly is: 'text';
  readonly value: string;
  readonly multiline: boolean;
}

export interface PlainNode extends Span {
  readonly is: 'plain';
  readonly value: number | boolean | null;
}

/** `rules` or `settings.network.rules`. */
export interface NameNode extends Span {
  readonly is: 'name';
  readonly path: readonly string[];
}

export interface ExpressionNode extends Span {
  readonly is: 'expression';
}

/** A statement of a file, or a resource in a resource. Its span is that of the statement, with its decorators. */
export interface Declaration extends Span {
  readonly word: string;
  /** Empty where the statement has none. */
  readonly name: string;
  /** Of the name, or of the first word. */
  readonly key: Span;
  /** The text that says what a resource, module or extension is; null when it has holes or is missing. */
  readonly target: TextNode | null;
  readonly existing: boolean;
  /** `if (…)` before the body. */
  readonly condition: Span | null;
  /** Of a resource or module in a loop or condition the body in it. */
  readonly value: Node | null;
  /** The loop around the body of a resource or module. */
  readonly loop: LoopNode | null;
}

/** Calls of functions that read a file, and their file. */
export interface Load extends Span {
  /** Null when it is no plain text. */
  readonly path: string | null;
  readonly function: string;
}

export interface Tree {
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  readonly loads: readonly Load[];
}
