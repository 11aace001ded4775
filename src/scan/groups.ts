import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanInfo, ScanReport } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import { targetId } from './keys.ts';
import type { ScanPlan } from './plan.ts';

/** What findings that are carried forward are about: in its own group still, though nothing of it could be read now. */
export function withPrevious(targets: readonly Target[], findings: readonly Finding[], previous: ScanReport | null): Target[] {
  const known = new Set(targets.map(({ id }) => id));
  const wanted = new Set(findings.flatMap(({ status, target }) => (status === 'stale' && !known.has(target) ? [target] : [])));
  const missing = (previous?.targets ?? [])
    .filter(({ id }) => wanted.has(id))
    .map(({ id, kind, name, group, location }): Target => ({ id, kind, name, group, status: 'failed', ...(location === undefined ? {} : { location }) }));
  return [...targets, ...missing].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Groups of which nothing is left, by name: what code scanning still shows of them is over. They are groups of the estate
 * without a target, and those of the last report that nothing belongs to any more; none of which something could not be read.
 */
export function emptiedGroups(plan: ScanPlan, targets: readonly Target[], problems: readonly Problem[], scan: ScanInfo, previous: ScanReport | null): string[] {
  const estate = plan.estate?.estate;
  const byId = new Map(targets.map((target) => [target.id, target]));
  // Without the last report, what a host showed in this group is not carried into the one that it has now.
  const isUnsure = (name: string): boolean => previous === null && byId.get(targetId('windows-host', name))?.status !== 'complete';
  const unsure = new Set((estate?.hosts ?? []).flatMap(({ name, groups }) => (isUnsure(name) ? groups : [])));
  const ofHosts = (estate?.groups ?? []).filter((group) => !unsure.has(group));
  const others = problems.some((problem) => hides(problem, byId))
    ? []
    : [...(estate?.azure?.managementGroups ?? []), ...(previous !== null && isSameScan(scan, previous.scan) ? previous.targets.map(({ group }) => group) : [])];
  // A file that is there and was not judged, such as a Pulumi project without its preview, says nothing of what it had.
  const taken = new Set([...targets, ...plan.files].map(({ group }) => group));
  return [...new Set([...ofHosts, ...others])].filter((group) => !taken.has(group)).toSorted();
}

/** An error behind which there may be targets that nobody sees: a broken file, a management group that did not open. */
function hides({ level, target }: Problem, targets: ReadonlyMap<string, Target>): boolean {
  if (level !== 'error') return false;
  const known = target === undefined ? undefined : targets.get(target);
  return known === undefined || (known.kind === 'azure' && known.status === 'failed');
}

/** Of another estate, or of other paths, a report does not say what was here. */
function isSameScan(scan: ScanInfo, previous: ScanInfo): boolean {
  const pathsOf = ({ paths }: ScanInfo): string => JSON.stringify([...(paths ?? [])].toSorted());
  return previous.estate === scan.estate && previous.mode === scan.mode && pathsOf(previous) === pathsOf(scan);
}
