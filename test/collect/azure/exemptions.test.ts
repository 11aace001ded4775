import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exemptionsOf } from '../../../src/cli/exemptions.ts';
import { type AzureSnapshot, azureSnapshotText } from '../../../src/collect/azure/snapshot.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { run } from '../../cli/support.ts';
import { A, collectFrom } from './lab.ts';
import { HOST_POOL, resource, worldOf } from './world.ts';

const NETWORK_ACCESS = 'c25dcf31-878f-4eba-98eb-0818fdc6a334';
const BUILT_IN = `/providers/Microsoft.Authorization/policyDefinitions/${NETWORK_ACCESS}`;
const AT = `/subscriptions/${A}/providers/Microsoft.Authorization`;
const ONE = `${AT}/policyAssignments/one`;
const MANY = `${AT}/policyAssignments/many`;
const FOREIGN = `${AT}/policyAssignments/foreign`;
const SET = '/providers/Microsoft.Authorization/policySetDefinitions/00000000-0000-0000-0000-0000000000e1';

const assignment = (id: string, policyDefinitionId: string): JsonObject => ({
  id,
  name: 'x',
  type: 'Microsoft.Authorization/policyAssignments',
  properties: { policyDefinitionId },
});
const exemption = (scope: string, properties: JsonObject, name = 'old-app'): JsonObject => ({
  id: `${scope}/providers/Microsoft.Authorization/policyExemptions/${name}`,
  name,
  type: 'Microsoft.Authorization/policyExemptions',
  properties: {
    policyAssignmentId: ONE,
    exemptionCategory: 'Waiver',
    expiresOn: '2027-02-01T00:00:00Z',
    displayName: 'Moves to a private link in spring',
    metadata: { requestedBy: 'desktop team', approvedBy: 'risk board', ticketRef: 'RISK-7' },
    ...properties,
  },
});

const GROUPS: readonly JsonObject[] = [
  assignment(ONE, BUILT_IN),
  assignment(MANY, SET),
  assignment(FOREIGN, `/subscriptions/${A}${BUILT_IN}`),
  {
    id: SET,
    name: 'x',
    type: 'Microsoft.Authorization/policySetDefinitions',
    properties: {
      policyDefinitions: [
        { policyDefinitionReferenceId: 'access', policyDefinitionId: BUILT_IN },
        {
          policyDefinitionReferenceId: 'other',
          policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/00000000-0000-0000-0000-0000000000e2',
        },
      ],
    },
  },
  resource(A, 'Microsoft.DesktopVirtualization/hostPools', 'hp-a'),
];

function snapshotWith(...more: readonly JsonObject[]): AzureSnapshot {
  return {
    schemaVersion: 1,
    target: { kind: 'azure', name: A },
    collectedAt: '2026-11-01T00:00:00Z',
    cloud: 'public',
    subscription: { displayName: 'contoso', state: 'Enabled', managementGroups: [] },
    identity: 'environment',
    sources: {},
    resources: [...GROUPS, ...more],
  };
}

const OPTIONS = { until: null, owner: null, known: ['AVD-008', 'NET-001'] };

test.each<[string, JsonObject, JsonObject]>([
  [
    'one resource',
    exemption(HOST_POOL, {}),
    { policy: 'AVD-008', target: A, name: 'hp-a', until: '2027-01-31', owner: 'desktop team', approver: 'risk board', ticket: 'RISK-7' },
  ],
  ['the whole subscription', exemption(`/subscriptions/${A}`, {}), { policy: 'AVD-008', target: A }],
  ['one definition of an initiative', exemption(HOST_POOL, { policyAssignmentId: MANY, policyDefinitionReferenceIds: ['Access'] }), { policy: 'AVD-008' }],
  ['a whole initiative', exemption(HOST_POOL, { policyAssignmentId: MANY }), { policy: 'AVD-008' }],
])('an exemption of %s is a waiver of the same risk, for no longer', (_name, given, entry) => {
  const [made] = exemptionsOf(snapshotWith(given), OPTIONS);
  expect(made).toMatchObject({ name: 'old-app', entry });
  expect(made).toMatchObject({ entry: { reason: expect.stringContaining("exemption 'old-app': Moves to a private link") as string } });
});

test.each<[string, JsonObject, RegExp]>([
  ['another risk', exemption(HOST_POOL, { policyAssignmentId: MANY, policyDefinitionReferenceIds: ['other'] }), /no policy here/],
  ['somebody’s own definition of that name', exemption(HOST_POOL, { policyAssignmentId: FOREIGN }), /no policy here/],
  ['an assignment that nobody could read', exemption(HOST_POOL, { policyAssignmentId: `${AT}/policyAssignments/hidden` }), /could not be read/],
  ['a resource group, which is less than a subscription', exemption(`/subscriptions/${A}/resourceGroups/rg-rds`, {}), /resource group/],
  ['selected resources', exemption(`/subscriptions/${A}`, { resourceSelectors: [{ name: 'west' }] }), /selected/],
  ['no end', exemption(HOST_POOL, { expiresOn: null }), /no end/],
  ['nobody who answers', exemption(HOST_POOL, { metadata: {} }), /nobody answers/],
])('an exemption of %s is left out', (_name, given, left) => {
  expect(exemptionsOf(snapshotWith(given), OPTIONS)).toMatchObject([{ left: expect.stringMatching(left) as string }]);
});

test('a name that two resources have is no name of one', () => {
  const twin = { ...resource(A, 'Microsoft.DesktopVirtualization/workspaces', 'hp-a') };
  expect(exemptionsOf(snapshotWith(exemption(HOST_POOL, {}), twin), OPTIONS)).toMatchObject([{ left: expect.stringContaining('several') as string }]);
});

test('the command writes what counts, once, and the scan obeys it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-exemptions-'));
  try {
    const pool = resource(A, 'Microsoft.DesktopVirtualization/hostPools', 'hp-a', { publicNetworkAccess: 'Enabled' });
    const snapshot = snapshotWith(exemption(HOST_POOL, {}), exemption(HOST_POOL, { expiresOn: null }, 'endless'));
    const text = [...azureSnapshotText({ ...snapshot, resources: [...snapshot.resources.filter((one) => one['name'] !== 'hp-a'), pool] })].join('');
    writeFileSync(join(folder, `${A}.azure.snapshot.json`), text);
    const first = run(['waiver', 'import-azure', '.', '--now', '2026-12-01'], { cwd: folder });
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(
        /'old-app' counts as 'azure-old-app-[0-9a-f]{8}' until 2027-01-31\.\nleft out 'endless': it has no end.*\n1 waiver written/,
      ) as string,
    ]);
    const before = readFileSync(join(folder, 'waivers.yaml'), 'utf8');
    const second = run(['waiver', 'import-azure', '.', '--now', '2026-12-01'], { cwd: folder });
    expect(second.stdout).toMatch(/left out 'old-app': it is there as/);
    expect(readFileSync(join(folder, 'waivers.yaml'), 'utf8')).toBe(before);
    const scanned = run(['scan', `${A}.azure.snapshot.json`, '--only', 'AVD-008', '--waivers', 'waivers.yaml', '--now', '2026-12-01', '--report', 'json:-'], {
      cwd: folder,
    });
    expect(JSON.parse(scanned.stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ name: 'hp-a', status: 'waived' })]) as unknown,
    });
    const late = run(['waiver', 'import-azure', '.', '--now', '2027-03-01', '--waivers', 'late.yaml'], { cwd: folder });
    expect(late.stdout).toMatch(/left out 'old-app': it has expired/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('assignments and initiatives come with the exemptions, without their parameters', async () => {
  const world = worldOf();
  const lists = {
    ...world.lists,
    [`/subscriptions/${A}/providers/microsoft.authorization/policyexemptions`]: [exemption(HOST_POOL, { policyAssignmentId: MANY })],
    [MANY.toLowerCase()]: { id: MANY, properties: { policyDefinitionId: SET, parameters: { secret: { value: 'never-9-a-parameter' } } } },
    [SET.toLowerCase()]: {
      id: SET,
      properties: { policyDefinitions: [{ policyDefinitionReferenceId: 'access', policyDefinitionId: BUILT_IN, parameters: {} }] },
    },
  };
  const { results } = await collectFrom({ ...world, lists }, { subscriptions: [A] });
  const [snapshot] = results.flatMap((result) => result.snapshot ?? []);
  expect(snapshot?.sources['policyAssignments']).toMatchObject({ status: 'ok', count: 2 });
  expect(JSON.stringify(snapshot)).not.toContain('never-9');
  expect(snapshot === undefined ? [] : exemptionsOf(snapshot, OPTIONS)).toMatchObject([{ entry: { policy: 'AVD-008' } }]);
});
