import { forTerminal } from '../../lib/escape.ts';
import type { Finding, Fix } from '../../model/finding.ts';
import { groupBy, worstFirst } from '../order.ts';
import { changeOf, editsOf, needOf, placeOf, RISKS, severityOf, statusOf } from '../words.ts';
import { labelled, type Page, paragraph } from './page.ts';

/** Findings of one policy shown for a target, and changes shown for a fix, unless everything is asked for. */
const FINDINGS = 3;
const CHANGES = 3;

/** Findings of one target: policy by policy, worst first. */
export function* findingPieces(findings: readonly Finding[], page: Page): Generator<string> {
  const groups = groupBy([...findings].sort(worstFirst), (finding) => finding.policy);
  let before = '';
  for (const group of groups.values()) {
    yield before;
    yield* policyPieces(group, page);
    before = '\n';
  }
}

function* policyPieces(group: readonly Finding[], page: Page): Generator<string> {
  const [worst] = group;
  if (worst === undefined) return;
  const { paint, verbose } = page;
  yield labelled(page, { text: `${labelOf(worst, page)} `, paint: colourOf(worst, page) }, titleOf(worst, page), 2, paint.bold);
  const shown = verbose ? group : group.slice(0, FINDINGS);
  // The same fix for each is said once, below the last.
  const same = shown.length > 1 && shown.every((finding) => JSON.stringify(finding.fixes) === JSON.stringify(worst.fixes));
  for (const [index, finding] of shown.entries()) {
    yield* messagePieces(finding, worst, group.length > 1, page);
    if (!same || index === shown.length - 1) yield* remedyPieces(finding, page);
  }
  const left = group.length - shown.length;
  if (left > 0) yield paragraph(page, `${paint.signs.more} and ${left} more of ${worst.policy} here (--verbose shows all)`, 4, paint.dim);
}

function labelOf(finding: Finding, { paint }: Page): string {
  const sign = finding.outcome === 'unknown' && finding.status === 'open' ? paint.signs.unknown : paint.signs.fail;
  return `${sign} ${gradeOf(finding)}  ${finding.policy}`;
}

function gradeOf(finding: Finding): string {
  return [finding.band, severityOf(finding)].filter((part) => part !== '').join(' ');
}

function titleOf(finding: Finding, page: Page): string {
  return page.policies.get(finding.policy)?.title ?? finding.kind;
}

function colourOf(finding: Finding, { paint }: Page): (text: string) => string {
  return finding.status === 'open' || finding.status === 'stale' ? paint.band[finding.band] : paint.dim;
}

function* messagePieces(finding: Finding, worst: Finding, several: boolean, page: Page): Generator<string> {
  const { paint } = page;
  const message = `${finding.message}${finding.severity === worst.severity ? '' : ` (${gradeOf(finding)})`}`;
  yield several ? labelled(page, { text: paint.signs.bullet, paint: paint.band[finding.band] }, message, 4) : paragraph(page, message, 4);
  const indent = several ? 6 : 4;
  const status = statusOf(finding);
  if (status !== '') yield paragraph(page, status, indent, paint.doubt);
  const [location] = finding.locations;
  if (location !== undefined) yield paragraph(page, placeOf(location), indent, paint.accent);
  if (finding.outcome === 'unknown' && finding.unknown !== undefined && finding.unknown.length > 0) {
    yield paragraph(page, `Unknown: ${finding.unknown.map((pointer) => (pointer === '' ? 'everything' : pointer)).join(', ')}`, indent, paint.dim);
  }
}

/** The fixes, or where to read what to do. */
function* remedyPieces(finding: Finding, page: Page): Generator<string> {
  const { paint } = page;
  const fixes = page.verbose ? finding.fixes : finding.fixes.slice(0, 1);
  for (const fix of fixes) yield* fixPieces(fix, page);
  const more = finding.fixes.length - fixes.length;
  if (more > 0) yield paragraph(page, `${paint.signs.more} and ${more} other ${more === 1 ? 'way' : 'ways'} (--verbose shows all)`, 6, paint.dim);
  if (finding.fixes.length === 0 && finding.outcome === 'fail') {
    yield labelled(page, { text: paint.signs.arrow, paint: paint.dim }, `rdposture explain ${finding.policy}`, 4, paint.dim);
  }
}

function* fixPieces(fix: Fix, page: Page): Generator<string> {
  const { paint, verbose } = page;
  yield labelled(page, { text: paint.signs.arrow, paint: paint.good }, fix.title, 4);
  const risk = { safe: paint.good, review: paint.doubt, 'can-disconnect': paint.bad }[fix.risk];
  const edits = editsOf(fix).map((place) => `edits ${place}`);
  const notes = [...fix.needs.map(needOf), ...edits].join(` ${paint.signs.dot} `);
  yield labelled(page, { text: `${RISKS[fix.risk]}${notes === '' ? '' : ` ${paint.signs.dot}`}`, paint: risk }, notes, 6, paint.dim);
  const changes = verbose ? fix.changes : fix.changes.slice(0, CHANGES);
  for (const change of changes) yield paragraph(page, changeOf(change, paint.signs.arrow), 6, paint.dim);
  const left = fix.changes.length - changes.length;
  if (left > 0) yield paragraph(page, `${paint.signs.more} and ${left} more changes`, 6, paint.dim);
  if (fix.note !== undefined) yield paragraph(page, fix.note, 6, paint.doubt);
  if (verbose) for (const command of commandsOf(fix)) yield commandPiece(command, page);
}

function commandsOf(fix: Fix): string[] {
  const az = fix.az === undefined || fix.az.length === 0 ? [] : [fix.az.join('\n')];
  return [...az, ...(fix.powershell === undefined ? [] : [fix.powershell]), ...(fix.run === undefined ? [] : [fix.run])];
}

/** Commands keep their lines, so that they can be copied. */
function commandPiece(command: string, page: Page): string {
  return command
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => `      ${page.paint.dim('|')} ${forTerminal(line.replaceAll('\t', '  '))}\n`)
    .join('');
}
