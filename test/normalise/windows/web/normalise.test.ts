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
