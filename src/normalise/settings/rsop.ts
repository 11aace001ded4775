import { rawInteger, rawText } from '../../lib/raw.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { RSOP_OBJECTS_SECTION, RSOP_OPTIONS_SECTION, RSOP_SECTION } from '../../model/sections/rsop.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Who wrote a value: the object's path, null where the row does not say it; of several the one that wins. */
interface Writer {
  readonly id: string | null;
  readonly precedence: number;
}

type Index = ReadonlyMap<string, Writer>;

const indexes = new WeakMap<object, Index | null>();

/**
 * Whether Group Policy wrote a value of HKLM, as the resultant set of policy tells: null when it cannot tell. With `name` null:
 * any value of the key. What stands below `Policies` and no policy wrote was put there by a writer, and is ours.
 */
export function policyWrote(snapshot: Snapshot, path: string, name: string | null): boolean | null {
  if (writerOf(snapshot, path, name) !== null) return true;
  return tableOf(snapshot, RSOP_SECTION.name, policyRow) === null || !isMachine(path) ? null : false;
}

/** The Group Policy object that certainly wrote a value; null when none did, or nobody can tell. */
export function writerOf(snapshot: Snapshot, path: string, name: string | null): { readonly name: string | null } | null {
  if (!isMachine(path)) return null;
  const key = path.slice(HIVE.length).toLowerCase();
  const wanted = name === null ? key : `${key}\0${name.toLowerCase()}`;
  const writer = tableOf(snapshot, RSOP_SECTION.name, policyRow)?.get(wanted) ?? tableOf(snapshot, RSOP_OPTIONS_SECTION.name, optionRow)?.get(wanted);
  return writer === undefined ? null : { name: writer.id === null ? null : objectName(snapshot, writer.id) };
}

const HIVE = 'HKLM\\';

function isMachine(path: string): boolean {
  return path.slice(0, HIVE.length).toUpperCase() === HIVE;
}

/** A row's key and value name; `none` for a row that sets nothing. */
type RowReader = (row: JsonObject) => { readonly key: string; readonly name: string } | 'none' | undefined;

function policyRow(row: JsonObject): ReturnType<RowReader> {
  const key = textAt(row, 'registryKey');
  if (key === undefined) return undefined;
  return row['deleted'] === true ? 'none' : { key, name: textAt(row, 'valueName') ?? '' };
}

/** A security option: `MACHINE\\System\\…\\Lsa\\LmCompatibilityLevel`, key and name in one. */
function optionRow(row: JsonObject): ReturnType<RowReader> {
  const path = textAt(row, 'Path');
  const last = path?.lastIndexOf('\\') ?? -1;
  if (path === undefined) return undefined;
  const machine = 'machine\\';
  return path.slice(0, machine.length).toLowerCase() === machine && last > machine.length
    ? { key: path.slice(machine.length, last), name: path.slice(last + 1) }
    : 'none';
}

function textAt(row: JsonObject, column: string): string | undefined {
  return Object.hasOwn(row, column) ? rawText(row[column]) : undefined;
}

function tableOf(snapshot: Snapshot, name: string, read: RowReader): Index | null {
  const section = Object.hasOwn(snapshot.sections, name) ? snapshot.sections[name] : undefined;
  if (section?.status !== 'ok' || !Array.isArray(section.data)) return null;
  let index = indexes.get(section.data);
  if (index === undefined) {
    index = indexOf(section.data as readonly Json[], read);
    indexes.set(section.data, index);
  }
  return index;
}

/** Null for a table that says nothing: an empty one, since logging can be turned off, or one with a row that could not be read. */
function indexOf(rows: readonly Json[], read: RowReader): Index | null {
  const writers = new Map<string, Writer>();
  for (const row of rows) {
    const place = isObject(row) ? read(row) : undefined;
    if (!isObject(row) || place === undefined) return null;
    if (place === 'none') continue;
    const writer = { id: textAt(row, 'GPOID') || null, precedence: rawInteger(row['precedence']) ?? Number.MAX_SAFE_INTEGER };
    const key = place.key.toLowerCase();
    for (const own of [key, `${key}\0${place.name.toLowerCase()}`]) {
      const known = writers.get(own);
      if (known === undefined || writer.precedence < known.precedence) writers.set(own, writer);
    }
  }
  return writers.size === 0 ? null : writers;
}

/** What the object is called and its GUID, from its path in the directory; `LocalGPO` and the like as they are. */
function objectName(snapshot: Snapshot, id: string): string {
  const guid = GUID.exec(id)?.[0] ?? id.slice(0, 100);
  const name = namesOf(snapshot).get(keyOf(id));
  return name === undefined || name.toLowerCase() === guid.toLowerCase() ? guid : `${name} ${guid}`;
}

const GUID = /\{[0-9a-f-]{36}\}/i;

/** The GUID tells objects apart, however a path is spelled. */
function keyOf(id: string): string {
  return (GUID.exec(id)?.[0] ?? id).toLowerCase();
}

const names = new WeakMap<object, ReadonlyMap<string, string>>();
const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** An object that the table does not name keeps its GUID; one that two rows name differently as well. */
function namesOf(snapshot: Snapshot): ReadonlyMap<string, string> {
  const section = Object.hasOwn(snapshot.sections, RSOP_OBJECTS_SECTION.name) ? snapshot.sections[RSOP_OBJECTS_SECTION.name] : undefined;
  if (section?.status !== 'ok' || !Array.isArray(section.data)) return NO_NAMES;
  let known = names.get(section.data);
  if (known === undefined) names.set(section.data, (known = readNames(section.data as readonly Json[])));
  return known;
}

function readNames(rows: readonly Json[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const contested = new Set<string>();
  for (const row of rows) {
    const id = isObject(row) ? textAt(row, 'id') : undefined;
    const name = isObject(row) ? textAt(row, 'name')?.trim().slice(0, 100) : undefined;
    if (id === undefined || name === undefined || name === '') continue;
    const key = keyOf(id);
    if (found.has(key) && found.get(key) !== name) contested.add(key);
    found.set(key, name);
  }
  for (const key of contested) found.delete(key);
  return found;
}
