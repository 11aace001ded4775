import { forTerminal } from '../../lib/escape.ts';
import type { ReportPolicy, ScanReport } from '../../model/report.ts';
import type { ReportOptions } from '../options.ts';
import { type Paint, paintFor } from './paint.ts';
import { widthOf, wrap } from './wrap.ts';

/** What every part of the console output needs. */
export interface Page {
  readonly report: ScanReport;
  readonly policies: ReadonlyMap<string, ReportPolicy>;
  readonly paint: Paint;
  readonly width: number;
  readonly verbose: boolean;
}

const WIDTH = 80;
const NARROWEST = 40;

export function pageOf(report: ScanReport, options: ReportOptions): Page {
  return {
    report,
    policies: new Map(report.policies.map((policy) => [policy.id, policy])),
    paint: paintFor(options.color === true, options.ascii === true),
    width: Math.max(NARROWEST, options.width ?? WIDTH),
    verbose: options.verbose === true,
  };
}

/** Text for people, wrapped at words under an indentation. Everything printed goes through here, so nothing hostile passes. */
export function paragraph(page: Page, text: string, indent: number, paint: (text: string) => string = (line) => line): string {
  const space = ' '.repeat(indent);
  return wrap(forTerminal(text), page.width - indent)
    .map((line) => `${space}${paint(line)}\n`)
    .join('');
}

/** A paragraph that begins with a label; the lines after the first hang under the text. */
export function labelled(
  page: Page,
  label: { readonly text: string; readonly paint: (text: string) => string },
  text: string,
  indent: number,
  paint: (text: string) => string = (line) => line,
): string {
  const plain = forTerminal(label.text);
  if (indent + widthOf(plain) + 1 > page.width) return paragraph(page, label.text, indent, label.paint) + paragraph(page, text, indent + 2, paint);
  const hang = indent + widthOf(plain) + 1 <= page.width / 2 ? indent + widthOf(plain) + 1 : indent + 2;
  const first = indent + widthOf(plain) + 1 - hang;
  const [head = '', ...rest] = wrap(forTerminal(text), page.width - hang, Math.max(0, first));
  const space = ' '.repeat(hang);
  const opening = `${' '.repeat(indent)}${label.paint(plain)}${head === '' ? '' : ` ${paint(head)}`}\n`;
  return opening + rest.map((line) => `${space}${paint(line)}\n`).join('');
}
