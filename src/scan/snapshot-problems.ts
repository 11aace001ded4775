import { isObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import type { JudgeContext } from './context.ts';

const DAY = 86_400_000;

/** What a snapshot could not show, and whether it is too old: denied and failed sections are errors, the rest warnings. */
export function sectionProblems(snapshot: Snapshot, target: Target, context: JudgeContext): Problem[] {
  const of = { target: target.id } as const;
  const problems: Problem[] = [];
  const missing: string[] = [];
  for (const spec of SECTIONS) {
    if (spec.of !== snapshot.target.kind) continue;
    const status = Object.hasOwn(snapshot.sections, spec.name) ? (snapshot.sections[spec.name]?.status ?? 'not-collected') : 'not-collected';
    if (status === 'not-collected') missing.push(spec.name);
    else if (status === 'denied' || status === 'error') {
      problems.push({
        ...of,
        level: 'error',
        code: `section.${status}`,
        message:
          status === 'denied'
            ? `The section '${spec.name}' of '${target.name}' could not be read: access was denied.`
            : `The section '${spec.name}' of '${target.name}' could not be read: collecting it failed.`,
        hint:
          status === 'denied'
            ? 'Collect it with the rights that the section needs; until then what it holds is unknown.'
            : "See the snapshot's error text, and collect it again.",
      });
    }
  }
  if (missing.length > 0) {
    const named = `'${missing.slice(0, 5).join("', '")}'${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`;
    problems.push({
      ...of,
      level: 'warning',
      code: 'section.not-collected',
      message: `The snapshot of '${target.name}' does not hold ${named}: what they would show is unknown.`,
      hint: 'Collect it with a newer collector.',
    });
  }
  problems.push(...keyProblems(snapshot, target), ...ageProblems(snapshot, target, context));
  return problems;
}

function keyProblems(snapshot: Snapshot, target: Target): Problem[] {
  const data = Object.hasOwn(snapshot.sections, 'registry') ? snapshot.sections['registry']?.data : undefined;
  if (!isObject(data)) return [];
  const unread = Object.entries(data).filter(([, key]) => isObject(key) && (key['status'] === 'denied' || key['status'] === 'error'));
  if (unread.length === 0) return [];
  const named = unread.slice(0, 3).map(([path]) => path);
  const more = unread.length > 3 ? ` and ${unread.length - 3} more` : '';
  return [
    {
      target: target.id,
      level: 'error',
      code: 'registry.denied',
      message: `${unread.length} registry ${unread.length === 1 ? 'key' : 'keys'} of '${target.name}' could not be read: '${named.join("', '")}'${more}.`,
      hint: 'Collect with the rights to read them; until then what they hold is unknown.',
    },
  ];
}

export function ageProblems(snapshot: Pick<Snapshot, 'collectedAt'>, target: Target, context: JudgeContext): Problem[] {
  const age = Date.parse(context.normalise.now) - Date.parse(snapshot.collectedAt);
  const limit = context.estate?.snapshots.maxAgeDays ?? null;
  if (age < 0)
    return [
      {
        target: target.id,
        level: 'warning',
        code: 'snapshot.from-the-future',
        message: `The snapshot of '${target.name}' was collected at ${snapshot.collectedAt}, after this scan's time.`,
        hint: 'Check the clocks; it is judged as it is.',
      },
    ];
  if (limit === null || age <= limit * DAY) return [];
  return [
    {
      target: target.id,
      level: 'warning',
      code: 'snapshot.old',
      message: `The snapshot of '${target.name}' is ${Math.floor(age / DAY)} days old; the estate allows ${limit}.`,
      hint: 'Collect it again.',
    },
  ];
}
