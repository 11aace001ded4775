@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000002'
    RootModule        = 'RemoteDesktop.psm1'
    CmdletsToExport   = @()
    FunctionsToExport = @('Get-RDServer', 'Get-RDCertificate', 'Get-RDSessionCollection', 'Get-RDSessionCollectionConfiguration', 'Get-RDSessionHost', 'Get-RDDeploymentGatewayConfiguration', 'Get-RDConnectionBrokerHighAvailability', 'Get-RDLicenseConfiguration', 'Set-RDSessionCollectionConfiguration', 'Set-RDSessionHost')
    AliasesToExport   = @()
}
