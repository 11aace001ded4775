#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Takes the endpoint RdsPosture and its module away. Transcripts stay unless -RemoveTranscripts is given.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param([switch]$RemoveTranscripts, [switch]$RestartWinRm)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))

if ($null -ne (Get-PSSessionConfiguration -Name RdsPosture -ErrorAction SilentlyContinue) -and $PSCmdlet.ShouldProcess('the endpoint RdsPosture', 'Unregister')) {
    Unregister-PSSessionConfiguration -Name RdsPosture -Force -NoServiceRestart -WarningAction SilentlyContinue
    'Unregistered the endpoint RdsPosture.'
    if ($RestartWinRm) { Restart-Service -Name WinRM }
    else { 'Restart WinRM for it to count (Restart-Service WinRM); that cuts every remote session to this computer.' }
}
Remove-Folder (Join-Parts @($env:ProgramFiles, 'WindowsPowerShell', 'Modules', 'RdsPosture'))
if ($RemoveTranscripts) { Remove-Folder (Join-Parts @($env:ProgramFiles, 'RdsPosture', 'Transcripts')) }
