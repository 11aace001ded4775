import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/model/problem.ts';
import { folderOf, hostSnapshot, scanFolder, template } from './support.ts';

function failure(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

const HEAD = 'version: 1\nname: contoso\n';
const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`).join('\n')}\n`;

test.each<[string, string | Uint8Array, string]>([
  ['broken', `${HEAD}hosts: [\n`, 'file.not-yaml'],
  ['empty', '', 'estate.malformed'],
  ['not UTF-8', Buffer.from(`${HEAD}# M\xfcller\n`, 'latin1'), 'file.not-text'],
  ['binary', Buffer.from([0, 1, 2]), 'file.not-text'],
  ['larger than people write', `${HEAD}# ${'x'.repeat(9_000_000)}\n`, 'file.not-recognised'],
  ['an alias bomb', `${HEAD}${bomb}`, 'file.not-yaml'],
  ['two documents', `${HEAD}---\n${HEAD}`, 'file.not-yaml'],
  ['a key twice', `${HEAD}name: other\n`, 'file.not-yaml'],
  ['something else', 'hello: world\n', 'estate.malformed'],
])('an estate that is %s is the user’s error and named', (_what, content, code) => {
  const error = failure(() => scanFolder(folderOf({ 'estate.yaml': content }), ['AUTH-001']));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining("'estate.yaml'") as string]);
});

test('every fault of an estate is said on a line of its own', () => {
  const { details } = failure(() =>
    scanFolder(
      folderOf({ 'estate.yaml': `${HEAD}hosts:\n${Array.from({ length: 25 }, (_, index) => `  - { name: h, rdpPort: ${70_000 + index} }\n`).join('')}` }),
      ['AUTH-001'],
    ),
  );
  expect(details.length).toBe(20);
  expect(details[0]).toBe("'/hosts/0/rdpPort' is '70000', which is out of range.");
});

test('two estates cannot be scanned at once; one that is named twice is one', () => {
  const files = { 'estate.yaml': `${HEAD}hosts: [{ name: a.contoso.com }]\n`, 'snapshots/a.json': hostSnapshot('a.contoso.com') };
  const [first, second] = [folderOf(files), folderOf(files)];
  expect(failure(() => scanFolder(first, ['AUTH-001'], { paths: [first, second] })).code).toBe('estate.two');
  expect(scanFolder(first, ['AUTH-001'], { paths: [first, join(first, 'estate.yaml')] }).targets.length).toBe(1);
});

test('an estate and loose files together', () => {
  const folder = folderOf({
    'e/estate.yaml': `${HEAD}hosts: [{ name: a.contoso.com }]\n`,
    'e/snapshots/a.json': hostSnapshot('a.contoso.com'),
    'net.json': template({}),
  });
  const report = scanFolder(folder, ['AUTH-001', 'NET-004'], { paths: [join(folder, 'e'), join(folder, 'net.json')] });
  expect(report.targets.map((target) => target.id)).toEqual(['arm-template:net.json', 'windows-host:a.contoso.com']);
});

test('a template or a program that the estate names and that is not there is an error', () => {
  const report = scanFolder(
    folderOf({ 'estate.yaml': `${HEAD}templates: [{ file: gone.json }, { file: net.json }]\npulumi: [infra]\n`, 'net.json': template({ from: '10.0.0.0/8' }) }),
    ['NET-004'],
  );
  expect(report.problems.filter((problem) => problem.level === 'error').map((problem) => [problem.code, problem.file])).toEqual([
    ['file.unreadable', 'gone.json'],
    ['pulumi.missing', 'infra'],
  ]);
  expect(report.gate.exitCode).toBe(3);
});

test('a template is evaluated with the parameters beside it', () => {
  const { resources, ...rest } = template({ from: "[parameters('from')]" });
  const parameters = (from: string): object => ({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: { from: { value: from } },
  });
  const outcome = (from: string): string[] =>
    scanFolder(
      folderOf({
        'net.json': { ...rest, parameters: { from: { type: 'string' } }, resources: resources ?? [] },
        'net.parameters.json': JSON.stringify(parameters(from)),
      }),
      ['NET-004'],
    ).verdicts.map((verdict) => verdict.outcome);
  expect([outcome('10.0.0.0/8'), outcome('*')]).toEqual([['pass'], ['fail']]);
});

test('10,000 hosts of which none was collected', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `h${index}.contoso.com`);
  const folder = folderOf({ 'estate.yaml': `${HEAD}groups:\n  all:\n    hosts:\n${names.map((name) => `      - ${name}\n`).join('')}` });
  const report = scanFolder(folder, ['AUTH-001'], { withVerdicts: false });
  expect(report.totals).toMatchObject({ targets: 10_000 });
  expect(report.problems.length).toBe(10_000);
});
