import { expect, it } from 'vitest';
import { openDocument } from '../../src/lib/document.ts';
import type { Dialect } from '../../src/model/location.ts';

const arm = openDocument(
  JSON.stringify({
    resources: [
      {
        type: 'Microsoft.Network/networkSecurityGroups',
        name: 'nsg',
        Properties: { SecurityRules: [{ name: 'rdp', properties: { access: 'Allow', priority: 100 } }, { name: 'bare' }] },
      },
      { type: 'Microsoft.Network/networkInterfaces', name: 'nic' },
    ],
  }),
  'json',
);
const pulumi = openDocument(
  'resources:\n  nsg:\n    type: azure-native:network:NetworkSecurityGroup\n    properties:\n      securityRules:\n        - name: rdp\n          access: Allow\n  nic:\n    type: azure-native:network:NetworkInterface\n  vault:\n    type: azure-native:keyvault:Vault\n    properties:\n      vaultName: kv\n      properties:\n        enableSoftDelete: true\n',
  'yaml',
);

it.each<[Dialect, string, string, string | undefined, string, string | undefined]>([
  [
    'arm',
    '/resources/0',
    '/securityRules/0/access',
    '/resources/0/Properties/SecurityRules/0/properties/access',
    '/resources/0/Properties/SecurityRules/0/properties/access',
    '/resources/0/Properties/SecurityRules/0/properties/access',
  ],
  ['arm', '/resources/0', '/name', '/resources/0/name', '/resources/0/name', '/resources/0/name'],
  [
    'arm',
    '/resources/0',
    '/securityRules/0/name',
    '/resources/0/Properties/SecurityRules/0/name',
    '/resources/0/Properties/SecurityRules/0/name',
    '/resources/0/Properties/SecurityRules/0/name',
  ],
  [
    'arm',
    '/resources/0',
    '/securityRules/0/direction',
    undefined,
    '/resources/0/Properties/SecurityRules/0',
    '/resources/0/Properties/SecurityRules/0/properties/direction',
  ],
  ['arm', '/resources/0', '/securityRules/5/access', undefined, '/resources/0/Properties/SecurityRules', '/resources/0/Properties/SecurityRules/5/access'],
  ['arm', '/resources/0', '/tags/owner', undefined, '/resources/0', '/resources/0/tags/owner'],
  ['arm', '/resources/0', '/flushConnection', undefined, '/resources/0', '/resources/0/Properties/flushConnection'],
  ['arm', '/resources/1', '/enableIPForwarding', undefined, '/resources/1', '/resources/1/properties/enableIPForwarding'],
  ['arm', '/resources/9', '/x', undefined, '/resources', undefined],
  ['arm', '/resources/0', '/__proto__/x', undefined, '/resources/0', '/resources/0/Properties/__proto__/x'],
  ['read-only', '/resources/1', '/x', undefined, '/resources/1', undefined],
])('%s %s %s', (dialect, base, at, resolved, nearest, writable) => {
  const place = { base, at };
  expect([arm.resolve(place, dialect), arm.nearest(place, dialect), arm.writable(place, dialect)]).toEqual([resolved, nearest, writable]);
});

it.each([
  ['/resources/nsg', '/securityRules/0/access', '/resources/nsg/properties/securityRules/0/access', '/resources/nsg/properties/securityRules/0/access'],
  ['/resources/nsg', '/securityRules/0/direction', undefined, '/resources/nsg/properties/securityRules/0/direction'],
  ['/resources/nic', '/location', undefined, '/resources/nic/properties/location'],
  // The inputs of a vault have a bag of their own.
  [
    '/resources/vault',
    '/enableSoftDelete',
    '/resources/vault/properties/properties/enableSoftDelete',
    '/resources/vault/properties/properties/enableSoftDelete',
  ],
  ['/resources/vault', '/enablePurgeProtection', undefined, '/resources/vault/properties/properties/enablePurgeProtection'],
  ['/resources/vault', '/vaultName', '/resources/vault/properties/vaultName', '/resources/vault/properties/vaultName'],
  ['/resources/vault', '/location', undefined, '/resources/vault/properties/location'],
])('pulumi-yaml %s %s', (base, at, resolved, writable) => {
  const place = { base, at };
  expect([pulumi.resolve(place, 'pulumi-yaml'), pulumi.writable(place, 'pulumi-yaml')]).toEqual([resolved, writable]);
});
