import { choice, closed, flag, list, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const POLICY = 'https://learn.microsoft.com/azure/key-vault/certificates/about-certificates';
const TLS = 'https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview';

export const AZURE_CERTIFICATE: FactKind = {
  kind: 'azure.certificate',
  title: 'A certificate in Key Vault or at an Application Gateway',
  schema: closed({
    label: text('Name of the certificate or secret.'),
    holder: text('Name of the vault or the gateway that holds it.'),
    resourceGroup: RESOURCE_GROUP,
    source: choice(
      ['key-vault', 'secret', 'application-gateway'],
      'A certificate of a vault, a secret of one that holds a certificate, or what a gateway shows.',
    ),
    enabled: flag('It may be used; absent is on.'),
    notAfter: text('Last day, YYYY-MM-DD, UTC.'),
    daysLeft: { type: 'integer', description: 'Whole days from the scan’s time to its end; negative once it is over.' },
    keyType: text('rsa, ec, or another; other for curves that Windows does not take.'),
    keyBits: { type: 'integer', minimum: 0, description: 'Size of the key in bits.' },
    issuer: text('Issuer in the certificate, else the issuer of its policy: Self, Unknown, or the name of one.'),
    selfSigned: flag('It signs itself.'),
    serverAuthentication: flag('It may be used by servers: the purpose 1.3.6.1.5.5.7.3.1, or none at all.'),
    dnsNames: texts('DNS names that it covers.'),
    missingNames: texts('Host names of listeners which present it and are not among them.'),
    renewal: choice(['AutoRenew', 'EmailContacts', 'none', 'not-applicable'], `What Key Vault does before it ends (${POLICY}).`),
    integrated: flag('Key Vault itself asks its issuer for a new one.'),
    thumbprint: textOrNone('SHA-1 of the certificate, 40 upper-case hex digits; null when the input does not show it.'),
  }),
};

export const AZURE_CERTIFICATE_USE: FactKind = {
  kind: 'azure.certificateUse',
  title: 'A certificate of a vault beside what an RD Gateway host has bound, and the names that clients use there',
  schema: closed({
    label: text('Name of the certificate.'),
    holder: text('Name of the vault.'),
    resourceGroup: RESOURCE_GROUP,
    gateway: text('Name of the gateway that clients use.'),
    host: text('The host behind it.'),
    thumbprint: text('Of the certificate in the vault.'),
    bound: text('Of the certificate that the host has bound; none when there is none.'),
    deployed: flag('They are the same.'),
    missingNames: texts('Names that clients use, and the certificate in the vault does not cover.'),
  }),
};

export const AZURE_KEY_VAULT: FactKind = {
  kind: 'azure.keyVault',
  title: 'A key vault',
  schema: closed({
    name: text('Name of the vault.'),
    resourceGroup: RESOURCE_GROUP,
    roleBasedAccess: flag(
      'enableRbacAuthorization; absent is off, and for a vault made by API version 2026-02-01 or later on (https://learn.microsoft.com/azure/key-vault/general/access-control-default).',
    ),
    softDelete: flag('enableSoftDelete; absent is on (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview).'),
    purgeProtection: flag('enablePurgeProtection; absent is off.'),
    retentionDays: { type: 'integer', minimum: 0, description: 'Days for which what was deleted is kept; absent is 90.' },
    publicNetworkAccess: text('Enabled, the default, or Disabled.'),
    defaultAction: text('Of its network rules: Allow, the default, or Deny (https://learn.microsoft.com/azure/key-vault/general/network-security).'),
  }),
};

export const AZURE_APPLICATION_GATEWAY: FactKind = {
  kind: 'azure.applicationGateway',
  title: 'An Application Gateway: how it takes TLS, and what stands behind',
  schema: closed({
    name: text('Name of the gateway.'),
    resourceGroup: RESOURCE_GROUP,
    https: flag('It has a listener with TLS.'),
    minimumTls: text(`Oldest protocol that a listener takes: TLSv1_0 to TLSv1_3, or none without TLS (${TLS}).`),
    tier: text('Tier of its SKU: Standard_v2, WAF_v2, an older one, or not-stated.'),
    sslPolicy: text('Name of its policy, custom, default, or none without TLS.'),
    profilePolicies: texts('Profiles of its listeners that have a TLS policy of their own.'),
    plainListeners: texts('Listeners without TLS that do more than send clients on to HTTPS.'),
    plainBackends: texts('Settings of backends in use that are reached without TLS.'),
    unverifiedBackends: texts('Settings of backends in use whose certificates are not looked at.'),
    firewall: choice(
      ['Prevention', 'Detection', 'off'],
      'Weakest web application firewall before a listener or a path (https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview).',
    ),
    pinnedCertificates: list(
      closed({
        label: text('Name of the certificate at the gateway.'),
        how: choice(['one-version', 'embedded'], 'It names one version of a secret, or holds the PFX itself.'),
        versionless: text('Address of the secret without a version; empty for one that is embedded.'),
      }),
      'Certificates that a renewal in Key Vault does not reach (https://learn.microsoft.com/azure/application-gateway/key-vault-certs).',
    ),
  }),
};
