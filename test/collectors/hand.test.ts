import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { requestDocument } from '../../scripts/collector-request.mjs';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { HOST_FILES, hostFixture } from './host-fixture.ts';
import {
  DEPLOYMENT_SCRIPT,
  HOST_SCRIPT,
  LIMITS,
  type Machine,
  machine,
  NONCE,
  readSnapshot,
  request,
  root,
  run,
  runFramed,
  skipped,
  windowsPowerShell,
} from './support.ts';

const script = readFileSync(HOST_SCRIPT, 'utf8');
const base64 = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

it('ships the request that follows from the settings catalogue', () => {
  expect(readFileSync(join(root, 'collectors', 'request.json'), 'utf8')).toBe(requestDocument());
});

describe.skipIf(skipped)('by hand', () => {
  const made: Machine[] = [];
  const played = (): Machine => {
    const at = machine(hostFixture(), HOST_FILES);
    made.push(at);
    return at;
  };
  afterEach(() => {
    for (const at of made.splice(0)) at.remove();
  });
  const start = (at: Machine, ...parameters: readonly string[]): ReturnType<typeof run> =>
    run(windowsPowerShell, ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', HOST_SCRIPT, ...parameters], at);

  it('reads what request.json beside it says, and writes a file that appears whole', () => {
    const at = played();
    writeFileSync(join(at.folder, 'os.json'), JSON.stringify(request('windows-host', { sections: ['os'] })));
    const { code, stderr } = start(at, '-RequestFile', 'os.json', '-OutFile', join(at.folder, 'missing', 'host.json'));
    expect(code).toBe(1);
    expect(stderr).toContain('The collector failed (output)');
    expect(existsSync(join(at.folder, 'missing'))).toBe(false);

    writeFileSync(join(at.folder, 'host.json'), 'old');
    const inode = statSync(join(at.folder, 'host.json')).ino;
    expect(start(at, '-OutFile', 'host.json')).toMatchObject({ code: 0, stdout: `${join(at.folder, 'host.json')}\n`, stderr: '' });
    // Another file has taken the name; the old one was never opened for writing.
    expect(statSync(join(at.folder, 'host.json')).ino).not.toBe(inode);
    expect(readdirSync(at.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { snapshot, problems } = readSnapshot(readFileSync(join(at.folder, 'host.json')));
    expect(problems).toEqual([]);
    expect(snapshot.target.kind).toBe('windows-host');
    expect(snapshot.target.name).not.toBe('');
    const keys = Object.keys((snapshot.sections['registry']?.data ?? {}) as JsonObject);
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => key.includes('*') || key.includes('{'))).toEqual([]);
    // What programs wrote for it is gone.
    expect(readdirSync(join(at.folder, 'tmp')).filter((name) => name.startsWith('rdposture'))).toEqual([]);
  });

  it('reads another request, and names the file after the target', () => {
    const at = played();
    writeFileSync(join(at.folder, 'mine.json'), JSON.stringify({ ...request('windows-host'), name: 'host/one', sections: ['os'] }));
    expect(start(at, '-RequestFile', 'mine.json').code).toBe(0);
    const { snapshot } = readSnapshot(readFileSync(join(at.folder, 'host_one.windows-host.snapshot.json')));
    expect(Object.keys(snapshot.sections)).toEqual(['os']);
    expect(start(at, '-RequestFile', 'none.json')).toMatchObject({ code: 1, stderr: expect.stringContaining('The collector failed (request)') });
  });

  it.each<readonly [string, Json, string, string]>([
    ['another kind', request('rds-deployment'), 'request', 'The request is not for this collector, which makes snapshots of windows-host.'],
    ['a key of another hive', request('windows-host', { registry: [{ key: 'HKCU\\x', name: null }], sections: ['registry'] }), '', ''],
  ])('fails in a frame: %s', (_, asked, code, message) => {
    const at = played();
    const answer = runFramed(script, asked as JsonObject, at);
    const lines = answer.stdout.trim().split('\n');
    if (code === '') expect(lines).toContain(`rdposture-section ${NONCE} registry error`);
    else {
      const [word, nonce, failure, text] = lines.at(-1)?.split(' ') ?? [];
      expect([answer.code, word, nonce, failure, base64(text)]).toEqual([1, 'rdposture-fail', NONCE, code, message]);
    }
  });

  it('refuses a request without a nonce, on standard error', () => {
    const answer = runFramed(script, { ...request('windows-host'), nonce: 'x' }, played());
    expect(answer).toMatchObject({ code: 1, stdout: '', stderr: 'The collector failed (request): The request has no nonce.\n' });
  });

  it('has the same limits and the same common part in both scripts', () => {
    expect((JSON.parse(requestDocument()) as JsonObject)['limits']).toEqual(LIMITS);
    const common = (path: string): string[] => readFileSync(path, 'utf8').match(/#region Common[\s\S]*?#endregion/g) ?? [];
    expect(common(HOST_SCRIPT)).toHaveLength(2);
    expect(common(DEPLOYMENT_SCRIPT)).toEqual(common(HOST_SCRIPT));
  });
});
