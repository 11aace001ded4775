import { describe, expect, it } from 'vitest';
import { readResourceList } from '../../../src/collect/resource-list/read.ts';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/RG-A/providers';
const nsgId = `${GROUP}/Microsoft.Network/networkSecurityGroups/nsg-A`;
const canonical = nsgId.slice(1).toLowerCase();

function read(value: Json): readonly CloudResource[] {
  return readResourceList(value, 'export.json').inventory.resources;
}

function only(value: Json): CloudResource {
  const resources = read(value);
  if (resources.length !== 1 || resources[0] === undefined) throw new Error(`${resources.length} resources`);
  return resources[0];
}

const bag = {
  access: 'Allow',
  direction: 'Inbound',
  priority: 100,
  protocol: 'Tcp',
  sourceAddressPrefix: '*',
  destinationAddressPrefix: '*',
  sourcePortRange: '*',
  destinationPortRange: '3389',
};
const rule: JsonObject = { name: 'rdp', ...bag };

describe('forms of a list', () => {
  it.each<[string, Json, string]>([
    ['one resource', { id: nsgId, name: 'nsg-A', type: 'Microsoft.Network/networkSecurityGroups' }, ''],
    ['a list', [{ id: nsgId, name: 'nsg-A', type: 'Microsoft.Network/networkSecurityGroups' }], '/0'],
    ['an API page', { value: [{ id: nsgId, name: 'nsg-A', type: 'Microsoft.Network/networkSecurityGroups' }] }, '/value/0'],
    ['pages', [{ value: [] }, { value: [{ id: nsgId }] }], '/1/value/0'],
    ['Resource Graph', { data: [{ id: nsgId, name: 'nsg-A', type: 'microsoft.network/networksecuritygroups' }] }, '/data/0'],
    ['Azure PowerShell', [{ Id: nsgId, Name: 'nsg-A', ResourceType: 'Microsoft.Network/networkSecurityGroups' }], '/0'],
    ['a type with a leading slash', [{ id: nsgId, name: 'nsg-A', type: '/Microsoft.Network/networkSecurityGroups' }], '/0'],
    ['an id alone', [{ id: nsgId }], '/0'],
  ])('%s', (_name, value, pointer) => {
    expect(only(value)).toMatchObject({
      id: canonical,
      type: 'microsoft.network/networksecuritygroups',
      name: 'nsg-A',
      pointer,
      displayId: nsgId,
      dialect: 'read-only',
      file: 'export.json',
      context: false,
    });
  });

  it('makes an id of type and name', () => {
    expect(only([{ type: 'Microsoft.Network/networkSecurityGroups', name: 'nsg-A' }]).id).toBe('microsoft.network/networksecuritygroups/nsg-a');
  });

  it('is everything there is, unless it is a prediction', () => {
    expect(readResourceList([{ id: nsgId }], 'f').inventory.complete).toBe(true);
    expect(readResourceList({ predictedResources: [{ id: nsgId }] }, 'f').inventory.complete).toBe(false);
  });

  it('counts resources of other providers and says what it could not read', () => {
    const { inventory, problems } = readResourceList([{ id: nsgId }, { id: `${GROUP}/Microsoft.Storage/storageAccounts/s` }, { hello: 1 }, null], 'f');
    expect(inventory.resources).toHaveLength(1);
    expect(inventory.others).toBe(1);
    expect(problems).toMatchObject([{ level: 'warning', code: 'resource-list.element', message: expect.stringMatching(/^2 elements/) }]);
  });
});

describe('one rule in every form', () => {
  const nsg = (members: JsonObject): JsonObject => ({ id: nsgId, name: 'nsg-A', type: 'Microsoft.Network/networkSecurityGroups', ...members });
  it.each<[string, Json]>([
    [
      'nested in bags',
      [
        nsg({
          properties: {
            securityRules: [{ name: 'rdp', id: `${nsgId}/securityRules/rdp`, type: 'Microsoft.Network/networkSecurityGroups/securityRules', properties: bag }],
          },
        }),
      ],
    ],
    ['flattened', [nsg({ securityRules: [rule] })]],
    ['both, the flattened one empty', [nsg({ securityRules: [], properties: { securityRules: [{ name: 'rdp', properties: bag }] } })]],
    [
      'a child resource',
      [nsg({}), { id: `${nsgId}/securityRules/rdp`, name: 'rdp', type: 'Microsoft.Network/networkSecurityGroups/securityRules', properties: bag }],
    ],
    ['a child before its parent', [{ id: `${nsgId}/securityRules/rdp`, name: 'nsg-A/rdp', properties: bag }, nsg({ properties: { securityRules: [] } })]],
    [
      'a child beside the same inline rule',
      [
        nsg({ properties: { securityRules: [{ name: 'RDP', properties: { ...bag, access: 'Deny' } }] } }),
        { id: `${nsgId}/securityRules/rdp`, name: 'rdp', properties: bag },
      ],
    ],
  ])('%s', (_name, value) => {
    const [found] = only(value).body['securityRules'] as readonly JsonObject[];
    const { id: _id, type: _type, ...members } = found ?? {};
    expect(members).toEqual(rule);
  });

  it('reads lists that Azure PowerShell puts under singular names', () => {
    const exported = {
      Id: nsgId,
      Name: 'nsg-A',
      Type: 'Microsoft.Network/networkSecurityGroups',
      SecurityRules: [
        { Name: 'rdp', Access: 'Allow', Priority: 100, DestinationPortRange: ['3389', '22'], SourceAddressPrefix: ['*'], SourceAddressPrefixes: [], Etag: 'x' },
      ],
      Tag: { Role: 'Gateway', properties: { kept: 'as it is' } },
    };
    const { body } = only([exported]);
    expect(body['securityRules']).toMatchObject([
      { name: 'rdp', access: 'Allow', priority: 100, destinationPortRanges: ['3389', '22'], sourceAddressPrefixes: ['*'] },
    ]);
    expect(body['tags']).toEqual({ Role: 'Gateway', properties: { kept: 'as it is' } });
  });

  it('keeps the empty text beside a list', () => {
    const { body } = only([nsg({ properties: { securityRules: [{ name: 'r', properties: { destinationPortRange: '', destinationPortRanges: ['3389'] } }] } })]);
    expect(body['securityRules']).toEqual([{ name: 'r', destinationPortRange: '', destinationPortRanges: ['3389'] }]);
  });

  it('says where a merged child stands', () => {
    const resource = only([nsg({ securityRules: [{ name: 'first' }] }), { id: `${nsgId}/securityRules/rdp`, name: 'rdp', properties: bag }]);
    expect(resource.children).toEqual({ '/securityRules/1': '/1' });
  });
});

describe('children without their parent', () => {
  it.each([
    ['networkSecurityGroups/nsg/securityRules/r', 'microsoft.network/networksecuritygroups/securityrules'],
    ['virtualNetworks/net/subnets/s', 'microsoft.network/virtualnetworks/subnets'],
    ['loadBalancers/lb/inboundNatRules/r', 'microsoft.network/loadbalancers/inboundnatrules'],
    ['firewallPolicies/p/ruleCollectionGroups/g', 'microsoft.network/firewallpolicies/rulecollectiongroups'],
  ])('%s stands by itself', (path, type) => {
    const id = `${GROUP}/Microsoft.Network/${path}`;
    expect(only([{ id }])).toMatchObject({ type, id: id.slice(1).toLowerCase(), name: path.slice(path.lastIndexOf('/') + 1) });
  });

  it('is not merged into a group of the same name elsewhere', () => {
    const elsewhere = nsgId.replace('RG-A', 'RG-B');
    expect(read([{ id: nsgId }, { id: `${elsewhere}/securityRules/r` }])).toHaveLength(2);
  });
});

describe('references', () => {
  it('survive with what they hold', () => {
    const nic = {
      id: `${GROUP}/Microsoft.Network/networkInterfaces/nic`,
      properties: {
        networkSecurityGroup: { id: nsgId },
        ipConfigurations: [
          {
            name: 'c',
            properties: {
              publicIPAddress: { name: 'pip', properties: { sku: 'x', publicIPAllocationMethod: 'Static' } },
              subnet: { Id: `${GROUP}/Microsoft.Network/virtualNetworks/Net/subnets/Hosts` },
            },
          },
        ],
      },
    };
    const { body } = only([nic]);
    expect(body['networkSecurityGroup']).toEqual({ id: canonical });
    expect(body['ipConfigurations']).toMatchObject([
      {
        publicIPAddress: { name: 'pip', publicIPAllocationMethod: 'Static' },
        subnet: { id: `${GROUP.slice(1).toLowerCase()}/microsoft.network/virtualnetworks/net/subnets/hosts` },
      },
    ]);
  });
});

describe('hostile lists', () => {
  it('has no member called __proto__', () => {
    const value = JSON.parse(
      `[{"id":"${nsgId}","__proto__":{"securityRules":[]},"properties":{"__proto__":{"polluted":true},"securityRules":[{"name":"r","__proto__":{"access":"Allow"}}]}}]`,
    ) as Json;
    const { body } = only(value);
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(body['securityRules']).toEqual([{ name: 'r' }]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('reads a member called %s as any other', (name) => {
    expect(only([{ id: nsgId, properties: { [name]: 'x' } }]).body[name]).toBe('x');
  });

  it('does not follow bags without end', () => {
    let deep: Json = { end: 1 };
    for (let depth = 0; depth < 5000; depth++) deep = { properties: deep };
    expect(only([{ id: nsgId, properties: deep }]).id).toBe(canonical);
    let nested: Json = {};
    for (let depth = 0; depth < 5000; depth++) nested = { a: nested };
    expect(only([{ id: nsgId, nested }]).id).toBe(canonical);
  });

  it('merges many children in time', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ id: `${nsgId}/securityRules/r${index}` }));
    const resource = only([{ id: nsgId }, ...many]);
    expect(resource.body['securityRules']).toHaveLength(20_000);
  });

  it('reads many shapes in time', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ name: `r${index}`, properties: { [`a${index}`]: 1, [`b${index % 97}`]: 2 } }));
    expect(only([{ id: nsgId, properties: { securityRules: many } }]).body['securityRules']).toHaveLength(5000);
  });
});

describe('what a list does not show', () => {
  const nsg = (more: JsonObject): JsonObject => ({ id: nsgId, name: 'nsg-A', type: 'Microsoft.Network/networkSecurityGroups', ...more });
  const page = (more: JsonObject): JsonObject => ({ value: [nsg({})], ...more });
  it.each<[string, Json, boolean]>([
    ['a last page', page({ nextLink: null }), false],
    ['a page that is followed', page({ nextLink: 'https://management.azure.com/x' }), true],
    ['an answer of Resource Graph', { data: [nsg({})], resultTruncated: 'false' }, false],
    ['a part of one', { data: [nsg({})], $skipToken: 'x' }, true],
    ['one that was cut', { data: [nsg({})], resultTruncated: 'true' }, true],
    ['all pages', [page({ nextLink: 'https://management.azure.com/x' }), { value: [] }], false],
    ['a resource with a member of that name', nsg({ nextLink: 'x' }), false],
  ])('%s', (_name, value, cut) => {
    const { inventory, problems } = readResourceList(value, 'f');
    expect(inventory.complete).toBe(!cut);
    expect(problems.map((problem) => problem.code)).toEqual(cut ? ['resource-list.cut'] : []);
  });

  it('counts a resource once', () => {
    const { inventory, problems } = readResourceList([nsg({ location: 'a' }), nsg({ location: 'b' })], 'f');
    expect(inventory.resources.map((resource) => resource.body['location'])).toEqual(['a']);
    expect(problems).toMatchObject([{ level: 'warning', code: 'resource-list.repeated' }]);
  });

  it('puts a child where its parent has only its id', () => {
    const policy = `${GROUP}/Microsoft.Network/firewallPolicies/fp`;
    const group = {
      id: `${policy}/ruleCollectionGroups/dnat`,
      name: 'dnat',
      type: 'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
      properties: { priority: 100 },
    };
    const { inventory } = readResourceList(
      [{ id: policy, name: 'fp', type: 'Microsoft.Network/firewallPolicies', properties: { ruleCollectionGroups: [{ id: group.id }] } }, group],
      'f',
    );
    expect(inventory.resources[0]?.body['ruleCollectionGroups']).toMatchObject([{ name: 'dnat', priority: 100 }]);
  });
});
