import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { azureCheck } from '../../src/cli/doctor-azure.ts';
import type { Check } from '../../src/cli/doctor-check.ts';
import { ownClock, skewOf } from '../../src/cli/doctor-clock.ts';
import { doctorPage } from '../../src/cli/doctor-page.ts';
import { readSections } from '../../src/cli/doctor-sections.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import { folderOf } from '../scan/support.ts';
import { isClean, type Ran, run, type RunOptions, start } from './support.ts';

/** Sections of a host on which everything could be read, but for those that are given. */
function sections(more: Readonly<Record<string, Json>> = {}): JsonObject {
  const all = SECTIONS.filter(({ of }) => of === 'windows-host').map(({ name }) => [name, { status: 'absent' }] as const);
  return { ...Object.fromEntries(all), ...more };
}

interface World {
  readonly folder: string;
  /** Everything that a run needs. */
  readonly options: RunOptions;
  /** Addresses that were connected to. */
  readonly asked: () => string[];
}

/** An estate, and an `ssh` that does by address what the plan says. */
function world(estate: string, plan: Readonly<Record<string, JsonObject>> = {}, files: Readonly<Record<string, Json>> = {}): World {
  const folder = folderOf({ 'estate/estate.yaml': `version: 1\nname: contoso\n${estate}`, ...files });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'plan.json'), JSON.stringify(plan));
  copyFileSync(fileURLToPath(new URL('ssh-stand-in.mjs', import.meta.url)), join(folder, 'bin', 'stand-in.mjs'));
  writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec ${process.execPath} ${join(folder, 'bin', 'stand-in.mjs')} "$@"\n`);
  chmodSync(join(folder, 'bin', 'ssh'), 0o755);
  const asked = join(folder, 'bin', 'asked');
  return {
    folder,
    options: { cwd: join(folder, 'estate'), env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` } },
    asked: () => (existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : []),
  };
}

const doctor = ({ options }: World, ...args: readonly string[]): Ran => run(['doctor', '--timeout', '30', ...args], options);

interface Document {
  readonly schemaVersion: number;
  readonly estate: string;
  readonly checks: readonly Check[];
  readonly totals: Readonly<Record<string, number>>;
}

function asJson(of: World, ...args: readonly string[]): { readonly code: number | null; readonly document: Document; readonly named: (name: string) => Check } {
  const ran = doctor(of, '--json', ...args);
  if (ran.stdout === '') throw new Error(ran.stderr);
  const document = JSON.parse(ran.stdout) as Document;
  const named = (name: string): Check => {
    const found = document.checks.find((check) => check.name === name);
    if (found === undefined) throw new Error(`There is no check of ${name}: ${ran.stdout}`);
    return found;
  };
  return { code: ran.code, document, named };
}

const host = (name: string, connect = '{ over: ssh }'): string => `  - { name: ${name}.contoso.com, connect: ${connect} }\n`;
const hosts = (...names: readonly string[]): string => `hosts:\n${names.map((name) => host(name)).join('')}`;
const GOOD = { sections: sections() };

describe('a host that was reached', () => {
  it('and read in full is ok, in words and by the exit code, and no snapshot is written', () => {
    const of = world(hosts('a'), { 'a.contoso.com': GOOD });
    const ran = doctor(of);
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^This machine\n {2}ok {7}Node\.js +\d+\./);
    expect(ran.stdout).toMatch(/ {2}ok {7}ssh +OpenSSH_9\.9p1 stand-in, /);
    expect(ran.stdout).toMatch(/ {2}ok {7}a\.contoso\.com {2}over ssh: \d+ sections read\n/);
    expect(ran.stdout).toMatch(/\n1 target of 'contoso': 1 ok\.\n$/);
    expect(of.asked()).toEqual(['a.contoso.com']);
    expect(readdirSync(join(of.folder, 'estate'))).toEqual(['estate.yaml']);
  });

  it('and read in part names the sections, the right that is missing and how it is given', () => {
    const denied = { status: 'denied', error: 'Zugriff verweigert' };
    const of = world(hosts('a'), {
      'a.contoso.com': {
        collector: { name: 'x', elevated: false },
        sections: sections({
          auditPolicy: denied,
          'events.failedLogons': denied,
          eventLogs: denied,
          roles: { status: 'error', error: 'It took longer than 60 seconds.' },
          registry: { status: 'ok', data: { 'HKLM\\SOFTWARE\\A': { status: 'denied' }, 'HKLM\\SOFTWARE\\B': { status: 'ok', values: {} } } },
        }),
      },
    });
    const { code, named } = asJson(of);
    const { status, unread, notes } = named('a.contoso.com');
    expect([code, status]).toEqual([3, 'partial']);
    expect(notes).toContain('The collector ran without the rights of an administrator.');
    expect(unread.map((entry) => [entry.status, entry.sections.join(' ')])).toEqual([
      ['denied', 'auditPolicy'],
      ['denied', 'eventLogs events.failedLogons'],
      ['error', 'roles'],
      ['denied', 'registry (1 key: HKLM\\SOFTWARE\\A)'],
    ]);
    expect(unread[0]).toMatchObject({ needs: expect.stringContaining('Manage auditing and security log') as string, said: 'Zugriff verweigert' });
    expect(unread[1]?.grant).toContain('Event Log Readers');
    const page = doctor(of).stdout;
    expect(page).toMatch(/denied: eventLogs, events\.failedLogons\n +needs membership of Event Log Readers/);
    expect(page).toContain('docs/rights.md');
  });

  it('by a collector that tried less is a warning', () => {
    const { code, named } = asJson(world(hosts('a'), { 'a.contoso.com': { sections: { os: { status: 'absent' } } } }));
    expect([code, named('a.contoso.com').status]).toEqual([0, 'warning']);
    expect(named('a.contoso.com').notes[0]).toMatch(/^Not collected/);
  });

  it('with another clock is told so; where most hosts differ alike it is this machine', () => {
    const plan = { 'a.contoso.com': { ...GOOD, ahead: 3600 }, 'b.contoso.com': { ...GOOD, ahead: 7200 }, 'c.contoso.com': GOOD };
    const one = asJson(world(hosts('a', 'b', 'c'), plan), 'a*', 'c*');
    expect([one.code, one.named('a.contoso.com').status, one.named('c.contoso.com').status]).toEqual([0, 'warning', 'ok']);
    expect(one.named('a.contoso.com').notes[0]).toMatch(/^Its clock is (?:59|60) minutes ahead of the one here/);
    expect(one.named('clock').status).toBe('ok');
    expect(asJson(world(hosts('a', 'b', 'c'), plan)).named('clock')).toMatchObject({
      status: 'warning',
      said: expect.stringContaining('behind the clocks of 2 of 3 hosts') as string,
    });
  });

  it('may send any text', () => {
    const evil = 'x\u001b[2J\u202e\u0007 ##vso[task.setvariable]y \u{e0041}';
    const of = world(hosts('a', 'b', 'c', 'd'), {
      'a.contoso.com': { sections: sections({ os: { status: 'denied', error: evil }, roles: { status: 'error', error: evil }, [evil]: { status: 'ok' } }) },
      'b.contoso.com': { stderr: `Permission denied (${evil})` },
      'c.contoso.com': { stdout: `${evil}\n` },
      'd.contoso.com': { fail: ['script', evil] },
    });
    const ran = doctor(of);
    expect(isClean(ran)).toBe(null);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('x\\u001b[2J\\u202e\\u0007');
    expect(ran.stdout).not.toContain('##vso[');
    const json = doctor(of, '--json');
    expect(isClean(json)).toBe(null);
    expect((JSON.parse(json.stdout) as Document).checks.find(({ name }) => name === 'a.contoso.com')?.unread[0]?.said).toBe(evil);
  });
});

describe('a host that was not', () => {
  const CAUSES: Readonly<Record<string, { readonly plan: JsonObject; readonly said: RegExp; readonly todo: RegExp }>> = {
    name: { plan: { stderr: 'ssh: Could not resolve hostname x: Name or service not known' }, said: /could not be resolved/, todo: /DNS/ },
    route: { plan: { stderr: 'ssh: connect to host x port 22: No route to host' }, said: /cannot be reached/, todo: /routes/ },
    refused: { plan: { stderr: 'ssh: connect to host x port 22: Connection refused' }, said: /refused/, todo: /sshd/ },
    'host-key': { plan: { stderr: 'Host key verification failed.' }, said: /host key/, todo: /known_hosts/ },
    protocol: { plan: { stderr: 'Unable to negotiate with x port 22: no matching cipher found' }, said: /in common/, todo: /Update/ },
    authentication: { plan: { stderr: 'u@x: Permission denied (publickey).' }, said: /did not accept/, todo: /authorized_keys/ },
    authorisation: { plan: { stderr: 'exec request failed on channel 0' }, said: /not run the collector/, todo: /right to run/ },
    hop: { plan: { stderr: 'kex_exchange_identification: Connection closed by UNKNOWN port 65535' }, said: /host in between/, todo: /jump host/ },
    quota: { plan: { stderr: 'Exceeded MaxStartups' }, said: /no room/, todo: /--concurrency/ },
    late: { plan: { stderr: 'ssh: connect to host x port 22: Connection timed out' }, said: /in time/, todo: /--timeout/ },
    shell: { plan: { stderr: 'sh: powershell.exe: not found', code: 127 }, said: /no powershell\.exe/, todo: /PATH/ },
    policy: { plan: { stderr: 'about_Execution_Policies', code: 1 }, said: /does not let the collector run/, todo: /application control/ },
    broken: { plan: { fail: ['script', 'It broke.'] }, said: /ran the collector, which failed: It broke\./, todo: /by hand/ },
    babble: { plan: { stdout: 'Welcome\n' }, said: /something else than a snapshot: Welcome/, todo: /log-on/ },
  };

  it('says why, and what to do, for every cause', () => {
    const of = world(hosts(...Object.keys(CAUSES), 'good'), {
      ...Object.fromEntries(Object.entries(CAUSES).map(([name, { plan }]) => [`${name}.contoso.com`, plan])),
      'good.contoso.com': GOOD,
    });
    const { code, document, named } = asJson(of);
    expect(code).toBe(3);
    for (const [name, { said, todo }] of Object.entries(CAUSES)) {
      const found = named(`${name}.contoso.com`);
      expect(found.status, name).toBe('failed');
      expect(found.said, name).toMatch(said);
      expect(found.todo, name).toMatch(todo);
    }
    expect(named('good.contoso.com').status).toBe('ok');
    // In the estate's order, whoever was slowest.
    expect(document.checks.filter(({ about }) => about === 'target').map(({ name }) => name.split('.')[0])).toEqual([...Object.keys(CAUSES), 'good']);
  });

  it('is given up when its time is over', () => {
    const of = world(hosts('a'), { 'a.contoso.com': { hangs: true } });
    const ran = run(['doctor', '--timeout', '1'], of.options);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('did not answer in time: 1 seconds');
  });

  it('is what an interruption leaves behind; what came is shown', async () => {
    const of = world(hosts('a', 'b'), { 'a.contoso.com': GOOD, 'b.contoso.com': { hangs: true } });
    const child = start(['doctor', '--json', '--timeout', '50'], of.options);
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    const ended = new Promise<number | null>((done) => child.once('close', done));
    while (of.asked().length < 2 || !existsSync(join(of.folder, 'bin', 'answered'))) await new Promise((done) => setTimeout(done, 25));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const checks = (JSON.parse(stdout) as Document).checks.filter(({ about }) => about === 'target');
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ['a.contoso.com', 'ok'],
      ['b.contoso.com', 'failed'],
    ]);
    expect(checks[1]?.said).toContain('interrupted');
  });

  it('and its deployment of the same name are told apart', () => {
    const of = world(`deployments:\n  - { broker: a.contoso.com, connect: { over: ssh } }\n${hosts('a')}`, {
      'a.contoso.com': { stderr: 'Connection refused' },
    });
    expect(asJson(of).document.checks.flatMap(({ target }) => target ?? [])).toEqual(['windows-host:a.contoso.com', 'rds-deployment:a.contoso.com']);
    expect(doctor(of).stdout).toMatch(/a\.contoso\.com {2}over ssh: refused[^]*a\.contoso\.com {2}deployment, over ssh: refused/);
  });

  it('where there is no ssh, the machine is at fault', () => {
    const of = world(hosts('a'));
    const ran = run(['doctor'], { ...of.options, env: { PATH: of.folder } });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/failed {3}ssh +not on PATH, and 1 target connects over it\n +to do: Install the OpenSSH client\./);
    expect(ran.stdout).toContain('1 fault of this machine');
  });
});

/** A day so many days ago, by the clock: what is old does not get young while the test runs. */
const ago = (days: number): string => new Date(Date.now() - days * 86_400_000 - 3_600_000).toISOString();
const snapshot = (name: string, collectedAt: string, more: Readonly<Record<string, Json>> = {}): JsonObject => ({
  schemaVersion: 1,
  target: { kind: 'windows-host', name },
  collectedAt,
  sections: sections(more),
});

describe('a target by snapshot', () => {
  const BY_SNAPSHOT = 'snapshots: { maxAge: 30d }\nhosts:\n  - { name: a.contoso.com }\n';

  it.each<[string, Readonly<Record<string, Json>>, number, string, RegExp]>([
    ['young', { 'x.json': snapshot('A.contoso.com', ago(2)) }, 0, 'ok', /sections read, 2 days old$/],
    ['too old', { 'x.json': snapshot('a.contoso.com', ago(31)) }, 0, 'warning', /31 days old; the estate allows 30$/],
    ['from the future', { 'x.json': snapshot('a.contoso.com', ago(-9)) }, 0, 'warning', /from the future/],
    ['the newest counts', { 'x.json': snapshot('a.contoso.com', ago(40)), 'y.json': snapshot('a.contoso.com', ago(3)) }, 0, 'ok', /3 days old/],
    ['another one', { 'x.json': snapshot('b.contoso.com', ago(2)) }, 3, 'failed', /has no snapshot/],
    ['none', {}, 3, 'failed', /has no snapshot/],
    ['read in part', { 'x.json': snapshot('a.contoso.com', ago(2), { os: { status: 'denied' } }) }, 3, 'partial', /of \d+ sections read/],
    ['no snapshot of ours', { 'x.json': { ...snapshot('a.contoso.com', ago(2)), schemaVersion: 9 } }, 3, 'failed', /newer than this rdposture reads/],
  ])('%s', (_name, files, code, status, said) => {
    const of = world(BY_SNAPSHOT, {}, Object.fromEntries(Object.entries(files).map(([name, value]) => [`estate/snapshots/${name}`, value])));
    const found = asJson(of);
    expect([found.code, found.named('a.contoso.com').status]).toEqual([code, status]);
    expect(found.named('a.contoso.com').said).toMatch(said);
    expect(of.asked()).toEqual([]);
  });

  it('a broken file beside it is told of', () => {
    const of = world(BY_SNAPSHOT, {}, { 'estate/snapshots/a.json': snapshot('a.contoso.com', ago(1)), 'estate/snapshots/b.snapshot.json': '{"schema' });
    const { code, named } = asJson(of);
    expect([code, named('snapshots/b.snapshot.json').said]).toEqual([3, 'is not JSON']);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Waits without holding up a server of this process. */
async function doctorBeside(of: World, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = start(['doctor', '--timeout', '15', ...args], of.options);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout };
}

describe('an endpoint', () => {
  it('that nobody listens at is a failure', async () => {
    const port = await closedPort();
    const { code, named } = asJson(world(`gateways:\n  - { name: rdgw.contoso.com, address: 127.0.0.1, port: ${port}, connect: { over: wire } }\n`));
    expect([code, named('rdgw.contoso.com').status]).toEqual([3, 'failed']);
    expect(named('rdgw.contoso.com').said).toBe(`Nothing was seen of the gateway at '127.0.0.1' port ${port}: nobody listens on the port.`);
    expect(named('rdgw.contoso.com').todo).toMatch(/port/);
  });

  it('that answers is looked at by the same probe', async () => {
    // A listener that requires NLA and has no TLS to show.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(Buffer.from('030000130ed000001234000300080005000000', 'hex')));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const of = world(`hosts:\n  - { name: a.contoso.com, address: 127.0.0.1, rdpPort: ${port}, connect: { over: ssh, wire: true } }\n`, { '127.0.0.1': GOOD });
    const ran = await doctorBeside(of, '--json', 'a.contoso.com');
    server.close();
    const checks = (JSON.parse(ran.stdout) as Document).checks.filter(({ name }) => name === 'a.contoso.com');
    expect(checks.map(({ about, status, said }) => [about, status, said])).toEqual([
      ['target', 'ok', expect.stringContaining('sections read')],
      ['endpoint', 'ok', 'seen'],
    ]);
    expect(ran.code).toBe(0);
  });

  it('is never contacted over `snapshot`, and alone is nothing to try', async () => {
    const port = await closedPort();
    const ran = doctor(world(`gateways:\n  - { name: rdgw.contoso.com, address: 127.0.0.1, port: ${port} }\n`));
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/to try\.\n/);
  });
});

describe('this machine', () => {
  it('cannot collect into a folder that cannot be', () => {
    const of = world(`snapshots: { folder: file.txt/snapshots }\n${hosts('a')}`, { 'a.contoso.com': GOOD }, { 'estate/file.txt': 'x' });
    const { code, named } = asJson(of);
    expect([code, named('snapshots folder').status]).toEqual([3, 'failed']);
    expect(named('a.contoso.com').status).toBe('ok');
  });

  it('is told of broken waivers, and of good ones', () => {
    const broken = world(hosts('a'), { 'a.contoso.com': GOOD }, { 'estate/waivers.yaml': 'version: 1\nwaivers: [{ id: x }]\n' });
    expect(asJson(broken)).toMatchObject({ code: 3 });
    expect(asJson(broken).named('waivers').status).toBe('failed');
    const good = world(hosts('a'), { 'a.contoso.com': GOOD }, { 'estate/waivers.yaml': 'version: 1\nwaivers: []\n' });
    expect(asJson(good).named('waivers')).toMatchObject({ status: 'ok', said: "0 waivers in 'waivers.yaml'" });
  });

  it('needs a Bicep compiler where the estate names a Bicep file', () => {
    const of = world(`templates: [{ file: main.bicep }]\n${hosts('a')}`, { 'a.contoso.com': GOOD });
    expect(asJson(of).document.checks.find(({ name }) => name === 'Bicep')).toBeDefined();
    expect(asJson(world(hosts('a'), { 'a.contoso.com': GOOD })).document.checks.find(({ name }) => name === 'Bicep')).toBeUndefined();
  });
});

describe('what is named', () => {
  it('is all that is tried: names, patterns, groups', () => {
    const estate = `groups:\n  web: { hosts: [c.contoso.com] }\n${hosts('a', 'b', 'c')}`;
    const plan = { 'a.contoso.com': GOOD, 'b.contoso.com': GOOD, 'c.contoso.com': GOOD };
    const of = world(estate, plan);
    expect(doctor(of, 'web', 'A*').code).toBe(0);
    expect(of.asked().toSorted()).toEqual(['a.contoso.com', 'c.contoso.com']);
  });

  it.each<[string, readonly string[], string, RegExp]>([
    ['a name that is not there', ['b.contoso.con'], hosts('b'), /no target 'b\.contoso\.con'\.\n {2}Did you mean 'b\.contoso\.com'/],
    ['an estate without targets', [], 'pulumi: []\n', /no host, deployment, gateway or subscription to try/],
    ['an estate that contradicts itself', [], 'hosts: [{ nam: a }]\n', /cannot be used/],
    ['an unknown option', ['--jsn'], hosts('a'), /Did you mean 'json'/],
  ])('%s is for the user to mend', (_name, args, estate, said) => {
    const of = world(estate);
    const ran = doctor(of, ...args);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(said);
    expect(of.asked()).toEqual([]);
  });

  it('needs an estate', () => {
    expect(run(['doctor'], { cwd: folderOf() })).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no estate here') as string });
  });
});

describe('a subscription', () => {
  const ID = '00000000-0000-0000-0000-000000000001';

  it('whose cloud nobody trusts is not contacted, and named so', () => {
    const cloud = '{ resourceManager: "https://127.0.0.1:9", authority: "https://127.0.0.1:9" }';
    const of = world(`azure: { cloud: ${cloud}, subscriptions: [${ID}] }\n${hosts('a')}`, { 'a.contoso.com': GOOD });
    const { code, named } = asJson(of);
    expect([code, named(ID).status]).toEqual([3, 'failed']);
    expect(named(ID).todo).toContain('--azure-cloud');
    expect(named('a.contoso.com').status).toBe('ok');
    expect(asJson(of, 'a.contoso.com').code).toBe(0);
    const azure = asJson(of, 'azure');
    expect(azure.document.checks.filter(({ about }) => about === 'target').map(({ name }) => name)).toEqual([ID]);
  });

  it('that was read in part names the role that opens the rest', () => {
    const at = '2026-11-24T10:00:00Z';
    const shut = { at, count: 0, opens: 'Give the identity the role Key Vault Reader.' };
    const snapshot = {
      schemaVersion: 1,
      target: { kind: 'azure', name: ID },
      collectedAt: at,
      cloud: 'public',
      subscription: { displayName: 'Sandbox', state: 'Enabled', managementGroups: [] },
      identity: 'Azure CLI',
      sources: {
        resources: { status: 'ok', at, count: 3 },
        certificates: { ...shut, status: 'denied', unread: [{ scope: '', reason: 'denied', code: null, message: 'ForbiddenByRbac' }] },
        secrets: { ...shut, status: 'denied' },
        flowLogs: { status: 'error', at, count: 0 },
      },
      resources: [],
    };
    const check = azureCheck(ID, Buffer.from(JSON.stringify(snapshot)));
    expect(check).toMatchObject({ status: 'partial', said: 'Sandbox: 1 of 4 sources read, as Azure CLI' });
    expect(check.unread).toEqual([
      { status: 'denied', sections: ['certificates', 'secrets'], needs: null, grant: shut.opens, said: 'ForbiddenByRbac' },
      { status: 'error', sections: ['flowLogs'], needs: null, grant: null, said: '' },
    ]);
    const whole = { ...snapshot, sources: { resources: snapshot.sources.resources } };
    expect(azureCheck(ID, Buffer.from(JSON.stringify(whole)))).toMatchObject({ status: 'ok', said: 'Sandbox: 1 source read, as Azure CLI' });
    expect(azureCheck(ID, Buffer.from('{}')).status).toBe('failed');
  });
});

describe('with --trusted-config', () => {
  it('only what the trusted estate contacts is contacted, where that one says', async () => {
    const port = await closedPort();
    const gateway = (name: string): string => `  - { name: ${name}.contoso.com, address: 127.0.0.1, port: ${port}, connect: { over: wire } }\n`;
    const own = `hosts:\n  - { name: a.contoso.com, address: evil.contoso.com, connect: { over: ssh, user: mallory } }\n${host('new')}gateways:\n${gateway('known')}${gateway('strange')}`;
    const of = world(
      own,
      { 'a.contoso.com': GOOD },
      { 'trusted/estate/estate.yaml': `version: 1\nname: contoso\n${hosts('a')}gateways:\n${gateway('known')}` },
    );
    const { code, document, named } = asJson(of, '--source-root', of.folder, '--trusted-config', join(of.folder, 'trusted'));
    expect(of.asked()).toEqual(['a.contoso.com']);
    expect(readFileSync(join(of.folder, 'bin', 'arguments'), 'utf8')).not.toContain('mallory');
    expect(code).toBe(3);
    expect(named('known.contoso.com')).toMatchObject({ status: 'failed' });
    const strangers = document.checks.filter(({ said }) => said.startsWith('not contacted'));
    expect(strangers.map(({ name, status }) => [name, status])).toEqual([
      ['new.contoso.com', 'warning'],
      ['strange.contoso.com', 'warning'],
    ]);
  });
});

describe('the parts', () => {
  it('a clock between asking and answering is right; else it is off by what is left', () => {
    const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`);
    expect(skewOf('2026-11-24T10:00:30Z', at('10:00:00'), at('10:01:00'))).toBe(0);
    expect(skewOf('2026-11-24T10:00:00Z', at('10:00:00.900'), at('10:00:01'))).toBe(0);
    expect(skewOf('2026-11-24T09:50:00Z', at('10:00:00'), at('10:01:00'))).toBe(-600);
    expect(skewOf('2026-11-24T10:11:00Z', at('10:00:00'), at('10:01:00'))).toBe(600);
    expect(ownClock([-600, -700, 0], '2026-11-24T10:00:00Z').said).toContain('ahead of the clocks of 2 of 3 hosts');
    expect(ownClock([600], 'x').status).toBe('ok');
  });

  it('every section says what it needs', () => {
    for (const { name, right } of SECTIONS) {
      expect(right.needs, name).toMatch(/^[^.]{10,}$/);
      expect(right.grant, name).toMatch(/\.$/);
      if (right.source !== null) expect(URL.canParse(right.source), name).toBe(true);
    }
    const all = Object.fromEntries(SECTIONS.filter(({ of }) => of === 'windows-host').map(({ name }) => [name, { status: 'denied' }]));
    const read = readSections({ schemaVersion: 1, target: { kind: 'windows-host', name: 'a' }, collectedAt: '2026-11-24T10:00:00Z', sections: all });
    expect(typeof read === 'string' ? [] : read.unread.flatMap((entry) => entry.sections).toSorted()).toEqual(Object.keys(all).toSorted());
    expect(typeof read === 'string' ? [] : read.unread.filter(({ needs }) => needs === null)).toEqual([]);
  });

  it('a long name has a line of its own, and nothing is wider than the page', () => {
    const base = { about: 'target', target: null, over: 'ssh', todo: 'Do this. '.repeat(30), unread: [], notes: ['n'.repeat(300)] } as const;
    const page = doctorPage(
      [
        { ...base, name: 'x'.repeat(60), status: 'failed', said: 'refused the connection' },
        { ...base, name: 'ホスト', status: 'ok', said: 'read' },
      ],
      {
        color: false,
        width: 80,
      },
    );
    for (const line of page.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(page).toMatch(/x{60}\n +over ssh: refused/);
  });
});
