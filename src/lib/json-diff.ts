import { isObject, type Json } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import { type DocumentChange, sameJson } from './edit-plan.ts';

/** Changes that turn one value into another: the smallest parts that differ; of a list elements that are taken out or added at its end, else the list. Null when the whole does. */
export function diffJson(before: Json, after: Json): DocumentChange[] | null {
  const changes: DocumentChange[] = [];
  collect(before, after, '', changes);
  return changes.some(({ pointer }) => pointer === '') ? null : changes;
}

function collect(before: Json, after: Json, pointer: Pointer, changes: DocumentChange[]): void {
  if (sameJson(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) collect(item as Json, after[index] as Json, `${pointer}/${index}`, changes);
  } else if (Array.isArray(before) && Array.isArray(after)) changes.push(...listChanges(before as readonly Json[], after as readonly Json[], pointer));
  else if (isObject(before) && isObject(after)) {
    for (const name of Object.keys(before)) {
      const below = `${pointer}/${escapeStep(name)}`;
      if (Object.hasOwn(after, name)) collect(before[name] ?? null, after[name] ?? null, below, changes);
      else changes.push({ pointer: below, remove: true });
    }
    for (const name of Object.keys(after))
      if (!Object.hasOwn(before, name)) changes.push({ pointer: `${pointer}/${escapeStep(name)}`, set: after[name] ?? null });
  } else changes.push({ pointer, set: after });
}

function listChanges(before: readonly Json[], after: readonly Json[], pointer: Pointer): DocumentChange[] {
  let start = 0;
  while (start < before.length && start < after.length && sameJson(before[start], after[start])) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && sameJson(before[before.length - 1 - end], after[after.length - 1 - end])) end++;
  const gone = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  if (added.length === 0) return gone.map((_item, index) => ({ pointer: `${pointer}/${start + index}`, remove: true }));
  if (gone.length === 0 && end === 0) return added.map((set) => ({ pointer: `${pointer}/-`, set }));
  return [{ pointer, set: after }];
}
