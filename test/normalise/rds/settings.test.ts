import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileSchema } from '../../../src/lib/schema.ts';
import { YES } from '../../../src/lib/truth.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { factsOfCatalogue } from '../../../src/normalise/settings/index.ts';
import { contextWith, snapshotInput } from './support.ts';

const NAMES = [
  'boot',
  'collection',
  'device-install',
  'load-balancing',
  'print-rpc',
  'printer-redirection',
  'printing',
  'redirection',
  'session-directory',
  'session-host',
  'temporary-folders',
  'usb-redirection',
];
const AREAS = NAMES.map((name) => parse(readFileSync(new URL(`../../../policies/settings/${name}.yaml`, import.meta.url), 'utf8')) as Area);

const SETTINGS = AREAS.flatMap((area) => Object.entries(area.settings).map(([name, setting]) => [`${area.path}/${name}`, setting] as const));

describe('settings of collections, devices and printing', () => {
  it.each(SETTINGS)('%s holds together', (_path, setting) => {
    const allowed = compileSchema(setting.value);
    const maps = [setting.map ?? {}, ...setting.read.map((place) => place.map ?? {})];
    if (setting.scale === undefined) for (const map of maps) expect(Object.values(map).filter((value) => allowed(value) !== YES)).toEqual([]);
    for (const map of maps) expect(new Set(Object.values(map).map((value) => JSON.stringify(value))).size).toBe(Object.keys(map).length);
    for (const place of setting.read) {
      if (place.source === 'default' && place.value !== undefined) expect(allowed(place.value)).toBe(YES);
      if (place.registry !== undefined) expect(place.registry).toMatch(/^HKLM\\/);
    }
    if (setting.write !== undefined) expect(setting.read.some((place) => place.written === true)).toBe(true);
    if (setting.read.some((place) => place.source === 'gpo')) expect(setting.gpo?.path).toMatch(/^Computer Configuration\\Policies\\/);
    expect(setting.link).toMatch(/^https:\/\//);
  });

  it('pushes to settings that exist', () => {
    const own: readonly string[] = SETTINGS.map(([path]) => path);
    const pushed = SETTINGS.flatMap(([, setting]) => (setting.pushes === undefined ? [] : [setting.pushes.setting])).filter((path) => !path.startsWith('rdp/'));
    expect(pushed.filter((path) => !own.includes(path))).toEqual([]);
    expect(pushed).toHaveLength(2);
  });
});

const TSP = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const RDP_TCP = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp';
const PRINTERS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers';

/** Every key that the areas read, absent but for those given. */
function registry(given: Readonly<Record<string, JsonObject>>): Section {
  const keys = SETTINGS.flatMap(([, setting]) =>
    setting.read.flatMap((place) => (place.registry === undefined ? [] : [place.registry, `${place.registry}\\${place.name ?? ''}`])),
  );
  const absent: Record<string, Json> = Object.fromEntries(keys.map((key) => [key, { status: 'absent' }]));
  return {
    status: 'ok',
    data: {
      ...absent,
      ...Object.fromEntries(Object.entries(given).map(([key, values]) => [key, { status: 'ok', values }])),
    },
  };
}

function read(
  kind: string,
  member: string,
  keys: Readonly<Record<string, JsonObject>>,
  sections: Readonly<Record<string, Section>> = {},
): readonly [Json | undefined, Json | undefined] {
  const os: Section = { status: 'ok', data: { build: 20348, ubr: 2849 } };
  const input = snapshotInput('windows-host', 'rdsh01.contoso.com', {
    os,
    Win32_TerminalServiceSetting: { status: 'ok', data: [] },
    registry: registry(keys),
    ...sections,
  });
  const fact = factsOfCatalogue(input, { ...contextWith(), catalogue: AREAS }).facts.find((candidate) => candidate.kind === kind);
  return [fact?.data[member], (fact?.data['sources'] as JsonObject | undefined)?.[member]];
}

describe('raw values of a host', () => {
  it.each([
    ['windows.printerRedirection', 'easyPrintFirst', {}, true, 'default'],
    ['windows.printerRedirection', 'easyPrintFirst', { [TSP]: { UseUniversalPrinterDriverFirst: 3 } }, true, 'gpo'],
    ['windows.printerRedirection', 'easyPrintFirst', { [TSP]: { UseUniversalPrinterDriverFirst: 4 } }, false, 'gpo'],
    // 1 is no value of this policy: nobody can say what it does.
    ['windows.printerRedirection', 'easyPrintFirst', { [TSP]: { UseUniversalPrinterDriverFirst: 1 } }, null, 'gpo'],
    ['windows.printerRedirection', 'clientPrinters', { [TSP]: { fDisableCpm: 1 } }, false, 'gpo'],
    ['windows.redirection', 'drives', { [TSP]: { fDisableCdm: 1 } }, false, 'gpo'],
    ['windows.redirection', 'drives', {}, true, 'default'],
    ['windows.redirection', 'smartCards', { [TSP]: { fEnableSmartCard: 1 } }, true, 'gpo'],
    ['windows.redirection', 'audioCapture', { [TSP]: { fDisableAudioCapture: 0 } }, true, 'gpo'],
    ['windows.redirection', 'audioCapture', { [RDP_TCP]: { fDisableAudioCapture: 0 } }, true, 'local'],
    ['windows.redirection', 'audioCapture', { [RDP_TCP]: { fDisableAudioCapture: 1 } }, false, 'local'],
    ['windows.redirection', 'audioCapture', { [TSP]: { fDisableAudioCapture: 1 }, [RDP_TCP]: { fDisableAudioCapture: 0 } }, false, 'gpo'],
    ['windows.temporaryFolders', 'deletedOnExit', { [TSP]: { DeleteTempDirsOnExit: 0 } }, false, 'gpo'],
    ['windows.usbRedirection', 'who', {}, 'nobody', 'default'],
    ['windows.usbRedirection', 'who', { [`${TSP}\\Client`]: { fUsbRedirectionEnableMode: 2 } }, 'everyone', 'gpo'],
    ['windows.printing', 'driverInstallation', {}, 'administrators', 'default'],
    ['windows.printing', 'driverInstallation', { [`${PRINTERS}\\PointAndPrint`]: { RestrictDriverInstallationToAdministrators: '0' } }, 'everyone', 'gpo'],
    ['windows.printing', 'remoteClients', { [PRINTERS]: { RegisterSpoolerRemoteRpcEndPoint: 2 } }, false, 'gpo'],
    ['windows.printing', 'remoteClients', {}, true, 'default'],
    ['windows.printing', 'httpPrinting', { [PRINTERS]: { DisableHTTPPrinting: 1 } }, false, 'gpo'],
    ['windows.printing', 'updatePrompt', { [`${PRINTERS}\\PointAndPrint`]: { UpdatePromptSettings: 1 } }, 'warning-only', 'gpo'],
    ['windows.printing', 'queueSpecificFiles', {}, 'color-profiles', 'default'],
    [
      'windows.printing',
      'packageServers',
      { [`${PRINTERS}\\PackagePointAndPrint\\ListofServers`]: { 1: 'print01.contoso.com' } },
      ['print01.contoso.com'],
      'gpo',
    ],
    ['windows.printRpc', 'incomingProtocols', { [`${PRINTERS}\\RPC`]: { RpcProtocols: 5 } }, 'tcp', 'gpo'],
    ['windows.printRpc', 'outgoingProtocol', {}, 'tcp-or-named-pipes', 'default'],
    ['windows.printRpc', 'privacy', { 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print': { RpcAuthnLevelPrivacyEnabled: 0 } }, false, 'local'],
    ['windows.printRpc', 'tcpPort', { [`${PRINTERS}\\RPC`]: { RpcTcpPort: 601 } }, 601, 'gpo'],
    [
      'windows.deviceInstall',
      'denyClasses',
      {
        'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions\\DenyDeviceClasses': { 1: '{36fc9e60-c465-11cf-8056-444553540000}' },
      },
      ['{36fc9e60-c465-11cf-8056-444553540000}'],
      'gpo',
    ],
    ['windows.sessionDirectory', 'server', { [TSP]: { SessionDirectoryLocation: 'rdcb09.contoso.com' } }, 'rdcb09.contoso.com', 'gpo'],
    ['windows.sessionDirectory', 'join', {}, 'not-configured', 'default'],
  ])('%s %s of %j is %j by %s', (kind, member, keys, value, source) => {
    expect(read(kind, member, keys)).toEqual([value, source]);
  });

  it('hears WMI where no policy is set', () => {
    const shown = (data: JsonObject) => ({
      Win32_TerminalServiceSetting: { status: 'ok', data: [data] } as Section,
    });
    expect(read('windows.printerRedirection', 'easyPrintFirst', {}, shown({ UseRDEasyPrintDriver: 0, PolicySourceUseRDEasyPrintDriver: 0 }))).toEqual([
      false,
      'local',
    ]);
    expect(read('windows.temporaryFolders', 'deletedOnExit', {}, shown({ DeleteTempFolders: 0, PolicySourceDeleteTempFolders: 2 }))).toEqual([
      false,
      'default',
    ]);
  });

  it('holds an older build to its older default', () => {
    const os: Section = { status: 'ok', data: { build: 17763, ubr: 2000 } };
    expect(read('windows.printing', 'driverInstallation', {}, { os })).toEqual(['everyone', 'default']);
  });

  it.each<readonly [string, JsonObject, Json]>([
    ['a client', { build: 22631, productType: 1 }, true],
    ['a server', { build: 26100, productType: 3 }, null],
    ['a domain controller', { build: 26100, productType: 2 }, null],
    ['nobody knows what', { build: 26100 }, null],
  ])('records audio where nothing is set: %s', (_name, os, value) => {
    expect(read('windows.redirection', 'audioCapture', {}, { os: { status: 'ok', data: os } })[0]).toBe(value);
  });

  it.each<readonly [string, JsonObject, Json]>([
    ['location', { build: 14393, ubr: 7000 }, false],
    ['location', { build: 17763, ubr: 6000 }, false],
    ['location', { build: 19045, ubr: 5000 }, null],
    ['location', { build: 20348 }, true],
    ['location', { build: 22621 }, true],
    ['location', { build: 26100 }, true],
    ['location', {}, null],
    ['webAuthn', { build: 14393, ubr: 7000 }, false],
    ['webAuthn', { build: 17763, ubr: 6000 }, false],
    ['webAuthn', { build: 19041, ubr: 1415 }, false],
    ['webAuthn', { build: 19044, ubr: 2129 }, false],
    ['webAuthn', { build: 19044, ubr: 2130 }, true],
    ['webAuthn', { build: 20348, ubr: 1128 }, false],
    ['webAuthn', { build: 20348, ubr: 1129 }, true],
    ['webAuthn', { build: 20348 }, null],
    ['webAuthn', { build: 22000, ubr: 1098 }, true],
    ['webAuthn', { build: 25398 }, true],
    ['webAuthn', { build: 26100 }, true],
    ['webAuthn', {}, null],
  ])('redirects %s by default only on a release that can: %j', (member, os, value) => {
    expect(read('windows.redirection', member, {}, { os: { status: 'ok', data: os } })[0]).toEqual(value);
    expect(read('windows.redirection', member, { [TSP]: { fDisableLocationRedir: 1, fDisableWebAuthn: 1 } }, { os: { status: 'denied' } })[0]).toBe(false);
  });

  it.each<readonly [string, JsonObject, JsonObject, Json, Json]>([
    ['Server 2022 with the update', { build: 20348, ubr: 2582 }, { SCClipLevel: 0 }, 'nothing', 'gpo'],
    ['Server 2022 before it', { build: 20348, ubr: 2581 }, { SCClipLevel: 0 }, 'not-limitable', 'default'],
    ['Server 2022 of an unknown revision', { build: 20348 }, { SCClipLevel: 0 }, null, null],
    ['Server 2016', { build: 14393, ubr: 7000 }, { SCClipLevel: 0 }, 'not-limitable', 'default'],
    ['Server 2019', { build: 17763, ubr: 6000 }, { SCClipLevel: 0 }, 'not-limitable', 'default'],
    ['Windows 10', { build: 19045, ubr: 5000 }, { SCClipLevel: 1 }, 'not-limitable', 'default'],
    ['Windows 11 21H2', { build: 22000, ubr: 3019 }, { SCClipLevel: 1 }, 'text', 'gpo'],
    ['Windows 11 23H2', { build: 22631, ubr: 3737 }, { SCClipLevel: 4 }, 'html', 'gpo'],
    ['Windows 11 22H2 before the update', { build: 22621, ubr: 3672 }, { SCClipLevel: 0 }, 'not-limitable', 'default'],
    ['a release that no page names', { build: 25398, ubr: 1000 }, { SCClipLevel: 0 }, null, null],
    ['Server 2025', { build: 26100, ubr: 1 }, { SCClipLevel: 0 }, 'nothing', 'gpo'],
    ['Windows 11 25H2', { build: 26200 }, { SCClipLevel: 0 }, 'nothing', 'gpo'],
    ['nothing set on Server 2025', { build: 26100 }, {}, 'not-limited', 'default'],
    ['nothing set on an unknown build', {}, {}, null, null],
  ])('believes a direction of the clipboard only where the release knows it: %s', (_name, os, values, value, source) => {
    expect(read('windows.redirection', 'clipboardToClient', { [TSP]: values }, { os: { status: 'ok', data: os } })).toEqual([value, source]);
  });
});

describe('raw values of a collection', () => {
  it('are named', () => {
    const row = {
      CollectionName: 'Finance',
      CollectionAlias: 'Finance',
      SessionHosts: ['rdsh01.contoso.com'],
      AuthenticateUsingNLA: false,
      SecurityLayer: 1,
      EncryptionLevel: 2,
      ClientDeviceRedirectionOptions: 160,
      IdleSessionLimitMin: 15,
      DisconnectedSessionLimitMin: 0,
      BrokenConnectionAction: 2,
      RDEasyPrintDriverEnabled: 1,
      CustomRdpProperty: '',
      UserGroup: ['CONTOSO\\RDS'],
    };
    const input = snapshotInput('rds-deployment', 'rdcb01.contoso.com', {
      collections: { status: 'ok', data: [row] },
    });
    const fact = factsOfCatalogue(input, { ...contextWith(), catalogue: AREAS }).facts.find((candidate) => candidate.kind === 'rds.collection');
    expect(fact?.data).toMatchObject({
      collection: 'Finance',
      hosts: ['rdsh01.contoso.com'],
      authenticateUsingNLA: false,
      securityLayer: 'negotiate',
      encryptionLevel: 'client-compatible',
      redirectedDevices: ['clipboard', 'drives'],
      idleLimit: 900_000,
      disconnectedLimit: 'never',
      brokenConnectionAction: 'log-off',
      easyPrintFirst: true,
      userGroups: ['CONTOSO\\RDS'],
    });
    expect(fact?.unknown).toContain('/activeLimit');
  });
});
