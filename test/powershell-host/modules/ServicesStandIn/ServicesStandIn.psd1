@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'ServicesStandIn.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-Service', 'Restart-Service', 'Start-Service', 'Stop-Service', 'Restart-Computer')
    AliasesToExport   = @()
}
