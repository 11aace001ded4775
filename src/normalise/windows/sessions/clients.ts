import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  CLIENT_PROGRAM,
  type ClientProgram,
  GATEWAY_USER,
  type GatewayUser,
  SERVER_AUTHENTICATION,
  type ServerAuthentication,
} from '../../../model/facts/windows-sessions.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { ClientProgramName, KnownUpdates } from '../../../model/known-updates.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { POLICIES, registryNumber } from './values.ts';

/** One fact an installed program; of several versions the oldest, since each user may start any of them. */
export function clientPrograms(input: SnapshotInput, { knownUpdates }: NormaliseContext): Fact[] {
  const rows = readRows(input.snapshot, 'clientPrograms');
  if (rows.state === 'absent') return [];
  if (rows.state === 'unread') return [unreadFact(input, CLIENT_PROGRAM.kind)];
  const found = new Map<ClientProgram['program'], Versions>();
  for (const row of rows.rows) {
    const program = rawText(member(row, 'Program'));
    if (program !== 'remote-desktop' && program !== 'windows-app') continue;
    const version = versionOf(member(row, 'Version'));
    const before = found.get(program) ?? { oldest: null, hasUnknown: false };
    found.set(program, {
      oldest: version !== null && (before.oldest === null || isOlder(version, before.oldest)) ? version : before.oldest,
      hasUnknown: before.hasUnknown || version === null,
    });
  }
  return [...found].map(([program, versions]) => {
    const data: ClientProgram = { host: input.target.name, program, version: versions.oldest, ...levelOf(program, versions, knownUpdates) };
    return hostFact(input, CLIENT_PROGRAM.kind, [program], `${program} of ${input.target.name}`, data);
  });
}

/** A program that the data does not name is not known to be without holes. */
function levelOf(
  program: ClientProgramName,
  { oldest, hasUnknown }: Versions,
  known: KnownUpdates | undefined,
): Pick<ClientProgram, 'fixed' | 'outdated' | 'missing' | 'worst' | 'dataFrom'> {
  const concerning = (known?.programs ?? []).flatMap(({ cve, severity, fixed }) => {
    const fixedIn = fixed[program];
    return fixedIn === undefined ? [] : [{ cve, severity, fixedIn }];
  });
  const newest = concerning.map(({ fixedIn }) => fixedIn).toSorted((a, b) => (isOlder(a, b) ? 1 : -1))[0];
  const lacking = oldest === null ? [] : concerning.filter(({ fixedIn }) => isOlder(oldest, fixedIn));
  // One that is too old is enough; that none is takes them all.
  const isKnown = lacking.length > 0 || (newest !== undefined && !hasUnknown);
  return {
    fixed: newest ?? null,
    outdated: isKnown ? lacking.length > 0 : null,
    missing: isKnown ? lacking.toSorted((a, b) => b.severity - a.severity || (a.cve < b.cve ? -1 : 1)) : null,
    worst: isKnown ? Math.max(0, ...lacking.map(({ severity }) => severity)) : null,
    dataFrom: known?.retrieved ?? null,
  };
}

interface Versions {
  readonly oldest: string | null;
  readonly hasUnknown: boolean;
}

function versionOf(value: Json | undefined): string | null {
  const text = rawText(value)?.trim() ?? '';
  return /^\d{1,9}(\.\d{1,9}){1,3}$/.test(text) ? text : null;
}

/** Compared number by number; what is missing at the end is 0. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 4; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const ANSWERS = ['connect', 'refuse', 'ask'] as const;

/** The computer's policy wins over what users set for themselves. */
export function serverAuthentication(input: SnapshotInput): Fact {
  const number = registryNumber(input, POLICIES, 'AuthenticationLevel');
  const answer = number === undefined ? 'not-set' : number === null ? null : (ANSWERS[number] ?? null);
  const data: ServerAuthentication = {
    host: input.target.name,
    answer,
    careless: answer === 'not-set' ? carelessUsers(input) : answer === null ? null : [],
  };
  return hostFact(input, SERVER_AUTHENTICATION.kind, [], `client of ${input.target.name}`, data, { '/answer': '/client/serverAuthentication' });
}

function carelessUsers(input: SnapshotInput): readonly string[] | null {
  const rows = readRows(input.snapshot, 'clientUsers');
  if (rows.state !== 'read') return rows.state === 'absent' ? [] : null;
  return usersOf(rows.rows).flatMap(({ sid, row }) => (rawInteger(member(row, 'AuthenticationLevelOverride')) === 0 ? [sid] : []));
}

/** Rows with a SID, each user once, in order of the SID. */
function usersOf(rows: readonly JsonObject[]): { readonly sid: string; readonly row: JsonObject }[] {
  const users = new Map<string, JsonObject>();
  for (const row of rows) {
    const sid = rawText(member(row, 'Sid'))?.toUpperCase();
    if (sid !== undefined && /^S-1-[\d-]{1,180}$/.test(sid) && !users.has(sid)) users.set(sid, row);
  }
  return [...users].map(([sid, row]) => ({ sid, row })).toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
}

const METHODS = { 1: 'basic', 2: 'ntlm', 3: 'smart-card', 4: 'logon-credentials' } as const;

/** One fact a user whose policy says something about a gateway. */
export function gatewayUsers(input: SnapshotInput): Fact[] {
  const rows = readRows(input.snapshot, 'clientUsers');
  if (rows.state === 'absent') return [];
  if (rows.state === 'unread') return [unreadFact(input, GATEWAY_USER.kind)];
  return usersOf(rows.rows).flatMap(({ sid, row }) => {
    const gateway = rawText(member(row, 'ProxyName'))?.trim() ?? '';
    const method = member(row, 'LogonMethod') ?? null;
    if (gateway === '' && method === null) return [];
    const data: GatewayUser = {
      host: input.target.name,
      user: sid,
      gateway: gateway === '' ? 'not-set' : gateway,
      logonMethod: method === null ? 'not-set' : (rawEnum(method, METHODS) ?? null),
    };
    return [hostFact(input, GATEWAY_USER.kind, [sid], `gateway of ${sid} on ${input.target.name}`, data)];
  });
}
