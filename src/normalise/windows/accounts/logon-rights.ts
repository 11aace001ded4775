import { rawInteger } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import { LOGON_RIGHTS, type LogonRights, type Principal } from '../../../model/facts/windows-logon-rights.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { hostFact, isDomainController, memberOf } from '../drivers/parts.ts';
import { type Group, groupOf, localGroups, type Member } from './groups.ts';
import {
  AUTHENTICATED_USERS,
  authorityOf,
  broadName,
  EVERYONE,
  isEntra,
  LOCAL_ACCOUNT,
  LOCAL_ADMINISTRATOR,
  REMOTE_DESKTOP_USERS,
  USERS,
} from './principals.ts';
import { listSettingOf, settingOf } from './setting.ts';

/** More holders than that are no list that anybody made; each is compared with each member. */
const MAX_HOLDERS = 1000;

/**
 * User rights and the members of Remote Desktop Users, as far as one host can tell: who is in a group of the domain is not
 * known, so whether such a group is denied is not either.
 */
export function logonRights(input: SnapshotInput, context: NormaliseContext): Fact {
  const right = (name: string): readonly string[] | null => {
    const sids = listSettingOf(input, context, 'windows.userRights', name);
    return sids === null || sids.length > MAX_HOLDERS ? null : sids.map((sid) => sid.toUpperCase());
  };
  const allowed = right('SeRemoteInteractiveLogonRight');
  const denied = right('SeDenyRemoteInteractiveLogonRight');
  const groups = localGroups(input);
  const members = groupOf(groups, REMOTE_DESKTOP_USERS)?.members ?? null;
  const partOfDomain = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const nla = settingOf(input, context, 'windows.rdpListener', 'userAuthentication', { listener: 'RDP-Tcp' });
  const conflicts = conflictsOf(allowed, denied, members);
  const without = withoutNetwork(right('SeNetworkLogonRight'), right('SeDenyNetworkLogonRight'), members, groupOf(groups, USERS));
  const data: LogonRights = {
    host: input.target.name,
    domainController: isDomainController(input),
    domainMember: partOfDomain === undefined ? null : partOfDomain === 1,
    allowed,
    broad:
      allowed?.flatMap((sid) => {
        const who = broadName(sid);
        return who === null ? [] : [{ sid, who }];
      }) ?? null,
    denied,
    conflicts,
    nla: nla === null ? null : nla === 'required',
    withoutNetwork: without,
  };
  const fact = hostFact(input, LOGON_RIGHTS.kind, [], `logon rights of ${input.target.name}`, data, {
    '/allowed': '/userRights/SeRemoteInteractiveLogonRight',
    '/broad': '/userRights/SeRemoteInteractiveLogonRight',
    '/denied': '/userRights/SeDenyRemoteInteractiveLogonRight',
    '/conflicts': '/userRights/SeDenyRemoteInteractiveLogonRight',
    '/withoutNetwork': '/userRights/SeNetworkLogonRight',
  });
  return { ...fact, unknown: [...fact.unknown, ...nullsOf('/conflicts', conflicts), ...nullsOf('/withoutNetwork', without)] };
}

function nullsOf(at: Pointer, list: readonly unknown[] | null): Pointer[] {
  return (list ?? []).flatMap((item, index) => (item === null ? [`${at}/${index}`] : []));
}

/** Who a SID certainly is (true), certainly is not, or may be: membership in groups of a domain is not known. */
export function holds(sid: string, member: Member): boolean | null {
  if (sid === member.sid) return true;
  if (sid === EVERYONE || sid === AUTHENTICATED_USERS) return isPerson(member) ? true : null;
  if (sid === LOCAL_ACCOUNT) return member.local;
  // Only a local account that is in Administrators too.
  if (sid === LOCAL_ADMINISTRATOR) return member.local === false ? false : null;
  // An account of this computer is in no group of a domain.
  if (authorityOf(sid) !== null) return member.local === true ? false : null;
  return authorityOf(member.sid) === null ? null : false;
}

/** An account or a group of accounts: each of whom is authenticated. Guests and anonymous are not. */
function isPerson(member: Member): boolean {
  return isEntra(member.sid) || (authorityOf(member.sid) !== null && !/-(?:501|514)$/.test(member.sid));
}

type Conflicts = LogonRights['conflicts'];

function conflictsOf(allowed: readonly string[] | null, denied: readonly string[] | null, members: readonly Member[] | null): Conflicts {
  if (denied?.length === 0) return [];
  if (allowed === null || denied === null) return null;
  const direct = allowed.filter((sid) => denied.includes(sid)).map((sid) => ({ sid, name: sid, deniedBy: sid }));
  if (!allowed.includes(REMOTE_DESKTOP_USERS)) return direct;
  if (members === null) return direct.length > 0 ? [...direct, null] : null;
  return [...direct, ...members.flatMap((member) => conflictOf(member, denied) ?? [])];
}

/** `[null]` when a denied group may hold the member; null when none does. */
function conflictOf(member: Member, denied: readonly string[]): readonly ({ sid: string; name: string; deniedBy: string } | null)[] | null {
  const by = denied.find((sid) => holds(sid, member) === true);
  if (by !== undefined) return [{ ...principalOf(member), deniedBy: by }];
  return denied.some((sid) => holds(sid, member) === null) ? [null] : null;
}

function principalOf(member: Member): Principal {
  return { sid: member.sid, name: member.name ?? member.sid };
}

function withoutNetwork(
  allowed: readonly string[] | null,
  denied: readonly string[] | null,
  members: readonly Member[] | null,
  users: Group | null,
): LogonRights['withoutNetwork'] {
  if (members === null) return null;
  if (members.length === 0) return [];
  if (allowed === null && denied === null) return null;
  return members.flatMap((member) => {
    const isDenied = denied === null ? null : anyHolds(denied, member);
    const isAllowed = allowed === null ? null : mayUseNetwork(allowed, member, users);
    if (isDenied === true || isAllowed === false) return [principalOf(member)];
    return isDenied === false && isAllowed === true ? [] : [null];
  });
}

function anyHolds(sids: readonly string[], member: Member): boolean | null {
  const answers = sids.map((sid) => holds(sid, member));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

/** The group Users counts where it holds everybody who is authenticated, as Windows sets it up. */
function mayUseNetwork(allowed: readonly string[], member: Member, users: Group | null): boolean | null {
  if (allowed.includes(EVERYONE) || allowed.includes(REMOTE_DESKTOP_USERS)) return true;
  const others = allowed.filter((sid) => sid !== USERS);
  const direct = anyHolds(others, member);
  if (direct === true || !allowed.includes(USERS)) return direct;
  const inUsers = users?.members?.some((each) => each.sid === AUTHENTICATED_USERS || each.sid === member.sid);
  return inUsers === true ? true : null;
}
