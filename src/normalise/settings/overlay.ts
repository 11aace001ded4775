import { expand, type FoundSetting, type PushedSetting, settingAt, withMappedNames } from '../../lib/settings.ts';
import type { Declared } from '../../model/estate.ts';
import type { Json } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Area, Setting } from '../../model/setting.ts';
import { type Snapshot, UNREADABLE } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import { hasUnnamedRow, instancesOf } from './facts.ts';
import { type Instance, type Reading, readSetting } from './read.ts';
import { sameValue } from './same-value.ts';
import { sectionRows } from './source.ts';
import { writeAll } from './write.ts';

/** How a declared setting stands to what the snapshot shows. */
export interface DeclaredState {
  readonly path: readonly string[];
  readonly declared: Json;
  readonly reading: Reading | null;
  /** Whose reading it is; null where there is none. */
  readonly instance: Instance | null;
  readonly state: 'equal' | 'differs' | 'owned-by-gpo' | 'not-found' | 'unknown';
}

/** The instances that a declared path names: one, or one for each store that has a rule of that name. */
function namedInstances(found: FoundSetting, snapshot: Snapshot, target: Target): Instance[] | 'unread' {
  const instances = instancesOf(found.area, { snapshot, target });
  if (instances === 'unread') return 'unread';
  const wanted = Object.entries(found.names).map(([name, value]) => [name, value.toLowerCase()] as const);
  const named = instances.filter((instance) => wanted.every(([name, value]) => instance.names[name]?.toLowerCase() === value));
  return named.length === 0 && hasUnnamedRow(found.area, { snapshot }) ? 'unread' : named;
}

/** Compares one declared value with a snapshot. */
export function stateOf(
  declared: { readonly path: readonly string[]; readonly value: Json },
  snapshot: Snapshot,
  catalogue: readonly Area[],
  target: Target,
): DeclaredState {
  const base = { path: declared.path, declared: declared.value };
  const found = settingAt(declared.path, catalogue, target.kind as Area['target']);
  if (found === null) return { ...base, reading: null, instance: null, state: 'unknown' };
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread') return { ...base, reading: null, instance: null, state: 'unknown' };
  if (instances.length === 0) return { ...base, reading: null, instance: null, state: 'not-found' };
  const readings = instances.map((instance) => ({ instance, reading: readSetting(found.area, found.setting, instance, snapshot) }));
  // Of several things with one name a declaration means the one that is not Group Policy's.
  const chosen = readings.find((candidate) => candidate.reading.owner !== 'gpo') ?? readings[0];
  if (chosen === undefined) return { ...base, reading: null, instance: null, state: 'not-found' };
  const { reading } = chosen;
  if (reading.unknown) return { ...base, ...chosen, state: 'unknown' };
  if (sameValue(reading.value, declared.value)) return { ...base, ...chosen, state: 'equal' };
  // Whoever owns it, it is not as declared.
  return { ...base, ...chosen, state: reading.owner === 'gpo' ? 'owned-by-gpo' : 'differs' };
}

/**
 * The snapshot with declared settings laid over it, as the host will be after `apply`: written, as raw, into every place that
 * the writer changes. What Group Policy owns stays; what cannot be said to be ours becomes unknown. Nothing is mutated.
 */
export function layDeclared(
  snapshot: Snapshot,
  declared: readonly Declared[],
  catalogue: readonly Area[],
  options: { readonly target: Target; readonly pushed: readonly PushedSetting[] },
): { snapshot: Snapshot; problems: Problem[] } {
  const problems: Problem[] = [];
  let current = snapshot;
  const keyOf = (path: readonly string[]): string => path.join('\0').toLowerCase();
  const own = new Set(declared.map((entry) => keyOf(entry.path)));
  for (const entry of options.pushed) {
    if (!own.has(keyOf(entry.path))) current = lay(current, entry, catalogue, options.target, null);
  }
  for (const entry of declared) current = lay(current, entry, catalogue, options.target, problems);
  return { snapshot: current, problems };
}

function lay(
  snapshot: Snapshot,
  entry: { readonly path: readonly string[]; readonly value: Json },
  catalogue: readonly Area[],
  target: Target,
  problems: Problem[] | null,
): Snapshot {
  const found = settingAt(entry.path, catalogue, target.kind as Area['target']);
  if (found === null) return snapshot;
  const path = entry.path.join('/');
  const instances = namedInstances(found, snapshot, target);
  if (instances === 'unread' || instances.length === 0) {
    problems?.push(instances === 'unread' ? unreadable(path, target) : notFound(path, target));
    return snapshot;
  }
  const readings = instances.map((instance) => ({ instance, reading: readSetting(found.area, found.setting, instance, snapshot) }));
  const ours = readings.filter(({ reading }) => reading.owner !== 'gpo');
  if (ours.length === 0) {
    if (!readings.every(({ reading }) => !reading.unknown && sameValue(reading.value, entry.value)))
      problems?.push(ownedByPolicy(found, path, target, readings.find(({ reading }) => reading.gpo !== null)?.reading.gpo ?? null));
    return snapshot;
  }
  // What is as declared already stays as it is, whoever owns it.
  const changed = ours.filter(({ reading }) => reading.unknown || !sameValue(reading.value, entry.value));
  const table = changed.length === 0 ? 'ok' : writtenTables(found.setting, snapshot);
  if (table !== 'ok') {
    problems?.push(table === 'unread' ? unreadable(path, target) : notFound(path, target));
    return snapshot;
  }
  // Where nobody can say whether Group Policy owns it, what it will be is unknown.
  return changed.reduce(
    (current, { instance, reading }) => writeAll(current, found, instance, reading.owner === 'unknown' ? UNREADABLE : entry.value),
    snapshot,
  );
}

/** Whether the tables that the writer changes could be read; a registry value can always be created. */
function writtenTables(setting: Setting, snapshot: Snapshot): 'ok' | 'unread' | 'absent' {
  const places = setting.read.filter((place) => place.written === true);
  const states = places.map((place) => (place.rows === undefined ? 'ok' : sectionRows(snapshot, place.rows)));
  if (states.includes('unread')) return 'unread';
  return states.length > 0 && states.every((state) => state === 'absent') ? 'absent' : 'ok';
}

function unreadable(path: string, target: Target): Problem {
  return problemOf(
    'error',
    'declared.unreadable',
    `'${path}' of '${target.name}' is declared, but what it belongs to could not be read.`,
    'Collect the section; until then nothing can be said of it.',
    target,
  );
}

function notFound(path: string, target: Target): Problem {
  return problemOf(
    'error',
    'declared.not-found',
    `'${path}' of '${target.name}' is declared, but what it belongs to is not there.`,
    'Check the name, or take the declaration away.',
    target,
  );
}

function ownedByPolicy(found: FoundSetting, path: string, target: Target, gpo: string | null): Problem {
  const where = found.setting.gpo === undefined ? undefined : expand(found.setting.gpo.path, withMappedNames(found.area, found.names));
  const hint = `Change ${where === undefined ? 'it' : `'${where}'`} in ${gpo === null ? 'Group Policy' : `the Group Policy object '${gpo}'`}.`;
  return problemOf(
    'warning',
    'declared.owned-by-gpo',
    `'${path}' of '${target.name}' is declared, but Group Policy has another value: the declaration cannot take effect.`,
    hint,
    target,
  );
}

function problemOf(level: Problem['level'], code: string, message: string, hint: string, target: Target): Problem {
  return { level, code, message, hint, target: target.id };
}
