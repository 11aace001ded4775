import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planScan } from '../../../src/scan/plan.ts';
import { folderOf } from '../../scan/support.ts';

/** What a scan of a folder, or of named files in it, judges: files with their parameters. */
function planned(files: Record<string, string>, ...named: readonly string[]): string[] {
  const folder = folderOf(files);
  const plan = planScan(named.length === 0 ? [folder] : named.map((name) => join(folder, name)), folder, []);
  expect(plan.problems).toEqual([]);
  return plan.files.map(({ path, parameters }) =>
    [path, ...(parameters === undefined ? [] : [parameters])].map((item) => item.slice(folder.length + 1)).join(' + '),
  );
}

const MODULES = { 'main.bicep': "module a 'modules/a.bicep' = {}", 'modules/a.bicep': "module b 'b.bicep' = {}", 'modules/b.bicep': '' };

test.each<[string, Record<string, string>, string[], string[]]>([
  ['modules are judged where they are used', MODULES, [], ['main.bicep']],
  ['a module that is named is judged', MODULES, ['modules/a.bicep'], ['modules/a.bicep']],
  ['a file with its own parameters', { ...MODULES, 'main.bicepparam': "using 'main.bicep'" }, [], ['main.bicep + main.bicepparam']],
  ['named, it has them too', { ...MODULES, 'main.bicepparam': "using './main.bicep'" }, ['main.bicep'], ['main.bicep + main.bicepparam']],
  ['parameters of another file are not its own', { ...MODULES, 'main.bicepparam': "using 'modules/b.bicep'" }, ['main.bicep'], ['main.bicep']],
  [
    'each further parameters file is one more entry',
    { 'main.bicep': '', 'dev.bicepparam': "using 'main.bicep'", 'prod.bicepparam': "using 'main.bicep'" },
    [],
    ['dev.bicepparam', 'prod.bicepparam'],
  ],
  [
    'own and further ones',
    { 'main.bicep': '', 'main.bicepparam': "using 'main.bicep'", 'prod.bicepparam': "using 'main.bicep'" },
    [],
    ['main.bicep + main.bicepparam', 'prod.bicepparam'],
  ],
  [
    'a base of parameters files is no entry',
    { 'main.bicep': '', 'base.bicepparam': 'using none', 'dev.bicepparam': "using 'main.bicep'\nextends 'base.bicepparam'" },
    [],
    ['dev.bicepparam'],
  ],
  ['of files that use each other the first is judged', { 'a.bicep': "module b 'b.bicep' = {}", 'b.bicep': "module a 'a.bicep' = {}" }, [], ['a.bicep']],
  ['a file that uses itself is judged', { 'a.bicep': "module a 'a.bicep' = {}" }, [], ['a.bicep']],
  ['parameters for what is in a registry are judged, as a problem', { 'a.bicepparam': "using 'br:x.io/a:1'" }, [], ['a.bicepparam']],
  ['JSON parameters beside it', { 'a.bicep': '', 'a.parameters.json': '{}' }, ['a.bicep'], ['a.bicep + a.parameters.json']],
])('%s', (_name, files, named, wanted) => {
  expect(planned(files, ...named).filter((item) => !item.endsWith('.json') || item.includes(' + '))).toEqual(wanted);
});

test('an estate names a file with several parameters files; snapshots are no Bicep', () => {
  const estate = `version: 1
name: contoso
templates:
  - { file: main.bicep, parameters: dev.bicepparam }
  - { file: main.bicep, parameters: prod.bicepparam }
`;
  expect(
    planned({
      'estate.yaml': estate,
      'main.bicep': '',
      'dev.bicepparam': "using 'main.bicep'",
      'prod.bicepparam': "using 'main.bicep'",
      'snapshots/x.bicep': '',
    }),
  ).toEqual(['main.bicep + dev.bicepparam', 'prod.bicepparam']);
});
