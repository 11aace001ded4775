function Get-WindowsFeature { [CmdletBinding()] param([string[]]$Name) Get-StandInRow 'Get-WindowsFeature' $PSBoundParameters }
