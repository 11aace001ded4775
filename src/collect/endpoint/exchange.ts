import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { type Cause, ExchangeError, failureOf } from './causes.ts';

/** One listener of the estate. Its name is looked up once, so that every exchange reaches the same machine. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Where it was reached; null before the first connection. */
  address: string | null;
  /** When the last exchange with it ended, by the clock of this process; null before the first. */
  endedAt: number | null;
}

export function listenerAt(host: string, port: number): Listener {
  return { host, port, address: null, endedAt: null };
}

export interface Limits {
  /** For a whole exchange, from the look-up of the name to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** Rest between two exchanges with one listener: some serve one connection after the other and keep a short queue. */
  readonly pauseMs: number;
  readonly signal?: AbortSignal;
}

/** What a reader makes of the bytes so far. What comes after a whole answer is not looked at. */
export type Step<Value> = { readonly state: 'more' } | { readonly state: 'done'; readonly value: Value } | { readonly state: 'bad'; readonly cause: Cause };

/** Reads one answer out of chunks of any size; keeps its own state, so that a server that dribbles costs no more than another. */
export interface Reader<Value> {
  readonly push: (chunk: Buffer) => Step<Value>;
}

export interface Exchange {
  readonly socket: Socket;
  readonly send: (bytes: Buffer) => void;
  readonly read: <Value>(reader: Reader<Value>) => Promise<Value>;
  /** Reads what a TLS socket over this connection takes out of it. */
  readonly readOver: <Value>(socket: Socket, reader: Reader<Value>) => Promise<Value>;
  /** Runs what ends by itself (a TLS handshake on the socket) under the deadline of the exchange. */
  readonly within: <Value>(work: Promise<Value>) => Promise<Value>;
}

/** A label or an address, as `connect` takes it: nothing that a resolver or a log could read as something else. */
const HOST = /^[A-Za-z0-9_\u0080-\uffff](?:[A-Za-z0-9._\u0080-\uffff-]{0,252})$/;
const MAX_ADDRESSES = 4;

/**
 * One connection from opening to closing, under one deadline. The socket is destroyed whatever happens. Throws ExchangeError;
 * what `talk` throws else passes through.
 */
export async function exchange<Value>(listener: Listener, limits: Limits, talk: (exchange: Exchange) => Promise<Value>): Promise<Value> {
  if (listener.endedAt !== null) await pause(listener.endedAt + limits.pauseMs - performance.now());
  const deadline = deadlineIn(limits);
  let socket: Socket | null = null;
  try {
    socket = await open(listener, deadline);
    return await talk(exchangeOver(socket, deadline));
  } finally {
    if (socket !== null) await closed(socket);
    listener.endedAt = performance.now();
  }
}

/** A moment that everything of one exchange has to be over by. */
interface Deadline {
  readonly race: <Value>(work: Promise<Value>, late: () => ExchangeError) => Promise<Value>;
  readonly leftMs: () => number;
}

function deadlineIn({ timeoutMs, signal }: Limits): Deadline {
  const end = performance.now() + timeoutMs;
  const leftMs = (): number => Math.max(1, end - performance.now());
  return {
    leftMs,
    race: (work, late) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          settle();
          reject(new ExchangeError('stopped', 'the run was stopped'));
        };
        const timer = setTimeout(() => {
          settle();
          reject(late());
        }, leftMs());
        const settle = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', stop);
        };
        if (signal?.aborted === true) stop();
        else signal?.addEventListener('abort', stop);
        work.then(resolve, reject).finally(settle);
      }),
  };
}

async function open(listener: Listener, deadline: Deadline): Promise<Socket> {
  const addresses = listener.address === null ? await addressesOf(listener.host, deadline) : [listener.address];
  let failure: unknown = null;
  for (const [index, address] of addresses.entries()) {
    try {
      const late = (): ExchangeError => new ExchangeError('timeout', `no connection to ${address} port ${listener.port} in time`);
      const socket = await connectTo(address, listener.port, deadline.leftMs() / (addresses.length - index), (work) => deadline.race(work, late));
      listener.address = address;
      return socket;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function addressesOf(host: string, deadline: Deadline): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  if (!HOST.test(host)) throw new ExchangeError('name', `'${host}' is no host name`);
  try {
    const found = await deadline.race(lookup(host, { all: true }), () => new ExchangeError('name', `the look-up of '${host}' did not end in time`));
    if (found.length === 0) throw new ExchangeError('name', `'${host}' has no address`);
    return found.slice(0, MAX_ADDRESSES).map(({ address }) => address);
  } catch (error) {
    throw error instanceof ExchangeError ? error : failureOf(error, 'name');
  }
}

/** The kernel alone would try for minutes where packets are dropped. */
async function connectTo(host: string, port: number, timeoutMs: number, within: (work: Promise<void>) => Promise<void>): Promise<Socket> {
  const socket = connect({ host, port, autoSelectFamily: false });
  // Later errors are told to whoever reads; without a listener they would end the process.
  socket.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    await within(
      new Promise((resolve, reject) => {
        timer = setTimeout(() => {
          reject(new ExchangeError('timeout', `no connection to ${host} port ${port} in time`));
        }, timeoutMs);
        socket.once('error', (error) => {
          reject(failureOf(error, 'route'));
        });
        socket.once('connect', resolve);
      }),
    );
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  socket.setNoDelay(true);
  return socket;
}

function exchangeOver(socket: Socket, deadline: Deadline): Exchange {
  const late = (): ExchangeError =>
    socket.bytesRead === 0
      ? new ExchangeError('silent', 'connected, and nothing came')
      : new ExchangeError('slow', `${socket.bytesRead} bytes came, and the answer was not whole in time`);
  return {
    socket,
    send: (bytes) => {
      socket.write(bytes);
    },
    read: (reader) => deadline.race(readFrom(socket, reader), late),
    readOver: (over, reader) => deadline.race(readFrom(over, reader), late),
    within: (work) => deadline.race(work, late),
  };
}

function readFrom<Value>(socket: Socket, reader: Reader<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed || socket.readableEnded) {
      reject(socket.errored === null ? closedEarly(socket) : failureOf(socket.errored, 'reset'));
      return;
    }
    const stop = (): void => {
      socket.off('data', onData);
      socket.off('error', onError);
      socket.off('close', onClose);
      socket.off('end', onClose);
      socket.pause();
    };
    const onData = (chunk: Buffer): void => {
      const step = reader.push(chunk);
      if (step.state === 'more') return;
      stop();
      if (step.state === 'done') resolve(step.value);
      else reject(new ExchangeError(step.cause, step.cause === 'too-large' ? 'the answer is larger than any can be' : 'the answer is of another protocol'));
    };
    const onError = (error: unknown): void => {
      stop();
      reject(failureOf(error, 'reset'));
    };
    const onClose = (): void => {
      stop();
      reject(closedEarly(socket));
    };
    socket.on('data', onData);
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('end', onClose);
    socket.resume();
  });
}

function closedEarly(socket: Socket): ExchangeError {
  return new ExchangeError('closed', socket.bytesRead === 0 ? 'closed without an answer' : 'closed in the middle of the answer');
}

/** Ends a connection, and waits until it has ended here. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}
