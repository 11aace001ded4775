import { normaliseFirewall } from '../../../../src/normalise/windows/firewall/normalise.ts';
import { ownedByTermService } from '../../../../src/normalise/windows/firewall/match.ts';
import { reach, type Reachability } from '../../../../src/normalise/windows/firewall/reach.ts';
import type { Profile } from '../../../../src/normalise/windows/firewall/rules.ts';
import { readFirewall } from '../../../../src/normalise/windows/firewall/state.ts';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { SnapshotInput } from '../../../../src/model/normalise.ts';
import type { Section, Snapshot } from '../../../../src/model/snapshot.ts';

/** The predefined TCP rule as ActiveStore shows it, with what a test changes. Undefined takes a column away. */
export function rule(changes: Readonly<Record<string, Json | undefined>> = {}): JsonObject {
  const row: Record<string, Json | undefined> = {
    InstanceID: 'RemoteDesktop-UserMode-In-TCP',
    RuleGroup: '@FirewallAPI.dll,-28752',
    Enabled: 1,
    Direction: 1,
    Action: 2,
    Profiles: 0,
    EdgeTraversalPolicy: 0,
    PrimaryStatus: 1,
    EnforcementStatus: [1],
    PolicyStoreSource: 'PersistentStore',
    PolicyStoreSourceType: 1,
    Protocol: 'TCP',
    LocalPort: '3389',
    RemotePort: 'Any',
    LocalAddress: 'Any',
    RemoteAddress: 'Any',
    Program: 'C:\\Windows\\system32\\svchost.exe',
    Service: 'termservice',
    Owner: null,
    Package: null,
    InterfaceAlias: 'Any',
    InterfaceType: 'Any',
    Authentication: 0,
    Encryption: 0,
    OverrideBlockRules: false,
    LocalUser: 'Any',
    RemoteUser: 'Any',
    RemoteMachine: 'Any',
    ...changes,
  };
  return Object.fromEntries(Object.entries(row).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

export function profileRow(Name: Profile, changes: JsonObject = {}): JsonObject {
  return {
    Name,
    Enabled: 1,
    DefaultInboundAction: 4,
    AllowInboundRules: 1,
    AllowLocalFirewallRules: 1,
    AllowLocalIPsecRules: 1,
    DisabledInterfaceAliases: null,
    ...changes,
  };
}

export function ok(data: Json): Section {
  return { status: 'ok', data };
}

/** A domain member with one interface on Domain; sections given replace these. */
export function host(sections: Readonly<Record<string, Section>> = {}): Snapshot {
  return {
    schemaVersion: 1,
    target: { kind: 'windows-host', name: 'rdsh01.contoso.com' },
    collectedAt: '2026-11-22T10:00:00Z',
    sections: {
      'firewall.profiles': ok([profileRow('Domain'), profileRow('Private'), profileRow('Public')]),
      'firewall.rules': ok([]),
      'network.profiles': ok([
        {
          InterfaceAlias: 'Ethernet0',
          InterfaceIndex: 6,
          NetworkCategory: 2,
          IPv4Connectivity: 4,
          IPv6Connectivity: 1,
        },
      ]),
      'network.addresses': ok([
        {
          InterfaceAlias: 'Ethernet0',
          InterfaceIndex: 6,
          IPAddress: '10.20.1.5',
          PrefixLength: 24,
          AddressState: 4,
        },
      ]),
      services: ok([
        { Name: 'mpssvc', Status: 4, StartType: 2 },
        { Name: 'BFE', Status: 4, StartType: 2 },
      ]),
      listeners: ok([{ Name: 'RDP-Tcp', PortNumber: 3389, fEnableWinStation: 1 }]),
      computer: ok({ PartOfDomain: true }),
      roles: ok([{ Name: 'RDS-RD-Server' }]),
      registry: ok({
        'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services': { status: 'absent' },
        'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server': {
          status: 'ok',
          values: { fDenyTSConnections: 0 },
        },
        'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp': {
          status: 'ok',
          values: { PortNumber: 3389 },
        },
      }),
      ...sections,
    },
  };
}

export function inputOf(snapshot: Snapshot): SnapshotInput {
  const name = snapshot.target.name;
  return {
    target: {
      id: `windows-host:${name}`,
      kind: 'windows-host',
      name,
      group: 'hosts',
      status: 'complete',
    },
    snapshot,
    host: null,
    deployment: null,
    gateway: null,
  };
}

export function factsOf(snapshot: Snapshot, kind: string): readonly Fact[] {
  return normaliseFirewall(inputOf(snapshot), {}).facts.filter((fact) => fact.kind === kind);
}

export function reachabilityOf(snapshot: Snapshot, profile: Profile): Fact {
  const fact = factsOf(snapshot, 'windows.rdpReachability').find((each) => each.data['profile'] === profile);
  if (fact === undefined) throw new Error(`no fact for ${profile}`);
  return fact;
}

/** The pure function for TCP on the listener's port. */
export function reachOn(snapshot: Snapshot, profile: Profile): Reachability {
  const state = readFirewall(snapshot, []);
  return reach(state, { protocol: 'tcp', port: state.listener.port, owner: ownedByTermService }, profile);
}

/** `least..most`, or one word when they agree. */
export function openTo(snapshot: Snapshot, profile: Profile): string {
  const { least, most } = reachOn(snapshot, profile);
  return least === most ? least : `${least}..${most}`;
}

export function withRules(...rules: readonly JsonObject[]): Snapshot {
  return host({ 'firewall.rules': ok(rules) });
}
