import { type ConnectionOptions, connect as tlsConnect, type TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import { clientHello, sniOf, TLS13, type Version, VERSIONS } from './client-hello.ts';
import { type Cause, ExchangeError, failureOf } from './causes.ts';
import { type Exchange, exchange, type Limits, type Listener } from './exchange.ts';
import { flightReader, MAX_CHAIN, type ServerFlight } from './server-flight.ts';

/** What comes before TLS on a connection (the negotiation of RDP); null for HTTPS. */
export type Prelude = ((exchange: Exchange) => Promise<void>) | null;

/** What one version was answered with: a flight, or why none came. */
export interface VersionAnswer {
  readonly requested: Version;
  readonly flight: ServerFlight | null;
  readonly cause: Cause | null;
}

export interface Presented {
  /** As sent, the server's own certificate first; DER. */
  readonly chain: readonly Buffer[];
  readonly stapled: Buffer | null;
  /** Version of the handshake that showed them. */
  readonly version: number;
}

export interface TlsSeen {
  readonly answers: readonly VersionAnswer[];
  /** Null when no handshake showed a certificate. */
  readonly presented: Presented | null;
  /** Why not. */
  readonly cause: Cause | null;
}

/** Causes after which more questions would only cost the same wait again. */
const HOPELESS: ReadonlySet<Cause> = new Set(['name', 'route', 'refused', 'timeout', 'silent', 'local']);

/** Asks for every version alone, one connection each, and keeps the certificates of the newest that shows them. */
export async function probeTls(listener: Listener, serverName: string, limits: Limits, prelude: Prelude): Promise<TlsSeen> {
  const answers: VersionAnswer[] = [];
  for (const requested of VERSIONS.toReversed()) {
    const answer = await askVersion(listener, serverName, requested, limits, prelude);
    answers.unshift(answer);
    if (answer.cause !== null && HOPELESS.has(answer.cause)) return { answers, presented: null, cause: answer.cause };
  }
  const plain = answers.findLast((answer) => (answer.flight?.chain.length ?? 0) > 0)?.flight;
  if (plain !== undefined && plain !== null && plain.selected !== null)
    return { answers, presented: { chain: plain.chain, stapled: plain.stapled, version: plain.selected }, cause: null };
  return { answers, ...(await presentedIn13(listener, serverName, limits, prelude, answers)) };
}

async function askVersion(listener: Listener, serverName: string, requested: Version, limits: Limits, prelude: Prelude): Promise<VersionAnswer> {
  let isAsked = prelude === null;
  try {
    const flight = await exchange(listener, limits, async (connection) => {
      await prelude?.(connection);
      isAsked = true;
      connection.send(clientHello(requested, serverName));
      return connection.read(flightReader());
    });
    return { requested, flight, cause: null };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    // Who hangs up on the negotiation, because of too many connections, refuses no version.
    const isEarly = !isAsked && (error.failure === 'closed' || error.failure === 'reset');
    return { requested, flight: null, cause: isEarly ? 'unasked' : error.failure };
  }
}

/** TLS 1.3 encrypts the certificates: only a whole handshake shows them. */
async function presentedIn13(
  listener: Listener,
  serverName: string,
  limits: Limits,
  prelude: Prelude,
  answers: readonly VersionAnswer[],
): Promise<Pick<TlsSeen, 'presented' | 'cause'>> {
  const cause = answers.find((answer) => answer.cause !== null)?.cause ?? null;
  if (answers.at(-1)?.flight?.selected !== TLS13) return { presented: null, cause };
  try {
    const presented = await exchange(listener, limits, async (connection) => {
      await prelude?.(connection);
      const { socket, stapled } = await handshake(connection, serverName, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
      return { chain: chainOf(socket), stapled: stapled(), version: TLS13 };
    });
    return { presented: presented.chain.length === 0 ? null : presented, cause: null };
  } catch (error) {
    if (error instanceof ExchangeError) return { presented: null, cause: error.failure };
    throw error;
  }
}

/** Everything that authenticates by certificate, however weak; never an anonymous suite, which would show none. */
const CIPHERS = 'ALL:!aNULL:!eNULL:@SECLEVEL=0';
const CURVES = 'X25519:prime256v1:secp384r1:secp521r1:X448:brainpoolP256r1:brainpoolP384r1:brainpoolP512r1:secp256k1:prime192v1:secp224r1';

export interface Handshaken {
  readonly socket: TLSSocket;
  readonly stapled: () => Buffer | null;
}

/**
 * A whole handshake over a connection. Nothing is verified here, and no authority is trusted: with one that vouches for the
 * server, Node itself would call getPeerCertificate, which some curves crash (see `chainOf`).
 */
export async function handshake(connection: Exchange, serverName: string, options: ConnectionOptions): Promise<Handshaken> {
  let stapled: Buffer | null = null;
  const sni = sniOf(serverName);
  const socket = tlsConnect({
    socket: connection.socket,
    rejectUnauthorized: false,
    ca: [],
    ciphers: CIPHERS,
    ecdhCurve: CURVES,
    minVersion: 'TLSv1',
    requestOCSP: true,
    ...(sni === null ? {} : { servername: sni }),
    ...options,
  });
  socket.on('OCSPResponse', (response: Buffer | null) => {
    stapled = response !== null && response.length > 0 ? response : null;
  });
  // After the handshake errors are told to whoever reads.
  socket.on('error', () => undefined);
  await connection.within(
    new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', (error) => {
        reject(tlsFailure(error));
      });
      socket.once('close', () => {
        reject(new ExchangeError('closed', 'closed during the TLS handshake'));
      });
    }),
  );
  return { socket, stapled: () => stapled };
}

/** What the library does not take is no TLS for us; an alert means that the server ended it. */
function tlsFailure(error: unknown): ExchangeError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('ERR_SSL') && code.includes('ALERT')) return new ExchangeError('closed', code);
  return code.startsWith('ERR_SSL') ? new ExchangeError('garbage', code) : failureOf(error, 'reset');
}

/**
 * The chain in the order of the wire. getPeerCertificate and toLegacyObject are never called: on some curves (secp256k1,
 * brainpool) they end the process in current releases of Node, and a server chooses its curve.
 */
function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (certificate !== undefined && chain.length < MAX_CHAIN) {
    chain.push(Buffer.from(certificate.raw));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

/** For servers whose certificate fits no signature of TLS 1.3. */
export const OLDER: ConnectionOptions = { maxVersion: 'TLSv1.2' };
