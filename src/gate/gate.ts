import type { Finding } from '../model/finding.ts';
import type { Band } from '../model/policy.ts';
import type { Problem } from '../model/problem.ts';
import type { GateResult } from '../model/report.ts';

export type FailOn = Band | 'none';

export interface GateOptions {
  readonly failOn: FailOn;
  readonly failOnUnknown: boolean;
}

const ORDER: Readonly<Record<FailOn, number>> = { critical: 4, high: 3, medium: 2, low: 1, none: 5 };
const BANDS: readonly Band[] = ['critical', 'high', 'medium', 'low'];

/** Decides the exit code: 1 wins over 3. Waived and baselined findings do not count; what was open and could not be judged does. */
export function decide(findings: readonly Finding[], problems: readonly Problem[], options: GateOptions): GateResult {
  const counted = findings.filter((finding) => finding.status === 'open' || finding.status === 'stale');
  const failing = counted.filter((finding) => finding.outcome === 'fail' && ORDER[finding.band] >= ORDER[options.failOn]);
  const unknown = options.failOnUnknown ? counted.filter((finding) => finding.outcome === 'unknown') : [];
  const errors = problems.filter((problem) => problem.level === 'error').length;
  const reasons: string[] = [];
  for (const band of BANDS) {
    const count = failing.filter((finding) => finding.band === band).length;
    if (count > 0) reasons.push(`${count} ${band} ${count === 1 ? 'finding' : 'findings'}.`);
  }
  if (unknown.length > 0) reasons.push(`${unknown.length} ${unknown.length === 1 ? 'verdict is' : 'verdicts are'} unknown.`);
  if (errors > 0) reasons.push(`${errors} ${errors === 1 ? 'problem' : 'problems'} left something unjudged.`);
  const exitCode = failing.length + unknown.length > 0 ? 1 : errors > 0 ? 3 : 0;
  return { passed: exitCode === 0, reasons, exitCode };
}
