import { paramValue, placeholdersOf } from '../lib/placeholder.ts';
import { compileSchema } from '../lib/schema.ts';
import { YES } from '../lib/truth.ts';
import { checkDocument } from '../lib/schema-check.ts';
import { type FoundSetting, settingAt } from '../lib/settings.ts';
import { isObject, type Json, type JsonSchema } from '../model/json.ts';
import { stepsOf } from '../model/pointer.ts';
import type { EditChange, PolicyFix, SetChange } from '../model/policy.ts';
import type { Area } from '../model/setting.ts';
import { lintSchema, listAt, memberOf, type SchemaLint, useParam } from './lint-schema.ts';

/** Where placeholders look, in order: the schemas of a `forEach` element and of the fact's data. */
export type Shapes = readonly JsonSchema[];

/** The schema at a dotted path in the first shape that has its first step, `params` last; undefined when there is none. */
export function shapeAt(path: string, shapes: Shapes, lint: SchemaLint): JsonSchema | undefined {
  const [first = '', ...rest] = path.split('.');
  if (first === 'params') {
    const name = rest.join('.');
    if (Object.hasOwn(lint.params, name)) lint.found.add(name);
    return Object.hasOwn(lint.params, name) ? true : undefined;
  }
  for (const shape of shapes) {
    let here = memberOf(shape, first);
    if (here === undefined) continue;
    for (const step of rest) here = memberOf(here, step);
    return here;
  }
  return undefined;
}

export function lintPlaceholders(text: string, where: string, shapes: Shapes, lint: SchemaLint): void {
  for (const path of placeholdersOf(text)) {
    if (shapeAt(path, shapes, lint) === undefined) lint.faults.push(`${where}: facts of the kind have no '${path}' for the placeholder '{${path}}'.`);
  }
}

export function lintFix(fix: PolicyFix, where: string, kind: JsonSchema, areas: readonly Area[], lint: SchemaLint): void {
  const item = fix.forEach === undefined ? undefined : listAt(kind, stepsOf(fix.forEach));
  if (fix.forEach !== undefined && item === undefined) lint.faults.push(`${where}: 'forEach' names '${fix.forEach}', where facts of the kind have no list.`);
  const element: JsonSchema = item === undefined ? false : isObject(item) && isObject(item['properties']) ? item : { properties: { value: item } };
  const shapes = fix.forEach === undefined ? [kind] : [element, kind];
  lintPlaceholders(fix.title, `${where} title`, shapes, lint);
  if (fix.title.endsWith('.')) lint.faults.push(`${where}: its title ends with a full stop.`);
  if (fix.on !== undefined) lintPlaceholders(fix.on, `${where} on`, shapes, lint);
  if (fix.when !== undefined) lintSchema(fix.when, kind, `${where} when`, lint);
  if (fix.only !== undefined && item !== undefined) lintSchema(fix.only, item, `${where} only`, lint);
  if (fix.only !== undefined && fix.forEach === undefined) lint.faults.push(`${where}: 'only' filters elements, so it needs 'forEach'.`);
  if (fix.set !== undefined && fix.edit !== undefined) lint.faults.push(`${where}: it has both 'set' and 'edit'.`);
  if (fix.set === undefined && fix.edit === undefined && fix.az === undefined)
    lint.faults.push(`${where}: it has neither 'set' nor 'edit' nor 'az', so it changes nothing.`);
  for (const change of many(fix.set)) lintSet(change, `${where} set`, shapes, areas, lint);
  for (const change of many(fix.edit)) lintEdit(change, `${where} edit`, shapes, lint);
  for (const command of fix.az ?? []) for (const argument of command) if (typeof argument === 'string') lintPlaceholders(argument, `${where} az`, shapes, lint);
}

function lintSet(change: SetChange, where: string, shapes: Shapes, areas: readonly Area[], lint: SchemaLint): void {
  for (const step of change.setting) lintPlaceholders(step, where, shapes, lint);
  const path = change.setting.join('/');
  const found = settingAt(change.setting, areas);
  if (found === null) {
    // The name of the setting itself may come from the fact; then only a scan can say.
    if (placeholdersOf(change.setting.at(-1) ?? '').length === 0) lint.faults.push(`${where}: the settings catalogue has no '${path}'.`);
    return;
  }
  if ((found.setting.write ?? []).length === 0) lint.faults.push(`${where}: '${path}' can be read but not set.`);
  const ways = [change.value !== undefined, change.with !== undefined || change.without !== undefined].filter(Boolean).length;
  if (ways !== 1) lint.faults.push(`${where}: it has either 'value', or 'with' and 'without'.`);
  if (change.value !== undefined) lintValue(change.value, found, found.setting.value, where, shapes, lint);
  const element = isObject(found.setting.value) && isObject(found.setting.value['items']) ? found.setting.value['items'] : true;
  for (const value of [...(change.with ?? []), ...(change.without ?? [])]) lintValue(value, found, element, where, shapes, lint);
  if (change.whenEmpty !== undefined) lintSet(change.whenEmpty, `${where} whenEmpty`, shapes, areas, lint);
}

/** A literal must be allowed by the setting; `$param` is judged by its default; a placeholder or `$intent` only in a scan. */
function lintValue(value: Json, found: FoundSetting, schema: JsonSchema, where: string, shapes: Shapes, lint: SchemaLint): void {
  if (typeof value === 'string' && placeholdersOf(value).length > 0) return lintPlaceholders(value, where, shapes, lint);
  if (isObject(value) && Object.hasOwn(value, '$intent')) return;
  if (isObject(value) && Object.hasOwn(value, '$param')) {
    const name = String(value['$param']);
    useParam(name, where, lint);
    if (!Object.hasOwn(lint.params, name)) return;
    return lintLiteral(paramValue(lint.params[name], value['join']) ?? null, found, schema, where, lint);
  }
  if (JSON.stringify(value).includes('"$')) return;
  lintLiteral(value, found, schema, where, lint);
}

function lintLiteral(value: Json, found: FoundSetting, schema: JsonSchema, where: string, lint: SchemaLint): void {
  if (compileSchema(schema)(value) === YES) return;
  const why = checkDocument(schema, value)[0]?.message ?? 'is not allowed';
  lint.faults.push(`${where}: the value ${JSON.stringify(value)} of '${found.name}' ${why}.`);
}

function lintEdit(change: EditChange, where: string, shapes: Shapes, lint: SchemaLint): void {
  const ways = [change.value !== undefined, change.remove === true, change.rdp !== undefined].filter(Boolean).length;
  if (ways !== 1) lint.faults.push(`${where}: it has one of 'value', 'remove' and 'rdp'.`);
  lintEditValue(change.value, where, shapes, lint);
}

function lintEditValue(value: Json | undefined, where: string, shapes: Shapes, lint: SchemaLint): void {
  if (typeof value === 'string') return lintPlaceholders(value, where, shapes, lint);
  if (Array.isArray(value)) for (const item of value as readonly Json[]) lintEditValue(item, where, shapes, lint);
  else if (isObject(value) && typeof value['$param'] === 'string') useParam(value['$param'], where, lint);
}

function many<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
