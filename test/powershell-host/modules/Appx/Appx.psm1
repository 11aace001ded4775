function Get-AppxPackage { [CmdletBinding()] param([string]$Name, [switch]$AllUsers) Get-StandInRow 'Get-AppxPackage' @{ Name = $Name } }
