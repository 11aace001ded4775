import { expect, test } from 'vitest';
import { parseServiceTags } from '../../../src/collect/service-tags.ts';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { A, collectFrom } from './lab.ts';
import { estateOf, resource, rule, worldOf } from './world.ts';

const tag = (name: Json, addressPrefixes: Json): JsonObject => ({
  name,
  id: name,
  properties: { changeNumber: 7, region: '', systemService: '', addressPrefixes },
});
/** The shape of the file and of the answer; the values are invented. */
const list = (...values: readonly Json[]): JsonObject => ({ changeNumber: 299, cloud: 'Public', values });

test('a list is its tags by name, lower case', () => {
  expect(parseServiceTags(list(tag('Storage', ['192.0.2.0/24', '2001:db8::/32']), tag('AzureCloud.westeurope', ['198.51.100.1']), tag('Sql', [])))).toEqual({
    cloud: 'Public',
    prefixes: { storage: ['192.0.2.0/24', '2001:db8::/32'], 'azurecloud.westeurope': ['198.51.100.1'], sql: [] },
  });
});

test.each<[string, Json, string]>([
  ['no object', [], "'values'"],
  ['no list', { values: {} }, "'values'"],
  ['an empty list', list(), 'no service tag'],
  ['no name', list(tag(7, [])), '/values/0/name'],
  ['a name that is none', list(tag('a', []), tag('../x', [])), '/values/1/name'],
  ['no prefixes', list({ name: 'a' }), '/values/0/properties/addressPrefixes'],
  ['a prefix that is none', list(tag('a', ['192.0.2.0/33'])), 'no address prefix'],
  ['a prefix that is a word', list(tag('a', ['192.0.2.0/24', 'Internet'])), 'no address prefix'],
  ['a prefix that is a number', list(tag('a', [1])), 'no address prefix'],
  ['too many tags', list(...Array<Json>(50_001).fill(tag('a', []))), 'more than'],
])('%s is refused', (_name, value, words) => expect(parseServiceTags(value)).toMatchObject({ error: expect.stringContaining(words) as string }));

test('a name of the language is a name like others', () => {
  const read = parseServiceTags(list(tag('constructor', ['192.0.2.0/24'])));
  expect('prefixes' in read && Object.hasOwn(read.prefixes, 'constructor')).toBe(true);
});

const PATH = `/subscriptions/${A}/providers/microsoft.network/locations/westeurope/servicetags`;

async function collected(rules: readonly JsonObject[], answer: Json): Promise<{ readonly snapshot: AzureSnapshot; readonly asked: boolean }> {
  const world = worldOf();
  const resources = { [A]: [...estateOf(), resource(A, 'Microsoft.Network/networkSecurityGroups', 'nsg-tags', { securityRules: [...rules] })] };
  const ran = await collectFrom({ ...world, resources, lists: { ...world.lists, [PATH]: answer } }, { subscriptions: [A] });
  const [result] = ran.results;
  if (result?.snapshot === undefined) throw new Error(JSON.stringify(ran));
  return { snapshot: result.snapshot, asked: ran.seen.some(({ path }) => path === PATH) };
}

const ANSWER = list(tag('Storage', ['192.0.2.0/24']), tag('AzureCloud', ['198.51.100.0/24']), tag('Sql', ['203.0.113.0/24']));
const tagsIn = ({ resources }: AzureSnapshot): readonly JsonObject[] => resources.filter(({ type }) => type === 'Microsoft.Network/serviceTags');

test('a live snapshot keeps the tags that rules name', async () => {
  const { snapshot } = await collected([rule('a', 'storage', '443'), rule('b', 'Internet', '443', 110)], ANSWER);
  expect(snapshot.sources['serviceTags']).toMatchObject({ status: 'ok', count: 1 });
  expect(tagsIn(snapshot)).toMatchObject([
    {
      id: `/subscriptions/${A}/providers/Microsoft.Network/serviceTags/Public`,
      properties: { values: [{ name: 'Storage', properties: { addressPrefixes: ['192.0.2.0/24'] } }] },
    },
  ]);
});

test('nothing is asked where no rule names one', async () => {
  const { snapshot, asked } = await collected([rule('a', 'VirtualNetwork', '443')], ANSWER);
  expect([asked, tagsIn(snapshot), snapshot.sources['serviceTags']?.status]).toEqual([false, [], 'ok']);
});

test('a list that is none is unread, and costs nothing else', async () => {
  const { snapshot } = await collected([rule('a', 'Storage', '443')], { values: 'x' });
  expect(snapshot.sources['serviceTags']).toMatchObject({ status: 'error', unread: [{ reason: 'malformed' }] });
  expect(snapshot.sources['Microsoft.Network']?.status).toBe('ok');
});
