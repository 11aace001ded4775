import type { SectionSpec } from '../snapshot.ts';
import { NO_RIGHT } from './rights.ts';

const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const flag = { type: 'boolean' } as const;

const NEGOTIATION = 'https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/b2975bdc-6d56-49ee-9c57-f2ff3a0b6817';
const HANDSHAKE = 'https://www.rfc-editor.org/rfc/rfc8446';

/** Why nothing came: told apart by the collector, the same words in every section. */
const cause = {
  ...text,
  description:
    'Null when an answer came; else name, route, refused, timeout (no connection), silent, slow (not whole in time), closed, reset, garbage, too-large, local.',
} as const;

const VERSION_COLUMNS = {
  Requested: { type: 'integer', description: 'Version that the ClientHello offered alone: 769 TLS 1.0, 770 TLS 1.1, 771 TLS 1.2, 772 TLS 1.3.' },
  Selected: { ...integer, description: 'Version of the ServerHello; null when none came.' },
  Suite: { ...integer, description: 'Cipher suite of the ServerHello, its IANA number.' },
  Alert: { ...integer, description: 'Description of a fatal alert: 40 handshake_failure, 70 protocol_version, 80 internal_error.' },
  Cause: cause,
} as const;

const PRESENTED_COLUMNS = {
  ServerName: { ...text, description: 'Name that was asked for by SNI; null for an address.' },
  Address: { ...text, description: 'Address that answered.' },
  Port: integer,
  Version: { ...integer, description: 'Version of the handshake that showed the certificates, as in Requested.' },
  Chain: {
    type: ['array', 'null'],
    items: { type: 'string' },
    description: "Certificates as sent, base64 of their DER, the server's own first. Null when no handshake showed any.",
  },
  Stapled: { ...text, description: 'OCSP response that came with them, base64 of its DER; null when none came, though it was asked for.' },
  Cause: cause,
} as const;

/** What a listener says to each set of security protocols; read without credentials. */
export const RDP_NEGOTIATION_SECTION: SectionSpec = {
  name: 'endpoint.rdpNegotiation',
  of: 'endpoint',
  title: 'Security negotiation of an RDP listener',
  shape: 'rows',
  source: NEGOTIATION,
  right: NO_RIGHT,
  columns: {
    Address: { ...text, description: 'Address that answered.' },
    Port: integer,
    Requested: {
      type: 'integer',
      description: 'requestedProtocols: bits 1 TLS, 2 CredSSP, 4 RDSTLS, 8 CredSSP with early user authorization, 16 RDSAAD; 0 standard RDP security.',
    },
    Answer: { ...text, description: 'response, failure, no-negotiation (a confirm that proves no protocol) or disconnect; null when nothing came.' },
    Selected: { ...integer, description: 'selectedProtocol of a response; it need not be one that was asked for.' },
    FailureCode: {
      ...integer,
      description:
        'failureCode: 1 TLS required, 2 TLS not allowed, 3 no certificate, 4 inconsistent flags, 5 CredSSP required, 6 TLS with user authentication required.',
    },
    Flags: { ...integer, description: 'flags of a response: 8 restricted admin mode, 16 redirected authentication (Remote Credential Guard) are supported.' },
    Reply: { ...text, description: 'The octets of the answer in hex.' },
    Cause: cause,
  },
};

/** How a listener encrypts without TLS, as it says it itself before anybody logs on. */
export const RDP_STANDARD_SECURITY_SECTION: SectionSpec = {
  name: 'endpoint.rdpStandardSecurity',
  of: 'endpoint',
  title: 'Standard RDP security of an RDP listener',
  shape: 'object',
  source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/3e86b68d-3e2e-4433-b486-878875778f4b',
  right: NO_RIGHT,
  columns: {
    Address: { ...text, description: 'Address that answered.' },
    Port: integer,
    Answer: {
      ...text,
      description: 'What an MCS Connect Initial was answered with: response, refused (a result other than success) or disconnect; null when nothing came.',
    },
    Version: { ...integer, description: 'Version in the core data: 524289 RDP 4.0, 524292 RDP 5.0 to 8.1, 524293 RDP 10.0 and so on.' },
    Method: { ...integer, description: 'encryptionMethod that the server selects of all: 0 none, 1 40 bits, 2 128 bits, 8 56 bits, 16 FIPS.' },
    Level: { ...integer, description: 'encryptionLevel: 0 none, 1 low, 2 client compatible, 3 high, 4 FIPS.' },
    Certificate: { ...text, description: 'proprietary or x509; null when none came.' },
    KeyBits: { ...integer, description: 'Length of the RSA key in a proprietary certificate.' },
    Cause: cause,
  },
};

export const RDP_TLS_SECTION: SectionSpec = {
  name: 'endpoint.rdpTls',
  of: 'endpoint',
  title: 'TLS versions of an RDP listener',
  shape: 'rows',
  source: HANDSHAKE,
  right: NO_RIGHT,
  columns: VERSION_COLUMNS,
};

export const RDP_CERTIFICATES_SECTION: SectionSpec = {
  name: 'endpoint.rdpCertificates',
  of: 'endpoint',
  title: 'Certificates that an RDP listener presents',
  shape: 'object',
  source: HANDSHAKE,
  right: NO_RIGHT,
  columns: PRESENTED_COLUMNS,
};

export const HTTPS_TLS_SECTION: SectionSpec = {
  name: 'endpoint.httpsTls',
  of: 'endpoint',
  title: 'TLS versions of a gateway',
  shape: 'rows',
  source: HANDSHAKE,
  right: NO_RIGHT,
  columns: VERSION_COLUMNS,
};

export const HTTPS_CERTIFICATES_SECTION: SectionSpec = {
  name: 'endpoint.httpsCertificates',
  of: 'endpoint',
  title: 'Certificates that a gateway presents',
  shape: 'object',
  source: HANDSHAKE,
  right: NO_RIGHT,
  columns: PRESENTED_COLUMNS,
};

/** The gateway's own HTTP method without credentials, on its path and on one that does not exist. */
export const GATEWAY_ANSWERS_SECTION: SectionSpec = {
  name: 'endpoint.gateway',
  of: 'endpoint',
  title: 'Answers of a gateway',
  shape: 'rows',
  source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-tsgu/0007d661-a86d-4e8f-89f7-7f77f8824188',
  right: NO_RIGHT,
  columns: {
    Address: { ...text, description: 'Address that answered.' },
    Port: integer,
    Path: { ...text, description: 'Path that was asked for; empty for the made-up one.' },
    Control: { ...flag, description: 'Whether it is the made-up path, which no gateway serves.' },
    Status: { ...integer, description: 'HTTP status; null when no answer came.' },
    Schemes: { type: ['array', 'null'], items: { type: 'string' }, description: 'Schemes of WWW-Authenticate, in the order of the answer.' },
    Server: { ...text, description: 'Header Server.' },
    Cause: cause,
  },
};

/** The UDP transport of a gateway: its answer to a hello of DTLS, without credentials. */
export const GATEWAY_UDP_SECTION: SectionSpec = {
  name: 'endpoint.gatewayUdp',
  of: 'endpoint',
  title: 'UDP transport of a gateway',
  shape: 'object',
  source: 'https://learn.microsoft.com/openspecs/windows_protocols/ms-tsgu/7b1c3b62-c241-4a98-a3f3-6c393ceadfb4',
  right: NO_RIGHT,
  columns: {
    Address: { ...text, description: 'Address that was asked.' },
    Port: { ...integer, description: 'UDP port.' },
    Answer: {
      ...text,
      description: 'hello-verify-request, server-hello or alert; null when nothing of DTLS came, which does not prove that the port is closed.',
    },
    Version: { ...integer, description: 'Version in the answer: 65279 DTLS 1.0, 65277 DTLS 1.2.' },
    Cause: { ...cause, description: 'Null when an answer came; else silent, garbage, refused or reset (the machine says that nobody listens), route, local.' },
  },
};

export const ENDPOINT_SECTIONS: readonly SectionSpec[] = [
  RDP_NEGOTIATION_SECTION,
  RDP_STANDARD_SECURITY_SECTION,
  RDP_TLS_SECTION,
  RDP_CERTIFICATES_SECTION,
  HTTPS_TLS_SECTION,
  HTTPS_CERTIFICATES_SECTION,
  GATEWAY_ANSWERS_SECTION,
  GATEWAY_UDP_SECTION,
];
