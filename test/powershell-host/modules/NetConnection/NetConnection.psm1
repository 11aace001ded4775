function Get-NetConnectionProfile { [CmdletBinding()] param([string]$InterfaceAlias) Get-StandInRow 'Get-NetConnectionProfile' $PSBoundParameters }
