import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program, SAMPLE, skipped } from '../collect/bicep/support.ts';
import type { Json } from '../../src/model/json.ts';
import { folderOf, NOW, put } from '../scan/support.ts';
import { reportOf, run } from './support.ts';

const ESTATE = `version: 1
name: contoso
intent: { adminNetworks: [10.20.0.0/24] }
templates:
  - { file: main.bicep, parameters: main.bicepparam }
`;

test('a compiler that is not there', () => {
  const folder = folderOf(SAMPLE);
  expect(run(['scan', '.', '--bicep', 'nothing'], { cwd: folder })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("'nothing' does not exist") as string,
  });
  const ran = run(['scan', '.', '--now', NOW], { cwd: folder, env: { PATH: '', HOME: folder } });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('az bicep install') as string]);
});

test('a repository names no compiler', () => {
  const folder = folderOf({ ...SAMPLE, 'rdposture.yaml': 'bicep: ./evil\n' });
  expect(run(['scan', '.', '--now', NOW], { cwd: folder })).toMatchObject({ code: 2, stderr: expect.stringContaining("The key 'bicep'") as string });
});

describe.skipIf(skipped)('with the real compiler', () => {
  test('fix edits the files as a saved report says, and what was found is gone', () => {
    const folder = folderOf({ 'estate.yaml': ESTATE, ...SAMPLE });
    const saved = reportOf(folder, 'NET-004', '--bicep', program);
    expect(saved.findings.filter(({ outcome }) => outcome === 'fail')).toHaveLength(2);
    const dry = run(['fix', '.', '--now', NOW, '--only', 'NET-004', '--allow-disconnect', '--dry-run', '--bicep', program], { cwd: folder });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('2 findings would be fixed in 2 files.') as string });
    expect(dry.stdout).toContain('--- a/modules/rules.bicep');
    expect(readFileSync(join(folder, 'main.bicep'), 'utf8')).toBe(SAMPLE['main.bicep']);
    put(join(folder, 'report.json'), saved as unknown as Json);
    const without = run(['fix', 'report.json', '--allow-disconnect'], { cwd: folder, env: { PATH: '', HOME: folder } });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no Bicep compiler') as string });
    expect(readFileSync(join(folder, 'main.bicep'), 'utf8')).toBe(SAMPLE['main.bicep']);
    const fixed = run(['fix', 'report.json', '--allow-disconnect', '--bicep', program], { cwd: folder });
    expect(fixed.stdout).toContain('2 findings fixed in 2 files.');
    expect(reportOf(folder, 'NET-004', '--bicep', program).findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });
});
