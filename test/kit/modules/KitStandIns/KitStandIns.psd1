@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'KitStandIns.psm1'
    FunctionsToExport = @('Get-LocalUser', 'New-LocalUser', 'Remove-LocalUser', 'Add-LocalGroupMember', 'Get-PSSessionConfiguration', 'Register-PSSessionConfiguration', 'Unregister-PSSessionConfiguration', 'Get-ScheduledTask', 'Register-ScheduledTask', 'Unregister-ScheduledTask', 'Restart-Service', 'Get-CimInstance', 'Get-Acl')
    CmdletsToExport   = @()
    AliasesToExport   = @()
}
