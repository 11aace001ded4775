import { describe, expect, it } from 'vitest';
import { CAUSES, causeOfCollector, causeOfExit, causeOfSsh, problemOf } from '../../../src/collect/live/causes.ts';

const HOST = { id: 'windows-host:a.contoso.com', name: 'a.contoso.com' };

describe('what ssh says', () => {
  it.each([
    ['name', 'ssh: Could not resolve hostname a.contoso.com: Name or service not known'],
    ['name', 'ssh: Could not resolve hostname a.contoso.com: nodename nor servname provided, or not known'],
    ['route', 'ssh: connect to host 192.0.2.1 port 22: No route to host'],
    ['route', 'ssh: connect to host 192.0.2.1 port 22: Network is unreachable'],
    ['refused', 'ssh: connect to host 192.0.2.1 port 22: Connection refused'],
    ['timeout', 'ssh: connect to host 192.0.2.1 port 22: Connection timed out'],
    ['timeout', 'ssh: connect to host 192.0.2.1 port 22: Operation timed out'],
    ['timeout', 'Connection timed out during banner exchange\nConnection to 192.0.2.1 port 22 timed out'],
    ['timeout', 'Timeout, server 192.0.2.1 not responding.'],
    ['host-key', '@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@\nHost key verification failed.'],
    ['host-key', 'No ED25519 host key is known for 192.0.2.1 and you have requested strict checking.\nHost key verification failed.'],
    ['authentication', 'admin@192.0.2.1: Permission denied (publickey,password,keyboard-interactive).'],
    ['authentication', 'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\nDisconnected from 192.0.2.1 port 22'],
    ['authorisation', 'exec request failed on channel 0'],
    ['quota', 'kex_exchange_identification: banner line 0: Exceeded MaxStartups\nConnection closed by 192.0.2.1 port 22'],
    ['quota', 'channel 0: open failed: connect failed: open failed'],
    ['protocol', 'Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa'],
    ['babble', 'kex_exchange_identification: banner line contains invalid characters\nConnection closed by 192.0.2.1 port 22'],
    ['cut', 'client_loop: send disconnect: Broken pipe'],
    ['cut', 'Connection to 192.0.2.1 closed by remote host.'],
    ['cut', ''],
    [
      'second-hop',
      'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
    ],
    ['second-hop', 'jump@192.0.2.9: Permission denied (publickey).\nConnection closed by UNKNOWN port 65535'],
  ])('%s', (cause, stderr) => {
    expect(causeOfSsh(stderr).cause).toBe(cause);
  });

  it('is quoted where it says why', () => {
    expect(causeOfSsh('Banner of the host\njump@192.0.2.9: Permission denied (publickey).\nConnection closed by UNKNOWN port 65535').line).toBe(
      'jump@192.0.2.9: Permission denied (publickey).',
    );
  });
});

describe('how the remote command ended', () => {
  it.each([
    ['no-powershell', 127, 'bash: line 1: powershell.exe: command not found'],
    ['no-powershell', 1, 'Der Befehl "powershell.exe" ist entweder falsch geschrieben oder\nkonnte nicht gefunden werden.'],
    ['no-powershell', 9009, ''],
    ['execution-policy', 1, 'x cannot be loaded\n    + FullyQualifiedErrorId : UnauthorizedAccess,Microsoft.PowerShell.Commands.InvokeExpressionCommand'],
    ['execution-policy', 1, '    + FullyQualifiedErrorId : MethodInvocationNotSupportedInConstrainedLanguage'],
    ['execution-policy', 1, '    + FullyQualifiedErrorId : ScriptContainedMaliciousContent'],
    ['collector-error', 1, 'In powershell.exe ging etwas schief\n    + FullyQualifiedErrorId : Kaputt'],
    ['collector-error', 3, ''],
    ['cut', 9, ''],
    ['babble', 0, ''],
  ])('%s', (cause, code, stderr) => {
    expect(causeOfExit(code, stderr)).toBe(cause);
  });

  it('is taken from the collector only where it may say so', () => {
    expect(['second-hop', 'authorisation', 'name', 'host-key', 'script', '__proto__'].map(causeOfCollector)).toEqual([
      'second-hop',
      'authorisation',
      'collector-error',
      'collector-error',
      'collector-error',
      'collector-error',
    ]);
  });
});

describe('the problem', () => {
  it.each(CAUSES)('of %s is a sentence with something to do', (cause) => {
    const problem = problemOf(HOST, cause, 'something\n  was seen');
    expect(problem).toMatchObject({ level: 'error', code: `collect.${cause}`, target: HOST.id });
    expect(problem.message).toMatch(/^'a\.contoso\.com' .+: something was seen\.$/);
    expect(problem.hint).toMatch(/^[A-Z].+\.$/);
  });

  it('quotes a bounded part of a foreign text', () => {
    expect(problemOf(HOST, 'babble', '\u{1f600}'.repeat(100_000)).message.length).toBeLessThan(400);
  });
});
