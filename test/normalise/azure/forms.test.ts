import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { readPulumiProgram } from '../../../src/collect/pulumi/program.ts';
import { readPulumiState } from '../../../src/collect/pulumi/state.ts';
import { readResourceList } from '../../../src/collect/resource-list/read.ts';
import type { CloudInventory } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, only, TARGET } from './build.ts';

/** One estate in every language: a machine with an agent and a rule, a vault with a setting, an application group with a person. */
const SCOPE = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers';
const VM: JsonObject = { osProfile: { windowsConfiguration: {}, adminUsername: 'ops' }, securityProfile: { encryptionAtHost: true } };
const AGENT: JsonObject = { publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent' };
const RULES: JsonObject = { dataCollectionRuleId: `${SCOPE}/Microsoft.Insights/dataCollectionRules/r` };
const LOGS: JsonObject = { workspaceId: `${SCOPE}/Microsoft.OperationalInsights/workspaces/w`, logs: [{ category: 'AuditEvent', enabled: true }] };
const VAULT: JsonObject = { tenantId: 'x', enablePurgeProtection: true, networkAcls: { defaultAction: 'Deny' } };
const PERSON: JsonObject = {
  principalType: 'User',
  roleDefinitionId:
    '/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63',
};
const JIT: JsonObject = {
  virtualMachines: [{ id: `${SCOPE}/Microsoft.Compute/virtualMachines/vm-a`, ports: [{ number: 3389, maxRequestAccessDuration: 'PT3H' }] }],
};

const template = (): CloudInventory => {
  const resources: Json[] = [
    {
      type: 'Microsoft.Compute/virtualMachines',
      name: "[parameters('vm')]",
      properties: VM,
      resources: [{ type: 'extensions', name: 'ama', properties: AGENT }],
    },
    {
      type: 'Microsoft.Insights/dataCollectionRuleAssociations',
      name: 'a',
      scope: "[resourceId('Microsoft.Compute/virtualMachines', parameters('vm'))]",
      properties: RULES,
    },
    { type: 'Microsoft.KeyVault/vaults', apiVersion: '2023-07-01', name: 'kv', properties: VAULT },
    { type: 'Microsoft.KeyVault/vaults/providers/diagnosticSettings', name: 'kv/Microsoft.Insights/d', properties: LOGS },
    { type: 'Microsoft.DesktopVirtualization/applicationGroups', name: 'dag', properties: { applicationGroupType: 'Desktop' } },
    {
      type: 'Microsoft.Authorization/roleAssignments',
      name: 'p',
      scope: "[format('Microsoft.DesktopVirtualization/applicationGroups/{0}', 'dag')]",
      properties: PERSON,
    },
    { type: 'Microsoft.Security/locations/jitNetworkAccessPolicies', name: 'we/default', properties: JIT },
  ];
  return readArmTemplate({ parameters: { vm: { type: 'string', defaultValue: 'vm-a' } }, resources }, null, 'main.json').inventory;
};

const list = (): CloudInventory => {
  const at = (path: string, type: string, properties: JsonObject): JsonObject => ({
    id: `${SCOPE}/${path}`,
    name: path.slice(path.lastIndexOf('/') + 1),
    type,
    properties,
  });
  return readResourceList(
    [
      at('Microsoft.Compute/virtualMachines/vm-a', 'microsoft.compute/virtualmachines', VM),
      at('Microsoft.Compute/virtualMachines/vm-a/extensions/ama', 'microsoft.compute/virtualmachines/extensions', AGENT),
      at(
        'Microsoft.Compute/virtualMachines/vm-a/providers/Microsoft.Insights/dataCollectionRuleAssociations/a',
        'microsoft.insights/datacollectionruleassociations',
        RULES,
      ),
      at('Microsoft.KeyVault/vaults/kv', 'microsoft.keyvault/vaults', VAULT),
      at('Microsoft.KeyVault/vaults/kv/providers/Microsoft.Insights/diagnosticSettings/d', 'Microsoft.Insights/diagnosticSettings', LOGS),
      at('Microsoft.DesktopVirtualization/applicationGroups/dag', 'microsoft.desktopvirtualization/applicationgroups', { applicationGroupType: 'Desktop' }),
      at(
        'Microsoft.DesktopVirtualization/applicationGroups/dag/providers/Microsoft.Authorization/roleAssignments/p',
        'Microsoft.Authorization/roleAssignments',
        PERSON,
      ),
      at('Microsoft.Security/locations/we/jitNetworkAccessPolicies/default', 'Microsoft.Security/locations/jitNetworkAccessPolicies', JIT),
    ],
    'list.json',
  ).inventory;
};

/** Names and inputs of the provider. */
const NATIVE: Readonly<Record<string, readonly [string, JsonObject]>> = {
  vm: ['azure-native:compute:VirtualMachine', { vmName: 'vm-a', ...VM }],
  ama: ['azure-native:compute:VirtualMachineExtension', { vmName: 'vm-a', vmExtensionName: 'ama', ...AGENT }],
  rules: ['azure-native:monitor:DataCollectionRuleAssociation', { associationName: 'a', ...RULES }],
  kv: ['azure-native:keyvault:Vault', { vaultName: 'kv', properties: VAULT }],
  logs: ['azure-native:monitor:DiagnosticSetting', { name: 'd', ...LOGS }],
  dag: ['azure-native:desktopvirtualization:ApplicationGroup', { applicationGroupName: 'dag', applicationGroupType: 'Desktop' }],
  person: ['azure-native:authorization:RoleAssignment', { roleAssignmentName: 'p', ...PERSON }],
  jit: ['azure-native:security:JitNetworkAccessPolicy', { ascLocation: 'we', jitNetworkAccessPolicyName: 'default', ...JIT }],
};
/** What the extension resources extend, as a program writes it and as a state holds it. */
const EXTENDED: Readonly<Record<string, readonly [input: string, of: string, id: string]>> = {
  rules: ['resourceUri', 'vm', `${SCOPE}/Microsoft.Compute/virtualMachines/vm-a`],
  logs: ['resourceUri', 'kv', `${SCOPE}/Microsoft.KeyVault/vaults/kv`],
  person: ['scope', 'dag', `${SCOPE}/Microsoft.DesktopVirtualization/applicationGroups/dag`],
};

const program = (): CloudInventory => {
  const resources = Object.entries(NATIVE).map(([name, [type, inputs]]) => {
    const [input, of] = EXTENDED[name] ?? [];
    return [name, { type, properties: { resourceGroupName: 'rg', ...inputs, ...(input === undefined ? {} : { [input]: `\${${of ?? ''}.id}` }) } }] as const;
  });
  return readPulumiProgram({ runtime: 'yaml', resources: Object.fromEntries(resources) }, 'Pulumi.yaml').inventory;
};

const state = (): CloudInventory => {
  const resources = Object.entries(NATIVE).map(([name, [type, inputs]]) => {
    const [input, , id] = EXTENDED[name] ?? [];
    return {
      urn: `urn:pulumi:s::p::${type}::${name}`,
      type,
      custom: true,
      inputs: { resourceGroupName: 'rg', ...inputs, ...(input === undefined ? {} : { [input]: id ?? '' }) },
      outputs: {},
    };
  });
  return readPulumiState({ deployment: { resources } }, 'state.json').inventory;
};

describe.each([
  ['an ARM template', template],
  ['a list of resources', list],
  ['a Pulumi program', program],
  ['a Pulumi state', state],
])('%s', (_, inventory) => {
  const made = normaliseCloud(inventory(), TARGET, CONTEXT).facts;

  it('holds a machine with its agent, its rule and its policy', () =>
    expect(only(made, 'azure.virtualMachine').data).toMatchObject({
      name: 'vm-a',
      operatingSystem: 'windows',
      encryptionAtHost: true,
      monitorAgent: true,
      collectionRule: true,
      localAdministrator: 'ops',
      jit: { listed: true, hours: 3 },
    }));

  it('holds a vault with its logs', () => {
    expect(only(made, 'azure.keyVault').data).toMatchObject({ purgeProtection: true, defaultAction: 'Deny' });
    expect(made.find((fact) => fact.kind === 'azure.diagnosticCoverage' && fact.name === 'kv')?.data).toMatchObject({ logged: true });
  });

  it('holds an application group with a person', () =>
    expect(only(made, 'azure.applicationGroup').data).toMatchObject({ applicationGroupType: 'Desktop', personAssigned: true, people: 1 }));
});

it('a list that names resources alone leaves all of them unknown', () => {
  const named = ['Microsoft.KeyVault/vaults/kv', 'Microsoft.Network/bastionHosts/bas', 'Microsoft.DesktopVirtualization/hostPools/hp'].map((path) => ({
    id: `${SCOPE}/${path}`,
    name: path.slice(path.lastIndexOf('/') + 1),
    type: path.slice(0, path.lastIndexOf('/')),
    properties: null,
  }));
  const made = normaliseCloud(readResourceList(named, 'list.json').inventory, TARGET, CONTEXT).facts;
  expect(only(made, 'azure.keyVault').unknown).toEqual(expect.arrayContaining(['/purgeProtection', '/publicNetworkAccess', '/defaultAction']));
  expect(only(made, 'azure.bastionHost').unknown).toEqual(expect.arrayContaining(['/shareableLink', '/copyPaste', '/tunneling']));
  expect(only(made, 'azure.hostPool').unknown).toEqual(expect.arrayContaining(['/maxSessionLimit', '/rdp', '/publicNetworkAccess', '/newHosts']));
});
