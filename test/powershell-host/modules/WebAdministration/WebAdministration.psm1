# Keys of the fixture are `Get-WebConfigurationProperty FILTER NAME`.
function Get-WebConfigurationProperty { [CmdletBinding()] param([string]$PSPath, [string]$Location, [Parameter(Mandatory)][string]$Filter, [Parameter(Mandatory)][string]$Name) Get-StandInRow "Get-WebConfigurationProperty $Filter $Name" | ForEach-Object { if ($_.PSObject.Properties['plain']) { $_.plain } else { $_ } } }
