import { rawText } from '../../lib/raw.ts';
import { pathOfSetting, placeholdersOfArea } from '../../lib/settings.ts';
import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { NormaliseContext, Normalised, SnapshotInput } from '../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../model/pointer.ts';
import type { Area } from '../../model/setting.ts';
import { type Instance, readSetting, sectionRows } from './read.ts';

/** One fact for each instance of each area of the settings catalogue. */
export function factsOfCatalogue(input: SnapshotInput, context: NormaliseContext): Normalised {
  const facts: Fact[] = [];
  for (const area of context.catalogue) {
    if (area.target !== input.target.kind || context.wanted?.has(area.kind) === false) continue;
    facts.push(...factsOfArea(area, input));
  }
  return { facts, problems: [] };
}

function factsOfArea(area: Area, input: SnapshotInput): Fact[] {
  const instances = instancesOf(area, input);
  if (instances === 'unread') return [unreadFact(area, input)];
  const seen = new Set<string>();
  return instances.map((instance) => {
    const fact = factOf(area, instance, input);
    const repeated = seen.has(fact.id);
    seen.add(fact.id);
    return repeated ? { ...fact, id: `${fact.id}#${seen.size}` } : fact;
  });
}

/** Instances of an area: what always exists, or the rows of a table. `unread` when the table could not be read. */
export function instancesOf(area: Area, input: Pick<SnapshotInput, 'snapshot' | 'target'>): Instance[] | 'unread' {
  const placeholder = placeholdersOfArea(area).at(-1);
  const { instances } = area;
  const host = { target: input.target.name, host: input.target.name };
  if (instances === undefined || placeholder === undefined) return [{ names: host, row: null }];
  const fixed = (instances.fixed ?? []).map((name): Instance => ({ names: withMapped(area, { ...host, [placeholder]: name }), row: null }));
  if (instances.rows === undefined) return fixed;
  const rows = sectionRows(input.snapshot, instances.rows);
  if (rows === 'unread') return 'unread';
  if (rows === 'absent') return fixed;
  return [...fixed, ...rows.flatMap((row): Instance[] => rowInstance(area, placeholder, row, host))];
}

function rowInstance(area: Area, placeholder: string, row: JsonObject, host: Readonly<Record<string, string>>): Instance[] {
  const { instances } = area;
  const name = rawText(row[instances?.field ?? '']);
  if (name === undefined) return [];
  for (const [column, allowed] of Object.entries(instances?.where ?? {})) {
    if (!allowed.some((raw) => String(raw).toLowerCase() === rawText(row[column])?.toLowerCase())) return [];
  }
  const carried = Object.fromEntries(Object.entries(instances?.carry ?? {}).flatMap(([member, column]) => rawText(row[column]) ?? [] ? [[member, rawText(row[column]) ?? '']] : []));
  return [{ names: withMapped(area, { ...host, ...carried, [placeholder]: name }), row }];
}

function withMapped(area: Area, names: Record<string, string>): Record<string, string> {
  for (const [name, { by, map }] of Object.entries(area.names ?? {})) {
    const from = names[by];
    if (from !== undefined && Object.hasOwn(map, from)) names[name] = map[from] ?? '';
  }
  return names;
}

function factOf(area: Area, instance: Instance, input: SnapshotInput): Fact {
  const data: Record<string, Json> = { host: input.target.name };
  const sources: Record<string, Json> = {};
  const unknown: Pointer[] = [];
  const members: Record<Pointer, Pointer> = {};
  for (const name of placeholdersOfArea(area)) data[name] = instance.names[name] ?? null;
  for (const [member, column] of Object.entries(area.instances?.carry ?? {})) {
    const value = instance.row === null ? undefined : instance.row[column];
    data[member] = value ?? null;
    if (value === undefined) unknown.push(pointerOf([member]));
  }
  for (const [name, setting] of Object.entries(area.settings)) {
    const reading = readSetting(area, setting, instance, input.snapshot);
    data[name] = reading.value;
    sources[name] = reading.source;
    if (reading.unknown) unknown.push(pointerOf([name]));
    if (reading.source === null) unknown.push(pointerOf(['sources', name]));
    members[pointerOf([name])] = pointerOf(pathOfSetting(area, instance.names, name));
  }
  data['sources'] = sources;
  const label = placeholdersOfArea(area).map((name) => instance.names[name] ?? '');
  const told = (area.instances?.by ?? []).map((column) => (instance.row === null ? '' : (rawText(instance.row[column]) ?? '')));
  return {
    kind: area.kind,
    id: factId(input.target.id, area.kind, ...label, ...told),
    name: label.length === 0 ? input.target.name : `${input.target.name}: ${label.join(' ')}`,
    target: input.target.id,
    data,
    unknown,
    origin: { at: 'setting', members },
    observedAt: input.snapshot.collectedAt,
  };
}

function unreadFact(area: Area, input: SnapshotInput): Fact {
  return {
    kind: area.kind,
    id: factId(input.target.id, area.kind, UNREAD),
    name: input.target.name,
    target: input.target.id,
    data: { host: input.target.name },
    unknown: [''],
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}
