import { forHtml, forMarkdown, forTerminal } from '../lib/escape.ts';
import type { Finding, Fix } from '../model/finding.ts';
import type { Band } from '../model/policy.ts';
import type { Problem } from '../model/problem.ts';
import type { ReportPolicy, ScanReport } from '../model/report.ts';
import { BANDS, compare, inChunks, isActive, plural, targetsById, worstFirst } from './order.ts';
import { fenced } from './sarif/help.ts';
import { changeOf, editsOf, needOf, placeOf, RISKS, severityOf, statusOf, timeOf } from './words.ts';

/** GitHub takes 1,024 kB of job summary and drops the whole when there is more; other steps write to it too. */
const LIMIT = 900_000;
/** Kept free for what closes the page. */
const RESERVE = 4_000;

/** A job summary: the gate, findings in a table by severity, and what to do in parts that open. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(limited(scan));
}

/** Blocks that are whole in themselves, until there is no room; then what was left out is counted. */
function* limited(scan: ScanReport): Generator<string> {
  let size = 0;
  let omitted = 0;
  for (const { text, findings } of blocks(scan)) {
    const length = Buffer.byteLength(text, 'utf8');
    if (omitted === 0 && size + length <= LIMIT - RESERVE) {
      size += length;
      yield text;
    } else {
      omitted += findings;
    }
  }
  if (omitted > 0) yield `\n> [!NOTE]\n> ${plural(omitted, 'more entry', 'more entries')} did not fit into a job summary; the JSON report holds all.\n`;
}

interface Block {
  readonly text: string;
  /** Entries that are lost when the block does not fit. */
  readonly findings: number;
}

interface Context {
  readonly policies: ReadonlyMap<string, ReportPolicy>;
  readonly targetName: (id: string) => string;
}

function* blocks(scan: ScanReport): Generator<Block> {
  const targets = targetsById(scan);
  const context: Context = {
    policies: new Map(scan.policies.map((policy) => [policy.id, policy])),
    targetName: (id) => targets.get(id)?.name ?? id,
  };
  const active = scan.findings.filter(isActive).sort(worstFirst);
  yield { text: headOf(scan), findings: 1 };
  for (const band of BANDS)
    yield* tableBlocks(
      band,
      active.filter((finding) => finding.band === band),
      context,
    );
  for (const problem of problemBlocks(scan.problems)) yield problem;
  for (const finding of active) yield { text: detailsOf(finding, context), findings: 1 };
}

function headOf(scan: ScanReport): string {
  const { gate, totals } = scan;
  const count = (test: (finding: Finding) => boolean): number => scan.findings.filter(test).length;
  const facts = [forMarkdown(scan.scan.estate), scan.scan.mode, timeOf(scan.scannedAt), ...scan.scan.packs.map(forMarkdown)].join(' · ');
  const counts = [
    ...BANDS.map((band) => totals.byBand[band]),
    count(({ status }) => status === 'stale'),
    count(({ status }) => status === 'waived'),
    count(({ status }) => status === 'baselined'),
    count(({ status, outcome }) => status === 'open' && outcome === 'unknown'),
  ];
  const judged = `${plural(totals.targets, 'target')}, ${plural(totals.facts, 'fact')}: ${totals.pass} passed, ${totals.fail} failed, ${totals.unknown} unknown, ${totals.notApplicable} not applicable.`;
  return `## ${gate.passed ? '✅ rdposture: gate passed' : '❌ rdposture: gate failed'}

${facts}

${gate.reasons.map((reason) => `- ${forMarkdown(reason)}\n`).join('')}
| Critical | High | Medium | Low | Stale | Waived | Baselined | Unknown |
|--:|--:|--:|--:|--:|--:|--:|--:|
| ${counts.join(' | ')} |

${judged}
`;
}

function* tableBlocks(band: Band, findings: readonly Finding[], context: Context): Generator<Block> {
  if (findings.length === 0) return;
  const title = band.slice(0, 1).toUpperCase() + band.slice(1);
  yield { text: `\n### ${title} (${findings.length})\n\n| Policy | Target | Finding | Place |\n|---|---|---|---|\n`, findings: 0 };
  for (const finding of findings) {
    const [location] = finding.locations;
    const grade = severityOf(finding);
    const message = [finding.message, finding.status === 'stale' ? statusOf(finding) : ''].filter((part) => part !== '').join(' ');
    const cells = [
      `**${forMarkdown(finding.policy)}**${grade === '' ? '' : ` ${grade}`}`,
      forMarkdown(context.targetName(finding.target)),
      forMarkdown(message),
      location === undefined ? '' : forMarkdown(placeOf(location)),
    ];
    yield { text: `| ${cells.join(' | ')} |\n`, findings: 1 };
  }
}

function* problemBlocks(problems: readonly Problem[]): Generator<Block> {
  if (problems.length === 0) return;
  yield { text: `\n### Problems (${problems.length})\n\n`, findings: 0 };
  for (const { level, code, message, hint } of [...problems].sort((left, right) => compare(left.level, right.level))) {
    const next = hint === undefined ? '' : ` ${forMarkdown(hint)}`;
    yield { text: `- ${level === 'error' ? '❌' : '⚠️'} ${forMarkdown(message)}${next} (${forMarkdown(code)})\n`, findings: 1 };
  }
}

/** A part that opens. HTML to a Markdown reader is what stands before the first empty line, so the summary has no line break. */
function detailsOf(finding: Finding, { policies, targetName }: Context): string {
  const policy = policies.get(finding.policy);
  const summary = `${finding.policy} · ${targetName(finding.target)} · ${policy?.title ?? finding.kind}`;
  const [location] = finding.locations;
  const parts = [
    forMarkdown(finding.message),
    statusOf(finding) === '' ? '' : forMarkdown(statusOf(finding)),
    policy === undefined || policy.why === '' ? '' : forMarkdown(policy.why.trim()),
    location === undefined ? '' : forMarkdown(placeOf(location)),
    location?.snippet === undefined ? '' : fenced(visibleLines(location.snippet)),
    ...finding.fixes.map(fixOf),
    finding.fixes.length === 0 && policy?.run !== undefined ? fenced(visibleLines(policy.run.trimEnd())) : '',
  ];
  return `\n<details><summary>${forHtml(summary.replaceAll(/\s+/g, ' '))}</summary>\n\n${parts.filter((part) => part !== '').join('\n\n')}\n\n</details>\n`;
}

function fixOf(fix: Fix): string {
  const facts = [RISKS[fix.risk], ...fix.needs.map(needOf), ...editsOf(fix).map((place) => `edits ${place}`)].map(forMarkdown).join(' · ');
  const commands = [fix.az?.join('\n'), fix.powershell, fix.run].filter((command) => command !== undefined && command !== '');
  return [
    `**Fix:** ${forMarkdown(fix.title)} (${facts})`,
    fix.changes.map((change) => `- ${forMarkdown(changeOf(change))}`).join('\n'),
    fix.note === undefined ? '' : forMarkdown(fix.note),
    ...commands.map((command) => fenced(visibleLines(command ?? ''))),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Code keeps its lines; other controls would hide in it. */
function visibleLines(code: string): string {
  return forTerminal(code.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '  '), { lineFeeds: true });
}
