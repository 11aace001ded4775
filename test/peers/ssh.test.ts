import { existsSync } from 'node:fs';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveTarget } from '../../src/collect/live/targets.ts';
import { collectFrom, isAlive, outcomeOf, type SshServer, startSshServer, startTcp, targetAt, waitFor, whyNoSsh } from './ssh-support.ts';

/** Address by address: what is there, and the problem that must come of it; null is a snapshot. */
const HOSTS: Readonly<Record<string, { readonly mode?: string; readonly code: string | null; readonly says?: RegExp }>> = {
  '127.0.0.1': { mode: 'ok', code: null },
  '127.0.0.2': { mode: 'slow', code: null },
  '127.0.0.3': { mode: 'talkative', code: null },
  '127.0.0.4': { code: 'collect.authentication', says: /Permission denied \(publickey\)/ },
  '127.0.0.5': { code: 'collect.host-key', says: /IDENTIFICATION HAS CHANGED|verification failed/ },
  '127.0.0.6': { code: 'collect.host-key', says: /No ED25519 host key is known|verification failed/ },
  '127.0.0.7': { mode: 'garbage', code: 'collect.babble', says: /Microsoft Windows/ },
  '127.0.0.8': { mode: 'flood', code: 'collect.babble', says: /xxx/ },
  '127.0.0.9': { mode: 'big', code: null },
  '127.0.0.10': { mode: 'huge', code: 'collect.too-large', says: /68157442 bytes/ },
  '127.0.0.11': { mode: 'bomb', code: 'collect.babble', says: /unpacked/ },
  '127.0.0.12': { mode: 'other', code: 'collect.babble', says: /another target/ },
  '127.0.0.13': { mode: 'wrong-hash', code: 'collect.babble', says: /hash/ },
  '127.0.0.14': { mode: 'half', code: 'collect.cut' },
  '127.0.0.15': { mode: 'cut', code: 'collect.cut' },
  '127.0.0.16': { mode: 'hang', code: 'collect.timeout', says: /8 seconds/ },
  '127.0.0.17': { mode: 'denied', code: 'collect.authorisation', says: /Zugriff verweigert/ },
  '127.0.0.18': { mode: 'broken', code: 'collect.collector-error', says: /Es ging nicht/ },
  '127.0.0.19': { mode: 'policy', code: 'collect.execution-policy' },
  '127.0.0.20': { mode: 'crash', code: 'collect.collector-error', says: /kaputt/ },
  '127.0.0.21': { code: 'collect.no-powershell', says: /not found/ },
  '127.0.0.22': { code: 'collect.quota' },
};
/** Seconds for what hangs, for the others, and for what is large; machines that test are slow. */
const [SHORT, LONG, LONGEST] = [8, 40, 90];
const HANGING = ['127.0.0.16', '127.0.0.30'];
const LARGE = ['127.0.0.8', '127.0.0.9', '127.0.0.10', '127.0.0.11'];

const missing = whyNoSsh();
let server: SshServer;
const tcp: Server[] = [];

beforeAll(async () => {
  if (missing !== null) return;
  server = await startSshServer(Object.keys(HOSTS), {
    modes: Object.fromEntries(Object.entries(HOSTS).map(([address, { mode }]) => [address, mode ?? 'ok'])),
    match: {
      '127.0.0.4': 'AuthorizedKeysFile /nonexistent',
      '127.0.0.21': 'ForceCommand PATH=/usr/bin:/bin sh -c "$SSH_ORIGINAL_COMMAND"',
      '127.0.0.22': 'MaxSessions 0',
    },
    changed: ['127.0.0.5'],
    unknown: ['127.0.0.6'],
    // A jump host that is there, and a target behind it that is not.
    client: 'Host behind.contoso.com\n  HostName 127.0.0.99\n  ProxyJump jump.contoso.com\nHost jump.contoso.com\n  HostName 127.0.0.1\n',
  });
  tcp.push(
    await startTcp('127.0.0.30', server.port, null),
    await startTcp('127.0.0.31', server.port, 'x'.repeat(20_000)),
    await startTcp('127.0.0.33', server.port, 'HTTP/1.1 400 Bad Request\r\n\r\n', true),
  );
});
afterAll(async () => {
  for (const one of tcp) one.close();
  await server?.stop();
});

describe.skipIf(missing !== null)(`collecting over a real OpenSSH server${missing === null ? '' : ` (${missing})`}`, () => {
  it('tells every kind of host apart, exactly, and the others go on', async () => {
    const addresses = [
      ...Object.keys(HOSTS),
      '127.0.0.30',
      '127.0.0.31',
      '127.0.0.32',
      '127.0.0.33',
      'no-such-host.invalid',
      'behind.contoso.com',
      '-oProxyCommand=touch${IFS}x',
    ];
    const quick = addresses.filter((address) => !HANGING.includes(address) && !LARGE.includes(address));
    const of = (some: readonly string[]): LiveTarget[] => some.map((address) => targetAt(server, address));
    const results = [
      ...(await Promise.all([collectFrom(server, of(HANGING), { timeoutSeconds: SHORT }), collectFrom(server, of(quick), { timeoutSeconds: LONG })])).flat(),
      ...(await collectFrom(server, of(LARGE), { timeoutSeconds: LONGEST, concurrency: 2 })),
    ];
    const byAddress = new Map(results.map((result) => [result.target.address, result]));
    const seen = Object.fromEntries(addresses.map((address) => [address, outcomeOf(byAddress.get(address))]));
    expect(seen).toEqual({
      ...Object.fromEntries(Object.entries(HOSTS).map(([address, { code }]) => [address, code])),
      '127.0.0.30': 'collect.timeout',
      '127.0.0.31': 'collect.babble',
      '127.0.0.32': 'collect.refused',
      '127.0.0.33': 'collect.cut',
      'no-such-host.invalid': 'collect.name',
      'behind.contoso.com': 'collect.second-hop',
      '-oProxyCommand=touch${IFS}x': 'collect.invalid-target',
    });
    for (const [address, { says }] of Object.entries(HOSTS)) {
      const result = byAddress.get(address);
      if (says !== undefined && result !== undefined && 'problem' in result) expect(result.problem.message, address).toMatch(says);
    }
    const big = byAddress.get('127.0.0.9');
    expect(big !== undefined && 'snapshot' in big ? big.snapshot.length : 0).toBeGreaterThan(49 * 1024 * 1024);
    // Nothing is left on the hosts either, the hanging ones included.
    await waitFor(() => server.pids().every((pid) => !isAlive(pid)));
    expect(existsSync('x')).toBe(false);
  });

  it('keeps a host with a hostile name to its own snapshot', async () => {
    const name = '$(reboot);`id`..%2f\u202e"\'&.contoso.com';
    const [result] = await collectFrom(server, [targetAt(server, '127.0.0.1', name)]);
    expect(outcomeOf(result)).toBe(null);
    expect(result !== undefined && 'snapshot' in result ? (JSON.parse(result.snapshot.toString()) as { target: { name: string } }).target.name : '').toBe(name);
  });

  it('ends what it started here and there when it is interrupted', async () => {
    const controller = new AbortController();
    const before = server.pids().length;
    const running = collectFrom(
      server,
      [targetAt(server, '127.0.0.16'), targetAt(server, '127.0.0.16', 'second.contoso.com'), targetAt(server, '127.0.0.1', 'third.contoso.com')],
      {
        signal: controller.signal,
        concurrency: 2,
        timeoutSeconds: 60,
      },
    );
    await waitFor(() => server.pids().length >= before + 2);
    controller.abort();
    const results = await running;
    expect(results.map(outcomeOf)).toEqual(['collect.interrupted', 'collect.interrupted', 'collect.interrupted']);
    await waitFor(() => server.pids().every((pid) => !isAlive(pid)));
  });
});
