import { validateDeclared } from '../lib/settings.ts';
import type { Declared } from '../model/estate.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import type { Area } from '../model/setting.ts';

const MAX_DEPTH = 8;

/** Walks a settings tree down to what the catalogue knows as settings. */
export function declaredOf(
  tree: JsonObject | null | undefined,
  pointer: Pointer,
  target: Area['target'],
  catalogue: readonly Area[],
  errors: string[],
): Declared[] {
  const found: Declared[] = [];
  const walk = (value: Json, path: readonly string[], at: Pointer): void => {
    if (value === null) return;
    const result = validateDeclared(path, value, catalogue, target);
    if (result.ok) {
      found.push({ path, value, pointer: at });
    } else if (result.isPrefix && isObject(value) && path.length < MAX_DEPTH) {
      for (const [name, member] of Object.entries(value)) walk(member, [...path, name], `${at}/${escapeStep(name)}`);
    } else errors.push(`'${at}': ${result.error}`);
  };
  for (const [name, member] of Object.entries(tree ?? {})) walk(member, [name], `${pointer}/${escapeStep(name)}`);
  return found;
}
