import type { Problem } from '../../model/problem.ts';
import { CUT_INPUT } from './bootstrap.ts';
import type { LiveTarget } from './targets.ts';

/** Why a target could not be collected. Each is another thing to mend. */
export const CAUSES = [
  'name',
  'route',
  'refused',
  'host-key',
  'protocol',
  'certificate',
  'authentication',
  'authorisation',
  'session',
  'second-hop',
  'quota',
  'timeout',
  'no-powershell',
  'execution-policy',
  'collector-error',
  'babble',
  'too-large',
  'cut',
  'invalid-target',
  'not-supported',
  'interrupted',
  'not-written',
] as const;
export type Cause = (typeof CAUSES)[number];

interface Words {
  /** Follows the target's name. */
  readonly what: string;
  readonly hint: string;
}

const WORDS: Readonly<Record<Cause, Words>> = {
  name: { what: 'has a name that could not be resolved', hint: "Check its 'address' in the estate, the user's SSH configuration, and DNS." },
  route: { what: 'cannot be reached over the network', hint: 'Check routes, VPN and firewalls between here and there.' },
  refused: { what: 'refused the connection', hint: "Start the service 'sshd' there, allow its port in the firewall, or give the right 'port' in the estate." },
  'host-key': {
    what: 'has a host key that is not the known one',
    hint: "Compare the key's fingerprint with the host's own, then put it into known_hosts; it is never accepted by itself.",
  },
  protocol: {
    what: 'and this machine have no SSH algorithm or version in common',
    hint: 'Update the older of the two SSH programs, or allow the algorithm in the SSH configuration.',
  },
  certificate: {
    what: 'shows a certificate that is not trusted here',
    hint: 'Let this machine trust its issuer, connect by the name that is in it, or renew it; it is never accepted by itself.',
  },
  authentication: {
    what: 'did not accept this user or key',
    hint: "Put the public key into the account's authorized_keys (of an administrator: administrators_authorized_keys), load the private key into the agent, or name 'user' and 'keyFile'.",
  },
  authorisation: { what: 'let this user in but not run the collector', hint: 'Give the account the right to run commands and to read what the sections need.' },
  session: { what: 'did not open a session', hint: 'See the message; open one by hand with Enter-PSSession to see more.' },
  'second-hop': { what: 'could not be reached through the host in between', hint: 'Check the jump host, and that it may connect on to the target.' },
  quota: { what: 'has no room for another connection', hint: 'Collect with a lower --concurrency, or raise MaxStartups and MaxSessions there.' },
  timeout: { what: 'did not answer in time', hint: 'Check that it is up and that no firewall drops packets; or give more time by --timeout.' },
  'no-powershell': {
    what: 'has no powershell.exe that could be started',
    hint: 'It must be a Windows host with powershell.exe on the PATH of its SSH server.',
  },
  'execution-policy': {
    what: 'does not let the collector run',
    hint: 'Execution policy, language mode, application control or the antimalware scan stopped it: allow the collector there, or run it by hand and put the snapshot into the folder.',
  },
  'collector-error': { what: 'ran the collector, which failed', hint: 'See the message; run the collector there by hand to see more.' },
  babble: {
    what: 'answered with something else than a snapshot',
    hint: 'Take away what prints at log-on there (profiles, banners, AutoRun), and check that it is the right host.',
  },
  'too-large': { what: 'sent more than a snapshot may hold (64 MiB)', hint: 'Look into what there is so much of; the collector itself stops before that.' },
  cut: {
    what: 'was cut off before its snapshot was complete',
    hint: 'Collect it again with --resume; if it stays so, look at the event log of its SSH server.',
  },
  'invalid-target': { what: 'cannot be connected to as the estate has it', hint: 'Mend its entry in estate.yaml.' },
  'not-supported': {
    what: 'connects in a way that cannot be used here',
    hint: 'Use `connect: { over: ssh }`, or collect by hand and put the snapshot into the folder.',
  },
  interrupted: { what: 'was not collected: interrupted', hint: 'Go on with --resume.' },
  'not-written': { what: 'was collected, but its snapshot could not be written', hint: 'Check the snapshots folder and its rights.' },
};

/** Longest excerpt of a foreign text in a problem. */
const EXCERPT = 240;

/** An error problem about one target. `detail` is hostile text: shortened here, escaped where it is printed. */
export function problemOf(target: Pick<LiveTarget, 'id' | 'name'>, cause: Cause, detail = '', hint = WORDS[cause].hint): Problem {
  const said = excerpt(detail);
  return {
    level: 'error',
    code: `collect.${cause}`,
    message: `'${target.name}' ${WORDS[cause].what}${said === '' ? '' : `: ${said}`}${/[.!?]$/.test(said) ? '' : '.'}`,
    hint,
    target: target.id,
  };
}

export function excerpt(text: string): string {
  const line = text
    .slice(0, EXCERPT * 8)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
}

/** What OpenSSH's client says on standard error when it gives up (exit code 255). Its words are not translated. The first that matches counts. */
const SSH_SAYS: readonly (readonly [RegExp, Cause])[] = [
  [/Could not resolve hostname|Name or service not known|nodename nor servname provided/, 'name'],
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No \S+ host key is known for|[Hh]ost key for .{1,300} has changed|[Rr]evoked host key|host key .{1,300} revoked/,
    'host-key',
  ],
  [
    /Exceeded MaxStartups|Not allowed at this time|open failed: resource shortage|open failed: connect failed: open failed|Session open refused by peer|Too many (?:sessions|connections)/i,
    'quota',
  ],
  [/Unable to negotiate with .{1,300}: no matching|Protocol major versions differ|no matching (?:host key|cipher|MAC|key exchange)/, 'protocol'],
  [
    /banner line (?:\d+: |contains|too long)|: invalid format|could not read protocol version|Bad packet length|message authentication code incorrect|Corrupted MAC|invalid SSH identification|Bad remote protocol version/i,
    'babble',
  ],
  [/Permission denied \(|Too many authentication failures|No more authentication methods|no mutual signature/i, 'authentication'],
  [
    /exec request failed|shell request failed|subsystem request failed|open failed: (?:administratively prohibited|unknown channel type)|account is currently not available|PTY allocation request failed/i,
    'authorisation',
  ],
  [/Connection refused/, 'refused'],
  [/(?:Connection|Operation) timed out|Timeout, server .{1,300} not responding|timed out during banner exchange/i, 'timeout'],
  [/No route to host|Network is unreachable|Host is (?:down|unreachable)|Network is down/, 'route'],
];

/** A jump host's own `ssh` fails first; to the outer one the connection then has no peer. */
const IN_BETWEEN = /UNKNOWN port 65535|stdio forwarding failed/;

/** Why the local `ssh` gave up, and the line that says so. */
export function causeOfSsh(stderr: string): { readonly cause: Cause; readonly line: string } {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  const isInBetween = lines.some((line) => IN_BETWEEN.test(line));
  for (const [pattern, cause] of SSH_SAYS) {
    const line = lines.find((candidate) => pattern.test(candidate));
    if (line !== undefined) return { cause: isInBetween ? 'second-hop' : cause, line: line.replaceAll(/^@\s*|\s*@$/g, '') };
  }
  return { cause: isInBetween ? 'second-hop' : 'cut', line: lines.at(-1) ?? '' };
}

/** Words that PowerShell does not translate: class names and ids of errors. */
export const STOPPED =
  /about_Execution_Policies|PSSecurityException|ConstrainedLanguage|MethodInvocationNotSupportedIn|CannotCreateTypeConstrained|CannotDefineNewType|ScriptContainedMaliciousContent|ScriptsNotAllowed|UnauthorizedAccess,/;
const POSIX_NOT_FOUND = 127;
const CMD_NOT_FOUND = 9009;

/** Why the remote command ended without a frame. Windows' own messages are translated; the program's name in them is not. */
export function causeOfExit(code: number, stderr: string): Cause {
  if (code === CUT_INPUT) return 'cut';
  if (code === POSIX_NOT_FOUND || code === CMD_NOT_FOUND) return 'no-powershell';
  if (STOPPED.test(stderr)) return 'execution-policy';
  if (code !== 0 && /\bpowershell(?:\.exe)?\b/i.test(stderr) && !/FullyQualifiedErrorId|CategoryInfo/.test(stderr)) return 'no-powershell';
  return code === 0 ? 'babble' : 'collector-error';
}

/** What a collector says of itself (`rdposture-fail`): a cause of ours by name, else an error of the collector. */
export function causeOfCollector(code: string): Cause {
  const told: readonly Cause[] = ['authorisation', 'second-hop', 'quota', 'execution-policy', 'too-large', 'timeout'];
  return told.find((cause) => cause === code) ?? 'collector-error';
}
