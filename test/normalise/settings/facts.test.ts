import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/lib/schema.ts';
import { NO } from '../../../src/lib/truth.ts';
import { factKindOf } from '../../../src/lib/settings.ts';
import { withUnknown } from '../../../src/lib/three-valued.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { isObject, type Json, type JsonObject } from '../../../src/model/json.ts';
import { SECTIONS } from '../../../src/model/sections/index.ts';
import type { Section, Snapshot } from '../../../src/model/snapshot.ts';
import { declaredFacts, factsOfCatalogue, layDeclared, sectionFacts, unreadTargetFact } from '../../../src/normalise/settings/index.ts';
import { unify } from '../../../src/normalise/unify.ts';
import { CATALOGUE, contextOf, declaredOf, deepFreeze, emptyTarget, inputOf, keys, ok, rows, snapshotOf, targetOf, TSP, WINSTATION } from './support.ts';

function factsOf(kind: string, sections: Readonly<Record<string, Section>>, name = 'rdsh01.contoso.com'): readonly Fact[] {
  return factsOfCatalogue(inputOf(snapshotOf(sections, kind.startsWith('rds.') ? 'rds-deployment' : 'windows-host', name)), contextOf([kind])).facts;
}

const rule = (more: JsonObject = {}): JsonObject => ({
  InstanceID: 'Rule A',
  Direction: 1,
  Action: 2,
  Enabled: 1,
  Profiles: 1,
  RemoteAddress: ['Any'],
  EdgeTraversalPolicy: 0,
  PolicyStoreSource: 'PersistentStore',
  PolicyStoreSourceType: 1,
  ...more,
});

const POLICIES_SYSTEM = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';

describe('User Account Control', () => {
  it.each([
    ['on', ok({ EnableLUA: 1 }), true],
    ['off', ok({ EnableLUA: 0 }), false],
    ['not there, which no page gives a meaning', ok({}), null],
    ['not read', { status: 'denied' }, null],
  ])('is %s', (_, key, adminApprovalMode) => {
    const [fact] = factsOf('windows.accounts', { registry: keys({ [POLICIES_SYSTEM]: key }) });
    expect(fact?.data).toMatchObject({ adminApprovalMode });
    expect(fact?.unknown.includes('/adminApprovalMode')).toBe(adminApprovalMode === null);
  });
});

const CREDENTIALS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';

describe('delegation of credentials', () => {
  it('is what Windows permits by itself where no policy is set', () => {
    const [fact] = factsOf('windows.credentialDelegation', { registry: keys({ [CREDENTIALS]: { status: 'absent' } }) });
    expect(fact?.data).toMatchObject({
      savedCredentials: ['TERMSRV/*'],
      savedCredentialsNtlmOnly: null,
      defaultCredentials: [],
      defaultCredentialsNtlmOnly: [],
      freshCredentials: ['TERMSRV/*'],
      freshCredentialsNtlmOnly: ['TERMSRV/*'],
      sources: { savedCredentials: 'default', savedCredentialsNtlmOnly: 'default', freshCredentials: 'default' },
    });
    expect(fact?.unknown).toEqual(['/savedCredentialsNtlmOnly']);
  });

  it('is none where the policy is disabled, and a list where it is enabled', () => {
    const registry = keys({
      [CREDENTIALS]: ok({ AllowFreshCredentials: 0, AllowSavedCredentials: 1 }),
      [`${CREDENTIALS}\\AllowSavedCredentials`]: ok({ 1: 'TERMSRV/*.contoso.com' }),
    });
    expect(factsOf('windows.credentialDelegation', { registry })[0]?.data).toMatchObject({
      freshCredentials: [],
      savedCredentials: ['TERMSRV/*.contoso.com'],
      freshCredentialsNtlmOnly: ['TERMSRV/*'],
      sources: { freshCredentials: 'gpo', savedCredentials: 'gpo', freshCredentialsNtlmOnly: 'default' },
    });
  });
});

describe('facts of the catalogue', () => {
  it('are one for each instance, with a member for each setting and its source', () => {
    const [fact, ...rest] = factsOf('windows.rdpListener', {
      Win32_TSGeneralSetting: rows({
        TerminalName: 'RDP-Tcp',
        UserAuthenticationRequired: 1,
        PolicySourceUserAuthenticationRequired: 0,
        SecurityLayer: 'SSL',
        PolicySourceSecurityLayer: 2,
        MinEncryptionLevel: 3,
        PolicySourceMinEncryptionLevel: 1,
      }),
      Win32_TSLogonSetting: { status: 'denied' },
      Win32_TSSessionSetting: rows({
        TerminalName: 'RDP-Tcp',
        IdleSessionLimit: 900_000,
        PolicySourceIdleSessionLimit: 0,
        DisconnectedSessionLimit: '0',
        PolicySourceDisconnectedSessionLimit: 0,
        BrokenConnectionAction: null,
        TimeLimitPolicy: 1,
      }),
      registry: keys({ [TSP]: ok({ MaxConnectionTime: '0' }), [WINSTATION]: { status: 'absent' } }),
    });
    expect(rest).toEqual([]);
    expect(fact).toMatchObject({
      kind: 'windows.rdpListener',
      id: 'windows-host:rdsh01.contoso.com/windows.rdpListener/rdp-tcp',
      name: 'rdsh01.contoso.com: RDP-Tcp',
      data: {
        host: 'rdsh01.contoso.com',
        listener: 'RDP-Tcp',
        userAuthentication: 'required',
        securityLayer: 'tls',
        encryptionLevel: 'high',
        promptForPassword: null,
        limitsPerAccount: false,
        idleLimit: 900_000,
        disconnectedLimit: 'never',
        activeLimit: 'never',
        sources: {
          userAuthentication: 'local',
          securityLayer: 'default',
          encryptionLevel: 'gpo',
          promptForPassword: null,
          idleLimit: 'local',
          disconnectedLimit: 'local',
          activeLimit: 'gpo',
        },
      },
      unknown: ['/promptForPassword', '/sources/promptForPassword'],
      observedAt: '2026-01-31T10:00:00.000Z',
    });
    expect(fact?.origin).toMatchObject({ at: 'setting', members: { '/securityLayer': '/rdp/RDP-Tcp/securityLayer' } });
  });

  it.each<readonly [string, JsonObject, JsonObject, JsonObject]>([
    ['the listener', { TimeLimitPolicy: 1 }, {}, { limitsPerAccount: false, idleLimit: 900_000, disconnectedLimit: 60_000, activeLimit: 3_600_000 }],
    ['each account', { TimeLimitPolicy: 0 }, {}, { limitsPerAccount: true, idleLimit: 'never', disconnectedLimit: 'never', activeLimit: null }],
    [
      'each account, but for what the class calls a Group Policy',
      { TimeLimitPolicy: '0', PolicySourceIdleSessionLimit: 1 },
      {},
      { limitsPerAccount: true, idleLimit: 900_000, disconnectedLimit: 'never', activeLimit: null },
    ],
    [
      'each account, but for what a Group Policy says',
      { TimeLimitPolicy: 0 },
      { MaxIdleTime: 60_000, MaxConnectionTime: 7_200_000 },
      { limitsPerAccount: true, idleLimit: 60_000, disconnectedLimit: 'never', activeLimit: 7_200_000 },
    ],
    ['nobody knows whom', { TimeLimitPolicy: null }, {}, { limitsPerAccount: null, idleLimit: null, disconnectedLimit: null, activeLimit: null }],
    ['a number that means nothing', { TimeLimitPolicy: 7 }, {}, { limitsPerAccount: null, idleLimit: 'never', activeLimit: null }],
  ])('take the limits of sessions from %s', (_name, row, policy, data) => {
    const sources = { PolicySourceIdleSessionLimit: 0, PolicySourceDisconnectedSessionLimit: 0, PolicySourceActiveSessionLimit: 0 };
    const limits = { IdleSessionLimit: 900_000, DisconnectedSessionLimit: 60_000, ActiveSessionLimit: 3_600_000 };
    const [fact] = factsOf('windows.rdpListener', {
      Win32_TSGeneralSetting: rows({ TerminalName: 'RDP-Tcp' }),
      Win32_TSSessionSetting: rows({ TerminalName: 'RDP-Tcp', ...limits, ...sources, ...row }),
      registry: keys({ [TSP]: ok(policy), [WINSTATION]: { status: 'absent' } }),
    });
    expect(fact?.data).toMatchObject(data);
  });

  it('are one unknown as a whole where the table could not be read', () => {
    const facts = factsOf('windows.rdpListener', { Win32_TSGeneralSetting: { status: 'denied' } });
    expect(facts).toMatchObject([{ id: 'windows-host:rdsh01.contoso.com/windows.rdpListener/*', unknown: [''] }]);
  });

  it.each([
    ['the table does not exist', { status: 'absent' } as Section],
    ['the table is empty', rows()],
  ])('are none where %s', (_name, table) => {
    expect(factsOf('windows.rdpListener', { Win32_TSGeneralSetting: table })).toEqual([]);
  });

  it('have an unknown one beside the others where a row does not say its name', () => {
    const ids = factsOf('windows.firewallRule', { 'firewall.rules': rows(rule(), rule({ InstanceID: null })) }).map((fact) => fact.id);
    expect(ids).toEqual([
      'windows-host:rdsh01.contoso.com/windows.firewallRule/rule a/persistentstore',
      'windows-host:rdsh01.contoso.com/windows.firewallRule/*',
    ]);
  });

  it.each<readonly [string, JsonObject, number]>([
    ['an inbound rule', { Direction: 'inbound' }, 1],
    ['an outbound rule', { Direction: 2 }, 0],
    ['a rule that does not say it', { Direction: null }, 1],
  ])('are made of %s', (_name, more, count) => {
    expect(factsOf('windows.firewallRule', { 'firewall.rules': rows(rule(more)) })).toHaveLength(count);
  });

  it('have ids of their own, whatever the rows say', () => {
    const table = rows(
      rule(),
      rule(),
      rule(),
      rule({ InstanceID: 'RULE A' }),
      rule({ InstanceID: '*' }),
      rule({ InstanceID: 'a/b' }),
      rule({ PolicyStoreSource: 'Contoso servers', PolicyStoreSourceType: 2 }),
    );
    const ids = factsOf('windows.firewallRule', { 'firewall.rules': table }).map((fact) => fact.id);
    expect(new Set(ids).size).toBe(7);
    expect(ids.some((id) => id.endsWith('/*'))).toBe(false);
  });

  it('name what they carry, and say when it could not be read', () => {
    const [fact] = factsOf('windows.firewallRule', { 'firewall.rules': rows(rule({ Action: null })) });
    expect(fact?.data).toMatchObject({ rule: 'Rule A', store: 'PersistentStore', direction: 1, action: null });
    expect(fact?.unknown).toEqual(['/action']);
  });

  it('leave out a listener that is turned off', () => {
    const table = rows({ TerminalName: 'RDP-Tcp' }, { TerminalName: 'Other' });
    const facts = factsOf('windows.rdpListener', { Win32_TSGeneralSetting: table, registry: keys({ [WINSTATION]: ok({ fEnableWinStation: 0 }) }) });
    expect(facts.map((fact) => fact.data['listener'])).toEqual(['Other']);
  });

  it('know the profiles that always exist', () => {
    const facts = factsOf('windows.firewallProfile', {
      'firewall.profiles': rows({ Name: 'Private', Enabled: 'False', DefaultInboundAction: 'Allow', LogBlocked: 2 }),
      registry: keys({
        'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall': { status: 'absent' },
        'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy': ok({}),
        'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\StandardProfile\\Logging': ok({ LogDroppedPackets: 1 }),
      }),
    });
    expect(facts.map((fact) => fact.data['profile'])).toEqual(['Domain', 'Private', 'Public']);
    expect(facts[1]?.data).toMatchObject({ enabled: false, defaultInboundAction: 'allow', logBlocked: true });
  });

  it.each<readonly [number, JsonObject, JsonObject]>([
    [9600, { 'SSL 2.0': 'not-set', 'SSL 3.0': 'not-set', 'TLS 1.0': 'not-set' }, { 'SSL 2.0': true, 'SSL 3.0': 'not-set', 'TLS 1.0': 'not-set' }],
    [20348, { 'SSL 2.0': 'disabled', 'SSL 3.0': 'not-set', 'TLS 1.0': 'not-set' }, { 'SSL 2.0': true, 'SSL 3.0': true, 'TLS 1.0': 'not-set' }],
    // No page says whether Windows Server 2025 offers TLS 1.0.
    [26100, { 'SSL 2.0': 'disabled', 'SSL 3.0': 'not-set', 'TLS 1.0': null }, { 'SSL 2.0': true, 'SSL 3.0': true, 'TLS 1.0': 'not-set' }],
  ])('know which old protocols build %s has off by default', (build, enabled, disabledByDefault) => {
    const facts = factsOf('windows.schannelProtocol', {
      os: { status: 'ok', data: { build } },
      registry: keys({ 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols': { status: 'absent' } }),
    });
    const column = (name: string): JsonObject => Object.fromEntries(facts.map((fact) => [String(fact.data['protocol']), fact.data[name] ?? null]));
    expect(column('enabled')).toMatchObject(enabled);
    expect(column('disabledByDefault')).toMatchObject(disabledByDefault);
    expect(facts.find((fact) => fact.data['protocol'] === 'TLS 1.0')?.unknown.includes('/enabled')).toBe(build === 26100);
  });

  it('read the names that the broker gives its enums', () => {
    const [fact] = factsOf('rds.collection', {
      collections: rows({
        CollectionName: 'Finance',
        SecurityLayer: 'SSL',
        EncryptionLevel: 'FipsCompliant',
        BrokenConnectionAction: { value: 1, Value: 'Disconnect' },
        ClientDeviceRedirectionOptions: 'Clipboard, Drive',
        IdleSessionLimitMin: 15,
        UserGroup: 'CONTOSO\\Finance',
        AuthenticateUsingNLA: true,
        ClientPrinterRedirected: 1,
      }),
    });
    expect(fact?.data).toMatchObject({
      securityLayer: 'tls',
      encryptionLevel: 'fips',
      brokenConnectionAction: 'disconnect',
      redirectedDevices: ['clipboard', 'drives'],
      idleLimit: 900_000,
      userGroups: ['CONTOSO\\Finance'],
      authenticateUsingNLA: true,
      clientPrinters: true,
    });
  });

  it.each<readonly [string, string, Section, string, Json]>([
    [
      'windows.firewallRule',
      'firewall.rules',
      rows(rule({ Enabled: 'False', Profiles: 'Domain, Private', EdgeTraversalPolicy: 'DeferToApp' })),
      'enabled',
      false,
    ],
    ['windows.firewallRule', 'firewall.rules', rows(rule({ Profiles: 'Domain, Private' })), 'profiles', ['Domain', 'Private']],
    ['windows.firewallRule', 'firewall.rules', rows(rule({ EdgeTraversalPolicy: 'DeferToApp' })), 'edgeTraversal', 'defer-to-app'],
    ['windows.service', 'services', rows({ Name: 'mpssvc', StartType: 'Automatic' }), 'startType', 'automatic'],
    [
      'rds.sessionHost',
      'collection.sessionHosts',
      rows({ SessionHost: 'rdsh01.contoso.com', NewConnectionAllowed: 'NotUntilReboot' }),
      'newConnections',
      'not-until-reboot',
    ],
  ])('read the names of other enums: %s', (kind, section, table, member, value) => {
    expect(factsOf(kind, { [section]: table })[0]?.data[member]).toEqual(value);
  });

  it('are made only of wanted kinds', () => {
    const input = inputOf(snapshotOf({}));
    expect(new Set(factsOfCatalogue(input, contextOf()).facts.map((fact) => fact.kind)).size).toBeGreaterThan(10);
    expect(factsOfCatalogue(input, contextOf(['windows.authentication'])).facts).toHaveLength(1);
  });

  it.each(CATALOGUE.flatMap((area) => (['absent', 'denied', 'unlisted'] as const).map((key) => [area.kind, key, area] as const)))(
    'of kind %s hold to their schema with keys %s',
    (kind, key, area) => {
      const holds = compileSchema(factKindOf(area).schema);
      const facts = factsOfCatalogue(inputOf(deepFreeze(emptyTarget(area, key))), contextOf([kind])).facts;
      expect(facts.length).toBeGreaterThan(0);
      for (const fact of facts) expect(holds(withUnknown(fact.data, fact.unknown))).not.toBe(NO);
    },
  );
});

describe('facts of the estate', () => {
  const NLA = ['rdp', 'RDP-Tcp', 'userAuthentication'];
  it('say how a declared value stands', () => {
    const snapshot = snapshotOf({
      Win32_TSGeneralSetting: rows({ TerminalName: 'RDP-Tcp', UserAuthenticationRequired: 0, PolicySourceUserAuthenticationRequired: 0 }),
      registry: keys({ [TSP]: { status: 'absent' } }),
    });
    const facts = declaredFacts(
      inputOf(snapshot, [
        declaredOf(NLA, 'required'),
        declaredOf(['rdp', 'No', 'securityLayer'], 'tls'),
        declaredOf(['rdp', 'RDP-Tcp', 'securityLayer'], 'tls'),
      ]),
      contextOf(),
    );
    expect(facts).toMatchObject([
      {
        id: 'windows-host:rdsh01.contoso.com/estate.declaredSetting/rdp~1rdp-tcp~1userauthentication',
        data: { setting: 'rdp/RDP-Tcp/userAuthentication', declared: 'required', actual: 'not-required', source: 'local', state: 'differs' },
        unknown: [],
        origin: { members: { '/state': '/rdp/RDP-Tcp/userAuthentication' } },
      },
      { data: { declared: 'tls', actual: null, source: null, state: 'not-found' }, unknown: ['/actual', '/source'] },
      { data: { declared: 'tls', actual: null, state: null }, unknown: ['/actual', '/source', '/state'] },
    ]);
  });

  it('say how reading each section ended, the whole registry as its worst key', () => {
    const statuses = (sections: Readonly<Record<string, Section>>): Record<string, Json | undefined> =>
      Object.fromEntries(sectionFacts(inputOf(snapshotOf(sections))).map((fact) => [String(fact.data['section']), fact.data['status']]));
    expect(statuses({ services: rows(), userRights: { status: 'denied' }, registry: keys({ [TSP]: ok({}) }) })).toMatchObject({
      services: 'ok',
      userRights: 'denied',
      os: 'not-collected',
      registry: 'ok',
    });
    expect(statuses({ registry: keys({ [TSP]: ok({}), [WINSTATION]: { status: 'denied' }, 'HKLM\\A': { status: 'absent' } }) })).toMatchObject({
      registry: 'denied',
    });
    expect(statuses({ registry: keys({ [TSP]: { status: 'error' } }) })).toMatchObject({ registry: 'error' });
    expect(Object.keys(statuses({}))).not.toContain('collections');
  });

  it('say that nobody looked at a target at all', () => {
    const fact = unreadTargetFact({ target: targetOf(snapshotOf({})) });
    expect(fact).toMatchObject({ id: 'windows-host:rdsh01.contoso.com/estate.section/snapshot', data: { section: 'snapshot', status: 'error' }, unknown: [] });
  });
});

/** Anything that a hostile or broken host may say. */
const anything: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, 1, -1, 2147483647, 1e308, '', '1', 'RDP-Tcp', '__proto__', 'constructor', '\u0000', '\ud800', 'a\\b'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('__proto__', 'value', 'Value', 'toString', 'status', 'values', 'TerminalName', 'a'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

const TABLES = SECTIONS.filter((spec) => spec.of === 'windows-host');
const REGISTRY_KEYS = CATALOGUE.flatMap((area) =>
  Object.values(area.settings).flatMap((setting) =>
    setting.read.flatMap((place) => (place.registry === undefined ? [] : [[place.registry, place.name ?? ''] as const])),
  ),
);

const hostile: fc.Arbitrary<Snapshot> = fc
  .record({
    tables: fc.array(fc.tuple(fc.constantFrom(...TABLES), fc.array(anything, { maxLength: 3 })), { maxLength: 6 }),
    columns: fc.array(fc.tuple(fc.constantFrom(...TABLES), anything), { maxLength: 8 }),
    registry: fc.array(fc.tuple(fc.constantFrom(...REGISTRY_KEYS), anything, fc.constantFrom<Json>('ok', 'denied', 'absent', 1)), { maxLength: 8 }),
  })
  .map(({ tables, columns, registry }) => {
    const sections: Record<string, Section> = {};
    for (const [spec, data] of tables) sections[spec.name] = { status: 'ok', data };
    for (const [spec, value] of columns) sections[spec.name] = rows(Object.fromEntries(Object.keys(spec.columns).map((column) => [column, value])));
    sections['registry'] = {
      status: 'ok',
      data: Object.fromEntries(registry.map(([[key, name], value, status]) => [key, { status, values: { [name]: value } }])),
    };
    return snapshotOf(sections);
  });

describe('hostile snapshots', () => {
  const declared = [
    declaredOf(['rdp', 'RDP-Tcp', 'userAuthentication'], 'required'),
    declaredOf(['userRights', 'SeNetworkLogonRight'], []),
    declaredOf(['authentication', 'secureRpc'], true),
    declaredOf(['firewall', 'rules', '__proto__', 'enabled'], true),
  ];

  it('never throw, and never change', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (given, unified) => {
        const snapshot = deepFreeze(unified ? unify(given, SECTIONS).snapshot : given);
        const input = inputOf(snapshot, declared);
        for (const fact of [...factsOfCatalogue(input, contextOf()).facts, ...declaredFacts(input, contextOf()), ...sectionFacts(input)])
          expect(isObject(fact.data)).toBe(true);
        const laid = layDeclared(snapshot, declared, CATALOGUE, { target: input.target, pushed: [] });
        factsOfCatalogue(inputOf(deepFreeze(laid.snapshot), declared), contextOf());
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  it('with many rows are read in time that grows with them', () => {
    const table = rows(
      ...Array.from({ length: 15_000 }, (_, index): JsonObject => ({
        TerminalName: `L${index}`,
        UserAuthenticationRequired: 1,
        PolicySourceUserAuthenticationRequired: 0,
      })),
    );
    const values = ok(Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`V${index}`, index])));
    const input = inputOf(
      snapshotOf({ Win32_TSGeneralSetting: table, Win32_TSLogonSetting: table, Win32_TSSessionSetting: table, registry: keys({ [TSP]: values }) }),
    );
    expect(factsOfCatalogue(input, contextOf(['windows.rdpListener'])).facts).toHaveLength(15_000);
  });
});
