import type { Finding } from '../model/finding.ts';
import type { ScanReport } from '../model/report.ts';

/** Findings that a baseline report has as well do not gate: only what is new does. */
export function applyBaseline(findings: readonly Finding[], baseline: ScanReport): Finding[] {
  const known = new Set(baseline.findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.fingerprint));
  return findings.map((finding) =>
    finding.status === 'open' && finding.outcome === 'fail' && known.has(finding.fingerprint) ? { ...finding, status: 'baselined' } : finding,
  );
}

/**
 * Carries forward what was open in the previous report and could not be judged now: the pair is not among this scan's
 * verdicts, or its verdict is unknown, and its target or list was not read. What a scan of everything no longer holds is gone.
 */
export function carryForward(findings: readonly Finding[], previous: ScanReport, unjudged: (finding: Finding) => boolean): Finding[] {
  const failing = new Set(findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.fingerprint));
  const stale = previous.findings
    .filter((finding) => finding.outcome === 'fail' && (finding.status === 'open' || finding.status === 'stale'))
    .filter((finding) => !failing.has(finding.fingerprint) && unjudged(finding))
    .map((finding): Finding => ({ ...finding, status: 'stale', fixes: [], lastJudged: finding.lastJudged ?? previous.scannedAt }));
  return [...findings, ...stale];
}
