import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import { findingPieces } from './console/findings.ts';
import { labelled, type Page, pageOf, paragraph } from './console/page.ts';
import { summaryPieces } from './console/summary.ts';
import type { ReportOptions } from './options.ts';
import { compare, groupBy, inChunks, isActive, plural, weightOf } from './order.ts';
import { kindOf, placeOf, timeOf } from './words.ts';

/** Names shown of a list of targets, unless everything is asked for. */
const NAMES = 8;

/** For people at a terminal: target by target, worst first, each finding with its place and its fix. */
export function report(scan: ScanReport, options: ReportOptions = {}): Iterable<string> {
  return inChunks(pieces(pageOf(scan, options)));
}

function* pieces(page: Page): Generator<string> {
  const { report: scan, paint } = page;
  const facts = [scan.scan.estate, scan.scan.mode, timeOf(scan.scannedAt), ...scan.scan.packs].join(` ${paint.signs.dot} `);
  yield labelled(page, { text: `rdposture ${scan.tool.version}`, paint: paint.bold }, facts, 0, paint.dim);
  yield* targetPieces(page);
  yield* problemPieces(page);
  yield* summaryPieces(page);
}

function* targetPieces(page: Page): Generator<string> {
  const { report: scan, verbose } = page;
  const byTarget = groupBy(scan.findings, (finding) => finding.target);
  const known = new Set(scan.targets.map((target) => target.id));
  const strangers = [...byTarget.keys()].filter((id) => !known.has(id)).map(strangerOf);
  const blocks = [...scan.targets, ...strangers].map((target) => ({ target, findings: byTarget.get(target.id) ?? [] }));
  const shown = blocks
    .map((block) => ({ ...block, findings: verbose ? block.findings : block.findings.filter(isActive), all: block.findings }))
    .sort(
      (left, right) =>
        worstOf(right.findings) - worstOf(left.findings) || compare(left.target.name, right.target.name) || compare(left.target.id, right.target.id),
    );
  for (const { target, findings, all } of shown) {
    if (findings.length === 0) continue;
    yield `\n${heading(target, page)}`;
    yield* findingPieces(findings, page);
    const unknown = verbose ? '' : unknownOf(all);
    if (unknown !== '') yield `\n${labelled(page, { text: `  ${page.paint.signs.unknown}`, paint: page.paint.doubt }, unknown, 0, page.paint.dim)}`;
  }
  yield* quietPieces(
    shown.filter(({ findings }) => findings.length === 0),
    page,
  );
}

/** A target that only a carried-forward finding names. */
function strangerOf(id: string): Target {
  return { id, kind: 'windows-host', name: id, group: '', status: 'failed' };
}

function worstOf(findings: readonly Finding[]): number {
  return findings.reduce((worst, finding) => Math.max(worst, isActive(finding) ? weightOf(finding) : 0), 0);
}

function heading(target: Target, page: Page): string {
  const { paint } = page;
  const status = target.status === 'complete' ? [] : [target.status === 'partial' ? 'read in part' : 'not read'];
  const { lastChange } = target;
  const change = lastChange === undefined ? [] : [`${lastChange.outcome} by ${lastChange.by}, ${lastChange.at.slice(0, 10)}`];
  const facts = [kindOf(target.kind), ...(target.group === '' ? [] : [target.group]), ...status, ...change].join(` ${paint.signs.dot} `);
  const rule = paint.signs.line.repeat(page.width);
  return `${labelled(page, { text: target.name, paint: paint.bold }, ` ${facts}`, 0, paint.dim)}${paint.dim(rule)}\n`;
}

function unknownOf(findings: readonly Finding[]): string {
  const unknown = findings.filter((finding) => finding.outcome === 'unknown' && finding.status === 'open');
  if (unknown.length === 0) return '';
  const ids = [...new Set(unknown.map((finding) => finding.policy))].sort(compare);
  const listed = ids.slice(0, NAMES).join(', ');
  const rest = ids.length > NAMES ? ` and ${ids.length - NAMES} more policies` : '';
  return `${plural(unknown.length, 'answer')} unknown: ${listed}${rest} (--verbose shows why)`;
}

/** Targets with nothing to act on: a line for each that was not read or has unknowns, the clean ones together. */
function* quietPieces(blocks: readonly { readonly target: Target; readonly all: readonly Finding[] }[], page: Page): Generator<string> {
  const { paint, verbose } = page;
  let before = '\n';
  const clean: string[] = [];
  for (const { target, all } of blocks) {
    const unknown = unknownOf(all);
    if (target.status === 'complete' && unknown === '') {
      clean.push(target.name);
      continue;
    }
    const status = target.status === 'failed' ? 'not read' : target.status === 'partial' ? 'read in part' : '';
    const text = [target.name, status, unknown].filter((part) => part !== '').join(` ${paint.signs.dot} `);
    yield before + labelled(page, { text: paint.signs.unknown, paint: paint.doubt }, text, 0);
    before = '';
  }
  if (clean.length === 0) return;
  const names = verbose ? clean : clean.slice(0, NAMES);
  const rest = clean.length > names.length ? ` and ${clean.length - names.length} more` : '';
  const text = `${plural(clean.length, 'target')} without open findings: ${names.join(', ')}${rest}`;
  yield before + labelled(page, { text: paint.signs.pass, paint: paint.good }, text, 0);
}

function* problemPieces(page: Page): Generator<string> {
  const { report: scan, paint } = page;
  if (scan.problems.length === 0) return;
  yield `\n${paint.bold('Problems')}\n`;
  const errorsFirst = [...scan.problems].sort((left, right) => compare(left.level, right.level));
  for (const problem of errorsFirst) {
    const error = problem.level === 'error';
    const label = { text: error ? paint.signs.fail : paint.signs.warning, paint: error ? paint.bad : paint.doubt };
    yield labelled(page, label, `${problem.message} (${problem.code})`, 2);
    const place = placeOfProblem(problem);
    if (place !== undefined) yield paragraph(page, place, 4, paint.accent);
    if (problem.hint !== undefined) yield paragraph(page, problem.hint, 4, paint.dim);
  }
}

function placeOfProblem({ file, region }: Problem): string | undefined {
  return file === undefined ? undefined : region === undefined ? file : placeOf({ file, region });
}
