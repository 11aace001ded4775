# Keys of the fixture are `Get-CimInstance root/cimv2 Win32_Class`. A class that it does not name is none of the host's.
function Get-CimInstance {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$ClassName, [string]$Namespace = 'root/cimv2', [string]$Filter, [string[]]$Property, [uint32]$OperationTimeoutSec)
    $key = "Get-CimInstance $($Namespace.Replace('\', '/').ToLowerInvariant()) $ClassName"
    foreach ($row in Get-StandInRow $key @{} -TypeName "Microsoft.Management.Infrastructure.CimInstance#$Namespace/$ClassName") {
        # What was not asked for comes as null.
        if ($Property) { foreach ($own in @($row.PSObject.Properties)) { if ($own.Name -notin $Property) { $own.Value = $null } } }
        if (-not $Filter -or $Filter -notmatch "^(\w+)\s*=\s*'(.*)'$" -or $row.($Matches[1]) -eq $Matches[2]) { $row }
    }
}

# Keys of the fixture are `Invoke-CimMethod Win32_Class Method`; a row is the answer when its members are the arguments.
function Invoke-CimMethod {
    [CmdletBinding()] param([Parameter(Mandatory)]$InputObject, [Parameter(Mandatory)][string]$MethodName, [System.Collections.IDictionary]$Arguments = @{}, [uint32]$OperationTimeoutSec)
    $class = @($InputObject.PSObject.TypeNames)[0].Split('/')[-1]
    :rows foreach ($row in Get-StandInRow "Invoke-CimMethod $class $MethodName") {
        foreach ($name in $Arguments.Keys) { if ("$($row.$name)" -ne "$($Arguments[$name])") { continue rows } }
        $row
    }
}
