import { rawText } from '../../lib/raw.ts';
import { readRows } from '../../lib/snapshot-read.ts';
import { member } from '../../model/json.ts';
import type { SnapshotInput } from '../../model/normalise.ts';

/** Whether a feature such as `RDS-Gateway` is installed; null when the roles could not be read. Names differ in case. */
export function hasRole(input: SnapshotInput, name: string): boolean | null {
  const roles = readRows(input.snapshot, 'roles');
  // Without the cmdlet, as on a client, no such role can be installed.
  if (roles.state !== 'read') return roles.state === 'absent' ? false : null;
  return roles.rows.some((row) => rawText(member(row, 'Name'))?.toLowerCase() === name.toLowerCase());
}
