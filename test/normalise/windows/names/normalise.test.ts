import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseDeploymentNames } from '../../../../src/normalise/windows/names/deployment.ts';
import { FAILED_NAMES_JOIN, NAME_OVERRIDES_JOIN } from '../../../../src/normalise/windows/names/joins.ts';
import { normaliseNames } from '../../../../src/normalise/windows/names/normalise.ts';
import { contextWith, runJoin, snapshotInput } from '../../rds/support.ts';

const HOST = 'rdsh01.contoso.com';
const rows = (...data: readonly JsonObject[]): Section => ({ status: 'ok', data });
const object = (data: JsonObject): Section => ({ status: 'ok', data });

function one(kind: string, sections: Readonly<Record<string, Section>>): Fact {
  const fact = normaliseNames(snapshotInput('windows-host', HOST, sections), contextWith()).facts.find((candidate) => candidate.kind === kind);
  if (fact === undefined) throw new Error(`no ${kind}`);
  return fact;
}

describe('windows.nameRegistration', () => {
  const ADDRESSES = rows({ IPAddress: '192.0.2.21' }, { IPAddress: '2001:DB8::21' }, { IPAddress: 'fe80::1%5' }, { IPAddress: '127.0.0.1' });
  const answer = (values: JsonObject): Section => object({ Name: HOST, Status: 0, PtrNames: [HOST], PtrStatus: 0, ...values });
  it.each<[string, Section, Record<string, Json>]>([
    ['the host', answer({ Addresses: ['192.0.2.21', '2001:db8:0::21'] }), { reachesHost: true, stale: [], unusable: [], reverse: 'same' }],
    ['one address as a scalar', answer({ Addresses: '192.0.2.21' }), { reachesHost: true }],
    ['an old address beside it', answer({ Addresses: ['192.0.2.21', '192.0.2.99'] }), { reachesHost: true, stale: ['192.0.2.99'] }],
    [
      'another machine',
      answer({ Addresses: ['192.0.2.99'], PtrNames: ['other.contoso.com.'] }),
      { reachesHost: false, stale: ['192.0.2.99'], reverse: 'other' },
    ],
    [
      'an address that reaches nobody',
      answer({ Addresses: ['169.254.7.9'], PtrStatus: 9003 }),
      { reachesHost: false, unusable: ['169.254.7.9'], stale: [], reverse: 'missing' },
    ],
    ['no such name', answer({ Status: 9003, Addresses: null }), { registered: [], reachesHost: false, stale: [] }],
    ['no server answered', answer({ Status: null, Addresses: null, PtrStatus: null }), { registered: null, reachesHost: null, stale: null, reverse: null }],
  ])('%s', (_name, own, expected) => {
    expect(one('windows.nameRegistration', { 'names.own': own, 'network.addresses': ADDRESSES }).data).toMatchObject(expected);
  });

  it('without the addresses of the host, an answer says nothing', () => {
    const fact = one('windows.nameRegistration', { 'names.own': answer({ Addresses: ['192.0.2.21'] }) });
    expect(fact.unknown).toEqual(expect.arrayContaining(['/reachesHost', '/stale', '/own']));
  });
});

describe('windows.dnsServers', () => {
  it.each<[string, Section, Record<string, Json>]>([
    ['inside', rows({ ServerAddresses: ['192.168.1.5', '10.0.0.5'] }), { publicServers: [] }],
    [
      'a public one',
      rows({ ServerAddresses: '192.168.1.5' }, { ServerAddresses: ['203.0.113.53'] }),
      { servers: ['192.168.1.5', '203.0.113.53'], publicServers: ['203.0.113.53'] },
    ],
    ['IPv6', rows({ ServerAddresses: ['fec0:0:0:ffff::1', '2001:4860::8888'] }), { publicServers: ['2001:4860::8888'] }],
    ['unread', { status: 'denied' }, { publicServers: null }],
  ])('%s', (_name, servers, expected) => {
    expect(one('windows.dnsServers', { 'names.servers': servers, computer: object({ PartOfDomain: true }) }).data).toMatchObject({
      domainMember: true,
      ...expected,
    });
  });
});

describe('windows.addressLiterals', () => {
  const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
  const policy = (values: JsonObject): Section => ({ status: 'ok', data: { [KEY]: { status: 'ok', values } } });
  const licensing = (...names: readonly string[]): Record<string, Section> => ({
    licensing: object({ SpecifiedLicenseServers: [...names], PolicySourceConfiguredLicenseServers: 0, GraceDaysLeft: 0 }),
  });
  const NO_GATEWAY = { Win32_TSGatewayResourceGroup: { status: 'absent' } as const };
  it.each<[string, Record<string, Section>, Json]>([
    ['names', { registry: policy({ LicenseServers: 'rdls01.contoso.com' }), ...NO_GATEWAY }, []],
    [
      'a licence server',
      { registry: policy({ LicenseServers: 'rdls01.contoso.com,192.0.2.15' }), ...NO_GATEWAY },
      [{ place: 'license-server', value: '192.0.2.15' }],
    ],
    ['a broker', { registry: policy({ SessionDirectoryLocation: '192.0.2.10;rdcb02' }), ...NO_GATEWAY }, [{ place: 'connection-broker', value: '192.0.2.10' }]],
    [
      'a resource, though the registry was not read',
      { Win32_TSGatewayResourceGroup: rows({ Name: 'g', Resources: 'rdsh01;192.0.2.21' }) },
      [{ place: 'gateway-resource', value: '192.0.2.21' }],
    ],
    ['a place that was not read', { registry: policy({}) }, null],
    [
      'a license server that no policy wrote',
      { registry: policy({}), ...licensing('192.0.2.15'), ...NO_GATEWAY },
      [{ place: 'license-server', value: '192.0.2.15' }],
    ],
    ['the same, though the registry was not read', licensing('192.0.2.15'), [{ place: 'license-server', value: '192.0.2.15' }]],
    ['a license server by its name', { registry: policy({}), ...licensing('rdls01.contoso.com'), ...NO_GATEWAY }, []],
    ['none', { registry: policy({}), ...licensing(), ...NO_GATEWAY }, []],
    ['the policy counts', { registry: policy({ LicenseServers: 'rdls01.contoso.com' }), ...licensing('192.0.2.15'), ...NO_GATEWAY }, []],
    ['nobody read the license servers, and no policy names one', { registry: policy({}), ...NO_GATEWAY }, null],
    ['the policy that names the broker was not read', { ...licensing('rdls01.contoso.com'), ...NO_GATEWAY }, null],
    ['no session host', { registry: policy({}), roles: rows(), ...NO_GATEWAY }, []],
  ])('%s', (_name, sections, literals) => {
    expect(one('windows.addressLiterals', sections).data['literals']).toEqual(literals);
  });
});

describe('hosts files', () => {
  const file = (...entries: readonly JsonObject[]): Fact => one('windows.hostsFile', { 'names.hostsFile': rows(...entries) });
  const broker = normaliseDeploymentNames(
    snapshotInput('rds-deployment', 'rdcb01.contoso.com', {
      'deployment.names': rows({ Name: 'rds.contoso.com', Kind: 'client-access-name', Status: 0, Addresses: ['192.0.2.10'] }),
    }),
    contextWith(),
  ).facts;
  it.each<[string, JsonObject[], string[]]>([
    [
      'nothing of ours',
      [
        { Address: '127.0.0.1', Names: ['localhost'] },
        { Address: '192.0.2.80', Names: 'intranet' },
      ],
      [],
    ],
    ['the client access name', [{ Address: '192.0.2.10', Names: ['RDS.contoso.com', 'intranet'] }], ['RDS.contoso.com']],
    ['its short form', [{ Address: '192.0.2.10', Names: ['rds'] }], ['rds']],
    ['the host itself', [{ Address: '127.0.0.1', Names: [HOST] }], [HOST]],
    ['an empty file', [], []],
  ])('%s', (_name, entries, names) => {
    const [joined] = runJoin(NAME_OVERRIDES_JOIN, [file(...entries), ...broker]);
    expect(joined?.data['overrides']).toEqual(names.map((name): unknown => expect.objectContaining({ name })));
  });

  it('a file that nobody read is unknown', () => {
    const [joined] = runJoin(NAME_OVERRIDES_JOIN, [one('windows.hostsFile', {})]);
    expect(joined).toMatchObject({ kind: 'windows.nameOverrides', unknown: ['/overrides'] });
  });
});

describe('rds.deploymentName', () => {
  const NAMES = rows(
    { Name: 'rds.contoso.com', Kind: 'client-access-name', Status: 0, Addresses: ['192.0.2.10'] },
    { Name: 'rdcb01.contoso.com', Kind: 'server', Status: 0, Addresses: '192.0.2.10' },
    { Name: 'rdcb02.contoso.com', Kind: 'server', Status: 0, Addresses: ['192.0.2.11'] },
    { Name: 'gw.contoso.com', Kind: 'gateway', Status: 9003, Addresses: null },
    { Name: 'rdsh01.contoso.com', Kind: 'server', Status: null, Addresses: null },
  );
  const facts = (brokers: readonly string[]): readonly Fact[] =>
    normaliseDeploymentNames(
      snapshotInput('rds-deployment', 'rdcb01.contoso.com', {
        'deployment.names': NAMES,
        'deployment.clientAccessName': object({ ConnectionBroker: brokers }),
      }),
      contextWith(),
    ).facts;
  it('knows which names resolve', () => {
    expect(facts([]).map(({ data }) => [data['name'], data['resolves']])).toEqual([
      ['rds.contoso.com', true],
      ['rdcb01.contoso.com', true],
      ['rdcb02.contoso.com', true],
      ['gw.contoso.com', false],
      ['rdsh01.contoso.com', null],
    ]);
  });

  it.each([
    [['rdcb01.contoso.com'], []],
    [['RDCB01.contoso.com', 'rdcb02.contoso.com'], ['rdcb02.contoso.com']],
    [['rdcb01.contoso.com', 'rdcb09.contoso.com'], null],
  ])('brokers %j leave out %j', (brokers, missing) => {
    expect(facts(brokers)[0]?.data['missingBrokers']).toEqual(missing);
  });
});

describe('windows.failedNames', () => {
  const failures = (values: JsonObject): Section => object({ NotExist: [], NoA: [], NoAaaa: [], Complete: true, ...values });
  it.each<[string, Section, Record<string, Json>]>([
    ['nothing failed', failures({}), { names: [], complete: true }],
    ['a name that does not exist, as a scalar', failures({ NotExist: 'rdgw.contoso.com' }), { names: ['rdgw.contoso.com'] }],
    ['without an IPv6 address, as most', failures({ NoAaaa: ['rdgw.contoso.com'] }), { names: [] }],
    ['without an IPv4 address, which IPv6 may have', failures({ NoA: ['rdgw.contoso.com'] }), { names: [] }],
    ['without either', failures({ NoA: ['rdgw.contoso.com'], NoAaaa: ['rdgw.contoso.com', 'other.contoso.com'] }), { names: ['rdgw.contoso.com'] }],
    ['more than are listed', failures({ Complete: false }), { complete: false }],
    ['unread', { status: 'denied' }, { names: null, complete: null }],
    ['a list that is none', failures({ NoA: { $unreadable: true } }), {}],
  ])('of the host: %s', (_name, section, expected) => {
    expect(one('windows.dnsFailures', { 'names.failures': section }).data).toMatchObject(expected);
  });

  const failed = (section: Section): Fact | undefined => {
    const gateways = [{ name: 'RDGW.contoso.com.', address: '192.0.2.10', port: 443, over: 'snapshot', hosts: [], pointer: '', declared: [] } as const];
    return FAILED_NAMES_JOIN.join([one('windows.dnsFailures', { 'names.failures': section })], { hosts: [], deployments: [], gateways }, contextWith())[0];
  };

  it('are names of the estate and the host’s own, in full', () => {
    expect(failed(failures({ NotExist: ['rdgw.contoso.com', HOST, 'rdgw', 'rdgw.corp.contoso.com', 'wpad.contoso.com'] }))?.data).toEqual({
      host: HOST,
      failed: ['rdgw.contoso.com', HOST],
    });
    expect(failed(failures({ NotExist: ['wpad.contoso.com'] }))?.data['failed']).toEqual([]);
  });

  it('of a list that was cut, one that is there is enough, and none says nothing', () => {
    expect(failed(failures({ NotExist: ['rdgw.contoso.com'], Complete: false }))?.data['failed']).toEqual(['rdgw.contoso.com']);
    expect(failed(failures({ Complete: false }))?.unknown).toEqual(['/failed']);
    expect(failed({ status: 'absent' })?.unknown).toEqual(['/failed']);
  });
});

describe('windows.servicePrincipals', () => {
  const full = 'TERMSRV/rdsh01.contoso.com';
  const answer = (values: JsonObject): Section => object({ Wanted: [full, 'TERMSRV/RDSH01'], Registered: [full, 'TERMSRV/RDSH01'], Others: [], ...values });
  it.each<[string, Section, Record<string, Json>]>([
    ['both names', answer({}), { missing: [], others: [] }],
    ['in another case', answer({ Registered: ['termsrv/RDSH01.contoso.com', 'TERMSRV/rdsh01'] }), { missing: [] }],
    ['one as a scalar', answer({ Registered: full }), { missing: ['TERMSRV/RDSH01'] }],
    ['none', answer({ Registered: [] }), { missing: [full, 'TERMSRV/RDSH01'] }],
    ['another account has one too', answer({ Others: ['old'] }), { missing: [], others: ['old'] }],
    ['the directory did not answer', answer({ Registered: null, Others: null }), { missing: null, others: null }],
    ['nothing to ask for', answer({ Wanted: [] }), { missing: null }],
    ['unread', { status: 'not-collected' }, { missing: null, others: null }],
  ])('%s', (_name, section, expected) => {
    const fact = one('windows.servicePrincipals', { 'directory.termsrv': section, computer: object({ PartOfDomain: true }) });
    expect(fact.data).toMatchObject({ domainMember: true, ...expected });
    for (const [name, value] of Object.entries(fact.data)) expect(fact.unknown.includes(`/${name}`)).toBe(value === null);
  });
});
