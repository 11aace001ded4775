import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, machine, run, skipped, windowsPowerShell } from '../collectors/support.ts';
import { kit, read } from './support.ts';

/** A data file as Import-PowerShellDataFile reads it: one table of constants, or it throws. */
const READ = `$ast = [System.Management.Automation.Language.Parser]::ParseFile($args[0], [ref]$null, [ref]$null)
if ($ast.EndBlock.Statements.Count -ne 1) { throw 'It is more than one table.' }
$ast.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue() | ConvertTo-Json -Depth 5`;
/** XML as .NET reads it: the elements with a text, as NAME=TEXT, and their order. */
const XML = `$document = New-Object System.Xml.XmlDocument
$document.XmlResolver = $null
$document.LoadXml([System.IO.File]::ReadAllText($args[0]))
foreach ($node in $document.SelectNodes('//*[not(*)]')) { $path = $node.LocalName; for ($above = $node.ParentNode; $above.ParentNode; $above = $above.ParentNode) { $path = $above.LocalName + '/' + $path }; "$path=$($node.InnerText)" }
"namespace=$($document.DocumentElement.NamespaceURI)"`;

describe.skipIf(skipped)('data files of the kit', () => {
  let at: Machine;
  beforeAll(() => {
    at = machine({}, { files: { 'read.ps1': READ, 'xml.ps1': XML } });
  });
  afterAll(() => at?.remove());
  const played = (script: string, ...path: readonly string[]): string => {
    const { code, stdout, stderr } = run(windowsPowerShell, ['-NoProfile', '-File', join(at.folder, script), join(kit, ...path)], at);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const dataOf = (...path: readonly string[]): Record<string, unknown> => JSON.parse(played('read.ps1', ...path)) as Record<string, unknown>;

  it('the module gives one function and nothing else', () => {
    expect(dataOf('jea', 'RdsPosture', 'RdsPosture.psd1')).toMatchObject({
      RootModule: 'RdsPosture.psm1',
      FunctionsToExport: ['Get-RdsSnapshot'],
      CmdletsToExport: [],
      AliasesToExport: [],
      VariablesToExport: [],
    });
  });

  it('the role shows one function and nothing else', () => {
    const { GUID, Author, Description, ...capability } = dataOf('jea', 'RdsPosture', 'RoleCapabilities', 'RdsPostureReader.psrc');
    expect([GUID, Author, Description].every((text) => typeof text === 'string')).toBe(true);
    expect(capability).toEqual({ ModulesToImport: ['RdsPosture'], VisibleFunctions: ['Get-RdsSnapshot'] });
  });

  it('the session has no language, its own administrator, a record, and one role', () => {
    const { SchemaVersion, GUID, Author, Description, ...configuration } = dataOf('jea', 'RdsPosture.pssc');
    expect([SchemaVersion, GUID, Author, Description].every((text) => typeof text === 'string')).toBe(true);
    expect(configuration).toEqual({
      SessionType: 'RestrictedRemoteServer',
      LanguageMode: 'NoLanguage',
      ExecutionPolicy: 'RemoteSigned',
      RunAsVirtualAccount: true,
      TranscriptDirectory: 'C:\\Program Files\\RdsPosture\\Transcripts',
      RoleDefinitions: { 'CONTOSO\\RDS-Posture-Readers': { RoleCapabilities: 'RdsPostureReader' } },
    });
  });

  const TASK = [
    'RegistrationInfo/Author=rdposture',
    'RegistrationInfo/Description=Reads what rdposture judges and drops the snapshot on a share. Changes nothing.',
    'Triggers/CalendarTrigger/StartBoundary=2026-01-01T01:00:00',
    'Triggers/CalendarTrigger/RandomDelay=PT3H',
    'Triggers/CalendarTrigger/ScheduleByDay/DaysInterval=1',
    'Principals/Principal/UserId=S-1-5-18',
    'Principals/Principal/RunLevel=HighestAvailable',
    'Settings/MultipleInstancesPolicy=IgnoreNew',
    'Settings/DisallowStartIfOnBatteries=false',
    'Settings/StopIfGoingOnBatteries=false',
    'Settings/AllowHardTerminate=true',
    'Settings/StartWhenAvailable=true',
    'Settings/RunOnlyIfNetworkAvailable=true',
    'Settings/AllowStartOnDemand=true',
    'Settings/Enabled=true',
    'Settings/Hidden=true',
    'Settings/WakeToRun=false',
    'Settings/ExecutionTimeLimit=PT1H',
    'Settings/Priority=8',
    'Actions/Exec/Command=C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    'Actions/Exec/Arguments=-NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "C:\\Program Files\\RdsPosture\\Collector\\Invoke-ScheduledCollector.ps1" -Kind host -Share "\\\\files.contoso.com\\RdsPosture$"',
  ];

  it('the task is what it should be, element by element', () => {
    const lines = played('xml.ps1', 'scheduled-task', 'RdsPosture.xml').trim().split('\n');
    expect(lines.at(-1)).toBe('namespace=http://schemas.microsoft.com/windows/2004/02/mit/task');
    expect(lines.slice(0, -1).filter((line) => !line.includes('/URI='))).toEqual(TASK.map((line) => `Task/${line}`));
    // As a text it goes to Register-ScheduledTask: what it says of its bytes would be wrong.
    expect(read('scheduled-task', 'RdsPosture.xml').startsWith('<Task version="1.2"')).toBe(true);
  });

  it('Group Policy distributes the same task', () => {
    const lines = played('xml.ps1', 'scheduled-task', 'GroupPolicyPreference.xml').trim().split('\n');
    const task = lines.slice(0, -1).map((line) => line.replace('ScheduledTasks/TaskV2/Properties/Task/', ''));
    expect(task.filter((line) => line !== 'Principals/Principal/LogonType=S4U')).toEqual(TASK);
    expect(readFileSync(join(kit, 'scheduled-task', 'GroupPolicyPreference.xml'), 'utf8')).toMatch(
      /<Properties action="R" name="RdsPosture" runAs="S-1-5-18" logonType="S4U">/,
    );
  });
});
