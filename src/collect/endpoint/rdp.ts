import { type Cause, ExchangeError } from './causes.ts';
import { connectInitial, DISCONNECT } from './connect-initial.ts';
import { type ConnectResponse, connectResponseReader } from './connect-response.ts';
import { type Exchange, exchange, type Limits, type Listener } from './exchange.ts';
import { confirmReader, type Confirm, connectionRequest, PROTOCOL } from './x224.ts';

/** What a listener says to one set of protocols. */
export interface Negotiation {
  readonly requested: number;
  /** Null when no answer came; `cause` says why. */
  readonly confirm: Confirm | null;
  /** The answer's octets in hex. */
  readonly reply: string | null;
  readonly cause: Cause | null;
}

/** What a listener that takes standard RDP security says of it. */
export interface StandardSecurity {
  /** Null when no answer came; `cause` says why. */
  readonly answer: ConnectResponse | null;
  readonly cause: Cause | null;
}

export interface Negotiated {
  readonly answers: readonly Negotiation[];
  /** Null where no answer left standard RDP security open. */
  readonly standard: StandardSecurity | null;
}

/**
 * What clients ask for: nothing but standard RDP security, TLS alone, CredSSP, CredSSP with early user authorization. A client
 * that asks for one of these asks for those below it too, so that CredSSP is never asked for alone. RDSTLS and RDSAAD stand
 * alone, since beside TLS a server that has both may select either; RDSAAD is the last, since some servers hang up on it.
 */
export const REQUESTS: readonly number[] = [
  PROTOCOL.rdp,
  PROTOCOL.tls,
  PROTOCOL.tls | PROTOCOL.hybrid,
  PROTOCOL.tls | PROTOCOL.hybrid | PROTOCOL.hybridEx,
  PROTOCOL.rdstls,
  PROTOCOL.aad,
];

/**
 * Asks with each set, one connection each; ends at the first that gets no answer at all, since the next would wait as long. The
 * first connection on which standard RDP security is selected, or may be, goes on until the server has said how it encrypts.
 */
export async function negotiate(listener: Listener, limits: Limits): Promise<Negotiated> {
  const answers: Negotiation[] = [];
  let standard: StandardSecurity | null = null;
  for (const requested of REQUESTS) {
    const asked = await ask(listener, requested, limits, standard === null);
    answers.push(asked.answer);
    standard ??= asked.standard;
    const { cause } = asked.answer;
    if (cause !== null && cause !== 'closed' && cause !== 'reset') break;
  }
  return { answers, standard };
}

interface Asked {
  readonly answer: Negotiation;
  readonly standard: StandardSecurity | null;
}

async function ask(listener: Listener, requested: number, limits: Limits, goesOn: boolean): Promise<Asked> {
  try {
    return await exchange(listener, limits, async (connection) => {
      const { confirm, bytes } = await request(connection, requested);
      const answer: Negotiation = { requested, confirm, reply: bytes.toString('hex'), cause: null };
      return { answer, standard: goesOn && mayBeStandard(requested, confirm) ? await askStandard(connection) : null };
    });
  } catch (error) {
    if (error instanceof ExchangeError) return { answer: { requested, confirm: null, reply: null, cause: error.failure }, standard: null };
    throw error;
  }
}

/** A confirm without negotiation data leaves open what the server takes: the next step shows it. */
function mayBeStandard(requested: number, confirm: Confirm): boolean {
  return confirm.kind === 'response' ? confirm.selected === PROTOCOL.rdp : confirm.kind === 'no-negotiation' && requested === PROTOCOL.rdp;
}

/** The negotiation stands, whatever comes of this. */
async function askStandard(connection: Exchange): Promise<StandardSecurity> {
  try {
    connection.send(connectInitial());
    const answer = await connection.read(connectResponseReader());
    if (answer.kind === 'response') connection.send(DISCONNECT);
    return { answer, cause: null };
  } catch (error) {
    if (error instanceof ExchangeError) return { answer: null, cause: error.failure };
    throw error;
  }
}

function request(connection: Exchange, requested: number): Promise<{ confirm: Confirm; bytes: Buffer }> {
  connection.send(connectionRequest(requested));
  return connection.read(confirmReader());
}

/**
 * Why a request came to nothing; null when each was answered. RDSTLS and RDSAAD do not count: whoever hangs up on those has said
 * all of standard RDP security, TLS and CredSSP.
 */
export function unanswered(answers: readonly Negotiation[]): Cause | null {
  return answers.find(({ requested, cause }) => cause !== null && (requested & (PROTOCOL.rdstls | PROTOCOL.aad)) === 0)?.cause ?? null;
}

/** Protocols that run over TLS. */
const OVER_TLS: ReadonlySet<number> = new Set([PROTOCOL.tls, PROTOCOL.hybrid, PROTOCOL.hybridEx]);

/** The smallest request that a listener answers with a protocol over TLS; null when there is none. */
export function requestForTls(answers: readonly Negotiation[]): number | null {
  return (
    answers.find(({ requested, confirm }) => confirm?.kind === 'response' && OVER_TLS.has(confirm.selected) && (confirm.selected & ~requested) === 0)
      ?.requested ?? null
  );
}

/** Negotiates on a connection up to where TLS begins. */
export async function startTls(connection: Exchange, requested: number): Promise<void> {
  const { confirm } = await request(connection, requested);
  if (confirm.kind !== 'response' || !OVER_TLS.has(confirm.selected)) throw new ExchangeError('garbage', 'the listener no longer selects TLS');
}
