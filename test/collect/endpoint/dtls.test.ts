import { createSocket, type Socket } from 'node:dgram';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type DtlsMessage, dtlsHello, parseDtls, probeDtls } from '../../../src/collect/endpoint/dtls.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** Record of version 1.0, epoch 0, number 0; handshake of one fragment. */
const record = (type: string, body: string): string => `${type} feff 0000 000000000000 ${hex(body).length.toString(16).padStart(4, '0')} ${body}`;
const handshake = (type: string, body: string): string => {
  const length = hex(body).length.toString(16).padStart(6, '0');
  return record('16', `${type} ${length} 0000 000000 ${length} ${body}`);
};
const VERIFY = handshake('03', 'feff 04 01020304');
const HELLO = handshake('02', `fefd ${'07'.repeat(32)} 00 c02f 00`);
const ALERT = record('15', '0228');

describe('a first word of DTLS', () => {
  it.each<[string, string, DtlsMessage | undefined]>([
    ['a cookie', VERIFY, { kind: 'hello-verify-request', version: 0xfeff }],
    ['a hello', HELLO, { kind: 'server-hello', version: 0xfefd }],
    ['a hello with more in its record', record('16', `02 000003 0000 000000 000003 fefd00 0b 000000`), { kind: 'server-hello', version: 0xfefd }],
    ['an alert', ALERT, { kind: 'alert', version: 0xfeff }],
    ['a record behind it', `${ALERT} ${ALERT}`, { kind: 'alert', version: 0xfeff }],
    ['nothing', '', undefined],
    ['half a header', '16feff0000', undefined],
    ['TLS', '16 0303 0000 000000000000 0002 0228', undefined],
    ['an encrypted record', '15 feff 0001 000000000000 0002 0228', undefined],
    ['a length beyond the datagram', '15 feff 0000 000000000000 ffff 0228', undefined],
    ['a fragment beyond the record', record('16', '03 000007 0000 000000 0000ff feff04 01020304'), undefined],
    ['a cookie beyond its message', handshake('03', 'feff ff 01020304'), undefined],
    ["a client's hello", handshake('01', 'fefd 00 00'), undefined],
    ['data', record('17', 'feff00'), undefined],
    ['an answer of DNS', '1234 8180 0001 0001 0000 0000 0377 7777', undefined],
  ])('%s', (_name, bytes, expected) => {
    expect(parseDtls(hex(bytes))).toEqual(expected);
  });

  it('never throws', () => {
    const started = fc.uint8Array({ maxLength: 60 }).map((rest) => Buffer.concat([hex('16feff0000000000000000'), rest]));
    fc.assert(
      fc.property(fc.oneof(started, fc.uint8Array({ maxLength: 80 })), (octets) => {
        const message = parseDtls(Buffer.from(octets));
        expect(message === undefined || ['hello-verify-request', 'server-hello', 'alert'].includes(message.kind)).toBe(true);
      }),
      { seed: 6347, numRuns: 1000 },
    );
  });
});

describe('a hello over DTLS', () => {
  it('has lengths that agree, no cookie, and fits into one datagram', () => {
    const hello = dtlsHello('rdgw.contoso.com');
    expect(hello.subarray(0, 11).toString('hex')).toBe('16feff0000000000000000');
    expect(hello.readUInt16BE(11)).toBe(hello.length - 13);
    expect([hello.readUIntBE(14, 3), hello.readUIntBE(22, 3)]).toEqual([hello.length - 25, hello.length - 25]);
    expect(hello.readUInt16BE(25)).toBe(0xfefd);
    expect([hello[59], hello[60]]).toEqual([0, 0]);
    expect(hello.includes('rdgw.contoso.com')).toBe(true);
    expect(hello.length).toBeLessThan(1200);
  });
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** A port of UDP on loopback that does with each datagram what it is told. */
async function port(onDatagram: (reply: (bytes: Buffer) => void, datagram: Buffer, index: number) => void): Promise<{ port: number; heard: Buffer[] }> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const heard: Buffer[] = [];
  socket.on('message', (datagram, from) => {
    heard.push(datagram);
    onDatagram((bytes) => socket.send(bytes, from.port, from.address), datagram, heard.length - 1);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, heard };
}

const ask = (number: number, timeoutMs = 10_000, signal?: AbortSignal): ReturnType<typeof probeDtls> =>
  probeDtls('127.0.0.1', number, 'rdgw.contoso.com', { timeoutMs, pauseMs: 0, ...(signal === undefined ? {} : { signal }) });

describe('a port of UDP that', () => {
  it('asks for a cookie is left with it', async () => {
    const server = await port((reply) => reply(hex(VERIFY)));
    expect(await ask(server.port)).toEqual({ answer: 'hello-verify-request', version: 0xfeff, cause: null });
    expect(server.heard).toHaveLength(1);
  });

  it('begins a handshake is told that nobody goes on', async () => {
    const told = Promise.withResolvers<Buffer>();
    const server = await port((reply, datagram, index) => (index === 0 ? reply(hex(HELLO)) : told.resolve(datagram)));
    expect(await ask(server.port)).toEqual({ answer: 'server-hello', version: 0xfefd, cause: null });
    expect((await told.promise).toString('hex')).toBe('15feff00000000000000010002025a');
  });

  it('ends it by an alert speaks DTLS too', async () => {
    const server = await port((reply) => reply(hex(ALERT)));
    expect(await ask(server.port)).toEqual({ answer: 'alert', version: 0xfeff, cause: null });
  });

  it('loses the first hello answers the second', async () => {
    const server = await port((reply, _datagram, index) => (index === 1 ? reply(hex(VERIFY)) : undefined));
    expect(await ask(server.port)).toMatchObject({ answer: 'hello-verify-request' });
  });

  it('says nothing is asked twice, and proves nothing', async () => {
    const server = await port(() => undefined);
    expect(await ask(server.port, 1000)).toEqual({ answer: null, version: null, cause: 'silent' });
    await expect.poll(() => server.heard.length, { timeout: 10_000 }).toBe(2);
    expect(server.heard[1]).toEqual(server.heard[0]);
  });

  it('speaks something else is told from silence', async () => {
    const server = await port((reply) => reply(Buffer.from('hello')));
    expect(await ask(server.port, 1000)).toEqual({ answer: null, version: null, cause: 'garbage' });
  });

  it('floods is left', async () => {
    const server = await port((reply) => {
      for (let count = 0; count < 100; count++) reply(Buffer.alloc(1000, 0xff));
    });
    expect(await ask(server.port, 30_000)).toMatchObject({ cause: 'garbage' });
    // Before the hello would have gone out once more.
    expect(server.heard).toHaveLength(1);
  });

  it('nobody listens on is known by what the machine says', async () => {
    const server = await port(() => undefined);
    for (const socket of sockets.splice(0)) socket.close();
    expect(await ask(server.port)).toEqual({ answer: null, version: null, cause: 'refused' });
  });

  it('is left at once when the run is stopped', async () => {
    const stop = new AbortController();
    const server = await port(() => stop.abort());
    expect(await ask(server.port, 30_000, stop.signal)).toMatchObject({ cause: 'stopped' });
    expect(await ask(server.port, 30_000, stop.signal)).toMatchObject({ cause: 'stopped' });
    expect(server.heard).toHaveLength(1);
  });
});
