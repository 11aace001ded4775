import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { KnownUpdates } from '../../../../src/model/known-updates.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseLicensing } from '../../../../src/normalise/windows/licensing/normalise.ts';
import { contextOf, inputOf, rows, snapshotOf } from '../../settings/support.ts';

const KNOWN: KnownUpdates = {
  retrieved: '2026-01-01',
  systems: [],
  regressions: [],
  vulnerabilities: [{ cve: 'CVE-2024-38077', component: 'RD Licensing', severity: 9.8, published: '2024-07-09', servers: { 17763: 6054, 20348: 2582 } }],
};
const object = (data: JsonObject): Section => ({ status: 'ok', data });
const ROLE: Section = rows({ Name: 'RDS-RD-Server' });
const LICENSE_ROLE: Section = rows({ Name: 'RDS-Licensing' });

function factsOf(kind: string, sections: Readonly<Record<string, Section>>): readonly Fact[] {
  return normaliseLicensing(inputOf(snapshotOf(sections)), { ...contextOf([kind]), knownUpdates: KNOWN }).facts;
}

describe('windows.sessionHostLicensing', () => {
  const status = (...all: readonly (readonly [string, number | null])[]): Readonly<Record<string, Section>> => ({
    licensing: object({ SpecifiedLicenseServers: all.map(([name]) => name), GraceDaysLeft: 0 }),
    'licensing.servers': rows(...all.map(([ServerName, TStoLSConnectivityStatus]) => ({ ServerName, TStoLSConnectivityStatus }))),
  });
  it.each([
    ['valid', status(['a', 1]), { usable: true, faulty: [] }],
    ['valid for a newer host', status(['a', 11]), { usable: true, faulty: [] }],
    ['not connectable', status(['a', 6]), { usable: false, faulty: [{ server: 'a', why: 'not-connectable' }] }],
    ['one of two', status(['a', 4], ['b', 1]), { usable: true, faulty: [{ server: 'a', why: 'older-than-host' }] }],
    ['access denied says nothing of the server', status(['a', 8]), { usable: null, faulty: [null] }],
    ['unknown, then valid', status(['a', 0], ['b', 1]), { usable: true, faulty: [null] }],
    ['none', status(), { usable: false, faulty: [] }],
    ['nobody could look', {}, { servers: null, usable: null, faulty: null, graceDaysLeft: null }],
  ])('%s', (_, sections, data) => {
    const [fact] = factsOf('windows.sessionHostLicensing', { roles: ROLE, ...(sections as Readonly<Record<string, Section>>) });
    expect(fact?.data).toMatchObject(data);
  });

  it('has no fact where there is no session host', () => {
    expect(factsOf('windows.sessionHostLicensing', { roles: rows() })).toEqual([]);
  });
});

describe('windows.licenseServer', () => {
  const running = rows({ Name: 'TermServLicensing', Status: 4, StartType: 2 });
  it.each([
    ['patched', { build: 20348, ubr: 2582 }, true],
    ['not patched', { build: 17763, ubr: 5000 }, false],
    ['a build that came later', { build: 26100, ubr: 1 }, true],
    ['a build that nobody knows', { build: 18363, ubr: 1 }, null],
    ['an update that was not read', { build: 20348 }, null],
  ])('%s', (_, os, patched) => {
    const [fact] = factsOf('windows.licenseServer', { roles: LICENSE_ROLE, services: running, os: object(os) });
    expect(fact?.data).toMatchObject({ running: true, intended: true, patched });
  });

  it.each([
    ['no role and no service', { roles: rows(), services: rows() }, 0],
    ['no role, services not read', { roles: rows() }, 0],
    ['nothing was read', {}, 1],
    ['the service without the role', { roles: rows(), services: running }, 1],
    ['the class says that there is none', { Win32_TSLicenseServer: { status: 'absent' } }, 0],
  ])('%s', (_, sections, count) => {
    expect(factsOf('windows.licenseServer', sections as Readonly<Record<string, Section>>)).toHaveLength(count);
  });

  it('reads activation and groups', () => {
    const [fact] = factsOf('windows.licenseServer', {
      Win32_TSLicenseServer: rows({ ActivationStatus: 1, IsInTerminalServerLicenseServers: false }),
      localGroups: rows({ SID: 'S-1-5-32-576', Name: 'x', MemberSids: ['S-1-5-21-1-2-3-1000'], MemberNames: ['x'] }),
    });
    expect(fact?.data).toMatchObject({ activated: false, inServersGroup: false, knownHosts: 1 });
  });
});

describe('windows.licenseKeyPack', () => {
  const pack = (given: JsonObject): JsonObject => ({ KeyPackId: 4, KeyPackType: 2, ProductType: 0, TotalLicenses: 50, AvailableLicenses: 25, ...given });
  it.each([
    ['enough', {}, 'enough'],
    ['a tenth is enough', { AvailableLicenses: 5 }, 'enough'],
    ['few', { AvailableLicenses: 4 }, 'few'],
    ['none', { AvailableLicenses: 0 }, 'none'],
    ['more than there are', { ProductType: 1, AvailableLicenses: -3 }, 'none'],
    ['not read', { AvailableLicenses: null }, null],
  ])('%s', (_, given, state) => {
    const [fact] = factsOf('windows.licenseKeyPack', { Win32_TSLicenseKeyPack: rows(pack(given)) });
    expect(fact?.data['state']).toBe(state);
  });

  it('leaves out built-in and temporary packs', () => {
    const none = rows(pack({ KeyPackType: 6, ProductType: 3, TotalLicenses: -1 }), pack({ KeyPackType: 4 }), pack({ TotalLicenses: 4294967295 }));
    expect(factsOf('windows.licenseKeyPack', { Win32_TSLicenseKeyPack: none })).toEqual([]);
  });
});

describe('windows.licenseKeyAccess', () => {
  const key = (given: JsonObject): Section =>
    rows({ Key: 'HKLM\\SOFTWARE\\Microsoft\\MSLicensing', Exists: true, OwnerSid: 'S-1-5-18', AllowSids: [], AllowRights: [], ...given });
  it.each([
    ['reading', { AllowSids: ['S-1-5-32-545'], AllowRights: [0x20019] }, []],
    ['full control', { AllowSids: ['S-1-1-0'], AllowRights: [0xf003f] }, ['Everyone']],
    ['its permissions', { AllowSids: ['S-1-5-32-545'], AllowRights: [0x40000] }, ['Users']],
    ['administrators', { AllowSids: ['S-1-5-32-544'], AllowRights: [0xf003f] }, []],
    ['rights that were not read', { AllowSids: ['S-1-1-0'], AllowRights: null }, null],
  ])('%s', (_, given, openTo) => {
    const [fact] = factsOf('windows.licenseKeyAccess', { 'licensing.keys': key(given) });
    expect(fact?.data).toMatchObject({ part: 'license-store', openTo });
  });

  it('has no fact for a key that is not there', () => {
    expect(factsOf('windows.licenseKeyAccess', { 'licensing.keys': key({ Exists: false }) })).toEqual([]);
  });
});

describe('windows.licensingEvents', () => {
  const Channel = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin';
  it('counts the two ids', () => {
    const events = rows({ Channel, Id: 1069 }, { Channel, Id: 1068 }, { Channel, Id: 1068 }, { Channel: 'Other/Admin', Id: 1068 }, { Channel, Id: 261 });
    expect(factsOf('windows.licensingEvents', { roles: ROLE, 'events.remoteDesktop': events })[0]?.data['events']).toEqual([
      { id: 1068, count: 2 },
      { id: 1069, count: 1 },
    ]);
  });

  it('is unknown when nobody looked', () => {
    expect(factsOf('windows.licensingEvents', { roles: ROLE })[0]?.unknown).toEqual(['/events']);
  });
});
