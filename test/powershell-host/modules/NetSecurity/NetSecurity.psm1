# The firewall. Its rows are what ActiveStore shows, and the local store of a rule is told by its PolicyStoreSource. On a host that
# can be changed a profile's row is what the local store says; ActiveStore then shows what policies and defaults make of it.
$writable = [Rdposture.PowerShellHost.StandIns.State]::IsWritable
$kind = 'Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2'

# Without a store, Windows reads the local rules alone.
function Get-Store([string]$Name, [hashtable]$Bound) {
    $store = $Bound['PolicyStore']
    if (-not $store) { $store = 'PersistentStore' }
    if ($store -eq 'ActiveStore') { return Get-StandInRow $Name @{} -TypeName "$kind/$Name" }
    if ($store -ne 'PersistentStore') { throw 'The test host plays ActiveStore and PersistentStore.' }
    $rows = @(Get-StandInRow $Name @{} -TypeName "$kind/$Name")
    if ($Name -eq 'Get-NetFirewallProfile') { return $rows }
    if ($Name -eq 'Get-NetFirewallRule') { return $rows.Where({ $_.PolicyStoreSource -eq 'PersistentStore' }) }
    $local = @(Get-Store 'Get-NetFirewallRule' @{}).ForEach({ "$($_.InstanceID)" })
    $rows.Where({ "$($_.InstanceID)" -in $local -and "$($_.PSObject.Properties['OfStore'].Value)" -in '', 'PersistentStore' })
}
function Get-Failure([string]$Class, [string]$Property, [string]$Value) {
    $text = "No $Class objects found with property '$Property' equal to '$Value'.  Verify the value of the property and retry."
    [System.Management.Automation.ErrorRecord]::new([Rdposture.PowerShellHost.StandIns.CimException]::new($text, 'NotFound', ''), "CmdletizationQuery_NotFound_$Property", 'ObjectNotFound', $Value)
}

# Property of a profile to: its policy and local registry value, what the numbers of those mean, and Windows' default.
$profileValues = @{
    Enabled                  = @{ Value = 'EnableFirewall'; Map = @{ 1 = 1; 0 = 0 }; Unset = 2; Default = 1 }
    DefaultInboundAction     = @{ Value = 'DefaultInboundAction'; Map = @{ 4 = 1; 2 = 0 }; Unset = 0; Default = 4 }
    DefaultOutboundAction    = @{ Value = 'DefaultOutboundAction'; Map = @{ 4 = 1; 2 = 0 }; Unset = 0; Default = 2 }
    AllowInboundRules        = @{ Value = 'DoNotAllowExceptions'; Map = @{ 1 = 0; 0 = 1 }; Unset = 2; Default = 1 }
    AllowLocalFirewallRules  = @{ Value = 'AllowLocalPolicyMerge'; Map = @{ 1 = 1; 0 = 0 }; Unset = 2; Default = 1 }
    AllowLocalIPsecRules     = @{ Value = 'AllowLocalIPsecPolicyMerge'; Map = @{ 1 = 1; 0 = 0 }; Unset = 2; Default = 1 }
    LogBlocked               = @{ Key = '\Logging'; Value = 'LogDroppedPackets'; Map = @{ 1 = 1; 0 = 0 }; Unset = 2; Default = 0 }
    LogAllowed               = @{ Key = '\Logging'; Value = 'LogSuccessfulConnections'; Map = @{ 1 = 1; 0 = 0 }; Unset = 2; Default = 0 }
    LogMaxSizeKilobytes      = @{ Key = '\Logging'; Value = 'LogFileSize'; Default = 4096 }
}
$policies = 'HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall'
$local = 'HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
# The local key of the private profile has the name of old.
$localKeys = @{ Domain = 'DomainProfile'; Private = 'StandardProfile'; Public = 'PublicProfile' }

function Get-NetFirewallProfile {
    [CmdletBinding()] param([Parameter(Position = 0)][Alias('Profile')][string[]]$Name, [switch]$All, [string]$PolicyStore)
    $style = [Rdposture.PowerShellHost.StandIns.Fixture]::Style
    $rows = @(Get-Store 'Get-NetFirewallProfile' $PSBoundParameters)
    foreach ($row in $rows) {
        if ($writable -and $PolicyStore -eq 'ActiveStore') {
            foreach ($property in $profileValues.Keys) {
                if (-not $row.PSObject.Properties[$property]) { continue }
                $about = $profileValues[$property]
                $key = [Rdposture.PowerShellHost.StandIns.StandInRegistryKey]::Open("$policies\$($row.Name)Profile$($about.Key)")
                $ruled = if ($null -ne $key) { $key.GetValue($about.Value) }
                if ($null -ne $ruled -and $null -ne $about.Map) { $ruled = @($about.Map.Keys).Where({ $about.Map[$_] -eq $ruled })[0] }
                $isUnset = $null -ne $about.Unset -and ($row.$property -as [string]) -in 'NotConfigured', "$($about.Unset)"
                if ($null -ne $ruled -or $isUnset) { $row.$property = [Rdposture.PowerShellHost.StandIns.Enums]::Convert('Get-NetFirewallProfile', $property, [int]$(if ($null -ne $ruled) { $ruled } else { $about.Default }), $style) }
            }
        }
        elseif ($writable -and $row.PSObject.Properties['DisabledInterfaceAliases'] -and $null -eq $row.DisabledInterfaceAliases) { $row.DisabledInterfaceAliases = [string[]]@('NotConfigured') }
    }
    if (-not $Name) { return $rows }
    foreach ($wanted in $Name) {
        $found = @($rows.Where({ $_.Name -like $wanted }))
        if ($found.Count -eq 0) { $PSCmdlet.WriteError((Get-Failure 'MSFT_NetFirewallProfile' 'InstanceID' $wanted)) }
        $found
    }
}
function Get-NetFirewallRule {
    [CmdletBinding()] param([Parameter(Position = 0)][Alias('ID')][string[]]$Name, [string[]]$DisplayName, [switch]$All, [string]$PolicyStore, [switch]$TracePolicyStore)
    $found = @(foreach ($rule in Get-Store 'Get-NetFirewallRule' $PSBoundParameters) {
        # The store of a rule is shown to who traces it, or asks for one store.
        if (-not $TracePolicyStore -and $PolicyStore -eq 'ActiveStore') { $rule.PSObject.Properties.Remove('PolicyStoreSource'); $rule.PSObject.Properties.Remove('PolicyStoreSourceType') }
        if ($PolicyStore -ne 'ActiveStore') { $rule.PSObject.TypeNames.Add('StandIn#PersistentStore') }
        if (-not $rule.PSObject.Properties['Name']) { $rule.PSObject.Properties.Add([psnoteproperty]::new('Name', $rule.InstanceID)) }
        if ($rule.PSObject.Properties['Profiles']) { $rule.PSObject.Properties.Add([psnoteproperty]::new('Profile', $rule.Profiles)) }
        $rule
    })
    foreach ($by in 'Name', 'DisplayName') {
        if (-not $PSBoundParameters.ContainsKey($by)) { continue }
        $property = if ($by -eq 'Name') { 'InstanceID' } else { 'DisplayName' }
        $found = @(foreach ($wanted in $PSBoundParameters[$by]) {
            $those = @($found.Where({ $_.$property -like $wanted }))
            if ($those.Count -eq 0 -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($wanted)) { $PSCmdlet.WriteError((Get-Failure 'MSFT_NetFirewallRule' $property $wanted)) }
            $those
        })
    }
    $found
}

# Rules are changed in the local store alone. Addresses are shown with a mask, whatever was given, and kept with a prefix.
function Set-NetFirewallRule {
    [CmdletBinding(DefaultParameterSetName = 'InputObject', SupportsShouldProcess)] param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Name')][Alias('ID')][string[]]$Name,
        [Parameter(Mandatory, ParameterSetName = 'DisplayName')][string[]]$DisplayName,
        [Parameter(Mandatory, ValueFromPipeline, ParameterSetName = 'InputObject')][psobject[]]$InputObject,
        [Parameter(ParameterSetName = 'Name')][Parameter(ParameterSetName = 'DisplayName')][string]$PolicyStore,
        [Rdposture.PowerShellHost.StandIns.FirewallRuleEnabled]$Enabled, [Rdposture.PowerShellHost.StandIns.FirewallProfile]$Profile, [Rdposture.PowerShellHost.StandIns.FirewallAction]$Action,
        [Rdposture.PowerShellHost.StandIns.EdgeTraversal]$EdgeTraversalPolicy, [string[]]$RemoteAddress, [string[]]$LocalAddress, [switch]$PassThru)
    process {
        $rules = switch ($PSCmdlet.ParameterSetName) { 'InputObject' { $InputObject } 'Name' { Get-NetFirewallRule -Name $Name -PolicyStore $PolicyStore } default { Get-NetFirewallRule -DisplayName $DisplayName -PolicyStore $PolicyStore } }
        foreach ($rule in $rules) {
            if ('StandIn#PersistentStore' -notin $rule.PSObject.TypeNames) {
                $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([Rdposture.PowerShellHost.StandIns.CimException]::new('Access is denied.', 'AccessDenied', 'Windows System Error 5'), 'Windows System Error 5', 'PermissionDenied', $rule))
                continue
            }
            $set = @{}
            $addresses = @{}
            foreach ($parameter in 'Enabled', 'Action', 'EdgeTraversalPolicy') { if ($PSBoundParameters.ContainsKey($parameter)) { $set[$parameter] = $PSBoundParameters[$parameter] } }
            if ($PSBoundParameters.ContainsKey('Profile')) { $set['Profiles'] = $Profile }
            foreach ($parameter in 'RemoteAddress', 'LocalAddress') { if ($PSBoundParameters.ContainsKey($parameter)) { $addresses[$parameter] = [Rdposture.PowerShellHost.StandIns.Addresses]::Kept($PSBoundParameters[$parameter]) } }
            if (@($addresses.Values).Where({ $null -eq $_ }).Count -gt 0) {
                $text = 'The address is invalid. Addresses may be specified as IP addresses, ranges, or subnets. Also, the following address keywords are allowed in certain places: LocalSubnet, DNS, DHCP, WINS, DefaultGateway, Internet, Intranet, IntranetRemoteAccess, PlayToDevice. Keywords can be restricted to IPv4 or IPv6 by appending a 4 or 6.'
                $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([Rdposture.PowerShellHost.StandIns.CimException]::new($text, 'InvalidParameter', 'HRESULT 0x80070057'), 'HRESULT 0x80070057', 'InvalidArgument', $rule))
                continue
            }
            $where = @{ InstanceID = $rule.InstanceID; PolicyStoreSource = 'PersistentStore' }
            $changes = @(if ($set.Count -gt 0) { @{ Rows = 'Get-NetFirewallRule'; Where = $where; Set = $set } })
            if ($addresses.Count -gt 0) {
                $of = @{ InstanceID = $rule.InstanceID }
                $filter = @(Get-StandInRow 'Get-NetFirewallAddressFilter' @{ InstanceID = [string]$rule.InstanceID }).Where({ "$($_.PSObject.Properties['OfStore'].Value)" -in '', 'PersistentStore' })
                if ($filter.Count -eq 1 -and $filter[0].PSObject.Properties['OfStore']) { $of['OfStore'] = 'PersistentStore' }
                $changes += @{ Rows = 'Get-NetFirewallAddressFilter'; Where = $of; Set = $addresses }
            }
            if ($changes.Count -gt 0 -and $PSCmdlet.ShouldProcess($rule.InstanceID, 'Set-NetFirewallRule')) { Set-StandInRow -Command 'Set-NetFirewallRule' -Detail $rule.InstanceID -Change $changes }
            if ($PassThru) { Get-NetFirewallRule -Name $rule.InstanceID }
        }
    }
}

function Set-NetFirewallProfile {
    [CmdletBinding(SupportsShouldProcess)] param(
        [Parameter(Position = 0)][Alias('Profile')][string[]]$Name, [switch]$All, [string]$PolicyStore = 'PersistentStore',
        [Rdposture.PowerShellHost.StandIns.GpoBoolean]$Enabled, [Rdposture.PowerShellHost.StandIns.FirewallAction]$DefaultInboundAction, [Rdposture.PowerShellHost.StandIns.FirewallAction]$DefaultOutboundAction,
        [Rdposture.PowerShellHost.StandIns.GpoBoolean]$AllowInboundRules, [Rdposture.PowerShellHost.StandIns.GpoBoolean]$AllowLocalFirewallRules, [Rdposture.PowerShellHost.StandIns.GpoBoolean]$AllowLocalIPsecRules,
        [Rdposture.PowerShellHost.StandIns.GpoBoolean]$LogAllowed, [Rdposture.PowerShellHost.StandIns.GpoBoolean]$LogBlocked, [ValidateRange(1, 32767)][uint64]$LogMaxSizeKilobytes, [string[]]$DisabledInterfaceAliases)
    if ($PolicyStore -ne 'PersistentStore') {
        $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([Rdposture.PowerShellHost.StandIns.CimException]::new('Access is denied.', 'AccessDenied', 'Windows System Error 5'), 'Windows System Error 5', 'PermissionDenied', $PolicyStore))
        return
    }
    foreach ($row in Get-NetFirewallProfile -Name $(if ($All -or -not $Name) { '*' } else { $Name }) -PolicyStore PersistentStore) {
        $set = @{}
        $changes = @()
        foreach ($property in $profileValues.Keys) {
            if (-not $PSBoundParameters.ContainsKey($property)) { continue }
            $about = $profileValues[$property]
            $set[$property] = [int]$PSBoundParameters[$property]
            $data = if ($null -eq $about.Map) { $set[$property] } else { $about.Map[$set[$property]] }
            $changes += @{ Registry = "$local\$($localKeys[$row.Name])$($about.Key)"; Name = $about.Value; Value = $data }
        }
        # Nothing and the word mean the same.
        if ($PSBoundParameters.ContainsKey('DisabledInterfaceAliases')) { $set['DisabledInterfaceAliases'] = if ("$DisabledInterfaceAliases" -in '', 'NotConfigured') { $null } else { $DisabledInterfaceAliases } }
        $changes += @{ Rows = 'Get-NetFirewallProfile'; Where = @{ Name = $row.Name }; Set = $set }
        if ($PSCmdlet.ShouldProcess($row.Name, 'Set-NetFirewallProfile')) { Set-StandInRow -Command 'Set-NetFirewallProfile' -Detail $row.Name -Change $changes }
    }
}

# The filters of a rule whose id stands in two stores are told apart by the rule alone, here by its store.
function Get-Filter([string]$Name, [hashtable]$Bound, $Rule) {
    $filters = if ($null -ne $Rule) { Get-StandInRow $Name @{ InstanceID = [string]$Rule.InstanceID; OfStore = [string]$Rule.PolicyStoreSource } } else { Get-Store $Name $Bound }
    if ($writable -and $Name -eq 'Get-NetFirewallAddressFilter') { foreach ($filter in $filters) { foreach ($side in 'LocalAddress', 'RemoteAddress') { $filter.$side = [Rdposture.PowerShellHost.StandIns.Addresses]::Shown($filter.$side) } } }
    $filters
}
function Get-NetFirewallPortFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallPortFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallAddressFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallAddressFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallApplicationFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallApplicationFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallServiceFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallServiceFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallInterfaceFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallInterfaceFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallInterfaceTypeFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallInterfaceTypeFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallSecurityFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallSecurityFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
