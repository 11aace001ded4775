import { describe, expect, it } from 'vitest';
import { isId, namesOfId, normaliseId, parentId, relativeId, sameResource, typeOfId } from '../../src/lib/azure-id.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const full = `subscriptions/${SUBSCRIPTION}/resourcegroups/rg-a/providers/microsoft.network/virtualnetworks/net/subnets/hosts`;
const relative = 'microsoft.network/virtualnetworks/net/subnets/hosts';
const grouped = `resourcegroups/rg-a/providers/${relative}`;

describe('canonical form', () => {
  it.each([
    [`/${full.replace('net/', 'Net/').replace('resourcegroups', 'resourceGroups')}/`, full],
    [` /providers/Microsoft.Network/virtualNetworks/net/subnets/hosts `, relative],
    [`{resourcegroup().id}/providers/${relative}`, relative],
    [`/subscriptions/{subscription().subscriptionId}/resourceGroups/{resourceGroup().name}/providers/${relative}`, relative],
    [`/subscriptions/{subscription().subscriptionId}/resourceGroups/RG-A/providers/${relative}`, grouped],
    [`{subscription().id}/resourceGroups/RG-A/providers/${relative}`, grouped],
    [
      `/subscriptions/{subscription().subscriptionId}/resourceGroups/{parameters('rg')}/providers/${relative}`,
      `resourcegroups/{parameters('rg')}/providers/${relative}`,
    ],
    [`/subscriptions/{parameters('sub')}/resourceGroups/rg-a/providers/${relative}`, `{parameters('sub')}/resourcegroups/rg-a/providers/${relative}`],
    [`/subscriptions/{subscription().subscriptionId}/providers/${relative}`, relative],
  ])('%s', (id, expected) => {
    expect(normaliseId(id)).toBe(expected);
    expect(normaliseId(expected)).toBe(expected);
    expect(relativeId(expected)).toBe(relative);
  });

  it('is found behind a group called providers', () => {
    expect(relativeId(full.replace('rg-a', 'providers'))).toBe(relative);
  });
});

describe('the same resource', () => {
  const otherGroup = full.replace('rg-a', 'rg-b');
  it.each([
    ['full ids', full, full, true],
    ['full ids of two groups', full, otherGroup, false],
    ['full and relative', full, relative, true],
    ['relative ids', relative, relative, true],
    ['other names', relative, `${relative}2`, false],
    ['a named group and its full id', grouped, full, true],
    ['a named group and a full id of another', grouped, otherGroup, false],
    ['a named group and the own one', grouped, relative, false],
    ['two named groups', grouped, grouped.replace('rg-a', 'rg-b'), false],
    ['a group that is not resolved and any', grouped.replace('rg-a', "{parameters('rg')}"), full, false],
  ])('%s', (_name, a, b, same) => {
    expect(sameResource(a, b)).toBe(same);
    expect(sameResource(b, a)).toBe(same);
  });
});

describe('parts', () => {
  it.each([
    [full, 'microsoft.network/virtualnetworks/subnets', ['net', 'hosts']],
    [grouped, 'microsoft.network/virtualnetworks/subnets', ['net', 'hosts']],
    [`/${full}/providers/Microsoft.Insights/diagnosticSettings/d`, 'Microsoft.Insights/diagnosticSettings', ['d']],
    ['microsoft.network', null, []],
  ])('%s', (id, type, names) => {
    expect(typeOfId(id)).toBe(type);
    expect(namesOfId(id)).toEqual(names);
  });

  it('has a parent', () => {
    expect(parentId(relative)).toBe('microsoft.network/virtualnetworks/net');
    expect(parentId('a')).toBe('');
  });

  it.each([
    [`/${full}`, true],
    ['/providers/Microsoft.Network/x/y', true],
    [full, false],
    ['/etc/passwd/something', false],
    ['/', false],
  ])('%s is an id: %s', (text, expected) => expect(isId(text)).toBe(expected));
});
