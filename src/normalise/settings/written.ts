import { expand, expandKey, settingAt, withMappedNames } from '../../lib/settings.ts';
import type { Json } from '../../model/json.ts';
import type { SettingState, WrittenValue } from '../../model/plan.ts';
import type { Area, ReadPlace } from '../../model/setting.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import { isManagedByMdm } from './mdm.ts';
import { stateOf } from './overlay.ts';
import type { Instance } from './read.ts';
import { type Found, foundInRow, numberedValues, registryValue, rowKeyOf, rowWhere, sectionRows } from './source.ts';

/** A setting as it is and as it is wanted, with what stands in each place that its writer changes. */
export function settingStateOf(
  wanted: { readonly path: readonly string[]; readonly value: Json; readonly policies?: readonly string[] },
  snapshot: Snapshot,
  catalogue: readonly Area[],
  target: Target,
): SettingState {
  const { reading, state, instance } = stateOf(wanted, snapshot, catalogue, target);
  const found = settingAt(wanted.path, catalogue, target.kind as Area['target']);
  const isPolicyValue = reading?.place?.registry !== undefined && reading.place.source === 'gpo';
  const written =
    found === null || instance === null
      ? []
      : found.setting.read
          .filter((place) => place.written === true)
          .map((place) => writtenValue(place, { ...instance, names: withMappedNames(found.area, instance.names) }, found.area, snapshot));
  // Nothing is set, and no page says what counts then: what is written can be taken away again.
  const isUnstated = state === 'unknown' && reading?.source === 'default' && reading.owner === 'ours' && written.every((place) => place.state === 'absent');
  return {
    path: wanted.path,
    wanted: wanted.value,
    // Only a management server and Group Policy write below Policies; of the first the resultant set of policy knows nothing.
    state: isUnstated ? 'differs' : state === 'differs' && isPolicyValue && isManagedByMdm(snapshot) ? 'owned-by-mdm' : state,
    value: reading?.value ?? null,
    source: reading?.source ?? null,
    gpo: reading?.gpo ?? null,
    written,
    policies: wanted.policies ?? [],
  };
}

function writtenValue(place: ReadPlace, instance: Instance, area: Area, snapshot: Snapshot): WrittenValue {
  const unset = place.unset ?? [];
  if (place.registry !== undefined) {
    const key = expandKey(place.registry, instance.names) ?? '';
    const name = expand(place.name ?? '', instance.names);
    const numbered = place.numbered === true;
    const listed = numbered ? numberedValues(snapshot, key, name, false) : registryValue(snapshot, key, name);
    // A switch without a list is a policy that permits none.
    const found = place.switched === true && listed.state === 'absent' ? numberedValues(snapshot, key, name, true) : listed;
    return { registry: { key, name, numbered }, ...shown(found), unset };
  }
  return { field: place.field ?? '', ...shown(columnOf(place, instance, area, snapshot)), unset };
}

function columnOf(place: ReadPlace, instance: Instance, area: Area, snapshot: Snapshot): Found {
  const rows = place.rows ?? '';
  if (area.instances?.rows === rows && instance.row !== null) return foundInRow(instance.row, place.field ?? '');
  const where = Object.entries(place.where ?? {});
  const row = rowWhere(
    snapshot,
    rows,
    rowKeyOf(where.map(([column]) => column)),
    where.map(([, text]) => expand(text, instance.names).toLowerCase()),
  );
  if (row === 'unread' || typeof sectionRows(snapshot, rows) === 'string') return { state: 'unread', row: null };
  return row === 'absent' || row === null ? { state: 'absent' } : foundInRow(row, place.field ?? '');
}

function shown(found: Found): Pick<WrittenValue, 'state' | 'raw'> {
  return found.state === 'value' ? { state: 'value', raw: found.raw } : { state: found.state, raw: null };
}
