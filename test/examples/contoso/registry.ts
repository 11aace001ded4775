import { expand, registryReads, withMappedNames, placeholdersOfArea } from '../../../src/lib/settings.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import { LICENSE_SERVER } from './host-sections.ts';

/** Values of registry keys, by the key's full path. */
export type RegistryValues = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export const TS_POLICY = String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services`;
const TERMINAL_SERVER = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server`;
export const RDP_TCP = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp`;
export const PRINTERS = String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Printers`;
export const DEVICE_INSTALL = String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceInstall`;
export const CREDSSP = String.raw`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters`;
export const LSA = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Lsa`;
export const SCHANNEL = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols`;
const SYSTEM_POLICIES = String.raw`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System`;
const SERVICES = String.raw`HKLM\SYSTEM\CurrentControlSet\Services`;
const CONTROL = String.raw`HKLM\SYSTEM\CurrentControlSet\Control`;
const FIREWALL = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`;

export function under(key: string, ...names: readonly string[]): string {
  return [key, ...names].join('\\');
}

/** The keys that exist on every Windows Server, with the values of a host that somebody has looked after. */
export function localValues(): RegistryValues {
  const off = { Enabled: 0, DisabledByDefault: 1 };
  return {
    [TERMINAL_SERVER]: { fDenyTSConnections: 0, DeleteTempDirsOnExit: 1, PerSessionTempDir: 1 },
    [RDP_TCP]: {
      PortNumber: 3389,
      UserAuthentication: 1,
      SecurityLayer: 2,
      MinEncryptionLevel: 3,
      fPromptForPassword: 0,
      Shadow: 1,
      fDisableCdm: 0,
      fDisableClip: 0,
      fDisableCcm: 0,
      fDisableLPT: 0,
      fDisableCpm: 0,
      fDisableAudioCapture: 1,
    },
    [CONTROL]: { SystemStartOptions: ' NOEXECUTE=OPTOUT' },
    [LSA]: { LmCompatibilityLevel: 5, LimitBlankPasswordUse: 1, RunAsPPL: 1 },
    [SYSTEM_POLICIES]: { EnableLUA: 1, FilterAdministratorToken: 1, InactivityTimeoutSecs: 900 },
    [under(CONTROL, 'Remote Assistance')]: { fAllowToGetHelp: 0 },
    [under(SERVICES, 'wuauserv')]: { Start: 3 },
    ...Object.fromEntries(['SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1'].map((protocol) => [under(SCHANNEL, protocol, 'Server'), off])),
    [under(CONTROL, 'Print')]: { RpcAuthnLevelPrivacyEnabled: 1 },
    [under(CONTROL, 'Print', 'Providers', 'LanMan Print Services', 'Servers')]: { AddPrinterDrivers: 1 },
    ...Object.fromEntries(
      ['DomainProfile', 'StandardProfile', 'PublicProfile'].flatMap((profile) => [
        [under(FIREWALL, profile), { EnableFirewall: 1, DoNotAllowExceptions: 0 }],
        [under(FIREWALL, profile, 'Logging'), { LogDroppedPackets: 1, LogSuccessfulConnections: 1, LogFileSize: 16384 }],
      ]),
    ),
  };
}

/** What the Group Policy object `RDS - Baseline` writes. Remote Desktop's user authentication is left to the estate. */
export function baselinePolicy(template: string): RegistryValues {
  return {
    [TS_POLICY]: {
      SecurityLayer: 2,
      MinEncryptionLevel: 3,
      fEncryptRPCTraffic: 1,
      fDisablePNPRedir: 1,
      CertTemplateName: template,
      LicensingMode: 4,
      LicenseServers: LICENSE_SERVER,
      KeepAliveEnable: 1,
      KeepAliveInterval: 1,
      RemoteAppLogoffTimeLimit: 900_000,
    },
    [under(DEVICE_INSTALL, 'Restrictions')]: { DenyRemovableDevices: 1 },
    [under(DEVICE_INSTALL, 'Settings')]: { AllowRemoteRPC: 0 },
    [PRINTERS]: { RegisterSpoolerRemoteRpcEndPoint: 2, RedirectionGuardPolicy: 1, CopyFilesPolicy: 1, DisableWebPnPDownload: 1, DisableHTTPPrinting: 1 },
    [under(PRINTERS, 'PointAndPrint')]: { RestrictDriverInstallationToAdministrators: 1 },
    [under(PRINTERS, 'RPC')]: { RpcUseNamedPipeProtocol: 0, RpcAuthentication: 0, RpcProtocols: 5, ForceKerberosForRpc: 0, RpcTcpPort: 0 },
  };
}

/** Later values win, value by value; `null` takes a key away. */
export function mergeValues(...layers: readonly Readonly<Record<string, Readonly<Record<string, Json>> | null>>[]): RegistryValues {
  const merged: Record<string, Record<string, Json>> = {};
  for (const layer of layers) {
    for (const [key, values] of Object.entries(layer)) {
      if (values === null) delete merged[key];
      else merged[key] = { ...merged[key], ...values };
    }
  }
  return merged;
}

/** The section `registry`: every key that the catalogue reads on a host, absent where nothing is set. */
export function registryData(values: RegistryValues, catalogue: readonly Area[]): JsonObject {
  const keys = new Set([...Object.keys(values), ...keysOfCatalogue(catalogue)]);
  return Object.fromEntries([...keys].toSorted().map((key) => [key, values[key] === undefined ? { status: 'absent' } : { status: 'ok', values: values[key] }]));
}

function keysOfCatalogue(catalogue: readonly Area[]): string[] {
  return catalogue
    .filter((area) => area.target === 'windows-host')
    .flatMap((area) => {
      const placeholder = placeholdersOfArea(area).at(-1);
      const instances = placeholder === undefined ? [{}] : (area.instances?.fixed ?? ['RDP-Tcp']).map((name) => ({ [placeholder]: name }));
      return instances.flatMap((names) => registryReads(area).map(({ key }) => expand(key, withMappedNames(area, names))));
    })
    .filter((key) => !key.includes('{'));
}

/** What the resultant set of policy lists: the values that Group Policy wrote. The ids are invented. */
export function rsopRows(policies: RegistryValues): JsonObject[] {
  return Object.entries(policies).flatMap(([key, values]) =>
    Object.keys(values).map((valueName) => ({
      registryKey: key.slice('HKLM\\'.length),
      valueName,
      precedence: 1,
      GPOID: GPO,
      deleted: false,
    })),
  );
}

const GPO = 'cn={00000000-0000-0000-0000-000000000000},cn=policies,cn=system,DC=corp,DC=contoso,DC=com';

/** What Group Policy Management calls the object that all of them are of. */
export function gpoRows(): JsonObject[] {
  return [{ id: GPO, guidName: '{00000000-0000-0000-0000-000000000000}', name: 'Remote Desktop hosts' }];
}
