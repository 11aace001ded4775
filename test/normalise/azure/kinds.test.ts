import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import { AZURE_KINDS } from '../../../src/model/facts/azure-kinds.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { isObject, type Json, type JsonObject } from '../../../src/model/json.ts';
import { estate } from './estate.ts';
import { facts, idOf, machine, nic, nsg, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { collection, configuration, member } from './manager.ts';

/** Names what a value lacks of a closed schema; null is right only where the fact names it unknown or the schema allows it. */
function faults(schema: Json, value: Json | undefined, at: string, unknown: readonly string[]): string[] {
  if (!isObject(schema)) return [`${at}: no schema`];
  if (typeof schema['description'] !== 'string' && !/^$|\/\d+$/.test(at) && schema['type'] !== 'object') return [`${at}: no description`];
  if (value === undefined) return [`${at}: missing`];
  if (
    value === null &&
    (unknown.some((pointer) => at === pointer || at.startsWith(`${pointer}/`)) || (Array.isArray(schema['type']) && schema['type'].includes('null')))
  )
    return [];
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value) ? [] : [`${at}: ${JSON.stringify(value)}`];
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value;
  const types = Array.isArray(schema['type']) ? (schema['type'] as readonly Json[]) : [schema['type'] ?? null];
  if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) return [`${at}: is ${type}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => faults(schema['items'] ?? null, item as Json, `${at}/${index}`, unknown));
  if (!isObject(value)) return [];
  const properties = schema['properties'] as JsonObject;
  return [
    ...Object.keys(value)
      .filter((name) => !Object.hasOwn(properties, name))
      .map((name) => `${at}/${name}: unknown member`),
    ...Object.entries(properties).flatMap(([name, inner]) => faults(inner, value[name], `${at}/${name}`, unknown)),
  ];
}

const everything = (unresolved: boolean): readonly Fact[] =>
  facts([
    vnet('net', '10.1.0.0/16', {
      hosts: { prefix: '10.1.2.0/24', nsg: 'g' },
      bare: { prefix: '10.1.3.0/24' },
    }),
    nsg('g', [rule('r', 100, unresolved ? { sourceAddressPrefix: UNRESOLVED } : {}), rule('late', 200), rule('twice', 200, { destinationPortRange: '1,2' })]),
    resource('Microsoft.Network/networkSecurityGroups', 'h', {
      securityRules: unresolved ? UNRESOLVED : [],
    }),
    pip('p', 'Standard'),
    nic('n', {
      privateIPAddress: '10.1.2.4',
      subnet: subnetId('net', 'hosts'),
      publicIPAddress: unresolved ? UNRESOLVED : pipId('p'),
    }),
    machine('vm', 'n', { tags: { role: 'rd-gateway' } }),
    resource('Microsoft.Network/loadBalancers', 'lb', {
      frontendIPConfigurations: [{ name: 'f', publicIPAddress: unresolved ? UNRESOLVED : pipId('p') }],
      inboundNatRules: [
        {
          name: 'rdp',
          frontendIPConfiguration: idOf('Microsoft.Network/loadBalancers', 'lb', 'frontendIPConfigurations', 'f'),
          protocol: 'Tcp',
          frontendPort: 5000,
          backendPort: unresolved ? UNRESOLVED : 3389,
        },
      ],
    }),
    resource('Microsoft.Network/azureFirewalls', 'fw', {
      natRuleCollections: [
        {
          name: 'c',
          rules: [
            {
              name: 'r',
              protocols: unresolved ? UNRESOLVED : ['TCP'],
              sourceAddresses: unresolved ? UNRESOLVED : ['*'],
              destinationPorts: ['1'],
              translatedAddress: '10.1.2.4',
              translatedPort: '3389',
            },
          ],
        },
      ],
    }),
    resource(
      'Microsoft.DesktopVirtualization/hostPools',
      'hp',
      unresolved
        ? {
            customRdpProperty: UNRESOLVED,
            publicNetworkAccess: UNRESOLVED,
            hostPoolType: UNRESOLVED,
          }
        : {},
    ),
    resource('Microsoft.DesktopVirtualization/workspaces', 'ws', {}),
    vnet('hub', '10.2.0.0/24', { AzureBastionSubnet: { prefix: '10.2.0.0/26', nsg: 'g' } }),
    resource('Microsoft.Network/privateLinkServices', 'pls', {
      loadBalancerFrontendIpConfigurations: [unresolved ? UNRESOLVED : idOf('Microsoft.Network/loadBalancers', 'lb', 'frontendIPConfigurations', 'f')],
      visibility: { subscriptions: unresolved ? UNRESOLVED : ['*'] },
    }),
    resource('Microsoft.Network/networkManagers', 'm', {}),
    configuration(),
    collection(['a']),
    member('a', 'net'),
    ...estate(unresolved),
  ]);

/** Made of several targets: see host-joins.test.ts. */
const JOINED = new Set(['azure.exposedListener', 'azure.gatewayUdp', 'azure.hostPoolRedirection', 'azure.certificateUse']);

describe('facts and their kinds', () => {
  it.each([false, true])('agree, unresolved %s', (unresolved) => {
    const made = everything(unresolved);
    const kinds = new Map(AZURE_KINDS.map((kind) => [kind.kind, kind]));
    for (const fact of made) expect([fact.id, faults(kinds.get(fact.kind)?.schema ?? null, fact.data, '', fact.unknown)]).toEqual([fact.id, []]);
    expect([...new Set(made.map((fact) => fact.kind))].toSorted()).toEqual(
      AZURE_KINDS.map((kind) => kind.kind)
        .filter((kind) => !JOINED.has(kind))
        .toSorted(),
    );
  });

  it('have ids of their own and places in the document', () => {
    const made = everything(false);
    expect(new Set(made.map((fact) => fact.id)).size).toBe(made.length);
    for (const fact of made) expect(fact.origin).toMatchObject({ at: 'document', file: 'main.json', dialect: 'arm' });
  });

  it('are the same each time and whatever the order of names', () =>
    expect(everything(false).map((fact) => JSON.stringify(fact.data))).toEqual(everything(false).map((fact) => JSON.stringify(fact.data))));
});
