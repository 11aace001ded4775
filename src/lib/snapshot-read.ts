import { isObject, type Json, type JsonObject, member } from '../model/json.ts';
import { isUnreadable, type Snapshot } from '../model/snapshot.ts';

/** A table of a snapshot. `absent`: the thing does not exist on the target. `unread`: nobody could look. */
export type Rows = { readonly state: 'read'; readonly rows: readonly JsonObject[] } | { readonly state: 'absent' } | { readonly state: 'unread' };

/** A section of rows; one object stands for a list of one, as Windows PowerShell collapses it. */
export function readRows(snapshot: Snapshot, section: string): Rows {
  const found = Object.hasOwn(snapshot.sections, section) ? snapshot.sections[section] : undefined;
  if (found?.status === 'absent') return { state: 'absent' };
  if (found?.status !== 'ok') return { state: 'unread' };
  const data = found.data;
  const list = Array.isArray(data) ? (data as readonly Json[]) : data === undefined || data === null ? [] : [data];
  return { state: 'read', rows: list.filter((row): row is JsonObject => isObject(row)) };
}

/** A registry value: known and there, known to be absent (`value` is undefined), or unknown. */
export type Reading = { readonly known: true; readonly value: Json | undefined } | { readonly known: false };

const UNREADABLE: Reading = { known: false };
const ABSENT: Reading = { known: true, value: undefined };

/** One value of a key; names are compared without case, as the registry does. */
export function readRegistryValue(snapshot: Snapshot, key: string, name: string): Reading {
  const found = readRegistryKey(snapshot, key);
  const values = found.known ? found.value : laidOver(snapshot, key);
  if (!isObject(values)) return found.known ? ABSENT : UNREADABLE;
  const own = nameIn(values, name);
  if (own === undefined) return found.known ? ABSENT : UNREADABLE;
  return isUnreadable(values[own]) ? UNREADABLE : { known: true, value: values[own] };
}

/** Values of a key that nobody looked into: what is declared stands there all the same. */
function laidOver(snapshot: Snapshot, key: string): Json | undefined {
  const keys = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry']?.data : undefined;
  const own = isObject(keys) ? nameIn(keys, key) : undefined;
  return own === undefined || !isObject(keys) ? undefined : member(keys[own], 'values');
}

/** All values of a key as an object; undefined when the key does not exist, which holds below an absent key too. */
export function readRegistryKey(snapshot: Snapshot, key: string): Reading {
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  if (section?.status === 'absent') return ABSENT;
  if (section?.status !== 'ok' || !isObject(section.data)) return UNREADABLE;
  const keys = section.data;
  const own = nameIn(keys, key);
  if (own === undefined) return absentAbove(keys, key) ? ABSENT : UNREADABLE;
  const entry = keys[own];
  const status = member(entry, 'status');
  if (status === 'absent') return ABSENT;
  if (status !== 'ok') return UNREADABLE;
  const values = member(entry, 'values');
  return { known: true, value: isObject(values) ? values : {} };
}

/** Below a key that does not exist nothing exists, nor below one that a declaration creates. */
export function absentAbove(keys: JsonObject, key: string): boolean {
  for (let end = key.lastIndexOf('\\'); end > 0; end = key.lastIndexOf('\\', end - 1)) {
    const own = nameIn(keys, key.slice(0, end));
    if (own !== undefined) return member(keys[own], 'status') === 'absent' || member(keys[own], 'created') === true;
  }
  return false;
}

function nameIn(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(object).find((candidate) => candidate.toLowerCase() === wanted);
}
