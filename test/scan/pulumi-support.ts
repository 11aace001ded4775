import type { Json, JsonObject } from '../../src/model/json.ts';

export const RULE = {
  name: 'allow-rdp',
  priority: 300,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  sourceAddressPrefix: '*',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '3389',
};

export interface Made {
  readonly name?: string;
  readonly type?: string;
  readonly inputs?: Json;
  readonly position?: string;
  readonly trace?: readonly string[];
}

export const TYPE = 'azure-native:network:NetworkSecurityGroup';
const INPUTS = { resourceGroupName: 'rg', location: 'westeurope', securityRules: [RULE] };

function stateOf({ name = 'nsg', type = TYPE, inputs = INPUTS, position, trace }: Made, project: string, stack: string): JsonObject {
  return {
    urn: `urn:pulumi:${stack}::${project}::${type}::${name}`,
    type,
    custom: true,
    inputs,
    ...(position === undefined ? {} : { sourcePosition: `project:///${position}` }),
    ...(trace === undefined ? {} : { stackTrace: trace.map((frame) => ({ sourcePosition: `project:///${frame}` })) }),
  };
}

/** What `pulumi preview --json` prints for resources that are to be made. */
export function previewOf(made: readonly Made[], project = 'contoso-net', stack = 'dev'): JsonObject {
  const states = made.map((item) => stateOf(item, project, stack));
  return { config: {}, steps: states.map((newState) => ({ op: 'create', urn: newState['urn'] ?? '', newState })), changeSummary: { create: states.length } };
}

export function stateFileOf(made: readonly Made[], project = 'contoso-net', stack = 'dev'): JsonObject {
  return { version: 3, deployment: { manifest: {}, resources: made.map((item) => stateOf(item, project, stack)) } };
}

export const PROJECT = 'name: contoso-net\nruntime: nodejs\nmain: src\n';

/** A program with one group, written out; its call is on line 4, its rule's name on line 8, the rule's access on line 11. */
export const PROGRAM = `import * as azure from '@pulumi/azure-native';
import { common } from './common';

export const nsg = new azure.network.NetworkSecurityGroup('nsg', {
  ...common,
  securityRules: [
    {
      name: 'allow-rdp', // for the supplier
      priority: 300,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '3389',
    },
    { name: 'deny-all', priority: 4096, direction: 'Inbound', access: 'Deny', protocol: '*', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
  ],
});
`;
export const DENY = { ...RULE, name: 'deny-all', priority: 4096, access: 'Deny', protocol: '*', destinationPortRange: '*' };
export const GIVEN = { ...INPUTS, securityRules: [RULE, DENY] };
