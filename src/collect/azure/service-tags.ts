import { type Json, type JsonObject, member } from '../../model/json.ts';
import { parseServiceTags } from '../service-tags.ts';
import { armGet } from './arm.ts';
import type { Client } from './client.ts';
import { type Parts, unreadOf } from './parts.ts';
import { typeOf } from './snapshot.ts';
import { SERVICE_TAGS } from './arm-sources.ts';

/** Resources whose rules name service tags. */
const NAMING = new Set([
  'microsoft.network/networksecuritygroups',
  'microsoft.network/routetables',
  'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules',
]);

/**
 * The tags of the subscription's cloud that its own rules name, and no others: the whole list has tens of thousands of prefixes.
 * Which location is asked changes nothing but the version.
 */
export async function readServiceTags(client: Client, subscription: string, resources: readonly JsonObject[], until: number): Promise<Parts> {
  const naming = resources.filter((resource) => NAMING.has(typeOf(resource)));
  const location = naming.map((resource) => resource['location']).find((place) => typeof place === 'string' && /^[a-z0-9]{1,40}$/i.test(place));
  const named = tagsNamed(naming);
  if (typeof location !== 'string' || named.size === 0) return { resources: [], unread: [] };
  const path = `/subscriptions/${subscription}/providers/Microsoft.Network/locations/${location}/serviceTags`;
  const answer = await armGet(client, path, SERVICE_TAGS.apiVersion, until);
  if ('failure' in answer) return { resources: [], unread: [unreadOf('', answer.failure)] };
  const read = parseServiceTags(answer.value);
  if ('error' in read)
    return { resources: [], unread: [unreadOf('', { kind: 'malformed', status: null, code: null, message: `The list of service tags: ${read.error}.` })] };
  const values = (answer.value['values'] as readonly Json[]).flatMap((item): JsonObject[] => {
    const name = String(member(item, 'name'));
    const prefixes = read.prefixes[name.toLowerCase()];
    return prefixes !== undefined && named.has(name.toLowerCase()) ? [{ name, properties: { addressPrefixes: [...prefixes] } }] : [];
  });
  if (values.length === 0) return { resources: [], unread: [] };
  const id = `/subscriptions/${subscription}/providers/Microsoft.Network/serviceTags/${read.cloud === '' ? 'default' : read.cloud}`;
  const changeNumber = answer.value['changeNumber'];
  const number = typeof changeNumber === 'string' || typeof changeNumber === 'number' ? { changeNumber: String(changeNumber).slice(0, 20) } : {};
  return { resources: [{ id, name: read.cloud, type: SERVICE_TAGS.type, properties: { cloud: read.cloud, ...number, values } }], unread: [] };
}

/** Members of rules and routes that hold prefixes, or tags in their place. */
const PREFIX_MEMBERS = /^(?:(?:source|destination)AddressPrefix(?:es)?|addressPrefix)$/;
/** Tags that every virtual network gives a meaning of its own. */
const OWN = new Set(['internet', 'virtualnetwork', 'azureloadbalancer']);

function tagsNamed(value: Json, found = new Set<string>(), depth = 0): Set<string> {
  if (typeof value !== 'object' || value === null || depth > 32) return found;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) tagsNamed(item, found, depth + 1);
    return found;
  }
  for (const [name, item] of Object.entries(value)) {
    if (!PREFIX_MEMBERS.test(name)) tagsNamed(item, found, depth + 1);
    else for (const text of Array.isArray(item) ? (item as readonly Json[]) : [item]) if (isTag(text)) found.add(text.trim().toLowerCase());
  }
  return found;
}

function isTag(text: Json): text is string {
  return typeof text === 'string' && /^\s*[a-z]\w*(?:\.[a-z0-9-]+)*\s*$/i.test(text) && !OWN.has(text.trim().toLowerCase());
}
