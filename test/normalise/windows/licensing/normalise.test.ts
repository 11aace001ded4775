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
  const NEVER = '2038-01-01T00:00:00Z';
  const KEY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
  const pack = (given: JsonObject = {}): JsonObject => ({
    KeyPackId: 4,
    KeyPackType: 2,
    ProductType: 0,
    ProductVersionID: 7,
    TotalLicenses: 50,
    AvailableLicenses: 25,
    ExpirationDate: NEVER,
    ...given,
  });
  const policy = (values: JsonObject): Section => ({ status: 'ok', data: { [KEY]: { status: 'ok', values } } });
  const packsOf = (packs: readonly JsonObject[], registry: Section = policy({})): readonly Fact[] =>
    factsOf('windows.licenseKeyPack', { Win32_TSLicenseKeyPack: rows(...packs), registry });

  it.each<[string, JsonObject, JsonObject]>([
    ['enough', {}, { state: 'enough' }],
    ['a tenth is enough', { AvailableLicenses: 5 }, { state: 'enough' }],
    ['few', { AvailableLicenses: 4 }, { state: 'few' }],
    ['none', { AvailableLicenses: 0 }, { state: 'none' }],
    ['more than there are', { ProductType: 1, AvailableLicenses: -3 }, { licenses: 'per-user', available: -3, state: 'none' }],
    ['not read', { AvailableLicenses: null }, { state: null }],
    ['expired', { AvailableLicenses: 45, ExpirationDate: '2025-01-01T00:00:00Z' }, { total: 0, available: 0, expired: 1, state: 'none' }],
    ['expired, as a CIM datetime', { ExpirationDate: '20250101000000.000000-000' }, { expired: 1, state: 'none' }],
    ['not expired, as a CIM datetime', { ExpirationDate: '20371231000000.000000-000' }, { expired: 0, state: 'enough' }],
    ['never expires, as a time of zero', { ExpirationDate: '1970-01-01T00:00:00Z' }, { expired: 0, state: 'enough' }],
    ['nobody read when it expires', { ExpirationDate: null }, { total: null, expired: null, state: null }],
    ['a type that nobody read', { ProductType: null }, { licenses: null, state: null }],
    ['a type that is not valid', { ProductType: 2 }, { licenses: null, state: null }],
    ['a version that nobody read', { ProductVersionID: null }, { version: null, state: null }],
    ['whether it was bought, nobody read', { KeyPackType: null }, { total: null, state: null }],
    ['a pack of unknown origin', { KeyPackType: 0 }, { available: null, state: null }],
  ])('%s', (_, given, data) => {
    expect(packsOf([pack(given)]).map((fact) => fact.data)).toMatchObject([data]);
  });

  it('sums packs of one type and version, without those that expired', () => {
    const facts = packsOf([
      pack({ KeyPackId: 12, TotalLicenses: 200, AvailableLicenses: 180 }),
      pack({ KeyPackId: 3, AvailableLicenses: 0 }),
      pack({ KeyPackId: 2, TotalLicenses: 500, AvailableLicenses: 500, ExpirationDate: '2025-01-01T00:00:00Z' }),
      pack({ KeyPackId: 5, ProductType: 1, AvailableLicenses: 0 }),
      pack({ KeyPackId: 6, KeyPackType: 4, TotalLicenses: 900, AvailableLicenses: 900 }),
    ]);
    expect(facts.map((fact) => fact.data)).toMatchObject([
      { pack: '2, 3, 12', licenses: 'per-device', version: 7, total: 250, available: 180, expired: 1, state: 'enough' },
      { pack: '5', licenses: 'per-user', total: 50, available: 0, state: 'none' },
    ]);
  });

  it('keeps the id of its first pack when another is installed', () => {
    const [one] = packsOf([pack()]);
    expect(packsOf([pack({ KeyPackId: 10 }), pack()]).map(({ id }) => id)).toEqual([one?.id]);
  });

  it.each<[string, Section, string | null, number | null]>([
    ['a newer version serves older hosts', policy({}), 'enough', 40],
    ['the policy keeps them apart', policy({ fPreventLicenseUpgrade: 1 }), 'none', 0],
    ['nobody read the policy', { status: 'denied' }, null, null],
  ])('%s', (_, registry, state, newer) => {
    const facts = packsOf([pack({ ProductVersionID: 5, AvailableLicenses: 0 }), pack({ KeyPackId: 5, AvailableLicenses: 40 })], registry);
    expect(facts.map((fact) => fact.data)).toMatchObject([
      { version: 5, available: 0, newer, state },
      { version: 7, newer: 0, state: 'enough' },
    ]);
  });

  it('an older version does not serve newer hosts', () => {
    const facts = packsOf([pack({ ProductVersionID: 5 }), pack({ KeyPackId: 5, AvailableLicenses: 0 })]);
    expect(facts.map((fact) => fact.data['state'])).toEqual(['enough', 'none']);
  });

  it('leaves out built-in and temporary packs', () => {
    const none = [pack({ KeyPackType: 6, ProductType: 3, TotalLicenses: -1 }), pack({ KeyPackType: 4 }), pack({ TotalLicenses: 4294967295 })];
    expect(packsOf(none)).toEqual([]);
  });

  it('what is given out without a license is no pack that was bought', () => {
    // "Built-in overused": only the number that was given out counts up.
    const overused = pack({ KeyPackId: 9, ProductType: 1, ProductVersionID: 3, TotalLicenses: 0, IssuedLicenses: 12, AvailableLicenses: 0 });
    const facts = packsOf([overused, pack({ ProductType: 1 })]);
    expect(facts.map((fact) => fact.data)).toMatchObject([
      { version: 3, total: 0, available: 0, newer: 25, state: 'enough' },
      { version: 7, total: 50, available: 25, state: 'enough' },
    ]);
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
