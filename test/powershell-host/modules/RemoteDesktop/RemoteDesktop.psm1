function Get-RDServer { [CmdletBinding()] param([string]$ConnectionBroker, [string[]]$Role) Get-StandInRow 'Get-RDServer' }
function Get-RDCertificate { [CmdletBinding()] param([string]$ConnectionBroker) Get-StandInRow 'Get-RDCertificate' }
function Get-RDSessionCollection { [CmdletBinding()] param([string]$CollectionName, [string]$ConnectionBroker) if ($CollectionName) { Get-StandInRow 'Get-RDSessionCollection' @{ CollectionName = $CollectionName } } else { Get-StandInRow 'Get-RDSessionCollection' } }
function Get-RDSessionHost { [CmdletBinding()] param([Parameter(Mandatory)][string]$CollectionName, [string]$ConnectionBroker) Get-StandInRow 'Get-RDSessionHost' @{ CollectionName = $CollectionName } }
function Get-RDDeploymentGatewayConfiguration { [CmdletBinding()] param([string]$ConnectionBroker) Get-StandInRow 'Get-RDDeploymentGatewayConfiguration' }
function Get-RDConnectionBrokerHighAvailability { [CmdletBinding()] param([string]$ConnectionBroker) Get-StandInRow 'Get-RDConnectionBrokerHighAvailability' }
# One parameter set a switch; the general one has none.
function Get-RDSessionCollectionConfiguration {
    [CmdletBinding()] param([Parameter(Mandatory)][string]$CollectionName, [switch]$UserGroup, [switch]$Connection, [switch]$UserProfileDisk, [switch]$Security, [switch]$LoadBalancing, [switch]$Client, [string]$ConnectionBroker)
    $part = @($PSBoundParameters.Keys).Where({ $_ -in 'UserGroup', 'Connection', 'UserProfileDisk', 'Security', 'LoadBalancing', 'Client' })
    if ($part.Count -gt 1) { throw 'Parameter set cannot be resolved.' }
    $key = if ($part.Count -eq 0) { 'Get-RDSessionCollectionConfiguration' } else { "Get-RDSessionCollectionConfiguration -$($part[0])" }
    Get-StandInRow $key @{ CollectionName = $CollectionName }
}
function Get-RDLicenseConfiguration { [CmdletBinding()] param([string]$ConnectionBroker) Get-StandInRow 'Get-RDLicenseConfiguration' }
