import type { JudgedFact } from '../evaluate/evaluate.ts';
import { subjectOf } from '../evaluate/judge.ts';
import { type CurrentSetting, type PlanContext, type PlannedFix, planFixes } from '../fix/plan.ts';
import type { Declared } from '../model/estate.ts';
import type { Area } from '../model/setting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { stateOf } from '../normalise/settings/index.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { keyOf, targetId } from './keys.ts';

/** What the fixes of a failing fact would change. */
export function plannedOf(judged: JudgedFact, current: PlanContext['current'], { normalise }: JudgeContext): PlannedFix[] {
  return planFixes(judged.policy.policy.fix ?? [], judged.fact, subjectOf(judged.fact), {
    catalogue: normalise.catalogue,
    intent: normalise.intent.all,
    params: judged.policy.params,
    targetId: (kind: Area['target'], name: string) => targetId(kind, name),
    current,
  });
}

/** A setting as a snapshot has it, what is declared laid over; null when the target has nothing that it could belong to. */
export function settingOf(
  path: readonly string[],
  snapshot: Snapshot,
  target: Target,
  declared: readonly Declared[],
  catalogue: readonly Area[],
): CurrentSetting | null {
  const { reading, state } = stateOf({ path, value: null }, snapshot, catalogue, target);
  if (state === 'not-found' || reading === null) return null;
  const name = path.join('\0');
  const ours = declared.find((candidate) => candidate.path.join('\0') === name);
  // What the estate declares shows as a policy value once it is laid where only policies live: it is ours all the same.
  const isOurs = ours !== undefined && reading.gpo === null && JSON.stringify(ours.value) === JSON.stringify(reading.value);
  const source = isOurs ? 'local' : reading.owner === 'gpo' ? 'gpo' : reading.source;
  return { value: reading.value, unknown: reading.unknown, source, ...(reading.gpo === null ? {} : { gpo: reading.gpo }) };
}

/** Plans the fixes that concern one target alone while its snapshot is in memory: reading it again costs as much as judging it. */
export function plansOf(
  judged: readonly JudgedFact[],
  snapshot: Snapshot,
  target: Target,
  declared: readonly Declared[],
  context: JudgeContext,
): TargetResult['plans'] {
  const plans = new Map<string, readonly PlannedFix[]>();
  const known = new Map<string, CurrentSetting | null>();
  for (const item of judged) {
    if (item.outcome !== 'fail' || item.policy.policy.fix === undefined) continue;
    let elsewhere = false;
    const planned = plannedOf(
      item,
      (id, path) => {
        elsewhere = elsewhere || id !== target.id;
        if (elsewhere) return null;
        const key = path.join('\0');
        const setting = known.has(key) ? (known.get(key) ?? null) : settingOf(path, snapshot, target, declared, context.normalise.catalogue);
        known.set(key, setting);
        return setting;
      },
      context,
    );
    if (!elsewhere) plans.set(keyOf(item), planned);
  }
  return plans;
}
