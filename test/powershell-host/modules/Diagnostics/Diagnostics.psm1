# Keys of the fixture are `Get-WinEvent LOG` for events (Id, TimeCreated, Properties, Xml) and `Get-WinEvent -ListLog LOG`.
function Get-WinEvent {
    [CmdletBinding()] param([hashtable]$FilterHashtable, [string]$ListLog, [long]$MaxEvents = [long]::MaxValue)
    function Stop-With([string]$Id, [string]$Text) { $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new($Text), "$Id,Microsoft.PowerShell.Commands.GetWinEventCommand", 'ObjectNotFound', $null)) }
    if ($ListLog) {
        $found = @(Get-StandInRow "Get-WinEvent -ListLog $ListLog")
        if ($found.Count -eq 0) { Stop-With 'NoMatchingLogsFound' 'Es wurde kein Ereignisprotokoll gefunden.' }
        return $found
    }
    $count = 0
    foreach ($row in Get-StandInRow "Get-WinEvent $($FilterHashtable.LogName)") {
        if ($FilterHashtable.ContainsKey('Id') -and @($FilterHashtable.Id) -notcontains $row.Id) { continue }
        if ($FilterHashtable.ContainsKey('ProviderName') -and $row.ProviderName -ne $FilterHashtable.ProviderName) { continue }
        if ($FilterHashtable.ContainsKey('StartTime') -and $row.TimeCreated -lt $FilterHashtable.StartTime) { continue }
        $row.PSObject.Methods.Add([System.Management.Automation.PSScriptMethod]::new('ToXml', { $this.Xml }))
        if (++$count -gt $MaxEvents) { break }
        $row
    }
    if ($count -eq 0) { Stop-With 'NoMatchingEventsFound' 'Es wurden keine Ereignisse gefunden.' }
}
