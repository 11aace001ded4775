import { readRows } from '../../../lib/snapshot-read.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';

/** A section of one object. One that was read and holds nothing says that there is none. */
export type OneObject = { readonly state: 'read'; readonly row: JsonObject } | { readonly state: 'absent' } | { readonly state: 'unread' };

export function readObject(snapshot: Snapshot, section: string): OneObject {
  const table = readRows(snapshot, section);
  if (table.state !== 'read') return table;
  const [row] = table.rows;
  return row === undefined ? { state: 'absent' } : { state: 'read', row };
}
