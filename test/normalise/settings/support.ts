import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { expand } from '../../../src/lib/settings.ts';
import type { Declared } from '../../../src/model/estate.ts';
import { isObject, type Json, type JsonObject, type JsonSchema } from '../../../src/model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../src/model/normalise.ts';
import { pointerOf } from '../../../src/model/pointer.ts';
import type { Area, Setting } from '../../../src/model/setting.ts';
import type { Section, Snapshot, SnapshotKind } from '../../../src/model/snapshot.ts';
import type { Target } from '../../../src/model/target.ts';

const FOLDER = new URL('../../../policies/settings/', import.meta.url);

/** The real settings files, by name. */
export const FILES: readonly (readonly [string, Json])[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .toSorted()
  .map((name) => [name, parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Json]);

export const CATALOGUE = FILES.map(([, area]) => area as unknown as Area);

/** Every setting that has a writer, by its path. */
export const WRITABLE: readonly (readonly [string, Area, string, Setting])[] = CATALOGUE.flatMap((area) =>
  Object.entries(area.settings).flatMap(([name, setting]) => (setting.write === undefined ? [] : [[`${area.path}/${name}`, area, name, setting] as const])),
);

export const TSP = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
export const WINSTATION = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp';

export const rows = (...data: readonly JsonObject[]): Section => ({ status: 'ok', data });
export const keys = (data: JsonObject): Section => ({ status: 'ok', data });
export const ok = (values: JsonObject): JsonObject => ({ status: 'ok', values });

export function snapshotOf(sections: Readonly<Record<string, Section>>, kind: SnapshotKind = 'windows-host', name = 'rdsh01.contoso.com'): Snapshot {
  return { schemaVersion: 1, target: { kind, name }, collectedAt: '2026-01-31T10:00:00.000Z', sections };
}

export function targetOf(snapshot: Snapshot): Target {
  const { kind, name } = snapshot.target;
  return { id: `${kind}:${name}`, kind, name, group: 'session-hosts', status: 'complete', collectedAt: snapshot.collectedAt };
}

export function inputOf(snapshot: Snapshot, declared: readonly Declared[] = []): SnapshotInput {
  const host = {
    name: snapshot.target.name,
    address: '192.0.2.21',
    rdpPort: null,
    roles: [],
    azureId: null,
    groups: [],
    over: 'snapshot',
    pointer: '/hosts/0',
    own: '/hosts/0',
    declared,
  } as const;
  return { target: targetOf(snapshot), snapshot, host, deployment: null, gateway: null };
}

export function contextOf(wanted?: readonly string[], catalogue: readonly Area[] = CATALOGUE): NormaliseContext {
  const intent = { gatewayFqdn: null, adminNetworks: [], all: {} };
  return { intent, now: '2026-02-01T00:00:00.000Z', catalogue, ...(wanted === undefined ? {} : { wanted: new Set(wanted) }) };
}

export function declaredOf(path: readonly string[], value: Json): Declared {
  return { path, value, pointer: `/hosts/0/settings${pointerOf(path)}` };
}

/** Frozen to its depths, so that whoever changes it throws. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

/** Values of a schema of the catalogue. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<Json> {
  if (!isObject(schema)) return fc.constant(null);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as readonly Json[]));
  if (Object.hasOwn(schema, 'const')) return fc.constant(schema['const'] ?? null);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...(schema['anyOf'] as readonly JsonSchema[]).map((part) => valuesOf(part)));
  switch (schema['type']) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: Number(schema['minimum'] ?? 0), max: Number(schema['maximum'] ?? 0x7fffffff) });
    case 'array':
      return fc.uniqueArray(valuesOf(schema['items'] as JsonSchema), { minLength: Number(schema['minItems'] ?? 0), maxLength: 5 });
    default:
      return textsOf(schema);
  }
}

function textsOf(schema: JsonObject): fc.Arbitrary<string> {
  if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern'], 'u'));
  return fc.string({ unit: 'grapheme', minLength: Number(schema['minLength'] ?? 0), maxLength: Math.min(40, Number(schema['maxLength'] ?? 40)) });
}

const INSTANCE = 'Instance (1)';

/** Names of an instance that a target made by `emptyTarget` has. */
export function instanceNames(area: Area): string[] {
  return area.path.split('/').map((step) => (step.startsWith('{') ? (area.instances?.fixed?.[0] ?? INSTANCE) : step));
}

/** A target that has an instance of an area, and nothing set on it that somebody but us owns. */
export function emptyTarget(area: Area, key: 'absent' | 'denied' | 'unlisted'): Snapshot {
  const names = Object.fromEntries([...area.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, area.instances?.fixed?.[0] ?? INSTANCE]));
  for (const [name, { by, map }] of Object.entries(area.names ?? {})) names[name] = map[names[by] ?? ''] ?? '';
  const tables: Record<string, JsonObject> = {};
  const registry: Record<string, Json> = {};
  const { instances } = area;
  if (instances?.rows !== undefined) {
    const by = Object.fromEntries((instances.by ?? []).map((column) => [column, 'PersistentStore']));
    const where = Object.fromEntries(Object.entries(instances.where ?? {}).map(([column, allowed]) => [column, allowed[0] ?? null]));
    tables[instances.rows] = { ...by, ...where, [instances.field ?? '']: INSTANCE };
  }
  for (const place of Object.values(area.settings).flatMap((setting) => setting.read)) {
    if (place.rows !== undefined && place.rows !== 'userRights') {
      const where = Object.fromEntries(
        Object.entries(place.where ?? {}).map(([column, text]) => [column, expand(text, { ...names, store: 'PersistentStore' })]),
      );
      const source =
        typeof place.source === 'object'
          ? { [place.source.field]: Object.keys(place.source.map).find((raw) => typeof place.source === 'object' && place.source.map[raw] === 'local') ?? '' }
          : {};
      const counts = place.when === undefined ? {} : { [place.when.field]: place.when.values[0] ?? null };
      tables[place.rows] = { ...tables[place.rows], ...where, ...source, ...counts };
    }
    if (place.registry === undefined) continue;
    const path = expand(place.registry, names);
    const policy = place.source === 'gpo';
    // Policy keys are known not to exist, or nobody could say whose the value is.
    if (policy || key !== 'unlisted')
      for (const each of [path, ...(place.numbered === true ? [`${path}\\${place.name ?? ''}`] : [])]) registry[each] = { status: policy ? 'absent' : key };
    for (const unless of place.unless ?? []) registry[unless] = { status: 'absent' };
  }
  const sections: Record<string, Section> = {
    userRights: { status: 'ok', data: [] },
    os: { status: 'ok', data: { build: 20348, ubr: 2849 } },
    registry: { status: 'ok', data: registry },
    ...Object.fromEntries(Object.entries(tables).map(([name, row]) => [name, rows(row)])),
  };
  return snapshotOf(sections, area.target);
}
