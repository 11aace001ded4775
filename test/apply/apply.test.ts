import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { type Ran, run, start } from '../cli/support.ts';
import { type Machine, machine, skipped, windowsPowerShell } from '../collectors/support.ts';
import { hostToChange } from '../remediate/changeable.ts';
import { changesFolder, runRollbackTasks, state, stateBytes } from '../remediate/played-host.ts';
import { folderOf } from '../scan/support.ts';
import { startSshServer, whyNoSsh } from '../peers/ssh-support.ts';

// `rdposture apply` from the command line to PowerShell's engine and back: over a program that stands in for ssh, and over a real
// OpenSSH server.

interface Played {
  readonly folder: string;
  readonly hosts: Readonly<Record<string, Machine>>;
  readonly apply: (...parameters: readonly string[]) => Ran;
  readonly environment: Readonly<Record<string, string>>;
}

const made: Machine[] = [];
afterEach(() => {
  for (const at of made.splice(0)) at.remove();
});

const SETTINGS = `      settings:
        rdp: { RDP-Tcp: { userAuthentication: not-required, encryptionLevel: client-compatible } }
        authentication: { secureRpc: true }
        firewall: { rules: { RemoteDesktop-UserMode-In-TCP: { profiles: [Domain] } } }
`;
const ALL = ['--review', '--allow-disconnect'];

/** An estate of hosts that are played by PowerShell's engine, and a program `ssh` that is first on PATH. */
function play(names: readonly string[], more: Readonly<Record<string, JsonObject>> = {}, settings = SETTINGS, group = ''): Played {
  const hosts = Object.fromEntries(names.map((name) => [name, playedHost(more[name] ?? {})]));
  const folder = folderOf({
    'estate.yaml': `version: 1\nname: contoso\n${group}hosts:\n${names.map((name) => `    - name: ${name}\n      connect: { over: ssh }\n${settings}`).join('')}`,
    'home/.keep': '',
  });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, at] of Object.entries(hosts)) {
    writeFileSync(
      join(bin, `${name}.env`),
      Object.entries(at.environment)
        .map(([key, value]) => `export ${key}='${value}'\n`)
        .join(''),
    );
  }
  writeFileSync(
    join(bin, 'ssh'),
    `#!/bin/sh
while [ "$1" != -- ]; do shift; done
. '${bin}'/"$2".env
echo "$2" >> '${bin}/asked'
if [ -e '${bin}'/"$2".refuses ]; then echo "ssh: connect to host $2 port 22: Connection refused" >&2; exit 255; fi
export PATH='${dirname(windowsPowerShell)}':$PATH
eval "exec $3"
`,
    { mode: 0o755 },
  );
  const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'home') };
  return { folder, hosts, environment, apply: (...parameters) => run(['apply', ...parameters], { cwd: folder, env: environment }) };
}

function playedHost(more: JsonObject): Machine {
  const at = machine({ ...hostToChange(), ...more }, { isWritable: true });
  made.push(at);
  return at;
}

const hostOf = ({ hosts }: Played, name: string): Machine => hosts[name] as Machine;
const recordsOf = ({ folder }: Played): JsonObject[] => {
  const at = join(folder, 'snapshots', 'changes');
  return existsSync(at) ? readdirSync(at).map((name) => JSON.parse(readFileSync(join(at, name), 'utf8')) as JsonObject) : [];
};

describe.skipIf(skipped)('apply', () => {
  it('makes a host match, keeps a record, and does nothing a second time', () => {
    const played = play(['rdsh01.contoso.com']);
    const first = played.apply(...ALL);
    expect(first.stderr).not.toContain('error');
    expect(first.stdout).toContain('rdsh01.contoso.com: changed; it matches');
    expect(first.code).toBe(0);
    expect(state(hostOf(played, 'rdsh01.contoso.com'))['scheduledTasks']).toBeUndefined();
    const [record = {}] = recordsOf(played);
    expect(record).toMatchObject({ record: 'rdposture-change', outcome: 'changed', target: { name: 'rdsh01.contoso.com' } });
    expect(
      (record['steps'] as JsonObject[]).map((step) => `${String(step['setting'])}: ${JSON.stringify(step['before'])} -> ${JSON.stringify(step['after'])}`),
    ).toContain('rdp/RDP-Tcp/userAuthentication: "required" -> "not-required"');
    const changed = stateBytes(hostOf(played, 'rdsh01.contoso.com'));
    const second = played.apply(...ALL);
    expect(second.stdout).toContain('rdsh01.contoso.com: nothing to do');
    expect(second.code).toBe(0);
    expect(stateBytes(hostOf(played, 'rdsh01.contoso.com'))).toBe(changed);
    expect(recordsOf(played)).toHaveLength(1);
  });

  it('shows with --what-if what would run, and runs nothing', () => {
    const played = play(['rdsh01.contoso.com']);
    const before = stateBytes(hostOf(played, 'rdsh01.contoso.com'));
    const ran = played.apply('--what-if', ...ALL, '--plan', 'plans');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('runs: Win32_TSGeneralSetting.SetUserAuthenticationRequired(UserAuthenticationRequired=0) of TerminalName="RDP-Tcp"');
    expect(stateBytes(hostOf(played, 'rdsh01.contoso.com'))).toBe(before);
    expect(existsSync(changesFolder(hostOf(played, 'rdsh01.contoso.com')))).toBe(false);
    const plan = JSON.parse(readFileSync(join(played.folder, 'plans', 'rdsh01.contoso.com.plan.json'), 'utf8')) as JsonObject;
    expect(plan['schemaVersion']).toBe(1);
  });

  it('leaves out what nobody allowed, and is not content', () => {
    const played = play(['rdsh01.contoso.com']);
    const ran = played.apply();
    expect(ran.stdout).toContain('Allow it by --allow-disconnect.');
    expect(ran.stdout).toContain('rdsh01.contoso.com: changed; it matches');
    expect(ran.code).toBe(1);
  });

  it('rolls back when the connection ends while the steps run', () => {
    const played = play(['rdsh01.contoso.com'], { 'rdsh01.contoso.com': { faults: [{ command: 'Set-NetFirewallRule', call: 1, do: 'kill', when: 'after' }] } });
    const before = stateBytes(hostOf(played, 'rdsh01.contoso.com'));
    const ran = played.apply(...ALL);
    expect(ran.stdout).toMatch(/rdsh01\.contoso\.com: rolled back; all is as before\. The connection ended while the steps ran/);
    expect(ran.code).toBe(1);
    expect(stateBytes(hostOf(played, 'rdsh01.contoso.com'))).toBe(before);
    expect(recordsOf(played).map((record) => record['outcome'])).toEqual(['rolled-back']);
  });

  it('stops at the first host that is not as wished', () => {
    const names = ['rdsh01.contoso.com', 'rdsh02.contoso.com', 'rdsh03.contoso.com'];
    const played = play(names, { 'rdsh02.contoso.com': { faults: [{ command: 'Invoke-CimMethod', call: 1, do: 'fail' }] } });
    const third = stateBytes(hostOf(played, 'rdsh03.contoso.com'));
    const ran = played.apply(...ALL);
    expect(ran.stdout).toContain('rdsh01.contoso.com: changed; it matches');
    expect(ran.stdout).toContain('rdsh02.contoso.com: rolled back; all is as before');
    expect(ran.stdout).toContain('rdsh03.contoso.com: not begun, since an earlier one is not as wished.');
    expect(ran.code).toBe(1);
    expect(stateBytes(hostOf(played, 'rdsh03.contoso.com'))).toBe(third);
  });

  it('changes the others where one cannot be read, and says so', () => {
    const played = play(['rdsh01.contoso.com', 'rdsh02.contoso.com']);
    writeFileSync(join(played.folder, 'bin', 'rdsh02.contoso.com.refuses'), '');
    const ran = played.apply(...ALL);
    expect(ran.stdout).toContain('rdsh01.contoso.com: changed; it matches');
    expect(ran.stderr).toContain("'rdsh02.contoso.com' refused the connection");
    expect(ran.code).toBe(3);
  });

  it('does not begin with what is the last of its pool that works', () => {
    const group = 'groups:\n  farm: { roles: [session-host], hosts: [rdsh01.contoso.com, rdsh02.contoso.com] }\n';
    const played = play(['rdsh01.contoso.com', 'rdsh02.contoso.com'], {}, SETTINGS, group);
    writeFileSync(join(played.folder, 'bin', 'rdsh02.contoso.com.refuses'), '');
    const before = stateBytes(hostOf(played, 'rdsh01.contoso.com'));
    const ran = played.apply(...ALL);
    expect(ran.stdout).toContain('rdsh01.contoso.com: not begun, since no other host that stands for it is known to do its work.');
    expect(ran.code).toBe(1);
    expect(stateBytes(hostOf(played, 'rdsh01.contoso.com'))).toBe(before);
  });

  it('restarts what the change needs only when sessions may end, and drains before', () => {
    const settings = '      roles: [session-host]\n      settings: { printing: { remoteClients: false } }\n';
    const host = hostToChange();
    const services = (host['commands'] as Record<string, { rows: JsonObject[] }>)['Get-Service']?.rows ?? [];
    const spooler = { Name: 'Spooler', DisplayName: 'Spooler', Status: 4, StartType: 2 };
    const more = { commands: { ...(host['commands'] as JsonObject), 'Get-Service': { rows: [...services, spooler] } } };
    const played = play(['rdsh01.contoso.com'], { 'rdsh01.contoso.com': more }, settings);
    const callsOf = (): string[] =>
      readFileSync(`${hostOf(played, 'rdsh01.contoso.com').environment['RDPOSTURE_FIXTURE'] ?? ''}.calls`, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { command: string }).command);
    expect(played.apply('--what-if', '--review', '--allow-logoff').code).toBe(1);
    const ran = played.apply('--review', '--allow-logoff');
    expect(ran.stdout).toContain('restarted: restart:Spooler.');
    expect(ran.code).toBe(0);
    expect(callsOf().filter((command) => !command.startsWith('RegistryKey'))).toEqual([
      'Register-ScheduledTask',
      'Unregister-ScheduledTask',
      'Set-CimInstance',
      'Restart-Service',
    ]);
  });

  it('is rolled back by the host when nobody gets in any more', async () => {
    const played = play(['rdsh01.contoso.com']);
    const at = hostOf(played, 'rdsh01.contoso.com');
    const before = stateBytes(at);
    const refuses = join(played.folder, 'bin', 'rdsh01.contoso.com.refuses');
    const running = start(['apply', ...ALL, '--rollback-minutes', '2'], { cwd: played.folder, env: played.environment });
    let stdout = '';
    running.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const ended = new Promise<number | null>((done) => running.once('close', (code) => done(code)));
    // As soon as the change waits on the host, nobody gets in, and soon after its time is over by the host's clock.
    await until(() => existsSync(changesFolder(at)) && isArmedAndDone(at));
    writeFileSync(refuses, '');
    expect(runRollbackTasks(at)).toEqual([0]);
    rmSync(refuses);
    expect(await ended).toBe(1);
    expect(stdout).toMatch(/rdsh01\.contoso\.com: rolled back; all is as before/);
    expect(stateBytes(at)).toBe(before);
  });

  it('the next scan shows who changed what, and when', () => {
    const played = play(['rdsh01.contoso.com']);
    expect(played.apply(...ALL).code).toBe(0);
    const scanned = run(['scan', '--offline', '--report', 'json:report.json', '--report', 'console:-', '--exit-zero'], {
      cwd: played.folder,
      env: played.environment,
    });
    const report = JSON.parse(readFileSync(join(played.folder, 'report.json'), 'utf8')) as ScanReport;
    const target = report.targets.find(({ id }) => id === 'windows-host:rdsh01.contoso.com');
    expect(target?.lastChange).toMatchObject({ outcome: 'changed', settings: expect.arrayContaining(['authentication/secureRpc']) as string[] });
    expect(scanned.stdout).toMatch(/rdsh01\.contoso\.com.*changed/);
  });
});

function isArmedAndDone(at: Machine): boolean {
  const [name] = readdirSync(changesFolder(at)).filter((each) => each !== 'lock');
  const log = name === undefined ? '' : join(changesFolder(at), name, 'log.txt');
  return log !== '' && existsSync(log) && (readFileSync(log, 'utf8').match(/Done: /g) ?? []).length === 4;
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 12_000 && !condition(); turn++) await new Promise((done) => setTimeout(done, 5));
}

const noSsh = skipped ? 'there is no .NET SDK' : whyNoSsh();
describe.skipIf(noSsh !== null)('apply over a real OpenSSH server', () => {
  it('makes a host match over new connections, and leaves nothing running', async () => {
    const at = playedHost({});
    const server = await startSshServer(['127.0.0.1'], { modes: {}, powershell: windowsPowerShell, environment: at.environment });
    try {
      const folder = folderOf({
        'estate.yaml': `version: 1\nname: contoso\nhosts:\n    - name: rdsh01.contoso.com\n      address: 127.0.0.1\n      connect: { over: ssh, port: ${server.port}, user: ${process.env['USER'] ?? 'root'} }\n${SETTINGS}`,
      });
      const env = { PATH: `${server.bin}:${process.env['PATH'] ?? ''}`, HOME: folder };
      const ran = run(['apply', ...ALL], { cwd: folder, env });
      expect(`${ran.code} ${ran.stderr}`).toMatch(/^0 /);
      expect(ran.stdout).toContain('rdsh01.contoso.com: changed; it matches');
      expect(run(['apply', ...ALL], { cwd: folder, env }).stdout).toContain('rdsh01.contoso.com: nothing to do');
    } finally {
      await server.stop();
    }
  });
});
