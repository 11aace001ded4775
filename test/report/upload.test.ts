import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { uploadRefusal, uploadWarnings } from '../../src/report/sarif/upload.ts';
import { report as full } from '../../src/report/sarif-full.ts';
import { report as github } from '../../src/report/sarif.ts';
import { clean, sample } from './sample.ts';
import { logOf, object, runsOf } from './sarif-support.ts';

const scanned = (scan: Partial<ScanReport['scan']>): ScanReport => ({ ...sample, scan: { ...sample.scan, ...scan } });
const groups = (count: number): ScanReport => ({
  ...clean,
  targets: Array.from({ length: count }, (_, index) => ({
    id: `azure:${index}`,
    kind: 'azure',
    name: String(index),
    group: String(index),
    status: 'complete',
  })),
});

describe('uploadRefusal', () => {
  it.each<[string, ScanReport, RegExp | null]>([
    ['all was judged', clean, null],
    ['live targets were not all judged, without a previous report', scanned({ previous: false }), /--previous/],
    ['what could not be judged is carried forward', scanned({ previous: true }), null],
    ['only files and snapshots were read', scanned({ contacted: false, previous: false }), null],
    ['there are 20 groups', groups(20), null],
    ['there are 21 groups', groups(21), /21 groups/],
  ])('when %s', (_name, report, refusal) => {
    if (refusal === null) expect(uploadRefusal(report)).toBeNull();
    else expect(uploadRefusal(report)).toMatch(refusal);
  });

  it.each<[string, ScanReport, RegExp | null, RegExp | null]>([
    ['everything lies outside the source root', standing('/srv/estate.yaml', '/srv/net.json'), /Nothing that was scanned/, /Nothing that was scanned/],
    ['it is clean, and lies outside', clear(standing('/srv/estate.yaml', '../net.json')), /Nothing that was scanned/, /Nothing that was scanned/],
    // One run holds all groups there: it cannot leave one as it is.
    ['one group lies outside', standing('estate.yaml', '/srv/net.json'), null, /the group 'infra\/netz werk#1.json'/],
    ['a group that is clean lies outside', clear(standing('estate.yaml', '/srv/net.json')), null, /the group 'infra\/netz werk#1.json'/],
    ['all lie inside', standing('estate.yaml', 'net.json'), null, null],
    [
      'nobody knows where a clean scan stood',
      { ...clean, targets: clean.targets.map(({ id, kind, name, group, status }) => ({ id, kind, name, group, status })) },
      null,
      null,
    ],
  ])('when %s', (_name, report, github, azureDevOps) => {
    for (const [projection, refusal] of [
      ['github', github],
      ['azure-devops', azureDevOps],
    ] as const) {
      if (refusal === null) expect(uploadRefusal(report, projection)).toBeNull();
      else expect(uploadRefusal(report, projection)).toMatch(refusal);
    }
  });

  it('does not count groups that have no run', () => {
    const place = { region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 } };
    const report = groups(21);
    const targets = report.targets.map((target, index) => ({ ...target, location: { ...place, file: index < 20 ? 'a.json' : '/srv/a.json' } }));
    expect(uploadRefusal({ ...report, targets })).toBeNull();
  });
});

describe('a group outside the source root', () => {
  const report = standing('estate.yaml', '/srv/net.json');

  it('has no run, so that its alerts stay as they are, and that is said', () => {
    expect(runsOf(logOf(github, report)).map((run) => object(run['automationDetails'])['id'])).toEqual(['rdposture/contoso-rds/live/session-hosts/']);
    expect(runsOf(logOf(full, report)).length).toBe(2);
    expect(uploadWarnings(report)).toContainEqual(
      expect.objectContaining({
        code: 'sarif.group-outside',
        message: "Nothing of the group 'infra/netz werk#1.json' lies inside the source root, so the upload leaves its alerts as they are.",
      }),
    );
  });

  it('is none of which something lies inside', () => {
    expect(runsOf(logOf(github, sample)).length).toBe(2);
    expect(uploadWarnings(sample).map(({ code }) => code)).not.toContain('sarif.group-outside');
  });
});

describe('a group that nothing is left of', () => {
  const emptied = (count: number, report: ScanReport): ScanReport => ({
    ...report,
    scan: { ...report.scan, emptied: Array.from({ length: count }, (_, index) => `gone-${index}`) },
  });

  it('has an empty run, as far as there is room', () => {
    expect(runsOf(logOf(github, emptied(2, groups(17)))).length).toBe(19);
    expect(uploadWarnings(emptied(3, groups(17)))).toEqual([]);
    expect(runsOf(logOf(github, emptied(4, groups(17)))).length).toBe(20);
    expect(uploadRefusal(emptied(4, groups(17)))).toBeNull();
    expect(uploadWarnings(emptied(4, groups(17))).map(({ code }) => code)).toEqual(['sarif.not-closed']);
  });

  it('has none where the scan stands outside of something', () => {
    expect(runsOf(logOf(github, emptied(2, standing('estate.yaml', '/srv/net.json')))).length).toBe(1);
  });
});

describe('uploadWarnings', () => {
  const codes = (report: ScanReport): string[] => uploadWarnings(report).map(({ code }) => code);
  const [first] = sample.findings;
  const many = (count: number): ScanReport => ({ ...sample, findings: Array.from({ length: count }, () => first ?? fail()) });

  it('says which files lie outside the source root', () => {
    expect(uploadWarnings(sample)).toEqual([
      expect.objectContaining({
        code: 'sarif.outside-source-root',
        file: '/srv/snapshots/old.snapshot.json',
        message: "The file '/srv/snapshots/old.snapshot.json' lies outside the source root, so 1 finding in it is not in the upload.",
      }),
    ]);
  });

  it.each<[number, string[]]>([
    [5000, []],
    [5001, ['sarif.too-many-results']],
  ])('of %i results in a run', (count, expected) => {
    expect(codes(many(count))).toEqual(expected);
  });

  it('says when a finding has no place at all', () => {
    expect(codes({ ...sample, findings: [{ ...(first ?? fail()), locations: [] }] })).toEqual(['sarif.no-place']);
  });

  it('is silent about what would not be uploaded anyway', () => {
    const waived = sample.findings.map((finding) => ({ ...finding, status: 'waived' as const }));
    expect(codes({ ...sample, findings: waived })).toEqual([]);
  });
});

/** The sample as another source root would show it: hosts stand in the one file, the template is the other. */
function standing(hosts: string, template: string): ScanReport {
  const moved = (file: string): string => (file === 'estate.yaml' || file.startsWith('/srv/') ? hosts : file.startsWith('infra/') ? template : file);
  return {
    ...sample,
    targets: sample.targets.map((target) => {
      const file = target.kind === 'arm-template' ? template : hosts;
      return { ...target, location: { file, region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 } } };
    }),
    files: [],
    findings: sample.findings.map((finding) => ({ ...finding, locations: finding.locations.map((place) => ({ ...place, file: moved(place.file) })) })),
  };
}

function clear(report: ScanReport): ScanReport {
  return { ...report, findings: [] };
}

function fail(): never {
  throw new Error('the sample has none');
}
