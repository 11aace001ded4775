import { readRows } from '../lib/snapshot-read.ts';
import type { JsonObject } from '../model/json.ts';
import { EVENTS_SECTION } from '../model/sections/events.ts';
import { SECTIONS } from '../model/sections/index.ts';
import { parseSnapshot, unify } from '../normalise/unify.ts';
import type { Library } from '../policy/library.ts';
import { planScan } from './plan.ts';
import { isInput, readInput } from './read-input.ts';

/** Where snapshots are looked for. */
interface Places {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly sourceRoot: string;
  readonly library: Pick<Library, 'areas'>;
}

/** The events that the newest snapshot of a host holds; null where it holds none that could be read. */
export function eventsOf(request: Places, host: string): readonly JsonObject[] | null {
  let newest: { readonly at: string; readonly rows: readonly JsonObject[] | null } | null = null;
  for (const planned of planScan(request.paths, request.sourceRoot, request.library.areas).files) {
    const input = readInput(planned.path, request.sourceRoot, undefined, true);
    if (!isInput(input) || input.recognised.kind !== 'snapshot') continue;
    const parsed = parseSnapshot(input.document.value);
    if ('error' in parsed || parsed.snapshot.target.kind !== 'windows-host' || parsed.snapshot.target.name.toLowerCase() !== host.toLowerCase()) continue;
    if (newest !== null && newest.at >= parsed.snapshot.collectedAt) continue;
    const rows = readRows(unify(parsed.snapshot, SECTIONS).snapshot, EVENTS_SECTION.name);
    newest = { at: parsed.snapshot.collectedAt, rows: rows.state === 'read' ? rows.rows : null };
  }
  return newest?.rows ?? null;
}
