import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf, scanFolder } from './support.ts';

const TEMPLATE = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [{ type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2023-11-01', name: 'nsg', location: 'westeurope', properties: {} }],
};

it('what code scanning keeps together is the path that was named', () => {
  const folder = folderOf({ 'infra/a.json': TEMPLATE, 'infra/b/c.json': TEMPLATE, 'd.json': TEMPLATE });
  const groups = (...paths: string[]): string[] =>
    scanFolder(folder, ['NET-004'], { paths: paths.map((path) => join(folder, path)) }).targets.map(({ name, group }) => `${name} in ${group}`);
  expect(groups('infra')).toEqual(['infra/a.json in infra', 'infra/b/c.json in infra']);
  expect(groups('infra/a.json', 'd.json')).toEqual(['d.json in d.json', 'infra/a.json in infra/a.json']);
  expect(groups('infra/a.json', 'infra')).toEqual(['infra/a.json in infra/a.json', 'infra/b/c.json in infra']);
  expect(groups('.')).toEqual(['d.json in .', 'infra/a.json in .', 'infra/b/c.json in .']);
});
