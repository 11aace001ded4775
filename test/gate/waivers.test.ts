import { describe, expect, it } from 'vitest';
import { applyWaivers, daysLeft, isExpired, readWaivers, type Waiver } from '../../src/gate/waivers.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

const NOW = '2026-12-01T10:00:00.000Z';
const entry = (more: JsonObject = {}): JsonObject => ({
  id: 'w-1',
  policy: 'FW-004',
  reason: 'accepted until the move',
  owner: 'ops',
  until: '2026-12-31',
  ...more,
});
const file = (...waivers: Json[]): Json => ({ version: 1, waivers });
const problemsOf = (value: Json): string[] => readWaivers(value, 'waivers.yaml', NOW).problems.map((problem) => problem.message);

function waiver(more: JsonObject = {}): Waiver {
  const [first] = readWaivers(file(entry(more)), 'waivers.yaml', NOW).waivers;
  if (first === undefined) throw new Error('the waiver is not sound');
  return first;
}

describe('the end of a waiver', () => {
  it.each([
    ['2026-12-31T00:00:00Z', false, 0],
    ['2026-12-31T23:59:59.999Z', false, 0],
    ['2027-01-01T00:00:00Z', true, -1],
    ['2026-12-31T23:30:00-05:00', true, -1],
    ['2027-01-01T01:00:00+02:00', false, 0],
    ['2026-12-01T23:00:00Z', false, 30],
    ['2027-01-03T00:00:00Z', true, -3],
  ])('at %s: expired %s, %i days left', (now, expired, left) => {
    expect(isExpired(waiver(), now)).toBe(expired);
    expect(daysLeft(waiver(), now)).toBe(left);
  });

  it.each(['2026-02-30', '2026-13-01', '2026-00-10', '2027-02-29', '0000-00-00'])('%s is no date', (until) => {
    expect(problemsOf(file(entry({ until })))).toEqual([expect.stringContaining('no date')]);
  });

  it('takes a leap day where there is one', () => {
    expect(readWaivers({ version: 1, maxDays: 900, waivers: [entry({ until: '2028-02-29' })] }, 'w', NOW).problems).toEqual([]);
  });

  it.each([
    [undefined, '2027-12-02', true],
    [undefined, '2027-12-04', false],
    [30, '2026-12-31', true],
    [30, '2027-01-02', false],
  ])('with maxDays %s, %s counts: %s', (maxDays, until, counts) => {
    const value: Json = { version: 1, ...(maxDays === undefined ? {} : { maxDays }), waivers: [entry({ until })] };
    expect(readWaivers(value, 'w', NOW).waivers).toHaveLength(counts ? 1 : 0);
  });
});

describe('a waiver file', () => {
  it.each<[string, Json]>([
    ['no version', { waivers: [] }],
    ['another version', { version: 2, waivers: [] }],
    ['no list', { version: 1, waivers: null }],
    ['an unknown key', file(entry({ until_: '2026-12-31' }))],
    ['a key called __proto__', JSON.parse('{"version":1,"waivers":[],"__proto__":{"x":1}}') as Json],
    ['a short reason', file(entry({ reason: 'because' }))],
    ['a policy of another form', file(entry({ policy: 'fw-4' }))],
    ['no policy', file(entry({ policy: [] }))],
    ['a number for a date', file(entry({ until: 20261231 }))],
    ['an id with a blank', file(entry({ id: 'a b' }))],
    ['a list', []],
    ['nothing', null],
  ])('refuses %s whole', (_name, value) => {
    const read = readWaivers(value, 'waivers.yaml', NOW);
    expect(read.waivers).toEqual([]);
    expect(read.problems.length).toBeGreaterThan(0);
    for (const problem of read.problems) expect(problem).toMatchObject({ level: 'error', code: 'waiver.malformed', file: 'waivers.yaml' });
  });

  it('refuses an id that is used twice, and keeps the first', () => {
    const read = readWaivers(file(entry(), entry({ policy: 'FW-005' })), 'w', NOW);
    expect(read.waivers.map(({ policies }) => policies)).toEqual([['FW-004']]);
    expect(read.problems).toHaveLength(1);
  });
});

function finding(more: Partial<Finding> = {}): Finding {
  return {
    policy: 'FW-004',
    outcome: 'fail',
    status: 'open',
    severity: 8.8,
    level: 'error',
    band: 'high',
    fingerprint: 'f',
    target: 'windows-host:rdsh01',
    kind: 'k',
    factId: 'i',
    name: 'Public',
    message: 'm.',
    arguments: [],
    evidence: [],
    locations: [],
    resource: 'r',
    fixes: [],
    ...more,
  };
}
const WAIVABLE = {
  targets: new Map([['windows-host:rdsh01', 'rdsh01.contoso.com']]),
  known: new Set(['FW-004', 'FW-009', 'AUTH-001']),
  judged: new Set(['FW-004', 'FW-009']),
};
const statusOf = (finding_: Finding, ...waivers: Waiver[]): string | undefined => applyWaivers([finding_], waivers, WAIVABLE, NOW, 'w').findings[0]?.status;

describe('what a waiver waives', () => {
  it.each<[string, JsonObject, Partial<Finding>, string]>([
    ['its policy', {}, {}, 'waived'],
    ['a family', { policy: 'FW-*' }, {}, 'waived'],
    ['another family that begins alike', { policy: 'F-*' }, {}, 'open'],
    ['another policy', { policy: ['FW-001', 'FW-005'] }, {}, 'open'],
    ['targets by glob, without case', { target: 'RDSH0?.contoso.*' }, {}, 'waived'],
    ['another target', { target: 'rdsh02*' }, {}, 'open'],
    ['one of several names', { name: ['Domain', 'Pub*'] }, {}, 'waived'],
    ['another name', { name: 'Domain' }, {}, 'open'],
    ['never an unknown', {}, { outcome: 'unknown' }, 'open'],
    ['nothing once it has expired', { until: '2026-11-30' }, {}, 'open'],
  ])('%s', (_name, waiverPart, findingPart, status) => {
    expect(statusOf(finding(findingPart), waiver(waiverPart))).toBe(status);
  });

  it('takes the valid one of two, and says which expired and which matched nothing', () => {
    const result = applyWaivers(
      [finding()],
      [waiver({ id: 'old', until: '2026-11-30' }), waiver({ id: 'new' }), waiver({ id: 'idle', policy: 'FW-009' })],
      WAIVABLE,
      NOW,
      'w',
    );
    expect(result.findings[0]).toMatchObject({ status: 'waived', waiver: { id: 'new' } });
    expect(result.problems.map(({ code, level }) => `${level} ${code}`)).toEqual(['warning waiver.expired', 'warning waiver.unused']);
  });

  it.each<[string, JsonObject, Partial<Finding>, string[]]>([
    ['was not judged', { policy: 'AUTH-001' }, {}, []],
    ['is unknown this time', {}, { outcome: 'unknown' }, []],
    ['was judged and is not found', { policy: 'FW-009' }, {}, ['waiver.unused']],
    ['is no policy', { policy: ['FW-999', 'X-*'] }, {}, ['waiver.unknown-policy']],
  ])('is not called unused where what it waives %s', (_name, waiverPart, findingPart, codes) => {
    expect(applyWaivers([finding(findingPart)], [waiver(waiverPart)], WAIVABLE, NOW, 'w').problems.map(({ code }) => code)).toEqual(codes);
  });
});
