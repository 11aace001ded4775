import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { absent, factsOf, negotiation, one, standardSecurity } from './support.ts';

const KIND = 'endpoint.rdpListener';
type Row = readonly [name: string, answers: Readonly<Record<number, number | string>>, expected: Readonly<Record<string, unknown>>];

describe('an RDP listener as seen', () => {
  it.each<Row>([
    [
      'requires NLA, as Windows says it',
      { 0: 'F5', 1: 'F5', 3: 2, 11: 8 },
      { nla: 'required', standardRdp: 'refused', tls: 'refused', securityLayer: 'tls', protocols: ['CredSSP'] },
    ],
    ['requires NLA, as FreeRDP says it', { 0: 'F5', 1: 'F5', 3: 2, 11: 2 }, { nla: 'required', securityLayer: 'tls' }],
    ['takes TLS without NLA', { 0: 'F1', 1: 1, 3: 1, 11: 1 }, { nla: 'absent', tls: 'accepted', securityLayer: 'tls', protocols: ['TLS'] }],
    ['takes TLS beside NLA', { 0: 'F1', 1: 1, 3: 2, 11: 8 }, { nla: 'offered', tls: 'accepted', securityLayer: 'tls', protocols: ['TLS', 'CredSSP'] }],
    ['negotiates', { 0: 0, 1: 1, 3: 2, 11: 2 }, { nla: 'offered', standardRdp: 'accepted', securityLayer: 'negotiate', protocols: ['RDP', 'TLS', 'CredSSP'] }],
    ['negotiates without NLA, as xrdp does', { 0: 0, 1: 1, 3: 1, 11: 1 }, { nla: 'absent', securityLayer: 'negotiate', protocols: ['RDP', 'TLS'] }],
    ['answers everything with RDP, as xrdp does', { 0: 0, 1: 0, 3: 0, 11: 0 }, { nla: 'absent', tls: 'refused', securityLayer: 'rdp', protocols: ['RDP'] }],
    ['allows no TLS', { 0: 0, 1: 'F2', 3: 'F2', 11: 'F2' }, { nla: 'absent', tls: 'refused', securityLayer: 'rdp' }],
    [
      'has no certificate',
      { 0: 'F3', 1: 'F3', 3: 'F3', 11: 'F3' },
      { nla: 'absent', standardRdp: 'refused', securityLayer: 'none', protocols: [], certificateMissing: true },
    ],
    ['hangs up in order on standard RDP', { 0: 'disconnect', 1: 'F5', 3: 2, 11: 2 }, { nla: 'required', standardRdp: 'refused' }],
    ['names a code that nobody knows', { 0: 'F99', 1: 'F99', 3: 2, 11: 2 }, { nla: 'required' }],
  ])('%s', (_name, answers, expected) => {
    const whole = { ...answers, 4: 'F1', 16: 'F1' };
    const standard = Object.values(answers).includes(0) ? standardSecurity() : absent;
    const fact = one(factsOf('rdsh01.contoso.com', { 'endpoint.rdpNegotiation': negotiation(whole), 'endpoint.rdpStandardSecurity': standard }), KIND);
    expect(fact.data).toMatchObject({ host: 'rdsh01.contoso.com', address: '192.0.2.21', port: 3389, certificateMissing: false, ...expected });
    expect(fact.unknown).toEqual([]);
  });

  it.each<Row>([
    ['a confirm that proves nothing', { 0: 'no-negotiation', 1: 1, 3: 1, 11: 1 }, { standardRdp: null, tls: 'accepted', nla: 'absent', securityLayer: null }],
    ['a protocol that nobody asked for', { 0: 'F5', 1: 2, 3: 2, 11: 2 }, { standardRdp: 'refused', tls: null, nla: null }],
    ['a request that was not answered', { 0: 'F5', 1: 'slow' }, { standardRdp: 'refused', tls: null, nla: null, securityLayer: null }],
    ['TLS beside a silent request', { 0: 'silent', 1: 1, 3: 2, 11: 2 }, { nla: 'offered', standardRdp: null, tls: 'accepted' }],
    ['standard RDP is certain wherever it is selected', { 0: 'reset', 1: 0, 3: 'reset', 11: 'reset' }, { standardRdp: 'accepted', tls: 'refused', nla: null }],
  ])('leaves open what is open: %s', (_name, answers, expected) => {
    const fact = one(factsOf('rdsh01.contoso.com', { 'endpoint.rdpNegotiation': negotiation(answers) }), KIND);
    expect(fact.data).toMatchObject(expected);
    const open = Object.entries(expected).filter(([, value]) => value === null);
    for (const [name] of open) expect(fact.unknown).toContain(`/${name}`);
  });

  it.each([
    [0, false, false],
    [0x08, true, false],
    [0x1f, true, true],
  ])('flags %i say restricted admin %s and credential guard %s', (flags, restrictedAdmin, remoteCredentialGuard) => {
    const section = negotiation({ 0: 'F5', 1: 'F5', 3: 2, 11: 8 }, flags);
    expect(one(factsOf('h', { 'endpoint.rdpNegotiation': section }), KIND).data).toMatchObject({ restrictedAdmin, remoteCredentialGuard });
  });

  it('is unknown as a whole when it could not be read, and is no fact when nobody asked', () => {
    const fact = one(factsOf('h', { 'endpoint.rdpNegotiation': { status: 'error', error: 'silent: x' } }), KIND);
    expect(fact.unknown).toEqual(expect.arrayContaining(['/nla', '/standardRdp', '/tls', '/securityLayer', '/certificateMissing']));
    expect(factsOf('h', { 'endpoint.rdpNegotiation': { status: 'absent' }, 'endpoint.gateway': { status: 'absent' } }).map(({ kind }) => kind)).not.toContain(
      KIND,
    );
  });

  it.each<Row>([
    ['RDSTLS', { 4: 4, 16: 'F1' }, { rdstls: 'accepted', rdsAad: 'refused' }],
    ['RDSAAD', { 4: 'F5', 16: 16 }, { rdstls: 'refused', rdsAad: 'accepted' }],
    ['neither, as xrdp says it', { 4: 0, 16: 'disconnect' }, { rdstls: 'refused', rdsAad: 'refused' }],
    ['RDSTLS that was not answered', { 4: 'reset', 16: 'F1' }, { rdstls: null, rdsAad: 'refused' }],
    ['early user authorization', { 11: 8 }, { earlyAuthorization: 'accepted', nla: 'required', rdstls: null, rdsAad: null }],
    ['CredSSP without it', { 11: 2 }, { earlyAuthorization: 'refused', nla: 'required' }],
    ['early user authorization that nobody can tell of', { 11: 'no-negotiation' }, { earlyAuthorization: null }],
  ])('takes %s', (_name, answers, expected) => {
    const fact = one(factsOf('h', { 'endpoint.rdpNegotiation': negotiation({ 0: 'F5', 1: 'F5', 3: 2, 11: 2, ...answers }) }), KIND);
    expect(fact.data).toMatchObject({ unrequested: [], ...expected });
    for (const [name, value] of Object.entries(expected)) expect(fact.unknown.includes(`/${name}`)).toBe(value === null);
  });

  it('names what nobody asked for, and believes none of it', () => {
    const fact = one(factsOf('h', { 'endpoint.rdpNegotiation': negotiation({ 0: 2, 1: 16, 3: 8, 11: 4, 4: 1, 16: 99 }) }), KIND);
    expect(fact.data).toMatchObject({
      unrequested: ['CredSSP', 'RDSAAD', 'CredSSP with early user authorization', 'TLS', 'RDSTLS', '99'],
      standardRdp: null,
      tls: null,
      nla: null,
      rdstls: null,
      rdsAad: null,
      earlyAuthorization: null,
    });
  });
});

describe('standard RDP security as seen', () => {
  const RDP = { 0: 0, 1: 'F2', 3: 'F2', 11: 'F2', 4: 'F2', 16: 'F2' };
  const seen = (standard: ReturnType<typeof standardSecurity> | undefined, answers: Row[1] = RDP): ReturnType<typeof one> =>
    one(
      factsOf('h', { 'endpoint.rdpNegotiation': negotiation(answers), ...(standard === undefined ? {} : { 'endpoint.rdpStandardSecurity': standard }) }),
      KIND,
    );

  it.each<[string, JsonObject, string | null, string | null, number | null]>([
    ['none', { Method: 0, Level: 0, Certificate: null, KeyBits: null }, 'none', 'none', null],
    ['low', { Method: 1, Level: 1 }, 'low', 'rc4-40', 2048],
    ['client-compatible', { Method: 1, Level: 2 }, 'client-compatible', 'rc4-40', 2048],
    ['client-compatible with 56 bits', { Method: 8, Level: 2, KeyBits: 512 }, 'client-compatible', 'rc4-56', 512],
    ['high', { Method: 2, Level: 3 }, 'high', 'rc4-128', 2048],
    ['FIPS', { Method: 16, Level: 4 }, 'fips', 'fips', 2048],
  ])('%s', (_name, given, encryptionLevel, encryptionMethod, exchangeKeyBits) => {
    const fact = seen(standardSecurity(given));
    expect(fact.data).toMatchObject({ standardRdp: 'accepted', encryptionLevel, encryptionMethod, exchangeKeyBits });
    expect(fact.unknown).toEqual([]);
  });

  it.each<[string, JsonObject, string | null]>([
    ['high that encrypts nothing', { Method: 0, Level: 3 }, 'none'],
    ['high with 40 bits', { Method: 1, Level: 3 }, 'rc4-40'],
    ['FIPS with RC4', { Method: 2, Level: 4 }, 'rc4-128'],
    ['none that encrypts', { Method: 2, Level: 0 }, 'rc4-128'],
    ['a level that nobody knows', { Level: 5 }, 'rc4-128'],
    ['a method that nobody knows', { Method: 3 }, null],
  ])('believes no level that its method belies: %s', (_name, given, encryptionMethod) => {
    const fact = seen(standardSecurity(given));
    expect(fact.data).toMatchObject({ encryptionLevel: null, encryptionMethod });
    expect(fact.unknown).toContain('/encryptionLevel');
  });

  it('knows no key of X.509, and none where none is used', () => {
    expect(seen(standardSecurity({ Certificate: 'x509', KeyBits: null })).unknown).toEqual(['/exchangeKeyBits']);
    expect(seen(standardSecurity({ Method: 0, Level: 0, Certificate: null, KeyBits: null })).unknown).toEqual([]);
  });

  it.each<[string, ReturnType<typeof standardSecurity> | undefined]>([
    ['a snapshot of an older collector', undefined],
    ['what could not be read', { status: 'error', error: 'slow: x' }],
    ['a refusal', standardSecurity({ Answer: 'refused', Method: null, Level: null })],
    ['a connection that was closed', standardSecurity({ Answer: null, Cause: 'closed', Method: null, Level: null })],
    ['numbers without an answer', standardSecurity({ Answer: 'disconnect' })],
  ])('stays open with %s', (_name, standard) => {
    const fact = seen(standard);
    expect(fact.data).toMatchObject({ standardRdp: 'accepted', encryptionLevel: null, encryptionMethod: null, exchangeKeyBits: null });
    expect(fact.unknown).toEqual(expect.arrayContaining(['/encryptionLevel', '/encryptionMethod', '/exchangeKeyBits']));
  });

  it('is not offered where standard RDP security is refused, and open where that is', () => {
    const refused = seen(absent, { ...RDP, 0: 'F5' });
    expect(refused.data).toMatchObject({ encryptionLevel: 'not-offered', encryptionMethod: 'not-offered', exchangeKeyBits: null });
    expect(refused.unknown).toEqual([]);
    expect(seen(undefined, { ...RDP, 0: 'F5' }).data).toMatchObject({ encryptionLevel: 'not-offered' });
    expect(seen(absent, { ...RDP, 0: 'no-negotiation' }).data).toMatchObject({ standardRdp: null, encryptionLevel: null });
  });

  it('is proved by a listener that goes on with it after a confirm that proves nothing', () => {
    expect(seen(standardSecurity(), { ...RDP, 0: 'no-negotiation' }).data).toMatchObject({
      standardRdp: 'accepted',
      securityLayer: 'rdp',
      encryptionLevel: 'high',
    });
    expect(seen(standardSecurity({ Answer: 'disconnect' }), { ...RDP, 0: 'no-negotiation' }).data).toMatchObject({ standardRdp: null });
  });
});
