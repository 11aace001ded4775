import type { CloudInventory } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { isObject } from '../../model/json.ts';
import type { ServiceTags } from '../../model/service-tags.ts';
import { type AddressSet, parsePrefix } from './address.ts';
import { intervals } from './interval-set.ts';

const TYPE = 'microsoft.network/servicetags';

/** The addresses of a tag (lower case); null when the list does not hold it. */
export type TagAddresses = (tag: string) => AddressSet | null;

export const NO_TAGS: TagAddresses = () => null;

const parsed = new WeakMap<ServiceTags, TagAddresses>();

/** Reads a tag's prefixes when it is first asked for: a list holds thousands of tags, and rules name a few. */
export function tagAddresses(tags: ServiceTags): TagAddresses {
  let known = parsed.get(tags);
  if (known === undefined) {
    const sets = new Map<string, AddressSet | null>();
    known = (tag) => {
      let set = sets.get(tag);
      if (set === undefined) sets.set(tag, (set = Object.hasOwn(tags.prefixes, tag) ? setOf(tags.prefixes[tag] ?? []) : null));
      return set;
    };
    parsed.set(tags, known);
  }
  return known;
}

/** Null as soon as one prefix is not an address: half a tag is none. */
function setOf(texts: readonly string[]): AddressSet | null {
  const v4: number[] = [];
  const v6: bigint[] = [];
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix.kind !== 'addresses') return null;
    for (const bound of prefix.v4) v4.push(bound);
    for (const bound of prefix.v6) v6.push(bound);
  }
  return { v4: intervals(v4), v6: intervals(v6) };
}

/** What a live snapshot holds of the list; null when there is none. */
export function tagsInInventory({ resources }: CloudInventory): ServiceTags | null {
  const found = resources.find((resource) => resource.type === TYPE);
  const values = found?.body['values'];
  if (found === undefined || !Array.isArray(values)) return null;
  const prefixes: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  for (const value of values as readonly Json[]) {
    const name = isObject(value) ? value['name'] : undefined;
    const list = isObject(value) ? value['addressPrefixes'] : undefined;
    if (typeof name !== 'string' || !Array.isArray(list)) continue;
    const texts = (list as readonly Json[]).filter((text) => typeof text === 'string');
    if (texts.length === list.length) prefixes[name.toLowerCase()] = texts;
  }
  const cloud = found.body['cloud'];
  return { cloud: typeof cloud === 'string' ? cloud : '', prefixes };
}
