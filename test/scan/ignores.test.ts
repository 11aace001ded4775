import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compilerEnvironment } from '../../src/collect/bicep/program.ts';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { scanInThreads } from '../../src/scan.ts';
import { bicepDriver } from '../../src/scan/compile.ts';
import { program, skipped } from '../collect/bicep/support.ts';
import { GIVEN, type Made, previewOf, PROGRAM, PROJECT } from './pulumi-support.ts';
import { folderOf, put, requestOf, scanFolder } from './support.ts';

const IGNORE = 'rdposture-ignore NET-004 until 2027-01-31: the supplier';
const waived = ({ findings }: ScanReport): (string | undefined)[] => findings.map(({ waiver, status }) => (status === 'waived' ? waiver?.id : status));

describe.skipIf(skipped)('in Bicep files', () => {
  const bicep = { program, restore: false, environment: compilerEnvironment(process.env, false) };
  const driver = bicepDriver(bicep);
  afterAll(driver.close);
  const rule = `{ name: 'a', properties: { priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '3389' } }`;
  const nsg = (before: string, inside: string): string =>
    `${before}resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {\n  name: 'nsg'\n  location: 'westeurope'\n  properties: {\n    securityRules: [\n${inside}      ${rule}\n    ]\n  }\n}\n`;

  test.each<[string, Record<string, string>, string[], string[]]>([
    ['before the resource', { 'main.bicep': nsg(`// ${IGNORE}\n`, '') }, ['main.bicep:1'], []],
    ['before the element', { 'main.bicep': nsg('', `      // ${IGNORE}\n`) }, ['main.bicep:6'], []],
    ['in a module', { 'main.bicep': "module net 'net.bicep' = {\n  name: 'net'\n}\n", 'net.bicep': nsg(`// ${IGNORE}\n`, '') }, ['net.bicep:1'], []],
    ['before something else', { 'main.bicep': `// ${IGNORE}\nparam x string = 'y'\n${nsg('', '')}output z string = x\n` }, ['open'], ['ignore.unused']],
  ])('%s', async (_what, files, statuses, codes) => {
    const folder = folderOf(files);
    const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep, paths: [`${folder}/main.bicep`] }), { threads: 1, compile: driver.compile });
    expect([waived(report), report.problems.map(({ code }) => code)]).toEqual([statuses, codes]);
  });

  const CLOSED = nsg('', '').replace("'Allow'", "'Deny'");
  const conditional = nsg(`// ${IGNORE}\n`, '').replace(' = {', ' = if (open) {');
  const module = (condition: string): string => `param open bool = false\nmodule net 'net.bicep' = ${condition}{\n  name: 'net'\n}\n`;
  const child = `  // ${IGNORE}\n  @description('x')\n  resource child 'securityRules' = if (open) {\n    name: 'child'\n    properties: { access: 'Deny' }\n  }\n`;
  test.each<[string, Record<string, string>, string[]]>([
    ['a condition that is false', { 'main.bicep': `param open bool = false\n${conditional}` }, []],
    ['a condition that is true', { 'main.bicep': `param open bool = true\n${conditional.replace("'Allow'", "'Deny'")}` }, ['main.bicep:2']],
    ['a condition that only a deployment knows', { 'main.bicep': `param open bool\n${conditional.replace("'Allow'", "'Deny'")}` }, ['main.bicep:2']],
    [
      'in a resource whose condition is false',
      { 'main.bicep': `param open bool = false\n${nsg('', `      // ${IGNORE}\n`).replace(' = {', ' = if (open) {')}` },
      [],
    ],
    ['a nested resource whose condition is false', { 'main.bicep': `param open bool = false\n${CLOSED.replace(/\}\n$/, `${child}}\n`)}` }, []],
    ['a nested resource that is there', { 'main.bicep': `param open bool = true\n${CLOSED.replace(/\}\n$/, `${child}}\n`)}` }, ['main.bicep:10']],
    ['in a module that is not deployed', { 'main.bicep': module('if (open) '), 'net.bicep': nsg(`// ${IGNORE}\n`, '') }, []],
    ['in a module that is', { 'main.bicep': module(''), 'net.bicep': CLOSED.replace('resource', `// ${IGNORE}\nresource`) }, ['net.bicep:1']],
    ['at a module that is not deployed', { 'main.bicep': module('if (open) ').replace('module', `// ${IGNORE}\nmodule`), 'net.bicep': CLOSED }, []],
    ['at a module that is', { 'main.bicep': module('').replace('module', `// ${IGNORE}\nmodule`), 'net.bicep': CLOSED }, ['main.bicep:2']],
    ['in a file that no module reaches', { 'main.bicep': CLOSED, 'other.bicep': nsg(`// ${IGNORE}\n`, '') }, []],
    ['at a variable, with all resources judged', { 'main.bicep': `// ${IGNORE}\nvar x = 'y'\n${CLOSED}output z string = x\n` }, ['main.bicep:1']],
    [
      'at a variable that a resource which is not there may use',
      { 'main.bicep': `param open bool = false\n// ${IGNORE}\nvar x = 'y'\n${conditional.replace(`// ${IGNORE}\n`, '').replace("'nsg'", 'x')}` },
      [],
    ],
    ['at the end', { 'main.bicep': `param open bool = false\n${conditional.replace(`// ${IGNORE}\n`, '')}// ${IGNORE}\n` }, ['main.bicep:11']],
  ])('idle or not: %s', async (_what, files, idle) => {
    const folder = folderOf(files);
    const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep, paths: [`${folder}/main.bicep`] }), { threads: 1, compile: driver.compile });
    expect(idleOnes(report)).toEqual(idle);
    expect(report.findings).toEqual([]);
  });

  test('a file that does not compile', async () => {
    const folder = folderOf({ 'bad.bicep': `param open bool = nothing\n// ${IGNORE}\n${CLOSED}`, 'good.bicep': CLOSED });
    const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep }), { threads: 1, compile: driver.compile });
    expect([report.targets.map(({ id }) => id), idleOnes(report)]).toEqual([['bicep:good.bicep'], []]);
  });

  // A loop over what nobody gives has no length, and the template is judged as it is written.
  const LOOP = `param open bool = false\nparam names array\n${CLOSED.replace('= {', '= [for n in names: {').replace(/\}\n$/, '}]\n').replace("'nsg'", 'n').replace('nsg', 'all')}`;
  test.each<[string, Record<string, string>, string[]]>([
    ['at a resource', { 'main.bicep': `${LOOP}// ${IGNORE}\n${CLOSED}` }, ['main.bicep:12']],
    ['at a loop', { 'main.bicep': LOOP.replace('resource', `// ${IGNORE}\nresource`) }, ['main.bicep:3']],
    ['at a resource with a condition', { 'main.bicep': `${LOOP}${conditional}` }, []],
    [
      'in a module',
      { 'main.bicep': `${LOOP}${module('').replace(/^.*\n/, '')}`, 'net.bicep': CLOSED.replace('resource', `// ${IGNORE}\nresource`) },
      ['net.bicep:1'],
    ],
    ['in a module with a condition', { 'main.bicep': `${LOOP}${module('if (open) ').replace(/^.*\n/, '')}`, 'net.bicep': nsg(`// ${IGNORE}\n`, '') }, []],
  ])('idle or not, where nothing was evaluated: %s', async (_what, files, idle) => {
    const folder = folderOf(files);
    const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep, paths: [`${folder}/main.bicep`] }), { threads: 1, compile: driver.compile });
    expect([report.targets.map(({ status }) => status), idleOnes(report)]).toEqual([['complete'], idle]);
  });

  test('a resource that one of two parameters files has', async () => {
    const parameters = (open: boolean): string => `using 'main.bicep'\nparam open = ${open}\n`;
    const folder = folderOf({
      'main.bicep': `param open bool\n${conditional}`,
      'off.bicepparam': parameters(false),
      'on.bicepparam': parameters(true),
    });
    const idle = async (...names: readonly string[]): Promise<unknown> => {
      const paths = names.map((name) => `${folder}/${name}`);
      const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep, paths }), { threads: 1, compile: driver.compile });
      return [waived(report), idleOnes(report)];
    };
    expect(await idle('off.bicepparam')).toEqual([[], []]);
    expect(await idle('off.bicepparam', 'on.bicepparam')).toEqual([['main.bicep:2'], []]);
    put(join(folder, 'main.bicep'), `param open bool\n${conditional.replace("'Allow'", "'Deny'")}`);
    expect(await idle('off.bicepparam')).toEqual([[], []]);
    expect(await idle('off.bicepparam', 'on.bicepparam')).toEqual([[], ['main.bicep:2']]);
    expect(await idle('on.bicepparam', 'off.bicepparam')).toEqual([[], ['main.bicep:2']]);
  });
});

/** `FILE:LINE` of each ignore that is said to match nothing. */
function idleOnes({ problems }: ScanReport): string[] {
  return problems.flatMap(({ code, file, region }) => (code === 'ignore.unused' ? [`${file ?? ''}:${region?.startLine ?? 0}`] : []));
}

describe('in a TypeScript program', () => {
  const START = "import * as azure from '@pulumi/azure-native';\nimport * as pulumi from '@pulumi/pulumi';\n";
  const call = (name: string, access: string): string =>
    `new azure.network.NetworkSecurityGroup('${name}', {\n    securityRules: [\n      { name: 'a', priority: 100, direction: 'Inbound', access: '${access}' },\n    ],\n  });`;
  const closed = (name: string): Made => ({ name, inputs: { securityRules: [{ name: 'a', priority: 100, direction: 'Inbound', access: 'Deny' }] } });
  test.each<[string, string, readonly Made[], string[]]>([
    ['at a resource of this stack', `// ${IGNORE}\n${call('nsg', 'Deny')}`, [closed('nsg')], ['src/index.ts:3']],
    ['in one', call('nsg', 'Deny').replace('[\n', `[\n// ${IGNORE}\n`), [closed('nsg')], ['src/index.ts:5']],
    ['at a resource of another stack', `if (stack === 'prod') {\n  // ${IGNORE}\n  ${call('nsg', 'Allow')}\n}`, [closed('other')], []],
    ['in one of another stack', call('nsg', 'Allow').replace('[\n', `[\n// ${IGNORE}\n`), [closed('other')], []],
    ['at a function that was run', `// ${IGNORE}\nfunction make() {\n  ${call('nsg', 'Deny')}\n}\nmake();`, [closed('nsg')], ['src/index.ts:3']],
    ['at a function that was not', `// ${IGNORE}\nfunction make() {\n  ${call('nsg', 'Allow')}\n}`, [closed('other')], []],
    ['at a choice of which one is made', `// ${IGNORE}\nconst x = prod ? ${call('a', 'Allow')} : ${call('b', 'Deny')}`.replace('});', '})'), [closed('b')], []],
    [
      'at one of two that are written alike',
      `// ${IGNORE}\n${call('nsg', 'Deny')}\n${call('nsg', 'Deny')}`,
      [{ ...closed('nsg'), position: 'src/index.ts#9,1' }],
      [],
    ],
    [
      'at the one that was made',
      `${call('nsg', 'Deny')}\n// ${IGNORE}\n${call('nsg', 'Deny')}`,
      [{ ...closed('nsg'), position: 'src/index.ts#9,1' }],
      ['src/index.ts:8'],
    ],
    ['at what makes no resource', `// ${IGNORE}\nconst config = new pulumi.Config('net');`, [closed('other')], ['src/index.ts:3']],
    ['at what the language makes', `// ${IGNORE}\nconst names = new Map([['a', 1]]);`, [closed('other')], ['src/index.ts:3']],
    ['at a provider', `// ${IGNORE}\nnew azure.Provider('p', {});`, [closed('other')], ['src/index.ts:3']],
  ])('idle or not: %s', (_what, program, made, idle) => {
    const folder = folderOf({ 'Pulumi.yaml': PROJECT, 'src/index.ts': `${START}${program}\n`, 'preview.json': previewOf(made) });
    const report = scanFolder(folder, ['NET-004'], { paths: [`${folder}/preview.json`] });
    expect([report.findings, idleOnes(report)]).toEqual([[], idle]);
  });

  test('a resource that one of two stacks has', () => {
    const program = `${START}// ${IGNORE}\nnew azure.network.NetworkSecurityGroup('nsg', { securityRules: rules });\n`;
    const folder = folderOf({
      'Pulumi.yaml': PROJECT,
      'src/index.ts': program,
      'dev.json': previewOf([closed('other')]),
      'prod.json': previewOf([closed('nsg')], 'contoso-net', 'prod'),
    });
    const idle = (...names: readonly string[]): string[] => idleOnes(scanFolder(folder, ['NET-004'], { paths: names.map((name) => `${folder}/${name}`) }));
    expect([idle('dev.json'), idle('dev.json', 'prod.json')]).toEqual([[], ['src/index.ts:3']]);
  });
});

describe('in a Pulumi YAML program', () => {
  const program = (runtime: string): string => `name: contoso-net
runtime: ${runtime}
resources:
  nsg: # ${IGNORE}
    type: azure-native:network:NetworkSecurityGroup
    properties:
      securityRules: []
`;
  const made: Made = { inputs: { securityRules: [] } };
  test.each<[string, Json, string[]]>([
    ['a preview of the resource', previewOf([made]), ['Pulumi.yaml:4']],
    ['a preview without it', previewOf([{ ...made, name: 'other' }]), []],
    ['a preview of another class of its name', previewOf([{ ...made, type: 'azure-native:network:RouteTable' }]), []],
    ['a preview of nothing', previewOf([]), []],
  ])('idle or not: %s', (_what, preview, idle) => {
    const folder = folderOf({ 'Pulumi.yaml': program('yaml'), 'preview.json': preview });
    expect(idleOnes(scanFolder(folder, ['NET-004'], { paths: [`${folder}/preview.json`] }))).toEqual(idle);
  });

  test('judged as it is written, all of it is judged', () => {
    const folder = folderOf({ 'Pulumi.yaml': program('yaml') });
    expect(idleOnes(scanFolder(folder, ['NET-004']))).toEqual(['Pulumi.yaml:4']);
    // A preview that was merely met stands for nothing.
    put(join(folder, 'preview.json'), previewOf([{ ...made, name: 'other' }]));
    expect(idleOnes(scanFolder(folder, ['NET-004']))).toEqual(['Pulumi.yaml:4']);
  });
});

test('a program without findings still says which of its ignores are idle', () => {
  const folder = folderOf({
    'Pulumi.yaml': PROJECT,
    'src/index.ts': `// ${IGNORE}\n${PROGRAM}`,
    'preview.json': previewOf([{ inputs: { ...GIVEN, securityRules: [] } }]),
  });
  const report = scanFolder(folder, ['NET-004'], { paths: [`${folder}/preview.json`] });
  expect([report.findings, report.problems.map(({ code, file, region }) => [code, file, region?.startLine])]).toEqual([
    [],
    [['ignore.unused', 'src/index.ts', 1]],
  ]);
});

test('a waived finding gets no fix, and does not gate', () => {
  const folder = folderOf({
    'Pulumi.yaml': PROJECT,
    'src/index.ts': PROGRAM.replace('export const', `// ${IGNORE}\nexport const`),
    'preview.json': previewOf([{ inputs: GIVEN }]),
  });
  const report = scanFolder(folder, ['NET-004'], { paths: [`${folder}/preview.json`], withFixes: true });
  expect([waived(report), report.findings.flatMap(({ fixes }) => fixes), report.gate.passed]).toEqual([['src/index.ts:4'], [], true]);
});
