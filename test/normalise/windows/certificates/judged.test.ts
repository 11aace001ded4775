import { describe, expect, it } from 'vitest';
import { judge, subjectOf } from '../../../../src/evaluate/judge.ts';
import { placeholdersOf } from '../../../../src/lib/placeholder.ts';
import { pointersRead } from '../../../../src/lib/schema-pointers.ts';
import type { Fact } from '../../../../src/model/fact.ts';
import { FACT_KINDS } from '../../../../src/model/facts/index.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import { compilePolicy } from '../../../../src/policy/compile.ts';
import { readPolicyFolder } from '../../../../src/policy/library.ts';
import { rsaKey } from '../../../support/keys.ts';
import { type CertificateOptions, makeCertificate, SERVER_AUTH } from '../../../support/x509.ts';
import { AUTHORITIES, absent, context, deployment, facts, host, ISSUING, joined, ok, row } from './support.ts';

const POLICIES = readPolicyFolder('policies/certificates').policies;
const GATEWAY = 'rdgw01.contoso.com';
const HOST = 'rdsh01.contoso.com';
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

/** Policy id to outcomes of every fact that it applies to. */
function outcomes(list: readonly Fact[]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const policy of POLICIES) {
    const compiled = compilePolicy(policy);
    const found = list.filter((fact) => fact.kind === policy.kind).map((fact) => judge(compiled, subjectOf(fact)));
    const applying = found.filter((outcome) => outcome !== 'not-applicable');
    if (applying.length > 0) result[policy.id] = applying;
  }
  return result;
}

const NO_TEMPLATE = ok({ 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services': { status: 'absent' } });

function estate(gatewayRow: JsonObject, listenerRow: JsonObject, listener: JsonObject = { SSLCertificateSHA1HashType: 2 }): Fact[] {
  const inputs = [
    host(GATEWAY, {
      certificates: ok([gatewayRow, ...AUTHORITIES]),
      Win32_TSGatewayServerSettings: ok([{ CertHash: gatewayRow['Thumbprint'] ?? '' }]),
      'http.sslBindings': ok([{ IpPort: '0.0.0.0:443', CertHash: gatewayRow['Thumbprint'] ?? '' }]),
    }),
    host(HOST, {
      certificates: ok([listenerRow, ...AUTHORITIES]),
      Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp', SSLCertificateSHA1Hash: listenerRow['Thumbprint'] ?? '', ...listener }]),
      registry: NO_TEMPLATE,
    }),
  ];
  const given = context('rdgw.contoso.com');
  return [...inputs.flatMap((input) => facts(input, given).facts), ...joined(inputs, {}, given)];
}

describe('the certificate policies', () => {
  it('are all fifteen', () => {
    expect(POLICIES.map((policy) => policy.id)).toEqual(Array.from({ length: 15 }, (_, index) => `CERT-${String(index + 1).padStart(3, '0')}`));
  });

  it.each(POLICIES.map((policy) => [policy.id, policy] as const))('%s reads and shows only what its facts have', (_id, policy) => {
    const properties = FACT_KINDS.find((kind) => kind.kind === policy.kind)?.schema['properties'] as JsonObject;
    const read = [policy.when, policy.assert, ...(policy.grades ?? []).map((grade) => grade.when), ...(policy.fix ?? []).map((fix) => fix.when)]
      .flatMap((schema) => pointersRead(schema))
      .map((pointer) => pointer.split('/')[1]);
    const shown = [policy.message, ...(policy.fix ?? []).map((fix) => JSON.stringify(fix))].flatMap(placeholdersOf);
    for (const name of [...read, ...shown]) expect(Object.keys(properties)).toContain(name);
  });

  const listener = row(issued({ dnsNames: [HOST], key: rsaKey('listener') }));

  it('pass where all is well', () => {
    const all = outcomes(estate(row(issued({ notAfter: '2027-01-01T00:00:00Z' })), listener));
    expect(
      Object.values(all)
        .flat()
        .every((outcome) => outcome === 'pass'),
    ).toBe(true);
    expect(Object.keys(all)).toEqual([
      'CERT-001',
      'CERT-002',
      'CERT-003',
      'CERT-004',
      'CERT-005',
      'CERT-006',
      'CERT-007',
      'CERT-008',
      'CERT-009',
      'CERT-013',
      'CERT-015',
    ]);
  });

  it.each<[string, CertificateOptions, JsonObject, string[]]>([
    ['expired', { notAfter: '2026-06-30T00:00:00Z' }, {}, ['CERT-001']],
    ['for another name', { dnsNames: ['gw.contoso.com'] }, {}, ['CERT-002']],
    ['untrusted', {}, { ChainStatus: [32] }, ['CERT-003']],
    ['for clients', { eku: ['1.3.6.1.5.5.7.3.2'] }, {}, ['CERT-004']],
    ['weak', { key: rsaKey('small', 1024) }, {}, ['CERT-005']],
    ['without a key', {}, { HasPrivateKey: false }, ['CERT-006']],
    ['with revocation that cannot be looked up', { crl: ['ldap:///CN=a'] }, {}, ['CERT-013']],
  ])('find a gateway certificate that is %s, and nothing else', (_name, options, more, expected) => {
    const all = outcomes(estate(row(issued(options), more), listener));
    expect(Object.keys(all).filter((id) => all[id]?.includes('fail') === true)).toEqual(expected);
  });

  it('say unknown for everything about a certificate that cannot be parsed', () => {
    const all = outcomes(estate(row(issued(), { Der: 'AAAA' }), listener));
    for (const id of ['CERT-001', 'CERT-002', 'CERT-003', 'CERT-004', 'CERT-006', 'CERT-007', 'CERT-013']) expect(all[id]?.[0], id).toBe('unknown');
  });

  it('are content with the fix that CERT-008 offers', () => {
    const own = makeCertificate({ commonName: HOST, key: rsaKey('own') });
    const ownRow = row(own, { Store: 'Remote Desktop', ChainStatus: [32], ChainElements: [own.thumbprint] });
    const given = (listenerSettings: JsonObject): Fact[] => [
      ...facts(
        host(HOST, { certificates: ok([ownRow, listener, ...AUTHORITIES]), Win32_TSGeneralSetting: ok([{ TerminalName: 'RDP-Tcp', ...listenerSettings }]) }),
      ).facts,
    ];
    const before = given({ SSLCertificateSHA1Hash: own.thumbprint, SSLCertificateSHA1HashType: 1 });
    expect(outcomes(before)['CERT-008']).toEqual(['fail']);
    const candidate = before[0]?.data['candidate'] ?? null;
    // Laid over as declared: the thumbprint is written, the type that Windows derives from it is gone.
    const after = outcomes(given({ SSLCertificateSHA1Hash: candidate }));
    expect([after['CERT-008'], after['CERT-009']]).toEqual([['pass'], ['pass']]);
  });

  it('find what only the deployment shows', () => {
    const certificate = issued();
    const broker = deployment('rdcb01.contoso.com', {
      'deployment.certificates': ok([
        { Role: 4, Level: 'Untrusted', Thumbprint: certificate.thumbprint, SubjectAlternateName: ['rdgw.contoso.com'] },
        { Role: 8, Level: 'NotConfigured', Thumbprint: '' },
      ]),
      'deployment.gateway': ok([{ GatewayMode: 0 }]),
      'deployment.clientAccessName': absent,
      'deployment.servers': ok([{ Server: 'RDWEB01.CONTOSO.COM', Roles: ['RDS-WEB-ACCESS'] }]),
    });
    const web = host('rdweb01.contoso.com', { 'webClient.brokerCertificate': ok({ Thumbprint: 'A'.repeat(40) }) });
    expect(outcomes(joined([broker, web]))).toMatchObject({ 'CERT-010': ['fail', 'fail'], 'CERT-011': ['fail'], 'CERT-014': ['fail'] });
  });
});
