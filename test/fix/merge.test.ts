import { expect, test } from 'vitest';
import { editable, mergeChanges } from '../../src/fix/merge.ts';
import type { Finding, Fix, ValueChange } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import type { Risk } from '../../src/model/policy.ts';

type Edit = NonNullable<ValueChange['edit']>;

function chosen(policy: string, ...edits: readonly (readonly [string, Json] | readonly [string])[]): { finding: Finding; fix: Fix } {
  const changes = edits.map(([pointer, ...set]): ValueChange => {
    const edit: Edit = set.length === 0 ? { file: 'f', pointer, remove: true } : { file: 'f', pointer, set: set[0] ?? null };
    return { on: 'f', path: pointer, before: null, after: set[0] ?? null, edit };
  });
  const fix: Fix = { title: policy, changes, risk: 'safe', needs: [], edits: [] };
  return { fix, finding: findingOf(policy, [fix]) };
}

function findingOf(policy: string, fixes: readonly Fix[], status: Finding['status'] = 'open'): Finding {
  return {
    policy,
    outcome: 'fail',
    status,
    severity: 5,
    level: 'warning',
    band: 'medium',
    fingerprint: policy,
    target: 't',
    kind: 'k',
    factId: policy,
    name: policy,
    message: '',
    arguments: [],
    evidence: [],
    locations: [],
    resource: '',
    fixes,
  };
}

const changesOf = (...items: readonly { finding: Finding; fix: Fix }[]): unknown[] =>
  mergeChanges(items).changes.map(({ pointer, set, remove }) => (remove === true ? [pointer] : [pointer, set]));

test('one value that two findings ask for is one change', () => {
  const merge = mergeChanges([chosen('A', ['/a', 1]), chosen('B', ['/a', 1], ['/b', 2])]);
  expect(merge.conflicts).toEqual([]);
  expect(merge.changes.map(({ pointer, findings }) => [pointer, findings.map((finding) => finding.policy)])).toEqual([
    ['/a', ['A', 'B']],
    ['/b', ['B']],
  ]);
});

test('a host that several findings add is one new entry with all settings', () => {
  const entry = (settings: Json): Json => ({ name: 'rdsh03', settings });
  expect(
    changesOf(
      chosen('A', ['/hosts/-', entry({ rdp: { l: { a: 1 } } })]),
      chosen('B', ['/hosts/-', entry({ rdp: { l: { b: 2 } } })]),
      chosen('C', ['/hosts/-', { name: 'other', settings: {} }]),
    ),
  ).toEqual([
    ['/hosts/-', entry({ rdp: { l: { a: 1, b: 2 } } })],
    ['/hosts/-', { name: 'other', settings: {} }],
  ]);
});

test('two that disagree are both left out whole, and named; the rest is made', () => {
  const merge = mergeChanges([chosen('A', ['/a', 1], ['/only-a', 1]), chosen('B', ['/a', 2]), chosen('C', ['/c', 3])]);
  expect(merge.conflicts).toEqual(["The fixes of A and B disagree on '/a' of 'f': neither is made."]);
  expect(merge.changes.map(({ pointer }) => pointer)).toEqual(['/c']);
});

test('a third that would agree with the rest of a conflict is made once the two are out', () => {
  const merge = mergeChanges([chosen('A', ['/a', 1]), chosen('B', ['/a', 2], ['/b', 1]), chosen('C', ['/b', 1])]);
  expect(merge.changes.map(({ pointer, findings }) => [pointer, findings.length])).toEqual([['/b', 1]]);
});

test('values that disagree inside one new entry are a conflict', () => {
  const merge = mergeChanges([chosen('A', ['/hosts/-', { name: 'x', settings: { a: 1 } }]), chosen('B', ['/hosts/-', { name: 'X', settings: { a: 2 } }])]);
  expect([merge.changes, merge.conflicts.length]).toEqual([[], 1]);
});

test('to remove and to set is a conflict, and so is a change inside of what another removes', () => {
  expect(mergeChanges([chosen('A', ['/a']), chosen('B', ['/a', 1])]).conflicts.length).toBe(1);
  const merge = mergeChanges([chosen('A', ['/rules/3']), chosen('B', ['/rules/3/from', 'x']), chosen('C', ['/rules/30/from', 'x'])]);
  expect(merge.conflicts).toEqual(["The fixes of A and B disagree on '/rules/3' of 'f': neither is made."]);
  expect(merge.changes.map(({ pointer }) => pointer)).toEqual(['/rules/30/from']);
});

test('two fixes of one policy are named as such', () => {
  expect(mergeChanges([chosen('A', ['/a', 1]), chosen('A', ['/a', 2])]).conflicts).toEqual(["Two fixes of A disagree on '/a' of 'f': neither is made."]);
});

test.each<[Risk, Risk[]]>([
  ['safe', ['safe']],
  ['review', ['safe', 'review']],
  ['can-disconnect', ['safe', 'review', 'can-disconnect']],
])('%s allows %j', (allowed, risks) => {
  const all: Risk[] = ['safe', 'review', 'can-disconnect'];
  const findings = all.map((risk) => findingOf(risk, [{ title: '', changes: [], risk, needs: [], edits: [] }]));
  expect(editable(findings, allowed).map(({ finding }) => finding.policy)).toEqual(risks);
});

test('only open findings with a proved edit are editable', () => {
  const proved: Fix = { title: '', changes: [], risk: 'safe', needs: [], edits: [] };
  const { edits: _edits, ...unproved } = proved;
  expect(
    editable([findingOf('A', [proved], 'waived'), findingOf('B', [unproved]), findingOf('C', [unproved, proved])], 'safe').map(({ finding }) => finding.policy),
  ).toEqual(['C']);
});
