// What the commands of a played host that can be changed do (standins.test.ts): each change with its way back, and what is refused.

/** A command, what shows its effect, what the effect is, and the command that puts the host back. */
export type Change = readonly [name: string, change: string, probe: string, seen: string, restore: string];

export const CIM_CHANGES: readonly Change[] = [
  [
    'a listener by its registry value',
    `Invoke-Row Win32_TSGeneralSetting SetUserAuthenticationRequired @{ UserAuthenticationRequired = [uint32]0 }`,
    `$row = Get-Row Win32_TSGeneralSetting; "$($row.UserAuthenticationRequired) $($row.PolicySourceUserAuthenticationRequired) $($hive.OpenSubKey('SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp').GetValue('UserAuthentication'))"`,
    '0 0 0',
    `Invoke-Row Win32_TSGeneralSetting SetUserAuthenticationRequired @{ UserAuthenticationRequired = [uint32]1 }`,
  ],
  [
    'a default, which comes back when its value is deleted',
    `Invoke-Row Win32_TSSessionSetting BrokenConnection @{ BrokenConnectionAction = [uint32]1 }`,
    `$row = Get-Row Win32_TSSessionSetting; "$($row.BrokenConnectionAction) $($row.PolicySourceBrokenConnectionAction)"`,
    '1 0',
    `$key = $hive.OpenSubKey('SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp', $true); $key.DeleteValue('fResetBroken'); $row = Get-Row Win32_TSSessionSetting; if ($row.BrokenConnectionAction -ne 0 -or $row.PolicySourceBrokenConnectionAction -ne 2) { throw 'no default' }`,
  ],
  [
    'a session limit',
    `Invoke-Row Win32_TSSessionSetting TimeLimit @{ SessionLimitType = 'IdleSessionLimit'; ValueLimit = [uint32]60000 }`,
    `(Get-Row Win32_TSSessionSetting).IdleSessionLimit`,
    '60000',
    `Invoke-Row Win32_TSSessionSetting TimeLimit @{ SessionLimitType = 'IdleSessionLimit'; ValueLimit = [uint32]900000 }`,
  ],
  [
    'Remote Desktop, whose registry value says the opposite',
    `Invoke-Row Win32_TerminalServiceSetting SetAllowTSConnections @{ AllowTSConnections = [uint32]0; ModifyFirewallException = [uint32]0 }`,
    `"$((Get-Row Win32_TerminalServiceSetting).AllowTSConnections) $($hive.OpenSubKey('SYSTEM\\CurrentControlSet\\Control\\Terminal Server').GetValue('fDenyTSConnections'))"`,
    '0 1',
    `$hive.OpenSubKey('SYSTEM\\CurrentControlSet\\Control\\Terminal Server', $true).DeleteValue('fDenyTSConnections', $true)`,
  ],
  [
    'the licensing mode',
    `Invoke-Row Win32_TerminalServiceSetting ChangeMode @{ LicensingType = [uint32]2 }`,
    `(Get-Row Win32_TerminalServiceSetting).LicensingType`,
    '2',
    `$hive.DeleteSubKeyTree('SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM', $true)`,
  ],
  [
    'a policy of the gateway',
    `Invoke-Row Win32_TSGatewayConnectionAuthorizationPolicy SetEnabled @{ Enabled = $false }; Invoke-Row Win32_TSGatewayConnectionAuthorizationPolicy SetIdleTimeout @{ IdleTimeout = [uint32]5 }`,
    `$row = Get-Row Win32_TSGatewayConnectionAuthorizationPolicy; "$($row.Enabled) $($row.IdleTimeout)"`,
    'False 5',
    `Invoke-Row Win32_TSGatewayConnectionAuthorizationPolicy SetEnabled @{ Enabled = $true }; Invoke-Row Win32_TSGatewayConnectionAuthorizationPolicy SetIdleTimeout @{ IdleTimeout = [uint32]30 }`,
  ],
  [
    'the gateway itself',
    `Invoke-Row Win32_TSGatewayServerSettings SetEnforceChannelBinding @{ EnforceChannelBinding = $false }; Invoke-Row Win32_TSGatewayResourceAuthorizationPolicy SetPortNumbers @{ PortNumbers = '3390' }`,
    `"$((Get-Row Win32_TSGatewayServerSettings).EnforceChannelBinding) $((Get-Row Win32_TSGatewayResourceAuthorizationPolicy).PortNumbers)"`,
    'False 3390',
    `Invoke-Row Win32_TSGatewayServerSettings SetEnforceChannelBinding @{ EnforceChannelBinding = $true }; Invoke-Row Win32_TSGatewayResourceAuthorizationPolicy SetPortNumbers @{ PortNumbers = '3389' }`,
  ],
  [
    'the drain mode',
    `Get-Row Win32_TerminalServiceSetting | Set-CimInstance -Property @{ SessionBrokerDrainMode = 1 }`,
    `(Get-Row Win32_TerminalServiceSetting).SessionBrokerDrainMode`,
    '1',
    `Get-Row Win32_TerminalServiceSetting | Set-CimInstance -Property @{ SessionBrokerDrainMode = 0 }`,
  ],
  [
    "a listener's certificate",
    `$old = (Get-Row Win32_TSGeneralSetting).SSLCertificateSHA1Hash; $other = @(Get-ChildItem Cert:\\LocalMachine\\Root)[0].Thumbprint; Get-Row Win32_TSGeneralSetting | Set-CimInstance -Property @{ SSLCertificateSHA1Hash = $other }`,
    `(Get-Row Win32_TSGeneralSetting).SSLCertificateSHA1Hash -eq $other`,
    'True',
    `Get-Row Win32_TSGeneralSetting | Set-CimInstance -Property @{ SSLCertificateSHA1Hash = $old }`,
  ],
];

export const OTHER_CHANGES: readonly Change[] = [
  [
    'a value',
    `$key = $hive.OpenSubKey('SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services', $true); $key.SetValue('securitylayer', [int]1, 'DWord')`,
    `$key.GetValue('SecurityLayer')`,
    '1',
    `$key.SetValue('SecurityLayer', 2, 'DWord')`,
  ],
  [
    'a value that was not there',
    `$key.SetValue('New', [string[]]@('a', ''), 'MultiString')`,
    `"$($key.GetValueKind('new')) $($key.GetValue('new').Count)"`,
    'MultiString 2',
    `$key.DeleteValue('New', $false)`,
  ],
  [
    'keys that were not there',
    `[void]$hive.CreateSubKey('software\\Policies\\Fabrikam\\A\\B')`,
    `$hive.OpenSubKey('SOFTWARE\\Policies\\FABRIKAM\\A').SubKeyCount`,
    '1',
    `foreach ($path in 'A\\B', 'A', '') { $hive.DeleteSubKey("SOFTWARE\\Policies\\Fabrikam\\$path".TrimEnd('\\')) }`,
  ],
  [
    'the last key of a key, which stays',
    `$hive.DeleteSubKeyTree('SOFTWARE\\Contoso\\Only\\Deep')`,
    `$hive.OpenSubKey('SOFTWARE\\Contoso\\Only').SubKeyCount`,
    '0',
    `$hive.CreateSubKey('SOFTWARE\\Contoso\\Only\\Deep').SetValue('Value', 'x')`,
  ],
  [
    'a rule',
    `Get-Rule | Set-NetFirewallRule -Enabled 2 -Profile 'Domain', 'Public' -EdgeTraversalPolicy DeferToApp`,
    `$rule = @(Get-NetFirewallRule -PolicyStore ActiveStore)[0]; "$($rule.Enabled) $($rule.Profiles) $($rule.EdgeTraversalPolicy)"`,
    'False Domain, Public DeferToApp',
    `Get-Rule | Set-NetFirewallRule -Enabled True -Profile 3 -EdgeTraversalPolicy 0`,
  ],
  [
    'addresses, which are shown with a mask',
    `Get-Rule | Set-NetFirewallRule -RemoteAddress @('198.51.100.0/24', '192.0.2.7')`,
    `(Get-Rule | Get-NetFirewallAddressFilter).RemoteAddress -join ' '`,
    '198.51.100.0/255.255.255.0 192.0.2.7',
    `Get-Rule | Set-NetFirewallRule -RemoteAddress '192.0.2.0/255.255.255.0', 'LocalSubnet'`,
  ],
  [
    'a profile and the registry behind it',
    `Set-NetFirewallProfile -Name Domain -PolicyStore PersistentStore -Enabled False -LogBlocked 0 -DisabledInterfaceAliases Ethernet0`,
    `$profile = @(Get-NetFirewallProfile -PolicyStore ActiveStore)[0]; "$($profile.Enabled) $($profile.LogBlocked) $($profile.DisabledInterfaceAliases) $($hive.OpenSubKey('SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile').GetValue('EnableFirewall'))"`,
    'False False Ethernet0 0',
    `Set-NetFirewallProfile -Name Domain -PolicyStore PersistentStore -Enabled 1 -LogBlocked True -DisabledInterfaceAliases NotConfigured`,
  ],
  [
    'a profile that is not configured',
    `Set-NetFirewallProfile -Name Public -DefaultInboundAction NotConfigured -Enabled NotConfigured`,
    `foreach ($store in 'PersistentStore', 'ActiveStore') { $profile = @(Get-NetFirewallProfile -PolicyStore $store)[2]; "$($profile.Enabled) $($profile.DefaultInboundAction)" }`,
    'NotConfigured NotConfigured|True Block',
    `Set-NetFirewallProfile -Name Public -DefaultInboundAction Block -Enabled True`,
  ],
  [
    'a collection',
    `Set-RDSessionCollectionConfiguration -CollectionName Apps -AuthenticateUsingNLA:$false -SecurityLayer 2 -UserGroup @('CONTOSO\\A') -ClientDeviceRedirectionOptions 32 -CustomRdpProperty 'b:i:1' -IdleSessionLimitMin 5 -ConnectionBroker rdcb01`,
    `$s = Get-RDSessionCollectionConfiguration -CollectionName Apps -Security; "$($s.AuthenticateUsingNLA) $($s.SecurityLayer) $((Get-RDSessionCollectionConfiguration Apps -UserGroup).UserGroup) $((Get-RDSessionCollectionConfiguration Apps -Client).ClientDeviceRedirectionOptions) $((Get-RDSessionCollectionConfiguration Apps).CustomRdpProperty)"`,
    'False SSL CONTOSO\\A Clipboard b:i:1',
    `Set-RDSessionCollectionConfiguration Apps -AuthenticateUsingNLA $true -SecurityLayer Negotiate -UserGroup 'CONTOSO\\RDS-Apps' -ClientDeviceRedirectionOptions AudioVideoPlayBack, AudioRecording, SmartCard, Clipboard, TimeZone -CustomRdpProperty 'a:i:1' -IdleSessionLimitMin 0`,
  ],
  [
    'a broken connection, and with it reconnecting',
    `Set-RDSessionCollectionConfiguration Apps -AutomaticReconnectionEnabled $true -BrokenConnectionAction LogOff`,
    `$c = Get-RDSessionCollectionConfiguration Apps -Connection; "$($c.BrokenConnectionAction) $($c.AutomaticReconnectionEnabled)"`,
    'LogOff False',
    `Set-RDSessionCollectionConfiguration Apps -AutomaticReconnectionEnabled $true -BrokenConnectionAction 1`,
  ],
  [
    'a session host',
    `Set-RDSessionHost -SessionHost RDSH01.CONTOSO.COM -NewConnectionAllowed No -ConnectionBroker rdcb01`,
    `(Get-RDSessionHost -CollectionName Apps).NewConnectionAllowed`,
    'No',
    `Set-RDSessionHost RDSH01.CONTOSO.COM 0`,
  ],
  [
    'a task',
    `$xml = '<?xml version="1.0" encoding="UTF-16"?><Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Triggers><TimeTrigger><StartBoundary>2026-01-01T00:00:00Z</StartBoundary></TimeTrigger></Triggers><Principals><Principal id="S"><UserId>S-1-5-18</UserId></Principal></Principals><Settings><ExecutionTimeLimit>PT5M</ExecutionTimeLimit></Settings><Actions Context="S"><Exec><Command>powershell.exe</Command><Arguments>-File x</Arguments></Exec></Actions></Task>'; [void](Register-ScheduledTask -TaskName undo -TaskPath '\\rdposture\\' -Xml $xml); Start-ScheduledTask -TaskName undo -TaskPath '\\rdposture\\'`,
    `$task = Get-ScheduledTask -TaskName undo -TaskPath '\\rdposture\\'; "$($task.State) $($task.Actions[0].Execute) $(@(Get-ScheduledTask).Count)"`,
    'Ready powershell.exe 2',
    `Unregister-ScheduledTask -TaskName undo -TaskPath '\\rdposture\\' -Confirm:$false`,
  ],
  ['a service', `Stop-Service TermService -Force`, `(Get-Service TermService).Status`, 'Stopped', `Restart-Service TermService`],
  [
    'user rights',
    `$inf = [IO.Path]::GetTempPath() + 'a.inf'; [IO.File]::WriteAllText($inf, "[Unicode]\`r\`nUnicode=yes\`r\`n[Version]\`r\`nsignature=\`"\`$CHICAGO\`$\`"\`r\`nRevision=1\`r\`n[Privilege Rights]\`r\`nSeRemoteInteractiveLogonRight = *S-1-5-32-555,CONTOSO\\RDS-Apps\`r\`nSeDenyNetworkLogonRight = *S-1-5-114", [Text.Encoding]::Unicode); $secedit = "$env:SystemRoot/System32/secedit.exe"; [void](& $secedit /configure /db "$inf.sdb" /cfg $inf /areas USER_RIGHTS /quiet); if ($LASTEXITCODE -ne 0) { throw 'secedit' }`,
    `[void](& $secedit /export /areas USER_RIGHTS /cfg "$inf.out" /log "$inf.log" /quiet); "$LASTEXITCODE $([IO.File]::ReadAllLines("$inf.out").Where({ $_ -like 'Se*' }) -join ' ')"`,
    '0 SeDenyNetworkLogonRight = *S-1-5-114 SeRemoteInteractiveLogonRight = *S-1-5-32-555,*S-1-5-21-1-2-3-1105',
    `[IO.File]::WriteAllText($inf, [IO.File]::ReadAllText($inf).Replace('*S-1-5-32-555,CONTOSO\\RDS-Apps', '*S-1-5-32-544').Replace('= *S-1-5-114', '='), [Text.Encoding]::Unicode); [void](& $secedit /configure /db "$inf.sdb" /cfg $inf /areas USER_RIGHTS /quiet)`,
  ],
];

/** An expression of PowerShell and its answer; nothing of it changes the host. */
export const REFUSALS: readonly (readonly [string, string])[] = [
  [
    `Get-Failure { $hive.OpenSubKey('SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\Client') }`,
    'SecurityException: Requested registry access is not allowed.',
  ],
  [`Get-Failure { $hive.OpenSubKey('SOFTWARE\\Contoso\\Guarded', $true) }`, 'SecurityException: Requested registry access is not allowed.'],
  [
    `Get-Failure { $hive.CreateSubKey('SOFTWARE\\Contoso\\Guarded\\Below') }`,
    "UnauthorizedAccessException: Access to the registry key 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Guarded\\Below' is denied.",
  ],
  [`$hive.OpenSubKey('SOFTWARE\\Contoso\\Guarded').GetValueNames() -join ','`, 'Value'],
  [`Get-Failure { $hive.OpenSubKey('SOFTWARE').SetValue('a', 'b') }`, 'UnauthorizedAccessException: Cannot write to the registry key.'],
  [
    `Get-Failure { $hive.OpenSubKey('SOFTWARE', $true).SetValue('a', 'b', 'DWord') }`,
    'ArgumentException: The type of the value object did not match the specified RegistryValueKind or the object could not be properly converted.',
  ],
  [
    `Get-Failure { $hive.OpenSubKey('SOFTWARE', $true).SetValue('a', @('b'), 'MultiString') }`,
    'ArgumentException: The type of the value object did not match the specified RegistryValueKind or the object could not be properly converted.',
  ],
  [`Get-Failure { $hive.OpenSubKey('SOFTWARE', $true).DeleteValue('a', $true) }`, 'ArgumentException: No value exists with that name.'],
  [
    `Get-Failure { $hive.DeleteSubKey('SOFTWARE\\Contoso') }`,
    'InvalidOperationException: Registry key has subkeys and recursive removes are not supported by this method.',
  ],
  [`Get-Failure { $hive.DeleteSubKeyTree('SOFTWARE\\None', $false) }`, 'nothing'],
  [`$null -eq $hive.OpenSubKey('SOFTWARE\\None')`, 'True'],
  // Group Policy owns it.
  [
    `(Invoke-CimMethod -InputObject (Get-Row Win32_TSGeneralSetting) -MethodName SetSecurityLayer -Arguments @{ SecurityLayer = [uint32]0 }).ReturnValue -ne 0`,
    'True',
  ],
  [`Get-Failure { Invoke-Row Win32_TSGeneralSetting SetEncryptionLevel @{ MinEncryptionLevel = [uint32]9 } }`, 'CimException: Invalid parameter'],
  [`Get-Failure { Invoke-Row Win32_TSGeneralSetting SetEncryptionLevel @{ Level = [uint32]3 } }`, 'CimException: Invalid method Parameter(s)'],
  [`Get-Failure { Invoke-Row Win32_TSGeneralSetting SetNothing @{} }`, 'CimException: Invalid method'],
  [
    `Get-Failure { $row = Get-Row Win32_TSGeneralSetting; $row.TerminalName = 'Other'; Invoke-CimMethod -InputObject $row -MethodName SetEncryptionLevel -Arguments @{ MinEncryptionLevel = [uint32]3 } }`,
    'CimException: Not found',
  ],
  [
    `Get-Failure { Get-Row Win32_TSGeneralSetting | Set-CimInstance -Property @{ SSLCertificateSHA1Hash = '${'0'.repeat(40)}' } }`,
    'CimException: Invalid parameter',
  ],
  [
    `(Get-FailureId { @(Get-NetFirewallRule -PolicyStore ActiveStore)[0] | Set-NetFirewallRule -Enabled False -ErrorAction Stop }) -like 'Windows System Error 5,*'`,
    'True',
  ],
  [`(Get-FailureId { Get-Rule | Set-NetFirewallRule -RemoteAddress 'nowhere' -ErrorAction Stop }) -like 'HRESULT 0x80070057,*'`, 'True'],
  [
    `(Get-FailureId { Set-NetFirewallProfile -Name Domain -PolicyStore ActiveStore -Enabled False -ErrorAction Stop }) -like 'Windows System Error 5,*'`,
    'True',
  ],
  [`Get-FailureId { Get-NetFirewallRule -Name none -ErrorAction Stop }`, 'CmdletizationQuery_NotFound_InstanceID,Get-NetFirewallRule'],
  [`Get-FailureId { Get-ScheduledTask -TaskName none -ErrorAction Stop }`, 'CmdletizationQuery_NotFound_TaskName,Get-ScheduledTask'],
  [
    `Get-Failure { Register-ScheduledTask -TaskName a -Xml '<Task' -ErrorAction Stop } | ForEach-Object { $_.Substring(0, 41) }`,
    'CimException: The task XML is malformed. '.slice(0, 41),
  ],
  [
    `Get-Failure { Register-ScheduledTask -TaskName a -Xml '<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions/></Task>' -ErrorAction Stop }`,
    'CimException: The task XML is missing a required element or attribute: Actions.',
  ],
  [
    `Get-Failure { Register-ScheduledTask -TaskName a -Xml '<?xml version="1.0" encoding="UTF-8"?><Task/>' -ErrorAction Stop }`,
    'CimException: The task XML is malformed. (1,40)::unable to switch the encoding',
  ],
  [`(Get-FailureId { Get-Service none }) -like 'NoServiceFoundForGivenName,*'`, 'True'],
  [`Get-Failure { Set-RDSessionHost none 0 -ErrorAction Stop }`, 'RuntimeException: The server none is not present in a session collection.'],
  [
    `(New-Object System.Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)`,
    'True',
  ],
  [`(Get-ExecutionPolicy -List)[0].Scope`, 'MachinePolicy'],
  [`Get-ExecutionPolicy`, 'RemoteSigned'],
  [`& { [void](& "$env:SystemRoot/System32/secedit.exe" /configure /areas USER_RIGHTS 2>$null); $LASTEXITCODE }`, '1'],
];
