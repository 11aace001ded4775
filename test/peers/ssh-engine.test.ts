import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectorRequest, registryRequest } from '../../src/collect/live/request.ts';
import type { Collected } from '../../src/collect/live/run.ts';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import { HOST_SCRIPT, type Machine, machine, readSnapshot, skipped, windowsPowerShell } from '../collectors/support.ts';
import { shippedLibrary } from '../scan/support.ts';
import { collectFrom, isAlive, outcomeOf, type SshServer, startSshServer, targetAt, waitFor, whyNoSsh } from './ssh-support.ts';

/** The real engine of PowerShell behind a real OpenSSH server: the bootstrap and the collector as hosts get them. */
const missing = whyNoSsh() ?? (skipped ? 'the .NET SDK is not installed' : null);
const NAME = 'rdsh01.contoso.com';

describe.skipIf(missing !== null)(`the bootstrap in the real PowerShell engine${missing === null ? '' : ` (${missing})`}`, () => {
  let server: SshServer;
  let host: Machine;
  beforeAll(async () => {
    host = machine(hostFixture(), HOST_FILES);
    server = await startSshServer(['127.0.0.1'], { modes: {}, powershell: windowsPowerShell, environment: host.environment });
  });
  afterAll(async () => {
    await server?.stop();
    host?.remove();
  });

  const run = async (script: string, timeoutSeconds = 60): Promise<Collected | undefined> => {
    const registry = registryRequest(shippedLibrary().areas);
    const requestOf = ({ kind, name }: { kind: 'windows-host' | 'rds-deployment'; name: string }, nonce: string): string =>
      JSON.stringify(collectorRequest({ kind, name, nonce }, registry));
    return (await collectFrom(server, [targetAt(server, '127.0.0.1', NAME)], { script, timeoutSeconds, requestOf }))[0];
  };
  const messageOf = (result: Collected | undefined): string => (result !== undefined && 'problem' in result ? result.problem.message : '');
  const begun = (body: string): string => `param([string]$Request)
[Console]::Out.WriteLine("rdposture-begin " + [regex]::Match($Request, '"nonce":"(\\w+)"').Groups[1].Value)
${body}
`;

  it('runs the collector, whose snapshot comes through as it was made', async () => {
    const result = await run(readFileSync(HOST_SCRIPT, 'utf8'));
    expect(messageOf(result)).toBe('');
    const { snapshot, problems } = readSnapshot(result !== undefined && 'snapshot' in result ? result.snapshot : '');
    expect(snapshot.target).toEqual({ kind: 'windows-host', name: NAME });
    expect(problems).toEqual([]);
    expect(snapshot.sections['os']?.status).toBe('ok');
    expect(snapshot.sections['registry']?.status).toBe('ok');
  });

  it.each([
    ['throws', begun("throw 'the collector broke'"), /the collector broke/, 'collect.cut'],
    ['does not parse', begun("'"), /./, 'collect.collector-error'],
  ])('says so when the collector %s', async (_, script, says, code) => {
    const result = await run(script);
    expect(outcomeOf(result)).toBe(code);
    expect(messageOf(result)).toMatch(says);
  });

  it('ends itself when the deadline ends the connection', async () => {
    const result = await run(begun('[Threading.Thread]::Sleep(60000)'), 6);
    expect(outcomeOf(result)).toBe('collect.timeout');
    await waitFor(() => server.pids().every((pid) => !isAlive(pid)));
  });
});
