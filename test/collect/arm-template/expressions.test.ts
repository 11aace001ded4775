import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const PARAMETERS: JsonObject = {
  env: { type: 'string', defaultValue: 'prod' },
  location: { type: 'string', defaultValue: '[resourceGroup().location]' },
  count: { type: 'int', defaultValue: 3 },
  open: { type: 'bool', defaultValue: true },
  missing: { type: 'string' },
  given: { type: 'string', defaultValue: 'default' },
  vaulted: { type: 'string', defaultValue: 'default' },
  password: { type: 'secureString', defaultValue: 'P@ssw0rd' },
  settings: { type: 'secureObject', defaultValue: { key: 'P@ssw0rd' } },
  list: { type: 'array', defaultValue: ['a', 'b'] },
  object: { type: 'object', defaultValue: { nsg: { Name: 'nsg-o' }, unknown: "[parameters('missing')]" } },
  nothing: { type: 'string', nullable: true },
  nothingTwice: { type: 'object', defaultValue: "[parameters('nothing')]" },
  stamp: { type: 'string', defaultValue: '[utcNow()]' },
};
const VARIABLES: JsonObject = {
  name: "[concat('nsg-', parameters('env'))]",
  lbId: "[resourceId('Microsoft.Network/loadBalancers', 'lb-a')]",
  loop1: "[variables('loop2')]",
  loop2: "[variables('loop1')]",
  nested: { list: [{ port: 3389 }, { port: 443 }] },
  copy: [{ name: 'ports', count: 3, input: "[add(4000, copyIndex('ports'))]" }],
};
const GIVEN: JsonObject = {
  parameters: {
    GIVEN: { value: 'from-file' },
    vaulted: { reference: { keyVault: { id: '/subscriptions/x' }, secretName: 's' } },
    password: { value: 'also-secret' },
  },
};

/** The value of an expression in the body of a resource. */
function valueOf(expression: Json): { value: Json | undefined; problems: number } {
  const template: JsonObject = {
    parameters: PARAMETERS,
    variables: VARIABLES,
    resources: [{ type: 'Microsoft.Network/ipGroups', name: 'g', apiVersion: '2024-05-01', properties: { value: expression } }],
  };
  const { inventory, problems } = readArmTemplate(template, GIVEN, 'main.json');
  return { value: inventory.resources[0]?.body['value'], problems: problems.length };
}

describe('expressions that are certain', () => {
  it.each<[string, Json]>([
    ['plain', 'plain'],
    ['[[not an expression]', '[not an expression]'],
    ['[brackets] in a text', '[brackets] in a text'],
    ["[parameters('env')]", 'prod'],
    ["[ parameters( 'ENV' ) ]", 'prod'],
    ["[Parameters('given')]", 'from-file'],
    ["[variables('NAME')]", 'nsg-prod'],
    ["['it''s']", "it's"],
    ["[concat('a', 1, parameters('env'))]", 'a1prod'],
    ["[concat(parameters('list'), createArray('c'))]", ['a', 'b', 'c']],
    ["[format('{0}-{1:D2}', 'a', 1)]", UNRESOLVED],
    ["[format('{{{0}}}-{1}', 'a', 1)]", '{a}-1'],
    ["[toLower('ABC')]", 'abc'],
    ["[toUpper('abc')]", 'ABC'],
    ["[replace('a.b.c', '.', '$&')]", 'a$&b$&c'],
    ["[if(equals(parameters('env'), 'prod'), 'Deny', parameters('missing'))]", 'Deny'],
    ["[if(parameters('open'), 'Allow', 'Deny')]", 'Allow'],
    ["[if(equals(parameters('missing'), 'x'), 'Same', 'Same')]", 'Same'],
    ["[equals('A', 'a')]", false],
    ['[not(true())]', false],
    ["[and(false(), equals(parameters('missing'), 'x'))]", false],
    ["[or(equals(parameters('missing'), 'x'), true())]", true],
    ["[int('12')]", 12],
    ['[string(12)]', '12'],
    ["[bool('TRUE')]", true],
    ['[createArray(1, 2)]', [1, 2]],
    ["[array('a')]", ['a']],
    ["[length(parameters('list'))]", 2],
    ["[length('four')]", 4],
    ['[add(1, mul(2, sub(5, 2)))]', 7],
    ["[first(parameters('list'))]", 'a'],
    ["[last('abc')]", 'c'],
    ["[split('a-b;c', createArray('-', ';'))]", ['a', 'b', 'c']],
    ["[join(parameters('list'), '+')]", 'a+b'],
    ["[empty('')]", true],
    ["[contains(parameters('list'), 'b')]", true],
    ["[contains('abc', 'B')]", false],
    ["[union(parameters('list'), createArray('b', 'c'))]", ['a', 'b', 'c']],
    ["[parameters('object').nsg.name]", 'nsg-o'],
    ["[variables('nested').list[1].port]", 443],
    ["[variables('nested')['list'][0]['port']]", 3389],
    ["[variables('ports')]", [4000, 4001, 4002]],
    ['[json(\'{"a":[1]}\')]', { a: [1] }],
    ['[null()]', null],
    ["[coalesce(null(), 'x')]", 'x'],
    ["[parameters('nothing')]", null],
    ["[concat(parameters('nothingTwice'), 'x')]", UNRESOLVED],
    ["[resourceId('Microsoft.Network/networkSecurityGroups', 'NSG-A')]", 'microsoft.network/networksecuritygroups/nsg-a'],
    ["[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'hosts')]", 'microsoft.network/virtualnetworks/vnet/subnets/hosts'],
    [
      "[resourceId('rg-b', 'Microsoft.Network/networkSecurityGroups', variables('name'))]",
      'resourcegroups/rg-b/providers/microsoft.network/networksecuritygroups/nsg-prod',
    ],
    [
      "[resourceId('00000000-0000-0000-0000-000000000000', 'RG', 'Microsoft.Network/networkSecurityGroups', 'a')]",
      'subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.network/networksecuritygroups/a',
    ],
    ["[concat(variables('lbId'), '/frontendIPConfigurations/fe')]", 'microsoft.network/loadbalancers/lb-a/frontendipconfigurations/fe'],
    ["[concat(resourceGroup().id, '/providers/Microsoft.Network/routeTables/rt')]", 'microsoft.network/routetables/rt'],
    [
      "[format('/subscriptions/{0}/resourceGroups/{1}/providers/Microsoft.Network/routeTables/{2}', subscription().subscriptionId, 'rg', 'rt')]",
      'resourcegroups/rg/providers/microsoft.network/routetables/rt',
    ],
    ["[subscriptionResourceId('Microsoft.Network/ddosProtectionPlans', 'd')]", 'microsoft.network/ddosprotectionplans/d'],
  ])('%s', (expression, value) => expect(valueOf(expression)).toEqual({ value, problems: 0 }));
});

describe('what only a deployment knows', () => {
  it.each([
    "[parameters('missing')]",
    "[parameters('undeclared')]",
    "[parameters('password')]",
    "[parameters('settings')]",
    "[parameters('vaulted')]",
    "[parameters('stamp')]",
    "[parameters('location')]",
    "[parameters('object').unknown]",
    "[parameters('object').nothing]",
    "[concat('a', parameters('missing'))]",
    "[concat('a', string(parameters('open')))]",
    "[if(equals(parameters('missing'), 'x'), 'Allow', 'Deny')]",
    "[and(true(), equals(parameters('missing'), 'x'))]",
    "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'p')).ipAddress]",
    "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 's'), '2024-01-01').keys[0].value]",
    '[uniqueString(resourceGroup().id)]',
    '[resourceGroup().location]',
    '[subscription().tenantId]',
    '[copyIndex()]',
    "[variables('loop1')]",
    "[variables('undeclared')]",
    "[contoso.own('x')]",
    "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet')]",
    "[concat(parameters('missing'), '/subnets/hosts')]",
    '[add(9007199254740991, 1)]',
    '[div(1, 0)]',
  ])('%s', (expression) => expect(valueOf(expression)).toEqual({ value: UNRESOLVED, problems: 0 }));

  it('never shows a secret', () => {
    const read = readArmTemplate(
      {
        parameters: PARAMETERS,
        resources: [
          {
            type: 'Microsoft.Compute/virtualMachines',
            name: "[parameters('password')]",
            properties: { osProfile: { adminPassword: "[concat('x', parameters('password'))]" } },
          },
        ],
      },
      GIVEN,
      'main.json',
    );
    expect(JSON.stringify(read)).not.toMatch(/P@ssw0rd|also-secret/);
  });
});

describe('malformed expressions', () => {
  it.each([
    "[concat('a']",
    "[concat('a',)]",
    '[]',
    '[parameters]',
    "['open]",
    "[concat('a') 'b']",
    '[a(b(c]',
    '[1 + 2]',
    `[${'concat('.repeat(400)}${')'.repeat(400)}]`,
  ])('%s', (expression) => {
    expect(valueOf(expression)).toEqual({ value: UNRESOLVED, problems: 1 });
  });

  it('says where, once', () => {
    const rule = { name: 'r', properties: { access: '[oops(]', priority: '[oops(]' } };
    const { problems } = readArmTemplate(
      { resources: [{ type: 'Microsoft.Network/networkSecurityGroups', name: 'a', properties: { securityRules: [rule] } }] },
      null,
      'main.json',
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ level: 'warning', code: 'template.expression', file: 'main.json' });
    expect(problems[0]?.message).toContain('/resources/0/properties/securityRules/0/properties/access');
  });
});
