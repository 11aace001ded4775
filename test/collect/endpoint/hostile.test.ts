import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/collect/endpoint/causes.ts';
import { probe, type Probed } from '../../../src/collect/endpoint/probe.ts';
import { serve, type Scripted } from './servers.ts';

const servers: Scripted[] = [];
/** Long enough for an answer on a busy machine; what never answers is waited for by the short one. */
const PATIENT = { timeoutMs: 10_000, pauseMs: 10 };
const IMPATIENT = { timeoutMs: 600, pauseMs: 10 };
const limitsFor = (cause: Cause): typeof PATIENT => (cause === 'silent' || cause === 'slow' ? IMPATIENT : PATIENT);

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(onConnection: (socket: Socket, index: number) => void): Promise<Scripted> {
  const server = await serve(onConnection);
  servers.push(server);
  return server;
}

const dribble = (socket: Socket, bytes: Buffer): void => {
  let at = 0;
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(bytes.subarray(at, ++at))), 20);
};
const flood = (socket: Socket, bytes: Buffer): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
    socket.once('drain', more);
  };
  more();
};

const HUGE_TPKT = Buffer.from([3, 0, 0xff, 0xff]);
const RECORD = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0]), Buffer.from([2, 0, 0x3f, 0xfc]), Buffer.alloc(0x3ffc)]);

const CASES: readonly (readonly [string, (socket: Socket) => void, Cause, Cause])[] = [
  ['says nothing', () => undefined, 'silent', 'silent'],
  ['dribbles', (socket) => dribble(socket, Buffer.concat([Buffer.from([3, 0, 0, 200]), Buffer.alloc(200)])), 'slow', 'garbage'],
  ['dribbles a record', (socket) => dribble(socket, Buffer.concat([Buffer.from([22, 3, 3, 0, 200]), Buffer.alloc(200)])), 'garbage', 'slow'],
  ['hangs up', (socket) => socket.end(), 'closed', 'closed'],
  ['resets', (socket) => socket.resetAndDestroy(), 'reset', 'reset'],
  ['stops in the middle', (socket) => socket.end(Buffer.from([3, 0, 0, 19, 14])), 'closed', 'garbage'],
  ['greets as SSH', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'garbage', 'garbage'],
  ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'garbage', 'garbage'],
  ['sends noise', (socket) => socket.write(Buffer.concat([Buffer.from([0xff]), randomBytes(10_000)])), 'garbage', 'garbage'],
  ['promises 65,535 octets', (socket) => socket.write(HUGE_TPKT), 'too-large', 'garbage'],
  ['never ends', (socket) => flood(socket, RECORD), 'garbage', 'garbage'],
];

const rowsOf = (sections: Probed['sections'], section: string): readonly Record<string, unknown>[] =>
  (sections[section]?.data ?? []) as readonly Record<string, unknown>[];
const errorOf = (probed: Probed, section: string): string => probed.sections[section]?.error?.split(':')[0] ?? '';

describe('a server that', () => {
  it.each(CASES)('%s ends in its cause as an RDP listener', async (_name, behave, cause) => {
    const server = await serving(behave);
    const probed = await probe({ name: 'h.contoso.com', rdp: { host: '127.0.0.1', port: server.port }, https: null }, limitsFor(cause));
    expect(probed.unseen).toEqual({ part: 'rdp', cause });
    expect(errorOf(probed, 'endpoint.rdpNegotiation')).toBe(cause);
    // What keeps us waiting is asked once; what answers at once may be asked for each of the six requests.
    expect(server.count().all).toBeLessThanOrEqual(cause === 'closed' || cause === 'reset' ? 6 : 1);
    expect(JSON.stringify(probed).length).toBeLessThan(4000);
  });

  it.each(CASES)('%s ends in its cause as a gateway', async (_name, behave, _rdp, cause) => {
    const server = await serving(behave);
    const probed = await probe({ name: 'rdgw.contoso.com', rdp: null, https: { host: '127.0.0.1', port: server.port } }, limitsFor(cause));
    const rows = probed.sections['endpoint.httpsTls'];
    const causes =
      rows?.status === 'ok' ? [...new Set((rows.data as readonly { Cause: string }[]).map((row) => row.Cause))] : [errorOf(probed, 'endpoint.httpsTls')];
    expect(causes).toEqual([cause]);
  });

  it('is asked one thing at a time', async () => {
    const server = await serving((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await probe({ name: 'rdgw.contoso.com', rdp: null, https: { host: '127.0.0.1', port: server.port } }, { ...PATIENT, pauseMs: 100 });
    expect(server.count()).toEqual({ all: 4, most: 1 });
  });

  it('breaks after it has selected TLS is told from one that has no TLS', async () => {
    const response = Buffer.from('030000130ed000001234000200080001000000', 'hex');
    const server = await serving((socket) => {
      socket.once('data', () => {
        socket.write(response);
        socket.once('data', () => socket.write(Buffer.from('0300000902f0802180', 'hex')));
      });
    });
    // Answers standard RDP security with TLS, which nobody asked for: it proves nothing.
    const { sections, unseen } = await probe({ name: 'h.contoso.com', rdp: { host: '127.0.0.1', port: server.port }, https: null }, PATIENT);
    expect(unseen).toBeNull();
    expect(sections['endpoint.rdpTls']).toMatchObject({ status: 'ok', data: [1, 2, 3, 4].map(() => ({ Selected: null, Cause: 'garbage' })) });
    expect(sections['endpoint.rdpCertificates']).toMatchObject({ status: 'ok', data: { Chain: null, Cause: 'garbage' } });
  });

  it('hangs up on the negotiation, once TLS was seen, refuses no version', async () => {
    const selectsTls = Buffer.from('030000130ed000001234000200080001000000', 'hex');
    const server = await serving((socket, index) => {
      // Six requests, then a connection for each version: the newest two are cut, of the others one is refused.
      if (index === 6 || index === 7) socket.destroy();
      else
        socket.once('data', () => {
          socket.write(selectsTls);
          socket.once('data', () => (index === 8 ? socket.end(Buffer.from('15030300020246', 'hex')) : socket.destroy()));
        });
    });
    const { sections } = await probe({ name: 'h.contoso.com', rdp: { host: '127.0.0.1', port: server.port }, https: null }, PATIENT);
    expect(rowsOf(sections, 'endpoint.rdpTls').map((row) => [row['Requested'], row['Alert'], row['Cause']])).toEqual([
      [0x0301, null, 'closed'],
      [0x0302, 70, null],
      [0x0303, null, 'unasked'],
      [0x0304, null, 'unasked'],
    ]);
  });

  it('answers three requests and stays silent on the last keeps what it said', async () => {
    const server = await serving((socket, index) => {
      if (index === 0) socket.write(Buffer.from('030000130ed000000000000300080005000000', 'hex'));
      if (index === 1) socket.end(Buffer.from('030000130ed000000000000300080005000000', 'hex'));
      if (index === 2) socket.resetAndDestroy();
    });
    const { sections } = await probe({ name: 'h.contoso.com', rdp: { host: '127.0.0.1', port: server.port }, https: null }, IMPATIENT);
    expect(rowsOf(sections, 'endpoint.rdpNegotiation').map((row) => [row['Requested'], row['FailureCode'], row['Cause']])).toEqual([
      [0, 5, null],
      [1, 5, null],
      [3, null, 'reset'],
      [11, null, 'silent'],
    ]);
    expect(errorOf({ sections, unseen: null }, 'endpoint.rdpTls')).toBe('reset');
  });

  it('does not listen, or has no name, is told so', async () => {
    const server = await serve(() => undefined);
    await server.close();
    expect((await probe({ name: 'h', rdp: { host: '127.0.0.1', port: server.port }, https: null }, PATIENT)).unseen).toEqual({ part: 'rdp', cause: 'refused' });
    for (const host of ['no such name', '-oProxyCommand=x', 'a/b', '', 'x'.repeat(300)])
      expect((await probe({ name: 'h', rdp: null, https: { host, port: 443 } }, PATIENT)).unseen).toEqual({ part: 'https', cause: 'name' });
  });

  it('is left at once when the run is stopped', async () => {
    const server = await serving(() => undefined);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const probed = await probe(
      { name: 'h', rdp: { host: '127.0.0.1', port: server.port }, https: null },
      { timeoutMs: 30_000, pauseMs: 0, signal: stop.signal },
    );
    expect(probed.unseen).toEqual({ part: 'rdp', cause: 'stopped' });
  });
});
