import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseWeb } from '../../../../src/normalise/windows/web/normalise.ts';
import { contextWith, snapshotInput } from '../../rds/support.ts';

const rows = (...data: readonly JsonObject[]): Section => ({ status: 'ok', data });
const factsOf = (kind: string, sections: Readonly<Record<string, Section>>): readonly Fact[] =>
  normaliseWeb(snapshotInput('windows-host', 'rdwa01.contoso.com', sections), contextWith()).facts.filter((fact) => fact.kind === kind);
const site = (values: JsonObject): Section =>
  rows({ Site: 'Default Web Site', Path: '/RDWeb', HstsEnabled: false, HstsMaxAge: 0, StrictTransportSecurity: '', ...values });

describe('windows.rdWeb', () => {
  it.each<[string, JsonObject, Record<string, Json>]>([
    ['TLS required', { SslFlags: 'Ssl' }, { tlsRequired: true }],
    ['with client certificates', { SslFlags: 'ssl, SslNegotiateCert' }, { tlsRequired: true }],
    ['128 bits alone asks for nothing', { SslFlags: 'Ssl128' }, { tlsRequired: false }],
    ['none', { SslFlags: 'None' }, { tlsRequired: false }],
    ['the switch of the site', { HstsEnabled: true, HstsMaxAge: 31536000 }, { hsts: true }],
    ['the switch without a time', { HstsEnabled: true, HstsMaxAge: 0 }, { hsts: false }],
    ['the header', { StrictTransportSecurity: 'max-age=31536000; includeSubDomains' }, { hsts: true }],
    ['a header that takes it back', { StrictTransportSecurity: 'max-age=0' }, { hsts: false }],
    ['a switch that was not read', { HstsEnabled: null }, { hsts: null }],
    ['errors by number', { ErrorMode: 2 }, { errors: 'detailed' }],
    ['errors by name', { ErrorMode: 'DetailedLocalOnly' }, { errors: 'detailed-local' }],
  ])('%s', (_name, values, expected) => {
    expect(factsOf('windows.rdWeb', { 'iis.rdWeb': site(values) })[0]?.data).toMatchObject(expected);
  });

  it('reads the settings of the pages', () => {
    const settings = rows({ Key: 'PublicModeSessionTimeoutInMinutes', Value: '20' }, { Key: 'PrivateModeSessionTimeoutInMinutes', Value: 'x' });
    expect(factsOf('windows.rdWeb', { 'iis.rdWeb': site({}), 'iis.rdWebSettings': settings })[0]?.data).toMatchObject({
      publicTimeout: 20,
      privateTimeout: null,
    });
  });

  it.each<[string, Record<string, Section>, number]>([
    ['not installed', { 'iis.rdWeb': { status: 'absent' } }, 0],
    ['no role', { roles: rows({ Name: 'RDS-RD-Server' }) }, 0],
    ['nobody could look', { 'iis.rdWeb': { status: 'denied' } }, 1],
  ])('%s', (_name, sections, count) => {
    expect(factsOf('windows.rdWeb', sections)).toHaveLength(count);
  });
});

describe('windows.webClient', () => {
  it.each<[string, Section, Record<string, Json>]>([
    [
      'published',
      rows({ Version: '1.0.27.0', PublishedAs: 'production' }, { Version: '1.0.26.0', PublishedAs: '' }),
      { published: '1.0.27.0', installed: ['1.0.27.0', '1.0.26.0'] },
    ],
    ['a test alone', rows({ Version: '1.0.27.0', PublishedAs: 'Test' }), { published: '' }],
    ['none', rows(), { published: '', installed: [] }],
  ])('%s', (_name, packages, expected) => {
    expect(factsOf('windows.webClient', { 'webClient.packages': packages })[0]?.data).toMatchObject(expected);
  });
});

describe('windows.rdWebExposure', () => {
  const NETWORK = (address: string, firewall: JsonObject = {}): Record<string, Section> => ({
    services: rows({ Name: 'mpssvc', Status: 4 }, { Name: 'BFE', Status: 4 }),
    'network.profiles': rows({ InterfaceAlias: 'eth0', InterfaceIndex: 1, NetworkCategory: 0, IPv4Connectivity: 4 }),
    'network.addresses': rows({ InterfaceAlias: 'eth0', InterfaceIndex: 1, IPAddress: address, AddressState: 4 }),
    'firewall.profiles': rows({
      Name: 'Public',
      Enabled: 1,
      DefaultInboundAction: 4,
      AllowInboundRules: 1,
      AllowLocalFirewallRules: 1,
      DisabledInterfaceAliases: null,
    }),
    'firewall.rules': rows({
      InstanceID: 'IIS-WebServerRole-HTTPS-In-TCP',
      Enabled: 1,
      Direction: 1,
      Action: 2,
      Profiles: 0,
      PrimaryStatus: 1,
      PolicyStoreSourceType: 1,
      Protocol: 'TCP',
      LocalPort: '443',
      RemoteAddress: 'Any',
      Program: 'System',
      Service: 'Any',
      ...firewall,
    }),
  });
  const exposure = (values: JsonObject, network: Record<string, Section>, rdWeb?: 'internal' | 'pre-authenticated' | 'direct'): Fact | undefined => {
    const input = snapshotInput('windows-host', 'rdwa01.contoso.com', { 'iis.rdWeb': site(values), ...network });
    const host = {
      name: 'rdwa01.contoso.com',
      address: 'rdwa01.contoso.com',
      rdpPort: null,
      roles: [],
      azureId: null,
      groups: [],
      over: 'snapshot',
      pointer: '',
      own: null,
      declared: [],
    } as const;
    return normaliseWeb({ ...input, host: rdWeb === undefined ? null : { ...host, rdWeb } }, contextWith()).facts.find(
      (fact) => fact.kind === 'windows.rdWebExposure',
    );
  };

  it.each<[string, JsonObject, Record<string, Section>, 'internal' | 'pre-authenticated' | 'direct' | undefined, Record<string, Json>]>([
    [
      'a public address',
      { Authentication: 'Forms', SslFlags: 'Ssl' },
      NETWORK('203.0.113.5'),
      undefined,
      { publicAddress: true, exposed: true, password: true, clientCertificates: false },
    ],
    [
      'a private address',
      { Authentication: 3 },
      NETWORK('10.0.0.5'),
      undefined,
      { publicAddress: null, exposed: null, password: true, clientCertificates: null },
    ],
    [
      'a public address that the firewall keeps to a few',
      {},
      NETWORK('203.0.113.5', { RemoteAddress: '198.51.100.0/24' }),
      undefined,
      { publicAddress: null, exposed: null },
    ],
    ['nobody looked', {}, {}, undefined, { publicAddress: null, exposed: null, password: null }],
    ['said to be internal', {}, NETWORK('10.0.0.5'), 'internal', { declared: 'internal', exposed: false }],
    ['said to be internal, on a public address', {}, NETWORK('203.0.113.5'), 'internal', { exposed: true }],
    ['said to be direct', {}, NETWORK('10.0.0.5'), 'direct', { exposed: true }],
    ['something asks first', {}, NETWORK('10.0.0.5'), 'pre-authenticated', { declared: 'pre-authenticated', exposed: null }],
    ['Windows authentication may ask for a password too', { Authentication: 'Windows' }, {}, undefined, { password: null }],
    ['client certificates', { SslFlags: 'Ssl, SslNegotiateCert, SslRequireCert' }, {}, undefined, { clientCertificates: true }],
  ])('%s', (_name, values, network, rdWeb, expected) => {
    const fact = exposure(values, network, rdWeb);
    expect(fact?.data).toMatchObject(expected);
    for (const [name, value] of Object.entries(fact?.data ?? {})) expect(fact?.unknown.includes(`/${name}`)).toBe(value === null);
  });

  it('is nothing without the role, and unknown where nobody looked', () => {
    expect(factsOf('windows.rdWebExposure', { 'iis.rdWeb': { status: 'absent' } })).toEqual([]);
    expect(factsOf('windows.rdWebExposure', { 'iis.rdWeb': { status: 'denied' } })[0]?.unknown).toEqual(['']);
  });
});
