#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Makes an account that rdposture collects this computer by, over OpenSSH: one key, one command, nothing else.
.DESCRIPTION
Installs the collectors and the forced command beside sshd's configuration, where users may not write, makes the account, its
key file and a block for it in sshd_config. It may be run again, and is to be after an update of rdposture.
Uninstall-RdsPostureSshAccount.ps1 takes everything away.
.PARAMETER PublicKey
The line of the .pub file.
.PARAMETER From
Addresses or networks the key counts from, with commas between: 10.20.0.0/24.
.PARAMETER UserName
A local account, made when it is missing; or an account of a domain that exists: contoso\svc-rdposture.
.PARAMETER UseExisting
The local account exists, and is not of this script's making.
.PARAMETER Administrator
Put the account into Administrators: every section can be read, and key and forced command are all that stands before that.
.PARAMETER RestartService
Restart sshd when its configuration changed. Without it, do it yourself.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)][ValidateLength(40, 8192)][string]$PublicKey,
    [ValidatePattern('\A[0-9A-Fa-f.:/,*?!]*\z')][string]$From = '',
    # Letters that sshd's patterns and this file's lines give no meaning to.
    [ValidatePattern('\A([A-Za-z0-9.-]{1,64}\\)?[A-Za-z0-9][A-Za-z0-9._-]{0,19}\z')][string]$UserName = 'rdposture',
    [switch]$UseExisting,
    [switch]$Administrator,
    [switch]$RestartService,
    [string]$CollectorFolder = ''
)

. ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))
# Not as the parameter's default, where Windows PowerShell may not know the script's folder yet.
if (-not $CollectorFolder) { $CollectorFolder = Join-Parts @($PSScriptRoot, '..', '..', 'collectors') }

$PublicKey = $PublicKey.Trim()
# One line, and no options of its own before the key.
if ($PublicKey -cnotmatch '\A(sk-)?(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))(@openssh\.com)? [A-Za-z0-9+/]+={0,3}( [\x20-\x7e]*)?\z') { throw 'This is not the line of a public key.' }
$isDomainAccount = $UserName.Contains('\')
$description = 'rdposture collects this computer by it over SSH.'
$sshd = Join-Parts @($env:ProgramData, 'ssh')
$configuration = Join-Parts @($sshd, 'sshd_config')
if (-not [System.IO.File]::Exists($configuration)) { throw "There is no $configuration. Install the OpenSSH server and start it once: Add-WindowsCapability -Online -Name OpenSSH.Server~~~~0.0.1.0" }

# --- The account

if (-not $isDomainAccount) {
    $user = Get-LocalUser -Name $UserName -ErrorAction SilentlyContinue
    if ($null -ne $user -and [string]$user.Description -ne $description -and -not $UseExisting) { throw "The account '$UserName' exists and is not of this script's making. Give -UseExisting when it is meant." }
    if ($null -eq $user -and $PSCmdlet.ShouldProcess($UserName, 'Make the local account')) {
        # Nobody ever knows the password: it only has to be there, and hard.
        $bytes = [byte[]]::new(48)
        $random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
        $random.GetBytes($bytes)
        $random.Dispose()
        $password = New-Object System.Security.SecureString
        foreach ($character in ('aA1-' + [System.Convert]::ToBase64String($bytes)).ToCharArray()) { $password.AppendChar($character) }
        $null = New-LocalUser -Name $UserName -Password $password -PasswordNeverExpires -UserMayNotChangePassword -AccountNeverExpires -Description $description
        "Made the account $UserName."
    }
}
# Event Log Readers; or Administrators, by their SIDs, since names are localised.
$group = if ($Administrator) { 'S-1-5-32-544' } else { 'S-1-5-32-573' }
if ($PSCmdlet.ShouldProcess($UserName, "Put into the group $group")) {
    try {
        Add-LocalGroupMember -SID $group -Member $UserName -ErrorAction Stop
        "Put $UserName into $group."
    }
    catch { if ([string]$_.FullyQualifiedErrorId -notmatch '^MemberExists') { throw } }
}

# --- Files. The folder of sshd is not for users to write; a name without spaces needs no quotes, whatever shell sshd starts.

$folder = Join-Parts @($sshd, 'rdposture')
Add-Folder $folder
Copy-Collectors -CollectorFolder $CollectorFolder -To $folder
foreach ($source in @($PSScriptRoot, '..', 'common', 'Invoke-GuardedCollector.ps1'), @($PSScriptRoot, 'Invoke-ForcedCollector.ps1')) { if (Copy-Changed -From (Join-Parts $source) -To (Join-Parts @($folder, $source[-1]))) { "Wrote $($source[-1])." } }
$powershell = Get-SystemProgram (Join-Parts @('WindowsPowerShell', 'v1.0', 'powershell.exe'))
$forced = "$powershell -NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -InputFormat None -OutputFormat Text -File $(Join-Parts @($folder, 'Invoke-ForcedCollector.ps1'))"
if ($forced -match '["%\r\n]') { throw "The path of the forced command needs quotes: $forced" }
$where = if ($From) { 'from="' + $From + '",' } else { '' }
# `restrict`: no terminal, no forwarding, no rc file, and whatever later versions may add.
if (Write-ChangedText -Path (Join-Parts @($folder, 'authorized_keys')) -Text ('restrict,' + $where + 'command="' + $forced + '" ' + $PublicKey + "`n")) { 'Wrote authorized_keys.' }
# sshd reads the keys as SYSTEM; the account reads the scripts, and changes nothing here.
$account = if ($isDomainAccount) { $UserName } else { "$env:COMPUTERNAME\$UserName" }
$reader = if ($PSCmdlet.ShouldProcess($account, 'Look up')) { @("*$(Get-Sid $account):(OI)(CI)RX") } else { @() }
Protect-Folder $folder $reader

# --- sshd_config. Of each keyword the first value counts, so the block stands before every other Match, and before the one for
# administrators, who have another key file. `Match All` ends it.

$block = @(
    '# rdposture begin'
    "Match User $($UserName.ToLowerInvariant())"
    '    AuthorizedKeysFile __PROGRAMDATA__/ssh/rdposture/authorized_keys'
    '    AuthenticationMethods publickey'
    '    PubkeyAuthentication yes'
    '    PasswordAuthentication no'
    '    PermitTTY no'
    '    AllowTcpForwarding no'
    '    AllowAgentForwarding no'
    '    X11Forwarding no'
    '    PermitTunnel no'
    '    PermitUserRC no'
    '    MaxSessions 1'
    "    ForceCommand $forced"
    'Match All'
    '# rdposture end'
)
$lines = [System.IO.File]::ReadAllLines($configuration)
$kept = New-Object 'System.Collections.Generic.List[string]'
$isInside = $false
foreach ($line in $lines) {
    if ($line -ceq '# rdposture begin') { $isInside = $true }
    if (-not $isInside) { $kept.Add($line) }
    if ($line -ceq '# rdposture end') { $isInside = $false }
}
if ($isInside) { throw "In $configuration the line '# rdposture end' is missing." }
$place = $kept.FindIndex([System.Predicate[string]] { param($line) $line -match '^\s*Match\s' })
if ($place -lt 0) { $place = $kept.Count }
$kept.InsertRange($place, [string[]]$block)
$wanted = [string]::Join("`r`n", $kept) + "`r`n"
if ([string]::Join("`r`n", $lines) + "`r`n" -ceq $wanted) { 'sshd_config is as it should be.' }
elseif ($PSCmdlet.ShouldProcess($configuration, "Add the block for $UserName")) {
    # sshd itself says whether it would start with it; a broken file would lock everybody out.
    $trial = "$configuration.rdposture"
    [System.IO.File]::WriteAllText($trial, $wanted)
    try {
        $program = Get-SystemProgram (Join-Parts @('OpenSSH', 'sshd.exe'))
        if (-not [System.IO.File]::Exists($program)) { $program = Join-Parts @($env:ProgramFiles, 'OpenSSH', 'sshd.exe') }
        $null = & $program '-t' '-f' $trial
        if ($LASTEXITCODE -ne 0) { throw "sshd does not take the new configuration (exit code $LASTEXITCODE); nothing was changed in $configuration." }
        # Over the content and not the file, which keeps its access rights.
        [System.IO.File]::Copy($configuration, "$configuration.before-rdposture", $true)
        [System.IO.File]::WriteAllText($configuration, $wanted)
    }
    finally { [System.IO.File]::Delete($trial) }
    "Wrote the block for $UserName into sshd_config; before it: $configuration.before-rdposture"
    if ($RestartService) { Restart-Service -Name sshd }
    else { 'Restart sshd for it to count: Restart-Service sshd' }
}
