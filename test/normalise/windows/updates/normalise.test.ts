import { describe, expect, it } from 'vitest';
import type { EstateHost } from '../../../../src/model/estate.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { KnownUpdates } from '../../../../src/model/known-updates.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseUpdates } from '../../../../src/normalise/windows/updates/normalise.ts';
import { readPolicyFolder } from '../../../../src/policy/library.ts';
import { contextWith, snapshotInput } from '../../rds/support.ts';

const KNOWN: KnownUpdates = {
  retrieved: '2026-11-20',
  systems: [
    { name: 'Windows Server 2022', build: 20348, type: 'server', supportEnds: '2031-10-14' },
    { name: 'Windows Server 2012 R2', build: 9600, type: 'server', supportEnds: '2026-10-13' },
    { name: 'Windows Server version 1803', build: 17134, type: 'server', supportEnds: '2019-11-12' },
  ],
  vulnerabilities: [
    { cve: 'CVE-2000-0001', component: 'RD Licensing', severity: 9.8, published: '2024-07-09', role: 'RDS-Licensing', servers: { 20348: 2582 } },
    { cve: 'CVE-2000-0004', component: 'RDS', severity: 9.1, published: '2026-06-09', servers: { 26100: 32995 } },
    { cve: 'CVE-2000-0003', component: 'RDS', severity: 7.5, published: '2026-07-14', servers: { 26100: 33158 }, clients: { 26100: 8875 } },
    {
      cve: 'CVE-2000-0002',
      component: 'RDS',
      severity: 8.1,
      published: '2026-09-08',
      servers: { 17134: 2000, 20348: 5622, 26100: 33438 },
      clients: { 26100: 9445 },
    },
  ],
  regressions: [
    {
      id: 'freeze',
      symptom: 'sessions freeze',
      confidence: 'established',
      source: 'https://example.com',
      builds: [{ build: 26100, type: 'server', from: 3194, to: 3774, update: 'KB1', fix: 'KB2' }],
    },
    {
      id: 'gateway-gone',
      symptom: 'the role is gone',
      confidence: 'reported',
      role: 'RDS-Gateway',
      source: 'https://example.com',
      builds: [{ build: 26100, type: 'server', from: 32370, to: 32370, update: 'KB3', fix: '' }],
    },
  ],
};

const os = (build: number, ubr: number | null, installationType = 'Server'): Section => ({
  status: 'ok',
  data: { build, ubr, productType: 3, installationType },
});
const roles = (...names: readonly string[]): Section => ({ status: 'ok', data: names.map((Name) => ({ Name })) });
const HOTPATCH = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Update\\TargetingInfo\\DynamicInstalled\\Hotpatch.amd64';
const registry = (keys: Readonly<Record<string, JsonObject | null>>): Section => ({
  status: 'ok',
  data: Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, values === null ? { status: 'absent' } : { status: 'ok', values }])),
});
const CLIENT_POLICY = 'HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Update';
const PLAIN = registry({ [HOTPATCH]: null, [CLIENT_POLICY]: {} });

function factsOf(
  kind: string,
  sections: Readonly<Record<string, Section>>,
  host: Partial<EstateHost> | null = null,
): readonly { data: JsonObject; unknown: readonly string[] }[] {
  const input = { ...snapshotInput('windows-host', 'rdsh01.contoso.com', sections), host: host as EstateHost | null };
  return normaliseUpdates(input, { ...contextWith(), knownUpdates: KNOWN }).facts.filter((fact) => fact.kind === kind);
}
const one = (
  kind: string,
  sections: Readonly<Record<string, Section>>,
  host: Partial<EstateHost> | null = null,
): { data: JsonObject; unknown: readonly string[] } => {
  const [fact] = factsOf(kind, sections, host);
  if (fact === undefined) throw new Error(`no ${kind}`);
  return fact;
};

describe('windows.updateLevel', () => {
  it.each([
    ['up to date', os(20348, 5622), roles(), PLAIN, [], 0],
    ['old, without the licence role', os(20348, 2402), roles(), PLAIN, ['CVE-2000-0002'], 8.1],
    ['old, with the licence role in another case', os(20348, 2402), roles('rds-licensing'), PLAIN, ['CVE-2000-0001', 'CVE-2000-0002'], 9.8],
    ['roles that nobody read: what is certain counts', os(20348, 2402), { status: 'denied' }, PLAIN, ['CVE-2000-0002'], 8.1],
    ['a client of the same number', os(26100, 9445, 'Client'), roles(), PLAIN, [], 0],
    ['a server of the same number', os(26100, 9445), roles(), PLAIN, ['CVE-2000-0004', 'CVE-2000-0002', 'CVE-2000-0003'], 9.1],
    ['Server Core is a server', os(26100, 33438, 'Server Core'), roles(), PLAIN, [], 0],
  ] as const)('%s', (_name, system, installed, keys, cves, worst) => {
    const { data } = one('windows.updateLevel', { os: system, roles: installed, registry: keys });
    expect((data['missing'] as readonly JsonObject[]).map((missing) => missing['cve'])).toEqual(cves);
    expect(data['worst']).toBe(worst);
  });

  it.each([
    ['enrolled in hotpatches', os(26100, 33300), registry({ [HOTPATCH]: { Name: 'Hotpatch Enrollment Package' } })],
    ['nobody looked for hotpatches', os(26100, 33300), { status: 'denied' }],
    ['a client that may take hotpatches', os(26100, 9300, 'Client'), registry({ [HOTPATCH]: null, [CLIENT_POLICY]: { AllowRebootlessUpdates: 1 } })],
    ["nobody looked for the client's policy", os(26100, 9300, 'Client'), registry({ [HOTPATCH]: null })],
    ['no revision', os(20348, null), PLAIN],
    ['a server that no record names', os(19042, 1706), PLAIN],
    ['a client that no record names', os(22000, 1, 'Client'), PLAIN],
    ['a release that records no longer name', os(17134, 3000), PLAIN],
  ] as const)('%s: nothing is said', (_name, system, keys) => {
    const fact = one('windows.updateLevel', { os: system, roles: roles(), registry: keys });
    expect(fact.data['missing']).toBeNull();
    expect(fact.unknown).toContain('/missing');
  });

  it.each([
    ['a client without the policy', os(26100, 9300, 'Client'), { [CLIENT_POLICY]: null }, false],
    ['a client whose policy is off', os(26100, 9300, 'Client'), { [CLIENT_POLICY]: { AllowRebootlessUpdates: 0 } }, false],
    ['a client with the policy', os(26100, 9300, 'Client'), { [CLIENT_POLICY]: { AllowRebootlessUpdates: 1 } }, true],
    ['a client before the first that can', os(22631, 1, 'Client'), { [HOTPATCH]: null }, false],
    ['a client policy on a server', os(26100, 1), { [CLIENT_POLICY]: { AllowRebootlessUpdates: 1 }, [HOTPATCH]: null }, false],
    ['nobody knows which of the two', { status: 'ok', data: { build: 26100, ubr: 1 } }, { [HOTPATCH]: null, [CLIENT_POLICY]: null }, null],
  ] as const)('%s: hotpatched', (_name, system, keys, hotpatched) => {
    const known = registry(keys as Readonly<Record<string, JsonObject | null>>);
    expect(one('windows.updateLevel', { os: system as Section, registry: known }).data['hotpatched']).toBe(hotpatched);
  });

  it.each([
    ['older than a baseline', { [HOTPATCH]: { Name: 'x' } }, os(26100, 32900), ['CVE-2000-0002', 'CVE-2000-0003']],
    ['older than a baseline, while nobody looked', {}, os(26100, 32900), ['CVE-2000-0002', 'CVE-2000-0003']],
    ['a client older than a baseline', { [CLIENT_POLICY]: { AllowRebootlessUpdates: 1 } }, os(26100, 8800, 'Client'), ['CVE-2000-0002', 'CVE-2000-0003']],
  ] as const)('a hotpatched host that is %s lacks what the baseline and later updates mend', (_name, keys, system, cves) => {
    const { data } = one('windows.updateLevel', { os: system, roles: roles(), registry: registry(keys as Readonly<Record<string, JsonObject | null>>) });
    expect((data['missing'] as readonly JsonObject[]).map((missing) => missing['cve'])).toEqual(cves);
  });

  it('a hotpatched host that lacks nothing is certain', () => {
    expect(one('windows.updateLevel', { os: os(26100, 33438), registry: registry({ [HOTPATCH]: { Name: 'x' } }) }).data['missing']).toEqual([]);
  });

  it('a release that has ended lacks for certain what it lacks', () => {
    expect(one('windows.updateLevel', { os: os(17134, 1), roles: roles(), registry: PLAIN }).data['worst']).toBe(8.1);
  });

  it.each([
    [20348, true, '2031-10-14'],
    [9600, false, '2026-10-13'],
    [19042, null, ''],
    [30000, null, ''],
  ])('build %i is supported: %s', (build, supported, ends) => {
    expect(one('windows.updateLevel', { os: os(build, 1) }).data).toMatchObject({ supported, supportEnds: ends });
  });

  it('makes nothing without data', () => {
    const input = snapshotInput('windows-host', 'h', { os: os(20348, 1) });
    expect(normaliseUpdates(input, contextWith()).facts.map(({ kind }) => kind)).not.toContain('windows.updateLevel');
  });
});

describe('windows.updateRegression', () => {
  it.each([
    ['in the range', os(26100, 3194), roles('RDS-Gateway'), [true, false]],
    ['past the range', os(26100, 3775), roles('RDS-Gateway'), [false, false]],
    ['without the role', os(26100, 32370), roles(), [false]],
    ['with the role', os(26100, 32370), roles('RDS-Gateway'), [false, true]],
    ['roles unread', os(26100, 32370), { status: 'error' }, [false, null]],
    ['a client', os(26100, 3194, 'Client'), roles(), []],
  ] as const)('%s', (_name, system, installed, affected) => {
    expect(factsOf('windows.updateRegression', { os: system, roles: installed, registry: PLAIN }).map(({ data }) => data['affected'])).toEqual(affected);
  });
});

describe('windows.updateRegression of a host that takes hotpatches', () => {
  it.each([
    ['in the range', os(26100, 3194), { [HOTPATCH]: { Name: 'x' } }, null],
    ['past the range', os(26100, 3775), { [HOTPATCH]: { Name: 'x' } }, false],
    ['in the range, while nobody looked', os(26100, 3194), {}, null],
  ] as const)('%s', (_name, system, keys, affected) => {
    const [freeze] = factsOf('windows.updateRegression', { os: system, roles: roles(), registry: registry(keys as Readonly<Record<string, JsonObject>>) });
    expect(freeze?.data['affected']).toBe(affected);
  });
});

describe('windows.updateState', () => {
  const AU = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU';
  const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';
  const PAUSE = 'HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings';
  it.each([
    ['nothing set', { [POLICY]: null, [PAUSE]: null }, { unattended: true, access: 'allowed', paused: false, pausedUntil: '' }],
    ['off', { [POLICY]: {}, [AU]: { NoAutoUpdate: 1 } }, { unattended: false }],
    ['off, with a server of the organisation', { [POLICY]: {}, [AU]: { NoAutoUpdate: 1, UseWUServer: 1 } }, { unattended: true }],
    ['access removed', { [POLICY]: { DisableWindowsUpdateAccess: 1 }, [AU]: null }, { access: 'removed' }],
    ['paused', { [PAUSE]: { PauseUpdatesExpiryTime: '2026-12-24T10:00:00Z' } }, { paused: true }],
    ['a pause that is over', { [PAUSE]: { PauseUpdatesExpiryTime: '2026-11-01T10:00:00Z' } }, { paused: false }],
  ] as const)('%s', (_name, keys, expected) => {
    expect(one('windows.updateState', { registry: registry(keys as Readonly<Record<string, JsonObject | null>>) }).data).toMatchObject(expected);
  });

  it.each([
    ['up to date', os(20348, 5622), 0],
    ['76 days after the update of September', os(20348, 5386), 76],
    ['a server that no record names', os(7601, 23403), null],
  ])('%s: days behind', (_name, system, days) => {
    expect(one('windows.updateState', { os: system, registry: PLAIN }).data['daysBehind']).toBe(days);
  });

  it.each([
    ['a hotpatched host with the baseline', os(26100, 33300), { [HOTPATCH]: { Name: 'x' } }, null],
    ['a hotpatched host that lacks nothing', os(26100, 33438), { [HOTPATCH]: { Name: 'x' } }, 0],
    ['132 days after the baseline of July', os(26100, 2033), { [HOTPATCH]: { Name: 'x' } }, 132],
    ['hotpatches that nobody looked for', os(26100, 33300), {}, null],
  ] as const)('%s: days behind', (_name, system, keys, days) => {
    const known = registry(keys as Readonly<Record<string, JsonObject>>);
    expect(one('windows.updateState', { os: system, registry: known }).data['daysBehind']).toBe(days);
  });

  it.each([
    [{ ComponentServicing: true, WindowsUpdate: null, FileRenames: 0 }, true],
    [{ ComponentServicing: false, WindowsUpdate: null, FileRenames: 0 }, null],
    [{ ComponentServicing: false, WindowsUpdate: false, FileRenames: 9 }, false],
  ])('a restart is pending: %o', (data, pending) => {
    expect(one('windows.updateState', { 'updates.pending': { status: 'ok', data } }).data['restartPending']).toBe(pending);
  });
});

describe('windows.expectedRoles', () => {
  it.each([
    ['no role of ours', [], roles(), null],
    ['there', ['gateway'], roles('RDS-GATEWAY'), []],
    ['gone', ['gateway', 'web'], roles('RDS-Web-Access'), ['RDS-Gateway']],
    ['unread', ['gateway'], { status: 'denied' }, undefined],
  ] as const)('%s', (_name, given, installed, missing) => {
    const facts = factsOf('windows.expectedRoles', { os: os(20348, 1), roles: installed }, { roles: given });
    expect(facts[0]?.data['missing'] ?? (facts.length === 0 ? null : undefined)).toEqual(missing);
  });
});

describe('windows.termService', () => {
  it.each([
    [{ ServiceDll: '%SystemRoot%\\System32\\termsrv.dll', SystemRoot: 'C:\\Windows', SignatureStatus: 0, WrapperFolder: false }, true, 'valid'],
    [{ ServiceDll: 'c:\\windows\\SYSTEM32\\termsrv.dll', SystemRoot: 'C:\\Windows', SignatureStatus: 'Valid', WrapperFolder: false }, true, 'valid'],
    [{ ServiceDll: 'C:\\Program Files\\RDP Wrapper\\rdpwrap.dll', SystemRoot: 'C:\\Windows', SignatureStatus: 3, WrapperFolder: true }, false, 'hash-mismatch'],
    [
      { ServiceDll: 'D:\\Windows\\System32\\termsrv.dll', SystemRoot: 'C:\\Windows', SignatureStatus: 'HashMismatch', WrapperFolder: false },
      false,
      'hash-mismatch',
    ],
  ])('%o', (data, genuinePath, signature) => {
    expect(one('windows.termService', { 'termService.library': { status: 'ok', data } }).data).toMatchObject({ genuinePath, signature });
  });
});

describe('the shipped data', () => {
  const known = readPolicyFolder('policies').knownUpdates;

  it.each(['servers', 'clients'] as const)('names no revision of %s that is mended before another vulnerability was found', (type) => {
    const byBuild = new Map<string, [string, number][]>();
    for (const vulnerability of known?.vulnerabilities ?? [])
      for (const [build, fixed] of Object.entries(vulnerability[type] ?? {}))
        byBuild.set(build, [...(byBuild.get(build) ?? []), [vulnerability.published, fixed]]);
    for (const [build, rows] of byBuild) {
      const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, fixed]) => fixed);
      expect(sorted, build).toEqual(sorted.toSorted((a, b) => a - b));
    }
  });

  it.each([
    ['CVE-2025-26671', 8.1, { 9200: 25423, 9600: 22523, 14393: 7969 }],
    ['CVE-2026-55003', 6.5, { 9200: 26226, 9600: 23291, 14393: 9339, 26100: 33158 }],
    ['CVE-2026-69525', 9.8, { 14393: 9512, 26100: 33438 }],
    ['CVE-2026-84012', 8.1, { 17763: 9376, 20348: 5761, 26100: 33650 }],
    ['CVE-2026-80094', 7.1, { 14393: 9688, 17763: 9487, 20348: 5870 }],
    ['CVE-2026-119932', 7.5, { 14393: 9688, 17763: 9487 }],
  ])('knows %s', (cve, severity, servers) => {
    expect(known?.vulnerabilities.find((one) => one.cve === cve)).toMatchObject({ severity, servers });
  });

  it('is complete up to a day before the first record that was read in part', () => {
    expect((known?.retrieved ?? '') < '2026-10-13').toBe(true);
  });

  it.each([
    [26100, 32234, 'KB5077793'],
    [20348, 4650, 'KB5077800'],
    [17763, 8280, 'KB5077795'],
  ])('flags no server %i.%i, which has the update that mends the credential prompt', (build, revision, fix) => {
    const prompt = known?.regressions.find(({ id }) => id === 'january-2026-credential-prompt');
    expect(prompt?.builds.find((one) => one.build === build && one.type === 'server')).toMatchObject({ to: revision - 1, fix });
  });

  it('has ranges that are not empty, and a release for each server build', () => {
    const servers = new Set(known?.systems.map(({ build }) => build));
    for (const { builds } of known?.regressions ?? [])
      for (const { from, to, build, type } of builds) {
        expect(from).toBeLessThanOrEqual(to);
        if (type === 'server') expect(servers).toContain(build);
      }
  });
});
