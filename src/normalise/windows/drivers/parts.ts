import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows, type Reading } from '../../../lib/snapshot-read.ts';
import { type Fact, factId, UNREAD } from '../../../model/fact.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import type { Pointer } from '../../../model/pointer.ts';

/** A fact of one host. Members that are null could not be read, unless `nullable` names them. */
export function hostFact(
  input: SnapshotInput,
  kind: string,
  instance: readonly string[],
  name: string,
  data: JsonObject,
  members?: Readonly<Record<Pointer, Pointer>>,
): Fact {
  const unknown = Object.entries(data)
    .filter(([, value]) => value === null)
    .map(([memberName]) => `/${memberName}`);
  return {
    kind,
    id: factId(input.target.id, kind, ...instance),
    name,
    target: input.target.id,
    data,
    unknown,
    origin: members === undefined ? { at: 'setting' } : { at: 'setting', members },
    observedAt: input.snapshot.collectedAt,
  };
}

/** Stands for a list that could not be read. */
export function unreadFact(input: SnapshotInput, kind: string): Fact {
  return {
    ...hostFact(input, kind, [UNREAD], `${kind} of ${input.target.name}`, {
      host: input.target.name,
    }),
    unknown: [''],
  };
}

/** The integer of a value, null when it could not be read, undefined when it is not set. */
export function numberOf(reading: Reading): number | null | undefined {
  if (!reading.known) return null;
  return reading.value === undefined ? undefined : (rawInteger(reading.value) ?? null);
}

/** The first row of a section that holds one object. */
export function rowOf(input: SnapshotInput, section: string): JsonObject | undefined {
  const rows = readRows(input.snapshot, section);
  return rows.state === 'read' ? rows.rows[0] : undefined;
}

/** A member of the first row of a section; undefined when it could not be read. */
export function memberOf(input: SnapshotInput, section: string, name: string): Json | undefined {
  return member(rowOf(input, section), name);
}

/** The role where roles could be read, else the application server mode (0 are the two administrative sessions), else the estate. */
export function isSessionHost(input: SnapshotInput): boolean | null {
  const roles = readRows(input.snapshot, 'roles');
  if (roles.state === 'read') return roles.rows.some((row) => rawText(member(row, 'Name'))?.toLowerCase() === 'rds-rd-server');
  const mode = rawInteger(memberOf(input, 'Win32_TerminalServiceSetting', 'TerminalServerMode'));
  if (mode !== undefined) return mode === 1;
  return input.host?.roles.includes('session-host') === true ? true : null;
}

/** ProductType 2 of Win32_OperatingSystem, or DomainRole 4 and 5 of Win32_ComputerSystem. */
export function isDomainController(input: SnapshotInput): boolean | null {
  const product = rawInteger(memberOf(input, 'os', 'productType'));
  if (product !== undefined) return product === 2;
  const role = rawInteger(memberOf(input, 'computer', 'DomainRole'));
  return role === undefined ? null : role >= 4;
}
