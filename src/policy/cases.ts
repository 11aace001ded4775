import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkDocument } from '../lib/schema-check.ts';
import { pointersRead } from '../lib/schema-pointers.ts';
import { isObject, type Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Case, Level, Outcome, Policy } from '../model/policy.ts';
import { compilePolicy, type CompiledPolicy } from './compile.ts';
import { readYaml } from './library.ts';
import { CASE_SCHEMA } from './schema.ts';

/** How cases are judged; handed in, so that this stage does not know the evaluator. */
export interface CaseJudge {
  outcome: (policy: CompiledPolicy, data: Json, unknown: readonly string[]) => Outcome;
  grade: (policy: CompiledPolicy, data: Json, unknown: readonly string[]) => { severity: number | null; level: Level };
}

export interface CaseResult {
  readonly policy: string;
  readonly cases: number;
  /** One sentence for each thing that does not hold. */
  readonly failures: readonly string[];
}

/** Runs `cases.yaml` beside a policy. A policy without cases fails. */
export function runCases(policy: Policy, folder: string, judge: CaseJudge): CaseResult {
  const file = join(folder, 'cases.yaml');
  if (!existsSync(file)) return { policy: policy.id, cases: 0, failures: [`'${file}' is missing: no policy without cases.`] };
  const value = readYaml(file);
  const [problem] = checkDocument({ type: 'array', minItems: 1, items: CASE_SCHEMA }, value);
  if (problem !== undefined) return { policy: policy.id, cases: 0, failures: [`cases.yaml: '${problem.pointer}' ${problem.message}.`] };
  return judgeCases(policy, value as unknown as readonly Case[], judge);
}

export function judgeCases(policy: Policy, cases: readonly Case[], judge: CaseJudge): CaseResult {
  const failures: string[] = [];
  const pointers = [...new Set([...pointersRead(policy.when), ...pointersRead(policy.assert)])];
  let becameUnknown = pointers.length === 0;
  for (const entry of cases) {
    const compiled = compilePolicy(policy, { params: entry.params ?? {} });
    const unknown = entry.unknown ?? [];
    const outcome = judge.outcome(compiled, entry.data, unknown);
    if (outcome !== entry.expect) failures.push(`Case '${entry.name}' should be '${entry.expect}' and is '${outcome}'.`);
    failures.push(...missingMembers(entry, pointers), ...gradeFailures(entry, compiled, judge));
    for (const pointer of pointers) {
      if (valueAt(entry.data, pointer) === undefined) continue;
      const then = judge.outcome(compiled, entry.data, [...unknown, pointer]);
      if (then === 'unknown') becameUnknown ||= entry.expect !== 'unknown';
      else if (then !== outcome) failures.push(`Case '${entry.name}' turns from '${outcome}' into '${then}' when '${pointer}' is unknown.`);
    }
  }
  for (const wanted of ['pass', 'fail'] as const) {
    if (!cases.some((entry) => entry.expect === wanted)) failures.push(`There is no '${wanted}' case.`);
  }
  if (!becameUnknown) failures.push('No case becomes unknown, whatever is made unknown.');
  return { policy: policy.id, cases: cases.length, failures };
}

function gradeFailures(entry: Case, compiled: CompiledPolicy, judge: CaseJudge): string[] {
  if (entry.severity === undefined && entry.level === undefined) return [];
  const grade = judge.grade(compiled, entry.data, entry.unknown ?? []);
  const failures: string[] = [];
  if (entry.severity !== undefined && grade.severity !== entry.severity)
    failures.push(`Case '${entry.name}' should have the severity ${entry.severity} and has ${String(grade.severity)}.`);
  if (entry.level !== undefined && grade.level !== entry.level)
    failures.push(`Case '${entry.name}' should have the level '${entry.level}' and has '${grade.level}'.`);
  return failures;
}

/** A case may leave out only members that its policy does not read: `properties` accepts what is missing. */
function missingMembers(entry: Case, pointers: readonly string[]): string[] {
  return pointers
    .filter(
      (pointer) => valueAt(entry.data, pointer) === undefined && !entry.unknown?.some((unknown) => pointer === unknown || pointer.startsWith(`${unknown}/`)),
    )
    .filter((pointer) => isObject(valueAt(entry.data, pointer.slice(0, pointer.lastIndexOf('/')))))
    .map((pointer) => `Case '${entry.name}' leaves out '${pointer}', which the policy reads.`);
}
