import { describe, expect, it } from 'vitest';
import { frameworkOf, taxonAddress, taxonId } from '../../src/report/sarif/frameworks.ts';
import { fenced } from '../../src/report/sarif/help.ts';
import { numbered, templateOf } from '../../src/report/sarif/template.ts';
import { pascalCase, plainText, sentence, shortSentence } from '../../src/report/sarif/text.ts';
import { isAbsolute, isInSourceRoot, uriOf, webAddress } from '../../src/report/sarif/uri.ts';

describe('uriOf', () => {
  it.each([
    ['infra/main.bicep', 'infra/main.bicep'],
    ['netz werk/a#b?.json', 'netz%20werk/a%23b%3F.json'],
    ['a:b.yaml', 'a%3Ab.yaml'],
    ['100%.yaml', '100%25.yaml'],
    ['straße.yaml', 'stra%C3%9Fe.yaml'],
    ['lone\ud800.yaml', 'lone%EF%BF%BD.yaml'],
    ['/srv/a b.json', 'file:///srv/a%20b.json'],
    ['C:\\estate\\a b.yaml', 'file:///C:/estate/a%20b.yaml'],
    ['\\\\server\\share\\a.yaml', 'file://server/share/a.yaml'],
  ])('%s', (file, uri) => {
    expect(uriOf(file)).toBe(uri);
  });
});

describe('isInSourceRoot', () => {
  const outside = { file: 'up.yaml', sha256: '', length: 0, mimeType: '', inSourceRoot: false };
  it.each([
    ['estate.yaml', true],
    ['up.yaml', false],
    ['../estate.yaml', false],
    ['a/../../b.yaml', false],
    ['..a/b.yaml', true],
    ['/srv/estate.yaml', false],
    ['D:/estate.yaml', false],
    ['', false],
  ])('%s', (file, expected) => {
    expect(isInSourceRoot(file, new Map([['up.yaml', outside]]))).toBe(expected);
  });

  it('knows absolute paths of both worlds', () => {
    expect(['/a', 'C:\\a', 'c:/a', '\\\\s\\a', 'a', 'C:a'].map(isAbsolute)).toEqual([true, true, true, true, false, false]);
  });
});

describe('webAddress', () => {
  it.each([
    ['https://learn.microsoft.com/a', 'https://learn.microsoft.com/a'],
    ['https://user:secret@git.contoso.com/e.git', 'https://git.contoso.com/e.git'],
    ['https://contoso.com/[a](b)?c|d#e#f%zz', 'https://contoso.com/%5Ba%5D(b)?c%7Cd#e%23f%25zz'],
    ['javascript:alert(1)', undefined],
    ['git@github.com:contoso/estate.git', undefined],
    ['/relative', undefined],
  ])('%s', (text, address) => {
    expect(webAddress(text)).toBe(address);
  });
});

describe('templates', () => {
  it.each([
    ["Host '{host}' has '{sources.x}'.", "Host '{0}' has '{1}'."],
    ['{a}{a}', '{0}{1}'],
    ['no placeholder {} { here', 'no placeholder {{}} {{ here'],
    ['', ''],
  ])('%j', (message, text) => {
    expect(numbered(templateOf(message))).toBe(text);
  });
});

describe('text', () => {
  it.each([
    ['plain', 'plain'],
    ['a\r\nb', 'a  b'],
    ['\u001b[0m', '\\u001b[0m'],
    ['[x](1)', '[x] (1)'],
    ['{0} {name}', '{{0}} {name}'],
    ['\ud800', '\\ud800'],
    ['Größe „ist“ …', 'Größe „ist“ …'],
  ])('plainText %j', (text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  it.each([
    ['a', 'a.'],
    ['a. ', 'a.'],
    ['a!', 'a!.'],
  ])('sentence %j', (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });

  it('shortSentence keeps to its length', () => {
    expect(shortSentence('a'.repeat(2000), 1024)).toMatch(/^a+…\.$/);
    expect(shortSentence('a'.repeat(2000), 1024).length).toBe(1024);
    expect(shortSentence('short', 1024)).toBe('short.');
  });

  it('pascalCase', () => {
    expect(pascalCase('snapshot.not-json')).toBe('SnapshotNotJson');
  });

  it('fenced takes a longer fence than the code has', () => {
    expect(fenced('a ```` b')).toBe('`````\na ```` b\n`````');
  });
});

describe('frameworks', () => {
  it.each([
    ['cis-windows-server-2022-4.0.0', 'CIS Microsoft Windows Server 2022', '4.0.0'],
    ['cis-azure-6.0.0', 'CIS Microsoft Azure Foundations', '6.0.0'],
    ['stig-windows-server-2022', 'DISA STIG Windows Server 2022', undefined],
    ['mcsb-1', 'Microsoft cloud security benchmark', '1'],
    ['microsoft-baseline', 'Microsoft security baseline', undefined],
    ['cwe', 'CWE', undefined],
    ['contoso-rules', 'contoso-rules', undefined],
  ])('%s', (id, name, version) => {
    expect([frameworkOf(id).name, frameworkOf(id).version]).toEqual([name, version]);
  });

  it('writes weaknesses as readers look for them', () => {
    expect(taxonId('cwe', '287')).toBe('CWE-287');
    expect(taxonAddress('cwe', 'CWE-287')).toBe('https://cwe.mitre.org/data/definitions/287.html');
  });
});
