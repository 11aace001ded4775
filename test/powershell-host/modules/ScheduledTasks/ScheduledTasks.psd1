@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'ScheduledTasks.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-ScheduledTask', 'Register-ScheduledTask', 'Unregister-ScheduledTask', 'Start-ScheduledTask')
    AliasesToExport   = @()
}
