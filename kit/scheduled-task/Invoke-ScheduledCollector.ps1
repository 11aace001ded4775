# What the scheduled task starts: collects, and writes the snapshot to the share under the host's own name. The collector writes
# beside it under another name and renames, so whoever reads the share sees a whole file or none. Ends with 1 when it failed,
# which the task shows as its last result.
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][ValidateSet('host', 'deployment')][string]$Kind,
    [Parameter(Mandatory = $true)][ValidateLength(1, 240)][string]$Share
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$kinds = @{
    host       = @{ name = 'windows-host'; script = 'Collect-RdsHost.ps1' }
    deployment = @{ name = 'rds-deployment'; script = 'Collect-RdsDeployment.ps1' }
}

# As the collector names the host in the snapshot.
$network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
$name = if ($network.DomainName) { "$($network.HostName).$($network.DomainName)" } else { $network.HostName }
$file = [System.IO.Path]::Combine($Share, ($name.ToLowerInvariant() -replace '[^a-z0-9.-]', '_') + ".$($kinds[$Kind].name).snapshot.json")
$collector = [System.IO.Path]::Combine($PSScriptRoot, $kinds[$Kind].script)
$global:LASTEXITCODE = 0
& $collector -OutFile $file
exit $LASTEXITCODE
