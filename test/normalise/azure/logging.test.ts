import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, idOf, liveFacts, machine, nic, nsg, only, resource, subnetId, vnet } from './build.ts';
import { child, extending } from './estate.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

describe('diagnostic settings', () => {
  const vault = resource('Microsoft.KeyVault/vaults', 'kv', {});
  const setting = (body: JsonObject, more = {}) => ({
    ...extending(vault, 'Microsoft.Insights/diagnosticSettings', 's', { workspaceId: '/x', ...body }),
    ...more,
  });
  const coverage = (all: readonly Fact[]): JsonObject => only(all, 'azure.diagnosticCoverage').data;
  const on = (name: JsonObject): JsonObject => ({ logs: [{ enabled: true, ...name }] });

  it.each<[string, JsonObject]>([
    ['the category', on({ category: 'AuditEvent' })],
    ['all logs', on({ categoryGroup: 'allLogs' })],
    ['what is for audits', on({ categoryGroup: 'audit' })],
  ])('send %s', (_, body) => expect(coverage(facts([vault, setting(body)]))).toMatchObject({ logged: true, missing: [] }));

  it.each<[string, JsonObject]>([
    ['is off', { logs: [{ category: 'AuditEvent', enabled: false }] }],
    ['is another', on({ category: 'AzurePolicyEvaluationDetails' })],
    ['goes nowhere', { workspaceId: null, ...on({ categoryGroup: 'allLogs' }) }],
    ['is of metrics', { metrics: [{ category: 'AllMetrics', enabled: true }] }],
  ])('send nothing where the category %s', (_, body) =>
    expect(coverage(liveFacts([vault, setting(body)]))).toMatchObject({ logged: false, missing: ['AuditEvent'] }),
  );

  it('may be in another template; a list of resources does not hold them', () => {
    expect(coverage(facts([vault]))).toMatchObject({ logged: null, missing: null });
    expect(coverage(facts([vault], true))).toMatchObject({ logged: null });
    expect(coverage(liveFacts([vault]))).toMatchObject({ logged: false });
    expect(coverage(liveFacts([vault], [{ type: 'microsoft.insights/diagnosticsettings', scope: vault.id }]))).toMatchObject({ logged: null });
    expect(coverage(liveFacts([vault], [{ type: 'microsoft.insights/diagnosticsettings', scope: 'another' }]))).toMatchObject({ logged: false });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['logs', { logs: UNRESOLVED }, {}],
    ['a switch', { logs: [{ category: 'AuditEvent', enabled: UNRESOLVED }] }, {}],
    ['a destination', { workspaceId: UNRESOLVED, ...on({ category: 'AuditEvent' }) }, {}],
    ['a condition', on({ category: 'AuditEvent' }), { conditional: 'x' }],
  ])('are not known where %s is an expression', (_, body, more) => expect(coverage(liveFacts([vault, setting(body, more)]))).toMatchObject({ logged: null }));

  it('of a host pool have to send connections and management', () => {
    const pool = resource('Microsoft.DesktopVirtualization/hostPools', 'hp', {});
    const some = extending(pool, 'Microsoft.Insights/diagnosticSettings', 's', { workspaceId: '/x', ...on({ category: 'Connection' }) });
    expect(coverage(liveFacts([pool, some]))).toMatchObject({ what: 'host pool', logged: false, missing: ['Management'] });
  });
});

describe('flow logs', () => {
  const network = [
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', []),
    nic('n', { subnet: subnetId('net', 'hosts') }),
    machine('vm', 'n'),
  ];
  const log = (target: Json, body: JsonObject = {}) =>
    child('Microsoft.Network/networkWatchers', 'w', 'flowLogs', 'f', { targetResourceId: target, enabled: true, ...body });
  const id = (type: string, ...names: string[]): string => String(idOf(type, ...names)['id']);
  const coverage = (all: readonly Fact[]): JsonObject => only(all, 'azure.flowLogCoverage').data;

  it.each([
    ['the network', id('Microsoft.Network/virtualNetworks', 'net')],
    ['the subnet', id('Microsoft.Network/virtualNetworks', 'net', 'subnets', 'hosts')],
    ['the interface', id('Microsoft.Network/networkInterfaces', 'n')],
    ['the group', id('Microsoft.Network/networkSecurityGroups', 'g')],
  ])('watch %s', (_, target) => expect(coverage(facts([...network, log(target)]))).toMatchObject({ logged: true, machines: ['vm'] }));

  it.each<[string, JsonObject, number]>([
    ['for ever', {}, 0],
    ['for ever where the limit is off', { retentionPolicy: { enabled: false, days: 7 } }, 0],
    ['for a time', { retentionPolicy: { enabled: true, days: 30 } }, 30],
  ])('are kept %s', (_, body, days) => expect(coverage(facts([...network, log(id('Microsoft.Network/virtualNetworks', 'net'), body)]))['days']).toBe(days));

  it('are missing where none fits, and may be in another template', () => {
    const other = id('Microsoft.Network/virtualNetworks', 'other');
    expect(coverage(liveFacts([...network, log(other)]))).toMatchObject({ logged: false });
    expect(coverage(liveFacts([...network, log(id('Microsoft.Network/virtualNetworks', 'net'), { enabled: false })]))).toMatchObject({ logged: false });
    expect(coverage(facts([...network, log(other)]))).toMatchObject({ logged: null, days: null });
    expect(coverage(liveFacts([...network, log(UNRESOLVED)]))).toMatchObject({ logged: null });
  });

  it('of one machine are not those of all', () => {
    const more = [nic('m', { subnet: subnetId('net', 'bare') }), machine('vm2', 'm')];
    expect(coverage(liveFacts([...network, ...more, log(id('Microsoft.Network/networkInterfaces', 'n'))]))).toMatchObject({
      logged: false,
      machines: ['vm', 'vm2'],
    });
  });
});

describe('alerts on changes of the network', () => {
  const group = nsg('g', []);
  const alert = (operations: readonly string[], over: JsonObject = {}) =>
    resource('Microsoft.Insights/activityLogAlerts', 'a', {
      enabled: true,
      scopes: [`subscriptions/${SUBSCRIPTION}`],
      condition: {
        allOf: [
          { field: 'category', equals: 'Administrative' },
          { field: 'operationName', containsAny: operations },
        ],
      },
      actions: { actionGroups: [{ actionGroupId: '/x' }] },
      ...over,
    });
  const rules = 'Microsoft.Network/networkSecurityGroups/securityRules/write';
  const told = (all: readonly Fact[]): JsonObject => only(all, 'azure.networkAlerts').data;

  it('are by operation', () => {
    expect(told(liveFacts([group, alert([rules])]))).toMatchObject({ subscription: SUBSCRIPTION, ruleChanges: true, addressChanges: false });
    expect(told(liveFacts([group, alert([rules, 'microsoft.network/publicipaddresses/write'])]))).toMatchObject({ ruleChanges: true, addressChanges: true });
    const equals = { condition: { allOf: [{ field: 'operationName', equals: rules }] } };
    expect(told(liveFacts([group, alert([], equals)]))).toMatchObject({ ruleChanges: true });
  });

  it.each<[string, JsonObject, Json]>([
    ['off', { enabled: false }, false],
    ['of one resource group alone', { scopes: [`subscriptions/${SUBSCRIPTION}/resourcegroups/rg`] }, false],
    ['of another subscription', { scopes: ['subscriptions/00000000-0000-0000-0000-000000000001'] }, false],
    ['under a condition that is an expression', { condition: UNRESOLVED }, null],
    ['of a scope that is an expression', { scopes: UNRESOLVED }, null],
    ['without anybody to tell', { actions: { actionGroups: [] } }, false],
    ['without actions', { actions: null }, false],
    ['for whom an expression says', { actions: UNRESOLVED }, null],
  ])('tell nobody while they are %s', (_, over, expected) => expect(told(liveFacts([group, alert([rules], over)]))['ruleChanges']).toBe(expected));

  it.each<[string, JsonObject, Json]>([
    ['success', { field: 'status', equals: 'Succeeded' }, true],
    ['success among others', { field: 'status', containsAny: ['failed', 'succeeded'] }, true],
    ['failure alone', { field: 'status', equals: 'failed' }, false],
    [
      'either',
      {
        anyOf: [
          { field: 'status', equals: 'failed' },
          { field: 'status', equals: 'succeeded' },
        ],
      },
      true,
    ],
    ['a status that is an expression', { field: 'status', equals: UNRESOLVED }, null],
    ['errors alone', { field: 'level', equals: 'Error' }, false],
    ['what is informational', { field: 'level', containsAny: ['Informational', 'Warning'] }, true],
    ['another category', { field: 'category', equals: 'Security' }, false],
    ['one resource group', { field: 'resourceGroup', equals: 'rg' }, false],
    ['one type', { field: 'resourceType', equals: 'Microsoft.Network/networkSecurityGroups' }, true],
    ['something else', { field: 'properties.message', equals: 'x' }, null],
  ])('narrowed to %s', (_, condition, expected) => {
    const over = { condition: { allOf: [{ field: 'operationName', equals: rules }, condition] } };
    expect(told(liveFacts([group, alert([], over)]))['ruleChanges']).toBe(expected);
  });

  it('are asked for in lists alone, and are not known where they were not read', () => {
    expect(factsOf(facts([group]), 'azure.networkAlerts')).toEqual([]);
    expect(told(facts([group], true))).toMatchObject({ ruleChanges: null });
    expect(told(liveFacts([group]))).toMatchObject({ ruleChanges: false });
    expect(told(liveFacts([group], [{ type: 'microsoft.insights/activitylogalerts', scope: '' }]))).toMatchObject({ ruleChanges: null });
  });
});
