import { Lexer } from 'yaml';
import type { TextSpan } from './source-comments.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Marks of the lexer that stand for nothing in the text (`CST` of the library): document, end of flow, and before a scalar. */
const [DOCUMENT, FLOW_END, SCALAR] = ['\u0002', '\u0018', '\u001f'];

export interface YamlComment extends TextSpan {
  /** Without its `#`. */
  readonly text: string;
}

/** The comments of a YAML text: what begins with `#` and is no scalar. */
export function yamlComments(text: string): YamlComment[] {
  const comments: YamlComment[] = [];
  let at = 0;
  let scalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === DOCUMENT || lexeme === FLOW_END) continue;
    if (lexeme === SCALAR) {
      scalar = true;
      continue;
    }
    if (!scalar && lexeme.startsWith('#')) comments.push({ start: at, end: at + lexeme.length, text: lexeme.slice(1) });
    scalar = false;
    at += lexeme.length;
  }
  return comments;
}

/** Members and elements of a tree, from their first character to their last. */
export function yamlParts(root: YamlNode): TextSpan[] {
  const parts: TextSpan[] = [];
  const waiting: YamlNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const children = node.kind === 'map' ? node.members : node.kind === 'list' ? node.items : [];
    for (const child of children) {
      parts.push({ start: child.start, end: Math.max(child.start, child.node.end) });
      waiting.push(child.node);
    }
  }
  return parts;
}
