import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { listenerAt } from '../../../src/collect/endpoint/exchange.ts';
import { GATEWAY_PATH, type GatewayAnswer, probeGateway } from '../../../src/collect/endpoint/gateway.ts';
import { makeCertificate } from '../../support/x509.ts';
import { pemOf } from '../../peers/endpoint-peers.ts';

const CERTIFICATE = makeCertificate({ commonName: 'rdgw.contoso.com', dnsNames: ['rdgw.contoso.com'] });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A server that reads each head by itself: a library refuses the method before anybody sees it. */
async function serving(answer: (head: string, socket: TLSSocket) => void): Promise<number> {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: pemOf([CERTIFICATE]), key: CERTIFICATE.key.export({ format: 'pem', type: 'pkcs8' }) }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let head = '';
    socket.on('data', (chunk) => {
      const whole = head.endsWith('\r\n\r\n');
      head += chunk.toString('latin1');
      if (!whole && head.endsWith('\r\n\r\n')) answer(head, socket);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Patient, since a busy machine answers late; what never answers is waited for by less. */
const asked = (port: number, name = 'rdgw.contoso.com', timeoutMs = 10_000): Promise<GatewayAnswer[]> =>
  probeGateway(listenerAt('127.0.0.1', port), name, { timeoutMs, pauseMs: 0 });

describe('a gateway', () => {
  it('is asked for its path and for one that does not exist, without credentials and without a body', async () => {
    const heads: string[] = [];
    const port = await serving((head, socket) => {
      heads.push(head);
      const real = head.startsWith(`RDG_OUT_DATA ${GATEWAY_PATH} `);
      socket.end(
        real
          ? 'HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-HTTPAPI/2.0\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\r\n'
          : 'HTTP/1.1 404 Not Found\r\n\r\n',
      );
    });
    expect(await asked(port)).toEqual([
      { path: GATEWAY_PATH, control: false, status: 401, schemes: ['Negotiate', 'NTLM'], server: 'Microsoft-HTTPAPI/2.0', cause: null },
      { path: '', control: true, status: 404, schemes: [], server: null, cause: null },
    ]);
    expect(heads).toHaveLength(2);
    for (const head of heads) {
      expect(head).toMatch(/^RDG_OUT_DATA \/[A-Za-z0-9]+\/ HTTP\/1\.1\r\n/);
      expect(head).toContain(`\r\nHost: rdgw.contoso.com:${port}\r\n`);
      expect(head).toMatch(/\r\nRDG-Connection-Id: \{[0-9a-f-]{36}\}\r\n/);
      expect(head).toContain('\r\nContent-Length: 0\r\n');
      expect(head).not.toMatch(/authorization|cookie/i);
    }
  });

  it.each<[string, (socket: TLSSocket) => void, string]>([
    ['says nothing', () => undefined, 'slow'],
    ['hangs up', (socket) => socket.destroy(), 'closed'],
    ['speaks something else', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'garbage'],
    ['sends a head without an end', (socket) => flood(socket, Buffer.from(`A: ${'x'.repeat(1000)}\r\n`)), 'too-large'],
    ['dribbles', (socket) => dribble(socket), 'slow'],
    ['stops in the middle', (socket) => socket.end('HTTP/1.1 401 Unauth'), 'closed'],
  ])('that %s ends in its cause', async (_name, behave, cause) => {
    const port = await serving((_head, socket) => behave(socket));
    expect(await asked(port, undefined, cause === 'slow' ? 1500 : undefined)).toEqual([
      { path: GATEWAY_PATH, control: false, status: null, schemes: [], server: null, cause },
    ]);
  });

  it('that is known by a name that is none gets no header of somebody else', async () => {
    const heads: string[] = [];
    const port = await serving((head, socket) => {
      heads.push(head);
      socket.end('HTTP/1.1 404 x\r\n\r\n');
    });
    await asked(port, 'x\r\nAuthorization: Basic eA==');
    expect(heads.join('')).not.toContain('Authorization');
  });
});

function flood(socket: TLSSocket, bytes: Buffer): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
    socket.once('drain', more);
  };
  more();
}

function dribble(socket: TLSSocket): void {
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(500)}`);
  let at = 0;
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(bytes.subarray(at, ++at))), 20);
}
