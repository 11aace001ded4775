import { documentOf, type Span, type TextDocument } from '../../lib/document.ts';
import { sameJson } from '../../lib/edit-plan.ts';
import { linesOf } from '../../lib/lines.ts';
import { applyEdits } from '../../lib/text-edit.ts';
import { type Pointer, stepsOf } from '../../model/pointer.ts';
import { typescriptEdits } from './edit.ts';
import { parseTypescript } from './parse.ts';
import type { Tree } from './tree.ts';
import { findIn, valueOfTree } from './value.ts';

/** A TypeScript file as a document: its value (see `valueOfTree`), places in it, and edits of its literals. */
export interface TypescriptDocument extends TextDocument {
  readonly tree: Tree;
}

export function isTypescript(path: string): boolean {
  return /\.[cm]?tsx?$/i.test(path) && !/\.d\.[cm]?ts$/i.test(path);
}

/** Null for a text that is no TypeScript. */
export function openTypescript(text: string, file: string): TypescriptDocument | null {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const jsx = /x$/i.test(file);
  const tree = parseTypescript(plain, jsx);
  if (tree === null) return null;
  const lines = linesOf(plain);
  const document = documentOf(plain, lines, {
    value: valueOfTree(tree, plain),
    spans(pointers) {
      const spans = new Map<Pointer, Span>();
      for (const pointer of pointers) {
        const found = findIn(tree, stepsOf(pointer));
        if (found !== undefined) spans.set(pointer, { start: found.span.start, end: found.span.end, ...(found.key === null ? {} : { key: found.key }) });
      }
      return spans;
    },
    edits: (operations) => typescriptEdits({ text: plain, lines, tree }, operations),
    // The calls, their names and all that they are given are what they were, but for what is wanted.
    verify(edits, _operations, wanted) {
      const edited = applyEdits(plain, edits);
      const again = parseTypescript(edited, jsx);
      return again !== null && again.faults === tree.faults && sameJson(valueOfTree(again, edited), wanted);
    },
  });
  return { ...document, tree };
}
