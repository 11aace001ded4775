import { afterEach, describe, expect, it } from 'vitest';
import { probeEstate, probePlans, type ProbeOptions, type ProbeResult } from '../../src/cli/probe.ts';
import type { ConnectOver, EstateGateway, EstateHost } from '../../src/model/estate.ts';
import type { Json } from '../../src/model/json.ts';
import { parseSnapshot } from '../../src/normalise/unify.ts';
import { type Scripted, serve } from '../collect/endpoint/servers.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { folderOf, hostSnapshot, NOW, put, scanFolder } from '../scan/support.ts';

const host = (name: string, over: ConnectOver, address = name, rdpPort: number | null = null): EstateHost => ({
  name,
  address,
  rdpPort,
  roles: [],
  azureId: null,
  groups: [],
  over,
  connect: { user: null, port: null, keyFile: null, wire: true },
  pointer: '/hosts/0',
  own: '/hosts/0',
  declared: [],
});
const gateway = (name: string, over: ConnectOver, address = name, port = 443): EstateGateway => ({
  name,
  address,
  port,
  over,
  hosts: [],
  pointer: '/gateways/0',
  declared: [],
});

const servers: Scripted[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const F5 = Buffer.from('030000130ed000000000000300080005000000', 'hex');
const HYBRID = Buffer.from('030000130ed000000000000200080002000000', 'hex');
/** A listener that requires NLA, and hangs up where TLS begins. */
async function listener(): Promise<Scripted> {
  const server = await serve((socket) =>
    socket.once('data', (request) => {
      socket.write((request[15] ?? 0) >= 2 ? HYBRID : F5);
      socket.once('data', () => socket.destroy());
    }),
  );
  servers.push(server);
  return server;
}

const OPTIONS: ProbeOptions = { concurrency: 4, timeoutMs: 10_000, pauseMs: 0, version: '1.2.3', now: () => new Date(NOW) };
async function all(estate: Parameters<typeof probeEstate>[0], options: Partial<ProbeOptions> = {}): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for await (const result of probeEstate(estate, { ...OPTIONS, ...options })) results.push(result);
  return results;
}

describe('what is looked at', () => {
  it('is what the estate says, and nothing that connects by snapshot', () => {
    const estate = {
      gateways: [gateway('rdgw.contoso.com', 'wire', '192.0.2.10'), gateway('old.contoso.com', 'snapshot')],
      hosts: [
        host('a.contoso.com', 'ssh', '192.0.2.21', 3390),
        host('b.contoso.com', 'winrm'),
        host('c.contoso.com', 'snapshot'),
        host('d.contoso.com', 'local'),
        host('RDGW.contoso.com', 'ssh', '192.0.2.11'),
      ],
    };
    expect(probePlans(estate)).toEqual([
      { name: 'rdgw.contoso.com', rdp: { host: '192.0.2.11', port: 3389 }, https: { host: '192.0.2.10', port: 443 }, udpPort: 3391 },
      { name: 'a.contoso.com', rdp: { host: '192.0.2.21', port: 3390 }, https: null },
      { name: 'b.contoso.com', rdp: { host: 'b.contoso.com', port: 3389 }, https: null },
    ]);
  });

  it('never contacts what connects by snapshot', async () => {
    const server = await listener();
    expect(await all({ gateways: [gateway('g', 'snapshot', '127.0.0.1', server.port)], hosts: [host('h', 'snapshot', '127.0.0.1', server.port)] })).toEqual([]);
    expect(server.count().all).toBe(0);
  });
});

describe('a run', () => {
  it('gives a snapshot that can be read again', async () => {
    const server = await listener();
    const [result, ...rest] = await all({ gateways: [], hosts: [host('rdsh01.contoso.com', 'ssh', '127.0.0.1', server.port)] });
    expect(rest).toEqual([]);
    const snapshot = result !== undefined && 'snapshot' in result ? result.snapshot : null;
    expect(snapshot).toMatchObject({
      schemaVersion: 1,
      target: { kind: 'endpoint', name: 'rdsh01.contoso.com' },
      collectedAt: '2026-11-24T10:00:00Z',
      collector: { version: '1.2.3' },
    });
    expect(parseSnapshot(JSON.parse(JSON.stringify(snapshot)) as Json)).toHaveProperty('snapshot');
  });

  it('goes on beside what is dead, and says why', async () => {
    const server = await listener();
    const silent = await serve(() => undefined);
    servers.push(silent);
    const dead = await serve(() => undefined);
    await dead.close();
    const results = await all(
      {
        gateways: [gateway('dead.contoso.com', 'wire', '127.0.0.1', dead.port)],
        hosts: [
          host('good.contoso.com', 'ssh', '127.0.0.1', server.port),
          host('silent.contoso.com', 'winrm', '127.0.0.1', silent.port),
          host('nameless.contoso.com', 'ssh', 'not a name'),
        ],
      },
      { timeoutMs: 1500 },
    );
    const byName = new Map(results.map((result) => [result.target.name, result]));
    expect(byName.get('good.contoso.com')).toHaveProperty('snapshot');
    expect(byName.get('dead.contoso.com')).toMatchObject({ problem: { level: 'error', code: 'probe.refused', target: 'endpoint:dead.contoso.com' } });
    expect(byName.get('silent.contoso.com')).toMatchObject({ problem: { level: 'warning', code: 'probe.silent' } });
    expect(byName.get('nameless.contoso.com')).toMatchObject({ problem: { code: 'probe.name' } });
    for (const result of results) if ('problem' in result) expect(result.problem.message).toMatch(/^Nothing was seen of the .+: .+\.$/);
  });

  it('asks one listener one thing at a time, also under two names', async () => {
    const server = await listener();
    const hosts = Array.from({ length: 5 }, (_, index) => host(`h${index}.contoso.com`, 'ssh', '127.0.0.1', server.port));
    const results = await all({ gateways: [], hosts }, { pauseMs: 30 });
    expect(results.filter((result) => 'snapshot' in result)).toHaveLength(5);
    expect(server.count().most).toBe(1);
  });

  it('keeps to the names that are wanted', async () => {
    const server = await listener();
    const hosts = [host('A.contoso.com', 'ssh', '127.0.0.1', server.port), host('b.contoso.com', 'ssh', '127.0.0.1', server.port)];
    expect((await all({ gateways: [], hosts }, { only: new Set(['a.contoso.com']) })).map(({ target }) => target.name)).toEqual(['A.contoso.com']);
  });

  it('keeps what it has and ends at once when it is stopped', async () => {
    const server = await listener();
    const silent = await serve(() => undefined);
    servers.push(silent);
    const hosts = [
      host('good', 'ssh', '127.0.0.1', server.port),
      ...Array.from({ length: 6 }, (_, index) => host(`s${index}`, 'ssh', '127.0.0.1', silent.port)),
    ];
    const stop = new AbortController();
    const names: string[] = [];
    for await (const { target } of probeEstate({ gateways: [], hosts }, { ...OPTIONS, timeoutMs: 300_000, signal: stop.signal })) {
      names.push(target.name);
      stop.abort();
    }
    expect(names).toEqual(['good']);
  });

  it('closes what is open when the caller leaves', async () => {
    const server = await listener();
    const silent = await serve(() => undefined);
    servers.push(silent);
    const hosts = [host('good', 'ssh', '127.0.0.1', server.port), host('silent', 'ssh', '127.0.0.1', silent.port)];
    for await (const result of probeEstate({ gateways: [], hosts }, { ...OPTIONS, timeoutMs: 60_000 })) {
      expect(result.target.name).toBe('good');
      break;
    }
  });
});

const statusOf = (report: ScanReport, policy: string): string[] =>
  report.verdicts.filter((verdict) => verdict.policy === policy).map(({ outcome, target }) => `${outcome} ${target}`);

describe('a scan of what was seen', () => {
  it('judges the listener and meets the host, at its line of the estate', async () => {
    const server = await serve((socket) => socket.once('data', () => socket.end(Buffer.from('030000130ed000001234000201080000000000', 'hex'))));
    servers.push(server);
    const [result] = await all({ gateways: [], hosts: [host('rdsh01.contoso.com', 'ssh', '127.0.0.1', server.port)] });
    const folder = folderOf({
      'estate.yaml': `version: 1\nname: contoso\nhosts:\n  - name: rdsh01.contoso.com\n    connect: { over: ssh, wire: true }\n    settings:\n      rdp: { RDP-Tcp: { userAuthentication: required } }\n`,
      'snapshots/rdsh01.windows-host.snapshot.json': hostSnapshot('rdsh01.contoso.com'),
    });
    put(
      `${folder}/snapshots/rdsh01.endpoint.snapshot.json`,
      JSON.parse(JSON.stringify(result !== undefined && 'snapshot' in result ? result.snapshot : null)) as Json,
    );
    const report = scanFolder(folder, ['AUTH-001', 'END-001', 'END-002', 'END-015', 'EST-001', 'EST-002']);
    expect(report.targets.map(({ id, group }) => [id, group])).toEqual([
      ['endpoint:rdsh01.contoso.com', 'hosts'],
      ['windows-host:rdsh01.contoso.com', 'hosts'],
    ]);
    expect(statusOf(report, 'AUTH-001')).toEqual(['pass windows-host:rdsh01.contoso.com']);
    expect(statusOf(report, 'END-001')).toEqual(['fail endpoint:rdsh01.contoso.com']);
    expect(statusOf(report, 'END-002')).toEqual(['fail endpoint:rdsh01.contoso.com']);
    expect(statusOf(report, 'END-015')).toContain('fail windows-host:rdsh01.contoso.com');
    // What is declared is the host's, once.
    expect(statusOf(report, 'EST-001')).toEqual(['pass windows-host:rdsh01.contoso.com']);
    expect(statusOf(report, 'EST-002').filter((line) => line.startsWith('fail endpoint'))).toEqual([]);
    const finding = report.findings.find(({ policy }) => policy === 'END-001');
    expect(finding?.locations[0]).toMatchObject({ file: expect.stringContaining('estate.yaml') as string, region: { startLine: 4 } });
    const truth = report.findings.find(({ policy, outcome }) => policy === 'END-015' && outcome === 'fail');
    expect(truth?.message).toContain("Windows says 'required' and the wire shows 'not-required' ('weaker')");
  });
});

it('a host whose listener nobody asked to look at is not', () => {
  const quiet = { ...host('a.contoso.com', 'ssh'), connect: { user: null, port: null, keyFile: null, wire: false } };
  expect(probePlans({ gateways: [], hosts: [quiet, host('b.contoso.com', 'ssh')] }).map(({ name }) => name)).toEqual(['b.contoso.com']);
});

it('a gateway that is to be looked at on the wire, and that nobody saw, is a failed target', () => {
  const gateways = 'gateways:\n  - name: rdgw.contoso.com\n    connect: { over: wire }\n  - name: old.contoso.com\n';
  const folder = folderOf({ 'estate.yaml': `version: 1\nname: contoso\n${gateways}` });
  const report = scanFolder(folder, ['END-010', 'EST-002']);
  expect(report.targets.map(({ id, status }) => [id, status])).toEqual([['endpoint:rdgw.contoso.com', 'failed']]);
  expect(report.problems.map(({ code, target }) => [code, target])).toEqual([['snapshot.missing', 'endpoint:rdgw.contoso.com']]);
  expect(report.scan.complete).toBe(false);
  const failed = new Map([
    ['endpoint:rdgw.contoso.com', { level: 'error', code: 'probe.refused', message: 'It was not seen.', target: 'endpoint:rdgw.contoso.com' } as const],
  ]);
  expect(scanFolder(folder, ['EST-002'], { contacted: { failed } }).problems.map(({ code }) => code)).toEqual(['probe.refused']);
});
