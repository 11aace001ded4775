import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type Fact, UNREAD } from '../../../model/fact.ts';
import { LISTENER_PERMISSIONS, type ListenerPermissions } from '../../../model/facts/windows-listener-permissions.ts';
import { LOCAL_GROUP, type LocalGroup } from '../../../model/facts/windows-local-group.ts';
import { LOGON_RIGHTS } from '../../../model/facts/windows-logon-rights.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { type Group, localGroups, sidOf, unusableUsers } from './groups.ts';
import { logonRights } from './logon-rights.ts';
import { ADMINISTRATORS, authorityOf, broadName, relativeId } from './principals.ts';

/** Who may come over Remote Desktop, and who may watch. */
export const normaliseAccounts: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input, context)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput, context: NormaliseContext) => readonly Fact[]>> = {
  [LOGON_RIGHTS.kind]: (input, context) => [logonRights(input, context)],
  [LOCAL_GROUP.kind]: groupFacts,
  [LISTENER_PERMISSIONS.kind]: permissionFacts,
};

function groupFacts(input: SnapshotInput): Fact[] {
  const groups = localGroups(input);
  if (groups === null) return [unreadFact(input, LOCAL_GROUP.kind)];
  const unusable = unusableUsers(input);
  return groups.map((group) => groupFact(input, group, unusable));
}

function groupFact(input: SnapshotInput, group: Group, unusable: ReadonlyMap<string, 'disabled' | 'expired'> | null): Fact {
  const stale = staleMembers(group, unusable);
  const data: LocalGroup = {
    host: input.target.name,
    group: group.sid,
    name: group.name,
    members: group.members?.map(({ sid, name }) => name ?? sid) ?? null,
    broad:
      group.members?.flatMap(({ sid }) => {
        const who = broadName(sid);
        return who === null ? [] : [{ sid, who }];
      }) ?? null,
    stale,
  };
  const fact = hostFact(input, LOCAL_GROUP.kind, [group.sid], `${group.name} of ${input.target.name}`, data);
  return { ...fact, unknown: [...fact.unknown, ...(stale ?? []).flatMap((each, index) => (each === null ? [`/stale/${index}`] : []))] };
}

function staleMembers(group: Group, unusable: ReadonlyMap<string, 'disabled' | 'expired'> | null): LocalGroup['stale'] {
  return (
    group.members?.flatMap(({ sid, name, local }) => {
      // Only accounts of a domain or a computer have a name while they exist: those of Entra ID (S-1-12-1), of services, application
      // pools, virtual machines (S-1-5-8x) and capabilities (S-1-15-3) are in use without one.
      if (name === null) return authorityOf(sid) === null ? [] : [{ sid, name: sid, why: 'unresolved' }];
      if (relativeId(sid) === '500' || local === false) return [];
      const why = unusable?.get(sid);
      if (why !== undefined) return [{ sid, name, why }];
      return unusable === null ? [null] : [];
    }) ?? null
  );
}

const SHADOW = 0x10;
const LOGON = 0x20;
/** Windows itself gives it some rights on a listener. */
const INTERACTIVE = 'S-1-5-4';
/** SYSTEM, LOCAL SERVICE, NETWORK SERVICE and Administrators: what Windows gives full control. */
const TRUSTED = new Set(['S-1-5-18', 'S-1-5-19', 'S-1-5-20', ADMINISTRATORS]);

function permissionFacts(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'Win32_TSAccount');
  if (table.state === 'absent') return [];
  if (table.state === 'unread') return [unreadFact(input, LISTENER_PERMISSIONS.kind)];
  const byListener = Map.groupBy(table.rows, (row) => rawText(member(row, 'TerminalName')) ?? UNREAD);
  // The class shows the permissions of the console too.
  const listeners = [...byListener].filter(([listener]) => listener.toLowerCase() !== 'console');
  return listeners.map(([listener, rows]) => {
    const excess = rows.map(excessOf);
    const known = excess.flatMap((each) => each ?? []);
    const data: ListenerPermissions = {
      host: input.target.name,
      listener,
      // What is certainly too much stays so beside an entry that could not be read.
      excess: known.length === 0 && excess.includes(null) ? null : known,
    };
    return hostFact(input, LISTENER_PERMISSIONS.kind, [listener], `permissions of ${listener} on ${input.target.name}`, data);
  });
}

type Excess = NonNullable<ListenerPermissions['excess']>;

/** Null when the entry could not be read. */
function excessOf(row: JsonObject): Excess | null {
  const sid = sidOf(member(row, 'SID'));
  const allowed = rawInteger(member(row, 'PermissionsAllowed'));
  if (sid === null || allowed === undefined) return null;
  if (TRUSTED.has(sid)) return [];
  const denied = rawInteger(member(row, 'PermissionsDenied')) ?? 0;
  const has = (right: number): boolean => (allowed & right) !== 0 && (denied & right) === 0;
  const rights = [...(has(LOGON) && broadName(sid) !== null && sid !== INTERACTIVE ? ['logon'] : []), ...(has(SHADOW) ? ['shadow'] : [])];
  return rights.length === 0 ? [] : [{ sid, account: rawText(member(row, 'AccountName')) ?? sid, rights }];
}
