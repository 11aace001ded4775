import type { JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import type { Section, Snapshot } from '../../../src/model/snapshot.ts';
import { makeCertificate, type MadeCertificate } from '../../support/x509.ts';
import { BROKER, GATEWAY_OLD, GATEWAY_RENEWED, selfSignedRow, serverCertificate, storeRow, TEMPLATE } from './certificates.ts';
import { refusedConnections } from './events.ts';
import { managementRules, remoteDesktopRules } from './firewall.ts';
import { LICENSE_SERVER, redirectionRow, shadowingRow } from './host-sections.ts';
import { baselinePolicy, CREDSSP, LSA, mergeValues, PRINTERS, RDP_TCP, SCHANNEL, TS_POLICY, under } from './registry.ts';
import { gatewaySections, licenseServerSections, webSections } from './roles.ts';
import { deploymentSnapshot, fqdn, type HostOptions, hostSnapshot, ok, SERVER_2025 } from './windows.ts';

/** Snapshots of the example estate by their file's name. */
export function contosoSnapshots(catalogue: readonly Area[]): Record<string, Snapshot> {
  const hosts = [gateway(), broker(), sessionHost01(), sessionHost02(), sessionHost03(), sessionHost04()];
  return {
    ...Object.fromEntries(hosts.map((host) => [`${fqdn(host.name)}.windows-host.snapshot.json`, hostSnapshot(host, catalogue)])),
    [`${fqdn('rdcb01')}.rds-deployment.snapshot.json`]: deployment(),
  };
}

const EVERYWHERE = ['Domain', 'Private', 'Public'] as const;
const BASELINE = baselinePolicy(TEMPLATE);

/** Enrolled by the template that the baseline policy names. */
function enrolled(name: string, serial: number): MadeCertificate {
  return serverCertificate({
    commonName: fqdn(name),
    dnsNames: [fqdn(name)],
    serial,
    template: TEMPLATE,
    notBefore: '2026-06-01T09:00:00Z',
    notAfter: '2027-06-01T09:00:00Z',
  });
}

type Certificates = Pick<HostOptions, 'certificates' | 'listenerCertificate'>;

function withEnrolled(name: string, serial: number, more: readonly JsonObject[] = []): Certificates {
  const certificate = enrolled(name, serial);
  return { certificates: [storeRow(certificate, { Template: TEMPLATE }), ...more], listenerCertificate: [certificate.thumbprint, 2] };
}

/**
 * Gateway and RD Web. The certificate was renewed in IIS; the gateway service still has the old one, which ends in 20 days.
 * Channel binding was turned off while a reverse proxy was tried in front of it.
 */
function gateway(): HostOptions {
  return {
    name: 'rdgw01',
    address: '10.20.0.10',
    roles: ['RDS-Gateway', 'RDS-Web-Access', 'Web-Server', 'NPAS'],
    services: { TSGateway: [4, 2], W3SVC: [4, 2] },
    ports: { 443: 'System', 3388: 'TSGateway' },
    policy: BASELINE,
    networks: [
      { alias: 'Ethernet0', name: 'corp.contoso.com', category: 2, address: '10.20.0.10' },
      { alias: 'Perimeter', name: 'Network 2', category: 0, address: '203.0.113.10' },
    ],
    rules: [
      ...remoteDesktopRules(),
      ...managementRules(),
      {
        id: 'WINRM-HTTP-In-TCP-PUBLIC',
        display: 'Windows Remote Management (HTTP-In)',
        group: '@FirewallAPI.dll,-30267',
        port: '5985',
        program: 'System',
        profiles: ['Public'],
      },
      {
        id: 'TSG-HTTP-Transport-In-TCP',
        display: 'Remote Desktop Gateway Server Transport (TCP-In)',
        group: '@aaedge.dll,-1006',
        port: '443',
        program: 'System',
        profiles: EVERYWHERE,
      },
      {
        id: 'TSG-UDP-Transport-In-UDP',
        display: 'Remote Desktop Gateway Server Transport (UDP-In)',
        group: '@aaedge.dll,-1006',
        protocol: 'UDP',
        port: '3391',
        program: String.raw`C:\Windows\system32\svchost.exe`,
        service: 'tsgateway',
        profiles: EVERYWHERE,
      },
      {
        id: 'TSG-LoadBalancer-In-TCP',
        display: 'Remote Desktop Gateway Server Farm (TCP-In)',
        group: '@aaedge.dll,-1007',
        port: '3388',
        program: String.raw`C:\Windows\system32\svchost.exe`,
        service: 'tsgateway',
        from: ['10.20.0.0/28'],
      },
      {
        id: 'IIS-WebServerRole-HTTPS-In-TCP',
        display: 'World Wide Web Services (HTTPS Traffic-In)',
        group: '@%windir%\\system32\\inetsrv\\iisres.dll,-30501',
        port: '443',
        program: 'System',
        profiles: EVERYWHERE,
      },
    ],
    ...withEnrolled('rdgw01', 200, [storeRow(GATEWAY_OLD), storeRow(GATEWAY_RENEWED)]),
    sections: {
      ...gatewaySections(),
      ...webSections(),
      Win32_TSGatewayServerSettings: ok([
        {
          CertHash: [...Buffer.from(GATEWAY_OLD.thumbprint, 'hex')],
          MaxConnections: 0,
          UnlimitedConnections: true,
          MaximumAllowedConnectionsBySku: 0,
          CentralCAPEnabled: false,
          RequestSOH: false,
          SslBridging: 0,
          IsConfigured: true,
          EnforceChannelBinding: false,
          OnlyConsentCapableClients: false,
          AuthenticationPluginName: 'native',
          AuthorizationPluginName: 'native',
        },
      ]),
      Win32_TSGatewayLoadBalancer: ok([{ Servers: [] }]),
      'http.sslBindings': ok([
        {
          IpPort: '0.0.0.0:443',
          HostnamePort: null,
          CertHash: GATEWAY_RENEWED.thumbprint,
          CertStoreName: 'MY',
          AppId: '{4dc3e181-e14b-4a21-b022-59fc669b0914}',
        },
      ]),
      'iis.bindings': ok([
        {
          Site: 'Default Web Site',
          protocol: 'https',
          bindingInformation: '*:443:',
          certificateHash: GATEWAY_RENEWED.thumbprint,
          certificateStoreName: 'MY',
          sslFlags: 0,
          Applications: ['/RDWeb', '/Rpc', '/RpcWithCert'],
        },
      ]),
    },
  };
}

/** Connection Broker and licence server. TLS 1.0 was turned on again for an old reporting client, and NLA off when it was moved. */
function broker(): HostOptions {
  return {
    name: 'rdcb01',
    address: '10.20.0.11',
    system: SERVER_2025,
    roles: ['RDS-Connection-Broker', 'RDS-Licensing'],
    services: { Tssdis: [4, 2], TScPubRPC: [4, 2], RDMS: [4, 2], TermServLicensing: [4, 2] },
    ports: { 5504: 'TScPubRPC' },
    policy: mergeValues(BASELINE, { [TS_POLICY]: { fSecureLicensing: 1 } }),
    registry: { [under(SCHANNEL, 'TLS 1.0', 'Server')]: { Enabled: 1, DisabledByDefault: 0 }, [RDP_TCP]: { UserAuthentication: 0 } },
    listener: { UserAuthenticationRequired: 0 },
    rules: [
      ...remoteDesktopRules(),
      ...managementRules(),
      {
        id: 'SessionBroker-RPC-In',
        display: 'Remote Desktop Connection Broker (RPC-In)',
        group: '@tssdis.exe,-102',
        port: 'RPC',
        program: String.raw`C:\Windows\system32\tssdis.exe`,
        service: 'tssdis',
        from: ['10.20.0.0/24'],
      },
      {
        id: 'RDCB-Publishing-In-TCP',
        display: 'Remote Desktop published resources (TCP-In)',
        group: '@tscpub.dll,-101',
        port: '5504',
        program: String.raw`C:\Windows\system32\svchost.exe`,
        service: 'tscpubrpc',
        from: ['10.20.0.0/24'],
      },
    ],
    ...withEnrolled('rdcb01', 201, [storeRow(BROKER)]),
    sections: licenseServerSections(),
  };
}

/**
 * The oldest session host. NLA is off since a test, the predefined rules are open to anybody, and somebody added `RDP`. It was
 * drained for an update on Sunday and is so still.
 */
function sessionHost01(): HostOptions {
  return {
    name: 'rdsh01',
    address: '10.20.0.21',
    roles: ['RDS-RD-Server'],
    policy: BASELINE,
    registry: { [RDP_TCP]: { UserAuthentication: 0 } },
    rules: [...remoteDesktopRules({ profiles: EVERYWHERE, from: 'Any' }), { id: 'RDP', port: '3389', profiles: EVERYWHERE }, ...managementRules()],
    listener: { UserAuthenticationRequired: 0 },
    service: { SessionBrokerDrainMode: 2 },
    sections: { 'events.remoteDesktop': refusedConnections() },
    ...withEnrolled('rdsh01', 202),
    printerDrivers: [
      {
        Name: 'Fabrikam Universal Printing PCL 6',
        MajorVersion: 3,
        Manufacturer: 'Fabrikam',
        PrinterEnvironment: 'Windows x64',
        IsPackageAware: true,
        InfPath: String.raw`C:\Windows\System32\DriverStore\FileRepository\fabrikam.inf_amd64_0000000000000000\fabrikam.inf`,
        IsSigned: true,
      },
    ],
  };
}

/**
 * NLA is off by the Group Policy of the thin clients; the collector may not export the user rights. What advice for other problems
 * left behind: accounts without a password may come over the network, and the hosts file speaks for the broker.
 */
function sessionHost02(): HostOptions {
  const thinClients = { [TS_POLICY]: { UserAuthentication: 0 } };
  return {
    name: 'rdsh02',
    address: '10.20.0.22',
    roles: ['RDS-RD-Server'],
    policy: mergeValues(BASELINE, thinClients),
    registry: { [LSA]: { LmCompatibilityLevel: 3, LimitBlankPasswordUse: 0 } },
    rules: [...remoteDesktopRules({ from: 'Any' }), ...managementRules()],
    listener: { UserAuthenticationRequired: 0 },
    ...withEnrolled('rdsh02', 203),
    userRights: { status: 'denied', error: 'secedit: access is denied' },
    sections: { 'names.hostsFile': ok([{ Address: '10.20.0.11', Names: [fqdn('rdcb01'), 'rdcb01'] }]) },
  };
}

/**
 * Rebuilt in a hurry and left in the wrong organisational unit: no baseline policy reaches it, not even the one that names the
 * license server, so that its 120 days run. Whoever rebuilt it watched sessions without asking.
 */
function sessionHost03(): HostOptions {
  const own = makeCertificate({
    commonName: fqdn('rdsh03'),
    eku: ['1.3.6.1.5.5.7.3.1'],
    keyUsage: 0x30,
    serial: 300,
    notBefore: '2026-10-02T09:00:00Z',
    notAfter: '2027-04-03T09:00:00Z',
  });
  const machine = serverCertificate({
    commonName: fqdn('rdsh03'),
    dnsNames: [fqdn('rdsh03')],
    serial: 204,
    notBefore: '2026-10-02T09:00:00Z',
    notAfter: '2027-10-02T09:00:00Z',
  });
  return {
    name: 'rdsh03',
    address: '10.20.0.23',
    roles: ['RDS-RD-Server'],
    policy: { [String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU`]: { NoAutoUpdate: 0 } },
    registry: {
      [RDP_TCP]: { SecurityLayer: 0, MinEncryptionLevel: 2, Shadow: 2 },
      [CREDSSP]: { AllowEncryptionOracle: 2 },
      [under(PRINTERS, 'PointAndPrint')]: { RestrictDriverInstallationToAdministrators: 0 },
    },
    rules: [...remoteDesktopRules(), ...managementRules()],
    profiles: { Domain: { Enabled: 0 } },
    listener: { SecurityLayer: 0, MinEncryptionLevel: 2 },
    service: { LicensingType: 5, LicensingName: 'Not Configured', PolicySourceLicensingType: 2 },
    sections: {
      Win32_TSClientSetting: ok([redirectionRow({ PNPRedirection: 0, PolicySourcePNPRedirection: 0 })]),
      Win32_TSRemoteControlSetting: ok([shadowingRow({ LevelOfControl: 2 })]),
      licensing: ok({ SpecifiedLicenseServers: [], PolicySourceConfiguredLicenseServers: 2, GraceDaysLeft: 68 }),
      'licensing.servers': ok([]),
    },
    certificates: [selfSignedRow(own), storeRow(machine)],
    listenerCertificate: [own.thumbprint, 1],
  };
}

/** The newest session host, and as it should be. */
function sessionHost04(): HostOptions {
  return {
    name: 'rdsh04',
    address: '10.20.0.24',
    system: SERVER_2025,
    roles: ['RDS-RD-Server'],
    policy: BASELINE,
    rules: [...remoteDesktopRules(), ...managementRules()],
    ...withEnrolled('rdsh04', 205),
  };
}

const FINANCE_PROPERTIES = 'use redirection server name:i:1\r\nredirectclipboard:i:1\r\ndrivestoredirect:s:*\r\nauthentication level:i:0\r\n';

function deployment(): Snapshot {
  const collections = [
    collection('Finance', ['rdsh01', 'rdsh02'], {
      AuthenticateUsingNLA: false,
      EncryptionLevel: 2,
      SecurityLayer: 2,
      UserGroup: [String.raw`CONTOSO\RDS Finance`, String.raw`CONTOSO\Domain Users`],
      UserGroupSids: ['S-1-5-21-1000000000-1000000000-1000000000-1104', 'S-1-5-21-1000000000-1000000000-1000000000-513'],
      ClientDeviceRedirectionOptions: 0x1ff,
      CustomRdpProperty: FINANCE_PROPERTIES,
    }),
    collection('Helpdesk', ['rdsh03', 'rdsh04'], {}),
  ];
  return deploymentSnapshot('rdcb01', {
    collections: ok(collections),
    'collection.sessionHosts': ok(hostsOf(collections).map(([CollectionName, SessionHost]) => ({ CollectionName, SessionHost, NewConnectionAllowed: 0 }))),
    'collection.loadBalancing': ok(
      hostsOf(collections).map(([CollectionName, SessionHost]) => ({
        CollectionName,
        SessionHost,
        SessionLimit: SessionHost === fqdn('rdsh02') ? 2 : 60,
        RelativeWeight: 100,
      })),
    ),
    'deployment.certificates': ok([
      roleRow(1, GATEWAY_OLD, 'rdgw.contoso.com', '12/14/2026 9:00:00 AM'),
      roleRow(2, GATEWAY_OLD, 'rdgw.contoso.com', '12/14/2026 9:00:00 AM'),
      roleRow(4, BROKER, 'rdcb01.corp.contoso.com', '3/1/2028 9:00:00 AM'),
      roleRow(8, BROKER, 'rdcb01.corp.contoso.com', '3/1/2028 9:00:00 AM'),
    ]),
    'deployment.gateway': ok([{ GatewayMode: 2, GatewayExternalFqdn: 'rdgw.contoso.com', LogonMethod: 0, UseCachedCredentials: true, BypassLocal: false }]),
    'deployment.clientAccessName': { status: 'absent' } satisfies Section,
    // Group Policy says it to the session hosts.
    'deployment.licensing': ok({ Mode: 5, LicenseServer: [LICENSE_SERVER] }),
    'deployment.names': ok(deploymentNames()),
    'deployment.servers': ok([
      { Server: fqdn('rdcb01'), Roles: ['RDS-CONNECTION-BROKER', 'RDS-LICENSING'] },
      { Server: fqdn('rdgw01'), Roles: ['RDS-GATEWAY', 'RDS-WEB-ACCESS'] },
      ...['rdsh01', 'rdsh02', 'rdsh03', 'rdsh04'].map((name) => ({ Server: fqdn(name), Roles: ['RDS-RD-SERVER'] })),
    ]),
  });
}

/** The broker and its hosts inside, and the gateway as the world sees it. */
function deploymentNames(): JsonObject[] {
  const servers = { rdcb01: 11, rdgw01: 10, rdsh01: 21, rdsh02: 22, rdsh03: 23, rdsh04: 24 };
  return [
    ...Object.entries(servers).map(([name, last]) => ({ Name: fqdn(name), Kind: 'server', Status: 0, Addresses: [`10.20.0.${last}`] })),
    { Name: 'rdgw.contoso.com', Kind: 'gateway', Status: 0, Addresses: ['203.0.113.10'] },
  ];
}

interface Collection extends JsonObject {
  readonly CollectionName: string;
  readonly SessionHosts: readonly string[];
}

/** Audio, smart cards, the clipboard and the time zone. */
const MODEST_DEVICES = 0x1 | 0x10 | 0x20 | 0x100;

function collection(name: string, hosts: readonly string[], changes: JsonObject): Collection {
  return {
    CollectionName: name,
    CollectionAlias: name,
    CollectionDescription: '',
    CollectionType: 1,
    ResourceType: 'Remote Desktop',
    Size: hosts.length,
    AutoAssignPersonalDesktop: false,
    GrantAdministrativePrivilege: false,
    SessionHosts: hosts.map(fqdn),
    AuthenticateUsingNLA: true,
    SecurityLayer: 2,
    EncryptionLevel: 3,
    UserGroup: [String.raw`CONTOSO\RDS ${name}`],
    UserGroupSids: ['S-1-5-21-1000000000-1000000000-1000000000-1105'],
    DisconnectedSessionLimitMin: 480,
    ActiveSessionLimitMin: 0,
    IdleSessionLimitMin: 60,
    BrokenConnectionAction: 1,
    AutomaticReconnectionEnabled: true,
    TemporaryFoldersDeletedOnExit: true,
    TemporaryFoldersPerSession: true,
    ClientDeviceRedirectionOptions: MODEST_DEVICES,
    MaxRedirectedMonitors: 16,
    ClientPrinterRedirected: 1,
    RDEasyPrintDriverEnabled: 1,
    ClientPrinterAsDefault: 1,
    CustomRdpProperty: 'use redirection server name:i:1\r\n',
    EnableUserProfileDisk: true,
    DiskPath: String.raw`\\files01.corp.contoso.com\profiles$`,
    MaxUserProfileDiskSizeGB: 20,
    IncludeFolderPath: [],
    ExcludeFolderPath: [],
    IncludeFilePath: [],
    ExcludeFilePath: [],
    ...changes,
  };
}

function hostsOf(collections: readonly Collection[]): (readonly [string, string])[] {
  return collections.flatMap(({ CollectionName, SessionHosts }) => SessionHosts.map((host) => [CollectionName, host] as const));
}

function roleRow(role: number, certificate: MadeCertificate, name: string, until: string): JsonObject {
  return {
    Role: role,
    Level: 'Trusted',
    Thumbprint: certificate.thumbprint,
    Subject: `CN=${name}`,
    SubjectAlternateName: [name],
    IssuedBy: 'CN=Contoso Issuing CA 1',
    IssuedTo: name,
    ExpiresOn: until,
    Der: certificate.der.toString('base64'),
  };
}
