# Without a store, Windows reads the local rules alone; and the store of a rule is shown to who traces it.
function Get-Store([string]$Name, [hashtable]$Bound) {
    if ($Bound['PolicyStore'] -ne 'ActiveStore') { throw "The test host plays the ActiveStore only." }
    Get-StandInRow $Name @{} -TypeName "Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/$Name"
}
function Get-NetFirewallProfile { [CmdletBinding()] param([string]$PolicyStore) Get-Store 'Get-NetFirewallProfile' $PSBoundParameters }
function Get-NetFirewallRule {
    [CmdletBinding()] param([string]$PolicyStore, [switch]$TracePolicyStore)
    foreach ($rule in Get-Store 'Get-NetFirewallRule' $PSBoundParameters) {
        if (-not $TracePolicyStore) { $rule.PSObject.Properties.Remove('PolicyStoreSource'); $rule.PSObject.Properties.Remove('PolicyStoreSourceType') }
        $rule
    }
}
# The filters of a rule whose id stands in two stores are told apart by the rule alone, here by its store.
function Get-Filter([string]$Name, [hashtable]$Bound, $Rule) {
    if ($null -ne $Rule) { Get-StandInRow $Name @{ InstanceID = [string]$Rule.InstanceID; OfStore = [string]$Rule.PolicyStoreSource } }
    else { Get-Store $Name $Bound }
}
function Get-NetFirewallPortFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallPortFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallAddressFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallAddressFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallApplicationFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallApplicationFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallServiceFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallServiceFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallInterfaceFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallInterfaceFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallInterfaceTypeFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallInterfaceTypeFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
function Get-NetFirewallSecurityFilter { [CmdletBinding()] param([string]$PolicyStore, [Parameter(ValueFromPipeline)]$AssociatedNetFirewallRule) process { Get-Filter 'Get-NetFirewallSecurityFilter' $PSBoundParameters $AssociatedNetFirewallRule } }
