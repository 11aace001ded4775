import { rawList, unwrap } from '../lib/raw.ts';
import { isObject, type Json, type JsonObject, type JsonSchema, member } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { type Section, type SectionSpec, type SectionStatus, type Snapshot, type SnapshotKind, UNREADABLE } from '../model/snapshot.ts';

const KINDS: readonly SnapshotKind[] = ['windows-host', 'rds-deployment', 'endpoint'];
const STATUSES: readonly SectionStatus[] = ['ok', 'denied', 'absent', 'error', 'not-collected'];
const MAX_ROWS = 100_000;
/** With a zone: a time without one would mean another moment on another machine. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Checks the file format of a snapshot; a sentence that names the member when it does not hold. */
export function parseSnapshot(value: Json): { readonly snapshot: Snapshot } | { readonly error: string } {
  if (!isObject(value)) return { error: 'it is not an object.' };
  const version = value['schemaVersion'];
  if (version !== 1)
    return {
      error:
        typeof version === 'number' && version > 1
          ? `its schemaVersion is ${version}, which is newer than this rdposture reads (1).`
          : "its 'schemaVersion' must be 1.",
    };
  const target = isObject(value['target']) ? value['target'] : {};
  const kind = KINDS.find((known) => known === target['kind']);
  if (kind === undefined) return { error: `its 'target.kind' must be one of ${KINDS.join(', ')}.` };
  const name = target['name'];
  if (typeof name !== 'string' || name === '' || name.length > 255 || hasControls(name))
    return { error: "its 'target.name' must be a name of 1 to 255 characters without control characters." };
  const collectedAt = value['collectedAt'];
  const time = typeof collectedAt === 'string' && TIME.test(collectedAt) ? Date.parse(collectedAt) : Number.NaN;
  if (Number.isNaN(time)) return { error: "its 'collectedAt' must be a time such as 2026-01-31T10:00:00Z." };
  const sections = sectionsOf(value['sections']);
  if (typeof sections === 'string') return { error: sections };
  return { snapshot: { schemaVersion: 1, target: { kind, name }, collectedAt: new Date(time).toISOString(), sections } };
}

function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

function sectionsOf(value: Json | undefined): Record<string, Section> | string {
  if (!isObject(value)) return "its 'sections' must be an object.";
  const sections: Record<string, Section> = Object.create(null) as Record<string, Section>;
  for (const [name, section] of Object.entries(value)) {
    const status = isObject(section) ? STATUSES.find((known) => known === section['status']) : undefined;
    if (!isObject(section) || status === undefined) return `its section '${name.slice(0, 80)}' must have a 'status' of ${STATUSES.join(', ')}.`;
    const data = section['data'];
    const error = section['error'];
    sections[name] = { status, ...(data === undefined ? {} : { data }), ...(typeof error === 'string' ? { error: error.slice(0, 1000) } : {}) };
  }
  return sections;
}

/** What was met on the way: names that no spec knows, and values of a type that their column does not have. */
interface Notes {
  readonly strange: string[];
  readonly wrong: string[];
}

/**
 * Brings a snapshot into the form that its sections' specs state: wrappers taken off, lists of one restored. What no spec knows
 * is kept out, with one warning; a section of the wrong shape could not be read, and neither could a value of the wrong type.
 */
export function unify(snapshot: Snapshot, specs: readonly SectionSpec[]): { snapshot: Snapshot; problems: Problem[] } {
  const notes: Notes = { strange: [], wrong: [] };
  const { strange, wrong } = notes;
  const broken: string[] = [];
  const sections: Record<string, Section> = {};
  for (const [name, section] of Object.entries(snapshot.sections)) {
    const spec = specs.find((candidate) => candidate.name === name && candidate.of === snapshot.target.kind);
    if (spec === undefined) {
      strange.push(name);
    } else if (section.status !== 'ok') {
      sections[name] = section.error === undefined ? { status: section.status } : { status: section.status, error: section.error };
    } else {
      const data = unifyData(spec, section.data, notes);
      if (data === undefined) broken.push(name);
      sections[name] = data === undefined ? { status: 'error', error: 'The data has another shape than the section.' } : { status: 'ok', data };
    }
  }
  const problems: Problem[] = [];
  const host = snapshot.target.name;
  if (strange.length > 0)
    problems.push({
      level: 'warning',
      code: 'snapshot.unknown-member',
      message: `The snapshot of '${host}' holds what this rdposture does not know: ${quoted(strange)}.`,
      hint: 'It is left out; a newer rdposture may read it.',
    });
  if (broken.length > 0)
    problems.push({
      level: 'warning',
      code: 'snapshot.malformed-section',
      message: `Sections of '${host}' have the wrong shape: ${quoted(broken)}.`,
      hint: 'They count as not readable; collect the target again.',
    });
  if (wrong.length > 0)
    problems.push({
      level: 'warning',
      code: 'snapshot.malformed-value',
      message: `Values of '${host}' have a type that their column does not have: ${quoted(wrong)}.`,
      hint: 'They count as not readable; collect the target again.',
    });
  return { snapshot: { ...snapshot, sections }, problems };
}

function quoted(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return `'${distinct
    .slice(0, 10)
    .map((name) => name.slice(0, 80))
    .join("', '")}'${distinct.length > 10 ? ` and ${distinct.length - 10} more` : ''}`;
}

function unifyData(spec: SectionSpec, data: Json | undefined, notes: Notes): Json | undefined {
  if (spec.shape === 'registry') return isObject(data) ? unifyKeys(data) : undefined;
  if (spec.shape === 'object') {
    const plain = Array.isArray(data) && data.length === 1 ? ((data as readonly Json[])[0] ?? null) : data;
    return isObject(plain) ? unifyRow(spec, plain, notes) : undefined;
  }
  const rows = Array.isArray(data) ? (data as readonly Json[]) : isObject(data) ? [data] : data === null || data === '' ? [] : undefined;
  if (rows === undefined || rows.length > MAX_ROWS || !rows.every((row) => isObject(row))) return undefined;
  return rows.map((row) => unifyRow(spec, row, notes));
}

/**
 * Registry keys: values without wrappers, and none of a key that could not be read. A key of another shape is one that could
 * not be read, and no reason to throw the others away.
 */
function unifyKeys(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([path, key]) => [path, unifyKey(key)]));
}

function unifyKey(key: Json): JsonObject {
  const status = member(key, 'status');
  const values = member(key, 'values') ?? null;
  if (status === 'ok' && isObject(values))
    return Object.values(values).every((value) => typeof value !== 'object')
      ? { status, values }
      : { status, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, unwrap(value) ?? null])) };
  // Windows PowerShell 5.1 writes an object without members as an empty text.
  if (status === 'ok' && (values === null || values === '')) return { status, values: {} };
  return { status: status === 'denied' || status === 'absent' ? status : 'error' };
}

/** How a column's values are unified: `bytes` are a list of numbers, or a text that stands for them and stays one. */
type Column = 'scalar' | 'list' | 'bytes';

/** Columns by name; made once for each spec, since every row of every host asks. */
const columnCache = new WeakMap<SectionSpec, ReadonlyMap<string, Column>>();

function columnsOf(spec: SectionSpec): ReadonlyMap<string, Column> {
  let columns = columnCache.get(spec);
  if (columns === undefined) {
    columns = new Map(Object.entries(spec.columns).map(([name, schema]) => [name, columnOf(schema)]));
    columnCache.set(spec, columns);
  }
  return columns;
}

function columnOf(schema: JsonSchema): Column {
  const types: readonly Json[] = isObject(schema) ? [schema['type'] ?? null].flat() : [];
  if (!isObject(schema) || !types.includes('array')) return 'scalar';
  return types.includes('string') && member(schema['items'], 'type') === 'integer' ? 'bytes' : 'list';
}

function unifyRow(spec: SectionSpec, row: JsonObject, notes: Notes): JsonObject {
  const columns = columnsOf(spec);
  if (isUnified(row, columns)) return row;
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(row)) {
    const column = columns.get(name);
    if (column === undefined) {
      if (notes.strange.length < 100) notes.strange.push(`${spec.name}.${name}`);
    } else if (value !== undefined) {
      const unified = unifyValue(column, value);
      // No column holds an object; one that was no wrapper is a value that nobody can read.
      const isWrong = isObject(unified) && !allowsObject(spec.columns[name]);
      if (isWrong && notes.wrong.length < 100) notes.wrong.push(`${spec.name}.${name}`);
      result[name] = isWrong ? UNREADABLE : unified;
    }
  }
  return result;
}

function allowsObject(schema: JsonSchema | undefined): boolean {
  return !isObject(schema) || schema['type'] === undefined || [schema['type']].flat().includes('object');
}

function unifyValue(column: Column, value: Json): Json {
  if (column === 'scalar' || value === null) return scalar(value);
  if (column === 'list') return rawList(value);
  const plain = unwrap(value) ?? null;
  return typeof plain === 'string' ? plain : rawList(plain);
}

/** Most rows are in the right form already, and are used as they are. */
function isUnified(row: JsonObject, columns: ReadonlyMap<string, Column>): boolean {
  for (const name in row) {
    const column = columns.get(name);
    const value = row[name];
    if (column === undefined) return false;
    if (typeof value !== 'object' || value === null) {
      if (column !== 'scalar' && value !== null && !(column === 'bytes' && typeof value === 'string')) return false;
    } else if (column === 'scalar' || !Array.isArray(value) || (value as readonly Json[]).some((item) => typeof item === 'object' && item !== null))
      return false;
  }
  return true;
}

/** A column that is no list: an element that came as a list of one is that element. */
function scalar(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const plain = unwrap(value) ?? null;
  return Array.isArray(plain) && plain.length === 1 ? (unwrap((plain as readonly Json[])[0]) ?? null) : plain;
}
