import { rawInteger } from '../../lib/raw.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ReadPlace } from '../../model/setting.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ownColumn } from './source.ts';

/** Whether the release of a host has what a place speaks of. */
export function releaseHas(place: Pick<ReadPlace, 'since' | 'product'>, snapshot: Snapshot): 'yes' | 'no' | 'unknown' {
  if (place.since === undefined && place.product === undefined) return 'yes';
  const os = Object.hasOwn(snapshot.sections, 'os') ? snapshot.sections['os'] : undefined;
  const data = os?.status === 'ok' && isObject(os.data) ? os.data : {};
  const answers = [productIs(place.product, data), buildHas(place.since, data)];
  return answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes';
}

/** A client has product type 1, a domain controller 2, another server 3. */
function productIs(product: ReadPlace['product'], data: JsonObject): 'yes' | 'no' | 'unknown' {
  if (product === undefined) return 'yes';
  const type = rawInteger(ownColumn(data, 'productType'));
  if (type !== 1 && type !== 2 && type !== 3) return 'unknown';
  return (type === 1) === (product === 'client') ? 'yes' : 'no';
}

/** What came with an update is there from a build's revision on; builds after the last listed one have it too. */
function buildHas(since: ReadPlace['since'], data: JsonObject): 'yes' | 'no' | 'unknown' {
  if (since === undefined) return 'yes';
  const build = rawInteger(ownColumn(data, 'build'));
  const ubr = rawInteger(ownColumn(data, 'ubr'));
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
