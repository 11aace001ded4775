import type { Ended } from './answers.ts';
import { type Cause, causeOfCollector, STOPPED } from './causes.ts';
import type { FramesResult } from './frames.ts';

/**
 * What WS-Management, WinHTTP and Windows say when a session does not open or breaks, by number: the texts are translated.
 * `PSRemotingTransportException.ErrorCode` carries it, signed.
 * https://github.com/PowerShell/PowerShell/blob/master/src/System.Management.Automation/engine/remoting/fanin/WSManNativeAPI.cs
 * https://learn.microsoft.com/windows/win32/winhttp/error-messages
 * https://learn.microsoft.com/windows/win32/debug/system-error-codes
 */
const CODES: Readonly<Partial<Record<Cause, readonly number[]>>> = {
  // The name was not resolved: WS-Management, WinHTTP, Winsock.
  name: [0x803381b9, 12007, 11001],
  // The network path was not found, the network or host is unreachable.
  route: [53, 1231, 1232, 10051, 10065],
  // Cannot connect; 503; WinHTTP cannot connect; Winsock was refused.
  refused: [0x80338012, 0x80338112, 12029, 10061],
  // The network, the operation, WinHTTP, Winsock timed out.
  timeout: [0x80338126, 0x80338029, 12002, 10060],
  // WinHTTP: not secure, and why (date, name, issuer, no answer about revocation, not valid, revoked, not for this use).
  certificate: [12175, 12037, 12038, 12045, 12057, 12169, 12170, 12179],
  authentication: [
    // No logon server, no logon session, wrong password, restricted, outside hours or workstation, expired, disabled, must change, locked.
    1311, 1312, 1326, 1327, 1328, 1329, 1330, 1331, 1907, 1909,
    // Failed; Kerberos is off; not trusted (TrustedHosts); credential needed; no Kerberos in a workgroup; the way is not offered; not by address.
    0x80338036, 0x803380e2, 0x803380e4, 0x803380e5, 0x8033810c, 0x8033810e, 0x8033810b, 0x803381bb, 0x8033809d, 0x803381f0,
    // SSPI: unknown target, log-on denied, no credential, no authority, wrong principal.
    0x80090303, 0x8009030c, 0x8009030e, 0x80090311, 0x80090322,
  ],
  // Access is denied; remote shells, remote connections are not allowed; remote access is off.
  authorisation: [5, 0x803381ac, 0x803381e3, 0x803381dd],
  // The quotas of shells, operations, users, plug-ins and of the machine.
  quota: [
    0x8033803f, 0x803381a5, 0x803381a6, 0x803381a7, 0x803381a8, 0x803381ab, 0x803381e4, 0x803381e5, 0x803381e6, 0x803381e7, 0x803381e8, 0x803381e9, 0x803381ea,
  ],
  // There is no such endpoint, it is not to be loaded, or its configuration is broken.
  'no-powershell': [0x80338000, 0x80338002, 0x8033803b, 0x8033809a, 0x80338190, 0x80338005],
  // Something else than WS-Management answers: 404, no data, another content type, HTML.
  babble: [0x80338113, 0x803380f5, 0x803380f7, 0x803380f8, 0x80338173],
  // Aborted, shutting down, RPC is gone; the connection, the stream, the shell was closed.
  cut: [995, 1115, 1722, 12030, 12152, 0x803381ba, 0x803381de, 0x8033814a],
};

const BY_CODE: ReadonlyMap<number, Cause> = new Map(
  Object.entries(CODES).flatMap(([cause, codes]) => codes.map((code): [number, Cause] => [code, cause as Cause])),
);

/**
 * Codes that a wrong password comes to. 5 is among them: over NTLM that is all that is said. As they are in the exception:
 * signed.
 */
export const REFUSALS: readonly number[] = [5, 1326, 1330, 1331, 1907, 1909, 0x80338036, 0x8009030c].map((code) => code | 0);

/** What to do about a session over WS-Management, where it is not what SSH needs. */
const HINTS: Readonly<Partial<Record<Cause, string>>> = {
  name: "Check its 'address' in the estate, and DNS.",
  refused: "Run Enable-PSRemoting there, allow WinRM in its firewall (port 5985, with `ssl: true` 5986), or give the right 'port' in the estate.",
  authentication:
    'Check the user and the password. Without Kerberos (an address instead of a name, no common domain) it takes `ssl: true`, or the host among the TrustedHosts of this machine.',
  authorisation:
    "Check the user and the password first. The account must be in 'Remote Management Users' or 'Administrators' there, or be allowed to use the endpoint that 'configurationName' names.",
  quota: 'Collect with a lower --concurrency, or raise MaxShellsPerUser and MaxProcessesPerShell of WinRM there.',
  'no-powershell': "Run Enable-PSRemoting there; if the estate names a 'configurationName', register it there.",
  cut: 'Collect it again with --resume; if it stays so, look at the event log Microsoft-Windows-WinRM/Operational there.',
};

export interface SessionCause {
  readonly cause: Cause;
  readonly detail: string;
  readonly hint?: string;
}

const because = (cause: Cause, detail: string): SessionCause => {
  const hint = HINTS[cause];
  return hint === undefined ? { cause, detail } : { cause, detail, hint };
};

/** Why a host's session gave no snapshot. */
export function causeOfSession(ended: Ended, frames: FramesResult): SessionCause {
  const { outcome, code, id, message } = ended;
  if (frames.kind === 'failed') return { cause: causeOfCollector(frames.code), detail: frames.message };
  if (frames.kind === 'fault' && frames.fault.cause !== 'cut') return { cause: frames.fault.cause, detail: frames.fault.detail };
  const detail = message === '' ? (frames.kind === 'none' ? frames.babble : '') : message;
  const known = BY_CODE.get(code);
  switch (outcome) {
    case 'flood':
      return { cause: 'babble', detail: 'it does not stop' };
    case 'stopped':
      return { cause: 'interrupted', detail: '' };
    case 'not-tried':
      return {
        cause: 'authentication',
        detail: 'it was not tried, since two other hosts refused the credential',
        hint: 'Check RDPOSTURE_USER and RDPOSTURE_PASSWORD: a wrong password, tried on many hosts, locks the account.',
      };
    case 'open':
      return because(known ?? 'session', detail);
    case 'broken':
      return because(known ?? 'cut', detail);
    default:
      if (frames.kind === 'fault') return because('cut', detail);
      if (STOPPED.test(`${id} ${message}`)) return { cause: 'execution-policy', detail };
      if (id.startsWith('CommandNotFoundException'))
        return { cause: 'authorisation', detail, hint: 'The endpoint has to show the command Get-RdsSnapshot: register the one that rdposture makes.' };
      return message === '' ? { cause: 'babble', detail } : { cause: 'collector-error', detail };
  }
}
