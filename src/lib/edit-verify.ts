import type { Json } from '../model/json.ts';
import { pointerOf, valueAt, type Pointer } from '../model/pointer.ts';
import { sameJson, type Operation } from './edit-plan.ts';
import type { JsonLocator } from './json-locate.ts';
import { parseJson } from './json-text.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

/** Up to this length the whole edited text is parsed again; it costs a few milliseconds. */
const WHOLE_UP_TO = 1_000_000;

/**
 * Whether edits turn a JSON document into what is wanted. JSON is context-free: where a part of the text is the whole value
 * of a pointer before, and the edited part is the wanted value after, nothing around it can have changed. So for a text of
 * many megabytes only the values that operations touch are parsed again, before and after.
 */
export function verifyJson(
  document: { text: string; value: Json; locator: JsonLocator },
  edits: readonly TextEdit[],
  operations: readonly Operation[],
  wanted: Json,
): boolean {
  const { text, value, locator } = document;
  try {
    if (text.length <= WHOLE_UP_TO) return sameJson(parseJson(applyEdits(text, edits)), wanted);
    const touched = outermost(operations.map((operation) => operation.at));
    const spans = locator.spans(touched);
    let checked = 0;
    for (const pointer of touched) {
      const span = spans.get(pointer);
      if (span === undefined) return false;
      const inside = edits.filter((edit) => edit.start >= span.start && edit.end <= span.end);
      checked += inside.length;
      const before = text.slice(span.start, span.end);
      const moved = inside.map((edit) => ({ ...edit, start: edit.start - span.start, end: edit.end - span.start }));
      if (!sameJson(parseJson(before), valueAt(value, pointer)) || !sameJson(parseJson(applyEdits(before, moved)), valueAt(wanted, pointer))) return false;
    }
    return checked === edits.length;
  } catch {
    return false;
  }
}

/** Nothing above these changes its indices, so each means the same value before and after. */
function outermost(paths: readonly (readonly string[])[]): Pointer[] {
  const all = new Set(paths.map((path) => pointerOf(path)));
  const outer = paths.filter((path) => !path.some((_step, length) => all.has(pointerOf(path.slice(0, length)))));
  return [...new Set(outer.map((path) => pointerOf(path)))];
}
