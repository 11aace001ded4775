# Services and restarts. These are compiled cmdlets on Windows, which heed the caller's preferences.
function Get-Preference($Caller, [hashtable]$Bound, [string]$Name = 'ErrorAction') { if ($Bound.ContainsKey($Name)) { $Bound[$Name] } else { $Caller.GetVariableValue("$($Name)Preference") } }
function New-Failure([string]$Text, [string]$Id, [string]$Command, $Target) { [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($Text), "$Id,Microsoft.PowerShell.Commands.$($Command.Replace('-', ''))Command", 'ObjectNotFound', $Target) }

# The start type is what the registry says of it, where it says something.
function Set-StartType($Row) {
    $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey("SYSTEM\CurrentControlSet\Services\$($Row.Name)")
    $start = if ($null -eq $key) { $null } else { $key.GetValue('Start') }
    if ($null -ne $start) { $Row.StartType = $start }
    $Row
}

function Get-Service {
    [CmdletBinding()] param([Parameter(Position = 0, ValueFromPipeline)][string[]]$Name)
    process {
        $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters
        $found = @(Get-StandInRow 'Get-Service' $PSBoundParameters -TypeName 'System.ServiceProcess.ServiceController')
        # A fixture that is only read names the services that its test asks for.
        if (-not [Rdposture.PowerShellHost.StandIns.State]::IsWritable) { return $found }
        if (-not $Name) { return $found.ForEach({ Set-StartType $_ }) }
        $all = @(Get-StandInRow 'Get-Service' @{} -TypeName 'System.ServiceProcess.ServiceController')
        foreach ($wanted in $Name) {
            $those = @($all.Where({ $_.Name -like $wanted }))
            if ($those.Count -eq 0 -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($wanted)) {
                $PSCmdlet.WriteError((New-Failure "Cannot find any service with service name '$wanted'." 'NoServiceFoundForGivenName' 'Get-Service' $wanted))
            }
            $those.ForEach({ Set-StartType $_ })
        }
    }
}

# What a call does to a service: the state that it ends in. A restart ends in Running, so the log of calls alone tells of it.
function Set-Status($Caller, [string]$Command, [string[]]$Name, [int]$Status, [bool]$Force) {
    foreach ($wanted in $Name) {
        $service = @(Get-StandInRow 'Get-Service' @{ Name = $wanted })
        if ($service.Count -eq 0) { $Caller.WriteError((New-Failure "Cannot find any service with service name '$wanted'." 'NoServiceFoundForGivenName' $Command $wanted)); continue }
        $dependents = @($service[0].PSObject.Properties['DependentServices'].Value | Where-Object { $_ })
        if ($dependents.Count -gt 0 -and -not $Force -and $Command -ne 'Start-Service') {
            $Caller.WriteError((New-Failure "Cannot stop service '$($service[0].DisplayName) ($wanted)' because it has dependent services. It can only be stopped if the Force flag is set." 'ServiceHasDependentServices' $Command $wanted))
            continue
        }
        if ($Caller.ShouldProcess("$($service[0].DisplayName) ($wanted)", $Command)) { Set-StandInRow -Command $Command -Detail $wanted -Change @{ Rows = 'Get-Service'; Where = @{ Name = $service[0].Name }; Set = @{ Status = $Status } } }
    }
}
function Restart-Service { [CmdletBinding(SupportsShouldProcess)] param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string[]]$Name, [switch]$Force) process { $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters; $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'; Set-Status $PSCmdlet 'Restart-Service' $Name 4 $Force } }
function Start-Service { [CmdletBinding(SupportsShouldProcess)] param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string[]]$Name) process { $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters; $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'; Set-Status $PSCmdlet 'Start-Service' $Name 4 $false } }
function Stop-Service { [CmdletBinding(SupportsShouldProcess)] param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string[]]$Name, [switch]$Force, [switch]$NoWait) process { $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters; $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'; Set-Status $PSCmdlet 'Stop-Service' $Name 1 $Force } }

function Restart-Computer {
    [CmdletBinding(SupportsShouldProcess)] param([Parameter(Position = 0)][string[]]$ComputerName = @('localhost'), [switch]$Force)
    $ErrorActionPreference = Get-Preference $PSCmdlet $PSBoundParameters
    $WhatIfPreference = Get-Preference $PSCmdlet $PSBoundParameters 'WhatIf'
    foreach ($name in $ComputerName) { if ($PSCmdlet.ShouldProcess($name, 'Restart-Computer')) { Add-StandInCall -Command 'Restart-Computer' -Detail $name } }
}
