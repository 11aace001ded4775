#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Takes the scheduled task RdsPosture and its files away. What was dropped on the share stays.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param()

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))

if ($null -ne (Get-ScheduledTask -TaskName RdsPosture -ErrorAction SilentlyContinue) -and $PSCmdlet.ShouldProcess('the scheduled task RdsPosture', 'Unregister')) {
    Unregister-ScheduledTask -TaskName RdsPosture -Confirm:$false
    'Unregistered the task RdsPosture.'
}
Remove-Folder (Join-Parts @($env:ProgramFiles, 'RdsPosture', 'Collector'))
