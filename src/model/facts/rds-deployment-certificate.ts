import type { JsonObject } from '../json.ts';
import { defineKind } from './define.ts';
import type { FactKind } from './kind.ts';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

const host = { ...text, description: 'Name of the connection broker.' } as const;
const role = {
  enum: ['gateway', 'web-access', 'redirector', 'publishing'],
  description: 'RDCertificateRole: RDGateway 1, RDWebAccess 2, RDRedirector 4, RDPublishing 8.',
} as const;

const CERTIFICATE = {
  host,
  role,
  level: {
    enum: ['trusted', 'untrusted', 'not-configured'],
    description: 'Level of Get-RDCertificate: untrusted is a self-signed certificate.',
  },
  thumbprint: { ...text, description: "40 upper-case hex digits; 'none' when no certificate is configured." },
  names: { ...texts, description: 'DNS names of the certificate.' },
  notAfter: { ...text, description: 'ISO 8601 UTC, from the certificate itself; ExpiresOn is text in the language of the broker.' },
  daysLeft: { type: 'integer', description: "Whole days until it expires at the scan's time; negative once it has expired." },
} as const satisfies JsonObject;

/** What `Get-RDCertificate` says of one role. */
export const RDS_DEPLOYMENT_CERTIFICATE = defineKind('rds.deploymentCertificate', 'Certificate that a deployment has configured for a role', CERTIFICATE);

/** The same, joined with the certificate of that thumbprint on any host, and with whether the role is in use. */
export const RDS_ROLE_CERTIFICATE = defineKind('rds.roleCertificate', 'Certificate of a deployment role', {
  ...CERTIFICATE,
  used: { type: 'boolean', description: 'Whether the deployment has the role: a gateway that it sends clients to, a server with RD Web Access.' },
  datesFrom: { ...text, description: "Host whose certificate store gave the dates; 'deployment', or 'none'." },
});

/** The names and servers of a deployment, for joins. */
export const RDS_DEPLOYMENT_NAMES = defineKind('rds.deploymentNames', 'Names and servers of a deployment', {
  host,
  gatewayMode: { enum: ['do-not-use', 'custom', 'automatic'], description: 'GatewayMode of Get-RDDeploymentGatewayConfiguration.' },
  gatewayFqdn: { ...text, description: "GatewayExternalFqdn; 'none' unless the mode is custom." },
  clientAccessName: { ...text, description: "ClientAccessName of a highly available broker, else 'none'." },
  gateways: { ...texts, description: 'Servers with the role RDS-GATEWAY, lower-cased.' },
  webServers: { ...texts, description: 'Servers with the role RDS-WEB-ACCESS, lower-cased.' },
});

/** One name in play, and whether the certificate that has to answer for it covers it. */
export const RDS_CERTIFICATE_NAME = defineKind('rds.certificateName', 'Name that a certificate has to cover', {
  host: { ...text, description: 'Name of the host or of the connection broker.' },
  role: { enum: ['gateway', 'web', 'redirector'], description: 'Who answers under the name: the gateway, a web server, the connection broker.' },
  seen: { enum: ['bound', 'configured'], description: 'Whether the certificate is the one bound on a host or the one that the deployment has configured.' },
  binding: { ...text, description: 'The binding, or the deployment role.' },
  name: { ...text, description: 'The name that clients use.' },
  nameFrom: {
    enum: ['estate', 'intent', 'gateway-configuration', 'client-access-name', 'broker', 'binding'],
    description: 'Who says so: gateways or intent of the estate, the gateway configuration of the deployment, its access name, the broker itself, the binding.',
  },
  thumbprint: { ...text, description: "The certificate; 'none' when there is none." },
  names: { ...texts, description: 'DNS names of the certificate.' },
  covered: { type: 'boolean', description: 'Whether the certificate covers the name (RFC 6125).' },
});

/** The certificate that the web client trusts, beside the one that the broker shows. */
export const RDS_WEB_CLIENT_CERTIFICATE = defineKind('rds.webClientCertificate', 'Broker certificate of the HTML5 web client', {
  host: { ...text, description: 'Name of the web server.' },
  broker: { ...text, description: 'Name of the connection broker.' },
  thumbprint: { ...text, description: "What the web client trusts; 'none' when nothing was imported." },
  redirectorThumbprint: { ...text, description: 'Certificate of the role RDRedirector.' },
  agrees: { type: 'boolean', description: 'Whether both are one certificate.' },
});

export const RDS_CERTIFICATE_KINDS: readonly FactKind[] = [
  RDS_DEPLOYMENT_CERTIFICATE,
  RDS_ROLE_CERTIFICATE,
  RDS_DEPLOYMENT_NAMES,
  RDS_CERTIFICATE_NAME,
  RDS_WEB_CLIENT_CERTIFICATE,
];
