import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkDocument } from '../../../../src/lib/schema-check.ts';
import { FIREWALL_KINDS } from '../../../../src/model/facts/windows-firewall.ts';
import { RDP_REACHABILITY } from '../../../../src/model/facts/rdp-reachability.ts';
import { HOST_PLACE, RDP_SOURCES } from '../../../../src/model/facts/windows-rdp-sources.ts';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json } from '../../../../src/model/json.ts';
import { valueAt } from '../../../../src/model/pointer.ts';
import type { Snapshot } from '../../../../src/model/snapshot.ts';
import { normaliseFirewall } from '../../../../src/normalise/windows/firewall/normalise.ts';
import { LEFT_TO_OTHERS } from '../../../../src/normalise/windows/firewall/role-ports.ts';
import { factsOf, host, inputOf, ok, profileRow, reachabilityOf, rule, withRules } from './host.ts';

const KINDS = [RDP_REACHABILITY, ...FIREWALL_KINDS, RDP_SOURCES, HOST_PLACE];
/** Each of these has a member that was not read, and others that are known all the same. */
const NO_PLACEHOLDER = new Set(['windows.rdpPort', HOST_PLACE.kind]);
const SHADOW = rule({
  InstanceID: 'RemoteDesktop-Shadow-In-TCP',
  LocalPort: 'Any',
  Program: 'C:\\Windows\\system32\\RdpSa.exe',
  Service: 'Any',
  EdgeTraversalPolicy: 3,
});
const NETSH = rule({ InstanceID: 'RDP', RuleGroup: '', Program: 'Any', Service: 'Any' });
const ALL_ROLES = ok(
  ['RDS-Gateway', 'RDS-Connection-Broker', 'RDS-Licensing', 'RDS-Web-Access'].map((Name) => ({
    Name,
  })),
);

/** A placeholder, or data that its schema accepts wherever it is known. */
function check(fact: Fact): void {
  if (fact.unknown.includes('')) return;
  const kind = KINDS.find((each) => each.kind === fact.kind);
  expect(kind, fact.kind).toBeDefined();
  for (const pointer of fact.unknown) expect(valueAt(fact.data, pointer), `${fact.id} ${pointer}`).toBeNull();
  const problems = checkDocument(kind?.schema ?? false, fact.data).filter((problem) => !fact.unknown.includes(problem.pointer));
  expect(problems, fact.id).toEqual([]);
  expect(
    nullsIn(fact.data, '').filter((pointer) => !fact.unknown.includes(pointer)),
    fact.id,
  ).toEqual([]);
}

function nullsIn(value: Json, at: string): string[] {
  if (value === null) return [at];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => nullsIn(member as Json, `${at}/${name}`));
}

const HOSTS: readonly (readonly [string, Snapshot])[] = [
  ['plain', withRules(rule(), SHADOW, NETSH)],
  [
    'every role',
    host({
      roles: ALL_ROLES,
      'firewall.rules': ok([rule(), NETSH, SHADOW]),
      Win32_TSGatewayLoadBalancer: ok([{ Servers: '' }]),
    }),
  ],
  [
    'holes in the rules',
    withRules(
      rule({ Program: null, PolicyStoreSourceType: null, EdgeTraversalPolicy: null }),
      rule({ InstanceID: 'b', Action: 4, RemoteAddress: null, PolicyStoreSourceType: null }),
      rule({ InstanceID: 'c', Action: 4, PolicyStoreSourceType: null }),
    ),
  ],
  ['nothing but a name', { ...host(), sections: {} }],
  [
    'all denied',
    {
      ...host(),
      sections: Object.fromEntries(Object.keys(host().sections).map((name) => [name, { status: 'denied' as const }])),
    },
  ],
  ['rules denied', host({ 'firewall.rules': { status: 'denied' }, roles: ALL_ROLES })],
  [
    'networks denied',
    host({
      'network.profiles': { status: 'denied' },
      'network.addresses': { status: 'denied' },
      'firewall.rules': ok([rule()]),
    }),
  ],
  [
    'rows of rubbish',
    host({
      'firewall.rules': ok([{}, { InstanceID: 7 }, { Direction: {}, LocalPort: [[]] }]),
      'firewall.profiles': ok([{ Name: 'Domain' }]),
      'network.profiles': ok([{}]),
      'network.addresses': ok([{}]),
    }),
  ],
];

it.each(HOSTS)('makes facts that their schemas accept: %s', (_name, snapshot) => {
  const { facts } = normaliseFirewall(inputOf(snapshot), {});
  for (const fact of facts) check(fact);
  expect(new Set(facts.map((fact) => fact.id)).size).toBe(facts.length);
});

it('stands a placeholder for every kind that nobody could look at', () => {
  const { facts } = normaliseFirewall(inputOf({ ...host(), sections: {} }), {});
  const placeholders = facts.filter((fact) => fact.id.endsWith('/*')).map((fact) => fact.kind);
  expect(placeholders.toSorted()).toEqual(
    KINDS.map((kind) => kind.kind)
      .filter((kind) => !NO_PLACEHOLDER.has(kind))
      .toSorted(),
  );
  expect(facts.find((fact) => fact.kind === 'windows.rdpPort')?.unknown).toEqual(['/port', '/mismatch', '/staleRules']);
});

describe('windows.rdpReachability', () => {
  it('is certain of what one resolved rule opens, whatever another says', () => {
    const fact = reachabilityOf(withRules(rule({ RemoteAddress: 'LocalSubnet' }), rule({ InstanceID: 'x', RemoteAddress: null })), 'Public');
    expect(fact.data).toMatchObject({
      openTo: null,
      open: true,
      openBeyondListed: true,
      openToAny: null,
      openedBy: [{ rule: 'RemoteDesktop-UserMode-In-TCP' }],
      mayOpen: [{ rule: 'x' }],
    });
    expect(fact.unknown).toEqual(expect.arrayContaining(['/openTo', '/openToAny', '/tcp/openTo']));
    expect(fact.unknown).not.toContain('/openBeyondListed');
  });

  it('shows a finding at the setting that lets it in', () => {
    const at = (snapshot: Snapshot) => {
      const { origin } = reachabilityOf(snapshot, 'Public');
      return origin.at === 'setting' ? origin.members?.['/openBeyondListed'] : undefined;
    };
    expect(at(withRules(rule({ InstanceID: 'a/b' })))).toBe('/firewall/rules/a~1b/profiles');
    expect(at(host({ 'firewall.profiles': ok([profileRow('Public', { Enabled: 0 })]) }))).toBe('/firewall/profiles/Public/enabled');
    expect(at(host({ 'firewall.profiles': ok([profileRow('Public', { DefaultInboundAction: 2 })]) }))).toBe('/firewall/profiles/Public/defaultInboundAction');
  });

  it('knows the protocols, the addresses and the transport policy', () => {
    const udp = rule({
      InstanceID: 'RemoteDesktop-UserMode-In-UDP',
      Protocol: 'UDP',
      RemoteAddress: '10.20.0.0/24',
    });
    const registry = ok({
      'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services': {
        status: 'ok',
        values: { SelectTransport: 1, fDenyTSConnections: 0 },
      },
    });
    const addresses = ok([{ InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, IPAddress: '203.0.113.7' }]);
    const { data } = reachabilityOf(host({ 'firewall.rules': ok([udp]), registry, 'network.addresses': addresses }), 'Domain');
    expect(data).toMatchObject({
      globalAddress: true,
      rdpEnabled: true,
      transport: 'tcp-only',
      tcp: { open: false, via: 'no-rule' },
      udp: { open: true, openTo: 'listed' },
      openOnActive: false,
    });
    expect(data['openedBy']).toEqual([
      {
        rule: 'RemoteDesktop-UserMode-In-UDP',
        store: 'PersistentStore',
        source: 'local',
        scope: 'listed',
        protocol: 'udp',
        remoteAddresses: ['10.20.0.0/24'],
      },
    ]);
  });
});

describe('windows.rdpFirewallRule', () => {
  it('tells roles and breadth apart', () => {
    const facts = factsOf(withRules(rule(), SHADOW, NETSH, rule({ InstanceID: 'other', LocalPort: '443' })), 'windows.rdpFirewallRule');
    expect(facts.map(({ data }) => [data['rule'], data['role'], data['broad'], data['coversListener']])).toEqual([
      ['RemoteDesktop-UserMode-In-TCP', 'listener', false, true],
      ['RemoteDesktop-Shadow-In-TCP', 'shadow', true, false],
      ['RDP', 'listener', true, true],
    ]);
  });

  it.each([
    ['1-65535', true],
    ['0-65535', true],
    [['1-3000', '3001-65535'], true],
    [['1-65535', 'a word of tomorrow'], true],
    ['2-65535', false],
    ['1-65534', false],
  ])('takes %j for any port: %s', (LocalPort, anyPort) => {
    expect(factsOf(withRules(rule({ LocalPort })), 'windows.rdpFirewallRule')[0]?.data).toMatchObject({ anyPort, broad: anyPort });
  });

  it('tells two stores apart, and gives each its own id', () => {
    const facts = factsOf(withRules(rule(), rule({ PolicyStoreSource: 'Contoso RDS', PolicyStoreSourceType: 2 }), rule()), 'windows.rdpFirewallRule');
    expect(facts.map((fact) => fact.id.split('/').slice(2))).toEqual([
      ['remotedesktop-usermode-in-tcp', 'persistentstore'],
      ['remotedesktop-usermode-in-tcp', 'contoso rds'],
      ['remotedesktop-usermode-in-tcp', 'persistentstore', '#2'],
    ]);
  });
});

describe('windows.rdpPort', () => {
  const moved = (...rules: ReturnType<typeof rule>[]) =>
    factsOf(host({ listeners: ok([{ Name: 'RDP-Tcp', PortNumber: 3390 }]), 'firewall.rules': ok(rules) }), 'windows.rdpPort')[0]?.data;
  it.each([
    [[], 'none'],
    [[rule()], 'unreachable'],
    [[rule(), rule({ InstanceID: 'own', LocalPort: '3390' })], 'stale-rule'],
    [[rule({ Enabled: 2 })], 'none'],
    [[rule({ LocalPort: '3380-3400' })], 'none'],
    [[rule({ Program: 'C:\\App\\app.exe', Service: 'Any' })], 'none'],
  ])('%#: %s', (rules, mismatch) => {
    expect(moved(...rules)?.['mismatch']).toBe(mismatch);
  });
});

describe('roles', () => {
  const ports = (snapshot: Snapshot, profile: string) => factsOf(snapshot, 'windows.firewallPorts').find((fact) => fact.data['profile'] === profile);
  it('makes no facts of ports for a session host, and one a profile for a gateway', () => {
    expect(factsOf(host(), 'windows.firewallPorts')).toEqual([]);
    expect(factsOf(host({ roles: ok([{ Name: 'RDS-Gateway' }]) }), 'windows.firewallPorts')).toHaveLength(3);
  });

  const SVCHOST = 'C:\\Windows\\system32\\svchost.exe';
  const APP = { Program: 'C:\\App\\app.exe', Service: 'Any' };
  const ANY = { Program: 'Any', Service: 'Any' };
  const KERNEL = { Program: 'System', Service: 'Any' };
  const of = (Service: string, Program = SVCHOST) => ({ Program, Service });
  const entry = (name: string, rules: readonly Parameters<typeof rule>[0][], profile = 'Public') => {
    const snapshot = host({ roles: ALL_ROLES, 'firewall.rules': ok(rules.map((changes, index) => rule({ InstanceID: `rule-${index}`, ...changes }))) });
    const list = ports(snapshot, profile)?.data['ports'] ?? [];
    return (list as readonly Record<string, Json>[]).find((port) => port['name'] === name);
  };
  it.each([
    ['the process that listens', 'smb', [{ LocalPort: '445', ...KERNEL }], 'any'],
    ['another program', 'smb', [{ LocalPort: '445', ...APP }], 'nobody'],
    ['another program, any port', 'smb', [{ LocalPort: 'Any', ...APP }], 'nobody'],
    ['anything', 'smb', [{ LocalPort: 'Any', Protocol: 'Any', ...ANY }], 'any'],
    ['the service behind System', 'smb', [{ LocalPort: '445', ...of('LanmanServer') }], null],
    ['whatever is a service', 'smb', [{ LocalPort: '445', ...of('*', 'System') }], null],
    ['another service', 'smb', [{ LocalPort: '445', ...of('Spooler', 'Any') }], 'nobody'],
    ['a program that was not read', 'smb', [{ LocalPort: '445', Program: null, Service: 'Any' }], null],
    [
      'a block rule for another program',
      'smb',
      [
        { LocalPort: '445', ...KERNEL },
        { Action: 4, LocalPort: '445', ...APP },
      ],
      'any',
    ],
    [
      'a block rule for the process',
      'smb',
      [
        { LocalPort: '445', ...KERNEL },
        { Action: 4, LocalPort: '445', ...ANY },
      ],
      'nobody',
    ],
    [
      'a block rule for whatever is a service',
      'smb',
      [
        { LocalPort: '445', ...KERNEL },
        { Action: 4, LocalPort: '445', ...of('*', 'Any') },
      ],
      null,
    ],
    ['the endpoint mapper', 'rpc', [{ LocalPort: 'RPC-EPMap', ...of('RpcSs') }], 'any'],
    ['its twin', 'rpc', [{ LocalPort: '135', ...of('RpcEptMapper') }], null],
    [
      'a block rule for another service',
      'rpc',
      [
        { LocalPort: '135', ...of('RpcSs') },
        { Action: 4, LocalPort: '135', ...of('Spooler') },
      ],
      'any',
    ],
    ['RPC of licensing', 'rpc-dynamic', [{ LocalPort: 'RPC', ...of('TermServLicensing') }], 'any'],
    ['RPC of the event log', 'rpc-dynamic', [{ LocalPort: 'RPC', ...of('Eventlog') }], 'nobody'],
    [
      'RPC of licensing, that of the spooler blocked',
      'rpc-dynamic',
      [
        { LocalPort: 'RPC', ...of('TermServLicensing') },
        { Action: 4, LocalPort: 'RPC', ...of('Spooler', 'C:\\Windows\\system32\\spoolsv.exe') },
      ],
      'any',
    ],
    ['every dynamic port', 'rpc-dynamic', [{ LocalPort: '49152-65535', ...ANY }], 'any'],
    ['some dynamic ports', 'rpc-dynamic', [{ LocalPort: '50000-51000', ...ANY }], null],
    [
      'RPC, some dynamic ports blocked',
      'rpc-dynamic',
      [
        { LocalPort: 'RPC', ...ANY },
        { Action: 4, LocalPort: '49152', ...ANY },
      ],
      null,
    ],
    [
      'RPC, every dynamic port blocked',
      'rpc-dynamic',
      [
        { LocalPort: 'RPC', ...ANY },
        { Action: 4, LocalPort: '49152-65535', ...ANY },
      ],
      null,
    ],
    [
      'RPC, and blocked',
      'rpc-dynamic',
      [
        { LocalPort: 'RPC', ...ANY },
        { Action: 4, LocalPort: 'RPC', ...ANY },
      ],
      'nobody',
    ],
    ['a listener that is not documented, any program', 'broker', [{ LocalPort: '5504', ...ANY }], 'any'],
    ['and its service', 'broker', [{ LocalPort: '5504', ...of('TScPubRPC') }], 'any'],
    ['and another program', 'broker', [{ LocalPort: '5504', ...APP }], null],
    [
      'and a block rule for its service',
      'broker',
      [
        { LocalPort: '5504', ...ANY },
        { Action: 4, LocalPort: '5504', ...of('TScPubRPC') },
      ],
      null,
    ],
    [
      'and a block rule for every program',
      'broker',
      [
        { LocalPort: '5504', ...ANY },
        { Action: 4, LocalPort: '5504', ...ANY },
      ],
      'nobody',
    ],
  ])('means the listener of a port by program and service: %s', (_name, port, rules, openTo) => {
    expect(entry(port, rules)?.['openTo']).toBe(openTo);
  });

  it('keeps Remote Desktop among the ports while its port is not known, and judges a second listener too', () => {
    const rdp = (sections: Parameters<typeof host>[0], ...rules: ReturnType<typeof rule>[]) => {
      const fact = ports(host({ roles: ALL_ROLES, 'firewall.rules': ok(rules), ...sections }), 'Public');
      const list = fact?.data['ports'] as readonly Record<string, Json>[];
      if (fact !== undefined) check(fact);
      return list.filter((port) => port['name'] === 'rdp').map((port) => [port['port'], port['openTo']]);
    };
    expect(rdp({ listeners: { status: 'denied' }, registry: { status: 'denied' } }, rule())).toEqual([[null, null]]);
    const listeners = ok([
      { Name: 'RDP-Tcp', PortNumber: 3389 },
      { Name: 'Second', PortNumber: 3390 },
    ]);
    expect(rdp({ listeners }, rule({ LocalPort: '3390' }))).toEqual([
      [3389, 'nobody'],
      [3390, 'any'],
    ]);
  });

  const openers = (role: string, profile: string, ...rules: Parameters<typeof rule>[0][]) => {
    const rows = rules.map((changes, index) => rule({ InstanceID: `rule-${index}`, ...changes }));
    const fact = ports(host({ roles: ok([{ Name: role }]), 'firewall.rules': ok(rows) }), profile);
    if (fact !== undefined) check(fact);
    const named = (list: Json | undefined) =>
      (list as readonly Record<string, Json>[]).map((opener) => `${String(opener['rule'])}${opener['shared'] === true ? ' shared' : ''}`);
    return { wide: named(fact?.data['wideRules']), gateway: named(fact?.data['gatewayRules']), backEnd: named(fact?.data['backEndRules']) };
  };
  const SMB = { LocalPort: '445', ...KERNEL };
  const WINRM = { LocalPort: '5985', ...KERNEL };

  it('names the rules of the ports that may not be open, not those of others', () => {
    expect(openers('RDS-Licensing', 'Public', SMB, WINRM)).toEqual({ wide: ['rule-0', 'rule-1'], gateway: ['rule-0', 'rule-1'], backEnd: ['rule-0'] });
    expect(openers('RDS-Licensing', 'Domain', { ...SMB, RemoteAddress: 'LocalSubnet' }, SMB).backEnd).toEqual(['rule-1']);
    expect(openers('RDS-Licensing', 'Public', { ...SMB, RemoteAddress: 'LocalSubnet' }, { ...SMB, RemoteAddress: '10.1.2.3' }).backEnd).toEqual(['rule-0']);
    expect(openers('RDS-Gateway', 'Public', { LocalPort: '3389', ...ANY }, { LocalPort: '5986', ...KERNEL }).gateway).toEqual(['rule-0']);
  });

  it.each([
    ['RDS-Gateway', { LocalPort: ['443', '3389'], ...ANY }, ['rule-0 shared']],
    ['RDS-Gateway', { LocalPort: 'Any', Protocol: 'Any', ...ANY }, ['rule-0 shared']],
    ['RDS-Gateway', { LocalPort: ['22', '3389'], ...ANY }, ['rule-0 shared']],
    ['RDS-Gateway', { LocalPort: ['3389', '5986'], ...ANY }, ['rule-0 shared']],
    ['RDS-Gateway', { LocalPort: ['3389', 'a word of tomorrow'], ...ANY }, ['rule-0 shared']],
    ['RDS-Gateway', { LocalPort: ['3389', '445'], ...ANY }, ['rule-0']],
    ['RDS-Licensing', { LocalPort: ['445', '3389'], ...ANY }, ['rule-0 shared']],
    ['RDS-Licensing', { LocalPort: ['445', '5985'], ...KERNEL }, ['rule-0 shared']],
    ['RDS-Licensing', { LocalPort: ['445', '139'], ...KERNEL }, ['rule-0']],
  ])('%s: says whether a rule lets in what is not to be shut: %j', (role, changes, expected) => {
    const found = openers(role, 'Public', changes);
    expect(role === 'RDS-Gateway' ? found.gateway : found.backEnd).toEqual(expected);
  });

  it('leaves to others what the policy for gateways leaves to others', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../../policies/firewall/gateway-ports/policy.yaml'), 'utf8');
    const { assert } = parse(text) as { assert: Json };
    expect(JSON.stringify(assert)).toContain(`"name":{"enum":${JSON.stringify([...LEFT_TO_OTHERS])}}`);
  });

  it('knows the farm', () => {
    const farm = (Servers: string, status: 'ok' | 'denied' = 'ok') =>
      factsOf(
        host({
          roles: ALL_ROLES,
          'firewall.rules': ok([rule({ InstanceID: 'TSG-LoadBalancer-In-TCP', LocalPort: '3388' })]),
          Win32_TSGatewayLoadBalancer: status === 'ok' ? ok([{ Servers }]) : { status },
        }),
        'windows.gatewayFarmRules',
      )[0]?.data;
    expect(farm('')).toMatchObject({
      farm: false,
      enabledRules: [{ rule: 'TSG-LoadBalancer-In-TCP' }],
    });
    expect(farm('rdgw01.contoso.com;rdgw02.contoso.com')).toMatchObject({ farm: true });
    expect(farm('', 'denied')).toMatchObject({ farm: null });
  });
});

it('warns of the wrong store', () => {
  const { problems } = normaliseFirewall(inputOf(host({ 'firewall.profiles': ok([profileRow('Domain', { DefaultInboundAction: 0 })]) })), {});
  expect(problems.map((problem) => [problem.level, problem.code])).toEqual([['warning', 'firewall.persistent-store']]);
});

it('survives hostile names and sizes', () => {
  const hostile = JSON.parse('{"__proto__": 1, "constructor": {"a": 1}, "InstanceID": "__proto__", "Direction": 1, "Enabled": 1}') as Record<string, Json>;
  const long = rule({
    InstanceID: 'long',
    RemoteAddress: Array.from({ length: 50_000 }, (_, index) => `10.${index % 256}.${(index >> 8) % 256}.1`),
    LocalPort: Array.from({ length: 20_000 }, (_, index) => String(1 + 2 * index)),
  });
  const ports = Array.from({ length: 500 }, (_, index) => String(index * 7 + 1));
  const snapshot = withRules(hostile, long, rule({ InstanceID: 'b', Action: 4, RemotePort: ports }));
  const { facts } = normaliseFirewall(inputOf(snapshot), {});
  for (const fact of facts) check(fact);
});

it('has a policy for every id of the family, each with a name of its own', () => {
  const folder = join(import.meta.dirname, '../../../../policies/firewall');
  const policies = readdirSync(folder).map(
    (slug) =>
      parse(readFileSync(join(folder, slug, 'policy.yaml'), 'utf8')) as {
        id: string;
        name: string;
        kind: string;
      },
  );
  expect(policies.map((policy) => policy.id).toSorted()).toEqual(Array.from({ length: 21 }, (_, index) => `FW-${String(index + 1).padStart(3, '0')}`));
  expect(new Set(policies.map((policy) => policy.name)).size).toBe(21);
});

it('makes only the kinds that are wanted', () => {
  const { facts } = normaliseFirewall(inputOf(withRules(rule())), { wanted: new Set(['windows.rdpPort']) });
  expect(facts.map((fact) => fact.kind)).toEqual(['windows.rdpPort']);
});
