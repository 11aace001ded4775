import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/model/problem.ts';
import { folderOf, hostSnapshot, scanFolder } from './support.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { fileURLToPath } from 'node:url';

const { knownUpdates } = readPolicyFolder(fileURLToPath(new URL('../../policies', import.meta.url)));
const RETRIEVED = Date.parse(`${knownUpdates?.retrieved ?? ''}T00:00:00Z`);
const after = (days: number): string => new Date(RETRIEVED + days * 86_400_000).toISOString();
const folder = folderOf({ 'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', { collectedAt: after(1) }) });
const old = (only: readonly string[], now: string): Problem[] => scanFolder(folder, only, { now }).problems.filter(({ code }) => code === 'data.old');

describe('data about updates', () => {
  it('that is old is a warning that names the policies, and fails nothing', () => {
    const [problem, ...more] = old(['UPD-002', 'UPD-003', 'FW-001'], after(121));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ level: 'warning', message: expect.stringMatching(/121 days before this scan: UPD-002, UPD-003 cannot tell/) as string });
    expect(problem?.message).toContain(knownUpdates?.retrieved);
  });

  it('that is old concerns clients that are updated on their own', () => {
    const programs = folderOf({
      'a.snapshot.json': hostSnapshot('rdsh01.contoso.com', {
        collectedAt: after(1),
        more: { clientPrograms: [{ Program: 'windows-app', Version: '9.0.0.0' }] },
      }),
    });
    const { problems } = scanFolder(programs, ['CLI-001'], { now: after(121) });
    expect(problems.find(({ code }) => code === 'data.old')?.message).toContain('CLI-001');
  });

  it.each<[string, readonly string[], number]>([
    ['is young', ['UPD-002'], 120],
    ['is younger than the scan thinks', ['UPD-002'], -5],
    ['is not what is judged', ['FW-001', 'UPD-006', 'UPD-007'], 400],
  ])('that %s is none', (_name, only, days) => {
    expect(old(only, after(days))).toEqual([]);
  });
});
