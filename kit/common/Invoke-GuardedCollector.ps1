# Runs an installed collector for somebody who may start it and may not say what it reads: what stands before a privileged
# session or behind a forced command. -Request is the text that rdposture sends, and it is hostile until read:
#   taken from it   the nonce, the target's name, which sections, which collections (all of them only choose or label)
#   never taken     registry keys and limits: those are of request.json beside this script, which only administrators write
# So a caller sees nothing but what the installed files name. It lies beside the collectors and request.json.
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][ValidateSet('host', 'deployment')][string]$Kind,
    [Parameter(Mandatory = $true)][string]$Request
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$maximumCharacters = 262144
$kinds = @{
    host       = @{ name = 'windows-host'; script = 'Collect-RdsHost.ps1' }
    deployment = @{ name = 'rds-deployment'; script = 'Collect-RdsDeployment.ps1' }
}

# As the collectors do: a remote session has no console.
function Write-Frame([string]$Line) {
    if ($Host.Name -eq 'ServerRemoteHost') { return $Line }
    [Console]::Out.WriteLine($Line)
}

# ASCII only. Not ConvertTo-Json, which writes lists differently on 5.1 and 7.
function ConvertTo-JsonString([string]$Text) {
    $builder = New-Object System.Text.StringBuilder
    [void]$builder.Append('"')
    foreach ($character in $Text.ToCharArray()) {
        $code = [int]$character
        if ($code -ge 32 -and $code -le 126 -and $code -ne 34 -and $code -ne 92) { [void]$builder.Append($character) }
        else { [void]$builder.Append('\u' + $code.ToString('x4', [System.Globalization.CultureInfo]::InvariantCulture)) }
    }
    [void]$builder.Append('"')
    return $builder.ToString()
}

# Whatever a hostile request makes of this (a member may be called PSObject), what comes back is checked by who asks.
function Get-Part($Object, [string]$Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return , $property.Value
}

function Get-Text($Object, [string]$Name, [string]$Pattern) {
    $value = Get-Part $Object $Name
    if ($null -eq $value) { return $null }
    if ($value -isnot [string] -or $value -cnotmatch $Pattern) { throw "The request's '$Name' is not what it should be." }
    return $value
}

# A list of texts as JSON; `null` where there is none.
function Get-ListText($Object, [string]$Name, [string]$Pattern, [int]$Most) {
    $value = Get-Part $Object $Name
    if ($null -eq $value) { return 'null' }
    if ($value -isnot [object[]] -or $value.Length -gt $Most) { throw "The request's '$Name' is not what it should be." }
    $texts = New-Object 'System.Collections.Generic.List[string]'
    foreach ($item in $value) {
        if ($item -isnot [string] -or $item -cnotmatch $Pattern) { throw "The request's '$Name' is not what it should be." }
        $texts.Add((ConvertTo-JsonString $item))
    }
    return '[' + [string]::Join(',', $texts) + ']'
}

# What is read, from the installed file alone.
function Get-InstalledParts {
    $installed = ConvertFrom-Json ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($PSScriptRoot, 'request.json')))
    $reads = New-Object 'System.Collections.Generic.List[string]'
    if ($Kind -eq 'host') {
        foreach ($read in $installed.registry) {
            $name = if ($null -eq $read.name) { 'null' } else { ConvertTo-JsonString $read.name }
            $reads.Add('{"key":' + (ConvertTo-JsonString $read.key) + ',"name":' + $name + '}')
        }
    }
    $limits = foreach ($name in 'sectionRows', 'textLength', 'totalBytes', 'sectionSeconds') { '"' + $name + '":' + [long]$installed.limits.$name }
    return '"registry":[' + [string]::Join(',', $reads) + '],"limits":{' + [string]::Join(',', $limits) + '}'
}

$nonce = $null
$safe = $null
try {
    if ($Request.Length -gt $maximumCharacters) { throw "The request is longer than $maximumCharacters characters." }
    try { $asked = ConvertFrom-Json $Request }
    catch { throw 'The request is not JSON.' }
    if ($asked -isnot [System.Management.Automation.PSCustomObject]) { throw 'The request is not an object.' }
    $nonce = Get-Text $asked 'nonce' '\A[0-9a-f]{32}\z'
    if ($null -eq $nonce) { throw 'The request has no nonce.' }
    $wanted = $kinds[$Kind].name
    if ((Get-Text $asked 'kind' '\A[a-z-]{1,40}\z') -cne $wanted) { throw "The request is not for this collector, which makes snapshots of $wanted." }
    $name = Get-Text $asked 'name' '\A[^\x00-\x1f\x7f]{1,255}\z'
    $sections = Get-ListText $asked 'sections' '\A[A-Za-z0-9_.]{1,100}\z' 200
    $collections = Get-ListText $asked 'collections' '\A[^\x00-\x1f\x7f]{1,256}\z' 1000
    $label = if ($null -eq $name) { 'null' } else { ConvertTo-JsonString $name }
    $safe = '{"nonce":"' + $nonce + '","kind":"' + $wanted + '","name":' + $label + ',"sections":' + $sections + ',"collections":' + $collections + ',' + (Get-InstalledParts) + '}'
}
catch {
    if ($null -eq $nonce) { throw }
    $message = [string]$_.Exception.Message
    if ($message.Length -gt 1000) { $message = $message.Substring(0, 1000) }
    Write-Frame "rdposture-begin $nonce"
    Write-Frame "rdposture-fail $nonce request $([System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($message)))"
}
if ($null -ne $safe) {
    $collector = [System.IO.Path]::Combine($PSScriptRoot, $kinds[$Kind].script)
    & $collector -Request $safe
}
