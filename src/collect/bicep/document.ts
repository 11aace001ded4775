import { documentOf, type Span, type TextDocument } from '../../lib/document.ts';
import { sameJson } from '../../lib/edit-plan.ts';
import { linesOf } from '../../lib/lines.ts';
import { applyEdits } from '../../lib/text-edit.ts';
import { type Pointer, stepsOf } from '../../model/pointer.ts';
import { bicepEdits } from './edit.ts';
import { ignoresIn } from './ignores.ts';
import { parseBicep } from './syntax.ts';
import type { Tree } from './tree.ts';
import { findIn, valueOfTree } from './value.ts';

/** A Bicep file as a document: its value (see `valueOfTree`), places in it, and edits of its literals. */
export interface BicepDocument extends TextDocument {
  readonly tree: Tree;
  /** What comments ask to ignore. */
  readonly ignores: ReturnType<typeof ignoresIn>;
}

/** Never fails; what is no Bicep has no statements. */
export function openBicep(text: string): BicepDocument {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const lines = linesOf(plain);
  const tree = parseBicep(plain);
  const value = valueOfTree(tree, plain);
  const document = documentOf(plain, lines, {
    value,
    spans(pointers) {
      const spans = new Map<Pointer, Span>();
      for (const pointer of pointers) {
        const found = findIn(tree, stepsOf(pointer));
        if (found === undefined) continue;
        const { span, key } = found;
        spans.set(pointer, { start: span.start, end: span.end, ...(key === null ? {} : { key }) });
      }
      return spans;
    },
    edits: (operations) => bicepEdits({ text: plain, lines, tree }, operations),
    verify(edits, _operations, wanted) {
      const edited = applyEdits(plain, edits);
      return sameJson(valueOfTree(parseBicep(edited), edited), wanted);
    },
  });
  return { ...document, tree, ignores: ignoresIn(tree.comments, plain) };
}
