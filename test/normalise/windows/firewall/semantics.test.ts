import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/model/json.ts';
import { UNREADABLE } from '../../../../src/model/snapshot.ts';
import { parseRuleString } from '../../../../src/normalise/windows/firewall/rule-string.ts';
import { parseProfiles } from '../../../../src/normalise/windows/firewall/rules.ts';
import { statusOf } from '../../../../src/normalise/windows/firewall/status.ts';
import { factsOf, host, ok, openTo, profileRow, reachabilityOf, reachOn, rule, withRules } from './host.ts';

const profiles = (changes: Parameters<typeof profileRow>[1]) =>
  ok([profileRow('Domain', changes), profileRow('Private', changes), profileRow('Public', changes)]);

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
const LOCAL = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const key = (values?: Record<string, number | string>) => (values === undefined ? { status: 'absent' } : { status: 'ok', values });

describe('1: the store', () => {
  const persistent = { DefaultInboundAction: 0, AllowInboundRules: 2, AllowLocalFirewallRules: 2, DisabledInterfaceAliases: ['NotConfigured'] };
  const store = (changes: Parameters<typeof profileRow>[1], keys: Record<string, ReturnType<typeof key>>, ...rules: ReturnType<typeof rule>[]) =>
    host({ 'firewall.profiles': profiles({ ...persistent, ...changes }), 'firewall.rules': ok(rules), registry: ok(keys) });
  const none = { [POLICY]: key(), [`${LOCAL}\\Mdm`]: key() };
  const gpoRule = 'v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|';

  it('takes a row of PersistentStore for what Windows defaults to where no policy is set, and says so', () => {
    expect(openTo(store({}, none, rule()), 'Domain')).toBe('any');
    expect(reachOn(store({}, none, rule()), 'Domain').via).toBe('rules');
    expect(openTo(store({}, none), 'Domain')).toBe('nobody');
  });

  it.each([
    ['what policy sets', { [`${LOCAL}\\Mdm`]: key() }],
    ['what an MDM sets', { [POLICY]: key() }],
    ['the rules of policy', { ...none, [POLICY]: key({}), [`${POLICY}\\DomainProfile`]: key() }],
    ['the rules of an MDM', { ...none, [`${LOCAL}\\Mdm`]: key({}), [`${LOCAL}\\Mdm\\DomainProfile`]: key() }],
  ])('is unknown beside a row of PersistentStore while %s could not be read', (_name, keys) => {
    expect(openTo(store({}, keys), 'Domain')).toBe('nobody..any');
  });

  it('leaves a profile whose policy could not be read open, whatever its row says', () => {
    const keys = { ...none, [POLICY]: key({}), [`${POLICY}\\FirewallRules`]: key() };
    expect(openTo(store({ DefaultInboundAction: 4, AllowInboundRules: 2, Enabled: 1 }, keys), 'Domain')).toBe('nobody..any');
    const first = store({}, keys).sections['firewall.profiles']?.data as ReturnType<typeof profileRow>[];
    const explicit = host({ 'firewall.profiles': ok([profileRow('Domain'), ...first.slice(1)]), registry: ok(keys) });
    expect(openTo(explicit, 'Domain')).toBe('nobody..any');
  });

  it('adds the rules of Group Policy and of an MDM to those of PersistentStore, but not to those of ActiveStore', () => {
    const absent = { ...none, [POLICY]: key({}), [`${POLICY}\\DomainProfile`]: key(), [`${POLICY}\\FirewallRules`]: key({ a: gpoRule }) };
    expect(reachabilityOf(store({}, absent), 'Domain').data['openedBy']).toMatchObject([{ rule: 'a', source: 'gpo' }]);
    const managed = { ...none, [`${LOCAL}\\Mdm`]: key({}), [`${LOCAL}\\Mdm\\DomainProfile`]: key(), [`${LOCAL}\\Mdm\\FirewallRules`]: key({ a: gpoRule }) };
    expect(reachabilityOf(store({}, managed), 'Domain').data['openedBy']).toMatchObject([{ rule: 'a', source: 'other', store: 'Mdm' }]);
    const active = rule({ LocalPort: '443', PolicyStoreSource: 'Contoso RDS', PolicyStoreSourceType: 2 });
    expect(openTo(store({}, absent, active), 'Domain')).toBe('nobody');
  });

  it('does not believe a local row that local rules do not count', () => {
    expect(openTo(store({ AllowLocalFirewallRules: 0 }, none, rule()), 'Domain')).toBe('any');
  });

  it('lets the policy key win over a row of PersistentStore', () => {
    const registry = ok({ [`${POLICY}\\DomainProfile`]: { status: 'ok', values: { EnableFirewall: 0 } } });
    expect(reachOn(host({ 'firewall.profiles': profiles({ DefaultInboundAction: 0, AllowInboundRules: 2 }), registry }), 'Domain').via).toBe('firewall-off');
    expect(reachOn(host({ 'firewall.profiles': profiles({}), registry }), 'Domain').via).toBe('no-rule');
  });
});

describe('2: active profiles', () => {
  const net = (...rows: Record<string, string | number>[]) => host({ 'network.profiles': ok(rows), 'firewall.rules': ok([rule()]) });
  it.each([
    [0, 'Public'],
    [1, 'Private'],
    [2, 'Domain'],
    ['DomainAuthenticated', 'Domain'],
  ])('category %s is %s', (NetworkCategory, profile) => {
    const snapshot = net({
      InterfaceAlias: 'Ethernet0',
      InterfaceIndex: 6,
      NetworkCategory,
      IPv4Connectivity: 4,
    });
    for (const each of ['Domain', 'Private', 'Public'] as const) expect(reachabilityOf(snapshot, each).data['active']).toBe(each === profile);
  });

  it('knows several at a time, and leaves a disconnected interface out', () => {
    const snapshot = net(
      { InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, NetworkCategory: 2, IPv4Connectivity: 4 },
      { InterfaceAlias: 'Storage', InterfaceIndex: 7, NetworkCategory: 0, IPv4Connectivity: 1 },
      {
        InterfaceAlias: 'Spare',
        InterfaceIndex: 8,
        NetworkCategory: 1,
        IPv4Connectivity: 0,
        IPv6Connectivity: 0,
      },
    );
    expect((['Domain', 'Private', 'Public'] as const).map((profile) => reachabilityOf(snapshot, profile).data['active'])).toEqual([true, false, true]);
  });

  it('takes an interface with an address and no network for Public', () => {
    const snapshot = host({
      'network.addresses': ok([
        { InterfaceAlias: 'Heartbeat', InterfaceIndex: 9, IPAddress: '192.168.7.1' },
        { InterfaceAlias: 'Loopback', InterfaceIndex: 1, IPAddress: '127.0.0.1' },
      ]),
    });
    expect(reachabilityOf(snapshot, 'Public').data).toMatchObject({
      active: true,
      interfaces: ['Heartbeat'],
    });
  });

  it('says unknown when a category or the table could not be read', () => {
    expect(reachabilityOf(net({ InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, NetworkCategory: 'x' }), 'Public').unknown).toContain('/active');
    expect(reachabilityOf(host({ 'network.profiles': { status: 'denied' } }), 'Public').unknown).toContain('/active');
  });
});

describe('3: the profiles of a rule', () => {
  it.each([
    [0, 7],
    [1, 1],
    [4, 4],
    [6, 6],
    [7, 7],
    [0x7fffffff, 7],
    ['Any', 7],
    ['Private, Public', 6],
    [['Domain', 'Public'], 5],
    [[1, 2], 3],
    [{ value: 4, Value: 'Public' }, 4],
    [8, null],
    ['x', null],
    [null, null],
    [undefined, null],
  ])('%j is %s', (raw, bits) => {
    expect(parseProfiles(raw)).toBe(bits);
  });

  it('counts a rule on its profiles only', () => {
    const snapshot = withRules(rule({ Profiles: 3 }));
    expect((['Domain', 'Private', 'Public'] as const).map((profile) => openTo(snapshot, profile))).toEqual(['any', 'any', 'nobody']);
    expect(reachOn(snapshot, 'Public').via).toBe('wrong-profile');
  });
});

describe('4: rules that count', () => {
  it.each([
    ['disabled', { Enabled: 2 }, 'nobody'],
    ['disabled by name', { Enabled: 'False' }, 'nobody'],
    ['enabled by name', { Enabled: 'True' }, 'any'],
    ['outbound', { Direction: 2 }, 'nobody'],
    ['not parsed', { PrimaryStatus: 3 }, 'nobody'],
    ['not loaded', { PrimaryStatus: 2, EnforcementStatus: 'OptimizedOut' }, 'nobody'],
    ['not loaded, no reason', { PrimaryStatus: 2, EnforcementStatus: [] }, 'nobody'],
    ['local rules disallowed', { EnforcementStatus: [16] }, 'nobody'],
    ['not for this platform', { EnforcementStatus: [18, 1] }, 'nobody'],
    ['its profile is not active now', { PrimaryStatus: 2, EnforcementStatus: [5] }, 'any'],
    ['as one text', { EnforcementStatus: 'DisabledInProfile, ProfileInactive, Enforced' }, 'any'],
    ['statuses removed', { PrimaryStatus: undefined, EnforcementStatus: undefined }, 'any'],
    ['status not readable', { PrimaryStatus: null, EnforcementStatus: null }, 'nobody..any'],
    ['enabled not readable', { Enabled: null }, 'nobody..any'],
    ['direction not readable', { Direction: null }, 'nobody..any'],
    ['action not readable', { Action: 77 }, 'nobody..any'],
  ])('%s', (_name, changes, far) => {
    expect(openTo(withRules(rule(changes)), 'Public')).toBe(far);
  });

  it.each([
    [{ EnforcementStatus: [5, 16] }, { loaded: true, mergedAway: false }],
    [{ EnforcementStatus: [16] }, { loaded: true, mergedAway: true }],
    [{ EnforcementStatus: [7] }, { loaded: false, mergedAway: false }],
    [
      { EnforcementStatus: ['NotApplicable'], PrimaryStatus: 1 },
      { loaded: true, mergedAway: false },
    ],
    [{ EnforcementStatus: ['a status of tomorrow'] }, { loaded: null, mergedAway: false }],
    [{ PrimaryStatus: 'Inactive' }, { loaded: false, mergedAway: false }],
    [{ PrimaryStatus: 0 }, { loaded: null, mergedAway: false }],
  ])('status %j', (row, status) => {
    expect(statusOf(row)).toEqual(status);
  });
});

describe('5: the port', () => {
  it('is that of the listener', () => {
    const moved = { listeners: ok([{ Name: 'RDP-Tcp', PortNumber: 3390 }]) };
    expect(openTo(host({ ...moved, 'firewall.rules': ok([rule()]) }), 'Domain')).toBe('nobody');
    expect(openTo(host({ ...moved, 'firewall.rules': ok([rule({ LocalPort: '3380-3400' })]) }), 'Domain')).toBe('any');
  });

  it('comes from the registry where the listeners were not read, and is unknown where neither was', () => {
    const registry = ok({
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp': {
        status: 'ok',
        values: { PortNumber: 3390 },
      },
    });
    expect(reachabilityOf(host({ listeners: { status: 'denied' }, registry }), 'Domain').data['port']).toBe(3390);
    const blind = {
      listeners: { status: 'denied' } as const,
      registry: { status: 'denied' } as const,
    };
    expect(openTo(host({ ...blind, 'firewall.rules': ok([rule()]) }), 'Domain')).toBe('nobody..any');
    expect(openTo(host({ ...blind, 'firewall.rules': ok([rule({ LocalPort: 'Any' })]) }), 'Domain')).toBe('any');
    expect(openTo(host({ ...blind, 'firewall.rules': ok([rule({ Enabled: 2 })]) }), 'Domain')).toBe('nobody');
  });

  it('judges every listener that is on', () => {
    const listeners = ok([
      { Name: 'RDP-Tcp', PortNumber: 3389 },
      { Name: 'Second', PortNumber: 4000 },
      { Name: 'Off', PortNumber: 5000, fEnableWinStation: 0 },
    ]);
    const open = (port: string) => reachabilityOf(host({ listeners, 'firewall.rules': ok([rule({ LocalPort: port })]) }), 'Domain').data['openTo'];
    expect([open('3389'), open('4000'), open('5000')]).toEqual(['any', 'any', 'nobody']);
  });
});

describe('5: ports that could not be read', () => {
  const second = rule({ InstanceID: 'alt', LocalPort: '3390' });
  const listeners = (...rows: Record<string, Json>[]) => ok([{ Name: 'RDP-Tcp', PortNumber: 3389 }, ...rows]);
  it.each([
    ['a second listener', { listeners: listeners({ Name: 'Second', PortNumber: UNREADABLE }) }],
    ['the listeners', { listeners: { status: 'denied' } as const }],
  ])('leaves open whether a rule for another port lets in %s', (_name, sections) => {
    const { data, unknown } = reachabilityOf(host({ ...sections, 'firewall.rules': ok([second]) }), 'Public');
    expect(data).toMatchObject({ openTo: null, open: null, openBeyondListed: null, via: null, port: 3389 });
    expect(unknown).toEqual(expect.arrayContaining(['/openBeyondListed', '/via']));
    expect(reachabilityOf(host({ ...sections, 'firewall.rules': ok([rule(), second]) }), 'Public').data['openTo']).toBe('any');
    expect(reachabilityOf(host({ ...sections, 'firewall.rules': ok([]) }), 'Public').data).toMatchObject({ openTo: 'nobody', via: 'no-rule' });
  });

  it('leaves a second listener that is off out', () => {
    const off = listeners({ Name: 'Second', PortNumber: UNREADABLE, fEnableWinStation: 0 });
    expect(reachabilityOf(host({ listeners: off, 'firewall.rules': ok([second]) }), 'Public').data['openTo']).toBe('nobody');
  });

  it.each([
    ['the port is not known', { listeners: { status: 'denied' } as const, registry: { status: 'denied' } as const }, [], null],
    [
      'another listener may be on 3389',
      {
        listeners: ok([
          { Name: 'RDP-Tcp', PortNumber: 3390 },
          { Name: 'Second', PortNumber: UNREADABLE },
        ]),
      },
      [rule()],
      null,
    ],
    ['no rule names 3389', { listeners: listeners({ Name: 'Second', PortNumber: UNREADABLE }) }, [second], 'none'],
  ])('says whether rules and port agree: %s', (_name, sections, rules, mismatch) => {
    const fact = factsOf(host({ ...sections, 'firewall.rules': ok(rules) }), 'windows.rdpPort')[0];
    expect(fact?.data['mismatch']).toBe(mismatch);
    expect(fact?.unknown.includes('/mismatch')).toBe(mismatch === null);
  });
});

describe('6: program and service', () => {
  it.each([
    ['Any', 'Any', 'any'],
    ['%SystemRoot%\\System32\\svchost.exe', 'TermService', 'any'],
    ['C:\\WINDOWS\\system32\\SVCHOST.EXE', '*', 'any'],
    ['System', 'Any', 'nobody'],
    ['SYSTEM', 'Any', 'nobody'],
    ['C:\\Windows\\system32\\svchost.exe', 'Dnscache', 'nobody'],
    ['C:\\Temp\\svchost.exe', 'Any', 'nobody'],
    ['D:\\Server\\system32\\svchost.exe', 'Any', 'nobody..any'],
    [null, 'Any', 'nobody..any'],
    ['Any', null, 'nobody..any'],
  ])('%s and %s: %s', (Program, Service, far) => {
    expect(openTo(withRules(rule({ Program, Service })), 'Domain')).toBe(far);
  });

  it('leaves the rules of app containers out, which name no port and no program', () => {
    const container = { Protocol: 'Any', LocalPort: 'Any', Program: 'Any', Service: 'Any' };
    expect(openTo(withRules(rule({ ...container, Package: 'S-1-15-2-1' })), 'Domain')).toBe('nobody');
    expect(openTo(withRules(rule({ ...container, Owner: 'S-1-5-21-1-2-3-1001' })), 'Domain')).toBe('nobody..any');
    expect(openTo(withRules(rule({ ...container, Package: undefined, RuleGroup: '@{Microsoft.Windows.Example_1.0_x}' })), 'Domain')).toBe('nobody..any');
    expect(openTo(withRules(rule({ ...container, Package: 'Any', Owner: '' })), 'Domain')).toBe('any');
  });
});

describe('7: remote addresses', () => {
  it.each([
    ['Any', 'any'],
    [{ value: ['0.0.0.0/1', '128.0.0.0/1'], Count: 2 }, 'any'],
    ['10.1.0.0/255.255.0.0', 'listed'],
    ['LocalSubnet', 'local-subnet'],
    [null, 'nobody..any'],
  ])('%j: %s', (RemoteAddress, far) => {
    expect(openTo(withRules(rule({ RemoteAddress })), 'Domain')).toBe(far);
  });

  it('does not take dynamic keyword addresses for any', () => {
    expect(openTo(withRules(rule({ RemoteDynamicKeywordAddresses: ['{00000000-0000-0000-0000-000000000000}'] })), 'Domain')).toBe('nobody..any');
  });
});

describe('8: precedence', () => {
  const block = rule({ InstanceID: 'block', Action: 4 });
  it.each([
    ['block beats allow', [rule(), block], 'nobody', 'blocked'],
    ['whatever the order', [block, rule()], 'nobody', 'blocked'],
    ['across stores', [rule({ PolicyStoreSourceType: 2 }), block], 'nobody', 'blocked'],
    ['for what it matches', [rule(), rule({ InstanceID: 'block', Action: 4, RemoteAddress: '10.0.0.0/8' })], 'any', 'rules'],
    ['a narrower allow does not help', [rule({ RemoteAddress: '10.1.2.3' }), block], 'nobody', 'blocked'],
    [
      'the rest of a list is left',
      [rule({ RemoteAddress: ['10.1.2.3', '10.1.2.4'] }), rule({ InstanceID: 'block', Action: 4, RemoteAddress: '10.1.2.3' })],
      'listed',
      'rules',
    ],
    ['another port is not matched', [rule(), rule({ InstanceID: 'block', Action: 4, LocalPort: '445' })], 'any', 'rules'],
    ['another program is not matched', [rule(), rule({ InstanceID: 'block', Action: 4, Program: 'System' })], 'any', 'rules'],
    ['a disabled block rule', [rule(), rule({ InstanceID: 'block', Action: 4, Enabled: 2 })], 'any', 'rules'],
    ['bypass beats block, for peers that authenticate', [block, rule({ Action: 3, Authentication: 1 })], 'listed', 'authenticated-rules'],
    ['override is bypass', [block, rule({ OverrideBlockRules: true, Authentication: 1 })], 'listed', 'authenticated-rules'],
    ['a secure rule is a list', [rule({ Authentication: 1 })], 'listed', 'authenticated-rules'],
    [
      'a source port is the choice of the attacker',
      [rule({ RemotePort: '4000' }), rule({ InstanceID: 'block', Action: 4, RemotePort: '4001' })],
      'any',
      'rules',
    ],
    ['unless it is blocked', [rule({ RemotePort: '4000' }), rule({ InstanceID: 'block', Action: 4, RemotePort: '3000-5000' })], 'nobody', 'blocked'],
    ['another interface is not matched', [rule(), rule({ InstanceID: 'block', Action: 4, InterfaceAlias: 'Storage' })], 'any', 'rules'],
    ['this interface is', [rule(), rule({ InstanceID: 'block', Action: 4, InterfaceAlias: ['ETHERNET0'] })], 'nobody', 'blocked'],
    ['another local address is not matched', [rule({ LocalAddress: '10.99.0.1' })], 'nobody', 'blocked'],
    ['this local address is', [rule({ LocalAddress: '10.20.1.0/24' })], 'any', 'rules'],
  ])('%s', (_name, rules, far, via) => {
    const snapshot = withRules(...rules);
    expect(openTo(snapshot, 'Domain')).toBe(far);
    expect(reachOn(snapshot, 'Domain').via).toBe(via);
  });

  it.each([
    ['the port of the listener', { LocalPort: '3389' }, true],
    ['any port', { LocalPort: 'Any' }, false],
    ['a range around it', { LocalPort: '3380-3400' }, false],
    ['another port too', { LocalPort: ['3389', '22'] }, false],
  ])('knows whether a block rule is for nothing else: %s', (_name, ports, alone) => {
    const fact = reachabilityOf(withRules(rule(), rule({ InstanceID: 'bad', Action: 4, ...ports })), 'Domain');
    expect(fact.data['blockedBy']).toMatchObject([{ rule: 'bad', alone }]);
  });

  it('names what lies over what', () => {
    const partly = reachabilityOf(withRules(rule(), rule({ InstanceID: 'bad', Action: 4, RemoteAddress: '203.0.113.0/24' })), 'Domain').data;
    expect(partly).toMatchObject({
      shadowed: [{ rule: 'RemoteDesktop-UserMode-In-TCP', fully: false, by: [{ rule: 'bad' }] }],
      blockedBy: [{ rule: 'bad' }],
      mayBeShadowed: false,
    });
    expect(reachabilityOf(withRules(rule(), block), 'Domain').data).toMatchObject({
      shadowed: [{ fully: true }],
      openedBy: [],
    });
    const unread = reachabilityOf(withRules(rule(), rule({ InstanceID: 'block', Action: 4, RemoteAddress: null })), 'Domain');
    expect(unread.unknown).toContain('/mayBeShadowed');
    expect(unread.data['shadowed']).toEqual([]);
  });
});

describe('9: shields up', () => {
  it.each([[4], [2]])('ignores every allow rule, whatever the default (%s)', (DefaultInboundAction) => {
    const snapshot = host({
      'firewall.profiles': profiles({ AllowInboundRules: 0, DefaultInboundAction }),
      'firewall.rules': ok([rule(), rule({ Action: 3 })]),
    });
    expect(openTo(snapshot, 'Domain')).toBe('nobody');
    expect(reachOn(snapshot, 'Domain')).toMatchObject({ via: 'shields-up', openedBy: [] });
  });

  it('is not taken for open or shut when nobody knows', () => {
    const snapshot = host({
      'firewall.profiles': profiles({ AllowInboundRules: 'x' }),
      'firewall.rules': ok([rule()]),
    });
    expect(openTo(snapshot, 'Domain')).toBe('nobody..any');
    expect(reachOn(snapshot, 'Domain')).toMatchObject({
      openedBy: [],
      mayOpen: [{ name: 'RemoteDesktop-UserMode-In-TCP' }],
    });
  });
});

describe('10: local rules', () => {
  const merge = (value: number | string, ...rules: Parameters<typeof rule>[0][]) =>
    host({
      'firewall.profiles': profiles({ AllowLocalFirewallRules: value }),
      'firewall.rules': ok(rules.map(rule)),
    });
  it.each([
    ['only rules of Group Policy count', merge(0, {}), 'nobody', 'local-rules-ignored'],
    ['a rule of Group Policy', merge(0, { PolicyStoreSourceType: 2 }), 'any', 'rules'],
    ['a local block rule does not count either', merge(0, { PolicyStoreSourceType: 2 }, { InstanceID: 'b', Action: 4 }), 'any', 'rules'],
    ['a rule of no known store', merge(0, { PolicyStoreSourceType: null }), 'nobody..any', null],
    ['a rule of the dynamic store, or of an MDM', merge(0, { PolicyStoreSourceType: 6 }), 'nobody..any', null],
    ['nobody knows whether they count', merge('x', {}), 'nobody..any', null],
    ['local allow and block rules come and go together', merge('x', {}, { InstanceID: 'b', Action: 4 }), 'nobody', null],
  ])('%s', (_name, snapshot, far, via) => {
    expect(openTo(snapshot, 'Domain')).toBe(far);
    expect(reachOn(snapshot, 'Domain').via).toBe(via);
  });

  it('names the rules that do not count', () => {
    expect(reachabilityOf(merge(0, {}), 'Domain').data['ignoredLocalRules']).toEqual([
      { rule: 'RemoteDesktop-UserMode-In-TCP', store: 'PersistentStore', source: 'local' },
    ]);
    expect(reachabilityOf(merge('x', {}), 'Domain').unknown).toContain('/ignoredLocalRules');
  });
});

describe('11: nothing is filtered', () => {
  const services = (mpssvc: number, bfe: number) =>
    ok([
      { Name: 'MpsSvc', Status: mpssvc },
      { Name: 'BFE', Status: bfe },
    ]);
  it.each([
    ['the firewall is off', { 'firewall.profiles': profiles({ Enabled: 0 }) }, 'any', 'firewall-off'],
    ['the service is stopped', { services: services(1, 4) }, 'any', 'services-stopped'],
    ['the filtering engine is stopped', { services: services(4, 1) }, 'any', 'services-stopped'],
    [
      'the service is stopped and the tables denied',
      {
        services: services(1, 4),
        'firewall.rules': { status: 'error' },
        'firewall.profiles': { status: 'error' },
      },
      'any',
      'services-stopped',
    ],
    ['the interface is excluded', { 'firewall.profiles': profiles({ DisabledInterfaceAliases: ['ethernet0'] }) }, 'any', 'interface-excluded'],
    ['another interface is excluded', { 'firewall.profiles': profiles({ DisabledInterfaceAliases: ['Storage'] }) }, 'nobody', 'no-rule'],
    ['the literal NotConfigured', { 'firewall.profiles': profiles({ DisabledInterfaceAliases: ['NotConfigured'] }) }, 'nobody', 'no-rule'],
    [
      'an excluded interface, its network unread',
      {
        'firewall.profiles': profiles({ DisabledInterfaceAliases: ['Storage'] }),
        'network.profiles': { status: 'denied' },
      },
      'nobody..any',
      null,
    ],
    ['the services were not read, but ActiveStore answered', { services: { status: 'denied' } }, 'nobody', 'no-rule'],
    ['the default is to allow', { 'firewall.profiles': profiles({ DefaultInboundAction: 2 }) }, 'any', 'default-allow'],
    ['the default could not be read', { 'firewall.profiles': profiles({ DefaultInboundAction: 'x' }) }, 'nobody..any', null],
    ['the rules were denied', { 'firewall.rules': { status: 'denied' } }, 'nobody..any', null],
    ['the table of rules is empty', { 'firewall.rules': { status: 'absent' } }, 'nobody', 'no-rule'],
  ] as const)('%s', (_name, sections, far, via) => {
    expect(openTo(host(sections), 'Domain')).toBe(far);
    expect(reachOn(host(sections), 'Domain').via).toBe(via);
  });

  it('judges a profile that is not active as if an excluded interface came onto it', () => {
    expect(reachOn(host({ 'firewall.profiles': profiles({ DisabledInterfaceAliases: ['Storage'] }) }), 'Public')).toMatchObject({
      least: 'any',
      via: 'interface-excluded',
    });
  });
});

describe('12: the registry', () => {
  const registry = (keys: Record<string, ReturnType<typeof key>>) =>
    ok({
      [`${POLICY}\\DomainProfile`]: key(),
      [`${POLICY}\\PrivateProfile`]: key(),
      [`${POLICY}\\PublicProfile`]: key(),
      [`${POLICY}\\StandardProfile`]: key(),
      [`${LOCAL}\\Mdm`]: key(),
      [`${LOCAL}\\DomainProfile`]: key({ EnableFirewall: 1 }),
      [`${LOCAL}\\StandardProfile`]: key({ EnableFirewall: 1 }),
      [`${LOCAL}\\PublicProfile`]: key({ EnableFirewall: 1 }),
      ...keys,
    });
  const noTable = { 'firewall.profiles': { status: 'denied' } } as const;

  it.each([
    ['1 is block', { [`${POLICY}\\DomainProfile`]: key({ DefaultInboundAction: 1 }) }, 'Domain', 'no-rule'],
    ['0 is allow', { [`${POLICY}\\DomainProfile`]: key({ DefaultInboundAction: 0 }) }, 'Domain', 'default-allow'],
    ['policy wins over local', { [`${POLICY}\\DomainProfile`]: key({ EnableFirewall: 0 }) }, 'Domain', 'firewall-off'],
    ['the local key of the private profile is StandardProfile', { [`${LOCAL}\\StandardProfile`]: key({ EnableFirewall: 0 }) }, 'Private', 'firewall-off'],
    ['exceptions are not allowed', { [`${POLICY}\\DomainProfile`]: key({ DoNotAllowExceptions: 1 }) }, 'Domain', 'shields-up'],
    ['the older policy key holds for private networks', { [`${POLICY}\\StandardProfile`]: key({ EnableFirewall: 0 }) }, 'Private', 'firewall-off'],
    ['and for public ones', { [`${POLICY}\\StandardProfile`]: key({ EnableFirewall: 0 }) }, 'Public', 'firewall-off'],
    [
      'but not beside a newer key',
      {
        [`${POLICY}\\StandardProfile`]: key({ EnableFirewall: 0 }),
        [`${POLICY}\\PublicProfile`]: key({}),
      },
      'Private',
      'no-rule',
    ],
    ['nor for the default action', { [`${POLICY}\\StandardProfile`]: key({ DefaultInboundAction: 0 }) }, 'Private', 'no-rule'],
  ] as const)('%s', (_name, keys, profile, via) => {
    expect(reachOn(host({ ...noTable, registry: registry(keys) }), profile).via).toBe(via);
  });

  it.each([
    ['a local value is ignored', { [`${LOCAL}\\DomainProfile`]: key({ EnableFirewall: 1, AllowLocalPolicyMerge: 0, AllowLocalIPsecPolicyMerge: 0 }) }, true],
    ['policy says no', { [`${POLICY}\\DomainProfile`]: key({ AllowLocalPolicyMerge: 0, AllowLocalIPsecPolicyMerge: 0 }) }, false],
    ['policy was not read', { [`${POLICY}\\DomainProfile`]: { status: 'denied' } }, null],
    [
      'an MDM says no',
      { [`${LOCAL}\\Mdm`]: key({}), [`${LOCAL}\\Mdm\\DomainProfile`]: key({ AllowLocalPolicyMerge: 0, AllowLocalIPsecPolicyMerge: 0 }) },
      null,
    ],
    ['what an MDM says was not read', { [`${LOCAL}\\Mdm`]: { status: 'denied' } }, null],
  ])('whether local rules count: %s', (_name, keys, counts) => {
    const fact = factsOf(host({ ...noTable, registry: registry(keys) }), 'windows.firewallLocalRules').find(({ data }) => data['profile'] === 'Domain');
    expect(fact?.data).toMatchObject({ localRules: counts, localIPsecRules: counts });
  });

  it.each([
    ['says the same', key({ EnableFirewall: 1 }), 'nobody'],
    ['says something else', key({ EnableFirewall: 0 }), 'nobody..any'],
    ['was not read', { status: 'denied' }, 'nobody..any'],
  ])('leaves open what an MDM decides: it %s', (_name, values, far) => {
    const keys = { [`${LOCAL}\\Mdm`]: key({}), [`${LOCAL}\\Mdm\\DomainProfile`]: values };
    expect(openTo(host({ ...noTable, registry: registry(keys) }), 'Domain')).toBe(far);
    const policy = { ...keys, [`${POLICY}\\DomainProfile`]: key({ EnableFirewall: 1 }) };
    expect(openTo(host({ ...noTable, registry: registry(policy) }), 'Domain')).toBe(values.status === 'denied' ? 'nobody..any' : far);
  });

  const text =
    'v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|LPort=3389|RA4=LocalSubnet|RA4=10.1.0.0/255.255.0.0|App=%SystemRoot%\\system32\\svchost.exe|Svc=termservice|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt=@FirewallAPI.dll,-28752|';
  it('reads the text of a rule', () => {
    expect(parseRuleString('RemoteDesktop-UserMode-In-TCP', text, 'PersistentStore', 1)).toMatchObject({
      Enabled: 1,
      Direction: 1,
      Action: 2,
      Profiles: ['Domain', 'Private'],
      Protocol: '6',
      LocalPort: ['3389'],
      RemoteAddress: ['LocalSubnet', '10.1.0.0/255.255.0.0'],
      Program: '%SystemRoot%\\system32\\svchost.exe',
      Service: 'termservice',
      RuleGroup: '@FirewallAPI.dll,-28752',
      PrimaryStatus: 1,
    });
  });

  it('takes a missing token for any, and leaves a rule with a token it does not know open', () => {
    const read = (value: string) => parseRuleString('r', value, 'PersistentStore', 1);
    expect(read('v2.0|Action=Block|Active=FALSE|Dir=In|')).toMatchObject({
      Profiles: ['Any'],
      Protocol: 'Any',
      LocalPort: 'Any',
      RemoteAddress: 'Any',
      Action: 4,
      Enabled: 2,
    });
    expect(read('v2.31|Action=Allow|Active=TRUE|Dir=In|Platform=2:6:2|')).toMatchObject({
      PrimaryStatus: null,
    });
    expect(read('rubbish')).toMatchObject({ Direction: null, PrimaryStatus: null });
    expect(read('v2.31|Action=Block|Active=TRUE|Dir=Out|RA42=IntErnet|RA62=IntErnet|')).toMatchObject({ RemoteAddress: ['IntErnet4', 'IntErnet6'] });
  });

  it('judges by these texts where ActiveStore was denied', () => {
    const rules = {
      [`${LOCAL}\\FirewallRules`]: key({ 'RemoteDesktop-UserMode-In-TCP': text }),
      [`${POLICY}\\FirewallRules`]: key(),
    };
    const snapshot = host({ 'firewall.rules': { status: 'denied' }, registry: registry(rules) });
    expect([openTo(snapshot, 'Domain'), openTo(snapshot, 'Public')]).toEqual(['local-subnet', 'nobody']);
  });

  it.each([
    ['of an MDM', { [`${LOCAL}\\Mdm`]: key({}), [`${LOCAL}\\Mdm\\FirewallRules`]: key({ a: text }) }, 'local-subnet'],
    ['of an MDM that nobody read', { [`${LOCAL}\\Mdm`]: { status: 'denied' } }, 'nobody..any'],
    [
      'for an interface, which the registry names by GUID',
      { [`${LOCAL}\\FirewallRules`]: key({ a: `${text}IF={00000000-0000-0000-0000-000000000000}|` }) },
      'nobody..local-subnet',
    ],
    [
      'that an authenticated peer passes by',
      { [`${LOCAL}\\FirewallRules`]: key({ a: text.replace('Action=Allow', 'Action=ByPass|Security=Authenticate') }) },
      'listed',
    ],
  ])('knows a rule %s', (_name, keys, far) => {
    const rules = { [`${LOCAL}\\FirewallRules`]: key({}), [`${POLICY}\\FirewallRules`]: key(), ...keys };
    expect(openTo(host({ 'firewall.rules': { status: 'denied' }, registry: registry(rules) }), 'Domain')).toBe(far);
  });
});

describe('13: names', () => {
  it('knows a rule of Group Policy with a GUID by its port, and no rule by its display name', () => {
    const guid = rule({
      InstanceID: '{11111111-0000-0000-0000-000000000000}',
      PolicyStoreSource: 'Contoso RDS',
      PolicyStoreSourceType: 2,
      DisplayName: 'Remotedesktop - Benutzermodus (TCP eingehend)',
    });
    expect(reachabilityOf(withRules(guid), 'Domain').data['openedBy']).toMatchObject([
      {
        rule: '{11111111-0000-0000-0000-000000000000}',
        store: 'Contoso RDS',
        source: 'gpo',
        scope: 'any',
        protocol: 'tcp',
      },
    ]);
    expect(openTo(withRules(rule({ LocalPort: '8080', DisplayName: 'Remote Desktop - User Mode (TCP-In)' })), 'Domain')).toBe('nobody');
  });
});

describe('14: filters that could not be read', () => {
  const unread = (...columns: readonly string[]) => Object.fromEntries(columns.map((column) => [column, UNREADABLE]));
  const without = (...columns: readonly string[]) => Object.fromEntries(columns.map((column) => [column, undefined]));
  const SECURITY = ['Authentication', 'Encryption', 'OverrideBlockRules', 'LocalUser', 'RemoteUser', 'RemoteMachine'];
  const block = { InstanceID: 'block', Action: 4 };

  it.each([
    ['the security filter', unread(...SECURITY)],
    ['the user alone', unread('RemoteUser')],
    ['the computer alone', unread('RemoteMachine')],
    ['the application filter', unread('Program', 'Package')],
    ['the package alone', unread('Package')],
    ['the interface filter', unread('InterfaceAlias')],
    ['one alias of a list', { InterfaceAlias: [UNREADABLE, 'Storage'] }],
    ['the interface type', unread('InterfaceType')],
    ['the local address', unread('LocalAddress')],
    ['the status', unread('EnforcementStatus')],
  ])('%s may narrow an allow rule, and may not', (_name, changes) => {
    expect(openTo(withRules(rule(changes)), 'Domain')).toMatch(/^(nobody|listed)\.\.any$/);
  });

  it('knows an alias of a list that was read', () => {
    expect(openTo(withRules(rule({ InterfaceAlias: [UNREADABLE, 'Ethernet0'] })), 'Domain')).toBe('any');
  });

  it.each([
    ...SECURITY.filter((name) => name !== 'Encryption' && name !== 'OverrideBlockRules'),
    'InterfaceAlias',
    'InterfaceType',
    'LocalAddress',
    'RemotePort',
    'Package',
    'Owner',
  ])('does not take a block rule whose %s was not read, or not brought, for one that blocks all', (column) => {
    expect(openTo(withRules(rule(), rule({ ...block, ...unread(column) })), 'Domain')).toBe('nobody..any');
    expect(openTo(withRules(rule(), rule({ ...block, ...without(column) })), 'Domain')).toBe('nobody..any');
  });

  it('takes an allow rule that was made without these columns for as wide as it looks', () => {
    const bare = rule(without(...SECURITY, 'InterfaceAlias', 'InterfaceType', 'LocalAddress', 'RemotePort', 'Package', 'Owner'));
    expect(openTo(withRules(bare), 'Domain')).toBe('any');
  });

  it.each([
    ['not read', { Authentication: 1, OverrideBlockRules: UNREADABLE }, null],
    ['not brought', { Authentication: 1, OverrideBlockRules: undefined }, null],
    ['not read, of a rule for all', { Authentication: 0, OverrideBlockRules: UNREADABLE }, 'allow'],
    ['yes', { Authentication: 1, OverrideBlockRules: 'True' }, 'bypass'],
    ['no', { Authentication: 1, OverrideBlockRules: false }, 'allow'],
  ])('whether a rule gets past block rules: %s', (_name, changes, action) => {
    const fact = factsOf(withRules(rule(changes)), 'windows.rdpFirewallRule')[0];
    expect(fact?.data['action']).toBe(action);
    expect(fact?.unknown.includes('/action')).toBe(action === null);
    if (action === null) expect(openTo(withRules(rule(changes), rule(block)), 'Domain')).toBe('nobody..listed');
  });

  it('names an allow rule that was made without these columns where it lets in, is shadowed, or does not count', () => {
    const bare = rule(without(...SECURITY));
    expect(factsOf(withRules(bare), 'windows.rdpSources')[0]?.data['rules']).toMatchObject([{ rule: 'RemoteDesktop-UserMode-In-TCP' }]);
    expect(reachabilityOf(withRules(bare, rule(block)), 'Domain').unknown).toContain('/mayBeShadowed');
    const ignored = host({ 'firewall.profiles': profiles({ AllowLocalFirewallRules: 0 }), 'firewall.rules': ok([bare]) });
    expect(reachOn(ignored, 'Domain').via).toBe('local-rules-ignored');
  });

  it('says of a rule of certain reach what it is, beside one that may get past block rules', () => {
    const other = rule({ InstanceID: 'other', ...unread(...SECURITY) });
    expect(openTo(withRules(rule(), other), 'Domain')).toBe('any');
  });

  it('does not take a group that was not read for none', () => {
    expect(factsOf(withRules(rule({ RuleGroup: UNREADABLE })), 'windows.rdpFirewallRule')[0]?.unknown).toContain('/handMade');
  });
});
