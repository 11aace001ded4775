import { expect, test } from 'vitest';
import { applyIgnores } from '../../src/gate/ignores.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { SourceIgnore } from '../../src/model/ignore.ts';

const NOW = '2026-11-24T10:00:00.000Z';
const CONTEXT = { now: NOW, known: new Set(['NET-001', 'NET-004', 'FW-004']), judged: new Set(['NET-004']), isJudged: () => true };

function finding(more: Partial<Finding> = {}, line = 12): Finding {
  return {
    policy: 'NET-004',
    outcome: 'fail',
    status: 'open',
    severity: 7,
    level: 'error',
    band: 'high',
    fingerprint: `${line}`,
    target: 't',
    kind: 'k',
    factId: 'f',
    name: 'n',
    message: 'm',
    arguments: [],
    evidence: [],
    locations: [{ file: 'a.ts', region: { startLine: line, startColumn: 1, endLine: line, endColumn: 2 } }],
    resource: 'r',
    fixes: [],
    ...more,
  };
}

function ignore(more: Partial<SourceIgnore> = {}): SourceIgnore {
  return {
    file: 'a.ts',
    region: { startLine: 9, startColumn: 1, endLine: 9, endColumn: 60 },
    policies: ['NET-004'],
    until: '2027-01-31',
    reason: 'the supplier',
    from: 10,
    to: 14,
    anchor: [],
    ...more,
  };
}

test.each<[string, readonly Finding[], Partial<SourceIgnore>, readonly string[], readonly string[]]>([
  ['a finding in what it covers', [finding()], {}, ['waived'], []],
  ['on its first line, and its last', [finding({}, 10), finding({}, 14)], {}, ['waived', 'waived'], []],
  ['before and behind it', [finding({}, 9), finding({}, 15)], {}, ['open', 'open'], ['ignore.unused']],
  [
    'in another file',
    [finding({ locations: [{ file: 'b.ts', region: { startLine: 12, startColumn: 1, endLine: 12, endColumn: 2 } }] })],
    {},
    ['open'],
    ['ignore.unused'],
  ],
  ['without a place', [finding({ locations: [] })], {}, ['open'], ['ignore.unused']],
  ['of another policy', [finding({ policy: 'NET-001' })], {}, ['open'], ['ignore.unused']],
  ['one of two policies', [finding()], { policies: ['NET-001', 'NET-004'] }, ['waived'], []],
  ['of a policy that was not judged: nothing can be said', [], { policies: ['NET-001'] }, [], []],
  ['an unknown verdict stays, and its ignore is not idle', [finding({ outcome: 'unknown' })], {}, ['open'], []],
  ['a finding that a waiver of the file has', [finding({ status: 'waived' })], {}, ['waived'], []],
  ['on its last day', [finding()], { until: '2026-11-24' }, ['waived'], []],
  ['ended', [finding()], { until: '2026-11-23' }, ['open'], ['ignore.expired']],
  ['a year and a day ahead', [finding()], { until: '2027-11-25' }, ['waived'], []],
  ['further ahead', [finding()], { until: '2027-11-26' }, ['open'], ['ignore.too-far']],
  ['without an end', [finding()], { until: null }, ['open'], ['ignore.endless']],
  ['of a policy that there is not', [finding()], { policies: ['NET-004', 'NET-999'] }, ['open'], ['ignore.unknown-policy']],
])('%s', (_what, findings, more, statuses, codes) => {
  const applied = applyIgnores(findings, { ignores: [ignore(more)], malformed: [] }, CONTEXT);
  expect(applied.findings.map(({ status }) => status)).toEqual(statuses);
  expect(applied.problems.map(({ code, level, file, region }) => [code, level, file, region?.startLine])).toEqual(
    codes.map((code) => [code, 'warning', 'a.ts', 9]),
  );
});

test('one that stands at nothing that was judged is not idle, and a finding that is there all the same is ignored', () => {
  const elsewhere = { ...CONTEXT, isJudged: ({ from }: SourceIgnore) => from !== 10 };
  expect(applyIgnores([], { ignores: [ignore(), ignore({ from: 11 })], malformed: [] }, elsewhere).problems.map(({ code }) => code)).toEqual(['ignore.unused']);
  expect(applyIgnores([finding()], { ignores: [ignore()], malformed: [] }, elsewhere).findings.map(({ status }) => status)).toEqual(['waived']);
});

test('what a waived finding says', () => {
  const [waived] = applyIgnores([finding()], { ignores: [ignore()], malformed: [] }, CONTEXT).findings;
  expect(waived?.waiver).toEqual({
    kind: 'in-source',
    id: 'a.ts:9',
    reason: 'the supplier',
    owner: 'in source',
    until: '2027-01-31',
    location: { file: 'a.ts', region: ignore().region },
  });
});

test('a malformed one is said', () => {
  const { problems } = applyIgnores([], { ignores: [], malformed: [{ file: 'a.ts', region: ignore().region }] }, CONTEXT);
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['ignore.malformed', "The ignore in 'a.ts', line 9, cannot be read, so it is not obeyed."],
  ]);
});
