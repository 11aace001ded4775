# Runs the collector on this machine and puts what it writes into a file, as it comes. Started by rdposture, which reads it.
#
# -Job is a folder that only this user can read:
#   job.json        names that the estate has for the target, isHere (an address of this machine), timeoutSeconds, parent
#   collector.ps1   the collector
#   request.json    what it is asked
#   0.frames        what it writes
#   0.result.json   it has ended, or was not started: outcome, id, message. Moved into place, so it is there as a whole or not at all
[CmdletBinding()]
param([string]$Job)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Get-Path([string]$Name) {
    return [System.IO.Path]::Combine($Job, $Name)
}

function Read-Text([string]$Name) {
    return [System.IO.File]::ReadAllText((Get-Path $Name))
}

function Write-Result([string]$Outcome, [string]$Id, [string]$Message) {
    if ($Message.Length -gt 2000) { $Message = $Message.Substring(0, 2000) }
    $fresh = Get-Path '0.result.json.tmp'
    [System.IO.File]::WriteAllText($fresh, (ConvertTo-Json -InputObject @{ outcome = $Outcome; code = 0; id = $Id; message = $Message }))
    [System.IO.File]::Move($fresh, (Get-Path '0.result.json'))
}

# Ends this process when who started it has gone, and when the time is over, whatever hangs.
function Start-Watch([int]$Parent, [int]$Seconds) {
    $kill = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetCurrentProcess(), 'Kill')
    [System.Threading.Tasks.Task]::Delay(1000 * $Seconds).GetAwaiter().OnCompleted($kill)
    try {
        $wait = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetProcessById($Parent), 'WaitForExit')
        [System.Threading.Tasks.Task]::Run($wait).GetAwaiter().OnCompleted($kill)
    }
    catch [System.ArgumentException] {
        # It has gone already.
        [System.Environment]::Exit(1)
    }
}

# The snapshot bears the name of the estate's entry: facts of this machine must not be taken for another one's. A name without
# a domain, here or there, is compared without it.
function Test-OwnName([string[]]$Names, [string]$HostName, [string]$DomainName) {
    foreach ($name in $Names) {
        $first, $domain = $name.TrimEnd('.').Split([char[]]'.', 2)
        if ($first -ne $HostName.Split('.')[0]) { continue }
        if (-not $domain -or -not $DomainName -or $domain -eq $DomainName) { return $true }
    }
    return $false
}

function Test-Windows {
    if ($PSVersionTable.PSEdition -eq 'Desktop') { return $true }
    return [System.Environment]::OSVersion.Platform -eq [System.PlatformID]::Win32NT
}

function Invoke-Collector {
    $network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    if (-not (Test-Windows)) { return Write-Result 'not-windows' '' '' }
    if (-not $plan.isHere -and -not (Test-OwnName @($plan.names) $network.HostName $network.DomainName)) {
        $own = if ($network.DomainName) { "$($network.HostName).$($network.DomainName)" } else { $network.HostName }
        return Write-Result 'elsewhere' '' $own
    }
    $console = [System.Console]::Out
    $writer = New-Object System.IO.StreamWriter (Get-Path '0.frames'), $false, (New-Object System.Text.UTF8Encoding $false)
    $writer.AutoFlush = $true
    [System.Console]::SetOut($writer)
    try {
        & ([System.Management.Automation.ScriptBlock]::Create((Read-Text 'collector.ps1'))) -Request (Read-Text 'request.json')
    }
    finally {
        [System.Console]::SetOut($console)
        $writer.Dispose()
    }
    Write-Result 'ended' '' ''
}

$plan = ConvertFrom-Json (Read-Text 'job.json')
Start-Watch ([int]$plan.parent) ([int]$plan.timeoutSeconds + 5)
try {
    Invoke-Collector
}
catch {
    Write-Result 'ended' ([string]$_.FullyQualifiedErrorId) ([string]$_.Exception.Message)
}
