import type { Json, JsonObject } from '../../../model/json.ts';
import { type Pointer, pointerOf } from '../../../model/pointer.ts';

/** A fact's data on its way: a member that is undefined could not be read, so it becomes `null` and is named as unknown. */
export function settle(members: Readonly<Record<string, Json | undefined>>, more: readonly Pointer[] = []): { data: JsonObject; unknown: Pointer[] } {
  const data: Record<string, Json> = {};
  const unknown: Pointer[] = [];
  for (const [name, value] of Object.entries(members)) {
    data[name] = value ?? null;
    if (value === undefined) unknown.push(pointerOf([name]));
  }
  return { data, unknown: [...unknown, ...more] };
}
