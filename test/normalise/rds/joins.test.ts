import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { accepts, COLLECTION_AVAILABILITY_JOIN } from '../../../src/normalise/rds/availability-join.ts';
import { SESSION_DIRECTORY_JOIN, TEMPORARY_FOLDERS_JOIN } from '../../../src/normalise/rds/host-policy-joins.ts';
import { RDS_JOINS } from '../../../src/normalise/rds/joins.ts';
import { COLLECTION_LISTENER_JOIN, driftOf } from '../../../src/normalise/rds/listener-join.ts';
import { both, COLLECTION_REDIRECTION_JOIN } from '../../../src/normalise/rds/redirection-join.ts';
import { BROKER, HOST1, HOST2, makeFact, runJoin } from './support.ts';

const HOSTS = ['RDSH01.contoso.com', 'rdsh02.contoso.com'];

function collection(data: JsonObject = {}, unknown: readonly string[] = []): Fact {
  const whole = {
    collection: 'Finance',
    hosts: HOSTS,
    authenticateUsingNLA: true,
    securityLayer: 'tls',
    encryptionLevel: 'high',
    temporaryFoldersDeleted: true,
  };
  return makeFact(BROKER, 'rds.collection', { ...whole, ...data }, unknown);
}

function listener(target: string, data: JsonObject = {}, unknown: readonly string[] = []): Fact {
  const sources = { userAuthentication: 'local', securityLayer: 'gpo', encryptionLevel: 'default' };
  return makeFact(
    target,
    'windows.rdpListener',
    {
      listener: 'RDP-Tcp',
      userAuthentication: 'required',
      securityLayer: 'tls',
      encryptionLevel: 'high',
      sources,
      ...data,
    },
    unknown,
  );
}

describe('driftOf', () => {
  it.each([
    ['userAuthentication', 'required', 'required', 'none'],
    ['userAuthentication', 'required', 'not-required', 'weaker'],
    ['userAuthentication', 'not-required', 'required', 'stronger'],
    ['securityLayer', 'negotiate', 'tls', 'stronger'],
    ['securityLayer', 'tls', 'negotiate', 'weaker'],
    ['encryptionLevel', 'high', 'fips', 'stronger'],
    ['encryptionLevel', 'client-compatible', 'low', 'weaker'],
    ['securityLayer', null, 'tls', null],
    ['securityLayer', 'tls', null, null],
    ['securityLayer', 'tls', 'something new', null],
  ] as const)('%s: %s, but %s, is %s', (setting, expected, actual, drift) => {
    expect(driftOf(setting, expected, actual)).toBe(drift);
  });
});

describe('rds.collectionListener', () => {
  const run = (facts: readonly Fact[]) => runJoin(COLLECTION_LISTENER_JOIN, facts);
  const about = (facts: readonly Fact[], host: string, setting: string) => facts.find((fact) => fact.data['host'] === host && fact.data['setting'] === setting);

  it('compares every setting on every host, and belongs to the host', () => {
    const facts = run([collection(), listener(HOST1), listener(HOST2, { userAuthentication: 'not-required' })]);
    expect(facts).toHaveLength(6);
    const weak = about(facts, 'rdsh02.contoso.com', 'userAuthentication');
    expect(weak?.data).toEqual({
      host: 'rdsh02.contoso.com',
      broker: 'rdcb01.contoso.com',
      collection: 'Finance',
      setting: 'userAuthentication',
      expected: 'required',
      actual: 'not-required',
      source: 'local',
      drift: 'weaker',
    });
    expect(weak).toMatchObject({
      target: HOST2,
      unknown: [],
      origin: { at: 'setting', members: { '/actual': '/rdp/RDP-Tcp/userAuthentication' } },
    });
    expect(about(facts, 'rdsh01.contoso.com', 'securityLayer')?.data).toMatchObject({
      drift: 'none',
      source: 'gpo',
    });
  });

  it('does not know a host that was not scanned, and gives it to the deployment', () => {
    const facts = run([collection(), listener(HOST1)]);
    expect(about(facts, 'rdsh02.contoso.com', 'userAuthentication')).toMatchObject({
      target: BROKER,
      unknown: ['/actual', '/source', '/drift'],
    });
  });

  it('does not know a host whose listeners could not be read', () => {
    const facts = run([collection(), listener(HOST1), makeFact(HOST2, 'windows.rdpListener', {}, [''])]);
    expect(about(facts, 'rdsh02.contoso.com', 'userAuthentication')).toMatchObject({
      target: HOST2,
      unknown: ['/actual', '/source', '/drift'],
    });
  });

  it('knows the drift where only the source is unknown', () => {
    const facts = run([collection(), listener(HOST1, { userAuthentication: 'not-required' }, ['/sources/userAuthentication'])]);
    expect(about(facts, 'rdsh01.contoso.com', 'userAuthentication')).toMatchObject({
      unknown: ['/source'],
      data: { drift: 'weaker' },
    });
  });

  it('holds nothing against a host for what the collection could not show', () => {
    const facts = run([collection({ authenticateUsingNLA: null }, ['/authenticateUsingNLA']), listener(HOST1)]);
    expect(about(facts, 'rdsh01.contoso.com', 'userAuthentication')?.unknown).toEqual(['/expected', '/drift']);
  });

  it('takes an encryption level of none for one that is not reported', () => {
    const facts = run([collection({ encryptionLevel: 'none' }), listener(HOST1)]);
    expect(facts.map((fact) => fact.data['setting'])).not.toContain('encryptionLevel');
  });

  it('looks at RDP-Tcp only', () => {
    const facts = run([collection(), listener(HOST1, { listener: 'ICA-Tcp' })]);
    expect(about(facts, 'RDSH01.contoso.com', 'userAuthentication')?.unknown).toContain('/drift');
  });

  it('answers collections or hosts that could not be read with a placeholder', () => {
    expect(run([makeFact(BROKER, 'rds.collection', {}, [''])])).toMatchObject([{ unknown: [''], target: BROKER }]);
    expect(run([collection({ hosts: null }, ['/hosts'])])).toMatchObject([{ unknown: [''], id: `${BROKER}/rds.collectionListener/finance/*` }]);
  });
});

describe('rds.collectionRedirection', () => {
  const devices = (data: JsonObject = {}, unknown: readonly string[] = []) =>
    makeFact(BROKER, 'rds.collectionDevices', { collection: 'Finance', devices: ['drives', 'clipboard'], hosts: HOSTS, ...data }, unknown);
  const policy = (target: string, data: JsonObject, unknown: readonly string[] = []) =>
    makeFact(target, 'windows.redirection', { drives: true, clipboard: true, comPorts: true, lptPorts: true, plugAndPlay: true, ...data }, unknown);
  const run = (facts: readonly Fact[]) => runJoin(COLLECTION_REDIRECTION_JOIN, facts)[0];

  it.each([
    [true, true, true],
    [true, false, false],
    [false, null, false],
    [null, false, false],
    [true, null, null],
    [null, null, null],
  ])('both(%s, %s) is %s', (a, b, expected) => {
    expect(both(a, b)).toBe(expected);
  });

  it.each([
    ['no host objects', [policy(HOST1, {}), policy(HOST2, {})], true, []],
    ['one of two hosts keeps drives out', [policy(HOST1, { drives: false }), policy(HOST2, {})], true, []],
    ['every host keeps drives out', [policy(HOST1, { drives: false }), policy(HOST2, { drives: false })], false, []],
    ['one host keeps them out, the other was not scanned', [policy(HOST1, { drives: false })], null, ['/drives', '/clipboard']],
    ['one host lets them in, the other was not scanned', [policy(HOST1, {})], true, []],
    ['no host was scanned', [], null, ['/drives', '/clipboard']],
  ])('%s', (_name, hosts, drives, unknown) => {
    const clipboardOff = hosts.map((fact) =>
      (unknown as readonly string[]).includes('/clipboard') ? makeFact(fact.target, fact.kind, { ...fact.data, clipboard: false }) : fact,
    );
    const fact = run([devices(), ...clipboardOff]);
    expect(fact?.data).toMatchObject({
      drives,
      comPorts: false,
      plugAndPlay: false,
      risky: drives === true ? ['drives'] : [],
    });
    expect(fact?.unknown).toEqual(unknown);
  });

  it('is closed where the collection is closed, whatever the hosts do', () => {
    expect(run([devices({ devices: [] })])).toMatchObject({
      unknown: [],
      data: { drives: false, clipboard: false },
    });
  });

  it('takes the collection at its word when it has no hosts', () => {
    expect(run([devices({ hosts: [] })])).toMatchObject({ unknown: [], data: { drives: true } });
  });

  it('knows nothing for certain without the flags', () => {
    expect(run([devices({ devices: null }, ['/devices']), policy(HOST1, {}), policy(HOST2, {})])?.unknown).toHaveLength(5);
  });
});

describe('rds.collectionAvailability', () => {
  const devices = (hosts: readonly string[] | null = HOSTS) =>
    makeFact(BROKER, 'rds.collectionDevices', { collection: 'Finance', devices: [], hosts }, hosts === null ? ['/hosts'] : []);
  const inBroker = (sessionHost: string, newConnections: string | null) =>
    makeFact(BROKER, 'rds.sessionHost', { sessionHost, collection: 'Finance', newConnections }, newConnections === null ? ['/newConnections'] : []);
  const own = (target: string, acceptsLogons: boolean | null) =>
    makeFact(target, 'windows.sessionHostState', { acceptsLogons }, acceptsLogons === null ? ['/acceptsLogons'] : []);
  const run = (facts: readonly Fact[]) => runJoin(COLLECTION_AVAILABILITY_JOIN, facts)[0];

  it.each([
    ['allowed', true, true],
    ['allowed', null, true],
    ['allowed', false, false],
    ['refused', true, false],
    ['not-until-reboot', null, false],
    [null, true, null],
    [null, false, false],
    [null, null, null],
  ])('broker %s and host %s is %s', (broker, host, expected) => {
    expect(accepts(broker, host)).toBe(expected);
  });

  it('counts open hosts and names closed ones', () => {
    const fact = run([devices(), inBroker('RDSH01.CONTOSO.COM', 'allowed'), inBroker('RDSH02.CONTOSO.COM', 'refused')]);
    expect(fact).toMatchObject({
      unknown: [],
      data: { accepting: 1, closed: [{ sessionHost: 'rdsh02.contoso.com' }] },
    });
  });

  it('hears a host that drains itself against the broker', () => {
    const fact = run([devices(['rdsh01.contoso.com']), inBroker('rdsh01.contoso.com', 'allowed'), own(HOST1, false)]);
    expect(fact?.data).toMatchObject({ accepting: 0 });
  });

  it('is content with one open host beside unknown ones', () => {
    expect(run([devices(), inBroker('rdsh01.contoso.com', 'allowed')])).toMatchObject({
      unknown: [],
      data: { accepting: 1 },
    });
  });

  it('cannot say it when no host is known to be open', () => {
    expect(run([devices(), inBroker('rdsh01.contoso.com', 'refused')])).toMatchObject({
      unknown: ['/accepting'],
      data: { accepting: null },
    });
    expect(run([devices(null)])?.unknown).toEqual(['/hosts', '/closed', '/accepting']);
  });

  it('counts zero for a collection without hosts', () => {
    expect(run([devices([])])?.data).toMatchObject({ accepting: 0 });
  });
});

describe('rds.temporaryFolders', () => {
  it('sets what counts on each host beside the collection', () => {
    const facts = [collection(), makeFact(HOST1, 'windows.temporaryFolders', { deletedOnExit: false, perSession: true })];
    expect(runJoin(TEMPORARY_FOLDERS_JOIN, facts)).toMatchObject([
      {
        target: BROKER,
        unknown: ['/hosts/1/deletedOnExit', '/hosts/1/perSession'],
        data: {
          deletedOnExit: true,
          hosts: [
            { host: 'RDSH01.contoso.com', deletedOnExit: false, perSession: true },
            { host: 'rdsh02.contoso.com', deletedOnExit: null, perSession: null },
          ],
        },
      },
    ]);
  });
});

describe('rds.sessionDirectory', () => {
  const devices = makeFact(BROKER, 'rds.collectionDevices', {
    collection: 'Finance',
    devices: [],
    hosts: ['rdsh01.contoso.com'],
  });
  const policies = (data: JsonObject, unknown: readonly string[] = []) =>
    makeFact(
      HOST1,
      'windows.sessionDirectory',
      {
        join: 'not-configured',
        server: '',
        farm: '',
        exposeAddress: 'not-configured',
        loadBalancing: 'not-configured',
        ...data,
      },
      unknown,
    );
  const run = (facts: readonly Fact[]) => runJoin(SESSION_DIRECTORY_JOIN, [devices, ...facts])[0];

  it.each([
    ['nothing set', policies({}), [], [], HOST1],
    ['disabled is set too', policies({ join: 'disabled' }), ['SessionDirectoryActive'], [], HOST1],
    ['a server', policies({ server: 'rdcb09.contoso.com', loadBalancing: 'enabled' }), ['SessionDirectoryLocation', 'ParticipateInLoadBalancing'], [], HOST1],
    ['one not read', policies({ join: null, farm: 'F' }, ['/join']), ['', 'SessionDirectoryClusterName'], ['/policies/0'], HOST1],
    ['not scanned', undefined, null, ['/policies'], BROKER],
  ])('%s', (_name, fact, expected, unknown, target) => {
    const result = run(fact === undefined ? [] : [fact]);
    expect(result?.data['policies']).toEqual(expected);
    expect(result).toMatchObject({ unknown, target });
  });
});

it('every join names the kinds that it reads', () => {
  expect(
    RDS_JOINS.every(
      (join) =>
        join.kinds.length >= 2 &&
        join.join([], { hosts: [], deployments: [], gateways: [] }, { intent: { gatewayFqdn: null, adminNetworks: [], all: {} }, now: '', catalogue: [] })
          .length === 0,
    ),
  ).toBe(true);
});
