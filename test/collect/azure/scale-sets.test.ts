import { expect, test } from 'vitest';
import { azureInventory } from '../../../src/collect/azure/inventory.ts';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { unreadFacts } from '../../../src/normalise/azure/unread-facts.ts';
import { CONTEXT, factsOf, TARGET } from '../../normalise/azure/build.ts';
import { A, collectFrom, type Fault, graphQueryOf, refuse, type Seen, send, type World } from './lab.ts';
import { estateOf, idOf, resource, worldOf } from './world.ts';

const SET = 'Microsoft.Compute/virtualMachineScaleSets';
const GROUP = { networkSecurityGroup: { id: idOf(A, 'Microsoft.Network/networkSecurityGroups', 'nsg-open') } };
const SUBNET = { subnet: { id: `${idOf(A, 'Microsoft.Network/virtualNetworks', 'vnet-rds')}/subnets/hosts` } };

/** A uniform scale set, its instances, and an instance with a public address that the model does not have. */
function setOf(mode: string, count: number): JsonObject[] {
  const instance = (number: number): string => `${idOf(A, SET, 'set')}/virtualMachines/${number}/networkInterfaces/nic`;
  const address = `${instance(1)}/ipConfigurations/c/publicIPAddresses/own`;
  const nic = (number: number): JsonObject => ({
    id: instance(number),
    name: 'nic',
    type: `${SET}/virtualMachines/networkInterfaces`,
    properties: {
      ...GROUP,
      ipConfigurations: [
        { name: 'c', properties: { privateIPAddress: `10.20.1.${20 + number}`, ...SUBNET, ...(number === 1 ? { publicIPAddress: { id: address } } : {}) } },
      ],
    },
  });
  return [
    resource(A, SET, 'set', {
      orchestrationMode: mode,
      virtualMachineProfile: {
        osProfile: { windowsConfiguration: {}, adminPassword: 'never-7-in-a-model' },
        networkProfile: {
          networkInterfaceConfigurations: [{ name: 'nic', properties: { ...GROUP, ipConfigurations: [{ name: 'c', properties: SUBNET }] } }],
        },
      },
    }),
    ...Array.from({ length: count }, (_, number) => nic(number)),
    {
      id: address,
      name: 'own',
      type: `${SET}/virtualMachines/networkInterfaces/ipConfigurations/publicIPAddresses`,
      sku: { name: 'Standard' },
      properties: { ipAddress: '192.0.2.77' },
    },
  ];
}

const worldWith = (more: readonly JsonObject[], page = 1000): World => ({ ...worldOf(), resources: { [A]: [...estateOf(A), ...more] }, page });
const isInstances = (seen: Seen): boolean => seen.path.endsWith('microsoft.resourcegraph/resources') && graphQueryOf(seen).startsWith('computeresources ');

async function snapshotOf(world: World, fault?: Fault): Promise<AzureSnapshot> {
  const { results } = await collectFrom(world, { subscriptions: [A] }, fault);
  const snapshot = results[0]?.snapshot;
  if (snapshot === undefined) throw new Error(JSON.stringify(results));
  return snapshot;
}

function judged(snapshot: AzureSnapshot): { readonly ways: readonly string[]; readonly unread: readonly string[] } {
  const inventory = azureInventory(snapshot, 'a.json');
  const { facts } = normaliseCloud(inventory, TARGET, CONTEXT);
  const ways = factsOf(facts, 'azure.ingressPath').map(
    ({ data }) => `${String(data['networkInterface']).replace(/@\w+/, '@form')} by ${String(data['through'])}`,
  );
  return { ways, unread: unreadFacts(TARGET, inventory).map(({ kind }) => kind) };
}

test.each([1000, 2])('instances of a uniform scale set are read with their addresses, %i rows a page', async (page) => {
  const snapshot = await snapshotOf(worldWith(setOf('Uniform', 5), page));
  expect(snapshot.sources['scaleSetInstances']).toMatchObject({ status: 'ok', count: 6 });
  expect(JSON.stringify(snapshot)).not.toContain('never-7');
  expect(judged(snapshot)).toEqual({ ways: ['nic-a by pip-a', 'set/nic@form (instance 1, unlike the model) by own'], unread: [] });
});

test('the public address of an instance comes with its SKU', async () => {
  const { resources } = await snapshotOf(worldWith(setOf('Uniform', 2)));
  expect(resources.find(({ name }) => name === 'own')).toMatchObject({ sku: { name: 'Standard' }, properties: { ipAddress: '192.0.2.77' } });
});

const cut: Fault = (seen, response) => {
  if (!isInstances(seen)) return undefined;
  send(response, 200, { totalRecords: 6, count: 1, data: [{ id: '/subscriptions/x' }], resultTruncated: 'true' });
  return 'done';
};
const denied: Fault = (seen, response) => (isInstances(seen) ? refuse(response, 403, 'AuthorizationFailed') : undefined);
const hidden: Fault = (seen, response) =>
  seen.path === `/subscriptions/${A}/providers/microsoft.compute/virtualmachines` ? refuse(response, 403, 'AuthorizationFailed') : undefined;

test.each<[string, Fault, JsonObject]>([
  ['that is cut', cut, { status: 'error', unread: [{ scope: '', reason: 'malformed' }] }],
  ['that is denied', denied, { status: 'denied', opens: "the role 'Reader' on the subscription", unread: [{ scope: '', reason: 'denied' }] }],
  ['of which some may be left out', hidden, { status: 'partial', unread: [{ scope: '', reason: 'denied' }] }],
])('an answer %s is no set without instances', async (_, fault, status) => {
  const snapshot = await snapshotOf(worldWith(setOf('Uniform', 5)), fault);
  expect(snapshot.sources['scaleSetInstances']).toMatchObject(status);
  expect(judged(snapshot).unread).toEqual(expect.arrayContaining(['azure.ingressPath', 'azure.networkInterface']));
});

test.each([
  ['a flexible scale set, whose instances are ordinary machines', setOf('Flexible', 0)],
  ['no scale set', []],
])('with %s nothing is hidden', async (_, more) => {
  const snapshot = await snapshotOf(worldWith(more), denied);
  expect(snapshot.sources['scaleSetInstances']).toMatchObject({ status: 'denied' });
  expect(judged(snapshot).unread).toEqual([]);
});

test('a snapshot from before instances were read says so of its scale sets alone', async () => {
  const before = async (more: readonly JsonObject[]): Promise<readonly string[]> => {
    const { sources, ...snapshot } = await snapshotOf(worldWith(more));
    const { scaleSetInstances: _, ...older } = sources;
    return judged({ ...snapshot, sources: older }).unread;
  };
  expect(await before([])).toEqual([]);
  expect(await before(setOf('Uniform', 0))).toContain('azure.ingressPath');
});
