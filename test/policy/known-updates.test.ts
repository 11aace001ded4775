import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addFolders, readPolicyFolder } from '../../src/policy/library.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-updates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = (name: string, text: string): string => {
  const own = join(folder, name);
  mkdirSync(join(own, 'data'), { recursive: true });
  writeFileSync(join(own, 'data', 'known-updates.yaml'), text);
  return own;
};

describe('data about updates', () => {
  it('is shipped', () => {
    expect(readPolicyFolder('policies').knownUpdates?.vulnerabilities.length).toBeGreaterThan(0);
  });

  it('is absent where a folder has none', () => {
    const own = join(folder, 'none');
    mkdirSync(own);
    expect(readPolicyFolder(own).knownUpdates).toBeUndefined();
  });

  it("gives way to a user's own", () => {
    const shipped = readPolicyFolder('policies');
    const own = data('own', 'retrieved: 2027-01-02\nsystems: []\nvulnerabilities: []\nregressions: []\n');
    expect(addFolders(shipped, [own]).knownUpdates?.retrieved).toBe('2027-01-02');
    const other = join(folder, 'other');
    cpSync(join(folder, 'none'), other, { recursive: true });
    expect(addFolders(shipped, [other]).knownUpdates).toBe(shipped.knownUpdates);
  });

  it.each([
    ['a day that is none', 'retrieved: yesterday\nsystems: []\nvulnerabilities: []\nregressions: []\n'],
    ['a word that is not known', 'retrieved: 2027-01-02\nsystems: []\nvulnerabilities: []\nregressions: []\nupdates: []\n'],
    [
      'a revision that is no number',
      'retrieved: 2027-01-02\nsystems: []\nvulnerabilities: [{ cve: CVE-2027-0001, component: x, severity: 8.1, published: 2027-01-02, servers: { 20348: newest } }]\nregressions: []\n',
    ],
    [
      'a version that is none',
      'retrieved: 2027-01-02\nsystems: []\nvulnerabilities: []\nregressions: []\nprograms: [{ cve: CVE-2027-0001, severity: 8.1, published: 2027-01-02, fixed: { windows-app: newest } }]\n',
    ],
    [
      'a program that is not known',
      'retrieved: 2027-01-02\nsystems: []\nvulnerabilities: []\nregressions: []\nprograms: [{ cve: CVE-2027-0001, severity: 8.1, published: 2027-01-02, fixed: { mstsc: 1.2.3.4 } }]\n',
    ],
  ])('%s is refused', (_name, text) => {
    expect(() => readPolicyFolder(data('broken', text))).toThrow('known-updates.yaml');
  });
});
