import { rawInteger, rawText } from '../../lib/raw.ts';
import { expand, toNamed } from '../../lib/settings.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Area, ReadPlace, Setting, Source } from '../../model/setting.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Names of an instance's placeholders, and its row where it is a row of a table. */
export interface Instance {
  readonly names: Readonly<Record<string, string>>;
  readonly row: JsonObject | null;
}

/** A setting as a snapshot shows it. */
export interface Reading {
  /** The named value; null when `unknown`. */
  readonly value: Json;
  readonly unknown: boolean;
  /** Null when it cannot be said. */
  readonly source: Source | null;
  readonly place: ReadPlace | null;
}

const UNKNOWN_READING: Reading = { value: null, unknown: true, source: null, place: null };

/**
 * The first place that has a value wins. A place that could not be read blocks those below it, except one that shows what
 * counts; a value that is there and cannot be understood is unknown, never skipped.
 */
export function readSetting(area: Area, setting: Setting, instance: Instance, snapshot: Snapshot): Reading {
  let blocked = false;
  for (const place of setting.read) {
    const counts = placeCounts(place, instance, snapshot);
    if (counts === 'no') continue;
    if (place.source === 'default' && place.registry === undefined && place.rows === undefined) {
      const applies = defaultApplies(place, snapshot);
      if (applies === 'no') continue;
      return blocked || applies === 'unknown' ? UNKNOWN_READING : { value: place.value ?? null, unknown: false, source: 'default', place };
    }
    const found = valueAtPlace(area, place, instance, snapshot);
    if (found.state === 'absent') continue;
    if (found.state !== 'value' || counts === 'unknown') {
      blocked = true;
      continue;
    }
    const named = toNamed(setting, found.raw, place);
    if (named === 'unset') continue;
    if (named === undefined || (blocked && place.effective !== true)) return UNKNOWN_READING;
    return { value: named.value, unknown: false, source: sourceOf(place, found.row, blocked), place };
  }
  return UNKNOWN_READING;
}

function sourceOf(place: ReadPlace, row: JsonObject | null, blocked: boolean): Source | null {
  if (typeof place.source === 'object') {
    const raw = row === null ? undefined : rawText(row[place.source.field]);
    return raw !== undefined && Object.hasOwn(place.source.map, raw) ? (place.source.map[raw] ?? null) : null;
  }
  return blocked ? null : (place.source ?? 'local');
}

type Found = { readonly state: 'value'; readonly raw: Json; readonly row: JsonObject | null } | { readonly state: 'absent' | 'unread' };

const ABSENT: Found = { state: 'absent' };
const UNREAD: Found = { state: 'unread' };

/** A declared value whose owner cannot be read: laid over a snapshot to make the value unknown. */
export const UNREADABLE: JsonObject = Object.freeze({ $unreadable: true });

function valueAtPlace(area: Area, place: ReadPlace, instance: Instance, snapshot: Snapshot): Found {
  if (place.rows !== undefined) return valueInRow(area, place, instance, snapshot);
  if (place.registry === undefined) return ABSENT;
  const key = expand(place.registry, instance.names);
  const found = place.numbered === true ? numberedAt(snapshot, `${key}\\${place.name ?? ''}`) : registryValue(snapshot, key, expand(place.name ?? '', instance.names));
  return found.state === 'value' && found.raw === UNREADABLE ? UNREAD : found;
}

function valueInRow(area: Area, place: ReadPlace, instance: Instance, snapshot: Snapshot): Found {
  const own = area.instances?.rows === place.rows ? instance.row : null;
  const row = own ?? rowOf(snapshot, place, instance);
  if (row === 'unread') return UNREAD;
  if (row === null) return ABSENT;
  const raw = Object.hasOwn(row, place.field ?? '') ? row[place.field ?? ''] : undefined;
  if (raw === undefined || raw === null) return ABSENT;
  return raw === UNREADABLE ? UNREAD : { state: 'value', raw, row };
}

export function sectionRows(snapshot: Snapshot, name: string): readonly JsonObject[] | 'unread' | 'absent' {
  const section = Object.hasOwn(snapshot.sections, name) ? snapshot.sections[name] : undefined;
  if (section?.status === 'absent') return 'absent';
  if (section?.status !== 'ok') return 'unread';
  const { data } = section;
  if (Array.isArray(data)) return data as readonly JsonObject[];
  return isObject(data) ? [data] : [];
}

export function rowOf(snapshot: Snapshot, place: Pick<ReadPlace, 'rows' | 'where'>, instance: Pick<Instance, 'names'>): JsonObject | null | 'unread' {
  const rows = sectionRows(snapshot, place.rows ?? '');
  if (rows === 'unread') return 'unread';
  if (rows === 'absent') return null;
  const where = Object.entries(place.where ?? {}).map(([column, value]) => [column, expand(value, instance.names).toLowerCase()] as const);
  return rows.find((row) => isObject(row) && where.every(([column, value]) => rawText(row[column])?.toLowerCase() === value)) ?? null;
}

/** Keys of the registry section by their lower-cased path; made once for each snapshot's section. */
const keyIndexes = new WeakMap<JsonObject, Map<string, JsonObject>>();

function keyAt(snapshot: Snapshot, path: string): JsonObject | 'absent' | 'unread' {
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  if (section?.status === 'absent') return 'absent';
  if (section?.status !== 'ok' || !isObject(section.data)) return 'unread';
  let index = keyIndexes.get(section.data);
  if (index === undefined) {
    index = new Map(Object.entries(section.data).flatMap(([name, key]) => (isObject(key) ? [[name.toLowerCase(), key] as const] : [])));
    keyIndexes.set(section.data, index);
  }
  const lower = path.toLowerCase();
  const key = index.get(lower);
  if (key === undefined) return absentAbove(index, lower) ? 'absent' : 'unread';
  if (key['status'] === 'ok') return key;
  return key['status'] === 'absent' ? 'absent' : isObject(key['values']) ? { ...key, partial: true } : 'unread';
}

/** Below a key that does not exist nothing exists. */
function absentAbove(index: ReadonlyMap<string, JsonObject>, path: string): boolean {
  for (let end = path.lastIndexOf('\\'); end > 0; end = path.lastIndexOf('\\', end - 1)) {
    const key = index.get(path.slice(0, end));
    if (key !== undefined) return key['status'] === 'absent' || key['created'] === true;
  }
  return false;
}

function registryValue(snapshot: Snapshot, path: string, name: string): Found {
  const key = keyAt(snapshot, path);
  if (key === 'absent') return ABSENT;
  if (key === 'unread') return UNREAD;
  const values = isObject(key['values']) ? key['values'] : {};
  const lower = name.toLowerCase();
  const own = Object.hasOwn(values, name) ? name : Object.keys(values).find((candidate) => candidate.toLowerCase() === lower);
  const raw = own === undefined ? undefined : values[own];
  if (raw === undefined || raw === null) return key['partial'] === true ? UNREAD : ABSENT;
  return { state: 'value', raw, row: null };
}

/** The values `1`, `2`, … of a key, in their numbers' order; other names count too, as Windows reads the whole key. */
function numberedAt(snapshot: Snapshot, path: string): Found {
  const key = keyAt(snapshot, path);
  if (key === 'absent') return ABSENT;
  if (key === 'unread') return UNREAD;
  const values = isObject(key['values']) ? key['values'] : {};
  const names = Object.keys(values).toSorted((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  if (names.some((name) => values[name] === UNREADABLE)) return UNREAD;
  return { state: 'value', raw: names.map((name) => values[name] ?? null), row: null };
}

/** Whether a policy key that Windows ignores beside a newer one counts. */
function placeCounts(place: ReadPlace, instance: Instance, snapshot: Snapshot): 'yes' | 'no' | 'unknown' {
  let answer: 'yes' | 'unknown' = 'yes';
  for (const path of place.unless ?? []) {
    const key = keyAt(snapshot, expand(path, instance.names));
    if (key === 'unread') answer = 'unknown';
    else if (key !== 'absent') return 'no';
  }
  return answer;
}

/** Defaults that came with an update hold from a build's revision on; builds after the last listed one have them too. */
function defaultApplies(place: ReadPlace, snapshot: Snapshot): 'yes' | 'no' | 'unknown' {
  if (place.since === undefined) return 'yes';
  const os = Object.hasOwn(snapshot.sections, 'os') ? snapshot.sections['os'] : undefined;
  const data = os?.status === 'ok' && isObject(os.data) ? os.data : {};
  const build = rawInteger(data['build']);
  const ubr = rawInteger(data['ubr']);
  if (build === undefined) return 'unknown';
  const builds = Object.keys(place.since).map(Number).toSorted((a, b) => a - b);
  const nearestBuild = builds.findLast((candidate) => candidate <= build);
  if (nearestBuild === undefined) return 'no';
  if (nearestBuild !== build) return nearestBuild === builds.at(-1) ? 'yes' : 'unknown';
  const first = place.since[String(build)] ?? 0;
  if (first === 0) return 'yes';
  return ubr === undefined ? 'unknown' : ubr >= first ? 'yes' : 'no';
}
