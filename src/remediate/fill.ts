import { expand, type FoundSetting, placeholdersOfArea, withMappedNames } from '../lib/settings.ts';
import { isObject, type Json } from '../model/json.ts';

/** What a writer writes; null takes the value away. */
export type Values = { readonly value: Json; readonly raw: Json } | null;
export type Names = Readonly<Record<string, string>>;

/** A template of a writer with its placeholders filled in. */
export function filled(template: Json, names: Names, values: Values): Json {
  if (template === '{value}') return values?.value ?? null;
  if (template === '{raw}') return values?.raw ?? null;
  if (typeof template === 'string') return expand(template, names);
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => filled(item, names, values));
  if (isObject(template)) return Object.fromEntries(Object.entries(template).map(([name, item]) => [name, filled(item, names, values)]));
  return template;
}

/** An instance's names; null for one that an area of fixed instances does not have: `*` must not reach a command as a name. */
export function namesOf({ area, names }: FoundSetting): Record<string, string> | null {
  const { fixed, rows } = area.instances ?? {};
  const placeholder = placeholdersOfArea(area).at(-1);
  if (fixed === undefined || rows !== undefined || placeholder === undefined) return withMappedNames(area, names);
  const name = fixed.find((candidate) => candidate.toLowerCase() === names[placeholder]?.toLowerCase());
  return name === undefined ? null : withMappedNames(area, { ...names, [placeholder]: name });
}
