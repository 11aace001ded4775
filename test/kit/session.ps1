# Plays a session of the endpoint: what the configuration and the role say, in a runspace, with the host of a remote session.
# Calls come as lines of JSON on standard input, { command, parameters } or { script }; each answer is a line of JSON.
param([string]$ConfigurationFile, [string]$Modules)

$ErrorActionPreference = 'Stop'

class RemoteHost : System.Management.Automation.Host.PSHost {
    [guid]$Id = [guid]::NewGuid()
    [string] get_Name() { return 'ServerRemoteHost' }
    [version] get_Version() { return '1.0' }
    [guid] get_InstanceId() { return $this.Id }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $null }
    [cultureinfo] get_CurrentCulture() { return [cultureinfo]::InvariantCulture }
    [cultureinfo] get_CurrentUICulture() { return [cultureinfo]::InvariantCulture }
    [void] SetShouldExit([int]$code) { }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}

function Read-Data([string]$Path) {
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref]$null, [ref]$null)
    return $ast.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue()
}

$configuration = Read-Data $ConfigurationFile
$name = @($configuration.RoleDefinitions.Values)[0].RoleCapabilities
$role = Read-Data ([System.IO.Path]::Combine($Modules, 'RdsPosture', 'RoleCapabilities', "$name.psrc"))
$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule([string[]]@($role.ModulesToImport | ForEach-Object { [System.IO.Path]::Combine($Modules, $_) }))
$make = [System.Management.Automation.Runspaces.RunspaceFactory].GetMethod('CreateRunspace', [type[]]@([System.Management.Automation.Host.PSHost], [initialsessionstate]))
$runspace = $make.Invoke($null, @([RemoteHost]::new(), $state))
$runspace.Open()
# What RestrictedRemoteServer leaves, and what the role adds.
$visible = @('Clear-Host', 'Exit-PSSession', 'Get-Command', 'Get-FormatData', 'Get-Help', 'Measure-Object', 'Out-Default', 'Select-Object') + $role.VisibleFunctions
$shell = [powershell]::Create()
$shell.Runspace = $runspace
[void]$shell.AddScript({
        param($visible)
        $session = $ExecutionContext.SessionState
        foreach ($command in $session.InvokeCommand.GetCommands('*', 'Cmdlet, Function, Alias', $true)) { if ($visible -notcontains $command.Name) { $command.Visibility = 'Private' } }
        $session.Scripts.Clear()
        $session.Applications.Clear()
    }.ToString()).AddParameter('visible', $visible).Invoke()
$runspace.SessionStateProxy.LanguageMode = $configuration.LanguageMode

while ($null -ne ($line = [Console]::In.ReadLine())) {
    $call = ConvertFrom-Json $line
    $shell = [powershell]::Create()
    $shell.Runspace = $runspace
    if ($call.PSObject.Properties['script']) { [void]$shell.AddScript($call.script) }
    else {
        [void]$shell.AddCommand($call.command)
        foreach ($parameter in $call.parameters.PSObject.Properties) { [void]$shell.AddParameter($parameter.Name, $parameter.Value) }
    }
    try { $answer = @{ output = @($shell.Invoke() | ForEach-Object { "$_" }); error = '' } }
    catch { $answer = @{ output = @(); error = $_.Exception.GetBaseException().Message } }
    foreach ($record in $shell.Streams.Error) { $answer.error = "$record" }
    [Console]::Out.WriteLine(($answer | ConvertTo-Json -Compress -Depth 3))
}
