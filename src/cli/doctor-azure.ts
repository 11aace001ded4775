import { parseAzureSnapshot, type SourceStatus } from '../collect/azure/snapshot.ts';
import { excerpt } from '../collect/live/causes.ts';
import type { Json } from '../model/json.ts';
import { type Check, check, counted, type Unread } from './doctor-check.ts';

/** What of one subscription could be read, and which role would open the rest. */
export function azureCheck(name: string, bytes: Buffer): Check {
  const read = parseAzureSnapshot(JSON.parse(bytes.toString('utf8')) as Json);
  if ('error' in read) return check('target', name, 'failed', `what was read makes no snapshot: ${read.error}`);
  const sources = Object.entries(read.sources);
  const unread = unreadOf(sources);
  const shut = new Set(unread.flatMap((entry) => entry.sections));
  const of = unread.length === 0 ? counted(sources.length, 'source') : `${sources.length - shut.size} of ${counted(sources.length, 'source')}`;
  return check('target', name, unread.length === 0 ? 'ok' : 'partial', `${excerpt(read.subscription.displayName)}: ${of} read, as ${excerpt(read.identity)}`, {
    unread,
  });
}

/** Sources that the same role would open, together. */
function unreadOf(sources: readonly (readonly [string, SourceStatus])[]): Unread[] {
  const groups = new Map<string, Unread>();
  for (const [source, { status, opens, unread }] of sources) {
    if (status === 'ok') continue;
    const kind = status === 'denied' ? 'denied' : 'error';
    const said = excerpt(unread?.[0]?.message ?? '');
    const key = `${kind}\0${opens ?? said}`;
    const known = groups.get(key);
    groups.set(key, { status: kind, sections: [...(known?.sections ?? []), source], needs: null, grant: opens ?? null, said: known?.said ?? said });
  }
  return [...groups.values()];
}
