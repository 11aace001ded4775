/** A JSON value. Everything that crosses a stage boundary is one, so every stage can be saved and replayed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}
/** A JSON Schema (2020-12) of the subset that `lib/schema.ts` judges. */
export type JsonSchema = JsonObject | boolean;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own members only: `__proto__` and `constructor` from a hostile document are plain names. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Arrays as they are, anything else as a list of one, nothing as an empty list. PowerShell 5.1 collapses lists of one. */
export function asList(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === undefined || value === null || value === '' ? [] : [value];
}
