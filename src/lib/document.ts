import type { Json } from '../model/json.ts';
import type { Replacement } from '../model/finding.ts';
import type { Dialect, Place, Region } from '../model/location.ts';
import { stepsOf, type Pointer } from '../model/pointer.ts';
import { planEdit, sameJson, type DocumentChange, type Operation, type Refusal } from './edit-plan.ts';
import { verifyJson } from './edit-verify.ts';
import { jsonEdits } from './json-edit.ts';
import { jsonLocator } from './json-locate.ts';
import { parseJson } from './json-text.ts';
import { linesOf, type Lines } from './lines.ts';
import { nearestPlace, resolvePlace, writablePlace } from './place.ts';
import { applyEdits, arrangeEdits, toReplacements, type TextEdit } from './text-edit.ts';
import { yamlEdits } from './yaml-edit.ts';
import { findNode } from './yaml-locate.ts';
import { parseYaml } from './yaml-text.ts';

export { DocumentError } from './document-error.ts';
export type { DocumentChange } from './edit-plan.ts';

export interface Located {
  /** The value's token: no comment, no line break. Of zero length, behind the `:`, where YAML leaves a value out. */
  readonly value: Region;
  /** The member's name. */
  readonly key?: Region;
}

export type EditResult =
  | {
      /** Empty when the document is so already. */
      readonly replacements: readonly Replacement[];
      /** What the edited text holds, verified; shares what did not change with the document's value. */
      readonly value: Json;
    }
  | Refusal;

/** A JSON or YAML text with its value, places and edits. A leading byte order mark is taken off and counts for no column. */
export interface TextDocument {
  readonly text: string;
  readonly value: Json;
  readonly lines: Lines;
  regionOf(pointer: Pointer): Located | undefined;
  /** All at once: the text is gone through once. Pointers that lead nowhere are left out. */
  regionsOf(pointers: Iterable<Pointer>): Map<Pointer, Located>;
  resolve(place: Place, dialect: Dialect): Pointer | undefined;
  /** The deepest part of a place that exists. */
  nearest(place: Place, dialect: Dialect): Pointer;
  /** Where a member is or, in the dialect's way, would be written; for `edit`. */
  writable(place: Place, dialect: Dialect): Pointer | undefined;
  /** The text edits for all changes together, proved to change nothing else; or why there are none. */
  edit(changes: readonly DocumentChange[]): EditResult;
}

/** Throws `DocumentError` for a text that is broken, too deep, or holds what has no JSON value. */
export function openDocument(text: string, format: 'json' | 'yaml'): TextDocument {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const lines = linesOf(plain);
  return documentOf(plain, lines, format === 'json' ? openJson(plain, lines) : openYaml(plain, lines));
}

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly key?: { readonly start: number; readonly end: number };
}

/** What a format must be able to do; the rest is the same for all. */
export interface Format {
  readonly value: Json;
  spans(pointers: readonly Pointer[]): Map<Pointer, Span>;
  edits(operations: readonly Operation[]): readonly TextEdit[] | Refusal;
  /** Whether the edits turn the document's value into `wanted`, and into nothing else. */
  verify(edits: readonly TextEdit[], operations: readonly Operation[], wanted: Json): boolean;
}

function openJson(text: string, lines: Lines): Format {
  const value = parseJson(text);
  const locator = jsonLocator(text);
  return {
    value,
    spans: (pointers) => locator.spans(pointers),
    edits: (operations) => jsonEdits({ text, lines, locator }, operations),
    verify: (edits, operations, wanted) => verifyJson({ text, value, locator }, edits, operations, wanted),
  };
}

function openYaml(text: string, lines: Lines): Format {
  const tree = parseYaml(text);
  return {
    value: tree.value,
    spans(pointers) {
      const found = new Map<Pointer, Span>();
      for (const pointer of pointers) {
        const place = findNode(tree.root, stepsOf(pointer));
        if (place === undefined) continue;
        const { node, member } = place;
        found.set(pointer, { start: node.start, end: node.end, ...(member && { key: { start: member.keyStart, end: member.keyEnd } }) });
      }
      return found;
    },
    edits: (operations) => yamlEdits(text, lines, tree, operations),
    verify(edits, _operations, wanted) {
      try {
        return sameJson(parseYaml(applyEdits(text, edits)).value, wanted);
      } catch {
        return false;
      }
    },
  };
}

/** A document of a format; the text is without byte order mark. */
export function documentOf(text: string, lines: Lines, format: Format): TextDocument {
  function regionsOf(pointers: Iterable<Pointer>): Map<Pointer, Located> {
    const located = new Map<Pointer, Located>();
    for (const [pointer, span] of format.spans([...pointers])) {
      const value = lines.region(span.start, span.end);
      located.set(pointer, span.key === undefined ? { value } : { value, key: lines.region(span.key.start, span.key.end) });
    }
    return located;
  }

  function edit(changes: readonly DocumentChange[]): EditResult {
    const plan = planEdit(format.value, changes);
    if ('refused' in plan) return plan;
    const made = plan.operations.length === 0 ? [] : format.edits(plan.operations);
    if ('refused' in made) return made;
    const edits = arrangeEdits(text, made);
    if (edits === undefined) return { refused: 'The changes meet in one place of the text.' };
    const proved = edits.length === 0 ? sameJson(format.value, plan.value) : format.verify(edits, plan.operations, plan.value);
    if (!proved) return { refused: 'The text is written in a way in which the change would touch something else.' };
    return { replacements: toReplacements(lines, edits), value: plan.value };
  }

  return {
    text,
    value: format.value,
    lines,
    regionOf: (pointer) => regionsOf([pointer]).get(pointer),
    regionsOf,
    resolve: (place) => resolvePlace(format.value, place),
    nearest: (place) => nearestPlace(format.value, place),
    writable: (place, dialect) => writablePlace(format.value, place, dialect),
    edit,
  };
}
