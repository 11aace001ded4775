# Scheduled tasks: those of the fixture's rows, and those that were registered (standins/Tasks.cs).
function Get-Failure([string]$Property, [string]$Value) {
    $text = "No MSFT_ScheduledTask objects found with property '$Property' equal to '$Value'.  Verify the value of the property and retry."
    [System.Management.Automation.ErrorRecord]::new([Rdposture.PowerShellHost.StandIns.CimException]::new($text, 'NotFound', ''), "CmdletizationQuery_NotFound_$Property", 'ObjectNotFound', $Value)
}
function Test-Wildcard([string]$Text) { [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($Text) }
function Get-Found($Caller, [string[]]$TaskName, [string[]]$TaskPath) {
    $all = @(Get-StandInRow 'Get-ScheduledTask' @{} -TypeName 'Microsoft.Management.Infrastructure.CimInstance#Root/Microsoft/Windows/TaskScheduler/MSFT_ScheduledTask')
    $names = @($TaskName | Where-Object { $_ })
    $paths = @($TaskPath | Where-Object { $_ })
    $in = @($all.Where({ $task = $_; $paths.Count -eq 0 -or $paths.Where({ $task.TaskPath -like $_ }).Count -gt 0 }))
    if ($names.Count -eq 0) {
        foreach ($path in $paths) { if (-not (Test-Wildcard $path) -and $in.Where({ $_.TaskPath -like $path }).Count -eq 0) { $Caller.WriteError((Get-Failure 'TaskPath' $path)) } }
        return $in
    }
    foreach ($name in $names) {
        $found = @($in.Where({ $_.TaskName -like $name }))
        if ($found.Count -eq 0 -and -not (Test-Wildcard $name)) { $Caller.WriteError((Get-Failure 'TaskName' $name)) }
        $found
    }
}
function Get-ScheduledTask { [CmdletBinding()] param([Parameter(Position = 0)][string[]]$TaskName, [Parameter(Position = 1)][string[]]$TaskPath) Get-Found $PSCmdlet $TaskName $TaskPath }
function Register-ScheduledTask {
    [CmdletBinding()] param([Parameter(Position = 0)][string]$TaskName, [Parameter(Position = 1)][string]$TaskPath, [Parameter(Mandatory)][string]$Xml, [string]$User, [string]$Password, [switch]$Force)
    $failed = $null
    Set-StandInTask -TaskName $TaskName -TaskPath $TaskPath -Xml $Xml -Force:$Force -ErrorVariable failed
    if ($failed.Count -eq 0) { Get-Found $PSCmdlet $TaskName ([Rdposture.PowerShellHost.StandIns.Tasks]::FolderOf($TaskPath)) }
}
function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param([Parameter(Position = 0)][string[]]$TaskName, [Parameter(Position = 1)][string[]]$TaskPath)
    foreach ($task in @(Get-Found $PSCmdlet $TaskName $TaskPath)) {
        if ($PSCmdlet.ShouldProcess($task.TaskName, 'Delete')) { Set-StandInTask -TaskName $task.TaskName -TaskPath $task.TaskPath -Remove }
    }
}
function Start-ScheduledTask {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$TaskName, [Parameter(Position = 1)][string]$TaskPath = '\')
    foreach ($task in @(Get-Found $PSCmdlet $TaskName $TaskPath)) { Set-StandInTask -TaskName $task.TaskName -TaskPath $task.TaskPath }
}
