import type { Claim } from './claims.ts';
import { claimsAbout } from './claims.ts';
import type { CodeEntry, Stage } from './code.ts';
import { EXTENDED, extendedEntry } from './extended.ts';
import { type DisconnectCode, shownCode } from './parse.ts';
import { REASONS } from './reasons.ts';

/** One of the two numbers, and what is documented of it; null where nothing is. */
export interface CodePart {
  readonly role: 'reason' | 'extended';
  readonly code: number;
  readonly entry: CodeEntry | null;
}

export interface Explanation {
  readonly shown: string;
  readonly parts: readonly CodePart[];
  /** What a lone number would mean as an extended code. */
  readonly otherwise: CodeEntry | null;
  /** How far the connection had come, by the order of the protocol. */
  readonly reached: string | null;
  readonly claims: readonly Claim[];
  /** What may lie behind it: inference, no page says so. */
  readonly plausible: readonly string[];
  /** Families of policies that bear on it. */
  readonly families: readonly string[];
  /** Whether insecure remedies circulate for it, which policies tagged `left-NNN` notice. */
  readonly leftOvers: boolean;
  /** False when neither number is documented. */
  readonly known: boolean;
}

const REACHED: Readonly<Record<Stage, string | null>> = {
  name: 'The client did not find an address, so it contacted nothing.',
  transport: 'The connection ended on the network, before the server said anything about a session.',
  security: 'The server was reached and answered; protecting the connection failed, before anybody was asked who they are.',
  authentication: 'The server was reached and TLS was set up; proving who the user is failed.',
  licensing: 'The server was reached and the connection was protected; the exchange of licences failed.',
  broker: 'The broker was reached and spoke; finding or preparing the destination failed.',
  session:
    'The client found the name, connected, set up security and reached the Remote Desktop stack of the server, which then ended the connection on purpose.',
  ended: 'There was a session, and it ended in an orderly way.',
  client: 'The client itself failed; the code says nothing about the server.',
  unsaid: null,
};

const FAMILIES: Readonly<Record<Stage, readonly string[]>> = {
  name: ['DNS', 'CLI', 'GW'],
  transport: ['FW', 'NET', 'CONN', 'GW'],
  security: ['CERT', 'AUTH', 'COL'],
  authentication: ['AUTH', 'COL', 'PERM', 'DNS'],
  licensing: ['LIC'],
  broker: ['COL', 'CONN', 'DNS'],
  session: ['CONN', 'COL', 'PERM', 'LIC', 'DISP', 'DRV', 'UPD'],
  ended: ['SESS', 'COL', 'GW'],
  client: ['CLI'],
  unsaid: ['CONN'],
};

const FAMILIES_OF_EXTENDED: Readonly<Record<number, readonly string[]>> = { 8: ['AUTH', 'COL'], 9: ['PERM', 'COL', 'AUTH'] };
const DISPLAY = ['DISP', 'DRV', 'UPD'];

const PLAUSIBLE: Readonly<Record<Stage, readonly string[]>> = {
  name: ['a name that is not published, or is published elsewhere only', 'a client that asks another DNS server'],
  transport: [
    'a firewall on the way or on the host',
    'a listener that is off or on another port',
    'a device on the way that closes connections',
    'a host under load',
  ],
  security: ['a certificate without a usable private key', 'no TLS version or cipher in common', 'a device on the way that takes TLS apart'],
  authentication: ['an account state that the code names', 'a clock that is off', 'a domain controller that is out of reach'],
  licensing: [
    'no licence server configured or reachable',
    'no licences left',
    'a licensing mode that does not fit the licences',
    'a grace period that is over',
  ],
  broker: ['a host that is off, drained or not in the collection', 'a name that the broker cannot resolve'],
  session: [
    'a host that is draining or takes no new logons',
    'a limit on connections',
    'a broker that refuses or cannot redirect',
    'a session that could not be created, graphics included',
    'a service that is starting, or out of step after an update',
  ],
  ended: ['a limit, a person or a program, as the code says'],
  client: ['a fault or a shortage on the client'],
  unsaid: [],
};

/** What the documentation says of a code, what it does not mean, and what can only be inferred. Pure. */
export function explainCode(code: DisconnectCode): Explanation {
  const parts = partsOf(code);
  const extended = parts.find((part) => part.role === 'extended' && part.entry !== null && part.code !== 0);
  const telling = extended ?? parts.find((part) => part.entry !== null);
  const entry = telling?.entry ?? null;
  const isExtended = telling?.role === 'extended';
  return {
    shown: shownCode(code),
    parts,
    otherwise: otherwiseOf(code, parts),
    reached: entry === null ? null : REACHED[entry.stage],
    claims: entry === null ? [] : claimsAbout(entry, isExtended),
    plausible: entry === null ? [] : PLAUSIBLE[entry.stage],
    families: entry === null ? [] : familiesOf(entry, isExtended),
    leftOvers: entry !== null && ['session', 'security', 'authentication'].includes(entry.stage),
    known: entry !== null,
  };
}

function partsOf(code: DisconnectCode): CodePart[] {
  const parts: CodePart[] = [];
  // A lone number that only the extended codes have is one of them: event 40 shows it without its fellow.
  const only = code.alone && code.reason !== null && !REASONS.has(code.reason) && extendedEntry(code.reason) !== null;
  if (code.reason !== null) parts.push(only ? extendedPart(code.reason) : { role: 'reason', code: code.reason, entry: REASONS.get(code.reason) ?? null });
  if (code.extended !== null) parts.push(extendedPart(code.extended));
  return parts;
}

function extendedPart(code: number): CodePart {
  return { role: 'extended', code, entry: extendedEntry(code) };
}

function otherwiseOf(code: DisconnectCode, parts: readonly CodePart[]): CodeEntry | null {
  if (!code.alone || code.reason === null || parts[0]?.role !== 'reason') return null;
  return EXTENDED.get(code.reason) ?? null;
}

function familiesOf(entry: CodeEntry, extended: boolean): readonly string[] {
  if (extended && entry.code >= 0x0f && entry.code <= 0x12) return DISPLAY;
  return (extended ? FAMILIES_OF_EXTENDED[entry.code] : undefined) ?? FAMILIES[entry.stage];
}
