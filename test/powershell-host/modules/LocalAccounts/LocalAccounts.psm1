function Get-LocalUser { [CmdletBinding()] param([string[]]$Name) Get-StandInRow 'Get-LocalUser' }
