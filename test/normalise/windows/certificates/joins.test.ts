import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import { rsaKey } from '../../../support/keys.ts';
import { makeCertificate, SERVER_AUTH } from '../../../support/x509.ts';
import { absent, AUTHORITIES, context, deployment, facts, gateway, host, ISSUING, joined, ok, only, row } from './support.ts';

const GATEWAY = 'rdgw01.contoso.com';
const BROKER = 'rdcb01.contoso.com';
const issued = (
  commonName: string,
  dnsNames: readonly string[],
  notAfter = '2027-01-01T00:00:00Z',
  key = rsaKey(commonName),
): ReturnType<typeof makeCertificate> => makeCertificate({ issuer: ISSUING, commonName, dnsNames, notAfter, key, eku: [SERVER_AUTH], keyUsage: 0xa0 });
const NEW = issued('new', ['rdgw.contoso.com']);
const OLD = issued('old', ['rdgw.contoso.com'], '2026-06-01T00:00:00Z');
const OTHER = issued('other', ['shop.contoso.com']);
const STORE = ok([row(NEW), row(OLD), row(OTHER), ...AUTHORITIES]);

type Made = ReturnType<typeof makeCertificate>;

function gatewayHost(bound: Made | null, more: object = {}, name = GATEWAY): ReturnType<typeof host> {
  return host(name, { certificates: STORE, Win32_TSGatewayServerSettings: ok([{ CertHash: bound?.thumbprint ?? '' }]), ...more });
}

const roleRow = (Role: Json, certificate: Made | null, more: JsonObject = {}): JsonObject => ({
  Role,
  Level: certificate === null ? 'NotConfigured' : 'Trusted',
  Thumbprint: certificate?.thumbprint ?? '',
  SubjectAlternateName: certificate === null ? null : ['rdgw.contoso.com'],
  ExpiresOn: '11/30/2026 11:59:59 PM',
  ...more,
});

const SERVERS = ok([
  { Server: 'RDCB01.CONTOSO.COM', Roles: ['RDS-CONNECTION-BROKER'] },
  { Server: 'RDGW01.CONTOSO.COM', Roles: 'RDS-Gateway' },
  { Server: 'RDWEB01.CONTOSO.COM', Roles: ['RDS-WEB-ACCESS'] },
]);

function broker(more: object = {}): ReturnType<typeof deployment> {
  return deployment(BROKER, {
    'deployment.certificates': ok([roleRow(1, NEW), roleRow(2, NEW), roleRow(4, NEW), roleRow(8, null)]),
    'deployment.gateway': ok([{ GatewayMode: 2, GatewayExternalFqdn: 'rdgw.contoso.com', LogonMethod: 0 }]),
    'deployment.clientAccessName': absent,
    'deployment.servers': SERVERS,
    ...more,
  });
}

describe('agreement of the bindings of a gateway', () => {
  const agreement = (inputs: Parameters<typeof joined>[0], estate: Parameters<typeof joined>[1] = {}): JsonObject => {
    const [fact, ...rest] = only(joined(inputs, estate, context('rdgw.contoso.com')), 'windows.certificateAgreement');
    if (fact === undefined || rest.length > 0) throw new Error('not one fact');
    return { ...fact.data, unknown: fact.unknown };
  };
  const http = (certificate: Made, more: JsonObject = { IpPort: '0.0.0.0:443' }): object => ({
    'http.sslBindings': ok([{ ...more, CertHash: certificate.thumbprint }]),
  });

  it('is had when everything names one certificate', () => {
    const data = agreement([
      gatewayHost(NEW, { ...http(NEW), 'iis.bindings': ok([{ Site: 'Default Web Site', bindingInformation: '*:443:', certificateHash: NEW.thumbprint }]) }),
      broker(),
    ]);
    expect(data).toMatchObject({ host: GATEWAY, thumbprint: NEW.thumbprint, found: true, compared: 3, anyExpired: false, unknown: [] });
    expect((data['others'] as JsonObject[]).map((other) => [other['from'], other['agrees']])).toEqual([
      ['http 0.0.0.0:443', true],
      ['iis Default Web Site *:443:', true],
      [`deployment ${BROKER}`, true],
    ]);
  });

  it('is lost when HTTP.sys still has the old one, which has expired', () => {
    expect(agreement([gatewayHost(NEW, http(OLD))])).toMatchObject({ anyExpired: true, others: [{ agrees: false, daysLeft: -30 }] });
  });

  it('is lost when the deployment thinks otherwise', () => {
    const data = agreement([gatewayHost(NEW), broker({ 'deployment.certificates': ok([roleRow('RDGateway', OTHER)]) })]);
    expect(data).toMatchObject({
      compared: 1,
      anyExpired: false,
      others: [{ from: `deployment ${BROKER}`, thumbprint: OTHER.thumbprint, agrees: false, daysLeft: null }],
    });
  });

  it.each<[string, JsonObject, number]>([
    ['another port', { IpPort: '0.0.0.0:5986' }, 0],
    ['another name', { HostnamePort: 'shop.contoso.com:443' }, 0],
    ["the gateway's name", { HostnamePort: 'rdgw.contoso.com:443' }, 1],
    ['every name', { IpPort: '[::]:443' }, 1],
  ])('looks at bindings for %s', (_name, binding, compared) => {
    expect(agreement([gatewayHost(NEW, http(OTHER, binding))])).toMatchObject({ compared });
  });

  it("looks at the gateway's own port", () => {
    const estate = { gateways: [gateway('rdgw.contoso.com', ['RDGW01.contoso.com'], 8443)] };
    expect(agreement([gatewayHost(NEW, http(OTHER))], estate)).toMatchObject({ compared: 0 });
    expect(agreement([gatewayHost(NEW, http(OTHER, { IpPort: '0.0.0.0:8443' }))], estate)).toMatchObject({ compared: 1 });
    expect(agreement([gatewayHost(NEW, http(OTHER))], { gateways: [gateway('rdgw.contoso.com', ['rdgw01'], 8443)] })).toMatchObject({ compared: 0 });
  });

  it('cannot be told when HTTP.sys or the deployment could not be read', () => {
    expect(agreement([gatewayHost(NEW, { 'http.sslBindings': { status: 'denied' } })])).toMatchObject({
      compared: 1,
      others: [{ agrees: null }],
      anyExpired: null,
      unknown: expect.arrayContaining(['/others/0/agrees', '/anyExpired']),
    });
    expect(agreement([gatewayHost(NEW), broker({ 'deployment.certificates': { status: 'error' } })])).toMatchObject({ others: [{ agrees: null }] });
  });

  it('does not hear a deployment that certainly does not use the gateway, and half hears one that may', () => {
    const elsewhere = broker({
      'deployment.servers': ok([{ Server: 'RDGW09.CONTOSO.COM', Roles: ['RDS-GATEWAY'] }]),
      'deployment.certificates': ok([roleRow(1, OTHER)]),
    });
    expect(agreement([gatewayHost(NEW), elsewhere])).toMatchObject({ compared: 0 });
    const maybe = broker({ 'deployment.servers': { status: 'denied' }, 'deployment.certificates': ok([roleRow(1, OTHER)]) });
    expect(agreement([gatewayHost(NEW), maybe])).toMatchObject({ others: [{ agrees: null }] });
    expect(agreement([gatewayHost(NEW), broker({ 'deployment.servers': { status: 'denied' } })])).toMatchObject({ others: [{ agrees: true }] });
  });

  it('is unknown for a gateway that could not be asked', () => {
    expect(agreement([host(GATEWAY, { Win32_TSGatewayServerSettings: { status: 'denied' } })])).toMatchObject({
      thumbprint: null,
      compared: null,
      unknown: expect.arrayContaining(['/compared', '/found']),
    });
  });
});

describe('names', () => {
  const names = (...given: Parameters<typeof joined>): Json[] =>
    only(joined(...given), 'rds.certificateName').map(({ target, data }) => [
      target,
      data['role'] ?? null,
      data['seen'] ?? null,
      data['name'] ?? null,
      data['nameFrom'] ?? null,
      data['covered'] ?? null,
    ]);

  it("come from the estate's gateways, else from the intent", () => {
    const estate = { gateways: [gateway('rdgw.contoso.com', [GATEWAY]), gateway('other.contoso.com', [GATEWAY]), gateway('third.contoso.com', ['elsewhere'])] };
    expect(names([gatewayHost(NEW)], estate, context('intended.contoso.com'))).toEqual([
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'rdgw.contoso.com', 'estate', true],
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'other.contoso.com', 'estate', false],
    ]);
    expect(names([gatewayHost(NEW)], {}, context('intended.contoso.com'))).toEqual([
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'intended.contoso.com', 'intent', false],
    ]);
    expect(names([gatewayHost(NEW)])).toEqual([]);
  });

  it('come from what names the host by its short or its full name', () => {
    const short = { gateways: [gateway('rdgw.contoso.com', ['RDGW01'])] };
    expect(names([gatewayHost(NEW)], short).map((name) => (name as Json[])[4])).toEqual(['estate']);
    const servers = broker({ 'deployment.servers': ok([{ Server: 'RDGW01', Roles: 'RDS-Gateway' }]) });
    expect(names([gatewayHost(NEW), servers]).map((name) => (name as Json[])[4])).toContain('gateway-configuration');
  });

  it('come from the deployment: gateway, and broker or its access name', () => {
    expect(names([gatewayHost(NEW), broker()])).toEqual([
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'rdgw.contoso.com', 'gateway-configuration', true],
      [`rds-deployment:${BROKER}`, 'gateway', 'configured', 'rdgw.contoso.com', 'gateway-configuration', true],
      [`rds-deployment:${BROKER}`, 'redirector', 'configured', BROKER, 'broker', false],
    ]);
    const available = broker({ 'deployment.clientAccessName': ok({ ClientAccessName: 'rds.contoso.com', ConnectionBroker: [BROKER] }) });
    expect(names([available]).at(-1)).toEqual([`rds-deployment:${BROKER}`, 'redirector', 'configured', 'rds.contoso.com', 'client-access-name', false]);
  });

  it('come from the sites that answer for one name', () => {
    const site = { 'iis.bindings': ok([{ Site: 'Web', bindingInformation: '*:443:rds.contoso.com', certificateHash: NEW.thumbprint }]) };
    expect(names([host('rdweb01.contoso.com', { certificates: STORE, ...site })])).toEqual([
      ['windows-host:rdweb01.contoso.com', 'web', 'bound', 'rds.contoso.com', 'binding', false],
    ]);
  });

  it('are none where no gateway is used', () => {
    const without = broker({ 'deployment.gateway': ok([{ GatewayMode: 0 }]) });
    expect(names([without]).map((name) => (name as Json[])[1])).toEqual(['redirector']);
  });

  it('are unknown where they could not be read, and so is what the certificate covers', () => {
    const blind = broker({ 'deployment.gateway': { status: 'denied' }, 'deployment.clientAccessName': { status: 'error' } });
    expect(names([blind]).map((name) => (name as Json[]).slice(1, 4))).toEqual([
      ['gateway', 'configured', null],
      ['redirector', 'configured', null],
    ]);
    expect(names([broker({ 'deployment.certificates': { status: 'denied' } })]).map((name) => (name as Json[])[5])).toEqual([null, null]);
    const placeholder = host(GATEWAY, { Win32_TSGatewayServerSettings: { status: 'denied' } });
    expect(names([placeholder], {}, context('rdgw.contoso.com'))).toEqual([
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'rdgw.contoso.com', 'intent', null],
    ]);
  });

  it('fail for a gateway without a certificate', () => {
    expect(names([gatewayHost(null)], {}, context('rdgw.contoso.com'))).toEqual([
      [`windows-host:${GATEWAY}`, 'gateway', 'bound', 'rdgw.contoso.com', 'intent', false],
    ]);
  });

  it('do not fail for a deployment that may not use the gateway', () => {
    const maybe = broker({
      'deployment.servers': { status: 'denied' },
      'deployment.gateway': ok([{ GatewayMode: 2, GatewayExternalFqdn: 'far.contoso.com' }]),
    });
    expect(names([gatewayHost(NEW), maybe])[0]).toEqual([`windows-host:${GATEWAY}`, 'gateway', 'bound', 'far.contoso.com', 'gateway-configuration', null]);
  });
});

describe('role certificates', () => {
  const roles = (inputs: Parameters<typeof joined>[0]): Json[] =>
    only(joined(inputs), 'rds.roleCertificate').map(({ data }) => [
      data['role'] ?? null,
      data['used'] ?? null,
      data['level'] ?? null,
      data['daysLeft'] ?? null,
      data['datesFrom'] ?? null,
    ]);

  it('take their dates from whichever host has the certificate, never from the text', () => {
    expect(roles([gatewayHost(NEW), broker()])).toEqual([
      ['gateway', true, 'trusted', 184, GATEWAY],
      ['web-access', true, 'trusted', 184, GATEWAY],
      ['redirector', true, 'trusted', 184, GATEWAY],
      ['publishing', true, 'not-configured', null, 'none'],
    ]);
    expect(roles([broker()])[0]).toEqual(['gateway', true, 'trusted', null, 'none']);
  });

  it('take them from the broker where it has the bytes', () => {
    const own = broker({ 'deployment.certificates': ok([roleRow(4, NEW, { Der: NEW.der.toString('base64') })]) });
    expect(roles([own])).toEqual([['redirector', true, 'trusted', 184, 'deployment']]);
  });

  it.each([
    ['Trusted', 'trusted'],
    ['Untrusted', 'untrusted'],
    ['Not Configured', 'not-configured'],
    ['NotConfigured', 'not-configured'],
    ['Vertrauenswürdig', null],
    [null, null],
  ])('level %s', (level, expected) => {
    expect(roles([broker({ 'deployment.certificates': ok([roleRow(4, NEW, { Level: level })]) })]).map((role) => (role as Json[]).slice(0, 3))).toEqual([
      ['redirector', true, expected],
    ]);
  });

  it('are not used without a gateway or a web server', () => {
    const small = broker({
      'deployment.gateway': ok([{ GatewayMode: 'DoNotUse' }]),
      'deployment.servers': ok([{ Server: BROKER, Roles: ['RDS-CONNECTION-BROKER'] }]),
    });
    expect(roles([small]).map((role) => (role as Json[]).slice(0, 2))).toEqual([
      ['gateway', false],
      ['web-access', false],
      ['redirector', true],
      ['publishing', true],
    ]);
  });

  it('have one placeholder when they could not be read', () => {
    const [fact, ...rest] = only(joined([broker({ 'deployment.certificates': { status: 'denied' } })]), 'rds.roleCertificate');
    expect(rest).toEqual([]);
    expect(fact?.id).toBe(`rds-deployment:${BROKER}/rds.roleCertificate/*`);
    expect(fact?.unknown).toEqual(expect.arrayContaining(['/role', '/level', '/used', '/daysLeft']));
  });

  it('refuse bytes of another certificate', () => {
    const made = facts(broker({ 'deployment.certificates': ok([roleRow(4, NEW, { Der: OLD.der.toString('base64') })]) }));
    expect(made.problems).toMatchObject([{ code: 'certificate.thumbprint-mismatch', target: `rds-deployment:${BROKER}` }]);
  });
});

describe('the web client', () => {
  const web = (thumbprint: string, name = 'rdweb01.contoso.com'): ReturnType<typeof host> =>
    host(name, { 'webClient.brokerCertificate': ok({ Thumbprint: thumbprint }) });
  const clients = (inputs: Parameters<typeof joined>[0]): Json[] =>
    only(joined(inputs), 'rds.webClientCertificate').map(({ target, data }) => [target, data['broker'] ?? null, data['agrees'] ?? null]);

  it.each([
    ['the same', NEW.thumbprint, {}, true],
    ['an old one', OLD.thumbprint, {}, false],
    ['none', '', {}, false],
    ['an unknown redirector', NEW.thumbprint, { 'deployment.certificates': { status: 'denied' } }, null],
    ['the same, of a deployment that may be another', NEW.thumbprint, { 'deployment.servers': { status: 'denied' } }, true],
    ['another, of a deployment that may be another', OLD.thumbprint, { 'deployment.servers': { status: 'denied' } }, null],
  ])('%s', (_name, thumbprint, more, agrees) => {
    expect(clients([web(thumbprint), broker(more)])).toEqual([['windows-host:rdweb01.contoso.com', BROKER, agrees]]);
  });

  it('of another deployment is not compared', () => {
    expect(clients([web(OLD.thumbprint, 'rdweb09.contoso.com'), broker()])).toEqual([]);
  });
});

describe('reuse', () => {
  const listener = (name: string, certificate: Made): ReturnType<typeof host> =>
    host(name, {
      certificates: ok([row(certificate)]),
      Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp', SSLCertificateSHA1Hash: certificate.thumbprint }]),
    });
  const reuse = (inputs: Parameters<typeof joined>[0]): Json[] =>
    only(joined(inputs), 'windows.certificateReuse').map(({ data }) => [
      data['host'] ?? null,
      data['wildcard'] ?? null,
      data['hostCount'] ?? null,
      data['crossesTiers'] ?? null,
      data['insideUses'] ?? null,
    ]);

  it('is told for the gateway alone', () => {
    expect(reuse([gatewayHost(NEW), listener('rdsh01.contoso.com', OTHER)])).toEqual([[GATEWAY, false, 1, false, []]]);
  });

  it('crosses tiers on a session host and on the broker, not on another gateway or the same host', () => {
    expect(reuse([gatewayHost(NEW), listener('rdsh01.contoso.com', NEW)])).toEqual([[GATEWAY, false, 2, true, ['rdsh01.contoso.com listener']]]);
    expect(reuse([gatewayHost(NEW), broker()])).toEqual([[GATEWAY, false, 2, true, [`${BROKER} redirector`]]]);
    expect(reuse([gatewayHost(NEW), gatewayHost(NEW, {}, 'rdgw02.contoso.com')])).toEqual([[GATEWAY, false, 2, false, []]]);
    expect(reuse([gatewayHost(NEW, { Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp', SSLCertificateSHA1Hash: NEW.thumbprint }]) })])).toEqual([
      [GATEWAY, false, 1, false, []],
    ]);
  });

  it('sees one key behind two certificates', () => {
    const renewed = issued('renewed', ['rdsh01.contoso.com'], '2027-06-01T00:00:00Z', rsaKey('new'));
    expect(reuse([gatewayHost(NEW), listener('rdsh01.contoso.com', renewed)])).toEqual([[GATEWAY, false, 2, true, ['rdsh01.contoso.com listener']]]);
  });

  it('counts the hosts of a wildcard', () => {
    const wildcard = issued('wild', ['*.contoso.com']);
    const hosts = ['a', 'b', 'c', 'd'].map((name) => listener(`${name}.contoso.com`, wildcard));
    expect(reuse(hosts)).toEqual([['a.contoso.com', true, 4, false, []]]);
    expect(reuse([listener('a.contoso.com', OTHER)])).toEqual([]);
  });

  it('cannot be ruled out while a listener could not be read', () => {
    expect(reuse([gatewayHost(NEW), host('rdsh01.contoso.com', { Win32_TSGeneralSetting: { status: 'denied' } })])).toEqual([[GATEWAY, false, 1, null, []]]);
  });
});
