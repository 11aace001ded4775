import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { type Reading, readRegistryKey, readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import { isObject, member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { type Criterion, type DevicePolicy, knowsLayering, type Tri } from './device-policy.ts';
import { classEntry, idEntry, type NeededDevice } from './rds-devices.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions';

/** One list of the restrictions: it counts while its switch is on. */
interface RestrictionList {
  readonly applied: Tri;
  readonly retroactive: Tri;
  /** Null when the list could not be read. */
  readonly entries: readonly string[] | null;
}

export interface Restrictions {
  readonly layered: Tri;
  readonly denyUnspecified: Tri;
  readonly denyClasses: RestrictionList;
  readonly denyDeviceIds: RestrictionList;
  readonly denyInstanceIds: RestrictionList;
  readonly allowClasses: RestrictionList;
  readonly allowDeviceIds: RestrictionList;
  readonly allowInstanceIds: RestrictionList;
}

export function readRestrictions(snapshot: Snapshot): Restrictions {
  const { build, revision } = buildOf(snapshot);
  return {
    layered: and(switchAt(snapshot, 'AllowDenyLayered'), knowsLayering(build, revision)),
    denyUnspecified: switchAt(snapshot, 'DenyUnspecified'),
    denyClasses: listAt(snapshot, 'DenyDeviceClasses'),
    denyDeviceIds: listAt(snapshot, 'DenyDeviceIDs'),
    denyInstanceIds: listAt(snapshot, 'DenyInstanceIDs'),
    allowClasses: listAt(snapshot, 'AllowDeviceClasses'),
    allowDeviceIds: listAt(snapshot, 'AllowDeviceIDs'),
    allowInstanceIds: listAt(snapshot, 'AllowInstanceIDs'),
  };
}

/** False decides, whatever the other is. */
export function and(a: Tri, b: Tri): Tri {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function switchAt(snapshot: Snapshot, name: string): Tri {
  const reading = readRegistryValue(snapshot, KEY, name);
  if (!reading.known) return null;
  if (reading.value === undefined) return false;
  // What is there and is no number cannot be judged.
  const value = rawInteger(reading.value);
  return value === undefined ? null : value === 1;
}

/** A list is the values of a subkey: their names are numbers, their data the entries. */
function listAt(snapshot: Snapshot, name: string): RestrictionList {
  return {
    applied: switchAt(snapshot, name),
    retroactive: switchAt(snapshot, `${name}Retroactive`),
    entries: entriesOf(readRegistryKey(snapshot, `${KEY}\\${name}`)),
  };
}

/** Null when the list, or one of its entries, could not be read. */
function entriesOf(reading: Reading): readonly string[] | null {
  if (!reading.known) return null;
  const entries = isObject(reading.value) ? Object.values(reading.value).flatMap((value) => rawList(value).map((item) => rawText(item))) : [];
  const texts = entries.filter((entry): entry is string => entry !== undefined);
  return texts.length === entries.length ? texts : null;
}

function buildOf(snapshot: Snapshot): { build: number | null; revision: number | null } {
  const os = readRows(snapshot, 'os');
  const row = os.state === 'read' ? os.rows[0] : undefined;
  return {
    build: rawInteger(member(row, 'build')) ?? null,
    revision: rawInteger(member(row, 'ubr')) ?? null,
  };
}

/** Whether an entry of a list that counts matches the device. */
function matches(list: RestrictionList, device: NeededDevice, entryOf: typeof classEntry): Tri {
  return and(list.applied, list.entries === null ? null : entryOf(list.entries, device) !== undefined);
}

/** The restrictions as they meet one device. */
export function policyFor(restrictions: Restrictions, device: NeededDevice): DevicePolicy {
  const criterion = (deny: RestrictionList, allow: RestrictionList, entryOf: typeof classEntry): Criterion => ({
    deny: matches(deny, device, entryOf),
    allow: matches(allow, device, entryOf),
  });
  return {
    layered: restrictions.layered,
    denyUnspecified: restrictions.denyUnspecified,
    instanceId: criterion(restrictions.denyInstanceIds, restrictions.allowInstanceIds, idEntry),
    deviceId: criterion(restrictions.denyDeviceIds, restrictions.allowDeviceIds, idEntry),
    setupClass: criterion(restrictions.denyClasses, restrictions.allowClasses, classEntry),
    removable: false,
  };
}

/** As `policyFor`, but only with the denials that also hit devices which are installed already; nothing else does. */
export function retroactivePolicyFor(restrictions: Restrictions, device: NeededDevice): DevicePolicy {
  const whole = policyFor(restrictions, device);
  const narrowed = (criterion: Criterion, list: RestrictionList): Criterion => ({
    ...criterion,
    deny: and(criterion.deny, list.retroactive),
  });
  return {
    ...whole,
    denyUnspecified: false,
    instanceId: narrowed(whole.instanceId, restrictions.denyInstanceIds),
    deviceId: narrowed(whole.deviceId, restrictions.denyDeviceIds),
    setupClass: narrowed(whole.setupClass, restrictions.denyClasses),
  };
}

/** The entry behind a rule, for people. */
export function entryBehind(restrictions: Restrictions, rule: string, device: NeededDevice): string {
  if (rule === 'denyClasses' || rule === 'allowClasses') return classEntry(restrictions[rule].entries ?? [], device) ?? '';
  if (rule === 'denyDeviceIds' || rule === 'allowDeviceIds' || rule === 'denyInstanceIds' || rule === 'allowInstanceIds') {
    return idEntry(restrictions[rule].entries ?? [], device) ?? '';
  }
  return '';
}
