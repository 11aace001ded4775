import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { widthOf, wrap } from '../../src/report/console/wrap.ts';
import { report } from '../../src/report/console.ts';
import type { ReportOptions } from '../../src/report/options.ts';
import { clean, HOSTILE, sample } from './sample.ts';

const render = (scan: ScanReport, options?: ReportOptions): string => [...report(scan, options)].join('');
const plain = (text: string): string => text.replaceAll(new RegExp(String.raw`\u001b\[[\d;]+m`, 'g'), '');

describe('the console output', () => {
  it.each<[string, ReportOptions]>([
    ['as it is', {}],
    ['narrow', { width: 50 }],
    ['wide', { width: 160 }],
    ['in colour', { color: true }],
    ['in ASCII', { ascii: true }],
  ])('%s keeps to its width', (_name, options) => {
    const lines = plain(render(sample, options)).split('\n');
    expect(lines.filter((line) => widthOf(line) > (options.width ?? 80))).toEqual([]);
  });

  it('lets no control character of a host through, and colours only when asked', () => {
    expect(render(sample, { verbose: true })).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(plain(render(sample, { verbose: true, color: true }))).toBe(render(sample, { verbose: true }));
    expect(render(sample)).toContain(String.raw`\u001b[31m`);
  });

  it('adds nothing but ASCII when asked', () => {
    const ascii = { ...clean, targets: clean.targets.map((target) => ({ ...target, name: 'host' })) };
    expect(render(ascii, { ascii: true })).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  it('shows the worst target first', () => {
    const order = ['infra/netz werk#1.json arm', 'rdsh01.corp.contoso.com windows', 'rdsh02.corp.contoso.com windows', 'rdsh03.corp.contoso.com windows'];
    const places = order.map((name) => render(sample).indexOf(`\n${name}`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((left, right) => left - right));
  });

  it('says how many more there are, and shows them all when asked', () => {
    expect(render(sample)).toContain('and 2 more of FW-004 here');
    expect(render(sample, { verbose: true })).not.toContain('more of FW-004');
    expect(render(sample, { verbose: true }).split("' answers '").length - 1).toBe(5);
  });

  it('counts what it does not show', () => {
    expect(render(sample)).toContain('Besides: 1 waived, 1 in the baseline, 1 stale, 1 unknown, 2 errors, 1 warning');
    expect(render(sample)).not.toContain('jump network');
    expect(render(sample, { verbose: true, width: 200 })).toContain('Waived by network@contoso.com until 2027-03-31: The jump network moves in spring');
  });

  it('tells the risk and the needs of a fix, and says a fix of several once', () => {
    const text = render(sample);
    expect(text).toContain('can disconnect · needs gpupdate · restarts TermService');
    expect(text.split('Take Public out of the rules').length).toBe(2);
  });

  it('shows a target that only a carried-forward finding names', () => {
    const gone = { ...sample, targets: sample.targets.filter(({ name }) => !name.startsWith('rdsh03')) };
    expect(render(gone)).toContain('windows-host:rdsh03.corp.contoso.com');
  });

  it('ends with the gate', () => {
    expect(render(sample)).toMatch(/\n✖ Gate failed\. 7 open findings reach 'high'\.\n {2}Some targets could not be read\.\n$/);
    expect(render(clean)).toMatch(/\n✔ Gate passed\.\n$/);
  });
});

describe('wrap', () => {
  it.each<[string, number, number, string[]]>([
    ['', 10, 0, ['']],
    ['one two three', 7, 0, ['one two', 'three']],
    ['one two three', 7, 4, ['one', 'two', 'three']],
    ['a longestword', 7, 0, ['a', 'longest', 'word']],
    ['longest a', 8, 4, ['', 'longest', 'a']],
    ['端末 a', 4, 0, ['端末', 'a']],
    ['a  b', 10, 0, ['a b']],
    ['abcdefghij::error::x', 10, 0, ['abcdefghij', ': :error::x']],
  ])('%j in %i less %i', (text, width, first, lines) => {
    expect(wrap(text, width, first)).toEqual(lines);
  });

  it('loses nothing but blanks and keeps to the width', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'é', '端', '😀', 'e\u0301', '-'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 20 }), (words, width, first) => {
        const lines = wrap(words.join(' '), width, first);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        expect(lines.every((line, index) => widthOf(line) <= (index === 0 ? Math.max(2, width - first) : width))).toBe(true);
      }),
      { seed: 20261124, numRuns: 300 },
    );
  });

  it('breaks a long word', () => {
    const lines = wrap(HOSTILE.repeat(2000).replaceAll(' ', '_'), 80);
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  });
});
