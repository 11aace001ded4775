import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Cause, ExchangeError, failureOf } from './causes.ts';
import { extensions, SUITES, TLS12, u16, withLength } from './client-hello.ts';
import type { Limits } from './exchange.ts';

/** What came back over UDP. */
export interface DtlsAnswer {
  /** Null when nothing of DTLS came: UDP loses what it likes, so that silence proves nothing. */
  readonly answer: DtlsMessage['kind'] | null;
  /** Version of the record's message: 0xfeff DTLS 1.0, 0xfefd DTLS 1.2. */
  readonly version: number | null;
  /** `refused` and `reset`: the machine said by ICMP that nobody listens. */
  readonly cause: Cause | null;
}

export interface DtlsMessage {
  readonly kind: 'hello-verify-request' | 'server-hello' | 'alert';
  readonly version: number;
}

/** An answer takes one way there and back; most gateways that stay silent have UDP turned off, and are not worth a long wait. */
const MOST_MS = 3000;
const MOST_DATAGRAMS = 16;

/**
 * Says hello over DTLS, as a client of an RD Gateway begins its UDP transport ([MS-TSGU] 1.3.3.1.1), and goes no further: a
 * server that asks for a cookie back keeps nothing of it, and one that answers at once is told that nobody goes on. The hello is
 * sent once more at half time, since datagrams get lost.
 */
export async function probeDtls(address: string, port: number, serverName: string, limits: Limits): Promise<DtlsAnswer> {
  if (limits.signal?.aborted === true) return { answer: null, version: null, cause: 'stopped' };
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    const { kind, version } = await talk(socket, address, port, serverName, { ...limits, timeoutMs: Math.min(limits.timeoutMs, MOST_MS) });
    return { answer: kind, version, cause: null };
  } catch (error) {
    if (error instanceof ExchangeError) return { answer: null, version: null, cause: error.failure };
    throw error;
  } finally {
    socket.close();
  }
}

function talk(socket: Socket, address: string, port: number, serverName: string, { timeoutMs, signal }: Limits): Promise<DtlsMessage> {
  const hello = dtlsHello(serverName);
  return new Promise((resolve, reject) => {
    let datagrams = 0;
    const timers: NodeJS.Timeout[] = [];
    const settle = (): void => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(failureOf(error, 'route'));
    };
    const stop = (): void => fail(new ExchangeError('stopped', 'the run was stopped'));
    // What UDP cannot send or deliver is told as an error of the socket.
    const send = (bytes: Buffer): void => socket.send(bytes, (error) => (error === null ? undefined : fail(error)));
    signal?.addEventListener('abort', stop);
    socket.on('error', fail);
    socket.on('message', (datagram) => {
      const message = parseDtls(datagram);
      if (message === undefined) {
        if (++datagrams >= MOST_DATAGRAMS) fail(new ExchangeError('garbage', 'the answer is of another protocol'));
        return;
      }
      settle();
      if (message.kind !== 'server-hello') resolve(message);
      else socket.send(LEAVE, () => resolve(message));
    });
    // Connected, so that only this address is heard, and that its ICMP is told.
    socket.once('connect', () => {
      timers.push(
        setTimeout(() => send(hello), timeoutMs / 2),
        setTimeout(() => fail(new ExchangeError(datagrams === 0 ? 'silent' : 'garbage', 'no answer of DTLS in time')), timeoutMs),
      );
      send(hello);
    });
    socket.connect(port, address);
  });
}

const HANDSHAKE = 22;
const ALERT = 21;
const DTLS10 = 0xfeff;
const DTLS12 = 0xfefd;

/** A ClientHello of DTLS 1.2 without a cookie, whole in one datagram (RFC 6347 §4.2). */
export function dtlsHello(serverName: string): Buffer {
  const body = Buffer.concat([
    u16(DTLS12),
    randomBytes(32),
    withLength(1),
    withLength(1),
    withLength(2, ...SUITES.map(u16)),
    withLength(1, Buffer.from([0])),
    withLength(2, ...extensions(TLS12, serverName)),
  ]);
  const length = Buffer.alloc(3);
  length.writeUIntBE(body.length, 0, 3);
  // Type, length, number of the message, offset and length of the fragment, which is all of it.
  return record(HANDSHAKE, 0, Buffer.concat([Buffer.from([1]), length, u16(0), Buffer.alloc(3), length, body]));
}

/** A fatal alert user_canceled: the server need not send its answer again and again. */
const LEAVE = record(ALERT, 1, Buffer.from([2, 90]));

/** RFC 6347 §4.1: epoch 0, nothing is encrypted. The version of the record is 1.0, as before anything was agreed on. */
function record(type: number, sequence: number, fragment: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header[0] = type;
  header.writeUInt16BE(DTLS10, 1);
  header.writeUIntBE(sequence, 5, 6);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
}

/** What a server says first; undefined for what is no DTLS. Records after the first one are not looked at. */
export function parseDtls(datagram: Buffer): DtlsMessage | undefined {
  if (datagram.length < 13) return undefined;
  const [type, version, epoch] = [datagram[0], datagram.readUInt16BE(1), datagram.readUInt16BE(3)];
  if ((version !== DTLS10 && version !== DTLS12) || epoch !== 0) return undefined;
  const fragment = datagram.subarray(13, 13 + datagram.readUInt16BE(11));
  if (fragment.length !== datagram.readUInt16BE(11)) return undefined;
  if (type === ALERT) return fragment.length === 2 ? { kind: 'alert', version } : undefined;
  if (type !== HANDSHAKE || fragment.length < 12) return undefined;
  // Other messages may follow in the same record.
  const body = fragment.subarray(12, 12 + fragment.readUIntBE(9, 3));
  if (body.length !== fragment.readUIntBE(9, 3) || body.length < 3) return undefined;
  const spoken = body.readUInt16BE(0);
  if (spoken !== DTLS10 && spoken !== DTLS12) return undefined;
  if (fragment[0] === 3) return body[2] === body.length - 3 ? { kind: 'hello-verify-request', version: spoken } : undefined;
  return fragment[0] === 2 ? { kind: 'server-hello', version: spoken } : undefined;
}
