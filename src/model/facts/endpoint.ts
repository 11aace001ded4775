import type { JsonObject } from '../json.ts';
import { defineKind } from './define.ts';
import type { FactKind } from './kind.ts';
import { WINDOWS_CERTIFICATE_BINDING } from './windows-certificate-binding.ts';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const flag = { type: 'boolean' } as const;
const taken = { enum: ['accepted', 'refused'] } as const;

/** From weakest to strongest. */
const LEVELS = ['none', 'low', 'client-compatible', 'high', 'fips'] as const;

const HOST = { ...text, description: 'Name of the endpoint, as the estate gives it.' } as const;
const ADDRESS = { ...text, description: 'Address that answered.' } as const;
const PORT = { type: 'integer', description: 'TCP port.' } as const;

/** What an RDP listener lets clients negotiate, seen from outside without credentials ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2). */
export const ENDPOINT_RDP_LISTENER = defineKind('endpoint.rdpListener', 'RDP listener as seen on the wire', {
  host: HOST,
  address: ADDRESS,
  port: PORT,
  standardRdp: { ...taken, description: 'Standard RDP security: no TLS, the server is not authenticated.' },
  tls: { ...taken, description: 'TLS without CredSSP: whoever connects gets a logon screen.' },
  nla: {
    enum: ['required', 'offered', 'absent'],
    description:
      'Network Level Authentication (CredSSP): required when nothing else is accepted, offered when something else is as well, absent when it is not.',
  },
  securityLayer: {
    enum: ['rdp', 'negotiate', 'tls', 'none'],
    description: 'In the words of the setting: only standard RDP security, that beside TLS, only what runs over TLS; none when everything is refused.',
  },
  protocols: { ...texts, description: 'What is accepted: RDP, TLS, CredSSP.' },
  certificateMissing: { ...flag, description: 'Whether the listener says that it has no certificate (SSL_CERT_NOT_ON_SERVER).' },
  restrictedAdmin: { ...flag, description: 'Whether it says that it supports restricted admin mode; false also when it takes no CredSSP.' },
  remoteCredentialGuard: { ...flag, description: 'Whether it says that it supports Remote Credential Guard; false also when it takes no CredSSP.' },
  earlyAuthorization: { ...taken, description: 'CredSSP with early user authorization (HYBRID_EX): who may not log on is told so before a session begins.' },
  rdstls: { ...taken, description: 'RDSTLS, asked for alone: TLS with the credentials of a redirection, for hosts behind a connection broker.' },
  rdsAad: { ...taken, description: 'RDSAAD, asked for alone: logon with Microsoft Entra ID.' },
  unrequested: {
    ...texts,
    description: 'What it selected though nobody had asked for it, which is against the protocol and proves nothing: TLS, CredSSP and so on.',
  },
  encryptionLevel: {
    enum: [...LEVELS, 'not-offered'],
    description:
      'Encryption level of standard RDP security, as the listener says it; unknown where its level and its method contradict one another, not-offered where it refuses standard RDP security.',
  },
  encryptionMethod: {
    enum: ['none', 'rc4-40', 'rc4-56', 'rc4-128', 'fips', 'not-offered'],
    description: 'Method that the listener selects when every one is offered.',
  },
  exchangeKeyBits: {
    type: ['integer', 'null'],
    description: 'Length of the RSA key that protects the keys of standard RDP security; null where it uses none. Unknown for a certificate of X.509.',
  },
});

/** Members of a certificate that a host's binding has as well. */
const CERTIFICATE_MEMBERS = [
  'thumbprint',
  'subject',
  'issuer',
  'names',
  'addresses',
  'notBefore',
  'notAfter',
  'daysLeft',
  'lifetimeShareLeft',
  'notYetValid',
  'selfSigned',
  'serverAuth',
  'eku',
  'keyUsage',
  'keyType',
  'keyBits',
  'keyId',
  'signature',
  'nameMatch',
  'expectedNames',
  'revocationSources',
] as const;

function certificateMembers(): Record<string, JsonObject> {
  const properties = WINDOWS_CERTIFICATE_BINDING.schema['properties'] as Readonly<Record<string, JsonObject>>;
  return Object.fromEntries(CERTIFICATE_MEMBERS.map((name) => [name, properties[name] ?? {}]));
}

const TLS_PROPERTIES: Record<string, JsonObject> = {
  ...certificateMembers(),
  host: HOST,
  service: { enum: ['https', 'rdp'], description: 'What speaks TLS: a gateway or RD Web, or an RDP listener.' },
  address: ADDRESS,
  port: PORT,
  handshake: { enum: ['works', 'broken'], description: 'Whether any version comes to a ServerHello; broken where TLS is offered and every version breaks.' },
  tls10: { ...taken, description: 'TLS 1.0, offered alone.' },
  tls11: { ...taken, description: 'TLS 1.1, offered alone.' },
  tls12: { ...taken, description: 'TLS 1.2, offered alone.' },
  tls13: { ...taken, description: 'TLS 1.3, offered alone.' },
  versions: { ...texts, description: 'Versions that are accepted: 1.0, 1.1, 1.2, 1.3.' },
  presented: { ...flag, description: 'Whether a handshake showed a certificate.' },
  sent: { type: 'integer', description: 'How many certificates were sent.' },
  sentChain: {
    enum: ['self-signed', 'rooted', 'linked', 'leaf-alone', 'unlinked', 'bad-signature'],
    description:
      'How the certificates that were sent hang together, by signatures: the first signed itself; they lead to a root that was sent too; they lead to an issuer that was not sent, as is usual; only the first was sent; others were sent and none of them issued it; one has the name of an issuer and did not sign.',
  },
  topIssuer: { ...text, description: 'Issuer above the last one that was sent and belongs to the chain.' },
  issuersInDate: { ...flag, description: "Whether every issuer that was sent and belongs to the chain is within its validity at the scan's time." },
  issuers: {
    type: 'array',
    items: { type: ['object', 'null'], additionalProperties: false, properties: { label: text, subject: text, keyType: {}, keyBits: {}, signature: {} } },
    description: 'Intermediate certificates that were sent and belong to the chain, the nearest first, without a root.',
  },
  stapled: { ...flag, description: 'Whether an OCSP response came with the certificate.' },
};

/** TLS of a gateway or of an RDP listener: the versions it accepts and the certificate that it presents. */
export const ENDPOINT_TLS: FactKind & { readonly members: readonly string[] } = {
  ...defineKind('endpoint.tls', 'TLS as seen on the wire', TLS_PROPERTIES),
  members: Object.keys(TLS_PROPERTIES),
};

/** Whether a gateway answers as one ([MS-TSGU] 3.3.5.1), told from a server that answers everything alike. */
export const ENDPOINT_GATEWAY = defineKind('endpoint.gateway', 'Gateway as seen on the wire', {
  host: HOST,
  address: ADDRESS,
  port: PORT,
  answer: {
    enum: ['gateway', 'open', 'no-gateway'],
    description:
      'gateway: asks for credentials on its own path and not elsewhere; open: lets anybody in on its own path; no-gateway: does not know the path. Unknown where every path asks for credentials.',
  },
  status: { type: ['integer', 'null'], description: 'HTTP status on the path of the gateway; null when the answer was no HTTP.' },
  controlStatus: { type: ['integer', 'null'], description: 'HTTP status on a path that does not exist; null when it was not asked for.' },
  schemes: { ...texts, description: 'Authentication schemes that it offers.' },
  server: { ...text, description: "Header Server; 'none' when there is none." },
  udp: {
    enum: ['answers', 'refused'],
    description:
      'UDP 3391: answers when DTLS answered, refused when the machine says that nobody listens. Unknown when nothing came, since a port that stays silent need not be closed.',
  },
});

/** What an endpoint presents beside what its hosts have bound. */
export const ENDPOINT_CERTIFICATE = defineKind('endpoint.certificate', 'Presented certificate beside the bound one', {
  host: HOST,
  service: { enum: ['https', 'rdp'], description: 'What speaks TLS: a gateway, or an RDP listener.' },
  address: ADDRESS,
  port: PORT,
  presented: { ...text, description: 'Thumbprint of the certificate that was presented.' },
  bound: {
    ...texts,
    description:
      "Thumbprints that the hosts behind the endpoint have bound, each with its place: 'AB… (rdgw01.contoso.com TSGateway)'. What could not be read is left out.",
  },
  agrees: { ...flag, description: 'Whether one of the hosts has bound the certificate that was presented.' },
  notSent: {
    type: 'integer',
    description: 'How many intermediates the host that has bound the certificate knows, and were not sent.',
  },
});

const NLA = ['required', 'not-required'];
const LAYERS = ['rdp', 'negotiate', 'tls'];
const SETTABLE = ['low', 'client-compatible', 'high', 'fips'];

/** The security of one listener, by the place it was read from; what the joins compare with the wire. */
export const LISTENER_VALUES = defineKind('windows.listenerValues', 'Security of a listener, place by place', {
  host: { ...text, description: "The target's name." },
  listener: { ...text, description: 'RDP-Tcp and others.' },
  port: { type: 'integer', description: 'TCP port of the listener.' },
  userAuthenticationPolicy: { enum: [...NLA, 'none'], description: "Group Policy's value in the registry; none when there is none." },
  userAuthenticationEffective: { enum: NLA, description: 'What Win32_TSGeneralSetting says.' },
  securityLayerPolicy: { enum: [...LAYERS, 'none'], description: "Group Policy's value in the registry; none when there is none." },
  securityLayerEffective: { enum: LAYERS, description: 'What Win32_TSGeneralSetting says.' },
  encryptionLevelPolicy: { enum: [...SETTABLE, 'none'], description: "Group Policy's value in the registry; none when there is none." },
  encryptionLevelEffective: { enum: SETTABLE, description: 'What Win32_TSGeneralSetting says.' },
});

/** One setting of a listener, three times: what Group Policy says, what Windows says, what the wire shows. */
export const LISTENER_TRUTH = defineKind('windows.listenerTruth', 'A listener in policy, in effect and on the wire', {
  host: { ...text, description: "The host's name." },
  listener: { ...text, description: 'RDP-Tcp and others.' },
  setting: { enum: ['userAuthentication', 'securityLayer', 'encryptionLevel'], description: 'Setting of the listener.' },
  policy: { enum: [...NLA, ...LAYERS, ...SETTABLE, 'none'], description: "Group Policy's value in the registry; none when there is none." },
  effective: { enum: [...NLA, ...LAYERS, ...SETTABLE], description: 'What Win32_TSGeneralSetting says.' },
  observed: {
    enum: [...NLA, ...LAYERS, ...SETTABLE, 'none', 'not-probed', 'not-shown'],
    description:
      'What the listener lets clients negotiate; none when it refuses everything, or encrypts nothing; not-probed when nobody looked, not-shown for the encryption level of a listener that refuses standard RDP security.',
  },
  agrees: { ...flag, description: 'Whether those that say something say the same.' },
  observedIs: { enum: ['same', 'weaker', 'stronger', 'not-probed', 'not-shown'], description: 'The wire beside what Windows says.' },
});

export const ENDPOINT_KINDS: readonly FactKind[] = [
  ENDPOINT_RDP_LISTENER,
  ENDPOINT_TLS,
  ENDPOINT_GATEWAY,
  ENDPOINT_CERTIFICATE,
  LISTENER_VALUES,
  LISTENER_TRUTH,
];
