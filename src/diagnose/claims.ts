import type { CodeEntry, Stage } from './code.ts';

/** Something that is often said of a code, and is wrong. */
export interface Claim {
  readonly claim: string;
  readonly why: string;
  /** What the client shows when the claim is true; empty where there is no such code. */
  readonly instead: readonly string[];
}

const WIN32: Claim = {
  claim: 'The numbers are Windows error codes: 3 is "path not found", 7 is "arena trashed".',
  why: 'They are disconnect codes of the Remote Desktop client, a numbering of their own.',
  instead: [],
};
const NETWORK: Claim = {
  claim: 'The name does not resolve, the network is down, a firewall blocks the port or the network profile is Public.',
  why: 'A server that was never reached cannot have answered.',
  instead: ['0x104, 0x208, 0x508 or 0x604 (name)', '0x108 (timed out)', '0x204 (no connection)', '0x904 (socket closed)'],
};
const CACHE: Claim = {
  claim: 'The DNS cache of the client is stale or remembers a failure: flush it.',
  why: 'The cache decides whether the server is found; a server that answered was found.',
  instead: ['0x104, 0x208, 0x508 or 0x604 (name)'],
};
const RIGHTS: Claim = {
  claim: 'The user is not in Remote Desktop Users, or lacks the right to log on.',
  why: 'That has an extended code of its own.',
  instead: ['ext 9'],
};
const CREDENTIALS: Claim = {
  claim: 'The password is wrong or expired, the account is disabled or locked; or: turn Network Level Authentication off.',
  why: 'Each failure of authentication has a code of its own. Turning Network Level Authentication off opens the host to anybody who reaches the port.',
  instead: [
    '0x807 (refused)',
    '0xa07 (no such user)',
    '0xb07 (disabled)',
    '0xc07 (restricted)',
    '0xd07 (locked out)',
    '0xe07, 0xf07, 0x1207 (expired, must change)',
    '0x1607, 0x1707 (delegation)',
    '0x1807 (no domain controller)',
    'ext 10',
    'ext 768',
  ],
};
const CERTIFICATE: Claim = {
  claim: 'The certificate has expired or is bad.',
  why: 'That has codes of its own, before anything of a session exists.',
  instead: ['0x1b07', '0x706', '0x606'],
};
const TIMEOUT: Claim = {
  claim: 'A time limit or the gateway ended the session.',
  why: 'Limits, a takeover and a logoff have extended codes of their own.',
  instead: ['ext 3 (idle)', 'ext 4 (active limit)', 'ext 5 (taken over)', 'ext 12 (logoff)'],
};
const LICENCE: Claim = {
  claim: 'The licences of the client are corrupt: delete MSLicensing.',
  why: 'Licensing has a whole range of its own.',
  instead: ['ext 256 to 267', '0x808', '0x908'],
};
const DISPLAY: Claim = {
  claim: 'The remote display adapter is broken, or a policy on installing devices stands in the way.',
  why: 'A display driver that does not start has extended codes of its own.',
  instead: ['ext 0x0f', 'ext 0x11', 'ext 0x12'],
};
const BROKER: Claim = { claim: 'The broker did not find a host.', why: 'The broker has a range of its own.', instead: ['ext 0x400 to 0x412'] };
const FIPS: Claim = { claim: 'Client and server disagree on FIPS.', why: 'That has an extended code of its own.', instead: ['ext 8'] };
const DENIED: Claim = { claim: 'The server denied this user.', why: 'The connection ended before there was anything to deny.', instead: ['0x3/0x7', 'ext 9'] };
const WRONG_NUMBERING: Claim = {
  claim: 'The number is a Windows error code or an HRESULT.',
  why: 'Disconnect codes are a numbering of their own.',
  instead: [],
};
const STORE: Claim = {
  claim: 'Deleting the MSLicensing key of the client always helps, and so does deleting the GracePeriod key of the server.',
  why: 'The first can only help where the licence that the client holds is at fault (ext 260, 261, 267); the second only hides that no licence server works.',
  instead: [],
};

const BY_STAGE: Readonly<Record<Stage, readonly Claim[]>> = {
  name: [DENIED, CREDENTIALS, CERTIFICATE, LICENCE],
  transport: [DENIED, CREDENTIALS, CERTIFICATE, LICENCE],
  security: [NETWORK, LICENCE, RIGHTS],
  authentication: [NETWORK, CERTIFICATE, LICENCE, RIGHTS],
  licensing: [STORE, NETWORK, CREDENTIALS, CERTIFICATE],
  broker: [NETWORK, CREDENTIALS, LICENCE, CERTIFICATE],
  session: [NETWORK, CREDENTIALS, CERTIFICATE, LICENCE],
  ended: [NETWORK, CREDENTIALS, CERTIFICATE, LICENCE],
  client: [WRONG_NUMBERING, DENIED],
  unsaid: [WRONG_NUMBERING],
};

/** All that is said of "the server denied the connection". */
const ALL: readonly Claim[] = [WIN32, NETWORK, CACHE, RIGHTS, CREDENTIALS, CERTIFICATE, TIMEOUT, LICENCE, DISPLAY, BROKER, FIPS];

const BY_EXTENDED: Readonly<Record<number, readonly Claim[]>> = {
  7: ALL,
  9: [
    NETWORK,
    { ...CREDENTIALS, why: 'The user was authenticated, and then lacked the right; a failure of authentication has a code of its own.' },
    CERTIFICATE,
    LICENCE,
  ],
};

/** What a code does not mean. `entry` is the one that says most: the extended one where there is one. */
export function claimsAbout(entry: CodeEntry, extended: boolean): readonly Claim[] {
  return (extended ? BY_EXTENDED[entry.code] : undefined) ?? BY_STAGE[entry.stage];
}
