import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finding, readPolicyFolder, reporterFor, scan, type ScanReport } from '../../src/index.ts';
import { contosoSnapshots } from './contoso/estate.ts';
import { snapshotText } from './contoso/format.ts';
import { applyReplacements, type SarifFix } from './contoso/sarif-edits.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = join(ROOT, 'examples', 'contoso');
const COMMAND = join(ROOT, 'dist', 'rdposture.js');
const NOW = '2026-11-24T09:00:00Z';
const FORMATS = ['console', 'csv', 'html', 'json', 'junit', 'markdown', 'sarif', 'sarif-azure-devops', 'sarif-full', 'verdicts'] as const;

let temporary = '';
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'contoso-'));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs the built command line with an environment that holds nothing but what is given. */
function run(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...environment },
  });
  return { status, stdout, stderr };
}

/** A copy of the example in a folder of its own, without a repository around it. */
function copyOf(...path: readonly string[]): string {
  const folder = join(temporary, ...path);
  mkdirSync(folder, { recursive: true });
  cpSync(EXAMPLE, folder, { recursive: true });
  return folder;
}

it('ends as the README shows', () => {
  const { stdout } = run(EXAMPLE, ['scan', '.', '--now', NOW, '--report', 'console:-']);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(stdout).toContain('\nSummary\n');
  expect(readme).toContain(stdout.slice(stdout.indexOf('\nSummary\n')).trimEnd());
});

it('has the snapshots that `scripts/example.mjs` writes', () => {
  const folder = join(EXAMPLE, 'snapshots');
  const made = contosoSnapshots(readPolicyFolder(join(ROOT, 'policies')).areas);
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(made).toSorted());
  for (const [file, snapshot] of Object.entries(made)) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(snapshotText(snapshot));
});

describe('the command line', () => {
  it('finds what the golden list says', async () => {
    const { stdout } = run(EXAMPLE, ['scan', '--now', NOW, '--report', 'json:-']);
    const report = JSON.parse(stdout) as ScanReport;
    const lines = report.findings.map(({ policy, target, name, outcome, status }) => `${policy}  ${target}  ${name}  ${outcome} ${status}`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/contoso-findings.txt');
    expect(new Set(report.findings.map(({ outcome, status }) => `${outcome} ${status}`))).toEqual(new Set(['fail open', 'fail waived', 'unknown open']));
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['section.denied', 'waiver.expired', 'waiver.unused']));
  });

  it('shows with `fix --dry-run` what it would edit', async () => {
    const { status, stdout } = run(EXAMPLE, ['fix', '--dry-run', '--review', '--allow-disconnect', '--now', NOW]);
    await expect(stdout).toMatchFileSnapshot('golden/contoso-fix.txt');
    expect(status).toBe(0);
  });

  it('writes the same bytes in every format, whatever the folder, the time zone and the language', () => {
    const here = copyOf('here', 'contoso');
    const there = copyOf('over', 'there', 'contoso');
    const reports = (out: string): string[] => FORMATS.flatMap((format) => ['--report', `${format}:${join(temporary, out, format)}`]);
    for (const out of ['a', 'b']) mkdirSync(join(temporary, out));
    const first = run(dirname(here), ['scan', 'contoso', '--now', NOW, ...reports('a')], { TZ: 'UTC', LANG: 'C' });
    const second = run(tmpdir(), ['scan', there, '--source-root', dirname(there), '--now', NOW, ...reports('b')], {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
    });
    expect([first.status, second.status]).toEqual([1, 1]);
    for (const format of FORMATS) {
      const bytes = readFileSync(join(temporary, 'a', format), 'utf8');
      expect(readFileSync(join(temporary, 'b', format), 'utf8'), format).toBe(bytes);
      expect(bytes, format).not.toContain(temporary);
      expect(bytes.length, format).toBeGreaterThan(1000);
    }
  });

  it('fails the gate, and says so in the exit code', () => {
    const baseline = join(temporary, 'baseline.json');
    expect(run(EXAMPLE, ['scan', '--now', NOW, '--report', `json:${baseline}`]).status).toBe(1);
    expect(run(EXAMPLE, ['scan', '--now', NOW, '--exit-zero']).status).toBe(0);
    // One section of one host could not be read: not failed, but not complete.
    expect(run(EXAMPLE, ['scan', '--now', NOW, '--baseline', baseline]).status).toBe(3);
  });
});

const LIBRARY = readPolicyFolder(join(ROOT, 'policies'));

function judge(declared: boolean, withFixes: boolean, edited: ReadonlyMap<string, string> = new Map()): ScanReport {
  return scan({
    paths: [EXAMPLE],
    shownPaths: ['.'],
    sourceRoot: EXAMPLE,
    library: LIBRARY,
    selection: { packs: [], only: [], skip: [], vars: {} },
    now: NOW,
    declared,
    waivers: null,
    baseline: null,
    previous: null,
    gate: { failOn: 'high', failOnUnknown: false },
    withFixes,
    withVerdicts: false,
    trusted: null,
    version: '0.0.0',
    provenance: null,
    azureDevOps: null,
    edited,
  });
}

interface SarifResult {
  readonly ruleId: string;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly fixes?: readonly SarifFix[];
}

/** Every edit of the SARIF file, with the finding that it is for. */
async function editsOf(report: ScanReport): Promise<{ finding: Finding; fix: SarifFix }[]> {
  const write = await reporterFor('sarif');
  const text = [...write(report, {})].join('');
  const { runs } = JSON.parse(text) as { runs: readonly { readonly results: readonly SarifResult[] }[] };
  return runs
    .flatMap(({ results }) => results)
    .flatMap(({ partialFingerprints, fixes }) => {
      const finding = report.findings.find(({ fingerprint }) => fingerprint === partialFingerprints['rdposture/v1']);
      if (finding === undefined) throw new Error('A SARIF result without a finding.');
      return (fixes ?? []).map((fix) => ({ finding, fix }));
    });
}

/** What can be wrong, so that two scans can be compared. */
function faultsOf(report: ScanReport): Set<string> {
  return new Set([
    ...report.findings.map(({ fingerprint, outcome }) => `${fingerprint} ${outcome}`),
    ...report.problems.map(({ code, message }) => `${code} ${message}`),
  ]);
}

describe('the edits in the SARIF file', () => {
  let edits: { finding: Finding; fix: SarifFix }[] = [];
  let notes = new Set<string>();
  let faulty = new Set<string>();
  const before = { declared: new Set<string>(), plain: new Set<string>() };
  beforeAll(async () => {
    const report = judge(false, true);
    edits = await editsOf(report);
    notes = new Set(report.findings.flatMap(({ fixes }) => fixes.flatMap(({ note }) => note ?? [])).map((note) => note.split(' ').slice(0, 3).join(' ')));
    faulty = new Set(report.findings.map(({ target }) => target));
    before.plain = faultsOf(report);
    before.declared = faultsOf(judge(true, false));
  });

  it('are at least twelve, of six families and in all three kinds of file', () => {
    expect(edits.length).toBeGreaterThanOrEqual(12);
    expect(new Set(edits.map(({ finding }) => finding.policy.split('-')[0]))).toEqual(
      expect.toSatisfy((families: Set<string>) => ['FW', 'COL', 'DRV', 'AUTH', 'NET', 'AVD'].every((family) => families.has(family))),
    );
    const files = new Set(edits.flatMap(({ fix }) => fix.artifactChanges.map(({ artifactLocation }) => artifactLocation.uri)));
    expect([...files].toSorted()).toEqual(['avd/Pulumi.yaml', 'estate.yaml', 'network.json']);
  });

  it('are not offered where the estate declares it, where Group Policy owns it, or where it would uncover something', () => {
    for (const note of ['The estate declares', 'Group Policy owns', 'It would uncover:']) expect(notes).toContain(note);
  });

  it('are not needed on the host that is as it should be', () => {
    expect(faulty).not.toContain('windows-host:rdsh04.corp.contoso.com');
    expect(faulty).toContain('windows-host:rdsh03.corp.contoso.com');
  });

  it('each take their finding away and bring none', () => {
    for (const { finding, fix } of edits) {
      const ofHost = !finding.target.startsWith('arm-template:') && !finding.target.startsWith('pulumi:');
      const texts = new Map(
        fix.artifactChanges.map(({ artifactLocation, replacements }) => [
          artifactLocation.uri,
          applyReplacements(readFileSync(join(EXAMPLE, artifactLocation.uri), 'utf8'), replacements),
        ]),
      );
      const after = faultsOf(judge(ofHost, false, texts));
      const known = ofHost ? before.declared : before.plain;
      const which = `${finding.policy} ${finding.factId}: ${fix.description.text}`;
      expect(known.has(`${finding.fingerprint} fail`), which).toBe(true);
      expect(
        [...after].filter((fault) => fault.startsWith(finding.fingerprint)),
        which,
      ).toEqual([]);
      expect(
        [...after].filter((fault) => !known.has(fault)),
        which,
      ).toEqual([]);
    }
  });
});
