import type { Finding } from '../../model/finding.ts';
import type { Problem } from '../../model/problem.ts';
import type { ScanReport } from '../../model/report.ts';
import { BANDS, plural } from '../order.ts';
import { labelled, type Page, paragraph } from './page.ts';

/** Totals and the gate: the last lines, since that is where a terminal ends. */
export function* summaryPieces(page: Page): Generator<string> {
  const { report, paint } = page;
  const { totals } = report;
  yield `\n${paint.bold('Summary')}\n`;
  const judged = [`${totals.pass} passed`, `${totals.fail} failed`, `${totals.unknown} unknown`, `${totals.notApplicable} not applicable`];
  yield paragraph(page, `${plural(totals.targets, 'target')}, ${plural(totals.facts, 'fact')}: ${judged.join(', ')}`, 2);
  yield `  ${bandLine(page)}\n`;
  const aside = asideOf(report);
  if (aside !== '') yield paragraph(page, `Besides: ${aside}`, 2, paint.dim);
  yield gatePiece(page);
}

function bandLine({ report, paint }: Page): string {
  const counts = BANDS.map((band) => {
    const count = report.totals.byBand[band];
    return count === 0 ? paint.dim(`0 ${band}`) : paint.band[band](`${count} ${band}`);
  });
  return `Open: ${counts.join('  ')}`;
}

/** What is not counted above, so that nothing is hidden. */
function asideOf(report: ScanReport): string {
  const findings = (test: (finding: Finding) => boolean): number => report.findings.filter(test).length;
  const problems = (level: Problem['level']): number => report.problems.filter((problem) => problem.level === level).length;
  return [
    counted(
      findings(({ status }) => status === 'waived'),
      'waived',
    ),
    counted(
      findings(({ status }) => status === 'baselined'),
      'in the baseline',
    ),
    counted(
      findings(({ status }) => status === 'stale'),
      'stale',
    ),
    counted(
      findings(({ status, outcome }) => status === 'open' && outcome === 'unknown'),
      'unknown',
    ),
    counted(problems('error'), 'error', 'errors'),
    counted(problems('warning'), 'warning', 'warnings'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function counted(count: number, one: string, many = one): string {
  return count === 0 ? '' : plural(count, one, many);
}

function gatePiece(page: Page): string {
  const { report, paint } = page;
  const { passed, reasons } = report.gate;
  const label = passed
    ? { text: `${paint.signs.pass} Gate passed.`, paint: (text: string) => paint.good(paint.bold(text)) }
    : { text: `${paint.signs.fail} Gate failed.`, paint: (text: string) => paint.bad(paint.bold(text)) };
  const [first = '', ...others] = reasons;
  const lines = others.map((reason) => paragraph(page, reason, 2));
  return `\n${labelled(page, label, first, 0)}${lines.join('')}`;
}
