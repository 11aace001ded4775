function Get-Service { [CmdletBinding()] param([string[]]$Name) Get-StandInRow 'Get-Service' $PSBoundParameters -TypeName 'System.ServiceProcess.ServiceController' }
