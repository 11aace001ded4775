import { describe, expect, it } from 'vitest';
import { type Format, isFormat, reporterFor, reporters } from '../../src/report/index.ts';
import type { ReportOptions } from '../../src/report/options.ts';
import { clean, sample } from './sample.ts';

const GOLDEN: readonly { readonly format: Format; readonly file: string; readonly options?: ReportOptions }[] = [
  { format: 'console', file: 'console.txt' },
  { format: 'console', file: 'console-color.txt', options: { color: true } },
  { format: 'console', file: 'console-verbose.txt', options: { verbose: true, ascii: true, width: 60 } },
  { format: 'csv', file: 'report.csv' },
  { format: 'html', file: 'report.html' },
  { format: 'json', file: 'report.json' },
  { format: 'junit', file: 'junit.xml' },
  { format: 'markdown', file: 'summary.md' },
  { format: 'sarif', file: 'github.sarif' },
  { format: 'sarif-azure-devops', file: 'azure-devops.sarif' },
  { format: 'sarif-full', file: 'full.sarif' },
  { format: 'verdicts', file: 'verdicts.jsonl' },
];

/** SARIF and JSON are one result a line; a golden file is read by people. */
function readable(format: Format, text: string): string {
  return format.startsWith('sarif') ? `${JSON.stringify(JSON.parse(text), null, 1)}\n` : text;
}

describe.each(GOLDEN)('$file', ({ format, file, options }) => {
  it('renders the sample as the golden file has it', async () => {
    const report = await reporterFor(format);
    await expect(readable(format, [...report(sample, options)].join(''))).toMatchFileSnapshot(`golden/${file}.golden`);
  });

  it('gives the same bytes each time and leaves the report as it was', async () => {
    const report = await reporterFor(format);
    const before = JSON.stringify(sample);
    expect([...report(sample, options)].join('')).toBe([...report(sample, options)].join(''));
    expect(JSON.stringify(sample)).toBe(before);
  });

  it('renders a scan without findings', async () => {
    const report = await reporterFor(format);
    const text = [...report(clean, options)].join('');
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toContain('undefined');
  });
});

describe('the reporters', () => {
  it('all have a golden file', () => {
    expect(new Set(GOLDEN.map(({ format }) => format))).toEqual(new Set(Object.keys(reporters)));
  });

  it('are found by own names only', () => {
    expect(isFormat('sarif')).toBe(true);
    expect(isFormat('constructor')).toBe(false);
  });
});
