import type { FactKind } from '../model/facts/kind.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Area, Setting, Source } from '../model/setting.ts';
import { YES } from './truth.ts';
import { checkDocument, nearest } from './schema-check.ts';
import { toRaw, valuePredicate } from './setting-value.ts';

export { toNamed, toRaw, valuePredicate } from './setting-value.ts';

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
export function placeholdersOfArea(area: Area): readonly string[] {
  let placeholders = placeholderCache.get(area);
  if (placeholders === undefined) {
    placeholders = stepsOfArea(area).flatMap((step) => placeholderOf(step) ?? []);
    placeholderCache.set(area, placeholders);
  }
  return placeholders;
}

const placeholderCache = new WeakMap<Area, readonly string[]>();

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
  if ((found.setting.write ?? []).length === 0)
    return { ok: false, isPrefix: false, error: `'${path.join('/')}' can be read but not set, so it cannot be declared` };
  if (toRaw(found.setting, value) === undefined) return { ok: false, isPrefix: false, error: `'${path.join('/')}' ${unwritable(found.setting, value)}` };
  return { ok: true, ...found };
}

/** Why an allowed value cannot be declared: it is read, but there is nothing to write for it. */
function unwritable(setting: Setting, value: Json): string {
  if (setting.scale !== undefined && typeof value === 'number')
    return `is ${value}, which is no multiple of ${setting.scale}${setting.unit === undefined ? '' : ` ${setting.unit}`}`;
  return `can be ${JSON.stringify(value)?.slice(0, 80)} but not be set to it, so that cannot be declared`;
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
  return {
    ok: false,
    isPrefix: false,
    error: `the settings catalogue has no '${path.join('/')}' for this kind of target${near === undefined ? '' : `; did you mean '${near}'?`}`,
  };
}

function siblings(path: readonly string[], areas: readonly Area[]): string[] {
  const parent = path.slice(0, -1);
  return areas.flatMap((area) => {
    const steps = stepsOfArea(area);
    if (steps.length === parent.length) return matchSteps(steps, parent) === null ? [] : Object.keys(area.settings);
    return steps.length > parent.length && matchSteps(steps.slice(0, parent.length), parent) !== null ? [steps[parent.length] ?? ''] : [];
  });
}

/** Placeholders of a catalogue text (`…\{listener}`) replaced by an instance's names. */
export function expand(template: string, names: Readonly<Record<string, string>>): string {
  return template.includes('{')
    ? template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(names, name) ? (names[name] ?? whole) : whole))
    : template;
}

/** More names that an area derives from an instance's own, such as `{localKey}`; names are compared without case. */
export function withMappedNames(area: Area, names: Readonly<Record<string, string>>): Record<string, string> {
  const all: Record<string, string> = { ...names };
  for (const [name, { by, map }] of Object.entries(area.names ?? {})) {
    const from = all[by]?.toLowerCase();
    const key = from === undefined ? undefined : Object.keys(map).find((candidate) => candidate.toLowerCase() === from);
    if (key !== undefined) all[name] = map[key] ?? '';
  }
  return all;
}

/**
 * The same for a registry key; null when a name holds a backslash and would lead to another key: a name from a hostile host
 * reads and writes nothing but its own.
 */
export function expandKey(template: string, names: Readonly<Record<string, string>>): string | null {
  if (!template.includes('{')) return template;
  for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g)) {
    if (Object.hasOwn(names, name) && (names[name] === '' || names[name]?.includes('\\') === true)) return null;
  }
  return expand(template, names);
}

/** A registry value that the catalogue reads: a name of a key, or (null) all values of the key. Keys may have placeholders. */
export interface RegistryRead {
  readonly key: string;
  readonly name: string | null;
}

/**
 * Every registry value that a collector has to read for an area.
 *
 * @public for what makes or fakes a collector; the scan itself reads snapshots.
 */
export function registryReads(area: Area): RegistryRead[] {
  const reads: RegistryRead[] = [];
  const { skip } = area.instances ?? {};
  if (skip !== undefined) reads.push({ key: skip.registry, name: skip.name });
  for (const place of Object.values(area.settings).flatMap((setting) => setting.read)) {
    reads.push(...(place.unless ?? []).map((key) => ({ key, name: '' })));
    if (place.registry === undefined) continue;
    if (place.numbered !== true || place.switched === true) reads.push({ key: place.registry, name: place.name ?? '' });
    if (place.numbered === true) reads.push({ key: `${place.registry}\\${place.name ?? ''}`, name: null });
  }
  return [...new Map(reads.map((read) => [`${read.key}\0${String(read.name)}`.toLowerCase(), read])).values()];
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
    required: settings.map(([name]) => name),
    additionalProperties: false,
    properties: Object.fromEntries(settings.map(([name]) => [name, { enum: [...SOURCES] }])),
  };
  return {
    kind: area.kind,
    title: area.title ?? area.path,
    schema: { type: 'object', required: Object.keys(properties), additionalProperties: false, properties },
  };
}

function describe(setting: Setting): JsonObject {
  const schema = isObject(setting.value) ? setting.value : {};
  return { ...schema, description: `${setting.title}${setting.unit === undefined ? '' : ` (${setting.unit})`}.` };
}
