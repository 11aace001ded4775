import { MAYBE, NO, YES } from '../lib/truth.ts';
import { withUnknown } from '../lib/three-valued.ts';
import type { Fact } from '../model/fact.ts';
import type { Json } from '../model/json.ts';
import type { Level, Outcome } from '../model/policy.ts';
import type { CompiledPolicy } from '../policy/compile.ts';

/** The fact's data with what could not be read marked; judge many policies on one. */
export function subjectOf(fact: Pick<Fact, 'data' | 'unknown'>): Json {
  return fact.unknown.length === 0 ? fact.data : withUnknown(fact.data, fact.unknown);
}

/** A fact passes or fails only if it does so whatever its unknown members hold. */
export function judge(policy: CompiledPolicy, subject: Json): Outcome {
  const applies = policy.when === null ? YES : policy.when(subject);
  if (applies === NO) return 'not-applicable';
  const holds = policy.assert(subject);
  if (applies === MAYBE || holds === MAYBE) return 'unknown';
  return holds === YES ? 'pass' : 'fail';
}

/** The first grade that certainly matches decides how bad one finding is. */
export function gradeOf(policy: CompiledPolicy, subject: Json): { severity: number | null; level: Level } {
  const grade = policy.grades.find((candidate) => candidate.when(subject) === YES);
  return grade === undefined ? { severity: policy.severity, level: policy.level } : { severity: grade.severity, level: grade.level };
}
