@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'SecurityStandIn.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-AuthenticodeSignature', 'Get-ExecutionPolicy')
    AliasesToExport   = @()
}
