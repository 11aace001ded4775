function Get-ScheduledTask { [CmdletBinding()] param([string[]]$TaskName) Get-StandInRow 'Get-ScheduledTask' }
