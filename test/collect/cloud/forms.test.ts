import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { readPulumiProgram } from '../../../src/collect/pulumi/program.ts';
import { readPulumiState } from '../../../src/collect/pulumi/state.ts';
import { readResourceList } from '../../../src/collect/resource-list/read.ts';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../../src/model/json.ts';

const TYPE = 'Microsoft.Network/networkSecurityGroups';
const ID = `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-a/providers/${TYPE}/nsg-a`;
const URN = 'urn:pulumi:dev::contoso::azure-native:network';

interface Rule {
  readonly name: string;
  readonly members: JsonObject;
}

/** The same rules in every document that can hold them. */
const FORMS: Readonly<Record<string, (rules: readonly Rule[]) => readonly CloudResource[]>> = {
  'a list, in bags': (rules) => list([{ id: ID, name: 'nsg-a', type: TYPE, properties: { securityRules: rules.map(bagged) } }]),
  'a list, flat': (rules) => list({ value: [{ id: ID, name: 'nsg-a', type: TYPE, securityRules: rules.map(flat) }] }),
  'a list, children apart': (rules) =>
    list([
      ...rules.map((rule) => ({ id: `${ID}/securityRules/${rule.name}`, name: rule.name, type: `${TYPE}/securityRules`, properties: rule.members })),
      { id: ID },
    ]),
  'Azure PowerShell': (rules) => list(pascal([{ id: ID, name: 'nsg-a', type: TYPE, securityRules: rules.map(flat) }])),
  'a template, in bags': (rules) => template([{ type: TYPE, name: 'nsg-a', properties: { securityRules: rules.map(bagged) } }]),
  'a template, children inside': (rules) =>
    template([{ type: TYPE, name: 'nsg-a', resources: rules.map((rule) => ({ type: 'securityRules', name: rule.name, properties: rule.members })) }]),
  'a template, children apart': (rules) =>
    template([
      ...rules.map((rule) => ({ type: `${TYPE}/securityRules`, name: `nsg-a/${rule.name}`, properties: rule.members })),
      { type: TYPE, name: 'nsg-a', properties: {} },
    ]),
  'a program, inline': (rules) =>
    program({ nsg: { type: 'azure-native:network:NetworkSecurityGroup', properties: { networkSecurityGroupName: 'nsg-a', securityRules: rules.map(flat) } } }),
  'a program, children apart': (rules) =>
    program({
      nsg: { type: 'azure-native:network:NetworkSecurityGroup', properties: { networkSecurityGroupName: 'nsg-a' } },
      ...Object.fromEntries(
        rules.map((rule) => [
          `r-${rule.name}`,
          { type: 'azure-native:network:SecurityRule', properties: { networkSecurityGroupName: '${nsg.name}', securityRuleName: rule.name, ...rule.members } },
        ]),
      ),
    }),
  'a state': (rules) =>
    readPulumiState(
      {
        version: 3,
        deployment: {
          resources: [
            { urn: `${URN}:NetworkSecurityGroup::nsg`, inputs: { networkSecurityGroupName: 'nsg-a' }, id: ID },
            ...rules.map((rule) => ({
              urn: `${URN}:SecurityRule::${rule.name}`,
              inputs: { networkSecurityGroupName: 'nsg-a', securityRuleName: rule.name, ...rule.members },
              id: `${ID}/securityRules/${rule.name}`,
            })),
          ],
        },
      },
      'f',
    ).inventory.resources,
};

const bagged = (rule: Rule): JsonObject => ({ name: rule.name, properties: rule.members });
const flat = (rule: Rule): JsonObject => ({ name: rule.name, ...rule.members });
const list = (value: Json): readonly CloudResource[] => readResourceList(value, 'f').inventory.resources;
const template = (resources: Json): readonly CloudResource[] => readArmTemplate({ resources }, null, 'f').inventory.resources;
const program = (resources: JsonObject): readonly CloudResource[] => readPulumiProgram({ name: 'p', runtime: 'yaml', resources }, 'f').inventory.resources;

function pascal(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(pascal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name.slice(0, 1).toUpperCase() + name.slice(1), pascal(held)]));
}

const ADDRESS = fc.constantFrom('*', 'Internet', '192.0.2.0/24', 'VirtualNetwork');
const PORT = fc.constantFrom('3389', '*', '3000-4000', '443');
const MEMBERS: fc.Arbitrary<JsonObject> = fc.record(
  {
    priority: fc.integer({ min: 100, max: 4096 }),
    access: fc.constantFrom('Allow', 'Deny'),
    direction: fc.constantFrom('Inbound', 'Outbound'),
    protocol: fc.constantFrom('Tcp', 'Udp', '*'),
    sourceAddressPrefix: ADDRESS,
    sourceAddressPrefixes: fc.array(ADDRESS, { maxLength: 3 }),
    destinationAddressPrefix: ADDRESS,
    destinationPortRange: PORT,
    destinationPortRanges: fc.array(PORT, { maxLength: 3 }),
    description: fc.constantFrom('', 'of contoso.com', '[[not an expression]'),
    sourceApplicationSecurityGroups: fc.array(fc.record({ id: fc.constantFrom(`${ID}X`, ID) }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const RULES: fc.Arbitrary<readonly Rule[]> = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), members: MEMBERS }), {
  selector: (rule) => rule.name,
  maxLength: 5,
});

describe('one group in every document', () => {
  const [reference, ...others] = Object.entries(FORMS);
  it.each(others)('%s says what the first form says', (name, read) => {
    fc.assert(
      fc.property(RULES, (rules) => {
        const plain = name.includes('template') ? rules : rules.map((rule) => ({ ...rule, members: withoutEscape(rule.members) }));
        const expected = reference?.[1](rules.map((rule) => ({ ...rule, members: withoutEscape(rule.members) })));
        const found = read(plain);
        expect(found).toHaveLength(1);
        expect(rulesOf(found)).toEqual(rulesOf(expected ?? []));
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});

describe('what is stated twice', () => {
  const group = (members: JsonObject): Json => [{ id: ID, type: TYPE, name: 'nsg-a', ...members }];
  it.each<[string, JsonObject, JsonObject]>([
    ['own before the bag', { location: 'own', properties: { location: 'bag' } }, { location: 'own' }],
    ['the bag where the own is null', { location: null, properties: { location: 'bag' } }, { location: 'bag' }],
    ['the bag where the own is empty', { location: '', properties: { location: 'bag' } }, { location: 'bag' }],
    ['a bag in a bag', { properties: { location: 'bag', properties: { location: 'inner', more: 1 } } }, { location: 'bag', more: 1 }],
    ['two spellings', { location: 'first', Location: 'second' }, { location: 'first' }],
    ['a list under both names', { addressPrefix: ['192.0.2.0/24'], addressPrefixes: [] }, { addressPrefixes: ['192.0.2.0/24'] }],
    ['a text and a list', { addressPrefix: '', addressPrefixes: ['192.0.2.0/24'] }, { addressPrefix: '', addressPrefixes: ['192.0.2.0/24'] }],
  ])('%s', (_name, members, body) => expect(list(group(members))[0]?.body).toEqual({ name: 'nsg-a', ...body }));
});

describe('a preview of a stack that is there in part', () => {
  const state = (type: string, name: string, inputs: JsonObject, more: JsonObject = {}): JsonObject => ({
    op: 'update',
    urn: `${URN}:${type}::${name}`,
    newState: { urn: `${URN}:${type}::${name}`, inputs, ...more },
  });

  it('puts a new rule, which has no id yet, into its group, which has one', () => {
    const steps = [
      state('NetworkSecurityGroup', 'nsg', { networkSecurityGroupName: 'nsg-a' }, { id: ID }),
      state('SecurityRule', 'rdp', { networkSecurityGroupName: 'nsg-a', securityRuleName: 'rdp', access: 'Allow' }),
    ];
    const { resources } = readPulumiState({ steps, changeSummary: {} }, 'f').inventory;
    expect(resources).toMatchObject([{ id: ID.slice(1).toLowerCase(), body: { securityRules: [{ name: 'rdp', access: 'Allow' }] } }]);
  });

  it('does not, where two groups have its name', () => {
    const steps = [ID, ID.replace('rg-a', 'rg-b')].map((id, index) => state('NetworkSecurityGroup', `nsg${index}`, {}, { id }));
    const { resources } = readPulumiState(
      { steps: [...steps, state('SecurityRule', 'rdp', { networkSecurityGroupName: 'nsg-a' })], changeSummary: {} },
      'f',
    ).inventory;
    expect(resources).toHaveLength(3);
  });
});

/** A template writes a text that looks like an expression with two brackets. */
function withoutEscape(members: JsonObject): JsonObject {
  return members['description'] === '[[not an expression]' ? { ...members, description: '[not an expression]' } : members;
}

/** Order, and an empty list or none, make no difference. */
function rulesOf(resources: readonly CloudResource[]): Json {
  const rules = resources[0]?.body['securityRules'];
  return Array.isArray(rules) ? rules : [];
}
