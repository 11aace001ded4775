import { normaliseId } from '../../lib/azure-id.ts';
import { type CloudInventory, type CloudResource, type UnreadPart, UNRESOLVED } from '../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { assemble } from '../cloud/assemble.ts';
import { canonicalBody, plainReader } from '../cloud/canonical.ts';
import { identityOfId, newReading } from '../cloud/declared.ts';
import { mergedInto } from '../cloud/kinds.ts';
import { type AzureSnapshot, idOf } from './snapshot.ts';
import { SOURCES } from './sources.ts';

/** What names the resource. */
const STEERING: ReadonlySet<string> = new Set(['id', 'name', 'type', 'apiVersion']);
/** What is not known of these decides who gets in: only with all of them the list is everything there is. */
const COMPLETE = ['Microsoft.Network', 'Microsoft.Compute'];

/** The resources of a snapshot, and what of them it does not show. */
export function azureInventory(snapshot: AzureSnapshot, file: string): CloudInventory {
  const reading = newReading();
  const reader = plainReader();
  for (const [index, resource] of snapshot.resources.entries()) {
    const id = String(resource['id']);
    const identity = id.length < 2000 ? identityOfId(id) : null;
    if (identity === null) {
      reading.others++;
      continue;
    }
    const { body, whole } = canonicalBody(resource, reader, STEERING);
    reading.declared.push({ ...identity, body, whole, apiVersion: null, pointer: `/resources/${index}`, displayId: id, context: false, condition: null });
  }
  const unread = unreadParts(snapshot);
  const complete = COMPLETE.every((name) => snapshot.sources[name]?.status === 'ok');
  const { inventory } = assemble(reading, file, 'read-only', complete);
  return { ...inventory, resources: withHoles(inventory.resources, unread), unread };
}

/** Types that the snapshot does not show, for the whole subscription (`scope` `''`) or below one resource. */
function unreadParts(snapshot: AzureSnapshot): UnreadPart[] {
  return [...SOURCES].flatMap(([name, { types, heldBy }]) => {
    const source = Object.hasOwn(snapshot.sources, name) ? snapshot.sources[name] : undefined;
    if (source?.status === 'ok') return [];
    if (heldBy !== undefined) return holders(snapshot, heldBy).flatMap((scope) => types.map((type): UnreadPart => ({ type, scope })));
    if (source === undefined) return types.map((type): UnreadPart => ({ type, scope: '' }));
    const scopes = source.unread === undefined || source.unread.length === 0 ? [''] : source.unread.map(({ scope }) => normaliseId(scope));
    return [...new Set(scopes)].flatMap((scope) => types.map((type): UnreadPart => ({ type, scope })));
  });
}

/** Resources that what was not read would belong to: a snapshot without any, or from before it was read, hides nothing. */
function holders(snapshot: AzureSnapshot, holds: (resource: JsonObject) => boolean): string[] {
  return snapshot.resources.filter(holds).map((resource) => normaliseId(idOf(resource)));
}

/** Lists of children of which nobody knows what they hold, so that silence is no answer. */
function withHoles(resources: readonly CloudResource[], unread: readonly UnreadPart[]): readonly CloudResource[] {
  const holes = new Map<string, string[]>();
  for (const { type, scope } of unread) {
    const list = mergedInto(type) ?? (type === 'microsoft.network/networkmanagers/securityadminconfigurations' ? 'securityAdminConfigurations' : undefined);
    if (list === undefined) continue;
    const key = scope === '' ? type.slice(0, type.lastIndexOf('/')) : scope;
    holes.set(key, [...(holes.get(key) ?? []), list]);
  }
  if (holes.size === 0) return resources;
  return resources.map((resource) => {
    const lists = [...(holes.get(resource.id) ?? []), ...(holes.get(resource.type) ?? [])];
    if (lists.length === 0) return resource;
    return { ...resource, body: { ...resource.body, ...Object.fromEntries(lists.map((list): [string, Json] => [list, UNRESOLVED])) } };
  });
}
