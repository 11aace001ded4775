import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import { ecKey, rsaKey } from '../../../support/keys.ts';
import { type CertificateOptions, makeCertificate, RDP_AUTH, SERVER_AUTH } from '../../../support/x509.ts';
import { absent, AUTHORITIES, BARE, context, facts, FULL, host, ISSUING, NETWORK_SERVICE, NOW, ok, READ, ROOT, row, SYSTEM } from './support.ts';

const HOST = 'rdsh01.corp.contoso.com';
const issued = (options: CertificateOptions = {}): ReturnType<typeof makeCertificate> =>
  makeCertificate({
    issuer: ISSUING,
    dnsNames: ['rdgw.contoso.com'],
    eku: [SERVER_AUTH],
    keyUsage: 0xa0,
    crl: ['http://crl.contoso.com/a.crl'],
    key: rsaKey('leaf'),
    ...options,
  });
const GOOD = issued();

function gatewayHost(rows: readonly JsonObject[], certHash: Json = GOOD.thumbprint): ReturnType<typeof host> {
  return host(HOST, { certificates: ok(rows), Win32_TSGatewayServerSettings: ok([{ CertHash: certHash }]) });
}

function listenerHost(rows: readonly JsonObject[], listener: JsonObject, more = {}, name = HOST): ReturnType<typeof host> {
  return host(name, { certificates: ok(rows), Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp', ...listener }]), ...more });
}

function single(list: readonly Fact[]): Fact {
  const [fact, ...rest] = list;
  if (fact === undefined || rest.length > 0) throw new Error(`${list.length} facts`);
  return fact;
}

describe('a gateway', () => {
  it('has everything about its certificate', () => {
    const made = facts(gatewayHost([row(GOOD), ...AUTHORITIES]), context('rdgw.contoso.com'));
    expect(made.problems).toEqual([]);
    const fact = single(made.facts);
    expect(fact.id).toBe(`windows-host:${HOST}/windows.certificateBinding/gateway/tsgateway`);
    expect(fact.unknown).toEqual(['/domainJoined']);
    expect(fact.data).toMatchObject({
      host: HOST,
      role: 'gateway',
      binding: 'TSGateway',
      thumbprint: GOOD.thumbprint,
      configured: true,
      found: true,
      store: 'My',
      subject: 'CN=rdgw.contoso.com',
      issuer: 'CN=Contoso Issuing CA',
      names: ['rdgw.contoso.com'],
      notAfter: '2027-01-01T00:00:00Z',
      daysLeft: 184,
      lifetimeShareLeft: 0.5,
      notYetValid: false,
      selfSigned: false,
      chain: 'trusted',
      chainFlags: [],
      revocationChecked: true,
      revocationSources: 'http',
      issuers: [{ subject: 'CN=Contoso Issuing CA', keyType: 'rsa', keyBits: 2048, signature: 'sha256' }],
      intermediatesInstalled: true,
      serverAuth: 'yes',
      keyUsage: 'ok',
      keyType: 'rsa',
      keyBits: 2048,
      signature: 'sha256',
      privateKey: 'readable',
      everyoneFull: false,
      keyOpenTo: [],
      nameMatch: 'match',
      expectedNames: ['rdgw.contoso.com'],
      hashType: 'not-asked',
    });
  });

  it.each<[string, Json]>([
    ['bytes', [...Buffer.from(GOOD.thumbprint, 'hex')]],
    ['base64', Buffer.from(GOOD.thumbprint, 'hex').toString('base64')],
    ['text from the dialog', `\u200E${GOOD.thumbprint.toLowerCase()}`],
  ])('finds the certificate by its hash as %s', (_name, hash) => {
    expect(single(facts(gatewayHost([row(GOOD)], hash)).facts).data).toMatchObject({ thumbprint: GOOD.thumbprint, found: true });
  });

  it('reads the certificate from a list of bytes, and a store by its path', () => {
    const made = facts(gatewayHost([row(GOOD, { Der: [...GOOD.der], Store: 'Cert:\\LocalMachine\\My' })]));
    expect(single(made.facts).data).toMatchObject({ subject: 'CN=rdgw.contoso.com', store: 'My' });
  });

  it("judges dates at the scan's time", () => {
    const at = (now: string): JsonObject => single(facts(gatewayHost([row(GOOD)]), context(null, now)).facts).data;
    expect(at('2026-12-31T23:59:59Z')).toMatchObject({ daysLeft: 0 });
    expect(at('2027-01-02T00:00:00Z')).toMatchObject({ daysLeft: -1, lifetimeShareLeft: 0 });
    expect(at('2025-12-31T00:00:00Z')).toMatchObject({ notYetValid: true, daysLeft: 366 });
  });

  it('says that a certificate is in no store that the service uses', () => {
    expect(single(facts(gatewayHost([row(GOOD, { Store: 'CA' })])).facts).data).toMatchObject({
      found: false,
      store: 'none',
      privateKey: 'missing',
      subject: null,
    });
  });

  it('says that no certificate is set', () => {
    expect(single(facts(gatewayHost([row(GOOD)], [])).facts).data).toMatchObject({ thumbprint: 'none', configured: false, found: false });
  });

  it('knows only the thumbprint when the stores could not be read', () => {
    const fact = single(facts(host(HOST, { certificates: { status: 'denied' }, Win32_TSGatewayServerSettings: ok([{ CertHash: GOOD.thumbprint }]) })).facts);
    expect(fact.data).toMatchObject({ thumbprint: GOOD.thumbprint, configured: true, found: null });
    expect(fact.unknown).toEqual(expect.arrayContaining(['/found', '/daysLeft', '/privateKey', '/chain', '/selfSigned']));
  });

  it('has no fact where the role is not installed', () => {
    expect(facts(host(HOST, { certificates: ok([row(GOOD)]) })).facts).toEqual([]);
  });

  it.each([
    ['denied', { status: 'denied' as const }],
    ['an error', { status: 'error' as const }],
    ['not collected', { status: 'not-collected' as const }],
  ])('has one placeholder when its settings are %s', (_name, section) => {
    const fact = single(facts(host(HOST, { Win32_TSGatewayServerSettings: section })).facts);
    expect(fact.id).toBe(`windows-host:${HOST}/windows.certificateBinding/gateway/*`);
    expect(fact.data).toMatchObject({ host: HOST, role: 'gateway', thumbprint: null });
    expect(fact.unknown).toContain('/found');
  });

  it('takes the list of roles for what was not collected', () => {
    const { Win32_TSGatewayServerSettings: _gateway, 'iis.bindings': _iis, ...rest } = BARE;
    const without = (sections: JsonObject | object): Fact[] => [
      ...facts({ ...host(HOST, {}), snapshot: { ...host(HOST, {}).snapshot, sections: { ...rest, ...sections } } }).facts,
    ];
    expect(without({ roles: ok([{ Name: 'RDS-RD-Server' }]) })).toEqual([]);
    expect(without({ roles: ok([{ Name: 'RDS-Gateway' }]) }).map((fact) => fact.data['role'])).toEqual(['gateway']);
    expect(without({ roles: absent })).toEqual([]);
    expect(without({}).map((fact) => fact.data['role'])).toEqual(['gateway', 'iis']);
  });
});

describe('the certificate of a row', () => {
  it('is not believed when it is another one than its thumbprint says', () => {
    const other = issued({ commonName: 'other.contoso.com' });
    const made = facts(gatewayHost([row(other, { Thumbprint: GOOD.thumbprint })]));
    expect(made.problems).toMatchObject([{ level: 'warning', code: 'certificate.thumbprint-mismatch' }]);
    const fact = single(made.facts);
    expect(fact.data).toMatchObject({ thumbprint: GOOD.thumbprint, found: null, subject: null });
    expect(fact.unknown).toContain('/daysLeft');
  });

  it.each<[string, Json]>([
    ['broken', GOOD.der.subarray(0, 300).toString('base64')],
    ['no base64', 'not a certificate'],
    ['bytes that are none', [1, 2, 300]],
    ['huge', 'A'.repeat(400_000)],
  ])('is unknown with a warning when it is %s', (_name, bytes) => {
    const made = facts(gatewayHost([row(GOOD, { Der: bytes })]));
    expect(made.problems).toMatchObject([{ level: 'warning', code: 'certificate.unreadable' }]);
    expect(single(made.facts).unknown).toEqual(expect.arrayContaining(['/found', '/daysLeft', '/serverAuth']));
  });

  it('is unknown without a warning when its bytes were not collected', () => {
    const made = facts(gatewayHost([row(GOOD, { Der: null })]));
    expect(made.problems).toEqual([]);
    expect(single(made.facts).data).toMatchObject({ found: true, daysLeft: null, privateKey: 'readable' });
  });
});

describe('issuers', () => {
  const data = (rows: readonly JsonObject[], leaf = GOOD): Fact => single(facts(gatewayHost(rows, leaf.thumbprint)).facts);

  it('are found by names and signatures when the chain was not listed', () => {
    expect(data([row(GOOD, { ChainElements: null }), ...AUTHORITIES]).data['issuers']).toMatchObject([{ subject: 'CN=Contoso Issuing CA' }]);
  });

  it('are unknown from the one that is not there on', () => {
    const fact = data([row(GOOD)]);
    expect(fact.data['issuers']).toEqual([null]);
    expect(fact.unknown).toContain('/issuers/0');
  });

  it('show a weak one even where others are missing', () => {
    const weak = makeCertificate({ commonName: 'Weak CA', issuer: ROOT, ca: true, hash: 'sha1', key: rsaKey('weak', 1024) });
    const leaf = issued({ issuer: weak });
    const fact = data(
      [row(leaf, { ChainElements: [leaf.thumbprint, weak.thumbprint] }), { Store: 'CA', Thumbprint: weak.thumbprint, Der: weak.der.toString('base64') }],
      leaf,
    );
    expect(fact.data['issuers']).toMatchObject([{ keyBits: 1024, signature: 'sha1' }, null]);
    expect(fact.unknown).toContain('/issuers/1');
  });

  it('do not count the root, whose own signature proves nothing', () => {
    const root = makeCertificate({ commonName: 'Old Root', ca: true, hash: 'sha1' });
    const leaf = issued({ issuer: root });
    const fact = data(
      [row(leaf, { ChainElements: [leaf.thumbprint, root.thumbprint] }), { Store: 'Root', Thumbprint: root.thumbprint, Der: root.der.toString('base64') }],
      leaf,
    );
    expect(fact.data).toMatchObject({ issuers: [], intermediatesInstalled: true });
  });

  it('are not installed when the host only has them cached', () => {
    const [, rootRow] = AUTHORITIES;
    expect(data([row(GOOD), { Store: 'My', Thumbprint: ISSUING.thumbprint, Der: ISSUING.der.toString('base64') }, rootRow ?? {}]).data).toMatchObject({
      chain: 'trusted',
      intermediatesInstalled: false,
    });
  });

  it("that have expired by the scan's time break the chain, whatever the host said", () => {
    const old = makeCertificate({ commonName: 'Old CA', issuer: ROOT, ca: true, notBefore: '2020-01-01T00:00:00Z', notAfter: '2026-06-30T12:00:00Z' });
    const leaf = issued({ issuer: old });
    const fact = data([row(leaf, { ChainElements: null }), { Store: 'CA', Thumbprint: old.thumbprint, Der: old.der.toString('base64') }, ...AUTHORITIES], leaf);
    expect(fact.data).toMatchObject({ chain: 'expired-issuer', chainFlags: [] });
  });

  it('are not needed for a self-signed certificate', () => {
    const self = makeCertificate({ commonName: 'rdgw.contoso.com' });
    const fact = single(facts(gatewayHost([row(self, { ChainStatus: [32], ChainElements: [self.thumbprint] })], self.thumbprint)).facts);
    expect(fact.data).toMatchObject({ selfSigned: true, chain: 'untrusted', issuers: [], intermediatesInstalled: true });
  });

  it('end where authorities name each other in a ring', () => {
    const a = makeCertificate({ commonName: 'A', issuer: makeCertificate({ commonName: 'B' }) });
    const b = makeCertificate({ commonName: 'B', issuer: makeCertificate({ commonName: 'A' }) });
    const leaf = issued({ issuer: a });
    const rows = [a, b].map((one) => ({ Store: 'CA', Thumbprint: one.thumbprint, Der: one.der.toString('base64') }));
    const fact = single(facts(gatewayHost([row(leaf, { ChainElements: null }), ...rows], leaf.thumbprint)).facts);
    expect(fact.data['issuers']).toHaveLength(11);
  });
});

describe('a listener', () => {
  const own = makeCertificate({ commonName: HOST, key: rsaKey('own'), keyUsage: 0x30, eku: [SERVER_AUTH] });
  const ownRow = row(own, { Store: 'Remote Desktop', ChainStatus: [32], ChainElements: [own.thumbprint] });
  const enrolled = issued({ commonName: HOST, dnsNames: [HOST], eku: [RDP_AUTH] });

  it('shows what Windows made itself', () => {
    const made = facts(listenerHost([ownRow], { SSLCertificateSHA1Hash: own.thumbprint, SSLCertificateSHA1HashType: 1 }));
    const fact = single(made.facts);
    expect(fact.data).toMatchObject({
      hashType: 'self-signed',
      selfSigned: true,
      store: 'Remote Desktop',
      names: [HOST],
      nameMatch: 'match',
      keyUsage: 'key-exchange-only',
      candidate: 'none',
    });
    expect(fact.origin).toMatchObject({
      members: { '/thumbprint': '/certificates/listeners/RDP-Tcp/thumbprint', '/templatePolicy': '/certificates/policy/template' },
    });
  });

  it.each([
    [0, 'invalid'],
    [1, 'self-signed'],
    [2, 'group-policy'],
    [3, 'custom'],
    ['3', 'custom'],
    [{ value: 2 }, 'group-policy'],
    [null, null],
    [9, null],
  ])('type %j is %s', (type, expected) => {
    const fact = single(facts(listenerHost([row(enrolled)], { SSLCertificateSHA1Hash: enrolled.thumbprint, SSLCertificateSHA1HashType: type })).facts);
    expect(fact.data['hashType']).toBe(expected);
    expect(fact.unknown.includes('/hashType')).toBe(expected === null);
  });

  it('takes the type from the store when a declared value took it away', () => {
    const type = (rows: readonly JsonObject[], thumbprint: string): Json | undefined =>
      single(facts(listenerHost(rows, { SSLCertificateSHA1Hash: thumbprint })).facts).data['hashType'];
    expect(type([row(enrolled)], enrolled.thumbprint)).toBe('custom');
    expect(type([ownRow], own.thumbprint)).toBe('self-signed');
    expect(type([ownRow], enrolled.thumbprint)).toBeNull();
  });

  it('accepts remote desktop authentication and says who may read the key', () => {
    const locked = row(enrolled, { PrivateKeyAccess: [{ Sid: SYSTEM, Access: 'Allow', Rights: FULL }] });
    const data = single(facts(listenerHost([locked], { SSLCertificateSHA1Hash: enrolled.thumbprint, SSLCertificateSHA1HashType: 3 })).facts).data;
    expect(data).toMatchObject({ serverAuth: 'remote-desktop-only', privateKey: 'not-readable' });
  });

  it.each<[string, JsonObject, object]>([
    ['no key', { HasPrivateKey: false }, { privateKey: 'missing' }],
    ['a key that is gone', { PrivateKeyFound: false }, { privateKey: 'missing' }],
    ['an access list that could not be read', { PrivateKeyAccess: null }, { privateKey: null, everyoneFull: null, keyOpenTo: null }],
    ['a key that nobody asked for', { HasPrivateKey: null }, { privateKey: null }],
    [
      'a key for everybody',
      { PrivateKeyAccess: [{ Sid: 'S-1-1-0', Access: 0, Rights: FULL }] },
      { privateKey: 'readable', everyoneFull: true, keyOpenTo: ['Everyone'] },
    ],
  ])('%s', (_name, more, expected) => {
    expect(single(facts(listenerHost([row(enrolled, more)], { SSLCertificateSHA1Hash: enrolled.thumbprint })).facts).data).toMatchObject(expected);
  });

  it.each([
    ['its own name', HOST, {}, 'match', [HOST]],
    ['the name that the computer says', 'RDSH01', { computer: ok({ DNSHostName: 'rdsh01', Domain: 'corp.contoso.com', PartOfDomain: true }) }, 'match', [HOST]],
    ['another name', 'rdsh02.corp.contoso.com', {}, 'mismatch', ['rdsh02.corp.contoso.com']],
    ['a short name of any domain', 'rdsh01', {}, 'match', ['rdsh01']],
    ['another short name', 'rdsh0', {}, 'mismatch', ['rdsh0']],
    ['an address', '192.0.2.21', {}, 'not-asked', []],
    ['a computer in a workgroup', HOST, { computer: ok({ DNSHostName: 'rdsh01', Domain: 'WORKGROUP', PartOfDomain: false }) }, 'match', [HOST]],
  ])('is compared with %s', (_name, name, more, nameMatch, expectedNames) => {
    const fact = single(facts(listenerHost([row(enrolled)], { SSLCertificateSHA1Hash: enrolled.thumbprint }, more, name)).facts);
    expect(fact.data).toMatchObject({ nameMatch, expectedNames });
  });

  const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
  it.each<[string, object, string | null]>([
    ['named', { registry: ok({ [KEY]: { status: 'ok', values: { CertTemplateName: 'RemoteDesktopComputer' } } }) }, 'RemoteDesktopComputer'],
    ['not named', { registry: ok({ [KEY]: { status: 'ok', values: {} } }) }, 'none'],
    ['empty', { registry: ok({ [KEY]: { status: 'ok', values: { CertTemplateName: '' } } }) }, 'none'],
    ['without a key', { registry: ok({ [KEY]: { status: 'absent' } }) }, 'none'],
    ['denied', { registry: ok({ [KEY]: { status: 'denied' } }) }, null],
    ['not collected', {}, null],
  ])('template policy: %s', (_name, more, expected) => {
    const fact = single(facts(listenerHost([ownRow], { SSLCertificateSHA1Hash: own.thumbprint }, more)).facts);
    expect(fact.data['templatePolicy']).toBe(expected);
    expect(fact.unknown.includes('/templatePolicy')).toBe(expected === null);
  });

  describe('candidate', () => {
    const candidate = (rows: readonly JsonObject[]): Json | undefined =>
      single(facts(listenerHost([ownRow, ...rows, ...AUTHORITIES], { SSLCertificateSHA1Hash: own.thumbprint })).facts).data['candidate'];
    const later = issued({ commonName: HOST, dnsNames: [HOST], notAfter: '2028-01-01T00:00:00Z' });

    it('is the fit certificate that lasts longest', () => {
      expect(candidate([row(enrolled)])).toBe(enrolled.thumbprint);
      expect(candidate([row(enrolled), row(later)])).toBe(later.thumbprint);
    });

    it.each<[string, readonly JsonObject[]]>([
      ['for another host', [row(issued({ dnsNames: ['rdsh02.corp.contoso.com'] }))]],
      ['expired', [row(issued({ dnsNames: [HOST], notAfter: '2026-06-01T00:00:00Z' }))]],
      ['of 1024 bits', [row(issued({ dnsNames: [HOST], key: rsaKey('small', 1024) }))]],
      ['with SHA-1', [row(issued({ dnsNames: [HOST], hash: 'sha1' }))]],
      ['for clients', [row(issued({ dnsNames: [HOST], eku: ['1.3.6.1.5.5.7.3.2'] }))]],
      ['not trusted', [row(enrolled, { ChainStatus: [32] })]],
      ['of an unknown chain', [row(enrolled, { ChainStatus: null })]],
      ['whose key the service cannot read', [row(enrolled, { PrivateKeyAccess: [{ Sid: SYSTEM, Access: 'Allow', Rights: FULL }] })]],
      ['in another store', [row(enrolled, { Store: 'WebHosting' })]],
      ['self-signed', [row(makeCertificate({ commonName: HOST, key: rsaKey('mine') }), { ChainElements: [] })]],
    ])('is none %s', (_name, rows) => {
      expect(candidate(rows)).toBe('none');
    });

    it('may have a key on a curve', () => {
      const curve = issued({ dnsNames: [HOST], key: ecKey('listener') });
      expect(candidate([row(curve)])).toBe(curve.thumbprint);
    });
  });
});

describe('http, iis and the web client', () => {
  const rows = [row(GOOD), ...AUTHORITIES];
  const list = (sections: object): Fact[] => [...facts(host('rdweb01.contoso.com', { certificates: ok(rows), ...sections })).facts];

  it('reads bindings of HTTP.sys, by address and by name', () => {
    const made = list({
      'http.sslBindings': ok([
        { IpPort: '0.0.0.0:443', CertHash: GOOD.thumbprint },
        { IpPort: '[::]:443', CertHash: GOOD.thumbprint },
        { HostnamePort: 'RDGW.contoso.com:443', CertHash: GOOD.thumbprint },
        { IpPort: 'broken' },
      ]),
    });
    expect(made.map(({ data }) => [data['binding'], data['port'], data['serverName'], data['nameMatch']])).toEqual([
      ['0.0.0.0:443', 443, 'any', 'not-asked'],
      ['[::]:443', 443, 'any', 'not-asked'],
      ['rdgw.contoso.com:443', 443, 'rdgw.contoso.com', 'match'],
    ]);
  });

  it('asks whether the system can read the key', () => {
    const network = row(GOOD, { PrivateKeyAccess: [{ Sid: NETWORK_SERVICE, Access: 'Allow', Rights: READ }] });
    const made = facts(
      host('rdweb01.contoso.com', { certificates: ok([network]), 'http.sslBindings': ok([{ IpPort: '0.0.0.0:443', CertHash: GOOD.thumbprint }]) }),
    );
    expect(single(made.facts).data['privateKey']).toBe('not-readable');
  });

  it('takes the sites of RD Web and the gateway only', () => {
    const site = (Site: string, Applications: Json, bindingInformation = '*:443:'): JsonObject => ({
      Site,
      protocol: 'https',
      bindingInformation,
      certificateHash: GOOD.thumbprint,
      Applications,
    });
    const made = list({
      'iis.bindings': ok([
        site('Default Web Site', ['/', '/RDWeb', '/RDWeb/Pages']),
        site('Gateway', ['/Rpc']),
        site('Unknown', null, '*:443:rds.contoso.com'),
        site('Shop', ['/', '/shop']),
        { ...site('Plain', ['/RDWeb']), protocol: 'http' },
        site('IPv6', ['/RDWeb'], '[::1]:8443:x.contoso.com'),
      ]),
    });
    expect(made.map(({ data }) => [data['binding'], data['port'], data['serverName']])).toEqual([
      ['Default Web Site *:443:', 443, 'any'],
      ['Gateway *:443:', 443, 'any'],
      ['Unknown *:443:rds.contoso.com', 443, 'rds.contoso.com'],
      ['IPv6 [::1]:8443:x.contoso.com', 8443, 'x.contoso.com'],
    ]);
  });

  it('does not know what the central store has for a site', () => {
    const site = (sslFlags: Json) => ({
      Site: 'Default Web Site',
      bindingInformation: '*:443:rdweb.contoso.com',
      certificateHash: null,
      Applications: ['/RDWeb'],
      sslFlags,
    });
    const one = (sslFlags: Json): Fact => single(list({ 'iis.bindings': ok([site(sslFlags)]) }));
    for (const flags of [2, 3])
      expect(one(flags)).toMatchObject({ data: { thumbprint: null, configured: null }, unknown: expect.arrayContaining(['/configured']) as unknown });
    for (const flags of [0, 1]) expect(one(flags).data).toMatchObject({ thumbprint: 'none', configured: false });
  });

  it('reads the certificate of the web client from its own bytes', () => {
    const other = makeCertificate({ commonName: 'rdcb01.contoso.com' });
    const made = list({ 'webClient.brokerCertificate': ok({ Thumbprint: other.thumbprint, Der: other.der.toString('base64') }) });
    expect(single(made).data).toMatchObject({ role: 'web-client', found: true, subject: 'CN=rdcb01.contoso.com', privateKey: 'not-asked' });
    expect(single(list({ 'webClient.brokerCertificate': ok({ Thumbprint: '' }) })).data).toMatchObject({ thumbprint: 'none', configured: false });
  });
});

describe('hostile snapshots', () => {
  it('never break it, and every fact keeps to its schema', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 }),
      fc.constant(GOOD.thumbprint),
      fc.constant(GOOD.der.toString('base64')),
    );
    const object = (names: readonly string[]): fc.Arbitrary<Json> =>
      fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), value as fc.Arbitrary<Json>, { maxKeys: 8 }) as fc.Arbitrary<Json>;
    const section = (names: readonly string[]): fc.Arbitrary<object> =>
      fc.oneof(
        fc.constantFrom({ status: 'denied' }, { status: 'absent' }),
        fc.record({ status: fc.constant('ok'), data: fc.oneof(fc.array(object(names), { maxLength: 4 }), object(names), value as fc.Arbitrary<Json>) }),
      );
    const sections = fc.record({
      certificates: section(['Store', 'Thumbprint', 'Der', 'HasPrivateKey', 'PrivateKeyAccess', 'ChainStatus', 'ChainElements', 'RevocationMode']),
      Win32_TSGatewayServerSettings: section(['CertHash']),
      'http.sslBindings': section(['IpPort', 'HostnamePort', 'CertHash']),
      'iis.bindings': section(['Site', 'protocol', 'bindingInformation', 'certificateHash', 'Applications']),
      Win32_TSGeneralSetting: section(['TerminalName', 'SSLCertificateSHA1Hash', 'SSLCertificateSHA1HashType']),
      'webClient.brokerCertificate': section(['Thumbprint', 'Der']),
      computer: section(['DNSHostName', 'Domain', 'PartOfDomain']),
      registry: section(['HKLM']),
    });
    fc.assert(
      fc.property(sections, (generated) => {
        facts(host(HOST, generated as never), context('rdgw.contoso.com', NOW));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
