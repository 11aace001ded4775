import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compilerEnvironment } from '../../src/collect/bicep/program.ts';
import { applyReplacements } from '../../src/lib/text-edit.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { reporterFor } from '../../src/report/index.ts';
import { scanInThreads, type ScanRequest } from '../../src/scan.ts';
import { bicepDriver } from '../../src/scan/compile.ts';
import { program, SAMPLE, skipped } from '../collect/bicep/support.ts';
import { folderOf, put, requestOf, template } from './support.ts';

const ESTATE = `version: 1
name: contoso
intent: { adminNetworks: [10.20.0.0/24] }
templates:
  - { file: infra/main.bicep, parameters: infra/main.bicepparam }
`;
const bicep = { program, restore: false, environment: compilerEnvironment(process.env, false) };
/** One compiler for all scans here. */
const driver = bicepDriver(bicep);
afterAll(driver.close);

function scanned(folder: string, more: Partial<ScanRequest> = {}, only: readonly string[] = ['NET-004']): Promise<ScanReport> {
  return scanInThreads(requestOf(folder, only, { bicep, ...more }), { threads: 1, compile: driver.compile });
}

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

const failing = (report: ScanReport): Finding[] => report.findings.filter(({ outcome }) => outcome === 'fail');

/** Findings with the text that each points to. */
function shown(report: ScanReport, folder: string): string[] {
  return failing(report).flatMap(({ policy, name, locations }) =>
    locations.map(({ file, region }) => {
      const line = readFileSync(join(folder, file), 'utf8').split(/\r?\n/)[region.startLine - 1] ?? '';
      return `${policy} ${name} ${file}:${region.startLine}:${region.startColumn} ${line.slice(region.startColumn - 1, region.endColumn - 1)}`;
    }),
  );
}

/** The files of a folder with a finding's fix made. */
function fixed(folder: string, finding: Finding | undefined): Record<string, string> {
  const edits = finding?.fixes.find((fix) => fix.edits !== undefined)?.edits ?? [];
  return Object.fromEntries(edits.map(({ file, replacements }) => [file, applyReplacements(readFileSync(join(folder, file), 'utf8'), replacements)]));
}

const RULE = (name: string, from: string, priority = 100): string =>
  `{ name: '${name}', properties: { priority: ${priority}, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: ${from}, sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '3389' } }`;
const NSG = (symbol: string, rules: string): string =>
  `resource ${symbol} 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {\n  name: '${symbol}'\n  location: 'westeurope'\n  properties: { securityRules: ${rules} }\n}\n`;

test('without a compiler a Bicep file is a problem, and the rest is judged', async () => {
  const folder = folderOf({ 'main.bicep': NSG('a', '[]'), 'b.json': template({}) });
  const report = await scanInThreads(requestOf(folder, ['NET-004'], { bicep: { program: null, restore: false, environment: {} } }), { threads: 1 });
  expect(report.problems.map(({ code, file }) => [code, file])).toEqual([['bicep.no-compiler', 'main.bicep']]);
  expect(failing(report)).toHaveLength(1);
  expect(report.gate.exitCode).toBe(1);
});

describe.skipIf(skipped)('with the real compiler', () => {
  test('findings stand in the module, the child and the loop that open the port', async () => {
    const folder = folderOf({ 'estate.yaml': ESTATE, ...below('infra', SAMPLE) });
    const report = await scanned(folder);
    expect(report.problems).toEqual([]);
    expect(report.targets).toMatchObject([{ id: 'bicep:infra/main.bicep', kind: 'bicep', status: 'complete' }]);
    expect(shown(report, folder)).toEqual([
      'NET-004 nsg-a infra/modules/rules.bicep:11:15 rules[1].name',
      "NET-004 nsg-{uniquestring(resourcegroup().id)} infra/main.bicep:25:13 'port-${port}'",
      "NET-004 nsg-{uniquestring(resourcegroup().id)} infra/main.bicep:40:11 'child'",
    ]);
  });

  test('regions of SARIF, in their files, with hashes', async () => {
    const folder = folderOf({ 'estate.yaml': ESTATE, ...below('infra', SAMPLE) });
    const report = await scanned(folder, { withFixes: true });
    const sarif = JSON.parse([...(await reporterFor('sarif'))(report, { color: false, verbose: false, width: 80 })].join('')) as {
      runs: {
        results: {
          locations: { physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
          partialFingerprints: Record<string, string>;
        }[];
      }[];
    };
    const results = sarif.runs.flatMap((run) => run.results);
    expect(results.map(({ locations }) => [locations[0]?.physicalLocation.artifactLocation.uri, locations[0]?.physicalLocation.region])).toMatchObject([
      ['infra/modules/rules.bicep', { startLine: 11, startColumn: 15, endLine: 11, endColumn: 28 }],
      ['infra/main.bicep', { startLine: 25, startColumn: 13, endLine: 25, endColumn: 27 }],
    ]);
    for (const { partialFingerprints } of results) expect(partialFingerprints['primaryLocationLineHash']).toMatch(/^[0-9a-f]+:\d+$/);
    expect(report.files.map(({ file, sha256 }) => [file, sha256.length])).toEqual([
      ['infra/main.bicep', 64],
      ['infra/modules/rules.bicep', 64],
    ]);
  });

  test('a folder: modules are judged where they are used, and the report is the same in more threads', async () => {
    const folder = folderOf({ ...below('infra', SAMPLE), 'other/open.json': template({}) });
    const report = await scanned(folder);
    expect(report.targets.map(({ id }) => id)).toEqual(['arm-template:other/open.json', 'bicep:infra/main.bicep']);
    expect(failing(report)).toHaveLength(3);
    const threads = await scanInThreads(requestOf(folder, ['NET-004'], { bicep }), { threads: 2, from: 1, compile: driver.compile });
    expect(threads).toEqual(report);
  });

  test('a finding is the same one with and without parameters', async () => {
    const { 'main.bicepparam': _own, ...bare } = SAMPLE;
    const [with_, without] = await Promise.all([scanned(folderOf(SAMPLE)), scanned(folderOf(bare))]);
    expect(failing(without).map(({ fingerprint }) => fingerprint)).toEqual(failing(with_).map(({ fingerprint }) => fingerprint));
  });

  test('a fix edits literals in the loop, the child and the module; compiled again, the findings are gone', async () => {
    const folder = folderOf({ 'estate.yaml': ESTATE, ...below('infra', SAMPLE) });
    const findings = failing(await scanned(folder, { withFixes: true }));
    expect(findings.map((finding) => Object.keys(fixed(folder, finding)))).toEqual([['infra/modules/rules.bicep'], ['infra/main.bicep']]);
    const edited = Object.assign({}, ...findings.map((finding) => fixed(folder, finding))) as Record<string, string>;
    expect(edited['infra/modules/rules.bicep']).toContain(
      "          destinationPortRange: rules[1].port\n          sourceAddressPrefixes: [\n            '10.20.0.0/24'\n          ]\n",
    );
    const after = await scanned(folderOf({ 'estate.yaml': ESTATE, ...below('infra', SAMPLE), ...edited }));
    expect([after.problems, failing(after)]).toEqual([[], []]);
  });

  test('a literal in a variable, and one that a parameters file gives, are edited where they stand', async () => {
    const folder = folderOf({
      'estate.yaml': ESTATE.replaceAll('infra/', ''),
      'main.bicep': `param given array\nvar rules = [\n  ${RULE('rdp', "'*'")}\n]\n${NSG('a', 'rules')}${NSG('b', 'given')}`,
      'main.bicepparam': `using 'main.bicep'\nparam given = [\n  ${RULE('rdp', "'Internet'")}\n]\n`,
    });
    const report = await scanned(folder, { withFixes: true });
    expect(shown(report, folder)).toEqual(["NET-004 a main.bicep:3:11 'rdp'", "NET-004 b main.bicepparam:3:11 'rdp'"]);
    const [a, b] = failing(report).map((finding) => fixed(folder, finding));
    expect(Object.keys({ ...a, ...b })).toEqual(['main.bicep', 'main.bicepparam']);
    const after = await scanned(folderOf({ 'estate.yaml': ESTATE.replaceAll('infra/', ''), ...a, ...b }));
    expect([after.problems, failing(after)]).toEqual([[], []]);
  });

  test('an element of a list that is spread is edited in its own list', async () => {
    const folder = folderOf({
      'estate.yaml': ESTATE.replaceAll('infra/', ''),
      'main.bicep': `param given array\nvar own = [\n  ${RULE('own', "'10.20.0.0/24'")}\n]\n${NSG('a', `[...own, ...given, ${RULE('inline', "'10.20.0.0/24'", 300)}]`)}`,
      'main.bicepparam': `using 'main.bicep'\nparam given = [\n  ${RULE('rdp', "'*'", 200)}\n]\n`,
    });
    const report = await scanned(folder, { withFixes: true });
    expect(shown(report, folder)).toEqual(["NET-004 a main.bicepparam:3:11 'rdp'"]);
    const edited = fixed(folder, failing(report)[0]);
    expect(Object.keys(edited)).toEqual(['main.bicepparam']);
    const after = await scanned(
      folderOf({ 'estate.yaml': ESTATE.replaceAll('infra/', ''), 'main.bicep': readFileSync(join(folder, 'main.bicep'), 'utf8'), ...edited }),
    );
    expect([after.problems, failing(after)]).toEqual([[], []]);
  });

  test.each<[string, string, string, string | null]>([
    ['a literal', 'properties: { enableShareableLink: true } // why', 'properties: { enableShareableLink: false } // why', null],
    ['an expression', 'properties: { enableShareableLink: share }', '', 'expression'],
    ['a literal in a variable of its own', 'properties: own', 'var own = { enableShareableLink: false }', null],
    ['a literal that is spread', 'properties: { ...own }', 'var own = { enableShareableLink: false }', null],
    ['a choice', 'properties: share ? { enableShareableLink: true } : {}', '', 'expression'],
    [
      'what an output depends on besides',
      "properties: own\n  tags: { x: own.enableShareableLink ? 'a' : 'b' }",
      'var own = { enableShareableLink: false }',
      null,
    ],
  ])('an edit of %s', async (_name, properties, wanted, note) => {
    const main = `param share bool = true
var own = { enableShareableLink: true }
resource b 'Microsoft.Network/bastionHosts@2023-09-01' = {
  name: 'b'
  location: 'westeurope'
  sku: { name: 'Standard' }
  ${properties}
}
output o object = own
`;
    const folder = folderOf({ 'main.bicep': main });
    const report = await scanned(folder, { withFixes: true }, ['BAS-002']);
    expect(report.problems).toEqual([]);
    const [finding] = failing(report);
    expect(finding?.policy).toBe('BAS-002');
    const edited = fixed(folder, finding)['main.bicep'];
    if (note === null) {
      const before = main.split('\n');
      expect(
        edited
          ?.split('\n')
          .filter((line, index) => line !== before[index])
          .map((line) => line.trim()),
      ).toEqual([wanted]);
    } else expect([edited, finding?.fixes[0]?.note]).toEqual([undefined, expect.stringContaining(note)]);
  });

  test('an edit that does not compile loses its place to what it would break', async () => {
    const main = `${NSG('a', '[]').replace(
      '  properties',
      `  resource rdp 'securityRules' = ${RULE('x', "'*'")
        .replace("name: 'x',", "name: 'rdp',")
        .replace(/, properties/, '\n    properties')
        .replace('{ name', '{\n    name')
        .replace(/ \}$/, '\n  }')}\n  properties`,
    )}output id string = a::rdp.id\n`;
    const folder = folderOf({ 'main.bicep': main });
    const [finding] = failing(await scanned(folder, { withFixes: true }));
    const removal = finding?.fixes.find(({ title }) => title.startsWith('Remove'));
    expect([removal?.edits, removal?.note]).toEqual([undefined, expect.stringMatching(/^Compiled with it: 'main\.bicep' does not compile/)]);
    // Where nobody refers to it, the same fix is offered.
    const free = folderOf({ 'main.bicep': main.replace(/output.*\n/, '') });
    const [again] = failing(await scanned(free, { withFixes: true }));
    expect(fixed(free, again)['main.bicep']).toBe(main.replace(/output.*\n/, '').replace(/ {2}resource rdp[^]*?\n {2}\}\n/, ''));
  });

  test('a literal that two files share is edited only if that is right in both', async () => {
    const shared = `param name string\n${NSG('n', `[${RULE('rdp', "'*'")}]`).replace("name: 'n'", 'name: name')}`;
    const folder = folderOf({
      'estate.yaml': `${ESTATE.slice(0, ESTATE.indexOf('templates'))}templates: [{ file: a.bicep }, { file: b.bicep }]\n`,
      'a.bicep': "module m 'n.bicep' = { name: 'm', params: { name: 'a' } }",
      'b.bicep': "module m 'n.bicep' = { name: 'm', params: { name: 'b' } }",
      'n.bicep': shared,
    });
    const report = await scanned(folder, { withFixes: true });
    expect(shown(report, folder)).toEqual(["NET-004 a n.bicep:5:41 'rdp'", "NET-004 b n.bicep:5:41 'rdp'"]);
    expect(failing(report).map((finding) => Object.keys(fixed(folder, finding)))).toEqual([['n.bicep'], ['n.bicep']]);
  });

  test('a file that reaches a registry, one that does not compile, and one that leads out of the folder do not stop the others', async () => {
    const folder = folderOf({
      'good.bicep': NSG('a', `[${RULE('rdp', "'*'")}]`),
      'registry.bicep': "module a 'br/public:avm/res/a:1.0' = { name: 'a' }",
      'broken.bicep': `${NSG('a', '[]')}var x = nothing\n`,
      'outside.bicep': "module a '../../x.bicep' = { name: 'a' }",
      'binary.bicep': 'a\0b',
    });
    const report = await scanned(folder);
    expect(failing(report)).toHaveLength(1);
    expect(report.problems.map(({ code, file, region }) => [code, file, region?.startLine])).toEqual([
      ['file.not-text', 'binary.bicep', undefined],
      ['bicep.error', 'broken.bicep', 6],
      ['bicep.outside', 'outside.bicep', 1],
      ['bicep.registry', 'registry.bicep', 1],
    ]);
  });

  test('what was open in a file whose module cannot be compiled now is not closed', async () => {
    const folder = folderOf(SAMPLE);
    const previous = await scanned(folder);
    put(join(folder, 'modules/rules.bicep'), `${SAMPLE['modules/rules.bicep'] ?? ''}module x 'br/public:avm/res/a:1.0' = { name: 'x' }\n`);
    put(join(folder, 'other.json'), template({}));
    const report = await scanned(folder, { previous });
    expect(report.problems.map(({ code, file }) => [code, file])).toEqual([
      ['bicep.not-judged', 'main.bicep'],
      ['bicep.registry', 'modules/rules.bicep'],
    ]);
    expect(report.findings.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual([
      'nsg-a stale',
      'nsg-hosts open',
      'nsg-{uniquestring(resourcegroup().id)} stale',
    ]);
  });

  test('the folder that was scanned is as it was', async () => {
    const folder = folderOf(SAMPLE);
    await scanned(folder, { withFixes: true });
    for (const [name, text] of Object.entries(SAMPLE)) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });
});
