import { evaluate, type Evaluation, type PoliciesByKind } from '../evaluate/evaluate.ts';
import type { Fact } from '../model/fact.ts';
import type { Join } from '../model/normalise.ts';
import { AZURE_JOINS } from '../normalise/azure/joins.ts';
import { ENDPOINT_JOINS } from '../normalise/endpoint/joins.ts';
import { RDS_JOINS } from '../normalise/rds/joins.ts';
import { CERTIFICATE_JOINS } from '../normalise/windows/certificates/joins.ts';
import { NAME_JOINS } from '../normalise/windows/names/joins.ts';
import type { JudgeContext, TargetResult } from './context.ts';

const JOINS: readonly Join[] = [...RDS_JOINS, ...CERTIFICATE_JOINS, ...ENDPOINT_JOINS, ...AZURE_JOINS, ...NAME_JOINS];

/** Says which hosts a deployment's collections push settings to, whatever is judged. */
const COLLECTION_KIND = 'rds.collection';

interface WantedJoins {
  readonly joins: readonly Join[];
  readonly kinds: ReadonlySet<string>;
}

const wantedCache = new WeakMap<PoliciesByKind, WantedJoins>();

/** The joins that make what a policy judges, and the kinds that they read. */
function wantedJoins(policies: PoliciesByKind): WantedJoins {
  let wanted = wantedCache.get(policies);
  if (wanted === undefined) {
    const joins = JOINS.filter(({ makes }) => makes.some((kind) => policies.has(kind)));
    wanted = { joins, kinds: new Set([COLLECTION_KIND, ...joins.flatMap(({ kinds }) => kinds)]) };
    wantedCache.set(policies, wanted);
  }
  return wanted;
}

/** The kinds of facts that have to be made of a target. */
export function wantedKinds(policies: PoliciesByKind): Set<string> {
  return new Set([...policies.keys(), ...wantedJoins(policies).kinds]);
}

/** The facts that joins need: all that stays in memory of a judged target. */
export function retainedOf(facts: readonly Fact[], policies: PoliciesByKind): Fact[] {
  const { kinds } = wantedJoins(policies);
  return facts.filter((fact) => kinds.has(fact.kind));
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
  return wantedJoins(context.policies).joins.flatMap(({ kinds, join }) =>
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
