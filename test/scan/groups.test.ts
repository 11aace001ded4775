import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { report as github } from '../../src/report/sarif.ts';
import { logOf, object, objects, runsOf } from '../report/sarif-support.ts';
import { folderOf, hostSnapshot, put, scanFolder, template } from './support.ts';

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

/** Categories with what each of them shows. */
const runs = (report: ScanReport): string[] =>
  runsOf(logOf(github, report)).map((run) => {
    const shown = objects(run['results']).map((result) => `${String(result['ruleId'])} ${String(object(result['properties'])['rdposture/status'])}`);
    return [String(object(run['automationDetails'])['id']).replace('rdposture/contoso/files/', ''), ...shown].join(' ');
  });

const ONLY = ['AUTH-001', 'NET-004'];
const estateOf = (rest: string): string => `version: 1\nname: contoso\n${rest}\n`;

describe('what is carried forward', () => {
  it('stays in the group of its target, though the file of it cannot be read', () => {
    const folder = folderOf({
      'estate.yaml': estateOf('groups: { a: { hosts: [a.contoso.com] } }\ntemplates: [{ file: net.json }]\npulumi: [avd/]'),
      'net.json': template({}),
      'avd/Pulumi.yaml': 'name: avd\nruntime: yaml\nresources: {}\n',
      'snapshots/a.json': hostSnapshot('a.contoso.com'),
    });
    const previous = scanFolder(folder, ONLY);
    expect(runs(previous)).toEqual(['a/', 'avd/Pulumi.yaml/', 'net.json/ NET-004 open']);
    put(join(folder, 'net.json'), '{ "$schema": ');
    put(join(folder, 'avd/Pulumi.yaml'), 'name: avd\n  runtime: [');
    const report = scanFolder(folder, ONLY, { previous });
    expect(runs(report)).toEqual(['a/', 'net.json/ NET-004 stale']);
    expect(report.targets.find(({ id }) => id === 'arm-template:net.json')).toEqual({
      ...previous.targets.find(({ id }) => id === 'arm-template:net.json'),
      status: 'failed',
    });
    // The next scan carries it on from there.
    expect(runs(scanFolder(folder, ONLY, { previous: report }))).toEqual(['a/', 'net.json/ NET-004 stale']);
  });
});

describe('the group of a host in several groups', () => {
  const hosts = (groups: string, more = ''): string => estateOf(`groups: { ${groups} }\n${more}`);
  const group = (estate: string): string[] => {
    const folder = folderOf({ 'estate.yaml': estate, 'snapshots/a.json': hostSnapshot('a.contoso.com', { nla: 0 }) });
    const { targets, findings } = scanFolder(folder, ONLY);
    const line = estate.split('\n')[2] ?? '';
    const at = (findings[0]?.locations[0]?.region.startColumn ?? 0) - 1;
    return [
      ...targets.map(({ name, group: of }) => `${name} in ${of}`),
      line
        .slice(0, at)
        .match(/[ab](?=: \{ hosts)/g)
        ?.at(-1) ?? '',
    ];
  };

  it('is the first by name, whatever their order in the file', () => {
    const a = 'a: { hosts: [a.contoso.com] }';
    const b = 'b: { hosts: [A.contoso.com] }';
    expect(group(hosts(`${a}, ${b}`))).toEqual(['a.contoso.com in a', 'a']);
    expect(group(hosts(`${b}, ${a}`))).toEqual(['a.contoso.com in a', 'a']);
  });
});

describe('a group that nothing is left of', () => {
  const snapshots = { 'snapshots/a.json': hostSnapshot('a.contoso.com', { nla: 0 }), 'snapshots/b.json': hostSnapshot('b.contoso.com', { nla: 0 }) };
  const BOTH = estateOf('groups: { a: { hosts: [a.contoso.com] }, b: { hosts: [b.contoso.com] } }\ntemplates: [{ file: net.json }]');
  const both = (): string => folderOf({ 'estate.yaml': BOTH, 'net.json': template({}), ...snapshots });
  const then = (folder: string, estate: string, previous: ScanReport | null): string[] => {
    put(join(folder, 'estate.yaml'), estate);
    return runs(scanFolder(folder, ONLY, { previous }));
  };

  it('has an empty run while the estate names it', () => {
    const estate = estateOf('groups: { a: { hosts: [a.contoso.com] }, b: { hosts: [] } }');
    expect(then(both(), estate, null)).toEqual(['a/ AUTH-001 open', 'b/']);
    const shared = estateOf('groups: { b: { hosts: [a.contoso.com] }, a: { hosts: [a.contoso.com] } }');
    expect(then(both(), shared, null)).toEqual(['a/ AUTH-001 open', 'b/']);
  });

  it('has one when the last report had it', () => {
    const folder = both();
    const previous = scanFolder(folder, ONLY);
    expect(runs(previous)).toEqual(['a/ AUTH-001 open', 'b/ AUTH-001 open', 'net.json/ NET-004 open']);
    const estate = estateOf('groups: { a: { hosts: [a.contoso.com] } }');
    expect(then(folder, estate, null)).toEqual(['a/ AUTH-001 open']);
    expect(then(folder, estate, previous)).toEqual(['a/ AUTH-001 open', 'b/', 'net.json/']);
  });

  it('has none where the last report is of other paths, of another estate or another way of looking', () => {
    const folder = both();
    const previous = scanFolder(folder, ONLY);
    const estate = estateOf('groups: { a: { hosts: [a.contoso.com] } }');
    for (const scan of [{ paths: ['other'] }, { estate: 'fabrikam' }, { mode: 'live' }] as const)
      expect(then(folder, estate, { ...previous, scan: { ...previous.scan, ...scan } })).toEqual(['a/ AUTH-001 open']);
  });

  it('has none where something of it could not be read', () => {
    const folder = both();
    // In two groups now, and in none of them was it looked at.
    const shared = estateOf('groups: { a: { hosts: [a.contoso.com, b.contoso.com] }, b: { hosts: [b.contoso.com] } }');
    rmSync(join(folder, 'snapshots/b.json'));
    expect(then(folder, shared, null)).toEqual(['a/ AUTH-001 open']);
    const broken = both();
    const previous = scanFolder(broken, ONLY);
    put(join(broken, 'new.json'), '{');
    expect(then(broken, estateOf('groups: { a: { hosts: [a.contoso.com] } }\ntemplates: [{ file: new.json }]'), previous)).toEqual(['a/ AUTH-001 open']);
  });

  it('is none that a file has which was not judged', () => {
    const folder = folderOf({ 'estate.yaml': estateOf('pulumi: [p/]\ntemplates: [{ file: net.json }]'), 'net.json': template({}) });
    put(join(folder, 'p/Pulumi.yaml'), 'name: p\nruntime: yaml\nresources: {}\n');
    const previous = scanFolder(folder, ONLY);
    expect(runs(previous)).toEqual(['net.json/ NET-004 open', 'p/Pulumi.yaml/']);
    put(join(folder, 'p/Pulumi.yaml'), 'name: p\nruntime: nodejs\n');
    expect(runs(scanFolder(folder, ONLY, { previous }))).toEqual(['net.json/ NET-004 open']);
  });
});
