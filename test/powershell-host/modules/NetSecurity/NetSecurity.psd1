@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'NetSecurity.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-NetFirewallProfile', 'Get-NetFirewallRule', 'Get-NetFirewallPortFilter', 'Get-NetFirewallAddressFilter', 'Get-NetFirewallApplicationFilter', 'Get-NetFirewallServiceFilter', 'Get-NetFirewallInterfaceFilter', 'Get-NetFirewallInterfaceTypeFilter', 'Get-NetFirewallSecurityFilter', 'Set-NetFirewallRule', 'Set-NetFirewallProfile')
    AliasesToExport   = @()
}
