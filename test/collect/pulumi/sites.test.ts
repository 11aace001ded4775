import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { stateEntries } from '../../../src/collect/pulumi/entries.ts';
import { programFiles, projectNear, readProject } from '../../../src/collect/pulumi/project.ts';
import { agrees, siteOf } from '../../../src/collect/pulumi/sites.ts';
import type { Json } from '../../../src/model/json.ts';
import { preview, previewDocument } from '../../infra/preview.ts';
import { config } from '../../infra/program.ts';
import { GIVEN, type Made, previewOf, PROGRAM, PROJECT, RULE } from '../../scan/pulumi-support.ts';
import { folderOf } from '../../scan/support.ts';

function siteIn(files: Readonly<Record<string, string>>, made: Made, project = PROJECT): string {
  const folder = folderOf({ 'Pulumi.yaml': project, ...files });
  const read = readProject(join(folder, 'Pulumi.yaml'), folder);
  const [entry] = stateEntries(previewOf([made]), 'p.json').entries;
  if (read === null || entry === undefined) throw new Error('nothing to look for');
  const site = siteOf({ ...entry, state: entry.state }, programFiles(read, folder));
  if (site === null) return 'nowhere';
  const line = site.source.document.regionOf(site.base)?.value.startLine ?? 0;
  return `${site.source.file.name}:${line} ${site.is}${site.sure ? ' sure' : ''}`;
}

const made = (more: Made = {}): Made => ({ inputs: GIVEN, ...more });
const call = (text: string, imports = "import * as azure from '@pulumi/azure-native';"): Record<string, string> => ({
  'src/index.ts': `${imports}\n${text}\n`,
});
const ARGS = '{ location: loc, securityRules: rules }';

describe('a resource of a TypeScript program', () => {
  test.each<[string, Record<string, string>, Made, string]>([
    ['by its position', { 'src/index.ts': PROGRAM }, made({ position: 'src/index.ts#4,20' }), 'src/index.ts:4 resource sure'],
    ['by its line, where the column is another', { 'src/index.ts': PROGRAM }, made({ position: 'src/index.ts#4,1' }), 'src/index.ts:4 resource sure'],
    ['by name, where the position is of something else', { 'src/index.ts': PROGRAM }, made({ position: 'src/index.ts#9,1' }), 'src/index.ts:4 resource sure'],
    [
      'by name, where the position is outside of the project',
      { 'src/index.ts': PROGRAM },
      made({ position: '../../etc/passwd.ts#1,1' }),
      'src/index.ts:4 resource sure',
    ],
    ['by name, without a position', { 'src/index.ts': PROGRAM }, made(), 'src/index.ts:4 resource sure'],
    ['in a file of its own', { 'src/index.ts': '', 'src/net/nsg.ts': PROGRAM }, made(), 'src/net/nsg.ts:4 resource sure'],
    ['by a template', call(`new azure.network.NetworkSecurityGroup(\`\${env}-nsg\`, ${ARGS});`), made({ name: 'dev-nsg' }), 'src/index.ts:2 resource sure'],
    ['not by a template of another name', call(`new azure.network.NetworkSecurityGroup(\`\${env}-hosts\`, ${ARGS});`), made({ name: 'dev-nsg' }), 'nowhere'],
    [
      'by its class alone, where there is one',
      call(`function f(name: string) { new azure.network.NetworkSecurityGroup(name, ${ARGS}); }`),
      made(),
      'src/index.ts:2 resource sure',
    ],
    [
      'not by its class where there are two',
      call(`new azure.network.NetworkSecurityGroup(a, ${ARGS});\nnew azure.network.NetworkSecurityGroup(b, ${ARGS});`),
      made(),
      'nowhere',
    ],
    [
      'by what it is given, of two',
      call(`new azure.network.NetworkSecurityGroup(a, { location: 'northeurope' });\nnew azure.network.NetworkSecurityGroup(b, { location: 'westeurope' });`),
      made(),
      'src/index.ts:3 resource sure',
    ],
    [
      'a name that is written out before one that may be anything',
      call(`new azure.network.NetworkSecurityGroup(a, ${ARGS});\nnew azure.network.NetworkSecurityGroup('nsg', ${ARGS});`),
      made(),
      'src/index.ts:3 resource sure',
    ],
    [
      'a class that is imported under another name',
      call(`new Group('nsg', ${ARGS});`, "import { NetworkSecurityGroup as Group } from '@pulumi/azure-native/network';"),
      made(),
      'src/index.ts:2 resource sure',
    ],
    [
      'a class of a file of the SDK',
      call(`new n.NetworkSecurityGroup('nsg', ${ARGS});`, "import * as n from '@pulumi/azure-native/network/networkSecurityGroup';"),
      made(),
      'src/index.ts:2 resource sure',
    ],
    [
      'a class of a version',
      call(`new azure.network.v20230201.NetworkSecurityGroup('nsg', ${ARGS});`),
      made({ type: 'azure-native:network/v20230201:NetworkSecurityGroup' }),
      'src/index.ts:2 resource sure',
    ],
    [
      'a module of our own that hands the SDK on',
      call(`new sdk.NetworkSecurityGroup('nsg', ${ARGS});`, "import { sdk } from './sdk';"),
      made(),
      'src/index.ts:2 resource sure',
    ],
    ['not a class of another provider', call(`new aws.NetworkSecurityGroup('nsg', ${ARGS});`, "import * as aws from '@pulumi/aws';"), made(), 'nowhere'],
    ['not a class of another module', call(`new azure.compute.NetworkSecurityGroup('nsg', ${ARGS});`), made(), 'nowhere'],
    ['not another class', call(`new azure.network.Subnet('nsg', ${ARGS});`), made(), 'nowhere'],
    [
      'not sure of a program that was changed since',
      { 'src/index.ts': PROGRAM.replace("'3389'", "'22'") },
      made({ position: 'src/index.ts#4,20' }),
      'src/index.ts:4 resource',
    ],
    [
      'not sure of a list that is longer now',
      { 'src/index.ts': PROGRAM.replace('    { name: ', '    { name: "new" },\n    { name: ') },
      made(),
      'src/index.ts:4 resource',
    ],
    [
      'in an ES module, whose positions hold a whole path',
      { 'src/index.ts': PROGRAM },
      made({ position: 'file:/nowhere/src/index.ts#4,20' }),
      'src/index.ts:4 resource sure',
    ],
    [
      'in a component of the program',
      {
        'src/net.ts': `import * as azure from '@pulumi/azure-native';\nexport class Net { constructor(n: string) { new azure.network.NetworkSecurityGroup(n, ${ARGS}); } }`,
        'src/index.ts': "new Net('a');",
      },
      made({ position: 'src/net.ts#2,45', trace: ['src/net.ts#2,45', 'src/index.ts#1,1'] }),
      'src/net.ts:2 resource sure',
    ],
    [
      'in a component of a package: where it is asked for',
      { 'src/index.ts': "import { Net } from 'net';\nnew Net('a');" },
      made({ position: 'node_modules/net/index.js#9,9', trace: ['node_modules/net/index.js#9,9', 'src/index.ts#2,1'] }),
      'src/index.ts:2 call',
    ],
    ['beside a file that is no TypeScript', { 'src/a.ts': '{{{', 'src/index.ts': PROGRAM }, made(), 'src/index.ts:4 resource sure'],
    [
      'not in what is installed',
      { 'src/node_modules/x/index.ts': PROGRAM, 'src/index.ts': '' },
      made({ position: 'src/node_modules/x/index.ts#4,20' }),
      'nowhere',
    ],
    ['not outside of the program, without a position', { 'test/index.ts': PROGRAM, 'src/index.ts': '' }, made(), 'nowhere'],
  ])('%s', (_what, files, resource, wanted) => expect(siteIn(files, resource)).toBe(wanted));
});

describe('a resource of a YAML program', () => {
  const yaml = (name: string, more = ''): string =>
    `name: contoso-net\nruntime: yaml\nresources:\n  ${name}:\n    type: azure-native:network:NetworkSecurityGroup\n${more}    properties:\n      location: westeurope\n`;
  test.each<[string, string, string]>([
    ['by its logical name', yaml('nsg'), 'Pulumi.yaml:5 resource sure'],
    ['by a name of its own', yaml('other', '    name: nsg\n'), 'Pulumi.yaml:5 resource sure'],
    ['not by another name', yaml('other'), 'nowhere'],
    ['not another type', yaml('nsg').replace('NetworkSecurityGroup', 'Subnet'), 'nowhere'],
    ['not sure of one that was changed since', yaml('nsg').replace('westeurope', 'northeurope'), 'Pulumi.yaml:5 resource'],
  ])('%s', (_what, project, wanted) => expect(siteIn({}, made(), project)).toBe(wanted));
});

test.each<[string, Json, Json | undefined, boolean]>([
  ['an expression and anything', '${x}', 7, true],
  ['a literal and a secret', 'x', '[secret]', true],
  ['a literal and what is not known yet', 'x', '04da6b54-80e4-46f7-96ec-b56ff0331ba9', true],
  ['nothing and null', null, undefined, true],
  ['a text and its marks', '$${x}', '${x}', true],
  ['another type', 1, '1', false],
  ['less than was given', { a: 1 }, { a: 1, b: 2 }, true],
  ['more than was given', { a: 1, b: 2 }, { a: 1 }, false],
  ['a spread', { '...0': '${...x}', a: 1 }, { a: 1, b: 2 }, true],
  ['what a spread may override', { a: 1, '...1': '${...x}', b: 2 }, { a: 9, b: 2 }, true],
  ['what it may not', { '...0': '${...x}', b: 2 }, { b: 9 }, false],
  ['a list before a spread', { '0': 1, '...1': '${...x}', '...2': 9 }, [1, 5, 9], true],
  ['another list before a spread', { '0': 1, '...1': '${...x}' }, [2, 5], false],
])('%s', (_what, written, given, is) => expect(agrees(written, given)).toBe(is));

test('the project of a preview is the nearest of its name', () => {
  const folder = folderOf({
    'infra/Pulumi.yaml': PROJECT,
    'out/preview.json': {},
    'other/Pulumi.yaml': 'name: x\nruntime: yaml\n',
    'a/b/Pulumi.yaml': PROJECT.replace('net', 'deep'),
  });
  const near = (path: string, name: string): string | null => projectNear(join(folder, path), name, folder)?.path.slice(folder.length + 1) ?? null;
  expect(near('out/preview.json', 'contoso-net')).toBe('infra/Pulumi.yaml');
  expect(near('infra/preview.json', 'contoso-net')).toBe('infra/Pulumi.yaml');
  expect(near('preview.json', 'x')).toBe('other/Pulumi.yaml');
  expect(near('preview.json', 'contoso-deep')).toBeNull();
  expect(near('preview.json', 'nobody')).toBeNull();
});

test('a program may not lead out of its project', () => {
  const folder = folderOf({ 'p/Pulumi.yaml': 'name: a\nruntime: { name: nodejs }\nmain: ../../\n', 'q/Pulumi.yaml': 'name: a\n' });
  expect(readProject(join(folder, 'p/Pulumi.yaml'), folder)?.program).toBe(join(folder, 'p'));
  expect(readProject(join(folder, 'q/Pulumi.yaml'), folder)).toBeNull();
});

test('a real program: positions of the engine’s own language host lead to the calls', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const { resources } = await preview(config({ access: 'both', scanHosts: 'ssh' }));
  const project = readProject(join(root, 'Pulumi.yaml'), root);
  if (project === null) throw new Error('no project');
  const positions = new Map(resources.map(({ urn, sourcePosition }) => [urn, sourcePosition]));
  const { entries } = stateEntries(previewDocument(resources), 'p.json');
  const files = programFiles(project, root);
  const of = (noted: boolean) =>
    entries
      .filter(({ type }) => type.startsWith('azure-native:'))
      .map((entry) => ({
        entry,
        site: siteOf(noted ? { ...entry, state: { ...entry.state, sourcePosition: positions.get(entry.urn) ?? '' } } : entry, files),
      }));
  const placed = of(true);
  expect(placed.length).toBeGreaterThan(30);
  expect(placed.filter(({ site }) => site === null).map(({ entry }) => entry.urn)).toEqual([]);
  expect(placed.filter(({ site }) => site?.sure !== true).map(({ entry }) => entry.urn)).toEqual([]);
  for (const { entry, site } of placed) {
    const [, line] = /#(\d+),/.exec(positions.get(entry.urn) ?? '') ?? [];
    expect([entry.name, site?.source.document.regionOf(site.base)?.value.startLine]).toEqual([entry.name, Number(line)]);
  }
  // Without positions a call in a loop or a function cannot be told, but what is found is the same.
  const known = new Map(placed.map(({ entry, site }) => [entry.urn, `${site?.source.path ?? ''} ${site?.base ?? ''}`]));
  const searched = of(false).filter(({ site }) => site !== null);
  expect(searched.length).toBeGreaterThan(15);
  for (const { entry, site } of searched) expect([entry.urn, `${site?.source.path ?? ''} ${site?.base ?? ''}`]).toEqual([entry.urn, known.get(entry.urn)]);
});

test('rules are as the support has them', () => expect(GIVEN.securityRules[0]).toBe(RULE));
