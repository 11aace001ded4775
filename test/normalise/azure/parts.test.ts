import { expect, it, test } from 'vitest';
import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { independentParts } from '../../../src/normalise/azure/parts.ts';

function resource(id: string, body: JsonObject = {}): CloudResource {
  const steps = id.toLowerCase().split('/');
  const type = [steps[0], ...steps.filter((_step, index) => index % 2 === 1)].join('/');
  return {
    id: id.toLowerCase(),
    type,
    name: steps.at(-1) ?? '',
    apiVersion: null,
    body,
    file: 'a.json',
    dialect: 'arm',
    pointer: '',
    children: {},
    displayId: id,
    context: false,
  };
}

const NSG = 'microsoft.network/networksecuritygroups';
const VNET = 'microsoft.network/virtualnetworks';

/** Names of the resources of each part. */
function partsOf(...resources: CloudResource[]): string[] | null {
  return independentParts({ resources, complete: false })?.map((part) => part.resources.map(({ name }) => name).join(' ')) ?? null;
}

it.each([
  ['nothing in common', [resource(`${NSG}/a`), resource(`${NSG}/b`)], ['a', 'b']],
  [
    'a subnet that names a group',
    [resource(`${NSG}/a`), resource(`${NSG}/b`), resource(`${VNET}/v`, { subnets: [{ networkSecurityGroup: { id: `${NSG}/b` } }] })],
    ['a', 'b v'],
  ],
  [
    'a full id, in any case',
    [resource(`${NSG}/a`), resource(`${VNET}/v`, { x: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/A` })],
    ['a v'],
  ],
  ['the id of a child', [resource(`${VNET}/v`), resource('microsoft.network/networkinterfaces/n', { subnet: { id: `${VNET}/v/subnets/s` } })], ['v n']],
  ['a child of its own', [resource(`${NSG}/a`), resource(`${NSG}/a/securityrules/r`), resource(`${NSG}/b`)], ['a r', 'b']],
  ['over a third', [resource(`${VNET}/v`, { p: `${VNET}/x` }), resource(`${NSG}/a`), resource(`${VNET}/x`, { g: `${NSG}/a` })], ['v a x']],
  ['alternatives of one name', [resource(`${NSG}/a`), resource(`${NSG}/a#2`)], ['a a#2']],
])('parts: %s', (_what, resources, expected) => {
  expect(partsOf(...resources)).toEqual(expected);
});

it.each([
  ['a load balancer, which finds machines by address', resource('microsoft.network/loadbalancers/l')],
  ['a network manager, which rules over networks that do not name it', resource('microsoft.network/networkmanagers/m')],
  ['a type that nobody has thought of', resource('microsoft.network/azurefirewalls/f')],
  ['a machine whose interfaces are not known', resource('microsoft.compute/virtualmachines/vm', { networkProfile: { networkInterfaces: [UNRESOLVED] } })],
])('no parts with %s', (_what, other) => {
  expect(partsOf(resource(`${NSG}/a`), resource(`${NSG}/b`), other)).toBeNull();
});

test('a body that is too deep to be looked through has no parts', () => {
  let body: JsonObject = {};
  for (let depth = 0; depth < 100; depth++) body = { x: body };
  expect(partsOf(resource(`${NSG}/a`, body), resource(`${NSG}/b`))).toBeNull();
});
