import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../src/model/json.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import { planFor, type Wanted } from '../../src/scan/host-plans.ts';
import { KILLS, STEP_FAULTS } from '../apply/faults.ts';
import { cim, firewallRule, rows, TERMINAL_SERVICES } from '../collectors/host-fixture.ts';
import { type Machine, machine, type Run, skipped, windowsPowerShell } from '../collectors/support.ts';
import { deploymentToChange, hostToChange } from './changeable.ts';
import { library } from './every-fix.ts';
import { changesFolder, collectFrom, runFile, runFileWithin, runRollbackTasks, runScript, state, stateBytes, writeScript } from './played-host.ts';

// What the script that runs plans does when something goes wrong: the host matches, or is as before and it is said.

const OPTIONS = { catalogue: library.areas, version: '0.0.0', now: '2026-11-24T10:00:00.000Z', connection: { port: 22, service: 'sshd', console: 'iLO' } };
const NLA: Wanted = { path: ['rdp', 'RDP-Tcp', 'userAuthentication'], value: 'not-required' };
const LEVEL: Wanted = { path: ['rdp', 'RDP-Tcp', 'encryptionLevel'], value: 'client-compatible' };
const RPC: Wanted = { path: ['authentication', 'secureRpc'], value: true };
const RULE: Wanted = { path: ['firewall', 'rules', 'RemoteDesktop-UserMode-In-TCP', 'profiles'], value: ['Domain'] };
const CLASSES: Wanted = { path: ['deviceInstall', 'denyClasses'], value: ['{4d36e968-e325-11ce-bfc1-08002be10318}'] };
const RIGHT: Wanted = { path: ['userRights', 'SeRemoteInteractiveLogonRight'], value: ['S-1-5-32-544', 'S-1-5-32-555'] };
const ALL = [NLA, LEVEL, RPC, CLASSES, RULE, RIGHT];

let at: Machine | undefined;
afterEach(() => {
  at?.remove();
  at = undefined;
});

const played = (more: JsonObject = {}): Machine => (at = machine({ ...hostToChange(), ...more }, { isWritable: true }));
const planOf = (host: Machine, wanted: readonly Wanted[] = ALL): HostPlan => planFor(collectFrom(host), wanted, OPTIONS);
const shown = (ran: Run): string => `${ran.code} ${ran.stderr.trim()}`;
const states = (host: Machine): string[] =>
  readdirSync(changesFolder(host))
    .filter((name) => name !== 'lock')
    .toSorted()
    .map((name) => join(changesFolder(host), name, 'state.txt'))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
const logOf = (host: Machine): string => {
  const [name = ''] = readdirSync(changesFolder(host)).filter((each) => each !== 'lock');
  return readFileSync(join(changesFolder(host), name, 'log.txt'), 'utf8');
};
/** The state without the task that undoes it. */
const withoutTasks = (host: Machine): string => JSON.stringify({ ...state(host), scheduledTasks: undefined });
const faults = (...list: readonly JsonObject[]): JsonObject => ({ faults: list });
/** The file of a host with faults holds them; that they are there is no change. */
const isAsBefore = (host: Machine, before: string): void => expect(stateBytes(host)).toBe(before);

describe.skipIf(skipped)('a script by hand', () => {
  it('shows what it would do, and does nothing', () => {
    const host = played();
    const plan = planOf(host);
    const before = stateBytes(host);
    const ran = runScript(host, plan, '-WhatIf', '-AllowDisconnect');
    expect(ran.code).toBe(0);
    for (const step of plan.steps) expect(ran.stdout).toContain(step.title);
    isAsBefore(host, before);
    expect(existsSync(changesFolder(host))).toBe(false);
  });

  it('leaves out what can disconnect unless it is allowed, and says so by its exit code', () => {
    const host = played();
    const ran = runScript(host, planOf(host));
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('Left out, since it can cut your connection');
    expect(states(host)).toEqual(['kept']);
    expect(planOf(host).steps.map(({ risk }) => risk)).toEqual(['can-disconnect', 'can-disconnect']);
  });

  it('keeps what can disconnect only when somebody says so', () => {
    const host = played();
    const before = stateBytes(host);
    expect(shown(runScript(host, planOf(host), '-AllowDisconnect', '-RollbackMinutes', '5'))).toBe('0 ');
    expect(states(host)).toEqual(['armed']);
    // The task is the system's, and runs by time and at start.
    const [task] = Object.values(isObject(state(host)['scheduledTasks'] ?? null) ? (state(host)['scheduledTasks'] as Record<string, { xml: string }>) : {});
    expect(task?.xml).toContain('<UserId>S-1-5-18</UserId>');
    expect(task?.xml).toContain('<BootTrigger>');
    expect(task?.xml).toMatch(/<StartBoundary>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/StartBoundary>/);
    // Nobody said so: its time comes.
    expect(runRollbackTasks(host)).toEqual([0]);
    isAsBefore(host, before);
    expect(states(host)).toEqual(['undone']);
    expect(shown(runFile(host, join(host.folder, 'plan.ps1'), '-Keep'))).toBe('2 There is no change that waits to be kept.');
  });

  it('says that an undone change cannot be kept, and runs no second one beside one that waits', () => {
    const host = played();
    expect(runScript(host, planOf(host), '-AllowDisconnect').code).toBe(0);
    const again = runFile(host, join(host.folder, 'plan.ps1'), '-AllowDisconnect');
    expect(shown(again)).toMatch(/^2 A change of this host waits to be kept or undone/);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Keep').code).toBe(0);
    expect(states(host)).toEqual(['kept']);
    expect(state(host)['scheduledTasks']).toBeUndefined();
  });

  it('changes nothing at all when one value is not the one that the plan was made for', () => {
    const host = played();
    const plan = planOf(host);
    expect(runScript(host, planOf(host, [{ ...LEVEL, value: 'low' }])).code).toBe(0);
    const before = stateBytes(host);
    expect(shown(runScript(host, plan))).toMatch(/^2 Encryption level of listener 'RDP-Tcp'.*not the one that the plan was made for/);
    isAsBefore(host, before);
  });

  it('does nothing for who is no administrator', () => {
    const host = played({ elevated: false });
    const plan = planOf(host, [RPC]);
    const before = stateBytes(host);
    expect(shown(runScript(host, plan))).toMatch(/^2 Only an elevated administrator/);
    isAsBefore(host, before);
  });

  it('leaves alone what somebody else has changed since, unless it is forced', () => {
    const host = played();
    const before = stateBytes(host);
    expect(runScript(host, planOf(host, [RPC, LEVEL])).code).toBe(0);
    const undo = join(changesFolder(host), readdirSync(changesFolder(host)).find((name) => name !== 'lock') ?? '', 'Undo.ps1');
    // Somebody else sets another level.
    const other = planFor(collectFrom(host), [{ ...LEVEL, value: 'low' }], OPTIONS);
    expect(runScript(host, other).code).toBe(0);
    const left = runFile(host, undo);
    expect(shown(left)).toMatch(/^4 Encryption level.*another value by now, and stays/);
    expect(runFile(host, undo, '-Force').code).toBe(0);
    expect(stateBytes(host)).toBe(before);
  });
});

const CREDENTIALS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';
const FRESH = ['credentialDelegation', 'freshCredentials'] as const;

describe.skipIf(skipped)('a list with a switch', () => {
  it.each<readonly [string, JsonObject, readonly string[], JsonObject]>([
    ['not configured, to none', {}, [], { [CREDENTIALS]: { AllowFreshCredentials: 0 } }],
    [
      'a list, to none',
      { [CREDENTIALS]: { AllowFreshCredentials: 1 }, [`${CREDENTIALS}\\AllowFreshCredentials`]: { 1: 'TERMSRV/*' } },
      [],
      { [CREDENTIALS]: { AllowFreshCredentials: 0 } },
    ],
    [
      'none, to a list',
      { [CREDENTIALS]: { AllowFreshCredentials: 0 } },
      ['TERMSRV/*.contoso.com'],
      { [CREDENTIALS]: { AllowFreshCredentials: 1 }, [`${CREDENTIALS}\\AllowFreshCredentials`]: { 1: 'TERMSRV/*.contoso.com' } },
    ],
    [
      'a list that counts for nothing without its switch, to the same one',
      { [CREDENTIALS]: { Other: 1 }, [`${CREDENTIALS}\\AllowFreshCredentials`]: { 1: 'TERMSRV/*.contoso.com' } },
      ['TERMSRV/*.contoso.com'],
      { [CREDENTIALS]: { Other: 1, AllowFreshCredentials: 1 }, [`${CREDENTIALS}\\AllowFreshCredentials`]: { 1: 'TERMSRV/*.contoso.com' } },
    ],
  ])('%s, and back byte for byte', (_what, given, value, expected) => {
    const { registry } = hostToChange();
    const host = played({ registry: { ...(registry as JsonObject), ...given } });
    const before = stateBytes(host);
    const wanted = [{ path: FRESH, value: [...value] }];
    const plan = planOf(host, wanted);
    expect(plan.refused).toEqual([]);
    expect(shown(runScript(host, plan))).toBe('0 ');
    const after = state(host)['registry'] as JsonObject;
    expect(Object.fromEntries(Object.entries(after).filter(([key]) => key.startsWith(CREDENTIALS)))).toEqual(expected);
    expect(planOf(host, wanted).steps).toEqual([]);
    expect(runFile(host, join(host.folder, 'plan.ps1')).stdout).toContain('There is nothing to do.');
    expect(shown(runFile(host, join(host.folder, 'plan.ps1'), '-Undo'))).toBe('0 ');
    isAsBefore(host, before);
  });
});

describe.skipIf(skipped)('when something goes wrong', () => {
  it.each(STEP_FAULTS)('%s: all is as before, and it is said', (_what, fault) => {
    const host = played(faults(fault));
    const plan = planOf(host);
    const before = stateBytes(host);
    const ran = runScript(host, plan, '-AllowDisconnect');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/All is as it was before/);
    isAsBefore(host, before);
    expect(states(host)).toEqual(['undone']);
    expect(logOf(host)).toMatch(/Failed: /);
  });

  it('a step fails and so does its undo: it says what is left, and the task still undoes it', () => {
    const host = played(
      faults({ command: 'Set-NetFirewallRule', call: 1, do: 'fail', when: 'after' }, { command: 'Set-NetFirewallRule', call: 2, do: 'fail' }),
    );
    const plan = planOf(host);
    const before = withoutTasks(host);
    const ran = runScript(host, plan, '-AllowDisconnect');
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('Profiles of firewall rule');
    expect(runRollbackTasks(host)).toEqual([0]);
    expect(withoutTasks(host)).toBe(before);
  });

  it.each(KILLS)('the host goes down %s: its rollback undoes it at the next start', (_when, fault) => {
    const host = played(faults(fault));
    const plan = planOf(host);
    const before = withoutTasks(host);
    expect(runScript(host, plan, '-AllowDisconnect').code).not.toBe(0);
    expect(states(host)).toEqual(['armed']);
    if (fault['when'] === 'after') expect(withoutTasks(host)).not.toBe(before);
    expect(runRollbackTasks(host)).toEqual([0]);
    expect(withoutTasks(host)).toBe(before);
    expect(states(host)).toEqual(['undone']);
  });

  it('the process dies in a run without a rollback: the next one says so, and it can be undone', () => {
    const host = played(faults({ command: 'Invoke-CimMethod', call: 1, do: 'kill', when: 'after' }));
    const plan = planOf(host, [NLA, RPC]);
    const before = stateBytes(host);
    expect(runScript(host, plan).code).not.toBe(0);
    expect(states(host)).toEqual(['running']);
    expect(shown(runFile(host, join(host.folder, 'plan.ps1')))).toMatch(/^2 A change of this host waits/);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo', '-Force').code).toBe(0);
    isAsBefore(host, before);
  });

  it('a change that was kept stays, though its task could not be taken away and runs', () => {
    const host = played(faults({ command: 'Unregister-ScheduledTask', call: 1, do: 'fail' }));
    const plan = planOf(host);
    expect(runScript(host, plan, '-AllowDisconnect').code).toBe(0);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Keep').code).not.toBe(0);
    expect(states(host)).toEqual(['kept']);
    const changed = withoutTasks(host);
    expect(runRollbackTasks(host)).toEqual([0]);
    expect(withoutTasks(host)).toBe(changed);
    expect(state(host)['scheduledTasks']).toBeUndefined();
    // Somebody who wants it undone still can.
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    expect(planOf(host).steps).toHaveLength(plan.steps.length);
  });

  it('the task that undoes is taken away: what was done can be kept, or undone by hand', () => {
    const host = played();
    const plan = planOf(host);
    const before = stateBytes(host);
    expect(runScript(host, plan, '-AllowDisconnect').code).toBe(0);
    const [name = ''] = Object.keys(state(host)['scheduledTasks'] as JsonObject);
    expect(runCommand(host, `Unregister-ScheduledTask -TaskPath '\\rdposture\\' -TaskName '${name.split('\\').at(-1)}' -Confirm:$false`).code).toBe(0);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    isAsBefore(host, before);
  });

  it('two run at once: the second waits for nothing and changes nothing', async () => {
    const host = played(faults({ command: 'Invoke-CimMethod', call: 1, do: 'hang' }));
    const plan = planOf(host, [NLA, RPC]);
    const before = stateBytes(host);
    const file = join(host.folder, 'plan.ps1');
    writeScript(file, plan);
    const first = started(host, file);
    try {
      await until(() => existsSync(changesFolder(host)) && states(host).includes('running'));
      expect(shown(runFile(host, file))).toBe('2 Another change of this host is going on. Wait for its end.');
    } finally {
      first.kill('SIGKILL');
    }
    isAsBefore(host, before);
  });

  it('the disk is full when the log is written: all is as before', async () => {
    const host = played();
    const plan = planOf(host, [
      NLA,
      LEVEL,
      RPC,
      CLASSES,
      { path: ['printing', 'remoteClients'], value: false },
      { path: ['printing', 'httpPrinting'], value: false },
    ]);
    const before = stateBytes(host);
    const file = join(host.folder, 'plan.ps1');
    writeScript(file, plan);
    const child = started(host, file);
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    const log = (): string | undefined => {
      const name = existsSync(changesFolder(host)) ? readdirSync(changesFolder(host)).find((each) => each !== 'lock') : undefined;
      const path = name === undefined ? undefined : join(changesFolder(host), name, 'log.txt');
      return path !== undefined && existsSync(path) && readFileSync(path, 'utf8').includes('Begin') ? path : undefined;
    };
    await until(() => log() !== undefined || child.exitCode !== null);
    const path = log() ?? '';
    process.kill(-(child.pid ?? 0), 'SIGSTOP');
    rmSync(path);
    symlinkSync('/dev/full', path);
    process.kill(-(child.pid ?? 0), 'SIGCONT');
    expect(await ended).toBe(1);
    isAsBefore(host, before);
  });

  it('the disk is full before the first step: nothing is done', () => {
    const host = played();
    const plan = planOf(host, [NLA, RPC]);
    const before = stateBytes(host);
    const file = join(host.folder, 'plan.ps1');
    writeScript(file, plan);
    // No file may grow beyond 8 kB, which the saved state does.
    const ran = runFileWithin(host, 8, file);
    expect(ran.code).toBe(1);
    isAsBefore(host, before);
  });
});

const HOSTILE = [
  "a'; Restart-Computer -Force; '",
  'a"; $(Restart-Computer -Force) "',
  'a\u2018; Restart-Computer -Force; \u2019',
  'a`n$(Restart-Computer -Force)',
  'a\nRestart-Computer -Force\n',
  "'@\nRestart-Computer -Force\n@'",
  '*',
  '[a-z]*',
  '$env:PATH',
  'x'.repeat(10_000),
];

describe.skipIf(skipped)('hostile names and values', () => {
  it('of firewall rules change the one rule that is meant', () => {
    const names = HOSTILE.filter((name) => name.length < 1000);
    const host = played({
      commands: {
        ...(hostToChange()['commands'] as JsonObject),
        'Get-NetFirewallRule': rows(...names.map((name) => firewallRule(name))),
        ...Object.fromEntries(
          ['Port', 'Application', 'Service', 'Interface', 'InterfaceType', 'Security'].map((kind) => [`Get-NetFirewall${kind}Filter`, rows()]),
        ),
        'Get-NetFirewallAddressFilter': rows(...names.map((InstanceID) => ({ InstanceID, LocalAddress: ['Any'], RemoteAddress: ['Any'] }))),
      },
    });
    const before = stateBytes(host);
    const wanted = names.map((name): Wanted => ({ path: ['firewall', 'rules', name, 'enabled'], value: false }));
    const plan = planOf(host, wanted);
    expect(plan.steps.length).toBe(names.length);
    expect(shown(runScript(host, plan, '-AllowDisconnect'))).toBe('0 ');
    expect(callsOf(host)).toEqual([...names.map((name) => `Set-NetFirewallRule ${name}`), 'Register-ScheduledTask'].toSorted());
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    isAsBefore(host, before);
  });

  it('stand in the registry as they are', () => {
    const host = played();
    const before = stateBytes(host);
    const wanted: Wanted[] = [
      { path: ['deviceInstall', 'denyDeviceIds'], value: HOSTILE },
      { path: ['printing', 'packageServers'], value: HOSTILE },
      { path: ['certificates', 'policy', 'template'], value: HOSTILE[2] ?? '' },
    ];
    const plan = planOf(host, wanted);
    expect(plan.refused).toEqual([]);
    expect(shown(runScript(host, plan))).toBe('0 ');
    const registry = state(host)['registry'] as Record<string, JsonObject>;
    const listed = Object.entries(registry).find(([key]) => key.endsWith('DenyDeviceIDs'))?.[1] ?? {};
    expect(HOSTILE.map((_name, index) => listed[String(index + 1)])).toEqual(HOSTILE);
    expect(callsOf(host).every((call) => call.startsWith('RegistryKey.'))).toBe(true);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    isAsBefore(host, before);
  });

  it('of listeners and gateway policies change the one that is meant', () => {
    // A backslash would lead to another key, and Windows has no such name.
    const names = HOSTILE.filter((name) => name.length < 1000);
    const host = hostToChange();
    const commands = host['commands'] as Record<string, { rows: JsonObject[] }>;
    const general = commands[cim('Win32_TSGeneralSetting', TERMINAL_SERVICES)]?.rows[0] ?? {};
    const at = played({
      commands: {
        ...(commands as unknown as JsonObject),
        [cim('Win32_TSGeneralSetting', TERMINAL_SERVICES)]: rows(...names.map((TerminalName) => ({ ...general, TerminalName }))),
        [cim('Win32_TSGatewayConnectionAuthorizationPolicy', TERMINAL_SERVICES)]: rows(
          ...names.map((Name) => ({ Name, Enabled: true, DeviceRedirectionType: 0, IdleTimeout: 0 })),
        ),
        [cim('Win32_TSGatewayResourceAuthorizationPolicy', TERMINAL_SERVICES)]: rows(...names.map((Name) => ({ Name, Enabled: true, PortNumbers: '*' }))),
      },
    });
    const before = stateBytes(at);
    const wanted = names.flatMap((name): Wanted[] => [
      { path: ['rdp', name, 'securityLayer'], value: 'negotiate' },
      { path: ['gatewayConnectionPolicies', name, 'idleTimeout'], value: 1_800_000 },
      { path: ['gatewayResourcePolicies', name, 'ports'], value: '3389' },
    ]);
    const plan = planOf(at, wanted);
    expect(plan.refused).toEqual([]);
    expect(shown(runScript(at, plan, '-AllowDisconnect'))).toBe('0 ');
    const calls = callsOf(at).map((call) => call.split(' ').slice(0, 2).join(' '));
    expect([...new Set(calls)].toSorted()).toEqual([
      'Invoke-CimMethod Win32_TSGatewayConnectionAuthorizationPolicy',
      'Invoke-CimMethod Win32_TSGatewayResourceAuthorizationPolicy',
      'Invoke-CimMethod Win32_TSGeneralSetting',
      'Register-ScheduledTask',
    ]);
    expect(calls).toHaveLength(3 * names.length + 1);
    expect(runFile(at, join(at.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    isAsBefore(at, before);
  });

  it('of collections reach the commands whole', () => {
    const name = `B'${HOSTILE[1]}\u2019`;
    const fixture = deploymentToChange();
    const renamed = JSON.parse(JSON.stringify(fixture).replaceAll('Büro Apps', JSON.stringify(name).slice(1, -1))) as JsonObject;
    const host = (at = machine(renamed, { isWritable: true }));
    const before = stateBytes(host);
    const text = `${HOSTILE.slice(0, 4).join('|')}:s:x`;
    const plan = planFor(collectFrom(host, 'rds-deployment'), [{ path: ['collections', name, 'customRdpProperties'], value: text }], OPTIONS);
    expect(plan.steps.length).toBe(1);
    expect(shown(runScript(host, plan))).toBe('0 ');
    expect(JSON.stringify(state(host))).toContain(JSON.stringify(text).slice(1, -1));
    expect(callsOf(host)).toEqual([`Set-RDSessionCollectionConfiguration ${name}`]);
    expect(runFile(host, join(host.folder, 'plan.ps1'), '-Undo').code).toBe(0);
    isAsBefore(host, before);
  });
});

function callsOf(host: Machine): string[] {
  const lines = readFileSync(`${host.environment['RDPOSTURE_FIXTURE'] ?? ''}.calls`, 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { command: string; detail: string })
    .map(({ command, detail }) => (command.startsWith('Register') ? command : `${command} ${detail}`))
    .toSorted();
}

function runCommand(host: Machine, command: string): Run {
  const file = join(host.folder, 'command.ps1');
  writeFileSync(file, command);
  return runFile(host, file);
}

function started(host: Machine, file: string): ReturnType<typeof spawn> {
  return spawn(windowsPowerShell, ['-NoLogo', '-NoProfile', '-NonInteractive', '-File', file], {
    cwd: host.folder,
    env: { ...process.env, ...host.environment },
    stdio: 'ignore',
    detached: true,
  });
}

async function until(condition: () => boolean): Promise<void> {
  // Generous: a machine may be busy.
  for (let turn = 0; turn < 12_000 && !condition(); turn++) await new Promise((done) => setTimeout(done, 5));
}
