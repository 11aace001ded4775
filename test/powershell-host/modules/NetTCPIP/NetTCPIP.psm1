function Get-NetIPAddress { [CmdletBinding()] param([string]$InterfaceAlias) Get-StandInRow 'Get-NetIPAddress' $PSBoundParameters }
function Get-NetTCPConnection { [CmdletBinding()] param([string]$State, [int]$LocalPort) Get-StandInRow "Get-NetTCPConnection $State" }
function Get-NetIPInterface { [CmdletBinding()] param([string]$ConnectionState) Get-StandInRow "Get-NetIPInterface $ConnectionState" }
