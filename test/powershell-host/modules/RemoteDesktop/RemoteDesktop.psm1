# The deployment as its broker shows it. Changes go into the rows of the fixture; nothing is pushed to session hosts.
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

# Which rows hold what a parameter sets.
$parts = @{
    ''                = 'CollectionDescription', 'CustomRdpProperty'
    ' -UserGroup'     = , 'UserGroup'
    ' -Security'      = 'AuthenticateUsingNLA', 'EncryptionLevel', 'SecurityLayer'
    ' -Connection'    = 'TemporaryFoldersPerSession', 'TemporaryFoldersDeletedOnExit', 'BrokenConnectionAction', 'AutomaticReconnectionEnabled', 'ActiveSessionLimitMin', 'DisconnectedSessionLimitMin', 'IdleSessionLimitMin'
    ' -Client'        = 'ClientDeviceRedirectionOptions', 'MaxRedirectedMonitors', 'ClientPrinterRedirected', 'RDEasyPrintDriverEnabled', 'ClientPrinterAsDefault'
}
function Set-RDSessionCollectionConfiguration {
    [CmdletBinding()] param(
        [Parameter(Mandatory, Position = 0)][string]$CollectionName, [string]$CollectionDescription, [string[]]$UserGroup,
        [Rdposture.PowerShellHost.StandIns.RDClientDeviceRedirectionOptions]$ClientDeviceRedirectionOptions, [int]$MaxRedirectedMonitors, [int]$ClientPrinterRedirected, [int]$RDEasyPrintDriverEnabled, [int]$ClientPrinterAsDefault,
        [bool]$TemporaryFoldersPerSession, [bool]$TemporaryFoldersDeletedOnExit, [Rdposture.PowerShellHost.StandIns.RDBrokenConnectionAction]$BrokenConnectionAction, [bool]$AutomaticReconnectionEnabled,
        [int]$ActiveSessionLimitMin, [int]$DisconnectedSessionLimitMin, [int]$IdleSessionLimitMin,
        [bool]$AuthenticateUsingNLA, [Rdposture.PowerShellHost.StandIns.RDEncryptionLevel]$EncryptionLevel, [Rdposture.PowerShellHost.StandIns.RDSecurityLayer]$SecurityLayer,
        [string]$CustomRdpProperty, [string]$ConnectionBroker)
    if (@(Get-StandInRow 'Get-RDSessionCollection' @{ CollectionName = $CollectionName }).Count -eq 0) { Write-Error "The collection $CollectionName does not exist."; return }
    $given = @{} + $PSBoundParameters
    # The module lets nobody reconnect by itself whose broken session does not wait.
    $connection = @(Get-StandInRow 'Get-RDSessionCollectionConfiguration -Connection' @{ CollectionName = $CollectionName })
    $now = if ($given.ContainsKey('BrokenConnectionAction')) { $given.BrokenConnectionAction } elseif ($connection.Count -gt 0) { $connection[0].BrokenConnectionAction }
    if (($given['AutomaticReconnectionEnabled'] -or $given.ContainsKey('BrokenConnectionAction')) -and "$now" -notin 'Disconnect', '1') { $given['AutomaticReconnectionEnabled'] = $false }
    $changes = foreach ($part in $parts.Keys) {
        $set = @{}
        foreach ($name in $parts[$part]) { if ($given.ContainsKey($name)) { $set[$name] = $given[$name] } }
        if ($set.Count -gt 0) { @{ Rows = "Get-RDSessionCollectionConfiguration$part"; Where = @{ CollectionName = $CollectionName }; Set = $set } }
    }
    if ($changes) { Set-StandInRow -Command 'Set-RDSessionCollectionConfiguration' -Detail $CollectionName -Change $changes }
}
function Set-RDSessionHost {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$SessionHost, [Parameter(Mandatory, Position = 1)][Rdposture.PowerShellHost.StandIns.RDServerNewConnectionAllowed]$NewConnectionAllowed, [string]$ConnectionBroker)
    foreach ($name in $SessionHost) {
        if (@(Get-StandInRow 'Get-RDSessionHost' @{ SessionHost = $name }).Count -eq 0) { Write-Error "The server $name is not present in a session collection."; continue }
        Set-StandInRow -Command 'Set-RDSessionHost' -Detail $name -Change @{ Rows = 'Get-RDSessionHost'; Where = @{ SessionHost = $name }; Set = @{ NewConnectionAllowed = $NewConnectionAllowed } }
    }
}
