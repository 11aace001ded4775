import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/collect/recognise.ts';
import type { Json } from '../../src/model/json.ts';

const kindOf = (value: Json): string => recognise(value).kind;
const nsg = {
  id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg',
  name: 'nsg',
  type: 'Microsoft.Network/networkSecurityGroups',
};

describe('recognise', () => {
  it.each<[string, Json, string]>([
    ['an estate', { version: 1, name: 'contoso', hosts: [] }, 'estate'],
    ['an estate of intent only', { version: 1, name: 'contoso', intent: {} }, 'estate'],
    ['a compose file', { version: 1, name: 'contoso', services: {} }, 'none'],
    ['a snapshot', { schemaVersion: 1, target: { kind: 'windows-host', name: 'h' }, collectedAt: 'x', sections: {} }, 'snapshot'],
    ['a saved report', { schemaVersion: 1, tool: { name: 'rdposture', version: '1' }, findings: [] }, 'report'],
    ['a report of another tool', { schemaVersion: 1, tool: { name: 'other' } }, 'none'],
    ['SARIF', { version: '2.1.0', runs: [] }, 'sarif'],
    ['SARIF by its schema', { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', runs: [] }, 'sarif'],
    ['a template', { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', contentVersion: '1.0.0.0' }, 'arm-template'],
    [
      'a template of a subscription',
      { $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#', resources: [] },
      'arm-template',
    ],
    ['a template without schema', { contentVersion: '1.0.0.0', resources: [] }, 'arm-template'],
    ['a template with symbolic names', { contentVersion: '1.0.0.0', languageVersion: '2.0', resources: {} }, 'arm-template'],
    ['parameters', { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#', parameters: {} }, 'arm-parameters'],
    ['parameters without schema', { contentVersion: '1.0.0.0', parameters: { a: { value: 1 }, b: { reference: {} } } }, 'arm-parameters'],
    ['one resource', nsg, 'resource-list'],
    ['a list', [nsg], 'resource-list'],
    ['a page of an API', { value: [nsg], nextLink: null }, 'resource-list'],
    ['pages', [{ value: [nsg] }, { value: [] }], 'resource-list'],
    ['Resource Graph', { count: 1, data: [nsg], total_records: 1 }, 'resource-list'],
    ['Azure PowerShell', [{ Name: 'nsg', Id: nsg.id, ResourceType: nsg.type }], 'resource-list'],
    ['an id tells the type', { id: nsg.id, properties: {} }, 'resource-list'],
    ['type and name without an id', [{ type: nsg.type, name: 'nsg', properties: {} }], 'resource-list'],
    ['a predicted deployment', { predictedResources: [nsg] }, 'resource-list'],
    ['an empty list', [], 'none'],
    ['a list of something else', [{ type: 'module', name: 'x' }], 'none'],
    ['package.json', { name: 'x', version: '1.0.0', type: 'module' }, 'none'],
    ['an empty page', { value: [] }, 'none'],
    ['a YAML program', { name: 'p', runtime: 'yaml', resources: {} }, 'pulumi-program'],
    ['a YAML program by its long runtime', { name: 'p', runtime: { name: 'yaml' } }, 'pulumi-program'],
    ['Main.yaml', { resources: { nsg: { type: 'azure-native:network:NetworkSecurityGroup' } } }, 'pulumi-program'],
    ['a project in another language', { name: 'p', runtime: { name: 'nodejs' } }, 'pulumi-project'],
    ['a preview', { config: {}, steps: [], changeSummary: { create: 0 } }, 'pulumi-preview'],
    ['a preview without summary', { steps: [{ op: 'create', urn: 'urn:pulumi:s::p::t::n' }] }, 'pulumi-preview'],
    ['steps of something else', { steps: [{ run: 'npm test' }] }, 'none'],
    ['a stack export', { version: 3, deployment: { manifest: {}, resources: [] } }, 'pulumi-state'],
    ['a state file of an empty stack', { version: 3, checkpoint: { stack: 'dev' } }, 'pulumi-state'],
    ['CloudFormation', { Resources: { a: { Type: 'AWS::S3::Bucket' } } }, 'none'],
    ['a Kubernetes object', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }, 'none'],
    ['text', 'hello', 'none'],
    ['nothing', null, 'none'],
    ['a number', 1, 'none'],
  ])('%s', (_name, value, kind) => expect(kindOf(value)).toBe(kind));

  it('says what was tried', () => {
    const found = recognise({ hello: 1 });
    expect(found.kind === 'none' ? found.tried : []).toContain('ARM template');
  });

  it('reads own members only', () => {
    expect(kindOf(JSON.parse('{"__proto__":{"version":1,"name":"x","hosts":[]}}') as Json)).toBe('none');
  });
});
