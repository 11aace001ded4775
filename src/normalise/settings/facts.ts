import { rawInteger, rawText } from '../../lib/raw.ts';
import { expand, expandKey, pathOfSetting, placeholdersOfArea, withMappedNames } from '../../lib/settings.ts';
import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { NormaliseContext, Normalised, SnapshotInput } from '../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../model/pointer.ts';
import type { Area, Setting } from '../../model/setting.ts';
import { isUnreadable } from '../../model/snapshot.ts';
import { type Instance, readSetting } from './read.ts';
import { ownColumn, registryValue, sectionRows } from './source.ts';

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
  const seen = new Map<string, number>();
  const facts = instances
    .filter((instance) => !isSkipped(area, instance, input))
    .map((instance) => {
      const fact = factOf(area, instance, input);
      const count = (seen.get(fact.id) ?? 0) + 1;
      seen.set(fact.id, count);
      return count === 1 ? fact : { ...fact, id: `${fact.id}#${count}` };
    });
  return hasUnnamedRow(area, input) ? [...facts, unreadFact(area, input)] : facts;
}

/** Instances of an area: what always exists, or the rows of a table. `unread` when the table could not be read. */
export function instancesOf(area: Area, input: Pick<SnapshotInput, 'snapshot' | 'target'>): Instance[] | 'unread' {
  const placeholder = placeholdersOfArea(area).at(-1);
  const { instances } = area;
  const host = { target: input.target.name, host: input.target.name };
  if (instances === undefined || placeholder === undefined) return [{ names: host, row: null }];
  const fixed = (instances.fixed ?? []).map((name): Instance => ({ names: withMappedNames(area, { ...host, [placeholder]: name }), row: null }));
  if (instances.rows === undefined) return fixed;
  const rows = sectionRows(input.snapshot, instances.rows);
  if (rows === 'unread') return 'unread';
  if (rows === 'absent') return fixed;
  return [...fixed, ...rows.flatMap((row): Instance[] => rowInstance(area, placeholder, row, host))];
}

/** What is certainly turned off has no fact, though it can be declared. */
function isSkipped(area: Area, instance: Instance, input: SnapshotInput): boolean {
  const { skip } = area.instances ?? {};
  const key = skip === undefined ? null : expandKey(skip.registry, instance.names);
  if (skip === undefined || key === null) return false;
  const found = registryValue(input.snapshot, key, expand(skip.name, instance.names));
  const number = found.state === 'value' ? rawInteger(found.raw) : undefined;
  return number !== undefined && skip.values.includes(number);
}

function nameOf(area: Area, row: JsonObject): string | undefined {
  return rawText(ownColumn(row, area.instances?.field ?? ''));
}

/** A row that does not say its name may be any instance. */
export function hasUnnamedRow(area: Area, input: Pick<SnapshotInput, 'snapshot'>): boolean {
  const rows = area.instances?.rows === undefined ? 'absent' : sectionRows(input.snapshot, area.instances.rows);
  return Array.isArray(rows) && (rows as readonly JsonObject[]).some((row) => nameOf(area, row) === undefined && isWanted(area, row));
}

/** A column that does not show what the rows are picked by leaves the row in: silence is no reason to look away. */
function isWanted(area: Area, row: JsonObject): boolean {
  if (area.instances?.where === undefined) return true;
  return Object.entries(area.instances.where).every(([column, allowed]) => {
    const text = rawText(ownColumn(row, column))?.toLowerCase();
    return text === undefined || allowed.some((raw) => String(raw).toLowerCase() === text);
  });
}

function rowInstance(area: Area, placeholder: string, row: JsonObject, host: Readonly<Record<string, string>>): Instance[] {
  const name = nameOf(area, row);
  if (name === undefined || !isWanted(area, row)) return [];
  const names: Record<string, string> = { ...host };
  for (const [member, column] of Object.entries(area.instances?.carry ?? {})) names[member] = rawText(ownColumn(row, column)) ?? '';
  names[placeholder] = name;
  return [{ names: area.names === undefined ? names : withMappedNames(area, names), row }];
}

/** What is the same for every fact of an area. */
interface Plan {
  readonly placeholders: readonly string[];
  readonly carry: readonly (readonly [string, string])[];
  readonly settings: readonly { readonly name: string; readonly setting: Setting; readonly step: Pointer; readonly source: Pointer }[];
}

const plans = new WeakMap<Area, Plan>();

function planOf(area: Area): Plan {
  let plan = plans.get(area);
  if (plan === undefined) {
    const settings = Object.entries(area.settings).map(([name, setting]) => ({ name, setting, step: pointerOf([name]), source: pointerOf(['sources', name]) }));
    plan = { placeholders: placeholdersOfArea(area), carry: Object.entries(area.instances?.carry ?? {}), settings };
    plans.set(area, plan);
  }
  return plan;
}

function factOf(area: Area, instance: Instance, input: SnapshotInput): Fact {
  const { placeholders, carry, settings } = planOf(area);
  const data: Record<string, Json> = { host: input.target.name };
  const sources: Record<string, Json> = {};
  const unknown: Pointer[] = [];
  for (const name of placeholders) data[name] = instance.names[name] ?? null;
  for (const [member, column] of carry) {
    const value = instance.row === null ? undefined : ownColumn(instance.row, column);
    const isKnown = value !== undefined && value !== null && !isUnreadable(value);
    data[member] = isKnown ? value : null;
    if (!isKnown) unknown.push(pointerOf([member]));
  }
  for (const { name, setting, step, source } of settings) {
    const reading = readSetting(area, setting, instance, input.snapshot);
    data[name] = reading.value;
    sources[name] = reading.source;
    if (reading.unknown) unknown.push(step);
    if (reading.source === null) unknown.push(source);
  }
  data['sources'] = sources;
  const label = placeholders.map((name) => instance.names[name] ?? '');
  const ids = label.map(idPart);
  const told = (area.instances?.by ?? []).map((column) => (instance.row === null ? '' : (rawText(ownColumn(instance.row, column)) ?? '')));
  return {
    kind: area.kind,
    id: factId(input.target.id, area.kind, ...ids, ...told),
    name: label.length === 0 ? input.target.name : `${input.target.name}: ${label.join(' ')}`,
    target: input.target.id,
    data,
    unknown,
    origin: { at: 'setting', members: pathsOf(area, instance.names) },
    observedAt: input.snapshot.collectedAt,
  };
}

type Paths = Readonly<Record<Pointer, Pointer>>;

/** Instances are called the same on most hosts; those that are not must not fill the memory. */
const MAX_PATHS = 1000;
const pathCache = new WeakMap<Area, Map<string, Paths>>();

/** Setting paths of an instance by the members of its fact. */
function pathsOf(area: Area, names: Readonly<Record<string, string>>): Paths {
  const { placeholders, settings } = planOf(area);
  const known = pathCache.get(area) ?? new Map<string, Paths>();
  pathCache.set(area, known);
  const key = placeholders.map((name) => names[name] ?? '').join('\0');
  let paths = known.get(key);
  if (paths === undefined) {
    const path = pointerOf(pathOfSetting(area, names, '').slice(0, -1));
    paths = Object.freeze(Object.fromEntries(settings.map(({ step }) => [step, `${path}${step}`])));
    if (known.size >= MAX_PATHS) known.clear();
    known.set(key, paths);
  }
  return paths;
}

/** A thing that is really called `*` is not the placeholder of a list that could not be read. */
function idPart(name: string): string {
  return /^~*\*$/.test(name) ? `~${name}` : name;
}

function unreadFact(area: Area, input: SnapshotInput): Fact {
  const settings = Object.keys(area.settings);
  const members = [...placeholdersOfArea(area), ...Object.keys(area.instances?.carry ?? {}), ...settings];
  return {
    kind: area.kind,
    id: factId(input.target.id, area.kind, UNREAD),
    name: input.target.name,
    target: input.target.id,
    data: {
      host: input.target.name,
      ...Object.fromEntries(members.map((name) => [name, null])),
      sources: Object.fromEntries(settings.map((name) => [name, null])),
    },
    unknown: [''],
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}
