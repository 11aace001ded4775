import { join } from 'node:path';
import { afterAll } from 'vitest';
import { restoreBicep } from '../../../scripts/bicep.mjs';
import { compileBicep } from '../../../src/collect/bicep/compile.ts';
import type { CompiledBicep } from '../../../src/collect/bicep/compiled.ts';
import { compilerEnvironment } from '../../../src/collect/bicep/program.ts';
import { type Compiler, compilerOf } from '../../../src/collect/bicep/rpc.ts';

const restored: string | null = restoreBicep();
if (restored === null && process.env['RDPOSTURE_PEERS'] === 'required') throw new Error('The Bicep compiler is restored with the .NET SDK 10.');
/** Whether nothing that compiles runs. */
export const skipped = restored === null;
export const program = restored ?? 'bicep';

let running: Compiler | null = null;
afterAll(() => running?.close());

/** One compiler for the tests of a file. */
export function compiler(): Compiler {
  running ??= compilerOf({ program, environment: compilerEnvironment(process.env, false), deadline: 120_000 });
  return running;
}

export function compiled(folder: string, path: string, parameters: string | null = null): Promise<CompiledBicep> {
  const entry = { path: join(folder, path), parameters: parameters === null ? null : join(folder, parameters) };
  return compileBicep(entry, { sourceRoot: folder, restore: false, compiler: compiler() });
}

/** Everything that a network is made of here: loops, a condition, a module, a nested child, an extension resource, a reference. */
export const SAMPLE: Readonly<Record<string, string>> = {
  'main.bicep': `@description('Where it is deployed.')
param location string = resourceGroup().location
param ports array = [3389]
param withLock bool = true
@allowed(['Allow', 'Deny'])
param access string = 'Allow'
/* what everybody may reach */
var shared = [
  { name: 'web', port: '443' } // TLS
  { name: 'rdp', port: '3389' }
]
var base = {
  direction: 'Inbound'
  protocol: 'Tcp'
}

resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
  name: 'nsg-\${uniqueString(resourceGroup().id)}'
  location: location
  tags: { owner: 'it\\'s \\u{1F600} ours', 'a-b': '''
multi \${line}
''' }
  properties: {
    securityRules: [for (port, i) in ports: {
      name: 'port-\${port}'
      properties: {
        ...base
        priority: 100 + i
        access: access
        sourceAddressPrefix: '*'
        sourcePortRange: '*'
        destinationAddressPrefix: '*'
        destinationPortRange: string(port)
      }
    }]
  }

  @description('By itself.')
  resource child 'securityRules' = {
    name: 'child'
    properties: {
      priority: 300
      direction: 'Inbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: 'Internet'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '3389'
    }
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2023-09-01' = {
  name: 'vnet'
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'hosts'
        properties: {
          addressPrefix: '10.0.0.0/24'
          networkSecurityGroup: { id: nsg.id }
        }
      }
      {
        name: 'more'
        properties: {
          addressPrefix: '10.0.1.0/24'
          networkSecurityGroup: {
            id: rules[0].outputs.id
          }
        }
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (withLock) {
  name: 'keep'
  scope: nsg
  properties: { level: 'CanNotDelete' }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-contoso'
}

resource addresses 'Microsoft.Network/publicIPAddresses@2023-09-01' = [for i in range(0, 2): {
  name: 'pip-\${i}'
  location: location
  sku: { name: 'Standard' }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}]

module rules './modules/rules.bicep' = [for name in ['a', 'b']: {
  name: 'rules-\${name}'
  params: {
    name: name
    rules: shared
    open: name == 'a'
  }
}]

output id string = nsg.id
output vaultId string = vault.id
`,
  'modules/rules.bicep': `param name string
param rules array
param open bool

resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = if (open) {
  name: 'nsg-\${name}'
  location: resourceGroup().location
  properties: {
    securityRules: [
      {
        name: rules[1].name
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: rules[1].port
        }
      }
    ]
  }
}

output id string = open ? nsg.id : ''
`,
  'main.bicepparam': `using './main.bicep'

param ports = [22, 443, 3389]
param location = 'westeurope'
`,
};
