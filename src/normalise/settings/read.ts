import { rawInteger, rawText } from '../../lib/raw.ts';
import { expand, expandKey, toNamed } from '../../lib/settings.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Area, ReadPlace, Setting, Source } from '../../model/setting.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { releaseHas } from './release.ts';
import { policyWrote, writerOf } from './rsop.ts';
import { ABSENT, type Found, foundInRow, keyAt, numberedValues, ownColumn, registryValue, type RowKey, rowKeyOf, rowWhere, UNREAD } from './source.ts';

/** Names of an instance's placeholders, and its row where it is a row of a table. */
export interface Instance {
  readonly names: Readonly<Record<string, string>>;
  readonly row: JsonObject | null;
}

/** A setting as a snapshot shows it. */
export interface Reading {
  /** The named value; null when `unknown`. */
  readonly value: Json;
  readonly unknown: boolean;
  /** Null when it cannot be said. */
  readonly source: Source | null;
  /** Whose the value is, which may be known where the value is not: `ours` can be written. */
  readonly owner: 'gpo' | 'ours' | 'unknown';
  readonly place: ReadPlace | null;
  /** The Group Policy object that certainly set it, as the resultant set of policy names it; null when that names none. */
  readonly gpo: string | null;
}

/**
 * The first place that has a value wins. A place that could not be read blocks those below it, except one that shows what
 * counts; a value that is there and cannot be understood is unknown, never skipped.
 */
export function readSetting(area: Area, setting: Setting, instance: Instance, snapshot: Snapshot): Reading {
  const reading = readPlaces(area, setting, instance, snapshot);
  const writer = policyOf(setting, instance, snapshot);
  if (writer === null) return reading.owner === 'gpo' ? { ...reading, gpo: policyNameOf(setting, instance, snapshot) } : reading;
  // Where Group Policy writes the very value that a writer would, it writes it again.
  const isItsOwn = reading.place?.registry !== undefined && reading.place.source !== 'gpo';
  return { ...reading, owner: 'gpo', gpo: writer.name, source: isItsOwn ? 'gpo' : reading.source };
}

/** Who of Group Policy wrote one of the values that a writer of the setting would change. */
function policyOf(setting: Setting, instance: Instance, snapshot: Snapshot): { readonly name: string | null } | null {
  return firstWriter(setting, (place) => place.written === true, instance, snapshot);
}

/** What the object is called that set a value in the setting's policy key. */
function policyNameOf(setting: Setting, instance: Instance, snapshot: Snapshot): string | null {
  return firstWriter(setting, (place) => place.source === 'gpo', instance, snapshot)?.name ?? null;
}

function firstWriter(setting: Setting, counts: (place: ReadPlace) => boolean, instance: Instance, snapshot: Snapshot): { readonly name: string | null } | null {
  for (const place of setting.read) {
    if (!counts(place) || place.registry === undefined) continue;
    const key = planOf(place).key ?? expandKey(place.registry, instance.names);
    const name = expand(place.name ?? '', instance.names);
    const writer = key === null ? null : writerOfPlace(place, key, name, snapshot);
    if (writer !== null) return writer;
  }
  return null;
}

/** A list's own values, and where it has one the switch beside them. */
function writerOfPlace(place: ReadPlace, key: string, name: string, snapshot: Snapshot): { readonly name: string | null } | null {
  if (place.numbered !== true) return writerOf(snapshot, key, name);
  return writerOf(snapshot, `${key}\\${name}`, null) ?? (place.switched === true ? writerOf(snapshot, key, name) : null);
}

function readPlaces(area: Area, setting: Setting, instance: Instance, snapshot: Snapshot): Reading {
  let blocked = false;
  let ownerUnread = false;
  let told: Reading['owner'] | null = null;
  let policyAbsent = false;
  for (const place of setting.read) {
    const counts = placeCounts(place, instance, snapshot);
    if (counts === 'no') continue;
    if (isDefault(place)) {
      const owner = told ?? (ownerUnread ? 'unknown' : 'ours');
      if (blocked || counts === 'unknown') return unknownReading(owner);
      // A default that no page states: nothing is set, and what counts is unknown.
      return place.value === undefined
        ? { ...unknownReading(owner), source: 'default' }
        : { value: place.value, unknown: false, source: 'default', owner, place, gpo: null };
    }
    const found = valueAtPlace(area, place, instance, snapshot);
    if (found.state === 'absent') {
      policyAbsent ||= place.source === 'gpo';
      continue;
    }
    if (found.state !== 'value' || counts === 'unknown') {
      blocked = true;
      // A row may say whose its value is though it does not show it.
      const source = typeof place.source === 'object' && counts === 'yes' ? sourceOf(place, found.row, true, instance, snapshot) : null;
      if (source !== null) told ??= source === 'gpo' ? 'gpo' : 'ours';
      else ownerUnread ||= place.source === 'gpo' || typeof place.source === 'object';
      continue;
    }
    const named = toNamed(setting, found.raw, place);
    if (named === 'unset') continue;
    const source = sourceOf(place, found.row, blocked, instance, snapshot);
    const owner = told ?? ownerOf(place, source, ownerUnread, policyAbsent);
    if (named === undefined || (blocked && place.effective !== true))
      return { ...unknownReading(owner), source: blocked && place.effective !== true ? null : source };
    return { value: named.value, unknown: false, source, owner, place, gpo: null };
  }
  return unknownReading(told ?? (ownerUnread ? 'unknown' : 'ours'));
}

function unknownReading(owner: Reading['owner']): Reading {
  return { value: null, unknown: true, source: null, owner, place: null, gpo: null };
}

function isDefault(place: ReadPlace): boolean {
  return place.source === 'default' && place.registry === undefined && place.rows === undefined;
}

function sourceOf(place: ReadPlace, row: JsonObject | null, blocked: boolean, instance: Instance, snapshot: Snapshot): Source | null {
  const { source } = place;
  if (typeof source !== 'object') return blocked ? null : source === 'gpo' && isOurs(place, instance, snapshot) ? 'local' : (source ?? 'local');
  const raw = row === null ? undefined : ownColumn(row, source.field);
  const text = raw === undefined ? undefined : rawText(rawInteger(raw) ?? raw)?.toLowerCase();
  return (text === undefined ? undefined : planOf(place).sources.get(text)) ?? null;
}

/** A value below `Policies` that our writer put there: the resultant set of policy does not know it. */
function isOurs(place: ReadPlace, instance: Instance, snapshot: Snapshot): boolean {
  const key = place.written === true && place.registry !== undefined ? expandKey(place.registry, instance.names) : null;
  if (key === null) return false;
  const name = expand(place.name ?? '', instance.names);
  if (place.numbered !== true) return policyWrote(snapshot, key, name) === false;
  return policyWrote(snapshot, `${key}\\${name}`, null) === false && (place.switched !== true || policyWrote(snapshot, key, name) === false);
}

/**
 * A place that says whose the value is settles it; where it does not say, a policy that was read and has no value does. Else a
 * place above that may be Group Policy's and was not read leaves it open.
 */
function ownerOf(place: ReadPlace, source: Source | null, ownerUnread: boolean, policyAbsent: boolean): Reading['owner'] {
  if (place.source === 'gpo') return source === 'local' ? 'ours' : 'gpo';
  if (typeof place.source === 'object') return source === 'gpo' ? 'gpo' : source !== null || (policyAbsent && !ownerUnread) ? 'ours' : 'unknown';
  return ownerUnread ? 'unknown' : 'ours';
}

/** What is the same for every instance, made once for each place of the catalogue. */
interface Plan {
  /** Null where the key depends on the instance. */
  readonly key: string | null;
  readonly rowKey: RowKey;
  readonly texts: readonly string[];
  readonly sources: ReadonlyMap<string, Source>;
}

const plans = new WeakMap<ReadPlace, Plan>();

function planOf(place: ReadPlace): Plan {
  let plan = plans.get(place);
  if (plan === undefined) {
    plan = {
      key: place.registry?.includes('{') === false ? place.registry : null,
      rowKey: rowKeyOf(Object.keys(place.where ?? {})),
      texts: Object.values(place.where ?? {}),
      sources: new Map(Object.entries(typeof place.source === 'object' ? place.source.map : {}).map(([raw, source]) => [raw.toLowerCase(), source])),
    };
    plans.set(place, plan);
  }
  return plan;
}

function valueAtPlace(area: Area, place: ReadPlace, instance: Instance, snapshot: Snapshot): Found {
  if (place.rows !== undefined) return valueInRow(area, place, instance, snapshot);
  if (place.registry === undefined) return ABSENT;
  const key = planOf(place).key ?? expandKey(place.registry, instance.names);
  if (key === null) return UNREAD;
  return place.numbered === true
    ? numberedValues(snapshot, key, place.name ?? '', place.switched === true)
    : registryValue(snapshot, key, expand(place.name ?? '', instance.names));
}

function valueInRow(area: Area, place: ReadPlace, instance: Instance, snapshot: Snapshot): Found {
  const own = area.instances?.rows === place.rows ? instance.row : null;
  const row = own ?? namedRow(place, instance, snapshot);
  if (row === 'unread') return UNREAD;
  if (row === 'absent' || row === null) return ABSENT;
  const found = foundInRow(row, place.field ?? '');
  return found.state === 'value' && place.when !== undefined ? foundWhen(found, row, place.when, sourceOf(place, row, true, instance, snapshot)) : found;
}

/** A value beside a column that says whether it counts; what Group Policy set counts whatever that column says. */
function foundWhen(found: Found, row: JsonObject, when: NonNullable<ReadPlace['when']>, source: Source | null): Found {
  if (source === 'gpo') return found;
  const text = rawText(ownColumn(row, when.field))?.toLowerCase();
  if (text === undefined) return { state: 'unread', row };
  if (when.values.some((raw) => String(raw).toLowerCase() === text)) return found;
  return when.else === 'unknown' ? { state: 'unread', row } : ABSENT;
}

function namedRow(place: ReadPlace, instance: Instance, snapshot: Snapshot): ReturnType<typeof rowWhere> {
  const { rowKey, texts } = planOf(place);
  return rowWhere(
    snapshot,
    place.rows ?? '',
    rowKey,
    texts.map((text) => expand(text, instance.names).toLowerCase()),
  );
}

/** Whether a place counts for an instance, on the host's release, and beside newer policy keys that make Windows ignore it. */
function placeCounts(place: ReadPlace, instance: Instance, snapshot: Snapshot): 'yes' | 'no' | 'unknown' {
  if (place.for !== undefined && !isAmong(place.for, instance)) return 'no';
  let answer = releaseHas(place, snapshot);
  if (answer === 'no') return 'no';
  for (const path of place.unless ?? []) {
    const key = expandKey(path, instance.names);
    const state = key === null ? 'unread' : keyAt(snapshot, key).state;
    if (state === 'ok') return 'no';
    if (state === 'unread') answer = 'unknown';
  }
  return answer;
}

function isAmong(wanted: NonNullable<ReadPlace['for']>, instance: Instance): boolean {
  return Object.entries(wanted).every(([placeholder, names]) => names.some((name) => name.toLowerCase() === instance.names[placeholder]?.toLowerCase()));
}
