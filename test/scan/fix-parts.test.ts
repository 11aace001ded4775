import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Policy } from '../../src/model/policy.ts';
import { folderOf, scanFolder, shippedLibrary } from './support.ts';

const open = { properties: { rdpTcp: { properties: { internet: { const: false } } } } };
const base = { kind: 'azure.networkSecurityGroup', severity: 6, assert: open, message: "'{name}' is open.", why: '', links: [] };

/** Its fix changes the rules and leaves them open. */
const wrong: Policy = {
  ...base,
  id: 'OWN-001',
  name: 'Wrong',
  title: 'Keep it closed',
  fix: [{ title: 'Describe them', forEach: '/rdpTcp/openedBy', edit: { at: 'description', value: 'closed' } }],
};

/** Wants what NET-004 takes away, of one group. */
const contrary: Policy = {
  ...base,
  id: 'OWN-002',
  name: 'Contrary',
  title: 'Keep a rule that opens it',
  when: { properties: { name: { const: 'nsg-1' } } },
  assert: { properties: { rdpTcp: { properties: { openedBy: { minItems: 1 } } } } },
};

const library = { ...shippedLibrary(), policies: [...shippedLibrary().policies, wrong, contrary] };

interface Group {
  /** Source prefixes of its rules that let RDP in. */
  readonly from: readonly string[];
  /** The network whose subnet uses it. */
  readonly network: number;
}

const id = (type: string, ...names: string[]): string => `[resourceId('Microsoft.Network/${type}', ${names.map((name) => `'${name}'`).join(', ')})]`;

function resourcesOf(groups: readonly Group[]): JsonObject[] {
  const networks = [...new Set(groups.map((group) => group.network))];
  return [
    ...groups.map((group, index) => ({
      type: 'Microsoft.Network/networkSecurityGroups',
      apiVersion: '2023-11-01',
      name: `nsg-${index}`,
      location: 'westeurope',
      properties: {
        securityRules: group.from.map((sourceAddressPrefix, number) => ({
          name: `rule-${number}`,
          properties: {
            priority: 100 + number,
            direction: 'Inbound',
            access: 'Allow',
            protocol: 'Tcp',
            sourceAddressPrefix,
            sourcePortRange: '*',
            destinationAddressPrefix: '*',
            destinationPortRange: '3389',
          },
        })),
      },
    })),
    ...networks.map((network) => ({
      type: 'Microsoft.Network/virtualNetworks',
      apiVersion: '2023-11-01',
      name: `vnet-${network}`,
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: groups.flatMap((group, index) =>
          group.network === network
            ? [
                {
                  name: `s-${index}`,
                  properties: { addressPrefix: `10.0.${index}.0/24`, networkSecurityGroup: { id: id('networkSecurityGroups', `nsg-${index}`) } },
                },
              ]
            : [],
        ),
      },
    })),
    ...groups.map((group, index) => ({
      type: 'Microsoft.Network/networkInterfaces',
      apiVersion: '2023-11-01',
      name: `nic-${index}`,
      location: 'westeurope',
      properties: {
        ipConfigurations: [
          {
            name: 'ip',
            properties: {
              subnet: { id: id('virtualNetworks/subnets', `vnet-${group.network}`, `s-${index}`) },
              privateIPAddress: `10.0.${index}.4`,
              publicIPAddress: { id: id('publicIPAddresses', `pip-${index}`) },
            },
          },
        ],
      },
    })),
    ...groups.map((_group, index) => ({
      type: 'Microsoft.Network/publicIPAddresses',
      apiVersion: '2023-11-01',
      name: `pip-${index}`,
      location: 'westeurope',
      sku: { name: 'Standard' },
      properties: { publicIPAllocationMethod: 'Static' },
    })),
  ];
}

/** Finds machines by address, so a document that has one is proved as a whole, fix by fix. */
const BALANCER = { type: 'Microsoft.Network/loadBalancers', apiVersion: '2023-11-01', name: 'lb', location: 'westeurope', properties: {} };

/** What each failing finding is offered: the titles of its fixes, whether an edit is proved, and why there is none. */
function offered(resources: readonly JsonObject[], only: readonly string[]): Record<string, string[]> {
  const folder = folderOf({
    'network.json': { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', contentVersion: '1.0.0.0', resources },
  });
  const report = scanFolder(folder, only, { library, withFixes: true, withVerdicts: false });
  const failing = report.findings.filter((finding) => finding.outcome === 'fail');
  return Object.fromEntries(
    failing.map(({ policy, name, fixes }) => [
      `${policy} ${name}`,
      fixes.map((fix) => `${fix.title}: ${fix.edits === undefined ? (fix.note ?? 'no edit') : 'proved'}`),
    ]),
  );
}

const REMOVED = 'Remove the rules that open it: proved';
const separate: Group[] = [0, 1, 2].map((network) => ({ from: ['*'], network }));

test('a wrong fix is not proved beside right ones, in its own part or in others', () => {
  const fixes = offered(resourcesOf(separate), ['NET-004', 'OWN-001']);
  for (const index of [0, 1, 2]) {
    expect(fixes[`NET-004 nsg-${index}`]).toContain(REMOVED);
    expect(fixes[`OWN-001 nsg-${index}`]).toEqual(['Describe them: The edit alone does not make the finding go away.']);
  }
});

test('what a fix uncovers is held against it alone', () => {
  const fixes = offered(resourcesOf(separate), ['NET-004', 'OWN-002']);
  expect(fixes['NET-004 nsg-0']).toContain(REMOVED);
  expect(fixes['NET-004 nsg-2']).toContain(REMOVED);
  expect(fixes['NET-004 nsg-1']).toContain("Remove the rules that open it: It would uncover: OWN-002 on 'nsg-1'.");
});

test('proved in parts is what is proved of the whole, fix by fix', () => {
  const groupArbitrary = fc.record({
    from: fc.array(fc.constantFrom('*', 'Internet', '10.0.0.0/8', '203.0.113.0/24', '0.0.0.0/1'), { minLength: 1, maxLength: 3 }),
    network: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(groupArbitrary, { minLength: 2, maxLength: 4 }), (groups) => {
      const only = ['NET-001', 'NET-004', 'NET-005', 'NET-014', 'OWN-001', 'OWN-002'];
      expect(offered(resourcesOf(groups), only)).toEqual(offered([...resourcesOf(groups), BALANCER], only));
    }),
    { seed: 7, numRuns: 15 },
  );
});
