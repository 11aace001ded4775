/** Offsets in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value as a program writes it. What is no literal is an expression, of which only its place is known. */
export type Node = ObjectNode | ListNode | TextNode | PlainNode | ExpressionNode;

export interface ObjectNode extends Span {
  readonly is: 'object';
  readonly members: readonly Member[];
}

export interface Member extends Span {
  /** Null of a spread, a method and a name that is computed. */
  readonly name: string | null;
  readonly key: Span;
  readonly value: Node;
}

export interface ListNode extends Span {
  readonly is: 'list';
  readonly items: readonly Item[];
}

export interface Item extends Span {
  readonly spread: boolean;
  readonly value: Node;
}

export interface TextNode extends Span {
  readonly is: 'text';
  readonly value: string;
}

export interface PlainNode extends Span {
  readonly is: 'plain';
  readonly value: number | boolean | null;
}

export interface ExpressionNode extends Span {
  readonly is: 'expression';
}

/** The name that a call gives its resource: itself, what stands between the holes of a template, or anything. */
export type CallName = { readonly is: 'text'; readonly value: string } | { readonly is: 'pattern'; readonly parts: readonly string[] } | { readonly is: 'any' };

/** `new network.Subnet('hosts', { … }, { … })`. */
export interface Call extends Span {
  /** `network`, `Subnet`: as the program writes it. */
  readonly path: readonly string[];
  /** What the first name of the path is imported as; null when no import says. */
  readonly imported: { readonly from: string; readonly name: string | null } | null;
  readonly name: CallName;
  /** The second argument; null without one. */
  readonly args: Node | null;
}

export interface Comment extends Span {
  readonly text: string;
}

export interface Tree {
  /** In the order of the text. */
  readonly calls: readonly Call[];
  /** Statements, members, elements, arguments: what a comment before it or behind its first line can be about. */
  readonly parts: readonly Span[];
  /** One for each line of a comment. */
  readonly comments: readonly Comment[];
  /** What the parser objects to and goes on. */
  readonly faults: number;
}
