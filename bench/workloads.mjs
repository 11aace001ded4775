// Workloads, made from numbers: W1 host snapshots of about 160 kB, W2 a resource list of network security groups with NICs.
import { mkdirSync, openSync, writeSync, closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TSP = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const RDP = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp';

/** A small generator of numbers that are the same in every run. */
function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

function rule(index, next) {
  const rdp = index < 6;
  return {
    InstanceID: rdp ? ['RemoteDesktop-UserMode-In-TCP', 'RemoteDesktop-UserMode-In-UDP', 'RemoteDesktop-Shadow-In-TCP', 'RDP', 'WINRM-HTTP-In-TCP', 'TSG-HTTPS-Transport-In-TCP'][index] : `{00000000-0000-0000-0000-${String(index).padStart(12, '0')}}`,
    RuleGroup: rdp ? '@FirewallAPI.dll,-28752' : '',
    Enabled: next() < 0.6 ? 1 : 2,
    Direction: 1,
    Action: next() < 0.95 ? 2 : 4,
    Profiles: [0, 1, 2, 3, 4, 7][Math.floor(next() * 6)],
    EdgeTraversalPolicy: 0,
    PrimaryStatus: 1,
    EnforcementStatus: [1],
    PolicyStoreSource: 'PersistentStore',
    PolicyStoreSourceType: 1,
    Protocol: next() < 0.6 ? 'TCP' : 'UDP',
    LocalPort: rdp ? ['3389'] : [String(1024 + Math.floor(next() * 50000))],
    RemoteAddress: next() < 0.5 ? ['Any'] : ['10.20.0.0/24', 'LocalSubnet'],
    Program: rdp ? '%SystemRoot%\\system32\\svchost.exe' : 'Any',
    Service: rdp ? 'termservice' : 'Any',
  };
}

export function hostSnapshot(index) {
  const next = random(index + 1);
  const profile = (Name) => ({ Name, Enabled: next() < 0.95 ? 1 : 0, DefaultInboundAction: 4, AllowInboundRules: 1, AllowLocalFirewallRules: 1, LogBlocked: next() < 0.5 ? 1 : 0, LogAllowed: 0, LogMaxSizeKilobytes: 4096 });
  const der = Buffer.alloc(900, 0x30).toString('base64');
  return {
    schemaVersion: 1,
    target: { kind: 'windows-host', name: `host${String(index).padStart(5, '0')}.corp.contoso.com` },
    collectedAt: '2026-11-20T00:00:00Z',
    sections: {
      os: { status: 'ok', data: { build: 20348, ubr: 2849, productType: 3 } },
      computer: { status: 'ok', data: { PartOfDomain: true, Domain: 'corp.contoso.com', DomainRole: 3 } },
      roles: { status: 'ok', data: [{ Name: 'RDS-RD-Server' }] },
      listeners: { status: 'ok', data: [{ Name: 'RDP-Tcp', PortNumber: 3389, fEnableWinStation: 1 }] },
      services: { status: 'ok', data: ['MpsSvc', 'BFE', 'TermService', 'Spooler'].map((Name) => ({ Name, Status: 4, StartType: 2 })) },
      'network.profiles': { status: 'ok', data: [{ Name: 'corp', InterfaceAlias: 'Ethernet', InterfaceIndex: 5, NetworkCategory: next() < 0.9 ? 2 : 0, IPv4Connectivity: 4 }] },
      'network.addresses': { status: 'ok', data: [{ InterfaceAlias: 'Ethernet', InterfaceIndex: 5, IPAddress: `10.30.${index % 250}.10`, PrefixLength: 24 }] },
      registry: {
        status: 'ok',
        data: {
          [TSP]: { status: 'ok', values: { fEncryptRPCTraffic: next() < 0.5 ? 1 : 0, fDisablePNPRedir: 1, MinEncryptionLevel: 3 } },
          [RDP]: { status: 'ok', values: { UserAuthentication: 1, PortNumber: 3389 } },
          'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa': { status: 'ok', values: { LmCompatibilityLevel: next() < 0.5 ? 5 : 3 } },
          ...Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`HKLM\\SOFTWARE\\Policies\\Contoso\\Key${key}`, { status: 'ok', values: { Value: key, Text: `a value of the key ${key}` } }])),
        },
      },
      Win32_TSGeneralSetting: { status: 'ok', data: [{ TerminalName: 'RDP-Tcp', UserAuthenticationRequired: next() < 0.8 ? 1 : 0, SecurityLayer: 2, MinEncryptionLevel: 3, PolicySourceUserAuthenticationRequired: 0, PolicySourceSecurityLayer: 0, PolicySourceMinEncryptionLevel: 1, SSLCertificateSHA1HashType: 1 }] },
      Win32_TSSessionSetting: { status: 'ok', data: [{ TerminalName: 'RDP-Tcp', IdleSessionLimit: 900000, DisconnectedSessionLimit: 0, ActiveSessionLimit: 0 }] },
      'firewall.profiles': { status: 'ok', data: ['Domain', 'Private', 'Public'].map(profile) },
      'firewall.rules': { status: 'ok', data: Array.from({ length: 450 }, (_, number) => rule(number, next)) },
      certificates: { status: 'ok', data: Array.from({ length: 12 }, (_, number) => ({ Store: 'My', Thumbprint: String(number).padStart(40, '0'), Der: der, HasPrivateKey: true, ChainStatus: [] })) },
      printerDrivers: { status: 'ok', data: Array.from({ length: 40 }, (_, number) => ({ Name: `Printer driver ${number}`, MajorVersion: 3 + (number % 2), Manufacturer: 'Contoso', PrinterEnvironment: 'Windows x64', IsSigned: true })) },
    },
  };
}

/** Writes COUNT snapshots as files; answers their bytes. */
export function writeSnapshots(folder, count) {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const text = JSON.stringify(hostSnapshot(index));
    bytes += text.length;
    writeFileSync(join(folder, `host${String(index).padStart(5, '0')}.snapshot.json`), text);
  }
  return bytes;
}

function securityRule(group, index, next) {
  const open = index === 199 && group % 5 === 0;
  return {
    name: `rule-${index}`,
    properties: {
      description: 'A generated rule.',
      protocol: ['Tcp', 'Udp', '*'][Math.floor(next() * 3)],
      sourcePortRange: '*',
      destinationPortRange: open ? '3389' : `${1000 + Math.floor(next() * 2000)}-${3000 + Math.floor(next() * 3000)}`,
      sourceAddressPrefix: open ? '*' : `${1 + Math.floor(next() * 200)}.${Math.floor(next() * 250)}.${Math.floor(next() * 250)}.0/24`,
      destinationAddressPrefix: next() < 0.5 ? '*' : `10.${group % 250}.0.0/16`,
      access: open || next() < 0.5 ? 'Allow' : 'Deny',
      priority: 100 + index,
      direction: next() < 0.8 ? 'Inbound' : 'Outbound',
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
      sourcePortRanges: [],
      destinationPortRanges: [],
      provisioningState: 'Succeeded',
    },
  };
}

/** Writes an ARM template of GROUPS network security groups with RULES rules, a NIC, a subnet and a public IP each. */
export function writeTemplate(file, groups, rules) {
  const handle = openSync(file, 'w');
  let bytes = writeSync(handle, '{\n  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n  "contentVersion": "1.0.0.0",\n  "resources": [\n');
  for (let group = 0; group < groups; group++) {
    const next = random(group + 7);
    const id = (type, name) => `[resourceId('Microsoft.Network/${type}', '${name}')]`;
    const resources = [
      { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2024-05-01', name: `nsg-${group}`, location: 'westeurope', properties: { securityRules: Array.from({ length: rules }, (_, index) => securityRule(group, index, next)) } },
      { type: 'Microsoft.Network/virtualNetworks', apiVersion: '2024-05-01', name: `vnet-${group}`, location: 'westeurope', properties: { addressSpace: { addressPrefixes: [`10.${group % 250}.0.0/16`] }, subnets: [{ name: 'hosts', properties: { addressPrefix: `10.${group % 250}.1.0/24`, networkSecurityGroup: { id: id('networkSecurityGroups', `nsg-${group}`) } } }] } },
      { type: 'Microsoft.Network/publicIPAddresses', apiVersion: '2024-05-01', name: `pip-${group}`, location: 'westeurope', sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } },
      { type: 'Microsoft.Network/networkInterfaces', apiVersion: '2024-05-01', name: `nic-${group}`, location: 'westeurope', properties: { ipConfigurations: [{ name: 'ipconfig1', properties: { subnet: { id: `[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-${group}', 'hosts')]` }, privateIPAddress: `10.${group % 250}.1.4`, ...(group % 2 === 0 ? { publicIPAddress: { id: id('publicIPAddresses', `pip-${group}`) } } : {}) } }] } },
    ];
    for (const [index, resource] of resources.entries()) {
      const last = group === groups - 1 && index === resources.length - 1;
      bytes += writeSync(handle, `${JSON.stringify(resource, null, 2).replaceAll(/^/gm, '    ')}${last ? '' : ','}\n`);
    }
  }
  bytes += writeSync(handle, '  ]\n}\n');
  closeSync(handle);
  return bytes;
}
