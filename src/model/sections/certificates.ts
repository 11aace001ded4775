import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, DEPLOYMENT_ADMINISTRATORS, IIS_CONFIGURATION, REGISTRY_READ } from './rights.ts';

const text = { type: ['string', 'null'] } as const;
const flag = { type: ['boolean', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const texts = { type: ['array', 'null'], items: { type: 'string' } } as const;
/** A SHA-1 thumbprint: text, base64, or a list of 20 bytes (uint8[] of WMI). */
const hash = { type: ['string', 'array', 'null'], items: { type: 'integer', minimum: 0, maximum: 255 } } as const;
/** A certificate's bytes: base64 or a list of bytes. Dates, names and keys are read from them, never from display text. */
const der = { type: ['string', 'array', 'null'], items: { type: 'integer', minimum: 0, maximum: 255 } } as const;

/** `Cert:\LocalMachine\…`: every certificate of My, Remote Desktop and WebHosting; of CA and Root those above them. */
export const CERTIFICATES_SECTION: SectionSpec = {
  name: 'certificates',
  of: 'windows-host',
  title: 'Certificates of the local machine',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/microsoft.powershell.security/about/about_certificate_provider',
  right: ADMINISTRATORS,
  columns: {
    Store: { type: 'string', description: 'My, Remote Desktop, WebHosting, CA or Root.' },
    Thumbprint: { type: 'string' },
    Der: der,
    HasPrivateKey: { ...flag, description: 'X509Certificate2.HasPrivateKey: only says that the certificate points to a key.' },
    PrivateKeyFound: { ...flag, description: 'Whether the key that it points to exists; null when this could not be found out.' },
    PrivateKeyAccess: {
      type: ['array', 'null'],
      items: { type: 'object', properties: { Sid: { type: 'string' }, Access: { type: ['string', 'integer'] }, Rights: { type: ['integer', 'string'] } } },
      description: "Access rules of the key's file: SID, Allow (0) or Deny (1), FileSystemRights as an integer. Null when it could not be read.",
    },
    ChainStatus: {
      type: ['array', 'integer', 'string', 'null'],
      items: { type: ['integer', 'string', 'object'] },
      description:
        'X509ChainStatusFlags of every ChainStatus after X509Chain.Build for server authentication; an empty list for a good chain, null when none was built.',
    },
    ChainElements: { ...texts, description: 'Thumbprints of the chain, the certificate itself first. Their bytes stand in rows of CA and Root.' },
    RevocationMode: { type: ['integer', 'string', 'null'], description: 'X509RevocationMode of that build: 0 NoCheck, 1 Online, 2 Offline.' },
    Template: { ...text, description: 'Certificate template, where the collector knows its name.' },
  },
};

/** The RD Gateway service; absent where the role is not installed. */
export const GATEWAY_SERVER_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayServerSettings',
  of: 'windows-host',
  title: 'Settings of the RD Gateway service',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/termserv/win32-tsgatewayserversettings',
  right: ADMINISTRATORS,
  columns: {
    CertHash: { ...hash, description: 'Thumbprint of the certificate that the gateway uses.' },
    MaxConnections: integer,
    UnlimitedConnections: flag,
    MaximumAllowedConnectionsBySku: integer,
    CentralCAPEnabled: flag,
    RequestSOH: flag,
    SslBridging: { ...integer, description: '0 none, 1 HTTPS to HTTP, 2 HTTPS to HTTPS.' },
    IsConfigured: flag,
    EnforceChannelBinding: flag,
    OnlyConsentCapableClients: flag,
    AuthenticationPluginName: text,
    AuthorizationPluginName: text,
  },
};

/** `netsh http show sslcert`, read without its localised labels (HttpQueryServiceConfiguration, or the HTTP service's keys). */
export const HTTP_BINDINGS_SECTION: SectionSpec = {
  name: 'http.sslBindings',
  of: 'windows-host',
  title: 'TLS bindings of HTTP.sys',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/api/http/nf-http-httpqueryserviceconfiguration',
  right: REGISTRY_READ,
  columns: {
    IpPort: { ...text, description: '0.0.0.0:443, [::]:443; null for a binding by name.' },
    HostnamePort: { ...text, description: 'rdgw.contoso.com:443; wins over IpPort for that name (SNI).' },
    CertHash: hash,
    CertStoreName: text,
    AppId: text,
  },
};

/** `Get-WebBinding` with its site; absent where IIS is not installed. */
export const IIS_BINDINGS_SECTION: SectionSpec = {
  name: 'iis.bindings',
  of: 'windows-host',
  title: 'Site bindings of IIS',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/webadministration/get-webbinding',
  right: IIS_CONFIGURATION,
  columns: {
    Site: { type: 'string' },
    protocol: { type: 'string', description: 'Only https is judged.' },
    bindingInformation: { type: 'string', description: 'address:port:name' },
    certificateHash: hash,
    certificateStoreName: text,
    sslFlags: integer,
    Applications: { ...texts, description: "Paths of the site's applications; a site without /RDWeb, /Rpc and the like is none of ours. Null when not known." },
  },
};

/** `Get-RDWebClientBrokerCert`; absent where the HTML5 web client is not installed. */
export const WEB_CLIENT_SECTION: SectionSpec = {
  name: 'webClient.brokerCertificate',
  of: 'windows-host',
  title: 'Broker certificate that the HTML5 web client trusts',
  shape: 'object',
  source: 'https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/remote-desktop-web-client-admin',
  right: ADMINISTRATORS,
  columns: { Thumbprint: text, Der: der },
};

/** `Get-RDCertificate`: what the deployment thinks each role uses, not what is bound. */
export const DEPLOYMENT_CERTIFICATES_SECTION: SectionSpec = {
  name: 'deployment.certificates',
  of: 'rds-deployment',
  title: 'Certificates of the deployment, by role',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdcertificate',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    Role: { type: ['integer', 'string'], description: 'RDCertificateRole: 1 RDGateway, 2 RDWebAccess, 4 RDRedirector, 8 RDPublishing.' },
    Level: { ...text, description: 'Trusted, Untrusted (self-signed) or NotConfigured, spelled with or without a space.' },
    Thumbprint: text,
    Subject: text,
    SubjectAlternateName: texts,
    IssuedBy: text,
    IssuedTo: text,
    ExpiresOn: { ...text, description: "Text in the broker's language: kept for people, never parsed." },
    Der: { ...der, description: 'Bytes of the certificate where the broker has it in its own store; the cmdlet does not give them.' },
  },
};

/** `Get-RDDeploymentGatewayConfiguration`. Modes other than Custom return the mode alone. */
export const DEPLOYMENT_GATEWAY_SECTION: SectionSpec = {
  name: 'deployment.gateway',
  of: 'rds-deployment',
  title: 'Gateway configuration of the deployment',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rddeploymentgatewayconfiguration',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    GatewayMode: { type: ['integer', 'string'], description: 'GatewayUsage: 0 DoNotUse, 2 Custom, 3 Automatic.' },
    GatewayExternalFqdn: text,
    LogonMethod: { type: ['integer', 'string', 'null'], description: 'GatewayAuthMode: 0 Password, 1 Smartcard, 4 AllowUserToSelectDuringConnection.' },
    UseCachedCredentials: flag,
    BypassLocal: flag,
  },
};

/** `Get-RDConnectionBrokerHighAvailability`, without its connection string; absent where the broker stands alone. */
export const DEPLOYMENT_ACCESS_NAME_SECTION: SectionSpec = {
  name: 'deployment.clientAccessName',
  of: 'rds-deployment',
  title: 'Client access name of a highly available broker',
  shape: 'object',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdconnectionbrokerhighavailability',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: { ClientAccessName: text, ConnectionBroker: texts, ActiveManagementServer: text },
};

/** `Get-RDServer`. */
export const DEPLOYMENT_SERVERS_SECTION: SectionSpec = {
  name: 'deployment.servers',
  of: 'rds-deployment',
  title: 'Servers of the deployment and their roles',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/remotedesktop/get-rdserver',
  right: DEPLOYMENT_ADMINISTRATORS,
  columns: {
    Server: { type: 'string' },
    Roles: { ...texts, description: 'RDS-RD-SERVER, RDS-CONNECTION-BROKER, RDS-WEB-ACCESS, RDS-GATEWAY, RDS-LICENSING, RDS-VIRTUALIZATION, in any case.' },
  },
};

export const CERTIFICATE_SECTIONS: readonly SectionSpec[] = [
  CERTIFICATES_SECTION,
  GATEWAY_SERVER_SECTION,
  HTTP_BINDINGS_SECTION,
  IIS_BINDINGS_SECTION,
  WEB_CLIENT_SECTION,
  DEPLOYMENT_CERTIFICATES_SECTION,
  DEPLOYMENT_GATEWAY_SECTION,
  DEPLOYMENT_ACCESS_NAME_SECTION,
  DEPLOYMENT_SERVERS_SECTION,
];
