import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { uploadRefusal, uploadWarnings } from '../../src/report/sarif/upload.ts';
import { clean, sample } from './sample.ts';

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

function fail(): never {
  throw new Error('the sample has none');
}
