# What a reader of the endpoint RdsPosture can call. The session runs as an administrator, so everything that comes in is hostile:
# the guard beside this module decides what is read.
Set-StrictMode -Version 2.0

<#
.SYNOPSIS
Reads this host, or the Remote Desktop deployment of this broker, and returns the snapshot in frames.
.PARAMETER Kind
host or deployment.
.PARAMETER Request
The request as rdposture sends it, as JSON. Only its nonce, name, sections and collections count.
#>
function Get-RdsSnapshot {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)][ValidateSet('host', 'deployment')][string]$Kind,
        [Parameter(Mandatory = $true)][ValidateLength(2, 262144)][string]$Request
    )
    $ErrorActionPreference = 'Stop'
    $guard = [System.IO.Path]::Combine($PSScriptRoot, 'Invoke-GuardedCollector.ps1')
    # A session of its own: the caller's has no language and few commands, and nothing of it may reach the collector. The host is
    # the caller's, by which the collector sees that its frames go out as objects.
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($Host, [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $shell = [System.Management.Automation.PowerShell]::Create()
    $pending = $null
    try {
        $runspace.Open()
        $shell.Runspace = $runspace
        [void]$shell.AddCommand($guard).AddParameter('Kind', $Kind).AddParameter('Request', $Request)
        $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $nothing.Complete()
        $frames = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $pending = $shell.BeginInvoke($nothing, $frames)
        # In steps, so that a caller who stops is heard.
        while (-not $pending.AsyncWaitHandle.WaitOne(200)) { $frames.ReadAll() }
        $frames.ReadAll()
        try { [void]$shell.EndInvoke($pending) }
        catch { throw $_.Exception.GetBaseException().Message }
    }
    finally {
        # What does not stop must not keep the caller waiting.
        if ($null -ne $pending -and -not $pending.IsCompleted) { [void]$shell.BeginStop($null, $null) }
        else {
            $shell.Dispose()
            $runspace.Dispose()
        }
    }
}

Export-ModuleMember -Function 'Get-RdsSnapshot'
