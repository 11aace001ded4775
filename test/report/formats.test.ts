import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { report as csv } from '../../src/report/csv.ts';
import { report as html } from '../../src/report/html.ts';
import { report as junit } from '../../src/report/junit.ts';
import { report as markdown } from '../../src/report/markdown.ts';
import type { Reporter } from '../../src/report/options.ts';
import { HOSTILE, sample } from './sample.ts';

const render = (report: Reporter, scan: ScanReport = sample): string => [...report(scan)].join('');

describe('csv', () => {
  const rows = parseCsv(render(csv));

  it('has a row for each finding under the header', () => {
    expect(rows.length).toBe(sample.findings.length + 1);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([23]));
  });

  it('guards what a spreadsheet would run', () => {
    expect(rows.flat().filter((cell) => /^[=+@-]/.test(cell))).toEqual([]);
    expect(rows.flat()).toContain('\'=HYPERLINK("https://evil.example","click")');
  });
});

describe('html', () => {
  const page = render(html);

  it('lets nothing run or load but its own style and script', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
    const hash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');
    const inline = [...page.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)].map(([, text = '']) => hash(text));
    expect(inline.map((value) => policy.includes(value))).toEqual([true, true]);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)=|\son\w+="|style="/);
  });

  it('escapes what hosts say', () => {
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });

  it('links to nothing but pages on the web', () => {
    const [first] = sample.policies;
    const links = ['javascript:alert(1)', 'https://learn.microsoft.com/a"b', 'data:text/html,x'];
    const text = render(html, { ...sample, policies: [{ ...(first ?? fail()), links }] });
    expect([...text.matchAll(/href="([^"]+)"/g)].map(([, address]) => address)).toEqual(expect.arrayContaining(['https://learn.microsoft.com/a%22b']));
    expect(text).not.toMatch(/href="(?!https:)/);
  });

  it('has balanced elements', () => {
    const text = page.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '');
    for (const name of ['details', 'summary', 'section', 'div', 'table', 'tr', 'td', 'p', 'pre', 'code', 'ul', 'li', 'form', 'main']) {
      const count = (tag: string): number => text.split(tag).length - 1;
      expect([name, count(`<${name}>`) + count(`<${name} `)]).toEqual([name, count(`</${name}>`)]);
    }
  });
});

describe('junit', () => {
  const text = render(junit);

  it('is well formed', () => {
    expect(wellFormed(text)).toBe(true);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('counts what it holds', () => {
    const [, tests, failures, errors, skipped] = /<testsuites name="rdposture" tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(text) ?? [];
    const count = (tag: string): number => text.split(tag).length - 1;
    expect([tests, failures, errors, skipped].map(Number)).toEqual([count('<testcase '), count('<failure '), count('<error '), count('<skipped ')]);
    expect(count('<testcase ')).toBe(sample.verdicts.length + 1 + 2);
  });

  it('skips what is waived, in the baseline or unknown, and fails what is stale', () => {
    expect(text).toMatch(/<skipped message="[^"]*Waived by network@contoso.com/);
    expect(text).toMatch(/<skipped message="[^"]*It is in the baseline\./);
    expect(text).toMatch(/<failure message="[^"]*Stale: it could not be judged/);
  });

  it('has a suite for each target', () => {
    expect([...text.matchAll(/<testsuite name="([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'infra/netz werk#1.json',
      'rdsh01.corp.contoso.com',
      'rdsh02.corp.contoso.com',
      'rdsh03.corp.contoso.com',
    ]);
  });
});

describe('markdown', () => {
  const text = render(markdown);

  it('keeps a row a row and a name a name', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| **'));
    expect(rows.length).toBe(10);
    for (const row of rows) expect(row.replaceAll(/\\./g, '').split('|').length).toBe(6);
    const outside = text.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, '');
    expect(outside).not.toContain('<img');
    expect(outside).not.toContain('[x](');
  });

  it('fences code so that nothing in it closes the fence', () => {
    const [first] = sample.findings;
    const snippet = '````\n</details># out';
    const locations = [{ file: 'a.yaml', region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 }, snippet }];
    expect(render(markdown, { ...sample, findings: [{ ...(first ?? fail()), locations }] })).toContain(`\`\`\`\`\`\n${snippet}\n\`\`\`\`\``);
  });

  it('stays below what a job summary may be and says what it left out', () => {
    const findings = Array.from({ length: 5000 }, (_, index) => ({ ...(sample.findings[index % 6] ?? fail()), factId: `f${index}`, message: HOSTILE }));
    const long = render(markdown, { ...sample, findings });
    expect(Buffer.byteLength(long, 'utf8')).toBeLessThan(900_000);
    expect(Buffer.byteLength(long, 'utf8')).toBeGreaterThan(800_000);
    expect(long).toMatch(/\n> \d+ more entries did not fit into a job summary; the JSON report holds all\.\n$/);
    expect(long.split('<details>').length).toBe(long.split('</details>').length);
  });
});

/** RFC 4180, for what the reporter writes. */
function parseCsv(text: string): string[][] {
  return text
    .trimEnd()
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((row) => [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? ''));
}

/** Tags nest, attributes are quoted, nothing raw stands between: enough to see a broken escape. */
function wellFormed(text: string): boolean {
  const open: string[] = [];
  const rest = text
    .replace(/^<\?xml[^?]*\?>/, '')
    .replaceAll(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, (_, closing: string, name: string, _attributes, empty: string) => {
      if (closing !== '') return open.pop() === name ? '' : '<';
      if (empty === '') open.push(name);
      return '';
    });
  return open.length === 0 && !rest.includes('<') && !/&(?!#\d+;)/.test(rest);
}

function fail(): never {
  throw new Error('the sample has none');
}
