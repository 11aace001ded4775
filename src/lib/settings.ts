import type { Source } from '../model/setting.ts';
import type { FactKind } from '../model/facts/kind.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Area, Setting } from '../model/setting.ts';
import { rawInteger, rawList, rawText, unwrap } from './raw.ts';
import { compileSchema, type Predicate, YES } from './schema.ts';
import { checkDocument, nearest } from './schema-check.ts';

/** A setting of the catalogue, found by its path, with the names that the path gives to the area's placeholders. */
export interface FoundSetting {
  readonly area: Area;
  readonly name: string;
  readonly setting: Setting;
  readonly names: Readonly<Record<string, string>>;
}

/** A value that a collection pushes to one of its hosts. */
export interface PushedSetting {
  readonly path: readonly string[];
  readonly value: Json;
  /** The collection. */
  readonly from: string;
}

/** The setting at a path such as `rdp/RDP-Tcp/userAuthentication`; null when the catalogue has none. */
export function settingAt(path: readonly string[], catalogue: readonly Area[], target?: Area['target']): FoundSetting | null {
  for (const area of catalogue) {
    if (target !== undefined && area.target !== target) continue;
    const steps = stepsOfArea(area);
    if (path.length !== steps.length + 1) continue;
    const names = matchSteps(steps, path);
    const name = path[steps.length] ?? '';
    if (names !== null && Object.hasOwn(area.settings, name)) return { area, name, setting: area.settings[name] as Setting, names };
  }
  return null;
}

const stepCache = new WeakMap<Area, readonly string[]>();

function stepsOfArea(area: Area): readonly string[] {
  let steps = stepCache.get(area);
  if (steps === undefined) {
    steps = area.path.split('/');
    stepCache.set(area, steps);
  }
  return steps;
}

function matchSteps(steps: readonly string[], path: readonly string[]): Record<string, string> | null {
  const names: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    const given = path[index];
    if (given === undefined) return null;
    const placeholder = placeholderOf(step);
    if (placeholder !== null) names[placeholder] = given;
    else if (step !== given) return null;
  }
  return names;
}

function placeholderOf(step: string): string | null {
  return step.startsWith('{') && step.endsWith('}') ? step.slice(1, -1) : null;
}

/** The placeholders of an area's path; the last one names its instances. */
export function placeholdersOfArea(area: Area): string[] {
  return stepsOfArea(area).flatMap((step) => placeholderOf(step) ?? []);
}

/** The path of one setting of an instance. */
export function pathOfSetting(area: Area, names: Readonly<Record<string, string>>, setting: string): string[] {
  return [...stepsOfArea(area).map((step) => names[placeholderOf(step) ?? ''] ?? step), setting];
}

export type DeclaredCheck = ({ readonly ok: true } & FoundSetting) | { readonly ok: false; readonly isPrefix: boolean; readonly error: string };

/** Checks one declared value: the setting is in the catalogue and allows it. `isPrefix`: the path leads on to settings. */
export function validateDeclared(path: readonly string[], value: Json, catalogue: readonly Area[], target: Area['target']): DeclaredCheck {
  const found = settingAt(path, catalogue, target);
  if (found === null) return notFound(path, value, catalogue, target);
  if (valuePredicate(found.setting)(value) !== YES) {
    const why = checkDocument(found.setting.value, value)[0]?.message ?? 'is not allowed';
    return { ok: false, isPrefix: false, error: `the value ${JSON.stringify(value)?.slice(0, 80)} of '${path.join('/')}' ${why}` };
  }
  if ((found.setting.write ?? []).length === 0) return { ok: false, isPrefix: false, error: `'${path.join('/')}' can be read but not set, so it cannot be declared` };
  return { ok: true, ...found };
}

function notFound(path: readonly string[], value: Json, catalogue: readonly Area[], target: Area['target']): DeclaredCheck {
  const here = catalogue.filter((area) => area.target === target);
  const leads = here.filter((area) => {
    const full = [...stepsOfArea(area), '{setting}'];
    return full.length > path.length && matchSteps(full.slice(0, path.length), path) !== null;
  });
  if (leads.length > 0) return { ok: false, isPrefix: isObject(value), error: `'${path.join('/')}' is a map of settings, not a value` };
  const last = path.at(-1) ?? '';
  const near = nearest(last, siblings(path, here));
  return { ok: false, isPrefix: false, error: `the settings catalogue has no '${path.join('/')}' for this kind of target${near === undefined ? '' : `; did you mean '${near}'?`}` };
}

function siblings(path: readonly string[], areas: readonly Area[]): string[] {
  const parent = path.slice(0, -1);
  return areas.flatMap((area) => {
    const steps = stepsOfArea(area);
    if (steps.length === parent.length) return matchSteps(steps, parent) === null ? [] : Object.keys(area.settings);
    return steps.length > parent.length && matchSteps(steps.slice(0, parent.length), parent) !== null ? [steps[parent.length] ?? ''] : [];
  });
}

const predicates = new WeakMap<Setting, Predicate>();

export function valuePredicate(setting: Setting): Predicate {
  let predicate = predicates.get(setting);
  if (predicate === undefined) {
    predicate = compileSchema(setting.value);
    predicates.set(setting, predicate);
  }
  return predicate;
}

type RawMap = Readonly<Record<string, Json>>;

/** A raw value as its named one. `unset`: the raw form says that nothing is set here; undefined: it cannot be read. */
export function toNamed(setting: Setting, raw: Json, place: { readonly map?: RawMap; readonly unset?: readonly Json[] } = {}): { readonly value: Json } | 'unset' | undefined {
  const plain = unwrap(raw) ?? null;
  if (place.unset?.some((form) => sameRaw(form, plain)) === true) return 'unset';
  const value = convert(setting, plain, place.map ?? setting.map);
  return value !== undefined && valuePredicate(setting)(value) === YES ? { value } : undefined;
}

function sameRaw(form: Json, raw: Json): boolean {
  if (Array.isArray(raw)) return raw.length === 1 && sameRaw(form, (raw as readonly Json[])[0] ?? null);
  return form === raw || String(form).toLowerCase() === String(raw).toLowerCase();
}

function convert(setting: Setting, raw: Json, map: RawMap | undefined): Json | undefined {
  if (setting.flags !== undefined) return flagsOf(setting, setting.flags, raw);
  if (setting.list === true) return listOf(setting, raw);
  const form = formOf(setting, raw);
  const mapped = map === undefined ? undefined : mappedOf(map, form);
  if (mapped !== undefined) return mapped;
  if (setting.scale !== undefined) {
    const number = rawInteger(form);
    return number === undefined ? undefined : number * setting.scale;
  }
  return map === undefined ? plainOf(setting, form) : undefined;
}

/** An enum's own name as the raw value that `map` knows. */
function formOf(setting: Setting, raw: Json): Json {
  const text = rawText(raw)?.trim().toLowerCase();
  if (setting.forms === undefined || text === undefined) return raw;
  const form = Object.keys(setting.forms).find((name) => name.toLowerCase() === text);
  return form === undefined ? raw : (setting.forms[form] ?? raw);
}

function mappedOf(map: RawMap, raw: Json): Json | undefined {
  const text = rawText(raw)?.trim();
  if (text === undefined) return undefined;
  const keys = [text, text.toLowerCase()];
  if (typeof raw === 'boolean') keys.push(raw ? '1' : '0');
  else if (rawInteger(raw) !== undefined) keys.push(String(rawInteger(raw)), ...(rawInteger(raw) === 1 ? ['true'] : rawInteger(raw) === 0 ? ['false'] : []));
  else if (/^(true|false)$/i.test(text)) keys.push(text.toLowerCase() === 'true' ? '1' : '0');
  const key = keys.find((candidate) => Object.hasOwn(map, candidate));
  return key === undefined ? undefined : map[key];
}

function plainOf(setting: Setting, raw: Json): Json | undefined {
  const types = isObject(setting.value) ? [setting.value['type'] ?? null].flat() : [];
  if (types.includes('integer')) return rawInteger(raw);
  if (types.includes('boolean')) return typeof raw === 'boolean' ? raw : rawInteger(raw) === undefined ? undefined : rawInteger(raw) !== 0;
  return rawText(raw);
}

function listOf(setting: Setting, raw: Json): Json[] | undefined {
  if (setting.empty !== undefined && sameRaw(setting.empty, raw)) return [];
  const items = rawList(raw).map((item) => rawText(item));
  if (items.some((item) => item === undefined)) return undefined;
  return items.flatMap((item) => (item === undefined || item === '' ? [] : [setting.trim !== undefined && item.startsWith(setting.trim) ? item.slice(setting.trim.length) : item]));
}

function flagsOf(setting: Setting, flags: Readonly<Record<string, string>>, raw: Json): Json[] | undefined {
  const all = Object.values(flags);
  if (setting.all?.some((form) => sameRaw(form, raw)) === true) return all;
  const number = rawInteger(raw);
  if (number !== undefined && typeof raw !== 'boolean') return Object.entries(flags).flatMap(([bit, name]) => ((number & Number(bit)) === 0 ? [] : [name]));
  const names = rawList(raw).flatMap((item) => (rawText(item) ?? '').split(',')).map((name) => name.trim()).filter((name) => name !== '');
  const found = names.map((name) => flagOf(setting, flags, name));
  return found.includes(undefined) ? undefined : all.filter((name) => found.includes(name));
}

function flagOf(setting: Setting, flags: Readonly<Record<string, string>>, name: string): string | undefined {
  const form = formOf(setting, name);
  const bit = rawInteger(form);
  if (bit !== undefined && Object.hasOwn(flags, String(bit))) return flags[String(bit)];
  return Object.values(flags).find((flag) => flag.toLowerCase() === name.toLowerCase());
}

/** A named value as the raw one that is written; undefined when the catalogue has none for it. */
export function toRaw(setting: Setting, named: Json, map: RawMap | undefined = setting.map): Json | undefined {
  if (setting.flags !== undefined) {
    if (!Array.isArray(named)) return undefined;
    let bits = 0;
    for (const [bit, name] of Object.entries(setting.flags)) if ((named as readonly Json[]).includes(name)) bits |= Number(bit);
    return bits;
  }
  if (setting.list === true) {
    if (!Array.isArray(named)) return undefined;
    if (named.length === 0 && setting.empty !== undefined) return setting.empty;
    return (named as readonly Json[]).map((item) => `${setting.trim ?? ''}${String(item)}`);
  }
  const key = map === undefined ? undefined : Object.keys(map).find((candidate) => map[candidate] === named);
  if (key !== undefined) return rawKey(key);
  if (setting.scale !== undefined) return typeof named === 'number' && named % setting.scale === 0 ? named / setting.scale : undefined;
  return map === undefined ? named : undefined;
}

function rawKey(key: string): Json {
  if (key === 'true' || key === 'false') return key === 'true';
  return /^-?\d{1,15}$/.test(key) ? Number(key) : key;
}

/** Placeholders of a catalogue text (`…\{listener}`) replaced by an instance's names. */
export function expand(template: string, names: Readonly<Record<string, string>>): string {
  return template.includes('{') ? template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(names, name) ? (names[name] ?? whole) : whole)) : template;
}

const SOURCES: readonly Source[] = ['gpo', 'pushed', 'local', 'default'];

/** The fact kind that a settings file defines: one member a setting, `sources`, `host`, the names of its path, what it carries. */
export function factKindOf(area: Area): FactKind {
  const settings = Object.entries(area.settings);
  const properties: Record<string, Json> = { host: { type: 'string', description: "The target's name." } };
  for (const name of placeholdersOfArea(area)) properties[name] = { type: 'string', description: `The name in place of {${name}} in '${area.path}'.` };
  for (const [name, column] of Object.entries(area.instances?.carry ?? {})) properties[name] = { description: `The column ${column}, as read.` };
  for (const [name, setting] of settings) properties[name] = describe(setting);
  properties['sources'] = {
    type: 'object',
    description: 'Where each value comes from.',
    properties: Object.fromEntries(settings.map(([name]) => [name, { enum: [...SOURCES] }])),
  };
  return { kind: area.kind, title: area.title ?? area.path, schema: { type: 'object', required: Object.keys(properties), additionalProperties: false, properties } };
}

function describe(setting: Setting): JsonObject {
  const schema = isObject(setting.value) ? setting.value : {};
  return { ...schema, description: `${setting.title}${setting.unit === undefined ? '' : ` (${setting.unit})`}.` };
}
