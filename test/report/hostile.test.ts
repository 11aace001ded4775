import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { widthOf } from '../../src/report/console/wrap.ts';
import { report as console } from '../../src/report/console.ts';
import { report as csv } from '../../src/report/csv.ts';
import { report as html } from '../../src/report/html.ts';
import { report as junit } from '../../src/report/junit.ts';
import { report as markdown } from '../../src/report/markdown.ts';
import type { Reporter, ReportOptions } from '../../src/report/options.ts';
import { report as azureDevOps } from '../../src/report/sarif-azure-devops.ts';
import { report as full } from '../../src/report/sarif-full.ts';
import { report as github } from '../../src/report/sarif.ts';
import { hostile } from './sample.ts';
import { logOf, object, rulesOf, runsOf, withMember } from './sarif-support.ts';

/** A report that is hostile in every text, as if a whole estate and its policies were a stranger's. */

const render = (report: Reporter, options?: ReportOptions, scan: ScanReport = hostile): string => [...report(scan, options)].join('');
/** Markdown without its code blocks, which show anything as it is. */
const unfenced = (text: string): string => text.replaceAll(/^(`{3,})\n[\s\S]*?^\1$/gm, '');
const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('hostile text', () => {
  it.each<ReportOptions>([{}, { verbose: true }])('does not steer a terminal (%j)', (options) => {
    const text = render(console, options);
    expect(text).not.toMatch(CONTROL);
    // Commands keep their lines, so that they can be copied; everything else keeps to the width.
    expect(text.split('\n').filter((line) => widthOf(line) > 80 && !line.startsWith('      | '))).toEqual([]);
  });

  it('makes no element, attribute or address of a page', () => {
    const page = render(html).replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '');
    expect(page).not.toMatch(CONTROL);
    expect(page).not.toMatch(/<img|<\/script/);
    expect(page).not.toMatch(/href="(?!https:\/\/)/);
    expect(page.match(/<[a-z][^>]*\son[a-z]+=/g)).toBeNull();
  });

  it('stays text in Markdown', () => {
    const outside = unfenced(render(markdown)).replaceAll(/<summary>.*<\/summary>/g, '');
    expect(outside).not.toMatch(CONTROL);
    expect(outside.replaceAll(/\\./g, '')).not.toMatch(/<img|<\/script|\]\(|^# /m);
    const rows = outside.split('\n').filter((line) => line.startsWith('| **'));
    expect(rows.length).toBe(10);
    for (const row of rows) expect(row.replaceAll(/\\./g, '').split('|').length).toBe(6);
  });

  it('stays text in XML', () => {
    const text = render(junit);
    expect(text).not.toMatch(CONTROL);
    expect(text).not.toMatch(/<img|<\/script/);
  });

  it('makes no formula of a cell', () => {
    expect(render(csv)).not.toMatch(/(?:^|,|\n)"?[=+@-]/);
  });

  it.each([
    ['github', github],
    ['azure-devops', azureDevOps],
    ['full', full],
  ])('is neither a link nor a placeholder in %s messages, and breaks no address', (_name, report) => {
    const log = logOf(report, hostile);
    for (const holder of withMember(log, 'message')) expect(object(holder['message'])['text']).not.toMatch(/\]\(|[\p{Cc}\p{Cf}]/u);
    for (const holder of withMember(log, 'uri')) expect(holder['uri']).toMatch(/^[A-Za-z0-9._~!$&'()*+,;=:@%/-]+$/);
    const help = runsOf(log)
      .flatMap(rulesOf)
      .map((rule) => unfenced(String(object(rule['help'])['markdown'])));
    for (const markdown of help) expect(markdown.replaceAll(/\\./g, '')).not.toMatch(/<img|\]\(|^# @/m);
  });
});
