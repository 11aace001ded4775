import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { isUnreadable } from '../../../model/snapshot.ts';
import { authorityOf, relativeId } from './principals.ts';

/** A direct member of a local group. */
export interface Member {
  readonly sid: string;
  /** Null for a SID that resolves to no name. */
  readonly name: string | null;
  /** An account of this computer; null when nobody can tell. */
  readonly local: boolean | null;
}

export interface Group {
  readonly sid: string;
  readonly name: string;
  /** Null when they could not be read. */
  readonly members: readonly Member[] | null;
}

const MAX_MEMBERS = 5000;

/** The local groups; null when they could not be read. Every Windows has some, so an absent table is one that was not read. */
export function localGroups(input: SnapshotInput): readonly Group[] | null {
  const table = readRows(input.snapshot, 'localGroups');
  if (table.state !== 'read') return null;
  const authority = localAuthority(input);
  return table.rows.flatMap((row) => {
    const sid = sidOf(member(row, 'SID'));
    return sid === null ? [] : [{ sid, name: rawText(member(row, 'Name')) ?? sid, members: membersOf(row, authority) }];
  });
}

/** A group by its SID: null when the table could not be read or does not hold it. */
export function groupOf(groups: readonly Group[] | null, sid: string): Group | null {
  return groups?.find((group) => group.sid === sid) ?? null;
}

function membersOf(row: JsonObject, authority: string | null): Member[] | null {
  const sids = columnOf(row, 'MemberSids');
  if (sids === null || sids.length > MAX_MEMBERS) return null;
  const names = columnOf(row, 'MemberNames') ?? [];
  const sources = columnOf(row, 'MemberSources') ?? [];
  const members: Member[] = [];
  for (const [index, raw] of sids.entries()) {
    const sid = sidOf(raw);
    if (sid === null) return null;
    const name = rawText(names[index])?.trim();
    members.push({ sid, name: name === undefined || name === '' || name.toUpperCase() === sid ? null : name, local: isLocal(sid, sources[index], authority) });
  }
  return members;
}

function columnOf(row: JsonObject, column: string): readonly Json[] | null {
  const raw = member(row, column);
  return raw === undefined || raw === null || isUnreadable(raw) ? null : rawList(raw);
}

export function sidOf(raw: Json | undefined): string | null {
  const text = rawText(raw)?.trim().replace(/^\*/, '').toUpperCase();
  return text !== undefined && /^S-1-[0-9-]{1,180}$/.test(text) ? text : null;
}

function isLocal(sid: string, source: Json | undefined, authority: string | null): boolean | null {
  const own = authorityOf(sid);
  if (own === null) return false;
  if (authority !== null) return own === authority;
  const number = rawInteger(source);
  return number === undefined || number === 0 ? null : number === 1;
}

/** The computer's own part of SIDs: that of its built-in Administrator. A domain controller has no local accounts. */
function localAuthority(input: SnapshotInput): string | null {
  const users = readRows(input.snapshot, 'localUsers');
  if (users.state !== 'read') return null;
  const administrator = users.rows.map((row) => sidOf(member(row, 'SID'))).find((sid) => sid !== null && relativeId(sid) === '500');
  return administrator === undefined || administrator === null ? null : authorityOf(administrator);
}

/** A local account that nobody can use: disabled, or expired at the time the snapshot was taken. Null when it cannot be said. */
export function unusableUsers(input: SnapshotInput): ReadonlyMap<string, 'disabled' | 'expired'> | null {
  const users = readRows(input.snapshot, 'localUsers');
  if (users.state === 'absent') return new Map();
  if (users.state === 'unread') return null;
  const found = new Map<string, 'disabled' | 'expired'>();
  const now = Date.parse(input.snapshot.collectedAt);
  for (const row of users.rows) {
    const sid = sidOf(member(row, 'SID'));
    if (sid === null) continue;
    const expires = Date.parse(rawText(member(row, 'AccountExpires')) ?? '');
    if (rawInteger(member(row, 'Enabled')) === 0) found.set(sid, 'disabled');
    else if (!Number.isNaN(expires) && expires < now) found.set(sid, 'expired');
  }
  return found;
}
