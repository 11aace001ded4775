import { expect, it, test } from 'vitest';
import { CAUSES } from '../../src/diagnose/causes.ts';
import { diagnose, type Diagnosis, type HostEvidence } from '../../src/diagnose/diagnose.ts';
import type { EventSummary } from '../../src/diagnose/events.ts';
import { parseCode } from '../../src/diagnose/parse.ts';
import type { Finding, Verdict } from '../../src/model/finding.ts';

const HOST = 'windows-host:rdsh01.contoso.com';

function finding(policy: string, outcome: Finding['outcome'] = 'fail', level: Finding['level'] = 'error'): Finding {
  return {
    policy,
    outcome,
    status: 'open',
    severity: null,
    level,
    band: 'high',
    fingerprint: '0'.repeat(64),
    target: HOST,
    kind: 'windows.thing',
    factId: `${HOST}/windows.thing/x`,
    name: 'x',
    message: 'It is so.',
    arguments: [],
    evidence: [],
    locations: [],
    resource: 'x',
    fixes: [],
  };
}

const passed = (policy: string): Verdict => ({ policy, kind: 'windows.thing', id: `${HOST}/windows.thing/x`, name: 'x', target: HOST, outcome: 'pass' });

const QUIET: EventSummary = {
  from: '2026-11-23T10:00:00Z',
  to: '2026-11-24T10:00:00Z',
  reached: 4,
  stoppedBefore: 0,
  authenticated: 4,
  withoutSession: 0,
  endedAtOnce: 0,
  reasons: new Map(),
};

function ask(code: string, evidence: Partial<HostEvidence>): Diagnosis {
  const parsed = parseCode(code);
  if (parsed === null) throw new Error(code);
  return diagnose(parsed, { findings: [], verdicts: [], events: null, ...evidence });
}

const titles = (diagnosis: Diagnosis): string[] => diagnosis.ranked.map(({ cause }) => cause.id);

test('without evidence no cause is named, whatever the events say', () => {
  expect(titles(ask('0x3/0x7', {}))).toEqual([]);
  expect(titles(ask('0x3/0x7', { events: { ...QUIET, withoutSession: 3 } }))).toEqual([]);
  expect(titles(ask('0x3/0x7', { findings: [finding('COL-009', 'unknown')] }))).toEqual([]);
});

it.each([
  ['0x3/0x7', 'COL-009', ['draining']],
  ['0x3/0x7', 'DISP-001', ['graphics']],
  ['0x3/0x7', 'PERM-004', []],
  ['0x3/0x7', 'LIC-001', []],
  ['0x3/0x7', 'CERT-009', []],
  ['0x3/0x7', 'FW-003', []],
  ['ext 9', 'PERM-004', ['rights']],
  ['ext 9', 'COL-009', []],
  ['ext 8', 'AUTH-016', ['fips']],
  ['ext 257', 'LIC-002', ['licensing']],
  ['0x1b07', 'CERT-009', ['certificate']],
  ['0x204', 'FW-003', ['firewall']],
  ['0x104', 'DNS-001', ['name']],
  ['ext 3', 'SESS-001', ['limits']],
  ['ext 12', 'SESS-001', []],
])('%s with a finding of %s: %j', (code, policy, expected) => {
  expect(titles(ask(code, { findings: [finding(policy)] }))).toEqual(expected);
});

test('events that show the way of connections come first, then what is gravest', () => {
  const findings = [finding('UPD-001', 'fail', 'note'), finding('CONN-008', 'fail', 'warning'), finding('DISP-001')];
  expect(titles(ask('0x3/0x7', { findings }))).toEqual(['graphics', 'limit', 'update']);
  expect(titles(ask('0x3/0x7', { findings, events: { ...QUIET, withoutSession: 2 } }))).toEqual(['limit', 'graphics', 'update']);
});

test('what passed speaks against, what is unknown stays open', () => {
  const diagnosis = ask('0x3/0x7', { findings: [finding('DISP-001', 'unknown')], verdicts: [passed('COL-009'), passed('CONN-002')] });
  expect(diagnosis.against.map(({ cause, passed: ids }) => [cause.id, ids])).toEqual([
    ['draining', ['COL-009']],
    ['services', ['CONN-002']],
  ]);
  expect(diagnosis.open.map(({ cause, unknown }) => [cause.id, unknown])).toContainEqual(['graphics', ['DISP-001']]);
});

it.each([
  ['0x3/0x7', new Map([[7, { count: 2, last: '2026-11-24T09:00:00Z' }]]), 'Event 40 shows this code 2 times, the last time at 2026-11-24T09:00:00Z.'],
  ['0x3/0x7', new Map([[5, { count: 1, last: '2026-11-24T09:00:00Z' }]]), 'it shows 0x5.'],
  ['0x204', new Map(), 'there are 4 connections and 4 authentications.'],
])('what the events say of %s', (code, reasons, expected) => {
  expect(ask(code, { events: { ...QUIET, reasons } }).seen).toContain(expected);
  expect(ask(code, {}).seen).toBeNull();
});

test('no cause of a code contradicts what is said to be wrong for it', () => {
  const seven = ask('0x3/0x7', { findings: CAUSES.flatMap(({ policies }) => policies.map((policy) => finding(policy.replace('*', '001')))) });
  expect(titles(seven).toSorted()).toEqual(['draining', 'graphics', 'limit', 'services', 'update']);
});
