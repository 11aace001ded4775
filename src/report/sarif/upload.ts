import type { Finding } from '../../model/finding.ts';
import type { Problem } from '../../model/problem.ts';
import type { ScanReport } from '../../model/report.ts';
import { plural } from '../order.ts';
import { filesOf, hasPlace, isAlert } from './projection.ts';

/** GitHub takes 20 runs in a file and shows 5,000 results of a run; what it drops looks fixed. */
const RUNS = 20;
const RESULTS = 5000;

/**
 * Why the report must not be uploaded, or null. Code scanning closes every alert that a log does not hold, so what could
 * not be looked at must be in it, carried forward, or nothing may be sent.
 */
export function uploadRefusal(report: ScanReport): string | null {
  const groups = new Set(report.targets.map((target) => target.group)).size;
  if (groups > RUNS) {
    return `The scan has ${groups} groups of targets, and code scanning takes at most ${RUNS} in one file: name fewer targets in one scan.`;
  }
  const { contacted, complete, previous } = report.scan;
  if (contacted && !complete && previous !== true) {
    return 'Live targets were contacted and not all could be judged, so an upload would close alerts that nobody looked at: give the last report with --previous.';
  }
  return null;
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
  return [...tooMany(counts), ...outsideRoot(outside), ...(nowhere === 0 ? [] : [withoutPlace(nowhere)])];
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

function withoutPlace(findings: number): Problem {
  return {
    level: 'warning',
    code: 'sarif.no-place',
    message: `${plural(findings, 'finding')} without a place in a file ${findings === 1 ? 'is' : 'are'} not in the upload.`,
    hint: 'Name what is scanned in estate.yaml: its line is the place of the finding.',
  };
}
