import { rawInteger, rawText } from '../../lib/raw.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { isUnreadable, type Section, type Snapshot } from '../../model/snapshot.ts';

/** What stands at a place of a snapshot. `unread`: nobody could look; `absent`: there is nothing. */
export type Found =
  | { readonly state: 'value'; readonly raw: Json; readonly row: JsonObject | null }
  | { readonly state: 'absent' }
  | { readonly state: 'unread'; readonly row: JsonObject | null };

export const ABSENT: Found = { state: 'absent' };
export const UNREAD: Found = { state: 'unread', row: null };
const NONE: Found = { state: 'value', raw: [], row: null };

export function foundOf(raw: Json | undefined): Found {
  if (raw === undefined || raw === null) return ABSENT;
  return isUnreadable(raw) ? UNREAD : { state: 'value', raw, row: null };
}

/** A collector writes every column that its section has, null where the thing has no value: one that is missing was not read. */
export function foundInRow(row: JsonObject, column: string): Found {
  const raw = ownColumn(row, column);
  if (raw === null) return ABSENT;
  return raw === undefined || isUnreadable(raw) ? { state: 'unread', row } : { state: 'value', raw, row };
}

interface Table {
  readonly rows: readonly JsonObject[];
  /** Rows by the values of some columns, made when first asked for: a hostile table must not be searched row by row. */
  readonly indexes: Map<string, RowIndex>;
}

interface RowIndex {
  readonly rows: ReadonlyMap<string, JsonObject>;
  /** A row that does not show one of the columns may be any row. */
  readonly isSure: boolean;
}

const tables = new WeakMap<object, Table>();

function tableOf(data: Json | undefined): Table {
  if (typeof data !== 'object' || data === null) return { rows: [], indexes: new Map() };
  let table = tables.get(data);
  if (table === undefined) {
    table = { rows: (Array.isArray(data) ? (data as readonly Json[]) : [data as Json]).filter((row): row is JsonObject => isObject(row)), indexes: new Map() };
    tables.set(data, table);
  }
  return table;
}

/** The rows of a section. */
export function sectionRows(snapshot: Snapshot, name: string): readonly JsonObject[] | 'unread' | 'absent' {
  const table = sectionTable(snapshot, name);
  return typeof table === 'string' ? table : table.rows;
}

function sectionTable(snapshot: Snapshot, name: string): Table | 'unread' | 'absent' {
  const section = Object.hasOwn(snapshot.sections, name) ? snapshot.sections[name] : undefined;
  if (section?.status === 'absent') return 'absent';
  return section?.status === 'ok' ? tableOf(section.data) : 'unread';
}

export function ownColumn(row: JsonObject, column: string): Json | undefined {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

/** Columns that tell a row, prepared once for each place of the catalogue. */
export interface RowKey {
  readonly columns: readonly string[];
  readonly id: string;
}

export function rowKeyOf(columns: readonly string[]): RowKey {
  return { columns, id: columns.join('\0') };
}

/** Texts as one: the lengths keep two columns apart from one that holds both. */
function joined(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? '') : texts.map((text) => `${text.length}:${text}`).join('');
}

/** The first row whose columns have these lower-cased texts; the first row when no column is named. Null when there is none for certain. */
export function rowWhere(snapshot: Snapshot, name: string, key: RowKey, texts: readonly string[]): JsonObject | null | 'unread' | 'absent' {
  const table = sectionTable(snapshot, name);
  if (typeof table === 'string') return table;
  let index = table.indexes.get(key.id);
  if (index === undefined) {
    index = indexOfRows(table.rows, key.columns);
    table.indexes.set(key.id, index);
  }
  return index.rows.get(joined(texts)) ?? (index.isSure ? null : 'unread');
}

function indexOfRows(list: readonly JsonObject[], columns: readonly string[]): RowIndex {
  const rows = new Map<string, JsonObject>();
  let isSure = true;
  for (const row of list) {
    const texts = columns.map((column) => rawText(ownColumn(row, column))?.toLowerCase());
    if (!texts.every((text) => text !== undefined)) {
      isSure = false;
      continue;
    }
    const key = joined(texts);
    if (!rows.has(key)) rows.set(key, row);
  }
  return { rows, isSure };
}

export interface Key {
  readonly state: 'ok' | 'absent' | 'unread';
  /** Of a key that could not be read: only what was laid over it. */
  readonly values: JsonObject;
}

const NOTHING: JsonObject = Object.freeze({});
const ABSENT_KEY: Key = { state: 'absent', values: NOTHING };
const UNREAD_KEY: Key = { state: 'unread', values: NOTHING };
/** A registry path has at most 512 levels of 255 characters; ours are far shorter. */
const MAX_PATH = 2048;

/** Members of an object by their lower-cased name; of two that differ in case only, the first. */
const nameIndexes = new WeakMap<JsonObject, ReadonlyMap<string, Json>>();

function byName(object: JsonObject): ReadonlyMap<string, Json> {
  let index = nameIndexes.get(object);
  if (index === undefined) {
    const made = new Map<string, Json>();
    for (const [name, value] of Object.entries(object)) {
      const lower = name.toLowerCase();
      if (!made.has(lower)) made.set(lower, value);
    }
    index = made;
    nameIndexes.set(object, index);
  }
  return index;
}

const keyCaches = new WeakMap<Section, Map<string, Key>>();

/** A registry key; what a snapshot does not list is not collected, unless a key above it is known not to exist. */
export function keyAt(snapshot: Snapshot, path: string): Key {
  const section = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry'] : undefined;
  if (section === undefined) return UNREAD_KEY;
  let cache = keyCaches.get(section);
  if (cache === undefined) {
    cache = new Map();
    keyCaches.set(section, cache);
  }
  let key = cache.get(path);
  if (key === undefined) {
    key = findKey(section, path);
    cache.set(path, key);
  }
  return key;
}

function findKey(section: Section, path: string): Key {
  const keys = isObject(section.data) ? byName(section.data) : undefined;
  if (section.status === 'absent' && keys === undefined) return ABSENT_KEY;
  if (keys === undefined || path.length > MAX_PATH) return UNREAD_KEY;
  const lower = path.toLowerCase();
  const key = keys.get(lower);
  if (!isObject(key)) return section.status === 'ok' && key === undefined && absentAbove(keys, lower) ? ABSENT_KEY : UNREAD_KEY;
  const status = ownColumn(key, 'status');
  const values = ownColumn(key, 'values');
  if (status === 'absent') return ABSENT_KEY;
  return { state: status === 'ok' ? 'ok' : 'unread', values: isObject(values) ? values : NOTHING };
}

/** Below a key that does not exist nothing exists, nor below one that a declaration made. */
function absentAbove(keys: ReadonlyMap<string, Json>, path: string): boolean {
  for (let end = path.lastIndexOf('\\'); end > 0; end = path.lastIndexOf('\\', end - 1)) {
    const key = keys.get(path.slice(0, end));
    if (key !== undefined) return isObject(key) && (ownColumn(key, 'status') === 'absent' || ownColumn(key, 'created') === true);
  }
  return false;
}

export function registryValue(snapshot: Snapshot, path: string, name: string): Found {
  const key = keyAt(snapshot, path);
  const found = foundOf(Object.hasOwn(key.values, name) ? key.values[name] : byName(key.values).get(name.toLowerCase()));
  return found.state === 'absent' && key.state === 'unread' ? UNREAD : found;
}

/**
 * The values of the subkey `name` as a list: `1`, `2`, … in their numbers' order, then other names, since Windows reads the
 * whole key; a key without values sets nothing. With `switched` they count only while the value of the same name beside the
 * subkey is there: 0 is a policy that is disabled and permits none, which is another thing than one that is not configured.
 */
export function numberedValues(snapshot: Snapshot, path: string, name: string, switched: boolean): Found {
  if (switched) {
    const flag = registryValue(snapshot, path, name);
    if (flag.state !== 'value') return flag;
    if (rawInteger(flag.raw) === 0) return NONE;
  }
  const key = keyAt(snapshot, `${path}\\${name}`);
  // A declared list is the whole list, so what was laid over a key that nobody looked into is all there is.
  const names = Object.keys(key.values).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (names.length === 0) return key.state === 'unread' ? UNREAD : switched ? NONE : ABSENT;
  const items = names.map((own) => key.values[own] ?? null);
  return items.some((item) => isUnreadable(item)) ? UNREAD : { state: 'value', raw: items, row: null };
}

function rank(name: string): number {
  return /^\d{1,9}$/.test(name) ? Number(name) : 1e9;
}
