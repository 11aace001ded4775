import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { cim, hostFixture, rows, TERMINAL_SERVICES, WINSTATIONS } from '../collectors/host-fixture.ts';
import { type Machine, machine, pwsh, type Run, run, skipped, windowsPowerShell } from '../collectors/support.ts';
import { type Change, CIM_CHANGES, OTHER_CHANGES, REFUSALS } from './standin-cases.ts';

// The host that remediation is tested on can be changed: that its commands answer and fail as those of Windows, and that what is
// put back is the same file, byte for byte.

const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const FIREWALL = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const GATEWAY_SERVER = cim('Win32_TSGatewayServerSettings', TERMINAL_SERVICES);
const collection = (columns: JsonObject): JsonObject => rows({ CollectionName: 'Apps', ...columns });

function fixtureWith(more: JsonObject = {}): JsonObject {
  const host = hostFixture();
  return {
    ...host,
    registry: {
      ...host.registry,
      [`${FIREWALL}\\DomainProfile`]: { EnableFirewall: 1 },
      'HKLM\\SOFTWARE\\Contoso\\Only\\Deep': { Value: 'x' },
      'HKLM\\SOFTWARE\\Contoso\\Guarded': { $denied: 'write', Value: 1 },
    },
    commands: {
      ...host.commands,
      'Get-RDSessionCollection': collection({}),
      'Get-RDSessionCollectionConfiguration': collection({ CustomRdpProperty: 'a:i:1' }),
      'Get-RDSessionCollectionConfiguration -Security': collection({ AuthenticateUsingNLA: true, EncryptionLevel: 2, SecurityLayer: 1 }),
      'Get-RDSessionCollectionConfiguration -Connection': collection({
        BrokenConnectionAction: 1,
        AutomaticReconnectionEnabled: true,
        IdleSessionLimitMin: 0,
      }),
      'Get-RDSessionCollectionConfiguration -Client': collection({ ClientDeviceRedirectionOptions: 307, ClientPrinterRedirected: 1 }),
      'Get-RDSessionCollectionConfiguration -UserGroup': collection({ UserGroup: ['CONTOSO\\RDS-Apps'] }),
      'Get-RDSessionHost': collection({ SessionHost: 'RDSH01.CONTOSO.COM', NewConnectionAllowed: 0 }),
    },
    userRights: { SeRemoteInteractiveLogonRight: ['*S-1-5-32-544'] },
    ...more,
  };
}

let at: Machine | undefined;
afterEach(() => {
  at?.remove();
  at = undefined;
});

const writable = (more: JsonObject = {}): Machine => (at = machine(fixtureWith(more), { isWritable: true }));
const stateFile = (host: Machine): string => host.environment['RDPOSTURE_FIXTURE'] ?? '';
const textOf = (host: Machine): string => readFileSync(stateFile(host), 'utf8');
const stateOf = (host: Machine): JsonObject => JSON.parse(textOf(host)) as JsonObject;
const memberOf = (node: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => (isObject(inner ?? null) ? (inner as JsonObject)[name] : undefined), node);

function callsOf(host: Machine): string[] {
  const file = `${stateFile(host)}.calls`;
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { command, detail } = JSON.parse(line) as { command: string; detail: string };
    return `${command} ${detail}`;
  });
}

/** Runs a script file, whose errors end it as they end a remediation. */
function runFile(host: Machine, text: string, program = pwsh, parameters: readonly string[] = []): Run {
  const file = join(host.folder, 'script.ps1');
  writeFileSync(file, text);
  return run(program, ['-NoProfile', '-File', file, ...parameters], host);
}

function linesOf({ code, stdout, stderr }: Run): string[] {
  if (code !== 0) throw new Error(`exit ${code}\n${stdout}\n${stderr}`);
  return stdout.split('\n').filter(Boolean);
}

const SETUP = `$ErrorActionPreference = 'Stop'
$hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
function Get-Row([string]$Class) { @(Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName $Class)[0] }
function Invoke-Row([string]$Class, [string]$Method, $Arguments) { $answer = Invoke-CimMethod -InputObject (Get-Row $Class) -MethodName $Method -Arguments $Arguments; if ($answer.ReturnValue -ne 0) { throw "$Method answered $($answer.ReturnValue)" } }
function Get-Rule { @(Get-NetFirewallRule -PolicyStore PersistentStore | Where-Object { $_.InstanceID -eq 'RemoteDesktop-UserMode-In-TCP' })[0] }
function Get-Failure([scriptblock]$Do) { try { & $Do; 'nothing' } catch { $cause = $_.Exception; while ($cause -is [System.Management.Automation.RuntimeException] -and $null -ne $cause.InnerException) { $cause = $cause.InnerException }; $cause.GetType().Name + ': ' + $cause.Message } }
function Get-FailureId([scriptblock]$Do) { try { & $Do; 'nothing' } catch { $_.FullyQualifiedErrorId } }
`;

function expectRestored(host: Machine, changes: readonly Change[], program: string): void {
  const before = textOf(host);
  const script = changes.map(
    ([, change, probe, , restore]) => `${change}
$isChanged = [IO.File]::ReadAllText($env:RDPOSTURE_FIXTURE) -cne $before
$seen = @(${probe.includes('; ') || probe.startsWith('foreach') ? `& { ${probe} }` : probe}) -join '|'
${restore}
"$isChanged $([IO.File]::ReadAllText($env:RDPOSTURE_FIXTURE) -ceq $before) $seen"`,
  );
  const found = linesOf(runFile(host, `${SETUP}$before = [IO.File]::ReadAllText($env:RDPOSTURE_FIXTURE)\n${script.join('\n')}\n`, program));
  expect(changes.map(([name], index) => `${name}: ${found[index]}`)).toEqual(changes.map(([name, , , seen]) => `${name}: True True ${seen}`));
  expect(textOf(host)).toBe(before);
}

describe.skipIf(skipped)('a played host that can be changed', () => {
  it('shows what CIM methods did, and is the same file when it is put back', () => {
    expectRestored(writable({ defaults: { 'Win32_TSSessionSetting.BrokenConnectionAction': 0 } }), CIM_CHANGES, windowsPowerShell);
  });

  it('shows what other commands did, and is the same file when it is put back', () => {
    const host = writable();
    expectRestored(host, OTHER_CHANGES, pwsh);
    // A restart leaves nothing but its call.
    expect(callsOf(host)).toContain('Restart-Service TermService');
  });

  it('keeps every kind of registry value', () => {
    const host = writable();
    const kinds: readonly (readonly [string, string, string])[] = [
      ['DWord', '[int]-1', '-1'],
      ['QWord', '[long]4294967296', '4294967296'],
      ['String', "'\u00fc \u{1f600} \"\\'", '\u00fc \u{1f600} "\\'],
      ['ExpandString', "'%COMPUTERNAME%'", 'RDSH01'],
      ['MultiString', "[string[]]@('a', 'b')", 'a b'],
      ['Binary', '[byte[]]@(1, 255)', '1 255'],
      ['None', '[byte[]]@(7)', '7'],
    ];
    const set = kinds.map(([kind, value]) => `$key.SetValue('${kind}', ${value}, '${kind}')`);
    const get = kinds.map(([kind]) => `"$($key.GetValueKind('${kind}')): $($key.GetValue('${kind}'))"`);
    const script = `${SETUP}$key = $hive.CreateSubKey('SOFTWARE\\Contoso\\Kinds')\n${set.join('\n')}\n${get.join('\n')}
"$($key.Name) $($key.ValueCount) $($key.SubKeyCount) $($key.GetValue('none', 'given')) $($key.GetValue('x', 5)) $($key.GetValue('ExpandString', $null, 'DoNotExpandEnvironmentNames'))"
"$($hive.OpenSubKey('SOFTWARE\\Contoso').GetSubKeyNames() -join ',')"\n`;
    expect(linesOf(runFile(host, script))).toEqual([
      ...kinds.map(([kind, , shown]) => `${kind}: ${shown}`),
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Kinds 7 0 7 5 %COMPUTERNAME%',
      'Guarded,Kinds,Only',
    ]);
    // The text that the host writes is the one that a test would write.
    const text = textOf(host);
    at = machine(JSON.parse(text) as JsonObject, { isWritable: true });
    expect(textOf(at)).toBe(text);
    host.remove();
  });

  it('refuses what Windows refuses', () => {
    const host = writable({ faults: [] });
    const before = textOf(host);
    const script = `${SETUP}${REFUSALS.map(([check]) => `@(${check}) -join '|'`).join('\n')}\n`;
    const found = linesOf(runFile(host, script));
    expect(REFUSALS.map(([check], index) => `${check} => ${found[index]}`)).toEqual(REFUSALS.map(([check, answer]) => `${check} => ${answer}`));
    expect(textOf(host)).toBe(before);
  });

  it('asks before it changes, as a script or as text', () => {
    const host = writable();
    const before = textOf(host);
    const script = `#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')] param([string]$Given)
if ($PSCmdlet.ShouldProcess('host', 'change')) { "did $Given" } else { 'did not' }
Restart-Computer -Force\n`;
    expect(linesOf(runFile(host, script, pwsh, ['-WhatIf'])).at(1)).toBe('did not');
    expect(callsOf(host)).toEqual([]);
    const text = Buffer.from(
      `$text = [IO.File]::ReadAllText('script.ps1'); & ([scriptblock]::Create($text)) -WhatIf; & ([scriptblock]::Create($text)) -Confirm:$false -Given x; [Microsoft.Win32.RegistryKey]::OpenBaseKey('Users', 'Default').Name`,
      'utf16le',
    ).toString('base64');
    const lines = linesOf(run(windowsPowerShell, ['-NoProfile', '-NonInteractive', '-EncodedCommand', text], host));
    expect(lines.filter((line) => !line.startsWith('What if'))).toEqual(['did not', 'did x', 'HKEY_USERS']);
    expect(callsOf(host)).toEqual(['Restart-Computer localhost']);
    expect(textOf(host)).toBe(before);
  });

  it('is changed in sessions too', () => {
    const host = writable();
    const bin = join(host.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec '${pwsh}' -sshs -NoLogo\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    writeFileSync(
      join(host.folder, 'session.ps1'),
      `$session = New-PSSession -HostName host -UserName user -ConnectingTimeout 60000
Invoke-Command -Session $session -ScriptBlock { [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey('SOFTWARE\\Session').SetValue('a', 1, 'DWord') }
[Console]::Out.Flush(); [Environment]::Exit(0)`,
    );
    expect(run('/usr/bin/env', [`PATH=${bin}:${process.env['PATH'] ?? ''}`, pwsh, '-File', 'session.ps1'], host).stderr).toBe('');
    expect(memberOf(stateOf(host), 'registry', 'HKLM\\SOFTWARE\\Session')).toEqual({ a: 1 });
  });

  it('loses nothing of two processes at once, which see each other', async () => {
    const host = writable();
    writeFileSync(
      join(host.folder, 'both.ps1'),
      `param([string]$Own, [string]$Other) ${SETUP}
$key = $hive.CreateSubKey('SOFTWARE\\Both')
foreach ($number in 1..60) { $key.SetValue("$Own$number", $number, 'DWord') }
while ($null -eq $key.GetValue("$($Other)60")) { [Threading.Thread]::Sleep(20) }\n`,
    );
    const start = (own: string, other: string): Promise<number | null> =>
      new Promise((settle) => {
        const child = spawn(pwsh, ['-NoProfile', '-File', 'both.ps1', '-Own', own, '-Other', other], {
          cwd: host.folder,
          env: { ...process.env, ...host.environment },
        });
        child.on('close', settle);
      });
    expect(await Promise.all([start('a', 'b'), start('b', 'a')])).toEqual([0, 0]);
    expect(Object.keys(memberOf(stateOf(host), 'registry', 'HKLM\\SOFTWARE\\Both') ?? {})).toHaveLength(120);
  });

  it('shows what Group Policy makes of a profile', () => {
    const host = writable();
    const script = `${SETUP}$hive.CreateSubKey('SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile').SetValue('EnableFirewall', 0, 'DWord')
Set-NetFirewallProfile -Name Domain -PolicyStore PersistentStore -Enabled True
foreach ($store in 'PersistentStore', 'ActiveStore') { "$(@(Get-NetFirewallProfile -PolicyStore $store)[0].Enabled)" }\n`;
    expect(linesOf(runFile(host, script))).toEqual(['True', 'False']);
  });

  it('fails a call, counted over processes, and before or after its change', () => {
    const host = writable({
      faults: [
        { command: 'RegistryKey.SetValue', call: 2, do: 'fail', kind: 'denied', message: 'no' },
        { command: 'RegistryKey.SetValue', call: 3, do: 'fail', when: 'after' },
        { command: 'Set-NetFirewallRule', do: 'fail', kind: 'denied' },
        { command: 'Invoke-CimMethod Win32_TSLogonSetting', do: 'fail' },
        { command: 'Register-ScheduledTask', do: 'fail' },
      ],
    });
    const set = (name: string): string => `Get-Failure { $hive.CreateSubKey('SOFTWARE\\F').SetValue('${name}', 1, 'DWord') }\n`;
    const xml = `'<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Principals><Principal><UserId>S-1-5-18</UserId></Principal></Principals><Actions><Exec><Command>a</Command></Exec></Actions></Task>'`;
    expect(linesOf(runFile(host, `${SETUP}${set('one')}${set('two')}`))).toEqual(['nothing', 'UnauthorizedAccessException: no']);
    const more = `Get-Failure { Get-Rule | Set-NetFirewallRule -Enabled False -ErrorAction Stop }
Get-Failure { Invoke-Row Win32_TSLogonSetting SetPromptForPassword @{ PromptForPassword = [uint32]0 } }
Get-Failure { Register-ScheduledTask -TaskName a -Xml ${xml} -ErrorAction Stop }\n`;
    expect(linesOf(runFile(host, `${SETUP}${set('three')}${more}`))).toEqual([
      'IOException: failed',
      'CimException: denied',
      'RuntimeException: failed',
      'RuntimeException: failed',
    ]);
    expect(memberOf(stateOf(host), 'registry', 'HKLM\\SOFTWARE\\F')).toEqual({ one: 1, three: 1 });
    expect(memberOf(stateOf(host), 'scheduledTasks')).toBeUndefined();
  });

  it.each<readonly [string, JsonObject, string, boolean]>([
    [
      'kills the process before a change',
      { command: 'RegistryKey.SetValue', do: 'kill' },
      `$hive.CreateSubKey('SOFTWARE\\F').SetValue('a', 1, 'DWord')`,
      false,
    ],
    ['kills the process after a change', { command: 'Set-NetFirewallRule', do: 'kill', when: 'after' }, 'Get-Rule | Set-NetFirewallRule -Enabled False', true],
    [
      'kills the process that runs secedit',
      { command: 'secedit', do: 'kill' },
      `[IO.File]::WriteAllText('a.inf', "[Version]\`nsignature=\`"\`$CHICAGO\`$\`"\`n[Privilege Rights]\`nSeA = *S-1-1-0"); & "$env:SystemRoot/System32/secedit.exe" /configure /db a.sdb /cfg a.inf`,
      false,
    ],
  ])('%s', (_, fault, change, isDone) => {
    const host = writable({ faults: [fault] });
    const before = JSON.stringify([
      memberOf(stateOf(host), 'commands'),
      memberOf(stateOf(host), 'userRights'),
      memberOf(stateOf(host), 'registry', `${WINSTATIONS}\\RDP-Tcp`),
    ]);
    const answer = runFile(host, `${SETUP}"start"\n${change}\n"end"\n`);
    expect([answer.code, answer.stdout]).toEqual([null, 'start\n']);
    expect(callsOf(host).at(-1)).toContain(fault['command']);
    const after = JSON.stringify([
      memberOf(stateOf(host), 'commands'),
      memberOf(stateOf(host), 'userRights'),
      memberOf(stateOf(host), 'registry', `${WINSTATIONS}\\RDP-Tcp`),
    ]);
    expect(after !== before).toBe(isDone);
    // The lock died with the process.
    expect(linesOf(runFile(host, `${SETUP}$hive.CreateSubKey('SOFTWARE\\G').SetValue('a', 1, 'DWord'); 'free'\n`))).toEqual(['free']);
  });

  it('hangs after a change', async () => {
    const host = writable({ faults: [{ command: 'Invoke-CimMethod', do: 'hang', when: 'after' }] });
    writeFileSync(
      join(host.folder, 'test.ps1'),
      `${SETUP}Invoke-Row Win32_TSGeneralSetting SetUserAuthenticationRequired @{ UserAuthenticationRequired = [uint32]0 }; 'end'`,
    );
    const child = spawn(pwsh, ['-NoProfile', '-File', 'test.ps1'], { cwd: host.folder, env: { ...process.env, ...host.environment } });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const listener = (): Json | undefined => memberOf(stateOf(host), 'registry', `${WINSTATIONS}\\RDP-Tcp`, 'UserAuthentication');
    await expect.poll(listener, { timeout: 60_000 }).toBe(0);
    // Others go on.
    expect(linesOf(runFile(host, `${SETUP}$hive.CreateSubKey('SOFTWARE\\G').SetValue('a', 1, 'DWord'); 'free'`))).toEqual(['free']);
    expect([child.exitCode, said]).toEqual([null, '']);
    const ended = new Promise((settle) => child.on('close', (_, signal) => settle(signal)));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
  });

  it('is not changed while it may be read only', () => {
    const host = (at = machine(fixtureWith()));
    const before = textOf(host);
    const script = `${SETUP}Get-Failure { $hive.CreateSubKey('SOFTWARE\\F') }
Get-Failure { $hive.OpenSubKey('SOFTWARE', $true) }
Get-Failure { Get-Rule | Set-NetFirewallRule -Enabled False -ErrorAction Stop }
Get-Failure { Get-Row Win32_TerminalServiceSetting | Set-CimInstance -Property @{ SessionBrokerDrainMode = 1 } }
"$($hive.OpenSubKey('SOFTWARE\\Contoso\\Only\\Deep').GetValue('value'))"\n`;
    expect(linesOf(runFile(host, script))).toEqual([
      "UnauthorizedAccessException: Access to the registry key 'HKEY_LOCAL_MACHINE\\SOFTWARE\\F' is denied.",
      'SecurityException: Requested registry access is not allowed.',
      'CimException: Access is denied.',
      'CimException: Access denied',
      'x',
    ]);
    expect(textOf(host)).toBe(before);
    expect(callsOf(host)).toEqual([]);
  });

  it('shows a policy that is written as a policy', () => {
    const host = writable();
    const script = `${SETUP}$hive.CreateSubKey('${POLICIES.slice(5)}').SetValue('MinEncryptionLevel', 4, 'DWord')
$row = Get-Row Win32_TSGeneralSetting; "$($row.MinEncryptionLevel) $($row.PolicySourceMinEncryptionLevel)"
(Invoke-CimMethod -InputObject $row -MethodName SetEncryptionLevel -Arguments @{ MinEncryptionLevel = [uint32]3 }).ReturnValue\n`;
    expect(linesOf(runFile(host, script))).toEqual(['4 1', '2147749910']);
    expect(memberOf(stateOf(host), 'commands', GATEWAY_SERVER)).toBeDefined();
  });
});
