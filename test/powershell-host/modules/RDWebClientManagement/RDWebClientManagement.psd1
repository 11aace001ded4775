@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'RDWebClientManagement.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-RDWebClientBrokerCert', 'Get-RDWebClientPackage')
    AliasesToExport   = @()
}
