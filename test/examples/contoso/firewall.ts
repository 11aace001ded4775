import type { Json, JsonObject } from '../../../src/model/json.ts';

/** Networks of the invented company. */
export const ADMIN_NETWORKS = ['198.51.100.0/28', '10.20.0.0/28'] as const;

const SVCHOST = String.raw`C:\Windows\system32\svchost.exe`;
const BITS = { Domain: 1, Private: 2, Public: 4 } as const;
export type Profile = keyof typeof BITS;

export interface Rule {
  readonly id: string;
  readonly display?: string;
  readonly group?: string;
  readonly on?: boolean;
  readonly profiles?: readonly Profile[];
  readonly protocol?: string;
  readonly port?: string | readonly string[];
  readonly from?: string | readonly string[];
  readonly program?: string;
  readonly service?: string;
  readonly store?: string;
  readonly edge?: number;
}

/** A row of ActiveStore, joined with its filters. */
export function ruleRow(rule: Rule): JsonObject {
  const on = rule.on ?? true;
  const profiles = rule.profiles ?? ['Domain'];
  return {
    InstanceID: rule.id,
    DisplayName: rule.display ?? rule.id,
    RuleGroup: rule.group ?? '',
    Enabled: on ? 1 : 2,
    Direction: 1,
    Action: 2,
    Profiles: profiles.length === 3 ? 0 : profiles.reduce((bits, profile) => bits | BITS[profile], 0),
    EdgeTraversalPolicy: rule.edge ?? 0,
    Owner: null,
    Platforms: [],
    PrimaryStatus: on ? 1 : 2,
    EnforcementStatus: [on ? 1 : 6],
    PolicyStoreSource: rule.store ?? 'PersistentStore',
    PolicyStoreSourceType: rule.store === undefined ? 1 : 2,
    Protocol: rule.protocol ?? 'TCP',
    LocalPort: list(rule.port ?? 'Any'),
    RemotePort: 'Any',
    LocalAddress: 'Any',
    RemoteAddress: list(rule.from ?? 'Any'),
    Program: rule.program ?? 'Any',
    Package: null,
    Service: rule.service ?? 'Any',
    InterfaceAlias: 'Any',
    InterfaceType: 'Any',
    Authentication: 0,
    Encryption: 0,
    OverrideBlockRules: false,
    LocalUser: 'Any',
    RemoteUser: 'Any',
    RemoteMachine: 'Any',
  };
}

function list(value: string | readonly string[]): Json {
  return typeof value === 'string' ? value : [...value];
}

const REMOTE_DESKTOP = { group: '@FirewallAPI.dll,-28752', program: SVCHOST, service: 'termservice' } as const;

/** The predefined rules of Remote Desktop. */
export function remoteDesktopRules(scope: Pick<Rule, 'profiles' | 'from'> = { from: ADMIN_NETWORKS }): Rule[] {
  return [
    { id: 'RemoteDesktop-UserMode-In-TCP', display: 'Remote Desktop - User Mode (TCP-In)', ...REMOTE_DESKTOP, port: '3389', ...scope },
    { id: 'RemoteDesktop-UserMode-In-UDP', display: 'Remote Desktop - User Mode (UDP-In)', ...REMOTE_DESKTOP, protocol: 'UDP', port: '3389', ...scope },
    {
      id: 'RemoteDesktop-Shadow-In-TCP',
      display: 'Remote Desktop - Shadow (TCP-In)',
      group: REMOTE_DESKTOP.group,
      program: String.raw`C:\Windows\system32\RdpSa.exe`,
      on: false,
      profiles: ['Domain', 'Private', 'Public'],
      edge: 3,
    },
  ];
}

/** What every server of the domain lets in from the management networks. */
export function managementRules(): Rule[] {
  return [
    {
      id: 'WINRM-HTTP-In-TCP',
      display: 'Windows Remote Management (HTTP-In)',
      group: '@FirewallAPI.dll,-30267',
      port: '5985',
      program: 'System',
      from: ADMIN_NETWORKS,
    },
    {
      id: 'FPS-SMB-In-TCP',
      display: 'File and Printer Sharing (SMB-In)',
      group: '@FirewallAPI.dll,-28502',
      port: '445',
      program: 'System',
      from: ADMIN_NETWORKS,
    },
    {
      id: 'RemoteSvcAdmin-RPCSS-In-TCP',
      display: 'Remote Service Management (RPC-EPMAP)',
      group: '@FirewallAPI.dll,-29502',
      port: 'RPCEPMap',
      program: SVCHOST,
      service: 'RPCSS',
      from: ADMIN_NETWORKS,
    },
    {
      id: 'CoreNet-ICMP4-DUFRAG-In',
      display: 'Core Networking - Destination Unreachable Fragmentation Needed (ICMPv4-In)',
      group: '@FirewallAPI.dll,-25000',
      protocol: 'ICMPv4',
      port: 'RPC',
      profiles: ['Domain', 'Private', 'Public'],
      program: 'System',
    },
  ];
}

/** One row a profile of ActiveStore. */
export function profileRows(changes: Partial<Record<Profile, JsonObject>> = {}): JsonObject[] {
  return (['Domain', 'Private', 'Public'] as const).map((name) => ({
    Name: name,
    Enabled: 1,
    DefaultInboundAction: 4,
    DefaultOutboundAction: 2,
    AllowInboundRules: 1,
    AllowLocalFirewallRules: 1,
    AllowLocalIPsecRules: 1,
    AllowUserApps: 1,
    AllowUserPorts: 1,
    AllowUnicastResponseToMulticast: 1,
    NotifyOnListen: 0,
    EnableStealthModeForIPsec: 0,
    LogFileName: String.raw`%systemroot%\system32\LogFiles\Firewall\pfirewall.log`,
    LogMaxSizeKilobytes: 16384,
    LogAllowed: 1,
    LogBlocked: 1,
    LogIgnored: 0,
    DisabledInterfaceAliases: null,
    ...changes[name],
  }));
}
