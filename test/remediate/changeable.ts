import type { Json, JsonObject } from '../../src/model/json.ts';
import { isObject } from '../../src/model/json.ts';
import { deploymentFixture } from '../collectors/deployment-fixture.ts';
import { cim, firewallRule, hostFixture, leaf, rows, TERMINAL_SERVICES } from '../collectors/host-fixture.ts';

/** What the played hosts call their things, by placeholder. */
export const NAMES: Readonly<Record<string, string>> = {
  listener: 'RDP-Tcp',
  binding: 'RDP-Tcp',
  rule: 'RemoteDesktop-UserMode-In-TCP',
  collection: 'Büro Apps',
  sessionHost: 'RDSH01.CONTOSO.COM',
  connectionPolicy: 'Staff',
  resourcePolicy: 'Servers',
  candidate: leaf.thumbprint,
};

/** Columns of the server's settings that the collector reads and fixes change. */
const SERVER: JsonObject = {
  UseRDEasyPrintDriver: 1,
  PolicySourceUseRDEasyPrintDriver: 2,
  DeleteTempFolders: 0,
  PolicySourceDeleteTempFolders: 2,
  UseTempFolders: 0,
  PolicySourceUseTempFolders: 2,
};

/** A host where nothing is Group Policy's, and everything that a fix may change is there. */
export function hostToChange(): JsonObject {
  const host = hostFixture();
  const commands: Record<string, Json> = { ...host.commands };
  for (const [name, entry] of Object.entries(commands)) {
    if (!name.startsWith(`Get-CimInstance ${TERMINAL_SERVICES}`) || !isObject(entry)) continue;
    const more = name.endsWith('Win32_TerminalServiceSetting') ? SERVER : {};
    const list = (entry['rows'] as readonly JsonObject[])
      .map((row) => ({ ...row, ...more }))
      .map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, column.startsWith('PolicySource') ? 0 : value])));
    commands[name] = { ...entry, rows: list };
  }
  return {
    ...host,
    registry: {
      ...Object.fromEntries(Object.entries(host.registry).filter(([key]) => !/\\Policies\\/i.test(key))),
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv': { Start: 4 },
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\UmRdpService': { Start: 4 },
    },
    commands: {
      ...commands,
      'Get-NetFirewallRule': rows(firewallRule('RemoteDesktop-UserMode-In-TCP')),
      // Another value of Group Policy: the log of results is on, and says that ours are ours.
      [cim('RSOP_RegistryPolicySetting', 'root/rsop/computer')]: rows({
        registryKey: 'SOFTWARE\\Policies\\Other',
        valueName: 'x',
        precedence: 1,
        GPOID: 'cn={00000000-0000-0000-0000-000000000000}',
        deleted: false,
      }),
      'Get-Service': rows(...(host.commands['Get-Service'] as { rows: JsonObject[] }).rows, {
        Name: 'UmRdpService',
        DisplayName: 'UmRdpService',
        Status: 1,
        StartType: 4,
      }),
      [cim('RSOP_RegistryValue', 'root/rsop/computer')]: rows(),
      [cim('RSOP_UserPrivilegeRight', 'root/rsop/computer')]: rows(),
      [cim('Win32_TSGatewayConnectionAuthorizationPolicy', TERMINAL_SERVICES)]: rows({
        Name: 'Staff',
        Enabled: true,
        DeviceRedirectionType: 0,
        IdleTimeout: 0,
      }),
      [cim('Win32_TSGatewayResourceAuthorizationPolicy', TERMINAL_SERVICES)]: rows({ Name: 'Servers', Enabled: true, PortNumbers: '*' }),
    },
    userRights: { SeRemoteInteractiveLogonRight: ['*S-1-5-32-544'], SeNetworkLogonRight: ['*S-1-5-11'] },
  };
}

export function deploymentToChange(): JsonObject {
  return { ...deploymentFixture() };
}
