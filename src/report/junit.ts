import { forTerminal, forXml } from '../lib/escape.ts';
import type { Finding, Verdict } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { ReportPolicy, ScanReport } from '../model/report.ts';
import { compare, groupBy, inChunks } from './order.ts';
import { changeOf, placeOf, RISKS, severityOf, statusOf } from './words.ts';

/** One suite a target, one case a verdict. An error problem is a case that has an error. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(pieces(scan));
}

type Result = 'passed' | 'failure' | 'skipped' | 'error';

interface Case {
  readonly name: string;
  readonly className: string;
  readonly result: Result;
  readonly message: string;
  readonly type: string;
  readonly body: string;
}

interface Suite {
  readonly id: string;
  readonly name: string;
  readonly verdicts: readonly Verdict[];
  readonly problems: readonly Problem[];
}

interface Context {
  readonly findings: ReadonlyMap<string, Finding>;
  readonly policies: ReadonlyMap<string, ReportPolicy>;
  readonly timestamp: string;
}

/** The suite of problems that concern no target. */
const SCAN = 'scan';

function* pieces(scan: ScanReport): Generator<string> {
  const context: Context = {
    findings: findingsOf(scan),
    policies: new Map(scan.policies.map((policy) => [policy.id, policy])),
    timestamp: scan.scannedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
  };
  const suites = suitesOf(scan);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  const sum = { passed: 0, failure: 0, skipped: 0, error: 0 };
  const counts = suites.map((suite) => {
    const own = countsOf(suite, context);
    for (const result of ['passed', 'failure', 'skipped', 'error'] as const) sum[result] += own[result];
    return own;
  });
  yield `<testsuites name="rdposture"${attributesOf(sum)}>\n`;
  for (const [index, suite] of suites.entries()) yield* suitePieces(suite, counts[index] ?? sum, context);
  yield '</testsuites>\n';
}

/** By policy and fact; one that is carried forward stands beside the unknown of this scan, and says more. */
function findingsOf(scan: ScanReport): ReadonlyMap<string, Finding> {
  const found = new Map<string, Finding>();
  for (const finding of scan.findings) {
    const key = keyOf(finding.policy, finding.factId);
    if (found.get(key)?.status !== 'stale') found.set(key, finding);
  }
  return found;
}

function suitesOf(scan: ScanReport): Suite[] {
  const verdicts = groupBy([...scan.verdicts, ...carriedForward(scan)], (verdict) => verdict.target);
  const names = new Map(scan.targets.map((target) => [target.id, target.name]));
  const errors = scan.problems.filter((problem) => problem.level === 'error');
  const problems = groupBy(errors, (problem) => (problem.target !== undefined && names.has(problem.target) ? problem.target : SCAN));
  const ids = new Set([...names.keys(), ...verdicts.keys(), ...problems.keys()]);
  return [...ids].sort(compare).map((id) => ({
    id,
    name: names.get(id) ?? id,
    verdicts: [...(verdicts.get(id) ?? [])].sort((left, right) => compare(left.policy, right.policy) || compare(left.id, right.id)),
    problems: problems.get(id) ?? [],
  }));
}

/** A stale finding of a target that nobody could look at has no verdict in this scan. */
function carriedForward(scan: ScanReport): Verdict[] {
  const stale = scan.findings.filter((finding) => finding.status === 'stale');
  const judged = new Set(stale.length === 0 ? [] : scan.verdicts.map((verdict) => keyOf(verdict.policy, verdict.id)));
  return stale
    .filter((finding) => !judged.has(keyOf(finding.policy, finding.factId)))
    .map(({ policy, kind, factId, name, target }) => ({ policy, kind, id: factId, name, target, outcome: 'unknown' }));
}

function countsOf(suite: Suite, context: Context): Record<Result, number> {
  const counts = { passed: 0, failure: 0, skipped: 0, error: suite.problems.length };
  for (const verdict of suite.verdicts) counts[resultOf(verdict, findingOf(verdict, context))] += 1;
  return counts;
}

function attributesOf(counts: Readonly<Record<Result, number>>): string {
  const tests = counts.passed + counts.failure + counts.skipped + counts.error;
  return ` tests="${tests}" failures="${counts.failure}" errors="${counts.error}" skipped="${counts.skipped}" time="0"`;
}

/** XML holds characters that a viewer would obey; line feeds stay. */
function xml(text: string): string {
  return forXml(forTerminal(text.replaceAll('\t', '  '), { lineFeeds: true }));
}

function* suitePieces(suite: Suite, counts: Readonly<Record<Result, number>>, context: Context): Generator<string> {
  const timestamp = `timestamp="${xml(context.timestamp)}"`;
  yield `  <testsuite name="${xml(suite.name)}" id="${xml(suite.id)}"${attributesOf(counts)} ${timestamp}>\n`;
  for (const problem of suite.problems) yield casePiece(problemCase(problem));
  for (const verdict of suite.verdicts) yield casePiece(verdictCase(verdict, context));
  yield '  </testsuite>\n';
}

function casePiece({ name, className, result, message, type, body }: Case): string {
  const open = `    <testcase name="${xml(name)}" classname="${xml(className)}" time="0"`;
  if (result === 'passed') return `${open}/>\n`;
  if (result === 'skipped') return `${open}>\n      <skipped message="${xml(message)}"/>\n    </testcase>\n`;
  return `${open}>\n      <${result} message="${xml(message)}" type="${xml(type)}">${xml(body)}</${result}>\n    </testcase>\n`;
}

function problemCase(problem: Problem): Case {
  const body = [problem.message, problem.hint ?? ''].filter((line) => line !== '').join('\n');
  return { name: problem.code, className: 'problem', result: 'error', message: problem.message, type: problem.code, body };
}

function verdictCase(verdict: Verdict, context: Context): Case {
  const finding = findingOf(verdict, context);
  const title = context.policies.get(verdict.policy)?.title;
  const result = resultOf(verdict, finding);
  const status = finding === undefined ? '' : statusOf(finding);
  const message = [finding?.message ?? messageOf(verdict), status].filter((part) => part !== '').join(' ');
  return {
    name: title === undefined ? `${verdict.policy}: ${verdict.name}` : `${verdict.policy} ${title}: ${verdict.name}`,
    className: verdict.kind,
    result,
    message,
    type: finding === undefined ? 'fail' : [finding.band, severityOf(finding)].filter((part) => part !== '').join(' '),
    body: finding === undefined ? message : bodyOf(finding, message),
  };
}

/** What is set aside is skipped; what could not be judged and was open before still fails. */
function resultOf(verdict: Verdict, finding: Finding | undefined): Result {
  if (finding?.status === 'stale') return 'failure';
  if (verdict.outcome === 'pass') return 'passed';
  if (verdict.outcome === 'unknown') return 'skipped';
  return finding === undefined || finding.status === 'open' ? 'failure' : 'skipped';
}

function messageOf(verdict: Verdict): string {
  return verdict.outcome === 'unknown' ? `'${verdict.name}' could not be judged.` : `'${verdict.name}' does not comply.`;
}

function bodyOf(finding: Finding, message: string): string {
  const lines = [message, ...finding.locations.slice(0, 1).map(placeOf)];
  for (const fix of finding.fixes.slice(0, 1)) {
    lines.push(`Fix (${RISKS[fix.risk]}): ${fix.title}`);
    for (const change of fix.changes) lines.push(`  ${changeOf(change)}`);
  }
  return lines.join('\n');
}

function findingOf(verdict: Verdict, { findings }: Context): Finding | undefined {
  return verdict.outcome === 'pass' ? undefined : findings.get(keyOf(verdict.policy, verdict.id));
}

function keyOf(policy: string, fact: string): string {
  return `${policy}\0${fact}`;
}
