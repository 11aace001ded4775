import type { PolicyCounts } from '../evaluate/evaluate.ts';
import type { KnownUpdates } from '../model/known-updates.ts';
import type { Problem } from '../model/problem.ts';
import type { CompiledPolicy } from '../policy/compile.ts';

const DAY = 86_400_000;
/** Four rounds of monthly updates: by then something is missing for certain. */
const MAX_DAYS = 120;
/** Facts that are made of what is known about updates. */
const KINDS: ReadonlySet<string> = new Set(['windows.updateLevel', 'windows.updateRegression', 'windows.updateState', 'windows.clientProgram']);

/** A warning when hosts were judged by data about updates that is older than it should be at the scan's time. */
export function knownDataProblems(
  known: KnownUpdates | undefined,
  now: string,
  policies: readonly CompiledPolicy[],
  counts: readonly Readonly<Record<string, PolicyCounts>>[],
): Problem[] {
  if (known === undefined) return [];
  const days = Math.floor((Date.parse(now) - Date.parse(`${known.retrieved}T00:00:00Z`)) / DAY);
  if (!(days > MAX_DAYS)) return [];
  const applies = policies.filter(({ policy: { id, kind } }) => KINDS.has(kind) && counts.some((one) => hasVerdict(one[id])));
  if (applies.length === 0) return [];
  return [
    {
      level: 'warning',
      code: 'data.old',
      message: `What is known about updates of Windows and its clients is of ${known.retrieved}, ${days} days before this scan: ${applies.map(({ policy }) => policy.id).join(', ')} cannot tell of what came later.`,
      hint: "Update rdposture, or bring a newer 'data/known-updates.yaml' by --policy.",
    },
  ];
}

function hasVerdict(counts: PolicyCounts | undefined): boolean {
  return counts !== undefined && counts.pass + counts.fail + counts.unknown > 0;
}
