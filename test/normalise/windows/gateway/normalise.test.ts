import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseDeploymentGateway, normaliseGateway } from '../../../../src/normalise/windows/gateway/normalise.ts';
import { contextWith, snapshotInput } from '../../rds/support.ts';

const CAP = 'Win32_TSGatewayConnectionAuthorizationPolicy';
const RAP = 'Win32_TSGatewayResourceAuthorizationPolicy';
const SERVER = 'Win32_TSGatewayServerSettings';
const rows = (...data: readonly JsonObject[]): Section => ({ status: 'ok', data });
const ABSENT: Section = { status: 'absent' };
const DENIED: Section = { status: 'denied' };
const settings = (values: JsonObject = {}): Section =>
  rows({
    CentralCAPEnabled: false,
    SslBridging: 0,
    EnforceChannelBinding: true,
    UnlimitedConnections: true,
    MaxConnections: 0,
    AuthenticationPluginName: 'native',
    ...values,
  });

function factsOf(kind: string, sections: Readonly<Record<string, Section>>): readonly Fact[] {
  return normaliseGateway(snapshotInput('windows-host', 'rdgw01.contoso.com', sections), contextWith()).facts.filter((fact) => fact.kind === kind);
}
function one(kind: string, sections: Readonly<Record<string, Section>>): Fact {
  const [fact] = factsOf(kind, sections);
  if (fact === undefined) throw new Error(`no ${kind}`);
  return fact;
}

describe('windows.gatewayServer', () => {
  it.each([
    ['the class is absent', { [SERVER]: ABSENT }, 0],
    ['the role is not installed', { [SERVER]: DENIED, roles: rows({ Name: 'RDS-RD-Server' }) }, 0],
    ['the role is installed', { [SERVER]: DENIED, roles: rows({ Name: 'RDS-GATEWAY' }) }, 1],
    ['nobody knows', {}, 1],
  ])('%s', (_name, sections, count) => {
    expect(factsOf('windows.gatewayServer', sections)).toHaveLength(count);
  });

  it('says nothing of a host of which nobody knows', () => {
    expect(one('windows.gatewayServer', {}).unknown).toEqual(['']);
  });

  it.each<[string, JsonObject, Record<string, Json>]>([
    ['defaults', {}, { central: false, sslBridging: 'none', channelBinding: true, connectionLimit: 'unlimited' }],
    ['bridging', { SslBridging: 1 }, { sslBridging: 'https-to-http' }],
    ['nobody gets in', { UnlimitedConnections: false, MaxConnections: 0 }, { connectionLimit: 0 }],
    ['a value that was not read', { EnforceChannelBinding: null }, { channelBinding: null }],
  ])('%s', (_name, values, expected) => {
    expect(one('windows.gatewayServer', { [SERVER]: settings(values) }).data).toMatchObject(expected);
  });

  it.each<[string, Record<string, Section>, Record<string, Json>]>([
    ['stopped', { services: rows({ Name: 'tsgateway', Status: 1 }) }, { running: false }],
    ['running', { services: rows({ Name: 'TSGateway', Status: 'Running' }) }, { running: true }],
    [
      'policies that count',
      { [CAP]: rows({ Name: 'a', Enabled: true, PasswordAllowed: true, SmartcardAllowed: false }, { Name: 'b', Enabled: false }) },
      { connectionPolicies: 1 },
    ],
    [
      'a policy that allows no way in',
      { [CAP]: rows({ Name: 'a', Enabled: true, PasswordAllowed: false, SmartcardAllowed: false, CookieAuthenticationAllowed: false }) },
      { connectionPolicies: 0 },
    ],
    ['policies that were not read', { [CAP]: DENIED, [RAP]: rows({ Name: 'r', Enabled: null }) }, { connectionPolicies: null, resourcePolicies: null }],
    [
      'transports',
      { 'gateway.transports': rows({ TransportType: 0, Enabled: true }, { TransportType: 1, Enabled: true }, { TransportType: 2, Enabled: false }) },
      { rpcOverHttp: true, http: true, udp: false },
    ],
    [
      'events',
      { 'gateway.logEvents': rows({ EventName: 'LogChannelDisconnect', Enabled: false }, { EventName: 'LogSuccessChannelConnect', Enabled: true }) },
      { silentEvents: ['LogChannelDisconnect'] },
    ],
    [
      'crashes',
      {
        'events.remoteDesktop': rows(
          { Channel: 'Microsoft-Windows-TerminalServices-Gateway/Admin', Id: 700 },
          { Channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational', Id: 103 },
        ),
      },
      { crashes: 1 },
    ],
  ])('%s', (_name, sections, expected) => {
    expect(one('windows.gatewayServer', { [SERVER]: settings(), ...sections }).data).toMatchObject(expected);
  });
});

describe('windows.gatewayConnectionAccess', () => {
  const cap = (values: JsonObject): Record<string, Section> => ({
    [SERVER]: settings(),
    [CAP]: rows({ Name: 'p', Enabled: true, PasswordAllowed: true, SmartcardAllowed: false, CookieAuthenticationAllowed: false, ...values }),
  });
  it.each<[string, JsonObject, Record<string, Json>]>([
    ['English name', { UserGroupNames: 'CONTOSO\\Domain Users' }, { broad: [{ name: 'CONTOSO\\Domain Users', who: 'Domain Users' }] }],
    [
      'localised name, by its SID',
      { UserGroupNames: 'CONTOSO\\Domänen-Benutzer;RDS-Users@CONTOSO', UserGroupSids: ['S-1-5-21-1-2-3-513', 'S-1-5-21-1-2-3-1104'] },
      { groups: ['CONTOSO\\Domänen-Benutzer', 'RDS-Users@CONTOSO'], broad: [{ name: 'CONTOSO\\Domänen-Benutzer', who: 'Domain Users' }] },
    ],
    ['a name without its SID', { UserGroupNames: 'CONTOSO\\RDS-Users' }, { broad: [null] }],
    [
      'switches of devices count in type 2',
      {
        DeviceRedirectionType: 2,
        DiskDrivesDisabled: true,
        ClipboardDisabled: false,
        PrintersDisabled: true,
        SerialPortsDisabled: true,
        PlugAndPlayDevicesDisabled: true,
      },
      { redirected: ['clipboard'] },
    ],
    [
      'and in no other',
      { DeviceRedirectionType: 0, DiskDrivesDisabled: true, ClipboardDisabled: true },
      { redirected: ['drives', 'clipboard', 'printers', 'ports', 'plug-and-play'] },
    ],
    ['none', { DeviceRedirectionType: 1, ClipboardDisabled: false }, { redirected: [] }],
    ['a type that was not read', { ClipboardDisabled: false }, { redirected: null }],
    ['a password', {}, { methods: ['password'], passwordAlone: true }],
    ['smart cards', { PasswordAllowed: false, SmartcardAllowed: true }, { methods: ['smart-card'], passwordAlone: false }],
    ['not read', { PasswordAllowed: null }, { methods: null, passwordAlone: null }],
  ])('%s', (_name, values, expected) => {
    expect(one('windows.gatewayConnectionAccess', cap(values)).data).toMatchObject(expected);
  });

  it('a plug-in asks for more than a password', () => {
    const fact = one('windows.gatewayConnectionAccess', { ...cap({}), [SERVER]: settings({ AuthenticationPluginName: 'Contoso MFA' }) });
    expect(fact.data).toMatchObject({ plugin: 'Contoso MFA', passwordAlone: false });
  });

  it.each<[string, Record<string, Section>, (string | null)[]]>([
    ['a policy that is off', { [SERVER]: settings(), [CAP]: rows({ Name: 'p', Enabled: false }) }, []],
    ['central servers decide', { [SERVER]: settings({ CentralCAPEnabled: true }), [CAP]: rows({ Name: 'p', Enabled: true }) }, ['']],
    ['central servers may decide', { [SERVER]: DENIED, [CAP]: rows({ Name: 'p', Enabled: true }) }, ['']],
    ['it is not said whether they do', { [SERVER]: settings({ CentralCAPEnabled: null }), [CAP]: rows({ Name: 'p', Enabled: true }) }, ['']],
    ['no gateway', { [CAP]: ABSENT }, []],
    ['no role', { [CAP]: DENIED, roles: rows({ Name: 'RDS-RD-Server' }) }, []],
    ['nobody could look', { [CAP]: DENIED }, ['']],
  ])('%s', (_name, sections, unknown) => {
    expect(factsOf('windows.gatewayConnectionAccess', sections).map((fact) => fact.unknown[0] ?? null)).toEqual(unknown);
  });

  it('marks groups that cannot be told as unknown', () => {
    expect(one('windows.gatewayConnectionAccess', cap({ UserGroupNames: 'CONTOSO\\RDS-Users' })).unknown).toContain('/broad/0');
  });
});

describe('windows.gatewayResourceAccess', () => {
  const GROUPS = { Win32_TSGatewayResourceGroup: rows({ Name: 'Hosts', Resources: 'rdsh01.contoso.com;rdsh01' }, { Name: 'Any', Resources: '*' }) };
  it.each<[string, JsonObject, Record<string, Json>]>([
    ['everything', { ResourceGroupType: 'ALL', PortNumbers: '*' }, { reach: 'everything', ports: 'any', resources: '' }],
    ['a group of the gateway', { ResourceGroupType: 'RG', ResourceGroupName: 'hosts', PortNumbers: '3389;3390' }, { reach: 'group', ports: [3389, 3390] }],
    ['a group of the gateway that holds everything', { ResourceGroupType: 'RG', ResourceGroupName: 'Any' }, { reach: 'everything' }],
    ['a group of the gateway that is not there', { ResourceGroupType: 'RG', ResourceGroupName: 'Other' }, { reach: null }],
    [
      'domain computers by SID',
      { ResourceGroupType: 'CG', ResourceGroupName: 'CONTOSO\\Domänencomputer', ResourceGroupSid: 'S-1-5-21-1-2-3-515' },
      { reach: 'domain-computers' },
    ],
    [
      'domain controllers by name',
      { ResourceGroupType: 'CG', ResourceGroupName: 'Domain Controllers@CONTOSO', ResourceGroupSid: null },
      { reach: 'domain-controllers' },
    ],
    ['another group by SID', { ResourceGroupType: 'CG', ResourceGroupName: 'CONTOSO\\Hosts', ResourceGroupSid: 'S-1-5-21-1-2-3-1105' }, { reach: 'group' }],
    ['another group by name alone', { ResourceGroupType: 'CG', ResourceGroupName: 'CONTOSO\\Hosts', ResourceGroupSid: null }, { reach: null }],
    ['ports that are none', { ResourceGroupType: 'ALL', PortNumbers: 'rdp' }, { ports: null }],
  ])('%s', (_name, values, expected) => {
    expect(one('windows.gatewayResourceAccess', { ...GROUPS, [RAP]: rows({ Name: 'r', Enabled: true, ...values }) }).data).toMatchObject(expected);
  });
});

describe('rds.deploymentGateway', () => {
  const of = (data: JsonObject | null, fqdn: string | null): readonly Fact[] =>
    normaliseDeploymentGateway(
      snapshotInput('rds-deployment', 'rdcb01.contoso.com', data === null ? {} : { 'deployment.gateway': rows(data) }),
      contextWith(fqdn),
    ).facts;
  it.each<[string, JsonObject, string | null, Record<string, Json>]>([
    [
      'the intended one',
      { GatewayMode: 2, GatewayExternalFqdn: 'GW.contoso.com', BypassLocal: false },
      'gw.contoso.com',
      { mode: 'custom', agrees: true, bypassLocal: false },
    ],
    [
      'by name',
      { GatewayMode: 'Custom', GatewayExternalFqdn: 'other.contoso.com', BypassLocal: true },
      'gw.contoso.com',
      { mode: 'custom', agrees: false, bypassLocal: true },
    ],
    ['none', { GatewayMode: 0 }, 'gw.contoso.com', { mode: 'none', agrees: false, bypassLocal: false, externalFqdn: '' }],
    ['automatic', { GatewayMode: 3 }, 'gw.contoso.com', { mode: 'automatic', agrees: false }],
    ['none intended', { GatewayMode: 0 }, null, { intended: '', agrees: true }],
  ])('%s', (_name, data, fqdn, expected) => {
    expect(of(data, fqdn)[0]?.data).toMatchObject(expected);
  });

  it('says nothing of what nobody read', () => {
    expect(of(null, 'gw.contoso.com')[0]?.unknown).toEqual(['']);
  });
});
