function Get-RDWebClientBrokerCert { [CmdletBinding()] param() foreach ($row in Get-StandInRow 'Get-RDWebClientBrokerCert') { [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadCertificate($row.RawData) } }
function Get-RDWebClientPackage { [CmdletBinding()] param() Get-StandInRow 'Get-RDWebClientPackage' }
