import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointName, openCheckpoint } from '../../../src/collect/live/checkpoint.ts';
import { snapshotFileName, writeAtomically } from '../../../src/collect/live/files.ts';
import { folderOf } from '../../scan/support.ts';

const NIGHT = { estate: 'contoso', shard: null, redact: false, startedAt: '2026-11-24T01:00:00.000Z' };

describe('a checkpoint', () => {
  it('remembers what is done, as long as its snapshot is there', () => {
    const folder = folderOf();
    const first = openCheckpoint(folder, NIGHT, false);
    for (const name of ['a', 'b', 'c']) first.add(`windows-host:${name}`, `${name}.json`);
    for (const name of ['a', 'c']) writeFileSync(join(folder, `${name}.json`), '{}');
    const again = openCheckpoint(folder, { ...NIGHT, startedAt: '2026-11-24T09:00:00.000Z' }, true);
    expect([...again.done]).toEqual(['windows-host:a', 'windows-host:c']);
    expect(again.startedAt).toBe(NIGHT.startedAt);
    again.remove();
    expect(readdirSync(folder).toSorted()).toEqual(['a.json', 'c.json']);
  });

  it('begins anew without --resume, and for a file that is none', () => {
    const folder = folderOf({ 'a.json': '{}' });
    openCheckpoint(folder, NIGHT, false).add('windows-host:a', 'a.json');
    expect(openCheckpoint(folder, NIGHT, false).done.size).toBe(0);
    writeFileSync(join(folder, checkpointName(null)), 'something else\n');
    expect(openCheckpoint(folder, NIGHT, true).done.size).toBe(0);
  });

  it('loses the last line only when it is cut off, and nothing of what follows', () => {
    const folder = folderOf({ 'a.json': '{}', 'b.json': '{}' });
    openCheckpoint(folder, NIGHT, false).add('windows-host:a', 'a.json');
    appendFileSync(join(folder, checkpointName(null)), '{"target":"windows-ho');
    const again = openCheckpoint(folder, NIGHT, true);
    expect([...again.done]).toEqual(['windows-host:a']);
    again.add('windows-host:b', 'b.json');
    expect([...openCheckpoint(folder, NIGHT, true).done]).toEqual(['windows-host:a', 'windows-host:b']);
  });

  it('never looks beyond its folder', () => {
    const folder = folderOf();
    openCheckpoint(folder, NIGHT, false).add('windows-host:a', '../../../../etc/passwd');
    expect(openCheckpoint(folder, NIGHT, true).done.size).toBe(0);
  });

  it.each([
    [{ ...NIGHT, redact: true }, /without --redact/],
    [{ ...NIGHT, estate: 'fabrikam' }, /another estate, 'contoso'/],
  ])('is not resumed as something else', (collection, says) => {
    const folder = folderOf();
    openCheckpoint(folder, NIGHT, false);
    expect(() => openCheckpoint(folder, collection, true)).toThrow(says);
  });

  it('of a shard is its own', () => {
    expect(checkpointName({ index: 2, count: 5 })).not.toBe(checkpointName({ index: 1, count: 5 }));
    expect(checkpointName(null)).not.toMatch(/\.(?:json|ya?ml)$/);
  });
});

describe('the name of a snapshot', () => {
  const nameOf = (name: string): string => snapshotFileName({ kind: 'windows-host', name });

  it.each([
    ['RDSH01.corp.contoso.com', 'rdsh01.corp.contoso.com.windows-host.snapshot.json'],
    ['..', '%2e..windows-host.snapshot.json'],
    ['-rf', '%2drf.windows-host.snapshot.json'],
    ['a:b*c?', 'a%3ab%2ac%3f.windows-host.snapshot.json'],
    ['nul', '%6eul.windows-host.snapshot.json'],
    ['con.contoso.com', '%63on.contoso.com.windows-host.snapshot.json'],
    ['grün', 'gr%c3%bcn.windows-host.snapshot.json'],
  ])('%s is %s', (name, file) => {
    expect(nameOf(name)).toBe(file);
  });

  it('is a plain one, short enough, and never two targets\u2019', () => {
    const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }).map((text) => text.toWellFormed());
    fc.assert(
      fc.property(names, names, (a, b) => {
        expect(nameOf(a)).toMatch(/^[a-z0-9_%][a-z0-9._%-]{0,220}$/);
        if (a.toLowerCase() !== b.toLowerCase()) expect(nameOf(a)).not.toBe(nameOf(b));
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('is written whole or not at all', () => {
    const folder = folderOf({ 'a.json': 'old' });
    writeAtomically(folder, 'a.json', Buffer.from('new'));
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('new');
    expect(() => writeAtomically(folder, '.', Buffer.from('x'))).toThrow();
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(existsSync(join(folder, 'a.json'))).toBe(true);
  });
});
