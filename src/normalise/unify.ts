import { rawList, unwrap } from '../lib/raw.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Section, SectionSpec, SectionStatus, Snapshot, SnapshotKind } from '../model/snapshot.ts';

const KINDS: readonly SnapshotKind[] = ['windows-host', 'rds-deployment', 'endpoint'];
const STATUSES: readonly SectionStatus[] = ['ok', 'denied', 'absent', 'error', 'not-collected'];
const MAX_ROWS = 100_000;

/** Checks the file format of a snapshot; a sentence that names the member when it does not hold. */
export function parseSnapshot(value: Json): { readonly snapshot: Snapshot } | { readonly error: string } {
  if (!isObject(value)) return { error: 'it is not an object.' };
  const version = value['schemaVersion'];
  if (version !== 1) return { error: typeof version === 'number' && version > 1 ? `its schemaVersion is ${version}, which is newer than this rdposture reads (1).` : "its 'schemaVersion' must be 1." };
  const target = isObject(value['target']) ? value['target'] : {};
  const kind = KINDS.find((known) => known === target['kind']);
  if (kind === undefined) return { error: `its 'target.kind' must be one of ${KINDS.join(', ')}.` };
  const name = target['name'];
  if (typeof name !== 'string' || name === '' || name.length > 255 || hasControls(name)) return { error: "its 'target.name' must be a name of 1 to 255 characters without control characters." };
  const collectedAt = value['collectedAt'];
  const time = typeof collectedAt === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(collectedAt) ? Date.parse(collectedAt) : Number.NaN;
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

/**
 * Brings a snapshot into the form that its sections' specs state: wrappers taken off, lists of one restored. What no spec knows
 * is kept out, with one warning; a section of the wrong shape could not be read.
 */
export function unify(snapshot: Snapshot, specs: readonly SectionSpec[]): { snapshot: Snapshot; problems: Problem[] } {
  const strange: string[] = [];
  const broken: string[] = [];
  const sections: Record<string, Section> = {};
  for (const [name, section] of Object.entries(snapshot.sections)) {
    const spec = specs.find((candidate) => candidate.name === name && candidate.of === snapshot.target.kind);
    if (spec === undefined) {
      strange.push(name);
    } else if (section.status !== 'ok') {
      sections[name] = section.error === undefined ? { status: section.status } : { status: section.status, error: section.error };
    } else {
      const data = unifyData(spec, section.data, strange);
      if (data === undefined) broken.push(name);
      sections[name] = data === undefined ? { status: 'error', error: 'The data has another shape than the section.' } : { status: 'ok', data };
    }
  }
  const problems: Problem[] = [];
  const host = snapshot.target.name;
  if (strange.length > 0) problems.push({ level: 'warning', code: 'snapshot.unknown-member', message: `The snapshot of '${host}' holds what this rdposture does not know: ${quoted(strange)}.`, hint: 'It is left out; a newer rdposture may read it.' });
  if (broken.length > 0) problems.push({ level: 'warning', code: 'snapshot.malformed-section', message: `Sections of '${host}' have the wrong shape: ${quoted(broken)}.`, hint: 'They count as not readable; collect the target again.' });
  return { snapshot: { ...snapshot, sections }, problems };
}

function quoted(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return `'${distinct.slice(0, 10).map((name) => name.slice(0, 80)).join("', '")}'${distinct.length > 10 ? ` and ${distinct.length - 10} more` : ''}`;
}

function unifyData(spec: SectionSpec, data: Json | undefined, strange: string[]): Json | undefined {
  if (spec.shape === 'registry') return isObject(data) && Object.values(data).every((key) => isObject(key) && typeof key['status'] === 'string') ? data : undefined;
  if (spec.shape === 'object') {
    const plain = Array.isArray(data) && data.length === 1 ? ((data as readonly Json[])[0] ?? null) : data;
    return isObject(plain) ? unifyRow(spec, plain, strange) : undefined;
  }
  const rows = Array.isArray(data) ? (data as readonly Json[]) : isObject(data) ? [data] : data === null || data === undefined || data === '' ? [] : undefined;
  if (rows === undefined || rows.length > MAX_ROWS || !rows.every((row) => isObject(row))) return undefined;
  return rows.map((row) => unifyRow(spec, row as JsonObject, strange));
}

/** Column to whether it is a list; made once for each spec, since every row of every host asks. */
const columnCache = new WeakMap<SectionSpec, ReadonlyMap<string, boolean>>();

function columnsOf(spec: SectionSpec): ReadonlyMap<string, boolean> {
  let columns = columnCache.get(spec);
  if (columns === undefined) {
    columns = new Map(Object.entries(spec.columns).map(([name, schema]) => [name, isObject(schema) && [schema['type'] ?? null].flat().includes('array')]));
    columnCache.set(spec, columns);
  }
  return columns;
}

function unifyRow(spec: SectionSpec, row: JsonObject, strange: string[]): JsonObject {
  const columns = columnsOf(spec);
  if (isUnified(row, columns)) return row;
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(row)) {
    const list = columns.get(name);
    if (list === undefined) {
      if (strange.length < 100) strange.push(`${spec.name}.${name}`);
    } else if (value !== undefined) result[name] = list && value !== null ? rawList(value) : (unwrapScalar(value) ?? null);
  }
  return result;
}

/** Most rows are in the right form already, and are used as they are. */
function isUnified(row: JsonObject, columns: ReadonlyMap<string, boolean>): boolean {
  for (const name in row) {
    const list = columns.get(name);
    const value = row[name];
    if (list === undefined) return false;
    if (typeof value !== 'object' || value === null) {
      if (list && value !== null) return false;
    } else if (!list || !Array.isArray(value) || (value as readonly Json[]).some((item) => typeof item === 'object' && item !== null)) return false;
  }
  return true;
}

function unwrapScalar(value: Json): Json | undefined {
  return typeof value === 'object' && value !== null ? unwrap(value) : value;
}
