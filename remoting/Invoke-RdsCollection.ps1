# Collects many hosts over PowerShell remoting, in one process: opens a session to each, at most so many at once, runs the
# collector in it, and puts what comes of each host into files of its own as it comes. Started by rdposture, which reads them.
#
# -Job is a folder that only this user can read:
#   job.json            count, concurrency, kinds, timeoutSeconds, connectSeconds, over (wsman or ssh), parent, maxText, maxBabble,
#                       refusals (codes that say that a credential was refused)
#   N.target.json       one host, there some time before it is its turn: address, user, port, ssl, authentication, configurationName, keyFile, kind, request
#   KIND.ps1            the collector of windows-host or rds-deployment
#   N.started           it is contacted now
#   N.frames            what its collector writes, while it writes
#   N.result.json       it has ended: outcome, code, id, message. Moved into place, so it is there as a whole or not at all
#   stop                who waits has gone: everything is to end
# What a host is asked stands in these files and is handed on as a value; nothing of it becomes part of a command.
# RDPOSTURE_USER and RDPOSTURE_PASSWORD of the environment are the credential; without a password it is who runs this.
[CmdletBinding()]
param([string]$Job)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Opens one session, in a runspace of its own: it waits, and the other hosts go on. The runspace has no console, so a host can
# neither ask a question nor write to one.
$opener = {
    param($Target, $Credential, [string]$Over, [int]$Milliseconds)
    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $option = New-Object System.Management.Automation.Remoting.PSSessionOption
    $option.OpenTimeout = [System.TimeSpan]::FromMilliseconds($Milliseconds)
    $option.CancelTimeout = [System.TimeSpan]::FromSeconds(5)
    # A session that has lost its client ends within a minute, the least that is allowed, with what runs in it.
    $option.IdleTimeout = [System.TimeSpan]::FromMinutes(1)
    $option.NoMachineProfile = $true
    $option.MaximumReceivedObjectSize = 1048576
    $option.MaximumReceivedDataSizePerCommand = 536870912
    $wsman = @{ ComputerName = $Target.address; SessionOption = $option }
    if ($Target.ssl) { $wsman.UseSSL = $true }
    if ($Target.port) { $wsman.Port = $Target.port }
    if ($Target.authentication) { $wsman.Authentication = $Target.authentication }
    if ($Target.configurationName) { $wsman.ConfigurationName = $Target.configurationName }
    if ($Credential) { $wsman.Credential = $Credential }
    $ssh = @{ HostName = $Target.address; ConnectingTimeout = $Milliseconds; Options = @{ BatchMode = 'yes'; StrictHostKeyChecking = 'yes'; LogLevel = 'ERROR' } }
    if ($Target.user) { $ssh.UserName = $Target.user }
    if ($Target.port) { $ssh.Port = $Target.port }
    if ($Target.keyFile) { $ssh.KeyFilePath = $Target.keyFile }
    try {
        # The line that differs: tests drive all the rest over SSH.
        if ($Over -eq 'wsman') { New-PSSession @wsman } else { New-PSSession @ssh }
    }
    catch {
        $failure = $_.Exception
        $code = if ($failure.PSObject.Properties['ErrorCode']) { [int]$failure.ErrorCode } else { 0 }
        @{ code = $code; id = [string]$_.FullyQualifiedErrorId; message = [string]$failure.Message }
    }
}

# What runs there ends itself when the time is over, whatever hangs: a session has a process of its own. Where the language mode
# forbids this watch, the end of the session has to do.
$watch = @'
param([int]$Seconds)
try {
    $kill = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetCurrentProcess(), 'Kill')
    [System.Threading.Tasks.Task]::Delay(1000 * $Seconds).GetAwaiter().OnCompleted($kill)
}
catch { $null = $_ }
'@

function Get-Path([string]$Name) {
    return [System.IO.Path]::Combine($Job, $Name)
}

function Read-Text([string]$Name) {
    return [System.IO.File]::ReadAllText((Get-Path $Name))
}

# A reader sees the file as a whole.
function Write-Whole([string]$Name, [string]$Text) {
    $fresh = Get-Path ($Name + '.tmp')
    [System.IO.File]::WriteAllText($fresh, $Text)
    [System.IO.File]::Move($fresh, (Get-Path $Name))
}

# On Windows the credential leaves the environment with this: no program that is started here gets it.
function Read-Credential {
    $user = [System.Environment]::GetEnvironmentVariable('RDPOSTURE_USER')
    $password = [System.Environment]::GetEnvironmentVariable('RDPOSTURE_PASSWORD')
    foreach ($variable in 'RDPOSTURE_USER', 'RDPOSTURE_PASSWORD') { [System.Environment]::SetEnvironmentVariable($variable, $null) }
    if (-not $password) { return $null }
    return @{ user = $user; secure = (New-Object System.Net.NetworkCredential '', $password).SecurePassword }
}

function Get-CredentialOf($Target) {
    if ($null -eq $secret) { return $null }
    $user = if ($Target.user) { $Target.user } else { $secret.user }
    return New-Object System.Management.Automation.PSCredential $user, $secret.secure
}

# Who started this may be killed; then nobody reads what comes, and this ends too.
function Start-Watch([int]$Parent) {
    $kill = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetCurrentProcess(), 'Kill')
    try {
        $wait = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetProcessById($Parent), 'WaitForExit')
        [System.Threading.Tasks.Task]::Run($wait).GetAwaiter().OnCompleted($kill)
    }
    catch [System.ArgumentException] {
        # It has gone already.
        [System.Environment]::Exit(1)
    }
}

function Start-Open([int]$Index) {
    $target = ConvertFrom-Json (Read-Text "$Index.target.json")
    $shell = [System.Management.Automation.PowerShell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $credential = Get-CredentialOf $target
    [void]$shell.AddScript($opener.ToString()).AddArgument($target).AddArgument($credential).AddArgument($plan.over).AddArgument(1000 * $plan.connectSeconds)
    $slot = @{
        index = $Index; target = $target; hasCredential = $null -ne $credential; stage = 'open'; shell = $shell; pending = $null; output = $null
        session = $null; clock = [System.Diagnostics.Stopwatch]::StartNew(); writer = $null; text = 0; babble = 0
    }
    Write-Whole "$Index.started" ''
    $slot.pending = $shell.BeginInvoke()
    return $slot
}

# The session is open, or it is not to be.
function Complete-Open($Slot) {
    $opened = @($Slot.shell.EndInvoke($Slot.pending))
    $Slot.shell.Dispose()
    $found = if ($opened.Count -gt 0) { $opened[-1].PSObject.BaseObject } else { $null }
    if ($found -is [System.Management.Automation.Runspaces.PSSession]) {
        if ($Slot.hasCredential) { $state.accepted = $true }
        $Slot.session = $found
        Start-Collector $Slot
        return
    }
    if ($null -eq $found) { $found = @{ code = 0; id = ''; message = 'no session came' } }
    if ($Slot.hasCredential -and @($plan.refusals) -contains $found.code) { $state.refused++ }
    Complete-Slot $Slot 'open' $found.code $found.id $found.message
}

# An endpoint for just enough administration has one command; others get the collector's text, and its request as a value.
function Start-Collector($Slot) {
    $target = $Slot.target
    $shell = [System.Management.Automation.PowerShell]::Create()
    $shell.Runspace = $Slot.session.Runspace
    if ($target.configurationName) {
        $kind = if ($target.kind -eq 'rds-deployment') { 'deployment' } else { 'host' }
        [void]$shell.AddCommand('Get-RdsSnapshot').AddParameter('Request', $target.request).AddParameter('Kind', $kind)
    }
    else {
        [void]$shell.AddScript($watch).AddArgument($plan.timeoutSeconds + 5)
        [void]$shell.AddStatement().AddScript($collectors[$target.kind]).AddParameter('Request', $target.request)
    }
    $nothing = New-Object 'System.Management.Automation.PSDataCollection[psobject]'
    $nothing.Complete()
    $Slot.output = New-Object 'System.Management.Automation.PSDataCollection[psobject]'
    $Slot.writer = New-Object System.IO.StreamWriter (Get-Path "$($Slot.index).frames"), $false, (New-Object System.Text.UTF8Encoding $false)
    $Slot.shell = $shell
    $Slot.stage = 'run'
    $Slot.pending = $shell.BeginInvoke($nothing, $Slot.output)
}

# Passes on what has come. False: it is more than a host may send.
function Save-Output($Slot) {
    foreach ($item in $Slot.output.ReadAll()) {
        $line = [string]$item
        $Slot.text += $line.Length + 1
        if (-not $line.StartsWith('rdposture-', [System.StringComparison]::Ordinal)) { $Slot.babble += $line.Length + 1 }
        if ($Slot.text -gt $plan.maxText -or $Slot.babble -gt $plan.maxBabble) { return $false }
        $Slot.writer.Write($line + "`n")
    }
    $Slot.writer.Flush()
    # The first errors say why; the other streams say nothing here, and are not to fill the memory.
    $streams = $Slot.shell.Streams
    foreach ($stream in $streams.Progress, $streams.Verbose, $streams.Debug, $streams.Warning, $streams.Information) { $stream.Clear() }
    return $streams.Error.Count -le 100
}

function Complete-Run($Slot) {
    $failure = $null
    try {
        [void]$Slot.shell.EndInvoke($Slot.pending)
    }
    catch {
        $failure = $_.Exception
        while ($null -ne $failure.InnerException) { $failure = $failure.InnerException }
    }
    if (-not (Save-Output $Slot)) {
        Complete-Slot $Slot 'flood' 0 '' ''
        return
    }
    $id = ''
    $message = ''
    $code = 0
    $records = @($Slot.shell.Streams.Error)
    if ($records.Count -gt 0) {
        $id = [string]$records[0].FullyQualifiedErrorId
        $message = [string]$records[0].Exception.Message
    }
    if ($null -ne $failure) {
        $message = [string]$failure.Message
        if ($failure.PSObject.Properties['ErrorCode']) { $code = [int]$failure.ErrorCode }
        if ($failure.PSObject.Properties['ErrorRecord'] -and $null -ne $failure.ErrorRecord) { $id = [string]$failure.ErrorRecord.FullyQualifiedErrorId }
    }
    $outcome = if ($null -ne $failure -and "$($Slot.session.Runspace.RunspaceStateInfo.State)" -ne 'Opened') { 'broken' } else { 'ended' }
    Complete-Slot $Slot $outcome $code $id $message
}

# Ends what a host has still to do, without waiting for it.
function Complete-Slot($Slot, [string]$Outcome, [int]$Code, [string]$Id, [string]$Message) {
    if ($null -ne $Slot.writer) { $Slot.writer.Dispose() }
    if ($Outcome -ne 'open' -and $Outcome -ne 'ended') {
        try { [void]$Slot.shell.BeginStop($null, $null) } catch { $null = $_ }
    }
    if ($null -ne $Slot.session) {
        try {
            $Slot.session.Runspace.CloseAsync()
            $state.closing.Add($Slot.session)
        }
        catch { $null = $_ }
    }
    $Slot.stage = 'ended'
    if ($Message.Length -gt 2000) { $Message = $Message.Substring(0, 2000) }
    Write-Whole "$($Slot.index).result.json" (ConvertTo-Json -InputObject @{ outcome = $Outcome; code = $Code; id = $Id; message = $Message })
}

function Update-Slot($Slot) {
    if ($Slot.clock.ElapsedMilliseconds -gt 1000 * $plan.timeoutSeconds) { Complete-Slot $Slot 'timeout' 0 '' '' }
    elseif ($Slot.stage -eq 'open') {
        if ($Slot.pending.IsCompleted) { Complete-Open $Slot }
    }
    elseif ($Slot.pending.IsCompleted) { Complete-Run $Slot }
    elseif (-not (Save-Output $Slot)) { Complete-Slot $Slot 'flood' 0 '' '' }
}

# A wrong password on many hosts locks the account: until one host has accepted it, it goes to two hosts at once, and after two
# refusals to no other.
function Get-Room([int]$Running) {
    if ($null -eq $secret -or $state.accepted) { return $plan.concurrency - $Running }
    return [System.Math]::Min($plan.concurrency, 2) - $Running
}

function Invoke-Hosts {
    $slots = @()
    $next = 0
    while (($next -lt $plan.count -or $slots.Count -gt 0) -and -not [System.IO.File]::Exists((Get-Path 'stop'))) {
        while ($next -lt $plan.count -and (Get-Room $slots.Count) -gt 0 -and [System.IO.File]::Exists((Get-Path "$next.target.json"))) {
            if ($null -ne $secret -and -not $state.accepted -and $state.refused -ge 2) {
                Write-Whole "$next.result.json" (ConvertTo-Json -InputObject @{ outcome = 'not-tried'; code = 0; id = ''; message = '' })
            }
            else { $slots += Start-Open $next }
            $next++
        }
        foreach ($slot in $slots) {
            try { Update-Slot $slot } catch { Complete-Slot $slot 'broken' 0 ([string]$_.FullyQualifiedErrorId) ([string]$_.Exception.Message) }
        }
        $slots = @($slots | ForEach-Object { if ($_.stage -ne 'ended') { $_ } })
        [System.Threading.Thread]::Sleep(50)
    }
    foreach ($slot in $slots) { Complete-Slot $slot 'stopped' 0 '' '' }
}

# Sessions that were left are told so before the process goes.
function Wait-Closing([int]$Milliseconds) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($clock.ElapsedMilliseconds -lt $Milliseconds) {
        $open = @($state.closing | ForEach-Object { if (@('Closed', 'Broken') -notcontains "$($_.Runspace.RunspaceStateInfo.State)") { $_ } })
        if ($open.Count -eq 0) { return }
        [System.Threading.Thread]::Sleep(50)
    }
}

$plan = ConvertFrom-Json (Read-Text 'job.json')
$secret = Read-Credential
Start-Watch ([int]$plan.parent)
$state = @{ accepted = $false; refused = 0; closing = (New-Object 'System.Collections.Generic.List[object]') }
$collectors = @{}
foreach ($kind in @($plan.kinds)) { $collectors[$kind] = Read-Text "$kind.ps1" }
Invoke-Hosts
Wait-Closing 2000
