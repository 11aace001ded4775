import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanFolder } from '../scan/support.ts';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import { machine, readSnapshot, run, skipped, windowsPowerShell } from '../collectors/support.ts';
import { type Computer, computer, installedFolder, kit, removed } from './support.ts';

const A = 'S-1-5-21-1-2-3-2001';
const B = 'S-1-5-21-1-2-3-2002';

describe.skipIf(skipped)('the drop box', () => {
  let at: Computer;
  beforeEach(() => {
    at = computer({ 'CONTOSO\\rdsh01$': A, 'CONTOSO\\rdsh02$': B, 'CONTOSO\\a-very-long-nam$': A });
    mkdirSync(at.at('drop'));
    mkdirSync(at.at('snapshots'));
  });
  afterEach(() => at.remove());
  const snapshot = (name: string, kind = 'windows-host', more = ''): string =>
    `{"collectedAt":"2026-11-24T10:00:00Z",${more}"collector":{"name":"Collect-RdsHost","version":"1.0"},"schemaVersion":1,"sections":{},"target":{"kind":"${kind}","name":"${name}"}}`;
  const drop = (file: string, owner: string, text: string): void => {
    writeFileSync(at.at('drop', file), text);
    writeFileSync(at.at('drop', `${file}.owner`), owner);
  };
  const receive = (): ReturnType<Computer['command']> =>
    at.command(
      `& '${join(kit, 'scheduled-task', 'Receive-RdsPostureSnapshots.ps1')}' -DropBox '${at.at('drop')}' -Destination '${at.at('snapshots')}' -Domain CONTOSO; exit $LASTEXITCODE`,
    );
  const received = (): string[] => readdirSync(at.at('snapshots')).toSorted();

  it('gives what each computer wrote about itself, anew when it changed', () => {
    drop('rdsh01.contoso.com.windows-host.snapshot.json', A, snapshot('rdsh01.contoso.com'));
    drop('rdsh02.contoso.com.rds-deployment.snapshot.json', B, snapshot('rdsh02.contoso.com', 'rds-deployment'));
    // The account of a computer has 15 characters.
    drop('a-very-long-name-indeed.contoso.com.windows-host.snapshot.json', A, snapshot('a-very-long-name-indeed.contoso.com'));
    // Somebody is writing.
    drop('.rdsh02.contoso.com.windows-host.snapshot.json.0123.tmp', B, '{');
    expect(receive()).toMatchObject({ code: 0, stderr: '' });
    expect(received()).toEqual([
      'a-very-long-name-indeed.contoso.com.windows-host.snapshot.json',
      'rdsh01.contoso.com.windows-host.snapshot.json',
      'rdsh02.contoso.com.rds-deployment.snapshot.json',
    ]);
    expect(receive()).toMatchObject({ code: 0, stdout: '' });
    drop('rdsh01.contoso.com.windows-host.snapshot.json', A, snapshot('rdsh01.contoso.com', 'windows-host', '"new":true,'));
    expect(receive()).toMatchObject({ code: 0, stdout: 'Took rdsh01.contoso.com.windows-host.snapshot.json.\n' });
    expect(readFileSync(at.at('snapshots/rdsh01.contoso.com.windows-host.snapshot.json'), 'utf8')).toContain('"new":true');
  });

  const name = 'rdsh01.contoso.com.windows-host.snapshot.json';
  it.each<readonly [string, () => void, RegExp]>([
    ['of another computer', () => drop(name, B, snapshot('rdsh01.contoso.com')), /its owner is S-1-5-21-1-2-3-2002/],
    ['with another host in it', () => drop(name, A, snapshot('rdsh02.contoso.com')), /it is not a snapshot of rdsh01/],
    ['of another kind', () => drop(name, A, snapshot('rdsh01.contoso.com', 'rds-deployment')), /it is not a snapshot/],
    [
      'whose end is deeper',
      () => drop(name, A, `{"target":{"kind":"windows-host","name":"rdsh02.contoso.com"},"x":${snapshot('rdsh01.contoso.com')}}`),
      /it is not a snapshot/,
    ],
    ['that is cut off', () => drop(name, A, snapshot('rdsh01.contoso.com').slice(0, -1)), /it is not a snapshot/],
    ['that is empty', () => drop(name, A, ''), /it is not a snapshot/],
    ['whose name is a path', () => drop('x$(whoami).windows-host.snapshot.json', A, snapshot('x')), /its name is not that of a snapshot/],
    ['of an unknown computer', () => drop('rdsh09.contoso.com.windows-host.snapshot.json', A, snapshot('rdsh09.contoso.com')), /There is no account/],
    [
      'that is a link',
      () => {
        writeFileSync(at.at('secret'), snapshot('rdsh01.contoso.com'));
        symlinkSync(at.at('secret'), at.at('drop', name));
        writeFileSync(at.at('drop', `${name}.owner`), A);
      },
      /it is a link/,
    ],
    [
      'that is too large',
      () => {
        drop(name, A, snapshot('rdsh01.contoso.com'));
        truncateSync(at.at('drop', name), 67_108_865);
      },
      /larger than 64 MiB/,
    ],
  ])('refuses a file %s, and takes the others', (_, put, says) => {
    put();
    drop('rdsh02.contoso.com.windows-host.snapshot.json', B, snapshot('rdsh02.contoso.com'));
    const { code, stdout } = receive();
    expect(code).toBe(1);
    expect(stdout).toMatch(says);
    expect(received()).toEqual(['rdsh02.contoso.com.windows-host.snapshot.json']);
  });

  it('gives a scan its hosts, found by the name in the snapshot', () => {
    drop(name, A, snapshot('rdsh01.contoso.com'));
    receive();
    writeFileSync(at.at('estate.yaml'), 'version: 1\nname: contoso\nsnapshots: { folder: snapshots/ }\nhosts:\n  - name: rdsh01.contoso.com\n');
    const report = scanFolder(at.folder, []);
    expect(JSON.stringify(report)).toContain('rdsh01.contoso.com');
    expect(report.problems.filter((problem) => /no snapshot/i.test(problem.message))).toEqual([]);
  });
});

describe.skipIf(skipped)('what the task starts', () => {
  it('drops a whole file under the own name, replaces it the next time, and fails where it may not write', () => {
    const at = machine(hostFixture(), HOST_FILES);
    const folder = installedFolder('scheduled-task/Invoke-ScheduledCollector.ps1');
    const share = join(at.folder, 'share');
    mkdirSync(share);
    const start = (where: string): ReturnType<typeof run> =>
      run(windowsPowerShell, ['-NoProfile', '-NonInteractive', '-File', join(folder, 'Invoke-ScheduledCollector.ps1'), '-Kind', 'host', '-Share', where], at);
    expect(start(share)).toMatchObject({ code: 0, stderr: '' });
    const [file = '', ...more] = readdirSync(share);
    expect(more).toEqual([]);
    expect(file.startsWith(hostname().toLowerCase())).toBe(true);
    expect(file.endsWith('.windows-host.snapshot.json')).toBe(true);
    const { snapshot, problems } = readSnapshot(readFileSync(join(share, file)));
    expect(problems).toEqual([]);
    expect(file).toBe(`${snapshot.target.name}.windows-host.snapshot.json`);
    // What the collection of the drop box looks for.
    expect(readFileSync(join(share, file), 'utf8').endsWith(`,"target":{"kind":"windows-host","name":"${snapshot.target.name}"}}`)).toBe(true);
    expect(start(share)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(share)).toEqual([file]);
    expect(start(join(at.folder, 'missing'))).toMatchObject({ code: 1, stderr: expect.stringContaining('The collector failed (output)') });
    removed(folder);
    at.remove();
  });
});
