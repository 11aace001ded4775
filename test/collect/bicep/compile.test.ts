import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { compileBicep } from '../../../src/collect/bicep/compile.ts';
import type { CompiledBicep } from '../../../src/collect/bicep/compiled.ts';
import { viewOf } from '../../../src/collect/bicep/view.ts';
import { valueAt } from '../../../src/model/pointer.ts';
import { folderOf, template } from '../../scan/support.ts';
import { compiled, SAMPLE, skipped } from './support.ts';

const idsOf = ({ judged, given, file }: CompiledBicep): string[] =>
  readArmTemplate(judged, given, file).inventory.resources.map(
    ({ id, context, conditional }) => `${id}${context ? ' (existing)' : ''}${conditional === undefined ? '' : ` if ${conditional}`}`,
  );

const NSG = (name: string, more = ''): string =>
  `resource ${name} 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {\n  name: '${name}'\n  location: 'westeurope'\n${more}}\n`;

test('without a compiler each file is a problem that says how to get one', async () => {
  const folder = folderOf({ 'main.bicep': NSG('a') });
  const result = await compileBicep({ path: join(folder, 'main.bicep'), parameters: null }, { sourceRoot: folder, restore: false, compiler: null });
  expect(result.problems).toMatchObject([{ level: 'error', code: 'bicep.no-compiler', file: 'main.bicep' }]);
  expect(result.problems[0]?.hint).toContain('az bicep install');
});

describe.skipIf(skipped)('with the real compiler', () => {
  test('loops, conditions, modules, children, extensions and references count with their parameters', async () => {
    const folder = folderOf(SAMPLE);
    expect(idsOf(await compiled(folder, 'main.bicep', 'main.bicepparam'))).toEqual([
      'microsoft.network/networksecuritygroups/nsg-{uniquestring(resourcegroup().id)}',
      'microsoft.network/networksecuritygroups/nsg-a',
      'microsoft.network/virtualnetworks/vnet',
      'microsoft.network/networksecuritygroups/nsg-{uniquestring(resourcegroup().id)}/providers/microsoft.authorization/locks/keep',
      'microsoft.network/publicipaddresses/pip-0',
      'microsoft.network/publicipaddresses/pip-1',
      'microsoft.keyvault/vaults/kv-contoso (existing)',
    ]);
  });

  test('ids are the same without parameters; what a module hands on is the id of its resource', async () => {
    const folder = folderOf(SAMPLE);
    const [bare, evaluated] = [await compiled(folder, 'main.bicep'), await compiled(folder, 'main.bicep', 'main.bicepparam')];
    expect(idsOf(bare)).toEqual(idsOf(evaluated));
    const { resources } = readArmTemplate(evaluated.judged, evaluated.given, 'x').inventory;
    expect(resources.find(({ name }) => name === 'vnet')?.body).toMatchObject({
      subnets: [
        { networkSecurityGroup: { id: 'microsoft.network/networksecuritygroups/nsg-{uniquestring(resourcegroup().id)}' } },
        { networkSecurityGroup: { id: 'microsoft.network/networksecuritygroups/nsg-a' } },
      ],
    });
  });

  test('what only the deployment knows is never guessed', async () => {
    const folder = folderOf({
      'main.bicep': `param p string
${NSG('a', `  tags: { x: resourceGroup().name == 'rg-prod' ? 'a' : 'b' }\n`)}
resource b 'Microsoft.Network/networkSecurityGroups@2023-09-01' = if (subscription().subscriptionId == 'x') { name: 'b', location: p }
resource c 'Microsoft.Network/networkSecurityGroups@2023-09-01' = if (p == 'no') { name: 'c', location: p }
`,
      'main.bicepparam': "using 'main.bicep'\nparam p = 'yes'",
    });
    const result = await compiled(folder, 'main.bicep', 'main.bicepparam');
    expect(idsOf(result)).toEqual([
      'microsoft.network/networksecuritygroups/a',
      "microsoft.network/networksecuritygroups/b if {equals(subscription().subscriptionId,'x')}",
    ]);
    expect(readArmTemplate(result.judged, result.given, 'x').inventory.resources[0]?.body['tags']).toEqual({ x: { $unresolved: true } });
    expect(idsOf(await compiled(folder, 'main.bicep'))).toContain("microsoft.network/networksecuritygroups/c if {equals(parameters('p'),'no')}");
  });

  test('parameters in JSON count, and secrets are looked at nowhere', async () => {
    const folder = folderOf({
      'main.bicep': `@secure()\nparam pw string\nparam names array\n@secure()\nparam more object = {}\n${NSG('a', '  tags: { x: pw, y: more.z }\n')}
resource n 'Microsoft.Network/networkSecurityGroups@2023-09-01' = [for name in names: { name: name, location: 'westeurope' }]`,
      'p.json': { parameters: { pw: { value: 'hunter2' }, names: { value: ['x', 'y'] }, more: { value: { z: 'hunter2' } } } },
      'main.bicepparam': "using 'main.bicep'\nparam pw = 'hunter2'\nparam names = ['x', 'y']\nparam more = { z: 'hunter2' }",
    });
    for (const parameters of ['p.json', 'main.bicepparam']) {
      const result = await compiled(folder, 'main.bicep', parameters);
      expect(result.problems).toEqual([]);
      expect(idsOf(result)).toEqual(['a', 'x', 'y'].map((name) => `microsoft.network/networksecuritygroups/${name}`));
      expect(JSON.stringify(result.judged)).not.toContain('hunter2');
      expect(JSON.stringify(readArmTemplate(result.judged, result.given, 'x').inventory)).not.toContain('hunter2');
    }
  });

  test('errors are problems with their file and line, in modules too', async () => {
    const folder = folderOf({ 'main.bicep': "module a 'modules/a.bicep' = {\n  name: 'a'\n}\n", 'modules/a.bicep': `${NSG('a')}var x = nothing\n` });
    const result = await compiled(folder, 'main.bicep');
    expect(result.judged).toBeNull();
    expect(result.problems.filter(({ file }) => file === 'modules/a.bicep')).toEqual([
      {
        level: 'error',
        code: 'bicep.error',
        message: `'modules/a.bicep' does not compile, line 5: The name "nothing" does not exist in the current context. (BCP057)`,
        hint: 'Mend the file.',
        file: 'modules/a.bicep',
        region: { startLine: 5, startColumn: 9, endLine: 5, endColumn: 16 },
      },
    ]);
  });

  test.each<[string, Record<string, string>, string | null, RegExp]>([
    [
      'a module that is not there',
      { 'main.bicep': "\nmodule a 'a.bicep' = { name: 'a' }" },
      null,
      /^'main\.bicep' does not compile, line 2: .*'?a\.bicep'?.*\(BCP091\)$/s,
    ],
    [
      'a parameter that is missing',
      { 'main.bicep': 'param a string', 'main.bicepparam': "using 'main.bicep'" },
      'main.bicepparam',
      /^'main\.bicepparam' does not compile, line 1: .*\(BCP258\)$/s,
    ],
    [
      'a variable of the environment',
      { 'main.bicep': 'param a string', 'main.bicepparam': "using 'main.bicep'\nparam a = readEnvironmentVariable('GITHUB_TOKEN')" },
      'main.bicepparam',
      /\(BCP427\)|\(BCP338\)/,
    ],
    ['a path that is an expression', { 'main.bicep': 'param p string\nvar a = loadTextContent(p)' }, null, /\(BCP032\)/],
    ['a ring of modules', { 'main.bicep': "module a 'a.bicep' = { name: 'a' }", 'a.bicep': "module b 'main.bicep' = { name: 'b' }" }, null, /\(BCP095\)/],
  ])('%s', async (_name, files, parameters, wanted) => {
    const result = await compiled(folderOf(files), 'main.bicep', parameters);
    expect(result.judged).toBeNull();
    const [first] = result.problems.filter(({ message }) => wanted.test(message));
    expect(first, JSON.stringify(result.problems)).toBeDefined();
    expect(JSON.stringify(result.problems)).not.toContain('rdposture-bicep-');
  });

  test('a parameters file for another file, and one for none', async () => {
    const folder = folderOf({ 'main.bicep': '', 'b.bicep': '', 'b.bicepparam': "using 'b.bicep'", 'none.bicepparam': 'using none' });
    expect((await compiled(folder, 'main.bicep', 'b.bicepparam')).problems.map(({ code }) => code)).toEqual(['bicep.using']);
    expect((await compiled(folder, 'none.bicepparam')).problems.map(({ code }) => code)).toEqual(['bicep.using']);
  });

  test('parameters of JSON, and of a file that is extended, are not looked for in defaults', async () => {
    const folder = folderOf({
      'main.bicep': `param tags object = { a: 'default' }\nparam more object = { b: 'default' }\n${NSG('a', '  tags: { ...tags, ...more }\n')}`,
      'p.json': { parameters: { tags: { value: { a: 'json' } } } },
      'base.bicepparam': "using none\nparam tags = { a: 'base' }\nparam more = { b: 'base' }\n",
      'main.bicepparam': "using 'main.bicep'\nextends 'base.bicepparam'\nparam more = { b: 'own' }\n",
    });
    const stand = async (parameters: string): Promise<(string | undefined)[][]> => {
      const result = await compiled(folder, 'main.bicep', parameters);
      expect(result.problems).toEqual([]);
      const [resource] = readArmTemplate(result.judged, result.given, 'x').inventory.resources;
      return ['/tags/a', '/tags/b'].map((at) => {
        const place = viewOf(result).nearest({ base: resource?.pointer ?? '', at });
        return [JSON.stringify(valueAt(resource?.body ?? null, at)), place?.source.file.name, place?.pointer];
      });
    };
    expect(await stand('p.json')).toEqual([
      ['"json"', 'main.bicep', '/a/tags'],
      ['"default"', 'main.bicep', '/more/b'],
    ]);
    expect(await stand('main.bicepparam')).toEqual([
      ['"base"', 'base.bicepparam', '/tags/a'],
      ['"own"', 'main.bicepparam', '/more/b'],
    ]);
  });

  test('a later member, or a later spread, hides an earlier one', async () => {
    const folder = folderOf({
      'main.bicep': `param p object
var a = { x: 'a', y: 'a' }
var b = { ...a, y: 'b' }
${NSG('one', "  tags: { y: 'first', ...b }\n")}
${NSG('two', "  tags: { ...b, y: 'last' }\n")}
${NSG('three', "  tags: { x: 'first', ...p }\n")}
${NSG('four', "  tags: { ...p, x: 'last' }\n")}
`,
      'p.json': { parameters: { p: { value: { x: 'given' } } } },
    });
    const result = await compiled(folder, 'main.bicep', 'p.json');
    const { resources } = readArmTemplate(result.judged, result.given, 'x').inventory;
    const stand = (number: number, at: string): unknown[] => {
      const { body, pointer } = resources[number] ?? { body: {}, pointer: '' };
      return [valueAt(body, at), viewOf(result).nearest({ base: pointer, at })?.pointer];
    };
    expect(stand(0, '/tags/y')).toEqual(['b', '/b/y']);
    expect(stand(0, '/tags/x')).toEqual(['a', '/a/x']);
    expect(stand(1, '/tags/y')).toEqual(['last', '/two/tags/y']);
    expect(stand(2, '/tags/x')).toEqual(['given', '/three/tags']);
    expect(stand(3, '/tags/x')).toEqual(['last', '/four/tags/x']);
  });

  test('what a module in JSON deploys stands at its statement, and is edited nowhere', async () => {
    const folder = folderOf({ 'main.bicep': "var x = 1\nmodule a 'a.json' = {\n  name: 'a'\n}\n", 'a.json': template({}) });
    const result = await compiled(folder, 'main.bicep');
    expect(result.problems).toEqual([]);
    const [resource] = readArmTemplate(result.judged, result.given, 'x').inventory.resources;
    expect(resource?.name).toBe('nsg-hosts');
    const place = { base: resource?.pointer ?? '', at: '/securityRules/0/access' };
    const view = viewOf(result);
    expect([view.nearest(place)?.source.file.name, view.nearest(place)?.pointer, view.writable(place), view.resolve(place)]).toEqual([
      'main.bicep',
      '/a',
      null,
      null,
    ]);
  });

  test('what a registry would give is not asked for', async () => {
    const folder = folderOf({ 'main.bicep': "module a 'br/public:avm/res/network/network-security-group:0.5.0' = { name: 'a' }" });
    const result = await compiled(folder, 'main.bicep');
    expect([result.judged, result.problems.map(({ code }) => code)]).toEqual([null, ['bicep.registry']]);
  });

  test('files of other encodings and of strange names', async () => {
    const name = "m; $(touch x) `é`\u{1F600} '.bicep";
    const folder = folderOf({ 'main.bicep': `module a '${name.replace("'", "\\'")}' = { name: 'a' }`, [name]: Buffer.from(`\ufeff${NSG('a')}`, 'utf16le') });
    const result = await compiled(folder, 'main.bicep');
    expect(result.problems).toEqual([]);
    expect(idsOf(result)).toEqual(['microsoft.network/networksecuritygroups/a']);
  });

  test('what was loaded is in it; copies are taken away', async () => {
    const own = folderOf();
    mkdirSync(join(own, 'tmp'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(own, 'tmp');
    try {
      expect(tmpdir()).toBe(join(own, 'tmp'));
      const folder = folderOf({
        'infra/main.bicep': NSG('a', "  tags: { a: loadTextContent('../text.txt'), b: loadJsonContent('b.json').c }\n"),
        'text.txt': 'hello',
        'infra/b.json': '{ "c": "d" }',
      });
      const result = await compiled(folder, 'infra/main.bicep');
      expect(result.problems).toEqual([]);
      expect(readArmTemplate(result.judged, null, 'x').inventory.resources[0]?.body['tags']).toEqual({ a: 'hello', b: 'd' });
      expect(readdirSync(join(own, 'tmp')).filter((name) => name.startsWith('rdposture-bicep-'))).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  test('scopes beyond a group', async () => {
    const folder = folderOf({
      'main.bicep': `targetScope = 'subscription'
resource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = { name: 'rg-a', location: 'westeurope' }
module a 'a.bicep' = { name: 'a', scope: rg }
`,
      'a.bicep': NSG('a'),
    });
    expect(idsOf(await compiled(folder, 'main.bicep'))).toEqual(['resourcegroups/rg-a/providers/microsoft.network/networksecuritygroups/a']);
  });
});
