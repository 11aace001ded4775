import { rawText } from '../../lib/raw.ts';
import { expand, expandKey, type FoundSetting, type PushedSetting, settingAt, toRaw, withMappedNames } from '../../lib/settings.ts';
import { absentAbove } from '../../lib/snapshot-read.ts';
import type { Declared } from '../../model/estate.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Area, ReadPlace, Setting } from '../../model/setting.ts';
import { type Section, type Snapshot, UNREADABLE } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import { instancesOf } from './facts.ts';
import { type Instance, type Reading, readSetting } from './read.ts';
import { sectionRows } from './source.ts';

/** How a declared setting stands to what the snapshot shows. */
export interface DeclaredState {
  readonly path: readonly string[];
  readonly declared: Json;
  readonly reading: Reading | null;
  readonly state: 'equal' | 'differs' | 'owned-by-gpo' | 'not-found' | 'unknown';
}

/** The instances that a declared path names: one, or one for each store that has a rule of that name. */
function namedInstances(found: FoundSetting, snapshot: Snapshot, target: Target): Instance[] | 'unread' {
  const instances = instancesOf(found.area, { snapshot, target });
  if (instances === 'unread') return 'unread';
  const wanted = Object.entries(found.names).map(([name, value]) => [name, value.toLowerCase()] as const);
  return instances.filter((instance) => wanted.every(([name, value]) => instance.names[name]?.toLowerCase() === value));
}

/** Compares one declared value with a snapshot. */
export function stateOf(
  declared: { readonly path: readonly string[]; readonly value: Json },
  snapshot: Snapshot,
  catalogue: readonly Area[],
  target: Target,
): DeclaredState {
  const base = { path: declared.path, declared: declared.value };
  const found = settingAt(declared.path, catalogue, target.kind as Area['target']);
  if (found === null) return { ...base, reading: null, state: 'unknown' };
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread') return { ...base, reading: null, state: 'unknown' };
  if (instances.length === 0) return { ...base, reading: null, state: 'not-found' };
  const readings = instances.map((instance) => readSetting(found.area, found.setting, instance, snapshot));
  // Of several things with one name a declaration means the one that is not Group Policy's.
  const reading = readings.find((candidate) => candidate.owner !== 'gpo') ?? readings[0];
  if (reading === undefined) return { ...base, reading: null, state: 'not-found' };
  if (reading.unknown) return { ...base, reading, state: 'unknown' };
  if (sameValue(reading.value, declared.value)) return { ...base, reading, state: 'equal' };
  // Whoever owns it, it is not as declared.
  return { ...base, reading, state: reading.owner === 'gpo' ? 'owned-by-gpo' : 'differs' };
}

/** A declared list is the whole list, whatever its order. Windows compares names, addresses and thumbprints without case. */
function sameValue(actual: Json, declared: Json): boolean {
  if (Array.isArray(actual) && Array.isArray(declared)) {
    const a = new Set((actual as readonly Json[]).map((item) => plainText(item)));
    const b = new Set((declared as readonly Json[]).map((item) => plainText(item)));
    return a.size === b.size && [...a].every((item) => b.has(item));
  }
  return plainText(actual) === plainText(declared);
}

function plainText(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const subnet = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,3}(?:\.\d{1,3}){3})$/.exec(value);
  return JSON.stringify(subnet === null ? value.toLowerCase() : `${subnet[1]}/${prefixOf(subnet[2] ?? '') ?? subnet[2]}`);
}

/** `255.255.255.0` as 24: the firewall shows a subnet with its mask, however it was written. */
function prefixOf(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : undefined;
}

/**
 * The snapshot with declared settings laid over it, as the host will be after `apply`: written, as raw, into every place that
 * the writer changes. What Group Policy owns stays; what cannot be said to be ours becomes unknown. Nothing is mutated.
 */
export function layDeclared(
  snapshot: Snapshot,
  declared: readonly Declared[],
  catalogue: readonly Area[],
  options: { readonly target: Target; readonly pushed: readonly PushedSetting[] },
): { snapshot: Snapshot; problems: Problem[] } {
  const problems: Problem[] = [];
  let current = snapshot;
  const keyOf = (path: readonly string[]): string => path.join('\0').toLowerCase();
  const own = new Set(declared.map((entry) => keyOf(entry.path)));
  for (const entry of options.pushed) {
    if (!own.has(keyOf(entry.path))) current = lay(current, entry, catalogue, options.target, null);
  }
  for (const entry of declared) current = lay(current, entry, catalogue, options.target, problems);
  return { snapshot: current, problems };
}

function lay(
  snapshot: Snapshot,
  entry: { readonly path: readonly string[]; readonly value: Json },
  catalogue: readonly Area[],
  target: Target,
  problems: Problem[] | null,
): Snapshot {
  const found = settingAt(entry.path, catalogue, target.kind as Area['target']);
  if (found === null) return snapshot;
  const path = entry.path.join('/');
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread' || instances.length === 0) {
    problems?.push(instances === 'unread' ? unreadable(path, target) : notFound(path, target));
    return snapshot;
  }
  const readings = instances.map((instance) => ({ instance, reading: readSetting(found.area, found.setting, instance, snapshot) }));
  const ours = readings.filter(({ reading }) => reading.owner !== 'gpo');
  if (ours.length === 0) {
    if (!readings.every(({ reading }) => !reading.unknown && sameValue(reading.value, entry.value))) problems?.push(ownedByPolicy(found, path, target));
    return snapshot;
  }
  // What is as declared already stays as it is, whoever owns it.
  const changed = ours.filter(({ reading }) => reading.unknown || !sameValue(reading.value, entry.value));
  const table = changed.length === 0 ? 'ok' : writtenTables(found.setting, snapshot);
  if (table !== 'ok') {
    problems?.push(table === 'unread' ? unreadable(path, target) : notFound(path, target));
    return snapshot;
  }
  // Where nobody can say whether Group Policy owns it, what it will be is unknown.
  return changed.reduce(
    (current, { instance, reading }) => writeAll(current, found, instance, reading.owner === 'unknown' ? UNREADABLE : entry.value),
    snapshot,
  );
}

/** Whether the tables that the writer changes could be read; a registry value can always be created. */
function writtenTables(setting: Setting, snapshot: Snapshot): 'ok' | 'unread' | 'absent' {
  const places = setting.read.filter((place) => place.written === true);
  const states = places.map((place) => (place.rows === undefined ? 'ok' : sectionRows(snapshot, place.rows)));
  if (states.includes('unread')) return 'unread';
  return states.length > 0 && states.every((state) => state === 'absent') ? 'absent' : 'ok';
}

function unreadable(path: string, target: Target): Problem {
  return problemOf(
    'error',
    'declared.unreadable',
    `'${path}' of '${target.name}' is declared, but what it belongs to could not be read.`,
    'Collect the section; until then nothing can be said of it.',
    target,
  );
}

function notFound(path: string, target: Target): Problem {
  return problemOf(
    'error',
    'declared.not-found',
    `'${path}' of '${target.name}' is declared, but what it belongs to is not there.`,
    'Check the name, or take the declaration away.',
    target,
  );
}

function ownedByPolicy(found: FoundSetting, path: string, target: Target): Problem {
  const where = found.setting.gpo === undefined ? undefined : expand(found.setting.gpo.path, withMappedNames(found.area, found.names));
  const hint = where === undefined ? 'Change it in Group Policy.' : `Change '${where}' in Group Policy.`;
  return problemOf(
    'warning',
    'declared.owned-by-gpo',
    `'${path}' of '${target.name}' is declared, but Group Policy has another value: the declaration cannot take effect.`,
    hint,
    target,
  );
}

function problemOf(level: Problem['level'], code: string, message: string, hint: string, target: Target): Problem {
  return { level, code, message, hint, target: target.id };
}

function writeAll(snapshot: Snapshot, found: FoundSetting, instance: Instance, value: Json): Snapshot {
  let current = snapshot;
  for (const place of found.setting.read) {
    if (place.written !== true && !(value === UNREADABLE && place.effective === true)) continue;
    const raw = value === UNREADABLE ? UNREADABLE : toRaw(found.setting, value, place.map ?? found.setting.map);
    if (raw === undefined) continue;
    current = place.rows === undefined ? writeRegistry(current, place, instance, raw) : writeRow(current, found.area, place, instance, raw);
  }
  return current;
}

function withSection(snapshot: Snapshot, name: string, section: Section): Snapshot {
  return { ...snapshot, sections: { ...snapshot.sections, [name]: section } };
}

function writeRow(snapshot: Snapshot, area: Area, place: ReadPlace, instance: Instance, raw: Json): Snapshot {
  const name = place.rows ?? '';
  const rows = sectionRows(snapshot, name);
  if (typeof rows === 'string') return snapshot;
  const where = Object.entries(place.where ?? {}).map(([column, text]) => [column, expand(text, instance.names)] as const);
  const own = area.instances?.rows === name ? instance.row : null;
  const matches = (row: JsonObject): boolean =>
    own === null ? where.every(([column, text]) => rawText(row[column])?.toLowerCase() === text.toLowerCase()) : row === own;
  let isFound = false;
  const data = rows.map((row) => {
    if (!isObject(row) || !matches(row)) return row;
    isFound = true;
    return writtenRow(row, place, raw);
  });
  // What the table does not list yet, such as a right that nobody has, is there once it is written.
  return withSection(snapshot, name, { status: 'ok', data: isFound ? data : [...data, writtenRow(Object.fromEntries(where), place, raw)] });
}

function writtenRow(row: JsonObject, place: ReadPlace, raw: Json): JsonObject {
  const copy: Record<string, Json> = { ...row, [place.field ?? '']: raw };
  for (const column of place.forgets ?? []) delete copy[column];
  if (typeof place.source === 'object' && raw !== UNREADABLE) {
    const local = Object.entries(place.source.map).find(([, source]) => source === 'local')?.[0];
    if (local !== undefined) copy[place.source.field] = /^\d+$/.test(local) ? Number(local) : local;
  }
  return copy;
}

function writeRegistry(snapshot: Snapshot, place: ReadPlace, instance: Instance, raw: Json): Snapshot {
  const key = place.registry === undefined ? null : expandKey(place.registry, instance.names);
  if (key === null) return snapshot;
  const name = expand(place.name ?? '', instance.names);
  if (place.numbered !== true) return writeKey(snapshot, key, (values) => ({ ...without(values, name), [name]: raw }));
  const items = Array.isArray(raw) ? (raw as readonly Json[]) : [raw];
  const listed = writeKey(snapshot, `${key}\\${name}`, () => Object.fromEntries(items.map((item, index) => [String(index + 1), item])), raw !== UNREADABLE);
  if (place.switched !== true) return listed;
  return writeKey(listed, key, (values) =>
    items.length === 0 ? without(values, name) : { ...without(values, name), [name]: raw === UNREADABLE ? UNREADABLE : 1 },
  );
}

/**
 * One key with its values changed. A key that nobody looked into holds the new value for certain, and of others nobody knows;
 * one that was not there, or that is made anew (`whole`), holds nothing else, and nothing is below it.
 */
function writeKey(snapshot: Snapshot, path: string, change: (values: Readonly<Record<string, Json>>) => Record<string, Json>, whole = false): Snapshot {
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  const status = section?.status ?? 'not-collected';
  const data = isObject(section?.data) ? section.data : {};
  const known = Object.hasOwn(data, path) ? path : (Object.keys(data).find((key) => key.toLowerCase() === path.toLowerCase()) ?? path);
  const before = isObject(data[known]) ? data[known] : null;
  const created = whole || (before === null ? status === 'absent' || (status === 'ok' && absentAbove(data, path)) : before['status'] === 'absent');
  const values = change(isObject(before?.['values']) ? before['values'] : {});
  const key: JsonObject = created ? { status: 'ok', values, created: true } : { ...before, status: before?.['status'] ?? 'not-collected', values };
  return withSection(snapshot, 'registry', { ...section, status: status === 'absent' ? 'ok' : status, data: { ...data, [known]: key } });
}

function without(values: Readonly<Record<string, Json>>, name: string): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([own]) => own.toLowerCase() !== name.toLowerCase()));
}
