# Reads a Remote Desktop deployment from its connection broker, and changes nothing in it. Run it on the broker (of several, on
# any) in Windows PowerShell, as an administrator of the broker and of the deployment's servers.
#   powershell.exe -NoProfile -ExecutionPolicy Bypass -File Collect-RdsDeployment.ps1 -OutFile C:\facts\deployment.snapshot.json
# -RequestFile names what to read and the limits (request.json beside this script). -Request is the same as text: then the
# snapshot goes to standard output in frames.
[CmdletBinding()]
param([string]$Request, [string]$RequestFile, [string]$OutFile)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$collectorName = 'Collect-RdsDeployment'
$collectorVersion = '1.0'
$kind = 'rds-deployment'
$sectionNames = @(
    'deployment.clientAccessName', 'deployment.servers', 'deployment.certificates', 'deployment.gateway', 'deployment.licensing', 'deployment.names',
    'collections', 'collection.sessionHosts', 'collection.loadBalancing'
)

#region Common to the collectors; a test holds both copies equal
# Runs in a runspace of its own, so that a section that hangs can be stopped and the others go on.
$library = {
    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    $ordinal = [System.StringComparer]::Ordinal
    $needsEscape = New-Object System.Text.RegularExpressions.Regex '[^ !#-\[\]-~]'
    $limits = @{ rows = 20000; text = 65536; timeout = 60 }

    # --- JSON. ConvertTo-Json escapes, indents and writes enums and dates differently on 5.1 and 7, so the text is made here:
    # ASCII only, keys sorted by their code units, integers as integers.

    function ConvertTo-JsonString([string]$Text) {
        if (-not $needsEscape.IsMatch($Text)) { return '"' + $Text + '"' }
        $builder = New-Object System.Text.StringBuilder
        [void]$builder.Append('"')
        foreach ($character in $Text.ToCharArray()) {
            $code = [int]$character
            if ($code -eq 34) { [void]$builder.Append('\"') }
            elseif ($code -eq 92) { [void]$builder.Append('\\') }
            elseif ($code -ge 32 -and $code -le 126) { [void]$builder.Append($character) }
            else { [void]$builder.Append('\u' + $code.ToString('x4', $invariant)) }
        }
        [void]$builder.Append('"')
        return $builder.ToString()
    }

    # Texts, flags, numbers and enums first: nearly every value is one of these.
    function ConvertTo-JsonText($Value, [int]$Depth) {
        if ($null -eq $Value) { return 'null' }
        if ($Value -is [string]) {
            # A text that is too long is there and cannot be read; a shortened one would be another value.
            if ($Value.Length -gt $limits.text) { return '{"$unreadable":true}' }
            return ConvertTo-JsonString $Value
        }
        if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
        if ($Value -is [enum]) { return [System.Convert]::ToInt64($Value, $invariant).ToString($invariant) }
        if ($Value -is [int] -or $Value -is [uint32] -or $Value -is [uint16] -or $Value -is [byte] -or $Value -is [int16] -or $Value -is [sbyte]) { return $Value.ToString($invariant) }
        if ($Value -is [long] -or $Value -is [uint64]) {
            # Beyond 2^53 a reader would round.
            if ($Value -gt 9007199254740991 -or $Value -lt -9007199254740991) { return '"' + $Value.ToString($invariant) + '"' }
            return $Value.ToString($invariant)
        }
        if ($Value -is [datetime]) { return '"' + $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant) + '"' }
        if ($Value -is [double] -or $Value -is [single] -or $Value -is [decimal]) {
            # Fractions have six digits: more of them are written differently on 5.1 and 7.
            if ([System.Math]::Abs([double]$Value) -lt 1000000000) { return ([decimal]$Value).ToString('0.######', $invariant) }
            return '"' + ([double]$Value).ToString('0', $invariant) + '"'
        }
        if ($Depth -gt 6) { return '{"$unreadable":true}' }
        if ($Value -is [byte[]]) { return '"' + [System.Convert]::ToBase64String($Value) + '"' }
        if ($Value -is [System.Collections.IDictionary]) {
            $keys = [string[]]@($Value.Keys)
            [System.Array]::Sort($keys, $ordinal)
            $parts = New-Object 'System.Collections.Generic.List[string]'
            foreach ($key in $keys) { $parts.Add((ConvertTo-JsonString $key) + ':' + (ConvertTo-JsonText $Value[$key] ($Depth + 1))) }
            return '{' + [string]::Join(',', $parts) + '}'
        }
        if ($Value -is [System.Collections.IEnumerable]) {
            $parts = New-Object 'System.Collections.Generic.List[string]'
            foreach ($item in $Value) {
                if ($parts.Count -ge $limits.rows) { return '{"$unreadable":true}' }
                $parts.Add((ConvertTo-JsonText $item ($Depth + 1)))
            }
            return '[' + [string]::Join(',', $parts) + ']'
        }
        # A list that went through Add-Member or a job of 5.1 comes as { value, Count }.
        $wrapped = $Value.PSObject.Properties['value']
        if ($null -ne $wrapped) { return ConvertTo-JsonText $wrapped.Value ($Depth + 1) }
        return ConvertTo-JsonText ([string]$Value) $Depth
    }

    # --- Reading objects

    # The first property of these names that the object has; null when it has none: older builds lack some.
    function Get-Value($Object, [string[]]$Names) {
        if ($null -eq $Object) { return $null }
        foreach ($name in $Names) {
            $property = $Object.PSObject.Properties[$name]
            if ($null -eq $property) { continue }
            $value = $property.Value
            # A list that was serialised by 5.1.
            if ($value -is [System.Management.Automation.PSCustomObject] -and $null -ne $value.PSObject.Properties['value'] -and $null -ne $value.PSObject.Properties['Count']) { $value = $value.value }
            return , $value
        }
        return $null
    }

    function Get-Row($Object, [string[]]$Names) {
        if ($null -eq $Object) { throw 'There is nothing to read.' }
        $row = @{}
        foreach ($name in $Names) {
            $property = $Object.PSObject.Properties[$name]
            if ($null -ne $property) { $row[$name] = $property.Value }
        }
        return $row
    }

    # Rows as JSON. Where their order on the host has no meaning it may change, so they are sorted by their text.
    function ConvertTo-RowsText($Rows, [switch]$InOrder) {
        $texts = New-Object 'System.Collections.Generic.List[string]'
        foreach ($row in $Rows) {
            if ($texts.Count -ge $limits.rows) { throw "There are more than $($limits.rows) rows." }
            $texts.Add((ConvertTo-JsonText $row 0))
        }
        $sorted = $texts.ToArray()
        if (-not $InOrder) { [System.Array]::Sort($sorted, $ordinal) }
        return '[' + [string]::Join(',', $sorted) + ']'
    }

    # --- What went wrong, without the text of a message, which is in the host's language.

    function Get-Failure($Record) {
        $id = [string]$Record.FullyQualifiedErrorId
        $category = [string]$Record.CategoryInfo.Category
        $status = 'error'
        for ($failure = $Record.Exception; $null -ne $failure -and $status -eq 'error'; $failure = $failure.InnerException) {
            $native = Get-Value $failure 'NativeErrorCode'
            $code = if ($null -eq $native) { -1 } else { [int]$native }
            $result = '{0:x8}' -f $failure.HResult
            if ($failure -is [System.ComponentModel.Win32Exception]) {
                # Numbers of Windows, where 5 is another thing than to WMI.
                if ($code -eq 5) { $status = 'denied' }
            }
            elseif ($failure -is [System.UnauthorizedAccessException] -or $failure -is [System.Security.SecurityException]) { $status = 'denied' }
            elseif ($failure -is [System.Management.Automation.CommandNotFoundException] -or $failure -is [System.Management.Automation.ItemNotFoundException]) { $status = 'absent' }
            elseif ($code -eq 2 -or $result -eq '80070005' -or $result -eq '80041003') { $status = 'denied' }
            elseif ($code -eq 3 -or $code -eq 5) { $status = 'absent' }
        }
        # Numbers of Windows (5: access denied) and of WMI; the names of categories are not localised.
        if ($status -eq 'error' -and ($category -eq 'PermissionDenied' -or $category -eq 'SecurityError' -or $id -match '0x80070005|0x80041003|^Windows System Error 5\b')) { $status = 'denied' }
        if ($status -eq 'error' -and $id -match '0x8004100e|0x80041010') { $status = 'absent' }
        $text = [string]$Record.Exception.Message
        if ($text.Length -gt 1000) { $text = $text.Substring(0, 1000) }
        return @{ status = $status; error = $text }
    }

    # What has no rows is an error to some cmdlets.
    function Test-Empty($Record) { return ([string]$Record.FullyQualifiedErrorId) -match '^CmdletizationQuery_NotFound' }

    # --- Certificates

    function Get-StoreCertificate([string]$Store) {
        try {
            Get-ChildItem -LiteralPath "Cert:\LocalMachine\$Store" -ErrorAction Stop | Where-Object { $_ -is [System.Security.Cryptography.X509Certificates.X509Certificate2] }
        }
        catch [System.Management.Automation.ItemNotFoundException] {
            return
        }
    }

    # The SID of an account's name, or null.
    function Get-AccountSid([string]$Name) {
        try {
            $account = New-Object System.Security.Principal.NTAccount $Name
            return $account.Translate([System.Security.Principal.SecurityIdentifier]).Value
        }
        catch {
            return $null
        }
    }

    # --- Names in DNS

    # Records and status of one question: 0 answered, 9003 no such name, 9501 no such record, null for what else went wrong.
    function Resolve-Name([string]$Name, [string]$Type) {
        try {
            $records = @(Resolve-DnsName -Name $Name -Type $Type -DnsOnly -NoHostsFile -ErrorAction Stop)
            return @{ status = 0; records = $records }
        }
        catch {
            if ($_.Exception -is [System.Management.Automation.CommandNotFoundException]) { throw }
            $code = Get-Value $_.Exception 'NativeErrorCode'
            if ([string]$_.FullyQualifiedErrorId -match '^DNS_ERROR_RCODE_NAME_ERROR') { $code = 9003 }
            if ($code -ne 9003 -and $code -ne 9501) { $code = $null }
            return @{ status = $code; records = @() }
        }
    }

    # Addresses of a name, in order.
    function Resolve-Addresses([string]$Name) {
        $answer = Resolve-Name $Name 'A_AAAA'
        $addresses = [string[]]@($answer.records | ForEach-Object { Get-Value $_ @('IPAddress') } | Where-Object { $_ })
        [System.Array]::Sort($addresses, $ordinal)
        $status = $answer.status
        if ($status -eq 0 -and $addresses.Count -eq 0) { $status = 9501 }
        return @{ status = $status; addresses = $addresses }
    }

    # One section: its status, its data as JSON text, and why it could not be read.
    function Invoke-Section([string]$Name, $Request) {
        $limits.rows = [int]$Request.limits.sectionRows
        $limits.text = [int]$Request.limits.textLength
        $limits.timeout = [int]$Request.limits.sectionSeconds
        try {
            $text = Read-Section $Name $Request
            if ($null -eq $text) { return @{ status = 'absent'; text = $null; error = '' } }
            return @{ status = 'ok'; text = [string]$text; error = '' }
        }
        catch {
            $failure = Get-Failure $_
            return @{ status = $failure.status; text = $null; error = $failure.error }
        }
    }
}
#endregion

# The sections of a deployment. A function returns the section's data as JSON text, or nothing where the thing does not exist.
$sections = {
    $elevated = $null
    $brokerParameters = $null

    # Messages of the module are in the host's language and carry no code. To who is no administrator, they mean that.
    function Read-Deployment([scriptblock]$Reader, $Parameters) {
        try { & $Reader $Parameters }
        catch {
            if ($elevated -eq $false -and (Get-Failure $_).status -eq 'error') { throw (New-Object System.UnauthorizedAccessException ([string]$_.Exception.Message)) }
            throw
        }
    }

    # Of several brokers one is active, and only that one answers. Nothing where the broker stands alone.
    function Read-Availability { @(Read-Deployment { Get-RDConnectionBrokerHighAvailability -ErrorAction Stop } $null)[0] }

    function Get-BrokerParameters {
        if ($null -eq $script:brokerParameters) {
            $script:brokerParameters = @{}
            try {
                $active = Get-Value (Read-Availability) 'ActiveManagementServer'
                if ($active) { $script:brokerParameters = @{ ConnectionBroker = [string]$active } }
            }
            catch {
                $script:brokerParameters = @{}
            }
        }
        return $script:brokerParameters
    }

    # The connection string of its database may hold a password, and is not read.
    function Read-ClientAccessName {
        $found = Read-Availability
        if ($null -eq $found) { return $null }
        ConvertTo-JsonText (Get-Row $found @('ClientAccessName', 'ConnectionBroker', 'ActiveManagementServer')) 0
    }

    function Read-Servers {
        ConvertTo-RowsText @(Read-Deployment { param($broker) Get-RDServer @broker -ErrorAction Stop } (Get-BrokerParameters) | ForEach-Object { Get-Row $_ @('Server', 'Roles') })
    }

    function Read-DeploymentCertificates {
        $own = @{}
        try { foreach ($certificate in Get-StoreCertificate 'My') { $own[$certificate.Thumbprint] = $certificate.RawData } }
        catch { $own = @{} }
        $rows = foreach ($found in Read-Deployment { param($broker) Get-RDCertificate @broker -ErrorAction Stop } (Get-BrokerParameters)) {
            $row = Get-Row $found @('Role', 'Level', 'Thumbprint', 'Subject', 'SubjectAlternateName', 'IssuedBy', 'IssuedTo', 'ExpiresOn')
            $thumbprint = ([string](Get-Value $found 'Thumbprint') -replace '[^0-9A-Fa-f]', '').ToUpperInvariant()
            if ($own.ContainsKey($thumbprint)) { $row.Der = $own[$thumbprint] }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-DeploymentGateway {
        ConvertTo-RowsText @(Read-Deployment { param($broker) Get-RDDeploymentGatewayConfiguration @broker -ErrorAction Stop } (Get-BrokerParameters) | ForEach-Object { Get-Row $_ @('GatewayMode', 'GatewayExternalFqdn', 'LogonMethod', 'UseCachedCredentials', 'BypassLocal') })
    }

    function Read-DeploymentLicensing {
        $found = @(Read-Deployment { param($broker) Get-RDLicenseConfiguration @broker -ErrorAction Stop } (Get-BrokerParameters))[0]
        if ($null -eq $found) { return $null }
        ConvertTo-JsonText (Get-Row $found @('Mode', 'LicenseServer')) 0
    }

    # What the broker's DNS says of the deployment's names, each once for what it is.
    function Read-DeploymentNames {
        $names = New-Object 'System.Collections.Generic.List[object]'
        foreach ($server in Read-Deployment { param($broker) Get-RDServer @broker -ErrorAction Stop } (Get-BrokerParameters)) { $names.Add(@{ Name = [string]$server.Server; Kind = 'server' }) }
        $shared = Get-Value (Read-Availability) 'ClientAccessName'
        if ($shared) { $names.Add(@{ Name = [string]$shared; Kind = 'client-access-name' }) }
        foreach ($gateway in Read-Deployment { param($broker) Get-RDDeploymentGatewayConfiguration @broker -ErrorAction Stop } (Get-BrokerParameters)) {
            $external = Get-Value $gateway 'GatewayExternalFqdn'
            if ($external) { $names.Add(@{ Name = [string]$external; Kind = 'gateway' }) }
        }
        $rows = foreach ($row in $names) {
            $answer = Resolve-Addresses $row.Name
            $row.Status = $answer.status
            $row.Addresses = $answer.addresses
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    # --- Collections

    # Those of the request, or all of them.
    function Read-CollectionList($Request) {
        $all = @(Read-Deployment { param($broker) Get-RDSessionCollection @broker -ErrorAction Stop } (Get-BrokerParameters))
        if ($null -eq $Request.collections) { return $all }
        return $all | Where-Object { @($Request.collections) -contains $_.CollectionName }
    }

    function Read-HostList([string]$Collection) {
        Read-Deployment { param($parameters) Get-RDSessionHost @parameters -ErrorAction Stop } (@{ CollectionName = $Collection } + (Get-BrokerParameters))
    }

    # Parameter sets of Get-RDSessionCollectionConfiguration and what each of them shows.
    $parts = @(
        @{ set = @{}; columns = @('CustomRdpProperty') }
        @{ set = @{ UserGroup = $true }; columns = @('UserGroup') }
        @{ set = @{ Connection = $true }; columns = @('DisconnectedSessionLimitMin', 'ActiveSessionLimitMin', 'IdleSessionLimitMin', 'BrokenConnectionAction', 'AutomaticReconnectionEnabled', 'TemporaryFoldersDeletedOnExit', 'TemporaryFoldersPerSession') }
        @{ set = @{ Security = $true }; columns = @('AuthenticateUsingNLA', 'SecurityLayer', 'EncryptionLevel') }
        @{ set = @{ Client = $true }; columns = @('ClientDeviceRedirectionOptions', 'MaxRedirectedMonitors', 'ClientPrinterRedirected', 'RDEasyPrintDriverEnabled', 'ClientPrinterAsDefault') }
        @{ set = @{ UserProfileDisk = $true }; columns = @('EnableUserProfileDisk', 'DiskPath', 'MaxUserProfileDiskSizeGB', 'IncludeFolderPath', 'ExcludeFolderPath', 'IncludeFilePath', 'ExcludeFilePath') }
    )

    function Read-Configuration([string]$Collection, $Set) {
        Read-Deployment { param($parameters) Get-RDSessionCollectionConfiguration @parameters -ErrorAction Stop } (@{ CollectionName = $Collection } + $Set + (Get-BrokerParameters))
    }

    # A part that cannot be read leaves its columns out: nothing is known of them. When all parts fail, the last failure counts.
    function Read-Collections($Request) {
        $rows = foreach ($collection in Read-CollectionList $Request) {
            $name = [string]$collection.CollectionName
            $row = Get-Row $collection @('CollectionName', 'CollectionAlias', 'CollectionDescription', 'CollectionType', 'ResourceType', 'Size', 'AutoAssignPersonalDesktop', 'GrantAdministrativePrivilege')
            $read = 0
            $failure = $null
            foreach ($part in $parts) {
                try {
                    $found = @(Read-Configuration $name $part.set)[0]
                    $read++
                    $values = if ($null -eq $found) { @{} } else { Get-Row $found $part.columns }
                    foreach ($column in $values.Keys) { $row[$column] = $values[$column] }
                }
                catch {
                    $failure = $_
                }
            }
            if ($read -eq 0) { throw $failure }
            if ($row.ContainsKey('UserGroup')) {
                $row.UserGroup = @($row.UserGroup | Where-Object { $_ })
                $row.UserGroupSids = @($row.UserGroup | ForEach-Object { Get-AccountSid $_ })
            }
            try { $row.SessionHosts = @(Read-HostList $name | ForEach-Object { [string]$_.SessionHost }) }
            catch { $row.SessionHosts = $null }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-CollectionHosts($Request) {
        ConvertTo-RowsText @(Read-CollectionList $Request | ForEach-Object { Read-HostList ([string]$_.CollectionName) } | ForEach-Object { Get-Row $_ @('CollectionName', 'SessionHost', 'NewConnectionAllowed') })
    }

    function Read-LoadBalancing($Request) {
        ConvertTo-RowsText @(Read-CollectionList $Request | ForEach-Object { Read-Configuration ([string]$_.CollectionName) @{ LoadBalancing = $true } } | ForEach-Object { Get-Row $_ @('CollectionName', 'SessionHost', 'SessionLimit', 'RelativeWeight') })
    }

    function Read-Section([string]$Name, $Request) {
        $script:elevated = $Request.elevated
        switch -CaseSensitive ($Name) {
            'deployment.clientAccessName' { return Read-ClientAccessName }
            'deployment.servers' { return Read-Servers }
            'deployment.certificates' { return Read-DeploymentCertificates }
            'deployment.gateway' { return Read-DeploymentGateway }
            'deployment.licensing' { return Read-DeploymentLicensing }
            'deployment.names' { return Read-DeploymentNames }
            'collections' { return Read-Collections $Request }
            'collection.sessionHosts' { return Read-CollectionHosts $Request }
            'collection.loadBalancing' { return Read-LoadBalancing $Request }
        }
        throw "There is no section '$Name'."
    }
}

#region Common to the collectors; a test holds both copies equal

# A remote session has no console: its frames are objects. Elsewhere they go past the formatter.
function Write-Frame([string]$Line) {
    if ($Host.Name -eq 'ServerRemoteHost') { return $Line }
    [Console]::Out.WriteLine($Line)
}

function New-Worker {
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $runspace.Open()
    $shell = [System.Management.Automation.PowerShell]::Create()
    $shell.Runspace = $runspace
    [void]$shell.AddScript($library.ToString() + "`n" + $sections.ToString(), $false).Invoke()
    $shell.Dispose()
    return $runspace
}

# Sections one after the other, each with its own time; what does not stop in time is left behind.
function Invoke-Sections($Request, [string[]]$Names) {
    $results = @{}
    $worker = New-Worker
    $left = 0
    $total = 0
    $milliseconds = 1000 * [int]$Request.limits.sectionSeconds
    foreach ($name in $Names) {
        $shell = [System.Management.Automation.PowerShell]::Create()
        $shell.Runspace = $worker
        [void]$shell.AddCommand('Invoke-Section').AddParameter('Name', $name).AddParameter('Request', $Request)
        $pending = $shell.BeginInvoke()
        if ($pending.AsyncWaitHandle.WaitOne($milliseconds)) {
            $result = @($shell.EndInvoke($pending))[-1]
            $shell.Dispose()
        }
        else {
            $result = @{ status = 'error'; text = $null; error = "It took longer than $($Request.limits.sectionSeconds) seconds." }
            [void]$shell.BeginStop($null, $null)
            if (-not $pending.AsyncWaitHandle.WaitOne(3000)) {
                $left++
                $worker = New-Worker
            }
        }
        if ($null -ne $result.text) {
            $total += $result.text.Length
            if ($total -gt [long]$Request.limits.totalBytes) {
                $total -= $result.text.Length
                $result = @{ status = 'error'; text = $null; error = "The snapshot would be larger than $($Request.limits.totalBytes) bytes." }
            }
        }
        $results[$name] = $result
        if ($null -ne $frames) { Write-Frame "rdposture-section $frames $name $($result.status)" }
    }
    return @{ sections = $results; left = $left }
}

function ConvertTo-SnapshotText($Request, $Sections, [string]$Name) {
    $names = [string[]]@($Sections.Keys)
    [System.Array]::Sort($names, $ordinal)
    $parts = New-Object 'System.Collections.Generic.List[string]'
    foreach ($section in $names) {
        $result = $Sections[$section]
        $text = if ($result.status -eq 'ok') { '{"data":' + $result.text + ',"status":"ok"}' } else { ConvertTo-JsonText @{ status = [string]$result.status; error = [string]$result.error } 0 }
        $parts.Add((ConvertTo-JsonString $section) + ':' + $text)
    }
    $version = "$($PSVersionTable.PSVersion.Major).$($PSVersionTable.PSVersion.Minor)"
    $collector = ConvertTo-JsonText @{ name = $collectorName; version = $collectorVersion; powershell = $version; elevated = $elevated } 0
    $target = ConvertTo-JsonText @{ kind = $kind; name = $Name } 0
    $time = [System.DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant)
    return '{"collectedAt":"' + $time + '","collector":' + $collector + ',"schemaVersion":1,"sections":{' + [string]::Join(',', $parts) + '},"target":' + $target + '}'
}

# Everybody sees the old file or the new one, never half of one.
function Write-Snapshot([byte[]]$Bytes, [string]$Path) {
    $folder = [System.IO.Path]::GetDirectoryName($Path)
    $fresh = [System.IO.Path]::Combine($folder, '.' + [System.IO.Path]::GetFileName($Path) + '.' + [guid]::NewGuid().ToString('N') + '.tmp')
    try {
        [System.IO.File]::WriteAllBytes($fresh, $Bytes)
        if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($fresh, $Path, [NullString]::Value) } else { [System.IO.File]::Move($fresh, $Path) }
    }
    finally {
        if ([System.IO.File]::Exists($fresh)) { [System.IO.File]::Delete($fresh) }
    }
}

function Write-SnapshotFrames([byte[]]$Bytes) {
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

# The name by which an estate knows the host, when nobody says it.
function Get-OwnName {
    $network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    $name = if ($network.DomainName) { "$($network.HostName).$($network.DomainName)" } else { $network.HostName }
    return $name.ToLowerInvariant()
}

# A host may run only signed scripts in full; in another language mode nothing below works. The text is
# `Only the full language mode of PowerShell runs the collector.` in base64, which that mode cannot make.
$inFullLanguage = "$($ExecutionContext.SessionState.LanguageMode)" -eq 'FullLanguage'
if (-not $inFullLanguage) {
    if ($Request -match '"nonce"\s*:\s*"([0-9a-f]{32})"') { "rdposture-fail $($Matches[1]) language-mode T25seSB0aGUgZnVsbCBsYW5ndWFnZSBtb2RlIG9mIFBvd2VyU2hlbGwgcnVucyB0aGUgY29sbGVjdG9yLg==" }
    exit 1
}

. $library
$frames = $null
$elevated = $null
try {
    $elevated = (New-Object System.Security.Principal.WindowsPrincipal ([System.Security.Principal.WindowsIdentity]::GetCurrent())).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}
catch {
    $elevated = $null
}
$failureCode = 'request'
try {
    if (-not $Request) {
        if (-not $RequestFile) { $RequestFile = [System.IO.Path]::Combine($PSScriptRoot, 'request.json') }
        $source = [System.IO.File]::ReadAllText($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($RequestFile))
    }
    else { $source = $Request }
    $wanted = ConvertFrom-Json $source
    if ($Request) {
        if ([string](Get-Value $wanted 'nonce') -cnotmatch '\A[0-9a-f]{32}\z') { throw 'The request has no nonce.' }
        $frames = [string]$wanted.nonce
        Write-Frame "rdposture-begin $frames"
        if ([string](Get-Value $wanted 'kind') -ne $kind) { throw "The request is not for this collector, which makes snapshots of $kind." }
    }
    if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
        $failureCode = 'bitness'
        throw 'A 32-bit PowerShell sees another registry and other files than Windows; start the 64-bit one.'
    }
    $limitsGiven = Get-Value $wanted 'limits'
    $effective = @{
        registry    = Get-Value $wanted 'registry'
        collections = Get-Value $wanted 'collections'
        elevated    = $elevated
        limits      = @{
            sectionRows    = [int]$(if ($null -ne (Get-Value $limitsGiven 'sectionRows')) { $limitsGiven.sectionRows } else { 20000 })
            textLength     = [int]$(if ($null -ne (Get-Value $limitsGiven 'textLength')) { $limitsGiven.textLength } else { 65536 })
            totalBytes     = [long]$(if ($null -ne (Get-Value $limitsGiven 'totalBytes')) { $limitsGiven.totalBytes } else { 67108864 })
            sectionSeconds = [int]$(if ($null -ne (Get-Value $limitsGiven 'sectionSeconds')) { $limitsGiven.sectionSeconds } else { 60 })
        }
    }
    $only = Get-Value $wanted 'sections'
    $names = if ($null -eq $only) { $sectionNames } else { @($sectionNames | Where-Object { $only -ccontains $_ }) }
    $target = [string](Get-Value $wanted 'name')
    if (-not $target) { $target = Get-OwnName }
    $failureCode = 'collector'
    $collected = $null
    # Frames of sections that a remote session passes on as objects come before the result.
    Invoke-Sections $effective $names | ForEach-Object { if ($_ -is [string]) { $_ } else { $collected = $_ } }
    $bytes = [System.Text.Encoding]::ASCII.GetBytes((ConvertTo-SnapshotText $effective $collected.sections $target))
    if ($frames) { Write-SnapshotFrames $bytes }
    else {
        $failureCode = 'output'
        if (-not $OutFile) { $OutFile = ($target -replace '[^A-Za-z0-9.-]', '_') + ".$kind.snapshot.json" }
        $path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutFile)
        Write-Snapshot $bytes $path
        $path
    }
    if ($collected.left -gt 0) {
        # A call that does not end would keep the process.
        [Console]::Out.Flush()
        if ($Host.Name -ne 'ServerRemoteHost') { [System.Environment]::Exit(0) }
    }
}
catch {
    $message = [string]$_.Exception.Message
    if ($message.Length -gt 1000) { $message = $message.Substring(0, 1000) }
    if ($frames) { Write-Frame "rdposture-fail $frames $failureCode $([System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($message)))" }
    else { [Console]::Error.WriteLine("The collector failed ($failureCode): $message") }
    if ($Host.Name -ne 'ServerRemoteHost') { exit 1 }
}
#endregion
