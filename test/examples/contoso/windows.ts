import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import type { Section, Snapshot } from '../../../src/model/snapshot.ts';
import { authorityRows } from './certificates.ts';
import { profileRows, type Profile, type Rule, ruleRow } from './firewall.ts';
import { hostSections } from './host-sections.ts';
import { gpoRows, localValues, mergeValues, registryData, type RegistryValues, rsopRows, TS_POLICY } from './registry.ts';

export const COLLECTED_AT = '2026-11-23T06:30:00Z';
export const DOMAIN = 'corp.contoso.com';
const COLLECTOR = { name: 'rdposture-collector', version: '0.1.0' } as const;

export interface HostOptions {
  readonly name: string;
  readonly address: string;
  readonly system?: { readonly build: number; readonly ubr: number; readonly caption: string };
  readonly roles: readonly string[];
  /** Service name to status (4 running, 1 stopped) and start type (2 automatic, 3 manual, 4 disabled), beside the usual ones. */
  readonly services?: Readonly<Record<string, readonly [number, number]>>;
  /** Ports that the roles listen on beside the usual ones: the service that has each. */
  readonly ports?: Readonly<Record<string, string>>;
  /** What Group Policy wrote. */
  readonly policy: RegistryValues;
  /** What somebody or something else wrote; null takes a key away. */
  readonly registry?: Readonly<Record<string, Readonly<Record<string, Json>> | null>>;
  readonly rules: readonly Rule[];
  readonly profiles?: Partial<Record<Profile, JsonObject>>;
  readonly networks?: readonly { readonly alias: string; readonly name: string; readonly category: number; readonly address: string }[];
  readonly certificates: readonly JsonObject[];
  /** Thumbprint and where it comes from: 1 self-signed, 2 Group Policy, 3 by hand. */
  readonly listenerCertificate: readonly [string, number];
  readonly listener?: JsonObject;
  readonly sessions?: JsonObject;
  readonly service?: JsonObject;
  readonly printerDrivers?: readonly JsonObject[];
  readonly userRights?: Section;
  /** Sections of roles that are not on every host. */
  readonly sections?: Readonly<Record<string, Section>>;
}

const SERVER_2022 = { build: 20348, ubr: 5870, caption: 'Microsoft Windows Server 2022 Standard' } as const;
export const SERVER_2025 = { build: 26100, ubr: 33901, caption: 'Microsoft Windows Server 2025 Standard' } as const;
const ABSENT: Section = { status: 'absent' };

export function ok(data: Json): Section {
  return { status: 'ok', data };
}

export function fqdn(name: string): string {
  return `${name}.${DOMAIN}`;
}

/** A complete snapshot of a Windows host: what `options` does not say is as it should be. */
export function hostSnapshot(options: HostOptions, catalogue: readonly Area[]): Snapshot {
  const { name } = options;
  const registry = mergeValues(localValues(), options.policy, options.registry ?? {});
  const services = serviceRows(options.services ?? {});
  const sections: Record<string, Section> = {
    os: ok({ ...(options.system ?? SERVER_2022), productType: 3, installationType: 'Server', lastBootUpTime: '2026-11-12T02:10:00Z' }),
    computer: ok({
      PartOfDomain: true,
      Domain: DOMAIN,
      DomainRole: 3,
      Name: name.toUpperCase(),
      DNSHostName: name,
      UUID: '00000000-0000-0000-0000-000000000000',
    }),
    roles: ok(options.roles.map((role) => ({ Name: role }))),
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
    Win32_TSGeneralSetting: ok([generalRow(options)]),
    Win32_TSSessionSetting: ok([sessionRow(options.sessions)]),
    Win32_TSLogonSetting: ok([
      { TerminalName: 'RDP-Tcp', PromptForPassword: 0, ClientLogonInfoPolicy: 1, PolicySourcePromptForPassword: 0, UserName: '', Domain: '' },
    ]),
    Win32_TerminalServiceSetting: ok([serviceRow(options)]),
    services: ok(services),
    'firewall.profiles': ok(profileRows(options.profiles)),
    'firewall.rules': ok(options.rules.map(ruleRow)),
    'network.profiles': ok(
      networksOf(options).map(({ alias, name: network, category }, index) => ({
        Name: network,
        InterfaceAlias: alias,
        InterfaceIndex: 6 + index,
        NetworkCategory: category,
        DomainAuthenticationKind: category === 2 ? 1 : 0,
        IPv4Connectivity: 4,
        IPv6Connectivity: 1,
      })),
    ),
    'network.addresses': ok(
      networksOf(options).map(({ alias, address }, index) => ({
        InterfaceAlias: alias,
        InterfaceIndex: 6 + index,
        IPAddress: address,
        PrefixLength: 24,
        AddressFamily: 2,
        AddressState: 4,
        PrefixOrigin: 1,
        SkipAsSource: false,
      })),
    ),
    certificates: ok([...options.certificates, ...authorityRows()]),
    'http.sslBindings': ABSENT,
    'iis.bindings': ABSENT,
    'webClient.brokerCertificate': ABSENT,
    Win32_TSGatewayServerSettings: ABSENT,
    Win32_TSGatewayLoadBalancer: ABSENT,
    userRights: options.userRights ?? ok(rightRows()),
    pnpDevices: ok(deviceRows()),
    deviceGuard: ok({
      SecurityServicesConfigured: [1, 2],
      SecurityServicesRunning: [1, 2],
      VirtualizationBasedSecurityStatus: 2,
      CodeIntegrityPolicyEnforcementStatus: 2,
    }),
    printerDrivers: ok([
      {
        Name: 'Remote Desktop Easy Print',
        MajorVersion: 3,
        Manufacturer: 'Microsoft',
        PrinterEnvironment: 'Windows x64',
        IsPackageAware: true,
        InfPath: String.raw`C:\Windows\System32\DriverStore\FileRepository\tsprint.inf_amd64_0000000000000000\tsprint.inf`,
        IsSigned: true,
      },
      {
        Name: 'Microsoft Print To PDF',
        MajorVersion: 4,
        Manufacturer: 'Microsoft',
        PrinterEnvironment: 'Windows x64',
        IsPackageAware: true,
        InfPath: String.raw`C:\Windows\System32\DriverStore\FileRepository\prnms009.inf_amd64_0000000000000000\prnms009.inf`,
        IsSigned: true,
      },
      ...(options.printerDrivers ?? []),
    ]),
    RSOP_RegistryPolicySetting: ok(rsopRows(options.policy)),
    RSOP_RegistryValue: ok([]),
    RSOP_GPO: ok(gpoRows()),
    registry: ok(registryData(registry, catalogue)),
    ...hostSections({
      name,
      fqdn: fqdn(name),
      sessionHost: options.roles.includes('RDS-RD-Server'),
      address: options.address,
      interfaces: networksOf(options).map(({ alias }) => alias),
      services,
      ports: options.ports ?? {},
    }),
    ...options.sections,
  };
  return { schemaVersion: 1, target: { kind: 'windows-host', name: fqdn(name) }, collectedAt: COLLECTED_AT, collector: COLLECTOR, sections };
}

export function deploymentSnapshot(broker: string, sections: Readonly<Record<string, Section>>): Snapshot {
  return { schemaVersion: 1, target: { kind: 'rds-deployment', name: fqdn(broker) }, collectedAt: COLLECTED_AT, collector: COLLECTOR, sections };
}

function networksOf(options: HostOptions): NonNullable<HostOptions['networks']> {
  return options.networks ?? [{ alias: 'Ethernet0', name: DOMAIN, category: 2, address: options.address }];
}

function generalRow(options: HostOptions): JsonObject {
  const [thumbprint, hashType] = options.listenerCertificate;
  const written = options.policy[TS_POLICY] ?? {};
  const source = (value: string): number => (Object.hasOwn(written, value) ? 1 : 0);
  return {
    TerminalName: 'RDP-Tcp',
    TerminalProtocol: 'Microsoft RDP 8.0',
    Transport: 'tcp',
    UserAuthenticationRequired: 1,
    SecurityLayer: 2,
    MinEncryptionLevel: 3,
    PolicySourceUserAuthenticationRequired: source('UserAuthentication'),
    PolicySourceSecurityLayer: source('SecurityLayer'),
    PolicySourceMinEncryptionLevel: source('MinEncryptionLevel'),
    SSLCertificateSHA1Hash: thumbprint,
    SSLCertificateSHA1HashType: hashType,
    CertificateName: '',
    Comment: '',
    WindowsAuthentication: 0,
    ...options.listener,
  };
}

/** Milliseconds: eight hours idle, one day disconnected. */
function sessionRow(changes: JsonObject = {}): JsonObject {
  return {
    TerminalName: 'RDP-Tcp',
    IdleSessionLimit: 3_600_000,
    DisconnectedSessionLimit: 28_800_000,
    ActiveSessionLimit: 0,
    BrokenConnectionAction: 0,
    BrokenConnectionPolicy: 1,
    ReconnectionPolicy: 1,
    TimeLimitPolicy: 1,
    PolicySourceIdleSessionLimit: 0,
    PolicySourceDisconnectedSessionLimit: 0,
    PolicySourceActiveSessionLimit: 0,
    PolicySourceBrokenConnectionAction: 0,
    PolicySourceReconnectionPolicy: 0,
    ...changes,
  };
}

function serviceRow(options: HostOptions): JsonObject {
  return {
    ServerName: options.name.toUpperCase(),
    TerminalServerMode: options.roles.includes('RDS-RD-Server') ? 1 : 0,
    AllowTSConnections: 1,
    PolicySourceAllowTSConnections: 0,
    Logons: 0,
    SessionBrokerDrainMode: 0,
    SingleSession: 1,
    PolicySourceSingleSession: 0,
    UseTempFolders: 1,
    DeleteTempFolders: 1,
    PolicySourceUseTempFolders: 0,
    PolicySourceDeleteTempFolders: 0,
    LicensingType: 4,
    LicensingName: 'Per User',
    PolicySourceLicensingType: 1,
    UseRDEasyPrintDriver: 1,
    PolicySourceUseRDEasyPrintDriver: 0,
    ActiveDesktop: 0,
    UserPermission: 0,
    TimeZoneRedirection: 1,
    PolicySourceTimeZoneRedirection: 0,
    Help: '',
    ...options.service,
  };
}

function serviceRows(more: NonNullable<HostOptions['services']>): JsonObject[] {
  const usual: Readonly<Record<string, readonly [number, number]>> = {
    mpssvc: [4, 2],
    BFE: [4, 2],
    TermService: [4, 3],
    SessionEnv: [4, 3],
    UmRdpService: [4, 3],
    NlaSvc: [4, 2],
    Spooler: [4, 2],
    RpcSs: [4, 2],
    Netlogon: [4, 2],
    W32Time: [4, 2],
    ...more,
  };
  return Object.entries(usual).map(([Name, [Status, StartType]]) => ({ Name, DisplayName: Name, Status, StartType }));
}

function rightRows(): JsonObject[] {
  return [
    { Right: 'SeRemoteInteractiveLogonRight', Sids: ['*S-1-5-32-544', '*S-1-5-32-555'], RsopSource: 'local' },
    { Right: 'SeDenyRemoteInteractiveLogonRight', Sids: ['*S-1-5-32-546', '*S-1-5-113'], RsopSource: 'local' },
    { Right: 'SeNetworkLogonRight', Sids: ['*S-1-5-32-544', '*S-1-5-11'], RsopSource: 'local' },
    { Right: 'SeDenyNetworkLogonRight', Sids: ['*S-1-5-32-546'], RsopSource: 'local' },
  ];
}

function deviceRows(): JsonObject[] {
  return [
    {
      InstanceId: String.raw`SWD\REMOTEDISPLAYENUM\RDPIDD_INDIRECTDISPLAY&SESSIONID_0002`,
      ClassGuid: '{4d36e968-e325-11ce-bfc1-08002be10318}',
      Class: 'Display',
      FriendlyName: 'Microsoft Remote Display Adapter',
      Present: true,
      Status: 'OK',
      ConfigManagerErrorCode: 0,
      HardwareID: ['rdpidd_indirectdisplay'],
      DriverVersion: '10.0.20348.1',
    },
    {
      InstanceId: String.raw`ROOT\BASICDISPLAY\0000`,
      ClassGuid: '{4d36e968-e325-11ce-bfc1-08002be10318}',
      Class: 'Display',
      FriendlyName: 'Microsoft Basic Display Adapter',
      Present: true,
      Status: 'OK',
      ConfigManagerErrorCode: 0,
      HardwareID: [String.raw`ROOT\BasicDisplay`],
      DriverVersion: '10.0.20348.1',
    },
  ];
}
