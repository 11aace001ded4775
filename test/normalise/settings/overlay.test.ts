import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type Section, type Snapshot, UNREADABLE } from '../../../src/model/snapshot.ts';
import { layDeclared, stateOf } from '../../../src/normalise/settings/index.ts';
import { CATALOGUE, declaredOf, deepFreeze, keys, ok, rows, snapshotOf, targetOf, TSP, WINSTATION } from './support.ts';

const NLA = ['rdp', 'RDP-Tcp', 'userAuthentication'];
const listener = (more: JsonObject = {}): JsonObject => ({
  TerminalName: 'RDP-Tcp',
  UserAuthenticationRequired: 0,
  PolicySourceUserAuthenticationRequired: 0,
  ...more,
});
const ABSENT = { status: 'absent' };
const NO_POLICY = { [TSP]: ABSENT, [WINSTATION]: ok({ UserAuthentication: 0, PortNumber: 3389 }) };

function host(table: Section, registry: JsonObject = NO_POLICY, more: Readonly<Record<string, Section>> = {}): Snapshot {
  return deepFreeze(snapshotOf({ Win32_TSGeneralSetting: table, registry: keys(registry), ...more }));
}

function lay(snapshot: Snapshot, path: readonly string[], value: Json): { snapshot: Snapshot; codes: string[]; state: string; value: Json | undefined } {
  const target = targetOf(snapshot);
  const laid = layDeclared(snapshot, [declaredOf(path, value)], CATALOGUE, { target, pushed: [] });
  const { state, reading } = stateOf({ path, value }, laid.snapshot, CATALOGUE, target);
  return {
    snapshot: laid.snapshot,
    codes: laid.problems.map((problem) => `${problem.level} ${problem.code}`),
    state,
    value: reading?.unknown === true ? undefined : reading?.value,
  };
}

describe('a declared value laid over a snapshot', () => {
  it('is written, as raw, into every place that the writer changes, and the source says local', () => {
    const before = host(
      rows(listener({ PolicySourceUserAuthenticationRequired: 2, SecurityLayer: 1 }), { TerminalName: 'Other', UserAuthenticationRequired: 0 }),
    );
    const { snapshot, codes, state } = lay(before, NLA, 'required');
    expect(codes).toEqual([]);
    expect(state).toBe('equal');
    expect(snapshot.sections['Win32_TSGeneralSetting']?.data).toEqual([
      { TerminalName: 'RDP-Tcp', UserAuthenticationRequired: 1, PolicySourceUserAuthenticationRequired: 0, SecurityLayer: 1 },
      { TerminalName: 'Other', UserAuthenticationRequired: 0 },
    ]);
    expect(snapshot.sections['registry']?.data).toEqual({ [TSP]: ABSENT, [WINSTATION]: { status: 'ok', values: { UserAuthentication: 1, PortNumber: 3389 } } });
  });

  it.each<readonly [string, Snapshot, string[], string, Json | undefined]>([
    ['Group Policy has the same value', host(rows(listener()), { ...NO_POLICY, [TSP]: ok({ UserAuthentication: 1 }) }), [], 'equal', 'required'],
    [
      'Group Policy has another value',
      host(rows(listener()), { ...NO_POLICY, [TSP]: ok({ UserAuthentication: 0 }) }),
      ['warning declared.owned-by-gpo'],
      'owned-by-gpo',
      'not-required',
    ],
    [
      'the row says that Group Policy has another value',
      host(rows(listener({ PolicySourceUserAuthenticationRequired: 1 }))),
      ['warning declared.owned-by-gpo'],
      'owned-by-gpo',
      'not-required',
    ],
    [
      'Group Policy has a value that nobody understands',
      host(rows(listener()), { ...NO_POLICY, [TSP]: ok({ UserAuthentication: 9 }) }),
      ['warning declared.owned-by-gpo'],
      'unknown',
      undefined,
    ],
    [
      'nobody could read whose the value is',
      host(rows(listener({ PolicySourceUserAuthenticationRequired: null })), { ...NO_POLICY, [TSP]: { status: 'denied' } }),
      [],
      'unknown',
      undefined,
    ],
    ['the policy key is denied, but the row says local', host(rows(listener()), { ...NO_POLICY, [TSP]: { status: 'denied' } }), [], 'equal', 'required'],
    ['what is there makes no sense', host(rows(listener({ UserAuthenticationRequired: 9 }))), [], 'equal', 'required'],
    ['the local key was not collected', host(rows(listener()), { [TSP]: ABSENT }), [], 'equal', 'required'],
    ['the listener is not there', host(rows(listener({ TerminalName: 'Other' }))), ['error declared.not-found'], 'not-found', undefined],
    [
      'a row does not say whether it is the listener',
      host(rows(listener({ TerminalName: 'Other' }), listener({ TerminalName: null }))),
      ['error declared.unreadable'],
      'unknown',
      undefined,
    ],
    ['there is no Remote Desktop', host({ status: 'absent' }), ['error declared.not-found'], 'not-found', undefined],
    ['the table was denied', host({ status: 'denied' }), ['error declared.unreadable'], 'unknown', undefined],
    ['the table was not collected', deepFreeze(snapshotOf({ registry: keys(NO_POLICY) })), ['error declared.unreadable'], 'unknown', undefined],
  ])('%s', (_name, snapshot, codes, state, value) => {
    expect(lay(snapshot, NLA, 'required')).toMatchObject({ codes, state, value });
  });

  it('says which policy to change', () => {
    const snapshot = host(rows(listener()), { ...NO_POLICY, [TSP]: ok({ UserAuthentication: 0 }) });
    const { problems } = layDeclared(snapshot, [declaredOf(NLA, 'required')], CATALOGUE, { target: targetOf(snapshot), pushed: [] });
    expect(problems).toEqual([
      {
        level: 'warning',
        code: 'declared.owned-by-gpo',
        target: 'windows-host:rdsh01.contoso.com',
        message:
          "'rdp/RDP-Tcp/userAuthentication' of 'rdsh01.contoso.com' is declared, but Group Policy has another value: the declaration cannot take effect.",
        hint: expect.stringMatching(/^Change 'Computer Configuration\\Policies\\.*Network Level Authentication' in Group Policy\.$/) as unknown,
      },
    ]);
  });

  it('leaves a denied table of another setting denied', () => {
    const snapshot = host(rows(listener()), NO_POLICY, { Win32_TSSessionSetting: { status: 'denied' } });
    expect(lay(snapshot, ['rdp', 'RDP-Tcp', 'idleLimit'], 900_000)).toMatchObject({ codes: ['error declared.unreadable'], state: 'unknown' });
  });

  it.each<readonly [string, JsonObject]>([
    ['absent', { 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa': ABSENT }],
    ['denied', { 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa': { status: 'denied' } }],
    ['not collected', {}],
  ])('creates a registry value though its key is %s', (_name, registry) => {
    const laid = lay(deepFreeze(snapshotOf({ registry: keys(registry) })), ['authentication', 'lmCompatibilityLevel'], 5);
    expect(laid).toMatchObject({ codes: [], state: 'equal', value: 5 });
  });

  it('creates a registry value though the whole registry was denied, which it stays', () => {
    const laid = lay(deepFreeze(snapshotOf({ registry: { status: 'denied' } })), ['authentication', 'lmCompatibilityLevel'], 5);
    expect(laid).toMatchObject({ codes: [], state: 'equal', value: 5 });
    expect(laid.snapshot.sections['registry']?.status).toBe('denied');
  });

  it.each([['denied'], ['error']])('knows no more of the other values of a key that was %s', (status) => {
    const LSA = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print';
    const snapshot = deepFreeze(snapshotOf({ registry: keys({ [LSA]: { status }, [TSP]: { status } }) }));
    const laid = lay(snapshot, ['printRpc', 'privacy'], true);
    expect(laid.state).toBe('equal');
    const target = targetOf(snapshot);
    // Group Policy may own it: what it will be is unknown, and so is its neighbour.
    const secure = lay(laid.snapshot, ['authentication', 'secureRpc'], true);
    expect(secure.state).toBe('unknown');
    expect(stateOf({ path: ['redirection', 'drives'], value: false }, secure.snapshot, CATALOGUE, target).state).toBe('unknown');
  });

  it('is a policy value where there is no other place', () => {
    const laid = lay(deepFreeze(snapshotOf({ registry: keys({ [TSP]: ABSENT }) })), ['authentication', 'secureRpc'], true);
    expect(laid).toMatchObject({ codes: [], state: 'equal', value: true });
    expect(lay(deepFreeze(snapshotOf({ registry: keys({ [TSP]: ok({ fEncryptRPCTraffic: 0 }) }) })), ['authentication', 'secureRpc'], true)).toMatchObject({
      codes: ['warning declared.owned-by-gpo'],
      value: false,
    });
  });

  it('takes a key out of the keys that a newer one must not have', () => {
    const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
    const profile = (Name: string): JsonObject => ({
      Name,
      Enabled: 1,
      AllowLocalFirewallRules: 2,
      AllowInboundRules: 1,
      DefaultInboundAction: 4,
      LogBlocked: 0,
    });
    const legacy = {
      [POLICIES]: ok({}),
      [`${POLICIES}\\StandardProfile`]: ok({ EnableFirewall: 0 }),
      [`${POLICIES}\\PrivateProfile`]: ABSENT,
      [`${POLICIES}\\PublicProfile`]: ABSENT,
    };
    const snapshot = deepFreeze(snapshotOf({ 'firewall.profiles': rows(profile('Private')), registry: keys(legacy) }));
    const target = targetOf(snapshot);
    const state = (over: Snapshot): string => stateOf({ path: ['firewall', 'profiles', 'Private', 'enabled'], value: true }, over, CATALOGUE, target).state;
    expect(state(snapshot)).toBe('owned-by-gpo');
    expect(state(lay(snapshot, ['firewall', 'profiles', 'private', 'allowLocalFirewallRules'], false).snapshot)).toBe('equal');
  });
});

describe('a declared list', () => {
  const right = (Sids: Json, RsopSource: Json = 'local'): JsonObject => ({ Right: 'SeDenyRemoteInteractiveLogonRight', Sids, RsopSource });
  const PATH = ['userRights', 'SeDenyRemoteInteractiveLogonRight'];
  it.each<readonly [string, Section, Json, string, Json]>([
    ['is the whole list', rows(right(['*S-1-5-32-546', '*S-1-5-7'])), ['S-1-5-32-546'], 'equal', ['S-1-5-32-546']],
    ['counts in any order and case', rows(right(['*S-1-5-7', '*S-1-5-32-546'])), ['S-1-5-32-546', 'S-1-5-7'], 'equal', ['S-1-5-7', 'S-1-5-32-546']],
    ['may be empty', rows(right(['*S-1-5-7'])), [], 'equal', []],
    [
      'is laid where nobody has the right yet',
      rows({ Right: 'SeNetworkLogonRight', Sids: ['*S-1-1-0'], RsopSource: 'local' }),
      ['S-1-5-7'],
      'equal',
      ['S-1-5-7'],
    ],
    ['of Group Policy stays', rows(right(['*S-1-5-7'], 'gpo')), ['S-1-5-32-546'], 'owned-by-gpo', ['S-1-5-7']],
  ])('%s', (_name, table, value, state, after) => {
    expect(lay(deepFreeze(snapshotOf({ userRights: table })), PATH, value)).toMatchObject({ state, value: after });
  });

  it('leaves other rights as they are', () => {
    const other = { Right: 'SeNetworkLogonRight', Sids: ['*S-1-1-0'], RsopSource: 'gpo' };
    const laid = lay(deepFreeze(snapshotOf({ userRights: rows(other) })), PATH, ['S-1-5-7']);
    expect(laid.snapshot.sections['userRights']?.data).toEqual([other, right(['*S-1-5-7'])]);
  });

  it('of a policy is written anew, with its switch', () => {
    const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';
    const path = ['credentialDelegation', 'savedCredentials'];
    const snapshot = deepFreeze(snapshotOf({ registry: keys({ [KEY]: ok({ AllowFreshCredentials: 1 }), [`${KEY}\\AllowSavedCredentials`]: ABSENT }) }));
    const laid = lay(snapshot, path, ['TERMSRV/*.contoso.com']);
    expect(laid).toMatchObject({ codes: [], state: 'equal' });
    expect(laid.snapshot.sections['registry']?.data).toMatchObject({
      [KEY]: { values: { AllowFreshCredentials: 1, AllowSavedCredentials: 1 } },
      [`${KEY}\\AllowSavedCredentials`]: { status: 'ok', values: { 1: 'TERMSRV/*.contoso.com' } },
    });
  });

  it('of a policy that permits none is written as its switch, which is another thing than no policy', () => {
    const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';
    const path = ['credentialDelegation', 'freshCredentials'];
    const snapshot = deepFreeze(snapshotOf({ registry: keys({ [KEY]: ABSENT }) }));
    expect(lay(snapshot, path, ['TERMSRV/*'])).toMatchObject({ codes: [], state: 'equal', value: ['TERMSRV/*'] });
    const laid = lay(snapshot, path, []);
    expect(laid).toMatchObject({ codes: [], state: 'equal', value: [] });
    expect(laid.snapshot.sections['registry']?.data).toMatchObject({ [KEY]: { values: { AllowFreshCredentials: 0 } } });
  });
});

describe('a declared list that another column stands beside', () => {
  const before = {
    CollectionName: 'Finance',
    UserGroup: ['CONTOSO\\RDS', 'CONTOSO\\Domain Users'],
    UserGroupSids: ['S-1-5-21-0-0-0-1104', 'S-1-5-21-0-0-0-513'],
  };
  it.each<readonly [string, JsonObject, string[], Json | undefined]>([
    ['what stays keeps its own', {}, ['CONTOSO\\RDS'], ['S-1-5-21-0-0-0-1104']],
    ['in any case and order', {}, ['contoso\\new', 'contoso\\domain users', 'contoso\\rds'], [null, 'S-1-5-21-0-0-0-513', 'S-1-5-21-0-0-0-1104']],
    ['what is new has none', {}, ['CONTOSO\\Other', 'CONTOSO\\RDS'], [null, 'S-1-5-21-0-0-0-1104']],
    ['one that nobody looked up has none', { UserGroupSids: [null, 'S-1-5-21-0-0-0-513'] }, ['CONTOSO\\RDS'], [null]],
    ['a list of another length says of none', { UserGroupSids: ['S-1-5-21-0-0-0-1104'] }, ['CONTOSO\\RDS'], [null]],
    ['a name that stands for two says of neither', { UserGroup: ['CONTOSO\\RDS', 'contoso\\rds'] }, ['CONTOSO\\RDS', 'CONTOSO\\X'], [null, null]],
    ['a list that was not read says of none', { UserGroupSids: null }, ['CONTOSO\\RDS'], [null]],
  ])('%s', (_name, row, value, sids) => {
    const snapshot = deepFreeze(snapshotOf({ collections: rows({ ...before, ...row }) }, 'rds-deployment', 'rdcb01.contoso.com'));
    const laid = lay(snapshot, ['collections', 'Finance', 'userGroups'], value);
    const data = (laid.snapshot.sections['collections']?.data ?? []) as readonly JsonObject[];
    expect(data[0]).toEqual({ CollectionName: 'Finance', UserGroup: value, UserGroupSids: sids });
    expect(laid).toMatchObject({ codes: [], state: 'equal' });
  });
});

describe('a firewall rule', () => {
  const rowsOf = (snapshot: Snapshot): readonly JsonObject[] => (snapshot.sections['firewall.rules']?.data ?? []) as readonly JsonObject[];
  const rule = (more: JsonObject): JsonObject => ({
    InstanceID: 'RemoteDesktop-In',
    Direction: 1,
    Action: 2,
    Enabled: 1,
    Profiles: 7,
    RemoteAddress: ['Any'],
    PolicyStoreSource: 'PersistentStore',
    PolicyStoreSourceType: 1,
    PrimaryStatus: 1,
    EnforcementStatus: [1],
    ...more,
  });
  const PATH = ['firewall', 'rules', 'remotedesktop-in', 'profiles'];

  it('forgets what Windows derives from the value', () => {
    const laid = lay(deepFreeze(snapshotOf({ 'firewall.rules': rows(rule({})) })), PATH, ['Domain']);
    expect(rowsOf(laid.snapshot)[0]).toEqual({
      InstanceID: 'RemoteDesktop-In',
      Direction: 1,
      Action: 2,
      Enabled: 1,
      Profiles: 1,
      RemoteAddress: ['Any'],
      PolicyStoreSource: 'PersistentStore',
      PolicyStoreSourceType: 1,
    });
  });

  it('of Group Policy keeps its value beside the local one of the same name', () => {
    const policy = rule({ PolicyStoreSource: 'Contoso servers', PolicyStoreSourceType: 2 });
    const laid = lay(deepFreeze(snapshotOf({ 'firewall.rules': rows(policy, rule({})) })), PATH, ['Domain']);
    expect(laid).toMatchObject({ codes: [], state: 'equal' });
    expect(rowsOf(laid.snapshot).map((row) => row['Profiles'])).toEqual([7, 1]);
  });

  it('of a store that is neither is not ours for certain', () => {
    expect(lay(deepFreeze(snapshotOf({ 'firewall.rules': rows(rule({ PolicyStoreSourceType: 3 })) })), PATH, ['Domain'])).toMatchObject({
      codes: [],
      state: 'unknown',
    });
  });

  it.each<readonly [Json, Json, string]>([
    [['10.20.0.0/255.255.255.0'], ['10.20.0.0/24'], 'equal'],
    [['10.20.0.0/255.0.255.0'], ['10.20.0.0/24'], 'differs'],
    [['10.20.0.0/0.0.0.0'], ['10.20.0.0/0'], 'equal'],
    [['2001:DB8::/32', 'LocalSubnet'], ['LocalSubnet', '2001:db8::/32'], 'equal'],
    [['LocalSubnet'], ['LocalSubnet', '10.20.0.5'], 'differs'],
  ])('shows the addresses %j for the declared %j: %s', (RemoteAddress, value, state) => {
    const snapshot = snapshotOf({ 'firewall.rules': rows(rule({ RemoteAddress })) });
    expect(stateOf({ path: ['firewall', 'rules', 'RemoteDesktop-In', 'remoteAddresses'], value }, snapshot, CATALOGUE, targetOf(snapshot)).state).toBe(state);
  });
});

describe('what a collection pushes', () => {
  const snapshot = host(rows(listener()));
  const pushed = [{ path: NLA, value: 'required', from: 'Finance' }];

  it('is laid over its hosts', () => {
    const laid = layDeclared(snapshot, [], CATALOGUE, { target: targetOf(snapshot), pushed });
    expect(laid.problems).toEqual([]);
    expect(stateOf({ path: NLA, value: 'required' }, laid.snapshot, CATALOGUE, targetOf(snapshot)).state).toBe('equal');
  });

  it("gives way to a host's own declaration", () => {
    const own = ['rdp', 'rdp-tcp', 'userAuthentication'];
    const laid = layDeclared(snapshot, [declaredOf(own, 'not-required')], CATALOGUE, { target: targetOf(snapshot), pushed });
    expect(stateOf({ path: NLA, value: 'not-required' }, laid.snapshot, CATALOGUE, targetOf(snapshot)).state).toBe('equal');
  });

  it('is no problem of a host that does not take it', () => {
    const policy = host(rows(listener()), { ...NO_POLICY, [TSP]: ok({ UserAuthentication: 0 }) });
    const laid = layDeclared(policy, [], CATALOGUE, {
      target: targetOf(policy),
      pushed: [...pushed, { path: ['rdp', 'No', 'userAuthentication'], value: 'required', from: 'Finance' }],
    });
    expect(laid).toEqual({ snapshot: policy, problems: [] });
  });
});

describe('how a declared value stands', () => {
  it('differs though nobody knows whose the value is', () => {
    const snapshot = host(rows(listener({ PolicySourceUserAuthenticationRequired: null })));
    expect(stateOf({ path: NLA, value: 'required' }, snapshot, CATALOGUE, targetOf(snapshot))).toMatchObject({
      state: 'differs',
      reading: { source: null, value: 'not-required' },
    });
  });

  it('is unknown where the value is', () => {
    const snapshot = host(rows(listener({ UserAuthenticationRequired: UNREADABLE })));
    expect(stateOf({ path: NLA, value: 'required' }, snapshot, CATALOGUE, targetOf(snapshot)).state).toBe('unknown');
    expect(stateOf({ path: ['no', 'setting'], value: 1 }, snapshot, CATALOGUE, targetOf(snapshot))).toMatchObject({ state: 'unknown', reading: null });
  });

  it('is compared by thumbprint without case', () => {
    const print = 'ABCDEF0123456789ABCDEF0123456789ABCDEF01';
    const snapshot = host(rows(listener({ SSLCertificateSHA1Hash: print, SSLCertificateSHA1HashType: 3 })));
    expect(
      stateOf({ path: ['certificates', 'listeners', 'RDP-Tcp', 'thumbprint'], value: print.toLowerCase() }, snapshot, CATALOGUE, targetOf(snapshot)).state,
    ).toBe('equal');
  });
});
