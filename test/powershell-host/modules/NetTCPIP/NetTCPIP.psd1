@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'NetTCPIP.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-NetIPAddress', 'Get-NetTCPConnection', 'Get-NetIPInterface')
    AliasesToExport   = @()
}
