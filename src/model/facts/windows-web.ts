import { defineKind, HOST_MEMBER } from './define.ts';

/** One application /RDWeb of a host. */
export type RdWeb = {
  readonly host: string;
  readonly site: string;
  readonly tlsRequired: boolean | null;
  readonly hsts: boolean | null;
  readonly directoryBrowsing: boolean | null;
  readonly errors: string | null;
  readonly webDav: boolean | null;
  readonly publicTimeout: number | null;
  readonly privateTimeout: number | null;
};

export const RD_WEB = defineKind('windows.rdWeb', 'RD Web Access in IIS', {
  host: HOST_MEMBER,
  site: { type: 'string', description: 'Site of IIS.' },
  tlsRequired: { type: 'boolean', description: 'sslFlags has Ssl: nothing is answered over HTTP.' },
  hsts: { type: 'boolean', description: 'Browsers are told to come by HTTPS alone for a year or longer at best; true for any time above 0.' },
  directoryBrowsing: { type: 'boolean', description: 'Folders without a default document are listed.' },
  errors: { enum: ['detailed-local', 'custom', 'detailed'], description: 'Who sees detailed errors: detailed is everybody.' },
  webDav: { type: 'boolean', description: 'The WebDAV module is installed.' },
  publicTimeout: { type: 'integer', description: 'Minutes until a session of a public computer ends.' },
  privateTimeout: { type: 'integer', description: 'Minutes until a session of a private computer ends.' },
});

/** What stands between the Internet and the logon page of RD Web Access. */
export type RdWebExposure = {
  readonly host: string;
  readonly site: string;
  readonly declared: string;
  readonly publicAddress: boolean | null;
  readonly exposed: boolean | null;
  readonly password: boolean | null;
  readonly clientCertificates: boolean | null;
};

export const RD_WEB_EXPOSURE = defineKind('windows.rdWebExposure', 'RD Web Access and the Internet', {
  host: HOST_MEMBER,
  site: { type: 'string', description: 'Site of IIS.' },
  declared: { enum: ['internal', 'pre-authenticated', 'direct', 'not-said'], description: 'hosts[].rdWeb of the estate.' },
  publicAddress: {
    type: 'boolean',
    description:
      'An interface has a global address, and the firewall lets any address reach port 443 there. Never false: a proxy or a NAT in front is not seen.',
  },
  exposed: { type: 'boolean', description: 'By its public address, or by what the estate says: direct is true, internal is false.' },
  password: { type: 'boolean', description: 'The pages ask for a password in a form. Unknown for every other way, which may ask for one too.' },
  clientCertificates: { type: 'boolean', description: 'sslFlags has SslRequireCert: nobody gets to the form without a certificate.' },
});

/** The HTML5 client; made where its management module is. */
export type WebClient = {
  readonly host: string;
  readonly published: string | null;
  readonly installed: readonly string[] | null;
};

export const WEB_CLIENT = defineKind('windows.webClient', 'HTML5 web client', {
  host: HOST_MEMBER,
  published: { type: 'string', description: 'Version that is published as Production; empty for none.' },
  installed: { type: 'array', items: { type: 'string' }, description: 'Versions of all packages that are installed.' },
});

export const WEB_KINDS = [RD_WEB, RD_WEB_EXPOSURE, WEB_CLIENT];
