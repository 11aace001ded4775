import { createHash } from 'node:crypto';
import { normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/**
 * A value that is not known but has one name wherever it stands: an expression of one deployment gives one value, so two
 * resources whose names are the same expression have the same name. Its text holds each unknown part in braces
 * (`nsg-{parameters('env')}`); a symbol lives while an input is read and leaves as UNRESOLVED, or as an id.
 */
const texts = new WeakMap<object, string>();

/** The text is what an id may hold: no `/`, and of bounded length. */
const MAX_LENGTH = 160;

/** A symbol for one unknown value, called by the expression that gives it. */
export function symbol(expression: string): JsonObject {
  const plain = expression.replaceAll('/', ':').replaceAll('{', '').replaceAll('}', '');
  const short = plain.length <= MAX_LENGTH ? plain : `${plain.slice(0, 40)}…${createHash('sha256').update(plain).digest('hex').slice(0, 16)}`;
  return symbolOf(`{${short}}`);
}

/** A symbol for a text of which parts are unknown. */
export function symbolOf(text: string): JsonObject {
  const made: JsonObject = { $symbol: true };
  texts.set(made, text);
  return made;
}

export function isSymbol(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && texts.has(value);
}

/** The text of a symbol, of a string or of a number; undefined for anything else. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null ? texts.get(value) : undefined;
}

/** What stands for it outside: an id of which type and names are known at least as symbols, else UNRESOLVED. */
export function leave(text: string): Json {
  const at = text.toLowerCase().indexOf('/providers/');
  const isScoped = at > 0 && (text.startsWith('{') || text.toLowerCase().startsWith('/subscriptions/'));
  return isScoped ? normaliseId(text) : UNRESOLVED;
}
