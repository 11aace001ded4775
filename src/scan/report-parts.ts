import type { PolicyCounts } from '../evaluate/evaluate.ts';
import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { ReportFile, ReportPolicy, ScanInfo, ScanReport, Totals } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { ScanPlan } from './plan.ts';
import type { ScanRequest } from './request.ts';
import { remediationOf } from './remediation.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What was open before and has no verdict now, or an unknown one, because its target, its list or its file could not be read. */
export function unjudgedBy(
  targets: readonly Target[],
  findings: readonly Finding[],
  problems: readonly Problem[],
  previous: ScanReport,
  policies: readonly CompiledPolicy[],
): (finding: Finding) => boolean {
  const asked = new Set(policies.map(({ policy }) => policy.id));
  const status = new Map(targets.map((target) => [target.id, target.status]));
  const unknown = new Set(findings.filter((finding) => finding.outcome === 'unknown').map((finding) => finding.fingerprint));
  const unreadKinds = new Set(
    findings.filter((finding) => finding.outcome === 'unknown' && finding.factId.endsWith('/*')).map((finding) => `${finding.policy}\0${finding.target}`),
  );
  const broken = new Set(problems.flatMap((problem) => (problem.level === 'error' && problem.file !== undefined ? [problem.file] : [])));
  const fileOf = new Map(previous.targets.map((target) => [target.id, target.location?.file]));
  return ({ policy, target, fingerprint }) => {
    if (!asked.has(policy)) return false;
    if (unknown.has(fingerprint) || unreadKinds.has(`${policy}\0${target}`)) return true;
    const known = status.get(target);
    return known === undefined ? broken.has(fileOf.get(target) ?? target.slice(target.indexOf(':') + 1)) : known === 'failed';
  };
}

export function scanInfo(request: ScanRequest, { estate }: ScanPlan, problems: readonly Problem[], skipped: number): ScanInfo {
  return {
    estate: estate?.estate.name ?? 'files',
    mode: request.declared ? 'declared' : request.contacted === undefined ? 'files' : 'live',
    packs: request.selection.packs.length > 0 ? request.selection.packs : (request.trusted?.packs ?? estate?.estate.packs ?? []),
    paths: request.shownPaths,
    ...(skipped === 0 ? {} : { skipped }),
    contacted: request.contacted !== undefined,
    complete: !problems.some((problem) => problem.level === 'error'),
    ...(request.previous === null ? {} : { previous: true }),
    ...(request.provenance === null ? {} : { provenance: request.provenance }),
    ...(request.azureDevOps === null ? {} : { azureDevOps: request.azureDevOps }),
    columnKind: 'utf16CodeUnits',
  };
}

export function reportPolicy(compiled: CompiledPolicy, request: ScanRequest): ReportPolicy {
  const { policy } = compiled;
  return {
    id: policy.id,
    name: policy.name,
    title: policy.title,
    severity: compiled.severity,
    level: compiled.level,
    verified: policy.verified !== false,
    message: policy.message,
    why: policy.why,
    ...(policy.run === undefined ? {} : { run: policy.run }),
    remediation: remediationOf(policy, request.library.areas),
    controls: policy.controls ?? [],
    links: policy.links,
    tags: policy.tags ?? [],
    params: compiled.params,
  };
}

export function reportFiles(findings: readonly Finding[], targets: readonly Target[], info: (file: string) => ReportFile | null): ReportFile[] {
  const names = new Set([
    ...findings.flatMap((finding) => finding.locations.map((location) => location.file)),
    ...targets.flatMap((target) => target.location?.file ?? []),
  ]);
  return [...names].toSorted().flatMap((name) => info(name) ?? []);
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = `${problem.code}\0${problem.message}`;
      const known = seen.has(key);
      seen.add(key);
      return !known;
    })
    .toSorted(
      (a, b) =>
        compare(a.level, b.level) || compare(a.target ?? a.file ?? '', b.target ?? b.file ?? '') || compare(a.code, b.code) || compare(a.message, b.message),
    );
}

export function totalsOf(
  targets: readonly Target[],
  parts: readonly { readonly counts: Readonly<Record<string, PolicyCounts>>; readonly facts: number }[],
  findings: readonly Finding[],
): Totals {
  const byPolicy: Record<string, PolicyCounts> = {};
  let facts = 0;
  for (const part of parts) {
    facts += part.facts;
    for (const [id, counts] of Object.entries(part.counts)) {
      const sum = (byPolicy[id] ??= { pass: 0, fail: 0, unknown: 0, notApplicable: 0 });
      sum.pass += counts.pass;
      sum.fail += counts.fail;
      sum.unknown += counts.unknown;
      sum.notApplicable += counts.notApplicable;
    }
  }
  const sorted = Object.fromEntries(Object.entries(byPolicy).toSorted(([a], [b]) => compare(a, b)));
  const total = (outcome: keyof PolicyCounts): number => Object.values(sorted).reduce((sum, counts) => sum + counts[outcome], 0);
  const byBand = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const finding of findings) if (finding.outcome === 'fail' && (finding.status === 'open' || finding.status === 'stale')) byBand[finding.band]++;
  return {
    targets: targets.length,
    facts,
    pass: total('pass'),
    fail: total('fail'),
    unknown: total('unknown'),
    notApplicable: total('notApplicable'),
    byPolicy: sorted,
    byBand,
  };
}
