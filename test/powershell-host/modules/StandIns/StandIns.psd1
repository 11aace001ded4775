@{
    ModuleVersion     = '1.0'
    GUID              = '00000000-0000-0000-0000-000000000001'
    RootModule        = '../../pwsh.dll'
    TypesToProcess    = @('StandIns.types.ps1xml')
    CmdletsToExport   = @('Get-Item', 'Get-ChildItem', 'Get-ItemProperty', 'Test-Path', 'Set-Location', 'Get-Content', 'Get-Acl', 'Write-Output', 'Write-Error', 'Write-Host', 'Write-Warning', 'Write-Verbose', 'Write-Progress', 'Write-Information', 'Write-Debug', 'Out-String', 'Select-Object', 'Sort-Object', 'New-Object', 'Get-Date', 'Start-Sleep', 'ConvertFrom-Json', 'ConvertTo-Json', 'Get-StandInRow', 'Set-StandInRow', 'Add-StandInCall', 'Invoke-StandInMethod', 'Set-StandInInstance', 'Set-StandInTask')
    FunctionsToExport = @()
    AliasesToExport   = @()
}
