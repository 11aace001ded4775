import type { Fact } from '../model/fact.ts';
import type { Verdict } from '../model/finding.ts';
import type { Level } from '../model/policy.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import { gradeOf, judge, subjectOf } from './judge.ts';

/** A verdict that needs an answer: one policy that failed on, or could not say of, one fact. */
export interface JudgedFact {
  readonly policy: CompiledPolicy;
  readonly fact: Fact;
  readonly outcome: 'fail' | 'unknown';
  readonly severity: number | null;
  readonly level: Level;
}

export interface PolicyCounts {
  pass: number;
  fail: number;
  unknown: number;
  notApplicable: number;
}

export interface Evaluation {
  readonly verdicts: Verdict[];
  readonly judged: JudgedFact[];
  readonly counts: Record<string, PolicyCounts>;
  facts: number;
}

export type PoliciesByKind = ReadonlyMap<string, readonly CompiledPolicy[]>;

export function policiesByKind(policies: readonly CompiledPolicy[]): PoliciesByKind {
  const result = new Map<string, CompiledPolicy[]>();
  for (const policy of policies) {
    const list = result.get(policy.policy.kind);
    if (list === undefined) result.set(policy.policy.kind, [policy]);
    else list.push(policy);
  }
  return result;
}

/** Judges facts by the policies of their kind. `keepVerdicts` false leaves the list of verdicts empty, for outputs without it. */
export function evaluate(facts: readonly Fact[], policies: PoliciesByKind, keepVerdicts: boolean): Evaluation {
  const result: Evaluation = { verdicts: [], judged: [], counts: {}, facts: facts.length };
  for (const fact of facts) {
    const applicable = policies.get(fact.kind);
    if (applicable === undefined) continue;
    const subject = subjectOf(fact);
    for (const policy of applicable) {
      const outcome = judge(policy, subject);
      const counts = (result.counts[policy.policy.id] ??= { pass: 0, fail: 0, unknown: 0, notApplicable: 0 });
      if (outcome === 'not-applicable') {
        counts.notApplicable++;
        continue;
      }
      counts[outcome]++;
      if (keepVerdicts) result.verdicts.push({ policy: policy.policy.id, kind: fact.kind, id: fact.id, name: fact.name, target: fact.target, outcome });
      if (outcome !== 'pass') result.judged.push({ policy, fact, outcome, ...gradeOf(policy, subject) });
    }
  }
  return result;
}
