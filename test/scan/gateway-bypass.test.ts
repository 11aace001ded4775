import { expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { folderOf, hostSnapshot, scanFolder } from './support.ts';

const HOST = 'rdsh01.contoso.com';

function sections(address: string, role: string, remote: Json): Readonly<Record<string, Json>> {
  return {
    roles: [{ Name: role }],
    'firewall.profiles': ['Domain', 'Private', 'Public'].map((Name) => ({
      Name,
      Enabled: 1,
      DefaultInboundAction: 4,
      AllowInboundRules: 1,
      AllowLocalFirewallRules: 1,
      DisabledInterfaceAliases: null,
    })),
    services: ['mpssvc', 'BFE'].map((Name) => ({ Name, Status: 4 })),
    'network.profiles': [{ InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, NetworkCategory: 2, IPv4Connectivity: 4 }],
    'network.addresses': [{ InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, IPAddress: address, PrefixLength: 24, AddressState: 4 }],
    'firewall.rules': [
      {
        InstanceID: 'RemoteDesktop-UserMode-In-TCP',
        Enabled: 1,
        Direction: 1,
        Action: 2,
        Profiles: 1,
        PrimaryStatus: 1,
        PolicyStoreSource: 'PersistentStore',
        PolicyStoreSourceType: 1,
        Protocol: 'TCP',
        LocalPort: '3389',
        RemoteAddress: remote,
        Program: 'Any',
        Service: 'Any',
      },
    ],
  };
}

const estate = [
  'version: 1',
  'name: contoso',
  'intent: { adminNetworks: [198.51.100.0/28] }',
  'hosts:',
  `  - { name: ${HOST}, roles: [session-host] }`,
  '  - { name: rdgw01.contoso.com, roles: [gateway] }',
  'gateways:',
  '  - { name: rdgw.contoso.com, hosts: [rdgw01.contoso.com] }',
  '',
].join('\n');

function scanWith(remote: Json, placed: boolean) {
  const folder = folderOf({
    'estate.yaml': estate,
    'snapshots/a.json': hostSnapshot(HOST, { more: sections('10.20.0.21', 'RDS-RD-Server', remote) }),
    ...(placed ? { 'snapshots/b.json': hostSnapshot('rdgw01.contoso.com', { more: sections('10.20.0.10', 'RDS-Gateway', ['198.51.100.0/28']) }) } : {}),
  });
  const report = scanFolder(folder, ['GW-017'], { withFixes: true });
  const finding = report.findings.find(({ name }) => name === `${HOST} Domain`);
  return { outcome: report.verdicts.find(({ name }) => name === `${HOST} Domain`)?.outcome, finding, of: report.verdicts.map(({ target }) => target) };
}

test('who comes past the gateway is named, and the fix lets in the gateway and the admins', () => {
  const { outcome, finding, of } = scanWith(['10.20.0.10', '10.30.0.0/16'], true);
  expect(outcome).toBe('fail');
  expect(new Set(of)).toEqual(new Set([`windows-host:${HOST}`]));
  expect(finding?.message).toContain("lets '10.30.0.0/16' reach Remote Desktop ('rules', rules 'RemoteDesktop-UserMode-In-TCP')");
  const fix = finding?.fixes.find(({ edits }) => edits !== undefined);
  expect(fix?.risk).toBe('can-disconnect');
  expect(JSON.stringify(fix)).toContain('10.20.0.10');
});

test('through the gateway alone is as it should be', () => {
  expect(scanWith(['10.20.0.10', '198.51.100.1'], true).outcome).toBe('pass');
});

test('where nobody knows the gateway’s address, another address is no finding and nothing is offered', () => {
  const { outcome, finding } = scanWith('10.20.0.10', false);
  expect(outcome).toBe('unknown');
  expect((finding?.fixes ?? []).flatMap(({ edits = [] }) => edits)).toEqual([]);
  expect(scanWith('198.51.100.1', false).outcome).toBe('pass');
  const any = scanWith('Any', false);
  expect(any.outcome).toBe('fail');
  expect((any.finding?.fixes ?? []).flatMap(({ edits = [] }) => edits)).toEqual([]);
});
