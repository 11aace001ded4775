#Requires -RunAsAdministrator
# Makes this host match a plan of rdposture, step by step: what is safe first, what can cut a connection last. Windows PowerShell
# 5.1 and PowerShell 7, 64 bit, as an administrator. Run it with -WhatIf first.
#   .\HOST.ps1 -WhatIf             what it would do
#   .\HOST.ps1                     the steps that cut no connection
#   .\HOST.ps1 -AllowDisconnect    all steps; they are undone by themselves after -RollbackMinutes, unless you say -Keep
#   .\HOST.ps1 -Keep               the connection still works: keep what was done
#   .\HOST.ps1 -Undo               as it was before
# The plan stands below as data, or in -PlanFile; nothing of it is run as code. Exit code: 0 done or nothing to do; 1 failed, and
# all is as before; 2 refused before anything was changed; 3 done but for steps that were left out; 4 failed, and not all could
# be undone: see the log.
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [switch]$AllowDisconnect,
    [switch]$Keep,
    [switch]$Undo,
    # Also where somebody else has changed a value since.
    [switch]$Force,
    # What the task of the system says: a change that was kept stays.
    [switch]$Rollback,
    [ValidateRange(2, 1440)][int]$RollbackMinutes = 10,
    [string]$PlanFile,
    # What `rdposture apply` sends: the answer goes to standard output in frames.
    [string]$Request
)

Set-StrictMode -Version 2.0
# Commands that are script modules of Windows do not see this; each call of one says it again.
# https://github.com/PowerShell/PowerShell/issues/4568
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$embedded = @'
'@

# A host may run only signed scripts in full; in another language mode nothing below works. The text is
# `Only the full language mode of PowerShell changes this host.` in base64, which that mode cannot make.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    if ($Request -match '"nonce"\s*:\s*"([0-9a-f]{32})"') { "rdposture-fail $($Matches[1]) language-mode T25seSB0aGUgZnVsbCBsYW5ndWFnZSBtb2RlIG9mIFBvd2VyU2hlbGwgY2hhbmdlcyB0aGlzIGhvc3Qu" }
    exit 2
}

$invariant = [System.Globalization.CultureInfo]::InvariantCulture
$ordinal = [System.StringComparer]::Ordinal
$utf8 = New-Object System.Text.UTF8Encoding $false
$ownText = $MyInvocation.MyCommand.ScriptBlock.ToString()
$rollbackPath = '\rdposture\'

#region Values. Texts travel with '=' in front: PowerShell 7 takes what looks like a date for one.

function ConvertFrom-Plan($Value) {
    if ($null -eq $Value -or $Value -is [bool] -or $Value -is [int] -or $Value -is [long] -or $Value -is [double] -or $Value -is [decimal]) { return $Value }
    if ($Value -is [string]) {
        if ($Value.Length -eq 0 -or $Value[0] -ne '=') { throw 'The plan holds a text without its mark.' }
        return $Value.Substring(1)
    }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) { $table[$property.Name] = ConvertFrom-Plan $property.Value }
        return $table
    }
    if ($Value -is [System.Collections.IEnumerable]) { return , [object[]]@($Value | ForEach-Object { ConvertFrom-Plan $_ }) }
    throw "The plan holds a $($Value.GetType().Name)."
}

function ConvertTo-JsonText($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [string]) {
        $builder = New-Object System.Text.StringBuilder
        [void]$builder.Append('"=')
        foreach ($character in $Value.ToCharArray()) {
            $code = [int]$character
            if ($code -ge 32 -and $code -le 126 -and $code -ne 34 -and $code -ne 92) { [void]$builder.Append($character) }
            else { [void]$builder.Append('\u' + $code.ToString('x4', $invariant)) }
        }
        [void]$builder.Append('"')
        return $builder.ToString()
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $keys = [string[]]@($Value.Keys)
        [System.Array]::Sort($keys, $ordinal)
        return '{' + [string]::Join(',', [string[]]@($keys | ForEach-Object { (ConvertTo-JsonText $_).Remove(1, 1) + ':' + (ConvertTo-JsonText $Value[$_]) })) + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) { return '[' + [string]::Join(',', [string[]]@(foreach ($item in $Value) { ConvertTo-JsonText $item })) + ']' }
    return ([System.Convert]::ToString($Value, $invariant))
}

# A value as a collector reads it: enums as numbers, flags as 0 and 1, lists without order or case.
function ConvertTo-Comparable($Value, [switch]$InOrder) {
    if ($null -eq $Value) { return '' }
    if ($Value -is [bool]) { return [string][int]$Value }
    if ($Value -is [enum]) { return [System.Convert]::ToInt64($Value, $invariant).ToString($invariant) }
    if ($Value -is [string]) { return $Value }
    if ($Value -is [System.Collections.IEnumerable]) {
        $texts = [string[]]@(foreach ($item in $Value) { ConvertTo-Comparable $item })
        if ($InOrder) { return [string]::Join("`n", $texts) }
        $texts = [string[]]@($texts | ForEach-Object { $_.ToLowerInvariant() })
        [System.Array]::Sort($texts, $ordinal)
        return [string]::Join("`n", $texts)
    }
    return [System.Convert]::ToString($Value, $invariant)
}

# What is handed to a writer to have the value again: names of enums, so that any edition takes them.
function ConvertTo-Writable($Value) {
    if ($Value -is [enum]) { return , [object[]]@(([string]$Value) -split ',\s*') }
    if ($Value -is [string] -or $Value -is [bool] -or $null -eq $Value) { return $Value }
    if ($Value -is [System.Collections.IEnumerable]) { return , [object[]]@(foreach ($item in $Value) { ConvertTo-Writable $item }) }
    return $Value
}
#endregion

#region The registry, in the 64-bit view. Data is restored as it was, kind and all.

function Open-Hive([string]$Hive) {
    if ($Hive -cne 'LocalMachine') { throw "The plan names the hive '$Hive'." }
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey($Hive, 'Registry64')
}

function ConvertTo-RegistryData($Data, [string]$Kind) {
    switch ($Kind) {
        'DWord' { return [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32][long]$Data), 0) }
        'QWord' { return [long]$Data }
        'String' { return [string]$Data }
        'ExpandString' { return [string]$Data }
        'MultiString' { return , [string[]]@($Data) }
        'Binary' { if ($Data -is [string]) { return , [System.Convert]::FromBase64String($Data) } else { return , [byte[]]@($Data) } }
        'None' { return , [System.Convert]::FromBase64String([string]$Data) }
    }
    throw "The plan names the kind '$Kind'."
}

function ConvertFrom-RegistryData($Data, [string]$Kind) {
    switch ($Kind) {
        'DWord' { return [long][System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int]$Data), 0) }
        'QWord' { return ([long]$Data).ToString($invariant) }
        'MultiString' { return , [object[]]@($Data) }
        'Binary' { return [System.Convert]::ToBase64String([byte[]]$Data) }
        'None' { return [System.Convert]::ToBase64String([byte[]]$Data) }
    }
    return [string]$Data
}

function Get-ValueOf($Key, [string]$Name) {
    $own = @($Key.GetValueNames() | Where-Object { [string]::Equals($_, $Name, 'OrdinalIgnoreCase') })
    if ($own.Count -eq 0) { return $null }
    $kind = [string]$Key.GetValueKind($own[0])
    $data = $Key.GetValue($own[0], $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    return @{ name = [string]$own[0]; kind = $kind; data = (ConvertFrom-RegistryData $data $kind) }
}

# The first key of the path that does not exist: undo takes away what was made, no more.
function Get-MissingKey($Base, [string]$Key) {
    $path = ''
    foreach ($step in $Key.Split('\')) {
        $path = if ($path) { "$path\$step" } else { $step }
        $open = $Base.OpenSubKey($path)
        if ($null -eq $open) { return $path }
        $open.Dispose()
    }
    return $null
}

function Get-RegistryValue([string]$Hive, [string]$Key, [string]$Name) {
    $base = Open-Hive $Hive
    try {
        $state = @{ hive = $Hive; key = $Key; name = $Name; value = $null; missing = (Get-MissingKey $base $Key) }
        if ($null -eq $state.missing) {
            $open = $base.OpenSubKey($Key)
            try { $state.value = Get-ValueOf $open $Name } finally { $open.Dispose() }
        }
        return $state
    }
    finally { $base.Dispose() }
}

# Keys that were made and hold nothing else.
function Remove-EmptyKey($Base, [string]$Key, $Missing) {
    if ($null -eq $Missing) { return }
    for ($path = $Key; $path.Length -ge $Missing.Length; $path = $path.Substring(0, $path.LastIndexOf('\'))) {
        $open = $Base.OpenSubKey($path)
        if ($null -ne $open) {
            $isEmpty = $open.ValueCount -eq 0 -and $open.SubKeyCount -eq 0
            $open.Dispose()
            if (-not $isEmpty) { return }
            $Base.DeleteSubKey($path, $false)
        }
        if ($path.Length -eq $Missing.Length) { return }
    }
}

function Restore-RegistryValue($State) {
    $base = Open-Hive $State.hive
    try {
        if ($null -ne $State.value) {
            $open = $base.CreateSubKey($State.key)
            try { $open.SetValue($State.value.name, (ConvertTo-RegistryData $State.value.data $State.value.kind), $State.value.kind) } finally { $open.Dispose() }
            return
        }
        $open = $base.OpenSubKey($State.key, $true)
        if ($null -ne $open) { try { $open.DeleteValue($State.name, $false) } finally { $open.Dispose() } }
        Remove-EmptyKey $base $State.key $State.missing
    }
    finally { $base.Dispose() }
}

# The numbered values of a list: the whole sub-key, null where there is none.
function Get-RegistryList([string]$Hive, [string]$Key) {
    $base = Open-Hive $Hive
    try {
        $open = $base.OpenSubKey($Key)
        if ($null -eq $open) { return $null }
        try { return , [object[]]@(foreach ($name in $open.GetValueNames()) { Get-ValueOf $open $name }) } finally { $open.Dispose() }
    }
    finally { $base.Dispose() }
}

function Set-RegistryList([string]$Hive, [string]$Key, $Values, $Missing) {
    $base = Open-Hive $Hive
    try {
        $base.DeleteSubKeyTree($Key, $false)
        if ($null -ne $Values) {
            $open = $base.CreateSubKey($Key)
            try { foreach ($value in $Values) { $open.SetValue($value.name, (ConvertTo-RegistryData $value.data $value.kind), $value.kind) } } finally { $open.Dispose() }
        }
        elseif ($null -ne $Missing -and $Missing.Length -lt $Key.Length) { Remove-EmptyKey $base $Key.Substring(0, $Key.LastIndexOf('\')) $Missing }
    }
    finally { $base.Dispose() }
}
#endregion

#region Reading and writing. Objects are found by listing and comparing by ordinal, never by a name that may hold wildcards.

function Select-One($Objects, $Where, [string]$What) {
    $found = @(foreach ($candidate in $Objects) {
            $matching = $true
            foreach ($member in @($Where.Keys)) { if (-not [string]::Equals([string]$candidate.$member, [string]$Where[$member], 'OrdinalIgnoreCase')) { $matching = $false } }
            if ($matching) { $candidate }
        })
    if ($found.Count -ne 1) { throw "Expected one $What, found $($found.Count)." }
    return $found[0]
}

function Get-CollectionConfiguration($Arguments, [string]$Member) {
    $where = @{ CollectionName = [string]$Arguments.CollectionName; ConnectionBroker = [string]$Arguments.ConnectionBroker }
    foreach ($part in 'Security', 'Connection', 'Client', 'UserGroup', '') {
        $switches = if ($part) { @{ $part = $true } } else { @{} }
        $answer = Get-RDSessionCollectionConfiguration @where @switches -ErrorAction Stop
        $property = if ($null -eq $answer) { $null } else { $answer.PSObject.Properties[$Member] }
        if ($null -ne $property) { return , $property.Value }
    }
    throw "The collection has no '$Member'."
}

function Get-SessionHost($Arguments) {
    $broker = @{ ConnectionBroker = [string]$Arguments.ConnectionBroker }
    $all = foreach ($collection in @(Get-RDSessionCollection @broker -ErrorAction Stop)) { Get-RDSessionHost -CollectionName $collection.CollectionName @broker -ErrorAction Stop }
    return Select-One @($all) @{ SessionHost = $Arguments.SessionHost } 'session host'
}

function Get-UserRight([string]$Right) {
    $file = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'rdposture-' + [guid]::NewGuid().ToString('N'))
    $secedit = [System.IO.Path]::Combine($env:SystemRoot, 'System32', 'secedit.exe')
    try {
        [void](& $secedit /export /areas USER_RIGHTS /cfg "$file.inf" /log "$file.log" /quiet)
        if ($LASTEXITCODE -ne 0) { throw "secedit failed with $LASTEXITCODE." }
        foreach ($line in [System.IO.File]::ReadAllLines("$file.inf")) {
            $at = $line.IndexOf('=')
            if ($at -gt 0 -and $line.Substring(0, $at).Trim() -ceq $Right) { return , [object[]]@($line.Substring($at + 1).Split(',') | ForEach-Object { $_.Trim() } | Where-Object { $_ }) }
        }
        return , [object[]]@()
    }
    finally { foreach ($end in '.inf', '.log') { [System.IO.File]::Delete($file + $end) } }
}

function Set-UserRight([string]$Right, $Names) {
    if ($Right -cnotmatch '\ASe[A-Za-z]+\z') { throw "The plan names the right '$Right'." }
    # A template is lines of text: nothing but a SID or a name without marks may enter it.
    $names = @(foreach ($name in $Names) {
            if ([string]$name -match '\A\*?S-1-[0-9-]+\z') { '*' + ([string]$name).TrimStart('*') }
            elseif ([string]$name -match '[\r\n,=;\[\]"]') { throw 'A name of an account cannot be written into a security template.' }
            else { [string]$name }
        })
    $file = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'rdposture-' + [guid]::NewGuid().ToString('N'))
    $secedit = [System.IO.Path]::Combine($env:SystemRoot, 'System32', 'secedit.exe')
    $text = @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]', "$Right = $($names -join ',')") -join "`r`n"
    try {
        [System.IO.File]::WriteAllText("$file.inf", $text, [System.Text.Encoding]::Unicode)
        [void](& $secedit /configure /db "$file.sdb" /cfg "$file.inf" /areas USER_RIGHTS /quiet)
        if ($LASTEXITCODE -ne 0) { throw "secedit failed with $LASTEXITCODE." }
    }
    finally { foreach ($end in '.inf', '.sdb', '.jfm') { [System.IO.File]::Delete($file + $end) } }
}

function Get-CimTarget($Operation) {
    return Select-One @(Get-CimInstance -Namespace $Operation.namespace -ClassName $Operation.class -ErrorAction Stop) $Operation.where "object of $($Operation.class)"
}

# The command takes names; what a rule shows are bits, and all of them when nothing is set.
function ConvertTo-ProfileNames($Value) {
    $bits = 0L
    if ($Value -is [string] -or $Value -is [object[]] -or -not [long]::TryParse([string]$Value, [ref]$bits)) { return , [object[]]@($Value) }
    if ($bits -eq 0 -or ($bits -band 7) -eq 7) { return , [object[]]@('Any') }
    return , [object[]]@(foreach ($name in 'Domain', 'Private', 'Public') { if ($bits -band @{ Domain = 1; Private = 2; Public = 4 }[$name]) { $name } })
}

function Get-Rule($Operation) {
    return Select-One @(Get-NetFirewallRule -PolicyStore PersistentStore -ErrorAction Stop) $Operation.where 'firewall rule'
}

# The value that an operation writes, as it is now.
function Get-Current($Operation) {
    switch ($Operation.kind) {
        'registry' { return , (Get-RegistryValue $Operation.hive $Operation.key $Operation.name) }
        'registryList' {
            $base = Open-Hive $Operation.hive
            try { $missing = Get-MissingKey $base "$($Operation.key)\$($Operation.name)" } finally { $base.Dispose() }
            return @{
                values   = Get-RegistryList $Operation.hive "$($Operation.key)\$($Operation.name)"
                missing  = $missing
                switched = Get-RegistryValue $Operation.hive $Operation.key $Operation.name
            }
        }
        'userRight' { return , (Get-UserRight $Operation.right) }
        'cim' { return , (Get-CimTarget $Operation).($Operation.field) }
        'cmdlet' {
            switch ($Operation.name) {
                'Set-CimInstance' { return , (Get-CimTarget $Operation).($Operation.field) }
                'Set-NetFirewallRule' {
                    $rule = Get-Rule $Operation
                    if ($Operation.arguments.ContainsKey('RemoteAddress')) { return , @(($rule | Get-NetFirewallAddressFilter -ErrorAction Stop).RemoteAddress) }
                    return , $rule.($Operation.field)
                }
                'Set-NetFirewallProfile' {
                    $found = Select-One @(Get-NetFirewallProfile -PolicyStore PersistentStore -ErrorAction Stop) @{ Name = $Operation.arguments.Name } 'firewall profile'
                    return , $found.($Operation.field)
                }
                'Set-RDSessionCollectionConfiguration' { return , (Get-CollectionConfiguration $Operation.arguments $Operation.field) }
                'Set-RDSessionHost' { return , (Get-SessionHost $Operation.arguments).($Operation.field) }
            }
        }
    }
    throw "The plan names a writer '$($Operation.kind) $($Operation.name)' that there is none of."
}

# Windows shows a network by its mask, whatever was written: 10.0.0.0/8 as 10.0.0.0/255.0.0.0.
function ConvertTo-Network([string]$Text) {
    if ($Text -notmatch '\A(\d{1,3}(?:\.\d{1,3}){3})/(\d{1,2}|\d{1,3}(?:\.\d{1,3}){3})\z') { return $Text }
    $first, $second = $Matches[1], $Matches[2]
    $address = $null
    $mask = $null
    if (-not [System.Net.IPAddress]::TryParse($first, [ref]$address)) { return $Text }
    $bytes = $address.GetAddressBytes()
    $bits = 0
    if ($second.IndexOf('.') -lt 0) { $bits = [int]$second }
    elseif (-not [System.Net.IPAddress]::TryParse($second, [ref]$mask)) { return $Text }
    else { foreach ($byte in $mask.GetAddressBytes()) { $bits += [System.Convert]::ToString($byte, 2).Replace('0', '').Length } }
    for ($at = 0; $at -lt 4; $at++) {
        $kept = [System.Math]::Max(0, [System.Math]::Min(8, $bits - 8 * $at))
        $bytes[$at] = $bytes[$at] -band (255 -bxor ((1 -shl (8 - $kept)) - 1))
    }
    $network = [string]::Join('.', $bytes)
    if ($bits -ge 32) { return $network }
    return "$network/$bits"
}

# The form that an operation's values are compared in.
function ConvertTo-Form($Operation, $Value) {
    if ($Operation.kind -ceq 'cmdlet' -and $Operation.arguments.ContainsKey('RemoteAddress')) { return ConvertTo-Comparable @(foreach ($item in @($Value)) { ConvertTo-Network ([string]$item) }) }
    return ConvertTo-Comparable $Value
}

# The same in a form to compare; what is not there is an empty text.
function Get-Comparable($Operation, $Current) {
    switch ($Operation.kind) {
        'registry' { if ($null -eq $Current.value) { return '' } else { return "$($Current.value.kind):" + (ConvertTo-Comparable $Current.value.data -InOrder) } }
        'registryList' {
            # A policy that is not configured is another thing than one that is disabled.
            $switch = if (-not $Operation.switched) { '' } elseif ($null -eq $Current.switched.value) { 'unset:' } elseif ([string]$Current.switched.value.data -ne '1') { 'off:' } else { '' }
            if ($null -eq $Current.values) { return $switch }
            return $switch + (ConvertTo-Comparable @($Current.values | ForEach-Object { $_.data }))
        }
        'userRight' { return ConvertTo-Comparable @($Current | ForEach-Object { ([string]$_).TrimStart('*') }) }
    }
    return ConvertTo-Form $Operation $Current
}

function Get-Wanted($Operation) {
    switch ($Operation.kind) {
        'registry' {
            if ($null -eq $Operation.data) { return '' }
            $data = ConvertFrom-RegistryData (ConvertTo-RegistryData $Operation.data $Operation.type) $Operation.type
            return "$($Operation.type):" + (ConvertTo-Comparable $data -InOrder)
        }
        'registryList' { if (@($Operation.items).Count -eq 0) { if ($Operation.switched) { return 'off:' } else { return '' } } else { return ConvertTo-Comparable @($Operation.items) } }
        'userRight' { return ConvertTo-Comparable @($Operation.sids) }
    }
    return ConvertTo-Form $Operation $Operation.raw
}

# Text in the registry has a case; names of accounts, addresses and enums have none.
function Test-Same($Operation, [string]$A, [string]$B) {
    $comparison = if ($Operation.kind -eq 'registry') { 'Ordinal' } else { 'OrdinalIgnoreCase' }
    return [string]::Equals($A, $B, $comparison)
}

function Test-Expected($Operation, [string]$Comparable) {
    if ($null -eq $Operation.expect) { return $true }
    $forms = @(foreach ($form in $Operation.expect) { ConvertTo-Form $Operation $form })
    # Kinds of registry data are not in a snapshot.
    $plain = if ($Operation.kind -eq 'registry') { $Comparable -replace '\A\w+:', '' } elseif ($Operation.kind -eq 'registryList') { $Comparable -replace '\A(unset|off):', '' } else { $Comparable }
    foreach ($form in $forms) { if ([string]::Equals($form, $plain, 'OrdinalIgnoreCase')) { return $true } }
    return $false
}

function Invoke-Cmdlet([string]$Name, $Operation, $Arguments) {
    $given = $Arguments
    switch ($Name) {
        'Set-CimInstance' { [void](Get-CimTarget $Operation | Set-CimInstance @given -ErrorAction Stop); return }
        'Set-NetFirewallRule' { [void](Get-Rule $Operation | Set-NetFirewallRule @given -ErrorAction Stop); return }
        'Set-NetFirewallProfile' { [void](Set-NetFirewallProfile @given -ErrorAction Stop); return }
        'Set-RDSessionCollectionConfiguration' { [void](Set-RDSessionCollectionConfiguration @given -ErrorAction Stop); return }
        'Set-RDSessionHost' { [void](Set-RDSessionHost @given -ErrorAction Stop); return }
    }
    throw "The plan names the command '$Name'."
}

function Invoke-Cim($Operation, $Arguments) {
    $typed = @{}
    foreach ($name in @($Arguments.Keys)) { $typed[$name] = if ($Arguments[$name] -is [int] -or $Arguments[$name] -is [long]) { [uint32]$Arguments[$name] } else { $Arguments[$name] } }
    $answer = Invoke-CimMethod -InputObject (Get-CimTarget $Operation) -MethodName $Operation.method -Arguments $typed -ErrorAction Stop
    # A setting under Group Policy answers with an error number and changes nothing.
    if ($answer.ReturnValue -ne 0) { throw "$($Operation.method) answered $($answer.ReturnValue)." }
}

function Set-Wanted($Operation) {
    switch ($Operation.kind) {
        'registry' {
            $value = if ($null -eq $Operation.data) { $null } else { @{ name = $Operation.name; kind = $Operation.type; data = $Operation.data } }
            Restore-RegistryValue @{ hive = $Operation.hive; key = $Operation.key; name = $Operation.name; value = $value; missing = $null }
            return
        }
        'registryList' {
            $number = 0
            $values = @(foreach ($item in $Operation.items) { $number++; @{ name = [string]$number; kind = 'String'; data = [string]$item } })
            Set-RegistryList $Operation.hive "$($Operation.key)\$($Operation.name)" $(if ($values.Count -eq 0) { $null } else { , $values }) $null
            if ($Operation.switched) {
                $on = @{ name = $Operation.name; kind = 'DWord'; data = $(if ($values.Count -eq 0) { 0 } else { 1 }) }
                Restore-RegistryValue @{ hive = $Operation.hive; key = $Operation.key; name = $Operation.name; value = $on; missing = $null }
            }
            return
        }
        'userRight' { Set-UserRight $Operation.right $Operation.sids; return }
        'cim' { Invoke-Cim $Operation $Operation.arguments; return }
        'cmdlet' { Invoke-Cmdlet $Operation.name $Operation $Operation.arguments; return }
    }
}

# As it was. What Windows keeps in the registry behind a method is restored there too: absent is another thing than the default.
function Restore-Before($Operation, $Before) {
    switch ($Operation.kind) {
        'registry' { Restore-RegistryValue $Before.current }
        'registryList' {
            Set-RegistryList $Operation.hive "$($Operation.key)\$($Operation.name)" $Before.current.values $Before.current.missing
            if ($Operation.switched) { Restore-RegistryValue $Before.current.switched }
        }
        'userRight' { Set-UserRight $Operation.right $Before.current }
        default {
            $arguments = @{}
            foreach ($name in @($Operation.arguments.Keys)) {
                $arguments[$name] = $Operation.arguments[$name]
                if ($name -ceq $Operation.valueArgument) { $arguments[$name] = if ($Operation.name -eq 'Set-CimInstance') { @{ $Operation.field = $Before.current } } elseif ($name -ceq 'Profile') { ConvertTo-ProfileNames $Before.current } else { $Before.current } }
            }
            foreach ($name in @($Before.beside.Keys)) { $arguments[$name] = $Before.beside[$name] }
            if ($Operation.kind -eq 'cim') { Invoke-Cim $Operation $arguments } else { Invoke-Cmdlet $Operation.name $Operation $arguments }
        }
    }
    foreach ($state in @($Before.registry)) { Restore-RegistryValue $state }
}

function Get-Before($Operation) {
    $current = Get-Current $Operation
    return @{
        comparable = Get-Comparable $Operation $current
        # What is done when a connection breaks decides about reconnecting too.
        beside     = if ($Operation.kind -ceq 'cmdlet' -and $Operation.arguments.ContainsKey('BrokenConnectionAction')) { @{ AutomaticReconnectionEnabled = (Get-CollectionConfiguration $Operation.arguments 'AutomaticReconnectionEnabled') } } else { @{} }
        current    = if ($Operation.kind -eq 'registry' -or $Operation.kind -eq 'registryList') { $current } else { ConvertTo-Writable $current }
        registry   = [object[]]@(foreach ($place in @($Operation.behind)) { if ($null -ne $place) { Get-RegistryValue $place.hive $place.key $place.name } })
    }
}
#endregion

#region What was done, on this host. Only administrators write below Program Files.

$root = [System.IO.Path]::Combine($env:ProgramFiles, 'rdposture', 'changes')
# What this run has done; a table, since the text may run as a script or as a block.
$run = @{ folder = $null; done = @(); saved = $null }

function Write-Durable([string]$Path, [string]$Text) {
    $fresh = "$Path.tmp"
    $stream = [System.IO.File]::Open($fresh, [System.IO.FileMode]::Create, [System.IO.FileAccess]::Write)
    try {
        $bytes = $utf8.GetBytes($Text)
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    }
    finally { $stream.Dispose() }
    if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($fresh, $Path, [NullString]::Value) } else { [System.IO.File]::Move($fresh, $Path) }
}

function Write-Log([string]$Text) {
    $time = [System.DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant)
    $line = $Text -replace '[\x00-\x1f\x7f-\x9f]', ' '
    [System.IO.File]::AppendAllText([System.IO.Path]::Combine($run.folder, 'log.txt'), "$time $line`r`n", $utf8)
}

function Set-State([string]$State) { Write-Durable ([System.IO.Path]::Combine($run.folder, 'state.txt')) $State }

function Get-State([string]$Path) {
    $file = [System.IO.Path]::Combine($Path, 'state.txt')
    if ([System.IO.File]::Exists($file)) { return [System.IO.File]::ReadAllText($file) }
    return 'none'
}

# One at a time: the handle is held until the process ends. What undoes a change goes on after a minute all the same: the other
# one may hang.
function Enter-Lock([bool]$Anyway) {
    [void][System.IO.Directory]::CreateDirectory($root)
    for ($try = 0; $true; $try++) {
        try { return [System.IO.File]::Open([System.IO.Path]::Combine($root, 'lock'), [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::None) }
        catch {
            # PowerShell wraps what a method throws.
            $cause = $_.Exception
            while ($null -ne $cause -and $cause -isnot [System.IO.IOException]) { $cause = $cause.InnerException }
            if ($null -eq $cause) { throw }
            if ($Anyway -and $try -ge 240) { return $null }
            if (-not $Anyway -and $try -ge 20) { throw 'busy: Another change of this host is going on. Wait for its end.' }
            [System.Threading.Thread]::Sleep(250)
        }
    }
}

function Get-Pending {
    if (-not [System.IO.Directory]::Exists($root)) { return }
    foreach ($candidate in [System.IO.Directory]::GetDirectories($root)) { if (@('armed', 'running') -ccontains (Get-State $candidate)) { $candidate } }
}

# The text of the script that restores: this one, with what was saved in the place of the plan.
function Get-UndoText([string]$Saved) {
    $data = [System.Convert]::ToBase64String($utf8.GetBytes($Saved), [System.Base64FormattingOptions]::InsertLineBreaks)
    $mark = '(?s)(?<=\$embedded = @'')\r?\n.*?(?=''@)'
    return (New-Object System.Text.RegularExpressions.Regex $mark).Replace($ownText, "`r`n$data`r`n".Replace('$', '$$'), 1)
}

# A task of the system that runs the undo after some minutes by the host's clock, and when the host starts. It is no file that an
# execution policy would look at.
function Get-RollbackXml([int]$Seconds, [string]$Script) {
    $at = [System.DateTime]::UtcNow.AddSeconds($Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant)
    $command = "& ([scriptblock]::Create([IO.File]::ReadAllText('" + $Script.Replace("'", "''") + "'))) -Undo -Force -Rollback -Confirm:`$false"
    $shell = [System.IO.Path]::Combine($env:SystemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe')
    $arguments = "-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command `"$command`""
    return @(
        '<?xml version="1.0" encoding="UTF-16"?>',
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
        '<RegistrationInfo><Description>Undoes a change of rdposture that nobody confirmed.</Description></RegistrationInfo>',
        "<Triggers><BootTrigger><Enabled>true</Enabled></BootTrigger><TimeTrigger><StartBoundary>$at</StartBoundary><Enabled>true</Enabled></TimeTrigger></Triggers>",
        '<Principals><Principal id="System"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>',
        '<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries><StartWhenAvailable>true</StartWhenAvailable><ExecutionTimeLimit>PT30M</ExecutionTimeLimit><Enabled>true</Enabled></Settings>',
        '<Actions Context="System"><Exec>',
        "<Command>$([System.Security.SecurityElement]::Escape($shell))</Command>",
        "<Arguments>$([System.Security.SecurityElement]::Escape($arguments))</Arguments>",
        '</Exec></Actions></Task>'
    ) -join "`r`n"
}

function Get-TaskName([string]$Path) { return 'rollback-' + [System.IO.Path]::GetFileName($Path) }

function Get-RollbackTask([string]$Path) {
    $name = Get-TaskName $Path
    return @(Get-ScheduledTask -TaskPath $rollbackPath -ErrorAction SilentlyContinue | Where-Object { [string]::Equals([string]$_.TaskName, $name, 'OrdinalIgnoreCase') })
}

function Enable-Rollback([int]$Seconds) {
    $script = [System.IO.Path]::Combine($run.folder, 'Undo.ps1')
    [void](Register-ScheduledTask -TaskName (Get-TaskName $run.folder) -TaskPath $rollbackPath -Xml (Get-RollbackXml $Seconds $script) -ErrorAction Stop)
    $task = @(Get-RollbackTask $run.folder)
    if ($task.Count -ne 1 -or [string]$task[0].State -eq 'Disabled' -or [string]$task[0].State -eq '1') { throw 'The task that would undo the change is not there.' }
}

function Disable-Rollback([string]$Path) {
    if (@(Get-RollbackTask $Path).Count -eq 0) { return $false }
    Unregister-ScheduledTask -TaskName (Get-TaskName $Path) -TaskPath $rollbackPath -Confirm:$false -ErrorAction Stop
    return $true
}
#endregion

#region Frames: a remote session has no console, so that its frames are objects; elsewhere they go past the formatter.
$frames = $null

function Write-Frame([string]$Line) {
    if ($Host.Name -eq 'ServerRemoteHost') { return $Line }
    [Console]::Out.WriteLine($Line)
}

function Write-ResultFrames([byte[]]$Bytes) {
    $hash = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    $digest = [System.BitConverter]::ToString($hash.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
    $packed = New-Object System.IO.MemoryStream
    $stream = New-Object System.IO.Compression.GZipStream $packed, ([System.IO.Compression.CompressionMode]::Compress)
    $stream.Write($Bytes, 0, $Bytes.Length)
    $stream.Dispose()
    foreach ($line in [System.Convert]::ToBase64String($packed.ToArray(), [System.Base64FormattingOptions]::InsertLineBreaks).Split([char[]]"`r`n", [System.StringSplitOptions]::RemoveEmptyEntries)) {
        Write-Frame "rdposture-data $frames $line"
    }
    Write-Frame "rdposture-end $frames $($Bytes.Length) $digest"
}
#endregion

#region The phases

function New-Result([string]$Outcome, [string]$Message) {
    return @{ outcome = $Outcome; message = $Message; change = $(if ($null -eq $run.folder) { $null } else { [System.IO.Path]::GetFileName($run.folder) }); steps = $run.done; before = $run.saved }
}

# Undoes operations in reverse order. `foreign`: what somebody else has changed since is left alone, unless -Force.
function Undo-Operations($Entries, [switch]$All) {
    $failed = @()
    for ($at = $Entries.Count - 1; $at -ge 0; $at--) {
        $entry = $Entries[$at]
        try {
            $now = Get-Comparable $entry.operation (Get-Current $entry.operation)
            $same = [string]::Equals($now, $entry.before.comparable, 'Ordinal')
            if (-not $same -and -not $All -and -not (Test-Same $entry.operation $now (Get-Wanted $entry.operation))) {
                $failed += "$($entry.title): it has another value by now, and stays."
                continue
            }
            # A key that was made and holds nothing looks like none.
            if (-not $same -or @($entry.before.registry).Count -gt 0 -or $entry.operation.kind -clike 'registry*') {
                Restore-Before $entry.operation $entry.before
                if (-not (Test-Same $entry.operation (Get-Comparable $entry.operation (Get-Current $entry.operation)) $entry.before.comparable)) { throw 'the value from before is not there after it was written.' }
            }
        }
        catch { $failed += "$($entry.title): $($_.Exception.Message)" }
    }
    return , [string[]]$failed
}

function Invoke-Undo($Saved, [bool]$All) {
    $run.folder = [System.IO.Path]::Combine($root, $Saved.change)
    if (-not [System.IO.Directory]::Exists($run.folder)) { throw 'refused: The folder of this change is not there any more.' }
    if ((Get-State $run.folder) -ceq 'undone') {
        [void](Disable-Rollback $run.folder)
        return (New-Result 'nothing' 'It was undone before.')
    }
    # The task may outlive what it was for, and runs at every start.
    if ($Rollback -and (Get-State $run.folder) -ceq 'kept') {
        [void](Disable-Rollback $run.folder)
        return (New-Result 'nothing' 'It was kept before.')
    }
    Write-Log 'Undo begins.'
    $failed = Undo-Operations @($Saved.entries) -All:$All
    foreach ($line in $failed) { Write-Log $line }
    if ($failed.Count -gt 0) { return (New-Result 'undo-failed' ($failed -join ' ')) }
    Set-State 'undone'
    Write-Log 'Undone.'
    [void](Disable-Rollback $run.folder)
    return (New-Result 'undone' 'All is as it was before.')
}

function Invoke-Keep([string]$Change) {
    $pending = @(Get-Pending | Where-Object { (Get-State $_) -ceq 'armed' } | Where-Object { -not $Change -or [System.IO.Path]::GetFileName($_) -ceq $Change })
    if ($pending.Count -eq 0) {
        $run.folder = if ($Change) { [System.IO.Path]::Combine($root, $Change) } else { $null }
        $state = if ($null -ne $run.folder -and [System.IO.Directory]::Exists($run.folder)) { Get-State $run.folder } else { 'none' }
        if ($state -ceq 'undone') { return (New-Result 'undone' 'It was undone before it was kept: all is as it was before.') }
        if ($state -ceq 'kept') { return (New-Result 'nothing' 'It was kept before.') }
        return (New-Result 'refused' 'There is no change that waits to be kept.')
    }
    $run.folder = $pending[0]
    Set-State 'kept'
    $was = Disable-Rollback $run.folder
    Write-Log $(if ($was) { 'Kept.' } else { 'Kept; the task that would have undone it was not there any more.' })
    return (New-Result 'done' 'Kept.')
}

# Each operation's value before, and what is left to do. Nothing is changed here.
function Get-Work($Plan) {
    foreach ($step in @($Plan.steps)) {
        foreach ($operation in @($step.operations)) {
            try { $before = Get-Before $operation } catch { throw "refused: $($step.title): $($_.Exception.Message)" }
            if (Test-Same $operation $before.comparable (Get-Wanted $operation)) {
                $run.done += @{ step = $step.id; outcome = 'already' }
                continue
            }
            if (-not (Test-Expected $operation $before.comparable)) { throw "changed: $($step.title): its value is not the one that the plan was made for. Scan again, and make a new plan." }
            @{ step = $step.id; title = $step.title; risk = $step.risk; operation = $operation; before = $before }
        }
    }
}

function Invoke-Plan($Plan, [bool]$Disconnect, [bool]$Arm, [int]$Seconds) {
    if (@(Get-Pending).Count -gt 0) { throw 'pending: A change of this host waits to be kept or undone. Keep it or undo it first.' }
    $work = @(Get-Work $Plan)
    $left = @($work | Where-Object { $_.risk -ceq 'can-disconnect' -and -not $Disconnect })
    $work = @($work | Where-Object { $_.risk -cne 'can-disconnect' -or $Disconnect })
    foreach ($entry in $left) {
        $run.done += @{ step = $entry.step; outcome = 'left-out' }
        if (-not $frames) { Write-Warning "Left out, since it can cut your connection (-AllowDisconnect runs it): $($entry.title)" }
    }
    $chosen = @($work | Where-Object { $caller.ShouldProcess($Plan.host, $_.title) })
    foreach ($entry in @($work | Where-Object { $chosen -notcontains $_ })) { $run.done += @{ step = $entry.step; outcome = 'not-confirmed' } }
    if ($chosen.Count -eq 0) { return (New-Result 'nothing' $(if ($work.Count + $left.Count -eq 0) { 'There is nothing to do.' } else { 'Nothing was done.' })) }

    $run.folder = [System.IO.Path]::Combine($root, [System.DateTime]::UtcNow.ToString('yyyyMMddHHmmss', $invariant) + '-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
    $begun = @()
    $armed = $false
    try {
        [void][System.IO.Directory]::CreateDirectory($run.folder)
        $saved = ConvertTo-JsonText @{ mode = 'undo'; change = [System.IO.Path]::GetFileName($run.folder); host = $Plan.host; entries = [object[]]$chosen }
        $run.saved = $saved
        Write-Durable ([System.IO.Path]::Combine($run.folder, 'Undo.ps1')) (Get-UndoText $saved)
        Write-Log "Plan of $($Plan.madeAt) for $($Plan.host): $($chosen.Count) changes, by $([System.Environment]::UserDomainName)\$([System.Environment]::UserName)."
        # A change that is found so later was cut off.
        Set-State 'running'
        if ($Arm -or @($chosen | Where-Object { $_.risk -ceq 'can-disconnect' }).Count -gt 0) {
            Set-State 'armed'
            $armed = $true
            Enable-Rollback $Seconds
            Write-Log "It is undone after $Seconds seconds unless it is kept."
        }
        foreach ($entry in $chosen) {
            Write-Log "Begin: $($entry.title)"
            if ($frames) { Write-Frame "rdposture-section $frames step-$($entry.step) begin" }
            $begun += $entry
            Set-Wanted $entry.operation
            $now = Get-Comparable $entry.operation (Get-Current $entry.operation)
            if (-not (Test-Same $entry.operation $now (Get-Wanted $entry.operation))) { throw 'the value is not there after it was written.' }
            Write-Log "Done: $($entry.title)"
            $run.done += @{ step = $entry.step; outcome = 'done' }
        }
        if (-not $armed) { Set-State 'kept' }
    }
    catch {
        $message = "$(if ($begun.Count -gt 0) { $begun[-1].title + ': ' })$($_.Exception.Message)"
        $failed = Undo-Operations $begun -All
        try { foreach ($line in @("Failed: $message") + $failed) { Write-Log $line } } catch { $message += ' The log could not be written.' }
        if ($failed.Count -gt 0) { return (New-Result 'undo-failed' ("$message " + ($failed -join ' '))) }
        try { Set-State 'undone'; [void](Disable-Rollback $run.folder) } catch { $message += ' The task that undoes it may still run; it changes nothing.' }
        return (New-Result 'failed' "$message All is as it was before.")
    }
    if ($armed) { return (New-Result 'armed' "It is undone after $([int]($Seconds / 60)) minutes unless it is kept (-Keep).") }
    return (New-Result 'done' $(if ($left.Count -gt 0) { "Done, but for $($left.Count) left out." } else { 'Done.' }))
}

function Restart-Needed($Given) {
    foreach ($service in @($Given.services)) {
        if ($null -eq $service) { continue }
        if (@('Spooler', 'TermService', 'TSGateway') -cnotcontains $service) { throw "refused: The plan restarts the service '$service'." }
        Restart-Service -Name $service -Force -ErrorAction Stop
        $run.done += @{ step = "restart:$service"; outcome = 'done' }
    }
    if ($Given.reboot -eq $true) {
        Restart-Computer -Force -ErrorAction Stop
        $run.done += @{ step = 'reboot'; outcome = 'done' }
    }
    return (New-Result 'done' 'Restarted.')
}

# New sessions go elsewhere until the host has started again: 1 is the drain mode that ends with a restart.
function Set-Drain {
    $setting = Select-One @(Get-CimInstance -Namespace 'root/cimv2/TerminalServices' -ClassName 'Win32_TerminalServiceSetting' -ErrorAction Stop) @{} 'object of Win32_TerminalServiceSetting'
    [void]($setting | Set-CimInstance -Property @{ SessionBrokerDrainMode = [uint32]1 } -ErrorAction Stop)
    $run.done += @{ step = 'drain'; outcome = 'done' }
    return (New-Result 'done' 'It takes no new sessions until it has started again.')
}
#endregion

$caller = $PSCmdlet
$result = $null
$lock = $null
try {
    $given = $null
    if ($Request) {
        $given = ConvertFrom-Json $Request
        if ([string]$given.nonce -cnotmatch '\A[0-9a-f]{32}\z') { throw 'refused: The request has no nonce.' }
        $frames = [string]$given.nonce
        Write-Frame "rdposture-begin $frames"
    }
    if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) { throw 'refused: A 32-bit PowerShell sees another registry than Windows; start the 64-bit one.' }
    $elevated = $null
    try { $elevated = (New-Object System.Security.Principal.WindowsPrincipal ([System.Security.Principal.WindowsIdentity]::GetCurrent())).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator) } catch { $elevated = $null }
    if ($elevated -eq $false) { throw 'refused: Only an elevated administrator can change this host: start PowerShell by "Run as administrator".' }
    $text = if ($given) { $null } elseif ($PlanFile) { [System.IO.File]::ReadAllText($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($PlanFile)) } else { $utf8.GetString([System.Convert]::FromBase64String($embedded)) }
    $plan = if ($given) { ConvertFrom-Plan $given.plan } elseif ($text) { ConvertFrom-Plan (ConvertFrom-Json $text) } else { $null }
    $phase = if ($given) { [string]$given.phase } elseif ($Keep) { 'keep' } elseif ($Undo -or ($null -ne $plan -and $plan.mode -ceq 'undo')) { 'undo' } else { 'apply' }
    if ($given -and $given.change -and [string](ConvertFrom-Plan $given.change) -cnotmatch '\A[0-9]{14}-[0-9a-f]{8}\z') { throw 'refused: The request names no change.' }
    if (-not $WhatIfPreference) { $lock = Enter-Lock ($phase -ceq 'undo' -and [bool]$Force) }
    $result = switch ($phase) {
        'keep' { Invoke-Keep ([string]$(if ($given) { ConvertFrom-Plan $given.change })) }
        'drain' { Set-Drain }
        'restart' { Restart-Needed $plan }
        'undo' {
            if ($null -eq $plan -or $plan.mode -cne 'undo') {
                # By hand the newest change; over a connection the one that is named, or one that waits.
                $named = if ($given -and $given.change) { ConvertFrom-Plan $given.change } else { $null }
                $states = if ($named) { @('armed', 'running', 'kept', 'undone') } elseif ($given) { @('armed', 'running') } else { @('armed', 'running', 'kept') }
                $changes = [string[]]@(if ([System.IO.Directory]::Exists($root)) { [System.IO.Directory]::GetDirectories($root) | Where-Object { $states -ccontains (Get-State $_) } })
                if ($named) { $changes = [string[]]@($changes | Where-Object { [System.IO.Path]::GetFileName($_) -ceq $named }) }
                if ($changes.Count -eq 0) { throw 'refused: There is nothing to undo.' }
                [System.Array]::Sort($changes, $ordinal)
                $saved = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($changes[-1], 'Undo.ps1'))
                if ($saved -notmatch '(?s)\$embedded = @''\r?\n(.*?)''@') { throw 'refused: The saved state cannot be read.' }
                $plan = ConvertFrom-Plan (ConvertFrom-Json $utf8.GetString([System.Convert]::FromBase64String($Matches[1])))
            }
            if ($caller.ShouldProcess($plan.host, 'Undo the change')) { Invoke-Undo $plan ([bool]$Force -or [bool]$given) } else { New-Result 'nothing' 'Nothing was done.' }
        }
        'apply' {
            if ($null -eq $plan) { throw 'refused: There is no plan: give -PlanFile.' }
            if ($given) { Invoke-Plan $plan $true $true ([int]$given.seconds) } else { Invoke-Plan $plan ([bool]$AllowDisconnect) $false (60 * $RollbackMinutes) }
        }
        default { throw "refused: There is no phase '$phase'." }
    }
    # Frames of steps that a remote session passes on as objects come before the result.
    $lines = @($result | Where-Object { $_ -is [string] })
    $result = @($result | Where-Object { $_ -is [System.Collections.IDictionary] })[-1]
    foreach ($line in $lines) { $line }
}
catch {
    $message = [string]$_.Exception.Message
    if ($message.Length -gt 1000) { $message = $message.Substring(0, 1000) }
    $outcome = 'failed'
    if ($message -cmatch '\A(refused|changed|pending|busy): ') {
        $outcome = $Matches[1]
        $message = $message.Substring($outcome.Length + 2)
    }
    $result = New-Result $outcome $message
}
finally { if ($null -ne $lock) { $lock.Dispose() } }

if ($frames) {
    Write-ResultFrames ($utf8.GetBytes((ConvertTo-JsonText $result)))
    return
}
if ($result.message) { if (@('done', 'armed', 'nothing', 'undone') -ccontains $result.outcome) { $result.message } else { [Console]::Error.WriteLine([string]$result.message) } }
if ($null -ne $result.change) { "Log and undo: $([System.IO.Path]::Combine($root, $result.change))" }
$codes = @{ done = 0; armed = 0; nothing = 0; undone = 0; failed = 1; refused = 2; changed = 2; pending = 2; busy = 2; 'undo-failed' = 4 }
$code = $codes[$result.outcome]
if ($Keep -and $result.outcome -ceq 'undone') { $code = 1 }
if ($code -eq 0 -and @($run.done | Where-Object { $_.outcome -ceq 'left-out' }).Count -gt 0) { $code = 3 }
exit $code
