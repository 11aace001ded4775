# CIM by the fixture. What changes the host is played for root/cimv2/TerminalServices (standins/Terminal.cs).
# These are compiled cmdlets on Windows, which heed the caller's preferences ($ErrorActionPreference, $WhatIfPreference); a function of a
# module has to ask for them. Modules that are scripts on Windows too (NetSecurity, ScheduledTasks, RemoteDesktop) do not ask.
function Get-Preference($Caller, [hashtable]$Bound, [string]$Name = 'ErrorAction') { if ($Bound.ContainsKey($Name)) { $Bound[$Name] } else { $Caller.GetVariableValue("$($Name)Preference") } }

# Keys of the fixture are `Get-CimInstance root/cimv2 Win32_Class`. A class that it does not name is none of the host's.
function Get-CimInstance {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$ClassName, [string]$Namespace = 'root/cimv2', [string]$Filter, [string[]]$Property, [uint32]$OperationTimeoutSec)
    $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters
    $key = "Get-CimInstance $($Namespace.Replace('\', '/').ToLowerInvariant()) $ClassName"
    foreach ($row in Get-StandInRow $key @{} -TypeName "Microsoft.Management.Infrastructure.CimInstance#$Namespace/$ClassName") {
        # What was not asked for comes as null.
        if ($Property) { foreach ($own in @($row.PSObject.Properties)) { if ($own.Name -notin $Property) { $own.Value = $null } } }
        if (-not $Filter -or $Filter -notmatch "^(\w+)\s*=\s*'(.*)'$" -or $row.($Matches[1]) -eq $Matches[2]) { $row }
    }
}

# Keys of the fixture are `Invoke-CimMethod Win32_Class Method`; a row is the answer when its members are the arguments.
function Invoke-CimMethod {
    [CmdletBinding(SupportsShouldProcess)] param([Parameter(Mandatory, ValueFromPipeline)]$InputObject, [Parameter(Mandatory, Position = 0)][string]$MethodName, [Parameter(Position = 1)][System.Collections.IDictionary]$Arguments = @{}, [uint32]$OperationTimeoutSec)
    process {
        $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters
        $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'
        $class = @($InputObject.PSObject.TypeNames)[0].Split('/')[-1]
        if ([Rdposture.PowerShellHost.StandIns.Terminal]::IsPlayed($class, $MethodName)) {
            if ($PSCmdlet.ShouldProcess("$class", "$MethodName")) { Invoke-StandInMethod -InputObject $InputObject -MethodName $MethodName -Arguments $Arguments }
            return
        }
        :rows foreach ($row in Get-StandInRow "Invoke-CimMethod $class $MethodName") {
            foreach ($name in $Arguments.Keys) { if ("$($row.$name)" -ne "$($Arguments[$name])") { continue rows } }
            $row
        }
    }
}

function Set-CimInstance {
    [CmdletBinding(SupportsShouldProcess)] param([Parameter(Mandatory, ValueFromPipeline, Position = 0)]$InputObject, [Parameter(Mandatory)][System.Collections.IDictionary]$Property, [uint32]$OperationTimeoutSec, [switch]$PassThru)
    process {
        $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters
        $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'
        if ($PSCmdlet.ShouldProcess("$(@($InputObject.PSObject.TypeNames)[0])", 'Set-CimInstance')) { Set-StandInInstance -InputObject $InputObject -Property $Property }
        if ($PassThru) { $InputObject }
    }
}
