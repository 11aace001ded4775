import type { Finding } from '../../model/finding.ts';
import type { Problem } from '../../model/problem.ts';
import type { ScanReport } from '../../model/report.ts';
import { compare, plural } from '../order.ts';
import { filesOf, hasPlace, isAlert, type ProjectionName } from './projection.ts';
import { type Files, isInSourceRoot } from './uri.ts';

/** GitHub takes 20 runs in a file and shows 5,000 results of a run; what it drops looks fixed. */
const RUNS = 20;
const RESULTS = 5000;

/**
 * Why the report must not be uploaded, or null. Code scanning closes every alert that a log does not hold, so what could
 * not be looked at must be in it, carried forward, or nothing may be sent.
 */
export function uploadRefusal(report: ScanReport, projection: ProjectionName = 'github'): string | null {
  const groups = new Set(report.targets.map((target) => target.group));
  const outside = groupsOutside(report, filesOf(report));
  if (outside.size > 0 && outside.size === groups.size) {
    return 'Nothing that was scanned lies inside the source root, so an upload would close its alerts: scan where the repository is, or name its folder with --source-root.';
  }
  // One run holds all groups there, and cannot leave one of them out.
  if (outside.size > 0 && projection === 'azure-devops') {
    return `Nothing of ${named(outside)} lies inside the source root, so an upload would close its alerts: scan it by itself, or name the folder of the repository with --source-root.`;
  }
  if (groups.size - outside.size > RUNS) {
    return `The scan has ${groups.size - outside.size} groups of targets, and code scanning takes at most ${RUNS} in one file: name fewer targets in one scan.`;
  }
  const { contacted, complete, previous } = report.scan;
  if (contacted && !complete && previous !== true) {
    return 'Live targets were contacted and not all could be judged, so an upload would close alerts that nobody looked at: give the last report with --previous.';
  }
  return null;
}

/**
 * Groups of which no place lies inside the source root: none of their findings can be shown, and a run without them would
 * close what an upload from inside has opened. A group whose places nobody knows is none of them, unless it has an alert.
 */
export function groupsOutside(report: ScanReport, files: Files): ReadonlySet<string> {
  const groupOf = new Map(report.targets.map((target) => [target.id, target.group]));
  const outside = new Set<string>();
  const inside = new Set<string>();
  const place = (group: string | undefined, file: string | undefined): void => {
    if (group !== undefined) (file !== undefined && isInSourceRoot(file, files) ? inside : outside).add(group);
  };
  for (const { group, location } of report.targets) if (location !== undefined) place(group, location.file);
  for (const { target, locations } of report.findings.filter(isAlert)) place(groupOf.get(target), locations[0]?.file);
  return outside.difference(inside);
}

/** Groups whose alerts an upload closes without a target of theirs: as many as there is room for, and none where some group is outside. */
export function groupsToClose({ scan, targets }: ScanReport, outside: ReadonlySet<string>): readonly string[] {
  const groups = new Set(targets.map(({ group }) => group));
  const emptied = (scan.emptied ?? []).filter((group) => !groups.has(group));
  return outside.size > 0 ? [] : emptied.slice(0, Math.max(0, RUNS - groups.size));
}

/** What an upload would lose or hide, each a warning. */
export function uploadWarnings(report: ScanReport): readonly Problem[] {
  const files = filesOf(report);
  const groupOf = new Map(report.targets.map((target) => [target.id, target.group]));
  const counts = new Map<string, number>();
  const outside = new Map<string, number>();
  let nowhere = 0;
  for (const finding of report.findings.filter(isAlert)) {
    if (hasPlace(finding, files)) count(counts, groupOf.get(finding.target) ?? '');
    else if (finding.locations[0] === undefined) nowhere += 1;
    else count(outside, fileOf(finding));
  }
  const groups = groupsOutside(report, files);
  const left = groups.size > 0 ? 0 : (report.scan.emptied?.length ?? 0) - groupsToClose(report, groups).length;
  return [
    ...tooMany(counts),
    ...(left > 0 ? [notClosed(left)] : []),
    ...outsideRoot(outside),
    ...(groups.size === 0 ? [] : [leftOut(groups)]),
    ...(nowhere === 0 ? [] : [withoutPlace(nowhere)]),
  ];
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function fileOf(finding: Finding): string {
  return finding.locations[0]?.file ?? '';
}

function tooMany(counts: ReadonlyMap<string, number>): Problem[] {
  return [...counts]
    .filter(([, results]) => results > RESULTS)
    .map(([group, results]) => ({
      level: 'warning',
      code: 'sarif.too-many-results',
      message: `The group '${group}' has ${results} results, and code scanning shows ${RESULTS} of a run: the others would look fixed.`,
      hint: 'Split the group in the estate, or scan with a smaller pack.',
    }));
}

function outsideRoot(outside: ReadonlyMap<string, number>): Problem[] {
  return [...outside].map(([file, results]) => ({
    level: 'warning',
    code: 'sarif.outside-source-root',
    message: `The file '${file}' lies outside the source root, so ${plural(results, 'finding')} in it ${results === 1 ? 'is' : 'are'} not in the upload.`,
    hint: 'Name the folder of the repository with --source-root.',
    file,
  }));
}

function notClosed(groups: number): Problem {
  return {
    level: 'warning',
    code: 'sarif.not-closed',
    message: `The alerts of ${plural(groups, 'group')} without a target stay open, since code scanning takes at most ${RUNS} groups in one file.`,
    hint: 'Close them by hand, or name fewer targets in one scan.',
  };
}

function leftOut(groups: ReadonlySet<string>): Problem {
  return {
    level: 'warning',
    code: 'sarif.group-outside',
    message: `Nothing of ${named(groups)} lies inside the source root, so the upload leaves ${groups.size === 1 ? 'its' : 'their'} alerts as they are.`,
    hint: 'Name the folder of the repository with --source-root.',
  };
}

const SHOWN = 5;

function named(groups: ReadonlySet<string>): string {
  const names = [...groups].sort(compare);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `the ${names.length === 1 ? 'group' : 'groups'} '${names.slice(0, SHOWN).join("', '")}'${more}`;
}

function withoutPlace(findings: number): Problem {
  return {
    level: 'warning',
    code: 'sarif.no-place',
    message: `${plural(findings, 'finding')} without a place in a file ${findings === 1 ? 'is' : 'are'} not in the upload.`,
    hint: 'Name what is scanned in estate.yaml: its line is the place of the finding.',
  };
}
