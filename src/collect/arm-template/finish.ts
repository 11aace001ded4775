import { UNRESOLVED } from '../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { leave, textOf } from '../cloud/symbol.ts';
import { type Scope, spend } from './scope.ts';

/** Deeper values are nobody's template. */
const MAX_DEPTH = 160;

/**
 * A value as it leaves the template: symbols become ids where type and names are known, else UNRESOLVED. The name of a list's
 * element stays text, since ids are made of it.
 */
export function finished(value: Json, scope: Scope, depth: number, element = false): Json {
  if (typeof value !== 'object' || value === null) return value;
  const text = textOf(value);
  if (text !== undefined) {
    const left = leave(text);
    if (typeof left === 'string' && left.includes('{')) scope.shared.symbolic = true;
    return left;
  }
  // Values may share parts many times over, so every visit is paid for.
  if (depth > MAX_DEPTH || !spend(scope.shared, 1)) return UNRESOLVED;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => finished(item, scope, depth + 1, true));
  const out: Record<string, Json> = {};
  for (const [name, held] of Object.entries(value as JsonObject)) {
    if (name !== '__proto__') out[name] = (element && name === 'name' ? textOf(held) : undefined) ?? finished(held, scope, depth + 1);
  }
  return out;
}
