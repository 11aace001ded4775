import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EstateHost } from '../../../../src/model/estate.ts';
import type { Fact } from '../../../../src/model/fact.ts';
import { SESSION_KINDS } from '../../../../src/model/facts/windows-sessions.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { KnownUpdates } from '../../../../src/model/known-updates.ts';
import type { SnapshotInput } from '../../../../src/model/normalise.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { isOlder } from '../../../../src/normalise/windows/sessions/clients.ts';
import { normaliseSessions } from '../../../../src/normalise/windows/sessions/normalise.ts';
import { readPolicyFolder } from '../../../../src/policy/library.ts';
import { contextWith, snapshotInput } from '../../rds/support.ts';

const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const DELEGATION = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';
const SYSTEM_POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\System';
const LSA = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa';
const WDIGEST = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\WDigest';
const WINSTATIONS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations';
const RDP_TCP = `${WINSTATIONS}\\RDP-Tcp`;
const DISPLAY = '{4D36E968-E325-11CE-BFC1-08002BE10318}';

const SERVER: Section = { status: 'ok', data: { build: 20348, ubr: 2849, productType: 3 } };
const SERVER_2025: Section = { status: 'ok', data: { build: 26100, ubr: 2033, productType: 3 } };
const UNREAD_OS: Section = { status: 'denied' };
const ok = (data: Json): Section => ({ status: 'ok', data });
const key = (values: JsonObject): JsonObject => ({ status: 'ok', values });
const registry = (keys: Readonly<Record<string, Json>>): Section => ok(keys);
const noKeys = (...keys: readonly string[]): JsonObject => Object.fromEntries(keys.map((name) => [name, { status: 'absent' }]));

function factsOf(kind: string, sections: Readonly<Record<string, Section>>, host: Partial<EstateHost> = {}): readonly Fact[] {
  const entry: EstateHost = {
    name: 'rdsh01.contoso.com',
    address: '192.0.2.21',
    rdpPort: null,
    roles: [],
    azureId: null,
    groups: [],
    over: 'snapshot',
    pointer: '/hosts/0',
    own: '/hosts/0',
    declared: [],
    ...host,
  };
  const input: SnapshotInput = { ...snapshotInput('windows-host', 'rdsh01.contoso.com', sections), host: entry };
  return normaliseSessions(input, contextWith()).facts.filter((fact) => fact.kind === kind);
}

function one(kind: string, sections: Readonly<Record<string, Section>>, host: Partial<EstateHost> = {}): Fact {
  const [fact, ...more] = factsOf(kind, sections, host);
  if (fact === undefined || more.length > 0) throw new Error(`no single ${kind}`);
  return fact;
}

it('makes a fact of every kind it declares, or none where the thing is absent, from a snapshot without sections', () => {
  const input = snapshotInput('windows-host', 'rdsh01.contoso.com', {});
  const { facts } = normaliseSessions(input, contextWith());
  expect(new Set(facts.map((fact) => fact.kind))).toEqual(new Set(SESSION_KINDS.map((kind) => kind.kind)));
  for (const fact of facts) expect(fact.unknown.length, fact.kind).toBeGreaterThan(0);
});

describe('windows.credentialTheft', () => {
  const with_ = (values: { wdigest?: JsonObject; lsa?: JsonObject; policy?: JsonObject }, os: Section = SERVER): Fact =>
    one('windows.credentialTheft', {
      os,
      registry: registry({
        [WDIGEST]: values.wdigest ?? key({}),
        [LSA]: values.lsa ?? key({}),
        [SYSTEM_POLICIES]: values.policy ?? key({}),
      }),
      deviceGuard: ok({ SecurityServicesRunning: 1 }),
    });

  it.each([
    ['nothing set on a server', {}, SERVER, { wdigest: false, lsaProtection: 'disabled', credentialGuard: true, domainController: false }],
    ['WDigest as text', { wdigest: key({ UseLogonCredential: '1' }) }, SERVER, { wdigest: true }],
    ['the policy wins', { lsa: key({ RunAsPPL: 0 }), policy: key({ RunAsPPL: 1 }) }, SERVER_2025, { lsaProtection: 'enabled-with-uefi-lock' }],
    ['a policy that the release does not know', { lsa: key({ RunAsPPL: 0 }), policy: key({ RunAsPPL: 1 }) }, SERVER, { lsaProtection: 'disabled' }],
    ['the lock on Windows Server 2022', { lsa: key({ RunAsPPL: 1 }) }, SERVER, { lsaProtection: 'enabled-with-uefi-lock', lsaWithoutLock: false }],
    ['the lock on a release that nobody read', { lsa: key({ RunAsPPL: 1 }) }, UNREAD_OS, { lsaProtection: 'enabled-with-uefi-lock', lsaWithoutLock: null }],
    ['2 on Windows Server 2016', { lsa: key({ RunAsPPL: 2 }) }, ok({ build: 14393, productType: 3 }), { lsaProtection: 'disabled' }],
    ['2 on Windows Server 2022', { lsa: key({ RunAsPPL: 2 }) }, SERVER, { lsaProtection: 'disabled', lsaWithoutLock: false }],
    ['2 on Windows Server 2025', { lsa: key({ RunAsPPL: 2 }) }, SERVER_2025, { lsaProtection: 'enabled', lsaWithoutLock: true }],
    ['2 before Windows 11 22H2', { lsa: key({ RunAsPPL: 2 }) }, ok({ build: 22_000, productType: 1 }), { lsaProtection: 'disabled' }],
    ['2 on Windows 11 22H2', { lsa: key({ RunAsPPL: 2 }) }, ok({ build: 22_621, productType: 1 }), { lsaProtection: 'enabled' }],
    ['an old client', {}, ok({ build: 19045, productType: 1 }), { lsaProtection: 'disabled' }],
    ['a domain controller', {}, ok({ build: 26100, productType: 2 }), { domainController: true, lsaProtection: 'disabled' }],
  ] as const)('%s', (_, values, os, expected) => {
    expect(with_(values, os).data).toMatchObject(expected);
  });

  it.each([
    ['a new client that may protect itself', {}, ok({ build: 26100, productType: 1 })],
    ['a number that means nothing', { lsa: key({ RunAsPPL: 8 }) }, SERVER],
    ['a policy that was not read', { lsa: key({ RunAsPPL: 2 }), policy: { status: 'denied' } }, SERVER_2025],
    ['2 on a release that nobody read', { lsa: key({ RunAsPPL: 2 }) }, UNREAD_OS],
    ['a policy on a release that nobody read', { lsa: key({ RunAsPPL: 1 }), policy: key({ RunAsPPL: 0 }) }, UNREAD_OS],
  ] as const)('does not know LSA protection: %s', (_, values, os) => {
    const fact = with_(values, os);
    expect(fact.data).toMatchObject({ lsaProtection: null });
    expect(fact.unknown).toContain('/lsaProtection');
  });

  it('does not know WDigest of a release that it cannot tell', () => {
    expect(with_({}, { status: 'denied' }).data).toMatchObject({ wdigest: null });
  });
});

describe('windows.trustedPublishers', () => {
  const A = 'A'.repeat(40);
  const B = 'B'.repeat(40);
  it.each<[string, JsonObject, Json]>([
    ['two, as people write them', { TrustedCertThumbprints: `${A}, ${B.toLowerCase().replaceAll(/(..)/g, '$1 ')}` }, [A, B]],
    ['none', {}, []],
    ['empty', { TrustedCertThumbprints: '' }, []],
    ['what is no thumbprint trusts nobody', { TrustedCertThumbprints: `${A},hello` }, [A]],
  ])('%s', (_name, values, trusted) => {
    expect(one('windows.trustedPublishers', { registry: registry({ [POLICIES]: key(values) }) }, { roles: ['workstation'] }).data).toMatchObject({
      workstation: true,
      trusted,
    });
  });

  it('is unknown where the key was not read', () => {
    expect(one('windows.trustedPublishers', { registry: registry({ [POLICIES]: { status: 'denied' } }) }).unknown).toContain('/trusted');
  });
});

describe('windows.rdpWorkstation', () => {
  const of = (delegation: JsonObject, os: Section = SERVER, roles: readonly string[] = []): JsonObject =>
    one('windows.rdpWorkstation', { os, registry: registry({ [DELEGATION]: delegation, [POLICIES]: key({ AllowUnsignedFiles: 0 }) }) }, { roles })
      .data as JsonObject;

  it.each([
    [{}, 'not-restricted'],
    [{ RestrictedRemoteAdministration: 0, RestrictedRemoteAdministrationType: 2 }, 'not-restricted'],
    [{ RestrictedRemoteAdministration: 1 }, 'restricted-admin'],
    [{ RestrictedRemoteAdministration: 1, RestrictedRemoteAdministrationType: 1 }, 'restricted-admin'],
    [{ RestrictedRemoteAdministration: 1, RestrictedRemoteAdministrationType: 2 }, 'remote-credential-guard'],
    [{ RestrictedRemoteAdministration: '1', RestrictedRemoteAdministrationType: 3 }, 'prefer-remote-credential-guard'],
    [{ RestrictedRemoteAdministration: 1, RestrictedRemoteAdministrationType: 0 }, null],
    [{ RestrictedRemoteAdministration: 1, RestrictedRemoteAdministrationType: 9 }, null],
  ])('%j delegates %s', (values, expected) => {
    expect(of(key(values))).toMatchObject({ outgoing: expected, unsignedFiles: false, signedFiles: true, promptsOnClient: false });
  });

  it('is a client of Windows, or what the estate calls a workstation', () => {
    expect(of(key({}))).toMatchObject({ workstation: false });
    expect(of(key({}), ok({ build: 22631, productType: 1 }))).toMatchObject({ workstation: true });
    expect(of(key({}), SERVER, ['workstation'])).toMatchObject({ workstation: true });
    expect(of(key({}), { status: 'denied' })).toMatchObject({ workstation: null });
  });
});

describe('windows.serverAuthentication', () => {
  const USERS = ok([
    { Sid: 'S-1-5-21-1-2-3-1104', AuthenticationLevelOverride: 0, ProxyName: null, UseProxy: null, LogonMethod: null },
    { Sid: 'S-1-5-21-1-2-3-1105', AuthenticationLevelOverride: 2, ProxyName: 'gw.contoso.com', UseProxy: 1, LogonMethod: 1 },
    { Sid: 'S-1-5-21-1-2-3-1106', AuthenticationLevelOverride: null, ProxyName: '', UseProxy: null, LogonMethod: null },
    { Sid: 'nobody', AuthenticationLevelOverride: 0 },
  ]);

  it.each([
    ['users count without a policy', {}, { answer: 'not-set', careless: ['S-1-5-21-1-2-3-1104'] }],
    ['1 refuses', { AuthenticationLevel: 1 }, { answer: 'refuse', careless: [] }],
    ['2 asks', { AuthenticationLevel: 2 }, { answer: 'ask', careless: [] }],
    ['0 connects', { AuthenticationLevel: 0 }, { answer: 'connect', careless: [] }],
    ['3 means nothing', { AuthenticationLevel: 3 }, { answer: null, careless: null }],
  ])('%s', (_, values, expected) => {
    expect(one('windows.serverAuthentication', { registry: registry({ [POLICIES]: key(values) }), clientUsers: USERS }).data).toMatchObject(expected);
  });

  it('does not know the users that nobody looked at, unless a policy wins over them', () => {
    const facts = (values: JsonObject): Fact => one('windows.serverAuthentication', { registry: registry({ [POLICIES]: key(values) }) });
    expect(facts({}).unknown).toEqual(['/careless']);
    expect(facts({ AuthenticationLevel: 2 }).unknown).toEqual([]);
  });

  it('has a gateway fact for users whose policy names one', () => {
    const facts = factsOf('windows.gatewayUser', { clientUsers: USERS });
    expect(facts.map((fact) => fact.data)).toEqual([
      { host: 'rdsh01.contoso.com', user: 'S-1-5-21-1-2-3-1105', gateway: 'gw.contoso.com', logonMethod: 'basic' },
    ]);
    expect(facts[0]?.unknown).toEqual([]);
  });

  it('knows a method without a gateway, and not one that means nothing', () => {
    const of = (row: JsonObject): Fact => one('windows.gatewayUser', { clientUsers: ok({ Sid: 'S-1-5-21-1-2-3-1104', ...row }) });
    expect(of({ LogonMethod: 4 })).toMatchObject({ data: { gateway: 'not-set', logonMethod: 'logon-credentials' }, unknown: [] });
    expect(of({ ProxyName: 'gw.contoso.com' })).toMatchObject({ data: { logonMethod: 'not-set' }, unknown: [] });
    expect(of({ LogonMethod: 9 }).unknown).toEqual(['/logonMethod']);
  });
});

describe('windows.clientProgram', () => {
  const KNOWN: KnownUpdates = {
    retrieved: '2026-11-20',
    systems: [],
    vulnerabilities: [],
    regressions: [],
    programs: [
      { cve: 'CVE-2000-0001', severity: 6.5, published: '2026-06-09', fixed: { 'remote-desktop': '1.2.7279.0' } },
      { cve: 'CVE-2000-0002', severity: 8.8, published: '2026-09-08', fixed: { 'remote-desktop': '1.2.7214.0', 'windows-app': '2.0.1193.0' } },
    ],
  };
  const of = (rows: Json, known: KnownUpdates | null | undefined = KNOWN): readonly JsonObject[] => {
    const input = snapshotInput('windows-host', 'rdsh01.contoso.com', { clientPrograms: ok(rows) });
    const { facts } = normaliseSessions(input, { ...contextWith(), ...(known === null ? {} : { knownUpdates: known }) });
    return facts.filter((fact) => fact.kind === 'windows.clientProgram').map((fact) => fact.data);
  };

  it.each([
    ['1.2.7279.0', false, []],
    ['1.2.7278.9', true, ['CVE-2000-0001']],
    ['1.2.7214.0', true, ['CVE-2000-0001']],
    ['1.10.0.0', false, []],
    ['1.2', true, ['CVE-2000-0002', 'CVE-2000-0001']],
    ['latest', null, null],
  ])('version %s is outdated: %s', (version, outdated, cves) => {
    const [data] = of({ Program: 'remote-desktop', Version: version });
    expect(data).toMatchObject({ program: 'remote-desktop', fixed: '1.2.7279.0', outdated, dataFrom: '2026-11-20' });
    expect((data?.['missing'] as readonly JsonObject[] | null)?.map((missing) => missing['cve']) ?? null).toEqual(cves);
  });

  it('takes the oldest of several, and one that is too old is enough', () => {
    const rows = ['2.0.1193.0', null, '2.0.900.0'].map((Version) => ({ Program: 'windows-app', Version }));
    expect(of(rows)).toMatchObject([{ version: '2.0.900.0', outdated: true, worst: 8.8 }]);
    expect(of(rows.slice(0, 2))).toMatchObject([{ version: '2.0.1193.0', outdated: null, worst: null }]);
    expect(of([{ Program: 'other', Version: '1.0' }])).toEqual([]);
    expect(of([])).toEqual([]);
  });

  it.each([
    ['no data', null],
    ['data without programs', { ...KNOWN, programs: [] }],
  ])('says nothing from %s', (_name, known) => {
    expect(of({ Program: 'windows-app', Version: '9.0.0.0' }, known)).toMatchObject([{ version: '9.0.0.0', fixed: null, outdated: null, missing: null }]);
  });

  it('knows the holes of versions from the shipped data', () => {
    const { knownUpdates } = readPolicyFolder('policies');
    for (const [program, version, cve] of [
      ['remote-desktop', '1.2.7214.0', 'CVE-2026-78463'],
      ['windows-app', '2.0.1193.0', 'CVE-2026-121677'],
    ] as const)
      expect(of({ Program: program, Version: version }, knownUpdates)).toMatchObject([
        { outdated: true, missing: expect.arrayContaining([expect.objectContaining({ cve })]) as Json },
      ]);
  });

  it('orders versions as their numbers', () => {
    const version = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [left, right] = [a, b].map((parts) => parts.reduce((sum, part) => sum * 4 + part, 0));
        expect(isOlder(a.join('.'), b.join('.'))).toBe((left ?? 0) < (right ?? 0));
      }),
      { seed: 20261124, numRuns: 300 },
    );
  });
});

describe('windows.listenerRedirection', () => {
  const OFF = { DriveMapping: 1, ClipboardMapping: 1, COMPortMapping: 1, LPTPortMapping: 1, PNPRedirection: 1 };
  const of = (row: JsonObject, keys: JsonObject): Fact =>
    one('windows.listenerRedirection', { Win32_TSClientSetting: ok({ TerminalName: 'ICA-Tcp', ...OFF, ...row }), registry: registry(keys) });
  const nothing = { [POLICIES]: key({}), [RDP_TCP]: key({}), ...noKeys(`${WINSTATIONS}\\ICA-Tcp`) };

  it.each([
    ['nothing is redirected', {}, nothing, []],
    ['a policy that took effect', {}, { ...nothing, [POLICIES]: key({ fDisableCdm: 1, fDisableClip: 1, fDisablePNPRedir: 1 }) }, []],
    ['what the settings allow is judged there', { DriveMapping: 0 }, nothing, []],
    ['a policy that turns drives off', { DriveMapping: 0 }, { ...nothing, [POLICIES]: key({ fDisableCdm: 1 }) }, ['drives']],
    ['the value of RDP-Tcp', { ClipboardMapping: 0 }, { ...nothing, [RDP_TCP]: key({ fDisableClip: 1 }) }, ['clipboard']],
    [
      'a policy that allows wins over RDP-Tcp',
      { ClipboardMapping: 0 },
      { ...nothing, [POLICIES]: key({ fDisableClip: 0 }), [RDP_TCP]: key({ fDisableClip: 1 }) },
      [],
    ],
    ['settings that were not read', { PNPRedirection: false }, { ...nothing, [POLICIES]: { status: 'denied' } }, ['plug-and-play']],
  ])('%s', (_, row, keys, unexpected) => {
    expect(of(row, keys).data).toMatchObject({ unexpected });
  });

  it('does not know a column that was not read, unless another one is certain', () => {
    expect(of({ DriveMapping: null }, nothing).data).toMatchObject({ unexpected: null, drives: null });
    const certain = of({ DriveMapping: null, LPTPortMapping: 0 }, { ...nothing, [POLICIES]: key({ fDisableLPT: 1 }) });
    expect(certain).toMatchObject({ data: { unexpected: ['lpt-ports'] }, unknown: ['/drives'] });
  });

  it('leaves out listeners that are off and names that lead elsewhere', () => {
    const rows = ok([
      { TerminalName: 'ICA-Tcp', ...OFF },
      { TerminalName: '..\\RDP-Tcp', ...OFF },
      { TerminalName: 'RDP-Tcp', ...OFF },
    ]);
    const facts = factsOf('windows.listenerRedirection', {
      Win32_TSClientSetting: rows,
      registry: registry({ ...nothing, [`${WINSTATIONS}\\ICA-Tcp`]: key({ fEnableWinStation: 0 }) }),
    });
    expect(facts.map((fact) => fact.data)).toMatchObject([{ listener: 'RDP-Tcp' }]);
  });
});

describe('windows.limitLayers', () => {
  const of = (policy: JsonObject, own: JsonObject): Readonly<Record<string, Json>> =>
    Object.fromEntries(
      factsOf('windows.limitLayers', {
        Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp' }]),
        registry: registry({ [POLICIES]: policy, [RDP_TCP]: own }),
      }).map((fact) => [(fact.data as { limit: string }).limit, fact.data]),
    );

  it.each([
    ['nothing set', {}, {}, { policy: 'not-set', own: 'not-set', conflict: false }],
    ['the policy alone', { MaxIdleTime: 900000 }, {}, { policy: 900000, own: 'not-set', conflict: false }],
    ['left to the accounts', { MaxIdleTime: 900000 }, { MaxIdleTime: 60000, fInheritMaxIdleTime: 1 }, { own: 'not-set', conflict: false }],
    ['both differ', { MaxIdleTime: 900000 }, { MaxIdleTime: 28800000, fInheritMaxIdleTime: 0 }, { policy: 900000, own: 28800000, conflict: true }],
    ['both agree', { MaxIdleTime: 900000 }, { MaxIdleTime: 900000, fInheritMaxIdleTime: 0 }, { conflict: false }],
    ['0 as text is never', { MaxIdleTime: '0' }, { MaxIdleTime: 900000, fInheritMaxIdleTime: 0 }, { policy: 'never', conflict: true }],
  ])('%s', (_, policy, own, expected) => {
    expect(of(key(policy), key(own))['idle']).toMatchObject(expected);
  });

  it('does not know a conflict with what was not read, and knows that no policy has none', () => {
    expect(of(key({ MaxConnectionTime: 60000 }), { status: 'denied' })['active']).toMatchObject({ own: null, conflict: null });
    expect(of(key({}), { status: 'denied' })['active']).toMatchObject({ conflict: false });
  });
});

describe('windows.sessionTakeover', () => {
  const of = (services: Json, tasks: Json): JsonObject =>
    one('windows.sessionTakeover', { serviceCommands: ok(services), taskCommands: ok(tasks) }).data as JsonObject;

  it.each([
    ['cmd.exe /k tscon 2 /dest:rdp-tcp#3', true],
    ['"C:\\Windows\\System32\\TSCON.EXE" 1 /dest:console', true],
    ['%windir%\\system32\\tscon.exe', true],
    ['powershell -c "tscon 1;exit"', true],
    ['C:\\Program Files\\Contoso\\tsconfig.exe', false],
    ['C:\\tools\\mytscon.exe', false],
    ['C:\\tscon\\service.exe', false],
    ['', false],
  ])('%s: %s', (command, expected) => {
    const service = { kind: 'service', name: 'Contoso', command };
    expect(of({ Name: 'Contoso', PathName: command }, [])).toMatchObject({ commands: expected ? [service] : [] });
  });

  it('finds scheduled tasks', () => {
    const task = { TaskPath: '\\', TaskName: 'unlock', State: 3, Execute: 'tscon.exe', Arguments: '1 /dest:console' };
    expect(of([], task)).toMatchObject({ commands: [{ kind: 'task', name: '\\unlock', command: 'tscon.exe 1 /dest:console' }] });
  });

  it('is certain of what it finds though the tasks were not read, and of nothing else', () => {
    const services = (PathName: string): Fact => one('windows.sessionTakeover', { serviceCommands: ok({ Name: 'a', PathName }) });
    expect(services('tscon 1').data).toMatchObject({ commands: [{ name: 'a' }] });
    expect(services('svchost.exe')).toMatchObject({ data: { commands: null }, unknown: ['/commands'] });
  });
});

describe('display', () => {
  const REMOTE_ID = 'SWD\\REMOTEDISPLAYENUM\\RDPIDD_INDIRECTDISPLAY&SESSIONID_0002';
  const device = (InstanceId: string, Present: boolean | null, ConfigManagerErrorCode: number | null = 0): JsonObject => ({
    InstanceId,
    ClassGuid: DISPLAY,
    FriendlyName: 'Display',
    Present,
    Status: 'OK',
    ConfigManagerErrorCode,
  });
  const adapters = (rows: Json): readonly Fact[] => factsOf('windows.displayAdapter', { pnpDevices: ok(rows) });

  it('has a fact for each adapter that is present', () => {
    const facts = adapters([device(REMOTE_ID, true, 43), device(`${REMOTE_ID}9`, false, 45), device('PCI\\VEN_10DE&DEV_1EB8\\1', null, 0)]);
    expect(facts.map((fact) => fact.data)).toMatchObject([
      { device: REMOTE_ID, remote: true, code: 43 },
      { remote: false, code: null },
    ]);
    expect(adapters([])).toEqual([]);
  });

  it('counts what sessions left behind', () => {
    const count = (rows: Json): Json => one('windows.remoteDisplay', { pnpDevices: ok(rows) }).data;
    expect(count([device(REMOTE_ID, true), device(`${REMOTE_ID}1`, false), device(`${REMOTE_ID}2`, false), device('PCI\\VEN_8086', false)])).toMatchObject({
      leftOver: 2,
    });
    expect(count([device(REMOTE_ID, null)])).toMatchObject({ leftOver: null });
  });

  it('counts crashes of seven days that name the driver', () => {
    const { snapshot } = snapshotInput('windows-host', 'rdsh01.contoso.com', {});
    const before = (days: number): string => new Date(Date.parse(snapshot.collectedAt) - days * 86_400_000).toISOString();
    const event = (Id: number, days: number, Data: Json): JsonObject => ({ Id, TimeCreated: before(days), Data });
    const events = ok([
      event(10_110, 1, ['{guid}', 'RdpIdd']),
      event(10_111, 6.9, REMOTE_ID),
      event(10_111, 7.1, ['RdpIdd']),
      event(10_110, 1, ['WpdFs']),
      event(10_100, 1, ['RdpIdd']),
      { Id: 10_110, TimeCreated: 'yesterday', Data: ['RdpIdd'] },
    ]);
    expect(one('windows.displayCrashes', { 'events.displayDriver': events }).data).toMatchObject({ crashes: 2 });
  });

  it.each([
    ['PCI\\VEN_10DE&DEV_1EB8\\1', true, true],
    ['PCI\\VEN_1002&DEV_6860\\1', true, true],
    ['PCI\\VEN_8086&DEV_9BC8\\1', true, true],
    ['PCI\\VEN_1414&DEV_008E\\1', true, true],
    ['PCI\\VEN_10DE&DEV_1EB8\\1', false, false],
    ['PCI\\VEN_10DE&DEV_1EB8\\1', null, null],
    ['VMBUS\\{da0a7802-e377-4aac-8e77-0558eb1073f8}', true, false],
    ['ROOT\\BASICDISPLAY\\0000', true, false],
    [REMOTE_ID, true, false],
  ])('%s, present %s, is a graphics card: %s', (id, present, gpu) => {
    expect(one('windows.graphics', { pnpDevices: ok([device(id, present)]) }).data).toMatchObject({ gpu });
  });

  it.each([
    [17763, false],
    [18362, true],
    [19041, true],
    [19045, true],
    [20348, false],
    [26100, false],
  ])('build %i reads the WDDM policy: %s', (build, wddmCounts) => {
    const registrySection = registry({ [POLICIES]: key({ fEnableWddmDriver: 0, bEnumerateHWBeforeSW: 1, AVCHardwareEncodePreferred: 3 }) });
    expect(one('windows.graphics', { os: ok({ build, productType: 3 }), registry: registrySection }).data).toMatchObject({
      wddmCounts,
      wddmDriver: false,
      hardwareAdapters: true,
      avc444: 'not-set',
      hardwareEncoding: true,
    });
  });
});

it('never throws on hostile sections', () => {
  const names = ['registry', 'clientUsers', 'clientPrograms', 'pnpDevices', 'serviceCommands', 'taskCommands', 'events.displayDriver', 'Win32_TSClientSetting'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, data) => {
      const input = snapshotInput('windows-host', 'rdsh01.contoso.com', { [name]: ok(data as Json) });
      expect(() => normaliseSessions(input, contextWith())).not.toThrow();
    }),
    { seed: 20261124, numRuns: 300 },
  );
});
