import { chmodSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOOTSTRAP, encodedCommand, inputOf, REMOTE_COMMAND } from '../../../src/collect/live/bootstrap.ts';
import { findProgram } from '../../../src/collect/live/child.ts';
import { pooled } from '../../../src/collect/live/pool.ts';
import { readReceived } from '../../../src/collect/live/receive.ts';
import { collectLive } from '../../../src/collect/live/run.ts';
import { sshArguments } from '../../../src/collect/live/ssh.ts';
import { invalidTarget, type LiveTarget } from '../../../src/collect/live/targets.ts';
import { folderOf } from '../../scan/support.ts';

const TARGET: LiveTarget = {
  id: 'windows-host:a.contoso.com',
  kind: 'windows-host',
  name: 'a.contoso.com',
  address: '192.0.2.1',
  over: 'ssh',
  user: null,
  port: null,
  keyFile: null,
};

describe('the command line of ssh', () => {
  it('ends its options before the destination, and asks nothing', () => {
    const args = sshArguments({ ...TARGET, user: 'CONTOSO\\svc', port: 2222, keyFile: '/keys/id' }, 60);
    expect(args.slice(-3)).toEqual(['--', '192.0.2.1', REMOTE_COMMAND]);
    const text = args.join(' ');
    for (const option of [
      '-T ',
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'ConnectTimeout=15',
      '-l CONTOSO\\svc',
      '-p 2222',
      '-i /keys/id',
      'IdentitiesOnly=yes',
    ])
      expect(text).toContain(option);
    expect(text).not.toContain('accept-new');
  });

  it('leaves to the user what the estate does not say', () => {
    const args = sshArguments(TARGET, 5);
    for (const option of ['-l', '-p', '-i', 'IdentitiesOnly=yes']) expect(args).not.toContain(option);
    expect(args).toContain('ConnectTimeout=5');
  });

  it.each([
    [{ address: '-oProxyCommand=x' }, /address/],
    [{ address: 'a b' }, /address/],
    [{ address: 'a;b' }, /address/],
    [{ address: '$(x)' }, /address/],
    [{ address: 'user@host' }, /address/],
    [{ address: 'ssh://host' }, /address/],
    [{ address: '' }, /address/],
    [{ address: 'a\nb' }, /address/],
    [{ user: '-l' }, /user/],
    [{ user: 'a b' }, /user/],
    [{ user: '`x`' }, /user/],
    [{ user: 'a\\' }, /user/],
    [{ keyFile: '-x' }, /key file/],
    [{ keyFile: 'a%h' }, /key file/],
  ])('is never made with %j', (change, says) => {
    expect(invalidTarget({ ...TARGET, ...change })).toMatch(says);
  });

  it.each([
    { address: 'rdsh01' },
    { address: '2001:db8::1' },
    { address: 'fe80::1%eth0' },
    { address: 'a_b.contoso.com' },
    { user: 'CONTOSO\\jörg' },
    { user: 'svc@contoso.com' },
    { keyFile: '~/.ssh/id' },
  ])('takes %j', (change) => {
    expect(invalidTarget({ ...TARGET, ...change })).toBe(null);
  });
});

describe('the bootstrap', () => {
  it('is short, plain ASCII, and the same to every shell', () => {
    expect(encodedCommand(BOOTSTRAP).length).toBeLessThan(2000);
    expect(BOOTSTRAP).toMatch(/^[\n -~]*$/);
    expect(REMOTE_COMMAND).toMatch(/^[A-Za-z0-9 .+/=-]+$/);
  });

  it('gets the request, the script without its mark, and an end', () => {
    const script = `\ufeff# Größe\n${'x'.repeat(10_000)}`;
    const [request = '', ...rest] = inputOf('{"ü":1}', script, 305).trimEnd().split('\n');
    expect(Buffer.from(request, 'base64').toString('utf8')).toBe('{"ü":1}');
    expect(rest.at(-1)).toBe('.305');
    expect(Buffer.from(rest.slice(0, -1).join(''), 'base64').toString('utf8')).toBe(script.slice(1));
  });
});

describe('what a host sends back', () => {
  const SNAPSHOT = { schemaVersion: 1, target: { kind: 'windows-host', name: 'a.contoso.com' }, collectedAt: '2026-11-24T10:00:00Z', sections: {} };
  it.each([
    ['another name', { ...SNAPSHOT, target: { kind: 'windows-host', name: 'b.contoso.com' } }],
    ['another kind', { ...SNAPSHOT, target: { kind: 'rds-deployment', name: 'a.contoso.com' } }],
    ['no sections', { ...SNAPSHOT, sections: null }],
    ['another version', { ...SNAPSHOT, schemaVersion: 2 }],
    ['no time', { ...SNAPSHOT, collectedAt: 'yesterday' }],
    ['a list', []],
  ])('is refused with %s', (_, value) => {
    expect(readReceived(Buffer.from(JSON.stringify(value)), TARGET)).toMatchObject({ cause: 'babble' });
  });
  it('is read as UTF-8 and nothing else', () => {
    expect(readReceived(Buffer.from(JSON.stringify(SNAPSHOT)), TARGET)).toEqual({ snapshot: SNAPSHOT });
    expect(readReceived(Buffer.from([0xff, 0xfe, 0x7b]), TARGET)).toMatchObject({ cause: 'babble' });
  });
});

describe('ways that cannot be used here', () => {
  it.skipIf(process.platform === 'win32').each(['winrm', 'snapshot', 'wire'] as const)('%s says what to use instead', async (over) => {
    const job = { requestOf: () => '', scriptOf: () => '', timeoutSeconds: 1, concurrency: 1, signal: new AbortController().signal, ssh: null };
    const results = [];
    for await (const result of collectLive([{ ...TARGET, over }], job)) results.push(result);
    expect(results).toMatchObject([{ problem: { code: 'collect.not-supported', hint: expect.stringMatching(/ssh|put its snapshot/) as string } }]);
  });
});

describe('helpers', () => {
  it('find no program by a relative folder of PATH, and none that cannot run', () => {
    const folder = folderOf({ 'bin/ssh': '#!/bin/sh\n', 'plain/ssh': 'x' });
    chmodSync(join(folder, 'bin/ssh'), 0o755);
    mkdirSync(join(folder, 'dir/ssh'), { recursive: true });
    const path = ['.', 'bin', join(folder, 'dir'), join(folder, 'plain'), join(folder, 'bin')].join(delimiter);
    expect(findProgram('ssh', path, 'linux')).toBe(join(folder, 'bin/ssh'));
    expect(findProgram('ssh', '.', 'linux')).toBe(null);
  });

  it('never run more at once than allowed, and all of them', async () => {
    let [now, most] = [0, 0];
    const results: number[] = [];
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, item % 3));
      now--;
      return item;
    };
    for await (const result of pooled(
      Array.from({ length: 50 }, (_, index) => index),
      7,
      work,
    ))
      results.push(result);
    expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(most).toBe(7);
  });
});
