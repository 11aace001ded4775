#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Takes away what Install-RdsPostureSshAccount.ps1 made: the block in sshd_config, the files, and the account if it made it.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [ValidatePattern('\A([A-Za-z0-9.-]{1,64}\\)?[A-Za-z0-9][A-Za-z0-9._-]{0,19}\z')][string]$UserName = 'rdposture',
    [switch]$RestartService
)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))

# The account first: what is left over then lets nobody in.
if ($UserName.Contains('\')) { "The account $UserName is the domain's, and stays; take it out of the local groups." }
else {
    $user = Get-LocalUser -Name $UserName -ErrorAction SilentlyContinue
    if ($null -eq $user) { "There is no account $UserName." }
    elseif ([string]$user.Description -ne 'rdposture collects this computer by it over SSH.') { "The account $UserName is not of the installer's making, and stays; take it out of the groups it was put into." }
    elseif ($PSCmdlet.ShouldProcess($UserName, 'Remove the local account')) { Remove-LocalUser -Name $UserName }
}
$sshd = Join-Parts @($env:ProgramData, 'ssh')
$configuration = Join-Parts @($sshd, 'sshd_config')
if ([System.IO.File]::Exists($configuration)) {
    $kept = New-Object 'System.Collections.Generic.List[string]'
    $isInside = $false
    $lines = [System.IO.File]::ReadAllLines($configuration)
    foreach ($line in $lines) {
        if ($line -ceq '# rdposture begin') { $isInside = $true }
        if (-not $isInside) { $kept.Add($line) }
        if ($line -ceq '# rdposture end') { $isInside = $false }
    }
    if ($isInside) { throw "In $configuration the line '# rdposture end' is missing." }
    if ($kept.Count -ne $lines.Length -and $PSCmdlet.ShouldProcess($configuration, "Take the block for $UserName out")) {
        [System.IO.File]::WriteAllText($configuration, [string]::Join("`r`n", $kept) + "`r`n")
        if ($RestartService) { Restart-Service -Name sshd }
        else { 'Restart sshd for it to count: Restart-Service sshd' }
    }
}
Remove-Folder (Join-Parts @($sshd, 'rdposture'))
