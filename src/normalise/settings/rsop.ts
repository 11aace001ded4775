import { rawText } from '../../lib/raw.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Snapshot } from '../../model/snapshot.ts';

const written = new WeakMap<object, ReadonlySet<string> | null>();

/**
 * Whether Group Policy wrote a value of HKLM, as the resultant set of policy tells: null when it cannot tell. With `name` null:
 * any value of the key. What stands below `Policies` and no policy wrote was put there by a writer, and is ours.
 */
export function policyWrote(snapshot: Snapshot, path: string, name: string | null): boolean | null {
  const section = Object.hasOwn(snapshot.sections, 'RSOP_RegistryPolicySetting') ? snapshot.sections['RSOP_RegistryPolicySetting'] : undefined;
  if (section?.status !== 'ok' || !Array.isArray(section.data) || !/^HKLM\\/i.test(path)) return null;
  let index = written.get(section.data);
  if (index === undefined) {
    index = indexOf(section.data as readonly Json[]);
    written.set(section.data, index);
  }
  if (index === null) return null;
  const key = path.slice('HKLM\\'.length).toLowerCase();
  return index.has(name === null ? key : `${key}\0${name.toLowerCase()}`);
}

/** Null for a table that says nothing: an empty one, since logging can be turned off, or one with a row that could not be read. */
function indexOf(rows: readonly Json[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const row of rows) {
    const key = isObject(row) && Object.hasOwn(row, 'registryKey') ? rawText(row['registryKey']) : undefined;
    if (!isObject(row) || key === undefined) return null;
    if (row['deleted'] === true) continue;
    const lower = key.toLowerCase();
    names.add(lower);
    names.add(`${lower}\0${(rawText(row['valueName']) ?? '').toLowerCase()}`);
  }
  return names.size === 0 ? null : names;
}
