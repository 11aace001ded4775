import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { Section, Snapshot } from '../../src/model/snapshot.ts';
import { layDeclared, stateOf } from '../../src/normalise/settings/index.ts';
import { planFor, type PlanOptions, type Wanted } from '../../src/scan/host-plans.ts';
import { CATALOGUE, declaredOf, keys, ok, rows, snapshotOf, targetOf, TSP, WINSTATION } from '../normalise/settings/support.ts';

const OPTIONS: PlanOptions = {
  catalogue: CATALOGUE,
  version: '0.0.0',
  now: '2026-11-24T10:00:00.000Z',
  connection: { port: 22, service: 'sshd', console: null },
};
const NLA: Wanted = { path: ['rdp', 'RDP-Tcp', 'userAuthentication'], value: 'required' };
const LAYER: Wanted = { path: ['rdp', 'RDP-Tcp', 'securityLayer'], value: 'tls' };

const listener = (more: JsonObject = {}): JsonObject => ({
  TerminalName: 'RDP-Tcp',
  UserAuthenticationRequired: 0,
  PolicySourceUserAuthenticationRequired: 0,
  SecurityLayer: 1,
  PolicySourceSecurityLayer: 2,
  ...more,
});
const PLAIN = { [TSP]: { status: 'absent' }, [WINSTATION]: ok({ UserAuthentication: 0, PortNumber: 3389 }) };

function host(more: Readonly<Record<string, Section>> = {}, registry: JsonObject = PLAIN, row = listener()): Snapshot {
  return snapshotOf({ Win32_TSGeneralSetting: rows(row), registry: keys(registry), ...more });
}

const reasons = (plan: HostPlan): string[] => plan.refused.map(({ setting, reason }) => `${setting} ${reason}`);
const settings = (plan: HostPlan): string[] => plan.steps.map(({ setting }) => setting);

const rule = (id: string, port: string, more: JsonObject = {}): JsonObject => ({
  InstanceID: id,
  DisplayName: id,
  Direction: 1,
  Action: 2,
  Enabled: 1,
  Profiles: 1,
  PolicyStoreSource: 'PersistentStore',
  PolicyStoreSourceType: 1,
  Protocol: 'TCP',
  LocalPort: [port],
  RemoteAddress: ['Any'],
  LocalAddress: ['Any'],
  RemotePort: ['Any'],
  Program: 'Any',
  Package: null,
  Service: 'Any',
  InterfaceAlias: ['Any'],
  InterfaceType: 0,
  EdgeTraversalPolicy: 0,
  Authentication: 0,
  Encryption: 0,
  RemoteUser: 'Any',
  RemoteMachine: 'Any',
  EnforcementStatus: [1],
  PrimaryStatus: 1,
  ...more,
});
const firewall = (...list: JsonObject[]): Readonly<Record<string, Section>> => ({
  'firewall.rules': rows(...list),
  'firewall.profiles': rows(
    ...['Domain', 'Private', 'Public'].map((Name) => ({
      Name,
      Enabled: 1,
      DefaultInboundAction: 4,
      AllowInboundRules: 1,
      AllowLocalFirewallRules: 1,
      DisabledInterfaceAliases: [],
    })),
  ),
});

describe('a plan', () => {
  it('has a step for what differs, none for what is equal', () => {
    const plan = planFor(host(), [NLA, { ...LAYER, value: 'negotiate' }], OPTIONS);
    expect(settings(plan)).toEqual(['rdp/RDP-Tcp/userAuthentication']);
    expect(plan.steps[0]).toMatchObject({
      now: { value: 'not-required', source: 'local' },
      then: { value: 'required' },
      risk: 'safe',
      undo: 'set "not-required" again',
    });
    expect(plan.refused).toEqual([]);
  });

  it('says what the host is compared with, and what Windows keeps behind a method', () => {
    const [operation] = planFor(host(), [NLA], OPTIONS).steps[0]?.operations ?? [];
    expect(operation).toMatchObject({ kind: 'cim', expect: [0], field: 'UserAuthenticationRequired', raw: 1, valueArgument: 'UserAuthenticationRequired' });
    expect(operation?.behind).toEqual([{ hive: 'LocalMachine', key: WINSTATION.replace(/^HKLM\\/, ''), name: 'UserAuthentication' }]);
  });

  it('puts what is safe first, and what can disconnect last', () => {
    const wanted: Wanted[] = [{ path: ['firewall', 'rules', 'A', 'enabled'], value: false }, LAYER, NLA];
    const plan = planFor(host(firewall(rule('A', '3389'))), wanted, OPTIONS);
    expect(plan.steps.map(({ risk }) => risk)).toEqual(['safe', 'review', 'can-disconnect']);
    expect(plan.steps.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('leaves out what nobody allowed, and says which option does', () => {
    const plan = planFor(host(firewall(rule('A', '3389'))), [NLA, LAYER, { path: ['firewall', 'rules', 'A', 'enabled'], value: false }], {
      ...OPTIONS,
      allowed: 'safe',
    });
    expect(settings(plan)).toEqual(['rdp/RDP-Tcp/userAuthentication']);
    expect(plan.refused.map(({ reason, hint }) => `${reason} ${hint}`)).toEqual(['risk Allow it by --allow-disconnect.', 'risk Allow it by --review.']);
  });

  it('refuses what Group Policy owns, by its path in the policy editor', () => {
    const plan = planFor(host({}, { ...PLAIN, [TSP]: ok({ UserAuthentication: 0 }) }), [NLA], OPTIONS);
    expect(reasons(plan)).toEqual(['rdp/RDP-Tcp/userAuthentication owned-by-gpo']);
    expect(plan.refused[0]?.hint).toContain('Require user authentication for remote connections');
  });

  it('refuses what could not be read, and what is not there', () => {
    const plan = planFor(host({ Win32_TSGeneralSetting: { status: 'denied' } }, { [TSP]: { status: 'denied' } }), [NLA], OPTIONS);
    expect(reasons(plan)).toEqual(['rdp/RDP-Tcp/userAuthentication unknown']);
    const other = planFor(host(), [{ path: ['rdp', 'Other', 'userAuthentication'], value: 'required' }], OPTIONS);
    expect(reasons(other)).toEqual(['rdp/Other/userAuthentication not-found']);
  });

  it('refuses both of two that want one setting to be different things, and names both', () => {
    const plan = planFor(host(), [{ ...LAYER, policies: ['AUTH-002'] }, { ...LAYER, value: 'rdp', policies: ['AUTH-099'] }, NLA], OPTIONS);
    expect(settings(plan)).toEqual(['rdp/RDP-Tcp/userAuthentication']);
    expect(reasons(plan)).toEqual(['rdp/RDP-Tcp/securityLayer conflict']);
    expect(plan.refused[0]?.message).toMatch(/AUTH-002.*AUTH-099/);
  });

  it('joins two that want the same', () => {
    const plan = planFor(
      host(),
      [
        { ...LAYER, policies: ['AUTH-002'] },
        { ...LAYER, policies: ['COL-002'] },
      ],
      OPTIONS,
    );
    expect(plan.steps.map(({ policies }) => policies)).toEqual([['AUTH-002', 'COL-002']]);
  });

  it('refuses a value below Policies that no Group Policy set, where an MDM server rules the host', () => {
    const wanted: Wanted = { path: ['authentication', 'secureRpc'], value: true };
    const enrolled = { 'HKLM\\SOFTWARE\\Microsoft\\Enrollments\\00000000-0000-0000-0000-000000000000': ok({ ProviderID: 'MS DM Server' }) };
    const planOf = (more: JsonObject): HostPlan =>
      planFor(
        host(
          { RSOP_RegistryPolicySetting: rows({ registryKey: 'Software\\Policies\\Other', valueName: 'x', precedence: 1 }) },
          { ...PLAIN, [TSP]: ok({ fEncryptRPCTraffic: 0 }), ...more },
        ),
        [wanted],
        OPTIONS,
      );
    expect(settings(planOf({}))).toEqual(['authentication/secureRpc']);
    expect(reasons(planOf(enrolled))).toEqual(['authentication/secureRpc owned-by-mdm']);
  });

  it('is what its published schema says', () => {
    const schema = JSON.parse(readFileSync(new URL('../../docs/plan.schema.json', import.meta.url), 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
    const plan = planFor(host(firewall(rule('A', '3389'))), [NLA, LAYER, { path: ['rdp', 'Other', 'securityLayer'], value: 'tls' }], OPTIONS);
    expect(validate(JSON.parse(JSON.stringify(plan))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...plan, steps: [{}] })).toBe(false);
  });
});

describe('what becomes of the connection', () => {
  const ssh = rule('OpenSSH-Server-In-TCP', '22');
  const disable = (id: string): Wanted => ({ path: ['firewall', 'rules', id, 'enabled'], value: false });

  it('is lost when the rule that lets it in is shut: refused', () => {
    const plan = planFor(host(firewall(ssh)), [disable('OpenSSH-Server-In-TCP')], OPTIONS);
    expect(reasons(plan)).toEqual(['firewall/rules/OpenSSH-Server-In-TCP/enabled cuts-connection']);
  });

  it('is lost, and that is planned, where there is another way in', () => {
    const plan = planFor(host(firewall(ssh)), [disable('OpenSSH-Server-In-TCP')], { ...OPTIONS, connection: { ...OPTIONS.connection, console: 'iLO' } });
    expect(plan.steps.map(({ connection }) => connection)).toEqual(['cuts']);
  });

  it('is kept when another rule lets it in', () => {
    const plan = planFor(host(firewall(ssh, rule('Mine', '22'))), [disable('OpenSSH-Server-In-TCP')], OPTIONS);
    expect(plan.steps.map(({ connection }) => connection)).toEqual(['keeps']);
  });

  it('is kept when a rule for another port is shut', () => {
    const plan = planFor(host(firewall(ssh, rule('RDP', '3389'))), [disable('RDP')], OPTIONS);
    expect(plan.steps.map(({ connection }) => connection)).toEqual(['keeps']);
  });

  it('may be lost when fewer come in', () => {
    const wanted: Wanted = { path: ['firewall', 'rules', 'OpenSSH-Server-In-TCP', 'remoteAddresses'], value: ['10.20.0.0/24'] };
    const plan = planFor(host(firewall(ssh)), [wanted], OPTIONS);
    expect(plan.steps.map(({ connection }) => connection)).toEqual(['may-cut']);
  });

  it('is kept when a new way is opened before the old one is shut, in whatever order they are wanted', () => {
    const other = rule('Mine', '22', { Enabled: 2, EnforcementStatus: [5], PrimaryStatus: 2 });
    const plan = planFor(
      host(firewall(ssh, other)),
      [disable('OpenSSH-Server-In-TCP'), { path: ['firewall', 'rules', 'Mine', 'enabled'], value: true }],
      OPTIONS,
    );
    expect(plan.steps.map(({ setting, connection }) => `${setting} ${connection}`)).toEqual([
      'firewall/rules/Mine/enabled keeps',
      'firewall/rules/OpenSSH-Server-In-TCP/enabled keeps',
    ]);
  });

  const become = (list: readonly JsonObject[], wanted: Wanted, connection: Partial<PlanOptions['connection']> = {}): (string | undefined)[] =>
    planFor(host(firewall(...list)), [wanted], { ...OPTIONS, connection: { ...OPTIONS.connection, ...connection } }).steps.map((step) => step.connection);

  it('may be lost when one of two rules goes that let in other addresses', () => {
    const lists = [rule('A', '22', { RemoteAddress: ['10.20.0.0/24'] }), rule('B', '22', { RemoteAddress: ['192.0.2.0/24'] })];
    expect(become(lists, disable('A'))).toEqual(['may-cut']);
    expect(become([...lists, ssh], disable('A'))).toEqual(['keeps']);
  });

  it('may be lost when a rule for the program goes, and one for another program is left', () => {
    const service = rule('WINRM-HTTP-In-TCP', '5985', { Program: 'System' });
    const agent = rule('Agent', 'Any', { Program: 'C:\\Agent\\agent.exe' });
    expect(become([service, agent], disable('WINRM-HTTP-In-TCP'), { port: 5985, service: 'winrm' })).toEqual(['may-cut']);
  });

  it('may be lost when a block rule comes to lie over part of what comes in', () => {
    const block = rule('Block', '22', { Action: 4, Enabled: 2, LocalUser: 'Any', RemoteAddress: ['10.20.0.9'] });
    expect(become([rule('A', '22', { RemoteAddress: ['10.20.0.0/24'] }), block], { path: ['firewall', 'rules', 'Block', 'enabled'], value: true })).toEqual([
      'may-cut',
    ]);
  });

  it('may be lost by any rule while its port is not known', () => {
    expect(become([rule('A', '3390'), rule('B', '3389')], disable('A'), { port: null, service: 'termservice' })).toEqual(['may-cut']);
  });

  it('of who runs a script over Remote Desktop is lost when that is turned off', () => {
    const snapshot = host({ Win32_TerminalServiceSetting: rows({ AllowTSConnections: 1, PolicySourceAllowTSConnections: 0 }) });
    const wanted: Wanted = { path: ['remoteDesktop', 'enabled'], value: false };
    expect(reasons(planFor(snapshot, [wanted], { ...OPTIONS, connection: { port: 3389, service: 'termservice', console: null } }))).toEqual([
      'remoteDesktop/enabled cuts-connection',
    ]);
    expect(planFor(snapshot, [wanted], OPTIONS).steps.map(({ connection }) => connection)).toEqual(['keeps']);
  });
});

describe('a plan and the declared view', () => {
  const cases: readonly (readonly [string, Snapshot, readonly Wanted[]])[] = [
    ['a plain host', host(), [NLA, LAYER]],
    ['what Group Policy has', host({}, { ...PLAIN, [TSP]: ok({ UserAuthentication: 0, SecurityLayer: 2 }) }), [NLA, LAYER]],
    ['what the row says is Group Policy’s', host({}, PLAIN, listener({ PolicySourceUserAuthenticationRequired: 1 })), [NLA, LAYER]],
    ['what nobody read', host({ Win32_TSGeneralSetting: { status: 'denied' } }), [NLA, LAYER]],
    ['what is not there', host(), [{ ...NLA, path: ['rdp', 'Other', 'userAuthentication'] }]],
    [
      'firewall rules',
      host(firewall(rule('A', '3389'), rule('B', '3389', { PolicyStoreSourceType: 2 }))),
      ['A', 'B'].map((id) => ({ path: ['firewall', 'rules', id, 'profiles'], value: ['Private'] })),
    ],
  ];

  it.each(cases)('agree on %s', (_what, snapshot, wanted) => {
    const target = targetOf(snapshot);
    const laid = layDeclared(
      snapshot,
      wanted.map(({ path, value }) => declaredOf(path, value)),
      CATALOGUE,
      { target, pushed: [] },
    ).snapshot;
    const plan = planFor(snapshot, wanted, { ...OPTIONS, connection: { ...OPTIONS.connection, console: 'iLO' } });
    const planned = new Set(settings(plan));
    for (const { path, value } of wanted) {
      const before = stateOf({ path, value }, snapshot, CATALOGUE, target).state;
      const after = stateOf({ path, value }, laid, CATALOGUE, target).state;
      const setting = path.join('/');
      expect({ setting, planned: planned.has(setting) }).toEqual({ setting, planned: before !== 'equal' && after === 'equal' });
      expect({ setting, refused: reasons(plan).some((reason) => reason.startsWith(`${setting} `)) }).toEqual({ setting, refused: after !== 'equal' });
    }
  });
});
