function Get-Process { [CmdletBinding()] param([int[]]$Id) Get-StandInRow 'Get-Process' }
