import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsaKey } from '../../support/keys.ts';
import { makeCertificate, SERVER_AUTH } from '../../support/x509.ts';
import { context, input, absent, certificates, NOT_ASKED, factsOf, negotiation, NOW, ok, one, versions } from './support.ts';
import { ENDPOINT_TLS } from '../../../src/model/facts/endpoint.ts';
import { normaliseEndpoint } from '../../../src/normalise/endpoint/normalise.ts';

const HOST = 'rdgw.contoso.com';
const ROOT = makeCertificate({ commonName: 'Contoso Root', ca: true, keyUsage: 0x04 });
const ISSUING = makeCertificate({ commonName: 'Contoso Issuing', issuer: ROOT, ca: true, keyUsage: 0x04 });
const OLD_ISSUING = makeCertificate({
  commonName: 'Contoso Issuing',
  issuer: ROOT,
  ca: true,
  key: rsaKey('Contoso Issuing'),
  notAfter: '2026-02-01T00:00:00Z',
  serial: 9,
});
const IMPOSTOR = makeCertificate({ commonName: 'Contoso Issuing', issuer: ROOT, ca: true, key: rsaKey('impostor') });
const OTHER = makeCertificate({ commonName: 'Other Issuing', issuer: ROOT, ca: true });
const GOOD = makeCertificate({ commonName: HOST, issuer: ISSUING, dnsNames: [HOST], eku: [SERVER_AUTH], keyUsage: 0xa0 });
const SELF = makeCertificate({ commonName: HOST, dnsNames: [HOST] });
const MODERN = versions(['A70', 'A70', 0x0303, 0x0304]);

const https = (chain: Parameters<typeof certificates>[0], more = {}, now = NOW) =>
  one(factsOf(HOST, { 'endpoint.httpsTls': MODERN, 'endpoint.httpsCertificates': certificates(chain, more) }, now), 'endpoint.tls');

describe('versions', () => {
  const A = 'accepted';
  const R = 'refused';
  it.each<[string, readonly (number | string)[], readonly (string | null)[], string | null]>([
    ['two', ['A70', 'A70', 0x0303, 0x0304], [R, R, A, A], 'works'],
    ['an old server answers with what it has', [0x0301, 0x0301, 0x0301, 'A70'], [A, R, R, R], 'works'],
    ['Schannel hangs up', ['reset', 'closed', 0x0303, 0x0304], [R, R, A, A], 'works'],
    ['hanging up where nothing speaks proves nothing', ['reset', 'reset', 'reset', 'reset'], [null, null, null, null], 'broken'],
    ['breaks on everything', ['garbage', 'garbage', 'garbage', 'garbage'], [null, null, null, null], 'broken'],
    ['refuses everything', ['A40', 'A40', 'A40', 'A40'], [R, R, R, R], 'broken'],
    ['one was not found out', ['slow', 'A70', 0x0303, 0x0304], [null, R, A, A], 'works'],
    ['internal error', ['A80', 'A80', 0x0303, 'A80'], [R, R, A, R], 'works'],
  ])('%s', (_name, answers, expected, handshake) => {
    const fact = one(factsOf(HOST, { 'endpoint.httpsTls': versions(answers), 'endpoint.httpsCertificates': certificates([GOOD, ISSUING]) }), 'endpoint.tls');
    const { tls10, tls11, tls12, tls13 } = fact.data;
    expect([tls10, tls11, tls12, tls13]).toEqual(expected);
    expect(fact.data['handshake']).toBe(handshake);
    expect(fact.unknown.includes('/versions')).toBe(expected.includes(null));
  });
});

describe('what is presented', () => {
  it('is read like a certificate of a host', () => {
    const fact = https([GOOD, ISSUING]);
    expect(fact.data).toMatchObject({
      service: 'https',
      address: '192.0.2.10',
      port: 443,
      presented: true,
      sent: 2,
      thumbprint: GOOD.thumbprint,
      subject: `CN=${HOST}`,
      issuer: 'CN=Contoso Issuing',
      names: [HOST],
      daysLeft: 184,
      notYetValid: false,
      selfSigned: false,
      serverAuth: 'yes',
      keyUsage: 'ok',
      keyType: 'rsa',
      keyBits: 2048,
      signature: 'sha256',
      nameMatch: 'match',
      expectedNames: [HOST],
      sentChain: 'linked',
      topIssuer: 'CN=Contoso Root',
      issuersInDate: true,
      stapled: false,
    });
    expect(fact.unknown).toEqual([]);
    expect(Object.keys(fact.data).toSorted()).toEqual([...ENDPOINT_TLS.members].toSorted());
  });

  it('is judged at the time of the scan', () => {
    expect(https([GOOD, ISSUING], {}, '2027-01-02T00:00:00Z').data).toMatchObject({ daysLeft: -1, notYetValid: false, issuersInDate: false });
    expect(https([GOOD, ISSUING], {}, '2025-12-31T00:00:00Z').data).toMatchObject({ notYetValid: true });
  });

  it.each<[string, Parameters<typeof certificates>[0], string | null, number]>([
    ['through the root', [GOOD, ISSUING, ROOT], 'rooted', 1],
    ['out of order', [GOOD, ROOT, ISSUING], 'rooted', 1],
    ['with something that does not belong', [GOOD, OTHER, ISSUING], 'linked', 1],
    ['alone', [GOOD], 'leaf-alone', 0],
    ['with the wrong intermediate', [GOOD, OTHER], 'unlinked', 0],
    ['with an impostor of the right name', [GOOD, IMPOSTOR], 'bad-signature', 0],
    ['with an impostor beside the right one', [GOOD, IMPOSTOR, ISSUING], 'linked', 1],
    ['self-signed', [SELF], 'self-signed', 0],
    ['twice the same', [GOOD, GOOD], 'unlinked', 0],
    ['with an intermediate that has the key and is out of date', [GOOD, OLD_ISSUING], 'linked', 1],
    ['beside something that cannot be parsed', [GOOD, 'AAAA'], null, -1],
  ])('%s', (_name, chain, expected, intermediates) => {
    const fact = https(chain);
    expect(fact.data['sentChain']).toBe(expected);
    if (intermediates >= 0) expect(fact.data['issuers']).toHaveLength(intermediates);
    else expect(fact.unknown).toEqual(expect.arrayContaining(['/sentChain', '/issuers']));
  });

  it('names issuers that are out of date', () => {
    expect(https([GOOD, OLD_ISSUING]).data).toMatchObject({ issuersInDate: false });
  });

  it('holds a stapled answer', () => {
    expect(https([GOOD, ISSUING], { Stapled: 'MAA=' }).data).toMatchObject({ stapled: true });
  });

  it('is unknown when it cannot be parsed, and that is said', () => {
    const made = normaliseEndpoint(
      input('endpoint', HOST, { ...NOT_ASKED, 'endpoint.httpsTls': MODERN, 'endpoint.httpsCertificates': certificates(['AAAA']) }),
      context(),
    );
    expect(made.problems).toMatchObject([{ code: 'certificate.unreadable', target: `endpoint:${HOST}` }]);
    const fact = one(made.facts, 'endpoint.tls');
    expect(fact.data).toMatchObject({ presented: true, sent: 1 });
    expect(fact.unknown).toEqual(expect.arrayContaining(['/thumbprint', '/daysLeft', '/nameMatch', '/sentChain']));
  });

  it('is nothing when no handshake showed any', () => {
    const fact = https(null, { Cause: 'garbage' });
    expect(fact.data).toMatchObject({ presented: false, sent: 0 });
    expect(fact.unknown).toContain('/thumbprint');
  });

  it.each<[string, string, readonly string[], string]>([
    ['a listener of its host', 'rdsh01.contoso.com', ['rdsh01.contoso.com'], 'match'],
    ['a listener of another host', 'rdsh01.contoso.com', ['rdsh02.contoso.com'], 'mismatch'],
    ['a listener that is known by its first label', 'RDSH01', ['rdsh01.contoso.com'], 'match'],
    ['a listener that is known by an address', '192.0.2.21', ['rdsh01.contoso.com'], 'not-asked'],
  ])('%s', (_name, host, dnsNames, expected) => {
    const certificate = makeCertificate({ commonName: 'rdp', dnsNames });
    const facts = factsOf(host, {
      'endpoint.rdpTls': MODERN,
      'endpoint.rdpCertificates': certificates([certificate]),
      'endpoint.rdpNegotiation': negotiation({ 0: 'F5' }),
    });
    expect(one(facts, 'endpoint.tls').data).toMatchObject({ service: 'rdp', nameMatch: expected, selfSigned: true, sentChain: 'self-signed' });
  });

  it('a gateway that is known by an address needs it in the certificate', () => {
    const certificate = makeCertificate({ commonName: 'gw', issuer: ISSUING, dnsNames: [HOST], addresses: ['192.0.2.10'] });
    const data = one(factsOf('192.0.2.10', { 'endpoint.httpsTls': MODERN, 'endpoint.httpsCertificates': certificates([certificate]) }), 'endpoint.tls').data;
    expect(data).toMatchObject({ nameMatch: 'match', expectedNames: ['192.0.2.10'] });
  });

  it('never throws on what a snapshot may hold', () => {
    const junk = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(junk, junk, junk, (a, b, c) => {
        const sections = {
          'endpoint.httpsTls': ok([{ Requested: 769, Selected: scalar(a), Alert: scalar(b), Cause: scalar(c) }]),
          'endpoint.httpsCertificates': absent,
        };
        expect(factsOf(HOST, sections)).toHaveLength(1);
        const fact = normaliseEndpoint(
          {
            ...input('endpoint', HOST, {}),
            snapshot: {
              schemaVersion: 1,
              target: { kind: 'endpoint', name: HOST },
              collectedAt: NOW,
              sections: {
                'endpoint.httpsCertificates': { status: 'ok', data: { Chain: a as never, Stapled: b as never } },
                'endpoint.gateway': { status: 'ok', data: [b as never, c as never] },
                'endpoint.rdpNegotiation': { status: 'ok', data: [a as never, c as never] },
              },
            },
          },
          context(),
        );
        expect(fact.facts.length).toBeGreaterThan(0);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

const scalar = (value: unknown): string | number | boolean | null => (typeof value === 'object' ? null : (value as string | number | boolean));
