import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyReplacements } from '../../src/lib/text-edit.ts';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import type { ScanRequest } from '../../src/scan.ts';
import { DENY, GIVEN, previewOf, PROGRAM, PROJECT, RULE, stateFileOf, TYPE } from './pulumi-support.ts';
import { folderOf, put, scanFolder } from './support.ts';

const YAML = `name: contoso-net
runtime: yaml
resources:
  nsg:
    type: azure-native:network:NetworkSecurityGroup
    properties:
      location: westeurope
      securityRules:
        - name: allow-rdp # for the supplier
          priority: 300
          direction: Inbound
          access: Allow
          protocol: Tcp
          sourceAddressPrefix: "*"
          sourcePortRange: "*"
          destinationAddressPrefix: "*"
          destinationPortRange: "3389"
        - { name: deny-all, priority: 4096, direction: Inbound, access: Deny, protocol: "*", sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "*" }
`;

function files(more: Readonly<Record<string, Json>> = {}): string {
  return folderOf({
    'infra/Pulumi.yaml': PROJECT,
    'infra/src/index.ts': PROGRAM,
    'preview.json': previewOf([{ inputs: GIVEN, position: 'src/index.ts#4,20' }]),
    ...more,
  });
}

function scanned(folder: string, named: readonly string[], more: Partial<ScanRequest> = {}): ScanReport {
  return scanFolder(folder, ['NET-004'], { paths: named.map((name) => join(folder, name)), withFixes: true, withLineHashes: true, ...more });
}

const placesOf = (report: ScanReport): string[] =>
  report.findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ locations: [at] }) => `${at?.file ?? ''}:${at?.region.startLine ?? 0}:${at?.region.startColumn ?? 0}`);

describe('findings of what was made stand in the program', () => {
  test.each<[string, Readonly<Record<string, Json>>, string, string]>([
    ['a preview', {}, 'preview.json', 'infra/src/index.ts:8:13'],
    ['a state', { 'state.json': stateFileOf([{ inputs: GIVEN }]) }, 'state.json', 'infra/src/index.ts:8:13'],
    [
      'a state of a backend',
      { 'state.json': { version: 3, checkpoint: { stack: 'dev', latest: { resources: [stepOf()] } } } },
      'state.json',
      'infra/src/index.ts:8:13',
    ],
    ['a log of events', { 'log.json': eventLog() }, 'log.json', 'infra/src/index.ts:8:13'],
    ['a YAML program', { 'infra/Pulumi.yaml': YAML }, 'preview.json', 'infra/Pulumi.yaml:9:17'],
    [
      'a YAML program in a folder of its own',
      { 'infra/Pulumi.yaml': 'name: contoso-net\nruntime: yaml\nmain: yaml\n', 'infra/yaml/Main.yaml': YAML.replace(/^name:.*\nruntime:.*\n/, '') },
      'preview.json',
      'infra/yaml/Main.yaml:7:17',
    ],
    [
      'what the program leaves out, at what holds it',
      { 'infra/src/index.ts': "import * as a from '@pulumi/azure-native';\n\nnew a.network.NetworkSecurityGroup('nsg', {\n  securityRules: rules,\n});\n" },
      'preview.json',
      'infra/src/index.ts:4:18',
    ],
    ['a program that cannot be read: the preview itself', { 'infra/src/index.ts': '{{{' }, 'preview.json', 'preview.json:16:16'],
    ['no project: the preview itself', { 'infra/Pulumi.yaml': PROJECT.replace('net', 'other') }, 'preview.json', 'preview.json:16:16'],
  ])('%s', (_what, more, named, place) => {
    const report = scanned(files(more), [named]);
    expect(placesOf(report)).toEqual([place]);
    expect(report.findings[0]?.locations[0]?.lineHash).toBeDefined();
    expect(report.files.map(({ file }) => file)).toContain(place.split(':')[0]);
  });
});

function stepOf(): Json {
  return { urn: `urn:pulumi:dev::contoso-net::${TYPE}::nsg`, type: TYPE, custom: true, inputs: GIVEN };
}

function eventLog(): string {
  const line = (more: object): string => `${JSON.stringify({ sequence: 1, timestamp: 1, ...more })}\n`;
  return (
    line({ preludeEvent: { config: {} } }) +
    line({ resourcePreEvent: { metadata: { op: 'create', urn: `urn:pulumi:dev::contoso-net::${TYPE}::nsg`, type: TYPE, new: stepOf() } } }) +
    line({ summaryEvent: {} })
  );
}

const INTENT = { trusted: null, selection: { packs: [], only: ['NET-004'], skip: [], vars: {} } };

/** The program's text once the first proved fix of the first finding is made; or why there is none. */
function fixed(folder: string, named = 'preview.json'): string {
  const [finding] = scanned(folder, [named], INTENT).findings.filter(({ outcome }) => outcome === 'fail');
  const [fix] = finding?.fixes ?? [];
  const [edit] = fix?.edits ?? [];
  if (edit === undefined) return finding?.fixes.map(({ note }) => note ?? '').join(' ') ?? 'nothing found';
  return `${edit.file}\n${applyReplacements(readFileSync(join(folder, edit.file), 'utf8'), edit.replacements)}`;
}

const RULE_LINES = /    \{\n      name: 'allow-rdp'[^}]*\},\n/;

describe('fixes are edits of the program', () => {
  test('a rule of a TypeScript program goes with its lines', () => expect(fixed(files())).toBe(`infra/src/index.ts\n${PROGRAM.replace(RULE_LINES, '')}`));
  test('a rule of a YAML program too', () =>
    expect(fixed(files({ 'infra/Pulumi.yaml': YAML }))).toBe(`infra/Pulumi.yaml\n${YAML.replace(/ {8}- name: allow-rdp[^]*?"3389"\n/, '')}`));
  test('from a state, whose outputs do not bring it back', () =>
    expect(fixed(files({ 'state.json': stateFileOf([{ inputs: GIVEN }]) }), 'state.json')).toContain("{ name: 'deny-all'"));

  const EXPRESSION = 'The value is an expression: change what it is made from.';
  test.each<[string, string, string]>([
    ['a variable', PROGRAM.replace(/\[\n[^]*\n {2}\],\n/, 'rules,\n'), EXPRESSION],
    ['an element that is a variable', PROGRAM.replace(RULE_LINES, '    rdp,\n'), ''],
    ['a list behind a spread', PROGRAM.replace('  securityRules: [\n', '  securityRules: [\n    ...rules,\n'), EXPRESSION],
    ['what a spread may override', PROGRAM.replace('  ],\n});', '  ],\n  ...more,\n});'), 'A spread behind it may override it'],
    ['a program that was changed since', PROGRAM.replace("'3389'", "'22'"), 'The program is not what it was made from'],
  ])('%s is not edited, or only as a whole', (_what, program, why) => {
    const made = fixed(files({ 'infra/src/index.ts': program }));
    if (why === '') expect(made).toBe(`infra/src/index.ts\n${program.replace('    rdp,\n', '')}`);
    else expect(made).toContain(why);
  });

  test('a call that makes two resources is edited when that helps both, and hurts neither', () => {
    const program = PROGRAM.replace("('nsg', {", '(`nsg-${zone}`, {');
    const both = (second: Json): Json =>
      previewOf([
        { name: 'nsg-1', inputs: GIVEN, position: 'src/index.ts#4,20' },
        { name: 'nsg-2', inputs: second, position: 'src/index.ts#4,20' },
      ]);
    const same = scanned(files({ 'infra/src/index.ts': program, 'preview.json': both(GIVEN) }), ['preview.json']);
    expect(same.findings.map(({ fixes }) => fixes[0]?.edits?.length)).toEqual([1, 1]);
    const other = scanned(files({ 'infra/src/index.ts': program, 'preview.json': both({ ...GIVEN, securityRules: [DENY] }) }), ['preview.json']);
    expect(other.findings.map(({ fixes }) => fixes.some(({ edits }) => edits !== undefined))).toEqual([false]);
  });

  test.each(['TypeScript', 'YAML'])('what the provider has no input for is not written into a %s program', (language) => {
    const type = 'azure-native:desktopvirtualization:HostPool';
    const yaml = `name: contoso-net\nruntime: yaml\nresources:\n  pool:\n    type: ${type}\n    properties: { hostPoolType: Pooled, loadBalancerType: BreadthFirst }\n`;
    const program =
      "import * as d from '@pulumi/azure-native/desktopvirtualization';\nnew d.HostPool('pool', { hostPoolType: 'Pooled', loadBalancerType: 'BreadthFirst' });\n";
    const made = previewOf([{ name: 'pool', type, inputs: { hostPoolType: 'Pooled', loadBalancerType: 'BreadthFirst' } }]);
    const folder = files({ 'infra/Pulumi.yaml': language === 'YAML' ? yaml : PROJECT, 'infra/src/index.ts': program, 'preview.json': made });
    const [found] = scanFolder(folder, ['AVD-018'], { paths: [join(folder, 'preview.json')], withFixes: true }).findings;
    expect(found?.fixes.map(({ edits, note }) => [edits, note])).toContainEqual([
      undefined,
      'The provider azure-native has no input for it: use the commands.',
    ]);
  });

  test('a missing member is added where the program does not give it', () => {
    const type = 'azure-native:keyvault:Vault';
    const program =
      "import * as kv from '@pulumi/azure-native/keyvault';\n\nnew kv.Vault('kv', {\n  vaultName: 'kv-contoso',\n  properties: { tenantId: tenant, sku: { family: 'A', name: 'standard' }, enableSoftDelete: true },\n});\n";
    const inputs = {
      vaultName: 'kv-contoso',
      properties: { tenantId: '00000000-0000-0000-0000-000000000000', sku: { family: 'A', name: 'standard' }, enableSoftDelete: true },
    };
    const folder = files({ 'infra/src/index.ts': program, 'preview.json': previewOf([{ name: 'kv', type, inputs, position: 'src/index.ts#3,1' }]) });
    const { findings } = scanFolder(folder, ['AZCERT-*'], { paths: [join(folder, 'preview.json')], withFixes: true });
    const edits = findings.flatMap(({ fixes }) => fixes.flatMap(({ edits: list = [] }) => list));
    expect(edits.length).toBeGreaterThan(0);
    for (const { file, replacements } of edits) {
      expect(file).toBe('infra/src/index.ts');
      const text = applyReplacements(program, replacements);
      // In the bag of its own that the inputs of a vault have.
      expect(text).toMatch(/^ {2}properties: \{ tenantId: tenant, sku: \{ family: 'A', name: 'standard' \}, enableSoftDelete: true, .+ \},$/m);
      expect(text.split('\n').filter((line, index) => line !== program.split('\n')[index])).toHaveLength(1);
    }
  });
});

describe('one of all that is said of a project is judged', () => {
  const OPEN = { ...RULE };
  const targets = (report: ScanReport): string[] => report.targets.map(({ id }) => id.slice('pulumi:'.length));
  const codes = (report: ScanReport): string[] => report.problems.map(({ code, file }) => `${code} ${file ?? ''}`);
  const all = () =>
    files({
      'infra/Pulumi.yaml': YAML,
      'state.json': stateFileOf([{ inputs: { ...GIVEN, securityRules: [OPEN] } }]),
      'other.json': previewOf([{ inputs: GIVEN }], 'contoso-net', 'prod'),
    });

  test('the preview that is named, not the program', () => {
    const report = scanned(all(), ['preview.json', 'infra']);
    expect([targets(report), codes(report)]).toEqual([['preview.json'], []]);
  });
  test('of a preview and a state of one stack the preview, which is said', () => {
    const report = scanned(all(), ['preview.json', 'state.json', 'infra']);
    expect([targets(report), codes(report)]).toEqual([['preview.json'], ['pulumi.not-judged state.json']]);
  });
  test('a state in place of the program is said', () => {
    const report = scanned(all(), ['state.json', 'infra']);
    expect([targets(report), codes(report)]).toEqual([['state.json'], ['pulumi.not-judged infra/Pulumi.yaml']]);
  });
  test('a project in another language is said to hold nothing, unless something made from it is named', () => {
    const folder = files();
    const hints = (report: ScanReport): (string | undefined)[] => report.problems.map(({ hint }) => hint);
    expect(hints(scanned(folder, ['infra/Pulumi.yaml', 'preview.json']))).toEqual([]);
    put(join(folder, 'preview.json'), previewOf([{ inputs: GIVEN }], 'another'));
    expect(hints(scanned(folder, ['infra/Pulumi.yaml', 'preview.json']))).toEqual(['Its program is not run: name a preview of it, or give --run-pulumi.']);
  });
  test('two stacks are both judged', () => expect(targets(scanned(all(), ['preview.json', 'other.json', 'infra']))).toEqual(['other.json', 'preview.json']));
  test('what is merely met in a folder hides no program', () => {
    const report = scanned(all(), ['.']);
    expect(targets(report)).toEqual(['infra/Pulumi.yaml', 'other.json', 'preview.json', 'state.json']);
    // Each of them has its finding in the program.
    expect(new Set(placesOf(report).map((place) => place.split(':')[0]))).toEqual(new Set(['infra/Pulumi.yaml']));
    // What the program says otherwise now is not changed by an edit of it.
    const edited = report.findings.filter(({ fixes }) => fixes.some(({ edits }) => edits !== undefined)).map(({ target }) => target);
    expect(edited).toEqual(['pulumi:infra/Pulumi.yaml', 'pulumi:other.json', 'pulumi:preview.json']);
  });
});

test('what `pulumi preview` printed is judged under the name of the project file', () => {
  const folder = files();
  const path = join(folder, 'infra/Pulumi.yaml');
  const previews = new Map([[path, JSON.stringify(previewOf([{ inputs: GIVEN, position: 'src/index.ts#4,20' }]))]]);
  const report = scanned(folder, ['infra'], { previews });
  expect([report.targets.map(({ id }) => id), placesOf(report), report.problems]).toEqual([['pulumi:infra/Pulumi.yaml'], ['infra/src/index.ts:8:13'], []]);
  const unmapped = scanned(folder, ['infra'], { previews: new Map([[path, JSON.stringify(previewOf([{ name: 'elsewhere', inputs: GIVEN }]))]]) });
  expect(placesOf(unmapped)).toEqual(['infra/Pulumi.yaml:1:1']);
  expect(() => scanned(folder, ['infra'], { previews: new Map([[path, 'no preview']]) })).toThrow('There is nothing to judge');
});

test('an edited program is judged as its preview would be', () => {
  const folder = files();
  const judged = (text: string): string[] => {
    const report = scanned(folder, ['preview.json', 'infra'], { edited: new Map([['infra/src/index.ts', text]]), withFixes: false });
    return [...placesOf(report), ...report.problems.map(({ code }) => code)];
  };
  expect(judged(PROGRAM.replace("access: 'Allow'", "access: 'Deny'"))).toEqual([]);
  expect(judged(PROGRAM.replace(RULE_LINES, ''))).toEqual([]);
  // What an expression comes to is known when the program runs.
  expect(() => judged(PROGRAM.replace("'3389'", 'port'))).toThrow('There is nothing to judge');
  expect(judged(PROGRAM.replace('priority: 300', 'priority: 301'))).toEqual(['infra/src/index.ts:8:13']);
});
