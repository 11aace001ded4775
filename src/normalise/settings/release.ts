import { rawInteger } from '../../lib/raw.ts';
import { isObject } from '../../model/json.ts';
import type { ReadPlace } from '../../model/setting.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ownColumn } from './source.ts';

/** Whether the release of a host has what a place speaks of. */
export function releaseHas(place: Pick<ReadPlace, 'since'>, snapshot: Snapshot): 'yes' | 'no' | 'unknown' {
  if (place.since === undefined) return 'yes';
  const os = Object.hasOwn(snapshot.sections, 'os') ? snapshot.sections['os'] : undefined;
  const data = os?.status === 'ok' && isObject(os.data) ? os.data : {};
  return buildHas(place.since, rawInteger(ownColumn(data, 'build')), rawInteger(ownColumn(data, 'ubr')));
}

/** What came with an update is there from a build's revision on; builds after the last listed one have it too. */
function buildHas(since: NonNullable<ReadPlace['since']>, build: number | undefined, ubr: number | undefined): 'yes' | 'no' | 'unknown' {
  if (build === undefined) return 'unknown';
  const builds = Object.keys(since)
    .map(Number)
    .toSorted((a, b) => a - b);
  const nearest = builds.findLast((candidate) => candidate <= build);
  if (nearest === undefined) return 'no';
  if (nearest !== build) return nearest === builds.at(-1) ? 'yes' : 'unknown';
  const first = since[String(build)] ?? 0;
  if (first === 0) return 'yes';
  return ubr === undefined ? 'unknown' : ubr >= first ? 'yes' : 'no';
}
