#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs the collectors and the scheduled task that drops this computer's snapshot on a share. Made to be a startup script of
Group Policy, run at every start; what is as it should be is left alone.
.PARAMETER Share
The drop box: \\files.contoso.com\RdsPosture$.
.PARAMETER Deployment
This computer is a connection broker: collect its deployment too.
.PARAMETER Account
Run as this group managed service account (CONTOSO\gmsa-rdposture$) instead of SYSTEM. Then the owner of a file does not tell
which computer wrote it.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # What stands between quotes on a command line and in XML.
    [Parameter(Mandatory = $true)][ValidatePattern('\A\\\\[A-Za-z0-9.-]+(\\[A-Za-z0-9 _.$-]+)+\z')][string]$Share,
    [switch]$Deployment,
    [ValidatePattern('\A([A-Za-z0-9.-]+\\[A-Za-z0-9._-]+\$)?\z')][string]$Account = '',
    [string]$CollectorFolder = ''
)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))
# Not as the parameter's default, where Windows PowerShell may not know the script's folder yet.
if (-not $CollectorFolder) { $CollectorFolder = Join-Parts @($PSScriptRoot, '..', '..', 'collectors') }

$folder = Join-Parts @($env:ProgramFiles, 'RdsPosture', 'Collector')
Add-Folder $folder
Copy-Collectors -CollectorFolder $CollectorFolder -To $folder
$script = Join-Parts @($folder, 'Invoke-ScheduledCollector.ps1')
if (Copy-Changed -From (Join-Parts @($PSScriptRoot, 'Invoke-ScheduledCollector.ps1')) -To $script) { 'Wrote Invoke-ScheduledCollector.ps1.' }
# The task runs what lies here as SYSTEM: nobody else writes here, and nobody else needs to read it.
$reader = if ($Account) { @("*$(Get-Sid $Account):(OI)(CI)RX") } else { @() }
Protect-Folder $folder $reader

# The shipped task with the places of here.
$task = New-Object System.Xml.XmlDocument
$task.XmlResolver = $null
$task.LoadXml([System.IO.File]::ReadAllText((Join-Parts @($PSScriptRoot, 'RdsPosture.xml'))))
$names = New-Object System.Xml.XmlNamespaceManager $task.NameTable
$names.AddNamespace('t', 'http://schemas.microsoft.com/windows/2004/02/mit/task')
$action = $task.SelectSingleNode('/t:Task/t:Actions/t:Exec', $names)
$action.SelectSingleNode('t:Command', $names).InnerText = Get-SystemProgram (Join-Parts @('WindowsPowerShell', 'v1.0', 'powershell.exe'))
$start = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "' + $script + '" -Kind '
$where = ' -Share "' + $Share + '"'
$action.SelectSingleNode('t:Arguments', $names).InnerText = $start + 'host' + $where
if ($Deployment) {
    # After the first one.
    $second = $action.CloneNode($true)
    $second.SelectSingleNode('t:Arguments', $names).InnerText = $start + 'deployment' + $where
    [void]$action.ParentNode.AppendChild($second)
}
if ($Account) {
    $principal = $task.SelectSingleNode('/t:Task/t:Principals/t:Principal', $names)
    $principal.SelectSingleNode('t:UserId', $names).InnerText = $Account
    $logon = $task.CreateElement('LogonType', $task.DocumentElement.NamespaceURI)
    # Of a managed account, Windows itself knows the password.
    $logon.InnerText = 'Password'
    [void]$principal.InsertAfter($logon, $principal.SelectSingleNode('t:UserId', $names))
}
$text = $task.OuterXml
if ($text -cmatch '[^\x00-\x7f]') { throw 'The names of the share and of the folder must be ASCII.' }
$copy = Join-Parts @($folder, 'RdsPosture.xml')
$isChanged = Write-ChangedText -Path $copy -Text $text
if (-not $isChanged -and $null -ne (Get-ScheduledTask -TaskName RdsPosture -ErrorAction SilentlyContinue)) { 'The task RdsPosture is registered as it should be.' }
elseif ($PSCmdlet.ShouldProcess('the scheduled task RdsPosture', 'Register')) {
    try { $null = Register-ScheduledTask -TaskName RdsPosture -TaskPath '\' -Xml $text -Force -ErrorAction Stop }
    catch {
        # The next run must not take it for registered.
        [System.IO.File]::Delete($copy)
        throw
    }
    'Registered the task RdsPosture.'
}
