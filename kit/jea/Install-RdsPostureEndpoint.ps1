#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Makes the endpoint RdsPosture: members of one group may read, over WinRM, what rdposture judges, and nothing else.
.DESCRIPTION
Installs the module RdsPosture with the collectors into Program Files and registers the session configuration. It may be run
again, and is to be after an update of rdposture. Uninstall-RdsPostureEndpoint.ps1 takes everything away.
.PARAMETER Group
The group whose members may call the endpoint, for example CONTOSO\RDS-Posture-Readers.
.PARAMETER GroupManagedServiceAccount
Run as this account (CONTOSO\gmsa-rdposture$) instead of a virtual one. It must be an administrator of this computer.
.PARAMETER AllowDomainController
On a domain controller the virtual account is a domain administrator.
.PARAMETER RestartWinRm
Restart WinRM when the configuration changed: this cuts every remote session to this computer. Without it, do it yourself.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)][ValidateLength(1, 256)][string]$Group,
    [ValidateLength(0, 256)][string]$GroupManagedServiceAccount = '',
    [switch]$AllowDomainController,
    [switch]$RestartWinRm,
    [string]$CollectorFolder = ''
)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))
# Not as the parameter's default, where Windows PowerShell may not know the script's folder yet.
if (-not $CollectorFolder) { $CollectorFolder = Join-Parts @($PSScriptRoot, '..', '..', 'collectors') }

# Groups that hold nearly everybody: the endpoint runs as an administrator.
$sid = Get-Sid $Group
if (@('S-1-1-0', 'S-1-5-2', 'S-1-5-4', 'S-1-5-7', 'S-1-5-11', 'S-1-5-32-545', 'S-1-5-32-546', 'S-1-5-32-554') -contains $sid -or $sid -match '-(513|514|515)$') {
    throw "The group '$Group' ($sid) holds nearly everybody. Make one for the readers."
}
$role = (Get-CimInstance -ClassName Win32_ComputerSystem -ErrorAction Stop).DomainRole
if ($role -ge 4 -and -not $GroupManagedServiceAccount -and -not $AllowDomainController) {
    throw 'This is a domain controller, where the virtual account is a domain administrator. Give -GroupManagedServiceAccount, or -AllowDomainController when that is meant.'
}

$module = Join-Parts @($env:ProgramFiles, 'WindowsPowerShell', 'Modules', 'RdsPosture')
$transcripts = Join-Parts @($env:ProgramFiles, 'RdsPosture', 'Transcripts')
Add-Folder $module
Add-Folder (Join-Parts @($module, 'RoleCapabilities'))
Copy-Collectors -CollectorFolder $CollectorFolder -To $module
$parts = @{
    'Invoke-GuardedCollector.ps1'              = @($PSScriptRoot, '..', 'common', 'Invoke-GuardedCollector.ps1')
    'RdsPosture.psm1'                          = @($PSScriptRoot, 'RdsPosture', 'RdsPosture.psm1')
    'RdsPosture.psd1'                          = @($PSScriptRoot, 'RdsPosture', 'RdsPosture.psd1')
    'RoleCapabilities/RdsPostureReader.psrc'   = @($PSScriptRoot, 'RdsPosture', 'RoleCapabilities', 'RdsPostureReader.psrc')
}
foreach ($name in @($parts.Keys)) { if (Copy-Changed -From (Join-Parts $parts[$name]) -To (Join-Parts (@($module) + $name.Split('/')))) { "Wrote $name." } }
# Everybody may read the module; it holds nothing secret.
Protect-Folder $module @('*S-1-5-32-545:(OI)(CI)RX')
Add-Folder $transcripts
$account = @()
if ($GroupManagedServiceAccount) { $account = @("*$(Get-Sid $GroupManagedServiceAccount):(OI)(CI)M") }
Protect-Folder $transcripts $account

# The shipped configuration with the group, the folder and the account of here.
$text = [System.IO.File]::ReadAllText((Join-Parts @($PSScriptRoot, 'RdsPosture.pssc')))
$changes = @(
    @{ from = "'CONTOSO\RDS-Posture-Readers'"; to = "'" + $Group.Replace("'", "''") + "'" }
    @{ from = "'C:\Program Files\RdsPosture\Transcripts'"; to = "'" + $transcripts.Replace("'", "''") + "'" }
)
if ($GroupManagedServiceAccount) {
    $changes += @{ from = 'RunAsVirtualAccount = $true'; to = "GroupManagedServiceAccount = '" + $GroupManagedServiceAccount.Replace("'", "''") + "'" }
}
foreach ($change in $changes) {
    if ($text.IndexOf($change.from, [System.StringComparison]::Ordinal) -lt 0) { throw "RdsPosture.pssc does not hold $($change.from)." }
    $text = $text.Replace($change.from, $change.to)
}
if ($text -cmatch '[^\x00-\x7f]') { throw 'The names of the group and of the account must be ASCII.' }
$configuration = Join-Parts @($module, 'RdsPosture.pssc')
$isChanged = Write-ChangedText -Path $configuration -Text $text
$isThere = $null -ne (Get-PSSessionConfiguration -Name RdsPosture -ErrorAction SilentlyContinue)
if ($isThere -and -not $isChanged) { 'The endpoint RdsPosture is registered as it should be.' }
elseif ($PSCmdlet.ShouldProcess("the endpoint RdsPosture, for $Group", 'Register')) {
    if ($isThere) { Unregister-PSSessionConfiguration -Name RdsPosture -Force -NoServiceRestart -WarningAction SilentlyContinue }
    try { $null = Register-PSSessionConfiguration -Name RdsPosture -Path $configuration -Force -NoServiceRestart -WarningAction SilentlyContinue }
    catch {
        # The next run must not take it for registered.
        [System.IO.File]::Delete($configuration)
        throw
    }
    "Registered the endpoint RdsPosture for $Group."
    if ($RestartWinRm) { Restart-Service -Name WinRM }
    else { 'Restart WinRM for it to count (Restart-Service WinRM); that cuts every remote session to this computer.' }
}
