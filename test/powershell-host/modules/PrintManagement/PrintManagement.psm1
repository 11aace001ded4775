function Get-PrinterDriver { [CmdletBinding()] param([string[]]$Name) Get-StandInRow 'Get-PrinterDriver' $PSBoundParameters }
