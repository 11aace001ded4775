import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { type CloudResource, conditionAt, placeOf, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import { type Json, type JsonObject, member } from '../../../src/model/json.ts';
import { valueAt } from '../../../src/model/pointer.ts';

const NSG = 'Microsoft.Network/networkSecurityGroups';
const RULE: JsonObject = { priority: 100, access: 'Allow', direction: 'Inbound', protocol: 'Tcp', destinationPortRange: '3389', sourceAddressPrefix: '*' };
const nsg = (over: JsonObject = {}): JsonObject => ({ type: NSG, apiVersion: '2024-05-01', name: 'nsg-a', location: 'westeurope', ...over });
const child = (over: JsonObject = {}): JsonObject => ({
  type: `${NSG}/securityRules`,
  apiVersion: '2024-05-01',
  name: 'nsg-a/rdp',
  dependsOn: ['nsg-a'],
  properties: RULE,
  ...over,
});

function read(resources: Json, more: JsonObject = {}): readonly CloudResource[] {
  return readArmTemplate({ resources, ...more }, null, 'main.json').inventory.resources;
}

function only(resources: readonly CloudResource[]): CloudResource {
  expect(resources.map((resource) => resource.id)).toEqual(['microsoft.network/networksecuritygroups/nsg-a']);
  return resources[0] as CloudResource;
}

const deployment = (template: JsonObject, scope: string | null, parameters?: JsonObject): JsonObject => ({
  type: 'Microsoft.Resources/deployments',
  apiVersion: '2022-09-01',
  name: 'inner',
  properties: {
    mode: 'Incremental',
    ...(scope === null ? {} : { expressionEvaluationOptions: { scope } }),
    template,
    ...(parameters === undefined ? {} : { parameters }),
  },
});

describe('one security rule, in every form', () => {
  const forms: [string, Json, JsonObject][] = [
    ['inline', [nsg({ properties: { securityRules: [{ name: 'rdp', properties: RULE }] } })], {}],
    ['flat inline', [nsg({ properties: { securityRules: [{ name: 'rdp', ...RULE }] } })], {}],
    ['child with full type and name', [nsg(), child()], {}],
    ['child before its parent', [child(), nsg({ properties: {} })], {}],
    ['nested child, short type and name', [nsg({ resources: [{ type: 'securityRules', name: 'rdp', properties: RULE }] })], {}],
    ['nested child, full type and name', [nsg({ resources: [child()] })], {}],
    ['names without case', [nsg(), child({ type: 'microsoft.network/NETWORKSECURITYGROUPS/securityrules', name: 'NSG-A/rdp' })], {}],
    ['symbolic names', { group: nsg(), rule: child() }, { languageVersion: '2.0' }],
    ['symbolic names, nested', { group: nsg({ resources: { rule: { type: 'securityRules', name: 'rdp', properties: RULE } } }) }, { languageVersion: '2.0' }],
    ['name by expression', [nsg(), child({ name: "[concat(variables('nsg'), '/rdp')]" })], { variables: { nsg: 'nsg-a' } }],
    ['rules by variable', [nsg({ properties: { securityRules: "[variables('rules')]" } })], { variables: { rules: [{ name: 'rdp', properties: RULE }] } }],
    ['bag by variable', [nsg({ properties: "[variables('bag')]" })], { variables: { bag: { securityRules: [{ name: 'rdp', properties: RULE }] } } }],
    ['loop in the bag', [nsg({ properties: { copy: [{ name: 'securityRules', count: 1, input: { name: 'rdp', properties: RULE } }] } })], {}],
    [
      'child in a loop',
      [nsg(), child({ name: "[concat('nsg-a/', variables('names')[copyIndex()])]", copy: { name: 'l', count: "[length(variables('names'))]" } })],
      { variables: { names: ['rdp'] } },
    ],
    ['nested template, outer scope', [deployment({ resources: [nsg({ name: "[variables('nsg')]" }), child()] }, null)], { variables: { nsg: 'nsg-a' } }],
    [
      'nested template, inner scope',
      [
        deployment(
          {
            parameters: { nsg: { type: 'string' } },
            variables: { rule: 'rdp' },
            resources: [nsg({ name: "[parameters('nsg')]" }), child({ name: "[format('{0}/{1}', parameters('nsg'), variables('rule'))]" })],
          },
          'inner',
          { nsg: { value: "[variables('nsg')]" } },
        ),
      ],
      { variables: { nsg: 'nsg-a' } },
    ],
  ];
  it.each(forms)('%s', (_name, resources, more) => {
    const group = only(read(resources, more));
    expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...RULE }]);
    expect(group).toMatchObject({ type: NSG.toLowerCase(), name: 'nsg-a', apiVersion: '2024-05-01', dialect: 'arm', context: false });
    expect(group.body['location']).toBe('westeurope');
    // The place leads to the rule's own node.
    const { base } = placeOf(group, '/securityRules/0/access');
    expect(valueAt({ resources, ...more }, base)).toBeDefined();
  });

  it('points at the child', () => {
    expect(placeOf(only(read([nsg(), child()])), '/securityRules/0/access')).toEqual({ base: '/resources/1', at: '/access' });
    expect(placeOf(only(read([nsg({ resources: [{ type: 'securityRules', name: 'rdp', properties: RULE }] })])), '/securityRules/0')).toEqual({
      base: '/resources/0/resources/0',
      at: '',
    });
    expect(placeOf(only(read([nsg()])), '/location')).toEqual({ base: '/resources/0', at: '/location' });
    const looped = nsg({
      properties: { copy: [{ name: 'securityRules', count: 2, input: { name: "[concat('r', copyIndex('securityRules'))]", properties: RULE } }] },
    });
    expect(placeOf(only(read([looped])), '/securityRules/1/access')).toEqual({ base: '/resources/0/properties/copy/0/input', at: '/access' });
  });

  it('a child stands for the inline rule of its name', () => {
    const group = only(
      read([
        nsg({
          properties: {
            securityRules: [
              { name: 'other', properties: RULE },
              { name: 'RDP', properties: { ...RULE, access: 'Deny' } },
            ],
          },
        }),
        child(),
      ]),
    );
    expect(group.body['securityRules']).toEqual([
      { name: 'other', ...RULE },
      { name: 'rdp', ...RULE },
    ]);
  });

  it('is the same whatever the form', () => {
    const text = fc.constantFrom('Allow', 'Deny', '*', '3389', '10.0.0.0/8', '');
    const rule = fc.record({
      access: text,
      destinationPortRange: text,
      sourceAddressPrefixes: fc.array(text, { maxLength: 3 }),
      priority: fc.integer({ min: 100, max: 4096 }),
      sourceApplicationSecurityGroups: fc.array(fc.constant({ id: "[resourceId('Microsoft.Network/applicationSecurityGroups', 'asg')]" }), { maxLength: 2 }),
    });
    const rules = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), rule), { selector: ([name]) => name });
    fc.assert(
      fc.property(rules, (all) => {
        const inline = nsg({ properties: { securityRules: all.map(([name, properties]) => ({ name, properties })) } });
        const flat = nsg({ properties: { securityRules: all.map(([name, members]) => ({ name, ...members })) } });
        const nested = nsg({ properties: { securityRules: [] }, resources: all.map(([name, properties]) => ({ type: 'securityRules', name, properties })) });
        const apart = [nsg({ properties: { securityRules: [] } }), ...all.map(([name, properties]) => child({ name: `nsg-a/${name}`, properties }))];
        const want = only(read([inline])).body;
        for (const form of [[flat], [nested], apart]) expect(only(read(form)).body).toEqual(want);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe('whether a resource is there', () => {
  const parameters = { on: { type: 'bool', defaultValue: true }, unknown: { type: 'bool' }, n: { type: 'int' } };
  it.each<[string, Json, number, string | undefined]>([
    ['true', true, 1, undefined],
    ['false', false, 0, undefined],
    ['known to hold', "[parameters('on')]", 1, undefined],
    ['known not to hold', "[not(parameters('on'))]", 0, undefined],
    ['not known', "[parameters('unknown')]", 1, "{parameters('unknown')}"],
  ])('condition %s', (_name, condition, count, conditional) => {
    const found = read([nsg({ condition })], { parameters });
    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]?.conditional).toBe(conditional);
  });

  it('a rule under the condition of its group is certain in it', () => {
    const condition = "[parameters('unknown')]";
    const group = only(read([nsg({ condition }), child({ condition })], { parameters }));
    expect(group.conditional).toBe("{parameters('unknown')}");
    expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...RULE }]);
  });

  it.each([
    ['Allow', 'Inbound', UNRESOLVED],
    ['Deny', 'inbound', UNRESOLVED],
    ['Allow', 'Outbound', 'Outbound'],
  ])('what a rule that may not be there does is not known: %s %s', (access, direction, found) => {
    const group = only(read([nsg(), child({ condition: "[parameters('unknown')]", properties: { ...RULE, access, direction } })], { parameters }));
    expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...RULE, access, direction: found }]);
  });

  it('whether a peering that may not be there is connected is not known', () => {
    const type = 'Microsoft.Network/virtualNetworks';
    const peering = (over: JsonObject): JsonObject => ({
      type: `${type}/virtualNetworkPeerings`,
      name: 'net/p',
      properties: { useRemoteGateways: true },
      ...over,
    });
    const stateOf = (over: JsonObject): Json | undefined =>
      valueAt(read([{ type, name: 'net', properties: {} }, peering(over)], { parameters })[0]?.body ?? null, '/virtualNetworkPeerings/0/peeringState');
    expect(stateOf({})).toBeUndefined();
    expect(stateOf({ condition: "[parameters('unknown')]" })).toEqual(UNRESOLVED);
  });

  it.each<[string, Json, number]>([
    ['a number', 3, 3],
    ['none', 0, 0],
    ['a parameter without value', "[parameters('n')]", 1],
    ['more than Azure takes', 801, 1],
    ['a text', 'three', 1],
  ])('loop over %s', (_name, count, expected) => {
    const found = read([nsg({ name: "[concat('nsg-', copyIndex())]", copy: { name: 'l', count } })], { parameters });
    expect(found).toHaveLength(expected);
    if (expected === 3) expect(found.map((resource) => resource.name)).toEqual(['nsg-0', 'nsg-1', 'nsg-2']);
    if (expected === 1) expect(found[0]?.conditional).toBe("copy 'l'");
  });

  it('a loop of unknown length in a bag is an unresolved list', () => {
    const found = read([nsg({ properties: { copy: [{ name: 'securityRules', count: "[parameters('n')]", input: { name: 'r' } }] } })], { parameters });
    expect(found[0]?.body['securityRules']).toBe(UNRESOLVED);
  });

  it('an unresolved bag hides what is judged', () => {
    const found = read([nsg({ properties: "[parameters('bag')]", tags: { a: 'b' } })], { parameters: { bag: { type: 'object' } } });
    expect(found[0]?.body['securityRules']).toBe(UNRESOLVED);
    expect(found[0]?.body['tags']).toEqual({ a: 'b' });
  });
});

describe('names that are not known', () => {
  const parameters = { nsg: { type: 'string' }, vnet: { type: 'string' }, subnet: { type: 'string' } };
  it('join where the same expression stands', () => {
    const found = read(
      [
        nsg({ name: "[concat(parameters('nsg'), '-x')]" }),
        child({ name: "[concat(parameters('nsg'), '-x', '/rdp')]" }),
        {
          type: 'Microsoft.Network/virtualNetworks',
          name: "[parameters('vnet')]",
          properties: {
            subnets: [
              {
                name: "[parameters('subnet')]",
                properties: { networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', format('{0}-x', parameters('NSG')))]" } },
              },
            ],
          },
        },
        {
          type: 'Microsoft.Network/networkInterfaces',
          name: 'nic',
          properties: {
            ipConfigurations: [
              {
                name: 'c',
                properties: { subnet: { id: "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('vnet'), parameters('subnet'))]" } },
              },
            ],
          },
        },
      ],
      { parameters },
    );
    const [group, vnet, nic] = found;
    expect(found).toHaveLength(3);
    expect(group?.body['securityRules']).toHaveLength(1);
    expect(
      valueAt(vnet?.body as Json, '/subnets/0/networkSecurityGroup/id')
        ?.toString()
        .toLowerCase(),
    ).toBe(group?.id);
    const name = valueAt(vnet?.body as Json, '/subnets/0/name');
    expect(valueAt(nic?.body as Json, '/ipConfigurations/0/subnet/id')).toBe(`${vnet?.id}/subnets/${String(name).toLowerCase()}`);
  });

  it('are not taken for others', () => {
    const found = read([nsg(), child({ name: "[concat(parameters('nsg'), '/rdp')]" }), child({ name: "[parameters('nsg')]" })], { parameters });
    expect(found.map((resource) => resource.type)).toEqual([NSG.toLowerCase(), `${NSG}/securityRules`.toLowerCase(), `${NSG}/securityRules`.toLowerCase()]);
    expect(found[0]?.body['securityRules'] ?? []).toEqual([]);
  });

  it('of two templates differ', () => {
    const inner = { parameters: { nsg: { type: 'string' } }, resources: [child({ name: "[concat(parameters('nsg'), '/rdp')]" })] };
    const found = read([nsg({ name: "[parameters('nsg')]" }), deployment(inner, 'inner')], { parameters });
    expect(found).toHaveLength(2);
  });
});

describe('two of one name', () => {
  const parameters = { closed: { type: 'bool' } };
  const rules = (access: string): JsonObject => ({ securityRules: [{ name: 'rdp', properties: { ...RULE, access } }] });
  const nic: JsonObject = {
    type: 'Microsoft.Network/networkInterfaces',
    name: 'nic',
    properties: { networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg-a')]" } },
  };

  it('are told apart, and nobody knows which of them is meant', () => {
    const found = read(
      [
        nsg({ condition: "[parameters('closed')]", properties: rules('Deny') }),
        nsg({ condition: "[not(parameters('closed'))]", properties: rules('Allow') }),
        nic,
      ],
      { parameters },
    );
    expect(found.map((resource) => [resource.id, resource.conditional])).toEqual([
      ['microsoft.network/networksecuritygroups/nsg-a', "{parameters('closed')}"],
      ['microsoft.network/networksecuritygroups/nsg-a#2', "{not(parameters('closed'))}"],
      ['microsoft.network/networkinterfaces/nic', undefined],
    ]);
    expect(member(found[2]?.body['networkSecurityGroup'], 'id')).toBe(UNRESOLVED);
  });

  it('are one when only one of them is there', () => {
    const found = read([nsg({ condition: false }), nsg({}), nic]);
    expect(member(found[1]?.body['networkSecurityGroup'], 'id')).toBe(found[0]?.id);
  });
});

describe('a child that may not be there', () => {
  const parameters = { on: { type: 'bool' }, more: { type: 'bool' } };
  const when = { condition: "[parameters('on')]" };
  const [x, y] = ["{parameters('on')}", "{parameters('more')}"];
  const inline = (body: JsonObject): JsonObject => nsg({ properties: { securityRules: [{ name: 'rdp', properties: body }] } });
  const denial: JsonObject = { ...RULE, access: 'Deny' };
  const VNET = 'Microsoft.Network/virtualNetworks';
  const vnet = (subnets: readonly JsonObject[], over: JsonObject = {}): JsonObject => ({ type: VNET, name: 'net', properties: { subnets }, ...over });
  const subnet = (properties: JsonObject, over: JsonObject = {}): JsonObject => ({ type: `${VNET}/subnets`, name: 'net/hosts', properties, ...over });
  const hosts = (properties: JsonObject): JsonObject => ({ name: 'hosts', properties });
  const [closed, open] = [{ addressPrefix: '10.1.2.0/24', networkSecurityGroup: { id: 'closed' } }, { addressPrefix: '10.1.2.0/24' }];

  it('leaves the inline rule, and neither is certain', () => {
    const group = only(read([inline(RULE), child({ ...when, properties: denial })], { parameters }));
    expect(group.body['securityRules']).toEqual([
      { name: 'rdp', ...RULE, direction: UNRESOLVED },
      { name: 'rdp', ...denial, direction: UNRESOLVED },
    ]);
    expect([0, 1].map((at) => placeOf(group, `/securityRules/${at}/access`))).toEqual([
      { base: '/resources/0', at: '/securityRules/0/access' },
      { base: '/resources/1', at: '/access' },
    ]);
  });

  it('replaces the inline rule where it is there whenever its group is', () => {
    for (const condition of [undefined, when.condition]) {
      const group = only(
        read([{ ...inline(RULE), ...when }, child({ ...(condition === undefined ? {} : { condition }), properties: denial })], { parameters }),
      );
      expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...denial }]);
    }
  });

  it('beside another of its name: both are rules of the group', () => {
    const group = only(
      read([nsg(), child({ ...when, properties: denial }), child({ condition: "[not(parameters('on'))]", properties: RULE })], { parameters }),
    );
    expect(group.body['securityRules']).toEqual([
      { name: 'rdp', ...denial, direction: UNRESOLVED },
      { name: 'rdp', ...RULE, direction: UNRESOLVED },
    ]);
  });

  it('is no second rule where it says the same', () => {
    const group = only(read([inline(RULE), child(when), child()], { parameters }));
    expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...RULE }]);
  });

  it('is a rule of its own where nobody knows its direction', () => {
    const hidden = { ...RULE, direction: "[parameters('way')]" };
    const group = only(
      read([inline(hidden), child({ ...when, properties: { ...hidden, access: 'Deny' } })], { parameters: { ...parameters, way: { type: 'string' } } }),
    );
    expect((group.body['securityRules'] as readonly JsonObject[]).map(({ access, direction }) => [access, direction])).toEqual([
      ['Allow', UNRESOLVED],
      ['Deny', UNRESOLVED],
    ]);
  });

  it('is no second rule where only what goes out is meant', () => {
    const outbound = { ...RULE, direction: 'Outbound' };
    const group = only(read([inline(outbound), child({ ...when, properties: { ...outbound, access: 'Deny' } })], { parameters }));
    expect(group.body['securityRules']).toEqual([{ name: 'rdp', ...outbound }]);
  });

  it.each<[string, readonly JsonObject[], JsonObject, string | undefined]>([
    ['in place of a subnet', [vnet([hosts(open)]), subnet(closed, when)], { ...open, networkSecurityGroup: UNRESOLVED }, undefined],
    ['that says the same', [vnet([hosts(open)]), subnet(open, when)], open, undefined],
    ['alone', [vnet([]), subnet(open, when)], open, x],
    ['under the condition of its network', [vnet([], when), subnet(open, when)], open, x],
    ['of a network that may not be there, and is itself', [vnet([], when), subnet(open)], open, undefined],
    [
      'twice',
      [vnet([]), subnet(open, when), subnet(closed, { condition: "[parameters('more')]" })],
      { ...open, networkSecurityGroup: UNRESOLVED },
      `${x} and ${y}`,
    ],
    ['twice, once for certain', [vnet([]), subnet(open, when), subnet(closed)], { ...open, networkSecurityGroup: UNRESOLVED }, undefined],
    [
      'in a deployment',
      [vnet([hosts(open)]), { ...deployment({ resources: [subnet(closed)] }, null), ...when }],
      { ...open, networkSecurityGroup: UNRESOLVED },
      undefined,
    ],
  ])('a subnet %s', (_name, resources, body, condition) => {
    const [network, ...others] = read(resources, { parameters });
    expect(others).toEqual([]);
    expect(network?.body['subnets']).toEqual([{ name: 'hosts', ...body }]);
    expect(network === undefined ? null : conditionAt(network, '/subnets/0/addressPrefix')).toBe(condition);
  });

  it('stands by itself where it opens something by itself', () => {
    const rule = (over: JsonObject): JsonObject => ({ type: 'Microsoft.Network/loadBalancers/inboundNatRules', name: 'lb/rdp', ...over });
    const found = read(
      [
        { type: 'Microsoft.Network/loadBalancers', name: 'lb', properties: { inboundNatRules: [{ name: 'rdp', properties: { backendPort: 443 } }] } },
        rule({ ...when, properties: { backendPort: 3389 } }),
      ],
      { parameters },
    );
    expect(found.map(({ type, body, conditional }) => [type.slice(18), body['inboundNatRules'] ?? body['backendPort'], conditional])).toEqual([
      ['loadbalancers', [{ name: 'rdp', backendPort: 443 }], undefined],
      ['loadbalancers/inboundnatrules', 3389, x],
    ]);
  });
});

describe('what is not judged by itself', () => {
  it('existing resources are context', () => {
    const found = read({ vault: { existing: true, type: 'Microsoft.KeyVault/vaults', name: 'kv' }, group: nsg() }, { languageVersion: '2.0' });
    expect(found.map((resource) => [resource.name, resource.context])).toEqual([
      ['kv', true],
      ['nsg-a', false],
    ]);
  });

  it('other types are counted', () => {
    const { inventory } = readArmTemplate(
      { resources: [nsg(), { type: 'Microsoft.Storage/storageAccounts', name: 's' }, { type: 'Microsoft.Web/sites', name: 'w' }] },
      null,
      'f',
    );
    expect(inventory).toMatchObject({ complete: false, others: 2 });
    expect(inventory.resources).toHaveLength(1);
  });

  it('a linked template is a warning', () => {
    const { problems } = readArmTemplate(
      { resources: [{ type: 'Microsoft.Resources/deployments', name: 'd', properties: { templateLink: { uri: 'https://contoso.com/t.json' } } }] },
      null,
      'f',
    );
    expect(problems).toMatchObject([{ level: 'warning', code: 'template.linked' }]);
  });

  it.each<[string, JsonObject]>([
    [
      'scope',
      { type: 'Microsoft.Insights/diagnosticSettings', scope: "[format('Microsoft.KeyVault/vaults/{0}', 'kv')]", name: 'diag', properties: { logs: [] } },
    ],
    [
      'scope by id',
      { type: 'Microsoft.Insights/diagnosticSettings', scope: "[resourceId('Microsoft.KeyVault/vaults', 'kv')]", name: 'diag', properties: { logs: [] } },
    ],
    ['the long type', { type: 'Microsoft.KeyVault/vaults/providers/diagnosticSettings', name: 'kv/Microsoft.Insights/diag', properties: { logs: [] } }],
  ])('an extension resource by %s', (_name, resource) => {
    expect(read([resource])[0]).toMatchObject({
      id: 'microsoft.keyvault/vaults/kv/providers/microsoft.insights/diagnosticsettings/diag',
      type: 'microsoft.insights/diagnosticsettings',
      name: 'diag',
    });
  });

  it("keeps an extension's own type", () => {
    const [vm, extension] = read([
      {
        type: 'Microsoft.Compute/virtualMachines',
        name: 'vm',
        resources: [
          {
            type: 'extensions',
            name: 'aad',
            properties: { publisher: 'Microsoft.Azure.ActiveDirectory', type: 'AADLoginForWindows', settings: { Properties: { KeepMe: 1 } } },
          },
        ],
      },
    ]);
    expect(vm?.type).toBe('microsoft.compute/virtualmachines');
    expect(extension).toMatchObject({
      type: 'microsoft.compute/virtualmachines/extensions',
      name: 'aad',
      body: { type: 'AADLoginForWindows', settings: { Properties: { KeepMe: 1 } } },
    });
  });
});
