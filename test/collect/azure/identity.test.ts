import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { A, type Collected, collect, collectFrom, type Fault, type Lab, openLab, openMetadata, runProgram, SECRET, type Seen } from './lab.ts';
import { worldOf } from './world.ts';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'rdposture-identity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Variables that say nothing of an identity, and a PATH without the Azure CLI. */
const NOBODY = { AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '', PATH: folder };
/** What was never set is not there at all. */
function without(lab: Lab, more: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(lab.environment({ ...NOBODY, ...more })).filter(([, value]) => value !== ''));
}

const HERE = fileURLToPath(new URL('collect-here.ts', import.meta.url));

async function by(
  more: Readonly<Record<string, string>>,
  fault?: Fault,
  asked: Readonly<Record<string, number>> = {},
): Promise<Collected & { seen: readonly Seen[]; stderr: string }> {
  const lab = await openLab(worldOf(), fault);
  try {
    const ran = await runProgram([HERE, JSON.stringify({ subscriptions: [A], ...asked })], { env: without(lab, more) });
    return { ...(JSON.parse(ran.stdout) as Collected), seen: lab.seen, stderr: ran.stderr };
  } finally {
    await lab.close();
  }
}

const told = ({ results }: Collected): string => `${results[0]?.problem?.code ?? ''}: ${results[0]?.problem?.message ?? ''} ${results[0]?.problem?.hint ?? ''}`;

test('nobody: every way is tried in its order, and nothing of Azure is asked', async () => {
  const ran = await by({});
  expect(told(ran)).toMatch(/^azure\.no-credential: .*tried: environment, workload identity, managed identity, Azure CLI\..*az login/);
  expect(ran.seen).toEqual([]);
});

test('a wrong secret is said as such, without the secret, and no other identity takes its place', async () => {
  const ran = await collectFrom(worldOf(), { subscriptions: [A] }, undefined, { AZURE_CLIENT_SECRET: 'Wrong~Secret~9876543210' });
  expect(told(ran)).toMatch(/^azure\.credential: .*turned the environment down: the client secret is wrong \(AADSTS7000215\)/);
  expect(JSON.stringify(ran.results)).not.toContain('Wrong~Secret');
  expect(ran.seen.every(({ host }) => host.startsWith('login.'))).toBe(true);
});

test('an authority that is not trusted here is a matter of certificates', async () => {
  const lab = await openLab(worldOf());
  try {
    const environment = Object.fromEntries(Object.entries(lab.environment()).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS'));
    const ran = await runProgram([HERE, JSON.stringify({ subscriptions: [A], timeoutSeconds: 20 })], { env: environment });
    expect(told(JSON.parse(ran.stdout) as Collected)).toMatch(/^azure\.certificate: .*'login\.microsoftonline\.com' is not trusted here.*NODE_EXTRA_CA_CERTS/);
  } finally {
    await lab.close();
  }
});

test('an authority that never answers ends with the time that there is', async () => {
  const ran = await collectFrom(worldOf(), { subscriptions: [A], timeoutSeconds: 2 }, (seen) => (seen.host.startsWith('login.') ? 'done' : undefined));
  expect(told(ran)).toMatch(/^azure\.timeout: .*token/);
});

test('something that is no authority is said', async () => {
  const ran = await collectFrom(worldOf(), { subscriptions: [A], timeoutSeconds: 20 }, (seen, response) => {
    if (!seen.host.startsWith('login.')) return undefined;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log on</html>');
    return 'done';
  });
  expect(told(ran)).toMatch(/^azure\.(?:authority|credential): /);
  expect(ran.seen.every(({ host }) => host.startsWith('login.'))).toBe(true);
});

test('workload identity comes when the environment has no secret', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'federated-token');
  const ran = await by({
    AZURE_TENANT_ID: '00000000-0000-0000-0000-0000000000aa',
    AZURE_CLIENT_ID: '00000000-0000-0000-0000-0000000000cc',
    AZURE_FEDERATED_TOKEN_FILE: file,
  });
  expect(ran.results[0]?.snapshot?.identity).toBe('workload identity');
  expect(ran.seen.some(({ authorization }) => authorization.startsWith('Bearer federated'))).toBe(true);
});

test('the environment comes before a managed identity, which comes before the Azure CLI', async () => {
  const metadata = await openMetadata();
  const lab = await openLab(worldOf());
  try {
    const led = JSON.stringify({ ...(JSON.parse(lab.environment()['LAB'] ?? '') as object), metadata: metadata.port });
    const first = await collect(lab, { subscriptions: [A] }, { LAB: led });
    expect(first.results[0]?.snapshot?.identity).toBe('environment');
    fakeCli(0);
    const ran = await runProgram([HERE, JSON.stringify({ subscriptions: [A] })], { env: without(lab, { LAB: led }) });
    expect((JSON.parse(ran.stdout) as Collected).results[0]?.snapshot?.identity).toBe('managed identity');
  } finally {
    await lab.close();
    await metadata.close();
    rmSync(join(folder, 'az'), { force: true });
  }
});

/** An `az` that is logged on (0), or not. */
function fakeCli(code: number): void {
  const token = `{"accessToken":"cli https://management.azure.com https://vault.azure.net","expires_on":4000000000,"expiresOn":"2096-10-02 07:06:40.000000","tokenType":"Bearer"}`;
  const script = code === 0 ? `echo '${token}'` : `echo "ERROR: Please run 'az login' to setup account." >&2; exit ${code}`;
  writeFileSync(join(folder, 'az'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test.each([
  [0, 'Azure CLI', ''],
  [1, undefined, 'azure.no-credential'],
])('the Azure CLI is the last way (exit code %i)', async (code, way, problem) => {
  fakeCli(code);
  try {
    const ran = await by({ PATH: `${folder}:/bin:/usr/bin` });
    expect(ran.results[0]?.snapshot?.identity).toBe(way);
    expect(ran.results[0]?.problem?.code ?? '').toBe(problem);
  } finally {
    rmSync(join(folder, 'az'), { force: true });
  }
});

test('an interrupt ends what hangs, and nothing is left running', async () => {
  const lab = await openLab(worldOf(), (seen) => (seen.path.endsWith('/resources') ? 'done' : undefined));
  try {
    let pid = 0;
    const running = runProgram([HERE, JSON.stringify({ subscriptions: [A] })], { env: lab.environment(), onStart: (given) => void (pid = given) });
    while (!lab.seen.some(({ path }) => path.endsWith('/resources'))) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, 'SIGINT');
    expect(told(JSON.parse((await running).stdout) as Collected)).toMatch(/^collect\.interrupted/);
  } finally {
    await lab.close();
  }
});

test('a token is never printed, and goes to its own service only', async () => {
  const ran = await collectFrom(worldOf(), { subscriptions: [A] });
  for (const { host, authorization } of ran.seen) {
    if (host.startsWith('login.')) expect(authorization).toBe('');
    else
      expect(authorization).toBe(
        host.includes('vault') ? 'Bearer secret https://vault.azure.net/.default' : 'Bearer secret https://management.azure.com/.default',
      );
  }
  expect(JSON.stringify(ran.results)).not.toContain(SECRET);
});
