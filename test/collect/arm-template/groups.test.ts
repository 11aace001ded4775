import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import { type Json, type JsonObject, member } from '../../../src/model/json.ts';
import { valueAt } from '../../../src/model/pointer.ts';

const VNET = 'Microsoft.Network/virtualNetworks';
const NSG = 'Microsoft.Network/networkSecurityGroups';

function read(resources: Json, more: JsonObject = {}): readonly CloudResource[] {
  return readArmTemplate({ resources, ...more }, null, 'main.json').inventory.resources;
}

/** What the network's first subnet refers to. */
function groupOf(vnet: CloudResource | undefined): Json | undefined {
  return member(valueAt(vnet?.body ?? {}, '/subnets/0/networkSecurityGroup'), 'id');
}

const deployment = (over: JsonObject, template: JsonObject, inner = true, parameters: JsonObject = {}): JsonObject => ({
  type: 'Microsoft.Resources/deployments',
  name: 'inner',
  ...over,
  properties: { template, parameters, ...(inner ? { expressionEvaluationOptions: { scope: 'inner' } } : {}) },
});

describe('resource groups', () => {
  const reference = (id: string): JsonObject => ({
    type: VNET,
    name: 'v',
    properties: { subnets: [{ name: 's', properties: { networkSecurityGroup: { id } } }] },
  });
  const idIn = (id: string, more: JsonObject = {}): Json | undefined => {
    return groupOf(read([reference(id)], more)[0]);
  };
  const own = 'microsoft.network/networksecuritygroups/n';
  it.each<[string, Json]>([
    [`[resourceId('${NSG}', 'n')]`, own],
    [`[resourceId(resourceGroup().name, '${NSG}', 'n')]`, own],
    [`[resourceId(subscription().subscriptionId, resourceGroup().name, '${NSG}', 'n')]`, own],
    [`[concat(resourceGroup().id, '/providers/${NSG}/n')]`, own],
    [`[concat('/subscriptions/', subscription().subscriptionId, '/resourceGroups/', resourceGroup().name, '/providers/${NSG}/n')]`, own],
    [`[format('{0}/providers/{1}/n', resourceGroup().id, '${NSG}')]`, own],
    [`[resourceId('rg-net', '${NSG}', 'n')]`, `resourcegroups/rg-net/providers/${own}`],
    [`[concat(subscription().id, '/resourceGroups/RG-Net/providers/${NSG}/N')]`, `resourcegroups/rg-net/providers/${own}`],
    [`[resourceId(variables('group'), '${NSG}', 'n')]`, `resourcegroups/rg-var/providers/${own}`],
    [`[resourceId(parameters('own'), '${NSG}', 'n')]`, own],
    [
      `[resourceId('00000000-0000-0000-0000-000000000000', 'rg-net', '${NSG}', 'n')]`,
      `subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg-net/providers/${own}`,
    ],
    [`[resourceId('${NSG}')]`, UNRESOLVED],
    [`[resourceId('${NSG}', 'n', 'm')]`, UNRESOLVED],
    [`[resourceId(parameters('group'), '${NSG}', 'n')]`, UNRESOLVED],
  ])('%s', (expression, id) => {
    expect(
      idIn(expression, {
        variables: { group: 'rg-var' },
        parameters: { group: { type: 'string' }, own: { type: 'string', defaultValue: '[resourceGroup().name]' } },
      }),
    ).toBe(id);
  });

  it('of a nested template are those it names', () => {
    const inside = { resources: [{ type: NSG, name: 'n' }, reference(`[resourceId('${NSG}', 'n')]`)] };
    const [nsg, vnet] = read([deployment({ resourceGroup: 'rg-net' }, inside)]);
    expect(nsg?.id).toBe(`resourcegroups/rg-net/providers/${own}`);
    expect(vnet?.body['subnets']).toMatchObject([{ networkSecurityGroup: { id: nsg?.id } }]);
  });

  it('stay those of the template around one that is evaluated with it', () => {
    const inside = { resources: [{ type: NSG, name: 'n' }, reference(`[resourceId('${NSG}', 'n')]`)] };
    const [nsg, vnet] = read([deployment({ resourceGroup: 'rg-net' }, inside, false)]);
    expect(nsg?.id).toBe(`resourcegroups/rg-net/providers/${own}`);
    expect(vnet?.body['subnets']).toMatchObject([{ networkSecurityGroup: { id: own } }]);
  });

  it('tell a resource that exists in another group', () => {
    expect(read({ hub: { existing: true, type: VNET, name: 'hub', resourceGroup: 'rg-hub' } })).toMatchObject([
      { id: 'resourcegroups/rg-hub/providers/microsoft.network/virtualnetworks/hub', context: true },
    ]);
  });

  it('of a nested template give its functions their values', () => {
    const inside = { resources: [{ type: NSG, name: "[concat('nsg-', resourceGroup().name)]" }] };
    expect(read([deployment({ resourceGroup: 'rg-net' }, inside)])[0]?.name).toBe('nsg-rg-net');
  });
});

describe('outputs of nested templates', () => {
  const nsgModule = {
    parameters: { n: { type: 'string' } },
    resources: [{ type: NSG, name: "[parameters('n')]" }],
    outputs: { id: { type: 'string', value: `[resourceId('${NSG}', parameters('n'))]` } },
  };
  const user = (id: string): JsonObject => ({ type: VNET, name: 'v', properties: { subnets: [{ name: 's', properties: { networkSecurityGroup: { id } } }] } });
  const referenced = (resources: Json): Json | undefined => {
    const vnet = read(resources, { parameters: { env: { type: 'string' } } }).find((resource) => resource.type === VNET.toLowerCase());
    return groupOf(vnet);
  };
  const given = (n: string): JsonObject => ({ n: { value: n } });

  it.each<[string, Json, Json]>([
    [
      'by name',
      [deployment({ name: 'mod' }, nsgModule, true, given('a')), user("[reference('mod').outputs.id.value]")],
      'microsoft.network/networksecuritygroups/a',
    ],
    [
      'by id',
      [
        deployment({ name: 'mod' }, nsgModule, true, given('a')),
        user("[reference(resourceId('Microsoft.Resources/deployments', 'mod'), '2022-09-01').outputs.id.value]"),
      ],
      'microsoft.network/networksecuritygroups/a',
    ],
    [
      'by symbolic name',
      { nsg: deployment({ name: 'mod' }, nsgModule, true, given('a')), net: user("[reference('nsg').outputs.id.value]") },
      'microsoft.network/networksecuritygroups/a',
    ],
    [
      'before it is stated',
      [user("[reference('mod').outputs.id.value]"), deployment({ name: 'mod' }, nsgModule, true, given('a'))],
      'microsoft.network/networksecuritygroups/a',
    ],
    [
      'with a name that is not resolved',
      [deployment({ name: 'mod' }, nsgModule, true, given("[concat('nsg-', parameters('env'))]")), user("[reference('mod').outputs.id.value]")],
      "microsoft.network/networksecuritygroups/nsg-{parameters('env')}",
    ],
    [
      'in another group',
      [deployment({ name: 'mod', resourceGroup: 'rg-net' }, nsgModule, true, given('a')), user("[reference('mod').outputs.id.value]")],
      'resourcegroups/rg-net/providers/microsoft.network/networksecuritygroups/a',
    ],
    ['an output that is not stated', [deployment({ name: 'mod' }, nsgModule, true, given('a')), user("[reference('mod').outputs.other.value]")], UNRESOLVED],
    ['another deployment', [deployment({ name: 'mod' }, nsgModule, true, given('a')), user("[reference('elsewhere').outputs.id.value]")], UNRESOLVED],
  ])('%s', (_name, resources, id) => expect(referenced(resources)).toBe(id));

  it('through two modules', () => {
    const netModule = { parameters: { nsgId: { type: 'string' } }, resources: [user("[parameters('nsgId')]")] };
    const resources = [
      deployment({ name: 'net' }, netModule, true, { nsgId: { value: "[reference('mod').outputs.id.value]" } }),
      deployment({ name: 'mod' }, nsgModule, true, given('a')),
    ];
    expect(referenced(resources)).toBe('microsoft.network/networksecuritygroups/a');
  });

  it('of each other end', () => {
    const module = (other: string): JsonObject =>
      deployment(
        { name: other === 'a' ? 'b' : 'a' },
        { parameters: { id: { type: 'string' } }, resources: [user("[parameters('id')]")], outputs: { id: { value: "[parameters('id')]" } } },
        true,
        { id: { value: `[reference('${other}').outputs.id.value]` } },
      );
    expect(read([module('a'), module('b')])).toHaveLength(2);
  });
});
