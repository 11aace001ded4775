# Reads the facts of one Windows host that rdposture judges, and changes nothing on it. Run as an administrator; what the
# account may not read is said to be denied, section by section.
#   powershell.exe -NoProfile -ExecutionPolicy Bypass -File Collect-RdsHost.ps1 -OutFile C:\facts\host.snapshot.json
# -RequestFile names what to read and the limits (request.json beside this script). -Request is the same as text: then the
# snapshot goes to standard output in frames.
[CmdletBinding()]
param([string]$Request, [string]$RequestFile, [string]$OutFile)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$collectorName = 'Collect-RdsHost'
$collectorVersion = '1.0'
$kind = 'windows-host'
$sectionNames = @(
    'os', 'computer', 'roles', 'services', 'listeners', 'registry',
    'Win32_TSGeneralSetting', 'Win32_TSSessionSetting', 'Win32_TSLogonSetting', 'Win32_TerminalServiceSetting',
    'RSOP_RegistryPolicySetting', 'RSOP_RegistryValue', 'RSOP_GPO', 'userRights',
    'network.profiles', 'network.addresses', 'firewall.profiles', 'firewall.rules',
    'certificates', 'http.sslBindings', 'iis.bindings', 'webClient.brokerCertificate',
    'Win32_TSGatewayServerSettings', 'Win32_TSGatewayLoadBalancer',
    'pnpDevices', 'deviceGuard', 'printerDrivers',
    'Win32_TSClientSetting', 'Win32_TSRemoteControlSetting', 'Win32_TSAccount',
    'localGroups', 'localUsers', 'securityPolicy', 'auditPolicy', 'eventLogs', 'events.remoteDesktop', 'events.failedLogons', 'events.displayDriver',
    'network.tcpListeners', 'Win32_Service', 'serviceCommands', 'taskCommands', 'time', 'clientPrograms', 'clientUsers',
    'licensing', 'licensing.servers', 'licensing.keys', 'Win32_TSLicenseKeyPack', 'Win32_TSLicenseServer',
    'Win32_TSGatewayConnectionAuthorizationPolicy', 'Win32_TSGatewayResourceAuthorizationPolicy', 'Win32_TSGatewayResourceGroup', 'Win32_TSGatewayRADIUSServer',
    'gateway.transports', 'gateway.logEvents',
    'names.hostsFile', 'names.servers', 'names.clients', 'names.own', 'names.failures', 'directory.termsrv',
    'updates.pending', 'termService.library', 'iis.rdWeb', 'iis.rdWebSettings', 'webClient.packages'
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

# The sections of a host. A function returns the section's data as JSON text, or nothing where the thing does not exist.
$sections = {
    $terminalServices = 'root/cimv2/TerminalServices'
    # Stands for a value that is there and could not be read.
    $unreadable = @{ '$unreadable' = $true }

    # Classes whose columns are read as they are.
    $classes = @{
        Win32_TSGeneralSetting        = @{ space = $terminalServices; columns = 'TerminalName', 'TerminalProtocol', 'Transport', 'UserAuthenticationRequired', 'SecurityLayer', 'MinEncryptionLevel', 'PolicySourceUserAuthenticationRequired', 'PolicySourceSecurityLayer', 'PolicySourceMinEncryptionLevel', 'SSLCertificateSHA1Hash', 'SSLCertificateSHA1HashType', 'CertificateName', 'Comment', 'WindowsAuthentication' }
        Win32_TSSessionSetting        = @{ space = $terminalServices; columns = 'TerminalName', 'IdleSessionLimit', 'DisconnectedSessionLimit', 'ActiveSessionLimit', 'BrokenConnectionAction', 'BrokenConnectionPolicy', 'ReconnectionPolicy', 'TimeLimitPolicy', 'PolicySourceIdleSessionLimit', 'PolicySourceDisconnectedSessionLimit', 'PolicySourceActiveSessionLimit', 'PolicySourceBrokenConnectionAction', 'PolicySourceReconnectionPolicy' }
        Win32_TSLogonSetting          = @{ space = $terminalServices; columns = 'TerminalName', 'PromptForPassword', 'ClientLogonInfoPolicy', 'PolicySourcePromptForPassword', 'UserName', 'Domain' }
        Win32_TerminalServiceSetting  = @{ space = $terminalServices; columns = 'ServerName', 'TerminalServerMode', 'AllowTSConnections', 'PolicySourceAllowTSConnections', 'Logons', 'SessionBrokerDrainMode', 'SingleSession', 'PolicySourceSingleSession', 'UseTempFolders', 'DeleteTempFolders', 'PolicySourceUseTempFolders', 'PolicySourceDeleteTempFolders', 'LicensingType', 'LicensingName', 'PolicySourceLicensingType', 'UseRDEasyPrintDriver', 'PolicySourceUseRDEasyPrintDriver', 'ActiveDesktop', 'UserPermission', 'TimeZoneRedirection', 'PolicySourceTimeZoneRedirection', 'Help' }
        Win32_TSGatewayServerSettings = @{ space = $terminalServices; columns = 'CertHash', 'MaxConnections', 'UnlimitedConnections', 'MaximumAllowedConnectionsBySku', 'CentralCAPEnabled', 'RequestSOH', 'SslBridging', 'IsConfigured', 'EnforceChannelBinding', 'OnlyConsentCapableClients', 'AuthenticationPluginName', 'AuthorizationPluginName' }
        Win32_TSGatewayLoadBalancer   = @{ space = $terminalServices; columns = @('Servers') }
        Win32_TSClientSetting         = @{ space = $terminalServices; columns = 'TerminalName', 'DriveMapping', 'ClipboardMapping', 'COMPortMapping', 'LPTPortMapping', 'PNPRedirection', 'WindowsPrinterMapping', 'AudioCaptureRedir', 'PolicySourceDriveMapping', 'PolicySourceClipboardMapping', 'PolicySourceCOMPortMapping', 'PolicySourceLPTPortMapping', 'PolicySourcePNPRedirection', 'PolicySourceWindowsPrinterMapping', 'PolicySourceAudioCaptureRedir' }
        Win32_TSRemoteControlSetting  = @{ space = $terminalServices; columns = 'TerminalName', 'LevelOfControl', 'RemoteControlPolicy', 'PolicySourceLevelOfControl' }
        Win32_TSAccount               = @{ space = $terminalServices; columns = 'TerminalName', 'AccountName', 'SID', 'PermissionsAllowed', 'PermissionsDenied' }
        Win32_TSGatewayResourceGroup  = @{ space = $terminalServices; columns = 'Name', 'Resources' }
        Win32_TSGatewayRADIUSServer   = @{ space = $terminalServices; columns = @('Name') }
        Win32_TSLicenseKeyPack        = @{ space = 'root/cimv2'; columns = 'KeyPackId', 'KeyPackType', 'ProductType', 'ProductVersionID', 'TotalLicenses', 'IssuedLicenses', 'AvailableLicenses', 'ExpirationDate' }
        RSOP_RegistryPolicySetting    = @{ space = 'root/rsop/computer'; columns = 'registryKey', 'valueName', 'precedence', 'GPOID', 'deleted' }
        RSOP_RegistryValue            = @{ space = 'root/rsop/computer'; columns = 'Path', 'Type', 'Data', 'precedence', 'GPOID' }
        RSOP_GPO                      = @{ space = 'root/rsop/computer'; columns = 'id', 'guidName', 'name' }
    }

    function Read-Class([string]$ClassName, [string]$Space) {
        Get-CimInstance -Namespace $Space -ClassName $ClassName -OperationTimeoutSec $limits.timeout -ErrorAction Stop
    }

    function Read-ClassRows([string]$ClassName) {
        $class = $classes[$ClassName]
        ConvertTo-RowsText @(Read-Class $ClassName $class.space | ForEach-Object { Get-Row $_ $class.columns })
    }

    # Some cmdlets say that there is nothing by an error.
    function Read-OrNothing([scriptblock]$Reader) {
        try { & $Reader }
        catch { if (-not (Test-Empty $_)) { throw } }
    }

    # --- Registry

    # The hive through the provider: the key objects below it tell a key that is absent from one that is denied.
    function Get-Hive { Get-Item -LiteralPath 'Registry::HKEY_LOCAL_MACHINE' -ErrorAction Stop }

    # A value as the snapshot has it: DWORD without sign, bytes as a list, environment variables as they are written.
    function Read-KeyValue($Key, [string]$Name) {
        $value = $Key.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        if ($value -is [int] -and $value -lt 0) { return [long]$value + 4294967296 }
        if ($value -is [byte[]]) { return , [int[]]$value }
        return , $value
    }

    # Status and values of one key; only these names, or all when $Names is null.
    function Read-Key($Hive, [string]$Path, $Names) {
        try {
            $key = $Hive.OpenSubKey($Path)
            if ($null -eq $key) { return @{ status = 'absent' } }
            $values = @{}
            $there = @{}
            foreach ($name in $key.GetValueNames()) { $there[$name] = $name }
            if ($null -eq $Names) {
                if ($there.Count -gt $limits.rows) { return @{ status = 'error' } }
                $Names = @($there.Values)
            }
            foreach ($name in $Names) { if ($there.ContainsKey($name)) { $values[$there[$name]] = Read-KeyValue $key $there[$name] } }
            $key.Close()
            return @{ status = 'ok'; values = $values }
        }
        catch {
            return @{ status = (Get-Failure $_).status }
        }
    }

    function Read-SubKeyNames($Hive, [string]$Path) {
        $key = $Hive.OpenSubKey($Path)
        if ($null -eq $key) { return $null }
        $names = [string[]]$key.GetSubKeyNames()
        $key.Close()
        return , $names
    }

    # The keys of the request. A step `*` stands for every sub-key; a key that has none of them is listed itself, so that a
    # reader sees why nothing stands below it.
    function Add-Wanted($Keys, [string]$Path, $Wanted) {
        $names = @{}
        $known = $Keys[$Path]
        foreach ($each in @($Wanted, $known)) { if ($null -ne $each) { foreach ($name in @($each.names.Keys)) { $names[$name] = $true } } }
        $Keys[$Path] = @{ all = ($Wanted.all -or ($null -ne $known -and $known.all)); names = $names }
    }

    function Read-Registry($Request) {
        $hive = Get-Hive
        $wanted = @{}
        foreach ($read in $Request.registry) {
            if ($null -eq $read) { continue }
            $path = [string]$read.key
            if (-not $path.StartsWith('HKLM\')) { throw "The request reads '$path', which is not below HKLM." }
            if (-not $wanted.ContainsKey($path)) { $wanted[$path] = @{ all = $false; names = @{} } }
            if ($null -eq $read.name) { $wanted[$path].all = $true } else { $wanted[$path].names[[string]$read.name] = $true }
        }
        # A key that is named, and is one of those that a star stands for, is read once, for all that is asked of it.
        $result = @{}
        $keys = @{}
        foreach ($path in @($wanted.Keys)) {
            $star = $path.IndexOf('\*')
            $isStar = $star -gt 0 -and ($path.Length -eq $star + 2 -or $path[$star + 2] -eq '\')
            if (-not $isStar) {
                Add-Wanted $keys $path $wanted[$path]
                continue
            }
            $above = $path.Substring(0, $star)
            try { $children = Read-SubKeyNames $hive $above.Substring(5) }
            catch {
                if (-not $result.ContainsKey($above)) { $result[$above] = @{ status = (Get-Failure $_).status } }
                continue
            }
            if ($null -eq $children) {
                if (-not $result.ContainsKey($above)) { $result[$above] = @{ status = 'absent' } }
                continue
            }
            foreach ($child in $children) { Add-Wanted $keys ($above + '\' + $child + $path.Substring($star + 2)) $wanted[$path] }
        }
        foreach ($path in @($keys.Keys)) {
            $names = if ($keys[$path].all) { $null } else { [string[]]@($keys[$path].names.Keys) }
            $result[$path] = Read-Key $hive $path.Substring(5) $names
        }
        ConvertTo-JsonText $result 0
    }

    # --- System

    function Read-Os {
        $version = Read-Key (Get-Hive) 'SOFTWARE\Microsoft\Windows NT\CurrentVersion' $null
        if ($version.status -ne 'ok') { throw "The version of Windows could not be read: $($version.status)." }
        $system = Read-Class 'Win32_OperatingSystem' 'root/cimv2'
        ConvertTo-JsonText @{
            build            = [int]$version.values['CurrentBuildNumber']
            ubr              = $version.values['UBR']
            installationType = $version.values['InstallationType']
            productType      = Get-Value $system 'ProductType'
            caption          = Get-Value $system 'Caption'
            lastBootUpTime   = Get-Value $system 'LastBootUpTime'
        } 0
    }

    function Read-Computer {
        $row = Get-Row (Read-Class 'Win32_ComputerSystem' 'root/cimv2') @('PartOfDomain', 'Domain', 'DomainRole', 'Name', 'DNSHostName')
        $row.UUID = Get-Value (Read-Class 'Win32_ComputerSystemProduct' 'root/cimv2') 'UUID'
        ConvertTo-JsonText $row 0
    }

    function Read-Roles {
        ConvertTo-RowsText @(Get-WindowsFeature -ErrorAction Stop | Where-Object { $_.Installed } | ForEach-Object { @{ Name = $_.Name } })
    }

    # Services of one user's session end in its number and are other ones after every logon.
    $userService = '_[0-9a-f]{4,}$'

    function Read-Services {
        ConvertTo-RowsText @(Get-Service -ErrorAction SilentlyContinue | Where-Object { $_.Name -notmatch $userService } | ForEach-Object { Get-Row $_ @('Name', 'DisplayName', 'Status', 'StartType') })
    }

    # A WinStation with a port is a listener; the console has none.
    function Read-Listeners {
        $hive = Get-Hive
        $above = 'SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations'
        $children = Read-SubKeyNames $hive $above
        if ($null -eq $children) { return $null }
        $rows = foreach ($child in $children) {
            $key = Read-Key $hive "$above\$child" @('PortNumber', 'fEnableWinStation', 'InitialProgram', 'fInheritInitialProgram', 'LanAdapter', 'fLogonDisabled', 'MaxInstanceCount')
            if ($key.status -eq 'denied') { throw (New-Object System.UnauthorizedAccessException "The key of the listener $child may not be read.") }
            if ($key.status -ne 'ok' -or -not $key.values.ContainsKey('PortNumber')) { continue }
            $key.values.Name = $child
            $key.values
        }
        ConvertTo-RowsText @($rows)
    }

    # --- User rights

    # The path of a program of Windows, or null.
    function Get-Program([string]$Name) {
        $program = [System.IO.Path]::Combine($env:SystemRoot, 'System32', $Name)
        if ([System.IO.File]::Exists($program)) { return $program }
        return $null
    }

    # The lines that a program writes to a file: {0} in its arguments is the file, {1} another one that is thrown away. Both are
    # temporary.
    function Read-ProgramFile([string]$Program, [string[]]$Arguments, [string]$Extension, $Request) {
        $base = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'rdposture-' + [guid]::NewGuid().ToString('N'))
        $file = $base + $Extension
        try {
            $ErrorActionPreference = 'Continue'
            $filled = @($Arguments | ForEach-Object { $_.Replace('{0}', $file).Replace('{1}', "$base.log") })
            $null = & $Program $filled 2>&1
            $ErrorActionPreference = 'Stop'
            if (-not [System.IO.File]::Exists($file)) {
                if ($Request.elevated -eq $false) { throw (New-Object System.UnauthorizedAccessException 'Only administrators may read this.') }
                throw "The program ended with $LASTEXITCODE and wrote nothing."
            }
            # UTF-16 has a mark.
            return , [System.IO.File]::ReadAllLines($file)
        }
        finally {
            foreach ($path in $file, "$base.log") { if ([System.IO.File]::Exists($path)) { [System.IO.File]::Delete($path) } }
        }
    }

    # The lines of one part of what secedit exports, which are not localised.
    function Read-SecurityExport([string]$Area, [string]$Part, $Request) {
        $program = Get-Program 'secedit.exe'
        if ($null -eq $program) { return $null }
        $inside = $false
        $all = Read-ProgramFile $program @('/export', '/areas', $Area, '/cfg', '{0}', '/log', '{1}', '/quiet') '.inf' $Request
        $lines = foreach ($line in $all) {
            if ($line -match '^\s*\[(.+)\]\s*$') { $inside = $Matches[1] -eq $Part }
            elseif ($inside) { $line }
        }
        return , @($lines)
    }

    # Whose a value is: null where nobody can tell.
    function Get-PolicySource($OfPolicy, [string]$Name) {
        if ($null -eq $OfPolicy) { return $null }
        if ($OfPolicy.ContainsKey($Name)) { return 'gpo' }
        return 'local'
    }

    function Read-UserRights($Request) {
        $lines = Read-SecurityExport 'USER_RIGHTS' 'Privilege Rights' $Request
        if ($null -eq $lines) { return $null }
        $ofPolicy = Read-PolicyRights
        $rows = foreach ($line in $lines) {
            if ($line -notmatch '^\s*(Se\w+)\s*=\s*(.*)$') { continue }
            $right = $Matches[1]
            $holders = @($Matches[2].Split(',') | ForEach-Object { $_.Trim() } | Where-Object { $_ } | ForEach-Object { ConvertTo-Sid $_ })
            @{ Right = $right; Sids = $holders; RsopSource = Get-PolicySource $ofPolicy $right }
        }
        ConvertTo-RowsText @($rows)
    }

    # secedit writes `*SID`, and the plain name of an account that it could not translate.
    function ConvertTo-Sid([string]$Holder) {
        if ($Holder.StartsWith('*')) { return $Holder }
        $sid = Get-AccountSid $Holder
        if ($null -eq $sid) { return $Holder }
        return "*$sid"
    }

    # Rights that Group Policy set, as names of a table; null where nobody can tell: an empty table says nothing.
    function Read-PolicyRights {
        try {
            $rights = @{}
            foreach ($row in Read-Class 'RSOP_UserPrivilegeRight' 'root/rsop/computer') { $rights[[string](Get-Value $row 'UserRight')] = $true }
            if ($rights.Count -eq 0) { return $null }
            return $rights
        }
        catch {
            return $null
        }
    }

    # --- Network and firewall

    function Read-NetworkProfiles {
        ConvertTo-RowsText @(Read-OrNothing { Get-NetConnectionProfile -ErrorAction Stop } | ForEach-Object { Get-Row $_ @('Name', 'InterfaceAlias', 'InterfaceIndex', 'NetworkCategory', 'DomainAuthenticationKind', 'IPv4Connectivity', 'IPv6Connectivity') })
    }

    function Read-NetworkAddresses {
        ConvertTo-RowsText @(Read-OrNothing { Get-NetIPAddress -ErrorAction Stop } | ForEach-Object { Get-Row $_ @('InterfaceAlias', 'InterfaceIndex', 'IPAddress', 'PrefixLength', 'AddressFamily', 'AddressState', 'PrefixOrigin', 'SkipAsSource') })
    }

    function Read-FirewallProfiles {
        ConvertTo-RowsText @(Get-NetFirewallProfile -PolicyStore ActiveStore -ErrorAction Stop | ForEach-Object { Get-Row $_ @('Name', 'Enabled', 'DefaultInboundAction', 'DefaultOutboundAction', 'AllowInboundRules', 'AllowLocalFirewallRules', 'AllowLocalIPsecRules', 'AllowUserApps', 'AllowUserPorts', 'AllowUnicastResponseToMulticast', 'NotifyOnListen', 'EnableStealthModeForIPsec', 'LogFileName', 'LogMaxSizeKilobytes', 'LogAllowed', 'LogBlocked', 'LogIgnored', 'DisabledInterfaceAliases') })
    }

    # Filters: the command that reads all of them, the one of a single rule, and columns with the property names that they have.
    $filters = @(
        @{ all = { Get-NetFirewallPortFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallPortFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ Protocol = @('Protocol'); LocalPort = @('LocalPort'); RemotePort = @('RemotePort') } }
        @{ all = { Get-NetFirewallAddressFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ LocalAddress = @('LocalAddress', 'LocalIP'); RemoteAddress = @('RemoteAddress', 'RemoteIP') } }
        @{ all = { Get-NetFirewallApplicationFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ Program = @('Program', 'AppPath'); Package = @('Package') } }
        @{ all = { Get-NetFirewallServiceFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallServiceFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ Service = @('Service', 'ServiceName') } }
        @{ all = { Get-NetFirewallInterfaceFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallInterfaceFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ InterfaceAlias = @('InterfaceAlias') } }
        @{ all = { Get-NetFirewallInterfaceTypeFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallInterfaceTypeFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ InterfaceType = @('InterfaceType') } }
        @{ all = { Get-NetFirewallSecurityFilter -PolicyStore ActiveStore -ErrorAction Stop }; one = { Get-NetFirewallSecurityFilter -AssociatedNetFirewallRule $args[0] -ErrorAction Stop }; columns = @{ Authentication = @('Authentication'); Encryption = @('Encryption'); OverrideBlockRules = @('OverrideBlockRules'); LocalUser = @('LocalUser', 'LocalUsers'); RemoteUser = @('RemoteUser', 'RemoteUsers'); RemoteMachine = @('RemoteMachine', 'RemoteMachines') } }
    )

    # Each collection once, joined by InstanceID: one query for a rule's filter takes minutes on a host. Where two stores have a
    # rule of the same id, the filters do not say whose they are, and are asked for rule by rule.
    function Read-FirewallRules {
        $all = @(Get-NetFirewallRule -PolicyStore ActiveStore -TracePolicyStore -ErrorAction Stop)
        $count = @{}
        foreach ($rule in $all) { $count[[string]$rule.InstanceID] = 1 + [int]$count[[string]$rule.InstanceID] }
        $inbound = @($all | Where-Object { $direction = "$($_.Direction)"; $direction -eq 'Inbound' -or $direction -eq '1' })
        if ($inbound.Count -gt $limits.rows) { throw "There are more than $($limits.rows) inbound rules." }
        $index = New-Object 'System.Collections.Generic.List[hashtable]'
        foreach ($filter in $filters) {
            $byId = @{}
            $reader = $filter.all
            foreach ($found in & $reader) { $byId[[string]$found.InstanceID] = $found }
            $index.Add($byId)
        }
        $rows = New-Object 'System.Collections.Generic.List[object]'
        foreach ($rule in $inbound) {
            $id = [string]$rule.InstanceID
            $row = Get-Row $rule @('InstanceID', 'DisplayName', 'RuleGroup', 'Enabled', 'Direction', 'Action', 'Profiles', 'EdgeTraversalPolicy', 'Owner', 'Platforms', 'PrimaryStatus', 'EnforcementStatus', 'PolicyStoreSource', 'PolicyStoreSourceType', 'RemoteDynamicKeywordAddresses')
            for ($place = 0; $place -lt $filters.Count; $place++) {
                $filter = $filters[$place]
                $found = $index[$place][$id]
                if ($count[$id] -gt 1 -or $null -eq $found) {
                    # Not `$reader`: the block would find the parameter of Read-OrNothing, which is itself.
                    $one = $filter.one
                    $found = @(Read-OrNothing { & $one $rule })[0]
                }
                foreach ($column in $filter.columns.Keys) {
                    $row[$column] = $unreadable
                    if ($null -ne $found) { $row[$column] = Get-Value $found $filter.columns[$column] }
                }
            }
            $rows.Add($row)
        }
        ConvertTo-RowsText $rows
    }

    # --- Certificates

    function Read-Certificates {
        $started = [System.Diagnostics.Stopwatch]::StartNew()
        $above = @{}
        foreach ($store in 'CA', 'Root') { foreach ($certificate in Get-StoreCertificate $store) { if (-not $above.ContainsKey($certificate.Thumbprint)) { $above[$certificate.Thumbprint] = @{ Store = $store; Certificate = $certificate } } } }
        $needed = @{}
        $rows = New-Object 'System.Collections.Generic.List[object]'
        foreach ($store in 'My', 'Remote Desktop', 'WebHosting') {
            foreach ($certificate in Get-StoreCertificate $store) {
                if ($rows.Count -ge $limits.rows) { throw "There are more than $($limits.rows) certificates." }
                $row = @{ Store = $store; Thumbprint = $certificate.Thumbprint; Der = $certificate.RawData; HasPrivateKey = $certificate.HasPrivateKey; Template = Get-TemplateName $certificate }
                $key = Read-PrivateKey $certificate
                $row.PrivateKeyFound = $key.found
                $row.PrivateKeyAccess = $key.access
                # Revocation asks the network; when half of the time is gone, the rest is read without it.
                $mode = if ($started.Elapsed.TotalSeconds -lt $limits.timeout / 2) { [System.Security.Cryptography.X509Certificates.X509RevocationMode]::Online } else { [System.Security.Cryptography.X509Certificates.X509RevocationMode]::NoCheck }
                $chain = Read-Chain $certificate $mode
                $row.ChainStatus = $chain.status
                $row.ChainElements = $chain.elements
                $row.RevocationMode = $chain.mode
                foreach ($thumbprint in $chain.elements) { $needed[$thumbprint] = $true }
                $rows.Add($row)
            }
        }
        foreach ($thumbprint in @($needed.Keys)) {
            $found = $above[$thumbprint]
            if ($null -ne $found) { $rows.Add(@{ Store = $found.Store; Thumbprint = $thumbprint; Der = $found.Certificate.RawData; HasPrivateKey = $found.Certificate.HasPrivateKey }) }
        }
        ConvertTo-RowsText $rows
    }

    # Extension 1.3.6.1.4.1.311.20.2: a BMPString (tag 0x1e) of fewer than 128 bytes. Newer templates only give an object id.
    function Get-TemplateName($Certificate) {
        foreach ($extension in $Certificate.Extensions) {
            $data = $extension.RawData
            if ($extension.Oid.Value -eq '1.3.6.1.4.1.311.20.2' -and $data.Length -ge 2 -and $data[0] -eq 30 -and $data[1] -eq $data.Length - 2) { return [System.Text.Encoding]::BigEndianUnicode.GetString($data, 2, $data.Length - 2) }
        }
        return $null
    }

    function Read-Chain($Certificate, $Mode) {
        try {
            $chain = New-Object System.Security.Cryptography.X509Certificates.X509Chain $true
            $policy = $chain.ChainPolicy
            $policy.RevocationMode = $Mode
            $policy.UrlRetrievalTimeout = [System.TimeSpan]::FromSeconds(5)
            [void]$policy.ApplicationPolicy.Add((New-Object System.Security.Cryptography.Oid '1.3.6.1.5.5.7.3.1'))
            [void]$chain.Build($Certificate)
            $status = [int[]]@($chain.ChainStatus | ForEach-Object { [int]$_.Status })
            [System.Array]::Sort($status)
            $elements = [string[]]@($chain.ChainElements | ForEach-Object { $_.Certificate.Thumbprint })
            return @{ status = $status; elements = $elements; mode = $Mode }
        }
        catch {
            return @{ status = $null; elements = $null; mode = $null }
        }
    }

    # Whether the key is there, and who may use it. The key is opened for its name and never read.
    function Read-PrivateKey($Certificate) {
        $nothing = @{ found = $null; access = $null }
        if (-not $Certificate.HasPrivateKey) { return $nothing }
        try {
            $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
            if ($null -eq $key) { $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($Certificate) }
            if ($null -eq $key) { return $nothing }
            $container = Get-Value (Get-Value $key 'Key') 'UniqueName'
            if ($null -eq $container) { $container = Get-Value (Get-Value $key 'CspKeyContainerInfo') 'UniqueKeyContainerName' }
            $key.Dispose()
        }
        catch {
            # NTE_BAD_KEYSET, NTE_NO_KEY: the certificate points to a key that is not there.
            for ($failure = $_.Exception; $null -ne $failure; $failure = $failure.InnerException) {
                if (('{0:x8}' -f $failure.HResult) -eq '80090016' -or ('{0:x8}' -f $failure.HResult) -eq '8009000d') { return @{ found = $false; access = $null } }
            }
            return $nothing
        }
        if (-not $container) { return $nothing }
        # Keys in hardware have no file: then nobody can say who may use them.
        foreach ($folder in 'Keys', 'SystemKeys', 'RSA\MachineKeys') {
            $path = [System.IO.Path]::Combine($env:ProgramData, 'Microsoft', 'Crypto', $folder.Replace('\', [string][System.IO.Path]::DirectorySeparatorChar))
            $path = [System.IO.Path]::Combine($path, [string]$container)
            if ([System.IO.File]::Exists($path)) { return @{ found = $true; access = Read-KeyAccess $path } }
        }
        return @{ found = $true; access = $null }
    }

    function Read-KeyAccess([string]$Path) {
        try {
            $rules = (Get-Acl -LiteralPath $Path -ErrorAction Stop).GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])
            return , @($rules | ForEach-Object { @{ Sid = [string]$_.IdentityReference.Value; Access = [int]$_.AccessControlType; Rights = [int]$_.FileSystemRights } })
        }
        catch {
            return $null
        }
    }

    # --- TLS bindings. `netsh http show sslcert` says the same in the host's language.

    function Read-HttpBindingList {
        $hive = Get-Hive
        foreach ($part in @{ key = 'SslBindingInfo'; column = 'IpPort' }, @{ key = 'SslSniBindingInfo'; column = 'HostnamePort' }) {
            $above = 'SYSTEM\CurrentControlSet\Services\HTTP\Parameters\' + $part.key
            $children = Read-SubKeyNames $hive $above
            if ($null -eq $children) { continue }
            foreach ($child in $children) {
                $key = Read-Key $hive "$above\$child" @('SslCertHash', 'SslCertStoreName', 'AppId')
                if ($key.status -ne 'ok') { throw (New-Object System.UnauthorizedAccessException "The binding $child may not be read.") }
                $row = @{ IpPort = $null; HostnamePort = $null; CertHash = $key.values['SslCertHash']; CertStoreName = $key.values['SslCertStoreName']; AppId = $null }
                $row[$part.column] = $child
                $owner = $key.values['AppId']
                if ($null -ne $owner -and @($owner).Count -eq 16) { $row.AppId = (New-Object System.Guid (, [byte[]]$owner)).ToString('B') }
                elseif ($owner -is [string]) { $row.AppId = $owner }
                $row
            }
        }
    }

    function Read-HttpBindings { ConvertTo-RowsText @(Read-HttpBindingList) }

    # The configuration file of IIS; nothing where IIS is not installed.
    function Read-IisConfiguration {
        # Where the file may not be read, it seems not to exist; the key tells whether IIS is installed.
        if ((Read-Key (Get-Hive) 'SOFTWARE\Microsoft\InetStp' @()).status -eq 'absent') { return $null }
        $folder = [System.IO.Path]::Combine($env:SystemRoot, 'System32', 'inetsrv', 'config')
        $configuration = ConvertFrom-XmlText ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($folder, 'applicationHost.config')))
        $redirection = [System.IO.Path]::Combine($folder, 'redirection.config')
        if ([System.IO.File]::Exists($redirection)) {
            $shared = (ConvertFrom-XmlText ([System.IO.File]::ReadAllText($redirection))).SelectSingleNode('/configuration/configurationRedirection/@enabled')
            if ($null -ne $shared -and $shared.Value -eq 'true') { throw 'The configuration of IIS is shared, and stands elsewhere.' }
        }
        return , $configuration
    }

    # The sites of IIS; the certificate of a binding is the one that HTTP.sys has for it.
    function Read-IisBindings {
        $configuration = Read-IisConfiguration
        if ($null -eq $configuration) { return $null }
        $sites = $configuration.SelectNodes('/configuration/system.applicationHost/sites/site')
        $secure = @{}
        foreach ($binding in Read-HttpBindingList) { $secure["$($binding.IpPort)$($binding.HostnamePort)".ToLowerInvariant()] = $binding }
        $rows = foreach ($site in $sites) {
            $applications = @($site.SelectNodes('application') | ForEach-Object { $_.GetAttribute('path') })
            foreach ($binding in $site.SelectNodes('bindings/binding')) {
                $information = $binding.GetAttribute('bindingInformation')
                $flags = if ($binding.HasAttribute('sslFlags')) { [int]$binding.GetAttribute('sslFlags') } else { 0 }
                $row = @{ Site = $site.GetAttribute('name'); protocol = $binding.GetAttribute('protocol'); bindingInformation = $information; sslFlags = $flags; Applications = $applications; certificateHash = $null; certificateStoreName = $null }
                if ($row.protocol -eq 'https') {
                    $found = $secure[(ConvertTo-BindingKey $information $flags)]
                    if ($null -ne $found) {
                        $row.certificateHash = $found.CertHash
                        $row.certificateStoreName = $found.CertStoreName
                    }
                }
                $row
            }
        }
        ConvertTo-RowsText @($rows)
    }

    # `*:443:` is `0.0.0.0:443` to HTTP.sys; with flag 1 (SNI) the name counts. The address may hold colons.
    function ConvertTo-BindingKey([string]$Information, [int]$Flags) {
        if ($Information -notmatch '^(.*):(\d+):([^:]*)$') { return '' }
        $address = $Matches[1]
        if (($Flags -band 1) -eq 1) { return ($Matches[3] + ':' + $Matches[2]).ToLowerInvariant() }
        if ($address -eq '*' -or $address -eq '') { $address = '0.0.0.0' }
        return ($address + ':' + $Matches[2]).ToLowerInvariant()
    }

    function ConvertFrom-XmlText([string]$Text) {
        $document = New-Object System.Xml.XmlDocument
        $document.XmlResolver = $null
        $document.LoadXml($Text)
        return , $document
    }

    function Read-WebClientCertificate {
        $found = @(Get-RDWebClientBrokerCert -ErrorAction Stop)[0]
        if ($null -eq $found) { return $null }
        ConvertTo-JsonText @{ Thumbprint = Get-Value $found 'Thumbprint'; Der = Get-Value $found 'RawData' } 0
    }

    # --- Devices and printing

    function Read-Devices {
        $versions = @{}
        try {
            # All drivers take long; the display's are what is judged.
            foreach ($driver in Get-CimInstance -ClassName Win32_PnPSignedDriver -Filter "DeviceClass = 'DISPLAY'" -Property DeviceID, DriverVersion, DeviceClass -OperationTimeoutSec $limits.timeout -ErrorAction Stop) { $versions[[string]$driver.DeviceID] = $driver.DriverVersion }
        }
        catch {
            $versions = @{}
        }
        $rows = foreach ($device in Read-Class 'Win32_PnPEntity' 'root/cimv2') {
            $row = Get-Row $device @('ClassGuid', 'Present', 'Status', 'ConfigManagerErrorCode', 'HardwareID')
            $row.InstanceId = [string](Get-Value $device @('PNPDeviceID', 'DeviceID'))
            $row.Class = Get-Value $device 'PNPClass'
            $row.FriendlyName = Get-Value $device @('Name', 'Caption')
            $row.DriverVersion = $versions[$row.InstanceId]
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-DeviceGuard {
        $found = @(Read-Class 'Win32_DeviceGuard' 'root/Microsoft/Windows/DeviceGuard')[0]
        if ($null -eq $found) { return $null }
        ConvertTo-JsonText (Get-Row $found @('SecurityServicesConfigured', 'SecurityServicesRunning', 'VirtualizationBasedSecurityStatus', 'CodeIntegrityPolicyEnforcementStatus')) 0
    }

    function Read-PrinterDrivers {
        $rows = foreach ($driver in Read-OrNothing { Get-PrinterDriver -ErrorAction Stop }) {
            $row = Get-Row $driver @('Name', 'MajorVersion', 'Manufacturer', 'PrinterEnvironment', 'IsPackageAware', 'InfPath')
            $row.IsSigned = Test-Signed (Get-Value $driver @('Path', 'DriverPath'))
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    # Valid is 0; 2, 3 and 4 are unsigned, changed and not trusted; what else there is says nothing.
    function Test-Signed($Path) {
        if (-not $Path) { return $null }
        try {
            $status = [string](Get-AuthenticodeSignature -LiteralPath $Path -ErrorAction Stop).Status
            if ($status -eq 'Valid' -or $status -eq '0') { return $true }
            if (@('NotSigned', 'HashMismatch', 'NotTrusted', '2', '3', '4') -contains $status) { return $false }
        }
        catch {
            return $null
        }
        return $null
    }

    # --- Accounts

    # Members by the WinNT provider: it has domain controllers too, and does not stop at a SID without a name.
    function Read-LocalGroups {
        $rows = foreach ($sid in 'S-1-5-32-544', 'S-1-5-32-545', 'S-1-5-32-546', 'S-1-5-32-555', 'S-1-5-32-576') {
            try { $name = (New-Object System.Security.Principal.SecurityIdentifier $sid).Translate([System.Security.Principal.NTAccount]).Value.Split('\')[-1] }
            catch { continue }
            $row = @{ SID = $sid; Name = $name; MemberSids = $null; MemberNames = $null; MemberSources = $null }
            try {
                $members = @{}
                $group = New-Object System.DirectoryServices.DirectoryEntry "WinNT://./$name,group"
                foreach ($member in $group.PSBase.Invoke('Members')) {
                    $entry = New-Object System.DirectoryServices.DirectoryEntry $member
                    $own = (New-Object System.Security.Principal.SecurityIdentifier ([byte[]]$entry.PSBase.Properties['objectSid'].Value), 0).Value
                    $members[$own] = [string]$entry.PSBase.Path
                }
                $sids = [string[]]@($members.Keys)
                [System.Array]::Sort($sids, $ordinal)
                $row.MemberSids = $sids
                $row.MemberNames = @($sids | ForEach-Object { ConvertTo-MemberName $members[$_] })
                $row.MemberSources = @($sids | ForEach-Object { ConvertTo-MemberSource $_ $members[$_] })
            }
            catch {
                $row.MemberSids = $null
            }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    # WinNT://CONTOSO/RDSH01/name, WinNT://CONTOSO/name, or WinNT://S-1-5-21-... for a SID without a name.
    function ConvertTo-MemberName([string]$Path) {
        $steps = $Path.Substring('WinNT://'.Length).Split('/')
        if ($steps.Length -lt 2) { return $null }
        return $steps[-2] + '\' + $steps[-1]
    }

    # PrincipalSource: 0 unknown, 1 local, 2 directory, 3 Entra, 4 Microsoft account.
    function ConvertTo-MemberSource([string]$Sid, [string]$Path) {
        if ($Sid.StartsWith('S-1-12-1-')) { return 3 }
        if ($Path.StartsWith('WinNT://MicrosoftAccount/')) { return 4 }
        if (-not $Sid.StartsWith('S-1-5-21-')) { return 0 }
        if ($Path.IndexOf("/$env:COMPUTERNAME/", [System.StringComparison]::OrdinalIgnoreCase) -ge 0) { return 1 }
        return 2
    }

    # A domain controller has no local users.
    function Read-LocalUsers {
        $role = Get-Value (Read-Class 'Win32_ComputerSystem' 'root/cimv2') 'DomainRole'
        if ($role -eq 4 -or $role -eq 5) { return $null }
        ConvertTo-RowsText @(Get-LocalUser -ErrorAction Stop | ForEach-Object {
                $row = Get-Row $_ @('Name', 'Enabled', 'AccountExpires', 'PasswordRequired')
                $row.SID = [string](Get-Value $_.SID 'Value')
                $row
            })
    }

    function Read-SecurityPolicy($Request) {
        $ofPolicy = $null
        try {
            $ofPolicy = @{}
            foreach ($class in 'RSOP_SecuritySettingNumeric', 'RSOP_SecuritySettingBoolean') { foreach ($row in Read-Class $class 'root/rsop/computer') { $ofPolicy[[string](Get-Value $row 'KeyName')] = $true } }
            if ($ofPolicy.Count -eq 0) { $ofPolicy = $null }
        }
        catch {
            $ofPolicy = $null
        }
        $lines = Read-SecurityExport 'SECURITYPOLICY' 'System Access' $Request
        if ($null -eq $lines) { return $null }
        $rows = foreach ($line in $lines) {
            if ($line -notmatch '^\s*(\w+)\s*=\s*(.*?)\s*$') { continue }
            $name = $Matches[1]
            $value = $Matches[2].Trim('"')
            if ($value -match '^-?\d{1,9}$') { $value = [int]$value }
            @{ Name = $name; Value = $value; RsopSource = Get-PolicySource $ofPolicy $name }
        }
        ConvertTo-RowsText @($rows)
    }

    # --- Audit and events

    # The backup has the setting as a number, where other output is localised. Rows of users begin with their SID.
    function Read-AuditPolicy($Request) {
        $program = Get-Program 'auditpol.exe'
        if ($null -eq $program) { return $null }
        $lines = Read-ProgramFile $program @('/backup', '/file:{0}') '.csv' $Request
        $rows = foreach ($line in $lines) {
            $fields = $line.Split(',')
            if ($fields.Length -lt 5 -or $fields[1].StartsWith('S-1-') -or $line -notmatch '(\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\})') { continue }
            $guid = $Matches[1].ToUpperInvariant()
            if ($fields[-1] -match '^\s*([0-3])\s*$') { @{ SubcategoryGuid = $guid; SettingValue = [int]$Matches[1] } }
        }
        ConvertTo-RowsText @($rows)
    }

    $sessionChannel = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'
    $connectionChannel = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational'
    $connectionAdmin = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin'
    $transportChannel = 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational'
    $gatewayChannel = 'Microsoft-Windows-TerminalServices-Gateway/Operational'
    $gatewayAdmin = 'Microsoft-Windows-TerminalServices-Gateway/Admin'

    # There is no such log, or nothing in it.
    function Test-NoEvents($Record) { return ([string]$Record.FullyQualifiedErrorId) -match '^NoMatching(Events|Logs|Providers)Found' }

    function Read-EventLogs {
        $rows = foreach ($name in 'Security', $sessionChannel, $connectionChannel, $connectionAdmin, $transportChannel, $gatewayChannel) {
            try { Get-WinEvent -ListLog $name -ErrorAction Stop | ForEach-Object { Get-Row $_ @('LogName', 'IsEnabled', 'MaximumSizeInBytes', 'LogMode') } }
            catch { if (-not (Test-NoEvents $_)) { throw } }
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-EventList($Filter, [int]$Most) {
        try { Get-WinEvent -FilterHashtable $Filter -MaxEvents $Most -ErrorAction Stop }
        catch { if (-not (Test-NoEvents $_)) { throw } }
    }

    # Newest first, from the XML and never from the text; no names and no addresses.
    function Read-RemoteDesktopEvents {
        $since = [System.DateTime]::Now.AddDays(-7)
        $channels = @(
            @{ name = $sessionChannel; ids = @(21, 22, 23, 24, 25, 39, 40) }
            @{ name = $connectionChannel; ids = @(261, 1149) }
            @{ name = $connectionAdmin; ids = @(1003, 1004, 1006, 1011, 1012) + @(1050..1059) + @(1068, 1069) }
            @{ name = $transportChannel; ids = @(140) }
            @{ name = $gatewayChannel; ids = @(103, 200, 201, 300, 301, 302, 303, 304, 700) }
            @{ name = $gatewayAdmin; ids = @(103, 700) }
        )
        $rows = foreach ($channel in $channels) {
            foreach ($entry in Read-EventList @{ LogName = $channel.name; Id = $channel.ids; StartTime = $since } 2000) {
                $row = @{ Channel = $channel.name; Id = [int]$entry.Id; TimeCreated = $entry.TimeCreated; Session = $null; Reason = $null }
                $document = ConvertFrom-XmlText $entry.ToXml()
                foreach ($column in 'Session', 'Reason') {
                    $node = $document.SelectSingleNode("//*[local-name()='EventXML']/*[local-name()='$column' or local-name()='${column}ID']")
                    if ($null -ne $node -and $node.InnerText -match '^\d{1,9}$') { $row[$column] = [int]$node.InnerText }
                }
                $row
            }
        }
        ConvertTo-RowsText @($rows) -InOrder
    }

    # Counted by hour: LogonType is the eleventh value of 4625.
    function Read-FailedLogons {
        $since = [System.DateTime]::Now.AddDays(-7)
        $counts = @{}
        foreach ($part in @{ log = 'Security'; id = 4625 }, @{ log = $connectionAdmin; id = 1006 }) {
            foreach ($entry in Read-EventList @{ LogName = $part.log; Id = $part.id; StartTime = $since } $limits.rows) {
                $type = $null
                if ($part.id -eq 4625 -and @($entry.Properties).Count -gt 10) { $type = [int]$entry.Properties[10].Value }
                $hour = $entry.TimeCreated.ToUniversalTime().ToString("yyyy-MM-dd'T'HH':00:00Z'", $invariant)
                $key = "$($part.log) $($part.id) $type $hour"
                if (-not $counts.ContainsKey($key)) { $counts[$key] = @{ Channel = $part.log; Id = $part.id; LogonType = $type; Hour = $hour; Count = 0 } }
                $counts[$key].Count = $counts[$key]['Count'] + 1
            }
        }
        ConvertTo-RowsText $counts.Values
    }

    function Read-DisplayEvents {
        $filter = @{ LogName = 'System'; ProviderName = 'Microsoft-Windows-DriverFrameworks-UserMode'; Id = @(10110, 10111, 10120, 10121); StartTime = [System.DateTime]::Now.AddDays(-7) }
        $rows = foreach ($entry in Read-EventList $filter 500) {
            $texts = @((ConvertFrom-XmlText $entry.ToXml()).SelectNodes("//*[local-name()='EventData' or local-name()='UserData']//text()") | ForEach-Object { [string]$_.Value })
            @{ Id = [int]$entry.Id; TimeCreated = $entry.TimeCreated; Data = $texts }
        }
        ConvertTo-RowsText @($rows) -InOrder
    }

    # --- Connections

    function Read-TcpListeners {
        $names = @{}
        foreach ($process in Get-Process -ErrorAction SilentlyContinue) { $names[[int]$process.Id] = $process.Name }
        ConvertTo-RowsText @(Read-OrNothing { Get-NetTCPConnection -State Listen -ErrorAction Stop } | ForEach-Object {
                $row = Get-Row $_ @('LocalAddress', 'LocalPort', 'OwningProcess')
                $row.ProcessName = $names[[int]$row.OwningProcess]
                $row
            })
    }

    function Read-ServiceProcesses { ConvertTo-RowsText @(Read-Class 'Win32_Service' 'root/cimv2' | Where-Object { $_.Name -notmatch $userService } | ForEach-Object { Get-Row $_ @('Name', 'ProcessId', 'State', 'StartMode') }) }

    function Read-ServiceCommands { ConvertTo-RowsText @(Read-Class 'Win32_Service' 'root/cimv2' | Where-Object { $_.Name -notmatch $userService } | ForEach-Object { Get-Row $_ @('Name', 'PathName') }) }

    function Read-TaskCommands {
        $rows = foreach ($task in Get-ScheduledTask -ErrorAction Stop) {
            foreach ($action in $task.Actions) {
                if ($null -eq $action -or $null -eq $action.PSObject.Properties['Execute']) { continue }
                $row = Get-Row $task @('TaskPath', 'TaskName', 'State')
                $row.Execute = $action.Execute
                $row.Arguments = Get-Value $action 'Arguments'
                $row
            }
        }
        ConvertTo-RowsText @($rows)
    }

    # The first word of the source is a name or, in the host's language, says that the clock is local. Members of a domain are
    # compared with it: its name stands for its controllers.
    function Read-Time {
        $program = Get-Program 'w32tm.exe'
        if ($null -eq $program) { return $null }
        $ErrorActionPreference = 'Continue'
        $source = @(& $program '/query' '/source' 2>&1 | ForEach-Object { "$_".Trim() } | Where-Object { $_ })[0]
        $source = if ($source) { ($source -split '[\s,]')[0] } else { $null }
        $system = Read-Class 'Win32_ComputerSystem' 'root/cimv2'
        $with = $null
        if ((Get-Value $system 'PartOfDomain') -eq $true) { $with = [string](Get-Value $system 'Domain') }
        elseif ($source -match '^[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$') { $with = $source }
        $offset = $null
        if ($with) {
            foreach ($line in & $program '/stripchart' "/computer:$with" '/samples:1' '/dataonly' 2>&1) {
                if ("$line" -match '([+-]?\d+)[.,](\d+)s\s*$') { $offset = [decimal]::Parse($Matches[1] + '.' + $Matches[2], $invariant) }
            }
        }
        ConvertTo-JsonText @{ Source = $source; ComparedWith = $with; OffsetSeconds = $offset } 0
    }

    # --- Clients

    function Read-ClientPrograms {
        $hive = Get-Hive
        $rows = New-Object 'System.Collections.Generic.List[object]'
        foreach ($above in 'SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall') {
            $children = Read-SubKeyNames $hive $above
            foreach ($child in $children) {
                $key = Read-Key $hive "$above\$child" @('DisplayName', 'Publisher', 'DisplayVersion')
                if ($key.status -eq 'ok' -and $key.values['DisplayName'] -eq 'Remote Desktop' -and "$($key.values['Publisher'])" -like 'Microsoft*') { $rows.Add(@{ Program = 'remote-desktop'; Version = $key.values['DisplayVersion'] }) }
            }
        }
        try { Get-AppxPackage -AllUsers -Name 'MicrosoftCorporationII.Windows365' -ErrorAction Stop | ForEach-Object { $rows.Add(@{ Program = 'windows-app'; Version = [string]$_.Version }) } }
        catch [System.Management.Automation.CommandNotFoundException] { $null = $_ }
        ConvertTo-RowsText $rows
    }

    function Read-ClientUsers {
        $hive = Get-Item -LiteralPath 'Registry::HKEY_USERS' -ErrorAction Stop
        $rows = foreach ($sid in $hive.GetSubKeyNames()) {
            if ($sid -notmatch '^S-1-(5-21|12-1)-[0-9-]+$') { continue }
            $client = Read-Key $hive "$sid\Software\Microsoft\Terminal Server Client" @('AuthenticationLevelOverride')
            $policy = Read-Key $hive "$sid\Software\Policies\Microsoft\Windows NT\Terminal Services" @('ProxyName', 'UseProxy', 'LogonMethod')
            $row = @{ Sid = $sid; AuthenticationLevelOverride = $null; ProxyName = $null; UseProxy = $null; LogonMethod = $null }
            foreach ($key in $client, $policy) {
                if ($key.status -eq 'denied' -or $key.status -eq 'error') { throw (New-Object System.UnauthorizedAccessException "Settings of $sid may not be read.") }
                if ($key.status -eq 'ok') { foreach ($name in @($key.values.Keys)) { $row[$name] = $key.values[$name] } }
            }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    # --- Licensing

    function Read-LicensingSetting { @(Read-Class 'Win32_TerminalServiceSetting' $terminalServices)[0] }

    function Read-LicenseServerNames($Setting) {
        $found = Get-Value (Invoke-CimMethod -InputObject $Setting -MethodName GetSpecifiedLicenseServerList -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'SpecifiedLSList'
        return , [string[]]@($found | Where-Object { $_ })
    }

    function Read-Licensing {
        $setting = Read-LicensingSetting
        $days = Get-Value (Invoke-CimMethod -InputObject $setting -MethodName GetGracePeriodDays -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'DaysLeft'
        $servers = Read-LicenseServerNames $setting
        ConvertTo-JsonText @{ SpecifiedLicenseServers = $servers; PolicySourceConfiguredLicenseServers = Get-Value $setting 'PolicySourceConfiguredLicenseServers'; GraceDaysLeft = $days } 0
    }

    function Read-LicenseServers {
        $setting = Read-LicensingSetting
        $names = Read-LicenseServerNames $setting
        $rows = foreach ($name in $names) {
            $answer = Invoke-CimMethod -InputObject $setting -MethodName GetTStoLSConnectivityStatus -Arguments @{ ServerName = $name } -OperationTimeoutSec $limits.timeout -ErrorAction Stop
            @{ ServerName = $name; TStoLSConnectivityStatus = Get-Value $answer 'TStoLSConnectivityStatus' }
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-LicensingKeys {
        $hive = Get-Hive
        $paths = 'SOFTWARE\Microsoft\MSLicensing', 'SOFTWARE\Microsoft\MSLicensing\Store', 'SOFTWARE\WOW6432Node\Microsoft\MSLicensing', 'SOFTWARE\WOW6432Node\Microsoft\MSLicensing\Store', 'SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\GracePeriod'
        $rows = foreach ($path in $paths) {
            $row = @{ Key = "HKLM\$path"; Exists = $true; OwnerSid = $null; AllowSids = $null; AllowRights = $null }
            # A key whose values are denied is there all the same.
            if ((Read-Key $hive $path @()).status -eq 'absent') { $row.Exists = $false }
            else {
                try {
                    $security = Get-Acl -LiteralPath "Registry::HKEY_LOCAL_MACHINE\$path" -ErrorAction Stop
                    $row.OwnerSid = [string]$security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
                    $allowed = @($security.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier]) | Where-Object { [int]$_.AccessControlType -eq 0 })
                    $row.AllowSids = @($allowed | ForEach-Object { [string]$_.IdentityReference.Value })
                    $row.AllowRights = @($allowed | ForEach-Object { [int]$_.RegistryRights })
                }
                catch {
                    $row.AllowSids = $null
                }
            }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-LicenseServerState {
        $rows = foreach ($server in Read-Class 'Win32_TSLicenseServer' 'root/cimv2') {
            $row = @{ ActivationStatus = $null; IsInTerminalServerLicenseServers = $null }
            $row.ActivationStatus = Get-Value (Invoke-CimMethod -InputObject $server -MethodName GetActivationStatus -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'ActivationStatus'
            # Without a domain there is no such group.
            try { $row.IsInTerminalServerLicenseServers = Get-Value (Invoke-CimMethod -InputObject $server -MethodName IsLSinTSLSGroup -Arguments @{ Domain = '' } -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'IsMember' }
            catch { $row.IsInTerminalServerLicenseServers = $null }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    # --- Gateway

    # Names with semicolons between, `DOMAIN\Group` or `Group@DOMAIN`, to SIDs in their order.
    function ConvertTo-GroupSids([string]$Names) {
        return , @($Names.Split(';') | ForEach-Object { $_.Trim() } | Where-Object { $_ } | ForEach-Object {
                $sid = Get-AccountSid $_
                if ($null -eq $sid -and $_ -match '^([^@\\]+)@([^@\\]+)$') { $sid = Get-AccountSid ($Matches[2] + '\' + $Matches[1]) }
                $sid
            })
    }

    function Read-ConnectionPolicies {
        ConvertTo-RowsText @(Read-Class 'Win32_TSGatewayConnectionAuthorizationPolicy' $terminalServices | ForEach-Object {
                $row = Get-Row $_ @('Name', 'Enabled', 'Order', 'UserGroupNames', 'ComputerGroupNames', 'PasswordAllowed', 'SmartcardAllowed', 'CookieAuthenticationAllowed', 'DeviceRedirectionType', 'DiskDrivesDisabled', 'PrintersDisabled', 'SerialPortsDisabled', 'ClipboardDisabled', 'PlugAndPlayDevicesDisabled', 'AllowOnlySDRServers', 'IdleTimeout', 'SessionTimeout', 'SessionTimeoutAction')
                $row.UserGroupSids = ConvertTo-GroupSids ([string]$row['UserGroupNames'])
                $row
            })
    }

    function Read-ResourcePolicies {
        ConvertTo-RowsText @(Read-Class 'Win32_TSGatewayResourceAuthorizationPolicy' $terminalServices | ForEach-Object {
                $row = Get-Row $_ @('Name', 'Enabled', 'ResourceGroupType', 'ResourceGroupName', 'UserGroupNames', 'PortNumbers', 'ProtocolNames')
                $row.UserGroupSids = ConvertTo-GroupSids ([string]$row['UserGroupNames'])
                $row.ResourceGroupSid = $null
                if ($row['ResourceGroupType'] -eq 'CG') { $row.ResourceGroupSid = (ConvertTo-GroupSids ([string]$row['ResourceGroupName']))[0] }
                $row
            })
    }

    function Read-GatewayServer { @(Read-Class 'Win32_TSGatewayServerSettings' $terminalServices)[0] }

    function Read-GatewayTransports {
        $server = Read-GatewayServer
        if ($null -eq $server) { return $null }
        $rows = foreach ($type in 0, 1, 2) {
            $row = @{ TransportType = $type; Enabled = $null; IPAddress = $null; Port = $null }
            $row.Enabled = Get-Value (Invoke-CimMethod -InputObject $server -MethodName IsTransportEnabled -Arguments @{ TransportType = [uint16]$type } -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'Enabled'
            # A transport that is off may have no address.
            try {
                $bound = Invoke-CimMethod -InputObject $server -MethodName GetIPAndPort -Arguments @{ TransportType = [uint16]$type } -OperationTimeoutSec $limits.timeout -ErrorAction Stop
                $row.IPAddress = Get-Value $bound 'IPAddress'
                $row.Port = Get-Value $bound 'Port'
            }
            catch {
                $row.Port = $null
            }
            $row
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-GatewayLogEvents {
        $server = Read-GatewayServer
        if ($null -eq $server) { return $null }
        $count = [int](Get-Value $server 'MaxLogEvents')
        $rows = for ($index = 0; $index -lt $count -and $index -lt 100; $index++) {
            $name = Get-Value (Invoke-CimMethod -InputObject $server -MethodName GetLogEventName -Arguments @{ EventIndex = [uint32]$index } -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'EventName'
            if (-not $name) { continue }
            $enabled = Get-Value (Invoke-CimMethod -InputObject $server -MethodName IsLogEventEnabled -Arguments @{ EventName = [string]$name } -OperationTimeoutSec $limits.timeout -ErrorAction Stop) 'Enabled'
            @{ EventName = $name; Enabled = $enabled }
        }
        ConvertTo-RowsText @($rows)
    }

    # --- Names

    function Read-HostsFile {
        $folder = (Read-Key (Get-Hive) 'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' @('DataBasePath'))
        if ($folder.status -ne 'ok' -or -not $folder.values['DataBasePath']) { throw 'The folder of the hosts file is not known.' }
        $file = [System.IO.Path]::Combine([System.Environment]::ExpandEnvironmentVariables($folder.values['DataBasePath']), 'hosts')
        if (-not [System.IO.File]::Exists($file)) { return $null }
        $rows = foreach ($line in [System.IO.File]::ReadAllLines($file)) {
            $words = @(($line -split '#')[0] -split '\s+' | Where-Object { $_ })
            if ($words.Count -ge 2) { @{ Address = $words[0]; Names = @($words[1..($words.Count - 1)]) } }
        }
        ConvertTo-RowsText @($rows)
    }

    # Indexes of the interfaces that are up.
    function Read-UpInterfaces {
        $up = @{}
        foreach ($interface in Get-NetIPInterface -ConnectionState Connected -ErrorAction Stop) { $up[[int]$interface.InterfaceIndex] = $true }
        return $up
    }

    function Read-DnsServers {
        $up = Read-UpInterfaces
        ConvertTo-RowsText @(Get-DnsClientServerAddress -ErrorAction Stop | Where-Object { $up.ContainsKey([int]$_.InterfaceIndex) } | ForEach-Object { Get-Row $_ @('InterfaceAlias', 'InterfaceIndex', 'AddressFamily', 'ServerAddresses') })
    }

    function Read-DnsClients {
        $up = Read-UpInterfaces
        ConvertTo-RowsText @(Get-DnsClient -ErrorAction Stop | Where-Object { $up.ContainsKey([int]$_.InterfaceIndex) } | ForEach-Object { Get-Row $_ @('InterfaceAlias', 'InterfaceIndex', 'RegisterThisConnectionsAddress', 'ConnectionSpecificSuffix') })
    }

    function Read-OwnName {
        $system = Read-Class 'Win32_ComputerSystem' 'root/cimv2'
        $name = [string](Get-Value $system 'DNSHostName')
        if ((Get-Value $system 'PartOfDomain') -eq $true) { $name = $name + '.' + [string](Get-Value $system 'Domain') }
        $answer = Resolve-Addresses $name
        $pointers = @{}
        $status = if (@($answer.addresses).Count -eq 0) { $null } else { 0 }
        foreach ($address in $answer.addresses) {
            $reverse = Resolve-Name $address 'PTR'
            foreach ($record in $reverse.records) { if (Get-Value $record 'NameHost') { $pointers[([string]$record.NameHost).ToLowerInvariant()] = $true } }
            if ($null -eq $reverse.status) { $status = $null }
            elseif ($reverse.status -ne 0 -and $status -eq 0) { $status = $reverse.status }
        }
        $names = [string[]]@($pointers.Keys)
        [System.Array]::Sort($names, $ordinal)
        ConvertTo-JsonText @{ Name = $name; Status = $answer.status; Addresses = $answer.addresses; PtrNames = $names; PtrStatus = $status } 0
    }

    # Failures alone, and so many names at most: what else people looked for is nobody's business.
    function Read-DnsFailures {
        $most = 500
        $found = @{ NotExist = @{}; NoA = @{}; NoAaaa = @{} }
        $complete = $true
        foreach ($entry in @(Read-OrNothing { Get-DnsClientCache -ErrorAction Stop })) {
            $name = ([string](Get-Value $entry 'Entry')).ToLowerInvariant()
            $status = [string](Get-Value $entry 'Status')
            $type = [string](Get-Value $entry @('Type', 'RecordType'))
            $list = $null
            if ($status -match '^(9003|NotExist)$') { $list = 'NotExist' }
            elseif ($status -match '^(9701|9501|NoRecords)$' -and $type -match '^(1|A)$') { $list = 'NoA' }
            elseif ($status -match '^(9701|9501|NoRecords)$' -and $type -match '^(28|AAAA)$') { $list = 'NoAaaa' }
            if ($null -eq $list -or $name -eq '') { continue }
            $names = $found[$list]
            if ($names.Count -lt $most) { $names[$name] = $true }
            elseif (-not $names.ContainsKey($name)) { $complete = $false }
        }
        $row = @{ Complete = $complete }
        foreach ($list in 'NotExist', 'NoA', 'NoAaaa') {
            $names = [string[]]@($found[$list].Keys)
            [System.Array]::Sort($names, $ordinal)
            $row[$list] = $names
        }
        ConvertTo-JsonText $row 0
    }

    # --- Directory

    # A value of an LDAP filter (RFC 4515): what may mean something else there is written as its bytes.
    function ConvertTo-FilterText([string]$Text) {
        $parts = foreach ($byte in [System.Text.Encoding]::UTF8.GetBytes($Text)) {
            if ([string][char]$byte -cmatch '^[A-Za-z0-9./_-]$') { [string][char]$byte } else { '\{0:x2}' -f $byte }
        }
        return [string]::Join('', @($parts))
    }

    # The names of accounts that were found, each with those of $Names that it holds; null where the account's own were not shown.
    function Find-Principals([string]$Domain, [string]$Filter, [string[]]$Names) {
        $root = New-Object System.DirectoryServices.DirectoryEntry "LDAP://$Domain"
        $searcher = New-Object System.DirectoryServices.DirectorySearcher $root, $Filter, ([string[]]@('sAMAccountName', 'servicePrincipalName'))
        $searcher.SizeLimit = 20
        $searcher.ClientTimeout = [System.TimeSpan]::FromSeconds(15)
        $accounts = @{}
        try {
            foreach ($result in $searcher.FindAll()) {
                $account = [string]@($result.Properties['samaccountname'])[0]
                $held = @($result.Properties['serviceprincipalname'] | Where-Object { $_ })
                if ($account -eq '') { continue }
                $accounts[$account] = $null
                if ($held.Count -gt 0) { $accounts[$account] = @($Names | Where-Object { $held -contains $_ }) }
            }
        }
        finally {
            $searcher.Dispose()
        }
        return $accounts
    }

    # Who logs on over the network may not be able to go on to the directory, which is no failure of this host.
    function Read-ServicePrincipals {
        $system = Read-Class 'Win32_ComputerSystem' 'root/cimv2'
        if ((Get-Value $system 'PartOfDomain') -ne $true) { return $null }
        $domain = [string](Get-Value $system 'Domain')
        $short = [string](Get-Value $system 'Name')
        $full = [string](Get-Value $system 'DNSHostName') + '.' + $domain
        $names = [string[]]@("TERMSRV/$full", "TERMSRV/$short")
        $row = @{ Wanted = $names; Registered = $null; Others = $null }
        if ($domain -notmatch '^[A-Za-z0-9._-]{1,255}$') { return ConvertTo-JsonText $row 0 }
        $own = "$short$"
        $parts = @("(sAMAccountName=$(ConvertTo-FilterText $own))") + @($names | ForEach-Object { "(servicePrincipalName=$(ConvertTo-FilterText $_))" })
        try { $accounts = Find-Principals $domain ('(|' + [string]::Join('', $parts) + ')') $names }
        catch { return ConvertTo-JsonText $row 0 }
        # A directory that does not show the host's own account shows nothing.
        if ($accounts.ContainsKey($own) -and $null -ne $accounts[$own]) {
            $others = [string[]]@($accounts.Keys | Where-Object { $_ -ne $own })
            [System.Array]::Sort($others, $ordinal)
            $row.Registered = @($accounts[$own])
            $row.Others = $others
        }
        ConvertTo-JsonText $row 0
    }

    # --- Updates

    function Test-Key($Hive, [string]$Path) {
        $status = (Read-Key $Hive $Path @()).status
        if ($status -eq 'ok') { return $true }
        if ($status -eq 'absent') { return $false }
        return $null
    }

    function Read-PendingRestart {
        $hive = Get-Hive
        $manager = Read-Key $hive 'SYSTEM\CurrentControlSet\Control\Session Manager' @('PendingFileRenameOperations')
        $renames = $null
        if ($manager.status -eq 'ok') {
            $renames = 0
            if ($manager.values.ContainsKey('PendingFileRenameOperations')) { $renames = @($manager.values['PendingFileRenameOperations']).Count }
        }
        ConvertTo-JsonText @{
            ComponentServicing = Test-Key $hive 'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
            WindowsUpdate      = Test-Key $hive 'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
            FileRenames        = $renames
        } 0
    }

    function Read-TermService {
        $key = Read-Key (Get-Hive) 'SYSTEM\CurrentControlSet\Services\TermService\Parameters' @('ServiceDll')
        if ($key.status -eq 'absent') { return $null }
        if ($key.status -ne 'ok') { throw (New-Object System.UnauthorizedAccessException 'The key of the Remote Desktop service may not be read.') }
        $row = @{ ServiceDll = $key.values['ServiceDll']; SystemRoot = $env:SystemRoot; SignatureStatus = $null; SignerThumbprint = $null; WrapperFolder = $null }
        try {
            $signature = Get-AuthenticodeSignature -LiteralPath ([System.IO.Path]::Combine($env:SystemRoot, 'System32', 'termsrv.dll')) -ErrorAction Stop
            $row.SignatureStatus = Get-Value $signature 'Status'
            $row.SignerThumbprint = Get-Value (Get-Value $signature 'SignerCertificate') 'Thumbprint'
        }
        catch {
            $row.SignatureStatus = $null
        }
        if ($env:ProgramFiles) { $row.WrapperFolder = [System.IO.Directory]::Exists([System.IO.Path]::Combine($env:ProgramFiles, 'RDP Wrapper')) }
        ConvertTo-JsonText $row 0
    }

    # --- RD Web

    # What counts for a path, from all files of IIS above it. Flags come as text, other values in an attribute.
    function Read-WebValue([string]$Place, [string]$Filter, [string]$Name) {
        try {
            $found = @(Get-WebConfigurationProperty -PSPath "MACHINE/WEBROOT/APPHOST/$Place" -Filter $Filter -Name $Name -ErrorAction Stop)[0]
            if ($null -eq $found -or $found -is [string]) { return $found }
            return Get-Value $found 'Value'
        }
        catch {
            return $null
        }
    }

    function Read-RdWeb {
        $configuration = Read-IisConfiguration
        if ($null -eq $configuration) { return $null }
        $webDav = $null -ne $configuration.SelectSingleNode("/configuration/system.webServer/globalModules/add[@name='WebDAVModule']")
        $rows = New-Object 'System.Collections.Generic.List[object]'
        foreach ($site in $configuration.SelectNodes('/configuration/system.applicationHost/sites/site')) {
            foreach ($application in $site.SelectNodes('application')) {
                $path = $application.GetAttribute('path')
                if ($path -ne '/RDWeb') { continue }
                $place = $site.GetAttribute('name') + $path
                $hsts = $site.SelectSingleNode('hsts')
                $row = @{ Site = $site.GetAttribute('name'); Path = $path; WebDav = $webDav; HstsEnabled = $false; HstsMaxAge = 0 }
                $row.HttpBinding = $null -ne $site.SelectSingleNode("bindings/binding[@protocol='http']")
                if ($null -ne $hsts) {
                    $row.HstsEnabled = $hsts.GetAttribute('enabled') -eq 'true'
                    if ($hsts.GetAttribute('max-age') -match '^\d{1,10}$') { $row.HstsMaxAge = [long]$hsts.GetAttribute('max-age') }
                }
                $row.SslFlags = Read-WebValue $place 'system.webServer/security/access' 'sslFlags'
                $row.DirectoryBrowsing = Read-WebValue $place 'system.webServer/directoryBrowse' 'enabled'
                $row.Authentication = Read-WebValue "$place/Pages" 'system.web/authentication' 'mode'
                $row.ErrorMode = Read-WebValue $place 'system.webServer/httpErrors' 'errorMode'
                $row.StrictTransportSecurity = [string](Read-WebValue $place "system.webServer/httpProtocol/customHeaders/add[@name='Strict-Transport-Security']" 'value')
                $rows.Add($row)
            }
        }
        if ($rows.Count -eq 0) { return $null }
        ConvertTo-RowsText $rows
    }

    function Read-RdWebSettings {
        $file = [System.IO.Path]::Combine([System.IO.Path]::Combine($env:SystemRoot, 'Web', 'RDWeb'), 'Pages', 'Web.config')
        if (-not [System.IO.File]::Exists($file)) { return $null }
        $wanted = 'PublicModeSessionTimeoutInMinutes', 'PrivateModeSessionTimeoutInMinutes', 'ShowPublicCheckBox', 'PasswordChangeEnabled'
        $rows = foreach ($setting in (ConvertFrom-XmlText ([System.IO.File]::ReadAllText($file))).SelectNodes('/configuration/appSettings/add')) {
            if ($wanted -contains $setting.GetAttribute('key')) { @{ Key = $setting.GetAttribute('key'); Value = $setting.GetAttribute('value') } }
        }
        ConvertTo-RowsText @($rows)
    }

    function Read-WebClientPackages {
        ConvertTo-RowsText @(Get-RDWebClientPackage -ErrorAction Stop | ForEach-Object { @{ Version = [string](Get-Value $_ @('Version', 'PackageVersion')); PublishedAs = [string](Get-Value $_ @('PublishedAs')) } })
    }

    function Read-Section([string]$Name, $Request) {
        if ($classes.ContainsKey($Name)) { return Read-ClassRows $Name }
        switch -CaseSensitive ($Name) {
            'os' { return Read-Os }
            'computer' { return Read-Computer }
            'roles' { return Read-Roles }
            'services' { return Read-Services }
            'listeners' { return Read-Listeners }
            'registry' { return Read-Registry $Request }
            'userRights' { return Read-UserRights $Request }
            'network.profiles' { return Read-NetworkProfiles }
            'network.addresses' { return Read-NetworkAddresses }
            'firewall.profiles' { return Read-FirewallProfiles }
            'firewall.rules' { return Read-FirewallRules }
            'certificates' { return Read-Certificates }
            'http.sslBindings' { return Read-HttpBindings }
            'iis.bindings' { return Read-IisBindings }
            'webClient.brokerCertificate' { return Read-WebClientCertificate }
            'pnpDevices' { return Read-Devices }
            'deviceGuard' { return Read-DeviceGuard }
            'printerDrivers' { return Read-PrinterDrivers }
            'localGroups' { return Read-LocalGroups }
            'localUsers' { return Read-LocalUsers }
            'securityPolicy' { return Read-SecurityPolicy $Request }
            'auditPolicy' { return Read-AuditPolicy $Request }
            'eventLogs' { return Read-EventLogs }
            'events.failedLogons' { return Read-FailedLogons }
            'events.remoteDesktop' { return Read-RemoteDesktopEvents }
            'events.displayDriver' { return Read-DisplayEvents }
            'network.tcpListeners' { return Read-TcpListeners }
            'Win32_Service' { return Read-ServiceProcesses }
            'time' { return Read-Time }
            'serviceCommands' { return Read-ServiceCommands }
            'taskCommands' { return Read-TaskCommands }
            'clientPrograms' { return Read-ClientPrograms }
            'clientUsers' { return Read-ClientUsers }
            'licensing' { return Read-Licensing }
            'licensing.servers' { return Read-LicenseServers }
            'licensing.keys' { return Read-LicensingKeys }
            'Win32_TSLicenseServer' { return Read-LicenseServerState }
            'Win32_TSGatewayConnectionAuthorizationPolicy' { return Read-ConnectionPolicies }
            'Win32_TSGatewayResourceAuthorizationPolicy' { return Read-ResourcePolicies }
            'gateway.transports' { return Read-GatewayTransports }
            'gateway.logEvents' { return Read-GatewayLogEvents }
            'names.hostsFile' { return Read-HostsFile }
            'names.servers' { return Read-DnsServers }
            'names.clients' { return Read-DnsClients }
            'names.own' { return Read-OwnName }
            'names.failures' { return Read-DnsFailures }
            'directory.termsrv' { return Read-ServicePrincipals }
            'updates.pending' { return Read-PendingRestart }
            'termService.library' { return Read-TermService }
            'iis.rdWeb' { return Read-RdWeb }
            'iis.rdWebSettings' { return Read-RdWebSettings }
            'webClient.packages' { return Read-WebClientPackages }
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
