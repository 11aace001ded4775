import type { JudgedFact } from '../evaluate/evaluate.ts';
import { policiesByKind } from '../evaluate/evaluate.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import type { FileResult } from './judge-file.ts';

/**
 * What goes between threads. Compiled policies are functions and cannot: each thread compiles its own, and results name
 * policies by their number. Everything else is plain data and is cloned as it is.
 */
export type SentPolicy = Omit<CompiledPolicy, 'when' | 'assert' | 'grades'>;

/** A context without what cannot be sent. */
export type SentContext = Omit<JudgeContext, 'policies'>;

export type SentJudged = Omit<JudgedFact, 'policy'> & { readonly policy: number };
export type SentTarget = Omit<TargetResult, 'judged'> & { readonly judged: readonly SentJudged[] };
export type SentResult = Omit<FileResult, 'results' | 'opened'> & { readonly results: readonly SentTarget[] };

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

export function sentResult({ opened: _opened, ...result }: FileResult, numbers: ReadonlyMap<CompiledPolicy, number>): SentResult {
  const results = result.results.map((target): SentTarget => ({
    ...target,
    judged: target.judged.map((judged) => ({ ...judged, policy: numbers.get(judged.policy) ?? -1 })),
  }));
  return { ...result, results };
}

export function receivedResult(result: SentResult, policies: readonly CompiledPolicy[]): FileResult {
  const results = result.results.map((target): TargetResult => ({
    ...target,
    judged: target.judged.flatMap((judged): JudgedFact[] => {
      const policy = policies[judged.policy];
      return policy === undefined ? [] : [{ ...judged, policy }];
    }),
  }));
  return { ...result, results };
}
