import { describe, expect, it } from 'vitest';
import type { EstateGateway, EstateHost } from '../../../src/model/estate.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { AZURE_KINDS } from '../../../src/model/facts/azure-kinds.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { AZURE_JOINS } from '../../../src/normalise/azure/joins.ts';
import { normaliseMachineId } from '../../../src/normalise/windows/machine-id.ts';
import { CONTEXT, facts, GROUP, machine, nic, nsg, only, pip, pipId, resource, rule, subnetId, vnet } from './build.ts';
import { child } from './estate.ts';

const VM = 'Microsoft.Compute/virtualMachines';
const POOL = 'Microsoft.DesktopVirtualization/hostPools';
const NUMBER = '00000000-0000-0000-0000-0000000000a1';
const VM_ID = `/${GROUP}/${VM}/vm-a`;

const host = (over: Partial<EstateHost> = {}): EstateHost => ({
  name: 'rdsh01',
  address: 'rdsh01',
  rdpPort: null,
  roles: [],
  azureId: VM_ID,
  groups: [],
  over: 'snapshot',
  pointer: '/hosts/0',
  own: null,
  declared: [],
  ...over,
});
const gateway = (name: string, hosts: readonly string[]): EstateGateway => ({
  name,
  address: name,
  port: 443,
  over: 'snapshot',
  hosts,
  pointer: '/gateways/0',
  declared: [],
});

/** A fact of a Windows host; null members are unknown. */
const ofHost = (kind: string, data: JsonObject, name = 'rdsh01'): Fact => ({
  kind,
  id: `windows-host:${name}/${kind}/${JSON.stringify(data).length}`,
  name,
  target: `windows-host:${name}`,
  data: { host: name, ...data },
  unknown: Object.entries(data).flatMap(([member, value]) => (value === null ? [`/${member}`] : [])),
  origin: { at: 'setting' },
  observedAt: '2026-01-01T00:00:00Z',
});
const machineId = (uuid: string | null = NUMBER, name = 'rdsh01') => ofHost('windows.machineId', { uuid }, name);
const listener = (port: number | null, over: JsonObject = {}) => ofHost('windows.listenerPort', { listener: 'RDP-Tcp', port, enabled: true, ...over });
const server = (udp: boolean | null) => ofHost('windows.gatewayServer', { udp });

/** The ways to a machine, open to the Internet on some ports. */
const ways = (rules: readonly JsonObject[], tags: JsonObject = {}) =>
  facts([
    vnet('net', '10.1.0.0/16', { hosts: { prefix: '10.1.2.0/24', nsg: 'g' } }),
    nsg('g', rules),
    pip('p', 'Standard'),
    nic('n', { privateIPAddress: '10.1.2.4', subnet: subnetId('net', 'hosts'), publicIPAddress: pipId('p') }),
    machine('vm-a', 'n', { tags, vmId: NUMBER.toUpperCase() }),
  ]);
const tcp = (ports: string) => rule(`tcp${ports}`, 100, { destinationPortRange: ports });
const udp = (ports: string) => rule(`udp${ports}`, 200, { protocol: 'Udp', destinationPortRange: ports });

function join(
  kind: string,
  given: readonly Fact[],
  hosts: readonly EstateHost[],
  gateways: readonly EstateGateway[] = [],
  gatewayFqdn: string | null = null,
): Fact[] {
  const schema = AZURE_KINDS.find((known) => known.kind === kind)?.schema;
  const made = AZURE_JOINS.flatMap((one) =>
    one
      .join(
        given.filter((fact) => one.kinds.includes(fact.kind)),
        { hosts, deployments: [], gateways },
        { ...CONTEXT, intent: { ...CONTEXT.intent, gatewayFqdn } },
      )
      .filter((fact) => fact.kind === kind && one.makes.includes(kind)),
  );
  for (const fact of made) expect(Object.keys(fact.data).toSorted()).toEqual(((schema?.['required'] ?? []) as readonly string[]).toSorted());
  expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
  return made;
}

describe('the port on which a host listens', () => {
  const of = (given: readonly Fact[], hosts: readonly EstateHost[], open = '33899') =>
    join('azure.exposedListener', [...ways([tcp(open)]), ...given], hosts).map(({ data }) => [data['port'], data['internet']]);

  it.each<[string, readonly Fact[], Partial<EstateHost>, readonly unknown[][]]>([
    ['is what the host has set', [machineId(), listener(33899)], {}, [[33899, true]]],
    ['is that, whatever the estate says', [machineId(), listener(33899)], { rdpPort: 3389 }, [[33899, true]]],
    ['is what the estate says where nobody could read it', [machineId(), listener(null)], { rdpPort: 33899 }, [[33899, true]]],
    ['is not known', [machineId(), listener(null)], {}, [[null, null]]],
    [
      'may be several',
      [machineId(), listener(33899), listener(3390, { listener: 'Second' })],
      {},
      [
        [33899, true],
        [3390, false],
      ],
    ],
    ['is none where Remote Desktop is off', [machineId(), listener(33899, { enabled: false })], {}, []],
    ['belongs to the machine of that number', [machineId(), listener(33899)], { azureId: null }, [[33899, true]]],
    ['belongs to no machine of another number', [machineId('00000000-0000-0000-0000-0000000000a2'), listener(33899)], { azureId: null }, []],
    ['belongs to the machine that the estate names, whatever its number', [machineId(), listener(33899)], { azureId: `${VM_ID}b` }, []],
    ['belongs to none where its number could not be read', [machineId(null), listener(33899)], { azureId: null }, []],
  ])('%s', (_name, given, entry, expected) => expect(of(given, [host(entry)])).toEqual(expected));

  it('is found without an estate', () => expect(of([machineId(), listener(33899)], [])).toEqual([[33899, true]]));

  it('is closed for certain where no port is open, whichever it is', () => {
    const none = join('azure.exposedListener', [...ways([]), machineId(), listener(null)], [host()]);
    expect(none.map(({ data, unknown }) => [data['internet'], unknown])).toEqual([[false, ['/port']]]);
  });

  it('comes with the way to it', () =>
    expect(join('azure.exposedListener', [...ways([tcp('33899')]), machineId(), listener(33899)], [host()])[0]?.data['hops']).toEqual({
      entry: 'public IP p (Standard)',
      adminRules: 'no security admin rule',
      subnet: 'subnet hosts: network security group g, rule tcp33899 (priority 100)',
      interface: 'interface n: no network security group',
    }));
});

describe('the UDP transport of a gateway', () => {
  it.each<[string, readonly JsonObject[], readonly Fact[], readonly unknown[]]>([
    ['is on, and its port is open', [tcp('443'), udp('3391')], [server(true)], [true, true]],
    ['is off, and its port is open', [tcp('443'), udp('3391')], [server(false)], [true, false]],
    ['is on, and its port is closed', [tcp('443')], [server(true)], [false, false]],
    ['is off, and its port is closed', [tcp('443')], [server(false)], [false, true]],
    ['is on, and clients come another way', [], [server(true)], [false, true]],
    ['is not known, and its port is open', [tcp('443'), udp('3391')], [server(null)], [true, null]],
    ['is not known, and nothing is open', [], [server(null)], [false, true]],
    ['is none of a host that is no gateway', [udp('3391')], [], [true, false]],
  ])('%s', (_name, rules, given, expected) => {
    const [fact, ...more] = join('azure.gatewayUdp', [...ways(rules), machineId(), ...given], [host()]);
    expect(more).toEqual([]);
    expect([fact?.data['open'], fact?.data['agrees']]).toEqual(expected);
    if (expected[0] === true) expect(fact?.data['hops']).toMatchObject({ subnet: 'subnet hosts: network security group g, rule udp3391 (priority 200)' });
  });

  it('is of no concern for a host that is no gateway and closed, or that nobody looked at', () => {
    expect(join('azure.gatewayUdp', [...ways([tcp('443')]), machineId()], [host()])).toEqual([]);
    expect(join('azure.gatewayUdp', ways([udp('3391')]), [host()])).toEqual([]);
  });
});

describe('devices that get through a host pool and its session hosts', () => {
  const pool = (properties: string | null, ...hosts: readonly string[]) =>
    facts([
      resource(POOL, 'hp', properties === null ? {} : { customRdpProperty: properties }),
      ...hosts.map((name) => child(POOL, 'hp', 'sessionHosts', `${name}.contoso.com`, { resourceId: `/${GROUP}/${VM}/${name}`, virtualMachineId: NUMBER })),
    ]);
  const policy = (over: JsonObject, name = 'rdsh01') =>
    ofHost('windows.redirection', { drives: false, clipboard: false, comPorts: false, plugAndPlay: false, ...over }, name);
  const all = (properties: string | null, given: readonly Fact[], hosts = [host()], ...more: readonly string[]) =>
    join('azure.hostPoolRedirection', [...pool(properties, 'vm-a', ...more), ...given], hosts).map(({ data }) => data);

  it.each<[string, string | null, JsonObject, JsonObject]>([
    [
      'all of them by default',
      null,
      { drives: true, clipboard: true, comPorts: true, plugAndPlay: true },
      { drives: true, clipboard: true, comPorts: true, plugAndPlay: true },
    ],
    ['what the host refuses does not', null, { clipboard: true }, { drives: false, clipboard: true, comPorts: false, plugAndPlay: false, risky: [] }],
    ['what the pool refuses does not', 'drivestoredirect:s:;redirectcomports:i:0', { drives: true, comPorts: true }, { drives: false, comPorts: false }],
    ['what the host leaves open is not known', null, { drives: null }, { drives: null, clipboard: false }],
    ['the pool decides, whatever the host', 'drivestoredirect:s:', { drives: null }, { drives: false }],
  ])('%s', (_name, properties, over, expected) => expect(all(properties, [policy(over)])).toMatchObject([expected]));

  it('may be let in by a host that nobody looked at', () => {
    expect(all(null, [policy({})], [host()], 'vm-b')).toMatchObject([{ drives: null, hosts: ['rdsh01'], unseen: ['vm-b.contoso.com'] }]);
    expect(all(null, [policy({ drives: true })], [host()], 'vm-b')).toMatchObject([{ drives: true, risky: ['drivestoredirect'] }]);
  });

  it('are not looked at where no session host is known, nor by a name', () => {
    expect(all(null, [])).toEqual([]);
    expect(all(null, [policy({}, 'vm-a')], [host({ name: 'vm-a', azureId: null })])).toEqual([]);
    expect(all(null, [policy({}), machineId()], [host({ azureId: null })])).toHaveLength(1);
  });
});

describe('a certificate of a vault and the gateway that presents it', () => {
  const [A, B] = ['A'.repeat(40), 'B'.repeat(40)];
  const vault = (names: readonly string[], over: JsonObject = {}): Fact => {
    const [made] = facts([child('Microsoft.KeyVault/vaults', 'kv', 'certificates', 'rdgw', { attributes: { enabled: true } })]).filter(
      ({ kind }) => kind === 'azure.certificate',
    );
    if (made === undefined) throw new Error('no certificate');
    return { ...made, data: { ...made.data, thumbprint: A, dnsNames: [...names], ...over }, unknown: [] };
  };
  const binding = (thumbprint: string | null, over: JsonObject = {}) =>
    ofHost('windows.certificateBinding', { role: 'gateway', binding: 'TSGateway', port: null, thumbprint, ...over }, 'rdgw01');
  const uses = (certificate: Fact, bound: Fact, fqdn: string | null = null) =>
    join('azure.certificateUse', [certificate, bound], [], [gateway('rdgw.contoso.com', ['RDGW01'])], fqdn).map(({ data }) => [
      data['deployed'],
      data['missingNames'],
    ]);

  it.each<[string, Fact, Fact, readonly unknown[][]]>([
    ['is bound', vault(['rdgw.contoso.com']), binding(A), [[true, []]]],
    ['is not bound yet', vault(['RDGW.contoso.com']), binding(B), [[false, []]]],
    ['is bound by the site', vault(['rdgw.contoso.com']), binding(A, { role: 'http', port: 443 }), [[true, []]]],
    ['is not what another site binds', vault(['rdgw.contoso.com']), binding(B, { role: 'http', port: 8443 }), []],
    ['is bound, and names something else', vault(['web.contoso.com']), binding(A), [[true, ['rdgw.contoso.com']]]],
    ['is for something else', vault(['web.contoso.com']), binding(B), []],
    ['covers it by a wildcard, and is for something else', vault(['*.contoso.com']), binding(B), []],
    ['is bound, with a wildcard', vault(['*.contoso.com']), binding(A), [[true, []]]],
    ['is not known to be bound', vault(['rdgw.contoso.com']), binding(null), [[null, []]]],
    ['is switched off', vault(['rdgw.contoso.com'], { enabled: false }), binding(B), []],
    ['is not shown', vault(['rdgw.contoso.com'], { thumbprint: null }), binding(B), []],
  ])('%s', (_name, certificate, bound, expected) => expect(uses(certificate, bound)).toEqual(expected));

  it('has to have the name that clients are told, too', () =>
    expect(uses(vault(['rdgw.contoso.com']), binding(A), 'remote.contoso.com')).toEqual([[true, ['remote.contoso.com']]]));
});

describe('the number of a machine', () => {
  it.each<[string, JsonObject | null, string | null]>([
    ['is lower case', { UUID: ` ${NUMBER.toUpperCase()} ` }, NUMBER],
    ['may not be there', {}, null],
    ['may be one digit throughout', { UUID: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' }, null],
    ['may be nonsense', { UUID: 'Default string' }, null],
    ['may not be read', null, null],
  ])('%s', (_name, row, uuid) => {
    const target = { id: 'windows-host:rdsh01', kind: 'windows-host' as const, name: 'rdsh01', group: 'g', status: 'complete' as const };
    const sections = row === null ? {} : { computer: { status: 'ok' as const, data: row } };
    const snapshot = { schemaVersion: 1 as const, target: { kind: 'windows-host' as const, name: 'rdsh01' }, collectedAt: '2026-01-01T00:00:00Z', sections };
    const made = normaliseMachineId({ target, snapshot, host: null, deployment: null, gateway: null } as never, CONTEXT);
    expect(only(made.facts, 'windows.machineId')).toMatchObject({ data: { host: 'rdsh01', uuid }, unknown: uuid === null ? ['/uuid'] : [] });
    expect(normaliseMachineId({ target, snapshot } as never, { ...CONTEXT, wanted: new Set() }).facts).toEqual([]);
  });
});
