import { type JudgedFact, policiesByKind, type PolicyCounts } from '../evaluate/evaluate.ts';
import type { PlannedFix } from '../fix/plan.ts';
import type { Fact } from '../model/fact.ts';
import type { Verdict } from '../model/finding.ts';
import type { Level } from '../model/policy.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import type { FileResult } from './file-result.ts';

/**
 * What goes between threads. Compiled policies are functions and cannot: each thread compiles its own, and results name
 * policies by their number. A result goes as JSON text, which costs half of cloning it, and names each fact once.
 */
export type SentPolicy = Omit<CompiledPolicy, 'when' | 'assert' | 'grades'>;

/** A context without what cannot be sent. */
export type SentContext = Omit<JudgeContext, 'policies'>;

type SentOutcome = Verdict['outcome'];

interface SentTarget {
  readonly target: Target;
  readonly facts: number;
  readonly problems: readonly Problem[];
  readonly table: readonly Fact[];
  /** Numbers of facts. */
  readonly retained: readonly number[];
  readonly plans: readonly (readonly [key: string, plans: readonly PlannedFix[]])[];
  /** Numbers of the policy and the fact. */
  readonly judged: readonly (readonly [policy: number, fact: number, outcome: JudgedFact['outcome'], severity: number | null, level: Level])[];
  readonly counts: readonly (readonly [policy: number, ...counts: number[]])[];
  /** Of each fact its kind, id and name, then the number of a policy and the outcome, as often as it was judged. */
  readonly verdicts: readonly (readonly [kind: string, id: string, name: string, ...outcomes: (number | SentOutcome)[]])[];
}

type SentResult = Omit<FileResult, 'results' | 'opened'> & { readonly results: readonly SentTarget[] };

/** The policies of a context in the one order that both sides count in. */
export function policiesOf(context: JudgeContext): CompiledPolicy[] {
  return [...context.policies.values()].flat();
}

export function sentPolicy({ policy, params, severity, level }: CompiledPolicy): SentPolicy {
  return { policy, params, severity, level };
}

/** The policy as the other side has it; packs and parameters were decided there. */
export function receivedPolicy({ policy, params, severity, level }: SentPolicy): CompiledPolicy {
  return { ...compilePolicy(policy, { params }), severity, level };
}

export function sentContext({ policies: _policies, ...context }: JudgeContext): SentContext {
  return context;
}

export function receivedContext(context: SentContext, policies: readonly CompiledPolicy[]): JudgeContext {
  return { ...context, policies: policiesByKind(policies) };
}

/** Numbers of policies by their id. */
export function numbersOf(policies: readonly CompiledPolicy[]): ReadonlyMap<string, number> {
  return new Map(policies.map(({ policy }, number) => [policy.id, number]));
}

/** A result as text. */
export function sentResult({ opened: _opened, results, ...rest }: FileResult, numbers: ReadonlyMap<string, number>): string {
  return JSON.stringify({ ...rest, results: results.map((result) => sentTarget(result, numbers)) } satisfies SentResult);
}

function sentTarget(result: TargetResult, numbers: ReadonlyMap<string, number>): SentTarget {
  const table: Fact[] = [];
  const places = new Map<Fact, number>();
  const place = (fact: Fact): number => {
    const known = places.get(fact) ?? table.push(fact) - 1;
    places.set(fact, known);
    return known;
  };
  const number = (policy: string): number => numbers.get(policy) ?? -1;
  return {
    target: result.target,
    facts: result.facts,
    problems: result.problems,
    plans: [...result.plans],
    retained: result.retained.map(place),
    judged: result.judged.map(({ policy, fact, outcome, severity, level }) => [number(policy.policy.id), place(fact), outcome, severity, level] as const),
    counts: Object.entries(result.counts).map(([id, { pass, fail, unknown, notApplicable }]) => [number(id), pass, fail, unknown, notApplicable] as const),
    verdicts: sentVerdicts(result.verdicts, number),
    table,
  };
}

/** Verdicts of one fact stand together: its names are sent once. */
function sentVerdicts(verdicts: readonly Verdict[], number: (policy: string) => number): SentTarget['verdicts'] {
  const sent: [string, string, string, ...(number | SentOutcome)[]][] = [];
  let last: Verdict | undefined;
  for (const verdict of verdicts) {
    if (last?.id !== verdict.id || last.kind !== verdict.kind || last.name !== verdict.name) sent.push([verdict.kind, verdict.id, verdict.name]);
    sent.at(-1)?.push(number(verdict.policy), verdict.outcome);
    last = verdict;
  }
  return sent;
}

export function receivedResult(text: string, policies: readonly CompiledPolicy[]): FileResult {
  const { results, ...rest } = JSON.parse(text) as SentResult;
  return { ...rest, results: results.map((result) => receivedTarget(result, policies)) };
}

function receivedTarget(sent: SentTarget, policies: readonly CompiledPolicy[]): TargetResult {
  const { target, facts, problems, table } = sent;
  return {
    target,
    facts,
    problems,
    plans: new Map(sent.plans),
    retained: sent.retained.flatMap((place) => table[place] ?? []),
    judged: sent.judged.flatMap(([number, place, outcome, severity, level]): JudgedFact[] => {
      const policy = policies[number];
      const fact = table[place];
      return policy === undefined || fact === undefined ? [] : [{ policy, fact, outcome, severity, level }];
    }),
    counts: Object.fromEntries(
      sent.counts.map(([number, pass = 0, fail = 0, unknown = 0, notApplicable = 0]): [string, PolicyCounts] => [
        policies[number]?.policy.id ?? '',
        { pass, fail, unknown, notApplicable },
      ]),
    ),
    verdicts: receivedVerdicts(sent.verdicts, target.id, policies),
  };
}

function receivedVerdicts(sent: SentTarget['verdicts'], target: string, policies: readonly CompiledPolicy[]): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const [kind, id, name, ...outcomes] of sent) {
    for (let index = 0; index < outcomes.length; index += 2) {
      const policy = policies[outcomes[index] as number]?.policy.id ?? '';
      verdicts.push({ policy, kind, id, name, target, outcome: outcomes[index + 1] as SentOutcome });
    }
  }
  return verdicts;
}
