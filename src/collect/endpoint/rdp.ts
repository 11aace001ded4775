import { type Cause, ExchangeError } from './causes.ts';
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

/**
 * What clients ask for: nothing but standard RDP security, TLS alone, CredSSP, CredSSP with early user authorization. A client
 * that asks for a bit asks for those below it too, so that CredSSP is never asked for alone. RDSTLS and RDSAAD are left out:
 * they say nothing about who gets in without credentials, and xrdp hangs up on bits that it does not know.
 */
export const REQUESTS: readonly number[] = [PROTOCOL.rdp, PROTOCOL.tls, PROTOCOL.tls | PROTOCOL.hybrid, PROTOCOL.tls | PROTOCOL.hybrid | PROTOCOL.hybridEx];

/** Asks with each set, one connection each; ends at the first that gets no answer at all, since the next would wait as long. */
export async function negotiate(listener: Listener, limits: Limits): Promise<Negotiation[]> {
  const found: Negotiation[] = [];
  for (const requested of REQUESTS) {
    const answer = await ask(listener, requested, limits);
    found.push(answer);
    if (answer.cause !== null && answer.cause !== 'closed' && answer.cause !== 'reset') break;
  }
  return found;
}

async function ask(listener: Listener, requested: number, limits: Limits): Promise<Negotiation> {
  try {
    const { confirm, bytes } = await exchange(listener, limits, (connection) => request(connection, requested));
    return { requested, confirm, reply: bytes.toString('hex'), cause: null };
  } catch (error) {
    if (error instanceof ExchangeError) return { requested, confirm: null, reply: null, cause: error.failure };
    throw error;
  }
}

function request(connection: Exchange, requested: number): Promise<{ confirm: Confirm; bytes: Buffer }> {
  connection.send(connectionRequest(requested));
  return connection.read(confirmReader());
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
