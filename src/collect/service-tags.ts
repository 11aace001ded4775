import { isIP } from 'node:net';
import { type Json, member } from '../model/json.ts';
import type { ServiceTags } from '../model/service-tags.ts';

const MAX_TAGS = 50_000;
const MAX_PREFIXES = 2_000_000;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}(?:\.[A-Za-z0-9_-]{1,100}){0,3}$/;

/**
 * The list of service tags that Microsoft publishes for a cloud, as a file or as Azure Resource Manager gives it, or what is wrong
 * with it: `{ changeNumber, cloud, values: [{ name, properties: { addressPrefixes: ['192.0.2.0/24', …] } }] }`.
 *
 * https://learn.microsoft.com/azure/virtual-network/service-tags-overview#discover-service-tags-by-using-downloadable-json-files
 */
export function parseServiceTags(value: Json): ServiceTags | { readonly error: string } {
  const values = member(value, 'values');
  if (!Array.isArray(values)) return { error: "it has no list 'values'" };
  if (values.length === 0) return { error: 'it holds no service tag' };
  if (values.length > MAX_TAGS) return { error: `it holds more than ${MAX_TAGS} service tags` };
  const prefixes: Record<string, readonly string[]> = {};
  let count = 0;
  for (const [index, item] of (values as readonly Json[]).entries()) {
    const name = member(item, 'name');
    if (typeof name !== 'string' || !NAME.test(name)) return { error: `'/values/${index}/name' is no name of a service tag` };
    const list = member(member(item, 'properties'), 'addressPrefixes');
    if (!Array.isArray(list)) return { error: `'/values/${index}/properties/addressPrefixes' is no list` };
    const texts = (list as readonly Json[]).filter((text) => typeof text === 'string');
    const wrong = texts.length === list.length ? texts.findIndex((text) => !isPrefix(text)) : 0;
    if (wrong >= 0) return { error: `'/values/${index}/properties/addressPrefixes' holds something that is no address prefix` };
    count += texts.length;
    if (count > MAX_PREFIXES) return { error: `it holds more than ${MAX_PREFIXES} prefixes` };
    prefixes[name.toLowerCase()] = texts;
  }
  const cloud = member(value, 'cloud');
  return { cloud: typeof cloud === 'string' ? cloud.slice(0, 64) : '', prefixes };
}

function isPrefix(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}
