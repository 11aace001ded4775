@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'DnsClient.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-DnsClientServerAddress', 'Get-DnsClient', 'Get-DnsClientCache', 'Resolve-DnsName')
    AliasesToExport   = @()
}
