# The forced command of an account that may only be collected through (sshd: ForceCommand; key: command="..."). It speaks what
# rdposture speaks to a host without it, and runs the installed collector:
# - Standard input: the request in base64, a script in base64 over any number of lines, then `.SECONDS`. The script is read and
#   thrown away. Without the last line something was cut off, and nothing runs.
# - The command that the client asked for is looked at, to answer people in words, and never run.
# - Standard input stays open. When it ends, or when the seconds are over, the process ends itself.
# Exit codes: 9 the input was cut off, 10 the client wanted something else, 11 the input is no request.
[CmdletBinding()]
param()

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$maximumCharacters = 4194304
$maximumSeconds = 3600

if ([string]$env:SSH_ORIGINAL_COMMAND -cnotmatch '\Apowershell\.exe( -[A-Za-z]+( [A-Za-z]+)?){0,12} -EncodedCommand [A-Za-z0-9+/=]{1,24000}\z') {
    [Console]::Error.WriteLine('This account runs the collector of rdposture and nothing else.')
    exit 10
}

$reader = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), ([System.Text.Encoding]::ASCII)
$text = New-Object System.Text.StringBuilder
$buffer = [char[]]::new(16384)
$end = $null
while ($null -eq $end) {
    $count = $reader.Read($buffer, 0, $buffer.Length)
    if ($count -le 0) { exit 9 }
    [void]$text.Append($buffer, 0, $count)
    if ($text.Length -gt $maximumCharacters) {
        [Console]::Error.WriteLine("The input is longer than $maximumCharacters characters.")
        exit 11
    }
    # The last line is short, and may have come in two pieces.
    $from = [System.Math]::Max(0, $text.Length - $count - 16)
    if ($text.ToString($from, $text.Length - $from) -match '\n\.([0-9]{1,9})\r?\n') { $end = [int]$Matches[1] }
}
$seconds = [System.Math]::Min([System.Math]::Max(1, $end), $maximumSeconds)

try {
    $kill = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetCurrentProcess(), 'Kill')
    $reader.ReadLineAsync().GetAwaiter().OnCompleted($kill)
    [System.Threading.Tasks.Task]::Delay(1000 * $seconds).GetAwaiter().OnCompleted($kill)
}
catch {
    # Where the language mode forbids it, the collector says so below.
    $kill = $null
}

try {
    $line = $text.ToString().Split([char]10)[0].Trim()
    $request = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($line))
    # Which of the two; the guard finds out when the request says another thing elsewhere.
    $kind = if ($request -cmatch '"kind"\s*:\s*"rds-deployment"') { 'deployment' } else { 'host' }
    $guard = [System.IO.Path]::Combine($PSScriptRoot, 'Invoke-GuardedCollector.ps1')
    & $guard -Kind $kind -Request $request
}
catch {
    [Console]::Error.WriteLine("The request is refused: $($_.Exception.Message)")
    exit 11
}
exit 0
