import { afterAll, describe, expect, test } from 'vitest';
import { compilerEnvironment } from '../../src/collect/bicep/program.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { scanInThreads } from '../../src/scan.ts';
import { bicepDriver } from '../../src/scan/compile.ts';
import { program, skipped } from '../collect/bicep/support.ts';
import { GIVEN, previewOf, PROGRAM, PROJECT } from './pulumi-support.ts';
import { folderOf, requestOf, scanFolder } from './support.ts';

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
