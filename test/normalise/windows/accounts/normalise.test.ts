import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { holds } from '../../../../src/normalise/windows/accounts/logon-rights.ts';
import { normaliseAccounts } from '../../../../src/normalise/windows/accounts/normalise.ts';
import { CATALOGUE, contextOf, rows } from '../../settings/support.ts';
import { snapshotInput } from '../../rds/support.ts';

const OWN = 'S-1-5-21-1-2-3';
const DOMAIN = 'S-1-5-21-7-8-9';
const USERS: Section = rows(
  { Name: 'chris', SID: `${OWN}-500`, Enabled: true },
  { Name: 'old', SID: `${OWN}-1002`, Enabled: false },
  {
    Name: 'gone',
    SID: `${OWN}-1003`,
    Enabled: true,
    AccountExpires: '2026-01-01T00:00:00Z',
  },
);

function factsOf(kind: string, sections: Readonly<Record<string, Section>>): readonly Fact[] {
  return normaliseAccounts(snapshotInput('windows-host', 'rdsh01.contoso.com', sections), contextOf([kind], CATALOGUE)).facts;
}

const group = (sid: string, members: readonly (readonly [string, string | null])[] | null): JsonObject => ({
  SID: sid,
  Name: sid,
  MemberSids: members === null ? null : members.map(([member]) => member),
  MemberNames: members === null ? null : members.map(([, name]) => name),
});
const rights = (given: Readonly<Record<string, readonly string[]>>): Section =>
  rows(...Object.entries(given).map(([Right, sids]) => ({ Right, Sids: sids.map((sid) => `*${sid}`), RsopSource: 'local' })));

describe('windows.localGroup', () => {
  it.each([
    ['a named group', [[`${DOMAIN}-1105`, 'CONTOSO\\RDS-Finance']], { broad: [], stale: [] }],
    ['Domain Users', [[`${DOMAIN}-513`, 'CONTOSO\\Domänen-Benutzer']], { broad: [{ sid: `${DOMAIN}-513`, who: 'Domain Users' }], stale: [] }],
    ['an orphan', [[`${DOMAIN}-1106`, null]], { stale: [{ sid: `${DOMAIN}-1106`, name: `${DOMAIN}-1106`, why: 'unresolved' }] }],
    ['an orphan of the computer itself', [[`${OWN}-1106`, null]], { stale: [{ sid: `${OWN}-1106`, name: `${OWN}-1106`, why: 'unresolved' }] }],
    ['a role of Entra ID, which shows no name', [['S-1-12-1-1-2-3-4', null]], { members: ['S-1-12-1-1-2-3-4'], stale: [] }],
    ['a user of Entra ID', [['S-1-12-1-5-6-7-8', 'AzureAD\\Kim']], { stale: [] }],
    ['a service', [['S-1-5-80-1-2-3-4-5', null]], { stale: [] }],
    ['an application pool', [['S-1-5-82-1-2-3-4-5', null]], { stale: [] }],
    ['a virtual machine', [['S-1-5-83-1-1-2-3-4', null]], { stale: [] }],
    ['a window manager', [['S-1-5-90-0-1', null]], { stale: [] }],
    ['a font driver host', [['S-1-5-96-0-1', null]], { stale: [] }],
    ['a capability', [['S-1-15-3-1024-1-2', null]], { stale: [] }],
    ['a disabled user', [[`${OWN}-1002`, 'RDSH01\\old']], { stale: [{ sid: `${OWN}-1002`, name: 'RDSH01\\old', why: 'disabled' }] }],
    ['an expired user', [[`${OWN}-1003`, 'RDSH01\\gone']], { stale: [{ sid: `${OWN}-1003`, name: 'RDSH01\\gone', why: 'expired' }] }],
    ['the built-in Administrator', [[`${OWN}-500`, 'RDSH01\\chris']], { stale: [] }],
    ['a SID that nobody can read', [['x', 'x']], { members: null, broad: null, stale: null }],
  ] as const)('%s', (_, members, data) => {
    const [fact] = factsOf('windows.localGroup', { localUsers: USERS, localGroups: rows(group('S-1-5-32-555', members)) });
    expect(fact?.data).toMatchObject(data);
  });

  it('is unknown as a whole when no group was read, and may be stale when no user was', () => {
    expect(factsOf('windows.localGroup', {}).map((fact) => fact.unknown)).toEqual([['']]);
    const [fact] = factsOf('windows.localGroup', { localGroups: rows({ ...group('S-1-5-32-544', [[`${OWN}-1002`, 'RDSH01\\old']]), MemberSources: [1] }) });
    expect(fact?.data['stale']).toEqual([null]);
    expect(fact?.unknown).toEqual(['/stale/0']);
  });
});

describe('windows.logonRights', () => {
  const RDU = 'S-1-5-32-555';
  const base = { localUsers: USERS, Win32_TSGeneralSetting: rows({ TerminalName: 'RDP-Tcp', UserAuthenticationRequired: 1 }) };
  const fact = (given: Readonly<Record<string, readonly string[]>>, members: readonly (readonly [string, string | null])[] | null): Fact | undefined =>
    factsOf('windows.logonRights', {
      ...base,
      userRights: rights(given),
      localGroups: rows(group(RDU, members), group('S-1-5-32-545', [['S-1-5-11', 'x']])),
    })[0];
  const local = [`${OWN}-1001`, 'RDSH01\\scan'] as const;
  const domain = [`${DOMAIN}-1105`, 'CONTOSO\\RDS'] as const;

  it.each([
    ['nobody is denied', [RDU], [], [domain], []],
    ['a local member, and local accounts are denied', [RDU], ['S-1-5-113'], [local], [{ sid: local[0], name: local[1], deniedBy: 'S-1-5-113' }]],
    ['a domain group is no local account', [RDU], ['S-1-5-113', 'S-1-5-32-546'], [domain], []],
    ['a domain group that another one may hold', [RDU], [`${DOMAIN}-512`], [domain], [null]],
    ['a local member is in no domain group', [RDU], [`${DOMAIN}-512`], [local], []],
    ['the group itself', [RDU], [RDU], [], [{ sid: RDU, name: RDU, deniedBy: RDU }]],
    ['Everyone is denied', [RDU], ['S-1-1-0'], [domain], [{ sid: domain[0], name: domain[1], deniedBy: 'S-1-1-0' }]],
    ['members do not matter when the group has no right', ['S-1-5-32-544'], ['S-1-5-113'], [local], []],
    ['the members were not read', [RDU], ['S-1-5-113'], null, null],
  ] as const)('conflicts: %s', (_, allowed, denied, members, expected) => {
    expect(fact({ SeRemoteInteractiveLogonRight: allowed, SeDenyRemoteInteractiveLogonRight: denied }, members)?.data['conflicts']).toEqual(expected);
  });

  it.each([
    ['Authenticated Users', ['S-1-5-11'], [], [domain], []],
    ['the group itself', [RDU], [], [domain], []],
    ['Users, as Windows sets them up', ['S-1-5-32-545'], [], [domain], []],
    ['administrators only', ['S-1-5-32-544'], [], [domain], [{ sid: domain[0], name: domain[1] }]],
    ['another domain group, which may hold it', [`${DOMAIN}-1200`], [], [domain], [null]],
    ['local accounts are denied', ['S-1-5-11'], ['S-1-5-113'], [local], [{ sid: local[0], name: local[1] }]],
    ['nobody is in the group', [], [], [], []],
    ['the members were not read', ['S-1-5-11'], [], null, null],
  ] as const)('access from the network: %s', (_, allowed, denied, members, expected) => {
    expect(fact({ SeNetworkLogonRight: allowed, SeDenyNetworkLogonRight: denied }, members)?.data['withoutNetwork']).toEqual(expected);
  });

  it('names who stands for everybody, and Network Level Authentication', () => {
    const data = fact({ SeRemoteInteractiveLogonRight: ['S-1-1-0', `${DOMAIN}-1105`] }, [])?.data;
    expect(data).toMatchObject({ broad: [{ sid: 'S-1-1-0', who: 'Everyone' }], nla: true });
  });

  it('knows who is authenticated, and nothing of a member when it says so', () => {
    expect(holds('S-1-5-11', { sid: 'S-1-12-1-1-2-3-4', name: null, local: false })).toBe(true);
    expect(holds(`${DOMAIN}-1200`, { sid: 'S-1-12-1-1-2-3-4', name: null, local: false })).toBeNull();
    expect(holds('S-1-5-113', { sid: `${DOMAIN}-1`, name: 'x', local: null })).toBeNull();
    expect(holds('S-1-5-11', { sid: `${DOMAIN}-501`, name: 'Guest', local: false })).toBeNull();
  });
});

describe('windows.listenerPermissions', () => {
  const account = (SID: string, allowed: number | null, denied = 0): JsonObject => ({
    TerminalName: 'RDP-Tcp',
    SID,
    AccountName: SID,
    PermissionsAllowed: allowed,
    PermissionsDenied: denied,
  });
  it.each([
    ['as Windows sets it up', [account('S-1-5-32-544', 0xf03bf), account('S-1-5-32-555', 0x121), account('S-1-5-18', 0xf03bf)], []],
    ['everyone logs on', [account('S-1-1-0', 0x20)], [{ sid: 'S-1-1-0', account: 'S-1-1-0', rights: ['logon'] }]],
    ['denied again', [account('S-1-1-0', 0x20, 0x20)], []],
    ['remote users watch', [account('S-1-5-32-555', 0x131)], [{ sid: 'S-1-5-32-555', account: 'S-1-5-32-555', rights: ['shadow'] }]],
    ['an entry that was not read', [account('S-1-5-32-544', 0xf03bf), account('S-1-1-0', null)], null],
    ['one too much beside it', [account('S-1-1-0', 0x20), account('S-1-5-11', null)], [{ sid: 'S-1-1-0', account: 'S-1-1-0', rights: ['logon'] }]],
  ])('%s', (_, list, excess) => {
    const [fact] = factsOf('windows.listenerPermissions', { Win32_TSAccount: rows(...list) });
    expect(fact?.data['excess']).toEqual(excess);
  });
});
