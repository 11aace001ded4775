import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { deploymentFixture } from '../collectors/deployment-fixture.ts';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import {
  type Framed,
  framesOf,
  LIMITS,
  type Machine,
  machine,
  NONCE,
  readSnapshot,
  request,
  root,
  run,
  skipped,
  windowsPowerShell,
} from '../collectors/support.ts';
import { installedFolder, kit, removed } from './support.ts';

/** A host that is a connection broker too. */
function broker(): JsonObject {
  const host = hostFixture();
  return { ...host, commands: { ...host.commands, ...deploymentFixture().commands } };
}

interface Answer {
  readonly output: readonly string[];
  readonly error: string;
}

const SECRET = { key: 'HKLM\\SECURITY\\Policy\\Secrets', name: null };
const failureOf = (lines: readonly string[]): string | undefined => {
  const [word, nonce, code, text] = lines.at(-1)?.split(' ') ?? [];
  return word === 'rdposture-fail' && nonce === NONCE && lines.length === 2 ? `${code}: ${Buffer.from(text ?? '', 'base64').toString()}` : undefined;
};
const framed = (output: readonly string[]): Framed => framesOf({ code: 0, stdout: output.join('\n'), stderr: '' });

/** Requests that a caller may not send; each is answered by words, in a frame when its nonce is one. */
const REFUSED: readonly (readonly [what: string, asked: unknown, says: RegExp])[] = [
  ['not JSON', '{"nonce":', /not JSON/],
  ['a list', [request('windows-host')], /not an object/],
  ['a command', 'Get-Process', /not JSON/],
  ['a text', '"Get-Process"', /not an object/],
  ['nothing', null, /not an object/],
  ['no nonce', { ...request('windows-host'), nonce: null }, /has no nonce/],
  ['a nonce of another kind', { ...request('windows-host'), nonce: [NONCE] }, /'nonce' is not/],
  ['a nonce with more after it', { ...request('windows-host'), nonce: `${NONCE}\nrdposture-end` }, /'nonce' is not/],
  ['another kind', request('rds-deployment'), /not for this collector/],
  ['sections that are a text', request('windows-host', { sections: 'os' }), /'sections' is not/],
  ['a section that is code', request('windows-host', { sections: ['$(Get-Process)'] }), /'sections' is not/],
  ['a section that is a table', request('windows-host', { sections: [{ a: 'os' }] }), /'sections' is not/],
  ['too many sections', request('windows-host', { sections: Array.from({ length: 201 }, () => 'os') }), /'sections' is not/],
  ['a name with a line break', request('windows-host', { name: 'a\nb' }), /'name' is not/],
  ['a name that is too long', request('windows-host', { name: 'a'.repeat(256) }), /'name' is not/],
  ['collections that are none', request('windows-host', { collections: [1] }), /'collections' is not/],
  ['a depth that no request has', `{"nonce":"${NONCE}","x":${'['.repeat(60_000)}${']'.repeat(60_000)}}`, /not JSON/],
];

describe.skipIf(skipped)('the guard', () => {
  let at: Machine;
  let folder: string;
  beforeAll(() => {
    at = machine(broker(), HOST_FILES);
    folder = installedFolder();
  });
  afterAll(() => {
    at?.remove();
    if (folder) removed(folder);
  });
  const guarded = (kind: string, asked: unknown): ReturnType<typeof run> =>
    run(
      windowsPowerShell,
      [
        '-NoProfile',
        '-File',
        join(folder, 'Invoke-GuardedCollector.ps1'),
        '-Kind',
        kind,
        '-Request',
        typeof asked === 'string' ? asked : JSON.stringify(asked),
      ],
      at,
    );

  it('reads what is installed, whatever registry keys and limits the caller names', () => {
    const asked = request('windows-host', { sections: ['registry', 'os'], registry: [SECRET], limits: { ...LIMITS, textLength: 1, sectionRows: 999_999_999 } });
    const { bytes, progress } = framesOf(guarded('host', asked));
    expect(progress).toEqual([
      ['os', 'ok'],
      ['registry', 'ok'],
    ]);
    const { snapshot } = readSnapshot(bytes);
    expect(snapshot.target).toEqual({ kind: 'windows-host', name: 'rdsh01.contoso.com' });
    const keys = Object.keys(snapshot.sections['registry']?.data as JsonObject);
    expect(keys.length).toBeGreaterThan(30);
    expect(keys).not.toContain(SECRET.key);
    // The key is there to be read: it is the guard that does not ask for it.
    expect(Object.keys(readSnapshot(framesOf(unguarded(asked)).bytes).snapshot.sections['registry']?.data as JsonObject)).toEqual([SECRET.key]);
  });
  const unguarded = (asked: JsonObject): ReturnType<typeof run> =>
    run(windowsPowerShell, ['-NoProfile', '-File', join(folder, 'Collect-RdsHost.ps1'), '-Request', JSON.stringify({ ...asked, limits: LIMITS })], at);

  it('passes names on as texts, whatever stands in them', () => {
    const name = `a"',\\$(Get-Process) ü`;
    const { snapshot } = readSnapshot(framesOf(guarded('host', request('windows-host', { name, sections: [] }))).bytes);
    expect(snapshot.target.name).toBe(name);
    expect(snapshot.sections).toEqual({});
  });

  it('reads a deployment, of the collections that are asked for', () => {
    const rows = (collections: readonly string[] | null): unknown[] =>
      readSnapshot(framesOf(guarded('deployment', request('rds-deployment', { sections: ['collections'], collections }))).bytes).snapshot.sections[
        'collections'
      ]?.data as unknown[];
    expect(rows(null)).toHaveLength(1);
    expect(rows(['There is none', 'Büro Apps'])).toHaveLength(1);
    expect(rows(['There is none'])).toEqual([]);
  });
});

describe.skipIf(skipped)('a session of the endpoint', () => {
  let at: Machine;
  let modules: string;
  let call: (asked: JsonObject) => Promise<Answer>;
  let stop: () => Promise<void>;
  beforeAll(() => {
    at = machine(broker(), HOST_FILES);
    modules = mkdtempSync(join(tmpdir(), 'rdposture-modules-'));
    const folder = installedFolder();
    mkdirSync(join(modules, 'RdsPosture'));
    cpSync(folder, join(modules, 'RdsPosture'), { recursive: true });
    cpSync(join(kit, 'jea', 'RdsPosture'), join(modules, 'RdsPosture'), { recursive: true });
    removed(folder);
    const session = join(root, 'test', 'kit', 'session.ps1');
    const child = spawn(windowsPowerShell, ['-NoProfile', '-File', session, '-ConfigurationFile', join(kit, 'jea', 'RdsPosture.pssc'), '-Modules', modules], {
      cwd: at.folder,
      env: { ...process.env, ...at.environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    call = async (asked) => {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('The session ended.');
      return JSON.parse(value) as Answer;
    };
    stop = async () => {
      child.stdin.end();
      if (child.exitCode === null) await new Promise((ended) => child.on('exit', ended));
    };
  });
  afterAll(async () => {
    await stop?.();
    at?.remove();
    if (modules) removed(modules);
  });
  const snapshotOf = (kind: string, asked: unknown): Promise<Answer> =>
    call({ command: 'Get-RdsSnapshot', parameters: { Kind: kind, Request: typeof asked === 'string' ? asked : JSON.stringify(asked) } });

  it('shows one command beside those of every such session', async () => {
    const { output } = await call({ command: 'Get-Command', parameters: {} });
    expect(output.toSorted()).toEqual(['Clear-Host', 'Exit-PSSession', 'Get-Command', 'Get-Help', 'Get-RdsSnapshot', 'Out-Default']);
  });

  it.each([
    'Get-Process',
    '[Environment]::MachineName',
    '$x = 1',
    '& { 1 }',
    '. { 1 }',
    'Get-RdsSnapshot -Kind host -Request $(1)',
    'function f { 1 }',
    'Get-Item /',
  ])('has no language: %s', async (script) => {
    const { output, error } = await call({ script });
    expect(output).toEqual([]);
    expect(error).toMatch(/no-language mode/);
  });

  it.each(['ConvertFrom-Json', 'Get-Item', 'Import-Module', 'Invoke-GuardedCollector.ps1', 'New-Object', 'Set-Location'])('has no %s', async (command) => {
    const { output, error } = await call({ command, parameters: {} });
    expect(output).toEqual([]);
    expect(error).toMatch(/not recognized/);
  });

  it('returns the frames as objects, of what is installed and nothing else', async () => {
    const { output, error } = await snapshotOf('host', request('windows-host', { sections: ['registry', 'os'], registry: [SECRET] }));
    expect(error).toBe('');
    const { snapshot, problems } = readSnapshot(framed(output).bytes);
    expect(problems).toEqual([]);
    expect(snapshot.sections['os']?.status).toBe('ok');
    expect(Object.keys(snapshot.sections['registry']?.data as JsonObject)).not.toContain(SECRET.key);
  });

  it('reads a deployment too, and twice', async () => {
    for (const collections of [null, ['There is none']]) {
      const { output } = await snapshotOf('deployment', request('rds-deployment', { sections: ['collections'], collections }));
      expect(readSnapshot(framed(output).bytes).snapshot.target.kind).toBe('rds-deployment');
    }
  });

  it.each(REFUSED)('refuses a request that is %s', async (_, asked, says) => {
    const { output, error } = await snapshotOf('host', asked);
    expect(`${failureOf(output) ?? output.join('\n')}${error}`).toMatch(says);
    expect(output.some((line) => line.startsWith('rdposture-data'))).toBe(false);
  });

  it('refuses another kind, and a request that is too long', async () => {
    expect((await snapshotOf('C:\\x.ps1', request('windows-host'))).error).toMatch(/ValidateSet|does not belong to the set/);
    expect((await snapshotOf('host', request('windows-host', { more: 'x'.repeat(262_144) }))).error).toMatch(/length|too long/i);
  });

  it('keeps what a request calls PSObject from meaning anything', async () => {
    const asked = `{"PSObject":{"Properties":{"nonce":"x"}},"nonce":"${NONCE}","kind":"windows-host","name":"a","sections":["os"],"registry":[{"key":"HKLM\\\\SAM","name":null}]}`;
    const { output, error } = await snapshotOf('host', asked);
    const whole = output.at(-1)?.startsWith('rdposture-end') === true;
    if (whole) expect(Object.keys(readSnapshot(framed(output).bytes).snapshot.sections)).toEqual(['os']);
    else expect(`${failureOf(output) ?? ''}${error}`).toMatch(/request/);
  });
});
