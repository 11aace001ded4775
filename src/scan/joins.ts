import { evaluate, type Evaluation } from '../evaluate/evaluate.ts';
import type { Fact } from '../model/fact.ts';
import type { Join } from '../model/normalise.ts';
import { AZURE_JOINS } from '../normalise/azure/joins.ts';
import { RDS_JOINS } from '../normalise/rds/joins.ts';
import { CERTIFICATE_JOINS } from '../normalise/windows/certificates/joins.ts';
import type { JudgeContext, TargetResult } from './context.ts';

const JOINS: readonly Join[] = [...RDS_JOINS, ...CERTIFICATE_JOINS, ...AZURE_JOINS];

/** Kinds that joins read. */
export const JOINED_KINDS: ReadonlySet<string> = new Set(JOINS.flatMap((join) => join.kinds));

/** The facts that joins need: all that stays in memory of a judged target. */
export function retainedOf(facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => JOINED_KINDS.has(fact.kind));
}

/** The facts that joins make of what all targets left behind. */
export function joinedFacts(results: readonly Pick<TargetResult, 'retained'>[], context: JudgeContext): Fact[] {
  const byKind = new Map<string, Fact[]>();
  for (const { retained } of results) {
    for (const fact of retained) {
      const list = byKind.get(fact.kind);
      if (list === undefined) byKind.set(fact.kind, [fact]);
      else list.push(fact);
    }
  }
  const estate = context.estate ?? { hosts: [], deployments: [], gateways: [] };
  return JOINS.flatMap(({ kinds, join }) =>
    join(
      kinds.flatMap((kind) => byKind.get(kind) ?? []),
      estate,
      context.normalise,
    ),
  );
}

/** Judges the joins over what all targets left behind. */
export function judgeJoins(results: readonly Pick<TargetResult, 'retained'>[], context: JudgeContext): Evaluation {
  return evaluate(joinedFacts(results, context), context.policies, context.keepVerdicts);
}
