import type { JsonObject } from '../../../src/model/json.ts';
import { type CertificateOptions, makeCertificate, type MadeCertificate, SERVER_AUTH } from '../../support/x509.ts';

const CRL = 'http://pki.contoso.com/issuing.crl';
export const TEMPLATE = 'ContosoRemoteDesktop';

const ROOT = makeCertificate({
  commonName: 'Contoso Root CA',
  ca: true,
  keyUsage: 0x06,
  serial: 1,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2040-01-01T00:00:00Z',
});
const ISSUING = makeCertificate({
  commonName: 'Contoso Issuing CA 1',
  issuer: ROOT,
  ca: true,
  keyUsage: 0x06,
  serial: 2,
  notBefore: '2022-01-01T00:00:00Z',
  notAfter: '2032-01-01T00:00:00Z',
  crl: ['http://pki.contoso.com/root.crl'],
});

/** A server certificate of the company's authority. */
export function serverCertificate(options: CertificateOptions): MadeCertificate {
  return makeCertificate({ issuer: ISSUING, keyUsage: 0xa0, eku: [SERVER_AUTH], crl: [CRL], ...options });
}

export const GATEWAY_OLD = serverCertificate({
  commonName: 'rdgw.contoso.com',
  dnsNames: ['rdgw.contoso.com'],
  serial: 100,
  notBefore: '2025-12-14T09:00:00Z',
  notAfter: '2026-12-14T09:00:00Z',
});
export const GATEWAY_RENEWED = serverCertificate({
  commonName: 'rdgw.contoso.com',
  dnsNames: ['rdgw.contoso.com'],
  serial: 101,
  notBefore: '2026-11-20T09:00:00Z',
  notAfter: '2027-11-20T09:00:00Z',
});
export const BROKER = serverCertificate({
  commonName: 'rdcb01.corp.contoso.com',
  dnsNames: ['rdcb01.corp.contoso.com'],
  serial: 110,
  notBefore: '2026-03-01T09:00:00Z',
  notAfter: '2028-03-01T09:00:00Z',
});

const READ = 0x120089;
const FULL = 0x1f01ff;

/** Administrators and the system own the key; the services of Remote Desktop run as NETWORK SERVICE. */
const KEY_ACCESS = [
  { Sid: 'S-1-5-18', Access: 0, Rights: FULL },
  { Sid: 'S-1-5-32-544', Access: 0, Rights: FULL },
  { Sid: 'S-1-5-20', Access: 0, Rights: READ },
];

/** A row of the personal store, with its chain. */
export function storeRow(certificate: MadeCertificate, more: JsonObject = {}): JsonObject {
  return {
    Store: 'My',
    Thumbprint: certificate.thumbprint,
    Der: certificate.der.toString('base64'),
    HasPrivateKey: true,
    PrivateKeyFound: true,
    PrivateKeyAccess: KEY_ACCESS,
    ChainStatus: [],
    ChainElements: [certificate.thumbprint, ISSUING.thumbprint, ROOT.thumbprint],
    RevocationMode: 1,
    Template: null,
    ...more,
  };
}

/** What Windows makes for a listener that no policy gives a certificate. */
export function selfSignedRow(certificate: MadeCertificate): JsonObject {
  return storeRow(certificate, { Store: 'Remote Desktop', ChainStatus: [32], ChainElements: [certificate.thumbprint] });
}

export function authorityRows(): JsonObject[] {
  return [
    { Store: 'CA', Thumbprint: ISSUING.thumbprint, Der: ISSUING.der.toString('base64') },
    { Store: 'Root', Thumbprint: ROOT.thumbprint, Der: ROOT.der.toString('base64') },
  ];
}
