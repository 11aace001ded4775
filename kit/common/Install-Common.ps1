# What the installers share. Every one of them may be run again: what is as it should be is left alone, and said.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$systemSid = '*S-1-5-18'
$administratorsSid = '*S-1-5-32-544'
# Files that are installed together; the guard looks for its neighbours.
$collectorFiles = @('Collect-RdsHost.ps1', 'Collect-RdsDeployment.ps1', 'request.json')

function Join-Parts([string[]]$Parts) { return [System.IO.Path]::Combine($Parts) }

function Get-SystemProgram([string]$Name) { return Join-Parts @($env:SystemRoot, 'System32', $Name) }

# Whoever reads the file sees the old one or the new one.
function Write-Changed {
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([bool])]
    param([string]$Path, [byte[]]$Bytes)
    $isThere = [System.IO.File]::Exists($Path)
    if ($isThere -and [System.Convert]::ToBase64String([System.IO.File]::ReadAllBytes($Path)) -ceq [System.Convert]::ToBase64String($Bytes)) { return $false }
    if (-not $PSCmdlet.ShouldProcess($Path, 'Write')) { return $false }
    $fresh = "$Path.new"
    [System.IO.File]::WriteAllBytes($fresh, $Bytes)
    if ($isThere) { [System.IO.File]::Replace($fresh, $Path, [NullString]::Value) } else { [System.IO.File]::Move($fresh, $Path) }
    return $true
}

function Copy-Changed {
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([bool])]
    param([string]$From, [string]$To)
    return Write-Changed -Path $To -Bytes ([System.IO.File]::ReadAllBytes($From))
}

# ASCII without a mark; all text that the kit writes is that.
function Write-ChangedText {
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([bool])]
    param([string]$Path, [string]$Text)
    return Write-Changed -Path $Path -Bytes ([System.Text.Encoding]::ASCII.GetBytes($Text))
}

function Add-Folder {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string]$Path)
    if (-not [System.IO.Directory]::Exists($Path) -and $PSCmdlet.ShouldProcess($Path, 'Create the folder')) { [void][System.IO.Directory]::CreateDirectory($Path) }
}

function Remove-Folder {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string]$Path)
    if ([System.IO.Directory]::Exists($Path) -and $PSCmdlet.ShouldProcess($Path, 'Remove the folder')) { [System.IO.Directory]::Delete($Path, $true) }
}

# Only SYSTEM and Administrators, and who is named besides; owned by Administrators, so that nobody else can change that.
function Protect-Folder {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string]$Path, [string[]]$Grants = @())
    if (-not $PSCmdlet.ShouldProcess($Path, 'Set the access rights')) { return }
    $rights = @("${systemSid}:(OI)(CI)F", "${administratorsSid}:(OI)(CI)F") + $Grants
    Invoke-Icacls $Path @($Path, '/setowner', $administratorsSid, '/T', '/Q')
    Invoke-Icacls $Path (@($Path, '/inheritance:r', '/grant:r') + $rights + @('/Q'))
    # What lies in it has what the folder hands down, and nothing of its own.
    foreach ($entry in [System.IO.Directory]::GetFileSystemEntries($Path)) { Invoke-Icacls $Path @($entry, '/reset', '/T', '/Q') }
}

function Invoke-Icacls([string]$Path, [string[]]$Arguments) {
    $icacls = Get-SystemProgram 'icacls.exe'
    $null = & $icacls $Arguments
    if ($LASTEXITCODE -ne 0) { throw "icacls ended with $LASTEXITCODE at $Path. Before it is used, make sure that nobody but administrators can write there." }
}

# The SID of an account or a group.
function Get-Sid([string]$Name) {
    try { return (New-Object System.Security.Principal.NTAccount $Name).Translate([System.Security.Principal.SecurityIdentifier]).Value }
    catch { throw "There is no account or group '$Name'." }
}

# The collectors and the guard, side by side.
function Copy-Collectors {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string]$CollectorFolder, [string]$To)
    foreach ($name in $collectorFiles) { if (Copy-Changed -From (Join-Parts @($CollectorFolder, $name)) -To (Join-Parts @($To, $name))) { "Wrote $name." } }
}
