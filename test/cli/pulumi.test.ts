import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { GIVEN, previewOf, PROGRAM, PROJECT } from '../scan/pulumi-support.ts';
import { folderOf, NOW, put } from '../scan/support.ts';
import { type Ran, run, start } from './support.ts';

const PREVIEW = previewOf([{ inputs: GIVEN, position: 'src/index.ts#4,20' }]);

interface StandIn {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Never ends by itself. */
  readonly hangs?: boolean;
}

/** A program in the place of the Pulumi CLI, which notes how it was called. */
function standIn({ stdout = JSON.stringify(PREVIEW), stderr = '', code = 0, hangs = false }: StandIn = {}): {
  readonly path: string;
  readonly calls: () => string[][];
  readonly environment: () => string[];
} {
  const folder = folderOf({ 'said.json': { stdout, stderr, code, hangs } });
  const script = `#!${process.execPath}
const { readFileSync, appendFileSync, writeFileSync } = require('node:fs');
const said = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'said.json'))}, 'utf8'));
appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify(process.argv.slice(2)) + '\\n');
writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));
writeFileSync(${JSON.stringify(join(folder, 'environment'))}, Object.entries(process.env).map(([name, value]) => name + '=' + value).join('\\n'));
process.stdout.write(said.stdout);
process.stderr.write(said.stderr);
process.exitCode = said.code;
if (said.hangs) setInterval(() => {}, 1000);
`;
  const program = join(folder, 'pulumi');
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return {
    path: folder,
    calls: () =>
      existsSync(join(folder, 'calls'))
        ? readFileSync(join(folder, 'calls'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as string[])
        : [],
    environment: () => (existsSync(join(folder, 'environment')) ? readFileSync(join(folder, 'environment'), 'utf8').split('\n') : []),
  };
}

function project(more: Readonly<Record<string, Json>> = {}): string {
  return folderOf({ '.git/HEAD': 'ref: refs/heads/main\n', 'infra/Pulumi.yaml': PROJECT, 'infra/src/index.ts': PROGRAM, ...more });
}

const scan = (folder: string, path: string, ...args: readonly string[]): Ran =>
  run(['scan', '--now', NOW, '--only', 'NET-004', ...args], { cwd: folder, env: { PATH: path, RDPOSTURE_TOKEN: 'secret' } });
const reported = (folder: string, path: string, ...args: readonly string[]): ScanReport =>
  JSON.parse(scan(folder, path, '--report', 'json:-', ...args).stdout) as ScanReport;

describe('scan DIR --run-pulumi', () => {
  test('runs the preview and judges what it prints, at the lines of the program', () => {
    const { path, calls, environment } = standIn();
    const folder = project();
    const report = reported(folder, path, 'infra', '--run-pulumi', '--pulumi-stack', 'dev');
    expect(report.findings.map(({ locations: [at], status }) => [status, at?.file, at?.region.startLine])).toEqual([['open', 'infra/src/index.ts', 8]]);
    expect(report.problems).toEqual([]);
    expect(calls()).toEqual([['preview', '--json', '--show-sames', '--non-interactive', '--color=never', `--cwd=${join(folder, 'infra')}`, '--stack=dev']]);
    expect(environment()).toContain('PULUMI_SKIP_UPDATE_CHECK=true');
    expect(environment().filter((line) => line.startsWith('RDPOSTURE_'))).toEqual([]);
  });

  test('what the estate names', () => {
    const { path, calls } = standIn();
    const folder = project({ 'estate.yaml': 'version: 1\nname: contoso\npulumi: [infra]\n' });
    expect(reported(folder, path, '.', '--run-pulumi').findings).toHaveLength(1);
    expect(calls()).toHaveLength(1);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['without the flag', ['infra'], {}],
    ['by a repository', ['infra'], { 'rdposture.yaml': 'run-pulumi: true\n' }],
    ['in a folder that is only walked', ['.', '--run-pulumi'], {}],
  ])('nothing runs %s', (_what, args, more) => {
    const { path, calls } = standIn();
    expect(scan(project(more), path, ...args).code).toBe(2);
    expect(calls()).toEqual([]);
  });

  test('nothing runs by the environment', () => {
    const { path, calls } = standIn();
    const folder = project({ 'preview.json': PREVIEW });
    run(['scan', 'infra', 'preview.json', '--now', NOW], { cwd: folder, env: { PATH: path, RDPOSTURE_RUN_PULUMI: '1' } });
    expect(calls()).toEqual([]);
  });

  test('a name of a stack is no option', () => {
    const { path, calls } = standIn();
    scan(project(), path, 'infra', '--run-pulumi', '--pulumi-stack=--config=x');
    expect(calls()[0]?.at(-1)).toBe('--stack=--config=x');
    expect(scan(project(), path, 'infra', '--pulumi-stack', 'dev')).toMatchObject({ code: 2, stderr: expect.stringContaining('--run-pulumi') as string });
  });

  const beside = (): string =>
    project({
      'net.json': { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', contentVersion: '1.0.0.0', resources: [] },
    });
  test.each<[string, StandIn | null, readonly string[], string]>([
    ['a program that is not installed', null, [], 'there is no `pulumi` on PATH'],
    ['a program that fails', { stdout: '', stderr: 'error: no stack selected\n', code: 255 }, [], 'exit code 255: error: no stack selected'],
    ['what is no preview', { stdout: 'Previewing update' }, [], 'is no preview'],
    ['a program that does not end', { hangs: true, stdout: '' }, ['--timeout', '1'], 'was not over after 1 seconds'],
  ])('%s is an error problem that says what to do', (_what, said, more, message) => {
    const ran = scan(beside(), said === null ? '/nonexistent' : standIn(said).path, 'net.json', 'infra', '--run-pulumi', ...more);
    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining(message) as string]);
  });

  test('a preview that ends with an error is judged as far as it goes, and said', () => {
    const report = reported(project(), standIn({ code: 1, stderr: '\u001b[31merror: boom' }).path, 'infra', '--run-pulumi');
    expect(report.findings).toHaveLength(1);
    expect(report.problems.map(({ code, level }) => [code, level])).toEqual([['pulumi.failed', 'error']]);
  });
});

test('an interrupt ends the run and what it started', async () => {
  const { path, calls, environment } = standIn({ hangs: true, stdout: '' });
  const child = start(['scan', 'infra', '--run-pulumi', '--now', NOW], { cwd: project(), env: { PATH: path } });
  while (calls().length === 0 || environment().length === 0) await new Promise((done) => setTimeout(done, 20));
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  const pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

const diffOf = (ran: Ran): string[] => ran.stdout.split('\n').filter((line) => /^[-+]/.test(line));

test('SARIF points to the program, and offers the edit with all four coordinates', () => {
  const at = project({ 'preview.json': PREVIEW });
  const log = JSON.parse(scan(at, '/nonexistent', 'preview.json', '--report', 'sarif:-').stdout) as {
    runs: { results: { locations: object[]; partialFingerprints: Record<string, string>; fixes: object[] }[] }[];
  };
  const [result] = log.runs[0]?.results ?? [];
  expect(result?.locations[0]).toMatchObject({
    physicalLocation: {
      artifactLocation: { uri: 'infra/src/index.ts' },
      region: { startLine: 8, startColumn: 13, endLine: 8, endColumn: 24, snippet: { text: "'allow-rdp'" } },
      contextRegion: { startLine: 8, endLine: 8, snippet: { text: "      name: 'allow-rdp', // for the supplier" } },
    },
    logicalLocations: [{ fullyQualifiedName: 'urn:pulumi:dev::contoso-net::azure-native:network:NetworkSecurityGroup::nsg' }],
  });
  expect(result?.partialFingerprints['primaryLocationLineHash']).toMatch(/^[0-9a-f]+:1$/);
  expect(result?.fixes).toMatchObject([
    {
      artifactChanges: [
        {
          artifactLocation: { uri: 'infra/src/index.ts' },
          replacements: [{ deletedRegion: { startLine: 7, startColumn: 1, endLine: 18, endColumn: 1 }, insertedContent: { text: '' } }],
        },
      ],
    },
  ]);
});

describe('fix', () => {
  const FIX = ['--now', NOW, '--only', 'NET-004', '--allow-disconnect'];
  test('edits the program, and what was found is gone once it is previewed again', () => {
    const folder = project({ 'preview.json': PREVIEW });
    const dry = run(['fix', 'preview.json', ...FIX, '--dry-run'], { cwd: folder });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('1 finding would be fixed in 1 file.') as string });
    expect(diffOf(dry)).toEqual([
      '--- a/infra/src/index.ts',
      '+++ b/infra/src/index.ts',
      ...PROGRAM.split('\n')
        .slice(6, 17)
        .map((line) => `-${line}`),
    ]);
    expect(readFileSync(join(folder, 'infra/src/index.ts'), 'utf8')).toBe(PROGRAM);
    expect(run(['fix', 'preview.json', ...FIX], { cwd: folder }).stdout).toContain('1 finding fixed in 1 file.');
    expect(readFileSync(join(folder, 'infra/src/index.ts'), 'utf8')).toBe(PROGRAM.split('\n').toSpliced(6, 11).join('\n'));
  });

  test('a report of --run-pulumi is not fixed without running it again', () => {
    const { path } = standIn();
    const folder = project();
    put(join(folder, 'report.json'), reported(folder, path, 'infra', '--run-pulumi') as unknown as Json);
    const without = run(['fix', 'report.json', '--allow-disconnect'], { cwd: folder, env: { PATH: path } });
    expect([without.code, readFileSync(join(folder, 'infra/src/index.ts'), 'utf8')]).toEqual([2, PROGRAM]);
    const ran = run(['fix', 'report.json', '--allow-disconnect', '--run-pulumi'], { cwd: folder, env: { PATH: path } });
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('1 finding fixed in 1 file.') as string]);
  });
});

const IGNORE = '      // rdposture-ignore NET-004 until 2027-01-31: the supplier installs until then\n';
const IGNORED = PROGRAM.replace("    {\n      name: 'allow-rdp'", `    {\n${IGNORE}      name: 'allow-rdp'`);

describe('inline ignores', () => {
  const folder = (program: string, more: Readonly<Record<string, Json>> = {}): string =>
    project({ 'infra/src/index.ts': program, 'preview.json': PREVIEW, ...more });
  const result = (at: string, ...args: readonly string[]): [readonly string[], readonly string[]] => {
    const report = reported(at, '/nonexistent', 'preview.json', ...args);
    return [report.findings.map(({ status }) => status), report.problems.map(({ code }) => code)];
  };

  test('a finding is waived in the report, and suppressed in SARIF', () => {
    const at = folder(IGNORED);
    expect(result(at)).toEqual([['waived'], []]);
    expect(scan(at, '/nonexistent', 'preview.json').code).toBe(0);
    const full = JSON.parse(scan(at, '/nonexistent', 'preview.json', '--report', 'sarif-full:-').stdout) as {
      runs: { results: { kind: string; suppressions: object[] }[] }[];
    };
    expect(full.runs[0]?.results.filter(({ kind }) => kind === 'fail').map(({ suppressions }) => suppressions)).toEqual([
      [
        expect.objectContaining({
          kind: 'inSource',
          status: 'accepted',
          justification: "the supplier installs until then. A comment in 'infra/src/index.ts:8' says so until '2027-01-31'.",
          location: { physicalLocation: expect.objectContaining({ region: expect.objectContaining({ startLine: 8, startColumn: 7 }) as object }) as object },
        }),
      ],
    ]);
    const upload = JSON.parse(scan(at, '/nonexistent', 'preview.json', '--report', 'sarif:-').stdout) as { runs: { results: object[] }[] };
    expect(upload.runs.flatMap(({ results }) => results)).toEqual([]);
    expect(scan(at, '/nonexistent', 'preview.json', '--verbose').stdout).toContain('infra/src/index.ts:8');
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['one that has ended', IGNORED.replace('2027-01-31', '2026-11-01'), ['open'], ['ignore.expired']],
    [
      'one that matches nothing',
      IGNORED.replace(IGNORE, '').replace('export const', `${IGNORE.trim()}\nconst other = 1;\nexport const`),
      ['open'],
      ['ignore.unused'],
    ],
    ['one without a reason', IGNORED.replace(': the supplier installs until then', ''), ['open'], ['ignore.malformed']],
    ['one of no policy', IGNORED.replace('NET-004', 'NET-999'), ['open'], ['ignore.unknown-policy']],
    ['one without an end', IGNORED.replace(' until 2027-01-31', ''), ['open'], ['ignore.endless']],
  ])('%s is a warning', (_what, program, statuses, codes) => expect(result(folder(program))).toEqual([statuses, codes]));

  const trusted = (program: string, config = ''): string =>
    folderOf({ 'infra/Pulumi.yaml': PROJECT, 'infra/src/index.ts': program, ...(config === '' ? {} : { 'rdposture.yaml': config }) });
  test.each<[string, string, string, readonly string[], readonly string[]]>([
    ['that the trusted checkout does not have', PROGRAM, '', ['open'], ['trusted.ignore']],
    ['that it has too', IGNORED, '', ['waived'], []],
    ['that it has on another line', `// more\n\n${IGNORED}`, '', ['waived'], []],
    ['that it has with another end', IGNORED.replace('2027-01-31', '2026-12-31'), '', ['open'], ['trusted.ignore']],
    ['that it has for what it was before', IGNORED.replace('priority: 300', 'priority: 200'), '', ['open'], ['trusted.ignore']],
    ['that it has for another resource', IGNORED.replace("Group('nsg'", "Group('other'"), '', ['open'], ['trusted.ignore']],
    ['where the trusted configuration lets all count', PROGRAM, 'inline-ignores: all\n', ['waived'], []],
    ['where the trusted configuration lets none count', IGNORED, 'inline-ignores: none\n', ['open'], ['trusted.ignore']],
  ])('of a pull request, %s', (_what, base, config, statuses, codes) => {
    const same = config === '' ? {} : { 'rdposture.yaml': config };
    expect(result(folder(IGNORED, same), '--trusted-config', trusted(base, config))).toEqual([statuses, codes]);
  });

  test('what a pull request says of it does not count', () => {
    const at = folder(IGNORED, { 'rdposture.yaml': 'inline-ignores: all\n' });
    expect(result(at, '--trusted-config', trusted(PROGRAM))).toEqual([['open'], ['trusted.ignore', 'trusted.changed']]);
    expect(result(at)).toEqual([['waived'], []]);
    expect(result(folder(IGNORED, { 'rdposture.yaml': 'inline-ignores: none\n' }))).toEqual([['open'], ['trusted.ignore']]);
  });

  test('in a YAML program that is judged itself', () => {
    const yaml = `name: c\nruntime: yaml\nresources:\n  nsg: # rdposture-ignore NET-004 until 2027-01-31: the supplier\n    type: azure-native:network:NetworkSecurityGroup\n    properties:\n      securityRules:\n        - ${JSON.stringify(GIVEN.securityRules[0])}\n`;
    const at = project({ 'infra/Pulumi.yaml': yaml });
    const report = reported(at, '/nonexistent', 'infra');
    expect([report.findings.map(({ status, waiver }) => [status, waiver?.kind, waiver?.id]), report.problems]).toEqual([
      [['waived', 'in-source', 'infra/Pulumi.yaml:4']],
      [],
    ]);
  });
});
