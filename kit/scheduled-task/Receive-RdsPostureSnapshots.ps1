#Requires -Version 5.1
<#
.SYNOPSIS
Takes from the drop box what each computer wrote about itself, and nothing else, to the folder that scans read.
.DESCRIPTION
Every computer may write there, so a file counts only when all of this holds: its name is a host's, its owner is the account of
that computer, the snapshot in it is of that host, and it is a plain file of at most 64 MiB. What a computer says of itself
stays its own word. Ends with 1 when something was refused. Nothing is deleted.
.PARAMETER Domain
The NetBIOS name of the computers' domain: CONTOSO.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)][string]$DropBox,
    [Parameter(Mandatory = $true)][string]$Destination,
    [Parameter(Mandatory = $true)][ValidatePattern('\A[A-Za-z0-9.-]{1,64}\z')][string]$Domain
)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))
$maximumBytes = 67108864

# The whole file at once, so that what was checked is what is kept.
function Read-Whole([string]$Path) {
    $stream = [System.IO.File]::Open($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]'ReadWrite, Delete')
    try {
        if ($stream.Length -gt $maximumBytes) { throw 'it is larger than 64 MiB' }
        $memory = New-Object System.IO.MemoryStream
        $stream.CopyTo($memory)
        return , $memory.ToArray()
    }
    finally { $stream.Dispose() }
}

# The bytes of a file that may be believed to be of the host it names; throws what is wrong.
function Read-Dropped([System.IO.FileInfo]$File) {
    if ($File.Name -cnotmatch '\A(([a-z0-9-]{1,63})(\.[a-z0-9-]{1,63})*)\.(windows-host|rds-deployment)\.snapshot\.json\z') { throw 'its name is not that of a snapshot' }
    $name = $Matches[1]
    $label = $Matches[2]
    $kind = $Matches[4]
    if (([int]$File.Attributes -band [int][System.IO.FileAttributes]::ReparsePoint) -ne 0) { throw 'it is a link' }
    if ($File.Length -gt $maximumBytes) { throw 'it is larger than 64 MiB' }
    # Computer accounts have the first 15 characters.
    $account = $Domain + '\' + $label.Substring(0, [System.Math]::Min(15, $label.Length)) + '$'
    $owner = [string](Get-Acl -LiteralPath $File.FullName -ErrorAction Stop).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    if ($owner -cne (Get-Sid $account)) { throw "its owner is $owner and not $account" }
    $bytes = Read-Whole $File.FullName
    # A collector writes the target last. Of two members of one name the last counts, and nothing but the root can end here.
    $end = ',"target":{"kind":"' + $kind + '","name":"' + $name + '"}}'
    $from = $bytes.Length - $end.Length
    if ($from -lt 1 -or [System.Text.Encoding]::ASCII.GetString($bytes, $from, $end.Length) -cne $end) { throw "it is not a snapshot of $name" }
    return , $bytes
}

$refused = 0
foreach ($file in (New-Object System.IO.DirectoryInfo $DropBox).EnumerateFiles('*.snapshot.json')) {
    # Still being written.
    if ($file.Name.StartsWith('.')) { continue }
    try {
        $bytes = Read-Dropped $file
        if (Write-Changed -Path (Join-Parts @($Destination, $file.Name)) -Bytes $bytes) { "Took $($file.Name)." }
    }
    catch {
        $refused++
        Write-Warning "Refused $($file.Name -replace '[^A-Za-z0-9._-]', '?'): $($_.Exception.Message)"
    }
}
if ($refused -gt 0) { exit 1 }
