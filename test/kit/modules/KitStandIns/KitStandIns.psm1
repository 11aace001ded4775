# Cmdlets of Windows that the installers call, with a state: what was changed stands in the file KIT_LOG, one line a change, and
# what there is follows from it. KIT_FAIL names a cmdlet that fails.
function Add-Change([string]$Name, [string]$What) {
    if ($env:KIT_FAIL -eq $Name) { throw "$Name failed" }
    [System.IO.File]::AppendAllText($env:KIT_LOG, "$Name $What`n")
}

# Whether the last change of one of two kinds was the first kind.
function Test-Made([string]$Make, [string]$Remove, [string]$What) {
    if (-not [System.IO.File]::Exists($env:KIT_LOG)) { return $false }
    $last = $null
    foreach ($line in [System.IO.File]::ReadAllLines($env:KIT_LOG)) { if ($line -eq "$Make $What" -or $line -eq "$Remove $What") { $last = $line } }
    return $last -eq "$Make $What"
}

function Get-LocalUser {
    [CmdletBinding()] param([string]$Name)
    if ($Name -eq 'existing') { return [pscustomobject]@{ Name = $Name; Description = 'somebody' } }
    if (Test-Made 'New-LocalUser' 'Remove-LocalUser' $Name) { return [pscustomobject]@{ Name = $Name; Description = 'rdposture collects this computer by it over SSH.' } }
    Write-Error "User $Name was not found." -ErrorAction $ErrorActionPreference
}

function New-LocalUser {
    param([string]$Name, [securestring]$Password, [switch]$PasswordNeverExpires, [switch]$UserMayNotChangePassword, [switch]$AccountNeverExpires, [string]$Description)
    if ($Description.Length -gt 48) { throw 'The description is longer than 48 characters.' }
    if ($Password.Length -lt 32) { throw 'The password is short.' }
    Add-Change 'New-LocalUser' $Name
}

function Remove-LocalUser { param([string]$Name) Add-Change 'Remove-LocalUser' $Name }

function Add-LocalGroupMember {
    [CmdletBinding()] param([string]$SID, [string]$Member)
    if (Test-Made 'Add-LocalGroupMember' '' "$SID $Member") {
        $record = [System.Management.Automation.ErrorRecord]::new([System.Exception]::new('Das Konto ist schon Mitglied.'), 'MemberExists', 'ResourceExists', $Member)
        $PSCmdlet.ThrowTerminatingError($record)
    }
    Add-Change 'Add-LocalGroupMember' "$SID $Member"
}

function Get-PSSessionConfiguration {
    [CmdletBinding()] param([string]$Name)
    if (Test-Made 'Register-PSSessionConfiguration' 'Unregister-PSSessionConfiguration' $Name) { return [pscustomobject]@{ Name = $Name } }
}

function Register-PSSessionConfiguration {
    [CmdletBinding()] param([string]$Name, [string]$Path, [switch]$Force, [switch]$NoServiceRestart)
    if (-not [System.IO.File]::Exists($Path)) { throw "There is no $Path." }
    Add-Change 'Register-PSSessionConfiguration' $Name
}

function Unregister-PSSessionConfiguration { [CmdletBinding()] param([string]$Name, [switch]$Force, [switch]$NoServiceRestart) Add-Change 'Unregister-PSSessionConfiguration' $Name }

function Get-ScheduledTask {
    [CmdletBinding()] param([string]$TaskName)
    if (Test-Made 'Register-ScheduledTask' 'Unregister-ScheduledTask' $TaskName) { return [pscustomobject]@{ TaskName = $TaskName } }
}

function Register-ScheduledTask {
    [CmdletBinding()] param([string]$TaskName, [string]$TaskPath, [string]$Xml, [switch]$Force)
    Add-Change 'Register-ScheduledTask' $TaskName
}

function Unregister-ScheduledTask { [CmdletBinding(SupportsShouldProcess = $true)] param([string]$TaskName) Add-Change 'Unregister-ScheduledTask' $TaskName }

function Restart-Service { param([string]$Name) Add-Change 'Restart-Service' $Name }

# KIT_ROLE: DomainRole, 3 a member server, 5 a domain controller.
function Get-CimInstance { [CmdletBinding()] param([string]$ClassName) return [pscustomobject]@{ DomainRole = [int]$env:KIT_ROLE } }

class OwnedBy {
    [string]$Sid
    OwnedBy([string]$sid) { $this.Sid = $sid }
    [object] GetOwner([type]$type) { return [pscustomobject]@{ Value = $this.Sid } }
}

# The owner stands in a file beside the file.
function Get-Acl { [CmdletBinding()] param([string]$LiteralPath) return [OwnedBy]::new([System.IO.File]::ReadAllText("$LiteralPath.owner")) }
