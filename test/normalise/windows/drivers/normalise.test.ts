import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../../src/model/fact.ts';
import type { EstateHost } from '../../../../src/model/estate.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { SnapshotInput } from '../../../../src/model/normalise.ts';
import type { Section } from '../../../../src/model/snapshot.ts';
import { normaliseDrivers } from '../../../../src/normalise/windows/drivers/normalise.ts';
import { contextWith, snapshotInput } from '../../rds/support.ts';

const RESTRICTIONS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions';
const PRINTERS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers';
const CONTROL = 'HKLM\\SYSTEM\\CurrentControlSet\\Control';
const DISPLAY = '{4D36E968-E325-11CE-BFC1-08002BE10318}';

const OS: Section = { status: 'ok', data: { build: 20348, ubr: 2849, productType: 3 } };
const key = (values: JsonObject): JsonObject => ({ status: 'ok', values });
const registry = (keys: Readonly<Record<string, Json>>): Section => ({ status: 'ok', data: keys });

function factsOf(sections: Readonly<Record<string, Section>>, host: Partial<EstateHost> = {}): readonly Fact[] {
  const entry: EstateHost = {
    name: 'rdsh01.contoso.com',
    address: '192.0.2.21',
    rdpPort: null,
    roles: [],
    azureId: null,
    groups: [],
    over: 'snapshot',
    pointer: '/hosts/0',
    own: '/hosts/0',
    declared: [],
    ...host,
  };
  const input: SnapshotInput = {
    ...snapshotInput('windows-host', 'rdsh01.contoso.com', sections),
    host: entry,
  };
  return normaliseDrivers(input, contextWith()).facts;
}

function one(kind: string, sections: Readonly<Record<string, Section>>, host: Partial<EstateHost> = {}): Fact {
  const fact = factsOf(sections, host).find((candidate) => candidate.kind === kind);
  if (fact === undefined) throw new Error(`no ${kind}`);
  return fact;
}

describe('windows.rdsDevice', () => {
  const restrictions = (values: JsonObject, lists: Readonly<Record<string, JsonObject>> = {}): Section =>
    registry({
      [RESTRICTIONS]: key(values),
      ...Object.fromEntries(
        ['DenyDeviceClasses', 'DenyDeviceIDs', 'DenyInstanceIDs', 'AllowDeviceClasses', 'AllowDeviceIDs', 'AllowInstanceIDs'].map((name) => [
          `${RESTRICTIONS}\\${name}`,
          lists[name] ?? { status: 'absent' },
        ]),
      ),
    });

  it.each([
    ['nothing set', {}, {}, { outcome: 'allowed', decidedBy: 'nothing', rule: '', layered: false, retroactive: false }],
    [
      'the class is denied',
      { DenyDeviceClasses: 1 },
      { DenyDeviceClasses: key({ 1: '{36fc9e60-c465-11cf-8056-444553540000}', 2: DISPLAY }) },
      { outcome: 'blocked', decidedBy: 'denyClasses', rule: DISPLAY, retroactive: false },
    ],
    ['a list without its switch does not count', {}, { DenyDeviceClasses: key({ 1: DISPLAY }) }, { outcome: 'allowed' }],
    ['a switch that is 0', { DenyDeviceClasses: 0 }, { DenyDeviceClasses: key({ 1: DISPLAY }) }, { outcome: 'allowed' }],
    [
      'retroactively',
      { DenyDeviceClasses: '1', DenyDeviceClassesRetroactive: { value: 1 } },
      { DenyDeviceClasses: key({ 1: DISPLAY }) },
      { outcome: 'blocked', retroactive: true },
    ],
    [
      'retroactive denial of another class',
      { DenyDeviceClasses: 1, DenyDeviceClassesRetroactive: 1 },
      { DenyDeviceClasses: key({ 1: '{36fc9e60-c465-11cf-8056-444553540000}' }) },
      { outcome: 'allowed', retroactive: false },
    ],
    [
      'an id of the adapter',
      { DenyDeviceIDs: 1 },
      { DenyDeviceIDs: key({ 1: 'RdpIdd_IndirectDisplay' }) },
      { outcome: 'blocked', decidedBy: 'denyDeviceIds', rule: 'RdpIdd_IndirectDisplay' },
    ],
    ['everything denied by default', { DenyUnspecified: 1 }, {}, { outcome: 'blocked', decidedBy: 'denyUnspecified', retroactive: false }],
    [
      'default denial, class allowed',
      { DenyUnspecified: 1, AllowDeviceClasses: 1 },
      { AllowDeviceClasses: key({ 1: DISPLAY.toLowerCase() }) },
      { outcome: 'allowed', decidedBy: 'allowClasses' },
    ],
    [
      'deny beats allow',
      { DenyDeviceClasses: 1, AllowDeviceIDs: 1 },
      {
        DenyDeviceClasses: key({ 1: DISPLAY }),
        AllowDeviceIDs: key({ 1: 'RdpIdd_IndirectDisplay' }),
      },
      { outcome: 'blocked' },
    ],
    [
      'unless layered',
      { AllowDenyLayered: 1, DenyDeviceClasses: 1, AllowDeviceIDs: 1 },
      {
        DenyDeviceClasses: key({ 1: DISPLAY }),
        AllowDeviceIDs: key({ 1: 'RdpIdd_IndirectDisplay' }),
      },
      { outcome: 'allowed', layered: true, decidedBy: 'allowDeviceIds' },
    ],
    ['removable devices denied: it is none', { DenyRemovableDevices: 1 }, {}, { outcome: 'allowed' }],
    ['a list of one that PowerShell collapsed', { DenyDeviceClasses: 1 }, { DenyDeviceClasses: key({ 1: [DISPLAY] }) }, { outcome: 'blocked' }],
  ])('%s', (_name, values, lists, expected) => {
    const fact = one('windows.rdsDevice', {
      os: OS,
      registry: restrictions(values as JsonObject, lists),
      pnpDevices: { status: 'ok', data: [] },
    });
    expect(fact.data).toMatchObject({ device: 'Remote display adapter', ...expected });
    expect(fact.unknown).toEqual([]);
  });

  it('does not know a layered order that the build may not obey', () => {
    const section = restrictions(
      { AllowDenyLayered: 1, DenyDeviceClasses: 1, AllowDeviceIDs: 1 },
      {
        DenyDeviceClasses: key({ 1: DISPLAY }),
        AllowDeviceIDs: key({ 1: 'RdpIdd_IndirectDisplay' }),
      },
    );
    expect(one('windows.rdsDevice', { registry: section }).unknown).toEqual(['/outcome', '/decidedBy', '/rule', '/layered', '/problems']);
  });

  it('is certain of a denial though the allow list was denied', () => {
    const section = restrictions({ DenyDeviceClasses: 1, AllowDeviceIDs: 1 }, { DenyDeviceClasses: key({ 1: DISPLAY }), AllowDeviceIDs: { status: 'denied' } });
    expect(one('windows.rdsDevice', { os: OS, registry: section }).data).toMatchObject({
      outcome: 'blocked',
      decidedBy: 'denyClasses',
    });
  });

  it('does not take what is no number for a switch, nor what is no text for an entry', () => {
    expect(
      one('windows.rdsDevice', {
        os: OS,
        registry: restrictions({ DenyUnspecified: { $unreadable: true } }),
      }).unknown,
    ).toContain('/outcome');
    expect(
      one('windows.rdsDevice', {
        os: OS,
        registry: restrictions({ DenyDeviceClasses: 1 }, { DenyDeviceClasses: key({ 1: { $unreadable: true } }) }),
      }).unknown,
    ).toContain('/outcome');
  });

  it('knows nothing of a registry that nobody read', () => {
    expect(one('windows.rdsDevice', { os: OS }).unknown).toEqual(['/outcome', '/decidedBy', '/rule', '/layered', '/retroactive', '/problems']);
  });

  it('takes an absent parent key for absent lists', () => {
    expect(
      one('windows.rdsDevice', {
        os: OS,
        registry: registry({ [RESTRICTIONS]: { status: 'absent' } }),
      }).data,
    ).toMatchObject({ outcome: 'allowed', decidedBy: 'nothing' });
  });

  it('shows devices of the class that were refused', () => {
    const devices: Section = {
      status: 'ok',
      data: [
        { InstanceId: 'SWD\\A', ClassGuid: DISPLAY, ConfigManagerErrorCode: 28 },
        { InstanceId: 'SWD\\B', ClassGuid: DISPLAY, ConfigManagerErrorCode: 0 },
        {
          InstanceId: 'USB\\C',
          ClassGuid: '{36fc9e60-c465-11cf-8056-444553540000}',
          ConfigManagerErrorCode: 22,
        },
      ],
    };
    expect(one('windows.rdsDevice', { pnpDevices: devices }).data['problems']).toEqual([{ instanceId: 'SWD\\A', code: 28 }]);
  });

  it('is one fact for each device, essential or not', () => {
    const facts = factsOf({}).filter((fact) => fact.kind === 'windows.rdsDevice');
    expect(facts.filter((fact) => fact.data['essential'] === true).map((fact) => fact.data['device'])).toEqual([
      'Remote display adapter',
      'Remote monitor',
      'Remote keyboard',
      'Remote mouse',
      'Software device',
    ]);
    expect(facts).toHaveLength(9);
    expect(new Set(facts.map((fact) => fact.id)).size).toBe(facts.length);
  });
});

describe('windows.driverIntegrity', () => {
  const absent = {
    [PRINTERS]: { status: 'absent' },
    'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Settings': { status: 'absent' },
  };
  it.each([
    ['nothing special', ' NOEXECUTE=OPTIN  NOVGA', false, true],
    ['test signing', ' TESTSIGNING  NOEXECUTE=OPTIN', true, true],
    ['test signing in lower case, with a slash', '/testsigning', true, true],
    ['a word that only begins so', 'TESTSIGNINGX', false, true],
    ['no integrity checks', 'DISABLE_INTEGRITY_CHECKS', false, false],
    ['no options at all', '', false, true],
  ])('%s', (_name, options, testSigning, integrityChecks) => {
    const fact = one('windows.driverIntegrity', {
      registry: registry({ ...absent, [CONTROL]: key({ SystemStartOptions: options }) }),
      deviceGuard: { status: 'ok', data: { SecurityServicesRunning: [1, 2] } },
    });
    expect(fact.data).toEqual({
      host: 'rdsh01.contoso.com',
      testSigning,
      integrityChecks,
      kernelModePrinterDrivers: false,
      memoryIntegrity: true,
      remotePlugAndPlay: false,
      isolatedPrintDrivers: true,
    });
    expect(fact.unknown).toEqual([]);
  });

  it('does not take an absent value for an answer', () => {
    expect(one('windows.driverIntegrity', { registry: registry({ ...absent, [CONTROL]: key({}) }) }).unknown).toEqual([
      '/testSigning',
      '/integrityChecks',
      '/memoryIntegrity',
    ]);
  });

  it('reads what is switched on', () => {
    const keys = {
      [CONTROL]: key({ SystemStartOptions: '' }),
      [PRINTERS]: key({ KMPrintersAreBlocked: 0, PrintDriverIsolationExecutionPolicy: 0 }),
      'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Settings': key({
        AllowRemoteRPC: 1,
      }),
    };
    expect(one('windows.driverIntegrity', { registry: registry(keys) }).data).toMatchObject({
      kernelModePrinterDrivers: true,
      isolatedPrintDrivers: false,
      remotePlugAndPlay: true,
    });
  });
});

describe('windows.printSpooler', () => {
  const spooler = (status: Json, startType: Json): Section => ({
    status: 'ok',
    data: [{ Name: 'Spooler', Status: status, StartType: startType }],
  });
  const policy = (value?: Json): Section =>
    registry({
      [PRINTERS]: value === undefined ? { status: 'absent' } : key({ RegisterSpoolerRemoteRpcEndPoint: value }),
    });
  it.each([
    ['no policy', policy(), spooler(4, 2), true],
    ['1 is enabled', policy(1), spooler(4, 2), true],
    ['2 is disabled', policy(2), spooler(4, 2), false],
    ['the service is disabled and stopped', policy(), spooler('Stopped', 'Disabled'), false],
    ['disabled, but still running', policy(), spooler(4, 4), true],
    ['closed, whatever the service does', policy(2), { status: 'denied' } as Section, false],
    ['no policy, services not read', policy(), { status: 'denied' } as Section, null],
    ['the policy was denied', registry({ [PRINTERS]: { status: 'denied' } }), spooler(4, 2), null],
    ['the policy was denied, the service is off', registry({ [PRINTERS]: { status: 'denied' } }), spooler(1, 4), false],
  ])('%s', (_name, registrySection, services, reachable) => {
    const fact = one('windows.printSpooler', { os: OS, registry: registrySection, services });
    expect(fact.data['reachable']).toBe(reachable);
    expect(fact.unknown.includes('/reachable')).toBe(reachable === null);
  });

  it('knows domain controllers and print servers', () => {
    expect(one('windows.printSpooler', { os: { status: 'ok', data: { productType: 2 } } }, { roles: ['print-server'] }).data).toMatchObject({
      domainController: true,
      printServer: true,
    });
    expect(one('windows.printSpooler', { computer: { status: 'ok', data: { DomainRole: 3 } } }).data).toMatchObject({
      domainController: false,
      printServer: false,
    });
    expect(one('windows.printSpooler', {}).unknown).toContain('/domainController');
  });
});

describe('windows.printerDriver', () => {
  const roles: Section = { status: 'ok', data: [{ Name: 'RDS-RD-Server' }] };
  const drivers = (...rows: JsonObject[]): Section => ({ status: 'ok', data: rows });
  it.each([
    ['Microsoft', 3, true],
    ['microsoft corporation', 4, true],
    ['Microsoft Partner', 3, false],
    ['Contoso', 3, false],
  ])('by %s', (Manufacturer, MajorVersion, microsoft) => {
    const fact = one('windows.printerDriver', {
      roles,
      printerDrivers: drivers({
        Name: 'A',
        Manufacturer,
        MajorVersion,
        PrinterEnvironment: 'Windows x64',
        IsSigned: true,
      }),
    });
    expect(fact.data).toMatchObject({
      driver: 'A',
      model: MajorVersion,
      microsoft,
      signed: true,
      sessionHost: true,
    });
    expect(fact.unknown).toEqual([]);
  });

  it('keeps environments apart and duplicates together', () => {
    const rows = drivers(
      { Name: 'A', PrinterEnvironment: 'Windows x64' },
      { Name: 'A', PrinterEnvironment: 'Windows NT x86' },
      { Name: 'a', PrinterEnvironment: 'windows X64' },
    );
    expect(factsOf({ roles, printerDrivers: rows }).filter((fact) => fact.kind === 'windows.printerDriver')).toHaveLength(2);
  });

  it('does not guess what was not read', () => {
    expect(one('windows.printerDriver', { printerDrivers: drivers({ Name: 'A' }) }).unknown).toEqual([
      '/model',
      '/manufacturer',
      '/microsoft',
      '/signed',
      '/sessionHost',
    ]);
    expect(one('windows.printerDriver', {}).unknown).toEqual(['']);
  });

  it('asks WMI for the role, then the estate', () => {
    const printerDrivers = drivers({ Name: 'A' });
    expect(
      one('windows.printerDriver', {
        printerDrivers,
        Win32_TerminalServiceSetting: { status: 'ok', data: { TerminalServerMode: 0 } },
      }).data['sessionHost'],
    ).toBe(false);
    expect(one('windows.printerDriver', { printerDrivers }, { roles: ['session-host'] }).data['sessionHost']).toBe(true);
  });
});

describe('windows.sessionHostState', () => {
  it.each([
    [{ SessionBrokerDrainMode: 0, Logons: '' }, true],
    [{ SessionBrokerDrainMode: 0, Logons: '0' }, true],
    [{ SessionBrokerDrainMode: 0, Logons: 1 }, false],
    [{ SessionBrokerDrainMode: 1 }, false],
    [{ SessionBrokerDrainMode: 2, Logons: '' }, false],
    [{ Logons: '1' }, false],
    [{}, null],
  ])('%j: %s', (data, expected) => {
    expect(
      one('windows.sessionHostState', {
        Win32_TerminalServiceSetting: { status: 'ok', data: [data] },
      }).data['acceptsLogons'],
    ).toBe(expected);
  });
});

it('leaves other targets alone', () => {
  expect(normaliseDrivers(snapshotInput('rds-deployment', 'rdcb01.contoso.com', {}), contextWith()).facts).toEqual([]);
});
