import type { JsonObject } from '../json.ts';
import type { FactKind } from './kind.ts';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

/** Members that describe a certificate; also used where a certificate is seen from elsewhere. */
const PROPERTIES = {
  host: { ...text, description: 'Name of the host.' },
  domainJoined: { type: 'boolean', description: 'Whether the host is a member of a domain.' },
  role: {
    enum: ['gateway', 'http', 'iis', 'listener', 'web-client'],
    description:
      'Who names the certificate: the RD Gateway service (Win32_TSGatewayServerSettings.CertHash), HTTP.sys (netsh http show sslcert), an IIS site with RD Web or the gateway, an RDP listener (Win32_TSGeneralSetting.SSLCertificateSHA1Hash), the HTML5 web client (Get-RDWebClientBrokerCert).',
  },
  binding: { ...text, description: 'Which one of its role: TSGateway, 0.0.0.0:443, Default Web Site *:443:, RDP-Tcp.' },
  port: { type: ['integer', 'null'], description: 'TCP port of an http or iis binding; null for the others.' },
  serverName: { ...text, description: "Server name that an http or iis binding is for; 'any' when it is for every name." },
  thumbprint: { ...text, description: "SHA-1 of the certificate, 40 upper-case hex digits; 'none' when no certificate is set." },
  configured: { type: 'boolean', description: 'Whether a certificate is set.' },
  found: { type: 'boolean', description: 'Whether the certificate stands in a store that services use: My, Remote Desktop or WebHosting.' },
  store: { ...text, description: "Name of that store; 'none' when the certificate is in none of them." },
  subject: { ...text, description: 'Subject, most specific part first.' },
  issuer: { ...text, description: 'Issuer, most specific part first.' },
  names: { ...texts, description: 'DNS names that count: of the subject alternative name, or the common name when there is none (RFC 6125).' },
  addresses: { ...texts, description: 'IP addresses of the subject alternative name.' },
  notBefore: { ...text, description: 'ISO 8601 UTC.' },
  notAfter: { ...text, description: 'ISO 8601 UTC.' },
  daysLeft: { type: 'integer', description: "Whole days until it expires at the scan's time, rounded down; negative once it has expired." },
  lifetimeShareLeft: { type: 'number', description: 'Share of its lifetime that is left, 0 to 1, rounded down to hundredths.' },
  notYetValid: { type: 'boolean', description: 'Whether its validity begins after the scan.' },
  selfSigned: { type: 'boolean', description: 'Whether its own key signed it; not merely whether subject and issuer are equal.' },
  chain: {
    enum: ['trusted', 'untrusted', 'partial', 'revoked', 'expired-issuer', 'invalid'],
    description: 'What X509Chain says on the host for server authentication; expired-issuer also by the known issuers at the time of the scan.',
  },
  chainFlags: { ...texts, description: 'Names of X509ChainStatusFlags that the host reported.' },
  revocationChecked: { type: 'boolean', description: 'False when the host could not find out whether the certificate is revoked.' },
  revocationSources: { enum: ['http', 'ldap-only', 'none'], description: 'Where revocation can be looked up: CRL distribution points and OCSP.' },
  issuers: {
    type: 'array',
    items: { type: ['object', 'null'], additionalProperties: false, properties: { label: text, subject: text, keyType: {}, keyBits: {}, signature: {} } },
    description: 'Intermediate certificates, the nearest first, without the root. An unknown element stands for those that are missing.',
  },
  intermediatesInstalled: { type: 'boolean', description: 'Whether every intermediate stands in the store CA, so that clients are sent it.' },
  serverAuth: {
    enum: ['yes', 'any', 'absent', 'remote-desktop-only', 'no'],
    description:
      'Extended key usage: Server Authentication; any purpose; no restriction; Remote Desktop Authentication only (enough for the listener alone); none of them.',
  },
  eku: { ...texts, description: 'Extended key usage, object identifiers.' },
  keyUsage: { enum: ['absent', 'ok', 'key-exchange-only', 'unfit'], description: 'Key usage: no restriction; may sign; only RSA key exchange; neither.' },
  keyType: { enum: ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'dsa'], description: 'Kind of the public key.' },
  keyBits: { type: 'integer', description: 'Bits of the public key (of the modulus, of the curve).' },
  keyId: { ...text, description: 'SHA-256 of the public key; certificates renewed with the same key share it.' },
  signature: {
    enum: ['md2', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'ed25519', 'ed448'],
    description: 'Hash of the signature, by object identifier.',
  },
  privateKey: {
    enum: ['readable', 'not-readable', 'missing', 'not-asked'],
    description: 'Whether the service can read the private key: NETWORK SERVICE (S-1-5-20) for listener and gateway, the system for http and iis.',
  },
  everyoneFull: { type: 'boolean', description: 'Whether a group of everybody (Everyone, Users, …) has full control of the private key.' },
  keyOpenTo: { ...texts, description: 'Groups of everybody that can read the private key.' },
  nameMatch: { enum: ['match', 'mismatch', 'not-asked'], description: 'Whether the certificate covers all of expectedNames (RFC 6125).' },
  expectedNames: {
    ...texts,
    description: "Names that clients use here: the gateway's intended name, the binding's server name, the host's own name for a listener.",
  },
  hashType: {
    enum: ['invalid', 'self-signed', 'group-policy', 'custom', 'not-asked'],
    description: 'Where a listener has its certificate from (SSLCertificateSHA1HashType: 0 invalid, 1 self-signed, 2 group policy, 3 custom).',
  },
  templatePolicy: { ...text, description: "Certificate template that Group Policy names for listeners (CertTemplateName); 'none' when it names none." },
  candidate: { ...text, description: "For a listener: thumbprint of a certificate in the store My that is fit for it as it is, else 'none'." },
} as const satisfies JsonObject;

/** One place of a host that names a certificate, joined with the certificate. */
export const WINDOWS_CERTIFICATE_BINDING: FactKind & { readonly members: readonly string[] } = {
  kind: 'windows.certificateBinding',
  title: 'Certificate binding of a host',
  members: Object.keys(PROPERTIES),
  schema: { type: 'object', additionalProperties: false, required: Object.keys(PROPERTIES), properties: PROPERTIES },
};
