@{
    RootModule        = 'RdsPosture.psm1'
    ModuleVersion     = '1.0.0'
    GUID              = '8f0b6f0e-4a57-4f0c-9c0d-6d0c2a5b7e11'
    Author            = 'rdposture'
    Description       = 'Reads what rdposture judges, for accounts that are no administrators.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @('Get-RdsSnapshot')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
