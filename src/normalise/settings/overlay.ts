import { rawText } from '../../lib/raw.ts';
import { expand, type FoundSetting, type PushedSetting, settingAt, toRaw } from '../../lib/settings.ts';
import { jsonEquals } from '../../lib/three-valued.ts';
import type { Declared } from '../../model/estate.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Area, ReadPlace } from '../../model/setting.ts';
import type { RegistryKey, Section, Snapshot } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import { instancesOf } from './facts.ts';
import { absentAbove } from '../../lib/snapshot-read.ts';
import { type Instance, type Reading, readSetting, UNREADABLE } from './read.ts';

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
export function stateOf(declared: { readonly path: readonly string[]; readonly value: Json }, snapshot: Snapshot, catalogue: readonly Area[], target: Target): DeclaredState {
  const base = { path: declared.path, declared: declared.value };
  const found = settingAt(declared.path, catalogue, target.kind as Area['target']);
  if (found === null) return { ...base, reading: null, state: 'unknown' };
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread') return { ...base, reading: null, state: 'unknown' };
  if (instances.length === 0) return { ...base, reading: null, state: 'not-found' };
  const readings = instances.map((instance) => readSetting(found.area, found.setting, instance, snapshot));
  const reading = readings.find((candidate) => candidate.source !== 'gpo') ?? readings[0] ?? null;
  if (reading === null || reading.unknown) return { ...base, reading, state: 'unknown' };
  if (sameValue(reading.value, declared.value)) return { ...base, reading, state: 'equal' };
  return { ...base, reading, state: reading.source === 'gpo' ? 'owned-by-gpo' : reading.source === null ? 'unknown' : 'differs' };
}

/** A declared list is the whole list, whatever its order. */
function sameValue(actual: Json, declared: Json): boolean {
  if (Array.isArray(actual) && Array.isArray(declared)) {
    const a = (actual as readonly Json[]).map((item) => JSON.stringify(item)).toSorted();
    const b = (declared as readonly Json[]).map((item) => JSON.stringify(item)).toSorted();
    return a.length === b.length && a.every((item, index) => item === b[index]);
  }
  return jsonEquals(actual, declared) === 2;
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
  const own = new Set(declared.map((entry) => entry.path.join('\0')));
  for (const entry of options.pushed) {
    if (!own.has(entry.path.join('\0'))) current = lay(current, entry, catalogue, options.target, null);
  }
  for (const entry of declared) current = lay(current, entry, catalogue, options.target, problems);
  return { snapshot: current, problems };
}

function lay(snapshot: Snapshot, entry: { readonly path: readonly string[]; readonly value: Json }, catalogue: readonly Area[], target: Target, problems: Problem[] | null): Snapshot {
  const found = settingAt(entry.path, catalogue, target.kind as Area['target']);
  if (found === null) return snapshot;
  const path = entry.path.join('/');
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread') {
    problems?.push(problemOf('error', 'declared.unreadable', `'${path}' of '${target.name}' is declared, but what it belongs to could not be read.`, 'Collect the section; until then nothing can be said of it.', target));
    return snapshot;
  }
  if (instances.length === 0) {
    problems?.push(problemOf('error', 'declared.not-found', `'${path}' of '${target.name}' is declared, but what it belongs to is not there.`, 'Check the name, or take the declaration away.', target));
    return snapshot;
  }
  const readings = instances.map((instance) => ({ instance, reading: readSetting(found.area, found.setting, instance, snapshot) }));
  const ours = readings.filter(({ reading }) => reading.source !== 'gpo');
  if (ours.length === 0) {
    if (!readings.every(({ reading }) => sameValue(reading.value, entry.value))) {
      const where = found.setting.gpo?.path;
      problems?.push(problemOf('warning', 'declared.owned-by-gpo', `'${path}' of '${target.name}' is declared, but Group Policy has another value: the declaration cannot take effect.`, where === undefined ? 'Change it in Group Policy.' : `Change '${where}' in Group Policy.`, target));
    }
    return snapshot;
  }
  return ours.reduce((current, { instance, reading }) => {
    // Nobody could say whether Group Policy owns it: what it will be is unknown.
    const owned = reading.source === null;
    return writeAll(current, found, instance, owned ? UNREADABLE : entry.value);
  }, snapshot);
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
  const section = Object.hasOwn(snapshot.sections, name) ? snapshot.sections[name] : undefined;
  if (section?.status !== 'ok') return snapshot;
  const rows = Array.isArray(section.data) ? (section.data as readonly Json[]) : [section.data ?? null];
  const where = Object.entries(place.where ?? {}).map(([column, text]) => [column, expand(text, instance.names).toLowerCase()] as const);
  const own = area.instances?.rows === name ? instance.row : null;
  const matches = (row: JsonObject): boolean => row === own || where.every(([column, text]) => rawText(row[column])?.toLowerCase() === text);
  return withSection(snapshot, name, { ...section, data: rows.map((row) => (isObject(row) && matches(row) ? writtenRow(row, place, raw) : row)) });
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
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  if (section === undefined || (section.status !== 'ok' && section.status !== 'absent')) return snapshot;
  const data = isObject(section.data) ? section.data : {};
  const path = expand(place.registry ?? '', instance.names) + (place.numbered === true ? `\\${place.name ?? ''}` : '');
  const known = Object.keys(data).find((key) => key.toLowerCase() === path.toLowerCase()) ?? path;
  const before = isObject(data[known]) ? (data[known] as unknown as RegistryKey) : null;
  const name = expand(place.name ?? '', instance.names);
  const values = place.numbered === true ? numbered(raw) : { ...without(before?.values ?? {}, name), [name]: raw };
  const created = before === null ? section.status === 'absent' || absentAbove(data, path) : before.status === 'absent';
  // A key that nobody looked into holds the new value for certain, and of others nobody knows; one that was not there holds
  // nothing else, and nothing is below it.
  const key = created ? { status: 'ok', values, created: true } : { ...before, status: before?.status ?? 'not-collected', values };
  return withSection(snapshot, 'registry', { ...section, status: 'ok', data: { ...data, [known]: key } });
}

function without(values: Readonly<Record<string, Json>>, name: string): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([own]) => own.toLowerCase() !== name.toLowerCase()));
}

function numbered(raw: Json): Record<string, Json> {
  const items = Array.isArray(raw) ? (raw as readonly Json[]) : [raw];
  return Object.fromEntries(items.map((item, index) => [String(index + 1), item]));
}
