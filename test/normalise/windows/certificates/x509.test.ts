import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCertificate, signedBy } from '../../../../src/normalise/windows/certificates/x509.ts';
import { keyUsageOf, revocationSourcesOf, serverAuthOf } from '../../../../src/normalise/windows/certificates/x509-extensions.ts';
import { der, oid, sequence, utf8 } from '../../../support/der-writer.ts';
import { ecKey, rsaKey } from '../../../support/keys.ts';
import { ANY_EKU, type CertificateOptions, CLIENT_AUTH, makeCertificate, RDP_AUTH, SERVER_AUTH } from '../../../support/x509.ts';

function parse(options: CertificateOptions): NonNullable<ReturnType<typeof parseCertificate>> {
  const certificate = parseCertificate(makeCertificate(options).der);
  if (certificate === undefined) throw new Error('not parsed');
  return certificate;
}

const ed25519 = generateKeyPairSync('ed25519').privateKey;
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;

describe('parseCertificate', () => {
  it('agrees with OpenSSL about what both read', () => {
    const made = makeCertificate({ dnsNames: ['rdgw.contoso.com'], notBefore: '2026-01-02T03:04:05Z', notAfter: '2051-06-07T08:09:10Z' });
    const theirs = new X509Certificate(made.der);
    const ours = parseCertificate(made.der);
    expect(ours?.thumbprint).toBe(theirs.fingerprint.replaceAll(':', ''));
    expect(ours?.thumbprint).toBe(made.thumbprint);
    expect(ours?.notBefore).toBe(Date.parse(theirs.validFrom));
    expect(ours?.notAfter).toBe(Date.parse(theirs.validTo));
    expect(ours?.keyBits).toBe(theirs.publicKey.asymmetricKeyDetails?.modulusLength);
  });

  it.each([
    ['RSA of 2048 bits', { key: rsaKey('a') }, 'rsa', 2048, 'sha256'],
    ['RSA of 1024 bits', { key: rsaKey('a', 1024), hash: 'sha1' }, 'rsa', 1024, 'sha1'],
    ['RSA of 2047 bits', { key: rsaKey('a', 2047) }, 'rsa', 2047, 'sha256'],
    ['MD5', { key: rsaKey('a'), hash: 'md5' }, 'rsa', 2048, 'md5'],
    ['SHA-384', { key: rsaKey('a'), hash: 'sha384' }, 'rsa', 2048, 'sha384'],
    ['PSS with SHA-256', { key: rsaKey('a'), pss: true }, 'rsa', 2048, 'sha256'],
    ['PSS that hides SHA-1', { key: rsaKey('a'), pss: true, hash: 'sha1' }, 'rsa', 2048, 'sha1'],
    ['P-256', { key: ecKey('a') }, 'ec', 256, 'sha256'],
    ['P-256 with SHA-1', { key: ecKey('a'), hash: 'sha1' }, 'ec', 256, 'sha1'],
    ['P-384', { key: p384, hash: 'sha384' }, 'ec', 384, 'sha384'],
    ['P-521', { key: p521, hash: 'sha512' }, 'ec', 521, 'sha512'],
    ['Ed25519', { key: ed25519 }, 'ed25519', 256, 'ed25519'],
  ] as const)('reads key and signature: %s', (_name, options, keyType, keyBits, signature) => {
    expect(parse(options)).toMatchObject({ keyType, keyBits, signature });
  });

  it.each([
    ['server authentication', [SERVER_AUTH], 'yes'],
    ['server and client', [CLIENT_AUTH, SERVER_AUTH], 'yes'],
    ['any purpose', [ANY_EKU], 'any'],
    ['client only', [CLIENT_AUTH], 'no'],
    ['remote desktop only', [RDP_AUTH], 'remote-desktop-only'],
    ['remote desktop and client', [CLIENT_AUTH, RDP_AUTH], 'remote-desktop-only'],
    ['remote desktop and server', [RDP_AUTH, SERVER_AUTH], 'yes'],
    ['an empty list allows nothing', [], 'no'],
    ['no extension', undefined, 'absent'],
  ] as const)('extended key usage: %s', (_name, eku, expected) => {
    expect(serverAuthOf(parse(eku === undefined ? {} : { eku }).eku)).toBe(expected);
  });

  it.each([
    ['none', undefined, 'absent'],
    ['signature and key encipherment', 0xa0, 'ok'],
    ['signature only', 0x80, 'ok'],
    ['key encipherment only', 0x20, 'key-exchange-only'],
    ['key and data encipherment, as Windows makes it', 0x30, 'key-exchange-only'],
    ['certificate signing only', 0x04, 'unfit'],
  ] as const)('key usage: %s', (_name, keyUsage, expected) => {
    expect(keyUsageOf(parse(keyUsage === undefined ? {} : { keyUsage }).keyUsage)).toBe(expected);
  });

  it.each([
    ['http', { crl: ['ldap:///CN=a', 'http://crl.contoso.com/a.crl'] }, 'http'],
    ['ldap only', { crl: ['ldap:///CN=a,DC=contoso,DC=com?certificateRevocationList'] }, 'ldap-only'],
    ['a responder is enough', { crl: ['ldap:///CN=a'], ocsp: ['http://ocsp.contoso.com'] }, 'http'],
    ['nothing', {}, 'none'],
  ] as const)('revocation: %s', (_name, options, expected) => {
    expect(revocationSourcesOf(parse(options).revocationUrls)).toBe(expected);
  });

  it('reads names of every kind, and the subject as Windows shows it', () => {
    const certificate = parse({
      commonName: 'rdgw.contoso.com',
      subject: [
        ['2.5.4.6', 'US'],
        ['2.5.4.10', 'Contoso, Ltd.'],
      ],
      dnsNames: ['rdgw.contoso.com', '*.contoso.com'],
      addresses: ['192.0.2.10', '2001:db8:0:0:0:0:0:10'],
      emails: ['x@contoso.com'],
    });
    expect(certificate.subject).toBe('CN=rdgw.contoso.com, O="Contoso, Ltd.", C=US');
    expect(certificate.dnsNames).toEqual(['rdgw.contoso.com', '*.contoso.com']);
    expect(certificate.addresses).toEqual(['192.0.2.10', '2001:db8::10']);
  });

  it('tells a missing alternative name from one without DNS names', () => {
    expect(parse({}).dnsNames).toBeNull();
    expect(parse({ addresses: ['192.0.2.10'] }).dnsNames).toEqual([]);
    expect(parse({ emails: ['x@contoso.com'] }).dnsNames).toEqual([]);
  });

  it('reads the template, by name and by identifier', () => {
    expect(parse({ template: 'RemoteDesktopComputer' }).template).toBe('RemoteDesktopComputer');
    expect(parse({ extensions: [['1.3.6.1.4.1.311.21.7', sequence(oid('1.3.6.1.4.1.311.21.8.1'))]] }).template).toBe('1.3.6.1.4.1.311.21.8.1');
  });

  it('refuses what RFC 5280 forbids', () => {
    expect(parseCertificate(makeCertificate({ extensions: [['2.5.29.37', sequence(oid(SERVER_AUTH))]], eku: [CLIENT_AUTH] }).der)).toBeUndefined();
    const made = makeCertificate().der;
    expect(parseCertificate(Buffer.concat([made, Buffer.from([0])]))).toBeUndefined();
    expect(parseCertificate(made.subarray(0, -1))).toBeUndefined();
  });
});

describe('signedBy', () => {
  const root = makeCertificate({ commonName: 'Contoso Root CA', ca: true });
  const certificate = (options: CertificateOptions): NonNullable<ReturnType<typeof parseCertificate>> => parse(options);

  it.each([
    ['self-signed', certificate({ commonName: 'self' }), true],
    ['self-signed with SHA-1 and 1024 bits', certificate({ commonName: 'self', key: rsaKey('weak', 1024), hash: 'sha1' }), true],
    ['self-signed with an elliptic curve', certificate({ commonName: 'self', key: ecKey('e') }), true],
    ['issued', certificate({ commonName: 'leaf', issuer: root }), false],
    [
      'issued under its own name, so that subject and issuer are equal',
      certificate({ commonName: 'Contoso Root CA', key: rsaKey('other'), issuer: root }),
      false,
    ],
  ])('own key: %s', (_name, one, expected) => {
    expect(signedBy(one, one)).toBe(expected);
  });

  it('asks for the signature, not only for the name', () => {
    const other = makeCertificate({ commonName: 'Contoso Root CA', key: rsaKey('rekeyed'), ca: true });
    const leaf = certificate({ commonName: 'leaf', issuer: root });
    const parsed = [root, other].map((one) => parseCertificate(one.der));
    expect(parsed.map((one) => (one === undefined ? undefined : signedBy(leaf, one)))).toEqual([true, false]);
  });
});

describe('hostile bytes', () => {
  const good = makeCertificate({
    dnsNames: ['rdgw.contoso.com'],
    eku: [SERVER_AUTH],
    keyUsage: 0xa0,
    crl: ['http://crl.contoso.com'],
    addresses: ['192.0.2.1'],
  }).der;

  it('never throws for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        parseCertificate(Buffer.from(bytes));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('never throws for a certificate with changed bytes, and OpenSSL is asked safely', () => {
    const change = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const { at, value } of changes) bytes[at] = value;
        const certificate = parseCertificate(bytes);
        if (certificate !== undefined) signedBy(certificate, certificate);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('refuses deep nesting, endless lengths and huge input without effort', () => {
    let nested = utf8('x');
    for (let depth = 0; depth < 2000; depth++) nested = der(0xa0, nested);
    expect(parseCertificate(nested)).toBeUndefined();
    expect(parse({ extensions: [['2.5.29.31', nested]] }).revocationUrls).toEqual([]);
    expect(parseCertificate(Buffer.from('3084ffffffff', 'hex'))).toBeUndefined();
    expect(parseCertificate(Buffer.from('3080', 'hex'))).toBeUndefined();
    expect(parseCertificate(Buffer.alloc(1_000_000, 0x30))).toBeUndefined();
    expect(parseCertificate(Buffer.alloc(0))).toBeUndefined();
  });
});
