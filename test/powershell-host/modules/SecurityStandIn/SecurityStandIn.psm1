function Get-AuthenticodeSignature {
    [CmdletBinding()] param([Parameter(Mandatory)][string]$LiteralPath)
    Get-StandInRow 'Get-AuthenticodeSignature' @{ Path = $LiteralPath }
}
