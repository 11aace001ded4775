import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseConnections } from '../../../../src/normalise/windows/connections/normalise.ts';
import { contextOf, inputOf, keys, ok, rows, snapshotOf, WINSTATION } from '../../settings/support.ts';

const ROLE: Section = rows({ Name: 'RDS-RD-Server' });

function factsOf(kind: string, sections: Readonly<Record<string, Section>>, all: JsonObject = {}): readonly Fact[] {
  const context = contextOf([kind]);
  return normaliseConnections(inputOf(snapshotOf(sections)), { ...context, intent: { ...context.intent, all } }).facts;
}

/** What is intended for the host where the estate's list means it under another spelling. */
function intendedOf(meant: 'certainly' | 'perhaps', sections: Readonly<Record<string, Section>>): unknown {
  const withoutRemoteDesktop = new Map([['rdsh01.contoso.com', meant]]);
  return normaliseConnections(inputOf(snapshotOf(sections)), { ...contextOf(['windows.remoteDesktopState']), withoutRemoteDesktop }).facts[0]?.data['intended'];
}

describe('windows.remoteDesktopState', () => {
  const on = rows({ AllowTSConnections: 1, PolicySourceAllowTSConnections: 0 });
  it.each([
    ['a session host', { roles: ROLE, Win32_TerminalServiceSetting: on }, {}, { enabled: true, intended: 'on' }],
    ['another host', { roles: rows(), Win32_TerminalServiceSetting: on }, {}, { enabled: true, intended: 'not-stated' }],
    ['one that the estate lists', { roles: ROLE }, { withoutRemoteDesktop: ['RDSH01.contoso.com'] }, { intended: 'off' }],
    ['one that the estate lists with the dot of the root', { roles: ROLE }, { withoutRemoteDesktop: 'rdsh01.contoso.com.' }, { intended: 'off' }],
    ['another one of that short name', { roles: rows() }, { withoutRemoteDesktop: ['rdsh01.fabrikam.com'] }, { intended: 'not-stated' }],
    ['nothing was read', {}, {}, { enabled: null, intended: null }],
  ])('%s', (_, sections, all, data) => {
    expect(factsOf('windows.remoteDesktopState', sections as Readonly<Record<string, Section>>, all)[0]?.data).toMatchObject(data);
  });
});

describe('a host that the list means under another spelling', () => {
  it('is off where it is certain, and not known where another may be meant', () => {
    expect([intendedOf('certainly', { roles: ROLE }), intendedOf('perhaps', { roles: ROLE })]).toEqual(['off', null]);
  });
});

describe('windows.roleService', () => {
  it('has one fact for each service that the roles need', () => {
    const facts = factsOf('windows.roleService', {
      roles: rows({ Name: 'RDS-Gateway' }, { Name: 'RDS-Web-Access' }),
      computer: { status: 'ok', data: { PartOfDomain: true } },
      services: rows({ Name: 'W3SVC', Status: 4, StartType: 2 }, { Name: 'TSGateway', Status: 'Stopped', StartType: 'Disabled' }),
    });
    const byService = Object.fromEntries(facts.map((fact) => [fact.data['service'], fact]));
    expect(Object.keys(byService).toSorted()).toEqual(['Netlogon', 'RpcSs', 'TSGateway', 'W32Time', 'W3SVC']);
    expect(byService['W3SVC']?.data).toMatchObject({ running: true, startType: 'automatic' });
    expect(byService['TSGateway']?.data).toMatchObject({ running: false, startType: 'disabled', normal: 'automatic' });
    expect(byService['Netlogon']?.unknown).toEqual(['/running', '/startType']);
  });

  it('is unknown as a whole when no service was read', () => {
    expect(factsOf('windows.roleService', { roles: ROLE }).map((fact) => fact.unknown)).toEqual([['']]);
  });
});

describe('windows.listenerPort', () => {
  const tcp = (...pids: readonly (number | null)[]): Section =>
    rows(...pids.map((OwningProcess) => ({ LocalAddress: '::', LocalPort: 3390, OwningProcess, ProcessName: 'p' })));
  const service = rows({ Name: 'TermService', ProcessId: 1200 });
  const registry = keys({ [WINSTATION]: ok({ PortNumber: 3390 }) });
  it.each([
    ['the service', { 'network.tcpListeners': tcp(1200, 1200), Win32_Service: service }, { listening: true, owner: 'TermService', process: '' }],
    ['nobody', { 'network.tcpListeners': rows(), Win32_Service: service }, { listening: false, owner: 'nobody' }],
    ['another on one address', { 'network.tcpListeners': tcp(1200, 77), Win32_Service: service }, { owner: 'other', process: 'p' }],
    ['an unknown process', { 'network.tcpListeners': tcp(null), Win32_Service: service }, { listening: true, owner: null }],
    ['a service that was not read', { 'network.tcpListeners': tcp(1200) }, { listening: true, owner: null }],
    ['nothing was read', {}, { listening: null, owner: null }],
  ])('%s', (_, sections, data) => {
    const [fact] = factsOf('windows.listenerPort', { registry, ...(sections as Readonly<Record<string, Section>>) });
    expect(fact?.data).toMatchObject({ listener: 'RDP-Tcp', port: 3390, ...data });
  });

  it('leaves out listeners that are off', () => {
    const listeners = rows({ Name: 'RDP-Tcp', PortNumber: 3389, fEnableWinStation: 1 }, { Name: 'Old', PortNumber: 3391, fEnableWinStation: 0 });
    expect(factsOf('windows.listenerPort', { listeners }).map((fact) => fact.data['listener'])).toEqual(['RDP-Tcp']);
  });
});

describe('windows.timeOffset', () => {
  it.each([
    [-600.25, -600.25],
    ['12.5', 12.5],
    [null, null],
  ])('%s', (OffsetSeconds, offset) => {
    const [fact] = factsOf('windows.timeOffset', { time: { status: 'ok', data: { ComparedWith: 'dc01.contoso.com', OffsetSeconds } } });
    expect(fact?.data['offset']).toBe(offset);
  });
});
