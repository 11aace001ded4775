import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { PRESENTED_CERTIFICATE_JOIN } from '../../../src/normalise/endpoint/certificate-join.ts';
import { type MadeCertificate, makeCertificate, SERVER_AUTH } from '../../support/x509.ts';
import { AUTHORITIES, facts, gateway, host, ISSUING, ok, ROOT, row } from '../windows/certificates/support.ts';
import { certificates, checked, context, factsOf, versions } from './support.ts';

const NAME = 'rdgw.contoso.com';
const HOSTS = ['rdgw01.contoso.com', 'rdgw02.contoso.com'];
const issued = (commonName: string, serial: number): MadeCertificate =>
  makeCertificate({ commonName, issuer: ISSUING, dnsNames: [NAME], eku: [SERVER_AUTH], serial });
const NEW = issued('new', 2);
const OLD = issued('old', 3);
const MODERN = versions(['A70', 'A70', 0x0303, 0x0304]);

const bindingsOf = (name: string, bound: MadeCertificate | null | 'denied', chain?: JsonObject): readonly Fact[] =>
  facts(
    host(name, {
      certificates: ok([row(NEW, chain), row(OLD), ...AUTHORITIES]),
      Win32_TSGatewayServerSettings: bound === 'denied' ? { status: 'denied' } : ok([{ CertHash: bound?.thumbprint ?? '' }]),
    }),
  ).facts;
const listenerOf = (name: string, ...bound: readonly (readonly [string, MadeCertificate])[]): readonly Fact[] =>
  facts(
    host(name, {
      certificates: ok([row(NEW), row(OLD), ...AUTHORITIES]),
      Win32_TSGeneralSetting: ok(
        bound.map(([TerminalName, { thumbprint }]) => ({ TerminalName, SSLCertificateSHA1Hash: thumbprint, SSLCertificateSHA1HashType: 3 })),
      ),
    }),
  ).facts;
const https = (chain: readonly MadeCertificate[] | null): readonly Fact[] =>
  factsOf(NAME, { 'endpoint.httpsTls': MODERN, 'endpoint.httpsCertificates': certificates(chain) });
const rdp = (name: string, ...chain: readonly MadeCertificate[]): readonly Fact[] =>
  factsOf(name, { 'endpoint.rdpTls': MODERN, 'endpoint.rdpCertificates': certificates(chain) });

function join(...given: readonly (readonly Fact[])[]): readonly Fact[] {
  const all = given.flat().filter((fact) => PRESENTED_CERTIFICATE_JOIN.kinds.includes(fact.kind));
  return checked(PRESENTED_CERTIFICATE_JOIN.join(all, { hosts: [], deployments: [], gateways: [gateway(NAME, HOSTS)] }, context()));
}

describe('a presented certificate beside the bound one', () => {
  it('agrees, and was sent with all that the host knows', () => {
    const [fact, ...rest] = join(https([NEW, ISSUING]), bindingsOf(HOSTS[0] ?? '', NEW));
    expect(rest).toEqual([]);
    expect(fact).toMatchObject({
      id: `endpoint:${NAME}/endpoint.certificate/https`,
      target: `endpoint:${NAME}`,
      data: { host: NAME, service: 'https', presented: NEW.thumbprint, agrees: true, notSent: 0, bound: [`${NEW.thumbprint} (rdgw01.contoso.com TSGateway)`] },
      unknown: [],
    });
  });

  it.each<[string, readonly Fact[], boolean | null, number | null]>([
    ['without the intermediate that the host has', [...https([NEW]), ...bindingsOf(HOSTS[0] ?? '', NEW)], true, 1],
    ['with the root as well', [...https([NEW, ISSUING, ROOT]), ...bindingsOf(HOSTS[0] ?? '', NEW)], true, 0],
    ['while the host has another one', [...https([OLD, ISSUING]), ...bindingsOf(HOSTS[0] ?? '', NEW)], false, null],
    ['while nothing is bound', [...https([NEW, ISSUING]), ...bindingsOf(HOSTS[0] ?? '', null)], false, null],
    ['by one of two hosts', [...https([NEW, ISSUING]), ...bindingsOf(HOSTS[0] ?? '', OLD), ...bindingsOf(HOSTS[1] ?? '', NEW)], true, 0],
    ['by none of two hosts', [...https([ISSUING]), ...bindingsOf(HOSTS[0] ?? '', OLD), ...bindingsOf(HOSTS[1] ?? '', NEW)], false, null],
    [
      'by one host while the other could not be read',
      [...https([NEW, ISSUING]), ...bindingsOf(HOSTS[0] ?? '', 'denied'), ...bindingsOf(HOSTS[1] ?? '', NEW)],
      true,
      0,
    ],
    ['while a host could not be read', [...https([NEW, ISSUING]), ...bindingsOf(HOSTS[0] ?? '', 'denied'), ...bindingsOf(HOSTS[1] ?? '', OLD)], null, null],
  ])('%s', (_name, given, agrees, missing) => {
    expect(join(given)[0]?.data).toMatchObject({ agrees, notSent: missing });
  });

  it('is not known to be whole where the host does not know its chain', () => {
    const partial = bindingsOf(HOSTS[0] ?? '', NEW, { ChainElements: [NEW.thumbprint, ISSUING.thumbprint], ChainStatus: [0x10000] });
    expect(join(https([NEW, ISSUING]), partial)[0]).toMatchObject({ data: { agrees: true, notSent: null }, unknown: ['/notSent'] });
  });

  it('is compared with the listener that clients reach', () => {
    const name = 'rdsh01.contoso.com';
    expect(join(rdp(name, NEW), listenerOf(name, ['RDP-Tcp', NEW]))[0]?.data).toMatchObject({ service: 'rdp', agrees: true });
    expect(join(rdp(name, NEW), listenerOf(name, ['ICA-Tcp', NEW], ['RDP-Tcp', OLD]))[0]?.data).toMatchObject({ agrees: false });
    expect(join(rdp(name, NEW), listenerOf('rdsh02.contoso.com', ['RDP-Tcp', NEW]))).toEqual([]);
  });

  it('is nothing where nobody knows what is bound, or nothing was presented', () => {
    expect(join(https([NEW, ISSUING]))).toEqual([]);
    expect(join(https([NEW, ISSUING]), bindingsOf('other.contoso.com', NEW))).toEqual([]);
    expect(join(https(null), bindingsOf(HOSTS[0] ?? '', NEW))).toEqual([]);
  });
});
