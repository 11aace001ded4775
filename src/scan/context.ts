import type { PoliciesByKind } from '../evaluate/evaluate.ts';
import type { PlannedFix } from '../fix/plan.ts';
import type { Estate } from '../model/estate.ts';
import type { Fact } from '../model/fact.ts';
import type { Verdict } from '../model/finding.ts';
import type { NormaliseContext } from '../model/normalise.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import type { JudgedFact, PolicyCounts } from '../evaluate/evaluate.ts';
import type { PushedSetting } from '../lib/settings.ts';

/** What judging any target needs. */
export interface JudgeContext {
  readonly policies: PoliciesByKind;
  readonly normalise: NormaliseContext;
  readonly estate: Estate | null;
  /** Judge with declared settings laid over. */
  readonly declared: boolean;
  /** What declared collections push to their hosts, by lower-cased host name; only in the declared view. */
  readonly pushed: ReadonlyMap<string, readonly PushedSetting[]>;
  readonly keepVerdicts: boolean;
  /** Plan the fixes of failing facts while their target is in memory. */
  readonly planFixes: boolean;
}

/** What one target leaves behind when it is judged and dropped. */
export interface TargetResult {
  readonly target: Target;
  readonly verdicts: readonly Verdict[];
  readonly judged: readonly JudgedFact[];
  readonly counts: Readonly<Record<string, PolicyCounts>>;
  readonly facts: number;
  /** Facts that joins across targets need. */
  readonly retained: readonly Fact[];
  readonly problems: readonly Problem[];
  /** What the fixes of failing facts would change, by `keyOf`; only of facts whose fixes concern this target alone. */
  readonly plans: ReadonlyMap<string, readonly PlannedFix[]>;
}
