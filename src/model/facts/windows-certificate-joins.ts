import { defineKind } from './define.ts';
import type { FactKind } from './kind.ts';

const text = { type: 'string' } as const;

/** The gateway service's certificate beside every other place that should name the same one. */
export const WINDOWS_CERTIFICATE_AGREEMENT = defineKind('windows.certificateAgreement', 'Agreement of the certificate bindings of a gateway', {
  host: { ...text, description: 'Name of the gateway host.' },
  thumbprint: { ...text, description: "Certificate of the gateway service; 'none' when none is set." },
  found: { type: 'boolean', description: 'Whether that certificate stands in a store of the host.' },
  compared: { type: 'integer', description: 'How many other places were compared.' },
  others: {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['label', 'from', 'thumbprint', 'agrees', 'daysLeft'],
      properties: {
        label: text,
        from: { ...text, description: 'http 0.0.0.0:443, iis Default Web Site *:443:, deployment rdcb01.contoso.com.' },
        thumbprint: {},
        agrees: {},
        daysLeft: {},
      },
    },
    description: 'HTTP.sys and IIS on the port of the gateway for every name or one of its names, and RDGateway of the deployments that it serves.',
  },
  anyExpired: { type: 'boolean', description: 'Whether one of the certificates that are bound on the host has expired.' },
});

/** One key that an Internet-facing gateway or a wildcard certificate uses, and everything else that uses it. */
export const WINDOWS_CERTIFICATE_REUSE = defineKind('windows.certificateReuse', 'Reuse of a certificate or its key', {
  host: { ...text, description: 'Name of the host that it is reported at: a gateway that uses it, else the first host.' },
  thumbprint: { ...text, description: 'The certificate at that host.' },
  subject: { ...text, description: 'Its subject.' },
  gateway: { type: 'boolean', description: 'Whether an RD Gateway uses the key.' },
  wildcard: { type: 'boolean', description: 'Whether the certificate names a wildcard.' },
  hosts: { type: 'array', items: text, description: 'Hosts that use the key, the first twenty.' },
  hostCount: { type: 'integer', description: 'How many hosts use the key.' },
  insideUses: {
    type: 'array',
    items: text,
    description: 'Uses inside the network by other hosts than the gateways: listeners and connection brokers, the first twenty.',
  },
  crossesTiers: { type: 'boolean', description: 'Whether a gateway and something inside the network use one key.' },
});

export const WINDOWS_CERTIFICATE_JOIN_KINDS: readonly FactKind[] = [WINDOWS_CERTIFICATE_AGREEMENT, WINDOWS_CERTIFICATE_REUSE];
