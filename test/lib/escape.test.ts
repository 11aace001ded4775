import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forCsv, forHtml, forMarkdown, forTerminal, forXml, posixQuote, truncate } from '../../src/lib/escape.ts';

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u0000',
      '\u001b',
      '\u0085',
      '\u009b',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ufeff',
      '\u2028',
      '\n',
      '\r',
      '\t',
      '<',
      '&',
      '"',
      "'",
      '`',
      '|',
      '*',
      '\u{e0041}',
      '\ud800',
      '\uffff',
    ),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
});
const seeded = { numRuns: 300, seed: 5 };

describe('forTerminal', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
    ['a\nb', 'a\\u000ab'],
    ['\u009b31m', '\\u009b31m'],
    ['\u202eevil', '\\u202eevil'],
    ['a\u200db', 'a\\u200db'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\ud800'],
    ['Rémi 😀 ’', 'Rémi 😀 ’'],
  ])('%j becomes %j', (input, expected) => {
    expect(forTerminal(input)).toBe(expected);
  });

  // Azure Pipelines' agent and GitHub Actions' runner look for `##vso[` and `##[` anywhere in a line, and the runner for
  // `::name` where a line starts.
  it.each([
    ['##vso[task.setvariable variable=a]b', '# #vso[task.setvariable variable=a]b'],
    ['said ##VSO[task.complete]', 'said # #VSO[task.complete]'],
    ['a ###[error]b', 'a ## #[error]b'],
    ['#\ufe0f#v\ufe0fso[x]', '# \ufe0f#v\ufe0fso[x]'],
    ['::error::a', ': :error::a'],
    ['a  ::Add-Mask::b', 'a  : :Add-Mask::b'],
    ['\ufe0f:\ufe0f:error file=a::b', '\ufe0f: \ufe0f:error file=a::b'],
    ['::notice file=a::b', ': :notice file=a::b'],
    ['::stop-commands::x', ': :stop-commands::x'],
    ['[Convert]::ToBase64String(1)', '[Convert]::ToBase64String(1)'],
    ['::1 ::/0 ::ffff:0:0/96 2001:db8::a', '::1 ::/0 ::ffff:0:0/96 2001:db8::a'],
    ['## [error] #[x]', '## [error] #[x]'],
  ])('%j becomes %j: no command to a pipeline', (input, expected) => {
    expect(forTerminal(input)).toBe(expected);
  });

  it('breaks commands on every line that stays', () => {
    expect(forTerminal('a\n::error::b', { lineFeeds: true })).toBe('a\n: :error::b');
  });

  it('keeps line feeds when asked, and nothing else', () => {
    expect(forTerminal('a\nb\r\u0007', { lineFeeds: true })).toBe('a\nb\\u000d\\u0007');
  });

  it('lets nothing unseen through', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(forTerminal(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\ud800-\udbff](?![\udc00-\udfff])/u)),
      seeded,
    );
  });
});

describe('forMarkdown', () => {
  it.each([
    ['a|b `c` *d* _e_ [f](g)', 'a\\|b \\`c\\` \\*d\\* \\_e\\_ \\[f\\](g)'],
    ['<img src=x>&amp;', '&lt;img src=x&gt;&amp;amp;'],
    ['# head', '\\# head'],
    ['1. item', '1\\. item'],
    ['- item', '\\- item'],
    ['one\ntwo', 'one two'],
    ['https://contoso.com', 'https&#58;//contoso.com'],
    ['C:\\x', 'C:\\\\x'],
  ])('%j becomes %j', (input, expected) => {
    expect(forMarkdown(input)).toBe(expected);
  });
});

describe('forHtml and forXml', () => {
  it('escape markup and controls', () => {
    expect(forHtml('<a href="x">\'&\u001b\n')).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;\\u001b\n');
    expect(forXml('<a b="c">\'&\u001b\n\ud800\uffff😀')).toBe('&#60;a b=&#34;c&#34;&#62;&#39;&#38;\ufffd&#10;\ufffd\ufffd😀');
  });

  it('leave nothing that XML 1.0 cannot hold', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(forXml(text)).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)),
      seeded,
    );
    fc.assert(
      fc.property(hostile, (text) => void expect(forXml(text)).not.toMatch(/[<>"']|&(?!#\d+;)/)),
      seeded,
    );
  });
});

describe('forCsv', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['+1', '"\'+1"'],
    ['-1', '"\'-1"'],
    ['@SUM', '"\'@SUM"'],
    ['\tx', '"\'\tx"'],
    ['\u001b', '\\u001b'],
    ['', ''],
  ])('%j becomes %j', (input, expected) => {
    expect(forCsv(input)).toBe(expected);
  });
});

it.each([
  ['plain-1.2/x', 'plain-1.2/x'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$(rm -rf x)', "'$(rm -rf x)'"],
  ['~', "'~'"],
  ['=x', "'=x'"],
  ['a=b', 'a=b'],
  ['a\nb', "'a\nb'"],
])('posixQuote %j becomes %j', (input, expected) => {
  expect(posixQuote(input)).toBe(expected);
});

describe('truncate', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀b', 3, 'a…'],
    ['😀😀', 3, '😀…'],
    ['ab', 1, '…'],
    ['ab', 0, ''],
  ])('%j to %i is %j', (input, max, expected) => {
    expect(truncate(input, max)).toBe(expected);
  });

  it('never exceeds its limit nor splits a pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, max) => {
        const cut = truncate(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      }),
      seeded,
    );
  });
});
