import { expect, test } from 'vitest';
import { azureInventory } from '../../../src/collect/azure/inventory.ts';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, only, TARGET } from '../../normalise/azure/build.ts';
import { A, collectFrom, type Fault, graphQueryOf, refuse, send, type World } from './lab.ts';
import { estateOf, idOf, resource, worldOf } from './world.ts';

const MANAGERS = 'Microsoft.Network/networkManagers';
const MANAGER = idOf(A, MANAGERS, 'm');
const CONFIGURATION = `${MANAGER}/securityAdminConfigurations/c`;
const NET = idOf(A, 'Microsoft.Network/virtualNetworks', 'vnet-rds');

/** A manager that denies RDP to networks of a group, and the groups that the one network is in. */
function worldWith(groups: readonly string[]): World {
  const world = worldOf();
  const membership: JsonObject = {
    id: `${NET}/providers/Microsoft.Network/networkGroupMemberships/default`,
    name: 'default',
    type: 'Microsoft.Network/networkGroupMemberships',
    properties: { GroupMemberships: groups.map((name) => ({ NetworkGroupId: `${MANAGER}/networkGroups/${name}` })) },
  };
  const of = (id: string, type: string, properties: JsonObject): JsonObject => ({ id, name: id.slice(id.lastIndexOf('/') + 1), type, properties });
  const deny = {
    access: 'Deny',
    direction: 'Inbound',
    priority: 1,
    protocol: 'Tcp',
    sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
    destinations: [],
    sourcePortRanges: ['0-65535'],
    destinationPortRanges: ['3389'],
  };
  const lists: Record<string, Json> = {
    [`${MANAGER}/securityAdminConfigurations`]: [of(CONFIGURATION, `${MANAGERS}/securityAdminConfigurations`, {})],
    [`${CONFIGURATION}/ruleCollections`]: [
      of(`${CONFIGURATION}/ruleCollections/k`, `${MANAGERS}/securityAdminConfigurations/ruleCollections`, {
        appliesToGroups: [{ networkGroupId: `${MANAGER}/networkGroups/by-policy` }],
      }),
    ],
    [`${CONFIGURATION}/ruleCollections/k/rules`]: [
      of(`${CONFIGURATION}/ruleCollections/k/rules/r`, `${MANAGERS}/securityAdminConfigurations/ruleCollections/rules`, deny),
    ],
  };
  return {
    ...world,
    page: 2,
    resources: { [A]: [...estateOf(A), resource(A, MANAGERS, 'm'), membership] },
    lists: { ...world.lists, ...Object.fromEntries(Object.entries(lists).map(([path, list]) => [path.toLowerCase(), list])) },
  };
}

/** Who may not ask what is deployed. */
const noEffective: Fault = (seen, response) =>
  seen.path.endsWith('/listnetworkmanagereffectivesecurityadminrules') ? refuse(response, 403, 'AuthorizationFailed') : undefined;
const isMemberships: (seen: Parameters<Fault>[0]) => boolean = (seen) =>
  seen.path.endsWith('microsoft.resourcegraph/resources') && graphQueryOf(seen).startsWith('networkresources ');

async function snapshotOf(groups: readonly string[], fault: Fault = () => undefined): Promise<AzureSnapshot> {
  const both: Fault = (seen, response, count) => noEffective(seen, response, count) ?? fault(seen, response, count);
  const { results } = await collectFrom(worldWith(groups), { subscriptions: [A] }, both);
  const snapshot = results[0]?.snapshot;
  if (snapshot === undefined) throw new Error(JSON.stringify(results));
  return snapshot;
}

function fromInternet(snapshot: AzureSnapshot): Json | undefined {
  const { facts } = normaliseCloud(azureInventory(snapshot, 'a.json'), TARGET, CONTEXT);
  return (only(facts, 'azure.ingressPath').data['rdpTcp'] as JsonObject)['internet'];
}

test.each([
  ['in the group of a rule', ['other', 'by-policy'], null],
  ['in another group', ['other'], true],
])('a network %s is known by Resource Graph where nobody may ask what is deployed', async (_, groups, internet) => {
  const snapshot = await snapshotOf(groups);
  expect(snapshot.sources['effectiveSecurityAdminRules']).toMatchObject({ status: 'denied' });
  expect(snapshot.sources['networkGroupMemberships']).toMatchObject({ status: 'ok', count: 1 });
  expect(fromInternet(snapshot)).toBe(internet);
});

const hidden: Fault = (seen, response) =>
  seen.path === `/subscriptions/${A}/providers/microsoft.network/networksecuritygroups` ? refuse(response, 403, 'AuthorizationFailed') : undefined;
const READER = { opens: "the role 'Reader' on the subscription", unread: [{ scope: '', reason: 'denied' }] };

test.each<[string, Fault, JsonObject]>([
  ['denied', (seen, response) => (isMemberships(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined), { status: 'denied', ...READER }],
  ['perhaps left out in part', hidden, { status: 'partial', ...READER }],
  [
    'cut',
    (seen, response) =>
      isMemberships(seen)
        ? (send(response, 200, { totalRecords: 2, count: 1, data: [{ id: '/subscriptions/x' }], resultTruncated: 'true' }), 'done')
        : undefined,
    { status: 'error', unread: [{ scope: '', reason: 'malformed' }] },
  ],
])('memberships that are %s are unknown, never none', async (_, fault, status) => {
  const snapshot = await snapshotOf(['other'], fault);
  expect(snapshot.sources['networkGroupMemberships']).toMatchObject(status);
  expect(fromInternet(snapshot)).toBeNull();
});
