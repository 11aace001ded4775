import type { Finding, Verdict } from '../../model/finding.ts';
import type { Problem } from '../../model/problem.ts';
import type { ScanReport } from '../../model/report.ts';
import { byPolicy, compare } from '../order.ts';
import { azureDevOpsAutomation } from './azure-devops.ts';
import { hasPlace, isAlert, type Projection } from './projection.ts';
import { groupsOutside, groupsToClose } from './upload.ts';
import type { Files } from './uri.ts';

/** What one run holds. */
export interface RunPlan {
  readonly group: string;
  readonly automation: object;
  readonly findings: readonly Finding[];
  readonly passes: readonly Verdict[];
  readonly problems: readonly Problem[];
}

/** The unit in which code scanning closes what it no longer finds: an estate, a way of looking, a group. */
export function automationId(report: ScanReport, group: string): string {
  const segments = [report.scan.estate, report.scan.mode, ...(group === '' ? [] : [group])];
  return `rdposture/${segments.map(visible).join('/')}/`;
}

/** Controls, `%` and what has no UTF-8 form are encoded; two groups never become one. */
function visible(segment: string): string {
  return segment.toWellFormed().replaceAll(/[\p{C}\p{Z}%]/gu, (character) => (character === ' ' ? ' ' : encodeURIComponent(character.toWellFormed())));
}

/**
 * One run for each group of the targets, clean ones and such as have no target left too: an empty run closes what it had, a
 * missing one does not. A group that lies outside the source root has none in an upload.
 */
export function planRuns(report: ScanReport, projection: Projection, files: Files): RunPlan[] {
  const one = projection.name === 'azure-devops';
  const groupOf = new Map(report.targets.map((target) => [target.id, one ? '' : target.group]));
  const groups = new Map<string, { findings: Finding[]; passes: Verdict[]; problems: Problem[] }>();
  for (const group of groupOf.values()) if (!groups.has(group)) groups.set(group, { findings: [], passes: [], problems: [] });
  const outside = one || projection.everything ? new Set<string>() : groupsOutside(report, files);
  if (!one) for (const group of groupsToClose(report, outside)) groups.set(group, { findings: [], passes: [], problems: [] });
  if (groups.size === 0) groups.set('', { findings: [], passes: [], problems: [] });
  const fallback = [...groups.keys()].sort(compare)[0] ?? '';
  const planOf = (target: string) => groups.get(groupOf.get(target) ?? fallback);
  for (const finding of report.findings) {
    if (projection.everything || (isAlert(finding) && hasPlace(finding, files))) planOf(finding.target)?.findings.push(finding);
  }
  if (projection.everything) for (const verdict of report.verdicts) if (verdict.outcome === 'pass') planOf(verdict.target)?.passes.push(verdict);
  for (const problem of report.problems) {
    // What concerns no target concerns every run.
    if (problem.target === undefined || !groupOf.has(problem.target)) for (const plan of groups.values()) plan.problems.push(problem);
    else planOf(problem.target)?.problems.push(problem);
  }
  return [...groups]
    .filter(([group]) => !outside.has(group))
    .sort(([left], [right]) => compare(left, right))
    .map(([group, { findings, passes, problems }]) => ({
      group,
      automation: one ? azureDevOpsAutomation(report) : { id: automationId(report, group) },
      findings: findings.sort(byPolicy),
      passes: passes.sort((left, right) => compare(left.policy, right.policy) || compare(left.id, right.id)),
      problems,
    }));
}
