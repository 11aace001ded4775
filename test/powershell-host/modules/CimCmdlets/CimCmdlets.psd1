@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'CimCmdlets.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-CimInstance', 'Invoke-CimMethod', 'Set-CimInstance')
    AliasesToExport   = @()
}
