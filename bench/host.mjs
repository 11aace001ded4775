// W1: snapshots of Windows hosts as a fleet has them: the same rules and keys on every host, with what differs drawn from numbers.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expand, registryReads } from '../src/lib/settings.ts';
import { readPolicyFolder } from '../src/policy/library.ts';
import { rsaKey } from '../test/support/keys.ts';
import { makeCertificate } from '../test/support/x509.ts';
import { pick, random } from './random.mjs';

const RULES = 450;
const PLACEHOLDERS = {
  listener: ['RDP-Tcp'],
  profile: ['Domain', 'Private', 'Public'],
  legacyKey: ['DomainProfile', 'StandardProfile'],
  localKey: ['DomainProfile', 'StandardProfile', 'PublicProfile'],
  protocol: ['SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1'],
};

/** What a key holds, by the end of its path: a value, or a list of which each host has one. Every other key is absent. */
const VALUES = {
  'Policies\\Microsoft\\Windows NT\\Terminal Services': {
    fEncryptRPCTraffic: [1, 1, 1, 0],
    fDisablePNPRedir: [1, 1, 0],
    fDisableCpm: 0,
    UseUniversalPrinterDriverFirst: [3, 3, 4],
    RedirectOnlyDefaultClientPrinter: 1,
    UserAuthentication: 1,
    SecurityLayer: 2,
    MinEncryptionLevel: 3,
    fPromptForPassword: [1, 1, 0],
    MaxIdleTime: 900000,
    MaxDisconnectionTime: 60000,
    fDisableCdm: [1, 1, 1, 0],
    fDisableClip: 0,
    fDisableCcm: 1,
    fDisableLPT: 1,
    fDisableLocationRedir: 1,
    fDisableAudioCapture: 1,
    DeleteTempDirsOnExit: 1,
    PerSessionTempDir: 1,
  },
  'CredSSP\\Parameters': { AllowEncryptionOracle: 0 },
  'Control\\Lsa': { LmCompatibilityLevel: [5, 5, 5, 3] },
  'CurrentControlSet\\Control': { SystemStartOptions: ' NOEXECUTE=OPTOUT' },
  'Control\\Terminal Server': { fDenyTSConnections: 0, DeleteTempDirsOnExit: 1, PerSessionTempDir: 1 },
  'Control\\Print': { RpcAuthnLevelPrivacyEnabled: 1 },
  'Printers\\RPC': { RpcUseNamedPipeProtocol: 0, RpcAuthentication: 0, RpcProtocols: 5, ForceKerberosForRpc: 0, RpcTcpPort: 0 },
  'Windows NT\\Printers': {
    RegisterSpoolerRemoteRpcEndPoint: [2, 2, 2, 1],
    RedirectionGuardPolicy: 1,
    CopyFilesPolicy: 1,
    DisableWebPnPDownload: 1,
    DisableHTTPPrinting: [1, 1, 0],
  },
  'Printers\\PointAndPrint': { RestrictDriverInstallationToAdministrators: 1, NoWarningNoElevationOnInstall: 0, UpdatePromptSettings: 0 },
  'WinStations\\RDP-Tcp': {
    UserAuthentication: 1,
    SecurityLayer: 2,
    MinEncryptionLevel: 3,
    fPromptForPassword: 0,
    fDisableCdm: 0,
    fDisableClip: 0,
    fDisableCpm: 0,
    fDisableCcm: 0,
    fDisableLPT: 0,
  },
  'DeviceInstall\\Restrictions': { DenyRemovableDevices: [1, 1, 0], AllowDenyLayered: 1, DenyUnspecified: 0, AllowAdminInstall: 0 },
  PublicProfile: { EnableFirewall: 1, DefaultInboundAction: 1 },
  DomainProfile: { EnableFirewall: 1, DefaultInboundAction: 1 },
  StandardProfile: { EnableFirewall: 1, DefaultInboundAction: 1 },
  Logging: { LogDroppedPackets: [1, 1, 0], LogSuccessfulConnections: 0, LogFileSize: 16384 },
  'TLS 1.0\\Server': { Enabled: [0, 0, 0, 1], DisabledByDefault: 1 },
  'TLS 1.1\\Server': { Enabled: 0, DisabledByDefault: 1 },
};

/** Every key that the catalogue reads, once for each instance that a host has. */
function keysOf() {
  const { areas } = readPolicyFolder(join(fileURLToPath(new URL('..', import.meta.url)), 'policies'));
  const keys = areas.filter((area) => area.target === 'windows-host').flatMap((area) => registryReads(area).map(({ key }) => key));
  return [...new Set(keys.flatMap(expanded))].toSorted((a, b) => (a < b ? -1 : 1));
}

function expanded(key) {
  const name = /\{(\w+)\}/.exec(key)?.[1];
  if (name === undefined) return [key];
  return (PLACEHOLDERS[name] ?? []).flatMap((value) => expanded(expand(key, { [name]: value })));
}

const KEYS = keysOf().map((key) => ({ key, values: Object.entries(VALUES).find(([end]) => key.endsWith(`\\${end}`))?.[1] }));

function registry(next) {
  const own = (value) => (Array.isArray(value) ? pick(value, next) : value);
  return Object.fromEntries(
    KEYS.map(({ key, values }) => [
      key,
      values === undefined
        ? { status: 'absent' }
        : { status: 'ok', values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, own(value)])) },
    ]),
  );
}

const fleet = random(1);
const PORTS = Array.from({ length: 300 }, () => [String(1024 + Math.floor(fleet() * 48000))]);
const ADDRESSES = [['Any'], ['Any'], ['Any'], ['LocalSubnet'], ...Array.from({ length: 250 }, (_, index) => [`10.${20 + (index % 40)}.${index}.0/24`])];
const PREDEFINED = [
  ['RemoteDesktop-UserMode-In-TCP', '@FirewallAPI.dll,-28752', 'TCP', '3389', 'termservice'],
  ['RemoteDesktop-UserMode-In-UDP', '@FirewallAPI.dll,-28752', 'UDP', '3389', 'termservice'],
  ['RemoteDesktop-Shadow-In-TCP', '@FirewallAPI.dll,-28752', 'TCP', 'Any', 'Any'],
  ['WINRM-HTTP-In-TCP', '@FirewallAPI.dll,-30267', 'TCP', '5985', 'Any'],
  ['TSG-HTTPS-Transport-In-TCP', '@FirewallAPI.dll,-25428', 'TCP', '443', 'Any'],
  ['FPS-SMB-In-TCP', '@FirewallAPI.dll,-28502', 'TCP', '445', 'Any'],
];

/** A rule of the fleet, as every host has it but for whether it is on; columns that say nothing are left out by the collector. */
function rule(index, next) {
  const known = PREDEFINED[index];
  const listed = index < 2 && next() < 0.7;
  return {
    InstanceID: known?.[0] ?? `Contoso-${index}`,
    RuleGroup: known?.[1] ?? '',
    Enabled: index < 2 || next() < 0.6 ? 1 : 2,
    Direction: index < 6 || index % 3 !== 0 ? 1 : 2,
    Action: next() < 0.95 ? 2 : 4,
    Profiles: known === undefined ? index % 8 : listed ? 1 : pick([1, 3, 7], next),
    ...(known === undefined ? {} : { EdgeTraversalPolicy: 0, EnforcementStatus: [1] }),
    PrimaryStatus: 1,
    PolicyStoreSourceType: 1,
    Protocol: known?.[2] ?? (index % 5 < 3 ? 'TCP' : 'UDP'),
    LocalPort: known === undefined ? PORTS[index % PORTS.length] : [known[3]],
    RemoteAddress: listed ? ['10.20.0.0/255.255.255.0'] : ADDRESSES[(index * 7) % ADDRESSES.length],
    Program: index < 2 ? 'C:\\Windows\\system32\\svchost.exe' : 'Any',
    Service: known?.[4] ?? 'Any',
    PolicyStoreSource: 'PersistentStore',
  };
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CA = makeCertificate({ commonName: 'Contoso Issuing CA', ca: true, keyUsage: 0x06, notBefore: '2020-01-01T00:00:00Z', notAfter: '2035-01-01T00:00:00Z' });
const LEAF = { issuer: CA, eku: [SERVER_AUTH], keyUsage: 0xa0, notAfter: '2027-06-01T00:00:00Z', key: rsaKey('w1') };
const leaf = (name) => makeCertificate({ ...LEAF, commonName: name, dnsNames: [name] });
const row = (Store, { der, thumbprint }) => ({
  Store,
  Thumbprint: thumbprint,
  Der: der.toString('base64'),
  HasPrivateKey: Store !== 'Root',
  PrivateKeyFound: Store !== 'Root',
  PrivateKeyAccess:
    Store === 'Root'
      ? []
      : [
          { Sid: 'S-1-5-20', Access: 0, Rights: -2147483648 },
          { Sid: 'S-1-5-18', Access: 0, Rights: 2032127 },
        ],
  ChainStatus: [],
  ChainElements: Store === 'Root' ? [thumbprint] : [thumbprint, CA.thumbprint],
  RevocationMode: 1,
});
/** Certificates that stand on every host beside its own. */
const SHARED = [row('Root', CA), ...Array.from({ length: 10 }, (_, index) => row('My', leaf(`service${index}.corp.contoso.com`)))];

const ok = (data) => ({ status: 'ok', data });

export function hostSnapshot(index) {
  const next = random(index + 1);
  const short = `host${String(index).padStart(5, '0')}`;
  const own = row('My', leaf(`${short}.corp.contoso.com`));
  const profile = (Name) => ({
    Name,
    Enabled: next() < 0.95 ? 1 : 0,
    DefaultInboundAction: 4,
    DefaultOutboundAction: 2,
    AllowInboundRules: 1,
    AllowLocalFirewallRules: 1,
    AllowLocalIPsecRules: 1,
    NotifyOnListen: 0,
    AllowUnicastResponseToMulticast: 1,
    LogBlocked: next() < 0.7 ? 1 : 0,
    LogAllowed: 0,
    LogMaxSizeKilobytes: 16384,
    DisabledInterfaceAliases: ['NotConfigured'],
  });
  return {
    schemaVersion: 1,
    target: { kind: 'windows-host', name: `${short}.corp.contoso.com` },
    collectedAt: '2026-11-20T00:00:00Z',
    sections: {
      os: ok({ build: 20348, ubr: 2849, productType: 3, installationType: 'Server', lastBootUpTime: '2026-11-01T04:00:00Z' }),
      computer: ok({ PartOfDomain: true, Domain: 'corp.contoso.com', DomainRole: 3, Name: short.toUpperCase(), DNSHostName: short }),
      roles: ok([{ Name: 'RDS-RD-Server' }, { Name: 'FileAndStorage-Services' }]),
      listeners: ok([
        {
          Name: 'RDP-Tcp',
          PortNumber: 3389,
          fEnableWinStation: 1,
          InitialProgram: '',
          fInheritInitialProgram: 1,
          LanAdapter: 0,
          fLogonDisabled: 0,
          MaxInstanceCount: 4294967295,
        },
      ]),
      services: ok(['MpsSvc', 'BFE', 'TermService', 'SessionEnv', 'UmRdpService', 'NlaSvc', 'Spooler'].map((Name) => ({ Name, Status: 4, StartType: 2 }))),
      'network.profiles': ok([
        { Name: 'corp', InterfaceAlias: 'Ethernet', InterfaceIndex: 5, NetworkCategory: next() < 0.95 ? 2 : 0, IPv4Connectivity: 4, IPv6Connectivity: 1 },
      ]),
      'network.addresses': ok([
        {
          InterfaceAlias: 'Ethernet',
          InterfaceIndex: 5,
          IPAddress: `10.30.${index % 250}.10`,
          PrefixLength: 24,
          AddressFamily: 2,
          AddressState: 4,
          PrefixOrigin: 1,
          SkipAsSource: false,
        },
      ]),
      registry: ok(registry(next)),
      RSOP_RegistryValue: ok([]),
      RSOP_RegistryPolicySetting: ok([
        {
          registryKey: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services',
          valueName: 'fEncryptRPCTraffic',
          precedence: 1,
          GPOID: 'CN={00000000-0000-0000-0000-000000000000}',
        },
      ]),
      userRights: ok([
        { Right: 'SeRemoteInteractiveLogonRight', Sids: ['*S-1-5-32-544', '*S-1-5-32-555'] },
        { Right: 'SeDenyRemoteInteractiveLogonRight', Sids: next() < 0.8 ? ['*S-1-5-32-546', '*S-1-5-113'] : [] },
      ]),
      Win32_TSGeneralSetting: ok([
        {
          TerminalName: 'RDP-Tcp',
          UserAuthenticationRequired: next() < 0.9 ? 1 : 0,
          SecurityLayer: 2,
          MinEncryptionLevel: 3,
          PolicySourceUserAuthenticationRequired: 0,
          PolicySourceSecurityLayer: 0,
          PolicySourceMinEncryptionLevel: 1,
          SSLCertificateSHA1Hash: own.Thumbprint,
          SSLCertificateSHA1HashType: 3,
          WindowsAuthentication: 0,
        },
      ]),
      Win32_TSSessionSetting: ok([
        {
          TerminalName: 'RDP-Tcp',
          IdleSessionLimit: 900000,
          DisconnectedSessionLimit: pick([60000, 0], next),
          ActiveSessionLimit: 0,
          BrokenConnectionAction: 0,
          PolicySourceIdleSessionLimit: 1,
          PolicySourceDisconnectedSessionLimit: 0,
          PolicySourceActiveSessionLimit: 2,
          PolicySourceBrokenConnectionAction: 2,
        },
      ]),
      Win32_TSLogonSetting: ok([{ TerminalName: 'RDP-Tcp', PromptForPassword: 1, ClientLogonInfoPolicy: 1, PolicySourcePromptForPassword: 1 }]),
      Win32_TerminalServiceSetting: ok([
        {
          TerminalServerMode: 1,
          AllowTSConnections: 1,
          Logons: 0,
          SessionBrokerDrainMode: 0,
          SingleSession: 1,
          UseTempFolders: 1,
          DeleteTempFolders: 1,
          LicensingType: 4,
          UseRDEasyPrintDriver: 1,
          PolicySourceUseRDEasyPrintDriver: 2,
          PolicySourceUseTempFolders: 2,
          PolicySourceDeleteTempFolders: 2,
          PolicySourceSingleSession: 2,
          PolicySourceAllowTSConnections: 0,
        },
      ]),
      Win32_TSGatewayLoadBalancer: { status: 'absent' },
      Win32_TSGatewayServerSettings: { status: 'absent' },
      'http.sslBindings': ok([]),
      'iis.bindings': { status: 'absent' },
      'webClient.brokerCertificate': { status: 'absent' },
      deviceGuard: ok({
        SecurityServicesConfigured: [1, 2],
        SecurityServicesRunning: [1, 2],
        VirtualizationBasedSecurityStatus: 2,
        CodeIntegrityPolicyEnforcementStatus: 2,
      }),
      pnpDevices: ok(
        Array.from({ length: 20 }, (_, number) => ({
          InstanceId: `SWD\\DEVICE\\${number}`,
          ClassGuid: '{62f9c741-b25a-46ce-b54c-9bccce08b6f2}',
          Present: true,
          Status: 'OK',
          ConfigManagerErrorCode: 0,
        })),
      ),
      'firewall.profiles': ok(['Domain', 'Private', 'Public'].map(profile)),
      'firewall.rules': ok(Array.from({ length: RULES }, (_, number) => rule(number, next))),
      certificates: ok([own, ...SHARED]),
      printerDrivers: ok(
        Array.from({ length: 40 }, (_, number) => ({
          Name: `Printer driver ${number}`,
          MajorVersion: number % 8 === 0 ? 3 : 4,
          Manufacturer: 'Contoso',
          PrinterEnvironment: 'Windows x64',
          IsPackageAware: true,
          InfPath: `C:\\Windows\\INF\\oem${number}.inf`,
          IsSigned: number > 0 || next() < 0.8,
        })),
      ),
    },
  };
}
