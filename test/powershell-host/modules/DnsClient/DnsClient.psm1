function Get-DnsClientServerAddress { [CmdletBinding()] param([string]$InterfaceAlias) Get-StandInRow 'Get-DnsClientServerAddress' $PSBoundParameters }
function Get-DnsClient { [CmdletBinding()] param([string]$InterfaceAlias) Get-StandInRow 'Get-DnsClient' $PSBoundParameters }
function Get-DnsClientCache { [CmdletBinding()] param([string[]]$Entry) Get-StandInRow 'Get-DnsClientCache' $PSBoundParameters }
# Keys of the fixture are `Resolve-DnsName TYPE NAME`; a failure has the number of Windows in its `code`.
function Resolve-DnsName {
    [CmdletBinding()] param([Parameter(Mandatory)][string]$Name, [string]$Type = 'A_AAAA', [switch]$DnsOnly, [switch]$NoHostsFile, [switch]$QuickTimeout)
    foreach ($row in Get-StandInRow "Resolve-DnsName $Type $Name") {
        if ($row.PSObject.Properties['code']) { $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.ComponentModel.Win32Exception]::new([int]$row.code, 'DNS-Name ist nicht vorhanden.'), 'DNS_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName', 'ResourceUnavailable', $Name)) } else { $row }
    }
}
