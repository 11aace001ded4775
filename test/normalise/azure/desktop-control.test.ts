import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, GROUP, liveFacts, only, resource } from './build.ts';
import { child, extending } from './estate.ts';

const POOL = 'Microsoft.DesktopVirtualization/hostPools';
const pool = (body: JsonObject, name = 'hp') => resource(POOL, name, body);
const poolFact = (body: JsonObject): Fact => only(facts([pool(body)]), 'azure.hostPool');

describe('settings of host pools', () => {
  it('have the defaults of the service where nothing is stated', () =>
    expect(poolFact({}).data).toMatchObject({
      maxSessionLimit: 999_999,
      validationEnvironment: false,
      agentUpdate: { type: 'Default', windows: 0 },
      registration: { tokenShown: false, hoursLeft: 0 },
      newHosts: { stated: false },
      federationSecret: false,
      udp: { managedPrivate: 'Default', direct: 'Default', public: 'Default', relay: 'Default' },
    }));

  it.each<[string, JsonObject, JsonObject]>([
    ['a time in two days', { expirationTime: '2026-01-03T00:00:00Z' }, { tokenShown: false, hoursLeft: 48 }],
    ['a time that is over', { expirationTime: '2025-01-03T00:00:00Z' }, { tokenShown: false, hoursLeft: 0 }],
    ['a token that is taken back', { expirationTime: '2026-02-01T00:00:00Z', registrationTokenOperation: 'Delete' }, { tokenShown: false, hoursLeft: 0 }],
    ['a token in the clear', { expirationTime: '2025-01-03T00:00:00Z', token: 'abc' }, { tokenShown: true, hoursLeft: 0 }],
    ['a token that a state keeps as a secret', { expirationTime: '2025-01-03T00:00:00Z', token: UNRESOLVED }, { tokenShown: false, hoursLeft: 0 }],
    ['a time that is worked out on deployment', { expirationTime: UNRESOLVED }, { tokenShown: false, hoursLeft: null }],
  ])('registration by %s', (_, registrationInfo, expected) => expect(poolFact({ registrationInfo }).data['registration']).toEqual(expected));

  it.each<[string, Json, JsonObject]>([
    [
      'a secure one',
      '{"securityType":"TrustedLaunch","secureBoot":true,"vTPM":true,"galleryImagePublisher":"microsoftwindowsdesktop","galleryImageSKU":"win11-24h2-avd"}',
      { stated: true, securityType: 'TrustedLaunch', secureBoot: true, vTpm: true, phase: 'supported' },
    ],
    [
      'one that says nothing of security',
      '{"galleryImageSKU":"win10-22h2-avd","galleryImagePublisher":"MicrosoftWindowsDesktop"}',
      { stated: true, securityType: 'Standard', secureBoot: false, phase: 'extended' },
    ],
    ['an image of one’s own', '{"customImageId":"/x","galleryImageSKU":null}', { stated: true, image: 'not-stated', phase: 'not-known' }],
    ['text that is no JSON', '{json:json}', { stated: null, securityType: null }],
    ['an expression', UNRESOLVED, { stated: null, secureBoot: null }],
  ])('template of new hosts: %s', (_, vmTemplate, expected) => expect(poolFact({ vmTemplate }).data['newHosts']).toMatchObject(expected));

  it('knows a secret of AD FS, and no other sign-on', () => {
    expect(poolFact({ ssoClientSecretKeyVaultPath: 'https://kv.vault.azure.net/secrets/x' }).data['federationSecret']).toBe(true);
    expect(poolFact({ ssoSecretType: 'SharedKeyInKeyVault' }).data['federationSecret']).toBe(true);
    expect(poolFact({ ssoClientSecretKeyVaultPath: '', ssoSecretType: 'Certificate' }).data['federationSecret']).toBe(false);
  });

  it.each<[string, JsonObject, Json]>([
    ['a path that is an expression', { ssoClientSecretKeyVaultPath: UNRESOLVED }, null],
    ['a kind of secret that is an expression', { ssoSecretType: UNRESOLVED }, null],
    ['a path that is an expression beside a shared key', { ssoClientSecretKeyVaultPath: UNRESOLVED, ssoSecretType: 'SharedKey' }, true],
  ])('has perhaps a secret of AD FS with %s', (_, body, expected) => {
    const fact = poolFact(body);
    expect([fact.data['federationSecret'], fact.unknown.includes('/federationSecret')]).toEqual([expected, expected === null]);
  });

  it('writes the words of Azure in Azure’s spelling', () =>
    expect(poolFact({ hostPoolType: 'pooled', loadBalancerType: 'breadthfirst' }).data).toMatchObject({
      hostPoolType: 'Pooled',
      loadBalancerType: 'BreadthFirst',
    }));

  it('names what expressions hide', () =>
    expect(
      poolFact({ maxSessionLimit: UNRESOLVED, agentUpdate: { type: 'Scheduled', maintenanceWindows: UNRESOLVED }, publicUDP: UNRESOLVED }).unknown,
    ).toEqual(expect.arrayContaining(['/maxSessionLimit', '/agentUpdate/windows', '/udp/public'])));
});

describe('the ring of validation', () => {
  const ring = (all: readonly Fact[]): Fact => only(all, 'azure.validationRing');

  it('is one answer for all pools of an input', () => {
    expect(ring(liveFacts([pool({}), pool({ validationEnvironment: true }, 'canary')])).data).toMatchObject({
      pools: 2,
      hasValidationPool: true,
      productionOnValidation: [],
    });
    expect(ring(liveFacts([pool({})])).data['hasValidationPool']).toBe(false);
    expect(ring(facts([pool({})])).unknown).toEqual(['/hasValidationPool']);
  });

  it('leaves production out', () => {
    const fact = ring(facts([pool({}), pool({ validationEnvironment: true, tags: { Environment: 'Production' } }, 'prod')]));
    expect(fact.data['productionOnValidation']).toEqual(['prod']);
    expect(fact.origin).toMatchObject({ resourceId: expect.stringContaining('prod') as string });
  });

  it('may miss a pool that stands under a condition which the others do not share', () => {
    const canary = { ...pool({ validationEnvironment: true }, 'canary'), conditional: 'x' };
    expect(ring(liveFacts([pool({}), canary])).data).toMatchObject({ hasValidationPool: null, productionOnValidation: [] });
    expect(ring(liveFacts([{ ...pool({}), conditional: 'x' }, canary])).data['hasValidationPool']).toBe(true);
    const wrong = { ...pool({ validationEnvironment: true, tags: { env: 'prod' } }, 'wrong'), conditional: 'x' };
    expect(ring(liveFacts([pool({}), wrong])).data).toMatchObject({ productionOnValidation: null });
  });

  it('may hold a pool of production where its tags are an expression', () =>
    expect(ring(liveFacts([pool({ validationEnvironment: true, tags: { env: UNRESOLVED } })])).unknown).toEqual(['/productionOnValidation']));
});

describe('session hosts as the service sees them', () => {
  const host = (body: JsonObject) => child(POOL, 'hp', 'sessionHosts', 'h1.contoso.com', body);

  it('have a last heartbeat beside the time they were read', () => {
    const all = liveFacts([
      host({
        status: 'Available',
        updateState: 'Succeeded',
        lastHeartBeat: '2025-12-31T23:50:00Z',
        sessionHostHealthCheckResults: [
          { healthCheckName: 'DomainJoinedCheck', healthCheckResult: 'HealthCheckFailed' },
          { healthCheckName: 'UrlsAccessibleCheck', healthCheckResult: 'HealthCheckSucceeded' },
        ],
      }),
    ]);
    expect(only(all, 'azure.sessionHost').data).toMatchObject({
      name: 'h1.contoso.com',
      hostPool: 'hp',
      status: 'Available',
      silentMinutes: 10,
      failedChecks: ['DomainJoinedCheck'],
    });
  });

  it('have no status that is not told', () =>
    expect(only(liveFacts([host({})]), 'azure.sessionHost').unknown).toEqual(expect.arrayContaining(['/status', '/silentMinutes'])));

  it('are silent for a time that nobody knows in a list without a time', () =>
    expect(only(facts([host({ status: 'Available', lastHeartBeat: '2025-12-31T23:50:00Z' })], true), 'azure.sessionHost').unknown).toEqual(['/silentMinutes']));
});

describe('application groups', () => {
  const group = resource('Microsoft.DesktopVirtualization/applicationGroups', 'dag', { applicationGroupType: 'desktop' });
  const role = `${GROUP.split('/resourcegroups')[0]}/providers/microsoft.authorization/roledefinitions/1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63`;
  const at = (scope: string, principalType: Json, roleDefinitionId: Json = role) => {
    const id = `${scope}/providers/microsoft.authorization/roleassignments/a`;
    return resource('Microsoft.Authorization/roleAssignments', 'a', { principalType, roleDefinitionId }, { id, displayId: `/${id}` });
  };
  const groupFact = (all: readonly Fact[]): JsonObject => only(all, 'azure.applicationGroup').data;
  const rg = GROUP.replace('/providers', '');

  it.each<[string, string, Json, JsonObject]>([
    ['a group', group.id, 'Group', { personAssigned: false, assignedFromAbove: false, people: 0 }],
    ['a person', group.id, 'User', { personAssigned: true, people: 1 }],
    ['a group at the resource group', rg, 'Group', { personAssigned: false, assignedFromAbove: true }],
    ['a group at the subscription', rg.split('/resourcegroups')[0] ?? '', 'Group', { assignedFromAbove: true }],
    ['a group at a management group', 'microsoft.management/managementgroups/contoso', 'Group', { assignedFromAbove: true }],
    ['a group at another resource group', `${rg}-b`, 'Group', { assignedFromAbove: false }],
  ])('assigned to %s', (_, scope, type, expected) => expect(groupFact(liveFacts([group, at(scope, type)]))).toMatchObject(expected));

  it('count the role of users alone', () =>
    expect(groupFact(liveFacts([group, at(group.id, 'User', role.replace('1d18', '0000'))]))).toMatchObject({ personAssigned: false, people: 0 }));

  it('are not known where assignments were not read, or say too little', () => {
    expect(groupFact(facts([group]))).toMatchObject({ applicationGroupType: 'Desktop', personAssigned: null, assignedFromAbove: null });
    expect(groupFact(facts([group, at(group.id, 'User')]))).toMatchObject({ personAssigned: true, assignedFromAbove: null });
    expect(groupFact(liveFacts([group, at(group.id, UNRESOLVED)]))).toMatchObject({ personAssigned: null });
    expect(groupFact(liveFacts([group, at(group.id, 'User', UNRESOLVED)]))).toMatchObject({ personAssigned: null });
  });
});

describe('private endpoints', () => {
  const endpoint = (subscription: string) => ({ id: `subscriptions/${subscription}/resourcegroups/rg/providers/microsoft.network/privateendpoints/pe` });
  const own = '00000000-0000-0000-0000-000000000000';

  it('stand in their parent or by themselves, and are told once', () => {
    const node = { name: 'pe', privateEndpoint: endpoint(own), privateLinkServiceConnectionState: { status: 'approved' } };
    const all = facts([pool({ privateEndpointConnections: [node] }), child(POOL, 'hp', 'privateEndpointConnections', 'pe', node)]);
    expect(only(all, 'azure.privateEndpointConnection').data).toMatchObject({ owner: 'hp', status: 'Approved', ownSubscription: true });
  });

  it('come from somewhere', () => {
    const foreign = own.replace('0000', '0001');
    const all = facts([
      pool({ privateEndpointConnections: [{ name: 'pe', privateEndpoint: endpoint(foreign), privateLinkServiceConnectionState: { status: 'Pending' } }] }),
    ]);
    expect(only(all, 'azure.privateEndpointConnection').data).toMatchObject({ status: 'Pending', subscription: foreign, ownSubscription: false });
    const hidden = facts([pool({ privateEndpointConnections: [{ name: 'pe', privateEndpoint: UNRESOLVED }] })]);
    expect(only(hidden, 'azure.privateEndpointConnection').unknown).toEqual(['/subscription', '/ownSubscription']);
  });
});

it('an assignment of a template without a scope is deployed to the group around it', () => {
  const group = resource('Microsoft.DesktopVirtualization/applicationGroups', 'dag', {}, { id: 'microsoft.desktopvirtualization/applicationgroups/dag' });
  const body = { principalType: 'Group', roleDefinitionId: '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63' };
  const around = resource('Microsoft.Authorization/roleAssignments', 'a', body, { id: 'microsoft.authorization/roleassignments/a' });
  expect(only(facts([group, around]), 'azure.applicationGroup').data['assignedFromAbove']).toBe(true);
  const here = extending(group, 'microsoft.authorization/roleassignments', 'a', body);
  expect(only(facts([group, here]), 'azure.applicationGroup').data['assignedFromAbove']).toBeNull();
});
