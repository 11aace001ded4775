import { createHash } from 'node:crypto';
import { forHtml } from '../lib/escape.ts';
import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { findingHtml, stateOf } from './html/finding.ts';
import { SCRIPT, STYLE } from './html/style.ts';
import { BANDS, compare, groupBy, inChunks, isActive, weightOf, worstFirst } from './order.ts';
import { kindOf, placeOf, timeOf } from './words.ts';

/** One page that needs nothing else: no network, no library; without scripts it shows everything. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(pieces(scan));
}

function* pieces(scan: ScanReport): Generator<string> {
  yield headHtml(scan);
  yield summaryHtml(scan);
  yield '<main>\n';
  if (scan.findings.length > 0) yield filterHtml(scan);
  yield* targetPieces(scan);
  if (scan.problems.length > 0)
    yield `<h2>Problems</h2>\n${[...scan.problems]
      .sort((left, right) => compare(left.level, right.level))
      .map(problemHtml)
      .join('')}`;
  yield* policyPieces(scan);
  yield `</main>\n<footer>rdposture ${forHtml(scan.tool.version)} · scanned ${forHtml(timeOf(scan.scannedAt))}</footer>\n`;
  yield `${scan.findings.length > 0 ? `<script>${SCRIPT}</script>\n` : ''}</body>\n</html>\n`;
}

function headHtml(scan: ScanReport): string {
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${forHtml(`rdposture: ${scan.scan.estate}`)}</title>
<style>${STYLE}</style>
</head>
<body>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

function summaryHtml(scan: ScanReport): string {
  const { totals, gate } = scan;
  const facts = [scan.scan.mode, timeOf(scan.scannedAt), ...scan.scan.packs].map(forHtml).join(' · ');
  const reasons = gate.reasons.length === 0 ? '' : `<ul>${gate.reasons.map((reason) => `<li>${forHtml(reason)}</li>`).join('')}</ul>`;
  const states = countBy(scan.findings, stateOf);
  const aside = ['stale', 'waived', 'baselined', 'unknown'].map((state) => card(states.get(state) ?? 0, state, 'soft'));
  const bands = BANDS.map((band) => card(totals.byBand[band], band, band));
  return `<header>
<h1>${forHtml(scan.scan.estate)}</h1>
<p class="soft">${facts}</p>
<div class="gate ${gate.passed ? 'passed' : 'failed'}"><b>${gate.passed ? 'Gate passed' : 'Gate failed'}</b>${reasons}</div>
<ul class="cards">${[...bands, ...aside].join('')}</ul>
<p class="soft">${totals.targets} targets, ${totals.facts} facts: ${totals.pass} passed, ${totals.fail} failed, ${totals.unknown} unknown, ${totals.notApplicable} not applicable.</p>
</header>
`;
}

function card(count: number, word: string, style: string): string {
  return `<li class="${style}"><b>${count}</b>${word}</li>`;
}

function countBy(findings: readonly Finding[], keyOf: (finding: Finding) => string): ReadonlyMap<string, number> {
  return new Map([...groupBy(findings, keyOf)].map(([key, group]) => [key, group.length]));
}

/** Hidden until the script runs, which alone can make it work. */
function filterHtml(scan: ScanReport): string {
  const states = new Set(scan.findings.map(stateOf));
  const box = (name: string, value: string, on: boolean): string =>
    `<label class="${value}"><input type="checkbox" name="${name}" value="${value}"${on ? ' checked' : ''}> ${value}</label>`;
  const bands = BANDS.map((band) => box('band', band, true)).join('');
  const shown = ['open', 'stale', 'waived', 'baselined', 'unknown'].filter((state) => states.has(state));
  const status = shown.map((state) => box('state', state, state === 'open' || state === 'stale')).join('');
  return `<form hidden>
<fieldset><legend>Severity</legend>${bands}</fieldset>
<fieldset><legend>Status</legend>${status}</fieldset>
<input type="search" name="words" placeholder="Find" aria-label="Find in findings"><span class="soft" id="shown" role="status"></span>
</form>
`;
}

function* targetPieces(scan: ScanReport): Generator<string> {
  const policies = new Map(scan.policies.map((policy) => [policy.id, policy]));
  const targets = new Map(scan.targets.map((target) => [target.id, target]));
  const groups = [...groupBy([...scan.findings].sort(worstFirst), (finding) => finding.target)];
  groups.sort(([leftId, left], [rightId, right]) => worstOf(right) - worstOf(left) || compare(leftId, rightId));
  for (const [id, findings] of groups) {
    const target = targets.get(id);
    const facts = target === undefined ? '' : [kindOf(target.kind), target.group, target.status].filter((part) => part !== '').join(' · ');
    yield `<section class="target"><h2>${forHtml(target?.name ?? id)} <span class="soft">${forHtml(facts)}</span></h2>\n`;
    for (const finding of findings) yield findingHtml(finding, policies.get(finding.policy));
    yield '</section>\n';
  }
}

function worstOf(findings: readonly Finding[]): number {
  return findings.reduce((worst, finding) => Math.max(worst, isActive(finding) ? weightOf(finding) : 0), 0);
}

function problemHtml({ level, code, message, hint, file, region }: Problem): string {
  const place = file === undefined ? '' : `<p><code>${forHtml(region === undefined ? file : placeOf({ file, region }))}</code></p>`;
  const next = hint === undefined ? '' : `<p class="soft">${forHtml(hint)}</p>`;
  return `<div class="problem"><span class="pill ${level}">${level}</span> <code>${forHtml(code)}</code><p>${forHtml(message)}</p>${place}${next}</div>\n`;
}

function* policyPieces(scan: ScanReport): Generator<string> {
  yield `<h2>Policies</h2>
<details class="finding-free"><summary>${scan.policies.length} policies, and how often each passed</summary>
<table><tr><th>Policy</th><th></th><th class="number">Pass</th><th class="number">Fail</th><th class="number">Unknown</th><th class="number">Not applicable</th></tr>
`;
  for (const policy of [...scan.policies].sort((left, right) => compare(left.id, right.id))) {
    const counts = Object.hasOwn(scan.totals.byPolicy, policy.id) ? scan.totals.byPolicy[policy.id] : undefined;
    const cells = [counts?.pass, counts?.fail, counts?.unknown, counts?.notApplicable].map((count) => `<td class="number">${count ?? 0}</td>`).join('');
    yield `<tr><td><b>${forHtml(policy.id)}</b></td><td>${forHtml(policy.title)}</td>${cells}</tr>\n`;
  }
  yield '</table></details>\n';
}
