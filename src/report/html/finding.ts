import { forHtml } from '../../lib/escape.ts';
import type { Evidence, Finding, Fix, ValueChange } from '../../model/finding.ts';
import type { ReportPolicy } from '../../model/report.ts';
import { webAddress } from '../sarif/uri.ts';
import { editsOf, needOf, placeOf, RISKS, severityOf, statusOf, valueOf } from '../words.ts';

/** Longest evidence value on the page; the JSON report holds the whole. */
const VALUE = 600;

/** The state that the page filters by. */
export function stateOf(finding: Finding): string {
  return finding.status === 'open' && finding.outcome === 'unknown' ? 'unknown' : finding.status;
}

export function findingHtml(finding: Finding, policy: ReportPolicy | undefined): string {
  const state = stateOf(finding);
  const grade = [finding.band, severityOf(finding)].filter((part) => part !== '').join(' ');
  const flag = state === 'open' ? '' : ` <span class="pill soft">${forHtml(state)}</span>`;
  const title = policy === undefined ? finding.kind : policy.title;
  return `<details class="finding" data-band="${forHtml(finding.band)}" data-state="${forHtml(state)}">
<summary><span class="pill ${forHtml(finding.band)}">${forHtml(grade)}</span>${flag} <b>${forHtml(finding.policy)}</b> ${forHtml(title)}
<p>${forHtml(finding.message)}</p></summary>
<div class="body">
${bodyHtml(finding, policy)}</div>
</details>
`;
}

function bodyHtml(finding: Finding, policy: ReportPolicy | undefined): string {
  const status = statusOf(finding);
  return [
    status === '' ? '' : `<p class="warning">${forHtml(status)}</p>\n`,
    policy === undefined || policy.why === '' ? '' : `<p>${forHtml(policy.why)}</p>\n`,
    placesHtml(finding),
    finding.evidence.length === 0 ? '' : `<h3>Evidence</h3>\n${evidenceHtml(finding.evidence)}`,
    finding.fixes.length === 0 ? remedyHtml(policy) : `<h3>Fix</h3>\n${finding.fixes.map(fixHtml).join('')}`,
    policy === undefined ? '' : sourcesHtml(policy),
    `<p class="soft">Resource <code>${forHtml(finding.resource)}</code></p>\n`,
  ].join('');
}

function placesHtml({ locations }: Finding): string {
  return locations
    .map((location) => {
      const snippet = location.snippet === undefined ? '' : `<pre>${forHtml(location.snippet)}</pre>\n`;
      return `<p><code>${forHtml(placeOf(location))}</code></p>\n${snippet}`;
    })
    .join('');
}

function evidenceHtml(evidence: readonly Evidence[]): string {
  const rows = evidence.map(({ pointer, value, source }) => {
    const from = source === undefined ? '' : ` <span class="soft">(${forHtml(source)})</span>`;
    return `<tr><td><code>${forHtml(pointer)}</code></td><td>${forHtml(valueOf(value, VALUE))}${from}</td></tr>\n`;
  });
  return `<table>${rows.join('')}</table>\n`;
}

function fixHtml(fix: Fix): string {
  const facts = [...fix.needs.map(needOf), ...editsOf(fix).map((place) => `edits ${place}`)].map(forHtml).join(' · ');
  const commands = [fix.az?.join('\n'), fix.powershell, fix.run].filter((command) => command !== undefined && command !== '');
  return `<div class="fix">
<p><b>${forHtml(fix.title)}</b> <span class="pill ${forHtml(fix.risk)}">${forHtml(RISKS[fix.risk])}</span> <span class="soft">${facts}</span></p>
${fix.note === undefined ? '' : `<p class="warning">${forHtml(fix.note)}</p>\n`}${changesHtml(fix.changes)}${commands.map((command) => `<pre>${forHtml(command ?? '')}</pre>\n`).join('')}</div>
`;
}

function changesHtml(changes: readonly ValueChange[]): string {
  if (changes.length === 0) return '';
  const rows = changes.map((change) => {
    const after = change.remove === true ? 'removed' : valueOf(change.after, VALUE);
    return `<tr><td><code>${forHtml(change.path)}</code></td><td>${forHtml(valueOf(change.before, VALUE))}</td><td>${forHtml(after)}</td></tr>\n`;
  });
  return `<table><tr><th>Setting</th><th>Is</th><th>Should be</th></tr>\n${rows.join('')}</table>\n`;
}

function remedyHtml(policy: ReportPolicy | undefined): string {
  if (policy === undefined || (policy.remediation.length === 0 && policy.run === undefined)) return '';
  const steps = policy.remediation.map((step) => `<li>${forHtml(step)}</li>`).join('');
  const run = policy.run === undefined ? '' : `<pre>${forHtml(policy.run.trimEnd())}</pre>\n`;
  return `<h3>How to fix</h3>\n${steps === '' ? '' : `<ul>${steps}</ul>\n`}${run}`;
}

function sourcesHtml(policy: ReportPolicy): string {
  const controls = policy.controls.map(({ framework, id }) => `<code>${forHtml(`${framework} ${id}`)}</code>`).join(' ');
  const links = policy.links
    .map(webAddress)
    .filter((link) => link !== undefined)
    .map((link) => `<a href="${forHtml(link)}" rel="noopener noreferrer">${forHtml(link)}</a>`)
    .join('<br>');
  return `${controls === '' ? '' : `<h3>Controls</h3>\n<p>${controls}</p>\n`}${links === '' ? '' : `<h3>Sources</h3>\n<p>${links}</p>\n`}`;
}
