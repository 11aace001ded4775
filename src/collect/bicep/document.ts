import { isObject, type JsonObject } from '../../model/json.ts';
import { documentOf, type Span, type TextDocument } from '../../lib/document.ts';
import { sameJson } from '../../lib/edit-plan.ts';
import { linesOf } from '../../lib/lines.ts';
import { applyEdits, type TextEdit } from '../../lib/text-edit.ts';
import { type Pointer, stepsOf } from '../../model/pointer.ts';
import { bicepEdits } from './edit.ts';
import { ignoresIn } from './ignores.ts';
import { parseBicep } from './syntax.ts';
import type { Declaration, Tree } from './tree.ts';
import { findIn, keyOf, valueOfTree } from './value.ts';

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
      const touched = statementsOf(tree, edits);
      if (touched !== null && isObject(wanted)) return touched.every((statement) => isTurnedInto(statement, plain, wanted));
      const edited = applyEdits(plain, edits);
      return sameJson(valueOfTree(parseBicep(edited), edited), wanted);
    },
  });
  return { ...document, tree, ignores: ignoresIn(tree.comments, plain) };
}

interface Touched {
  readonly declaration: Declaration;
  readonly edits: readonly TextEdit[];
}

/** Edits by the statement that they lie in; null when one lies in none. A file may have many statements, and an edit is in one. */
function statementsOf({ declarations }: Tree, edits: readonly TextEdit[]): Touched[] | null {
  const touched = new Map<Declaration, TextEdit[]>();
  for (const edit of edits) {
    const declaration = declarations.find(({ start, end }) => start <= edit.start && edit.end <= end);
    if (declaration === undefined) return null;
    touched.set(declaration, [...(touched.get(declaration) ?? []), edit]);
  }
  return [...touched].map(([declaration, list]) => ({ declaration, edits: list }));
}

/** Whether the edits turn a statement, read alone, into what is wanted of it, and leave it one statement. */
function isTurnedInto({ declaration, edits }: Touched, text: string, wanted: JsonObject): boolean {
  const { start, end } = declaration;
  const edited = applyEdits(
    text.slice(start, end),
    edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
  );
  const tree = parseBicep(edited);
  const [only, ...others] = tree.declarations;
  const key = keyOf(declaration);
  if (only === undefined || others.length > 0 || only.end !== edited.length || keyOf(only) !== key) return false;
  const value = valueOfTree(tree, edited);
  return isObject(value) && sameJson(value[key], wanted[key]);
}
