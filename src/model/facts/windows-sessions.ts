import { defineKind, HOST_MEMBER } from './define.ts';

const SID = { type: 'string', pattern: '^S-1-[0-9-]+$' } as const;

/** What keeps credentials of people who sign in to a host from being read out of its memory. */
export type CredentialTheft = {
  readonly host: string;
  readonly wdigest: boolean | null;
  readonly lsaProtection: 'disabled' | 'enabled-with-uefi-lock' | 'enabled' | null;
  readonly lsaWithoutLock: boolean | null;
  readonly credentialGuard: boolean | null;
  readonly domainController: boolean | null;
};

export const CREDENTIAL_THEFT = defineKind('windows.credentialTheft', 'Protection of credentials in memory', {
  host: HOST_MEMBER,
  wdigest: { type: 'boolean', description: 'WDigest keeps passwords in clear text (UseLogonCredential is 1).' },
  lsaProtection: {
    enum: ['disabled', 'enabled-with-uefi-lock', 'enabled'],
    description:
      'RunAsPPL: 0, 1 and 2, which releases before build 22621 ignore: there it is off. Without a value it is off on servers, and unknown on clients of Windows 11 22H2 and later.',
  },
  lsaWithoutLock: {
    type: 'boolean',
    description: 'The release knows protection without a lock in the firmware, RunAsPPL 2: Windows 11 22H2 and Windows Server 2025 (build 22621) and later.',
  },
  credentialGuard: { type: 'boolean', description: 'Win32_DeviceGuard.SecurityServicesRunning holds 1.' },
  domainController: { type: 'boolean', description: 'The host is a domain controller, which Credential Guard is not for.' },
});

/** The client side of a computer that people connect from. */
export type RdpWorkstation = {
  readonly host: string;
  readonly workstation: boolean | null;
  readonly outgoing: 'not-restricted' | 'restricted-admin' | 'remote-credential-guard' | 'prefer-remote-credential-guard' | null;
  readonly unsignedFiles: boolean | null;
  readonly signedFiles: boolean | null;
  readonly promptsOnClient: boolean | null;
};

export const RDP_WORKSTATION = defineKind('windows.rdpWorkstation', 'Computer that people connect from', {
  host: HOST_MEMBER,
  workstation: { type: 'boolean', description: 'The estate gives the host the role workstation, or its product type is 1.' },
  outgoing: {
    enum: ['not-restricted', 'restricted-admin', 'remote-credential-guard', 'prefer-remote-credential-guard'],
    description: 'What the client does with credentials: RestrictedRemoteAdministration and its type.',
  },
  unsignedFiles: { type: 'boolean', description: '.rdp files of unknown publishers may be opened (AllowUnsignedFiles is not 0).' },
  signedFiles: { type: 'boolean', description: '.rdp files of valid publishers may be opened (AllowSignedFiles is not 0).' },
  promptsOnClient: { type: 'boolean', description: 'Credentials are asked for on the client (PromptForCredsOnClient is 1).' },
});

/** Publishers that a computer trusts by policy; joined with what deployments sign with. */
export type TrustedPublishers = {
  readonly host: string;
  readonly workstation: boolean | null;
  readonly trusted: readonly string[] | null;
};

export const TRUSTED_PUBLISHERS = defineKind('windows.trustedPublishers', 'Publishers of .rdp files that a computer trusts', {
  host: HOST_MEMBER,
  workstation: { type: 'boolean', description: 'The estate gives the host the role workstation, or its product type is 1.' },
  trusted: {
    type: 'array',
    items: { type: 'string' },
    description: 'TrustedCertThumbprints: SHA-1 thumbprints of 40 upper-case hex digits; empty where the policy names none.',
  },
});

/** The publisher of one deployment on one computer. */
export type PublisherTrust = {
  readonly host: string;
  readonly workstation: boolean | null;
  readonly broker: string;
  readonly thumbprint: string | null;
  readonly trusted: readonly string[] | null;
  readonly trusts: boolean | null;
};

export const PUBLISHER_TRUST = defineKind('windows.publisherTrust', 'The publisher of a deployment on a computer that people connect from', {
  host: HOST_MEMBER,
  workstation: { type: 'boolean', description: 'The estate gives the host the role workstation, or its product type is 1.' },
  broker: { type: 'string', description: 'The connection broker of the deployment.' },
  thumbprint: { type: 'string', description: "Thumbprint of the certificate with the role RDPublishing; 'none' when none is configured." },
  trusted: { type: 'array', items: { type: 'string' }, description: 'Thumbprints that TrustedCertThumbprints names.' },
  trusts: { type: 'boolean', description: 'The one is among the others.' },
});

/** What the client does with a server that it cannot authenticate, with what its users decided for themselves. */
export type ServerAuthentication = {
  readonly host: string;
  readonly answer: 'connect' | 'refuse' | 'ask' | 'not-set' | null;
  readonly careless: readonly string[] | null;
};

export const SERVER_AUTHENTICATION = defineKind('windows.serverAuthentication', 'How the client answers servers it cannot authenticate', {
  host: HOST_MEMBER,
  answer: { enum: ['connect', 'refuse', 'ask', 'not-set'], description: 'AuthenticationLevel of the policy: 0 connects, 1 refuses, 2 asks.' },
  careless: {
    type: 'array',
    items: SID,
    description: 'Users whose AuthenticationLevelOverride is 0 while no policy of the computer says otherwise.',
  },
});

/** The gateway that a user's policy names. */
export type GatewayUser = {
  readonly host: string;
  readonly user: string;
  readonly gateway: string;
  readonly logonMethod: 'basic' | 'ntlm' | 'smart-card' | 'logon-credentials' | 'not-set' | null;
};

export const GATEWAY_USER = defineKind('windows.gatewayUser', 'Gateway policy of a user', {
  host: HOST_MEMBER,
  user: { ...SID, description: 'SID of the user.' },
  gateway: { type: 'string', description: 'ProxyName; not-set where the policy names none.' },
  logonMethod: {
    enum: ['basic', 'ntlm', 'smart-card', 'logon-credentials', 'not-set'],
    description: 'LogonMethod: 1 Basic, 2 NTLM, 3 smart card, 4 the credentials of the logon.',
  },
});

/** One installed client program. */
export type ClientProgram = {
  readonly host: string;
  readonly program: 'remote-desktop' | 'windows-app';
  readonly version: string | null;
  readonly fixed: string | null;
  readonly outdated: boolean | null;
  readonly missing: readonly { readonly cve: string; readonly severity: number; readonly fixedIn: string }[] | null;
  readonly worst: number | null;
  readonly dataFrom: string | null;
};

export const CLIENT_PROGRAM = defineKind('windows.clientProgram', 'Installed remote desktop client', {
  host: HOST_MEMBER,
  program: { enum: ['remote-desktop', 'windows-app'], description: 'The MSI package, or the app of the store.' },
  version: { type: 'string', description: 'Version that is installed.' },
  fixed: { type: 'string', description: 'First version without a known vulnerability.' },
  outdated: { type: 'boolean', description: 'The version is older than that.' },
  missing: {
    type: 'array',
    description: 'Known vulnerabilities that the version has, the worst first.',
    items: {
      type: 'object',
      required: ['cve', 'severity', 'fixedIn'],
      additionalProperties: false,
      properties: {
        cve: { type: 'string' },
        severity: { type: 'number' },
        fixedIn: { type: 'string', description: 'First version that is mended.' },
      },
    },
  },
  worst: { type: 'number', description: 'Highest severity in `missing`; 0 for none.' },
  dataFrom: { type: 'string', description: 'Day up to which the data that the version was compared with is complete, YYYY-MM-DD.' },
});

/** What one listener redirects though the settings of the host do not say so. */
export type ListenerRedirection = {
  readonly host: string;
  readonly listener: string;
  readonly unexpected: readonly string[] | null;
  readonly drives: boolean | null;
  readonly plugAndPlay: boolean | null;
  readonly clipboard: boolean | null;
};

const unexpectedly = (what: string) => ({
  type: 'boolean',
  description: `${what}: redirected on the listener, while the host's settings turn it off or could not be read.`,
});

export const LISTENER_REDIRECTION = defineKind('windows.listenerRedirection', 'Redirection of a listener beyond the settings of the host', {
  host: HOST_MEMBER,
  listener: { type: 'string', description: 'Name of the listener.' },
  unexpected: {
    type: 'array',
    items: { enum: ['drives', 'clipboard', 'com-ports', 'lpt-ports', 'plug-and-play'] },
    description: 'Devices of Win32_TSClientSetting that are redirected while the settings of the host turn them off or could not be read.',
  },
  drives: unexpectedly('Drives'),
  plugAndPlay: unexpectedly('Plug and Play devices'),
  clipboard: unexpectedly('The clipboard'),
});

/** One limit as Group Policy and the listener itself say it. */
export type LimitLayers = {
  readonly host: string;
  readonly listener: string;
  readonly limit: 'idle' | 'disconnected' | 'active';
  readonly policy: number | 'never' | 'not-set' | null;
  readonly own: number | 'never' | 'not-set' | null;
  readonly conflict: boolean | null;
};

const milliseconds = (where: string) => ({
  anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['never', 'not-set'] }],
  description: `Milliseconds ${where}.`,
});

export const LIMIT_LAYERS = defineKind('windows.limitLayers', 'A session limit in Group Policy and on the listener', {
  host: HOST_MEMBER,
  listener: { type: 'string', description: 'Name of the listener.' },
  limit: { enum: ['idle', 'disconnected', 'active'], description: 'Which limit.' },
  policy: milliseconds('of Group Policy, which counts'),
  own: milliseconds('on the listener, where a collection puts them; not-set where the listener leaves it to the accounts'),
  conflict: { type: 'boolean', description: 'Both are set and differ.' },
});

/** Services and tasks that switch sessions. */
export type SessionTakeover = {
  readonly host: string;
  readonly commands: readonly { readonly kind: 'service' | 'task'; readonly name: string; readonly command: string }[] | null;
};

export const SESSION_TAKEOVER = defineKind('windows.sessionTakeover', 'Services and tasks that take over sessions', {
  host: HOST_MEMBER,
  commands: {
    type: 'array',
    items: {
      type: 'object',
      required: ['kind', 'name', 'command'],
      additionalProperties: false,
      properties: { kind: { enum: ['service', 'task'] }, name: { type: 'string' }, command: { type: 'string' } },
    },
    description: 'Command lines of services and scheduled tasks that start tscon.',
  },
});

/** A display adapter that is present. */
export type DisplayAdapter = {
  readonly host: string;
  readonly device: string;
  readonly name: string;
  readonly remote: boolean;
  readonly code: number | null;
};

export const DISPLAY_ADAPTER = defineKind('windows.displayAdapter', 'Display adapter that is present', {
  host: HOST_MEMBER,
  device: { type: 'string', description: 'Device instance id.' },
  name: { type: 'string', description: 'Name for people; localised.' },
  remote: { type: 'boolean', description: 'It belongs to a remote session (SWD\\REMOTEDISPLAYENUM).' },
  code: {
    type: 'integer',
    description: 'ConfigManagerErrorCode: 0 works, 10 cannot start, 22 disabled, 28 no driver, 31, 39 corrupt, 43 reported, 52 unsigned.',
  },
});

/** What remote display adapters leave behind. */
export type RemoteDisplay = {
  readonly host: string;
  readonly leftOver: number | null;
};

export const REMOTE_DISPLAY = defineKind('windows.remoteDisplay', 'Remote display adapters of ended sessions', {
  host: HOST_MEMBER,
  leftOver: { type: 'integer', minimum: 0, description: 'Remote display adapters that are not present any more.' },
});

/** How often the host process of the remote display driver ended badly. */
export type DisplayCrashes = {
  readonly host: string;
  readonly crashes: number | null;
};

export const DISPLAY_CRASHES = defineKind('windows.displayCrashes', 'Crashes of the remote display driver', {
  host: HOST_MEMBER,
  crashes: { type: 'integer', minimum: 0, description: 'Events of the seven days before the snapshot that name RdpIdd.' },
});

/** Graphics policies beside the hardware they are about. */
export type Graphics = {
  readonly host: string;
  readonly sessionHost: boolean | null;
  readonly gpu: boolean | null;
  readonly wddmDriver: boolean | 'not-set' | null;
  readonly wddmCounts: boolean | null;
  readonly hardwareAdapters: boolean | 'not-set' | null;
  readonly avc444: boolean | 'not-set' | null;
  readonly hardwareEncoding: boolean | 'not-set' | null;
};

const policyFlag = (name: string) => ({ enum: [true, false, 'not-set'], description: `${name}: 1 is true, 0 false.` });

export const GRAPHICS = defineKind('windows.graphics', 'Graphics policies beside the hardware', {
  host: HOST_MEMBER,
  sessionHost: { type: 'boolean', description: 'The session host role is installed.' },
  gpu: { type: 'boolean', description: 'A graphics card of NVIDIA, AMD or Intel, or a part of one that Hyper-V hands in, is present.' },
  wddmDriver: policyFlag('fEnableWddmDriver'),
  wddmCounts: { type: 'boolean', description: 'The release knows that policy: Windows 10 1903 to 2004 and what shares its build.' },
  hardwareAdapters: policyFlag('bEnumerateHWBeforeSW'),
  avc444: policyFlag('AVC444ModePreferred'),
  hardwareEncoding: policyFlag('AVCHardwareEncodePreferred, any number but 0'),
});

export const SESSION_KINDS = [
  CREDENTIAL_THEFT,
  RDP_WORKSTATION,
  TRUSTED_PUBLISHERS,
  SERVER_AUTHENTICATION,
  GATEWAY_USER,
  CLIENT_PROGRAM,
  LISTENER_REDIRECTION,
  LIMIT_LAYERS,
  SESSION_TAKEOVER,
  DISPLAY_ADAPTER,
  REMOTE_DISPLAY,
  DISPLAY_CRASHES,
  GRAPHICS,
] as const;
