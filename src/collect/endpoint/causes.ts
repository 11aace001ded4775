/**
 * Why an exchange came to nothing:
 * - `name`: the name does not resolve, or is none. `route`: no way there. `refused`: nobody listens. `timeout`: no connection in time.
 * - `silent`: connected, and not one byte came. `slow`: some came, and the answer was not whole in time.
 * - `closed` and `reset`: the other side ended it before its answer was whole.
 * - `unasked`: it was ended before TLS could be asked for, which says nothing of TLS.
 * - `garbage`: another protocol, or none. `too-large`: more than an answer can be.
 * - `local`: this machine could not (no descriptors, no permission); it says nothing about the other side. `stopped`: by the user.
 */
export type Cause =
  | 'name'
  | 'route'
  | 'refused'
  | 'timeout'
  | 'silent'
  | 'slow'
  | 'closed'
  | 'reset'
  | 'unasked'
  | 'garbage'
  | 'too-large'
  | 'local'
  | 'stopped';

export class ExchangeError extends Error {
  readonly failure: Cause;
  constructor(failure: Cause, message: string) {
    super(message);
    this.name = 'ExchangeError';
    this.failure = failure;
  }
}

/** What a cause means, for people. */
export const CAUSES: Readonly<Record<Cause, string>> = {
  name: 'the name does not resolve',
  route: 'there is no way to the address',
  refused: 'nobody listens on the port',
  timeout: 'no connection was made in time',
  silent: 'the connection was made, and not one byte came in time',
  slow: 'bytes came, and the answer was not whole in time',
  closed: 'the connection was closed before the answer was whole',
  reset: 'the connection was reset before the answer was whole',
  unasked: 'the connection ended before TLS could be asked for',
  garbage: 'the answer is of another protocol',
  'too-large': 'the answer is larger than any can be',
  local: 'this machine could not open a connection',
  stopped: 'the run was stopped',
};

const BY_CODE: Readonly<Record<string, Cause>> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_NODATA: 'name',
  EAI_NONAME: 'name',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'route',
  ENETUNREACH: 'route',
  EHOSTDOWN: 'route',
  ENETDOWN: 'route',
  EADDRNOTAVAIL: 'route',
  EMFILE: 'local',
  ENFILE: 'local',
  ENOBUFS: 'local',
  ENOMEM: 'local',
  EACCES: 'local',
  EPERM: 'local',
};

/** What a system call's error says; `otherwise` for a code that is not in the table. */
export function failureOf(error: unknown, otherwise: Cause): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return new ExchangeError(Object.hasOwn(BY_CODE, code) ? (BY_CODE[code] ?? otherwise) : otherwise, code === '' ? 'the exchange failed' : code);
}
