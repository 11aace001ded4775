import { forCsv } from '../lib/escape.ts';
import type { Finding } from '../model/finding.ts';
import type { ReportPolicy, ScanReport } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import { byPolicy, inChunks, targetsById } from './order.ts';

const COLUMNS = [
  'status',
  'outcome',
  'severity',
  'band',
  'level',
  'policy',
  'title',
  'target',
  'targetKind',
  'group',
  'kind',
  'name',
  'resource',
  'message',
  'file',
  'line',
  'column',
  'fix',
  'risk',
  'needs',
  'waiver',
  'waivedUntil',
  'fingerprint',
] as const;

/** One row a finding (RFC 4180); cells that a spreadsheet would run are guarded. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(rows(scan));
}

function* rows(scan: ScanReport): Generator<string> {
  const targets = targetsById(scan);
  const policies = new Map(scan.policies.map((policy) => [policy.id, policy]));
  yield `${COLUMNS.join(',')}\r\n`;
  for (const finding of [...scan.findings].sort(byPolicy)) {
    const cells = cellsOf(finding, policies.get(finding.policy), targets.get(finding.target));
    yield `${COLUMNS.map((column) => forCsv(cells[column])).join(',')}\r\n`;
  }
}

function cellsOf(finding: Finding, policy: ReportPolicy | undefined, target: Target | undefined): Record<(typeof COLUMNS)[number], string> {
  const [location] = finding.locations;
  const [fix] = finding.fixes;
  return {
    status: finding.status,
    outcome: finding.outcome,
    severity: finding.severity?.toFixed(1) ?? '',
    band: finding.band,
    level: finding.level,
    policy: finding.policy,
    title: policy?.title ?? '',
    target: target?.name ?? finding.target,
    targetKind: target?.kind ?? '',
    group: target?.group ?? '',
    kind: finding.kind,
    name: finding.name,
    resource: finding.resource,
    message: finding.message,
    file: location?.file ?? '',
    line: location === undefined ? '' : String(location.region.startLine),
    column: location === undefined ? '' : String(location.region.startColumn),
    fix: fix?.title ?? '',
    risk: fix?.risk ?? '',
    needs: fix?.needs.join(' ') ?? '',
    waiver: finding.waiver?.id ?? '',
    waivedUntil: finding.waiver?.until ?? '',
    fingerprint: finding.fingerprint,
  };
}
