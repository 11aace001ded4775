import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { folderOf, hostSnapshot, NOW, put, template } from '../scan/support.ts';
import { type Ran, run, scanned } from './support.ts';

const ESTATE = 'version: 1\nname: contoso\nhosts: [{ name: a.contoso.com }]\ntemplates: [{ file: net.json, parameters: net.parameters.json }]\n';
const PARAMETERS = { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#', contentVersion: '1.0.0.0', parameters: {} };

function estate(): string {
  return folderOf({
    'estate.yaml': ESTATE,
    'net.json': template({}),
    'net.parameters.json': PARAMETERS,
    'waivers.yaml': 'waivers: []\n',
    'rdposture.yaml': 'quiet: true\n',
    'snapshots/a.windows-host.snapshot.json': hostSnapshot('a.contoso.com', { nla: 0 }),
    '.git/HEAD': '',
  });
}

const runsOf = (file: string): string[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { runs: { automationDetails: { id: string }; results: unknown[] }[] }).runs.map(
    ({ automationDetails, results }) => `${automationDetails.id} ${results.length}`,
  );

describe('--source-root', () => {
  const folder = estate();

  it.each([['scan'], ['fix'], ['doctor'], ['diagnose', '0x3', 'a.contoso.com']])('ends %s with 2 where it is no folder', (...command) => {
    for (const root of ['nope', 'estate.yaml', 'estate.yaml/below']) {
      const ran = run([...command, '--source-root', root], { cwd: folder });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(`--source-root: '${root}' is no folder.`);
    }
  });

  it('that holds nothing of the scan refuses the upload, and what an earlier scan wrote there is taken away', () => {
    put(join(folder, 'out.sarif'), '{}');
    mkdirSync(join(folder, 'empty'));
    const ran = scanned(folder, 'AUTH-001', '--source-root', 'empty', '--fail-on', 'none', '--report', 'sarif:out.sarif', '--report', 'json:out.json');
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('No upload projection is written: Nothing that was scanned lies inside the source root');
    expect(existsSync(join(folder, 'out.sarif'))).toBe(false);
    expect(existsSync(join(folder, 'out.json'))).toBe(true);
  });
});

it('a scan from another checkout writes no upload', () => {
  const elsewhere = folderOf({ '.git/HEAD': '' });
  const ran = run(['scan', estate(), '--now', NOW, '--only', 'AUTH-001,NET-004', '--report', 'sarif:out.sarif'], { cwd: elsewhere });
  expect(ran.stderr).toContain('Nothing that was scanned lies inside the source root');
  expect(existsSync(join(elsewhere, 'out.sarif'))).toBe(false);
});

it('a scan with some groups outside the source root leaves their runs out, and one run for all is refused', () => {
  const folder = estate();
  put(join(folder, 'hosts/estate.yaml'), ESTATE.replace('net.json', '../net.json').replace('net.parameters.json', '../net.parameters.json'));
  put(join(folder, 'hosts/snapshots/a.windows-host.snapshot.json'), hostSnapshot('a.contoso.com', { nla: 0 }));
  put(join(folder, 'out.sarif'), '{}');
  const ran = run(
    [
      'scan',
      'hosts',
      '--now',
      NOW,
      '--only',
      'AUTH-001,NET-004',
      '--source-root',
      'hosts',
      '--report',
      'sarif:out.sarif',
      '--report',
      'sarif-azure-devops:ado.sarif',
    ],
    { cwd: folder },
  );
  expect(runsOf(join(folder, 'out.sarif'))).toEqual(['rdposture/contoso/files/hosts/ 1']);
  expect(ran.stderr).toContain("'sarif-azure-devops' is not written: Nothing of the group");
  expect(existsSync(join(folder, 'ado.sarif'))).toBe(false);
});

describe('a refused upload', () => {
  const folder = estate();
  scanned(folder, 'AUTH-001', '--report', 'json:report.json');
  const saved = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as ScanReport;
  put(join(folder, 'refused.json'), JSON.stringify({ ...saved, scan: { ...saved.scan, contacted: true, complete: false } }));
  const render = (...reports: string[]): Ran => run(['render', 'refused.json', ...reports.flatMap((report) => ['--report', report])], { cwd: folder });

  it('takes away what an earlier one left, and says so', () => {
    put(join(folder, 'old.sarif'), '{}');
    put(join(folder, 'target.sarif'), '{}');
    symlinkSync('target.sarif', join(folder, 'link.sarif'));
    const ran = render('sarif:old.sarif', 'sarif-azure-devops:link.sarif', 'sarif-full:full.sarif');
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("'old.sarif' was of an earlier scan and is taken away");
    expect(['old.sarif', 'target.sarif', 'link.sarif'].filter((file) => existsSync(join(folder, file)))).toEqual([]);
    expect(existsSync(join(folder, 'full.sarif'))).toBe(true);
  });

  it('says nothing of what is not there, and leaves folders and devices', () => {
    mkdirSync(join(folder, 'kept.sarif'));
    const ran = render('sarif:none.sarif', 'sarif:kept.sarif', 'sarif:/dev/null');
    expect(ran.stderr).not.toContain('taken away');
    expect([existsSync(join(folder, 'kept.sarif')), existsSync('/dev/null')]).toEqual([true, true]);
  });
});

describe('two outputs', () => {
  const folder = estate();
  symlinkSync('there.out', join(folder, 'link.out'));
  symlinkSync('.', join(folder, 'here'));

  it.each([
    ['json:x.out', 'sarif:x.out'],
    ['json:x.out', 'sarif:./x.out'],
    ['json:x.out', 'sarif:here/x.out'],
    ['json:there.out', 'sarif:link.out'],
    ['json:new/x.out', 'sarif:new/../new/x.out'],
    ['json:-', 'sarif:-'],
    ['json:-', 'sarif:/dev/stdout'],
  ])('to one file end with 2: %s, %s', (...reports) => {
    const ran = scanned(folder, 'AUTH-001', ...reports.flatMap((report) => ['--report', report]));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/are one file|Only one output can go to standard output/);
    expect([existsSync(join(folder, 'x.out')), existsSync(join(folder, 'there.out'))]).toEqual([false, false]);
  });

  it('to one device are none', () => {
    expect(scanned(folder, 'AUTH-001', '--exit-zero', '--report', 'json:/dev/null', '--report', 'sarif:/dev/null').code).toBe(0);
  });
});

test('an output goes where a link leads, and the link stays', () => {
  const folder = estate();
  symlinkSync('there.json', join(folder, 'link.json'));
  for (const _ of ['new', 'old']) {
    scanned(folder, 'AUTH-001', '--report', 'json:link.json');
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'there.json')).isFile()).toBe(true);
  }
});

describe('an output in the place of what is read', () => {
  const folder = estate();
  put(join(folder, 'main.bicep'), '');
  symlinkSync('estate.yaml', join(folder, 'link.yaml'));
  const inputs = [
    'estate.yaml',
    'link.yaml',
    'net.json',
    'net.parameters.json',
    'waivers.yaml',
    'rdposture.yaml',
    'snapshots/a.windows-host.snapshot.json',
    'main.bicep',
  ];

  it.each(inputs)('ends with 2 and leaves it: %s', (file) => {
    const before = readFileSync(join(folder, file), 'utf8');
    const ran = scanned(folder, 'AUTH-001', '--report', `json:${file}`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('would overwrite a file that is read');
    expect(readFileSync(join(folder, file), 'utf8')).toBe(before);
  });

  it('ends with 2 for what the options name', () => {
    put(join(folder, 'own/waivers.yaml'), 'waivers: []\n');
    expect(scanned(folder, 'AUTH-001', '--waivers', 'own/waivers.yaml', '--report', 'json:own/waivers.yaml').code).toBe(2);
    put(join(folder, 'rules/a/policy.yaml'), '');
    expect(scanned(folder, 'AUTH-001', '--policy', 'rules', '--report', 'json:rules/a/policy.yaml').code).toBe(2);
  });

  it('ends with 2 for what is met in a folder and judged, broken or not, and not for what an earlier scan wrote there', () => {
    const walked = folderOf({ 'w/net.json': template({}), 'w/broken.snapshot.json': '{', '.git/HEAD': '' });
    const scan = (...reports: string[]): number | null =>
      run(['scan', 'w', '--now', NOW, '--only', 'NET-004', '--exit-zero', ...reports.flatMap((report) => ['--report', report])], { cwd: walked }).code;
    const own = ['json:w/r.json', 'sarif:w/s.json', 'verdicts:w/v.json', 'csv:w/c.yaml'];
    expect([scan(...own), scan(...own)]).toEqual([0, 0]);
    expect([scan('json:w/net.json'), scan('json:w/broken.snapshot.json')]).toEqual([2, 2]);
  });

  it('may be the report that is carried forward, as the next one of its kind', () => {
    scanned(folder, 'AUTH-001', '--report', 'json:last.json');
    expect(scanned(folder, 'AUTH-001', '--exit-zero', '--previous', 'last.json', '--report', 'json:last.json').code).toBe(0);
    expect(scanned(folder, 'AUTH-001', '--previous', 'last.json', '--report', 'sarif:last.json').code).toBe(2);
    expect(run(['render', 'last.json', '--report', 'html:./last.json'], { cwd: folder }).code).toBe(2);
  });
});
