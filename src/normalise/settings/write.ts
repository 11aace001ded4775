import { rawList, rawText } from '../../lib/raw.ts';
import { expand, expandKey, type FoundSetting, toRaw } from '../../lib/settings.ts';
import { absentAbove } from '../../lib/snapshot-read.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Area, ReadPlace } from '../../model/setting.ts';
import { type Section, type Snapshot, UNREADABLE } from '../../model/snapshot.ts';
import type { Instance } from './read.ts';
import { plainText } from './same-value.ts';
import { ownColumn, sectionRows } from './source.ts';

/** A value written into every place that the writer of a setting changes; `UNREADABLE` into what shows it too. */
export function writeAll(snapshot: Snapshot, found: FoundSetting, instance: Instance, value: Json): Snapshot {
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
  for (const column of place.beside ?? []) {
    const was = ownColumn(row, column);
    if (was !== undefined) copy[column] = besideList(rawList(ownColumn(row, place.field ?? '')), rawList(was), raw);
  }
  if (typeof place.source === 'object' && raw !== UNREADABLE) {
    const local = Object.entries(place.source.map).find(([, source]) => source === 'local')?.[0];
    if (local !== undefined) copy[place.source.field] = /^\d+$/.test(local) ? Number(local) : local;
  }
  return copy;
}

/** Elements that stand beside a list's, for the list as it becomes: by name, and null for what is new or cannot be told. */
function besideList(names: readonly Json[], was: readonly Json[], raw: Json): Json {
  if (raw === UNREADABLE) return UNREADABLE;
  const known = new Map<string, Json>();
  if (names.length === was.length) {
    for (const [index, name] of names.entries()) {
      const key = plainText(name);
      const element = was[index] ?? null;
      known.set(key, known.has(key) && known.get(key) !== element ? null : element);
    }
  }
  return rawList(raw).map((name) => known.get(plainText(name)) ?? null);
}

function writeRegistry(snapshot: Snapshot, place: ReadPlace, instance: Instance, raw: Json): Snapshot {
  const key = place.registry === undefined ? null : expandKey(place.registry, instance.names);
  if (key === null) return snapshot;
  const name = expand(place.name ?? '', instance.names);
  if (place.numbered !== true) return writeKey(snapshot, key, (values) => ({ ...without(values, name), [name]: raw }));
  const items = Array.isArray(raw) ? (raw as readonly Json[]) : [raw];
  const listed = writeKey(snapshot, `${key}\\${name}`, () => Object.fromEntries(items.map((item, index) => [String(index + 1), item])), raw !== UNREADABLE);
  if (place.switched !== true) return listed;
  return writeKey(listed, key, (values) => ({ ...without(values, name), [name]: raw === UNREADABLE ? UNREADABLE : items.length === 0 ? 0 : 1 }));
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
