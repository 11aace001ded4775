import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gradeOf, judge, subjectOf } from '../../src/evaluate/judge.ts';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Case, Policy } from '../../src/model/policy.ts';
import { type CaseJudge, judgeCases } from '../../src/policy/cases.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';

const asData = (data: Json): JsonObject => (isObject(data) ? data : {});
const JUDGE: CaseJudge = {
  outcome: (policy, data, unknown) => judge(policy, subjectOf({ data: asData(data), unknown })),
  grade: (policy, data, unknown) => gradeOf(policy, subjectOf({ data: asData(data), unknown })),
};
const library = readPolicyFolder('policies');
const casesOf = (id: string): Case[] => parse(readFileSync(join(library.folders[id] ?? '', 'cases.yaml'), 'utf8')) as Case[];
const failures = (policy: Policy, cases: readonly Case[]): readonly string[] => judgeCases(policy, cases, JUDGE).failures;

describe('the cases of every shipped policy', () => {
  it.each(library.policies.map((policy) => [policy.id, policy] as const))('%s', (id, policy) => {
    const cases = casesOf(id);
    expect(failures(policy, cases)).toEqual([]);
    // A policy that judges nothing, or fails whatever it sees, is noticed by its own cases.
    expect(failures({ ...policy, assert: {} }, cases)).not.toEqual([]);
    expect(failures({ ...policy, assert: { not: {} } }, cases)).not.toEqual([]);
    const { when: _when, ...always } = policy;
    if (policy.when !== undefined) expect(failures(always, cases), 'without its when').not.toEqual([]);
    for (const index of (policy.grades ?? []).keys()) {
      expect(failures({ ...policy, grades: (policy.grades ?? []).filter((_grade, at) => at !== index) }, cases), `without grade ${index + 1}`).not.toEqual([]);
    }
  });
});

const POLICY: Policy = {
  id: 'XX-001',
  name: 'Thing',
  title: 'Require a thing',
  kind: 'k',
  severity: 7,
  why: 'w',
  message: 'm',
  links: [],
  params: { least: { type: 'integer', default: 2 } },
  grades: [{ when: { properties: { size: { const: 0 } } }, severity: 5 }],
  when: { properties: { on: { const: true } } },
  assert: { properties: { size: { minimum: { $param: 'least' } } } },
};
const CASES: Case[] = [
  { name: 'large', data: { on: true, size: 3 }, expect: 'pass' },
  { name: 'small', data: { on: true, size: 1 }, expect: 'fail', severity: 7 },
  { name: 'none', data: { on: true, size: 0 }, expect: 'fail', severity: 5, level: 'warning' },
  { name: 'by parameter', data: { on: true, size: 3 }, params: { least: 4 }, expect: 'fail' },
  { name: 'off', data: { on: false, size: 0 }, expect: 'not-applicable' },
  { name: 'unread', data: { on: true, size: null }, unknown: ['/size'], expect: 'unknown' },
];

describe('what cases notice', () => {
  it('nothing, when all holds', () => {
    expect(failures(POLICY, CASES)).toEqual([]);
  });

  it.each<[string, readonly Case[], RegExp]>([
    ['another outcome', [...CASES, { name: 'x', data: { on: true, size: 9 }, expect: 'fail' }], /'x' should be 'fail' and is 'pass'/],
    ['another severity', [...CASES, { name: 'x', data: { on: true, size: 0 }, expect: 'fail', severity: 7 }], /severity 7 and has 5/],
    ['another level', [...CASES, { name: 'x', data: { on: true, size: 1 }, expect: 'fail', level: 'note' }], /level 'note'/],
    ['no passing case', CASES.filter((entry) => entry.expect !== 'pass'), /no 'pass' case/],
    ['no failing case', CASES.filter((entry) => entry.expect !== 'fail'), /no 'fail' case/],
    ['a member left out', [...CASES, { name: 'x', data: { on: false }, expect: 'not-applicable' }], /leaves out '\/size'/],
  ])('%s', (_name, cases, expected) => {
    expect(failures(POLICY, cases).join('\n')).toMatch(expected);
  });

  it('that nothing becomes unknown', () => {
    const cases: Case[] = [
      { name: 'a', data: { a: 1 }, expect: 'pass' },
      { name: 'b', data: { a: 2 }, expect: 'fail' },
    ];
    const fixed: Policy = { ...POLICY, params: {}, grades: [], when: true, assert: { anyOf: [{ properties: { a: { const: 1 } } }, false] } };
    expect(failures(fixed, cases)).toEqual([]);
    expect(failures({ ...fixed, assert: { properties: { b: { const: 1 } } } }, cases).join()).toMatch(/becomes unknown/);
  });
});
