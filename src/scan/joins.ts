import { evaluate } from '../evaluate/evaluate.ts';
import type { Fact } from '../model/fact.ts';
import type { Join } from '../model/normalise.ts';
import { AZURE_JOINS } from '../normalise/azure/joins.ts';
import { RDS_JOINS } from '../normalise/rds/joins.ts';
import { CERTIFICATE_JOINS } from '../normalise/windows/certificates/joins.ts';
import type { JudgeContext, TargetResult } from './context.ts';

const JOINS: readonly Join[] = [...RDS_JOINS, ...CERTIFICATE_JOINS, ...AZURE_JOINS];

const RETAINED = new Set(JOINS.flatMap((join) => join.kinds));

/** The facts that joins need: all that stays in memory of a judged target. */
export function retainedOf(facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => RETAINED.has(fact.kind));
}

/** Runs the joins over what all targets left behind and adds their verdicts to the targets that the facts belong to. */
export function judgeJoins(results: readonly TargetResult[], context: JudgeContext): TargetResult[] {
  const retained = results.flatMap((result) => result.retained);
  const estate = context.estate ?? { hosts: [], deployments: [], gateways: [] };
  const byTarget = new Map<string, Fact[]>();
  for (const { kinds, join } of JOINS) {
    const needed = retained.filter((fact) => kinds.includes(fact.kind));
    for (const fact of join(needed, estate, context.normalise)) {
      const list = byTarget.get(fact.target);
      if (list === undefined) byTarget.set(fact.target, [fact]);
      else list.push(fact);
    }
  }
  return results.map((result) => {
    const facts = byTarget.get(result.target.id);
    return facts === undefined ? result : withFacts(result, facts, context);
  });
}

function withFacts(result: TargetResult, facts: readonly Fact[], context: JudgeContext): TargetResult {
  const evaluation = evaluate(facts, context.policies, context.keepVerdicts);
  const counts = { ...result.counts };
  for (const [policy, more] of Object.entries(evaluation.counts)) {
    const before = counts[policy] ?? { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
    counts[policy] = { pass: before.pass + more.pass, fail: before.fail + more.fail, unknown: before.unknown + more.unknown, notApplicable: before.notApplicable + more.notApplicable };
  }
  return {
    ...result,
    verdicts: [...result.verdicts, ...evaluation.verdicts],
    judged: [...result.judged, ...evaluation.judged],
    counts,
    facts: result.facts + evaluation.facts,
  };
}
