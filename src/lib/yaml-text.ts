import { Composer, Lexer, Parser, type CST, type Document, type ParsedNode } from 'yaml';
import type { Json } from '../model/json.ts';
import { documentErrorAt, MAX_DEPTH, TOO_DEEP } from './document-error.ts';
import { treeOf } from './yaml-build.ts';
import type { YamlNode } from './yaml-tree.ts';

/** A YAML text as a value and as a tree. */
export interface YamlText {
  readonly value: Json;
  readonly root: YamlNode;
}

/** YAML 1.2, core schema, with merge keys; one document. Throws `DocumentError`. */
export function parseYaml(text: string): YamlText {
  const control = /[^\t\n\r\u0085\P{Cc}]/u.exec(text);
  if (control !== null) {
    const shown = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw documentErrorAt(text, control.index, `The document holds the control character U+${shown}.`);
  }
  const document = compose(text);
  const [fault] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (fault !== undefined) throw documentErrorAt(text, fault.pos[0], plainWords(fault.code, fault.message));
  const root = treeOf(text, document);
  return { value: root.value, root };
}

function plainWords(code: string, message: string): string {
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return "A second ': ' stands on the line; a text that holds ': ' must be quoted.";
  if (code === 'TAB_AS_INDENT') return 'A line is indented with a tab; YAML wants spaces.';
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys')) return "A name is not followed by ':'.";
  const short = message.length > 200 ? `${message.slice(0, 199)}…` : message;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** The parser's stack is watched, because what comes after it (and the parser's own end) recurses. */
function* tokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The document and a scalar are on the stack too.
    if (parser.stack.length > MAX_DEPTH + 2) throw documentErrorAt(text, parser.offset, TOO_DEEP);
  }
  yield* parser.end();
}

function compose(text: string): Document.Parsed<ParsedNode, true> {
  // Not `uniqueKeys`: it compares every two keys of a mapping; duplicates are found below. Not the known tags: none is executed.
  const composer = new Composer<ParsedNode, true>({ keepSourceTokens: true, schema: 'core', resolveKnownTags: false, uniqueKeys: false, version: '1.2' });
  let found: Document.Parsed<ParsedNode, true> | undefined;
  for (const document of composer.compose(tokens(text), true, text.length)) {
    if (found !== undefined) {
      if (found.errors.length > 0) break;
      throw documentErrorAt(text, document.range[0], 'The file holds more than one YAML document; only one is read.');
    }
    found = document;
  }
  if (found === undefined) throw documentErrorAt(text, 0, 'The document is empty.');
  return found;
}
