import { randomBytes, randomUUID } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { sniOf } from './client-hello.ts';
import { type Cause, ExchangeError } from './causes.ts';
import { exchange, type Exchange, type Limits, type Listener } from './exchange.ts';
import { headReader, type HttpHead, schemesOf } from './http-head.ts';
import { type Handshaken, handshake, OLDER } from './tls.ts';

/** What one request of the gateway's own method was answered with. */
export interface GatewayAnswer {
  readonly path: string;
  /** A path that no gateway serves: whoever answers it like the real one answers everything so. */
  readonly control: boolean;
  readonly status: number | null;
  readonly schemes: readonly string[];
  readonly server: string | null;
  readonly cause: Cause | null;
}

/** Path of the HTTP transport ([MS-TSGU] 3.3.5.1). */
export const GATEWAY_PATH = '/remoteDesktopGateway/';

/**
 * Asks for the HTTP transport without credentials, which a gateway refuses with 401 and its schemes, and then for a path that
 * does not exist. No channel is opened: the second request of the handshake is never sent.
 */
export async function probeGateway(listener: Listener, name: string, limits: Limits): Promise<GatewayAnswer[]> {
  const real = await ask(listener, name, GATEWAY_PATH, false, limits);
  if (real.cause !== null) return [real];
  const control = `/${randomBytes(8).toString('hex')}/`;
  return [real, await ask(listener, name, control, true, limits)];
}

async function ask(listener: Listener, name: string, path: string, control: boolean, limits: Limits): Promise<GatewayAnswer> {
  // The random path is not kept: the same state has to give the same snapshot.
  const none = { path: control ? '' : path, control, status: null, schemes: [], server: null };
  try {
    const head = await firstAnswer(listener, name, path, limits);
    const server = head.headers.find(([header]) => header === 'server')?.[1];
    return { ...none, status: head.status, schemes: schemesOf(head), server: server === undefined ? null : server.slice(0, 200), cause: null };
  } catch (error) {
    if (error instanceof ExchangeError) return { ...none, cause: error.failure };
    throw error;
  }
}

/** Some keys have no signature in TLS 1.3, and their servers refuse whoever offers it: asked once more without. */
async function firstAnswer(listener: Listener, name: string, path: string, limits: Limits): Promise<HttpHead> {
  const talk = async (connection: Exchange, options: typeof OLDER): Promise<HttpHead> =>
    request(connection, await handshake(connection, name, options), name, listener.port, path);
  try {
    return await exchange(listener, limits, (connection) => talk(connection, {}));
  } catch (error) {
    if (!(error instanceof ExchangeError) || !['closed', 'reset', 'garbage'].includes(error.failure)) throw error;
    return exchange(listener, limits, (connection) => talk(connection, OLDER));
  }
}

async function request(connection: Exchange, { socket }: Handshaken, name: string, port: number, path: string): Promise<HttpHead> {
  // A name that is none would be a header of somebody else's making.
  const host = sniOf(name) ?? (isIPv6(name) ? `[${name}]` : isIPv4(name) ? name : '');
  const lines = [
    `RDG_OUT_DATA ${path} HTTP/1.1`,
    `Host: ${port === 443 ? host : `${host}:${port}`}`,
    'Accept: */*',
    'Cache-Control: no-cache',
    'Pragma: no-cache',
    'Connection: close',
    'Content-Length: 0',
    'User-Agent: rdposture',
    `RDG-Connection-Id: {${randomUUID()}}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return connection.readOver(socket, headReader());
}
