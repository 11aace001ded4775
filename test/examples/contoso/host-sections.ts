import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { accountSections } from './accounts.ts';
import { eventSections } from './events.ts';

/** What the sections below depend on. */
export interface HostFacets {
  readonly name: string;
  readonly fqdn: string;
  readonly sessionHost: boolean;
  /** Inside the domain's network. */
  readonly address: string;
  readonly interfaces: readonly string[];
  readonly services: readonly JsonObject[];
  /** TCP ports beside those of every server, by the service that has them. */
  readonly ports: Readonly<Record<string, string>>;
}

const ABSENT: Section = { status: 'absent' };
const DNS_SERVERS = ['10.20.0.5', '10.20.0.6'];
export const LICENSE_SERVER = 'rdcb01.corp.contoso.com';

function ok(data: Json): Section {
  return { status: 'ok', data };
}

const principals = (fqdn: string): string[] => [`TERMSRV/${fqdn}`, `TERMSRV/${(fqdn.split('.', 1)[0] ?? '').toUpperCase()}`];

/** Sections that every Windows host has, as they are on a host that somebody looks after. */
export function hostSections(host: HostFacets): Record<string, Section> {
  const processes = serviceProcesses(host.services);
  return {
    ...accountSections(host.name),
    ...eventSections(),
    ...roleSections(),
    Win32_TSClientSetting: ok([redirectionRow()]),
    Win32_TSRemoteControlSetting: ok([shadowingRow()]),
    serviceCommands: ok(serviceCommands()),
    taskCommands: ok(taskCommands()),
    clientPrograms: ok([]),
    clientUsers: ok([]),
    'network.tcpListeners': ok(tcpListeners(processes, host.ports)),
    Win32_Service: ok(processes),
    time: ok({ Source: 'dc01.corp.contoso.com', ComparedWith: 'dc01.corp.contoso.com', OffsetSeconds: 0.014 }),
    licensing: host.sessionHost ? ok(licensing()) : ABSENT,
    'licensing.servers': host.sessionHost ? ok([{ ServerName: LICENSE_SERVER, TStoLSConnectivityStatus: 9 }]) : ABSENT,
    'licensing.keys': ok(licensingKeys(host.sessionHost)),
    'names.hostsFile': ok([]),
    'names.servers': ok(host.interfaces.map(dnsServersRow)),
    'names.clients': ok(host.interfaces.map(registrationRow)),
    'names.own': ok({ Name: host.fqdn, Status: 0, Addresses: [host.address], PtrNames: [host.fqdn], PtrStatus: 0 }),
    'names.failures': ok({ NotExist: [], NoA: [], NoAaaa: [], Complete: true }),
    'directory.termsrv': ok({ Wanted: principals(host.fqdn), Registered: principals(host.fqdn), Others: [] }),
    'updates.pending': ok({ ComponentServicing: false, WindowsUpdate: false, FileRenames: 0 }),
    'termService.library': ok(termServiceLibrary()),
  };
}

/** Sections of the roles of Remote Desktop Services, which most hosts do not have. */
function roleSections(): Record<string, Section> {
  const names = [
    'Win32_TSGatewayConnectionAuthorizationPolicy',
    'Win32_TSGatewayResourceAuthorizationPolicy',
    'Win32_TSGatewayResourceGroup',
    'gateway.transports',
    'gateway.logEvents',
    'Win32_TSGatewayRADIUSServer',
    'Win32_TSLicenseKeyPack',
    'Win32_TSLicenseServer',
    'iis.rdWeb',
    'iis.rdWebSettings',
    'webClient.packages',
  ];
  return Object.fromEntries(names.map((name) => [name, ABSENT]));
}

/** Plug and Play devices stay with the client, by the baseline policy. */
export function redirectionRow(changes: JsonObject = {}): JsonObject {
  return {
    TerminalName: 'RDP-Tcp',
    DriveMapping: 0,
    ClipboardMapping: 0,
    COMPortMapping: 0,
    LPTPortMapping: 0,
    PNPRedirection: 1,
    WindowsPrinterMapping: 0,
    AudioCaptureRedir: 0,
    PolicySourceDriveMapping: 0,
    PolicySourceClipboardMapping: 0,
    PolicySourceCOMPortMapping: 0,
    PolicySourceLPTPortMapping: 0,
    PolicySourcePNPRedirection: 1,
    PolicySourceWindowsPrinterMapping: 0,
    PolicySourceAudioCaptureRedir: 0,
    ...changes,
  };
}

/** Control with the user's consent. */
export function shadowingRow(changes: JsonObject = {}): JsonObject {
  return { TerminalName: 'RDP-Tcp', LevelOfControl: 1, RemoteControlPolicy: 1, PolicySourceLevelOfControl: 0, ...changes };
}

function serviceCommands(): JsonObject[] {
  return [
    { Name: 'SessionEnv', PathName: String.raw`C:\Windows\System32\svchost.exe -k netsvcs -p` },
    { Name: 'Spooler', PathName: String.raw`C:\Windows\System32\spoolsv.exe` },
    { Name: 'TermService', PathName: String.raw`C:\Windows\System32\svchost.exe -k NetworkService -s TermService` },
    { Name: 'UmRdpService', PathName: String.raw`C:\Windows\System32\svchost.exe -k LocalSystemNetworkRestricted -p` },
  ];
}

function taskCommands(): JsonObject[] {
  return [
    {
      TaskPath: String.raw`\Microsoft\Windows\Defrag` + '\\',
      TaskName: 'ScheduledDefrag',
      State: 3,
      Execute: String.raw`%windir%\system32\defrag.exe`,
      Arguments: '-c -h -k -g -$',
    },
    {
      TaskPath: String.raw`\Microsoft\Windows\Diagnosis` + '\\',
      TaskName: 'Scheduled',
      State: 3,
      Execute: String.raw`%SystemRoot%\System32\sdiagschd.dll`,
      Arguments: null,
    },
  ];
}

/** Invented process ids, the same ones every time. */
function serviceProcesses(services: readonly JsonObject[]): JsonObject[] {
  const START: Readonly<Record<string, string>> = { 2: 'Auto', 3: 'Manual', 4: 'Disabled' };
  return services.map(({ Name, Status, StartType }, index) => ({
    Name: Name ?? null,
    ProcessId: Status === 4 ? 1000 + 4 * index : 0,
    State: Status === 4 ? 'Running' : 'Stopped',
    StartMode: START[String(StartType)] ?? null,
  }));
}

/** The system itself is process 4. */
function tcpListeners(processes: readonly JsonObject[], ports: HostFacets['ports']): JsonObject[] {
  const owners = { 135: 'RpcSs', 445: 'System', 3389: 'TermService', 5985: 'System', ...ports };
  return Object.entries(owners).map(([port, owner]) => ({
    LocalAddress: '::',
    LocalPort: Number(port),
    OwningProcess: owner === 'System' ? 4 : (processes.find(({ Name }) => Name === owner)?.['ProcessId'] ?? null),
    ProcessName: owner === 'System' ? 'System' : owner === 'Tssdis' ? 'tssdis' : 'svchost',
  }));
}

/** The baseline policy names the server; the grace period of 120 days is long over. */
function licensing(): JsonObject {
  return { SpecifiedLicenseServers: [LICENSE_SERVER], PolicySourceConfiguredLicenseServers: 1, GraceDaysLeft: 0 };
}

const FULL_CONTROL = 0xf003f;
const READ = 0x20019;

/** Nobody has started a client here, so that there is no store of client licenses. */
function licensingKeys(sessionHost: boolean): JsonObject[] {
  const stores = [
    String.raw`HKLM\SOFTWARE\Microsoft\MSLicensing`,
    String.raw`HKLM\SOFTWARE\Microsoft\MSLicensing\Store`,
    String.raw`HKLM\SOFTWARE\WOW6432Node\Microsoft\MSLicensing`,
  ];
  const missing = { Exists: false, OwnerSid: null, AllowSids: null, AllowRights: null };
  const grace = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\GracePeriod`;
  const ofService = { Exists: true, OwnerSid: 'S-1-5-20', AllowSids: ['S-1-5-20', 'S-1-5-32-544'], AllowRights: [FULL_CONTROL, READ] };
  return [...stores.map((Key) => ({ Key, ...missing })), { Key: grace, ...(sessionHost ? ofService : missing) }];
}

function dnsServersRow(alias: string, index: number): JsonObject {
  return { InterfaceAlias: alias, InterfaceIndex: 6 + index, AddressFamily: 2, ServerAddresses: index === 0 ? DNS_SERVERS : [] };
}

/** Only the interface of the domain's network registers. */
function registrationRow(alias: string, index: number): JsonObject {
  return { InterfaceAlias: alias, InterfaceIndex: 6 + index, RegisterThisConnectionsAddress: index === 0, ConnectionSpecificSuffix: '' };
}

function termServiceLibrary(): JsonObject {
  return {
    ServiceDll: String.raw`%SystemRoot%\System32\termsrv.dll`,
    SystemRoot: String.raw`C:\Windows`,
    SignatureStatus: 0,
    SignerThumbprint: '0000000000000000000000000000000000000000',
    WrapperFolder: false,
  };
}
