# Signatures, and the policy for scripts: the fixture's `executionPolicy`, scope to policy.
function Get-AuthenticodeSignature {
    [CmdletBinding()] param([Parameter(Mandatory)][string]$LiteralPath)
    Get-StandInRow 'Get-AuthenticodeSignature' @{ Path = $LiteralPath }
}

enum ExecutionPolicy { Unrestricted = 0; RemoteSigned = 1; AllSigned = 2; Restricted = 3; Bypass = 4; Undefined = 5 }
enum ExecutionPolicyScope { Process = 0; CurrentUser = 1; LocalMachine = 2; UserPolicy = 3; MachinePolicy = 4 }
function Get-ExecutionPolicy {
    [CmdletBinding()] param([Parameter(Position = 0)][ExecutionPolicyScope]$Scope, [switch]$List)
    $document = [Rdposture.PowerShellHost.StandIns.Fixture]::Document
    # The first scope that says something counts, in this order.
    $rows = foreach ($name in 'MachinePolicy', 'UserPolicy', 'Process', 'CurrentUser', 'LocalMachine') {
        $own = if ($null -ne $document['executionPolicy'] -and $null -ne $document['executionPolicy'][$name]) { "$($document['executionPolicy'][$name])" } elseif ($name -eq 'LocalMachine') { 'RemoteSigned' } else { 'Undefined' }
        [pscustomobject]@{ Scope = [ExecutionPolicyScope]$name; ExecutionPolicy = [ExecutionPolicy]$own }
    }
    if ($List) { return $rows }
    if ($PSBoundParameters.ContainsKey('Scope')) { return $rows.Where({ $_.Scope -eq $Scope })[0].ExecutionPolicy }
    $first = $rows.Where({ $_.ExecutionPolicy -ne 'Undefined' })
    if ($first.Count -eq 0) { [ExecutionPolicy]::Restricted } else { $first[0].ExecutionPolicy }
}
