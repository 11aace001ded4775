import { createHash } from 'node:crypto';
import type { Json } from '../../src/model/json.ts';
import { leaf, rows } from './host-fixture.ts';

const BROKER = 'rdcb01.contoso.com';
export const leafThumbprint = createHash('sha1').update(leaf.der).digest('hex').toUpperCase();

/** A deployment of one collection with a space in its name, with a highly available broker. */
export function deploymentFixture(): {
  style: string;
  lists: string;
  certificates: Record<string, Json>;
  accounts: Record<string, Json>;
  commands: Record<string, Json>;
} {
  return {
    style: 'typed',
    lists: 'plain',
    accounts: { 'CONTOSO\\RDS-Apps': 'S-1-5-21-1-2-3-1105' },
    certificates: { My: [{ der: leaf.der.toString('base64') }] },
    commands: {
      'Get-RDConnectionBrokerHighAvailability': rows({
        ConnectionBroker: ['RDCB01.CONTOSO.COM', 'RDCB02.CONTOSO.COM'],
        ActiveManagementServer: BROKER,
        ClientAccessName: 'rds.contoso.com',
        DatabaseConnectionString: 'DRIVER=SQL Server Native Client 11.0;UID=rds;PWD=geheim',
      }),
      'Get-RDServer': rows(
        { Server: 'RDCB01.CONTOSO.COM', Roles: ['RDS-CONNECTION-BROKER', 'RDS-WEB-ACCESS'] },
        { Server: 'RDSH01.CONTOSO.COM', Roles: ['RDS-RD-SERVER'] },
      ),
      'Get-RDCertificate': rows(
        {
          Role: 1,
          Level: 'Vertrauenswürdig',
          Thumbprint: leafThumbprint.toLowerCase(),
          Subject: 'CN=rdsh01.contoso.com',
          SubjectAlternateName: ['rdsh01.contoso.com'],
          IssuedBy: 'CN=Contoso',
          IssuedTo: 'rdsh01',
          ExpiresOn: '30.11.2026 23:59:59',
        },
        { Role: 8, Level: 'Nicht konfiguriert', Thumbprint: '', Subject: '', SubjectAlternateName: null, ExpiresOn: '' },
      ),
      'Get-RDDeploymentGatewayConfiguration': rows({
        GatewayMode: 2,
        GatewayExternalFqdn: 'rdgw.contoso.com',
        LogonMethod: 4,
        UseCachedCredentials: true,
        BypassLocal: false,
      }),
      'Get-RDLicenseConfiguration': rows({ Mode: 4, LicenseServer: ['LIC01.CONTOSO.COM'] }),
      'Get-RDSessionCollection': rows({
        CollectionName: 'Büro Apps',
        CollectionAlias: 'B_ro_Apps',
        CollectionDescription: '',
        Size: 1,
        ResourceType: 'RemoteApp-Programme',
        AutoAssignPersonalDesktop: false,
        GrantAdministrativePrivilege: false,
        CollectionType: 1,
      }),
      'Get-RDSessionHost': rows({ CollectionName: 'Büro Apps', SessionHost: 'RDSH01.CONTOSO.COM', NewConnectionAllowed: 0 }),
      'Get-RDSessionCollectionConfiguration': rows({ CollectionName: 'Büro Apps', CustomRdpProperty: 'enablecredsspsupport:i:1\n' }),
      'Get-RDSessionCollectionConfiguration -UserGroup': rows({ CollectionName: 'Büro Apps', UserGroup: ['CONTOSO\\RDS-Apps', 'CONTOSO\\Verwaist'] }),
      'Get-RDSessionCollectionConfiguration -Connection': rows({
        CollectionName: 'Büro Apps',
        DisconnectedSessionLimitMin: 480,
        ActiveSessionLimitMin: 0,
        IdleSessionLimitMin: 60,
        BrokenConnectionAction: 1,
        AutomaticReconnectionEnabled: true,
        TemporaryFoldersDeletedOnExit: true,
        TemporaryFoldersPerSession: true,
      }),
      'Get-RDSessionCollectionConfiguration -Security': rows({ CollectionName: 'Büro Apps', AuthenticateUsingNLA: true, SecurityLayer: 2, EncryptionLevel: 3 }),
      'Get-RDSessionCollectionConfiguration -Client': rows({
        CollectionName: 'Büro Apps',
        ClientDeviceRedirectionOptions: 307,
        MaxRedirectedMonitors: 16,
        ClientPrinterRedirected: 1,
        RDEasyPrintDriverEnabled: 1,
        ClientPrinterAsDefault: 1,
      }),
      'Get-RDSessionCollectionConfiguration -UserProfileDisk': rows({
        CollectionName: 'Büro Apps',
        EnableUserProfileDisk: false,
        DiskPath: null,
        MaxUserProfileDiskSizeGB: 0,
        IncludeFolderPath: [],
        ExcludeFolderPath: [],
        IncludeFilePath: [],
        ExcludeFilePath: [],
      }),
      'Get-RDSessionCollectionConfiguration -LoadBalancing': rows({
        CollectionName: 'Büro Apps',
        RelativeWeight: 100,
        SessionLimit: 50,
        SessionHost: 'RDSH01.CONTOSO.COM',
      }),
      'Resolve-DnsName A_AAAA RDCB01.CONTOSO.COM': rows({ IPAddress: '192.0.2.11' }),
      'Resolve-DnsName A_AAAA RDSH01.CONTOSO.COM': rows({ IPAddress: '192.0.2.21' }),
      'Resolve-DnsName A_AAAA rds.contoso.com': rows({ IPAddress: '192.0.2.12' }, { IPAddress: '192.0.2.11' }),
      'Resolve-DnsName A_AAAA rdgw.contoso.com': rows({ code: 9003 }),
    },
  };
}
